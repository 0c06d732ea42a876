"""What time alone does to a tender. Deadlines are inclusive: it comes after them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from offtake.desk import events as ev
from offtake.desk.asking import as_bid, method
from offtake.desk.clocks import answer_by
from offtake.desk.lot import Instant
from offtake.desk.price import effective
from offtake.desk.state import Round, Tender

LAPSE, EXPIRY, OPENING, TAIL, CLOSING, DELIVERY, BAR = range(7)
"""At one instant, in this order."""

Due = tuple[Instant, int, int, int, str]
"""When, what, in which round, at which place of its turn, of which clause."""

_ENDED = ("withdrawn", "closed")


def next_due(tender: Tender) -> Instant | None:
    """The next deadline of a tender."""
    return min((due[0] for due in _dues(tender)), default=None)


def fall_due(tender: Tender, now: Instant) -> ev.TenderEvent:
    """What the next deadline brings, stamped with it: no earlier than what was before."""
    when, what, number, _, clause = min(_dues(tender))
    return _EVENTS[what](tender, max(when, now), number, clause)


def _dues(tender: Tender) -> Iterator[Due]:
    if tender.phase in _ENDED:
        return
    for own in tender.rounds:
        if own.state == "asking":
            yield from _asked(tender, own)
        elif own.state == "tail" and own.tail is not None:
            yield own.tail, TAIL, own.number, 0, ""
        for taking in own.takings.values():
            place = _place(own, taking.clause)
            if taking.state == "closing" and taking.closing is not None:
                yield taking.closing, CLOSING, own.number, place, taking.clause
            elif taking.state == "signed" and taking.delivery is not None:
                yield taking.delivery, DELIVERY, own.number, place, taking.clause
    if tender.phase == "bidding" and tender.closes is not None:
        yield tender.closes, OPENING, 0, 0, ""
    elif tender.phase == "revealing" and tender.reveals is not None:
        yield tender.reveals, OPENING, 0, 0, ""
    for bar in tender.bars.values():
        if bar.expires is not None:
            yield bar.expires, BAR, 0, 0, bar.clause


def _asked(tender: Tender, own: Round) -> Iterator[Due]:
    if own.turn >= len(own.turns):
        return
    for place, clause in enumerate(own.turns[own.turn]):
        standing = own.standings[clause]
        if standing.state == "noticed" and standing.deadline is not None:
            yield standing.deadline, LAPSE, own.number, place, clause
            claim = tender.claims[clause]
            if not claim.survives and claim.expires is not None:
                yield claim.expires, EXPIRY, own.number, place, clause


def _place(own: Round, clause: str) -> int:
    return [name for turn in own.turns for name in turn].index(clause)


def _lapsed(tender: Tender, at: Instant, number: int, clause: str) -> ev.TenderEvent:
    holder = tender.claims[clause].holder
    return ev.Lapsed(at=at, tender=tender.id, round=number, clause=clause, holder=holder)


def _expired(tender: Tender, at: Instant, number: int, clause: str) -> ev.TenderEvent:
    holder = tender.claims[clause].holder
    return ev.RightExpired(at=at, tender=tender.id, round=number, clause=clause, holder=holder)


def reveal_by(tender: Tender) -> Instant | None:
    """Until when bids that are pledged may be revealed; None where none are."""
    opened, closes = tender.opened, tender.closes
    if opened.reveal is None or closes is None:
        return None
    return answer_by(opened.reveal, opened.almanacs[opened.bidding_almanac], closes).at


def _opened(tender: Tender, at: Instant, number: int, clause: str) -> ev.TenderEvent:
    """Bids ranked by effective price, equal ones by receipt; pledged ones are revealed first."""
    ends = reveal_by(tender) if tender.phase == "bidding" else None
    if ends is not None:
        return ev.RevealStarted(at=at, tender=tender.id, ends=ends)
    rate, how = Decimal(tender.opened.rate), method(tender)
    found = []
    for bid in tender.bids.values():
        lot = as_bid(tender, bid.chips)
        price = effective(bid.terms, lot, rate, bid.package, bid.worth, how)
        found.append((price, bid.received, bid.id, bid.bidder))
    ranking = tuple(ev.Place(name, bidder, price) for price, _, name, bidder in sorted(found))
    return ev.BidsOpened(at=at, tender=tender.id, ranking=ranking)


def _tail_ended(tender: Tender, at: Instant, number: int, clause: str) -> ev.TenderEvent:
    left = tender.rounds[number - 1].remaining
    return ev.TailEnded(at=at, tender=tender.id, round=number, left=left)


def _closing_missed(tender: Tender, at: Instant, number: int, clause: str) -> ev.TenderEvent:
    return taking_failed(tender, at, number, clause, "closing missed")


def _delivery_missed(tender: Tender, at: Instant, number: int, clause: str) -> ev.TenderEvent:
    return taking_failed(tender, at, number, clause, "delivery missed")


def taking_failed(
    tender: Tender,
    at: Instant,
    number: int,
    clause: str,
    why: str,
    by: ev.By | None = None,
    *,
    spent: bool = True,
) -> ev.TakingFailed:
    """What a holder took is released, and by its own failure its right is spent."""
    taking = tender.rounds[number - 1].takings[clause]
    return ev.TakingFailed(
        at=at,
        by=by,
        tender=tender.id,
        round=number,
        clause=clause,
        holder=taking.holder,
        chips=taking.chips,
        agreement=taking.agreement,
        why=why,
        spent=spent,
    )


def _bar_expired(tender: Tender, at: Instant, number: int, clause: str) -> ev.TenderEvent:
    holder = tender.bars[clause].holder
    return ev.BarLifted(at=at, tender=tender.id, clause=clause, holder=holder, how="expired")


_EVENTS: dict[int, Callable[[Tender, Instant, int, str], ev.TenderEvent]] = {
    LAPSE: _lapsed,
    EXPIRY: _expired,
    OPENING: _opened,
    TAIL: _tail_ended,
    CLOSING: _closing_missed,
    DELIVERY: _delivery_missed,
    BAR: _bar_expired,
}
