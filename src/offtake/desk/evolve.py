"""What an event makes of the desk. Nothing is computed here: an event says all that it changes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from msgspec.structs import replace

from offtake.desk import events as ev
from offtake.desk.asking import holder_now
from offtake.desk.claim import Bar, Claim
from offtake.desk.dues import next_due
from offtake.desk.evolve_rounds import ROUNDS
from offtake.desk.evolve_tenders import TENDERS
from offtake.desk.state import Agreement, Capacity, Desk, Outcome, Tender

Right = TypeVar("Right", Claim, Bar)


def evolve(desk: Desk, event: ev.Event) -> Desk:
    """The desk after an event. The same events in the same order make the same desk."""
    if isinstance(event, ev.TenderEvent):
        desk = _in_tender(desk, event)
    else:
        desk = _ALONE[type(event)](desk, event)
    by = event.by
    if by is None:
        return desk if desk.now == event.at else replace(desk, now=event.at)
    outcome = Outcome(by.digest, by.salt, event.at, by.made)
    if isinstance(event, ev.Refused):
        told = event.code, event.sentence, event.instead
        outcome = Outcome(by.digest, by.salt, event.at, "", *told)
    outcomes = desk.outcomes.insert((by.actor, by.key), outcome)
    return replace(desk, now=event.at, outcomes=outcomes)


def _in_tender(desk: Desk, event: ev.TenderEvent) -> Desk:
    """Change one tender, and what the whole desk keeps of it."""
    kind = type(event)
    if kind is ev.TenderOpened:
        return _opened(desk, event)
    old = desk.tenders[event.tender]
    apply = ROUNDS.get(kind) or TENDERS[kind]
    new = apply(old, event)
    wide = _WIDE.get(kind)
    if wide is not None:
        desk = wide(desk, old, event)
    if new.ended is not None and old.ended is None:
        desk = replace(desk, running=desk.running.remove(event.tender))
    return _kept(desk, old.due, new)


def _kept(desk: Desk, before: int | None, tender: Tender) -> Desk:
    """The desk with a tender changed, its next deadline in the agenda."""
    after = next_due(tender)
    if after != tender.due:
        tender = replace(tender, due=after)
    tenders = desk.tenders.insert(tender.id, tender)
    if after == before:
        return replace(desk, tenders=tenders)
    agenda = desk.agenda
    if before is not None:
        at = bisect_left(agenda, (before, tender.id))
        agenda = agenda[:at] + agenda[at + 1 :]
    if after is not None:
        at = bisect_left(agenda, (after, tender.id))
        agenda = (*agenda[:at], (after, tender.id), *agenda[at:])
    return replace(desk, tenders=tenders, agenda=agenda)


# --- the desk as a whole --------------------------------------------------------------------------


def _founded(desk: Desk, event: ev.Founded) -> Desk:
    parties = frozenset((event.buyer, *event.parties, *event.auditors))
    return replace(desk, buyer=event.buyer, parties=parties, auditors=frozenset(event.auditors))


def _admitted(desk: Desk, event: ev.Admitted) -> Desk:
    return replace(desk, parties=desk.parties | frozenset(event.parties))


def _declared(desk: Desk, event: ev.Declared) -> Desk:
    key = (event.party, event.chip, event.region)
    before = desk.capacity.get(key)
    declared = Capacity(event.chips, event.upstream)
    if before is not None:
        declared = replace(before, chips=event.chips, upstream=event.upstream)
    return replace(desk, capacity=desk.capacity.insert(key, declared))


def _default(desk: Desk, event: ev.DefaultRecorded) -> Desk:
    if event.cured:
        return replace(desk, defaults=desk.defaults - {event.holder})
    return replace(desk, defaults=desk.defaults | {event.holder})


def _assigned(desk: Desk, event: ev.Assigned) -> Desk:
    """Where that party holds the right, now or in a tender to come, another does."""
    tenders = desk.tenders
    for name in desk.running:
        tender = desk.tenders[name]
        if any(_holds(rights, event) for rights in (tender.claims, tender.dormant, tender.bars)):
            passed = replace(
                tender,
                claims=_passed_on(tender.claims, event),
                dormant=_passed_on(tender.dormant, event),
                bars=_passed_on(tender.bars, event),
            )
            tenders = tenders.insert(name, passed)
    own, back = (event.clause, event.holder), (event.clause, event.to)
    assigned = desk.assigned
    if own in assigned:
        # It has passed the right on before, and holds nothing that a later tender could name.
        return replace(desk, tenders=tenders)
    if back in assigned and holder_now(desk, *back) == event.holder:
        # A right that comes back is not passed on again.
        assigned = assigned.remove(back)
    return replace(desk, tenders=tenders, assigned=assigned.insert(own, event.to))


def _holds(rights: Mapping[str, Claim | Bar], event: ev.Assigned) -> bool:
    held = rights.get(event.clause)
    return held is not None and held.holder == event.holder


def _passed_on(rights: dict[str, Right], event: ev.Assigned) -> dict[str, Right]:
    if not _holds(rights, event):
        return rights
    return {**rights, event.clause: replace(rights[event.clause], holder=event.to)}


def _refused(desk: Desk, event: ev.Refused) -> Desk:
    return desk


_ALONE: dict[type[ev.Event], Callable[[Desk, Any], Desk]] = {
    ev.Founded: _founded,
    ev.Admitted: _admitted,
    ev.Declared: _declared,
    ev.DefaultRecorded: _default,
    ev.Assigned: _assigned,
    ev.Refused: _refused,
}


# --- what the desk keeps of tenders ---------------------------------------------------------------


def _opened(desk: Desk, event: ev.TenderEvent) -> Desk:
    assert isinstance(event, ev.TenderOpened)
    tender = Tender(
        id=event.tender,
        at=event.at,
        opened=event,
        lot=event.lot,
        claims={claim.clause: claim for claim in event.claims},
        dormant={claim.clause: claim for claim in event.dormant},
        bars={bar.clause: bar for bar in event.bars},
        phase="asking",
        unnoticed=event.lot.chips,
    )
    if event.lot.need:
        same = (*(desk.needs.get(event.lot.need) or ()), event.tender)
        desk = replace(desk, needs=desk.needs.insert(event.lot.need, same))
    desk = replace(desk, running=desk.running.insert(event.tender))
    return _kept(desk, None, tender)


def _pledged(desk: Desk, tender: Tender, event: Any) -> Desk:
    """What holders took and have not signed yet is theirs to serve, and so not free."""
    own = tender.rounds[event.round - 1]
    if isinstance(event, ev.TurnEnded):
        for one in event.allotted:
            if not own.standings[one.clause].via:
                desk = _pledge(desk, tender, one.holder, one.chips)
        return desk
    void = {clause for clauses in own.turns[event.turn :] for clause in clauses}
    for clause, taking in own.takings.items():
        if clause in void and taking.state == "closing" and not taking.via:
            desk = _pledge(desk, tender, taking.holder, -taking.chips)
    return desk


def _pledge(desk: Desk, tender: Tender, party: str, chips: int) -> Desk:
    key = (party, tender.lot.chip, tender.lot.region)
    pledged = desk.pledged.get(key, 0) + chips
    return replace(desk, pledged=desk.pledged.insert(key, pledged))


def _signed(desk: Desk, tender: Tender, event: ev.Signed) -> Desk:
    made = Agreement(
        id=event.agreement,
        tender=event.tender,
        round=event.round,
        clause=event.clause,
        party=event.party,
        bid=event.bid,
        chips=event.chips,
        terms=event.terms,
        via=event.via,
        chain=event.chain,
        signed=event.at,
        cleared=event.cleared,
    )
    desk = _promise(desk, tender, made, event.chips)
    if event.clause is not None and not event.via:
        desk = _pledge(desk, tender, event.party, -event.chips)
    return replace(desk, agreements=desk.agreements.insert(made.id, made))


def _delivered(desk: Desk, tender: Tender, event: ev.Delivered) -> Desk:
    made = replace(desk.agreements[event.agreement], state="delivered")
    return replace(desk, agreements=desk.agreements.insert(made.id, made))


def _failed(desk: Desk, tender: Tender, event: Any) -> Desk:
    """An agreement that fails gives back what it promised; a taking may have none yet."""
    made = desk.agreements.get(event.agreement)
    if made is None:
        taking = tender.rounds[event.round - 1].takings[event.clause]
        return desk if taking.via else _pledge(desk, tender, taking.holder, -taking.chips)
    desk = _promise(desk, tender, made, -made.chips)
    failed = replace(made, state="failed")
    return replace(desk, agreements=desk.agreements.insert(made.id, failed))


def _promise(desk: Desk, tender: Tender, made: Agreement, chips: int) -> Desk:
    capacity = desk.capacity
    for party in made.chain:
        key = (party, tender.lot.chip, tender.lot.region)
        declared = capacity[key]
        own = chips if party == made.party and not made.via else 0
        more = replace(declared, promised=declared.promised + chips, own=declared.own + own)
        capacity = capacity.insert(key, more)
    return replace(desk, capacity=capacity)


_WIDE: dict[type[ev.TenderEvent], Callable[[Desk, Tender, Any], Desk]] = {
    ev.TurnEnded: _pledged,
    ev.TurnsUndone: _pledged,
    ev.Signed: _signed,
    ev.Delivered: _delivered,
    ev.TakingFailed: _failed,
    ev.AgreementFailed: _failed,
}
