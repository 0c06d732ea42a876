"""Why not cheaper: the lines of the book that bind, and what one unit more would save."""

from __future__ import annotations

from typing import Any

import numpy as np

from offtake.plan.affine import Indices, Numbers
from offtake.plan.assemble import Programme
from offtake.plan.model import HERE, Owner
from offtake.plan.result import frame
from offtake.plan.solve import Limits, Solution, run, solve
from offtake.plan.words import counted, money

WORTH = 1.0
"""Money per unit below which a limit is not worth a line."""


def limits(made: Programme, solution: Solution) -> Any:
    """Marginal prices of the book's limits, whole numbers held as the plan has them."""
    # Without whole numbers the plan's own solve has priced everything already.
    known = solution.status == "optimal" and bool(solution.reduced.size)
    priced = solution if known else solve(made, fixed=solution.x)
    if not priced.found:
        return frame("limits", [])
    owners = made.model.row_owner
    lower, upper = made.model.row_lower, made.model.row_upper
    rows = []
    for number, owner in enumerate(made.model.owners):
        mine = np.flatnonzero((owners == number) & (priced.duals != 0))
        if not mine.size or not owner.place.file:
            continue
        value = (
            _less(made, owner, priced, lower, mine)
            if owner.part == "need"
            else _saving(made, owner, priced.duals[mine], upper[mine])
        )
        if value is not None and abs(value[0]) >= WORTH:
            amount, unit, sentence = value
            rows.append((str(owner.place), owner.subject, sentence, amount, unit))
    rows += _barred(made, priced, solution.x)
    return frame("limits", sorted(rows, key=lambda r: (r[4], -abs(r[3]))))


def _barred(
    made: Programme, priced: Solution, plan: Numbers
) -> list[tuple[str, str, str, float, str]]:
    """What the first chip bought would save that one clause alone bars, or makes too late.

    The reduced costs say which chip to try; what it saves is found by letting it be bought, since
    where several limits meet a reduced cost says more than one chip can save. Uses that a clause
    bars are left out: one of them is a class in one hour of one scenario, and what several would
    save together is not the sum.
    """
    lots = _bought(made)
    closers: dict[int, set[Owner]] = {}
    late = frozenset(int(c) for c in made.late())
    asked = [(a.owner, a.columns) for a in made.asked if late.issuperset(map(int, a.columns))]
    for number, columns in [*made.model.closed, *asked]:
        for column in lots.intersection(map(int, columns)):
            closers.setdefault(column, set()).add(made.model.owners[number])
    closed: dict[Owner, list[int]] = {}
    for column, owners in closers.items():
        if len(owners) == 1:
            closed.setdefault(next(iter(owners)), []).append(column)
    found = []
    for owner, alone in closed.items():
        likely = int(alone[int(priced.reduced[alone].argmin())])
        if owner.path[:1] != ("clauses",) or -float(priced.reduced[likely]) < WORTH:
            continue
        best = _opened(made, priced, plan, likely)
        if best >= WORTH:
            what = "comes too late for" if owner.part == "window" else "bars"
            said = f"the best chip that {owner.subject} {what} would save {_money(made, best)}"
            found.append((str(owner.place), owner.subject, said, best, "chip"))
    return found


def _opened(made: Programme, priced: Solution, plan: Numbers, column: int) -> float:
    """What one chip of a closed lot would save, whole numbers held as the plan has them."""
    arrays = made.arrays()
    arrays.upper[column] = 1.0 / arrays.column_scale[column]
    found = run(arrays, Limits(), priced, plan)
    return priced.objective - found.objective if found.status == "optimal" else 0.0


def _bought(made: Programme) -> frozenset[int]:
    """The columns of lots, whose chips are bought before the scenario is known."""
    scenario = made.model.scenario
    columns = (c for buy in made.whole.buys for c in buy.columns.index.ravel())
    return frozenset(int(c) for c in columns if scenario[c] == HERE)


def _money(made: Programme, amount: float) -> str:
    return money(amount, made.whole.book.header.currency) + counted(made.risk.weight)


def _less(
    made: Programme, owner: Owner, priced: Solution, lower: Any, rows: Indices
) -> tuple[float, str, str]:
    """What a percent less of a class saves, its unit, and the sentence that says so.

    A class's scenarios may each state their need in their own way, so a percent is the one unit
    that all of them share. Where a class is not served at all, what may stay unserved binds too.
    """
    demand = owner.path[1]
    amount = float(priced.duals[rows] @ np.where(np.isfinite(lower[rows]), lower[rows], 0.0))
    short = made.whole.unserved.get(list(made.whole.book.demand).index(demand))
    if short is not None:
        most = made.model.upper[short]
        amount += float((most * np.minimum(priced.reduced[short], 0.0)).sum())
    amount /= 100
    return amount, "% of need", f"1 % less of {demand} would save {_money(made, amount)}"


def _saving(made: Programme, owner: Owner, duals: Any, upper: Any) -> tuple[float, str, str] | None:
    """What one unit more of a limit saves, its unit, and the sentence that says so."""
    currency = made.whole.book.header.currency
    amount = -float(duals @ np.where(np.isfinite(upper), 1.0, 0.0))
    if owner.part == "max":
        said = f"{owner.subject} is at its maximum; one chip more would save"
        return amount, "chip", f"{said} {_money(made, amount)}"
    if owner.part == "power":
        amount = float(duals.sum()) * 1e3
        said = f"{owner.subject} uses all its power; one MW more would save"
        return amount, "MW", f"{said} {_money(made, amount)}"
    if owner.part.startswith(("limit", "per_year")):
        amount *= 1e6
        what = "tranche" if owner.part.startswith("limit") else "yearly limit"
        said = f"{owner.subject} is called in full; a {what} larger by 1 M {currency} would save"
        return amount, f"M {currency}", f"{said} {_money(made, amount)}"
    return None
