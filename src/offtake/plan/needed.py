"""No more of a metered offer than is needed: the same plan, at the same cost, without the rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from offtake.book.records import Offer
from offtake.plan.affine import Indices, Numbers
from offtake.plan.assemble import Programme
from offtake.plan.model import Arrays, compressed
from offtake.plan.solve import FEASIBLE, Limits, Solution, run

_LIMITS = Limits(gap=0.0, seconds=10.0)


def needed(made: Programme, solution: Solution) -> Solution:
    """The plan with each metered lot lowered as far as its use and the book's other lines allow.

    A metered lot pays nothing by itself, so to the solver its maximum is as good as what is used
    of it. Of all plans that differ from this one in such quantities, and in which hour and by whom
    of equal price they are used, the smallest is taken; what is paid, and every other decision,
    stays as it is.
    """
    lots, months = _metered(made, solution)
    if not lots.size:
        return solution
    arrays = made.arrays()
    least = run(_lowered(made, arrays, solution, lots, months), _LIMITS)
    if not least.found or least.residual > FEASIBLE:
        return solution
    return replace(solution, x=least.x)


def _metered(made: Programme, solution: Solution) -> tuple[Indices, Numbers]:
    """Columns of metered lots that are bought, and their months of service."""
    columns, months = [], []
    for buy in made.whole.buys:
        if isinstance(made.whole.book.offers.get(buy.subject), Offer) and buy.pool.meter:
            columns.append(buy.columns.index[:, 0])
            months.append(np.array([lot.months for lot in buy.columns.lots], dtype=float))
    if not columns:
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    found, length = np.concatenate(columns), np.concatenate(months)
    bought = solution.x[found] > 0
    return found[bought], length[bought]


def _lowered(
    made: Programme, arrays: Arrays, solution: Solution, lots: Indices, months: Numbers
) -> Arrays:
    """All columns held but those lots and what follows from them without a payment."""
    model, whole = made.model, made.whole
    row = arrays.index.astype(np.int64)
    column = np.repeat(np.arange(model.columns), np.diff(arrays.start))
    x = solution.x / arrays.column_scale
    pools = [n for n, p in enumerate(whole.pools) if p.meter in whole.book.offers and not p.hourly]
    level = np.concatenate([whole.level[n].ravel() for n in pools])
    moved = np.concatenate([lots, level])
    # Lumps, gangs and what holders take follow the lots and pay nothing.
    beside = np.unique(column[np.isin(row, row[np.isin(column, moved)])])
    free = np.zeros(model.columns, dtype=bool)
    free[beside] = model.cost[beside] == 0
    bought = [b.columns.index.ravel() for b in whole.buys]
    levels = [columns.ravel() for columns in whole.level]
    free[np.concatenate([*bought, *levels])] = False
    for use in whole.uses:
        free[use.column] = int(use.pool[0]) in pools
    free[moved] = True
    lower, upper = np.where(free, arrays.lower, x), np.where(free, arrays.upper, x)
    upper[lots] = x[lots]
    cost = np.zeros(model.columns)
    cost[lots] = months
    # What is paid becomes a row more.
    paying = np.flatnonzero(arrays.cost)
    row = np.concatenate([row, np.full(paying.size, model.rows)])
    column = np.concatenate([column, paying])
    value = np.concatenate([arrays.value, arrays.cost[paying]])
    start, index, value = compressed(row, column, value, (model.rows + 1, model.columns))
    # What is held keeps the solver's rounding; a row that it breaks by a hair stays as it is.
    held = value * np.repeat(x, np.diff(start))
    now = np.bincount(index, weights=held, minlength=model.rows + 1)
    return replace(
        arrays,
        cost=cost,
        start=start,
        index=index,
        value=value,
        row_scale=np.append(arrays.row_scale, 1.0),
        lower=np.minimum(lower, upper),
        upper=upper,
        row_lower=np.minimum(np.append(arrays.row_lower, -np.inf), now),
        row_upper=np.maximum(np.append(arrays.row_upper, -np.inf), now),
        integer=arrays.integer & free,
        money=1.0,
    )
