"""Commands about bids: submit, pledge and reveal, recall, revise, set aside, erase."""

from __future__ import annotations

import hashlib
from decimal import Decimal

from msgspec.structs import replace

from offtake.desk import commands as cm
from offtake.desk import events as ev
from offtake.desk.act import Act, Judged, can_promise, hashed
from offtake.desk.asking import as_bid, best, method
from offtake.desk.lot import Bid, Part, Terms
from offtake.desk.price import effective, priceable
from offtake.desk.refusals import Refusal, refuse
from offtake.desk.sealed import pledge_body
from offtake.desk.state import Pledged, Tender
from offtake.desk.wire import WireError


def submit(act: Act, tender: Tender, command: cm.Submit) -> Judged:
    """R11, R12: only a bona fide bid that may be shown is sealed; a later one replaces it."""
    bid = command.bid
    if bid.bidder != act.actor or _watching(act):
        return refuse("not-yours", what="A bid", whom="whoever sells")
    if tender.opened.reveal is not None:
        return refuse("pledge-first", tender=tender.id)
    if tender.phase != "bidding":
        return refuse("bids-closed", tender=tender.id)
    refused = _unsound(act, tender, bid)
    if refused is not None:
        return refused
    name = act.drawn()
    sealed = replace(bid, id=name, received=act.at)
    return (ev.BidReceived(at=act.at, by=act.by(name), tender=tender.id, bid=sealed),)


def pledge(act: Act, tender: Tender, command: cm.Pledge) -> Judged:
    """Where bids are pledged, the desk itself learns no bid before all are closed."""
    if _watching(act):
        return refuse("not-yours", what="A bid", whom="whoever sells")
    if tender.opened.reveal is None:
        return refuse("no-pledges", tender=tender.id)
    if tender.phase != "bidding":
        return refuse("bids-closed", tender=tender.id)
    if not hashed(command.commitment):
        return refuse("pledge-form")
    name = act.drawn()
    committed = ev.BidCommitted(
        at=act.at,
        by=act.by(name),
        tender=tender.id,
        bid=name,
        bidder=act.actor,
        commitment=command.commitment,
    )
    return (committed,)


def reveal(act: Act, tender: Tender, command: cm.Reveal) -> Judged:
    """R11, R12: what was pledged is a bid like another, received when it was pledged."""
    bid = command.bid
    if bid.bidder != act.actor or _watching(act):
        return refuse("not-yours", what="A bid", whom="whoever sells")
    if tender.opened.reveal is None:
        return refuse("no-pledges", tender=tender.id)
    if tender.phase == "bidding":
        return refuse("reveal-early", tender=tender.id)
    if tender.phase != "revealing":
        return refuse("bids-closed", tender=tender.id)
    if not hashed(command.salt):
        return refuse("pledge-form")
    pledged = next((one for one in tender.pledges.values() if one.bidder == act.actor), None)
    if pledged is None:
        return refuse("pledge-missing", tender=tender.id)
    if pledged.bid in tender.bids:
        return refuse("revealed-already", bid=pledged.bid)
    if not _is_pledged(act, tender, pledged, command):
        return refuse("reveal-differs", bid=pledged.bid)
    refused = _unsound(act, tender, bid)
    if refused is not None:
        return refused
    shown = replace(bid, id=pledged.bid, received=pledged.received)
    received = ev.BidReceived(
        at=act.at, by=act.by(pledged.bid), tender=tender.id, bid=shown, salt=command.salt
    )
    return (received,)


def _watching(act: Act) -> bool:
    return act.actor == act.desk.buyer or act.actor in act.desk.auditors


def _is_pledged(act: Act, tender: Tender, pledged: Pledged, command: cm.Reveal) -> bool:
    """Whether a bid is the one that was pledged; one that cannot be written is none."""
    try:
        body = pledge_body(command.bid, act.desk.buyer, tender.id)
    except WireError:
        return False
    return hashlib.sha256(bytes.fromhex(command.salt) + body).hexdigest() == pledged.commitment


def _unsound(act: Act, tender: Tender, bid: Bid) -> Refusal | None:
    """Why a bid is not bona fide, or promises what its bidder does not have."""
    refused = _unfit(act, tender, bid)
    if refused is None and not bid.via:
        refused = can_promise(act, bid.bidder, tender.lot, bid.chips)
    return refused


def _unfit(act: Act, tender: Tender, bid: Bid) -> Refusal | None:
    """Why a bid is none, or not bona fide."""
    if (
        bid.chips <= 0
        or bid.block < 1
        or not bid.deposit.is_finite()
        or not _priced(bid.terms, bid.package, bid.worth)
    ):
        return refuse("bid-empty")
    if bid.terms.start > tender.lot.start:
        return refuse("bid-late", start=bid.terms.start, needed=tender.lot.start)
    if bid.terms.months != tender.lot.months:
        return refuse("bid-term", months=bid.terms.months, needed=tender.lot.months)
    if bid.bidder in tender.opened.affiliates and not bid.affiliated:
        return refuse("bid-affiliated", bidder=bid.bidder, buyer=act.desk.buyer)
    if bid.contingent:
        return refuse("bid-contingent", on=bid.contingent)
    refusals = [claim for claim in tender.claims.values() if not claim.first]
    asked = max((claim.deposit for claim in refusals), default=Decimal(0))
    if bid.deposit < asked:
        return refuse("bid-deposit", deposit=bid.deposit, asked=asked)
    if bid.confidential and any(claim.holder != bid.bidder for claim in refusals):
        return refuse("bid-confidential")
    return None


def _priced(terms: Terms, package: tuple[Part, ...], worth: Decimal) -> bool:
    """Whether terms can be compared; a package says what the lot is worth alone."""
    alone = not package or worth > 0
    return alone and priceable(terms, package, worth) and terms.price >= 0


def recall(act: Act, tender: Tender, command: cm.Recall) -> Judged:
    """Until the closing, a bidder may take its bid or pledge back."""
    bid = tender.bids.get(command.bid) or tender.pledges.get(command.bid)
    if bid is None or bid.bidder != act.actor:
        return refuse("unknown-bid", bid=command.bid)
    if tender.phase != "bidding":
        return refuse("bids-closed", tender=tender.id)
    return (ev.BidRecalled(at=act.at, by=act.by(), tender=tender.id, bid=command.bid),)


def revise(act: Act, tender: Tender, command: cm.Revise) -> Judged:
    """Whoever is being dealt with may ask other terms; what was noticed does not change by it."""
    bid = tender.bids.get(command.bid)
    if bid is None or bid.bidder != act.actor:
        return refuse("unknown-bid", bid=command.bid)
    if tender.phase != "opened":
        return refuse("bids-closed", tender=tender.id)
    if bid.id in tender.aside:
        return refuse("bid-set-aside", bid=bid.id)
    # Who leads knows it; who does not must not learn its rank from when it would be next.
    leads = tender.unnoticed > 0 and best(act.desk, tender) == bid.id
    if not leads and not dealt_with(act, tender, bid.id):
        return refuse("bids-closed", tender=tender.id)
    if not _priced(command.terms, bid.package, bid.worth):
        return refuse("bid-empty")
    if command.chips < bid.chips:
        return refuse("bid-binds", bid=bid.id, chips=bid.chips)
    if not bid.via:
        refused = can_promise(act, bid.bidder, tender.lot, command.chips, _signed(act, tender, bid))
        if refused is not None:
            return refused
    price = effective(
        command.terms,
        as_bid(tender, command.chips),
        Decimal(tender.opened.rate),
        bid.package,
        bid.worth,
        method(tender),
    )
    revised = ev.BidRevised(
        at=act.at,
        by=act.by(),
        tender=tender.id,
        bid=bid.id,
        terms=command.terms,
        chips=command.chips,
        effective=price,
    )
    return (revised,)


def dealt_with(act: Act, tender: Tender, bid: str) -> bool:
    """Whether a bid was noticed or signed."""
    return any(own.bid == bid for own in tender.rounds) or any(
        act.desk.agreements[name].bid == bid for name in tender.agreements
    )


def _signed(act: Act, tender: Tender, bid: Bid) -> int:
    """What the bidder's own agreements on this bid have promised already."""
    made = (act.desk.agreements[name] for name in tender.agreements)
    return sum(
        one.chips
        for one in made
        if one.bid == bid.id and one.clause is None and one.state != "failed"
    )


def set_aside(act: Act, tender: Tender, command: cm.SetAside) -> Judged:
    """The buyer leaves a bid out and says why; what a holder has taken on it stands."""
    if tender.phase != "opened":
        return refuse("bids-sealed", tender=tender.id)
    if command.bid not in tender.bids:
        return refuse("unknown-bid", bid=command.bid)
    if command.bid in tender.aside:
        return refuse("bid-set-aside", bid=command.bid)
    for own in tender.rounds:
        if own.bid == command.bid and own.state == "asking":
            for clause in own.turns[own.turn]:
                standing = own.standings[clause]
                if standing.state in ("taken", "offered"):
                    holder = tender.claims[clause].holder
                    return refuse("taken-already", holder=holder, chips=standing.wanted)
    left_out = ev.BidSetAside(
        at=act.at, by=act.by(), tender=tender.id, bid=command.bid, reason=command.reason
    )
    return (left_out,)


def erase(act: Act, tender: Tender, command: cm.Erase) -> Judged:
    """When a tender has ended, what lost in it may be destroyed; what was dealt with is kept."""
    if tender.ended is None:
        return refuse("tender-runs", tender=tender.id)
    if tender.kept is not None:
        return refuse("erased-already", tender=tender.id)
    kept = tuple(sorted(name for name in tender.bids if dealt_with(act, tender, name)))
    return (ev.BidsErased(at=act.at, by=act.by(), tender=tender.id, kept=kept),)
