"""What the buyer and auditors see: the whole desk, but of bids nothing before they are opened.

Bids are read by way of the ranking alone, which is empty until the opening: if a tender is
withdrawn before it, its bids stay sealed for good.
"""

from __future__ import annotations

from collections.abc import Iterator

from offtake.desk import plain, posted
from offtake.desk.asking import askable, best, chips_left
from offtake.desk.dues import reveal_by
from offtake.desk.events import Cleared, Place
from offtake.desk.lot import Instant
from offtake.desk.plain import Plain
from offtake.desk.sealed import SEALING, is_erased
from offtake.desk.state import Agreement, Desk, Round, Standing, Taking, Tender


def whole_desk(desk: Desk, at: Instant) -> Plain:
    """Parties, capacity, and every tender in the order of opening."""
    tenders = sorted(desk.tenders.values(), key=lambda one: (one.at, one.id))
    return {
        "buyer": desk.buyer,
        "parties": sorted(desk.parties),
        "auditors": sorted(desk.auditors),
        "defaults": sorted(desk.defaults),
        "assigned": [
            {"clause": clause, "of": of, "to": to}
            for (clause, of), to in sorted(desk.assigned.items())
        ],
        "capacity": [
            {
                "party": party,
                "chip": chip,
                "region": region,
                "chips": one.chips,
                "upstream": one.upstream,
                "promised": one.promised,
            }
            for (party, chip, region), one in sorted(
                desk.capacity.items(), key=lambda item: item[0]
            )
        ],
        "tenders": [_tender(desk, one, at) for one in tenders],
        "posted": posted.seen(desk, None),
    }


def _tender(desk: Desk, tender: Tender, at: Instant) -> Plain:
    opened = tender.opened
    return {
        "tender": tender.id,
        "opened": plain.instant(tender.at),
        "lot": plain.lot(tender.lot),
        "phase": tender.phase,
        "rate": opened.rate,
        "book": opened.book,
        "cause": opened.cause,
        "joined": list(opened.joined),
        "invited": list(opened.invited),
        "affiliates": list(opened.affiliates),
        "claims": [plain.right(one) for one in tender.claims.values()],
        "dormant": [plain.right(one) for one in tender.dormant.values()],
        "bars": [plain.right(one) for one in tender.bars.values()],
        "closes": plain.instant(tender.closes),
        "reveals": plain.instant(reveal_by(tender)),
        "ended": plain.instant(tender.ended),
        "unnoticed": tender.unnoticed,
        "released": sorted(tender.released),
        "bids": [_bid(tender, place) for place in tender.ranking],
        "rounds": [_round(one) for one in tender.rounds],
        "agreements": [_agreement(desk.agreements[name]) for name in tender.agreements],
        "next": list(_next(desk, tender, at)),
    }


def _bid(tender: Tender, place: Place) -> Plain:
    """A bid with its place; of one that was erased what is left."""
    bid, erased = tender.bids[place.bid], is_erased(tender, place.bid)
    return (plain.erased(bid) if erased else plain.bid(bid)) | {
        "effective": str(place.effective),
        "aside": place.bid in tender.aside,
        "erased": erased,
    }


def _round(own: Round) -> Plain:
    return {
        "round": own.number,
        "kind": own.kind,
        "state": own.state,
        "ended": own.ended,
        "bid": own.bid,
        "counterparty": own.counterparty,
        "terms": plain.terms(own.terms),
        "effective": None if own.effective is None else str(own.effective),
        "noticed": own.noticed,
        "signed": own.signed,
        "remaining": own.remaining,
        "tail": plain.instant(own.tail),
        "freed": own.freed,
        "turns": [list(turn) for turn in own.turns],
        "turn": own.turn,
        "short": list(own.short),
        "standings": [_standing(own.standings[name]) for turn in own.turns for name in turn],
        "takings": [
            _taking(own.takings[name]) for turn in own.turns for name in turn if name in own.takings
        ],
    }


def _standing(one: Standing) -> Plain:
    return {
        "clause": one.clause,
        "state": one.state,
        "chips": one.chips,
        "noticed": plain.instant(one.noticed),
        "deadline": plain.instant(one.deadline),
        "cleared": plain.instant(one.cleared),
        "tail": plain.instant(one.tail),
        "wanted": one.wanted,
        "over": one.over,
        "terms": plain.terms(one.terms),
        "effective": None if one.effective is None else str(one.effective),
        "via": list(one.via),
    }


def _taking(one: Taking) -> Plain:
    return {
        "clause": one.clause,
        "holder": one.holder,
        "chips": one.chips,
        "state": one.state,
        "closing": plain.instant(one.closing),
        "delivery": plain.instant(one.delivery),
        "agreement": one.agreement or None,
        "terms": plain.terms(one.terms),
        "via": list(one.via),
    }


def _agreement(made: Agreement) -> Plain:
    return {
        "agreement": made.id,
        "round": made.round,
        "clause": made.clause,
        "party": made.party,
        "bid": made.bid,
        "chips": made.chips,
        "terms": plain.terms(made.terms),
        "via": list(made.via),
        "chain": list(made.chain),
        "signed": plain.instant(made.signed),
        "cleared": [_cleared(one) for one in made.cleared],
        "state": made.state,
    }


def _cleared(one: Cleared) -> Plain:
    return {
        "clause": one.clause,
        "holder": one.holder,
        "how": one.how,
        "since": plain.instant(one.since),
        "tail": plain.instant(one.tail),
    }


# --- what may be done next, and until when --------------------------------------------------------


def _next(desk: Desk, tender: Tender, at: Instant) -> Iterator[Plain]:
    """What the tender waits for, of whom, or what its buyer may do; each with its last instant."""
    if tender.phase not in ("withdrawn", "closed"):
        for bar in tender.bars.values():
            until = plain.instant(bar.expires)
            yield {"what": "bar", "clause": bar.clause, "of": bar.holder, "until": until}
        if tender.phase in SEALING:
            yield _sealed(tender)
        for own in tender.rounds:
            yield from _in_round(tender, own)
        if tender.phase == "opened" and tender.unnoticed:
            yield from _unnoticed(desk, tender, at)
    for name in tender.agreements:
        made = desk.agreements[name]
        if made.state == "signed":
            yield {"what": "deliver", "agreement": name, "until": _delivery(tender, made)}


def _sealed(tender: Tender) -> Plain:
    """When bids open; of bids that are pledged at first when they are closed."""
    if tender.phase == "revealing":
        return {"what": "opening", "until": plain.instant(tender.reveals)}
    what = "opening" if tender.opened.reveal is None else "revealing"
    return {"what": what, "until": plain.instant(tender.closes)}


def _in_round(tender: Tender, own: Round) -> Iterator[Plain]:
    asked = own.turns[own.turn] if own.state == "asking" and own.turn < len(own.turns) else ()
    for clause in asked:
        standing, of = own.standings[clause], tender.claims[clause].holder
        seen = {"round": own.number, "clause": clause, "of": of}
        if standing.state == "noticed":
            yield {"what": "answer"} | seen | {"until": plain.instant(standing.deadline)}
        elif standing.state == "offered":
            yield {"what": "decide"} | seen | {"until": None}
    for taking in own.takings.values():
        if taking.state == "closing":
            yield {
                "what": "close",
                "round": own.number,
                "clause": taking.clause,
                "of": taking.holder,
                "chips": taking.chips,
                "until": plain.instant(taking.closing),
            }
    if own.state == "tail":
        yield {
            "what": "stand by" if own.freed else "sign",
            "round": own.number,
            "bid": own.bid,
            "chips": own.remaining,
            "until": plain.instant(own.tail),
        }


def _unnoticed(desk: Desk, tender: Tender, at: Instant) -> Iterator[Plain]:
    """The best bid that stands is noticed, or signed where nobody has to be asked."""
    name = best(desk, tender)
    if name is None:
        return
    bid = tender.bids[name]
    yield {
        "what": "notice" if askable(tender, at, bid.bidder) else "sign",
        "bid": name,
        "chips": min(tender.unnoticed, chips_left(desk, tender, bid)),
        "until": None,
    }


def _delivery(tender: Tender, made: Agreement) -> str | None:
    if made.clause is None or made.round is None:
        return None
    return plain.instant(tender.rounds[made.round - 1].takings[made.clause].delivery)
