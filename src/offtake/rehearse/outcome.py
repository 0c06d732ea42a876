"""Plan and outcome side by side: who, how many, at what price, when, and why, purchase by purchase.

Every reason is an event of the journal, told shortly; the timeline has it in full.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from offtake.desk import events as ev
from offtake.desk.say import say
from offtake.plan.words import chips as in_words
from offtake.rehearse.days import day_of
from offtake.rehearse.playing import Played, tender_of
from offtake.rehearse.purchases import Purchase
from offtake.rehearse.signed import effective_of
from offtake.signed.made import Made

Row = tuple[Any, ...]
_HOW = {
    "taken": "took a part",
    "waived": "waived",
    "silent": "let its window pass",
    "countered": "answered otherwise than noticed, which is a refusal",
    "unable": "was unable to serve",
    "declined": "made an offer that was declined",
}
_FAILED = {
    "closing missed": "missed the closing",
    "delivery missed": "did not deliver",
    "default": "fell into default",
}


def timeline(played: Played) -> Iterator[Row]:
    """Every event with its instant, tender, purchase, actor, chips and sentence."""
    purchases = {purchase.name: purchase.id for purchase in played.purchases}
    for event in played.events:
        tender = tender_of(event)
        yield (
            event.at,
            tender,
            purchases.get(tender, ""),
            _who(event, played),
            _words(event),
            _chips(event),
            say(event),
            _until(event),
            getattr(event, "round", None),
            getattr(event, "clause", None),
            event.party if isinstance(event, ev.Signed) else getattr(event, "holder", None),
        )


def _until(event: ev.Event) -> int | None:
    """When what begins with the event is over, unless something ends it before."""
    if isinstance(event, ev.BiddingStarted):
        return event.closes
    if isinstance(event, ev.ClockStarted):
        return event.deadline
    return event.ends if isinstance(event, ev.TailStarted) else None


def _who(event: ev.Event, played: Played) -> str:
    """Who brought it about; the holder whose window or right it is; else time alone, nobody."""
    if event.by is not None:
        return event.by.actor
    return str(getattr(event, "holder", "")) or "the desk"


def _words(event: ev.Event) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(event).__name__).lower()


def _chips(event: ev.Event) -> int | None:
    for field in ("chips", "left"):
        if isinstance(value := getattr(event, field, None), int):
            return value
    if isinstance(event, ev.TenderOpened):
        return event.lot.chips
    return event.bid.chips if isinstance(event, ev.BidReceived) else None


def shares(played: Played) -> Iterator[Row]:
    """Each asking of a holder: on how many chips, what it took, how it answered and when."""
    zone = played.book.header.timezone
    failed = {
        (e.tender, e.round, e.clause): e.why
        for e in played.events
        if isinstance(e, ev.TakingFailed)
    }
    for event in played.events:
        if not isinstance(event, ev.ClockStarted):
            continue
        own = played.desk.tenders[event.tender].rounds[event.round - 1]
        standing = own.standings[event.clause]
        taking = own.takings.get(event.clause)
        how = standing.state
        if (why := failed.get((event.tender, event.round, event.clause))) is not None:
            how = f"failed: {why}"
        took = taking.chips if taking is not None else 0
        on = day_of(standing.cleared, zone) if standing.cleared is not None else None
        yield (
            event.tender,
            event.holder,
            event.clause,
            event.round,
            event.chips,
            took,
            how,
            on,
        )


def agreements(found: tuple[Made, ...]) -> Iterator[Row]:
    """What was signed."""
    for one in found:
        yield (
            one.id,
            one.seller,
            one.lot.chip,
            one.lot.region,
            one.start,
            one.months,
            one.chips,
            float(one.price),
            one.signed,
            one.tender,
            one.purchase,
        )


@dataclass(frozen=True, slots=True)
class Fared:
    """One purchase and what came of it."""

    purchase: Purchase
    made: tuple[Made, ...]
    events: tuple[ev.Event, ...]
    played: Played

    @property
    def later(self) -> tuple[Made, ...]:
        """What was signed because the seller came back with more."""
        return tuple(one for one in self.made if self._came_back(one))

    @property
    def first(self) -> tuple[Made, ...]:
        """What was signed of the lot that the plan bought."""
        return tuple(one for one in self.made if not self._came_back(one))

    @property
    def missing(self) -> int:
        """Chips of the plan's that nobody signed."""
        return max(0, self.purchase.lot.chips - sum(one.chips for one in self.first))

    def rows(self, planned: float | None) -> Iterator[Row]:
        """A row for each agreement, and one for what was not bought."""
        lot, offer = self.purchase.lot, self.purchase.offer
        head = (self.purchase.name, offer.id, lot.start, offer.seller, lot.chips, planned)
        for one in self.made:
            effective = float(effective_of(one, self.played))
            prices = (float(one.price), effective, one.start, one.signed)
            yield (*head, one.seller, one.id, one.chips, *prices, self._because(one), one.clause)
        if self.missing:
            nothing = (None, None, None, None)
            yield (*head, None, None, -self.missing, *nothing, self._not_bought(), None)

    def _because(self, made: Made) -> str:
        signed = self._signed(made)
        notice = self._notice(signed.round)
        if made.clause is not None:
            right = made.clause.partition("@")[0]
            if notice is None or notice.terms is None:
                return f"{made.seller} offered {in_words(made.chips)} first, under {right}"
            of = in_words(notice.chips)
            return f"{made.seller} took {made.chips:,} of {of} noticed under {right}"
        told = []
        if notice is not None and notice.kind == "more chips":
            told.append(f"{made.seller} came back with more; sent back to notice")
        if made.seller != self.purchase.offer.seller:
            told.append(self._outbid(made))
        told += [
            f"{one.holder} {_HOW.get(one.how, one.how)} on {self._day(one.since)}"
            for one in signed.cleared
        ]
        failed = [self._lost(event) for event in self._failed(signed)]
        told += failed
        if not signed.cleared and not failed:
            told.append("nobody had to be asked")
        ends = [one.tail for one in signed.cleared if one.tail is not None]
        if ends:
            told.append(f"the tail runs until {self._day(min(ends))}")
        return "; ".join(told)

    def _failed(self, signed: ev.Signed) -> Iterator[ev.TakingFailed]:
        """Takings that came to nothing before a signature."""
        for event in self.events:
            if event is signed:
                return
            if isinstance(event, ev.TakingFailed):
                yield event

    def _lost(self, event: ev.TakingFailed) -> str:
        how = _FAILED.get(event.why, f"failed: {event.why}")
        return f"{event.holder} took {in_words(event.chips)} and {how} on {self._day(event.at)}"

    def _outbid(self, made: Made) -> str:
        opened = next((e for e in self.events if isinstance(e, ev.BidsOpened)), None)
        places = {p.bidder: p.effective for p in opened.ranking} if opened is not None else {}
        theirs, planned = places.get(made.seller), places.get(self.purchase.offer.seller)
        if theirs is None or planned is None:
            return f"{self.purchase.offer.seller} did not bid"
        if theirs < planned:
            return f"{made.seller} bid {theirs:.2f} against {planned:.2f} per reference chip-hour"
        return f"{self.purchase.offer.seller} could not sell all of it"

    def _not_bought(self) -> str:
        """The reasons that the journal gives, the last first where it ended the tender."""
        told: list[str] = []
        for event in self.events:
            if isinstance(event, ev.TakingFailed):
                told.append(self._lost(event))
            elif isinstance(event, ev.BidSetAside | ev.TenderWithdrawn):
                told.append(event.reason)
        told = told or [e.sentence for e in self.events if isinstance(e, ev.Refused)][-1:]
        return "; ".join(dict.fromkeys(told)) or "it was still open when the rehearsal ended"

    def _notice(self, number: int | None) -> ev.NoticeServed | None:
        served = (e for e in self.events if isinstance(e, ev.NoticeServed))
        return next((e for e in served if e.round == number), None)

    def _signed(self, made: Made) -> ev.Signed:
        signed = (e for e in self.events if isinstance(e, ev.Signed))
        return next(e for e in signed if e.agreement == made.id)

    def _came_back(self, made: Made) -> bool:
        notice = self._notice(self._signed(made).round)
        return notice is not None and notice.kind == "more chips"

    def _day(self, at: int) -> str:
        return str(day_of(at, self.played.book.header.timezone))


def fared(played: Played, found: tuple[Made, ...]) -> tuple[Fared, ...]:
    """Each purchase with what came of it, in the order of their opening."""
    own: dict[str, list[ev.Event]] = {purchase.name: [] for purchase in played.purchases}
    for event in played.events:
        if (tender := tender_of(event)) in own:
            own[tender].append(event)
    return tuple(
        Fared(
            purchase,
            tuple(one for one in found if one.tender == purchase.name),
            tuple(own[purchase.name]),
            played,
        )
        for purchase in played.purchases
    )


def outcome(played: Played, purchases: tuple[Fared, ...]) -> Iterator[Row]:
    """A row for each agreement beside its purchase, and for what was not bought."""
    prices = {row["id"]: row["price"] for row in played.plan.purchases.iter_rows(named=True)}
    for one in purchases:
        yield from one.rows(prices[one.purchase.id])


def by_month(purchases: tuple[Fared, ...]) -> Iterator[Row]:
    """For each offer and month: chips planned, signed as planned, with others, beside, not at all.

    More that a seller offered later counts as more, whoever signed it.
    """
    sums: dict[tuple[str, Any], list[int]] = {}
    for one in purchases:
        seller, lot = one.purchase.offer.seller, one.purchase.lot
        same = sum(made.chips for made in one.first if made.seller == seller)
        others = sum(made.chips for made in one.first) - same
        more = sum(made.chips for made in one.later)
        row = (lot.chips, same, others, more, one.missing)
        total = sums.setdefault((one.purchase.offer.id, lot.start), [0] * 5)
        sums[one.purchase.offer.id, lot.start] = [a + b for a, b in zip(total, row, strict=True)]
    for (offer, start), total in sorted(sums.items(), key=lambda pair: (pair[0][1], pair[0][0])):
        yield (offer, start, *total)
