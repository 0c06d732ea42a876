"""Commands that bind: signing with a bidder or a holder, delivery, failure."""

from __future__ import annotations

import re
from decimal import Decimal

from offtake.desk import commands as cm
from offtake.desk import events as ev
from offtake.desk.act import Act, Judged
from offtake.desk.asking import (
    OPEN,
    as_bid,
    askable,
    barred,
    best,
    capacity_chain,
    chips_left,
    live,
    method,
    protects,
    unpromised,
    used_up,
    whose,
)
from offtake.desk.claim import Claim
from offtake.desk.dues import taking_failed
from offtake.desk.evolve_rounds import FIRST
from offtake.desk.lot import Bid, Instant, Terms
from offtake.desk.noticing import past_first_offers, priced
from offtake.desk.phrases import instant
from offtake.desk.price import dearer, effective, moved
from offtake.desk.refusals import Refusal, refuse
from offtake.desk.state import Desk, Round, Standing, Tender

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)


def sign(act: Act, tender: Tender, command: cm.Sign) -> Judged:
    """P1: only what every holder has been asked about, and left, on terms no better for others."""
    if tender.phase != "opened":
        return refuse("bids-sealed", tender=tender.id)
    refused = _name(act, command.agreement)
    if refused is not None:
        return refused
    if command.chips <= 0:
        return refuse("chips-none", chips=command.chips)
    bid = tender.bids.get(command.bid)
    if bid is None:
        return refuse("unknown-bid", bid=command.bid)
    if bid.id in tender.aside:
        return refuse("bid-set-aside", bid=bid.id)
    bar = barred(tender, act.at, bid.bidder)
    if bar is not None:
        return refuse("barred", holder=bar.holder, clause=bar.clause)
    if command.round is None:
        refused = _unasked(act, tender, bid, command.chips)
    else:
        refused = _in_round(act, tender, bid, command)
    hosts = bid.via or (bid.bidder,)
    refused = refused or _promise(act, tender, hosts, command.chips)
    if refused is not None:
        return refused
    return (
        _agreed(
            act,
            tender,
            command.agreement,
            command.round,
            bid,
            bid.bidder,
            command.chips,
            bid.terms,
            bid.via,
        ),
    )


def _name(act: Act, name: str) -> Refusal | None:
    """Why an agreement cannot be named so."""
    if not _NAME.fullmatch(name):
        return refuse("agreement-name", agreement=name)
    taken = name in act.desk.agreements
    return refuse("agreement-exists", agreement=name) if taken else None


def _unasked(act: Act, tender: Tender, bid: Bid, chips: int) -> Refusal | None:
    """A deal about which nobody need be asked: the best bid wins."""
    nothing = used_up(act.desk, tender, bid)
    if nothing and not _goes_on(act.desk, tender, bid):
        return refuse("nothing-left", what=nothing)
    for claim in askable(tender, act.at, bid.bidder):
        return refuse("not-asked", holder=claim.holder, clause=claim.clause)
    first = best(act.desk, tender)
    if first != bid.id:
        return refuse("not-best", bid=whose(tender, bid.id), best=whose(tender, first))
    left = min(chips_left(act.desk, tender, bid), tender.unnoticed)
    if chips > left:
        return refuse("beyond-bid", chips=chips, left=left)
    return _unsold(bid, chips, left) or past_first_offers(act.desk, tender, bid, act.at)


def _goes_on(desk: Desk, tender: Tender, bid: Bid) -> bool:
    """Whether holders are still asked, or must be again, since the bid was revised after that."""
    if any(own.state == "asking" for own in tender.rounds):
        return True
    asked = [(own.terms, own.size) for own in tender.rounds if own.bid == bid.id]
    revised = bool(asked) and asked[-1] != (bid.terms, bid.chips)
    return revised and chips_left(desk, tender, bid) > 0


def _unsold(bid: Bid, chips: int, left: int) -> Refusal | None:
    """R5: what a bidder does not sell: broken blocks, or less at once than it said."""
    if chips % bid.block:
        return refuse("not-whole-blocks", chips=chips, block=bid.block)
    least = min(left, bid.remainder_min)
    if chips < least:
        return refuse("below-least", chips=chips, least=least, bidder=bid.bidder)
    return None


def _in_round(act: Act, tender: Tender, bid: Bid, command: cm.Sign) -> Refusal | None:
    """What a round's tail leaves, on the noticed terms or better ones for the buyer."""
    assert command.round is not None
    own = live(tender, command.round)
    if own is None or own.kind == FIRST:
        return refuse("unknown-round", round=command.round)
    if own.state == "asking":
        return _still_asking(tender, own)
    if own.state == "done":
        if own.ended == "tail":
            return refuse("tail-ended", tail=instant(own.tail or 0))
        return refuse("nothing-left", what=f"round {own.number}")
    chips, left = command.chips, own.remaining
    mine = own.bid == bid.id
    if mine and own.freed:
        return refuse("bidder-freed", left=left, bidder=bid.bidder)
    if chips > left:
        return refuse("more-than-asked", chips=chips, left=left)
    if not (mine and own.stood):
        refused = _unsold(bid, chips, 0 if mine and own.signed else left)
        if refused is not None:
            return refused
    for claim in askable(tender, act.at, bid.bidder):
        standing = own.standings.get(claim.clause)
        if standing is None or _passed_by(act, claim, standing):
            return refuse("not-asked", holder=claim.holder, clause=claim.clause)
    refused = _protected(act.at, tender, own, bid)
    refused = refused or past_first_offers(act.desk, tender, bid, act.at)
    if refused is None:
        free = own.number if own.bid == bid.id else None
        spare = chips_left(act.desk, tender, bid, free)
        if chips > spare:
            return refuse("beyond-bid", chips=chips, left=spare)
    return refused


def _passed_by(act: Act, claim: Claim, standing: Standing) -> bool:
    """Whether it was not asked for a reason that is gone: its own bid, a default since cured."""
    cured = standing.state == "default" and claim.holder not in act.desk.defaults
    return cured or standing.state == "counterparty"


def _still_asking(tender: Tender, own: Round) -> Refusal:
    waiting = [
        own.standings[clause]
        for clause in own.turns[own.turn]
        if own.standings[clause].state in OPEN
    ]
    holders = sorted({tender.claims[s.clause].holder for s in waiting})
    ends = max((s.deadline for s in waiting if s.deadline is not None), default=0)
    return refuse(
        "still-asking",
        holders=" and ".join(holders),
        deadline=instant(ends),
        clause=", ".join(s.clause for s in waiting),
    )


def _protected(at: Instant, tender: Tender, own: Round, bid: Bid) -> Refusal | None:
    """R6, R19: the first protection of a holder that this deal would break."""
    for clauses in own.turns:
        for clause in clauses:
            claim, standing = tender.claims[clause], own.standings[clause]
            if claim.holder == bid.bidder or not protects(claim, standing, at):
                continue
            refused = _moved(tender, own, bid, claim)
            if refused is not None:
                return refused
    return None


def _moved(tender: Tender, own: Round, bid: Bid, claim: Claim) -> Refusal | None:
    assert own.terms is not None
    words = {"clause": claim.clause, "holder": claim.holder}
    if bid.id != own.bid and not claim.anyone:
        return refuse("other-counterparty", noticed=own.counterparty, other=bid.bidder, **words)
    if bid.package and claim.package is None:
        return refuse("package-unpriced", **words)
    if bid.terms.start > own.terms.start:
        return refuse("later-start", start=bid.terms.start, noticed=own.terms.start, **words)
    terms = moved(own.terms, bid.terms)
    if terms:
        return refuse("terms-moved", moved="; ".join(terms), **words)
    price = priced(tender, bid, claim.rate, claim.package)
    most = noticed_price(tender, own, claim)
    if dearer(price, most, claim.price_rise):
        allowed = most * (1 + claim.price_rise)
        return refuse("price-risen", price=price, most=allowed, **words)
    return None


def noticed_price(tender: Tender, own: Round, claim: Claim) -> Decimal:
    """The effective price of which holders were noticed, at a claim's rate."""
    assert own.terms is not None
    bid = tender.bids[own.bid]
    lot = as_bid(tender, own.size)
    return effective(own.terms, lot, claim.rate, bid.package, bid.worth, claim.package)


def _promise(act: Act, tender: Tender, hosts: tuple[str, ...], chips: int) -> Refusal | None:
    """P5: nothing is promised twice, along every upstream chain."""
    lot = tender.lot
    for party in capacity_chain(act.desk, hosts, lot):
        left = unpromised(act.desk, party, lot) or 0
        if chips > left:
            return refuse(
                "beyond-promise",
                chips=chips,
                party=party,
                chip=lot.chip,
                region=lot.region,
                left=left,
            )
    return None


def _agreed(
    act: Act,
    tender: Tender,
    name: str,
    number: int | None,
    bid: Bid | None,
    party: str,
    chips: int,
    terms: Terms,
    via: tuple[str, ...],
    clause: str | None = None,
) -> ev.Signed:
    """The agreement, with how every right stood when it was signed."""
    own = live(tender, number or 0)
    size = bid.chips if bid is not None else chips
    if own is not None and clause is not None and own.size:
        # What a holder takes is priced as it was noticed: lump sums are for the lot as it was bid.
        size = own.size
    lot = as_bid(tender, size)
    package = bid.package if bid is not None and clause is None else ()
    worth = bid.worth if bid is not None else Decimal(0)
    how = method(tender)
    return ev.Signed(
        at=act.at,
        by=act.by(name),
        tender=tender.id,
        agreement=name,
        round=number,
        clause=clause,
        party=party,
        bid=bid.id if bid is not None else "",
        chips=chips,
        terms=terms,
        effective=effective(terms, lot, Decimal(tender.opened.rate), package, worth, how),
        via=via,
        chain=capacity_chain(act.desk, via or (party,), tender.lot),
        cleared=_cleared(tender, number),
        offer=bid.offer if bid is not None else "",
    )


def _cleared(tender: Tender, number: int | None) -> tuple[ev.Cleared, ...]:
    own = live(tender, number or 0)
    standings = {**tender.first, **(own.standings if own is not None else {})}
    tail = own.tail if own is not None else None
    return tuple(
        ev.Cleared(
            clause=clause,
            holder=tender.claims[clause].holder,
            how=standing.state,
            since=standing.cleared,
            tail=standing.tail if tender.claims[clause].first else tail,
        )
        for clause, standing in standings.items()
        if standing.cleared is not None
    )


# --- holders' agreements, delivery, failure -------------------------------------------------------


def close(act: Act, tender: Tender, command: cm.Close) -> Judged:
    """R15, R17: what a holder took is signed; one in default at closing has failed.

    Either side may: a buyer must not shed a right by letting the closing date pass.
    """
    own = live(tender, command.round)
    taking = own.takings.get(command.clause) if own is not None else None
    buyer = act.actor == act.desk.buyer
    mine = taking is not None and (buyer or taking.holder == act.actor)
    waits = mine and taking is not None and taking.state == "closing"
    if own is None or taking is None or taking.terms is None or not waits:
        return refuse("unknown-taking", clause=command.clause, round=command.round)
    name = command.agreement if buyer else act.drawn()
    refused = _name(act, name) if buyer else None
    if refused is not None:
        return refused
    if taking.holder in act.desk.defaults:
        return (taking_failed(tender, act.at, own.number, taking.clause, "default", act.by()),)
    hosts = taking.via or (taking.holder,)
    refused = _promise(act, tender, hosts, taking.chips)
    if refused is not None:
        # How much others have promised is not the holder's to know.
        return refused if buyer else refuse("host-short", chips=taking.chips)
    signed = _agreed(
        act,
        tender,
        name,
        own.number,
        tender.bids.get(own.bid),
        taking.holder,
        taking.chips,
        taking.terms,
        taking.via,
        taking.clause,
    )
    return (signed,)


def deliver(act: Act, tender: Tender, command: cm.Deliver) -> Judged:
    """Capacity is in service: whoever delivers may say so too, since a missed date costs it."""
    made = act.desk.agreements.get(command.agreement)
    if made is not None and act.actor not in (act.desk.buyer, made.party):
        made = None
    if made is None or made.tender != tender.id or made.state != "signed":
        return refuse("unknown-agreement", agreement=command.agreement)
    return (ev.Delivered(at=act.at, by=act.by(), tender=tender.id, agreement=made.id),)


def fail(act: Act, tender: Tender, command: cm.Fail) -> Judged:
    """What an agreement does not bring is asked about anew, of everybody whose right stands."""
    made = act.desk.agreements.get(command.agreement)
    if made is None or made.tender != tender.id or made.state != "signed":
        return refuse("unknown-agreement", agreement=command.agreement)
    if not command.reason.strip():
        return refuse("evidence-missing")
    if made.clause is not None and made.round is not None:
        # By the buyer's word alone no right is spent: only a date that was missed does that.
        lost_part = taking_failed(
            tender, act.at, made.round, made.clause, command.reason, act.by(), spent=False
        )
        return (lost_part,)
    lost = ev.AgreementFailed(
        at=act.at,
        by=act.by(),
        tender=tender.id,
        round=made.round,
        agreement=made.id,
        chips=made.chips,
        why=command.reason,
    )
    return (lost,)
