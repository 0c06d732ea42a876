"""Questions to a tender's state: who must be asked, what protects whom, which bid is the best."""

from __future__ import annotations

from itertools import groupby

from offtake.desk.claim import Bar, Claim
from offtake.desk.lot import Bid, Instant, Lot
from offtake.desk.state import Desk, Round, Standing, Tender

OPEN = frozenset({"idle", "noticed", "offered"})
"""Standings that are not cleared."""
ANSWERED = frozenset({"taken", "waived", "silent", "countered", "unable", "declined"})
"""Standings of holders that were asked: what they left is protected by a tail."""
TAILED = ANSWERED | {"default"}
"""Standings from which a tail runs: a default does not free the buyer for ever."""


def in_force(claim: Claim, at: Instant) -> bool:
    """Whether the right is in force at that instant."""
    return claim.since <= at and (claim.expires is None or at <= claim.expires)


def barred(tender: Tender, at: Instant, counterparty: str = "") -> Bar | None:
    """The exclusive right of somebody else that stands."""
    for bar in tender.bars.values():
        if stands(bar, at) and bar.holder != counterparty:
            return bar
    return None


def stands(bar: Bar, at: Instant) -> bool:
    """Whether an exclusive right is in force at that instant."""
    return bar.since <= at and (bar.expires is None or at <= bar.expires)


def firsts(tender: Tender, at: Instant, counterparty: str = "") -> list[Claim]:
    """The rights of first offer that bite, in the order of asking."""
    return _ordered(tender, at, counterparty, first=True)


def askable(tender: Tender, at: Instant, counterparty: str) -> list[Claim]:
    """The rights of first refusal that bite on a deal with somebody, in the order of asking."""
    return _ordered(tender, at, counterparty, first=False)


def _ordered(tender: Tender, at: Instant, counterparty: str, *, first: bool) -> list[Claim]:
    found = [
        claim
        for claim in tender.claims.values()
        if claim.first is first
        and in_force(claim, at)
        and claim.clause not in tender.released
        and claim.holder != counterparty
    ]
    if len(found) > 1:
        found.sort(key=_turn)
    return found


def _turn(claim: Claim) -> tuple[int, int, str]:
    return claim.precedence, claim.rank, claim.clause


def holder_now(desk: Desk, clause: str, holder: str) -> str:
    """Who holds a right that this party held when it was written."""
    while (to := desk.assigned.get((clause, holder))) is not None:
        holder = to
    return holder


def turns(claims: list[Claim]) -> tuple[tuple[str, ...], ...]:
    """The clauses in the order of asking, those of equal rank together."""
    ordered = sorted(claims, key=_turn)
    return tuple(
        tuple(claim.clause for claim in equal)
        for _, equal in groupby(ordered, key=lambda claim: (claim.precedence, claim.rank))
    )


def shares(chips: int, parts: list[int]) -> list[int]:
    """Whole chips pro rata; what is left over goes to the largest fractions, then in order."""
    if len(parts) == 1:
        return [chips]
    total = sum(parts)
    whole = [chips * part // total for part in parts]
    rest = [chips * part % total for part in parts]
    order = sorted(range(len(parts)), key=lambda i: (-rest[i], i))
    for i in order[: chips - sum(whole)]:
        whole[i] += 1
    # Nobody who is asked is passed over for its small part while there are chips for all.
    while chips >= len(parts) and 0 in whole:
        whole[whole.index(max(whole))] -= 1
        whole[whole.index(0)] += 1
    return whole


def protects(claim: Claim, standing: Standing, at: Instant) -> bool:
    """Whether what its holder left may be signed on the noticed terms only."""
    gone = claim.expires is not None and at > claim.expires and not claim.survives
    return standing.state in ANSWERED and not gone


def chips_left(desk: Desk, tender: Tender, bid: Bid, free: int | None = None) -> int:
    """What a bid has neither signed nor tied up in a round (the round `free` apart)."""
    left = bid.chips
    for own in tender.rounds:
        if own.bid == bid.id and own.state != "done" and own.number != free:
            left -= own.remaining
    for name in tender.agreements:
        made = desk.agreements[name]
        if made.bid == bid.id and made.clause is None and made.state != "failed":
            left -= made.chips
    return left


def best(desk: Desk, tender: Tender) -> str | None:
    """The bid that must be noticed or signed next."""
    for place in tender.ranking:
        bid = tender.bids[place.bid]
        if bid.id not in tender.aside and chips_left(desk, tender, bid) >= bid.block:
            return bid.id
    return None


def used_up(desk: Desk, tender: Tender, bid: Bid) -> str:
    """What nothing is left of to deal about with a bid: the lot, or the bid; else empty."""
    if not tender.unnoticed:
        return "the lot"
    return "" if chips_left(desk, tender, bid) > 0 else f"the bid {whose(tender, bid.id)}"


def whose(tender: Tender, bid: str | None) -> str:
    """A bid by its name and its bidder's, as people know it."""
    return "none" if bid is None else f"{bid} of {tender.bids[bid].bidder}"


def as_bid(tender: Tender, chips: int) -> Lot:
    """The lot at another size: warrants and rebates are amounts for the lot as it was bid."""
    lot = tender.lot
    return Lot(
        lot.chip, chips, lot.region, lot.start, lot.months, lot.purposes, lot.need, lot.throughput
    )


def method(tender: Tender) -> str | None:
    """How the lot's part of a package is priced for the ranking: the first claim's word."""
    return next((c.package for c in tender.claims.values() if c.package is not None), None)


def live(tender: Tender, number: int) -> Round | None:
    """The round of that number."""
    return tender.rounds[number - 1] if 0 < number <= len(tender.rounds) else None


def capacity_chain(desk: Desk, hosts: tuple[str, ...], lot: Lot) -> tuple[str, ...]:
    """The parties whose declared capacity a promise of these hosts draws on, each once."""
    found: list[str] = []
    waiting = list(hosts)
    while waiting:
        party = waiting.pop(0)
        if party in found:
            continue
        found.append(party)
        declared = desk.capacity.get((party, lot.chip, lot.region))
        if declared is not None and declared.upstream is not None:
            waiting.append(declared.upstream)
    return tuple(found)


def unpromised(desk: Desk, party: str, lot: Lot) -> int | None:
    """What a party has declared and nobody has promised; None where it has declared nothing."""
    declared = desk.capacity.get((party, lot.chip, lot.region))
    return None if declared is None else declared.chips - declared.promised


def own_left(desk: Desk, party: str, lot: Lot) -> int | None:
    """What a party has declared, not promised and not taken itself: all that it may be told."""
    key = (party, lot.chip, lot.region)
    declared = desk.capacity.get(key)
    return None if declared is None else declared.chips - declared.own - desk.pledged.get(key, 0)
