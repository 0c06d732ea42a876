"""What a rank takes, until when it must sign and deliver, and until when the rest may be sold."""

from __future__ import annotations

from offtake.audit import quantities
from offtake.audit.answering import cleared_all
from offtake.audit.breach import Data, day, maybe_instant, shown
from offtake.audit.clock import day_end, days_after, deadline, tail
from offtake.audit.known import TAILED, Claim, Known, Round, Standing, Taking, Tender


def turn_ended(known: Known, event: Data) -> None:
    """All of one rank have answered; each gets what it took, and what others left to it."""
    tender = known.tenders[event["tender"]]
    about = tender.rounds[event["round"]]
    turn = int(event["turn"])
    if turn != about.turn or turn >= len(about.turns):
        known.tell("P3", f"In tender {tender.id} turn {turn} of round {about.number} ends amiss.")
        return
    clauses = about.turns[turn]
    cleared_all(known, tender, about, clauses, f"turn {turn} ended")
    takers = [about.standings[clause] for clause in clauses if _takes(about, clause)]
    due = _allotment(tender, about, takers)
    stated = {each["clause"]: each for each in event["allotted"]}
    for clause in sorted({*due, *stated}):
        chips = int(stated[clause]["chips"]) if clause in stated else 0
        what = f"turn {turn} of round {about.number} gives {clause}"
        quantities.counted(known, tender, what, chips, due.get(clause, 0))
        if clause in stated and clause in about.standings:
            taking = Taking(
                clause,
                stated[clause]["holder"],
                turn,
                chips,
                maybe_instant(stated[clause]["closing"]),
                maybe_instant(stated[clause]["delivery"]),
            )
            about.takings.append(taking)
            about.remaining -= chips
            _dates(known, tender, about.standings[clause], taking)
            _watch(known, tender, about, taking)
    quantities.counted(
        known, tender, f"turn {turn} of round {about.number} leaves",
        int(event["left"]), about.remaining,
    )  # fmt: skip
    about.turn += 1
    if about.remaining == 0:
        about.state = "done"
        if about.first:
            about.ends = known.at


def _takes(about: Round, clause: str) -> bool:
    kept = any(t.clause == clause and t.state != "failed" for t in about.takings)
    return about.standings[clause].state == "taken" and not kept


def _allotment(tender: Tender, about: Round, takers: list[Standing]) -> dict[str, int]:
    """What was taken, and what is left over to those who took all and asked for more."""
    due = {standing.clause: standing.wanted for standing in takers}
    left = about.remaining - sum(due.values())
    more = [s for s in takers if s.wanted == s.chips and s.over > 0]
    parts = [tender.claims[standing.clause].parts for standing in more]
    given = quantities.spread(left, [standing.over for standing in more], parts)
    for standing, chips in zip(more, given, strict=True):
        due[standing.clause] += chips
    return due


def _dates(known: Known, tender: Tender, standing: Standing, taking: Taking) -> None:
    """The last instants for signature and delivery, grace included."""
    claim = tender.claims[taking.clause]
    almanac = tender.almanacs[claim.almanac]
    closing = None
    if claim.closing is not None:
        last = deadline(claim.closing, almanac, known.at)
        closing = days_after(claim.grace, claim.closing.closes, almanac, last)
    delivery = None
    if standing.terms is not None:
        delivery = day_end(day(standing.terms["start"]) + claim.grace, almanac)
    for what, stated, found in (
        ("sign", taking.closing, closing),
        ("deliver", taking.delivery, delivery),
    ):
        if stated != found:
            known.tell(
                "P1",
                f"In tender {tender.id} {claim.holder} has until {shown(stated)} to {what} "
                f"what it took under {claim.clause}; it is {shown(found)}.",
            )


def _watch(known: Known, tender: Tender, about: Round, taking: Taking) -> None:
    """A holder that does not sign or deliver in time has failed, and that is recorded."""

    def unsigned() -> str:
        if taking.state != "closing" or taking not in about.takings:
            return ""
        return f"In tender {tender.id} {taking.holder} did not sign what it took; no failure"

    def undelivered() -> str:
        if taking.state != "signed":
            return ""
        return f"In tender {tender.id} {taking.holder} did not deliver what it took; no failure"

    known.watch(tender, taking.closing, "P3", unsigned)
    known.watch(tender, taking.delivery, "P3", undelivered)


def tail_started(known: Known, event: Data) -> None:
    """Everybody was asked; the rest may be sold until the first of the tails ends."""
    tender = known.tenders[event["tender"]]
    about = tender.rounds[event["round"]]
    cleared_all(known, tender, about, list(about.standings), "the tail began")
    if about.turn < len(about.turns):
        known.tell(
            "P3",
            f"In tender {tender.id} the tail of round {about.number} begins before its turn "
            f"{about.turn} has ended.",
        )
    quantities.counted(
        known, tender, f"the tail of round {about.number} begins",
        int(event["left"]), about.remaining,
    )  # fmt: skip
    tails = [end for c in about.standings if (end := tail_of(tender, about, c)) is not None]
    found = min(tails, default=None)
    about.ends = maybe_instant(event["ends"])
    if about.ends != found:
        known.tell(
            "P1",
            f"In tender {tender.id} the tail of round {about.number} ends at "
            f"{shown(about.ends)}; by the rights that were asked it ends at {shown(found)}.",
        )
    about.state = "tail"
    ends = about.ends

    def unsold() -> str:
        if about.state != "tail" or about.ends != ends:
            return ""
        return f"In tender {tender.id} {about.remaining} chips were not signed; no end of the tail"

    if about.first:
        quantities.unsold(tender, about)
    else:
        # The first tail may have ended while a lower rank was still asked.
        known.watch(tender, None if ends is None else max(ends, known.at), "P3", unsold)


def tail_of(tender: Tender, about: Round, clause: str) -> int | None:
    """When the tail of one right in one round ends; None if it has none, or does not outlive it."""
    claim, standing = tender.claims[clause], about.standings[clause]
    if claim.tail is None or standing.cleared is None or standing.state not in TAILED:
        return None
    end = tail(claim.tail, tender.almanacs[claim.almanac], standing.cleared)
    if _gone_before(claim, end):
        return None
    return end


def _gone_before(claim: Claim, end: int) -> bool:
    return not claim.survives and claim.expires is not None and claim.expires < end


def tail_ended(known: Known, event: Data) -> None:
    """The tail passed: what remains needs a fresh notice."""
    tender = known.tenders[event["tender"]]
    about = tender.rounds[event["round"]]
    quantities.counted(
        known, tender, f"the tail of round {about.number} ends",
        int(event["left"]), about.remaining,
    )  # fmt: skip
    if about.ends is None or known.at < about.ends:
        known.tell(
            "P1",
            f"In tender {tender.id} the tail of round {about.number} is ended at "
            f"{shown(known.at)}; it lasts until {shown(about.ends)}.",
        )
    quantities.unsold(tender, about)


def set_aside(known: Known, event: Data) -> None:
    """A bid is left out: its rounds end."""
    tender = known.tenders[event["tender"]]
    tender.aside.add(event["bid"])
    for about in tender.rounds.values():
        if about.bid == event["bid"] and about.state in ("asking", "tail"):
            quantities.unsold(tender, about)


def taking_failed(known: Known, event: Data) -> Taking | None:
    """What a holder took is released, for a reason that the events bear out.

    Its right is spent by its own failure alone, never by the buyer's word.
    """
    tender = known.tenders[event["tender"]]
    about = tender.rounds[event["round"]]
    claim, why = tender.claims[event["clause"]], event["why"]
    live = [t for t in about.takings if t.clause == claim.clause and t.state != "failed"]
    if not live:
        known.tell("P3", f"In tender {tender.id} nothing taken under {claim.clause} can fail.")
        return None
    taking = live[-1]
    limits = {"closing missed": ("closing", taking.closing)}
    limits["delivery missed"] = ("signed", taking.delivery)
    if not event["spent"]:
        holds = taking.state in ("signed", "delivered")
    elif why in limits:
        state, last = limits[why]
        holds = taking.state == state and last is not None and known.at >= last
    else:
        holds = why == "default" and taking.state == "closing" and taking.holder in known.defaults
    what = f"the right {claim.clause}" if event["spent"] else f"what was taken under {claim.clause}"
    if not holds:
        known.tell(
            "P1",
            f"In tender {tender.id} {what} of {claim.holder} is released at {shown(known.at)} "
            f"({why}), which nothing before bears out.",
        )
    quantities.taking_failed(known, tender, about, taking, event)
    if event["spent"]:
        tender.released.add(claim.clause)
    return taking
