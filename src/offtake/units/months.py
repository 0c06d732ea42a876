"""Calendar months, days, instants and times of day."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import overload

from offtake.units.text import QuantityError, matched, reader, refused

_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_INSTANT = re.compile(r"([0-9]{4})-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")
_CLOCK = re.compile(r"([0-9]{2}):([0-9]{2})")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_YEARS = f"years run from {_FIRST_YEAR} to {_LAST_YEAR}"


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month; `number` is 1 for January."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (1 <= self.year <= 9999 and 1 <= self.number <= 12):
            raise QuantityError(f"there is no month {self.number} of the year {self.year}")

    @classmethod
    def of(cls, day: dt.date) -> Month:
        """The month in which a day lies."""
        return cls(day.year, day.month)

    @property
    def first(self) -> dt.date:
        """Its first day."""
        return dt.date(self.year, self.number, 1)

    @property
    def last(self) -> dt.date:
        """Its last day."""
        return dt.date(self.year, self.number, self.days)

    @property
    def days(self) -> int:
        """How many days it has."""
        return calendar.monthrange(self.year, self.number)[1]

    @property
    def hours(self) -> int:
        """How many hours it has: 24 for each day, whatever clocks are set to."""
        return 24 * self.days

    def __add__(self, months: int) -> Month:
        if not isinstance(months, int):
            return NotImplemented
        year, index = divmod(12 * self.year + self.number - 1 + months, 12)
        return Month(year, index + 1)

    @overload
    def __sub__(self, other: Month) -> int: ...
    @overload
    def __sub__(self, other: int) -> Month: ...
    def __sub__(self, other: Month | int) -> int | Month:
        if isinstance(other, Month):
            return 12 * (self.year - other.year) + self.number - other.number
        if isinstance(other, int):
            return self + -other
        return NotImplemented

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


@dataclass(frozen=True, slots=True, order=True)
class Clock:
    """A local time of day, to the minute."""

    hour: int
    minute: int

    def __post_init__(self) -> None:
        if not (0 <= self.hour <= 23 and 0 <= self.minute <= 59):
            raise QuantityError(f"there is no time of day {self.hour}:{self.minute}")

    @property
    def time(self) -> dt.time:
        """The same as the standard library has it."""
        return dt.time(self.hour, self.minute)

    def __str__(self) -> str:
        return f"{self.hour:02d}:{self.minute:02d}"


@reader
def parse_month(text: str) -> Month:
    """`2025-02`."""
    found = matched(text, _MONTH, "a month", "2025-02")
    year, number = int(found[1]), int(found[2])
    if not 1 <= number <= 12:
        raise refused(text, "a month", "2025-02", "months run from 01 to 12")
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise refused(text, "a month", "2025-02", _YEARS)
    return Month(year, number)


@reader
def parse_date(text: str) -> dt.date:
    """`2025-01-21`."""
    what, example = "a day", "2025-01-21"
    found = matched(text, _DATE, what, example)
    if not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR:
        raise refused(text, what, example, _YEARS)
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise refused(text, what, example, _nonexistent(found)) from None


@reader
def parse_instant(text: str) -> dt.datetime:
    """`2025-01-21T17:00:00Z`, in UTC, seconds with up to six decimals."""
    what, example = "an instant in UTC", "2025-01-21T17:00:00Z"
    found = matched(text, _INSTANT, what, example)
    if not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR:
        raise refused(text, what, example, _YEARS)
    try:
        whole = dt.datetime.fromisoformat(text[:19]).replace(tzinfo=dt.UTC)
    except ValueError:
        raise refused(text, what, example, "this day or time of day does not exist") from None
    return whole.replace(microsecond=int((found[2] or ".0")[1:].ljust(6, "0")))


@reader
def parse_clock(text: str) -> Clock:
    """`17:00`."""
    found = matched(text, _CLOCK, "a time of day", "17:00")
    hour, minute = int(found[1]), int(found[2])
    if hour > 23 or minute > 59:
        raise refused(text, "a time of day", "17:00", "times run from 00:00 to 23:59")
    return Clock(hour, minute)


def _nonexistent(found: re.Match[str]) -> str:
    year, number = int(found[1]), int(found[2])
    if not 1 <= number <= 12:
        return "months run from 01 to 12"
    month = Month(year, number)
    return f"{month} has days 01 to {month.days}"
