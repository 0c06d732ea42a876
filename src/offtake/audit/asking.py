"""Notices, whose clock may start, and how long it runs."""

from __future__ import annotations

from decimal import Decimal

from offtake.audit import quantities, ranking
from offtake.audit.breach import Data, instant, shown
from offtake.audit.clock import Spell, deadline, offset, skipped
from offtake.audit.known import OPEN, Claim, Known, Round, Standing, Tender
from offtake.audit.opening import enlarged, no_bar


def served(known: Known, event: Data) -> None:
    """A round of asking begins."""
    tender = known.tenders[event["tender"]]
    bid = tender.bids.get(event["bid"])
    effective = event["effective"]
    if event["kind"] != "first offer":
        ranking.dealt_with(known, tender, event)
    about = Round(
        number=event["round"],
        kind=event["kind"],
        at=known.at,
        noticed=int(event["chips"]),
        remaining=int(event["chips"]),
        turns=[list(turn) for turn in event["turns"]],
        standings={c: Standing(c) for turn in event["turns"] for c in turn},
        bid=event["bid"],
        party=bid.bidder if bid else event["counterparty"] or "",
        terms=event["terms"],
        effective=None if effective is None else Decimal(effective),
        size=int(event["size"]),
        package=bid.package if bid else None,
        again=event["again"],
    )
    if about.first:
        if not tender.bids_open:
            no_bar(known, tender, "holders of first offers were asked")
        tender.asked_first.update(dict.fromkeys(about.standings, about))
    else:
        no_bar(known, tender, "notice was served", about.party)
    quantities.notice(known, tender, about, event)
    if about.kind == "more chips":
        enlarged(known, tender, about.number)
    tender.rounds[about.number] = about


def started(known: Known, event: Data) -> None:
    """A holder's window begins: nobody before it is still asked, and its length is right."""
    tender, about, claim, standing = placed(known, event)
    if standing.state != "idle":
        known.tell("P3", f"{_said(tender, about)} starts the clock of {claim.clause} twice.")
    _holder(known, tender, claim, event)
    _nobody_before(known, tender, about, claim)
    included = [c for c in _turn_of(about, claim.clause) if _is_asked(known, tender, about, c)]
    parts = [tender.claims[clause].parts for clause in included]
    shares = dict(zip(included, quantities.split(about.remaining, parts), strict=True))
    quantities.counted(
        known, tender, f"round {about.number} asks {claim.clause}",
        int(event["chips"]), shares.get(claim.clause, 0),
    )  # fmt: skip
    standing.state = "noticed"
    standing.chips = int(event["chips"])
    standing.started = known.at
    standing.deadline = instant(event["deadline"])
    _window(known, tender, about, claim, standing, event)
    ends = standing.deadline

    def silent() -> str:
        running = standing.state == "noticed" and standing.deadline == ends
        undone = about.standings.get(claim.clause) is not standing
        if not running or undone or about.state != "asking":
            return ""
        return f"In tender {tender.id} {claim.holder} did not answer under {claim.clause}; no lapse"

    known.watch(tender, ends, "P1", silent)


def passed(known: Known, event: Data) -> None:
    """A holder is not asked, for a reason that the events bear out."""
    tender, about, claim, standing = placed(known, event)
    why = event["why"]
    if standing.state != "idle":
        known.tell("P3", f"{_said(tender, about)} passes {claim.clause} by after asking it.")
    if not _reason_holds(known, tender, about, claim, why):
        known.tell(
            "P1",
            f"{_said(tender, about)} passes {claim.clause} of {claim.holder} by at "
            f"{shown(known.at)} as {why}, which nothing before bears out.",
        )
    standing.state, standing.cleared = why, known.at


def _reason_holds(known: Known, tender: Tender, about: Round, claim: Claim, why: str) -> bool:
    if why == "default":
        return claim.holder in known.defaults
    if why == "expired":
        return claim.expires is not None and known.at > claim.expires
    if why == "not begun":
        return known.at < claim.since
    if why == "counterparty":
        return claim.holder == about.party
    if why == "released":
        return claim.clause in tender.released
    turn = [c for c in _turn_of(about, claim.clause) if _is_asked(known, tender, about, c)]
    shares = quantities.split(about.remaining, [tender.claims[c].parts for c in turn])
    return why == "nothing left" and dict(zip(turn, shares, strict=True)).get(claim.clause) == 0


def _is_asked(known: Known, tender: Tender, about: Round, clause: str) -> bool:
    """Whether a right of a turn has a part in it: nothing keeps it from being asked."""
    claim = tender.claims[clause]
    holder = claim.holder
    return (
        clause not in tender.released
        and not (claim.expires is not None and known.at > claim.expires)
        and holder not in known.defaults
        and (about.first or holder != about.party)
        # Who cleared already, in a turn that a late letter brought back, is not asked again.
        and about.standings[clause].state in ("idle", "noticed", "nothing left")
    )


def _nobody_before(known: Known, tender: Tender, about: Round, claim: Claim) -> None:
    """By the rights' own ranks, whatever order the notice states."""
    for clause, standing in about.standings.items():
        other = tender.claims[clause]
        if other.place < claim.place and standing.state in OPEN:
            known.tell(
                "P1",
                f"{_said(tender, about)} asks {claim.clause} at {shown(known.at)}, though "
                f"{clause} of {other.holder} comes before it and had not cleared.",
            )


def _window(
    known: Known, tender: Tender, about: Round, claim: Claim, standing: Standing, event: Data
) -> None:
    """The stated deadline is that of the right's own window, by the opening's almanac."""
    almanac = tender.almanacs[claim.almanac]
    spell, kind = _spell(tender, about, claim)
    due = deadline(spell, almanac, known.at)
    if standing.deadline != due:
        known.tell(
            "P1",
            f"{_said(tender, about)} gives {claim.clause} until {shown(standing.deadline)}; its "
            f"{kind} of {spell} from {shown(known.at)} ends at {shown(due)}.",
        )
        return
    holidays = [] if spell.unit == "hours" else skipped(almanac, known.at, due)
    if [int(number) for number in event["skipped"]] != holidays:
        known.tell("P1", f"{_said(tender, about)} states other holidays than {claim.almanac} has.")
    if int(event["offset"]) != offset(almanac, due):
        known.tell("P1", f"{_said(tender, about)} states another offset than {claim.almanac} has.")


def _spell(tender: Tender, about: Round, claim: Claim) -> tuple[Spell, str]:
    """The re-offer window is for changed terms, and for who was asked on the terms before."""
    old = tender.rounds[about.again] if about.again is not None else None
    before = old.standings.get(claim.clause) if old else None
    if claim.reoffer and about.kind == "changed terms" and before and before.started is not None:
        return claim.reoffer, "re-offer window"
    return claim.window, "window"


def placed(known: Known, event: Data) -> tuple[Tender, Round, Claim, Standing]:
    """Where an event about one right in one round belongs."""
    tender = known.tenders[event["tender"]]
    about = tender.rounds[event["round"]]
    return tender, about, tender.claims[event["clause"]], about.standings[event["clause"]]


def _turn_of(about: Round, clause: str) -> list[str]:
    return next(turn for turn in about.turns if clause in turn)


def _holder(known: Known, tender: Tender, claim: Claim, event: Data) -> None:
    if event["holder"] != claim.holder:
        known.tell(
            "P1",
            f"In tender {tender.id} {event['holder']} is asked under {claim.clause}, which "
            f"{claim.holder} holds.",
        )


def _said(tender: Tender, about: Round) -> str:
    return f"In tender {tender.id} round {about.number}"
