"""One tender from its opening to its end: what the buyer and the others do at each turn of it.

Each deed follows from an event of the desk. The buyer serves complete notices, signs with whoever
may be signed with, in time for service, and gives up where nobody is left who could serve. A
command that the desk refuses is in the journal, with its sentence.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

import msgspec

from offtake.book.records import Offer
from offtake.desk import Desk, Refusal, Reply, commands, events
from offtake.desk.asking import askable, best, chips_left, live
from offtake.desk.lot import Bid, Instant, Terms
from offtake.desk.price import dearer, effective
from offtake.desk.state import Tender
from offtake.rehearse.counterparties import Drawn, answer, bid_for, chance, drawn, price_of, rivals
from offtake.rehearse.days import DAY, HOUR, day_of, instant
from offtake.rehearse.looking import asked_by, asking_first, busy, stale
from offtake.rehearse.market import Market
from offtake.rehearse.purchases import Purchase
from offtake.rehearse.shaped import cost, shaped
from offtake.units import Month

BAR_DAYS = 14
"""Within so many days an exclusive holder answers whether it lets others in; no clock runs."""
FIRST_BID, LATER_BIDS = 0.1, (0.2, 0.9)
"""Parts of the time for bids: the plan's seller is first, so that it wins where bids are equal."""
SERVICE = dt.time(8, 0)


class Course:
    """The deeds about one tender."""

    def __init__(self, market: Market, purchase: Purchase, seed: int) -> None:
        self.market, self.purchase, self.seed = market, purchase, seed
        self.book, self.name, self.zone = market.book, purchase.name, market.zone
        self.clock = market.clockwork
        self.offers: dict[str, Offer] = {purchase.offer.seller: purchase.offer}
        """By the seller, whose bid is made of it."""
        self.failing: set[tuple[int, str]] = set()
        """Takings, by round and clause, whose holders will miss the closing."""
        self._chance: dict[str, Random] = {}

    def begin(self, at: Instant, opened: commands.Open) -> None:
        """Open the tender."""
        self._plan(at, lambda now: self._buyer(opened, now))

    def react(self, event: events.Event) -> None:
        """Plan what follows from an event of this tender."""
        found = _REACTIONS.get(type(event))
        if found is not None:
            found(self, event)

    # --- asking ---------------------------------------------------------------------------------

    def opened(self, event: events.TenderOpened) -> None:
        """Exclusive holders say, some time, whether they let others in."""
        for bar in event.bars:
            case = self._drawn(bar.clause)
            if case.likely.answer in ("waive", "unable"):
                said = commands.Answer(self.name, bar.clause, case.likely.answer)
                until = event.at + BAR_DAYS * DAY
                at = self.market.at_work(case.within(event.at, until), event.at, until)
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

    def answered(self, event: events.Answered) -> None:
        """The buyer accepts a first offer that costs no more than what it planned."""
        if event.kind != "offer" or event.terms is None:
            return
        purchase, lot = self.purchase, self._tender.lot
        price = price_of(self.book, purchase.offer, lot.start)
        planned = cost(self.book, purchase.offer, lot, price, purchase.sign_by)
        offered = effective(event.terms, lot, self.book.header.discount.value)
        accept = planned is not None and not dearer(offered, planned)
        said = commands.Decide(self.name, event.round, event.clause, accept)
        self._plan(event.at + HOUR, lambda now: self._buyer(said, now))

    # --- bids -----------------------------------------------------------------------------------

    def bidding(self, event: events.BiddingStarted) -> None:
        """Sellers bid as their offers say."""
        lot = self._tender.lot
        others = rivals(self.book, self.purchase.offer, lot, self.purchase.sign_by)
        for number, offer in enumerate((self.purchase.offer, *others)):
            part = self._random(offer.id).uniform(*LATER_BIDS) if number else FIRST_BID
            self.offers[offer.seller] = offer
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
        pool = (offer.via or offer.seller, offer.chip, offer.region)
        own = self._desk.capacity.get(pool)
        bid = bid_for(
            offer,
            msgspec.structs.replace(tender.lot, chips=chips),
            lambda bid: shaped(self.book, offer, plain, bid, signed),
            own.chips - own.promised if own is not None else 0,
            max((c.deposit for c in tender.claims.values() if not c.first), default=Decimal(0)),
            offer.seller in tender.opened.affiliates,
        )
        if bid is not None:
            self._send(offer.seller, commands.Submit(self.name, bid), now)

    def pursue(self, event: events.TenderEvent) -> None:
        """An hour after anything that may leave chips unasked: go on with the best bid."""
        self._plan(event.at + HOUR, self._pursue)

    def _pursue(self, now: Instant) -> None:
        tender = self._tender
        if tender.phase != "opened" or tender.unnoticed == 0 or asking_first(tender):
            return
        name = best(self._desk, tender)
        if name is None:
            if not busy(tender):
                reason = "nobody is left who sells the rest in time"
                self._buyer(commands.Withdraw(self.name, reason), now)
            return
        bid = tender.bids[name]
        at = self._signing(bid, None, now)
        if stale(tender, now):
            self._buyer(commands.Reask(self.name), now)
        elif at is None:
            self._set_aside(bid.id, self._too_late(bid, now), now)
        elif askable(tender, now, bid.bidder):
            chips = min(tender.unnoticed, chips_left(self._desk, tender, bid))
            self._notice(bid, chips, now)
        else:
            self._plan(at, lambda then: self._sign(bid.id, None, then))

    def _notice(self, bid: Bid, chips: int, now: Instant, *, more: bool = False) -> None:
        """A complete notice, with the hash of the bid as it was made."""
        lot = self._tender.lot
        said = commands.Notice(
            self.name,
            bid.id,
            chip=lot.chip,
            chips=chips,
            region=lot.region,
            terms=bid.terms,
            counterparty=bid.bidder,
            evidence=hashlib.sha256(msgspec.json.encode(bid, order="sorted")).hexdigest(),
            more=more,
        )
        found = self._buyer(said, now)
        if isinstance(found, Refusal):
            if not more:
                self._set_aside(bid.id, found.sentence, now)
        else:
            self._plan(now + HOUR, self._pursue)

    # --- signing --------------------------------------------------------------------------------

    def turned(self, event: events.TurnEnded) -> None:
        """Who took signs when the buyer's time for signing is over, or at its closing date."""
        for part in event.allotted:
            if part.chips and (event.round, part.clause) not in self.failing:
                at = self.market.signing_over(event.at)
                at = at if part.closing is None else min(at, part.closing)
                self._plan(at, partial(self._close, event.round, part.clause))
        self.pursue(event)

    def _close(self, number: int, clause: str, now: Instant) -> None:
        asked = live(self._tender, number)
        taking = asked.takings.get(clause) if asked is not None else None
        if asked is not None and taking is not None and taking.state == "closing":
            terms = taking.terms or asked.terms
            start = terms.start if terms is not None else self._tender.lot.start
            name = self.market.name(taking.holder, start)
            self._buyer(commands.Close(self.name, number, clause, name), now)

    def tail(self, event: events.TailStarted) -> None:
        """What is left is signed with the bidder, within the tail."""
        asked = live(self._tender, event.round)
        bid = self._tender.bids.get(asked.bid) if asked is not None else None
        if bid is None or event.left == 0:
            return
        at = self._signing(bid, event.ends, event.at)
        if at is None:
            self._plan(
                event.at + HOUR,
                lambda now: self._set_aside(bid.id, self._too_late(bid, now), now),
            )
        else:
            self._plan(at, lambda now: self._sign(bid.id, event.round, now))

    def freed(self, event: events.BidderFreed) -> None:
        """A seller that says what remainder it sells at the least sells no smaller one."""
        seller = self._tender.bids[event.bid].bidder
        reason = f"{seller} sells no remainder of {event.left:,} chips"
        self._plan(event.at + HOUR, lambda now: self._set_aside(event.bid, reason, now))

    def _sign(self, bid: str, number: int | None, now: Instant) -> None:
        tender, own = self._tender, self._tender.bids[bid]
        if tender.phase != "opened" or bid in tender.aside:
            return
        chips = min(tender.unnoticed, chips_left(self._desk, tender, own))
        if number is not None:
            asked = live(tender, number)
            waits = asked is not None and asked.state == "tail" and not asked.freed
            chips = asked.remaining if asked is not None and waits else 0
        if chips > 0:
            name = self.market.name(self.offers[own.bidder].id, own.terms.start)
            found = self._buyer(commands.Sign(self.name, bid, chips, name, number), now)
            if isinstance(found, Refusal):
                self._set_aside(bid, found.sentence, now)

    def signed(self, event: events.Signed) -> None:
        """Capacity is in service on its day; a seller may come back for more, or a dearer price."""
        deliver = commands.Deliver(self.name, event.agreement)
        at = instant(event.terms.start, SERVICE, self.zone)
        self._plan(at, lambda now: self._buyer(deliver, now))
        self.pursue(event)
        if event.clause is None:
            self._comes_back(event)

    def _comes_back(self, event: events.Signed) -> None:
        """After the first signature under its offer a seller asks for what it asks later."""
        offer = self.offers[event.party]
        if offer.id in self.market.signed_first:
            return
        self.market.signed_first[offer.id] = event.at
        if offer.later is not None and offer.later.more is not None:
            at = self.market.asks_again(offer, event.at)
            self._plan(at, lambda now: self._asks_more(event.bid, offer, now))

    # --- more, and dearer -----------------------------------------------------------------------

    def _asks_more(self, bid: str, offer: Offer, now: Instant) -> None:
        """The seller asks what it asks later; the buyer tries to sign, then asks the holders."""
        tender, later = self._tender, offer.later
        if tender.phase != "opened" or later is None or later.more is None:
            return
        own, more = tender.bids[bid], later.more
        if not askable(tender, now, own.bidder):
            # A lot is enlarged by a notice; where nobody is asked, more is a deal of its own.
            return
        chips = max(own.chips, own.chips - chips_left(self._desk, tender, own) + more)
        terms = self._later_terms(own, offer, chips, now)
        said = commands.Revise(self.name, bid, terms, chips)
        if isinstance(self._send(offer.seller, said, now), Reply):
            self._plan(now + HOUR, lambda then: self._try_more(bid, more, then))

    def _later_terms(self, own: Bid, offer: Offer, chips: int, now: Instant) -> Terms:
        """The price that it asks then; service as soon as asking, signing and its lead allow."""
        calendar, signing = self.market.calendar, self.book.header.procurement.signing
        day = asked_by(self._tender, own.bidder, day_of(now, self.zone), calendar)
        signed = calendar.add(day, signing)
        ready = calendar.add(signed, offer.lead)
        soonest = Month.of(ready) + (1 if ready.day > 1 else 0)
        start = max(own.terms.start, soonest.first)
        price = self.market.asks(offer, own.terms.start, now) or own.terms.price
        terms = msgspec.structs.replace(own.terms, price=price, start=start)
        return shaped(self.book, offer, terms, chips, signed)

    def _try_more(self, bid: str, more: int, now: Instant) -> None:
        own = self._tender.bids[bid]
        name = self.market.name(self.offers[own.bidder].id, own.terms.start)
        found = self._buyer(commands.Sign(self.name, bid, more, name), now)
        if isinstance(found, Refusal):
            self.market.agreements.discard(name)
            self._plan(
                now + HOUR,
                lambda then: self._notice(self._tender.bids[bid], more, then, more=True),
            )

    # --- the rest -------------------------------------------------------------------------------

    def _set_aside(self, bid: str, reason: str, now: Instant) -> None:
        """Leave a bid out, and go on with the next."""
        said = commands.SetAside(self.name, bid, reason.rstrip("."))
        if isinstance(self._buyer(said, now), Reply):
            self._plan(now + HOUR, self._pursue)

    def _signing(self, bid: Bid, ends: Instant | None, now: Instant) -> Instant | None:
        tails = [ends, *(own.tail for own in self._tender.first.values())]
        first = min((tail for tail in tails if tail is not None), default=None)
        return self.market.signing(self.offers[bid.bidder], bid.terms.start, first, now)

    def _too_late(self, bid: Bid, now: Instant) -> str:
        offer = self.offers[bid.bidder]
        return (
            f"on {day_of(now, self.zone)} it is too late to sign with {offer.seller}: "
            f"{offer.id} needs {offer.lead} before service on {bid.terms.start}"
        )

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


_REACTIONS: dict[type[events.Event], Callable[[Course, Any], None]] = {
    events.TenderOpened: Course.opened,
    events.ClockStarted: Course.asked,
    events.Answered: Course.answered,
    events.BiddingStarted: Course.bidding,
    events.BidsOpened: Course.pursue,
    events.TurnEnded: Course.turned,
    events.TailStarted: Course.tail,
    events.BidderFreed: Course.freed,
    events.Signed: Course.signed,
    events.TailEnded: Course.pursue,
    events.TakingFailed: Course.pursue,
    events.AgreementFailed: Course.pursue,
}
