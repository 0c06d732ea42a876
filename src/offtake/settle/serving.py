"""What an agreement contracted, and what of it was taken and excused, day by day.

A delivery serves from the instant at which it came: the beginning of its first day unless an
arrival says otherwise. It ends with its last day, or with the agreement.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from offtake.book.force import Book
from offtake.book.records import Agreement
from offtake.clauses.base import Arrival, Served, price_on
from offtake.settle.clock import BookClock
from offtake.settle.inputs import Inputs, Outage, Used
from offtake.units import Month
from offtake.units.instants import NS, Instant

EXCUSED = ("seller", "force majeure")
_NO_USE = Used(0)


@dataclass(frozen=True)
class Serving:
    """One agreement over time."""

    book: Book
    agreement: Agreement
    inputs: Inputs
    clock: BookClock

    @cached_property
    def arrivals(self) -> tuple[Arrival, ...]:
        """Every delivery as it came."""
        found = []
        for delivery in self.agreement.deliveries:
            promised = self.clock.begin_of(delivery.start)
            came = self.inputs.arrivals.get((self.agreement.id, delivery.id))
            last = min(self.agreement.until, delivery.until or self.agreement.until)
            at, place = (promised, None) if came is None else (came.at, came.place)
            found.append(Arrival(delivery, promised, at, last, place))
        return tuple(found)

    def arrived_by(self, month: Month) -> tuple[Arrival, ...]:
        """The same as it is known at the end of a month: what came later is awaited then."""
        end = self.clock.end_of(month.last)
        return tuple(
            a
            if a.arrived is None or a.arrived < end
            else Arrival(a.delivery, a.promised, None, a.last, a.place)
            for a in self.arrivals
        )

    def seconds_of(self, arrival: Arrival, day: dt.date) -> int:
        """For how long of a day one delivery served."""
        if arrival.arrived is None or day > arrival.last:
            return 0
        begin = max(arrival.arrived, self.clock.begin_of(day))
        return max(0, self.clock.end_of(day) - begin) // NS

    def contracted_on(self, day: dt.date) -> int:
        """Chip-seconds of all deliveries on a day."""
        return sum(a.delivery.add * self.seconds_of(a, day) for a in self.arrivals)

    def contracted_of(self, delivery: str, first: dt.date, last: dt.date) -> int:
        """Chip-seconds of one delivery on days of any month, both inclusive."""
        for arrival in self.arrivals:
            if arrival.delivery.id == delivery and arrival.arrived is not None:
                begin = max(arrival.arrived, self.clock.begin_of(first))
                end = self.clock.end_of(min(last, arrival.last))
                return arrival.delivery.add * (max(0, end - begin) // NS)
        return 0

    def price_on(self, day: dt.date) -> Fraction | None:
        """The price of a chip-hour on a day."""
        if day not in self._prices:
            price = price_on(self.book, self.agreement.id, day)
            self._prices[day] = None if price is None else Fraction(price.amount)
        return self._prices[day]

    @cached_property
    def _prices(self) -> dict[dt.date, Fraction | None]:
        """Each day's once: deliveries that are valued over their lives share most of theirs."""
        return {}

    def days(self, month: Month) -> tuple[Served, ...]:
        """The days of a month on which the agreement is in force."""
        return tuple(self._served(month))

    def is_metered(self, month: Month) -> bool:
        """Whether its use in a month is known."""
        return month in self.inputs.metered.get(self.agreement.id, frozenset())

    def _served(self, month: Month) -> Iterator[Served]:
        use = self.inputs.use.get(self.agreement.id, {})
        metered = self.is_metered(month)
        for day in self.clock.days(month):
            if not self.agreement.from_ <= day <= self.agreement.until:
                continue
            contracted = self.contracted_on(day)
            excused = self._excused(day)
            used = use.get(day, _NO_USE) if metered else Used(contracted - excused)
            seconds = (self.clock.end_of(day) - self.clock.begin_of(day)) // NS
            yield Served(
                day, seconds, self.price_on(day), contracted, used.taken, used.over, excused
            )

    def _excused(self, day: dt.date) -> int:
        """Chip-seconds of a day in outages that are excused, never more than were contracted."""
        outages = self._outages_by_day.get(day)
        if outages is None:
            return 0
        begin, end = self.clock.begin_of(day), self.clock.end_of(day)
        cuts = sorted(
            {begin, end}
            | {t for o in outages for t in (o.begin, o.end) if begin < t < end}
            | {a.arrived for a in self.arrivals if a.arrived and begin < a.arrived < end}
        )
        total = 0
        for start, stop in pairwise(cuts):
            there = {
                a.delivery.id: a.delivery.add
                for a in self.arrivals
                if a.arrived is not None and a.arrived <= start and day <= a.last
            }
            live = [o for o in outages if o.begin <= start and stop <= o.end]
            total += _out(there, live) * ((stop - start) // NS)
        return total

    @cached_property
    def _outages_by_day(self) -> Mapping[dt.date, Sequence[Outage]]:
        found: dict[dt.date, list[Outage]] = {}
        for outage in self.inputs.outages.get(self.agreement.id, ()):
            if outage.cause in EXCUSED:
                for day in self._days_of(outage.begin, outage.end):
                    found.setdefault(day, []).append(outage)
        return found

    def _days_of(self, begin: Instant, end: Instant) -> Iterator[dt.date]:
        day = self.clock.day_of(begin)
        while self.clock.begin_of(day) < end:
            yield day
            day += dt.timedelta(days=1)


def _out(there: Mapping[str, int], outages: Sequence[Outage]) -> int:
    """Chips that are out: of a delivery that is named no more than its own, of all no more."""
    named: dict[str, int] = {}
    for outage in outages:
        if outage.delivery is not None:
            named[outage.delivery] = named.get(outage.delivery, 0) + outage.chips
    own = sum(min(chips, there.get(delivery, 0)) for delivery, chips in named.items())
    rest = sum(outage.chips for outage in outages if outage.delivery is None)
    return min(own + rest, sum(there.values()))
