"""What an event makes of the desk. Nothing is computed here: an event says all that it changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from msgspec.structs import replace
from rpds import HashTrieMap, HashTrieSet

from offtake.desk import events as ev
from offtake.desk.asking import holder_now
from offtake.desk.claim import Bar, Claim
from offtake.desk.dues import next_due
from offtake.desk.evolve_rounds import ROUNDS
from offtake.desk.evolve_tenders import TENDERS
from offtake.desk.posted import latest_of
from offtake.desk.state import Agreement, Capacity, Desk, Outcome, Tender

Right = TypeVar("Right", Claim, Bar)

_NOWHERE: HashTrieSet[str] = HashTrieSet()


def evolve(desk: Desk, event: ev.Event) -> Desk:
    """The desk after an event. The same events in the same order make the same desk."""
    desk = _changed(desk, event)
    by = event.by
    if by is None:
        return desk if desk.now == event.at else replace(desk, now=event.at)
    outcomes = desk.outcomes.insert((by.actor, by.key), _outcome(event, by))
    return replace(desk, now=event.at, outcomes=outcomes)


class Replay:
    """Evolves many events one after the other; what commands came to is kept aside till the end.

    Nothing that an event changes depends on that, and a map of all of them is made faster at once.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk, self._now = desk, desk.now
        self._outcomes: dict[tuple[str, str], Outcome] = {}

    def add(self, event: ev.Event) -> None:
        """One more event."""
        self._desk = _changed(self._desk, event)
        self._now = event.at
        by = event.by
        if by is not None:
            self._outcomes[by.actor, by.key] = _outcome(event, by)

    def desk(self) -> Desk:
        """The desk after all of them."""
        outcomes: HashTrieMap[tuple[str, str], Outcome]
        outcomes = self._desk.outcomes.update(self._outcomes)
        return replace(self._desk, now=self._now, outcomes=outcomes)


def _changed(desk: Desk, event: ev.Event) -> Desk:
    """The desk with what an event changes, but for the time and what its command came to."""
    if isinstance(event, ev.TenderEvent):
        return _in_tender(desk, event)
    return _ALONE[type(event)](desk, event)


def _outcome(event: ev.Event, by: ev.By) -> Outcome:
    if isinstance(event, ev.Refused):
        told = event.code, event.sentence, event.instead
        return Outcome(by.digest, by.salt, event.at, "", *told)
    return Outcome(by.digest, by.salt, event.at, by.made)


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
        desk = _no_longer_standing(desk, old)
    return _kept(desk, old.due, new)


def _kept(desk: Desk, before: int | None, tender: Tender) -> Desk:
    """The desk with a tender changed, its next deadline in the agenda."""
    after = next_due(tender)
    if after != tender.due:
        tender = replace(tender, due=after)
    tenders = desk.tenders.insert(tender.id, tender)
    if after == before:
        return replace(desk, tenders=tenders)
    return replace(desk, tenders=tenders, agenda=desk.agenda.moved(tender.id, before, after))


# --- the desk as a whole --------------------------------------------------------------------------


def _founded(desk: Desk, event: ev.Founded) -> Desk:
    parties = HashTrieSet((event.buyer, *event.parties, *event.auditors))
    return replace(desk, buyer=event.buyer, parties=parties, auditors=frozenset(event.auditors))


def _admitted(desk: Desk, event: ev.Admitted) -> Desk:
    return replace(desk, parties=desk.parties.update(event.parties))


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
    for name in desk.standing.get(event.clause, _NOWHERE):
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


def _posted(desk: Desk, event: ev.Posted) -> Desk:
    return replace(desk, posted=desk.posted.insert(event.group.base, latest_of(event)))


def _refused(desk: Desk, event: ev.Refused) -> Desk:
    return desk


_ALONE: dict[type[ev.Event], Callable[[Desk, Any], Desk]] = {
    ev.Founded: _founded,
    ev.Admitted: _admitted,
    ev.Declared: _declared,
    ev.DefaultRecorded: _default,
    ev.Assigned: _assigned,
    ev.Posted: _posted,
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
    standing = desk.standing
    for clause in _clauses(tender):
        named = standing.get(clause, _NOWHERE).insert(tender.id)
        standing = standing.insert(clause, named)
    return _kept(replace(desk, standing=standing), None, tender)


def _no_longer_standing(desk: Desk, tender: Tender) -> Desk:
    standing = desk.standing
    for clause in _clauses(tender):
        left = standing[clause].remove(tender.id)
        standing = standing.insert(clause, left) if left else standing.remove(clause)
    return replace(desk, standing=standing)


def _clauses(tender: Tender) -> set[str]:
    """The clauses that stand in a tender, asleep or not."""
    opened = tender.opened
    claims = {claim.clause for claim in (*opened.claims, *opened.dormant)}
    return claims | {bar.clause for bar in opened.bars}


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
