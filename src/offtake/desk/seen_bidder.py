"""What a bidder sees: lots to bid for, its own bids, how they stand after the opening.

Who does not lead sees the same at whatever place: no place, number or price of others. A bidder
may know that holders are asked about its bid, not who, and what they leave for it.
"""

from __future__ import annotations

from offtake.desk import plain
from offtake.desk.asking import best
from offtake.desk.dues import reveal_by
from offtake.desk.lot import Bid, Lot
from offtake.desk.plain import Plain
from offtake.desk.sealed import SEALING, is_erased
from offtake.desk.state import Desk, Pledged, Round, Tender

WHY = {
    "pledged": "Your bid is pledged; reveal it when the closing has passed.",
    "to reveal": "Your bid is pledged and can be revealed now; else it is none.",
    "revealed": "Your bid is the one that you pledged.",
    "not revealed": "Your bid was pledged and not revealed in time: it is none.",
    "sealed": "Bids are sealed until they are opened.",
    "leads": "Of the bids that stand, yours has the best effective price.",
    "noticed": "Your bid is the best and is being noticed to holders of rights.",
    "tail": "Holders of rights have been asked about your bid; what they left may be signed.",
    "freed": "Holders of rights left less than your bid's least remainder: you are free of it.",
    "signed": "Your bid was signed.",
    "nothing left": "Your bid was the best; nothing of the lot is left for it.",
    "lost": "A better effective price was bid: bids are ranked by net present value per reference "
    "chip-hour, ties by receipt.",
    "set aside": "The buyer left your bid out.",
    "withdrawn": "The buyer ended the tender.",
}
"""How a bid may stand, and why."""


def invitations(desk: Desk, party: str) -> list[Plain]:
    """Tenders that a party may bid in, or might have, by their names."""
    found = [t for t in desk.tenders.values() if _invited(t, party)]
    return [_invitation(desk, t, party) for t in sorted(found, key=lambda one: one.id)]


def _invited(tender: Tender, party: str) -> bool:
    """Nobody hears of a tender before others may be approached."""
    invited = tender.opened.invited
    return tender.closes is not None and (not invited or party in invited)


def _invitation(desk: Desk, tender: Tender, party: str) -> Plain:
    state = {"bidding": "open", "revealing": "revealing", "withdrawn": "withdrawn"}
    pledged = [one for one in tender.pledges.values() if one.bidder == party]
    own = [bid for bid in tender.bids.values() if bid.bidder == party]
    return {
        "tender": tender.id,
        "lot": _lot(tender.opened.lot, tender.offered),
        "closes": plain.instant(tender.closes),
        "reveals": plain.instant(reveal_by(tender)),
        "state": state.get(tender.phase, "closed"),
        "pledges": [_pledged(tender, one) for one in pledged],
        "bids": [_own(desk, tender, bid) for bid in own],
    }


def _lot(lot: Lot, offered: int) -> Plain:
    """The lot as it was put out to bids: it may change by what others do."""
    return {
        "chip": lot.chip,
        "chips": offered,
        "region": lot.region,
        "start": lot.start.isoformat(),
        "months": lot.months,
        "purposes": list(lot.purposes),
        "throughput": str(lot.throughput),
    }


def _pledged(tender: Tender, own: Pledged) -> Plain:
    """A pledge, and whether its bid is revealed."""
    states = {"bidding": "pledged", "revealing": "to reveal", "withdrawn": "withdrawn"}
    state = states.get(tender.phase, "not revealed")
    if own.bid in tender.bids:
        state = "revealed"
    return {
        "id": own.bid,
        "received": plain.instant(own.received),
        "commitment": own.commitment or None,
        "state": state,
        "why": WHY[state],
    }


def _own(desk: Desk, tender: Tender, bid: Bid) -> Plain:
    rounds = [one for one in tender.rounds if one.bid == bid.id and one.state != "done"]
    state = _stands(desk, tender, bid, rounds)
    erased = is_erased(tender, bid.id)
    return (plain.erased(bid) if erased else plain.bid(bid)) | {
        "erased": erased,
        "state": state,
        "why": WHY[state],
        "asked": [_asked(one) for one in rounds] if tender.phase == "opened" else [],
    }


def _stands(desk: Desk, tender: Tender, bid: Bid, rounds: list[Round]) -> str:
    signed = [desk.agreements[name] for name in tender.agreements]
    stands = any(
        one.bid == bid.id and one.clause is None and one.state != "failed" for one in signed
    )
    if tender.phase == "withdrawn":
        # What was signed before outlives the tender.
        return "signed" if stands else "withdrawn"
    if tender.phase in SEALING:
        return "sealed"
    if bid.id in tender.aside:
        return "set aside"
    states = {"freed" if one.freed else one.state for one in rounds}
    for state, shown in (("asking", "noticed"), ("freed", "freed"), ("tail", "tail")):
        if state in states:
            return shown
    if tender.phase == "opened" and tender.unnoticed > 0 and best(desk, tender) == bid.id:
        return "leads"
    if stands:
        return "signed"
    # Its own rounds tell their bidder that it was the best; whether another is spent tells nobody.
    asked = any(one.bid == bid.id for one in tender.rounds)
    return "nothing left" if asked or _first(tender) == bid.id else "lost"


def _first(tender: Tender) -> str:
    return next((one.bid for one in tender.ranking if one.bid not in tender.aside), "")


def _asked(own: Round) -> Plain:
    """What holders left, once they have answered; the round is named to who may stand by it."""
    state = "freed" if own.freed else own.state
    return {
        "state": state,
        "left": None if state == "asking" else own.remaining,
        "round": own.number if state == "freed" else None,
    }
