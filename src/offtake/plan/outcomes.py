"""What is uncertain about clauses: which case holds in which scenario, and who can tell."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from offtake.book.force import InForce
from offtake.book.records import Clause
from offtake.clauses.base import Bought, Columns, Ranked, Right, Uncertain
from offtake.plan.affine import Indices, Numbers
from offtake.plan.capacity import Whole
from offtake.units import Month


def outcomes(whole: Whole, x: Columns) -> Indices:
    """For each scenario the number of its outcome, as these columns see it."""
    scenarios = len(whole.grid.scenarios)
    cases = whole.tree.cases
    if x.index.shape[1] > 1:
        return np.arange(scenarios)
    if not cases:
        return np.zeros(scenarios, dtype=np.int64)
    table = np.stack(list(cases.values()), axis=1)
    return np.unique(table, axis=0, return_inverse=True)[1].ravel()


def landed_alike(whole: Whole, pool: int) -> Indices:
    """For each scenario the number of its outcome, as one pool's capacity sees it.

    One outcome where nothing uncertain lands there or leaves; each scenario its own where what
    lands is chosen scenario by scenario.
    """
    scenarios = len(whole.grid.scenarios)
    if pool in whole.chosen:
        return np.arange(scenarios)
    if pool in whole.uncertain:
        return outcomes(whole, Columns(np.zeros((0, 1), dtype=np.int64)))
    return np.zeros(scenarios, dtype=np.int64)


def case(whole: Whole, term: InForce, x: Columns) -> Numbers:
    """A clause's stated case by (lot, outcome); equals that ask for too much have it pro rata."""
    first = np.unique(outcomes(whole, x), return_index=True)[1]
    own = np.array([_stated(whole, term.clause, lot)[first] for lot in x.lots])
    own = own.reshape(len(x), first.size)
    together = own.copy()
    for i, lot in enumerate(x.lots):
        for peer in _peers(whole, term, lot):
            together[i] += _stated(whole, peer, lot)[first]
    return np.asarray(own / np.maximum(together, 1.0))


def _stated(whole: Whole, clause: Clause, lot: Bought) -> Numbers:
    """The value of a clause's stated case in each scenario, the mean where it has one only."""
    if isinstance(clause, Right) and not clause.can_serve(lot, whole.book):
        return np.zeros(len(whole.grid.scenarios))
    return stated(whole, clause)


def stated(whole: Whole, clause: Clause) -> Numbers:
    """The value of a clause's case in each scenario, the mean where the plan makes none of it."""
    if clause.id in whole.tree.cases:
        return whole.tree.cases[clause.id]
    cases = clause.cases(whole.book) if isinstance(clause, Uncertain) else ()
    total = sum(c.weight for c in cases)
    mean = sum(c.value * c.weight for c in cases) / total if total else 0.0
    return np.full(len(whole.grid.scenarios), mean)


def _peers(whole: Whole, term: InForce, lot: Bought) -> Iterator[Clause]:
    """Other rights of the same precedence and rank that reach a lot."""
    for other in whole.book.terms:
        clause = other.clause
        if (
            isinstance(clause, Right)
            and clause.id != term.clause.id
            and order_of(clause) == order_of(term.clause)
            and clause.held_by != lot.seller
            and other.on(lot.deal)
            and clause.scope.covers(lot.lot, lot.deal, whole.book.purposes)
        ):
            yield clause


def order_of(clause: Clause) -> tuple[int, int]:
    """Who is asked first: holders of one order are asked together, and share what is offered."""
    return (clause.precedence, clause.rank) if isinstance(clause, Ranked) else (9, 1)


def alike(whole: Whole, month: Month, tolerance: float) -> tuple[tuple[int, ...], ...]:
    """Scenarios that nobody can tell apart by their demand before a month."""
    known = max(0, min(month - whole.grid.months[0], len(whole.grid.months)))
    need = whole.need[:, :, :known].sum(axis=-1)
    groups: list[list[int]] = []
    for s in range(len(whole.grid.scenarios)):
        for group in groups:
            other = need[:, group[0]]
            if np.all(np.abs(need[:, s] - other) <= tolerance * np.abs(other)):
                group.append(s)
                break
        else:
            groups.append([s])
    return tuple(tuple(g) for g in groups)
