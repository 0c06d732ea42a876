"""How terms differ from a plain price: what a bid under an offer says of them, as plain data.

Months of service are counted from the first day of service, not by the calendar, and each has one
invoice, which is due when it is over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from offtake.units import Month

Days = tuple[dt.date, dt.date]
"""The first and the last day."""


@dataclass(frozen=True, slots=True)
class Escalates:
    """The price rises by this share per year, on each anniversary of the first day of service.

    Negative where it falls. Several of one offer act on one another.
    """

    rate: Decimal


@dataclass(frozen=True, slots=True)
class PaidAhead:
    """A share of the value of all service is paid ahead and credited in equal monthly parts."""

    share: Decimal
    days_before: int
    """Days before the start on which it is paid; negative after it."""
    credit_after: int
    """Months of service before the first credit."""
    credit_over: int
    """Months over which it is credited."""


@dataclass(frozen=True, slots=True)
class Rebate:
    """A share of one invoice that the buyer does not pay; negative where it pays so much more."""

    month: int
    """Which month of service, from 1."""
    share: Decimal


Shape = Escalates | PaidAhead | Rebate


def served(start: dt.date, months: int) -> tuple[Days, ...]:
    """Each month of service; one that begins on a day that a month has not, on its last."""
    base = Month.of(start)
    begins = [
        (base + n).first.replace(day=min(start.day, (base + n).days)) for n in range(months + 1)
    ]
    day = dt.timedelta(days=1)
    return tuple((first, after - day) for first, after in pairwise(begins))


def length(days: Days) -> int:
    """How many days they are."""
    first, last = days
    return (last - first).days + 1


def weights(start: dt.date, months: tuple[Days, ...], rate: Decimal) -> tuple[Decimal, ...]:
    """The days of each month of service, discounted from its invoice to the start at a rate."""
    found = []
    for month in months:
        due = (month[1] - start).days + 1
        found.append(length(month) * (1 + rate) ** (Decimal(-due) / 365))
    return tuple(found)


def mean(days: Days, price: Callable[[dt.date], Decimal]) -> Decimal:
    """The mean of a price over days; one that is the same on the first and the last is constant."""
    first, last = days
    begin = price(first)
    if price(last) == begin:
        return begin
    every = [price(first + dt.timedelta(n)) for n in range(length(days))]
    return sum(every, Decimal(0)) / len(every)
