"""Almanacs: a calendar and a time zone as plain data, and the deadlines that follow from them.

A deadline reckoned from an almanac can be checked years later, when holidays have been decreed
and time zones changed: nothing but the almanac is asked.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass

from offtake.units.calendar import Calendar
from offtake.units.durations import Duration
from offtake.units.instants import DAY, EPOCH, NS, Instant
from offtake.units.months import Clock
from offtake.units.text import QuantityError
from offtake.units.window import parse_zone

_ZERO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_STEP = 6 * 3600
_ABOVE = 2 * DAY
"""More than any offset from UTC."""


class AlmanacEndsError(ValueError):
    """A deadline needs days that the almanac does not know; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Almanac:
    """The business days of a calendar and the offsets of a time zone, from one day to another.

    Days are counted from 1970-01-01, the day 0. `offsets` are pairs, ascending: a second since
    1970 in UTC, and how many seconds east of UTC clocks are from then on; the first pair covers
    the day `first`. `weekend` are the weekdays (Monday 0) without business, `closed` the other
    days without business, `opened` the days of the weekend with business, both ascending.
    """

    zone: str
    calendar: str
    first: int
    last: int
    offsets: tuple[tuple[int, int], ...]
    weekend: tuple[int, ...]
    closed: tuple[int, ...]
    opened: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Spell:
    """A length of time on a clause's clock; `unit` is one of those of Duration.

    `closes` is the minute of the local day at which it ends; with `roll` a last day without
    business moves to the next business day.
    """

    count: int
    unit: str
    closes: int = 17 * 60
    roll: bool = True


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last instant that is in time, and how many seconds east of UTC clocks then are.

    `skipped` are the days off, those of the weekend aside, from the day of receipt to the
    deadline's, both included; none where the calendar has no say: in hours, and for a tail.
    """

    at: Instant
    offset: int
    skipped: tuple[int, ...]


def almanac(zone: str, calendar: Calendar, first: dt.date, last: dt.date) -> Almanac:
    """What the calendar and the zone say of the days from `first` to `last`, both included.

    A weekday belongs to the weekend if it is a day off on most of its days in these years.
    """
    if not 1970 <= first.year <= last.year <= 9998 or first > last:
        raise QuantityError(f"no almanac runs from {first} to {last}", "years run from 1970")
    start, end = first.toordinal() - EPOCH, last.toordinal() - EPOCH
    weekend = _weekend(calendar, first.year, last.year)
    closed, opened = [], []
    for day in range(start, end + 1):
        business = calendar.is_business(dt.date.fromordinal(EPOCH + day))
        if not business and _weekday(day) not in weekend:
            closed.append(day)
        elif business and _weekday(day) in weekend:
            opened.append(day)
    return Almanac(
        zone=parse_zone(zone),
        calendar=calendar.name,
        first=start,
        last=end,
        offsets=tuple(_changes(zone, (start - 1) * DAY, (end + 2) * DAY)),
        weekend=weekend,
        closed=tuple(closed),
        opened=tuple(opened),
    )


def spell_of(duration: Duration, closes: Clock, roll: bool) -> Spell:
    """A duration and its closing time as a spell."""
    return Spell(duration.count, duration.unit, 60 * closes.hour + closes.minute, roll)


def deadline(spell: Spell, almanac: Almanac, received: Instant) -> Deadline:
    """Until when an answer to a notice is in time: the rule of Window.deadline, to the nanosecond.

    AlmanacEndsError if the receipt or the deadline lies outside the almanac.
    """
    day = _day_of(almanac, received)
    if spell.unit == "hours":
        at = received + spell.count * 3600 * NS
        _day_of(almanac, at)
        return Deadline(at, _offset(almanac, at // NS), ())
    end = _later(almanac, _day_zero(almanac, spell.closes, received, day), spell)
    if spell.roll:
        end = _next_business(almanac, end)
    local = end * DAY + spell.closes * 60
    before, after = _around(almanac, local)
    second = local - min(almanac.offsets[before][1], almanac.offsets[after][1])
    closed = almanac.closed
    skipped = closed[bisect_left(closed, day) : bisect_right(closed, end)]
    return Deadline(second * NS, _offset(almanac, second), skipped)


def tail_end(spell: Spell, almanac: Almanac, waived: Instant) -> Deadline:
    """Until when a seller may still deal with others after a waiver: the last instant of the tail.

    Day 0 is the local day of the waiver, whatever day and hour that is; the tail ends at `closes`
    on its last day, which never moves. Of a local time that comes twice the first counts: the
    holder keeps the shorter tail. One that the clocks skip moves forward by the gap.
    """
    day = _day_of(almanac, waived)
    if spell.unit == "hours":
        at = waived + spell.count * 3600 * NS
        _day_of(almanac, at)
    else:
        at = _first_closing(almanac, _later(almanac, day, spell), spell.closes) * NS
    return Deadline(at, _offset(almanac, at // NS), ())


def first_instant(day: dt.date, almanac: Almanac) -> Instant:
    """When a day begins: its 00:00 local, the first of two, or where clocks skip it, after that."""
    return _start(almanac, _known(almanac, day.toordinal() - EPOCH))


def last_instant(day: dt.date, almanac: Almanac) -> Instant:
    """One nanosecond before the next day begins."""
    return _start(almanac, _known(almanac, day.toordinal() - EPOCH) + 1) - 1


def _start(almanac: Almanac, day: int) -> Instant:
    before, after = _around(almanac, day * DAY)
    change, offset = almanac.offsets[after]
    skipped = almanac.offsets[before][1] < offset
    return (change if skipped else day * DAY - almanac.offsets[before][1]) * NS


def _day_zero(almanac: Almanac, closes: int, received: Instant, day: int) -> int:
    """The first business day, from the day of receipt, whose closing was not yet seen."""
    local = received + _offset(almanac, received // NS) * NS
    if local - day * DAY * NS > closes * 60 * NS:
        day += 1
    while received > _first_closing(almanac, day, closes) * NS:
        day += 1
    return _next_business(almanac, day)


def _first_closing(almanac: Almanac, day: int, closes: int) -> int:
    """The second, in UTC, at which clocks first show or skip the closing time of a day."""
    local = day * DAY + closes * 60
    return local - almanac.offsets[_around(almanac, local)[0]][1]


def _later(almanac: Almanac, day: int, spell: Spell) -> int:
    """The day a spell of days, business days, months or years later."""
    if spell.unit == "days":
        return _known(almanac, day + spell.count)
    if spell.unit == "business days":
        return _business_later(almanac, day, spell.count)
    if spell.unit not in ("months", "years"):
        raise QuantityError(f"no length of time is in {spell.unit!r}", "write for example days")
    date = dt.date.fromordinal(EPOCH + day)
    months = spell.count if spell.unit == "months" else 12 * spell.count
    year, index = divmod(12 * date.year + date.month - 1 + months, 12)
    if year > 9998:
        raise _ends(almanac)
    most = monthrange(year, index + 1)[1]
    return _known(almanac, dt.date(year, index + 1, min(date.day, most)).toordinal() - EPOCH)


def _business_later(almanac: Almanac, day: int, count: int) -> int:
    while count >= 7:  # a week has at most seven business days, so no jump goes too far
        jump = count // 7
        end = _known(almanac, day + 7 * jump)
        closed = _between(almanac.closed, day, end)
        opened = _between(almanac.opened, day, end)
        count -= jump * (7 - len(almanac.weekend)) - closed + opened
        day = end
    for _ in range(count):
        day = _next_business(almanac, day + 1)
    return day


def _between(days: tuple[int, ...], after: int, until: int) -> int:
    return bisect_right(days, until) - bisect_right(days, after)


def _next_business(almanac: Almanac, day: int) -> int:
    while day <= almanac.last:
        if _weekday(day) in almanac.weekend:
            if _holds(almanac.opened, day):
                return day
        elif not _holds(almanac.closed, day):
            return day
        day += 1
    raise _ends(almanac)


def _holds(days: tuple[int, ...], day: int) -> bool:
    index = bisect_left(days, day)
    return index < len(days) and days[index] == day


def _weekday(day: int) -> int:
    return (day + 3) % 7


def _day_of(almanac: Almanac, at: Instant) -> int:
    """The local day of an instant."""
    second = at // NS
    return _known(almanac, (second + _offset(almanac, second)) // DAY)


def _offset(almanac: Almanac, second: int) -> int:
    return almanac.offsets[bisect_right(almanac.offsets, (second, _ABOVE)) - 1][1]


def _around(almanac: Almanac, local: int) -> tuple[int, int]:
    """The offsets, by index, that hold before and after a local second is skipped or repeated.

    They are the same one if it is neither.
    """
    offsets = almanac.offsets
    before = bisect_right(offsets, (local + DAY, _ABOVE)) - 1
    while before and offsets[before][0] + max(offsets[before - 1][1], offsets[before][1]) > local:
        before -= 1
    after = before
    while after + 1 < len(offsets):
        change, offset = offsets[after + 1]
        if change + min(offsets[after][1], offset) > local:
            break
        after += 1
    return before, after


def _known(almanac: Almanac, day: int) -> int:
    if not almanac.first <= day <= almanac.last:
        raise _ends(almanac, early=day < almanac.first)
    return day


def _ends(almanac: Almanac, *, early: bool = False) -> AlmanacEndsError:
    edge = dt.date.fromordinal(EPOCH + (almanac.first if early else almanac.last))
    side = "before" if early else "after"
    return AlmanacEndsError(
        f"a day {side} {edge} is needed, and the almanac of the calendar {almanac.calendar} "
        f"in {almanac.zone} {'begins' if early else 'ends'} there"
    )


def _weekend(calendar: Calendar, first: int, last: int) -> tuple[int, ...]:
    """The weekdays that are days off more often than not, in whole years."""
    off, days = [0] * 7, [0] * 7
    for ordinal in range(dt.date(first, 1, 1).toordinal(), dt.date(last + 1, 1, 1).toordinal()):
        day = dt.date.fromordinal(ordinal)
        days[day.weekday()] += 1
        off[day.weekday()] += not calendar.is_business(day)
    return tuple(weekday for weekday in range(7) if 2 * off[weekday] > days[weekday])


def _changes(zone: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The offset at a second, then every change of it until another, each to the second."""
    clock = zoneinfo.ZoneInfo(zone)
    offset = _told(clock, start)
    yield start, offset
    while start < end:
        low, high = start, min(start + _STEP, end)
        start = high
        if (changed := _told(clock, high)) != offset:
            while high - low > 1:
                middle = (low + high) // 2
                if _told(clock, middle) == offset:
                    low = middle
                else:
                    high = middle
            offset = changed
            yield high, offset


def _told(clock: zoneinfo.ZoneInfo, second: int) -> int:
    told = (_ZERO + dt.timedelta(seconds=second)).astimezone(clock).utcoffset()
    if told is None:
        raise QuantityError(f"the time zone {clock.key} does not say what time it is")
    return told.days * DAY + told.seconds
