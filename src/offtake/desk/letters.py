"""Answers that came by letter: recorded by the buyer, with the hash of the letter and two persons.

What counts is when the letter came, not when it was recorded: silence yields to a letter that was
in time, until something has been signed. What was signed past it is recorded as a breach.
"""

from __future__ import annotations

from offtake.desk import commands as cm
from offtake.desk import events as ev
from offtake.desk.act import Act, Judged, hashed
from offtake.desk.answering import content, lift, noticed
from offtake.desk.asking import holder_now
from offtake.desk.claim import Claim
from offtake.desk.phrases import instant
from offtake.desk.refusals import Refusal, refuse
from offtake.desk.state import Desk, Round, Standing, Tender

LAST = 1 << 63
"""Nanoseconds: in the year 2262. What is said to come later is not written as an instant."""


def attest(act: Act, tender: Tender, command: cm.Attest) -> Judged:
    """Record a holder's letter."""
    one, other = (name.strip() for name in command.persons)
    if not one or not other or one == other:
        return refuse("letter-persons")
    if not hashed(command.evidence):
        return refuse("evidence-form")
    if command.answer.tender != tender.id:
        return refuse("no-notice", clause=command.answer.clause, tender=command.answer.tender)
    letter = ev.Letter(command.received, command.evidence, command.persons)
    if command.answer.round is None:
        named = (bar for bar in tender.opened.bars if bar.clause == command.answer.clause)
        holder = next((holder_now(act.desk, bar.clause, bar.holder) for bar in named), "")
        refused = _out_of_time(act, letter, tender.at)
        return refused or lift(act, tender, command.answer, holder, letter)
    claim = tender.claims.get(command.answer.clause)
    found = noticed(tender, command.answer, claim.holder if claim is not None else "")
    if isinstance(found, Refusal):
        return found
    own, claim, standing = found
    return _out_of_time(act, letter, standing.noticed or 0) or _recorded(
        act, tender, own, claim, standing, command.answer, letter
    )


def _out_of_time(act: Act, letter: ev.Letter, begun: int) -> Refusal | None:
    if letter.received > act.at:
        beyond = letter.received >= LAST
        received = "a time beyond all calendars" if beyond else instant(letter.received)
        return refuse("letter-future", received=received)
    if letter.received < begun:
        received = instant(letter.received) if letter.received >= 0 else "an earlier time"
        return refuse("letter-early", received=received, noticed=instant(begun))
    return None


def _recorded(
    act: Act,
    tender: Tender,
    own: Round,
    claim: Claim,
    standing: Standing,
    command: cm.Answer,
    letter: ev.Letter,
) -> Judged:
    if tender.phase == "withdrawn":
        return _past_withdrawal(act, tender, own, claim, standing, command, letter)
    if standing.state not in ("noticed", "silent"):
        return refuse("answered-already")
    replaced = standing.state == "noticed" and own.over is not None
    if replaced and letter.received > (own.over or 0):
        return refuse("letter-moot")
    if letter.received > (standing.deadline or 0):
        return refuse(
            "letter-late",
            received=instant(letter.received),
            deadline=instant(standing.deadline or 0),
        )
    told = content(act, tender, own, claim, standing, command, letter)
    if isinstance(told, Refusal):
        return told
    if told.kind not in ("take", "offer"):
        return refuse("letter-moot") if replaced else (told,)
    if standing.state == "noticed" and not replaced:
        return (told,)
    if not _open_still(act.desk, tender, own, claim):
        # What was taken in time and cannot be had any more has been broken, whatever became of it.
        if told.kind == "take":
            return (_breached(act, own, tender, claim, letter),)
        signed = any(act.desk.agreements[name].state != "failed" for name in tender.agreements)
        # Nothing signed yet: an offer that came in time still sets the ceiling.
        return refuse("letter-moot") if signed or replaced or own.state != "done" else (told,)
    return _undone(act, tender, own, claim, told)


def _undone(
    act: Act, tender: Tender, own: Round, claim: Claim, told: ev.Answered
) -> tuple[ev.Event, ...]:
    """A letter that was in time: whoever was asked later is asked anew."""
    turn = _turn(own, claim)
    if own.turn == turn:
        return (told,)
    later = tuple(
        clause
        for clauses in own.turns[turn + 1 :]
        for clause in clauses
        if own.standings[clause].state != "idle"
    )
    undone = ev.TurnsUndone(
        at=act.at,
        by=told.by,
        tender=tender.id,
        round=own.number,
        turn=turn,
        clauses=later,
        why=f"a letter of {claim.holder} had come in time",
    )
    return (undone, told)


def _open_still(desk: Desk, tender: Tender, own: Round, claim: Claim) -> bool:
    """Whether what a silent holder let pass is still unsigned, and in the same round."""
    if own.over is not None:
        return False
    void = {clause for clauses in own.turns[_turn(own, claim) :] for clause in clauses}
    takings = (taking.state for clause, taking in own.takings.items() if clause in void)
    made = (desk.agreements[name] for name in tender.agreements)
    signed = any(one.round == own.number and one.clause is None for one in made)
    return not signed and all(state == "closing" for state in takings)


def _turn(own: Round, claim: Claim) -> int:
    return next(i for i, clauses in enumerate(own.turns) if claim.clause in clauses)


def _past_withdrawal(
    act: Act,
    tender: Tender,
    own: Round,
    claim: Claim,
    standing: Standing,
    command: cm.Answer,
    letter: ev.Letter,
) -> Judged:
    """A taking that came before the withdrawal binds; the desk can only record it."""
    ends = (tender.ended, standing.deadline, own.over)
    last = min(end for end in ends if end is not None)
    waiting = standing.state in ("noticed", "silent")
    if not waiting or letter.received > last:
        return refuse("withdrawn")
    told = content(act, tender, own, claim, standing, command, letter)
    if isinstance(told, Refusal):
        return told
    taken = told.kind == "take"
    return (_breached(act, own, tender, claim, letter),) if taken else refuse("withdrawn")


def _breached(act: Act, own: Round, tender: Tender, claim: Claim, letter: ev.Letter) -> ev.Breached:
    return ev.Breached(
        at=act.at,
        by=act.by(),
        tender=tender.id,
        round=own.number,
        clause=claim.clause,
        holder=claim.holder,
        letter=letter,
    )
