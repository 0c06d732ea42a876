"""Clocks that run, and what happens at their ends if nothing is done: for the buyer and auditors.

What happens is found by letting time pass on a copy of the desk, so that its own rules say it. Of
the opening of bids only that they open is told: what the copy then shows is sealed until then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from offtake.dealing.places import Places
from offtake.dealing.times import ahead, local_text
from offtake.desk import Desk, due, events
from offtake.desk.agenda import Agenda
from offtake.desk.lot import Instant
from offtake.desk.plain import Plain
from offtake.units.instants import instant_of, instant_text

_REVEAL = "reveal"


@dataclass(frozen=True, slots=True)
class Running:
    """One thing that is waited for: of whom, until when, and what if it does not come."""

    tender: str
    phase: str
    what: str
    who: str
    chips: int | None
    until: Instant | None
    zone: str
    nothing: str
    """What happens if nothing is done, in words."""
    clauses: tuple[str, ...] = ()
    why: str = ""
    """The clause, with file and line of the book."""
    now: Instant = field(default=0, repr=False)

    @property
    def clock(self) -> str:
        """The deadline in the clause's own zone, and how far ahead it is."""
        if self.until is None:
            return "no clock"
        return f"{local_text(self.until, self.zone)}, {ahead(self.until, self.now)}"

    def data(self) -> Plain:
        """As plain data."""
        until = self.until
        return {
            "tender": self.tender,
            "phase": self.phase,
            "what": self.what,
            "who": self.who,
            "chips": self.chips,
            "until": None if until is None else instant_text(until),
            "until_local": None if until is None else local_text(until, self.zone),
            "left": None if until is None else ahead(until, self.now),
            "if_nothing_is_done": self.nothing,
            "clauses": list(self.clauses),
            "why": self.why,
        }


def alone(desk: Desk, tender: str) -> Desk:
    """The desk as if only one tender had deadlines: none of another moves it."""
    return replace(desk, agenda=Agenda().moved(tender, None, desk.tenders[tender].due))


@dataclass(frozen=True, slots=True)
class Watch:
    """What the buyer or an auditor sees of one tender, and the desk to let time pass on."""

    desk: Desk
    tender: Plain
    places: Places
    buyer: str
    now: Instant

    def all(self) -> Iterator[Running]:
        """What the tender waits for, in the desk's own order."""
        for item in self.tender["next"]:
            if item["what"] in _TOLD and not (item["what"] == "sign" and not item["bid"]):
                yield self._running(item)

    def _running(self, item: Plain) -> Running:
        until = None if item["until"] is None else instant_of(item["until"])
        clauses, zone = self._clauses(item)
        told = _TOLD[item["what"]](self, item, zone)
        return Running(
            tender=self.tender["tender"],
            phase=self.tender["phase"],
            what=_REVEAL if self._reveals(item) else item["what"],
            who=self._who(item),
            chips=self._chips(item),
            until=until,
            zone=zone,
            nothing=told,
            clauses=clauses,
            why=self._why(item, clauses),
            now=self.now,
        )

    def _reveals(self, item: Plain) -> bool:
        """Whether the opening waits for bids that were pledged."""
        return bool(item["what"] == "opening" and self.tender["phase"] == "revealing")

    # --- who, how many, by which clause -----------------------------------------------------------

    def _who(self, item: Plain) -> str:
        what = item["what"]
        if what in ("answer", "close", "bar"):
            return str(item["of"])
        if what in ("opening", "revealing"):
            return "bidders"
        if what == "deliver":
            return str(self._agreement(item)["party"])
        if what in ("sign", "stand by"):
            return self.bidder(item)
        return self.buyer

    def bidder(self, item: Plain) -> str:
        """Whose bid something is about."""
        bids = {one["id"]: one["bidder"] for one in self.tender["bids"]}
        return str(bids.get(item.get("bid"), "the bidder"))

    def _agreement(self, item: Plain) -> Plain:
        every: list[Plain] = self.tender["agreements"]
        return next(one for one in every if one["agreement"] == item["agreement"])

    def _chips(self, item: Plain) -> int | None:
        if "chips" in item:
            return int(item["chips"])
        if item["what"] in ("answer", "decide"):
            return int(self._standing(item)["chips"])
        if item["what"] == "deliver":
            return int(self._agreement(item)["chips"])
        return int(self.tender["unnoticed"])

    def _standing(self, item: Plain) -> Plain:
        own: Plain = self.tender["rounds"][item["round"] - 1]
        return next(one for one in own["standings"] if one["clause"] == item["clause"])

    def _clauses(self, item: Plain) -> tuple[tuple[str, ...], str]:
        """The clauses by which it waits, and the zone of their clock."""
        clauses: tuple[str, ...] = ()
        if item.get("clause"):
            clauses = (item["clause"],)
        elif item["what"] == "deliver" and self._agreement(item)["clause"]:
            clauses = (self._agreement(item)["clause"],)
        elif item["what"] in ("sign", "stand by") and item.get("round"):
            own = self.tender["rounds"][item["round"] - 1]
            ends = [one["clause"] for one in own["standings"] if one["tail"] == own["tail"]]
            clauses = tuple(ends or [one["clause"] for one in own["standings"]])
        elif item["what"] == "notice":
            asked = [one for one in self.tender["claims"] if not one["first"]]
            clauses = tuple(one["clause"] for one in asked)
        zones = {one["clause"]: one["almanac"].partition(" ")[0] for one in self.tender["claims"]}
        return clauses, next((zones[c] for c in clauses if c in zones), self.places.home)

    def _why(self, item: Plain, clauses: tuple[str, ...]) -> str:
        if clauses:
            return ", ".join(map(self.places.why, clauses))
        if item["what"] in ("opening", "revealing"):
            place = self.places.book.header.procurement.at("bidding")
            at = f" ({place.file}:{place.line})" if place.file else ""
            return f"time for bids{at}"
        return "nobody has to be asked" if item["what"] == "sign" else ""

    # --- what happens by itself -------------------------------------------------------------------

    def happens(self, item: Plain) -> tuple[events.Event, ...]:
        """What time brings at a clock's end, and what follows from it."""
        until = instant_of(item["until"])
        played = due(alone(self.desk, self.tender["tender"]), until + 1)
        return tuple(event for event in played if event.at == until and _about(event, item))

    def told(self, item: Plain, zone: str) -> str:
        """The same in words."""
        phrases = (_phrase(event, self, item, zone) for event in self.happens(item))
        return "; ".join(phrase for phrase in phrases if phrase)

    def chips_asked(self, item: Plain) -> str:
        """The chips of a notice."""
        return _many(self._chips(item) or 0)


def _about(event: events.Event, item: Plain) -> bool:
    """Whether an event is this clock's, not that of another which ends at the same instant."""
    own: object = getattr(event, "clause", item.get("clause"))
    ends = isinstance(event, events.Lapsed | events.RightExpired | events.TakingFailed)
    if isinstance(event, events.TakingFailed) and item["what"] == "deliver":
        return bool(event.agreement == item["agreement"])
    number: object = getattr(event, "round", item.get("round"))
    if ends or isinstance(event, events.BarLifted):
        return own == item.get("clause") and number == item.get("round")
    return item["what"] == "bar" or number == item.get("round")


def _many(chips: int) -> str:
    return f"{chips:,} chip{'' if chips == 1 else 's'}"


# --- what happened, as it will have -----------------------------------------------------------


def _phrase(event: events.Event, watch: Watch, item: Plain, zone: str) -> str:
    said = _PHRASES.get(type(event))
    return "" if said is None else said(event, watch, item, zone)


def _lapsed(event: Any, watch: Watch, item: Plain, zone: str) -> str:
    return f"it waives {watch.chips_asked(item)}"


def _expired(event: Any, watch: Watch, item: Plain, zone: str) -> str:
    return "its right is no longer in force"


def _clock(event: events.ClockStarted, watch: Watch, item: Plain, zone: str) -> str:
    until = local_text(event.deadline, watch.places.zone(event.clause))
    return f"{event.holder} is then asked about {_many(event.chips)}, until {until}"


def _turn(event: events.TurnEnded, watch: Watch, item: Plain, zone: str) -> str:
    parts = [
        f"{part.holder} then has {_many(part.chips)} to sign"
        + ("" if part.closing is None else f" by {local_text(part.closing, zone)}")
        for part in event.allotted
        if part.chips
    ]
    return "; ".join(parts)


def _tail(event: events.TailStarted, watch: Watch, item: Plain, zone: str) -> str:
    if not event.left:
        return ""
    own = watch.tender["rounds"][event.round - 1]
    until = "" if event.ends is None else f" until {local_text(event.ends, zone)}"
    if own["counterparty"] is None:
        return f"others may then be dealt with{until}"
    return f"{own['counterparty']}'s bid may then be signed for {_many(event.left)}{until}"


def _freed(event: events.BidderFreed, watch: Watch, item: Plain, zone: str) -> str:
    return f"that is fewer than {watch.tender['rounds'][event.round - 1]['counterparty']} sells"


def _tail_ended(event: events.TailEnded, watch: Watch, item: Plain, zone: str) -> str:
    return f"{_many(event.left)} need a fresh notice before they may be signed"


def _failed(event: events.TakingFailed, watch: Watch, item: Plain, zone: str) -> str:
    spent = f", and the right of {event.holder} on this lot is spent" if event.spent else ""
    return f"the {_many(event.chips)} that {event.holder} took are the lot's again{spent}"


def _lifted(event: events.BarLifted, watch: Watch, item: Plain, zone: str) -> str:
    return f"the exclusive right of {event.holder} ends"


def _bidding(event: events.BiddingStarted, watch: Watch, item: Plain, zone: str) -> str:
    return f"bids are then taken until {local_text(event.closes, watch.places.home)}"


_PHRASES: dict[type[events.Event], Callable[..., str]] = {
    events.Lapsed: _lapsed,
    events.RightExpired: _expired,
    events.ClockStarted: _clock,
    events.TurnEnded: _turn,
    events.TailStarted: _tail,
    events.BidderFreed: _freed,
    events.TailEnded: _tail_ended,
    events.TakingFailed: _failed,
    events.BarLifted: _lifted,
    events.BiddingStarted: _bidding,
}


# --- one sentence for each thing that is waited for ---------------------------------------------


def _by(item: Plain, zone: str) -> str:
    return local_text(instant_of(item["until"]), zone)


def _answer(watch: Watch, item: Plain, zone: str) -> str:
    return f"If {item['of']} does nothing by {_by(item, zone)}, {watch.told(item, zone)}."


def _close(watch: Watch, item: Plain, zone: str) -> str:
    if item["until"] is None:
        return "Nothing happens by itself: its taking has no closing date."
    return f"If nobody signs by {_by(item, zone)}, {watch.told(item, zone)}."


def _sign(watch: Watch, item: Plain, zone: str) -> str:
    if item["until"] is None:
        return f"Nothing happens by itself: {watch.buyer} signs when it likes."
    return f"If nothing is signed by {_by(item, zone)}, {watch.told(item, zone)}."


def _stand_by(watch: Watch, item: Plain, zone: str) -> str:
    free = f"{watch.bidder(item)} is free of its bid unless it stands by it"
    if item["until"] is None:
        return f"{free}; nothing happens by itself."
    return f"{free}; by {_by(item, zone)} {watch.told(item, zone)}."


def _opening(watch: Watch, item: Plain, zone: str) -> str:
    if watch.tender["phase"] == "revealing":
        return f"At {_by(item, zone)} what was revealed is opened; what was not is no bid."
    return f"At {_by(item, zone)} bids are opened and ranked, whatever has come."


def _revealing(watch: Watch, item: Plain, zone: str) -> str:
    return f"From {_by(item, zone)} bids are revealed; what is not revealed in time is no bid."


def _bar(watch: Watch, item: Plain, zone: str) -> str:
    first = f"Nobody but {item['of']} may be dealt with unless it waives that in writing"
    if item["until"] is None:
        return f"{first}; silence lifts nothing."
    return f"{first}; at {_by(item, zone)} {watch.told(item, zone)}."


def _decide(watch: Watch, item: Plain, zone: str) -> str:
    return f"Nothing happens by itself: {item['of']}'s offer waits for {watch.buyer}."


def _notice(watch: Watch, item: Plain, zone: str) -> str:
    return "Nothing happens by itself: no window runs before notice is served."


def _deliver(watch: Watch, item: Plain, zone: str) -> str:
    if item["until"] is None:
        return "Nothing happens by itself: a delivery or a failure is recorded."
    told = watch.told(item, zone)
    if not told:  # of a tender that has ended no date has an effect
        return "Nothing happens by itself: a delivery or a failure is recorded."
    return f"If no delivery is recorded by {_by(item, zone)}, {told}."


_TOLD: dict[str, Callable[[Watch, Plain, str], str]] = {
    "answer": _answer,
    "close": _close,
    "sign": _sign,
    "stand by": _stand_by,
    "opening": _opening,
    "revealing": _revealing,
    "bar": _bar,
    "decide": _decide,
    "notice": _notice,
    "deliver": _deliver,
}


def watching(desk: Desk, seen: Plain, places: Places, now: Instant) -> Iterable[Running]:
    """Every clock of every tender, as the buyer or an auditor sees it."""
    for tender in seen["tenders"]:
        yield from Watch(desk, tender, places, seen["buyer"], now).all()
