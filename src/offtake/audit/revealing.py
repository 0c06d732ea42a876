"""Bids that were committed to before bidding closed, and until when they may be revealed."""

from __future__ import annotations

from offtake.audit.breach import Data, instant, shown
from offtake.audit.clock import deadline
from offtake.audit.known import Known, Tender


def watch_end(known: Known, tender: Tender, closes: int) -> None:
    """When bidding closes, bids are opened, or begin to be revealed; that is recorded."""

    def nothing() -> str:
        if tender.bids_open or tender.revealing:
            return ""
        what = "opening of bids" if tender.reveal is None else "start of the revealing"
        return f"In tender {tender.id} no {what}"

    known.watch(tender, closes, "P3", nothing)


def committed(known: Known, event: Data) -> None:
    """A party bound itself to a bid that nobody can read yet, while bidding was on."""
    tender = known.tenders[event["tender"]]
    if tender.reveal is None:
        known.tell("P3", f"In tender {tender.id} bids are not committed to, yet one is.")
    if tender.closes is None or known.at > tender.closes or tender.revealing:
        known.tell(
            "P1",
            f"In tender {tender.id} {event['bidder']} commits to a bid at {shown(known.at)}; "
            f"bidding closed at {shown(tender.closes)}.",
        )
    tender.committed.add(event["bid"])


def started(known: Known, event: Data) -> None:
    """Bidding closed: what was committed to may be revealed for as long as the opening says."""
    tender = known.tenders[event["tender"]]
    closes, ends = tender.closes, instant(event["ends"])
    if tender.reveal is None or closes is None:
        known.tell("P3", f"In tender {tender.id} nothing is to be revealed.")
        return
    due = deadline(tender.reveal, tender.almanacs[tender.bidding_almanac], closes)
    if known.at != closes or ends != due:
        known.tell(
            "P1",
            f"In tender {tender.id} bids may be revealed from {shown(known.at)} to {shown(ends)}; "
            f"by the opening it is {tender.reveal} from {shown(closes)}, to {shown(due)}.",
        )
    tender.revealing = True
    opened = f"In tender {tender.id} no opening of bids"
    known.watch(tender, ends, "P3", lambda: "" if tender.bids_open else opened)
