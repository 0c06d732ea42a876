"""Deadlines and payments as an iCalendar (RFC 5545) that any calendar program reads.

A deadline keeps its UID for ever, as that is made of its id. Given the calendar that was written
before, one that moved gets a higher SEQUENCE, and one that is no longer there is cancelled.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from offtake.units.instants import NS, Instant

if TYPE_CHECKING:
    from icalendar import Component, Event

_PRODUCT = "-//offtake//calendar//EN"
_DAY, _HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
ALARMS = (7 * _DAY, _DAY)
"""How long before a deadline one is reminded."""
_MORNING = 9 * _HOUR
"""Of a day as a whole one is reminded in the morning."""


class CalendarError(ValueError):
    """A calendar that cannot be read: one sentence."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something that is due: at an instant, or on a day as a whole."""

    id: str
    """What it is, not when: the same for ever, and no other deadline's."""
    when: Instant | dt.date
    summary: str
    why: str = ""
    """Clause and formula, or what happens if nothing is done."""
    place: str = ""
    """Where the book, or a file, says so."""
    kind: str = "deadline"
    """`deadline`, `payment` or `period`."""
    revision: int = 0
    """How often it was changed, as far as that is known."""


def calendar_text(
    deadlines: Iterable[Deadline],
    at: Instant,
    owner: str,
    *,
    earlier: str = "",
    alarms: Sequence[dt.timedelta] = ALARMS,
) -> str:
    """A calendar as it is at an instant; raises `CalendarError` where `earlier` is not one
    that was written for the same owner.

    `owner` is whose deadlines they are: two owners' never have the same UID.
    """
    from icalendar import Calendar

    every = sorted(deadlines, key=_order)
    twice = [name for name, times in Counter(one.id for one in every).items() if times > 1]
    if twice:
        raise ValueError(f"several deadlines have the id {min(twice)!r}")
    before, now = _events(earlier, _titled(owner)), _moment(at)
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _titled(owner))
    for one in every:
        name = uid(owner, one.id)
        calendar.add_component(_event(one, name, now, before.pop(name, None), alarms))
    for gone in _cancelled(before, now):
        calendar.add_component(gone)
    text: str = calendar.to_ical().decode()
    return text


def uid(owner: str, name: str) -> str:
    """By what a calendar program knows a deadline."""
    digest = hashlib.sha256(f"{owner}\n{name}".encode()).hexdigest()
    return f"{digest[:32]}@offtake"


def _titled(owner: str) -> str:
    return f"Deadlines of {owner}"


def _order(one: Deadline) -> tuple[dt.datetime, str]:
    return _moment(one.when), one.id


def _moment(when: Instant | dt.date) -> dt.datetime:
    """In UTC, to the second before: a deadline is never shown later than it is."""
    if isinstance(when, dt.date):
        return dt.datetime.combine(when, dt.time(), dt.UTC)
    return _EPOCH + dt.timedelta(seconds=when // NS)


def _event(
    one: Deadline,
    name: str,
    now: dt.datetime,
    before: Component | None,
    alarms: Sequence[dt.timedelta],
) -> Event:
    from icalendar import Event

    whole_day = isinstance(one.when, dt.date)
    start = one.when if isinstance(one.when, dt.date) else _moment(one.when)
    event = Event()
    event.add("uid", name)
    event.add("dtstamp", now)
    event.add("dtstart", start)
    event.add("sequence", max(one.revision, _sequence(before, start)))
    summary = _printable(one.summary)
    event.add("summary", summary)
    said = _printable("\n".join(part for part in (one.why, one.place) if part))
    if said:
        event.add("description", said)
    event.add("categories", [one.kind])
    event.add("status", "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    for ahead in alarms:
        event.add_component(_alarm(summary, _MORNING - ahead if whole_day else -ahead))
    return event


def _printable(text: str) -> str:
    """Without control characters, which no calendar may hold; lines stay apart."""
    return "".join(c if c.isprintable() or c in "\n\t" else " " for c in text.replace("\r\n", "\n"))


def _alarm(summary: str, trigger: dt.timedelta) -> Any:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", trigger)
    return alarm


# --- what was written before ----------------------------------------------------------------------


def _events(text: str, title: str) -> dict[str, Component]:
    """By UID, the deadlines of a calendar that was written before, under this title.

    Another program's, or another party's, would be lost: all in it would be cancelled.
    """
    if not text:
        return {}
    from icalendar import Calendar

    try:
        calendar = Calendar.from_ical(text)
        if (str(calendar["prodid"]), str(calendar["x-wr-calname"])) != (_PRODUCT, title):
            raise ValueError(title)
        found = {str(one["uid"]): one for one in calendar.walk("VEVENT")}
        for one in found.values():
            _ = one.decoded("dtstart"), _number(one)
    except (ValueError, KeyError, AttributeError, TypeError, IndexError) as error:
        raise CalendarError(
            "it is no calendar that offtake wrote for this party; write to another file"
        ) from error
    return found


def _number(event: Component) -> int:
    return int(event.get("sequence", 0))


def _sequence(before: Component | None, start: dt.date) -> int:
    """One higher than before if it moved, or was cancelled."""
    if before is None:
        return 0
    same = before.decoded("dtstart") == start and str(before.get("status")) != "CANCELLED"
    return _number(before) + (not same)


def _cancelled(left: Mapping[str, Component], now: dt.datetime) -> Iterator[Component]:
    """What was there before and is no more, in the order of UIDs; what has passed is let go."""
    for _, event in sorted(left.items()):
        if _moment_of(event) < now:
            continue
        if str(event.get("status")) != "CANCELLED":
            event["sequence"] = _number(event) + 1
            event["status"] = "CANCELLED"
            event.subcomponents.clear()
        del event["dtstamp"]
        event.add("dtstamp", now)
        yield event


def _moment_of(event: Component) -> dt.datetime:
    start = event.decoded("dtstart")
    if isinstance(start, dt.datetime):
        return start if start.tzinfo else start.replace(tzinfo=dt.UTC)
    return dt.datetime.combine(start, dt.time(), dt.UTC) + _DAY
