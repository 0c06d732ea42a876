"""Bids that come in, or are committed to and revealed: by whom, when, and which of them stand."""

from __future__ import annotations

from offtake.audit.breach import Data, instant, shown
from offtake.audit.clock import deadline
from offtake.audit.known import Known, Offered, Tender
from offtake.audit.price import package_of


def watch_end(known: Known, tender: Tender, closes: int) -> None:
    """When bidding closes, bids are opened, or begin to be revealed; that is recorded."""

    def nothing() -> str:
        if tender.bids_open or tender.revealing:
            return ""
        what = "opening of bids" if tender.reveal is None else "start of the revealing"
        return f"In tender {tender.id} no {what}"

    known.watch(tender, closes, "P3", nothing)


def received(known: Known, event: Data) -> None:
    """A bid, while bids are taken; a later one of the same bidder replaces it."""
    tender, bid = known.tenders[event["tender"]], event["bid"]
    end = tender.closes if tender.reveal is None else tender.reveals
    if end is None or known.at > end or tender.bids_open:
        what = "bidding has not begun" if tender.reveal is None else "nothing is to be revealed yet"
        until = what if end is None else f"that ends at {shown(end)}"
        known.tell(
            "P3",
            f"In tender {tender.id} a bid of {bid['bidder']} comes in at {shown(known.at)}; "
            f"{until}.",
        )
    for name in [name for name, one in tender.bids.items() if one.bidder == bid["bidder"]]:
        del tender.bids[name]
    tender.bids[bid["id"]] = Offered(
        bid["bidder"],
        int(bid["chips"]),
        bid["terms"],
        package_of(bid),
        int(bid["block"]),
        instant(bid["received"]),
    )


def committed(known: Known, event: Data) -> None:
    """A party bound itself to a bid that nobody can read yet, while bidding was on."""
    tender, bidder = known.tenders[event["tender"]], event["bidder"]
    if tender.reveal is None:
        known.tell("P3", f"In tender {tender.id} bids are not committed to, yet one is.")
    if tender.closes is None or known.at > tender.closes or tender.revealing or tender.bids_open:
        known.tell(
            "P1",
            f"In tender {tender.id} {bidder} commits to a bid at {shown(known.at)}; "
            f"bidding closed at {shown(tender.closes)}.",
        )
    tender.committed = {bid: who for bid, who in tender.committed.items() if who != bidder}
    tender.committed[event["bid"]] = bidder


def recalled(known: Known, event: Data) -> None:
    """A bidder takes back its bid, or what it committed to, until bidding closes."""
    tender = known.tenders[event["tender"]]
    if tender.closes is None or known.at > tender.closes or tender.revealing or tender.bids_open:
        known.tell(
            "P3",
            f"In tender {tender.id} a bid is recalled at {shown(known.at)}; bidding closed at "
            f"{shown(tender.closes)}.",
        )
    tender.bids.pop(event["bid"], None)
    tender.committed.pop(event["bid"], None)


def started(known: Known, event: Data) -> None:
    """Bidding closed: what was committed to may be revealed for as long as the opening says."""
    tender = known.tenders[event["tender"]]
    closes, ends = tender.closes, instant(event["ends"])
    if tender.reveal is None or closes is None or tender.revealing or tender.bids_open:
        known.tell("P3", f"In tender {tender.id} nothing is to be revealed, or not once more.")
        return
    due = deadline(tender.reveal, tender.almanacs[tender.bidding_almanac], closes)
    if known.at != closes or ends != due:
        known.tell(
            "P1",
            f"In tender {tender.id} bids may be revealed from {shown(known.at)} to {shown(ends)}; "
            f"by the opening it is {tender.reveal} from {shown(closes)}, to {shown(due)}.",
        )
    tender.revealing, tender.reveals = True, due
    opened = f"In tender {tender.id} no opening of bids"
    known.watch(tender, ends, "P3", lambda: "" if tender.bids_open else opened)
