"""What is owed, worked out a second time and as plainly as can be: by the day, in exact fractions.

Nothing here is shared with the rooms that settle: only the book as it was read, quantities, and
the clock of a zone. Of what reprices it knows escalators by yearly steps; what is most favoured
has worked examples of its own. What the clauses say is in `naive_words`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from offtake.book.force import Book, InForce
from offtake.book.records import Agreement, Delivery
from offtake.settle import Inputs
from offtake.units import Month

DAY = dt.timedelta(days=1)
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
Rows = Mapping[str, Mapping[int, int]]
"""By agreement and hour, as seconds since 1970: chip-seconds that were used."""


@dataclass(frozen=True)
class Served:
    """One day of an agreement."""

    day: dt.date
    seconds: int
    price: Fraction
    contracted: int
    taken: int
    over: int
    excused: int


@dataclass(frozen=True)
class Owed:
    """One line: what the buyer owes by it, or is owed where it is negative."""

    by: str
    step: int
    amount: Fraction
    between: tuple[str, str]
    """Buyer and whoever is the other side."""


@dataclass
class World:
    """A book, what happened, and what has been worked out so far."""

    book: Book
    rows: Rows
    inputs: Inputs
    lines: dict[tuple[str, Month], list[Owed]] = field(default_factory=lambda: defaultdict(list))
    kept: dict[tuple[str, Month], dict[tuple[str, str], Fraction]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    """What is carried out of a month, by clause and what it is."""
    memory: dict[tuple[str, str], Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    balances: dict[str, list[list[object]]] = field(default_factory=lambda: defaultdict(list))
    days: dict[str, list[Served]] = field(default_factory=dict)

    def owe(
        self,
        agreement: Agreement,
        month: Month,
        by: str,
        step: int,
        exact: Fraction,
        payee: str | None = None,
    ) -> Fraction:
        """A line that the buyer pays; it is rounded here."""
        amount = rounded(exact, self.book.header.currency)
        pair = (buyer(self.book, agreement), payee or agreement.seller)
        if amount:
            self.lines[agreement.id, month].append(Owed(by, step, amount, pair))
        return amount

    def owed(self, agreement: Agreement, month: Month, upto: int) -> Fraction:
        """What the lines of the first steps make the buyer owe the seller."""
        pair = (buyer(self.book, agreement), agreement.seller)
        found = self.lines[agreement.id, month]
        return sum((x.amount for x in found if x.step <= upto and x.between == pair), Fraction())


def rounded(exact: Fraction, currency: str) -> Fraction:
    """To what can be paid; half goes to the even one."""
    scale = 10 ** {"JPY": 0, "KWD": 3}.get(currency, 2)
    below, rest = divmod(exact * scale, 1)
    up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and below % 2 == 1)
    return Fraction(int(below) + up, scale)


def buyer(book: Book, agreement: Agreement) -> str:
    """Who buys."""
    return agreement.buyer or book.header.buyer


@lru_cache(maxsize=100_000)
def begin(zone: str, day: dt.date) -> int:
    """The first second of a day on a clock: the first at which its date is no earlier."""
    clock = ZoneInfo(zone)
    second = int((dt.datetime.combine(day, dt.time(), dt.UTC) - EPOCH).total_seconds())
    second -= 16 * 3600
    while (EPOCH + dt.timedelta(seconds=second)).astimezone(clock).date() < day:
        second += 900
    return second


def last_day(agreement: Agreement) -> dt.date:
    """The last day on which an agreement holds."""
    return min(agreement.until, (agreement.ended or dt.date.max) - DAY)


def last_served(agreement: Agreement, delivery: Delivery) -> dt.date:
    """The last day of service."""
    own = min(delivery.until or dt.date.max, (delivery.ended or dt.date.max) - DAY)
    return min(own, last_day(agreement))


def arrived(w: World, agreement: Agreement, delivery: Delivery) -> int | None:
    """The second at which a delivery came; None if never, or too late to serve."""
    zone = w.book.header.timezone
    came = w.inputs.arrivals.get((agreement.id, delivery.id))
    if came is None:
        second = begin(zone, delivery.start)
    elif came.at is None:
        return None
    else:
        second = came.at // 10**9
    return second if second < begin(zone, last_served(agreement, delivery) + DAY) else None


def chips_at(w: World, agreement: Agreement, delivery: Delivery, since: int, to: int) -> int:
    """Chip-seconds of one delivery between two seconds."""
    first = arrived(w, agreement, delivery)
    if first is None:
        return 0
    end = begin(w.book.header.timezone, last_served(agreement, delivery) + DAY)
    return delivery.add * max(0, min(to, end) - max(since, first))


def price_on(book: Book, agreement: Agreement, day: dt.date) -> Fraction:
    """The price as signed, moved by the yearly steps of an escalator that is in force."""
    price = Fraction(agreement.price.amount) if agreement.price else Fraction()
    for term in book.terms_of.get(agreement.id, ()):
        words: Any = term.clause
        if words.kind != "escalator" or not term.on(day):
            continue
        first = words.from_ or agreement.from_
        rate = Fraction((words.rises or words.falls).value)
        step = 1
        while months_after(first, 12 * step) <= day:
            if months_after(first, 12 * step) >= term.start or (words.from_ or day) < term.start:
                price *= 1 + rate if words.rises else 1 - rate
            step += 1
    return price


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day of another month, or its last."""
    month = Month.of(day) + months
    return min(month.last, month.first + DAY * (day.day - 1))


def served_days(w: World, agreement: Agreement) -> list[Served]:
    """Every day on which an agreement holds."""
    use = taken_by_day(w, agreement)
    found = []
    day = agreement.from_
    while day <= last_day(agreement):
        since, to = (begin(w.book.header.timezone, d) for d in (day, day + DAY))
        contracted = sum(chips_at(w, agreement, d, since, to) for d in agreement.deliveries)
        excused = excused_on(w, agreement, since, to)
        taken, over = contracted - excused, 0
        if use is not None and Month.of(day) in use[1]:
            taken, over = use[0].get(day, (0, 0))
        price = price_on(w.book, agreement, day)
        found.append(Served(day, to - since, price, contracted, taken, over, excused))
        day += DAY
    return found


def taken_by_day(
    w: World, agreement: Agreement
) -> tuple[dict[dt.date, tuple[int, int]], set[Month]] | None:
    """What was used on each day and how much of it above the contract; the months with a row."""
    rows = w.rows.get(agreement.id)
    if rows is None:
        return passed_up(w, agreement)
    clock = ZoneInfo(w.book.header.timezone)
    found: dict[dt.date, tuple[int, int]] = {}
    for hour, taken in rows.items():
        contracted = sum(chips_at(w, agreement, d, hour, hour + 3600) for d in agreement.deliveries)
        day = (EPOCH + dt.timedelta(seconds=hour)).astimezone(clock).date()
        before = found.get(day, (0, 0))
        found[day] = (before[0] + taken, before[1] + max(0, taken - contracted))
    return found, {Month.of(day) for day in found}


def passed_up(
    w: World, agreement: Agreement
) -> tuple[dict[dt.date, tuple[int, int]], set[Month]] | None:
    """The sum of what is served from it, in months in which all of that was metered.

    Of it only days are known here, so what is above the contract is counted by the day.
    """
    below = [a for a in w.book.agreements.values() if a.upstream == agreement.id]
    uses = [(a, taken_by_day(w, a)) for a in below]
    found: dict[dt.date, tuple[int, int]] = {}
    months = set()
    for month in months_of(agreement.from_, last_day(agreement)):
        alive = [u for a, u in uses if Month.of(a.from_) <= month <= Month.of(last_day(a))]
        if not alive or any(u is None or month not in u[1] for u in alive):
            continue
        months.add(month)
        for use in alive:
            assert use is not None
            for day, (taken, _) in use[0].items():
                if Month.of(day) == month:
                    found[day] = (found.get(day, (0, 0))[0] + taken, 0)
    zone = w.book.header.timezone
    for day, (taken, _) in found.items():
        since, to = begin(zone, day), begin(zone, day + DAY)
        contracted = sum(chips_at(w, agreement, d, since, to) for d in agreement.deliveries)
        found[day] = (taken, max(0, taken - contracted))
    return (found, months) if months else None


def excused_on(w: World, agreement: Agreement, since: int, to: int) -> int:
    """Chip-seconds between two seconds that somebody else than the buyer kept from it."""
    told = [o for o in w.inputs.outages.get(agreement.id, ()) if o.cause != "buyer"]
    cuts = {since, to}
    for outage in told:
        cuts |= {outage.begin // 10**9, outage.end // 10**9}
    for delivery in agreement.deliveries:
        cuts.add(arrived(w, agreement, delivery) or since)
    moments = sorted(c for c in cuts if since <= c <= to)
    found = 0
    for first, end in pairwise(moments):
        there = {d.id: chips_at(w, agreement, d, first, first + 1) for d in agreement.deliveries}
        now = [o for o in told if o.begin // 10**9 <= first < o.end // 10**9]
        named = sum(
            min(chips, sum(o.chips for o in now if o.delivery == name))
            for name, chips in there.items()
        )
        others = sum(o.chips for o in now if o.delivery is None)
        found += min(sum(there.values()), named + others) * (end - first)
    return found


def months_of(first: dt.date, last: dt.date) -> list[Month]:
    """Every month from the one of a day to the one of another."""
    month, found = Month.of(first), []
    while month <= Month.of(last):
        found.append(month)
        month = month + 1
    return found


def capacity(w: World, agreement: Agreement, month: Month) -> None:
    """What is owed for capacity before any clause speaks."""
    days = [d for d in w.days[agreement.id] if Month.of(d.day) == month]
    zone = w.book.header.timezone
    for price in sorted({d.price for d in days}):
        alike = [d for d in days if d.price == price]
        if agreement.billing == "used":
            taken = sum(d.taken for d in alike)
            w.owe(agreement, month, agreement.id, 1, price * taken / 3600)
            continue
        for delivery in agreement.deliveries:
            seconds = sum(
                chips_at(w, agreement, delivery, begin(zone, d.day), begin(zone, d.day + DAY))
                for d in alike
            )
            w.owe(agreement, month, agreement.id, 1, price * seconds / 3600)


def life_of(book: Book, term: InForce) -> tuple[dt.date, dt.date]:
    """The first and last day of a clause, over words that follow on each other."""
    first, last = term.start, term.end
    for _ in book.terms:
        for other in book.terms:
            if other.clause.id == term.clause.id:
                first = other.start if other.end + DAY == first else first
                last = other.end if other.start - DAY == last else last
    return first, last
