"""What the others do in one tender: holders who are asked, sellers who bid."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from random import Random

import msgspec

from offtake.book.records import Offer
from offtake.desk import Desk, Refusal, Reply, commands, events
from offtake.desk.asking import live
from offtake.desk.lot import Instant, Terms
from offtake.desk.price import dearer
from offtake.desk.state import Tender
from offtake.rehearse.counterparties import Drawn, answer, bid_for, chance, drawn, rivals
from offtake.rehearse.days import DAY, day_of
from offtake.rehearse.market import Market
from offtake.rehearse.purchases import Purchase
from offtake.signed.shaped import cost, shaped

BAR_DAYS = 14
"""Within so many days an exclusive holder answers whether it lets others in; no clock runs."""
FIRST_BID, LATER_BIDS = 0.1, (0.2, 0.9)
"""Parts of the time for bids: the plan's seller is first, so that it wins where bids are equal."""


class Others:
    """The deeds of everybody but the buyer about one tender."""

    def __init__(self, market: Market, purchase: Purchase, seed: int) -> None:
        self.market, self.purchase, self.seed = market, purchase, seed
        self.book, self.name, self.zone = market.book, purchase.name, market.zone
        self.clock = market.clockwork
        self.offers: dict[str, Offer] = {purchase.offer.seller: purchase.offer}
        """By the seller, whose bid is made of it."""
        self.failing: set[tuple[int, str]] = set()
        """Takings, by round and clause, whose holders will miss the closing."""
        self._chance: dict[str, Random] = {}
        self._begun: Instant = 0
        """Since when the buyer's time runs to sign what nobody has a right to be asked about."""

    def opened(self, event: events.TenderOpened) -> None:
        """Exclusive holders say, some time, whether they let others in."""
        for bar in event.bars:
            case = self._drawn(bar.clause)
            if case.likely.answer in ("waive", "unable"):
                said = commands.Answer(self.name, bar.clause, case.likely.answer)
                since = max(event.at, bar.since)
                until = since + BAR_DAYS * DAY
                at = self.market.at_work(case.within(since, until), since, until)
                self._plan(at, partial(self._send, bar.holder, said))

    def asked(self, event: events.ClockStarted) -> None:
        """A holder answers within its window, or lets it pass."""
        tender, case = self._tender, self._drawn(event.clause)
        at = case.within(event.at, event.deadline)
        at = self.market.at_work(at, event.at, event.deadline)
        asked = live(tender, event.round)
        lot, noticed = tender.lot, asked.terms if asked is not None else None
        if noticed is not None:
            lot = msgspec.structs.replace(lot, start=noticed.start)
        claim, day = tender.claims[event.clause], day_of(at, self.zone)
        said = answer(self.book, claim, event, case.likely, day, lot)
        if said is None:
            return
        if case.likely.fails:
            self.failing.add((event.round, event.clause))
        self._plan(at, partial(self._send, event.holder, said))

    def bidding(self, event: events.BiddingStarted) -> None:
        """Sellers bid as their offers say."""
        lot = self._tender.lot
        others = rivals(
            self.book,
            self.purchase.offer,
            lot,
            self.purchase.sign_by,
            lambda offer: self.market.left(offer, lot, self.name),
        )
        for number, offer in enumerate((self.purchase.offer, *others)):
            part = self._random(offer.id).uniform(*LATER_BIDS) if number else FIRST_BID
            self.offers[offer.seller] = offer
            if number:
                self.market.stock.enter(offer, self.purchase)
            at = event.at + int((event.closes - event.at) * part)
            at = self.market.at_work(at, event.at, event.closes)
            self._plan(at, partial(self._bid, offer, event.chips))

    def _bid(self, offer: Offer, chips: int, now: Instant) -> None:
        tender = self._tender
        price = self.market.asks(offer, tender.lot.start, now)
        if price is None or tender.phase != "bidding":
            return
        plain = Terms(price, tender.lot.start, tender.lot.months)
        signed = self.purchase.sign_by
        bid = bid_for(
            offer,
            msgspec.structs.replace(tender.lot, chips=chips),
            lambda bid: shaped(self.book, offer, plain, bid, signed),
            self.market.left(offer, tender.lot, self.name),
            max((c.deposit for c in tender.claims.values() if not c.first), default=Decimal(0)),
            offer.seller in tender.opened.affiliates,
        )
        if bid is not None and (bid.chips == chips or self._beside(offer, price, now)):
            self._send(offer.seller, commands.Submit(self.name, bid), now)

    def _beside(self, offer: Offer, price: Decimal, now: Instant) -> bool:
        """Whether a bid for a part can take nothing from the plan's seller: it is dearer, or its.

        Else a small bid might leave the seller less than it sells at the least.
        """
        planned, lot, signed = self.purchase.offer, self._tender.lot, self.purchase.sign_by
        if offer.id == planned.id:
            return True
        theirs = cost(self.book, offer, lot, price, signed)
        asked = self.market.asks(planned, lot.start, now)
        own = cost(self.book, planned, lot, asked, signed)
        return theirs is not None and own is not None and dearer(theirs, own)

    @property
    def _desk(self) -> Desk:
        return self.clock.desk

    @property
    def _tender(self) -> Tender:
        return self.clock.desk.tenders[self.name]

    def _drawn(self, clause: str) -> Drawn:
        day = day_of(self._tender.at, self.zone)
        return drawn(self.book, clause, day, self._random(clause))

    def _random(self, about: str) -> Random:
        return self._chance.setdefault(about, chance(self.seed, self.name, about))

    def _plan(self, at: Instant, deed: Callable[[Instant], object]) -> None:
        self.clock.plan(at, deed)

    def _send(self, actor: str, body: commands.Command, now: Instant) -> Reply | Refusal:
        return self.clock.send(actor, body, now, self.name)

    def _buyer(self, body: commands.Command, now: Instant) -> Reply | Refusal:
        return self._send(self.book.header.buyer, body, now)
