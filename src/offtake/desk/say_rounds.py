"""The sentences of what happens in a round of asking: notices, answers, and what follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from offtake.desk import events as ev
from offtake.desk import phrases as ph
from offtake.desk.events import Event

# --- notices and answers --------------------------------------------------------------------------

_KINDS = {
    "first offer": "offers are asked for under",
    "first refusal": "it may be taken under",
    "changed terms": "the changed terms may be taken under",
    "more chips": "the increment alone may be taken under",
}


def _served(event: ev.NoticeServed) -> str:
    order = ", then under ".join(ph.listed(turn) for turn in event.turns)
    told = [
        f"Notice {event.round} in the tender {event.tender} began at {ph.instant(event.at)} for "
        f"{ph.chips(event.chips)}"
    ]
    if event.terms is not None:
        by = "" if event.counterparty is None else f" of {event.counterparty}"
        told.append(f"the bid {event.bid}{by} is noticed at {ph.terms(event.terms)}")
    if event.effective is not None:
        told.append(f"its effective price is {ph.price(event.effective)}")
    if event.again is not None:
        told.append(f"it takes the place of notice {event.again}, of which nothing runs any more")
    if event.short:
        told.append(f"the shorter window runs under {ph.listed(event.short)}")
    told.append(f"{_KINDS[event.kind]} {order or 'no right'}")
    return "; ".join(told) + "."


def _defective(event: ev.NoticeDefective) -> str:
    return (
        f"The notice of the bid {event.bid} in the tender {event.tender} at "
        f"{ph.instant(event.at)} was defective, as it did not state {ph.listed(event.missing)}: "
        "no window runs, and a complete notice starts a whole one."
    )


def _clock(event: ev.ClockStarted) -> str:
    skipped = f", leaving out {ph.days(event.skipped)}" if event.skipped else ""
    return (
        f"{event.holder} received notice {event.round} in the tender {event.tender} under "
        f"{event.clause} on {ph.chips(event.chips)} at {ph.instant(event.at)} and may answer up to "
        f"and including {ph.instant(event.deadline)} (clocks there at {ph.local(event.offset)}"
        f"{skipped})."
    )


_PASSED = {
    "default": "is in default, which suspends its right",
    "expired": "holds the right no longer, as it expired",
    "counterparty": "is itself the counterparty",
    "released": "spent its right on this lot when its taking failed",
    "nothing left": "comes after others that took all there was",
}


def _passed(event: ev.Passed) -> str:
    why = _PASSED.get(event.why, event.why)
    return (
        f"{event.holder} is not asked under {event.clause} in notice {event.round} of the tender "
        f"{event.tender}: at {ph.instant(event.at)} it {why}."
    )


def _answered(event: ev.Answered) -> str:
    return (
        f"{event.holder} {_ANSWERS[event.kind](event)} under {event.clause} in notice "
        f"{event.round} of the tender {event.tender}, received at {ph.instant(event.received)}"
        f"{ph.letter(event.letter)}."
    )


def _take(event: ev.Answered) -> str:
    more = f" and up to {ph.chips(event.over)} that equal holders leave" if event.over else ""
    on = "on the noticed terms" if event.terms is None else f"at {ph.terms(event.terms)}"
    via = f", hosted by {ph.listed(event.via)} while it stays liable," if event.via else ""
    return f"took {ph.chips(event.chips)}{more} {on}{via}"


def _counter(event: ev.Answered) -> str:
    terms = "" if event.terms is None else f" at {ph.terms(event.terms)}"
    if event.final:
        return f"answered otherwise than noticed{terms}, which is a refusal"
    return f"answered otherwise than noticed{terms}, which leaves its window running,"


def _offer(event: ev.Answered) -> str:
    terms = "" if event.terms is None else f" at {ph.terms(event.terms)}"
    price = (
        "" if event.effective is None else f", an effective price of {ph.price(event.effective)}"
    )
    return f"offered {ph.chips(event.chips)}{terms}{price},"


_ANSWERS: dict[str, Callable[[ev.Answered], str]] = {
    "take": _take,
    "counter": _counter,
    "offer": _offer,
    "waive": lambda event: "waived its right",
    "unable": lambda event: "said that it is unable to serve",
}


def _lapsed(event: ev.Lapsed) -> str:
    return (
        f"{event.holder} has said nothing by {ph.instant(event.at)} to notice {event.round} of the "
        f"tender {event.tender}; under {event.clause} silence is a waiver."
    )


def _right_expired(event: ev.RightExpired) -> str:
    return (
        f"{event.clause} expired at {ph.instant(event.at)} and does not survive its end: "
        f"{event.holder} is asked no longer in notice {event.round} of the tender {event.tender}."
    )


def _offer_decided(event: ev.OfferDecided) -> str:
    told = "accepted" if event.accepted else "declined"
    then = (
        "it takes what it offered"
        if event.accepted
        else "others may be dealt with as far as the ceiling on its price allows"
    )
    return (
        f"{ph.actor(event)} {told} the offer of {event.holder} under {event.clause} in notice "
        f"{event.round} of the tender {event.tender} at {ph.instant(event.at)}; {then}."
    )


# --- what follows ---------------------------------------------------------------------------------


def _turn_ended(event: ev.TurnEnded) -> str:
    told = "; ".join(_allotted(one) for one in event.allotted) or "nobody takes any"
    return (
        f"Turn {event.turn + 1} of notice {event.round} in the tender {event.tender} was done at "
        f"{ph.instant(event.at)}: {told}; {ph.chips(event.left)} are left."
    )


def _allotted(one: ev.Allotted) -> str:
    until = "" if one.closing is None else f", to be signed by {ph.instant(one.closing)}"
    by = "" if one.delivery is None else f", to be delivered by {ph.instant(one.delivery)}"
    return f"{one.holder} takes {ph.chips(one.chips)} under {one.clause}{until}{by}"


def _tail(event: ev.TailStarted) -> str:
    until = "without a last day" if event.ends is None else f"by {ph.instant(event.ends)}"
    return (
        f"Everybody has been asked in notice {event.round} of the tender {event.tender} by "
        f"{ph.instant(event.at)}: the remaining {ph.chips(event.left)} may be dealt with as "
        f"noticed, {until}."
    )


def _freed(event: ev.BidderFreed) -> str:
    return (
        f"The bid {event.bid} in the tender {event.tender} is free from {ph.instant(event.at)}, as "
        f"the remainder of {ph.chips(event.left)} in notice {event.round} is smaller than it sells."
    )


def _stood_by(event: ev.StoodBy) -> str:
    return (
        f"{ph.actor(event)} stands by the bid {event.bid} for the remainder of notice "
        f"{event.round} in the tender {event.tender}, as it said at {ph.instant(event.at)}."
    )


def _tail_ended(event: ev.TailEnded) -> str:
    return (
        f"The tail of notice {event.round} in the tender {event.tender} ended at "
        f"{ph.instant(event.at)} with {ph.chips(event.left)} unsigned: the rights on them have "
        "revived, and a fresh notice is needed."
    )


def _undone(event: ev.TurnsUndone) -> str:
    void = (
        f"the asking of {ph.listed(event.clauses)} is void, to be begun anew"
        if event.clauses
        else "nobody had been asked after it"
    )
    return (
        f"In notice {event.round} of the tender {event.tender} turn {event.turn + 1} was taken up "
        f"again at {ph.instant(event.at)} ({ph.given(event.why)}): {void}."
    )


def _signed(event: ev.Signed) -> str:
    via = f", hosted by {ph.listed(event.via)}" if event.via else ""
    right = f" under its right {event.clause}" if event.clause is not None else ""
    stood = "; ".join(_cleared(one) for one in event.cleared)
    after = f" Rights on it: {stood}." if stood else ""
    return (
        f"{ph.actor(event)} signed {event.agreement} with {event.party}{right} in the tender "
        f"{event.tender} at {ph.instant(event.at)}: {ph.chips(event.chips)} at "
        f"{ph.terms(event.terms)}{via}, an effective price of {ph.price(event.effective)}.{after}"
    )


_CLEARED = {
    "taken": "took its part",
    "waived": "waived",
    "silent": "was silent",
    "countered": "answered otherwise",
    "unable": "was unable",
    "declined": "saw its offer declined",
}


def _cleared(one: ev.Cleared) -> str:
    did = _CLEARED.get(one.how, f"was passed by ({one.how})")
    until = "" if one.tail is None else f"; others may be signed with until {ph.instant(one.tail)}"
    return f"{one.holder} {did} under {one.clause} at {ph.instant(one.since)}{until}"


def _taking_failed(event: ev.TakingFailed) -> str:
    of = f" ({event.agreement})" if event.agreement else ""
    right = (
        "Its right on this lot is spent and the chips are released."
        if event.spent
        else "Its right stands, and the chips are asked about anew."
    )
    return (
        f"The taking of {ph.chips(event.chips)} by {event.holder} under {event.clause} in notice "
        f"{event.round} of the tender {event.tender}{of} failed at {ph.instant(event.at)}: "
        f"{ph.given(event.why)}. {right}"
    )


def _delivered(event: ev.Delivered) -> str:
    return (
        f"The capacity of {event.agreement} in the tender {event.tender} is in service, as "
        f"{ph.actor(event)} recorded at {ph.instant(event.at)}."
    )


def _agreement_failed(event: ev.AgreementFailed) -> str:
    return (
        f"{event.agreement} in the tender {event.tender} failed at {ph.instant(event.at)}: "
        f"{ph.given(event.why)}. Its {ph.chips(event.chips)} need a fresh notice."
    )


def _breached(event: ev.Breached) -> str:
    return (
        f"The right of {event.holder} under {event.clause} in notice {event.round} of the tender "
        f"{event.tender} was breached: others signed past its answer{ph.letter(event.letter)}, "
        f"which was in time; recorded at {ph.instant(event.at)}."
    )


ROUNDS: dict[type[Event], Callable[[Any], str]] = {
    ev.NoticeServed: _served,
    ev.NoticeDefective: _defective,
    ev.ClockStarted: _clock,
    ev.Passed: _passed,
    ev.Answered: _answered,
    ev.Lapsed: _lapsed,
    ev.RightExpired: _right_expired,
    ev.OfferDecided: _offer_decided,
    ev.TurnEnded: _turn_ended,
    ev.TailStarted: _tail,
    ev.BidderFreed: _freed,
    ev.StoodBy: _stood_by,
    ev.TailEnded: _tail_ended,
    ev.TurnsUndone: _undone,
    ev.Signed: _signed,
    ev.TakingFailed: _taking_failed,
    ev.Delivered: _delivered,
    ev.AgreementFailed: _agreement_failed,
    ev.Breached: _breached,
}
"""By the class of the event."""
