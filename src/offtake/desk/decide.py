"""The desk decides: what time has brought comes first, then the command, then what follows."""

from __future__ import annotations

from msgspec import Struct

from offtake.desk import answering, bidding, letters, noticing, posting, running, signing
from offtake.desk import commands as cm
from offtake.desk import events as ev
from offtake.desk.act import Act, Judge, Judged, TenderJudge, digest_of, salt_of
from offtake.desk.dues import fall_due
from offtake.desk.evolve import evolve
from offtake.desk.follow import follow
from offtake.desk.lot import Instant
from offtake.desk.refusals import Refusal, refuse
from offtake.desk.state import Desk, Outcome, Tender


class Reply(Struct, frozen=True):
    """A command had its effect: when, and the name of what it made."""

    at: Instant
    made: str = ""


class Decided(Struct, frozen=True):
    """What a command came to: events to keep, and what its sender is told."""

    events: tuple[ev.Event, ...]
    answer: Reply | Refusal


def decide(desk: Desk, envelope: cm.Envelope) -> Decided:
    """Judge a command. Lapses that were due come before it in its batch."""
    return handle(desk, envelope)[1]


def due(desk: Desk, at: Instant) -> tuple[ev.Event, ...]:
    """What time alone has brought by an instant: every deadline before it, and what follows."""
    return _advance(desk, at)[1]


def handle(desk: Desk, envelope: cm.Envelope) -> tuple[Desk, Decided]:
    """Judge a command, and the desk after it."""
    known = _known(desk, envelope)
    if known is not None:
        return desk, Decided((), known)
    # R22: journal time never runs backwards, whatever a clock says.
    at = max(envelope.at, desk.now)
    desk, lapsed = _advance(desk, at)
    salt = salt_of(envelope.entropy)
    digest = digest_of(envelope.body, salt)
    act = Act(desk, envelope.actor, envelope.key, digest, salt, at, envelope.entropy)
    judged = _judge(act, envelope.body)
    if isinstance(judged, Refusal):
        kept = ev.Refused(
            at=at,
            by=act.by(),
            code=judged.code,
            sentence=judged.sentence,
            instead=judged.instead,
        )
        return evolve(desk, kept), Decided((*lapsed, kept), judged)
    happened = list(judged)
    for event in judged:
        desk = evolve(desk, event)
    name = getattr(envelope.body, "tender", None)
    if name is not None:
        desk = _followed(desk, name, at, happened)
    made = judged[0].by.made if judged[0].by is not None else ""
    return desk, Decided((*lapsed, *happened), Reply(at, made))


def _known(desk: Desk, envelope: cm.Envelope) -> Reply | Refusal | None:
    """R21: what was answered before is answered again; strangers learn nothing."""
    if not desk.buyer:
        return None if isinstance(envelope.body, cm.Found) else refuse("not-founded")
    if envelope.actor not in desk.parties:
        return refuse("unknown-party", party=envelope.actor)
    outcome: Outcome | None = desk.outcomes.get((envelope.actor, envelope.key))
    if outcome is None:
        return None
    if outcome.digest != digest_of(envelope.body, outcome.salt):
        return refuse("key-reused", key=envelope.key)
    if outcome.code:
        return Refusal(outcome.code, outcome.sentence, outcome.instead)
    return Reply(outcome.at, outcome.made)


def _advance(desk: Desk, at: Instant) -> tuple[Desk, tuple[ev.Event, ...]]:
    """The desk at an instant: a deadline takes effect at the deadline, whoever looks, whenever."""
    happened: list[ev.Event] = []
    while (first := desk.agenda.first) is not None and first[0] < at:
        name = first[1]
        event = fall_due(desk.tenders[name], desk.now)
        happened.append(event)
        desk = evolve(desk, event)
        desk = _followed(desk, name, event.at, happened)
    return desk, tuple(happened)


def _followed(desk: Desk, name: str, at: Instant, happened: list[ev.Event]) -> Desk:
    """The desk when all that follows in a tender has happened."""
    while (event := follow(desk, desk.tenders[name], at)) is not None:
        happened.append(event)
        desk = evolve(desk, event)
    return desk


# --- who may ask what -----------------------------------------------------------------------------


def _judge(act: Act, command: cm.Command) -> Judged:
    alone = _DESK.get(type(command))
    buyer = act.actor == act.desk.buyer
    if alone is not None:
        if command.by == "buyer" and not buyer and act.desk.buyer:
            return refuse("not-yours", what="This", whom="the buyer")
        return alone(act, command)
    assert isinstance(command, cm.AboutTender)
    if command.by == "buyer" and not buyer:
        return refuse("not-yours", what="This", whom="the buyer")
    tender: Tender | None = act.desk.tenders.get(command.tender)
    if tender is None or not _sees(act, tender, command):
        if isinstance(command, cm.Answer):
            return refuse("no-notice", clause=command.clause, tender=command.tender)
        if isinstance(command, cm.Close) and not buyer:
            return refuse("unknown-taking", clause=command.clause, round=command.round)
        if isinstance(command, cm.Deliver) and not buyer:
            return refuse("unknown-agreement", agreement=command.agreement)
        return refuse("unknown-tender", tender=command.tender)
    ended = tender.phase in ("withdrawn", "closed")
    late = ended and not isinstance(command, _AFTER.get(tender.phase, ()))
    if late and buyer and command.by in ("buyer", "either"):
        return refuse("tender-ended", tender=tender.id, phase=tender.phase)
    return _TENDERS[type(command)](act, tender, command)


def _sees(act: Act, tender: Tender, command: cm.AboutTender) -> bool:
    """Whether a bidder knows of the tender; others are told so by what they ask."""
    if command.by != "party":
        return True
    invited = tender.opened.invited
    return tender.closes is not None and (not invited or act.actor in invited)


_AFTER: dict[str, tuple[type[cm.Command], ...]] = {
    "withdrawn": (cm.Attest, cm.Deliver, cm.Fail, cm.Erase),
    "closed": (cm.Erase,),
}
"""What the buyer may still ask of a tender that has ended."""

_DESK: dict[type[cm.Command], Judge] = {
    cm.Found: running.found,
    cm.Admit: running.admit,
    cm.Declare: running.declare,
    cm.Default: running.default,
    cm.Assign: running.assign,
    cm.Post: posting.post,
    cm.Open: running.open_tender,
}

_TENDERS: dict[type[cm.Command], TenderJudge] = {
    cm.Submit: bidding.submit,
    cm.Pledge: bidding.pledge,
    cm.Reveal: bidding.reveal,
    cm.Recall: bidding.recall,
    cm.Revise: bidding.revise,
    cm.SetAside: bidding.set_aside,
    cm.Notice: noticing.notice,
    cm.Reask: noticing.reask,
    cm.Answer: answering.answer,
    cm.Attest: letters.attest,
    cm.Decide: noticing.decide_offer,
    cm.StandBy: answering.stand_by,
    cm.Sign: signing.sign,
    cm.Close: signing.close,
    cm.Deliver: signing.deliver,
    cm.Fail: signing.fail,
    cm.Withdraw: running.withdraw,
    cm.Erase: bidding.erase,
}
