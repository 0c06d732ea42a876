"""One tender from its opening to its end: what the buyer and the others do at each turn of it.

Each deed follows from an event of the desk. The buyer serves complete notices, signs with whoever
may be signed with, in time for service, and gives up where nobody is left who could serve. A
command that the desk refuses is in the journal, with its sentence.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from offtake.book.records import Offer
from offtake.desk import Refusal, Reply, commands, events
from offtake.desk.asking import askable, best, chips_left, live
from offtake.desk.lot import Bid, Instant, Terms
from offtake.desk.price import dearer, effective
from offtake.rehearse.counterparties import price_of
from offtake.rehearse.days import HOUR, day_of, instant
from offtake.rehearse.looking import asked_by, asking_first, busy, stale
from offtake.rehearse.others import Others
from offtake.signed.shaped import cost, shaped
from offtake.units import Month

SERVICE = dt.time(8, 0)


class Course(Others):
    """The deeds about one tender: those of the others, and the buyer's."""

    def begin(self, at: Instant, opened: commands.Open) -> None:
        """Open the tender."""
        self._plan(at, lambda now: self._buyer(opened, now))

    def react(self, event: events.Event) -> None:
        """Plan what follows from an event of this tender."""
        found = _REACTIONS.get(type(event))
        if found is not None:
            found(self, event)

    # --- asking ---------------------------------------------------------------------------------

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

    def pursue(self, event: events.TenderEvent) -> None:
        """After anything that may leave chips unasked: go on with the best bid.

        What is left after a signature is signed on the same day: the time for signing runs on.
        """
        if isinstance(event, events.Signed):
            self._plan(event.at, self._pursue)
        else:
            self._begun = event.at + HOUR
            self._plan(self._begun, self._pursue)

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
        at = self._signing(bid, None, min(self._begun, now), now)
        if stale(tender, now):
            self._buyer(commands.Reask(self.name), now)
        elif at is None:
            self._set_aside(bid.id, self._too_late(bid, now), now)
        elif askable(tender, now, bid.bidder):
            chips = min(tender.unnoticed, chips_left(self._desk, tender, bid))
            self._notice(bid, chips, now)
        else:
            self._plan(at, lambda then: self._sign(bid.id, None, then))

    def _notice(
        self, bid: Bid, chips: int, now: Instant, *, again: int | None = None, more: bool = False
    ) -> None:
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
            again=again,
            more=more,
        )
        found = self._buyer(said, now)
        if isinstance(found, Refusal):
            if not more and found.code != "barred":
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
        if bid is not None and event.left:
            self._in_tail(bid.id, event.round, event.ends, event.at)

    def _in_tail(self, name: str, number: int, ends: Instant | None, begun: Instant) -> None:
        bid = self._tender.bids[name]
        at = self._signing(bid, ends, begun, begun + HOUR)
        if at is None:
            self._plan(
                begun + HOUR,
                lambda now: self._set_aside(name, self._too_late(bid, now), now),
            )
        else:
            self._plan(at, lambda now: self._sign(name, number, now))

    def freed(self, event: events.BidderFreed) -> None:
        """A seller that says what remainder it sells at the least sells no smaller one."""
        seller = self._tender.bids[event.bid].bidder
        reason = f"{seller} sells no remainder of {event.left:,} chips"
        self._plan(event.at + HOUR, lambda now: self._set_aside(event.bid, reason, now))

    def _sign(self, bid: str, number: int | None, now: Instant) -> None:
        """Sign what the bidder sells of what is left: whole blocks."""
        tender, own = self._tender, self._tender.bids[bid]
        if tender.phase != "opened" or bid in tender.aside:
            return
        left = min(tender.unnoticed, chips_left(self._desk, tender, own))
        if number is not None:
            asked = live(tender, number)
            waits = asked is not None and asked.state == "tail" and not asked.freed
            left = asked.remaining if asked is not None and waits else 0
        if left <= 0:
            return
        chips = left - left % own.block
        if not chips:
            self._set_aside(bid, f"{own.bidder} sells blocks of {own.block:,} chips", now)
            return
        name = self.market.name(self.offers[own.bidder].id, own.terms.start)
        found = self._buyer(commands.Sign(self.name, bid, chips, name, number), now)
        if isinstance(found, Refusal):
            self.market.agreements.discard(name)
            self._refused(found, bid, number, left, now)

    def _refused(
        self, found: Refusal, bid: str, number: int | None, left: int, now: Instant
    ) -> None:
        """Do what the refusal says: ask who holds a right by now; else leave the bid out."""
        if found.code == "barred":
            return  # Once the holder lets others in, or its right ends, it is tried again.
        if found.code == "not-asked":
            own = self._tender.bids[bid]
            self._plan(now + HOUR, lambda then: self._notice(own, left, then, again=number))
        elif found.code == "first-offer-stale":
            self._plan(now + HOUR, self._pursue)
        else:
            self._set_aside(bid, found.sentence, now)

    def lifted(self, event: events.BarLifted) -> None:
        """What a right that began during the tender held up goes on."""
        for own in self._tender.rounds:
            if own.state == "tail" and own.remaining and own.bid in self._tender.bids:
                self._in_tail(own.bid, own.number, own.tail, event.at)
        self.pursue(event)

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
        more = later.more if later is not None else None
        if not more:
            why = "it sells no chips more"
        elif tender.phase != "opened":
            why = f"the tender {self.name} was over"
        elif not askable(tender, now, tender.bids[bid].bidder):
            # A lot is enlarged by a notice.
            why = "where nobody must be asked, more is a deal of its own"
        else:
            self._revise(bid, offer, more, now)
            return
        self.market.not_played[offer.id] = why

    def _revise(self, bid: str, offer: Offer, more: int, now: Instant) -> None:
        tender, own = self._tender, self._tender.bids[bid]
        chips = max(own.chips, own.chips - chips_left(self._desk, tender, own) + more)
        terms = self._later_terms(own, offer, chips, now)
        said = commands.Revise(self.name, bid, terms, chips)
        found = self._send(offer.seller, said, now)
        if isinstance(found, Refusal):
            self.market.not_played[offer.id] = found.sentence.rstrip(".")
        else:
            self.market.came_back.add(offer.id)
            self._plan(now + HOUR, lambda then: self._try_more(bid, more, then))

    def _later_terms(self, own: Bid, offer: Offer, chips: int, now: Instant) -> Terms:
        """The price that it asks then; service as soon as asking, signing and its lead allow."""
        calendar, signing = self.market.calendar, self.book.header.procurement.signing
        day = asked_by(self._tender, own.bidder, day_of(now, self.zone), calendar)
        signed = calendar.add(day, signing)
        ready = calendar.add(signed, offer.lead)
        soonest = Month.of(ready) + (1 if ready.day > 1 else 0)
        start = max(own.terms.start, soonest.first)
        asked = self.market.asks(offer, own.terms.start, now)
        price = own.terms.price if asked is None else asked
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

    def _signing(
        self, bid: Bid, ends: Instant | None, begun: Instant, now: Instant
    ) -> Instant | None:
        tails = [ends, *(own.tail for own in self._tender.first.values())]
        first = min((tail for tail in tails if tail is not None), default=None)
        return self.market.signing(self.offers[bid.bidder], bid.terms.start, first, begun, now)

    def _too_late(self, bid: Bid, now: Instant) -> str:
        offer = self.offers[bid.bidder]
        return (
            f"on {day_of(now, self.zone)} it is too late to sign with {offer.seller}: "
            f"{offer.id} needs {offer.lead} before service on {bid.terms.start}"
        )


_REACTIONS: dict[type[events.Event], Callable[[Course, Any], None]] = {
    events.TenderOpened: Course.opened,
    events.ClockStarted: Course.asked,
    events.Answered: Course.answered,
    events.BiddingStarted: Course.bidding,
    events.BidsOpened: Course.pursue,
    events.TurnEnded: Course.turned,
    events.TailStarted: Course.tail,
    events.BidderFreed: Course.freed,
    events.BarLifted: Course.lifted,
    events.Signed: Course.signed,
    events.TailEnded: Course.pursue,
    events.TakingFailed: Course.pursue,
    events.AgreementFailed: Course.pursue,
}
