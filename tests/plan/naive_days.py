"""Days, prices and decisions of the books in `naive_books`, for the judge in `naive`.

There are no rows and no solver: every decision is a list of values on an axis of its own.
"""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .naive_books import AS_OF, CURVE, JULY, PRICES, STARTS, Data

Array = np.ndarray
HERE, SEEN, LATE = 0, 1, 2
"""Decided once; alike where demand looks alike; scenario by scenario."""
AXES = (14, 8, 8)
"""How many decisions of each sort a book may have: one axis each."""
H = 744
"""Hours of each month of the plan."""
FAR = 19
"""Months from July on that are looked at: to the end of any term in these books."""


class Scenario(NamedTuple):
    """A path of demand, what a holder takes, and how many days what comes is late."""

    name: str
    weight: float
    take: float
    late: int


def scenarios(data: Data) -> list[Scenario]:
    """Every path with every case."""
    kinds = data["kinds"]
    takes = kinds["first-refusal"]["cases"] if "first-refusal" in kinds else {0: 100}
    lates = kinds["delay-credits"]["cases"] if "delay-credits" in kinds else {0: 100}
    return [
        Scenario(s, p * q / 1e4 / len(data["needs"]), a / 100, late)
        for s in data["needs"]
        for (a, p), (late, q) in itertools.product(takes.items(), lates.items())
    ]


# --- days and prices -------------------------------------------------------------------------


def first(t: int) -> dt.date:
    """First day of month t, July being 0."""
    return dt.date(2025 + (6 + t) // 12, (6 + t) % 12 + 1, 1)


def month_of(day: dt.date) -> int:
    """Which month that is."""
    return (day.year - 2025) * 12 + day.month - 7


def days(t: int) -> list[dt.date]:
    """The days of month t."""
    return [first(t) + dt.timedelta(n) for n in range((first(t + 1) - first(t)).days)]


def hours(t: int) -> int:
    """Its hours."""
    return 24 * len(days(t))


def later(day: dt.date, months: int) -> dt.date:
    """The same day so many months on, clipped."""
    n = day.year * 12 + day.month - 1 + months
    year, month = n // 12, n % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def day(text: str) -> dt.date:
    """A day as it is written."""
    return dt.date.fromisoformat(text)


def listed(on: dt.date) -> float:
    """The market's price."""
    return float(
        next((p for d, p in sorted(CURVE.items(), reverse=True) if d <= on), CURVE[min(CURVE)])
    )


def price(data: Data, on: dt.date, begins: dt.date) -> float:
    """The host's price on a day, for what began on another."""
    kinds = data["kinds"]
    out = float(PRICES["host"])
    if "escalator" in kinds:
        w = kinds["escalator"]
        since = day(w["from"]) if w["from"] else begins
        steps = 0
        while later(since, (steps + 1) * w["every"]) <= on:
            steps += 1
        out *= (1 + w["rate"] / 100) ** (w["every"] / 12 * steps)
        if w["bound"]:
            bound = PRICES["host"] * w["bound"] / 100
            out = min(out, bound) if w["rate"] > 0 else max(out, bound)
    if "most-favoured" in kinds:
        w = kinds["most-favoured"]
        then = on - dt.timedelta(31) if w["lag"] else on
        small = w["size_max"] is None or w["size_max"] >= 100
        if small and day(w["from"]) <= then <= day(w["until"]):
            out = min(out, float(w["price"]))
        if w["against"]:
            out = min(out, listed(then) * (1 - w["against"] / 100))
    return out


def mean_price(data: Data, t: int, begins: dt.date) -> float:
    """Over the days of a month."""
    return float(np.mean([price(data, d, begins) for d in days(t)]))


# --- decisions -------------------------------------------------------------------------------


class Axes:
    """Decisions, each on an axis of its own."""

    def __init__(self) -> None:
        self.taken = [0, 0, 0]
        self.size = sum(AXES)

    def add(self, stage: int, values: Sequence[float]) -> Array:
        """One decision with these values."""
        if len(values) == 1:
            return np.full([1] * self.size, float(values[0]))
        place = sum(AXES[:stage]) + self.taken[stage]
        self.taken[stage] += 1
        assert self.taken[stage] <= AXES[stage]
        shape = [1] * self.size
        shape[place] = len(values)
        return np.array(values, dtype=float).reshape(shape)

    @staticmethod
    def least(values: Array, stage: int) -> Array:
        """The best choice in all decisions of a stage."""
        start = sum(AXES[:stage])
        axes = tuple(range(start, start + AXES[stage]))
        return np.asarray(values.min(axis=axes, keepdims=True))


def steps(most: int, step: int = 5) -> list[int]:
    """Nothing, and on by fives."""
    return list(range(0, most + 1, step))


def stage_of(data: Data, notice: dt.date) -> int:
    """Whether a decision of that day can tell the paths of demand apart."""
    if len(data["needs"]) == 1:
        return HERE
    month = notice.replace(day=1)
    seen: dict[str, list[int]] = {s: [] for s in data["needs"]}
    for n, s in enumerate(data["needs"]):
        if data["signal"] and month > dt.date(2025, 6, 1):
            seen[s].append(10 * (n + 1))
        for paths in (data["needs"], data["api"] or {}):
            if paths and month > JULY:
                seen[s].append(paths[s][0])
    return SEEN if seen["low"] != seen["high"] else HERE


class Plan:
    """All decisions of a book."""

    def __init__(self, data: Data) -> None:
        kinds = data["kinds"]
        self.axes = Axes()
        self.bought: dict[str, list[Array]] = {}
        for name in data["offers"]:
            most = data["max"] if name == "n" else 10
            self.bought[name] = [self.axes.add(HERE, steps(most, 10)) for _ in STARTS]
        self.called = [self._called(data, t) for t in range(2)]
        self.ended = {t: self._ended(data, t) for t in range(2)}
        self.renewed = self._renewed(data)
        metered = data["host"][1] == "U"
        most = data["max"] if data["host"][0] == "O" else 10
        uses: list[float] = list(steps(most))
        if "delay-credits" in kinds:  # all of what is there in a month in which it comes
            uses += [most * (31 - n) / 31 for n in kinds["delay-credits"]["cases"] if 0 < n < 31]
        late = [LATE, LATE]
        self.used = [self.axes.add(n, uses if metered else [0]) for n in late]
        lets = "sublet" in kinds
        self.let = [self.axes.add(n, steps(most) if lets else [0]) for n in late]
        after = kinds["delay-credits"]["end_after"] if "delay-credits" in kinds else None
        whole = 10 if data["host"][0] == "A" else 5
        self.gone = [
            self.axes.add(stage_of(data, start + dt.timedelta(after)), steps(most, whole))
            if after
            else self.axes.add(HERE, [0])
            for start in STARTS[: 2 if data["host"][0] == "O" else 1]
        ]

    def _called(self, data: Data, t: int) -> Array:
        notice = call_day(data, t)
        if notice is None:
            return self.axes.add(HERE, [0])
        return self.axes.add(
            stage_of(data, notice), steps(data["kinds"]["expansion-option"]["max"])
        )

    def _ended(self, data: Data, t: int) -> list[Array]:
        """Chips of each lot whose service is over from month t on."""
        if "termination" not in data["kinds"]:
            return [self.axes.add(HERE, [0])] * 2
        out = []
        for start in STARTS if data["host"][0] == "O" else STARTS[:1]:
            notice = end_day(data, t, start)
            if notice is None:
                out.append(self.axes.add(HERE, [0]))
            else:
                own = data["host"][0] == "A"
                values = [0, 10] if own else steps(data["max"])
                out.append(self.axes.add(stage_of(data, notice), values))
        return out

    def _renewed(self, data: Data) -> Array:
        if "renewal" not in data["kinds"]:
            return self.axes.add(HERE, [0])
        w = data["kinds"]["renewal"]
        notice = dt.date(2025, 7, 31) - dt.timedelta(w["notice"])
        if notice < notices_from(data, JULY):
            return self.axes.add(HERE, [10] if w["automatic"] else [0])
        most = data["max"] if data["host"][0] == "O" else 10
        whole = data["host"][0] == "A" and not w["any"]
        return self.axes.add(stage_of(data, notice), steps(most, 10 if whole else 5))


def call_day(data: Data, t: int) -> dt.date | None:
    """The last day to call what starts in month t; none if there is none."""
    w = data["kinds"].get("expansion-option")
    if w is None:
        return None
    last = min(first(t) - dt.timedelta(w["notice"]), day(w["until"]))
    # Notice given so early that service could start a month before is for that month.
    before = first(t - 1) - dt.timedelta(w["notice"])
    return last if last >= AS_OF and last > before else None


def end_day(data: Data, t: int, start: dt.date) -> dt.date | None:
    """The last day for notice that service of what starts then is over from month t on."""
    w = data["kinds"]["termination"]
    notice = first(t) - dt.timedelta(1 + w["notice"])
    free = w["from"] is None or first(t) >= day(w["from"])
    inside = start < first(t) <= finish(data, start) if data["host"][0] == "O" else True
    return notice if free and inside and notice >= notices_from(data, start) else None


def notices_from(data: Data, start: dt.date) -> dt.date:
    """The first day on which anything can be said about what starts then."""
    if data["host"][0] == "A":
        return max(AS_OF, day(data["from"]))
    return max(AS_OF, start - dt.timedelta(data["lead"]))


def finish(data: Data, start: dt.date) -> dt.date:
    """The last day of the host's service."""
    if data["host"][0] == "A":
        return day(data["until"])
    return later(start, data["term"]) - dt.timedelta(1)
