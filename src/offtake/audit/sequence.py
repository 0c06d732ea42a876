"""Order of events: time never runs backwards, a command has one effect, silence is recorded."""

from __future__ import annotations

import heapq

from offtake.audit.breach import Data, instant, shown
from offtake.audit.known import Known

UNTIL_THE_END = {"NoticeServed", "ClockStarted", "BiddingStarted", "BidReceived"} | {
    "BidCommitted",
    "RevealStarted",
    "BidsOpened",
    "TailStarted",
    "Signed",
}
"""What cannot happen in a tender that was withdrawn or closed."""


TOGETHER = {("FloorReached", "NoticeServed"), ("TurnsUndone", "Answered")}
"""The two events that one command may bring about; any other brings about one."""


class Keys:
    """Which command each event is of: one actor's key has one effect, in one place."""

    def __init__(self) -> None:
        """No command was seen."""
        self.seen: dict[tuple[str, str], str] = {}
        self.last: tuple[str, str] = ("", "")
        self.name = ""
        self.at = -1

    def look(self, known: Known, event: Data) -> None:
        """Tell of a key that has a second effect."""
        by = event["by"]
        if by is None:
            return
        key = (by["actor"], by["key"])
        if key not in self.seen:
            self.seen[key] = by["digest"]
        elif self.seen[key] != by["digest"]:
            known.tell("P3", f"{_command(key)} has effects under two digests.")
        elif self.last != key or self.at != known.at:
            known.tell("P3", f"{_command(key)} has a second effect at {shown(known.at)}.")
        elif (self.name, event["type"]) not in TOGETHER:
            known.tell("P3", f"{_command(key)} brings about {self.name}, and {event['type']} too.")
        self.last, self.name, self.at = key, event["type"], known.at


def _command(key: tuple[str, str]) -> str:
    actor, name = key
    return f"The command {name} of {actor}"


def step(known: Known, event: Data) -> None:
    """Move to an event's instant, no earlier than the one before it, past what was due by then."""
    stamp = event["at"]
    if stamp != known.stamp:
        at = instant(stamp)
        if at < known.at:
            known.tell(
                "P3",
                f"This event is stamped {shown(at)}, though one of {shown(known.at)} came before "
                "it.",
            )
        else:
            known.at, known.stamp = at, stamp
    if known.due and known.due[0][0] < known.at:
        _overdue(known)


def _overdue(known: Known) -> None:
    """Tell of every deadline that passed before this event, and what follows is not recorded."""
    while known.due and known.due[0][0] < known.at:
        end, _, promise, undone = heapq.heappop(known.due)
        missing = undone()
        if missing:
            known.tell(promise, f"{missing} at {shown(end)} is recorded before {shown(known.at)}.")


def refers(known: Known, event: Data) -> bool:
    """Whether tender, round, right and agreement are there; if not, that is told."""
    name = event["type"]
    wrong = ""
    if "tender" in event and name != "TenderOpened":
        wrong = _missing(known, event)
    elif name == "TenderOpened" and event["tender"] in known.tenders:
        wrong = f"tender {event['tender']} is opened twice"
    if name == "Signed" and event["agreement"] in known.agreements:
        wrong = wrong or f"the agreement {event['agreement']} is signed twice"
    if wrong:
        known.tell("P3", f"{name}: {wrong}.")
    return not wrong


def _missing(known: Known, event: Data) -> str:
    tender = known.tenders.get(event["tender"])
    if tender is None:
        return f"there is no tender {event['tender']}"
    name = event["type"]
    if tender.ended and name in UNTIL_THE_END:
        return f"tender {tender.id} was {tender.ended} before"
    number = event.get("round")
    if name == "NoticeServed":
        if number in tender.rounds:
            return f"round {number} of tender {tender.id} is served twice"
        strange = [c for turn in event["turns"] for c in turn if c not in tender.claims]
        return f"tender {tender.id} has no right {strange[0]}" if strange else ""
    if number is not None and number not in tender.rounds:
        return f"tender {tender.id} has no round {number}"
    clause = event.get("clause")
    about = tender.rounds[number] if number is not None else None
    if about is not None and clause is not None and clause not in about.standings:
        return f"round {number} of tender {tender.id} does not ask {clause}"
    if name in ("Delivered", "AgreementFailed") and event["agreement"] not in known.agreements:
        return f"there is no agreement {event['agreement']}"
    bid = event.get("bid")
    named = name in ("BidRevised", "BidSetAside", "BidRecalled")
    if named and not known.names(tender, event["bid"]):
        return f"tender {tender.id} has no bid {bid}"
    return ""
