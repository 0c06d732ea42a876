"""Nobody was passed over when an agreement was signed (P1)."""

from __future__ import annotations

from decimal import Decimal

from offtake.audit import chain, price, quantities, ranking, turns
from offtake.audit.breach import Data, instant, shown
from offtake.audit.known import OPEN, PROTECTING, TAILED, Agreement, Claim, Known, Round, Tender
from offtake.audit.opening import no_bar


def signed(known: Known, event: Data) -> None:
    """An agreement, with a holder that took or with somebody else."""
    tender = known.tenders[event["tender"]]
    if event["clause"] is None:
        ranking.dealt_with(known, tender, event)
        _with_others(known, tender, event)
        quantities.bought(known, tender, event)
    else:
        _with_holder(known, tender, event)
    agreement = Agreement(
        event["agreement"], tender.id, event["round"], event["clause"], event["party"],
        event["bid"], int(event["chips"]), chain.charge(known, tender, event),
    )  # fmt: skip
    known.agreements[agreement.id] = agreement
    tender.agreements.append(agreement)


def _with_others(known: Known, tender: Tender, event: Data) -> None:
    no_bar(known, tender, f"an agreement with {event['party']} was signed", event["party"])
    bid = tender.bids.get(event["bid"])
    if bid is None or bid.bidder != event["party"]:
        known.tell(
            "P1",
            f"In tender {tender.id} {event['party']} signs on the bid {event['bid']}, which is not "
            "its own.",
        )
    about = None if event["round"] is None else tender.rounds[event["round"]]
    if about is not None and about.state != "tail":
        state = "is still asking" if about.state == "asking" else "is over"
        known.tell(
            "P1",
            f"{_deal(tender, event)} is signed at {shown(known.at)} in round {about.number}, "
            f"which {state}.",
        )
    for claim in tender.claims.values():
        if claim.holder == event["party"]:
            continue
        if not claim.first and about is not None:
            _refusal(known, tender, about, claim, event)
        elif claim.clause in tender.released:
            continue
        elif claim.first:
            _first_offer(known, tender, claim, event)
        elif claim.in_force(known.at):
            _never_asked(known, tender, claim, event)
    if about is not None:
        _as_stated(known, tender, about, event)


def _refusal(known: Known, tender: Tender, about: Round, claim: Claim, event: Data) -> None:
    """A right of first refusal was asked in this round, and on no better terms than these."""
    standing = about.standings.get(claim.clause)
    state = standing.state if standing else ""
    if state not in PROTECTING:
        excused = state == "nothing left" or not claim.in_force(known.at)
        excused = excused or (state == "default" and claim.holder in known.defaults)
        excused = excused or claim.clause in tender.released
        if state in OPEN and claim.in_force(known.at):
            known.tell(
                "P1",
                f"{_deal(tender, event)} is signed at {shown(known.at)}, though "
                f"{claim.holder} had not answered under {claim.clause} and its window had "
                f"not ended ({shown(standing.deadline if standing else None)}).",
            )
        elif not excused:
            _never_asked(known, tender, claim, event)
        return
    if not claim.survives and not claim.in_force(known.at):
        return
    end = turns.tail_of(tender, about, claim.clause)
    if end is not None and known.at > end:
        known.tell(
            "P1",
            f"{_deal(tender, event)} is signed at {shown(known.at)}, after the tail of "
            f"{claim.clause} of {claim.holder} had ended at {shown(end)}.",
        )
    if event["bid"] != about.bid and not claim.anyone:
        known.tell(
            "P1",
            f"{_deal(tender, event)} is signed, though {claim.holder} was given notice of "
            f"{about.party}'s bid under {claim.clause}.",
        )
    _terms(known, tender, about, claim, event)


def _terms(known: Known, tender: Tender, about: Round, claim: Claim, event: Data) -> None:
    if about.terms is None or about.effective is None:
        known.tell("P1", f"{_deal(tender, event)} is signed on terms that were not noticed.")
        return
    moved = price.moved(event["terms"], about.terms)
    if moved:
        known.tell(
            "P1",
            f"{_deal(tender, event)} is signed with {moved} than {claim.holder} was given "
            f"notice of under {claim.clause}.",
        )
    now, then = _prices(tender, about, claim, event)
    if price.dearer(now, then, claim.rise):
        known.tell(
            "P1",
            f"{_deal(tender, event)} is signed at {now} per reference chip-hour; "
            f"{claim.holder} was given notice of {then} under {claim.clause}.",
        )


def _prices(tender: Tender, about: Round, claim: Claim, event: Data) -> tuple[Decimal, Decimal]:
    """The prices signed and noticed, at the right's rate.

    Where bids are ranked at that rate as well, the events state them, packages aside.
    """
    bid = tender.bids.get(event["bid"])
    then = about.terms
    packaged = about.package is not None or (bid is not None and bid.package is not None)
    if bid is None or then is None or (claim.rate == tender.rate and not packaged):
        return Decimal(event["effective"]), about.effective or Decimal(0)
    return (
        _price(tender, claim, event["terms"], bid.chips, bid.package),
        _price(tender, claim, then, about.size, about.package),
    )


def _price(
    tender: Tender, claim: Claim, terms: Data, chips: int, package: price.Package | None
) -> Decimal:
    parts = package if claim.by_worth else None
    return round(price.effective(terms, tender.lot, chips, claim.rate, parts), 12)


def _first_offer(known: Known, tender: Tender, claim: Claim, event: Data) -> None:
    """A right of first offer was asked, its tail lasts, and its offer was not outbid unduly.

    One that has expired and survives that bounds the price until its tail ends, and no more.
    """
    about = tender.asked_first.get(claim.clause)
    in_force = claim.in_force(known.at)
    if about is None:
        if in_force:
            _never_asked(known, tender, claim, event)
        return
    standing = about.standings[claim.clause]
    ends = [e for e in (about.ends, turns.tail_of(tender, about, claim.clause)) if e is not None]
    past = bool(ends) and known.at > min(ends)
    if not in_force and (past or not claim.survives):
        return
    if standing.state in OPEN and in_force:
        known.tell(
            "P1",
            f"{_deal(tender, event)} is signed at {shown(known.at)}, though what "
            f"{claim.holder} was asked first under {claim.clause} is still open.",
        )
    if standing.state in TAILED and past:
        known.tell(
            "P1",
            f"{_deal(tender, event)} is signed at {shown(known.at)}, after the tail of "
            f"{claim.clause} of {claim.holder} had ended at {shown(min(ends))}.",
        )
    bid = tender.bids.get(event["bid"])
    if standing.state != "declined" or standing.terms is None or bid is None:
        return
    now = _price(tender, claim, event["terms"], bid.chips, bid.package)
    offered = _price(tender, claim, standing.terms, standing.wanted, None)
    if price.dearer(now, offered, claim.ceiling - 1):
        known.tell(
            "P1",
            f"{_deal(tender, event)} is signed at {now} per reference chip-hour, above "
            f"{claim.ceiling} times the {offered} that {claim.holder} offered first under "
            f"{claim.clause}.",
        )


def _never_asked(known: Known, tender: Tender, claim: Claim, event: Data) -> None:
    known.tell(
        "P1",
        f"{_deal(tender, event)} is signed at {shown(known.at)}, though {claim.holder} was "
        f"never asked about it under {claim.clause}.",
    )


def _deal(tender: Tender, event: Data) -> str:
    return (
        f"In tender {tender.id} the agreement {event['agreement']} with {event['party']} about "
        f"{event['chips']} chips"
    )


def _as_stated(known: Known, tender: Tender, about: Round, event: Data) -> None:
    """How the agreement says that each right had cleared is how the events say it."""
    for stated in event["cleared"]:
        standing = about.standings.get(stated["clause"])
        if standing is None or standing.state not in PROTECTING:
            continue
        told = (stated["how"], instant(stated["since"]))
        if told != (standing.state, standing.cleared):
            known.tell(
                "P1",
                f"{_deal(tender, event)} says that {stated['clause']} was {told[0]} at "
                f"{shown(told[1])}; it was {standing.state} at {shown(standing.cleared)}.",
            )


def _with_holder(known: Known, tender: Tender, event: Data) -> None:
    """A holder signs what it took, no more, in time, and not in default."""
    about = tender.rounds[event["round"]]
    clause = event["clause"]
    live = [t for t in about.takings if t.clause == clause and t.state == "closing"]
    if not live:
        known.tell(
            "P1", f"{_deal(tender, event)} is signed, though nothing was taken under {clause}."
        )
        return
    taking = live[-1]
    quantities.counted(
        known, tender, f"what was taken under {clause} is signed",
        int(event["chips"]), taking.chips,
    )  # fmt: skip
    if event["party"] != taking.holder:
        known.tell("P1", f"{_deal(tender, event)} is signed, though {taking.holder} took it.")
    if taking.holder in known.defaults:
        known.tell(
            "P1",
            f"{_deal(tender, event)} is signed at {shown(known.at)}, though {taking.holder} is in "
            "default.",
        )
    if taking.closing is not None and known.at > taking.closing:
        known.tell(
            "P1",
            f"{_deal(tender, event)} is signed at {shown(known.at)}; it had to be by "
            f"{shown(taking.closing)}.",
        )
    taking.state, taking.agreement = "signed", event["agreement"]


def delivered(known: Known, event: Data) -> None:
    """An agreement's capacity is in service."""
    agreement = known.agreements[event["agreement"]]
    if agreement.state != "signed":
        known.tell("P3", f"The agreement {agreement.id} is delivered; it is {agreement.state}.")
    agreement.state = "delivered"
    for about in known.tenders[agreement.tender].rounds.values():
        for taking in about.takings:
            if taking.agreement == agreement.id:
                taking.state = "delivered"


def agreement_failed(known: Known, event: Data) -> None:
    """An agreement with a third party failed: its chips and its capacity are free again."""
    agreement = known.agreements[event["agreement"]]
    if agreement.state != "failed":
        quantities.agreement_failed(known, agreement, event)
    chain.give_back(known, agreement)


def taking_failed(known: Known, event: Data) -> None:
    """A holder that took has failed."""
    taking = turns.taking_failed(known, event)
    if taking is not None and taking.agreement:
        chain.give_back(known, known.agreements[taking.agreement])
