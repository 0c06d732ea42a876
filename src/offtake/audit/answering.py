"""Answers, in time or late; silence; rights that end; answers that a timely letter undoes."""

from __future__ import annotations

from offtake.audit.asking import placed
from offtake.audit.breach import Data, instant, shown
from offtake.audit.known import OPEN, Claim, Known, Round, Standing, Tender

STATES = {
    "take": "taken",
    "waive": "waived",
    "counter": "countered",
    "unable": "unable",
    "offer": "offered",
}


def answered(known: Known, event: Data) -> None:
    """A holder answers: itself, in its window, once; or by letter that came within it."""
    tender, about, claim, standing = placed(known, event)
    kind, late = event["kind"], standing.state == "silent" and event["letter"] is not None
    holder = claim.holder
    if event["holder"] != holder:
        known.tell(
            "P1",
            f"In tender {tender.id} {event['holder']} answers under {claim.clause}, which "
            f"{holder} holds.",
        )
    if standing.state != "noticed" and not late:
        known.tell(
            "P3",
            f"In tender {tender.id} round {about.number} {holder} answers under {claim.clause}, "
            f"which is {standing.state}.",
        )
        return
    _in_time(known, tender, claim, standing, event)
    final = kind != "counter" or claim.mirror
    if event["final"] is not final:
        known.tell(
            "P1",
            f"In tender {tender.id} a counter of {holder} is "
            f"{'a' if event['final'] else 'no'} refusal; under {claim.clause} it is "
            f"{'a' if final else 'no'} refusal.",
        )
    if not final:
        return
    if kind in ("take", "offer"):
        _size(known, tender, claim, standing, event)
        standing.wanted, standing.over = int(event["chips"]), int(event["over"])
        standing.terms = event["terms"] or about.terms
    standing.state = STATES[kind]
    if late and kind == "offer" and about.state == "done":
        # What was asked first is out to bids: the offer can only bound what others are paid.
        standing.state = "declined"
    if kind != "offer" and (kind == "take" or not late):
        standing.cleared = known.at


def _in_time(known: Known, tender: Tender, claim: Claim, standing: Standing, event: Data) -> None:
    received, letter = instant(event["received"]), event["letter"]
    who = f"In tender {tender.id} the answer of {event['holder']} under {claim.clause}"
    if letter is None and received != known.at:
        known.tell("P1", f"{who} was received at {shown(received)}, not {shown(known.at)}.")
    if letter is not None and instant(letter["received"]) != received:
        known.tell("P1", f"{who} states two instants of receipt.")
    if received > known.at:
        known.tell("P1", f"{who} is recorded before it was received, at {shown(received)}.")
    if standing.started is not None and received < standing.started:
        known.tell("P1", f"{who} was received at {shown(received)}, before it was asked.")
    if standing.deadline is not None and received > standing.deadline:
        known.tell(
            "P1",
            f"{who} was received at {shown(received)}, after its window had ended at "
            f"{shown(standing.deadline)}.",
        )


def _size(known: Known, tender: Tender, claim: Claim, standing: Standing, event: Data) -> None:
    chips, over = int(event["chips"]), int(event["over"])
    part = chips < standing.chips
    small = event["kind"] == "take" and part and (claim.partial is None or chips < claim.partial)
    if not 0 < chips <= standing.chips or small or over < 0 or (over and part):
        known.tell(
            "P2",
            f"In tender {tender.id} {chips} chips (and {over} more) are taken under "
            f"{claim.clause}, of {standing.chips} asked.",
        )


def lapsed(known: Known, event: Data) -> None:
    """Silence is waiver at the deadline, not before."""
    tender, about, claim, standing = placed(known, event)
    if standing.state != "noticed":
        known.tell(
            "P3",
            f"In tender {tender.id} round {about.number} {claim.clause} lapses, which is "
            f"{standing.state}.",
        )
        return
    if standing.deadline is None or known.at < standing.deadline:
        known.tell(
            "P1",
            f"In tender {tender.id} {claim.clause} of {claim.holder} lapses at "
            f"{shown(known.at)}, before its window ends at {shown(standing.deadline)}.",
        )
    standing.state, standing.cleared = "silent", known.at


def right_expired(known: Known, event: Data) -> None:
    """A right that does not survive its end is gone once that has come."""
    tender, _, claim, standing = placed(known, event)
    if claim.survives or claim.expires is None or known.at < claim.expires:
        why = "survives its end" if claim.survives else f"holds until {shown(claim.expires)}"
        known.tell(
            "P1",
            f"In tender {tender.id} {claim.clause} of {claim.holder} is dropped as expired "
            f"at {shown(known.at)}; it {why}.",
        )
    standing.state, standing.cleared = "expired", known.at


def offer_decided(known: Known, event: Data) -> None:
    """The buyer accepts a first offer, or declines it."""
    tender, _, claim, standing = placed(known, event)
    if standing.state != "offered":
        known.tell("P3", f"In tender {tender.id} no offer under {claim.clause} is open.")
        return
    standing.state = "taken" if event["accepted"] else "declined"
    standing.cleared = known.at


def undone(known: Known, event: Data) -> None:
    """A timely letter came to record: what was asked after it is void, its chips are free again."""
    tender = known.tenders[event["tender"]]
    about = tender.rounds[event["round"]]
    turn = int(event["turn"])
    for taking in [t for t in about.takings if t.turn >= turn and t.state != "failed"]:
        if taking.state != "closing":
            known.tell(
                "P2", f"In tender {tender.id} what was signed under {taking.clause} is undone."
            )
        about.takings.remove(taking)
        about.remaining += taking.chips
    if about.state == "done" and about.returned:
        tender.unnoticed -= about.returned
        about.noticed += about.returned
        about.remaining += about.returned
        about.returned = 0
    for later in about.turns[turn + 1 :]:
        for clause in later:
            about.standings[clause] = Standing(clause)
    about.turn, about.state, about.ends = turn, "asking", None


def cleared_all(known: Known, tender: Tender, about: Round, clauses: list[str], what: str) -> None:
    """Tell of each of these rights that is still being asked, or never was."""
    for clause in clauses:
        if about.standings[clause].state in OPEN:
            known.tell(
                "P1",
                f"In tender {tender.id} round {about.number} {what} at {shown(known.at)}, though "
                f"{clause} of {tender.claims[clause].holder} had not cleared.",
            )
