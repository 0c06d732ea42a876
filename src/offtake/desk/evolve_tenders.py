"""What an event makes of a tender, rounds apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from offtake.desk import events as ev
from offtake.desk.lot import Instant
from offtake.desk.sealed import blank_bid
from offtake.desk.state import Pledged, Round, Tender


def floor_reached(tender: Tender, event: ev.FloorReached) -> Tender:
    """Rights that slept below their floor bite from now on."""
    claims = {**tender.claims, **{name: tender.dormant[name] for name in event.clauses}}
    dormant = {k: v for k, v in tender.dormant.items() if k not in event.clauses}
    return replace(tender, claims=claims, dormant=dormant)


def _bar_lifted(tender: Tender, event: ev.BarLifted) -> Tender:
    bars = {name: bar for name, bar in tender.bars.items() if name != event.clause}
    return replace(tender, bars=bars)


def _bidding_started(tender: Tender, event: ev.BiddingStarted) -> Tender:
    return replace(tender, phase="bidding", closes=event.closes, offered=event.chips)


def _bid_received(tender: Tender, event: ev.BidReceived) -> Tender:
    """A later bid of the same bidder takes the place of the earlier one."""
    bids = {name: bid for name, bid in tender.bids.items() if bid.bidder != event.bid.bidder}
    bids[event.bid.id] = event.bid
    return replace(tender, bids=bids)


def _bid_committed(tender: Tender, event: ev.BidCommitted) -> Tender:
    """A later pledge of the same bidder takes the place of the earlier one."""
    pledges = {k: one for k, one in tender.pledges.items() if one.bidder != event.bidder}
    pledges[event.bid] = Pledged(event.bid, event.bidder, event.commitment, event.at)
    return replace(tender, pledges=pledges)


def _bid_recalled(tender: Tender, event: ev.BidRecalled) -> Tender:
    return replace(
        tender,
        bids={k: v for k, v in tender.bids.items() if k != event.bid},
        pledges={k: v for k, v in tender.pledges.items() if k != event.bid},
    )


def _reveal_started(tender: Tender, event: ev.RevealStarted) -> Tender:
    return replace(tender, phase="revealing", reveals=event.ends)


def _bids_opened(tender: Tender, event: ev.BidsOpened) -> Tender:
    return replace(tender, phase="opened", ranking=event.ranking, unsealed=True)


def _bid_revised(tender: Tender, event: ev.BidRevised) -> Tender:
    """A bid that asks more may lose its place to another."""
    bid = replace(tender.bids[event.bid], terms=event.terms, chips=event.chips)
    bids = {**tender.bids, event.bid: bid}
    places = [
        replace(place, effective=event.effective) if place.bid == event.bid else place
        for place in tender.ranking
    ]
    places.sort(key=lambda place: (place.effective, bids[place.bid].received, place.bid))
    return replace(tender, bids=bids, ranking=tuple(places))


def _bid_set_aside(tender: Tender, event: ev.BidSetAside) -> Tender:
    """What is open about that bid ends; what holders took stands."""
    back = 0
    rounds: list[Round] = []
    for own in tender.rounds:
        if own.bid == event.bid and own.state != "done":
            back += own.remaining
            own = over(own, "elsewhere", event.at)
        rounds.append(own)
    return replace(
        tender,
        aside=tender.aside | {event.bid},
        rounds=tuple(rounds),
        unnoticed=tender.unnoticed + back,
    )


def _delivered(tender: Tender, event: ev.Delivered) -> Tender:
    return with_taking_state(tender, event.agreement, "delivered")


def _agreement_failed(tender: Tender, event: ev.AgreementFailed) -> Tender:
    """The chips of a third party are unasked again."""
    rounds = tuple(
        replace(own, signed=own.signed - event.chips, noticed=own.noticed - event.chips)
        if own.number == event.round
        else own
        for own in tender.rounds
    )
    return replace(tender, rounds=rounds, unnoticed=tender.unnoticed + event.chips)


def _breached(tender: Tender, event: ev.Breached) -> Tender:
    return tender


def _notice_defective(tender: Tender, event: ev.NoticeDefective) -> Tender:
    return tender


def _bids_erased(tender: Tender, event: ev.BidsErased) -> Tender:
    """As if every bid that is not kept had been blank from the beginning."""
    return replace(
        tender,
        kept=event.kept,
        bids={k: v if k in event.kept else blank_bid(v) for k, v in tender.bids.items()},
        pledges={
            k: v if k in event.kept else replace(v, commitment="")
            for k, v in tender.pledges.items()
        },
    )


def _withdrawn(tender: Tender, event: ev.TenderWithdrawn) -> Tender:
    return replace(tender, phase="withdrawn", ended=event.at)


def _closed(tender: Tender, event: ev.TenderClosed) -> Tender:
    return replace(tender, phase="closed", ended=event.at)


def over(own: Round, why: str, at: Instant) -> Round:
    """A round that is done, with nothing left in it."""
    noticed = own.noticed - own.remaining
    return replace(own, state="done", noticed=noticed, remaining=0, ended=why, over=at)


def with_taking_state(tender: Tender, agreement: str, state: str) -> Tender:
    """The tender with the taking of an agreement in another state; as it is where none has it."""
    for own in tender.rounds:
        for clause, taking in own.takings.items():
            if taking.agreement == agreement and agreement:
                takings = {**own.takings, clause: replace(taking, state=state)}
                return with_round(tender, replace(own, takings=takings))
    return tender


def with_round(tender: Tender, own: Round, **changes: Any) -> Tender:
    """The tender with one round changed."""
    at = own.number - 1
    rounds = (*tender.rounds[:at], own, *tender.rounds[at + 1 :])
    return replace(tender, rounds=rounds, **changes)


TENDERS: dict[type[ev.TenderEvent], Callable[[Tender, Any], Tender]] = {
    ev.FloorReached: floor_reached,
    ev.BarLifted: _bar_lifted,
    ev.BiddingStarted: _bidding_started,
    ev.BidReceived: _bid_received,
    ev.BidCommitted: _bid_committed,
    ev.BidRecalled: _bid_recalled,
    ev.RevealStarted: _reveal_started,
    ev.BidsOpened: _bids_opened,
    ev.BidRevised: _bid_revised,
    ev.BidSetAside: _bid_set_aside,
    ev.Delivered: _delivered,
    ev.AgreementFailed: _agreement_failed,
    ev.Breached: _breached,
    ev.NoticeDefective: _notice_defective,
    ev.BidsErased: _bids_erased,
    ev.TenderWithdrawn: _withdrawn,
    ev.TenderClosed: _closed,
}
