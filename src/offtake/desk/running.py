"""Commands about the desk as a whole, and the opening and withdrawal of tenders."""

from __future__ import annotations

from itertools import combinations
from typing import TypeVar

from msgspec.structs import replace

from offtake.desk import commands as cm
from offtake.desk import events as ev
from offtake.desk.act import Act, Judged
from offtake.desk.asking import holder_now
from offtake.desk.claim import Bar, Claim
from offtake.desk.fitness import unfit
from offtake.desk.lot import Instant
from offtake.desk.refusals import refuse
from offtake.desk.state import Desk, Tender

Right = TypeVar("Right", Claim, Bar)

DAY = 86_400 * 1_000_000_000


def found(act: Act, command: cm.Found) -> Judged:
    """The desk begins, once."""
    if act.desk.buyer:
        return refuse("founded-already")
    begun = ev.Founded(
        at=act.at,
        by=act.by(),
        buyer=act.actor,
        parties=command.parties,
        auditors=command.auditors,
    )
    return (begun,)


def admit(act: Act, command: cm.Admit) -> Judged:
    """Parties join."""
    return (ev.Admitted(at=act.at, by=act.by(), parties=command.parties),)


def declare(act: Act, command: cm.Declare) -> Judged:
    """Capacity is declared by whoever has it, or by the buyer on its word; never lowered."""
    desk = act.desk
    if act.actor not in (command.party, desk.buyer):
        return refuse("not-yours", what="A declaration of capacity", whom=command.party)
    for party in (command.party, command.upstream):
        if party is not None and party not in desk.parties:
            return refuse("unknown-party", party=party)
    if command.chips < 0:
        return refuse("chips-none", chips=command.chips)
    before = desk.capacity.get((command.party, command.chip, command.region))
    if before is not None and command.chips < before.chips:
        return refuse(
            "declaration-lowered", party=command.party, left=before.chips, chips=command.chips
        )
    if before is not None and command.upstream != before.upstream:
        words = {"party": command.party, "chip": command.chip, "region": command.region}
        return refuse("upstream-fixed", **words)
    declared = ev.Declared(
        at=act.at,
        by=act.by(),
        party=command.party,
        chip=command.chip,
        region=command.region,
        chips=command.chips,
        upstream=command.upstream,
    )
    return (declared,)


def default(act: Act, command: cm.Default) -> Judged:
    """A default is recorded with what shows it."""
    if command.holder not in act.desk.parties:
        return refuse("unknown-party", party=command.holder)
    if not command.evidence:
        return refuse("evidence-missing")
    recorded = ev.DefaultRecorded(
        at=act.at,
        by=act.by(),
        holder=command.holder,
        evidence=command.evidence,
        cured=command.cured,
    )
    return (recorded,)


def assign(act: Act, command: cm.Assign) -> Judged:
    """R18: a right passes on, by its holder's word; running clocks go with it.

    Whoever does not hold the right passes nothing on. It is not told so: a holder that was not
    asked yet would learn that a tender is open.
    """
    watching = act.desk.auditors | {act.desk.buyer}
    if act.actor in watching:
        return refuse("not-yours", what="The assignment of a right", whom="its holder")
    if command.to not in act.desk.parties or command.to in watching:
        return refuse("unknown-party", party=command.to)
    if command.to == act.actor:
        return refuse("same-holder", holder=command.to)
    passed = ev.Assigned(
        at=act.at,
        by=act.by(),
        clause=command.clause,
        holder=act.actor,
        to=command.to,
        evidence=command.evidence,
    )
    return (passed,)


# --- tenders --------------------------------------------------------------------------------------


def open_tender(act: Act, command: cm.Open) -> Judged:
    """A tender begins under the rights that its opening states."""
    lot = command.lot
    if command.tender in act.desk.tenders:
        return refuse("tender-exists", tender=command.tender)
    if lot.chips <= 0 or lot.months <= 0:
        return refuse("lot-empty", chips=lot.chips, months=lot.months)
    wrong = unfit(command)
    if wrong is not None:
        return refuse("opening-unfit", what=wrong)
    named = (*(claim.almanac for claim in command.claims), command.bidding_almanac)
    for almanac in named:
        if almanac not in command.almanacs:
            return refuse("unknown-almanac", almanac=almanac)
    bars = tuple(_held(act.desk, bar) for bar in command.bars)
    claims = tuple(_held(act.desk, claim) for claim in command.claims)
    for one, other in combinations(bars, 2):
        if one.holder != other.holder and _meet(one, other, act.at):
            return refuse("two-exclusives", one=one.holder, other=other.holder)
    joined = {c.clause: _joined(act.desk, lot.need, c, act.at) for c in claims}
    awake = tuple(
        claim
        for claim in claims
        if lot.chips + sum(size(act.desk, t) for t in joined[claim.clause]) >= claim.floor
    )
    opened = ev.TenderOpened(
        at=act.at,
        by=act.by(),
        tender=command.tender,
        lot=lot,
        claims=awake,
        dormant=tuple(claim for claim in claims if claim not in awake),
        bars=tuple(bar for bar in bars if bar.expires is None or act.at <= bar.expires),
        almanacs=command.almanacs,
        bidding=command.bidding,
        bidding_almanac=command.bidding_almanac,
        invited=command.invited,
        affiliates=command.affiliates,
        rate=command.rate,
        book=command.book,
        cause=command.cause,
        joined=tuple(dict.fromkeys(t.id for c in awake for t in joined[c.clause])),
        reveal=command.reveal,
    )
    return (opened, *_raised(act, command, awake, joined))


def _meet(one: Bar, other: Bar, at: Instant) -> bool:
    """Whether both are in force at some instant from now on."""
    ends = [bar.expires for bar in (one, other) if bar.expires is not None]
    return max(one.since, other.since, at) <= min(ends, default=max(one.since, other.since, at))


def _held(desk: Desk, right: Right) -> Right:
    """The right as it stands at the desk, where it may have passed to another holder."""
    holder = holder_now(desk, right.clause, right.holder)
    return right if holder == right.holder else replace(right, holder=holder)


def size(desk: Desk, tender: Tender) -> int:
    """What a tender counts for against a floor: its lot, or what was signed before it was left."""
    if tender.phase != "withdrawn":
        return tender.lot.chips
    made = (desk.agreements[name] for name in tender.agreements)
    return sum(one.chips for one in made if one.state != "failed")


def _joined(desk: Desk, need: str, claim: Claim, at: Instant) -> list[Tender]:
    """R19: earlier tenders for the same need that count as one lot with this."""
    if not claim.floor or not need:
        return []
    same = (desk.tenders[name] for name in desk.needs.get(need) or ())
    since = at - claim.together * DAY
    return [tender for tender in same if tender.at >= since and size(desk, tender)]


def woken_by(desk: Desk, tender: Tender, chips: int) -> tuple[str, ...]:
    """R8, R19: the rights whose floor a lot reaches when it grows by so many chips."""
    names = desk.needs.get(tender.lot.need) or () if tender.lot.need else ()
    woken = []
    for claim in tender.dormant.values():
        total = tender.lot.chips + chips
        for name in names:
            other = desk.tenders[name]
            near = abs(other.at - tender.at) <= claim.together * DAY
            total += size(desk, other) if near and name != tender.id else 0
        if total >= claim.floor:
            woken.append(claim.clause)
    return tuple(woken)


def _raised(
    act: Act, command: cm.Open, awake: tuple[Claim, ...], joined: dict[str, list[Tender]]
) -> list[ev.FloorReached]:
    """The earlier tenders on which rights bite from now on."""
    woken: dict[str, list[str]] = {}
    for claim in awake:
        for tender in joined[claim.clause]:
            if tender.ended is None and claim.clause in tender.dormant:
                woken.setdefault(tender.id, []).append(claim.clause)
    return [
        ev.FloorReached(at=act.at, tender=name, clauses=tuple(clauses), joined=(command.tender,))
        for name, clauses in woken.items()
    ]


def withdraw(act: Act, tender: Tender, command: cm.Withdraw) -> Judged:
    """A buyer is bound by what holders have taken; the rest it may leave."""
    for own in tender.rounds:
        for taking in own.takings.values():
            if taking.state == "closing":
                return refuse("taken-already", holder=taking.holder, chips=taking.chips)
        if own.state == "asking":
            for clause in own.turns[own.turn]:
                standing = own.standings[clause]
                if standing.state == "taken":
                    holder = tender.claims[clause].holder
                    return refuse("taken-already", holder=holder, chips=standing.wanted)
    ended = ev.TenderWithdrawn(at=act.at, by=act.by(), tender=tender.id, reason=command.reason)
    return (ended,)
