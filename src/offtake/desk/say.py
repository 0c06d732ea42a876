"""One sentence for every event: who, what, how much, on which terms, until when, and by which rule.

An event's own fields say it all, so a journal can be read without the desk.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from offtake.desk import events as ev
from offtake.desk import phrases as ph
from offtake.desk.events import Event
from offtake.desk.posted import between
from offtake.desk.say_rounds import ROUNDS


def say(event: Event) -> str:
    """The sentence of an event, in plain legal English; instants are in UTC."""
    return _SENTENCES[type(event)](event)


def _refused(event: ev.Refused) -> str:
    return (
        f"{ph.actor(event)} was refused at {ph.instant(event.at)} ({event.code}): "
        f"{event.sentence} {event.instead}"
    )


# --- the desk -------------------------------------------------------------------------------------


def _founded(event: ev.Founded) -> str:
    auditors = f", audited by {ph.listed(event.auditors)}" if event.auditors else ""
    return (
        f"{event.buyer} began this desk as its buyer at {ph.instant(event.at)}; its parties are "
        f"{ph.listed(event.parties)}{auditors}."
    )


def _admitted(event: ev.Admitted) -> str:
    return f"{ph.actor(event)} admitted {ph.listed(event.parties)} at {ph.instant(event.at)}."


def _declared(event: ev.Declared) -> str:
    source = "" if event.upstream is None else f", which it resells from {event.upstream}"
    return (
        f"{event.party} has {ph.chips(event.chips)} of {event.chip} in {event.region} to promise"
        f"{source}, as {ph.actor(event)} declared at {ph.instant(event.at)}."
    )


def _default(event: ev.DefaultRecorded) -> str:
    if event.cured:
        return (
            f"{event.holder} is in default no longer from {ph.instant(event.at)} "
            f"({ph.given(event.evidence)}); its rights are suspended no longer."
        )
    return (
        f"{event.holder} is in default from {ph.instant(event.at)} ({ph.given(event.evidence)}); "
        "while it is, its rights are suspended and what it took may not be signed."
    )


def _assigned(event: ev.Assigned) -> str:
    return (
        f"{event.holder} assigned its right under {event.clause} to {event.to} at "
        f"{ph.instant(event.at)} (evidence: {ph.given(event.evidence)}); what runs for it now runs "
        f"for {event.to}."
    )


def _posted(event: ev.Posted) -> str:
    group = event.group
    does = _POSTED.get(group.kind, "owes")
    owed = ph.listed(
        f"{payer} {does} {payee} {ph.money(amount, group.currency)}"
        for payer, payee, amount in between(group.lines)
    )
    told = (
        f"{ph.actor(event)} posted the {group.kind} {group.id} at {ph.instant(event.at)}, dated "
        f"{group.date}, for {group.subject}: {owed if group.lines else 'nothing is owed'}"
    )
    if group.replaces:
        told += f"; it takes the place of {group.replaces}, whose postings it reverses"
    return f"{told}."


_POSTED = {"payment": "paid", "call": "is called to pay"}


# --- tenders and bids -----------------------------------------------------------------------------


def _opened(event: ev.TenderOpened) -> str:
    asked = ph.listed(f"{one.holder} ({one.clause})" for one in event.claims)
    told = [
        f"{ph.actor(event)} opened the tender {event.tender} at {ph.instant(event.at)} for "
        f"{ph.lot(event.lot)}",
        f"rights of first offer or refusal are held by {asked}",
    ]
    if event.dormant:
        names = ph.listed(one.clause for one in event.dormant)
        told.append(f"the lot is below the floor of {names}")
    if event.bars:
        names = ph.listed(f"{one.holder} ({one.clause})" for one in event.bars)
        told.append(f"nobody else may be dealt with while {names} has not waived that in writing")
    if event.joined:
        told.append(f"it counts as one lot with {ph.listed(event.joined)}, being for one need")
    return "; ".join(told) + "."


def _floor(event: ev.FloorReached) -> str:
    others = f"Together with {ph.listed(event.joined)}, opened for the same need,"
    binds = "binds" if len(event.clauses) == 1 else "bind"
    return (
        f"{others if event.joined else 'With more chips'} the tender {event.tender} reaches a "
        f"floor: from {ph.instant(event.at)} {ph.listed(event.clauses)} {binds} it."
    )


def _bar_lifted(event: ev.BarLifted) -> str:
    how = {
        "waived": "waived its exclusive right",
        "unable": "said that it is unable to serve",
        "expired": "holds its exclusive right no longer, as it expired",
    }.get(event.how, event.how)
    return (
        f"In the tender {event.tender} {event.holder} {how} under {event.clause} at "
        f"{ph.instant(event.at)}{ph.letter(event.letter)}: others may be approached as far as "
        "that right goes."
    )


def _bidding(event: ev.BiddingStarted) -> str:
    return (
        f"Bids for {ph.chips(event.chips)} in the tender {event.tender} are taken from "
        f"{ph.instant(event.at)} up to and including {ph.instant(event.closes)}, sealed until then."
    )


def _bid(event: ev.BidReceived) -> str:
    bid = event.bid
    if not bid.chips:
        return (
            f"{bid.bidder} bid in the tender {event.tender}; received at "
            f"{ph.instant(bid.received)} as {bid.id}. What was bid is erased."
        )
    via = f", hosted by {ph.listed(bid.via)}" if bid.via else ""
    package = (
        f", in a package with {ph.listed(part.name for part in bid.package)}" if bid.package else ""
    )
    then = (
        f"It was revealed at {ph.instant(event.at)}, as it had been pledged"
        if event.salt
        else f"It takes the place of any earlier bid of {bid.bidder}"
    )
    return (
        f"{bid.bidder} bid {ph.chips(bid.chips)} in the tender {event.tender} at "
        f"{ph.terms(bid.terms)}{package}{via}; received at {ph.instant(bid.received)} as {bid.id}. "
        f"{then}."
    )


def _committed(event: ev.BidCommitted) -> str:
    return (
        f"{event.bidder} pledged a bid in the tender {event.tender} at {ph.instant(event.at)} as "
        f"{event.bid}, unseen: {event.commitment or 'its hash is erased'}. It takes the place of "
        f"any earlier pledge of {event.bidder}."
    )


def _reveal(event: ev.RevealStarted) -> str:
    return (
        f"Pledges in the tender {event.tender} were closed when {ph.instant(event.at)} had passed; "
        f"pledged bids may be revealed up to and including {ph.instant(event.ends)}."
    )


def _recalled(event: ev.BidRecalled) -> str:
    return (
        f"{ph.actor(event)} took the bid {event.bid} in the tender {event.tender} back at "
        f"{ph.instant(event.at)}, before bids opened."
    )


def _bids_opened(event: ev.BidsOpened) -> str:
    if not event.ranking:
        return f"No bid was made in the tender {event.tender} by {ph.instant(event.at)}."
    places = "; ".join(
        f"{number}. {place.bidder} at {ph.price(place.effective)}"
        for number, place in enumerate(event.ranking, 1)
    )
    return (
        f"Bids in the tender {event.tender} were opened when {ph.instant(event.at)} had passed "
        "and ranked by net present value per reference chip-hour, ties by receipt: "
        f"{places}."
    )


def _revised(event: ev.BidRevised) -> str:
    return (
        f"{ph.actor(event)} changed the bid {event.bid} in the tender {event.tender} at "
        f"{ph.instant(event.at)} to {ph.chips(event.chips)} at {ph.terms(event.terms)}, an "
        f"effective price of {ph.price(event.effective)}."
    )


def _set_aside(event: ev.BidSetAside) -> str:
    return (
        f"{ph.actor(event)} left the bid {event.bid} in the tender {event.tender} out from "
        f"{ph.instant(event.at)}: {ph.given(event.reason)}."
    )


def _erased(event: ev.BidsErased) -> str:
    kept = f"all but {ph.listed(event.kept)}" if event.kept else "all of it"
    return (
        f"{ph.actor(event)} had what was bid in the tender {event.tender} destroyed at "
        f"{ph.instant(event.at)}: {kept}."
    )


def _withdrawn(event: ev.TenderWithdrawn) -> str:
    return (
        f"{ph.actor(event)} ended the tender {event.tender} at {ph.instant(event.at)} without "
        f"buying what was left of it: {ph.given(event.reason)}."
    )


def _closed(event: ev.TenderClosed) -> str:
    return (
        f"The tender {event.tender} closed at {ph.instant(event.at)}: nothing is left to ask, sign "
        "or deliver."
    )


_SENTENCES: dict[type[Event], Callable[[Any], str]] = {
    ev.Refused: _refused,
    ev.Founded: _founded,
    ev.Admitted: _admitted,
    ev.Declared: _declared,
    ev.DefaultRecorded: _default,
    ev.Assigned: _assigned,
    ev.Posted: _posted,
    ev.TenderOpened: _opened,
    ev.FloorReached: _floor,
    ev.BarLifted: _bar_lifted,
    ev.BiddingStarted: _bidding,
    ev.BidReceived: _bid,
    ev.BidCommitted: _committed,
    ev.BidRecalled: _recalled,
    ev.RevealStarted: _reveal,
    ev.BidsOpened: _bids_opened,
    ev.BidRevised: _revised,
    ev.BidSetAside: _set_aside,
    ev.BidsErased: _erased,
    ev.TenderWithdrawn: _withdrawn,
    ev.TenderClosed: _closed,
    **ROUNDS,
}
