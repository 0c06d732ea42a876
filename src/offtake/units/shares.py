"""Shares: a percentage, with what it is of and per what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from offtake.units.text import (
    EXACT,
    NUMBER,
    QuantityError,
    bounded,
    matched,
    plain,
    reader,
    refused,
)

_WORDS = r"[a-z][a-z-]{0,19}(?: [a-z][a-z-]{0,19}){0,3}?"
_PER = r"hour|day|week|month|quarter|year"
_SHARE = re.compile(rf"({NUMBER})%(?: of ({_WORDS}))?(?: per ({_PER}))?")
_OF = re.compile(_WORDS)


@dataclass(frozen=True, slots=True)
class Share:
    """A part of something: `value` is 0.4 for 40 %; `of` what, and `per` which span, if said."""

    value: Decimal
    of: str | None = None
    per: str | None = None

    def __post_init__(self) -> None:
        if bounded(self.value, "a share") < 0:
            raise QuantityError("a share is not negative")
        if self.of is not None and (_OF.fullmatch(self.of) is None or "per" in self.of.split(" ")):
            raise QuantityError("a share is of one to four words, such as 'delivery value'")
        if self.per is not None and self.per not in _PER.split("|"):
            raise QuantityError(f"a share is per one of: {_PER.replace('|', ', ')}")

    @classmethod
    def of_percent(cls, percent: int | Decimal) -> Share:
        """From a number of percent."""
        number = Decimal(percent) if isinstance(percent, int) else percent
        return cls(EXACT.scaleb(bounded(number, "a percentage"), -2))

    @property
    def percent(self) -> Decimal:
        """The number of percent."""
        return EXACT.scaleb(self.value, 2)

    def __str__(self) -> str:
        of = f" of {self.of}" if self.of else ""
        per = f" per {self.per}" if self.per else ""
        return f"{plain(self.percent)}%{of}{per}"


@reader
def parse_share(text: str) -> Share:
    """`40%`, `8% per year`, `15% of delivery value`, `1% of monthly fee per day`."""
    what, example = "a percentage", "40%"
    found = matched(text, _SHARE, what, example)
    if found[2] is not None and "per" in found[2].split(" "):
        raise refused(text, what, example, f"a share is per one of: {_PER.replace('|', ', ')}")
    return Share(EXACT.scaleb(Decimal(found[1]), -2), found[2], found[3])
