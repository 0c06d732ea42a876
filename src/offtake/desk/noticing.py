"""Commands of the buyer that ask holders: notice, asking again for offers, deciding on them."""

from __future__ import annotations

from decimal import Decimal

from offtake.desk import commands as cm
from offtake.desk import events as ev
from offtake.desk import evolve_tenders
from offtake.desk.act import Act, Judged, hashed
from offtake.desk.asking import (
    OPEN,
    as_bid,
    askable,
    barred,
    best,
    chips_left,
    firsts,
    live,
    method,
    turns,
    used_up,
    whose,
)
from offtake.desk.claim import Claim
from offtake.desk.evolve_rounds import FIRST
from offtake.desk.follow import ask_first
from offtake.desk.lot import Bid, Instant, Terms
from offtake.desk.price import dearer, effective, priceable
from offtake.desk.refusals import Refusal, refuse
from offtake.desk.running import woken_by
from offtake.desk.state import Desk, Round, Standing, Tender

STATED = ("chip", "chips", "region", "terms", "evidence")
"""What every notice states."""


def notice(act: Act, tender: Tender, command: cm.Notice) -> Judged:
    """R1: a complete notice starts the clocks; one that lacks something starts none."""
    if tender.phase != "opened":
        return refuse("bids-sealed", tender=tender.id)
    bid = tender.bids.get(command.bid)
    if bid is None:
        return refuse("unknown-bid", bid=command.bid)
    if bid.id in tender.aside:
        return refuse("bid-set-aside", bid=bid.id)
    bar = barred(tender, act.at, bid.bidder)
    if bar is not None:
        return refuse("barred", holder=bar.holder, clause=bar.clause)
    reached = _reached(act, tender, command)
    if reached is not None:
        tender = evolve_tenders.floor_reached(tender, reached)
    asked = askable(tender, act.at, bid.bidder)
    if not asked:
        return refuse("nobody-to-ask")
    source = _source(act.desk, tender, command, bid)
    refused = (
        past_first_offers(act.desk, tender, bid, act.at)
        or _unpriced(bid, asked)
        or (refuse("bid-confidential") if bid.confidential else None)
        or (source if isinstance(source, Refusal) else None)
        or (None if (missing := _missing(command, asked)) else _untrue(tender, command, bid))
    )
    if refused is not None:
        return refused
    if missing:
        lacking = ev.NoticeDefective(
            at=act.at, by=act.by(), tender=tender.id, bid=bid.id, missing=missing
        )
        return (lacking,)
    assert not isinstance(source, Refusal)
    refused = _too_many(act, tender, command, bid, source)
    if refused is not None:
        return refused
    served = _served(act, tender, command, bid, source)
    return (served,) if reached is None else (reached, served)


def _reached(act: Act, tender: Tender, command: cm.Notice) -> ev.FloorReached | None:
    """R19: more chips may lift a lot over the floor of a right that did not reach it."""
    if not command.more or command.again is not None or command.chips is None:
        return None
    woken = woken_by(act.desk, tender, command.chips)
    if not woken:
        return None
    by = act.by(str(len(tender.rounds) + 1))
    return ev.FloorReached(at=act.at, by=by, tender=tender.id, clauses=woken, joined=())


def _served(
    act: Act, tender: Tender, command: cm.Notice, bid: Bid, old: Round | None
) -> ev.NoticeServed:
    """A round: everybody whose right is in force is in it, whoever is then passed by too."""
    assert command.chips is not None
    every = askable(tender, act.at, "")
    changed = old is not None and old.state == "tail"
    short: tuple[str, ...] = ()
    if old is not None and changed:
        known = {c for c, s in old.standings.items() if s.noticed is not None}
        short = tuple(c.clause for c in every if c.reoffer is not None and c.clause in known)
    more = command.more and old is None
    kind = "changed terms" if changed else "more chips" if more else "first refusal"
    number = len(tender.rounds) + 1
    return ev.NoticeServed(
        at=act.at,
        by=act.by(str(number)),
        tender=tender.id,
        round=number,
        kind=kind,
        chips=command.chips,
        turns=turns(every),
        bid=bid.id,
        counterparty=bid.bidder,
        terms=bid.terms,
        effective=priced(tender, bid, Decimal(tender.opened.rate), method(tender)),
        again=command.again,
        short=short,
        evidence=command.evidence or "",
        size=bid.chips,
    )


def priced(tender: Tender, bid: Bid, rate: Decimal, how: str | None) -> Decimal:
    """The effective price of a bid as it stands, the lot's part of a package by a method."""
    return effective(bid.terms, as_bid(tender, bid.chips), rate, bid.package, bid.worth, how)


def _source(desk: Desk, tender: Tender, command: cm.Notice, bid: Bid) -> Round | Refusal | None:
    """The round that is noticed anew; None for the lot itself or more of it."""
    if command.again is not None:
        old = live(tender, command.again)
        if old is None or old.kind == FIRST or old.state == "done":
            return refuse("unknown-round", round=command.again)
        if old.state == "asking":
            for clause, standing in old.standings.items():
                if standing.state == "taken":
                    holder = tender.claims[clause].holder
                    return refuse("taken-already", holder=holder, chips=standing.wanted)
        return old
    if command.more:
        if tender.unnoticed:
            return refuse("lot-left", left=tender.unnoticed)
        known = any(own.bid == bid.id for own in tender.rounds) or any(
            desk.agreements[name].bid == bid.id for name in tender.agreements
        )
        return None if known else refuse("unknown-round", round=bid.id)
    nothing = used_up(desk, tender, bid)
    if nothing:
        return refuse("nothing-left", what=nothing)
    first = best(desk, tender)
    told = {"bid": whose(tender, bid.id), "best": whose(tender, first)}
    return None if first == bid.id else refuse("not-best", **told)


def _unpriced(bid: Bid, asked: list[Claim]) -> Refusal | None:
    """R9: a package may be noticed only where the clause says how the lot's part is priced."""
    if bid.package:
        for claim in asked:
            if claim.package is None:
                return refuse("package-unpriced", clause=claim.clause, holder=claim.holder)
    return None


def _missing(command: cm.Notice, asked: list[Claim]) -> tuple[str, ...]:
    missing = [name for name in STATED if getattr(command, name) is None]
    if command.counterparty is None and any(claim.discloses for claim in asked):
        missing.append("counterparty")
    return tuple(missing)


def _untrue(tender: Tender, command: cm.Notice, bid: Bid) -> Refusal | None:
    """What the notice states must be what was bid."""
    true = {
        "chip": tender.lot.chip,
        "region": tender.lot.region,
        "terms": bid.terms,
        "counterparty": bid.bidder,
    }
    for field, value in true.items():
        stated = getattr(command, field)
        # What is no number cannot be compared: such terms are not the bid's.
        odd = isinstance(stated, Terms) and not priceable(stated)
        if odd or (stated is not None and stated != value):
            return refuse("notice-differs", field=field)
    if not hashed(command.evidence or ""):
        return refuse("evidence-form")
    assert command.chips is not None
    return None if command.chips > 0 else refuse("chips-none", chips=command.chips)


def _too_many(
    act: Act, tender: Tender, command: cm.Notice, bid: Bid, old: Round | None
) -> Refusal | None:
    assert command.chips is not None
    if old is not None and command.chips != old.remaining:
        return refuse("again-whole", chips=command.chips, left=old.remaining)
    left = chips_left(act.desk, tender, bid, old.number if old is not None else None)
    if old is None and not command.more:
        left = min(left, tender.unnoticed)
    if command.chips > left:
        return refuse("beyond-bid", chips=command.chips, left=left)
    plain = old is None and not command.more
    if plain and command.chips % bid.block and command.chips != left:
        return refuse("not-whole-blocks", chips=command.chips, block=bid.block)
    return None


# --- first offers ---------------------------------------------------------------------------------


def past_first_offers(desk: Desk, tender: Tender, bid: Bid, at: Instant) -> Refusal | None:
    """Whether a deal with this bidder would pass over a right of first offer, or its ceiling."""
    asking = any(own.kind == FIRST and own.state == "asking" for own in tender.rounds)
    for claim in _outlived(tender, at, bid.bidder):
        refused = _above(tender, bid, claim, tender.first[claim.clause])
        if refused is not None:
            return refused
    for claim in firsts(tender, at, bid.bidder):
        words = {"holder": claim.holder, "clause": claim.clause}
        standing = tender.first.get(claim.clause)
        if standing is None or standing.state in OPEN:
            waits = standing is not None and asking
            return refuse("first-offer-open" if waits else "first-offer-stale", **words)
        if standing.tail is not None and at > standing.tail:
            return refuse("first-offer-stale", **words)
        refused = _above(tender, bid, claim, standing)
        if refused is not None:
            return refused
    return None


def _outlived(tender: Tender, at: Instant, counterparty: str) -> list[Claim]:
    """R14: rights of first offer that have ended, but whose tail goes on."""
    found = []
    for clause, standing in tender.first.items():
        claim = tender.claims[clause]
        ended = claim.expires is not None and at > claim.expires and claim.survives
        runs = standing.tail is None or at <= standing.tail
        spent = clause in tender.released or claim.holder == counterparty
        if ended and runs and not spent:
            found.append(claim)
    return found


def _above(tender: Tender, bid: Bid, claim: Claim, standing: Standing) -> Refusal | None:
    """What a declined offer lets others be paid at the most."""
    if standing.state != "declined" or standing.effective is None:
        return None
    price = priced(tender, bid, claim.rate, claim.package)
    if not dearer(price, standing.effective, claim.ceiling - 1):
        return None
    return refuse(
        "above-ceiling",
        price=price,
        ceiling=standing.effective * claim.ceiling,
        holder=claim.holder,
        clause=claim.clause,
    )


def reask(act: Act, tender: Tender, command: cm.Reask) -> Judged:
    """R7: a tail that passed revives the right to be asked for an offer."""
    if tender.phase != "opened":
        return refuse("bids-sealed", tender=tender.id)
    claims = firsts(tender, act.at)
    asking = any(own.kind == FIRST and own.state == "asking" for own in tender.rounds)
    stale = [c for c in claims if _stale(tender.first.get(c.clause), act.at)]
    if asking or not stale or not tender.unnoticed:
        return refuse("nobody-to-ask")
    number = str(len(tender.rounds) + 1)
    return (ask_first(tender, claims, act.at, act.by(number)),)


def _stale(standing: Standing | None, at: Instant) -> bool:
    if standing is None or standing.state in OPEN:
        return True
    return standing.tail is not None and at > standing.tail


def decide_offer(act: Act, tender: Tender, command: cm.Decide) -> Judged:
    """The buyer accepts an offer, which binds both, or declines it, which sets the ceiling."""
    own = live(tender, command.round)
    standing = own.standings.get(command.clause) if own is not None else None
    if own is None or standing is None or standing.state != "offered":
        return refuse("no-offer", clause=command.clause)
    decided = ev.OfferDecided(
        at=act.at,
        by=act.by(),
        tender=tender.id,
        round=own.number,
        clause=command.clause,
        holder=tender.claims[command.clause].holder,
        accepted=command.accept,
    )
    return (decided,)
