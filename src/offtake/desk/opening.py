"""From a book to the command that opens a tender: all that its clauses say of the lot, in full.

An open tender never reads the book again, so the command carries every claim with its calendars.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import lru_cache

from offtake.book.force import Book
from offtake.book.scope import Lot as ScopeLot
from offtake.clauses.base import Ask
from offtake.clauses.base import Bar as Barred
from offtake.clauses.ruling import rulings
from offtake.desk.claim import Bar, Claim
from offtake.desk.commands import Open
from offtake.desk.lot import Instant, Lot
from offtake.units import Calendar, Clock, Duration, QuantityError
from offtake.units.almanac import Almanac, Spell, almanac, first_instant, last_instant, spell_of
from offtake.units.instants import DAY, EPOCH, NS

YEARS = 10
"""How far a tender's calendars reach: beyond every window, tail and delivery."""
NOON = Clock(12, 0)
"""Bids close at noon, so that a notice can be served on the same day."""
_LAST = dt.date(9998, 12, 31)
_MARGIN = dt.timedelta(days=3)


def opening(
    book: Book,
    *,
    tender: str,
    lot: Lot,
    at: Instant,
    seller: str | None = None,
    cause: str = "",
    invited: tuple[str, ...] = (),
    new: bool = True,
    reveal: Duration | None = None,
) -> Open:
    """The command that opens a tender at an instant, under the rights that the book states.

    `seller` is the counterparty where only one is possible; a lot without purposes is for all of
    the book's. A renewal or an extension is not `new` capacity (R13); an option that is exercised
    is. Bids are pledged where the book's procurement, or `reveal`, says how long they may then be
    revealed. Raises `ClauseFailedError` where a clause kind of another package fails.
    """
    header = book.header
    almanacs = _Almanacs(at)
    day = almanacs.of(header.timezone, Calendar.named(header.calendar)).day(at)
    purposes = frozenset(lot.purposes) or book.purposes.all
    matched = ScopeLot(lot.chip, lot.region, purposes, lot.chips, new=new)
    claims: list[Claim] = []
    bars: list[Bar] = []
    every = rulings(book, matched, day, seller)
    for said in every:
        name = _name(said, every)
        if isinstance(said, Ask):
            claims.append(_claim(said, name, almanacs))
        else:
            zone = almanacs.of(header.timezone, Calendar.named(header.calendar))
            since, expires = zone.first(said.since), zone.last(said.until)
            bars.append(Bar(name, said.holder, since, expires, said.sentence))
    bidding = spell_of(header.procurement.bidding, NOON, roll=False)
    revealing = header.procurement.reveal if reveal is None else reveal
    name = almanacs.of(header.timezone, Calendar.named(header.calendar)).name
    return Open(
        tender=tender,
        lot=_weighed(book, lot, purposes),
        claims=tuple(claims),
        bars=tuple(bars),
        almanacs=almanacs.plain,
        bidding=bidding,
        bidding_almanac=name,
        invited=invited,
        affiliates=affiliates(book),
        rate=str(header.discount.value),
        book=book.digest,
        cause=cause,
        reveal=None if revealing is None else spell_of(revealing, NOON, roll=False),
    )


def affiliates(book: Book) -> tuple[str, ...]:
    """Parties that hold a stake in the buyer, or in which the buyer holds one."""
    buyer = book.header.buyer
    near = {
        party.id
        for party in book.parties.values()
        if any(stake.in_ == buyer for stake in party.stakes)
    }
    near |= {stake.in_ for stake in book.parties[buyer].stakes}
    return tuple(sorted(near - {buyer}))


def _weighed(book: Book, lot: Lot, purposes: frozenset[str]) -> Lot:
    """The lot with its purposes named and the throughput of its chip for them.

    Of several purposes the first in the book's order counts: bids for one lot are of one chip, so
    which it is moves no ranking.
    """
    named = tuple(name for name in book.header.purposes if name in purposes)
    table = book.chips[lot.chip].throughput
    throughput = next((table[name] for name in named if name in table), table.get("any"))
    return Lot(
        chip=lot.chip,
        chips=lot.chips,
        region=lot.region,
        start=lot.start,
        months=lot.months,
        purposes=named,
        need=lot.need,
        throughput=Decimal(throughput) if throughput is not None else Decimal(1),
    )


def _name(said: Ask | Barred, every: tuple[Ask | Barred, ...]) -> str:
    """A clause's id; later words of the same clause are known by their first day."""
    days = [one.since or dt.date.min for one in every if one.clause == said.clause]
    since = said.since or dt.date.min
    return said.clause if since == min(days) else f"{said.clause}@{since}"


def _claim(ask: Ask, name: str, almanacs: _Almanacs) -> Claim:
    window = ask.window
    clock = almanacs.of(window.zone, window.calendar)

    def spell(length: Duration | None) -> Spell | None:
        return None if length is None else spell_of(length, window.closes, window.roll == "next")

    own = spell(window.length)
    assert own is not None
    return Claim(
        clause=name,
        holder=ask.holder,
        first=ask.when == "before bids",
        precedence=ask.precedence,
        rank=ask.rank,
        window=own,
        almanac=clock.name,
        reoffer=spell(ask.reoffer),
        tail=spell(ask.tail),
        closing=spell(ask.closing),
        grace=whole_days(ask.grace),
        since=clock.first(ask.since),
        expires=clock.last(ask.until),
        survives=ask.survives,
        partial=ask.partial,
        parts=ask.parts,
        mirror=ask.mirror,
        price_rise=ask.price_rise,
        ceiling=ask.ceiling,
        anyone=ask.anyone,
        discloses=ask.discloses,
        package=ask.package,
        rate=ask.rate,
        deposit=ask.deposit,
        hosts=ask.hosts,
        floor=ask.floor,
        together=whole_days(ask.together),
        sentence=ask.sentence,
    )


def whole_days(length: Duration) -> int:
    """A length in days: of business days, months and years as many as it has at the most."""
    count = length.count
    most = {
        "hours": -(-count // 24),
        "days": count,
        "business days": count + 2 * -(-count // 5),
        "months": 31 * count,
        "years": 366 * count,
    }
    return most[length.unit]


class _Clock:
    """One of the opening's almanacs, and the instants at which its days begin and end."""

    def __init__(self, name: str, plain: Almanac) -> None:
        self.name, self.plain = name, plain
        self.from_ = dt.date.fromordinal(EPOCH + plain.first)
        self.until = dt.date.fromordinal(EPOCH + plain.last)

    def day(self, at: Instant) -> dt.date:
        """The local day of an instant."""
        days = (dt.date.fromordinal(EPOCH + at // NS // DAY + n) for n in (-1, 0, 1))
        return next(d for d in days if at <= last_instant(d, self.plain))

    def first(self, day: dt.date | None) -> Instant:
        """When a day begins; 0 where that was before the almanac."""
        if day is None or day <= self.from_:
            return 0
        return first_instant(min(day, self.until), self.plain)

    def last(self, day: dt.date | None) -> Instant | None:
        """When a day ends; None where that is after the almanac, so that it ends nothing."""
        return None if day is None or day >= self.until else last_instant(day, self.plain)


class _Almanacs:
    """The almanacs that a tender needs, by zone and calendar; each is made once."""

    def __init__(self, at: Instant) -> None:
        self.today = dt.date.fromordinal(EPOCH + at // NS // DAY)
        self.made: dict[str, _Clock] = {}

    @property
    def plain(self) -> dict[str, Almanac]:
        """By name, as the command carries them."""
        return {name: clock.plain for name, clock in self.made.items()}

    def of(self, zone: str, calendar: Calendar) -> _Clock:
        """The almanac of a zone and a calendar, named by both."""
        name = f"{zone} {calendar.name}"
        if name not in self.made:
            self.made[name] = _Clock(name, self._reaching(zone, calendar))
        return self.made[name]

    def _reaching(self, zone: str, calendar: Calendar) -> Almanac:
        """As far as the calendar knows its holidays, at most `YEARS`."""
        first = max(dt.date(1970, 1, 1), self.today - _MARGIN)
        years = YEARS
        while True:
            last = min(_LAST, self.today + dt.timedelta(days=366 * years))
            try:
                return _made(zone, calendar, first, last)
            except QuantityError:
                years -= 1
                if not years:
                    raise


# A rehearsal opens many tenders on few days; an almanac of ten years takes a tenth of a second.
_made = lru_cache(maxsize=64)(almanac)
