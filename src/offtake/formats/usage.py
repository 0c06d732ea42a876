"""Usage, or jobs, to chips in use by the hour.

Three kinds of file, known by their columns:

- **jobs**: when each arrived, how long it ran, how many chips it had. It is taken to run from its
  arrival. Jobs that began before the file are not in it.
- **chip-hours**: what was used in the hour, or the day, that begins at the time. Hours without a
  row used nothing.
- **levels**: how many chips were in use at a time. Hours without a row are not known.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from offtake.book.faults import Misread
from offtake.book.traces import when
from offtake.formats.rows import BadCell, BadFile, Table, Tally, cell, number
from offtake.formats.zones import HOUR, SECOND, Clockwork

_TIMES = ("timestamp", "time", "arrival", "start", "hour", "date", "day", "submit_time")
_LENGTHS = ("duration", "duration_s", "seconds", "runtime")
_SIZES = ("num_gpus", "gpus", "chips", "num_chips", "gpu_num")
_AMOUNTS = ("chip_hours", "gpu_hours", "gpuhours", "hours")
CLASSES_MOST = 200
YEARS_MOST = 20
_LONGEST = 10 * 365 * 86_400
_MS = 1_000


@dataclass(frozen=True, slots=True)
class Named:
    """The columns to read, where they are not those that are looked for; `by` splits classes."""

    time: str = ""
    amount: str = ""
    by: str = ""


@dataclass(slots=True)
class Used:
    """Chips in use in each hour of UTC from `first`; nan where that is not known.

    `sizes` counts chip-milliseconds by size of job; empty where the file has no jobs.
    """

    first: int
    chips: array[float]
    sizes: Counter[int] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Usage:
    """All classes of a file, over the same hours; `daily` where hours of the day are not known."""

    kind: str
    daily: bool
    classes: dict[str, Used]


def read(lines: Iterable[bytes], named: Named, clock: Clockwork, tally: Tally) -> Usage:
    """Chips in use by the hour and class. Raises `BadFile`."""
    table = Table(lines, tally)
    by = table.column(named.by) if named.by else None
    time = table.column(*((named.time,) if named.time else _TIMES))
    length = table.find(*_LENGTHS)
    amount = table.find(*_AMOUNTS)
    if length is not None:
        return _jobs(table, (time, length, _size(table, named)), by, clock, tally)
    if amount is None or (named.amount and table.find(named.amount) != amount):
        return _levels(table, (time, _size(table, named)), by, clock, tally)
    return _amounts(table, (time, amount), by, clock, tally)


def _size(table: Table, named: Named) -> int:
    return table.column(*((named.amount,) if named.amount else _SIZES))


def _moment(text: str, clock: Clockwork) -> int:
    """Microseconds of UTC; a day is its midnight."""
    try:
        at, offset = when(f"{text} 00:00" if len(text) == 10 and "-" in text else text, "This row")
    except Misread as error:
        raise BadCell(str(error)) from None
    return clock.utc(at, offset)


class _Classes(dict[str, "_Sums"]):
    """The sums of each class, by its name."""

    def of(self, name: str) -> _Sums:
        if name not in self:
            if len(self) >= CLASSES_MOST:
                sentence = f"There are more than {CLASSES_MOST} classes."
                raise BadFile(1, sentence, "name a column of teams or purposes, not of jobs")
            self[name] = _Sums()
        return self[name]


class _Sums:
    """What one class used: whole hours as steps, parts of hours as chip-milliseconds."""

    def __init__(self) -> None:
        self.steps: defaultdict[int, int] = defaultdict(int)
        self.parts: defaultdict[int, int] = defaultdict(int)
        self.exact: defaultdict[int, Fraction] = defaultdict(Fraction)
        self.sizes: Counter[int] = Counter()

    def run(self, start: int, end: int, chips: int) -> None:
        """Chips in use from one millisecond to another."""
        hour = HOUR * _MS
        first, last = start // hour, end // hour
        if first == last:
            self.parts[first] += (end - start) * chips
        else:
            self.parts[first] += ((first + 1) * hour - start) * chips
            self.parts[last] += (end - last * hour) * chips
            self.steps[first + 1] += chips
            self.steps[last] -= chips
        self.sizes[chips] += (end - start) * chips


def _jobs(
    table: Table, columns: tuple[int, int, int], by: int | None, clock: Clockwork, tally: Tally
) -> Usage:
    time, length, size = columns
    found = _Classes()
    begins: list[int] = []
    for line, cells in table.rows():
        try:
            start = _moment(cell(cells, time), clock) // 1_000
            lasted = number(cell(cells, length), "length in seconds")
            if lasted > _LONGEST:
                raise BadCell("The job is longer than 10 years.")
            chips = _whole(cell(cells, size))
        except BadCell as error:
            tally.refuse(line, str(error))
            continue
        if not chips or not lasted:
            tally.leave("no chips" if not chips else "no length")
            continue
        found.of(cell(cells, by)).run(start, start + round(lasted * _MS), chips)
        begins = [min(begins[0], start), max(begins[1], start)] if begins else [start, start]
    if not begins:
        raise BadFile(1, "The file has no jobs.")
    # After the last arrival the file only shows what is left of older jobs.
    first, last = begins[0] // (HOUR * _MS), begins[1] // (HOUR * _MS)
    return Usage("jobs", False, {n: _walked(s, first, last) for n, s in found.items()})


def _whole(text: str) -> int:
    value = number(text, "number of chips")
    if value != int(value) or value > 10**7:
        raise BadCell(f"{text[:40]!r} is no number of chips.")
    return int(value)


def _walked(sums: _Sums, first: int, last: int) -> Used:
    _bounded(first, last)
    chips, running = array("d"), 0
    for hour in range(first, last + 1):
        running += sums.steps.get(hour, 0)
        chips.append(running + sums.parts.get(hour, 0) / (HOUR * _MS))
    return Used(first, chips, sums.sizes)


def _bounded(first: int, last: int) -> None:
    if last - first > YEARS_MOST * 8_784:
        raise BadFile(1, f"The file covers more than {YEARS_MOST} years.", "look at its times")


def _amounts(
    table: Table, columns: tuple[int, int], by: int | None, clock: Clockwork, tally: Tally
) -> Usage:
    time, amount = columns
    found, hours = _Classes(), set[int]()
    daily = True
    for line, cells in table.rows():
        text = cell(cells, time)
        try:
            hour = _moment(text, clock) // (HOUR * SECOND)
            value = Fraction(number(cell(cells, amount), "number of chip-hours"))
        except BadCell as error:
            tally.refuse(line, str(error))
            continue
        daily = daily and len(text) == 10
        found.of(cell(cells, by)).exact[hour] += value
        hours.add(hour)
    if not hours:
        raise BadFile(1, "The file has no usage.")
    first, last = min(hours), max(hours) + (23 if daily else 0)
    _bounded(first, last)
    used = {}
    for name, sums in found.items():
        chips = array("d", bytes(8 * (last - first + 1)))
        for hour, value in sums.exact.items():
            for part in range(24 if daily else 1):
                chips[hour - first + part] += float(value / (24 if daily else 1))
        used[name] = Used(first, chips)
    return Usage("chip-hours by the day" if daily else "chip-hours by the hour", daily, used)


def _levels(
    table: Table, columns: tuple[int, int], by: int | None, clock: Clockwork, tally: Tally
) -> Usage:
    time, size = columns
    found = _Classes()
    seen: defaultdict[int, set[int]] = defaultdict(set)
    daily = True
    for line, cells in table.rows():
        text = cell(cells, time)
        try:
            at = _moment(text, clock)
            level = Fraction(number(cell(cells, size), "number of chips"))
        except BadCell as error:
            tally.refuse(line, str(error))
            continue
        daily = daily and len(text) == 10
        hour = at // (HOUR * SECOND)
        seen[hour].add(at)
        found.of(cell(cells, by)).exact[hour] += level
    if not seen:
        raise BadFile(1, "The file has no usage.")
    first, last = min(seen), max(seen) + (23 if daily else 0)
    _bounded(first, last)
    used = {}
    for name, sums in found.items():
        chips = array("d", [float("nan")]) * (last - first + 1)
        for hour, times in seen.items():
            # A class without a row at a time at which others have one used nothing then.
            chips[hour - first] = float(sums.exact.get(hour, Decimal(0)) / len(times))
        used[name] = Used(first, chips)
    return Usage("levels", daily, used)
