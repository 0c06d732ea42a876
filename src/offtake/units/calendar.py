"""Business days: every day, Monday to Friday, or the working days of a country or exchange."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from offtake.units.durations import Duration
from offtake.units.months import Month
from offtake.units.text import QuantityError, quoted, reader, refused

_NAME = re.compile(r"none|weekdays|[A-Z0-9]{2,5}(-[A-Za-z0-9 ]{1,40})?")
_PLAIN = ("none", "weekdays")
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are business days. Made by `Calendar.named`; an unknown name cannot be held."""

    name: str

    def __post_init__(self) -> None:
        _known(self.name)

    @classmethod
    def named(cls, name: str) -> Calendar:
        """By name: `none` (every day is a business day), `weekdays`, `US`, `US-CA`, `NYSE`.

        Countries and exchanges, their weekends and holidays, are those of the package `holidays`.
        """
        return cls(name)

    def is_business(self, day: dt.date) -> bool:
        """Whether that day is a business day; QuantityError for a year the calendar lacks."""
        if self.name == "none":
            return True
        if self.name == "weekdays":
            return day.weekday() < 5
        return day not in _closed(self.name, day.year)

    def next_business(self, day: dt.date) -> dt.date:
        """That day if it is a business day, else the next one."""
        return next(self._business_from(day))

    def add(self, day: dt.date, duration: Duration) -> dt.date:
        """The day a duration later: months and years are clipped to the month's end.

        Business days count from the day after; no business days is the day itself. Hours are of
        an instant, not of a day: QuantityError.
        """
        try:
            return self._added(day, duration)
        except OverflowError:
            raise QuantityError(f"{duration} after {day} is past the end of the calendar") from None

    def latest(self, end: dt.date, duration: Duration) -> dt.date:
        """The last day from which a duration is over by `end`: `add` searched, not inverted."""
        day, step = end, 1
        while self.add(day, duration) > end:
            day -= step * _DAY
            step *= 2
        while day < end and self.add(day + _DAY, duration) <= end:
            day += _DAY
        return day

    def _added(self, day: dt.date, duration: Duration) -> dt.date:
        if duration.unit == "hours":
            raise QuantityError(f"'{duration}' cannot be added to a day", "write days")
        if duration.unit == "days":
            return day + duration.count * _DAY
        if duration.unit == "business days":
            for _, end in zip(range(duration.count), self._business_from(day + _DAY), strict=False):
                day = end
            return day
        month = Month.of(day) + duration.months
        return month.first.replace(day=min(day.day, month.days))

    def _business_from(self, day: dt.date) -> Iterator[dt.date]:
        while True:
            if self.is_business(day):
                yield day
            day += _DAY

    def __str__(self) -> str:
        return self.name


@reader
def _known(name: str) -> str:
    """The name, if there is such a calendar."""
    what, example = "a calendar", "US"
    if _NAME.fullmatch(name) is None:
        plain = difflib.get_close_matches(name.lower(), _PLAIN, 1, 0.8)
        meant = plain[0] if plain else name.upper()
        known = name.isascii() and _exists(meant)
        raise refused(name, what, example, f"did you mean {meant}?" if known else "")
    if not _exists(name):
        near = ", ".join(difflib.get_close_matches(name, sorted(_names()), 3, 0.5))
        hint = f"the nearest known: {near}" if near else "write none, weekdays, or a country code"
        raise refused(name, what, example, hint)
    return name


def _exists(name: str) -> bool:
    return name in _PLAIN or name in _names()


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    """Every country, country-subdivision and exchange that has a calendar."""
    import holidays

    countries = holidays.list_supported_countries()
    parts = {f"{c}-{p}" for c, subdivisions in countries.items() for p in subdivisions}
    names = {*_PLAIN, *countries, *parts, *holidays.list_supported_financial()}
    return frozenset(name for name in names if _NAME.fullmatch(name))


@lru_cache(maxsize=4096)
def _closed(name: str, year: int) -> frozenset[dt.date]:
    """The days of one year that are not business days."""
    days = _holidays(name, year)
    if not days.start_year <= year <= days.end_year:
        raise QuantityError(
            f"the calendar {quoted(name)} has no holidays for {year}",
            f"it runs from {days.start_year} to {days.end_year}; weekdays has no such bounds",
        )
    first = dt.date(year, 1, 1)
    count = (dt.date(year, 12, 31) - first).days + 1
    year_days = (first + n * _DAY for n in range(count))
    return frozenset(day for day in year_days if not days.is_working_day(day))


def _holidays(name: str, year: int) -> Any:
    """A year's holidays, a neighbouring year's New Year's Day observed in it among them."""
    import holidays

    country, _, part = name.partition("-")
    if country in holidays.list_supported_countries():
        return holidays.country_holidays(country, subdiv=part or None, years=year)
    return holidays.financial_holidays(name, years=year)
