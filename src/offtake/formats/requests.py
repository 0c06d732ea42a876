"""A trace of requests to the chips that serve it, by Little's law.

A request keeps a chip busy for `context / prefill + generated / decode` seconds, at so many tokens
per second and chip. As many chips are busy on average as chip-seconds of work arrive in a second:
J. D. C. Little, A proof for the queuing formula L = λW, Operations Research 9, 1961. Where chips
may be busy only for a part of the time, as many more are needed.

Load is counted in windows of a minute. The load to be served is the mean, or the mean times a peak
factor: the percentile, over all whole minutes, of a minute's load over the mean of its hour.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from offtake.book.faults import Misread
from offtake.book.traces import Request, columns_of, logged, request_of
from offtake.formats.fit import mean_one, nearest_rank
from offtake.formats.rows import BadCell, BadFile, Table, Tally, decoded
from offtake.formats.zones import HOUR, SECOND, Clockwork

MINUTE = 60
DAYS_MOST = 366
MINUTES_LEAST = 10
"""Whole minutes without which a percentile says nothing."""
_WHERE = "This row"


@dataclass(frozen=True, slots=True)
class Rates:
    """Work of a request: tokens per second and chip read and written, or chip-seconds each."""

    prefill: float = 0.0
    decode: float = 0.0
    each: float = 0.0

    @classmethod
    def of(cls, prefill: float, decode: float, each: float) -> Rates | None:
        """Rates, or chip-seconds each; None where neither is stated, or both are."""
        if bool(each) == bool(prefill and decode):
            return None
        return cls(prefill, decode, each)

    @property
    def said(self) -> str:
        """In words, for the record."""
        if self.each:
            return f"{self.each:g} chip-seconds a request"
        return f"{self.prefill:g} tokens read and {self.decode:g} written per chip-second"

    def work(self, requests: int, context: int, generated: int) -> float:
        """Chip-seconds."""
        if self.each:
            return requests * self.each
        return context / self.prefill + generated / self.decode


@dataclass(slots=True)
class Load:
    """What arrived in each minute of UTC: requests, tokens read, tokens written."""

    requests: Counter[int] = field(default_factory=Counter)
    context: Counter[int] = field(default_factory=Counter)
    generated: Counter[int] = field(default_factory=Counter)
    first: int | None = None
    last: int = 0
    counts: tuple[bool, bool] = (True, True)
    """Whether the trace has tokens read, and tokens written; a sum of both counts as read."""

    @property
    def seconds(self) -> float:
        """From the first request to the last."""
        return 0.0 if self.first is None else (self.last - self.first) / SECOND

    def add(self, at: int, one: Request) -> None:
        """Count a request at a time in microseconds of UTC."""
        minute = at // (MINUTE * SECOND)
        self.requests[minute] += 1
        self.context[minute] += one.context
        self.generated[minute] += one.generated
        if self.first is None:
            self.first = self.last = at
        self.first, self.last = min(self.first, at), max(self.last, at)


@dataclass(frozen=True, slots=True)
class Served:
    """Chips that a trace keeps busy: their mean, what a percentile asks on top, the day's shape.

    `shape` is None where the trace does not cover each hour of a day.
    """

    mean: float
    factor: float
    busiest: float
    shape: tuple[Decimal, ...] | None


def load(
    lines: Iterable[bytes], clock: Clockwork, tally: Tally, named: Sequence[str], is_json: bool
) -> Load:
    """The load of a trace: CSV, with the columns `named` (time, context, generated), or JSON."""
    found = Load()
    rows = _logged(lines, tally) if is_json else _listed(lines, tally, named, found)
    for line, one in rows:
        if isinstance(one, Misread):
            tally.refuse(line, str(one), one.hint)
            continue
        try:
            found.add(clock.utc(one.at, one.offset), one)
        except BadCell as error:
            tally.refuse(line, str(error))
    if not found.seconds:
        raise BadFile(1, "The trace has fewer than two times.", "a load needs a length of time")
    if found.seconds > DAYS_MOST * 24 * HOUR:
        raise BadFile(1, f"The trace is longer than {DAYS_MOST} days.", "cut it into years")
    return found


def _listed(
    lines: Iterable[bytes], tally: Tally, named: Sequence[str], found: Load
) -> Iterator[tuple[int, Request | Misread]]:
    table = Table(lines, tally)
    try:
        columns = columns_of(table.names, *named)
    except Misread as error:
        raise BadFile(1, str(error), "name columns with --time, --context, --generated") from None
    found.counts = columns.context is not None, columns.generated is not None
    for line, cells in table.rows():
        try:
            yield line, request_of(cells, columns, _WHERE)
        except Misread as error:
            yield line, error


def _logged(lines: Iterable[bytes], tally: Tally) -> Iterator[tuple[int, Request | Misread]]:
    for line, text in enumerate(decoded(lines), 1):
        if text.strip():
            tally.read += 1
            try:
                yield line, logged(text, _WHERE)
            except Misread as error:
                yield line, error


def served(found: Load, rates: Rates, clock: Clockwork, share: float | None) -> Served:
    """The chips that a load keeps busy, each all of the time; `share` 0.95 is the 95th percentile.

    Raises `BadFile` where there are too few minutes for a percentile, or no work.
    """
    first = found.first or 0
    start, end = first // (MINUTE * SECOND), found.last // (MINUTE * SECOND)
    work = {
        m: rates.work(found.requests[m], found.context[m], found.generated[m]) / MINUTE
        for m in found.requests
    }
    if not any(work.values()):
        raise BadFile(1, "The requests carry no work.", "name the columns of tokens")
    mean = math.fsum(work.values()) * MINUTE / found.seconds
    by_hour = _by_hour(found, work, clock)
    shape = None
    if by_hour is not None:
        mean, shape = math.fsum(by_hour) / 24, mean_one(by_hour)
    peaks = _peaks(work, range(start + 1, end), None if shape else mean)
    if share is not None and sum(peaks.values()) < MINUTES_LEAST:
        sentence = f"The trace has {sum(peaks.values()):.0f} whole minutes in hours with work."
        raise BadFile(1, sentence, "take the mean: a percentile says nothing here")
    factor = 1.0 if share is None else nearest_rank(peaks, share)
    return Served(mean, factor, max(peaks, default=1.0), shape)


def _peaks(work: dict[int, float], minutes: range, mean: float | None) -> dict[float, float]:
    """How often a minute has how much of the mean load of its hour, or of the mean given."""
    counted: Counter[float] = Counter()
    for _, group in itertools.groupby(minutes, key=lambda m: m // 60 if mean is None else 0):
        loads = [work.get(minute, 0.0) for minute in group]
        level = math.fsum(loads) / len(loads) if mean is None else mean
        if level > 0:
            counted.update(one / level for one in loads)
    return dict(counted)


def _by_hour(found: Load, work: dict[int, float], clock: Clockwork) -> list[float] | None:
    """The mean load of each hour of the day; None where half of one of them is not covered."""
    covered, carried = [0.0] * 24, [0.0] * 24
    first, last = (found.first or 0) / SECOND, found.last / SECOND
    if last - first < 12 * HOUR:
        return None
    for minute in range(int(first // MINUTE), int(last // MINUTE) + 1):
        hour = clock.local(minute * MINUTE).hour
        begins, ends = max(first, minute * MINUTE), min(last, (minute + 1) * MINUTE)
        covered[hour] += (ends - begins) / MINUTE
        carried[hour] += work.get(minute, 0.0)
    if min(covered) < 30:
        return None
    return [load / minutes for load, minutes in zip(carried, covered, strict=True)]


def class_of(
    fixed: Mapping[str, Any],
    found: Load,
    rates: Rates,
    clock: Clockwork,
    asked: tuple[float, float | None, float],
    file: str,
) -> dict[str, Any]:
    """The class of demand, and how it was made.

    `asked`: how busy chips may be, the percentile of minutes (None: the mean), and how many times
    the load of the trace is meant.
    """
    busy, share, scale = asked
    _priced(found, rates)
    done = served(found, rates, clock, share)
    chips = done.mean * done.factor * scale / busy
    made: dict[str, Any] = {k: v for k, v in fixed.items() if k != "unserved"}
    made["base"] = f"{math.ceil(chips - 1e-9)} chips"
    if done.shape is not None:
        made["shape"] = done.shape
    count, times = sum(found.requests.values()), f", times {scale:g}" if scale != 1 else ""
    peak = (
        "the mean" if share is None else f"p{share * 100:g} of minutes ({done.factor:.3f} x mean)"
    )
    made["unserved"] = fixed["unserved"]
    made["source"] = f"{file}: {count} requests in {_length(found.seconds)}{times}"
    made["note"] = "; ".join(
        (
            f"{rates.said}, by Little's law {done.mean * scale:.3f} chips are busy on average",
            f"base is {peak}, at {busy * 100:g}% utilisation, rounded up",
            f"the busiest minute has {done.busiest:.3f} x the mean",
            f"shape is by hours of {clock.shown}"
            if done.shape is not None
            else "the trace does not cover the hours of a day, so no shape is written",
        )
    )
    return made


def _priced(found: Load, rates: Rates) -> None:
    """See that the rates that are stated fit the tokens that the trace counts."""
    if rates.each or all(found.counts):
        return
    if not any(found.counts):
        hint = "name them with --context and --generated, or say --per-request"
        raise BadFile(1, "The trace has no column of tokens.", hint)
    if rates.prefill != rates.decode:
        sentence = "The trace has one column of tokens, and two rates are stated."
        raise BadFile(1, sentence, "say --tokens-per-chip-second, or name the other column")


def _length(seconds: float) -> str:
    if seconds < 3 * HOUR:
        return f"{seconds / MINUTE:.1f} minutes"
    return f"{seconds / HOUR:.1f} hours"
