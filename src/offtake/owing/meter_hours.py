"""Hours of agreements as numbers, and the sums of them that a settlement needs.

An hour of an agreement is one cell of a table that is as large as the book and the months; files
of any length add to it, a piece at a time. All sums are of whole numbers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from offtake.book.force import Book
from offtake.clauses.base import Arrival
from offtake.settle.clock import BookClock
from offtake.settle.inputs import Used
from offtake.units import NS, Month

HOUR = 3600
_HOUR_NS = HOUR * NS
Numbers = np.ndarray[Any, np.dtype[Any]]


def hour_from(instant: int) -> int:
    """The first whole hour of UTC that begins at an instant or after it, counted from 1970."""
    return -(-instant // _HOUR_NS)


class Hours:
    """What was used in each hour of some months, by agreement and day."""

    def __init__(
        self,
        book: Book,
        months: tuple[Month, Month],
        clock: BookClock,
        arrivals: Mapping[str, Sequence[Arrival]],
    ) -> None:
        self.ids = tuple(sorted(book.agreements))
        first, last = months
        self.days = [
            first.first + dt.timedelta(days=n) for n in range((last.last - first.first).days + 1)
        ]
        self.first = hour_from(clock.begin_of(first.first))
        self.count = max(0, hour_from(clock.end_of(last.last)) - self.first)
        ends = np.array([hour_from(clock.end_of(day)) - self.first for day in self.days])
        self.day_of = np.searchsorted(ends, np.arange(self.count), side="right")
        lives = [
            (hour_from(clock.begin_of(a.from_)), hour_from(clock.end_of(a.until)))
            for _, a in sorted(book.agreements.items())
        ]
        self.born = np.array([begin - self.first for begin, _ in lives], dtype=np.int64)
        self.gone = np.array([end - self.first for _, end in lives], dtype=np.int64)
        self.cuts, self.levels = self._contracted(clock, arrivals)
        self.seen = np.zeros(len(self.ids) * self.count, dtype=bool)
        table = (len(self.ids), len(self.days))
        self.taken, self.over, self.hours = (np.zeros(table, dtype=np.int64) for _ in range(3))

    def _contracted(
        self, clock: BookClock, arrivals: Mapping[str, Sequence[Arrival]]
    ) -> tuple[Numbers, Numbers]:
        """From which hour of an agreement on how many chip-seconds of an hour are contracted."""
        cuts: list[int] = []
        levels: list[int] = []
        for number, name in enumerate(self.ids):
            steps: dict[int, int] = {0: 0}
            for one in arrivals.get(name, ()):
                if one.arrived is None:
                    continue
                end = clock.end_of(one.last)
                if one.arrived < end:
                    self._step(steps, one.arrived, one.delivery.add)
                    self._step(steps, end, -one.delivery.add)
            level = 0
            for hour, change in sorted(steps.items()):
                level += change
                if hour < self.count:
                    cuts.append(number * self.count + hour)
                    levels.append(level // NS)
        return np.array(cuts, dtype=np.int64), np.array(levels, dtype=np.int64)

    def _step(self, steps: dict[int, int], at: int, chips: int) -> None:
        """From an instant on, so many chips more; the hour in which it lies has a part of them."""
        hour, into = divmod(at, _HOUR_NS)
        hour -= self.first
        if hour < 0:
            hour, into = 0, 0
        steps[hour] = steps.get(hour, 0) + chips * (_HOUR_NS - into)
        steps[hour + 1] = steps.get(hour + 1, 0) + chips * into

    def keys(self, agreements: Numbers, hours: Numbers) -> Numbers:
        """One number for each hour of an agreement."""
        return agreements * self.count + hours

    def outside(self, agreements: Numbers, hours: Numbers) -> Numbers:
        """Which hours do not lie in the life of their agreement."""
        return (hours < self.born[agreements]) | (hours >= self.gone[agreements])

    def add(self, agreements: Numbers, hours: Numbers, seconds: Numbers) -> Numbers:
        """Count what was used in these hours; which of them were there already is returned."""
        keys = self.keys(agreements, hours)
        if not len(keys):
            return np.zeros(0, dtype=bool)
        before = self.seen[keys]
        reached = self.seen[keys.min() : keys.max() + 1]
        fresh = -np.count_nonzero(reached)
        self.seen[keys] = True
        fresh += np.count_nonzero(reached)
        if fresh != len(keys):
            first = np.zeros(len(keys), dtype=bool)
            first[np.unique(keys, return_index=True)[1]] = True
            return before | ~first
        contracted = self._levels_at(keys)
        cells = agreements * len(self.days) + self.day_of[hours]
        np.add.at(self.taken.reshape(-1), cells, seconds)
        np.add.at(self.over.reshape(-1), cells, np.maximum(seconds - contracted, 0))
        np.add.at(self.hours.reshape(-1), cells, 1)
        return before

    def contracted(self, agreement: int) -> Numbers:
        """Chip-seconds contracted under one agreement in each hour."""
        return self._levels_at(agreement * self.count + np.arange(self.count))

    def alive(self, agreement: int) -> Numbers:
        """Which hours lie in the life of one agreement."""
        hours = np.arange(self.count)
        found: Numbers = (hours >= self.born[agreement]) & (hours < self.gone[agreement])
        return found

    def _levels_at(self, keys: Numbers) -> Numbers:
        found: Numbers = self.levels[np.searchsorted(self.cuts, keys, side="right") - 1]
        return found

    def use(self) -> dict[str, dict[dt.date, Used]]:
        """By agreement and day, where a day has any hour."""
        found: dict[str, dict[dt.date, Used]] = {}
        agreements, days = np.nonzero(self.hours)
        taken = self.taken[agreements, days].tolist()
        over = self.over[agreements, days].tolist()
        for a, d, t, o in zip(agreements.tolist(), days.tolist(), taken, over, strict=True):
            found.setdefault(self.ids[a], {})[self.days[d]] = Used(t, o)
        return found

    def by_month(self) -> dict[tuple[str, Month], int]:
        """How many hours of an agreement and month have a row."""
        begins = [n for n, day in enumerate(self.days) if day.day == 1]
        sums = np.add.reduceat(self.hours, begins, axis=1)
        months = [Month.of(self.days[n]) for n in begins]
        return {(self.ids[a], months[m]): int(sums[a, m]) for a, m in np.argwhere(sums).tolist()}
