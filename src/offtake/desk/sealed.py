"""What lies under a tender's seal until its bids open, and what is left of it without what was bid.

Who keeps the desk's events encrypts those under a seal, and may destroy what was bid: `blank` says
what of an event, and of a bid, stays.
"""

from __future__ import annotations

import datetime as dt

from msgspec.structs import replace

from offtake.desk import commands as cm
from offtake.desk import events as ev
from offtake.desk.lot import NOTHING, Bid, Terms
from offtake.desk.state import Desk, Tender
from offtake.desk.wire import data_of, line_of

SEALING = frozenset({"bidding", "revealing"})
"""The phases of a tender in which nobody may know who bids, how often, or what."""

_NO_TERMS = Terms(NOTHING, dt.date(1970, 1, 1), 0)


def sealed_under(desk_after: Desk, command: cm.Command, actor: str) -> str:
    """The tender under whose seal a command's events lie, a refusal too; empty: they are open.

    All that bidders ask of a tender is sealed until its bids open: that one was refused would tell
    that it bids. Who is not invited is told that there is no such tender; its receipt, which names
    the seal, must say no more. `desk_after` is the desk after the command's whole batch.
    """
    if not isinstance(command, cm.AboutTender) or command.by != "party":
        return ""
    tender = desk_after.tenders.get(command.tender)
    if tender is None or tender.phase not in SEALING:
        return ""
    invited = tender.opened.invited
    return tender.id if not invited or actor in invited else ""


def blank(event: ev.Event) -> ev.Event:
    """The event without what was bid. What `evolve` makes of it, it can make of all that follow."""
    if isinstance(event, ev.BidReceived):
        return replace(event, bid=blank_bid(event.bid), salt="")
    if isinstance(event, ev.BidCommitted):
        return replace(event, commitment="")
    return event


def blank_bid(bid: Bid) -> Bid:
    """Whose bid it was, its name and when it came; nothing of what was bid."""
    return Bid(bid.bidder, 0, _NO_TERMS, bid.id, bid.received)


def is_erased(tender: Tender, bid: str) -> bool:
    """Whether what was bid is destroyed."""
    return tender.kept is not None and bid not in tender.kept


def pledge_body(bid: Bid, buyer: str, tender: str) -> bytes:
    """What a pledge of a bid is the hash of, after the salt: canonical JSON, as RFC 8785 has it.

    It names tender and buyer: what was pledged in one tender cannot be revealed in another. The
    desk's own words of a bid, `id` and `received`, are left out. Raises `WireError` where it holds
    what cannot be written.
    """
    stated = data_of(cm.Submit("", bid))["bid"]
    told = {name: value for name, value in stated.items() if name not in ("id", "received")}
    return line_of({"bid": told, "buyer": buyer, "tender": tender}).encode()
