"""The months, hours and scenarios of a plan, made from the book as known on its day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from offtake.book.force import Book, InForce, terms
from offtake.clauses.base import Case, Grid, Uncertain
from offtake.plan.demand import scenario_weights

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hours:
    """Representative hours of a day: weights that sum to one, and which of the 24 each stands for.

    `of` has shape (24,): the representative hour in which each hour of the day is counted.
    """

    weights: Numbers
    of: NDArray[np.int64]

    def condense(self, shape: Sequence[float]) -> Numbers:
        """A 24-hour shape as means over the representative hours, in their order."""
        day = np.asarray(shape, dtype=float)
        return np.array([day[self.of == h].mean() for h in range(len(self.weights))])


@dataclass(frozen=True, slots=True)
class Tree:
    """The scenarios: each a path of demand together with one case of every uncertain clause."""

    grid: Grid
    path: tuple[str, ...]
    """For each scenario the name of its path of demand."""
    cases: Mapping[str, Numbers]
    """For each clause with stated cases its value in each scenario."""

    def only(self, s: int) -> Tree:
        """One scenario for certain."""
        grid = replace(self.grid, scenarios=(self.grid.scenarios[s],), weights=np.ones(1))
        cases = {clause: values[s : s + 1] for clause, values in self.cases.items()}
        return Tree(grid, (self.path[s],), cases)


class NothingAheadError(ValueError):
    """All months of a book lie before the day from which it is planned."""


def months_of(book: Book) -> Grid:
    """The months still ahead, with one scenario; the tree adds the others.

    A month that has begun before the day of knowledge can no longer be decided and is left out.
    Deals start on the grid that is counted from the book's first month, wherever the plan begins.
    """
    periods = book.header.periods
    every = tuple(periods.start + t for t in range(periods.length.months))
    months = tuple(m for m in every if m.first >= book.known)
    if not months:
        last = every[-1] if every else periods.start
        raise NothingAheadError(
            f"nothing is left to plan on {book.known}: {last} is the last month"
        )
    annual = book.header.discount.value
    exponents = np.arange(1, len(months) + 1) / 12.0
    return Grid(
        months=months,
        hours=np.array([float(m.hours) for m in months]),
        discount=(1.0 + float(annual)) ** -exponents,
        scenarios=("base",),
        weights=np.ones(1),
        as_of=book.known,
        annual=annual,
        starts=tuple(m for m in every[:: max(1, periods.steps.months)] if m in months),
    )


def tree_of(book: Book) -> Tree:
    """Every path of demand times every stated case of the clauses that a plan could meet."""
    base = months_of(book)
    names: list[str] = []
    weights: list[float] = []
    paths: list[str] = []
    for path, weight in scenario_weights(book).items():
        names.append(path)
        weights.append(weight)
        paths.append(path)
    cases: dict[str, list[float]] = {}
    for clause_id, short, options in _uncertain(book, base.months[-1].last):
        names, weights, paths, cases = _times(
            clause_id, short, options, names, weights, paths, cases
        )
    total = sum(weights)
    grid = replace(base, scenarios=tuple(names), weights=np.array([w / total for w in weights]))
    return Tree(grid, tuple(paths), {k: np.array(v) for k, v in cases.items()})


def _uncertain(book: Book, end: dt.date) -> list[tuple[str, str, list[Case]]]:
    """Clauses that state several cases of what may come to pass: id, name, cases."""
    found: dict[str, tuple[str, str, list[Case]]] = {}
    for term in terms(book):
        clause = term.clause
        if not isinstance(clause, Uncertain) or not _matters(term, book.known, end):
            continue
        options = [case for case in clause.cases(book) if case.weight > 0]
        if len(options) > 1:
            found.setdefault(clause.id, (clause.id, clause.name or clause.kind, options))
    return list(found.values())


def _matters(term: InForce, start: dt.date, end: dt.date) -> bool:
    return term.start <= end and term.end >= start


def _times(
    clause_id: str,
    short: str,
    options: list[Case],
    names: list[str],
    weights: list[float],
    paths: list[str],
    cases: dict[str, list[float]],
) -> tuple[list[str], list[float], list[str], dict[str, list[float]]]:
    """Each scenario so far, split into the clause's cases."""
    total = sum(case.weight for case in options)
    each = range(len(options))
    out_names = [f"{n}, {short} {options[j].words}" for n in names for j in each]
    out_weights = [w * options[j].weight / total for w in weights for j in each]
    out_paths = [p for p in paths for _ in each]
    out_cases = {k: [v for v in values for _ in each] for k, values in cases.items()}
    out_cases[clause_id] = [options[j].value for _ in names for j in each]
    return out_names, out_weights, out_paths, out_cases


def condensed_hours(shapes: Sequence[Sequence[float]], count: int) -> Hours:
    """Condense a day into at most `count` representative hours, after Ward (1963).

    Hours in which all shapes agree are merged without loss. Then the two groups whose merging
    changes the shapes least are merged, over and over; the hour of the greatest total load is
    never merged into others, because it decides how much capacity is needed.
    """
    if not shapes:
        return Hours(np.ones(1), np.zeros(24, dtype=np.int64))
    day = np.asarray(shapes, dtype=float).T
    distinct, member = np.unique(day, axis=0, return_inverse=True)
    groups = [np.flatnonzero(member.ravel() == g) for g in range(len(distinct))]
    peak = int(day.sum(axis=1).argmax())
    while len(groups) > max(1, count):
        best: tuple[float, int, int] | None = None
        for a in range(len(groups)):
            for b in range(a + 1, len(groups)):
                if count > 1 and (peak in groups[a] or peak in groups[b]):
                    continue
                step = _ward(day[groups[a]], day[groups[b]])
                if best is None or step < best[0]:
                    best = (step, a, b)
        assert best is not None
        _, a, b = best
        groups[a] = np.concatenate([groups[a], groups[b]])
        del groups[b]
    groups.sort(key=lambda g: int(g.min()))
    of = np.zeros(24, dtype=np.int64)
    for h, members in enumerate(groups):
        of[members] = h
    return Hours(np.array([len(g) / 24.0 for g in groups]), of)


def _ward(a: Numbers, b: Numbers) -> float:
    """The growth of the sum of squares if two groups of hours become one."""
    gap = a.mean(axis=0) - b.mean(axis=0)
    return float(len(a) * len(b) / (len(a) + len(b)) * (gap @ gap))
