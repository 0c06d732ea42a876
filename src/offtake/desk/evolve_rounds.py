"""What an event makes of a round of asking."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from offtake.desk import events as ev
from offtake.desk.asking import TAILED
from offtake.desk.evolve_tenders import over, with_round
from offtake.desk.lot import Instant
from offtake.desk.state import Round, Standing, Taking, Tender

FIRST = "first offer"
"""The kind of a round in which holders are asked before bids."""

_STATES = {
    "take": "taken",
    "waive": "waived",
    "counter": "countered",
    "unable": "unable",
    "offer": "offered",
}


def _notice_served(tender: Tender, event: ev.NoticeServed) -> Tender:
    """Chips go into a round: from the lot, from an earlier round, or on top of the lot."""
    new = Round(
        number=event.round,
        kind=event.kind,
        noticed=event.chips,
        remaining=event.chips,
        turns=event.turns,
        standings={clause: Standing(clause) for turn in event.turns for clause in turn},
        bid=event.bid,
        counterparty=event.counterparty,
        terms=event.terms,
        effective=event.effective,
        short=event.short,
        size=event.size,
    )
    if event.again is not None:
        old = tender.rounds[event.again - 1]
        tender = with_round(tender, over(old, "elsewhere", event.at))
    elif event.kind == "more chips":
        tender = replace(tender, lot=replace(tender.lot, chips=tender.lot.chips + event.chips))
    else:
        tender = replace(tender, unnoticed=tender.unnoticed - event.chips)
    return replace(tender, rounds=(*tender.rounds, new))


def _clock_started(tender: Tender, event: ev.ClockStarted) -> Tender:
    return _stand(
        tender,
        event,
        state="noticed",
        chips=event.chips,
        deadline=event.deadline,
        noticed=event.at,
    )


def _passed(tender: Tender, event: ev.Passed) -> Tender:
    return _stand(tender, event, state=event.why, cleared=event.at)


def _answered(tender: Tender, event: ev.Answered) -> Tender:
    """A late record of a letter that is no taking changes the word, not the clock."""
    if not event.final:
        return tender
    own = tender.rounds[event.round - 1]
    standing, state = own.standings[event.clause], _STATES[event.kind]
    if state == "offered" and own.state == "done":
        # An offer that had come in time, recorded when bids were asked for: it sets the ceiling.
        state = "declined"
    kept = standing.state == "silent" and state not in ("taken", "offered")
    return _stand(
        tender,
        event,
        state=state,
        cleared=standing.cleared if kept else None if state == "offered" else event.at,
        wanted=event.chips if state in ("taken", "offered") else 0,
        over=event.over,
        terms=event.terms,
        effective=event.effective,
        via=event.via,
    )


def _lapsed(tender: Tender, event: ev.Lapsed) -> Tender:
    return _stand(tender, event, state="silent", cleared=event.at)


def _right_expired(tender: Tender, event: ev.RightExpired) -> Tender:
    return _stand(tender, event, state="expired", cleared=event.at)


def _offer_decided(tender: Tender, event: ev.OfferDecided) -> Tender:
    state = "taken" if event.accepted else "declined"
    return _stand(tender, event, state=state, cleared=event.at)


def _turn_ended(tender: Tender, event: ev.TurnEnded) -> Tender:
    """Takings leave the round's remainder; a round that has nothing left is done."""
    own = tender.rounds[event.round - 1]
    takings = {**own.takings, **{a.clause: _taking(own, a) for a in event.allotted}}
    turn = event.turn + 1
    done = event.left == 0
    own = replace(
        own,
        turn=turn,
        takings=takings,
        remaining=event.left,
        state="done" if done else own.state,
        ended="nothing left" if done else own.ended,
    )
    if done and own.kind == FIRST:
        # No tail runs where nothing was left; if chips come back, holders are asked again.
        own = _tailed(own, event.at)
        if tender.phase == "asking" and not tender.unnoticed:
            tender = replace(tender, phase="opened")
    return _with(tender, own)


def _taking(own: Round, allotted: ev.Allotted) -> Taking:
    standing = own.standings[allotted.clause]
    return Taking(
        clause=allotted.clause,
        holder=allotted.holder,
        chips=allotted.chips,
        closing=allotted.closing,
        delivery=allotted.delivery,
        terms=standing.terms if standing.terms is not None else own.terms,
        via=standing.via,
    )


def _tail_started(tender: Tender, event: ev.TailStarted) -> Tender:
    """What first offers leave goes back to the lot, for bids; the rest waits to be signed."""
    own = tender.rounds[event.round - 1]
    if own.kind != FIRST:
        return with_round(tender, replace(own, state="tail", tail=event.ends))
    done = over(_tailed(own, event.ends), "elsewhere", event.at)
    return replace(_with(tender, done), unnoticed=tender.unnoticed + event.left)


def _tailed(own: Round, ends: Instant | None) -> Round:
    """The round with the end of its tail in the standings of those who were asked."""
    standings = {
        clause: replace(s, tail=ends) if s.state in TAILED else s
        for clause, s in own.standings.items()
    }
    return replace(own, standings=standings)


def _bidder_freed(tender: Tender, event: ev.BidderFreed) -> Tender:
    return with_round(tender, replace(tender.rounds[event.round - 1], freed=True))


def _stood_by(tender: Tender, event: ev.StoodBy) -> Tender:
    return with_round(tender, replace(tender.rounds[event.round - 1], freed=False, stood=True))


def _tail_ended(tender: Tender, event: ev.TailEnded) -> Tender:
    done = over(tender.rounds[event.round - 1], "tail", event.at)
    return replace(with_round(tender, done), unnoticed=tender.unnoticed + event.left)


def _turns_undone(tender: Tender, event: ev.TurnsUndone) -> Tender:
    """Takings of that turn and the later ones are void; the later holders are asked anew."""
    own = tender.rounds[event.round - 1]
    void = {clause for turn in own.turns[event.turn :] for clause in turn}
    later = {clause for turn in own.turns[event.turn + 1 :] for clause in turn}
    back = sum(taking.chips for clause, taking in own.takings.items() if clause in void)
    standings = {c: Standing(c) if c in later else s for c, s in own.standings.items()}
    own = replace(
        own,
        turn=event.turn,
        state="asking",
        ended="",
        over=None,
        tail=None,
        freed=False,
        stood=False,
        remaining=own.remaining + back,
        standings=standings,
        takings={c: taking for c, taking in own.takings.items() if c not in void},
    )
    return _with(tender, own)


def _signed(tender: Tender, event: ev.Signed) -> Tender:
    agreements = (*tender.agreements, event.agreement)
    if event.round is None:
        left = tender.unnoticed - event.chips
        return replace(tender, agreements=agreements, unnoticed=left)
    own = tender.rounds[event.round - 1]
    if event.clause is not None:
        taking = replace(own.takings[event.clause], state="signed", agreement=event.agreement)
        own = replace(own, takings={**own.takings, event.clause: taking})
        return with_round(tender, own, agreements=agreements)
    left = own.remaining - event.chips
    own = replace(own, remaining=left, signed=own.signed + event.chips)
    if left == 0:
        own = replace(own, state="done", ended="nothing left")
    return with_round(tender, own, agreements=agreements)


def _taking_failed(tender: Tender, event: ev.TakingFailed) -> Tender:
    """The chips are the lot's again; a holder that failed is not asked about it a second time."""
    own = tender.rounds[event.round - 1]
    taking = replace(own.takings[event.clause], state="failed")
    own = replace(
        own,
        noticed=own.noticed - event.chips,
        takings={**own.takings, event.clause: taking},
    )
    return with_round(
        tender,
        own,
        unnoticed=tender.unnoticed + event.chips,
        released=tender.released | {event.clause} if event.spent else tender.released,
    )


def _stand(tender: Tender, event: Any, **changes: Any) -> Tender:
    own = tender.rounds[event.round - 1]
    standing = replace(own.standings[event.clause], **changes)
    return _with(tender, replace(own, standings={**own.standings, event.clause: standing}))


def _with(tender: Tender, own: Round) -> Tender:
    """The tender with a round changed; how first offers stand is kept beside the rounds."""
    if own.kind != FIRST:
        return with_round(tender, own)
    later = [r.standings for r in tender.rounds[own.number :] if r.kind == FIRST]
    last = {c: s for c, s in own.standings.items() if not any(c in asked for asked in later)}
    return with_round(tender, own, first={**tender.first, **last})


ROUNDS: dict[type[ev.TenderEvent], Callable[[Tender, Any], Tender]] = {
    ev.NoticeServed: _notice_served,
    ev.ClockStarted: _clock_started,
    ev.Passed: _passed,
    ev.Answered: _answered,
    ev.Lapsed: _lapsed,
    ev.RightExpired: _right_expired,
    ev.OfferDecided: _offer_decided,
    ev.TurnEnded: _turn_ended,
    ev.TailStarted: _tail_started,
    ev.BidderFreed: _bidder_freed,
    ev.StoodBy: _stood_by,
    ev.TailEnded: _tail_ended,
    ev.TurnsUndone: _turns_undone,
    ev.Signed: _signed,
    ev.TakingFailed: _taking_failed,
}
