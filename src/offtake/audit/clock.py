"""Deadlines and tails from an almanac: plain, one day at a time.

The rules. A window in hours is elapsed time. Otherwise the day of receipt is day 0, or the next
business day if the notice came after the closing hour or on a day without business; the window
ends at the closing hour of day n, which with `roll` moves to the next business day. A tail counts
from the local day of the waiver, and its last day never moves. A local time that the clocks skip
moves forward by the gap; of one that comes twice a window means the second and a tail the first,
each time to the holder's advantage. Beyond the almanac's last day there are no holidays, weekends
go on and the clocks stay as they are.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from offtake.audit.breach import DAY, SECOND, Data, date


@dataclass(frozen=True, eq=False)
class Almanac:
    """A calendar's days off and a zone's offsets. Each is made once, so it is equal to itself."""

    offsets: tuple[tuple[int, int], ...]
    easts: tuple[int, ...]
    """Each offset that its zone ever has, once."""
    weekend: frozenset[int]
    closed: frozenset[int]
    holidays: tuple[int, ...]
    """The days of `closed` in order."""
    opened: frozenset[int]


LONGEST = 100_000
"""The largest count of a spell that is read."""


def almanac_of(data: Data) -> Almanac:
    """An almanac as an opening states it. Many openings state the same, which is read once."""
    return _almanac(msgspec.json.encode(data))


@lru_cache(maxsize=1_024)
def _almanac(text: bytes) -> Almanac:
    data = msgspec.json.decode(text)
    offsets = tuple((int(since), int(offset)) for since, offset in data["offsets"])
    closed = frozenset(map(int, data["closed"]))
    if any(abs(east) > DAY for _, east in offsets):
        raise ValueError("an almanac has clocks more than a day from UTC")
    if len(data["weekend"]) > 6:
        raise ValueError("an almanac has no day of business")
    return Almanac(
        offsets=offsets,
        easts=tuple({east for _, east in offsets}),
        weekend=frozenset(map(int, data["weekend"])),
        closed=closed,
        holidays=tuple(sorted(closed)),
        opened=frozenset(map(int, data["opened"])),
    )


@dataclass(frozen=True)
class Spell:
    """A length of time on a clause's clock."""

    count: int
    unit: str
    closes: int
    roll: bool

    def __str__(self) -> str:
        return f"{self.count} {self.unit}"


def spell_of(data: Data | None) -> Spell | None:
    """A spell as an opening states it, or None where none is stated."""
    if data is None:
        return None
    return _spell(data["count"], data["unit"], data["closes"], data["roll"])


@lru_cache(maxsize=4_096, typed=True)
def _spell(count: str, unit: str, closes: str, roll: bool) -> Spell:
    # Days are counted one by one: no journal may make that go on for ever.
    if not 0 <= int(count) <= LONGEST:
        raise ValueError(f"a spell of {count[:20]} {unit} is too long")
    if not 0 <= int(closes) <= DAY // 60:
        raise ValueError(f"{closes[:20]} is no minute of a day")
    return Spell(int(count), unit, int(closes), roll)


def deadline(spell: Spell, almanac: Almanac, received: int) -> int:
    """The last instant at which an answer to a notice received then is in time."""
    if spell.unit == "hours":
        return received + spell.count * 3600 * SECOND
    local = received + _offset(almanac, received // SECOND) * SECOND
    today, since_midnight = divmod(local, DAY * SECOND)
    if since_midnight > spell.closes * 60 * SECOND:
        today += 1
    while received > min(_moments(almanac, today, spell.closes)):
        today += 1
    last = _later(almanac, _next_open(almanac, today), spell.count, spell.unit)
    if spell.roll:
        last = _next_open(almanac, last)
    return max(_moments(almanac, last, spell.closes))


def tail(spell: Spell, almanac: Almanac, cleared: int) -> int:
    """The last instant at which the seller may still deal with others."""
    if spell.unit == "hours":
        return cleared + spell.count * 3600 * SECOND
    last = _later(almanac, _local_day(almanac, cleared), spell.count, spell.unit)
    return min(_moments(almanac, last, spell.closes))


def days_after(count: int, closes: int, almanac: Almanac, at: int) -> int:
    """The closing hour so many days after an instant: how grace is counted."""
    return tail(Spell(count, "days", closes, False), almanac, at) if count else at


def day_end(number: int, almanac: Almanac) -> int:
    """The last nanosecond of a local day."""
    return min(_moments(almanac, number + 1, 0)) - 1


def skipped(almanac: Almanac, received: int, end: int) -> list[int]:
    """The days off, those of the weekend aside, from the day of receipt to the deadline's."""
    first, last = _local_day(almanac, received), _local_day(almanac, end)
    days = almanac.holidays
    return list(days[bisect_left(days, first) : bisect_right(days, last)])


def offset(almanac: Almanac, at: int) -> int:
    """How many seconds east of UTC the clocks are."""
    return _offset(almanac, at // SECOND)


def _offset(almanac: Almanac, second: int) -> int:
    east = almanac.offsets[0][1]
    for since, then in almanac.offsets:
        if since > second:
            break
        east = then
    return east


def _local_day(almanac: Almanac, at: int) -> int:
    second = at // SECOND
    return (second + _offset(almanac, second)) // DAY


@lru_cache(maxsize=65_536)
def _moments(almanac: Almanac, number: int, minute: int) -> tuple[int, ...]:
    """When the clocks show a minute of a day: once, twice, or by the gap later if they skip it."""
    local = number * DAY + minute * 60
    if len(almanac.easts) == 1:
        # These clocks never change.
        return ((local - almanac.easts[0]) * SECOND,)
    found = [local - east for east in almanac.easts if _offset(almanac, local - east) == east]
    if not found:
        before = almanac.offsets[0][1]
        for since, east in almanac.offsets:
            if since + before <= local < since + east:
                found.append(local - before)
            before = east
    return tuple(sorted(second * SECOND for second in found))


def _is_open(almanac: Almanac, number: int) -> bool:
    if (number + 3) % 7 in almanac.weekend:
        return number in almanac.opened
    return number not in almanac.closed


def _next_open(almanac: Almanac, number: int) -> int:
    while not _is_open(almanac, number):
        number += 1
    return number


@lru_cache(maxsize=65_536)
def _later(almanac: Almanac, number: int, count: int, unit: str) -> int:
    if unit == "days":
        return number + count
    if unit == "business days":
        for _ in range(count):
            number = _next_open(almanac, number + 1)
        return number
    months = {"months": 1, "years": 12}[unit] * count
    start = date(number)
    return number + (months_later(start, months) - start).days


def months_later(start: dt.date, months: int) -> dt.date:
    """The same day of a later month, or its last day where it has no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    number = start.day
    while True:
        try:
            return dt.date(year, month + 1, number)
        except ValueError:
            number -= 1
            if number < 28:
                raise
