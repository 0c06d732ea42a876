"""Why not cheaper: the lines of the book that bind, and what one unit more would save."""

from __future__ import annotations

from typing import Any

import numpy as np

from offtake.plan.assemble import Programme
from offtake.plan.model import Owner
from offtake.plan.result import frame
from offtake.plan.solve import Solution, solve
from offtake.plan.words import money

WORTH = 1.0
"""Money per unit below which a limit is not worth a line."""


def limits(made: Programme, solution: Solution) -> Any:
    """Marginal prices of the book's limits, whole numbers held as the plan has them."""
    priced = solve(made, fixed=solution.x)
    if not priced.found:
        return frame("limits", [])
    owners = made.model.row_array(3).astype(np.int64)
    lower, upper = made.model.row_array(0), made.model.row_array(1)
    rows = []
    for number, owner in enumerate(made.model.owners):
        mine = np.flatnonzero((owners == number) & (priced.duals != 0))
        if not mine.size or not owner.place.file:
            continue
        value = _saving(made, owner, priced.duals[mine], lower[mine], upper[mine])
        if value is None or abs(value[0]) < WORTH:
            continue
        amount, unit, sentence = value
        rows.append((str(owner.place), owner.subject, sentence, amount, unit))
    rows += _barred(made, priced)
    return frame("limits", sorted(rows, key=lambda r: (r[4], -abs(r[3]))))


def _barred(made: Programme, priced: Solution) -> list[tuple[str, str, str, float, str]]:
    """What the first chip would save that one clause alone bars, or makes too late."""
    closers: dict[int, set[Owner]] = {}
    late = frozenset(int(c) for c in made.late())
    asked = [(a.owner, a.columns) for a in made.asked if late.issuperset(map(int, a.columns))]
    for number, columns in [*made.model.closed, *asked]:
        for column in columns:
            closers.setdefault(int(column), set()).add(made.model.owners[number])
    closed: dict[Owner, list[int]] = {}
    for column, owners in closers.items():
        if len(owners) == 1:
            closed.setdefault(next(iter(owners)), []).append(column)
    currency = made.whole.book.header.currency
    found = []
    for owner, alone in closed.items():
        best = -float(priced.reduced[alone].min(initial=0.0))
        if owner.path[:1] == ("clauses",) and best >= WORTH:
            what = "comes too late for" if owner.part == "window" else "bars"
            said = f"the best chip that {owner.subject} {what} would save {money(best, currency)}"
            found.append((str(owner.place), owner.subject, said, best, "chip"))
    return found


def _saving(
    made: Programme, owner: Owner, duals: Any, lower: Any, upper: Any
) -> tuple[float, str, str] | None:
    """What one unit more of a limit saves, its unit, and the sentence that says so."""
    currency = made.whole.book.header.currency
    if owner.part == "need":
        demand = made.whole.book.demand[owner.path[1]]
        base = max((demand.path or {}).values(), default=demand.base or 0)
        if not base:
            return None
        amount = float(duals @ np.where(np.isfinite(lower), lower, 0.0)) / base
        return (
            amount,
            f"{demand.unit} of need",
            (
                f"one {demand.unit} less of {demand.id}, for its whole time, would save "
                f"{money(amount, currency)}"
            ),
        )
    amount = -float(duals @ np.where(np.isfinite(upper), 1.0, 0.0))
    if owner.part == "max":
        said = f"{owner.subject} is at its maximum; one chip more would save"
        return amount, "chip", f"{said} {money(amount, currency)}"
    if owner.part == "power":
        amount = float(duals.sum()) * 1e3
        said = f"{owner.subject} uses all its power; one MW more would save"
        return amount, "MW", f"{said} {money(amount, currency)}"
    if owner.part.startswith(("limit", "per_year")):
        amount *= 1e6
        what = "tranche" if owner.part.startswith("limit") else "yearly limit"
        said = f"{owner.subject} is called in full; a {what} larger by 1 M {currency} would save"
        return amount, f"M {currency}", f"{said} {money(amount, currency)}"
    return None
