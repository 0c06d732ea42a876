"""Who may bring an event about: the buyer, the party that it is of, or time alone."""

from __future__ import annotations

from collections.abc import Callable

from offtake.audit.breach import Data
from offtake.audit.known import Known

OF_TIME = frozenset({"BiddingStarted", "RevealStarted", "BidsOpened", "ClockStarted", "Passed"}) | {
    *("Lapsed", "RightExpired", "TurnEnded", "TailStarted", "TailEnded"),
    *("BidderFreed", "TenderClosed"),
}
"""What no command brings about."""

OF_BUYER = frozenset({"Founded", "Admitted", "DefaultRecorded", "TenderOpened"}) | {
    *("BidSetAside", "NoticeDefective", "OfferDecided", "TurnsUndone", "AgreementFailed"),
    *("Breached", "BidsErased", "TenderWithdrawn", "Posted"),
}
"""What the buyer alone brings about."""

Actors = set[str | None]
"""Who may; None is time alone."""


def _lifted(known: Known, event: Data) -> Actors:
    if event["letter"] is not None:
        return {known.buyer}
    return {None} if event["how"] == "expired" else {event["holder"]}


def _of_bidder(known: Known, event: Data) -> Actors:
    tender, name = known.tenders[event["tender"]], event["bid"]
    bid = tender.bids.get(name)
    bidder = bid.bidder if bid is not None else tender.committed.get(name)
    if bidder is not None:
        return {bidder}
    # Whose an erased bid was, nobody can see: any party's but the buyer's.
    by = event["by"]
    return ({None if by is None else by["actor"]} & known.parties) - {known.buyer}


def _failed(known: Known, event: Data) -> Actors:
    if not event["spent"]:
        return {known.buyer}
    return {known.buyer, event["holder"]} if event["why"] == "default" else {None}


def _delivered(known: Known, event: Data) -> Actors:
    return {known.buyer, known.agreements[event["agreement"]].party}


WHOSE: dict[str, Callable[[Known, Data], Actors]] = {
    "Declared": lambda known, e: {known.buyer, e["party"]},
    "Assigned": lambda known, e: {e["holder"]},
    "FloorReached": lambda known, e: {known.buyer, None},
    "BarLifted": _lifted,
    "BidReceived": lambda known, e: {e["bid"]["bidder"]},
    "BidCommitted": lambda known, e: {e["bidder"]},
    "BidRecalled": _of_bidder,
    "BidRevised": _of_bidder,
    "StoodBy": _of_bidder,
    "NoticeServed": lambda known, e: {known.buyer, *([None] if e["kind"] == "first offer" else [])},
    "Answered": lambda known, e: {e["holder"] if e["letter"] is None else known.buyer},
    "Signed": lambda known, e: {known.buyer, *([e["party"]] if e["clause"] is not None else [])},
    "TakingFailed": _failed,
    "Delivered": _delivered,
}
"""Whose command brings an event about, by its type, where that is not plain."""


def look(known: Known, event: Data) -> None:
    """Tell of an event that somebody brought about whose it is not to."""
    name, by = event["type"], event["by"]
    actor = None if by is None else by["actor"]
    if (name == "Founded") != (known.number == 0):
        what = "the desk is founded a second time" if known.number else "no desk is founded"
        known.tell("P3", f"{name}: {what}; that is the first event, and no other.")
    if name == "Founded":
        good = actor == event["buyer"]
    elif name in OF_TIME:
        good = actor is None
    elif name in OF_BUYER:
        good = actor == known.buyer
    elif name == "Refused":
        good = actor is not None
    else:
        good = actor in WHOSE[name](known, event)
    if actor is not None and name != "Founded" and actor not in known.parties:
        good = False
    if not good:
        who = "time alone" if actor is None else str(actor)
        known.tell("P3", f"{name} was brought about by {who}, whose it is not to.")


def founded(known: Known, event: Data) -> None:
    """The desk begins, once; who asks for it is its buyer."""
    if not known.buyer:
        known.buyer = event["buyer"]
        known.parties.update([event["buyer"], *event["parties"], *event["auditors"]])


def admitted(known: Known, event: Data) -> None:
    """More parties are let in."""
    known.parties.update(event["parties"])
