"""The table of what clauses let the buyer choose beside buying: ending early, letting to others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from offtake.plan.affine import Numbers
from offtake.plan.assemble import Programme
from offtake.plan.capacity import Told
from offtake.plan.result import frame
from offtake.plan.solve import Solution
from offtake.plan.standing import NEGLIGIBLE
from offtake.plan.words import chips as counted_chips
from offtake.plan.words import money


def choices(made: Programme, solution: Solution) -> Any:
    """What is chosen with some probability, with its expected chips and what it saves."""
    paid = _paid(made)
    rows = [row for told in made.whole.told for row in _rows(made, solution, told, paid)]
    return frame("choices", sorted(rows, key=lambda r: (r[4], r[0], r[2])))


def _paid(made: Programme) -> dict[int, float]:
    """Discounted cash of one unit of each column that pays, by the column's number."""
    found: dict[int, float] = {}
    for cash in made.model.cash:
        each = cash.by_month @ made.whole.grid.discount
        for column, amount in zip(cash.columns.ravel(), each, strict=True):
            found[int(column)] = found.get(int(column), 0.0) + float(amount)
    return found


def _rows(
    made: Programme, solution: Solution, told: Told, paid: dict[int, float]
) -> Iterator[tuple[Any, ...]]:
    grid = made.whole.grid
    columns = np.broadcast_to(told.columns, (len(told.columns), len(grid.scenarios)))
    values: Numbers = solution.x[columns] * told.chips[:, None]
    for i, (by, start) in enumerate(zip(told.by, told.start, strict=True)):
        chosen = values[i] >= NEGLIGIBLE
        if not chosen.any():
            continue
        each = np.array([paid.get(int(c), 0.0) for c in columns[i]])
        saved = -float((each * solution.x[columns[i]]) @ grid.weights)
        chips, likely = float(values[i] @ grid.weights), float(grid.weights[chosen].sum())
        yield (
            told.clause,
            told.what,
            told.subject,
            by,
            start,
            chips,
            likely,
            saved,
            _sentence(made, told, chips, likely, saved),
            str(told.place),
        )


def _sentence(made: Programme, told: Told, chips: float, likely: float, saved: float) -> str:
    when = "in every scenario" if likely > 1 - 1e-9 else f"in {likely:.0%} of cases"
    amount = money(abs(saved), made.whole.book.header.currency)
    # What it saves elsewhere, such as on a floor, is in the cost of the clause and not in its cash.
    comes = f"saves {amount}" if saved >= 0 else f"{amount} is paid for it"
    mean = "" if likely > 1 - 1e-9 else " on average"
    return f"{told.what} {counted_chips(chips)}{mean} of {told.subject}, {when}: {comes}"
