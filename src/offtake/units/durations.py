"""Lengths of time as contracts state them: in one unit, never converted into another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from offtake.units.text import WHOLE, QuantityError, matched, reader, refused

Unit = Literal["hours", "days", "business days", "months", "years"]

_DURATION = re.compile(rf"({WHOLE}) (hour|day|business day|month|year)s?")
_MOST: dict[Unit, int] = {
    "hours": 876_600,
    "days": 36_525,
    "business days": 26_100,
    "months": 1_200,
    "years": 100,
}
"""A hundred years in each unit: what is longer is a slip, and would overrun the calendar."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A number of hours, days, business days, months or years; at most a hundred years."""

    count: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.unit not in get_args(Unit):
            raise QuantityError(f"a length of time is in {', '.join(get_args(Unit))}")
        if not isinstance(self.count, int):
            raise TypeError("a length of time is a whole number of its unit")
        if not 0 <= self.count <= _MOST[self.unit]:
            raise QuantityError(f"a length of time has 0 to {_MOST[self.unit]} {self.unit}")

    @property
    def months(self) -> int:
        """The whole number of months; QuantityError unless it is in months or years."""
        if self.unit == "months":
            return self.count
        if self.unit == "years":
            return 12 * self.count
        raise QuantityError(
            f"'{self}' is not a whole number of months", "write months or years here"
        )

    def __str__(self) -> str:
        return f"{self.count} {self.unit.removesuffix('s') if self.count == 1 else self.unit}"


@reader
def parse_duration(text: str) -> Duration:
    """`30 days`, `10 business days`, `48 months`, `1 year`, `72 hours`."""
    what, example = "a length of time", "30 days"
    if re.fullmatch(rf"{WHOLE} weeks?", text):
        raise refused(text, what, example, f"write {7 * int(text.split()[0])} days")
    if re.fullmatch(rf"{WHOLE} (calendar|working|banking) days?", text):
        calendar = "days" if "calendar" in text else "business days"
        raise refused(text, what, example, f"write {text.split()[0]} {calendar}")
    found = matched(text, _DURATION, what, example)
    unit: Unit = next(u for u in get_args(Unit) if u == f"{found[2]}s")
    if int(found[1]) > _MOST[unit]:
        raise refused(text, what, example, f"at most {_MOST[unit]} {unit}, a hundred years")
    return Duration(int(found[1]), unit)
