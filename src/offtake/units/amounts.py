"""Counts and sizes: chips, chip-hours, power, bare numbers; and two plain words: flags and ids."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from offtake.units.text import (
    EXACT,
    NUMBER,
    WHOLE,
    QuantityError,
    bounded,
    matched,
    odd_character,
    reader,
    refused,
    scaled,
)

_CHIPS = re.compile(rf"({WHOLE}) chips?")
_CHIP_HOURS = re.compile(rf"({WHOLE}) chip-hours?")
_POWER = re.compile(rf"({NUMBER}) (kW|MW|GW)(?: (meter|it))?")
_POWER_SCALES = (("kW", 0), ("MW", 3), ("GW", 6))
_WHOLE = re.compile(WHOLE)
_FACTOR = re.compile(NUMBER)
_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_WHOLE_MOST = 10**9


@dataclass(frozen=True, slots=True, order=True)
class ChipHours:
    """A number of chip-hours."""

    count: int

    def __post_init__(self) -> None:
        if not isinstance(self.count, int):
            raise TypeError("a number of chip-hours is an int")
        if self.count < 0:
            raise QuantityError("a number of chip-hours is not negative")

    def __str__(self) -> str:
        return f"{self.count} chip-hour{'' if self.count == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Power:
    """Power in kW, at the `meter`, at the chips (`it`), or where the context says (None)."""

    kw: Decimal
    at: Literal["meter", "it"] | None = None

    def __post_init__(self) -> None:
        if bounded(self.kw, "power") < 0:
            raise QuantityError("power is not negative")
        if self.at not in ("meter", "it", None):
            raise QuantityError("power is at the meter or at the chips (it)")

    @property
    def mw(self) -> Decimal:
        """The same in MW."""
        return EXACT.scaleb(self.kw, -3)

    def __str__(self) -> str:
        digits, unit = scaled(self.kw, _POWER_SCALES, _POWER_SCALES)
        return f"{digits} {unit} {self.at}" if self.at else f"{digits} {unit}"


@reader
def parse_chips(text: str) -> int:
    """`16000 chips`, `1 chip`: a number of chips."""
    return int(matched(text, _CHIPS, "a number of chips", "16000 chips")[1])


@reader
def parse_chip_hours(text: str) -> ChipHours:
    """`500000 chip-hours`."""
    found = matched(text, _CHIP_HOURS, "a number of chip-hours", "500000 chip-hours")
    return ChipHours(int(found[1]))


@reader
def parse_power(text: str) -> Power:
    """`200 MW meter`, `0.9 GW it`, `1.2 kW`."""
    found = matched(text, _POWER, "power", "200 MW meter")
    kw = EXACT.multiply(Decimal(found[1]), Decimal(10 ** dict(_POWER_SCALES)[found[2]]))
    at: Literal["meter", "it"] | None = None
    if found[3] is not None:
        at = "meter" if found[3] == "meter" else "it"
    return Power(kw, at)


@reader
def parse_whole(text: str) -> int:
    """`12`: a whole number, at most 10⁹."""
    number = int(matched(text, _WHOLE, "a whole number", "12")[0])
    if number > _WHOLE_MOST:
        raise refused(text, "a whole number", "12", "at most 1000000000")
    return number


@reader
def parse_factor(text: str) -> Decimal:
    """`1.2`: a bare ratio."""
    return Decimal(matched(text, _FACTOR, "a bare number", "1.2")[0])


@reader
def parse_flag(text: str) -> bool:
    """`true` or `false`, and no other word."""
    if text in ("true", "false"):
        return text == "true"
    meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}
    low = text.lower()
    low = meant.get(low, low)
    hint = f"write {low}" if low in ("true", "false") else ""
    raise refused(text, "a flag", "true", hint)


@reader
def parse_slug(text: str) -> str:
    """`oracle-36`: an id of ASCII lower-case letters, digits, `-`, `_`, `.`; at most 64 of them."""
    if _SLUG.fullmatch(text) is None:
        raise refused(text, "an id", "oracle-36", _mended(text))
    return text


def _mended(text: str) -> str:
    """Why a text is no id. Look-alike letters are named: they are how ids are forged."""
    if odd := odd_character(text):
        return f"{odd}; ids are ASCII, so that two that look alike are alike"
    if len(text) > 64:
        return "an id has at most 64 characters"
    candidate = re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("._-")
    if candidate:
        return f"write {candidate}"
    return "an id has lower-case letters, digits, - _ . and begins with a letter or digit"
