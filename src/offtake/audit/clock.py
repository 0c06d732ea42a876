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
from dataclasses import dataclass

from offtake.audit.breach import DAY, SECOND, Data, date


@dataclass(frozen=True)
class Almanac:
    """A calendar's days off and a zone's offsets."""

    offsets: tuple[tuple[int, int], ...]
    weekend: frozenset[int]
    closed: frozenset[int]
    opened: frozenset[int]


def almanac_of(data: Data) -> Almanac:
    """An almanac as an opening states it."""
    return Almanac(
        offsets=tuple((int(since), int(offset)) for since, offset in data["offsets"]),
        weekend=frozenset(map(int, data["weekend"])),
        closed=frozenset(map(int, data["closed"])),
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
    return Spell(int(data["count"]), data["unit"], int(data["closes"]), data["roll"])


def deadline(spell: Spell, almanac: Almanac, received: int) -> int:
    """The last instant at which an answer to a notice received then is in time."""
    if spell.unit == "hours":
        return received + spell.count * 3600 * SECOND
    today = _local_day(almanac, received)
    since_midnight = received + _offset(almanac, received // SECOND) * SECOND
    since_midnight -= today * DAY * SECOND
    if since_midnight > spell.closes * 60 * SECOND:
        today += 1
    while received > min(_moments(almanac, today, spell.closes)):
        today += 1
    last = _later(almanac, _next_open(almanac, today), spell)
    if spell.roll:
        last = _next_open(almanac, last)
    return max(_moments(almanac, last, spell.closes))


def tail(spell: Spell, almanac: Almanac, cleared: int) -> int:
    """The last instant at which the seller may still deal with others."""
    if spell.unit == "hours":
        return cleared + spell.count * 3600 * SECOND
    last = _later(almanac, _local_day(almanac, cleared), spell)
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
    return sorted(number for number in almanac.closed if first <= number <= last)


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


def _moments(almanac: Almanac, number: int, minute: int) -> list[int]:
    """When the clocks show a minute of a day: once, twice, or by the gap later if they skip it."""
    local = number * DAY + minute * 60
    easts = {east for _, east in almanac.offsets}
    found = {local - east for east in easts if _offset(almanac, local - east) == east}
    if not found:
        before = almanac.offsets[0][1]
        for since, east in almanac.offsets:
            if since + before <= local < since + east:
                found.add(local - before)
            before = east
    return sorted(second * SECOND for second in found)


def _is_open(almanac: Almanac, number: int) -> bool:
    if (number + 3) % 7 in almanac.weekend:
        return number in almanac.opened
    return number not in almanac.closed


def _next_open(almanac: Almanac, number: int) -> int:
    while not _is_open(almanac, number):
        number += 1
    return number


def _later(almanac: Almanac, number: int, spell: Spell) -> int:
    if spell.unit == "days":
        return number + spell.count
    if spell.unit == "business days":
        for _ in range(spell.count):
            number = _next_open(almanac, number + 1)
        return number
    months = {"months": 1, "years": 12}[spell.unit] * spell.count
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
