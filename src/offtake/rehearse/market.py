"""What the tenders of a rehearsal share beside the desk: the book, what sellers ask, ids, days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from offtake.book.force import Book
from offtake.book.records import Offer
from offtake.desk.commands import Declare, Open
from offtake.desk.lot import Instant, Lot
from offtake.plan.delivery import ID_LONGEST
from offtake.rehearse.clockwork import Clockwork
from offtake.rehearse.counterparties import price_of
from offtake.rehearse.days import EVENING, HOUR, TEN, day_of, instant
from offtake.rehearse.purchases import Purchase
from offtake.rehearse.stock import Stock
from offtake.units import Calendar
from offtake.units.instants import NS

Pool = tuple[str, str, str]
"""Party, chip and region."""


@dataclass(slots=True)
class Market:
    """The book as known on the plan's day, and what has been said and signed in virtual time."""

    book: Book
    clockwork: Clockwork
    stock: Stock
    agreements: set[str]
    """Ids that are taken, if only by agreements that the plan's day does not know."""
    signed_first: dict[str, Instant] = field(default_factory=dict)
    """When the first agreement under each offer was signed."""
    came_back: set[str] = field(default_factory=set)
    """Offers whose sellers asked for what they ask later."""
    not_played: dict[str, str] = field(default_factory=dict)
    """By offer: why its seller did not come back."""

    @property
    def zone(self) -> str:
        """The book's time zone."""
        return self.book.header.timezone

    @property
    def calendar(self) -> Calendar:
        """The book's own calendar."""
        return Calendar.named(self.book.header.calendar)

    def asks(self, offer: Offer, start: dt.date, at: Instant) -> Decimal | None:
        """What a seller asks at an instant; dearer once it has said so after a first signature."""
        later, first = offer.later, self.signed_first.get(offer.id)
        dearer = later.price if later is not None else None
        if dearer is not None and first is not None and at >= self.asks_again(offer, first):
            self.came_back.add(offer.id)
            return dearer.amount
        return price_of(self.book, offer, start)

    def asks_again(self, offer: Offer, first: Instant) -> Instant:
        """When a seller comes back for more, or for another price."""
        assert offer.later is not None
        day = self.calendar.add(day_of(first, self.zone), offer.later.after)
        return instant(day, TEN, self.zone)

    def left(self, offer: Offer, lot: Lot, tender: str) -> int:
        """What an offer can still bid for a lot, of its own and of its seller's capacity."""
        desk, later = self.clockwork.desk, offer.later
        first = self.signed_first.get(offer.id)
        most = offer.max
        if first is not None and later is not None and desk.now >= self.asks_again(offer, first):
            most += later.more or 0
        declared = desk.capacity.get((offer.via or offer.seller, offer.chip, offer.region))
        own = declared.chips - declared.promised if declared is not None else 0
        return min(own, self.stock.left(desk, offer, lot, most, tender))

    def unplayed(self) -> Iterator[str]:
        """What offers say of later and no tender came to, with the reason."""
        for name in self.signed_first:
            if self.book.offers[name].later is not None and name not in self.came_back:
                why = self.not_played.get(name, "no tender of it came after that")
                yield f"what {name} says of later was not played: {why}"

    def name(self, stem: str, start: dt.date) -> str:
        """An id for an agreement that nothing else has."""
        number = 1
        while True:
            ending = f"-{start:%Y-%m}" + (f"-{number}" if number > 1 else "")
            name = stem[: ID_LONGEST - len(ending)] + ending
            if name not in self.agreements and name not in self.book.offers:
                self.agreements.add(name)
                return name
            number += 1

    def at_work(self, at: Instant, after: Instant, until: Instant) -> Instant:
        """Ten o'clock of that business day or the next, where it is within; else that second."""
        day = self.calendar.next_business(day_of(at, self.zone))
        ten = instant(day, TEN, self.zone)
        return ten if after < ten <= until else max(after, at // NS * NS)

    def signing_over(self, begun: Instant) -> Instant:
        """When the buyer's own time for signing is over: on a business day."""
        day = self.calendar.add(day_of(begun, self.zone), self.book.header.procurement.signing)
        ten = instant(self.calendar.next_business(day), TEN, self.zone)
        return max(begun + HOUR, ten)

    def last_signing(self, offer: Offer, start: dt.date) -> Instant:
        """The last hour to sign with an offer: its lead is then over by the start of service."""
        day = self.calendar.latest(start, offer.lead)
        return instant(min(day, offer.valid_until or day), EVENING, self.zone)

    def signing(
        self, offer: Offer, start: dt.date, ends: Instant | None, begun: Instant, now: Instant
    ) -> Instant | None:
        """When to sign, sooner where a tail or the lead asks for it; None where it is too late."""
        last = self.last_signing(offer, start)
        last = last if ends is None else min(last, ends)
        return max(now, min(self.signing_over(begun), last)) if now <= last else None


def declared(book: Book, tenders: Iterable[tuple[Purchase, Open]], buyer: str) -> Iterator[Declare]:
    """What each party has to promise of a chip in a region.

    A seller has its offers' maxima, or what the plan buys of it in all where that is more since
    one lot ends before the next begins, and what it offers later; a holder beside that all that it
    may be asked about, since nothing but `able` limits what it takes.
    """
    own: dict[Pool, int] = {}
    planned: dict[Pool, int] = {}
    beside: dict[Pool, int] = {}
    for offer in book.offers.values():
        if offer.kind == "reserved":
            pool = (offer.via or offer.seller, offer.chip, offer.region)
            own[pool] = own.get(pool, 0) + offer.max
            if offer.later is not None and offer.later.more is not None:
                beside[pool] = beside.get(pool, 0) + offer.later.more
    for purchase, opened in tenders:
        offer, lot = purchase.offer, opened.lot
        pool = (offer.via or offer.seller, lot.chip, lot.region)
        planned[pool] = planned.get(pool, 0) + lot.chips
        later = offer.later.more if offer.later is not None else None
        for holder in {claim.holder for claim in opened.claims}:
            asked = (holder, lot.chip, lot.region)
            beside[asked] = beside.get(asked, 0) + lot.chips + (later or 0)
    for pool in sorted({*own, *planned, *beside}):
        chips = max(own.get(pool, 0), planned.get(pool, 0)) + beside.get(pool, 0)
        if pool[0] != buyer:
            yield Declare(*pool, chips)
