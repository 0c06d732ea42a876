"""All promises over one journal: each event is looked at once, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from offtake.audit import (
    answering,
    asking,
    chain,
    opening,
    posted,
    quantities,
    ranking,
    revealing,
    sequence,
    signing,
    turns,
    whose,
)
from offtake.audit.breach import UNREADABLE, Breach, Data, Hidden
from offtake.audit.known import Known

READ: dict[str, Callable[[Known, Data], None] | None] = {
    "Founded": whose.founded,
    "Admitted": whose.admitted,
    "Declared": chain.declared,
    "DefaultRecorded": opening.default_recorded,
    "Assigned": opening.assigned,
    "Posted": posted.posted,
    "TenderOpened": opening.opened,
    "FloorReached": opening.floor_reached,
    "BarLifted": opening.bar_lifted,
    "BiddingStarted": opening.bidding_started,
    "BidCommitted": revealing.committed,
    "BidReceived": revealing.received,
    "BidRecalled": revealing.recalled,
    "RevealStarted": revealing.started,
    "BidsOpened": ranking.opened,
    "BidRevised": ranking.revised,
    "BidSetAside": turns.set_aside,
    "NoticeServed": asking.served,
    "ClockStarted": asking.started,
    "Passed": asking.passed,
    "Answered": answering.answered,
    "Lapsed": answering.lapsed,
    "RightExpired": answering.right_expired,
    "OfferDecided": answering.offer_decided,
    "TurnEnded": turns.turn_ended,
    "TailStarted": turns.tail_started,
    "TailEnded": turns.tail_ended,
    "TurnsUndone": answering.undone,
    "Signed": signing.signed,
    "TakingFailed": signing.taking_failed,
    "Delivered": signing.delivered,
    "AgreementFailed": signing.agreement_failed,
    "TenderWithdrawn": opening.withdrawn,
    "TenderClosed": opening.closed,
    "Refused": None,
    "NoticeDefective": None,
    "BidsErased": None,
    "BidderFreed": None,
    "StoodBy": None,
    "Breached": None,
}
"""What each event tells, by its type; None where no promise follows from it."""


def promises(events: Iterable[Data | Hidden]) -> tuple[Breach, ...]:
    """Every breach that a journal's events, as plain data, bear out; none if all was kept.

    P1 is the order of asking, P2 that no chip is lost, P3 that events follow one another and each
    command has one effect and is of whom it may come from, P5 that no capacity is promised twice,
    P6 that what is posted balances, follows from its lines and takes back what it corrects.
    An event that cannot be read is a breach of P3, and is left out.
    """
    known = Known()
    keys = sequence.Keys()
    for number, event in enumerate(events):
        known.number = number
        if isinstance(event, Hidden):
            known.hidden[event.tender] = known.hidden.get(event.tender, 0) + 1
            continue
        try:
            _read(known, keys, event)
        except UNREADABLE as error:
            known.tell("P3", f"This event cannot be read ({type(error).__name__}: {error}).")
            known.unread += 1
    return tuple(known.breaches)


def _read(known: Known, keys: sequence.Keys, event: Data) -> None:
    sequence.step(known, event)
    keys.look(known, event)
    name = event["type"]
    if name not in READ:
        raise ValueError(f"there is no event of type {str(name)[:40]!r}")
    if not sequence.refers(known, event):
        return
    whose.look(known, event)
    read = READ[name]
    if read is None:
        return
    read(known, event)
    tender = known.tenders.get(event.get("tender", ""))
    if tender is not None:
        quantities.balance(known, tender, event)
