"""What late capacity is credited in a settlement, and when it may be ended for being late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from offtake.clauses.figures import HOUR, number
from offtake.clauses.settling import Arrival, Line, Reckoning, Told
from offtake.units import Calendar, Month
from offtake.units.instants import NS

if TYPE_CHECKING:
    from offtake.clauses.delay_credits import DelayCredits

_DAY = dt.timedelta(days=1)


def told_of_late(words: DelayCredits, month: Reckoning) -> Iterator[Line | Told]:
    """For each delivery its credit, in the month in which it comes or is over; rights that arose.

    The words that count are those in force on that day.
    """
    held = {day.day for day in month.days}
    for arrival in month.arrivals:
        came = None if arrival.arrived is None else month.day_of(arrival.arrived)
        if came is not None and came > arrival.last:
            came = None
        if (arrival.last if came is None else came) in held:
            yield from _credited(words, month, arrival, came)
        yield from _may_end(words, month, arrival, came, held)


def _credited(
    words: DelayCredits, month: Reckoning, arrival: Arrival, came: dt.date | None
) -> Iterator[Line | Told]:
    """The credit for one delivery, late until it came, or until its last day where it never did."""
    delivery = arrival.delivery
    due, late_until = delivery.start, came or arrival.last + _DAY
    graced = Calendar.named(month.book.header.calendar).add(due, words.grace)
    days = (late_until - graced).days
    if days <= 0:
        return
    price = month.price_on(due)
    if price is None:
        sentence = f"{month.agreement.id} states no price, so {delivery.id} has no monthly fee."
        yield month.told(f"{sentence} No delay is credited.")
        return
    rate, cap = Fraction(words.rate.value), Fraction(words.cap.value)
    first = Month.of(due)
    seconds = (month.begin_of((first + 1).first) - month.begin_of(first.first)) // NS
    fee = delivery.add * Fraction(seconds, HOUR) * price
    why = (
        f"min({days} days from {graced} × {number(100 * rate)}%, {number(100 * cap)}%) × "
        f"{delivery.add:,} chips × {number(Fraction(seconds, HOUR))} h × {number(price)} "
        f"{month.currency}"
    )
    yield month.line(
        f"{delivery.id} came late" if came else f"{delivery.id} never came",
        -min(rate * days, cap) * fee,
        why,
        account="credit",
        delivery=delivery.id,
        first=came or arrival.last,
        last=came or arrival.last,
        causes=tuple(str(p) for p in (delivery.place, arrival.place) if p is not None),
    )


def _may_end(
    words: DelayCredits,
    month: Reckoning,
    arrival: Arrival,
    came: dt.date | None,
    held: set[dt.date],
) -> Iterator[Told]:
    """A right to end that arose this month. Nobody is taken to have used it."""
    if words.terminate is None:
        return
    due, after = arrival.delivery.start, words.terminate.after
    limit = Calendar.named(month.book.header.calendar).add(due, after)
    if limit not in held or limit > arrival.last or (came is not None and came <= limit):
        return
    what = "this delivery" if words.terminate.what == "delivery" else "the agreement"
    yield month.told(
        f"{arrival.delivery.id} has not come by {limit}, {after} after {due}: {month.buyer} may "
        f"end {what}."
    )
