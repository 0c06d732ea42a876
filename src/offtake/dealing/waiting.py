"""Clocks that run for a party that is neither buyer nor auditor, from its own sight alone.

What happens at its own deadline is what it will then see of its own notice: nothing of the desk is
read that its sight does not give.
"""

from __future__ import annotations

from collections.abc import Iterator

from offtake.dealing.places import Places
from offtake.dealing.running import Running, alone
from offtake.dealing.times import local_text
from offtake.desk import Desk, sight
from offtake.desk.lot import Instant
from offtake.desk.plain import Plain
from offtake.units.instants import instant_of

_RECORDED = "Nothing happens by itself: a signature, a delivery or a failure is recorded."


def waited(desk: Desk, seen: Plain, places: Places, now: Instant) -> Iterator[Running]:
    """What is waited for of the party, or by it."""
    for notice in seen["own"]["notices"]:
        yield from _notice(desk, seen, notice, places, now)
    for bar in seen["own"]["bars"]:
        if bar["state"] == "stands":
            yield _bar(seen, bar, places, now)
    for invitation in seen["own"]["invitations"]:
        yield from _bids(seen, invitation, places, now)


# --- a holder's -----------------------------------------------------------------------------------


def _notice(
    desk: Desk, seen: Plain, notice: Plain, places: Places, now: Instant
) -> Iterator[Running]:
    taking = notice["taking"]
    party, zone = seen["party"], places.zone(notice["clause"])

    def running(
        what: str, chips: int, until: str | None, nothing: str, who: str = party
    ) -> Running:
        return Running(
            tender=notice["tender"],
            phase=notice["kind"],
            what=what,
            who=who,
            chips=chips,
            until=None if until is None else instant_of(until),
            zone=zone,
            nothing=nothing,
            clauses=(notice["clause"],),
            why=places.why(notice["clause"]),
            now=now,
        )

    if notice["state"] == "noticed" and notice["deadline"] is not None:
        told = f"If {party} does nothing by {_at(notice['deadline'], zone)}, "
        told += f"{_lapse(desk, seen, notice, zone)}."
        yield running("answer", notice["chips"], notice["deadline"], told)
    elif notice["state"] == "offered":
        told = "Nothing happens by itself: the offer waits for the buyer."
        yield running("decide", notice["chips"], None, told, places.book.header.buyer)
    if taking is not None and taking["state"] in ("closing", "signed"):
        closing = taking["state"] == "closing"
        what, until = ("close", taking["closing"]) if closing else ("deliver", taking["delivery"])
        if until is None:
            told = "Nothing happens by itself: there is no date for it."
        else:
            missed = "nobody signs" if closing else "no delivery is recorded"
            told = _failure(desk, seen, notice, until)
            told = f"If {missed} by {_at(until, zone)}, {told}." if told else _RECORDED
        yield running(what, taking["chips"], until, told)


def _later(desk: Desk, seen: Plain, notice: Plain, until: str) -> Plain:
    """The same notice as its holder will see it when the deadline has passed."""
    after = sight(alone(desk, notice["tender"]), seen["party"], instant_of(until) + 1)
    same = ("tender", "round", "clause")
    every: list[Plain] = after["own"]["notices"]
    return next(one for one in every if all(one[name] == notice[name] for name in same))


def _lapse(desk: Desk, seen: Plain, notice: Plain, zone: str) -> str:
    later = _later(desk, seen, notice, notice["deadline"])
    if later["state"] != "silent":
        return "its right is no longer in force"
    told, tail = f"it waives {_many(notice['chips'])}", later["tail"]
    if tail is None:
        return told
    until = "" if tail["until"] is None else f" until {_at(tail['until'], zone)}"
    return f"{told}; the buyer may then deal with others about them{until}"


def _failure(desk: Desk, seen: Plain, notice: Plain, until: str) -> str:
    later = _later(desk, seen, notice, until)
    if later["taking"] is not None and later["taking"]["state"] == notice["taking"]["state"]:
        return ""  # of a tender that has ended no date has an effect
    spent = " and its right on this lot is spent" if later["released"] else ""
    return f"the {_many(notice['taking']['chips'])} that {seen['party']} took are lost{spent}"


def _bar(seen: Plain, bar: Plain, places: Places, now: Instant) -> Running:
    zone = places.zone(bar["clause"])
    until = bar["expires"]
    ends = "" if until is None else f" by itself; it ends at {_at(until, zone)}"
    return Running(
        tender=bar["tender"],
        phase="exclusive",
        what="bar",
        who=seen["party"],
        chips=bar["lot"]["chips"],
        until=None if until is None else instant_of(until),
        zone=zone,
        nothing=f"Nothing lifts it{ends}. Until then the buyer may deal with nobody else.",
        clauses=(bar["clause"],),
        why=places.why(bar["clause"]),
        now=now,
    )


# --- a bidder's -----------------------------------------------------------------------------------


def _bids(seen: Plain, invitation: Plain, places: Places, now: Instant) -> Iterator[Running]:
    party, state = seen["party"], invitation["state"]
    mine = [*invitation["pledges"], *invitation["bids"]]
    freed = [b for b in invitation["bids"] for one in b["asked"] if one["round"] is not None]
    until, told, what = invitation["closes"], "", ""
    if state == "open":
        what = "bid"
        at = _at(until, places.home)
        told = f"{party} has no bid: without one by {at} it takes no part."
        if mine:
            what = "change"
            told = f"Its bid stands as it is; after {at} it cannot be changed or taken back."
        if invitation["pledges"]:
            by = _at(invitation["reveals"], places.home)
            told = (
                f"What {party} pledged is no bid until it is revealed between {at} and {by}; from "
                f"{at} on it cannot be pledged anew or taken back."
            )
    elif state == "revealing" and any(one["state"] == "to reveal" for one in mine):
        what, until = "reveal", invitation["reveals"]
        told = f"If {party} does not reveal its bid by {_at(until, places.home)}, it is no bid."
    elif freed:
        what, until = "stand by", None
        told = "It is free of its bid; nothing happens by itself."
    if what:
        yield Running(
            tender=invitation["tender"],
            phase=state,
            what=what,
            who=party,
            chips=invitation["lot"]["chips"],
            until=None if until is None else instant_of(until),
            zone=places.home,
            nothing=told,
            now=now,
        )


def _at(instant: str, zone: str) -> str:
    return local_text(instant_of(instant), zone)


def _many(chips: int) -> str:
    return f"{chips:,} chip{'' if chips == 1 else 's'}"
