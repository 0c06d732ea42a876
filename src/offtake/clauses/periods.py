"""Over which spans something is measured: calendar months, quarters, years, or a clause's life."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from offtake.units import Month

Measured = Literal["month", "quarter", "year", "term"]
MEASURED_MONTHS = {"month": 1, "quarter": 3, "year": 12}
Period = list[int]
"""Positions of its months among those that are looked at."""


def measured_periods(
    months: Sequence[Month], live: Iterable[float], measured: Measured
) -> list[Period]:
    """The months in which something is live (above zero), by the period in which they lie."""
    found: dict[tuple[int, int], Period] = {}
    for t, (month, part) in enumerate(zip(months, live, strict=True)):
        if part > 0:
            found.setdefault(_key(month, measured), []).append(t)
    return list(found.values())


def _key(month: Month, measured: Measured) -> tuple[int, int]:
    if measured == "term":
        return 0, 0
    return month.year, (month.number - 1) // MEASURED_MONTHS[measured]


def period_name(month: Month, measured: Measured) -> str:
    """The period of a month, as one says it: 2025-03, 2025 Q1, 2025, or the whole term."""
    year, part = _key(month, measured)
    names = {"month": str(month), "quarter": f"{year} Q{part + 1}", "year": str(year)}
    return names.get(measured, "the whole term")


def period_ends(measured: Measured, life: tuple[dt.date, dt.date]) -> Iterator[tuple[str, dt.date]]:
    """Each period within a clause's life by name, with its last day."""
    first, last = (Month.of(day) for day in life)
    for month in (first + n for n in range(last - first + 1)):
        name = period_name(month, measured)
        if month == last or name != period_name(month + 1, measured):
            yield name, min(month.last, life[1])


def days_in(month: Month, first: dt.date, last: dt.date) -> int:
    """Days of a month from first to last, both inclusive; 0 where there are none."""
    return max(0, (min(month.last, last) - max(month.first, first)).days + 1)


def days_of_period(month: Month, measured: Measured, life: tuple[dt.date, dt.date]) -> int:
    """Days of the whole period of a month; of the clause's life where that is what is measured."""
    if measured == "term":
        return (life[1] - life[0]).days + 1
    length = MEASURED_MONTHS[measured]
    first = month + -((month.number - 1) % length)
    return sum((first + n).days for n in range(length))


def first_of_period(month: Month, measured: Measured, life: tuple[dt.date, dt.date]) -> dt.date:
    """The first day of the period of a month on which a clause with that life is in force."""
    if measured == "term":
        return life[0]
    return max(life[0], (month + -((month.number - 1) % MEASURED_MONTHS[measured])).first)
