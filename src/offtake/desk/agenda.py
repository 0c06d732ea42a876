"""The next deadline of every tender, the nearest first: kept in short runs, of which one is copied.

A desk is a value, so what changes is copied. One sorted tuple of all deadlines would be copied
whole at each change, which is felt with some thousands of tenders.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from offtake.desk.lot import Instant

Deadline = tuple[Instant, str]
"""When, and of which tender."""

MOST = 512
"""Deadlines of one run; one that grows longer becomes two."""


class Agenda(Struct, frozen=True):
    """Deadlines in order, each once. No run is empty; `ends` has the last deadline of each."""

    runs: tuple[tuple[Deadline, ...], ...] = ()
    ends: tuple[Deadline, ...] = ()

    def __iter__(self) -> Iterator[Deadline]:
        for run in self.runs:
            yield from run

    @property
    def first(self) -> Deadline | None:
        """The nearest deadline."""
        return self.runs[0][0] if self.runs else None

    def moved(self, tender: str, before: Instant | None, after: Instant | None) -> Self:
        """With another deadline for a tender; None: it has none."""
        left = self if before is None else self._without((before, tender))
        return left if after is None else left._with((after, tender))

    def _with(self, one: Deadline) -> Self:
        if not self.runs:
            return replace(self, runs=((one,),), ends=(one,))
        which = min(bisect_left(self.ends, one), len(self.runs) - 1)
        run = self.runs[which]
        at = bisect_left(run, one)
        longer = (*run[:at], one, *run[at:])
        if len(longer) <= MOST:
            return self._spliced(which, longer)
        return self._spliced(which, longer[: MOST // 2], longer[MOST // 2 :])

    def _without(self, one: Deadline) -> Self:
        which = bisect_left(self.ends, one)
        run = self.runs[which]
        at = bisect_left(run, one)
        shorter = run[:at] + run[at + 1 :]
        return self._spliced(which, shorter) if shorter else self._spliced(which)

    def _spliced(self, which: int, *instead: tuple[Deadline, ...]) -> Self:
        """With other runs in the place of one."""
        ends = tuple(run[-1] for run in instead)
        return replace(
            self,
            runs=(*self.runs[:which], *instead, *self.runs[which + 1 :]),
            ends=(*self.ends[:which], *ends, *self.ends[which + 1 :]),
        )
