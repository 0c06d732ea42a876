"""Regret and the value of perfect information: each scenario planned alone, as if it were known."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from offtake.plan.affine import Numbers
from offtake.plan.assemble import Programme, programme
from offtake.plan.ledger import scenario_costs
from offtake.plan.result import frame
from offtake.plan.solve import Limits, Solution, solve


@dataclass(frozen=True, slots=True)
class Foresight:
    """The table of scenarios, and what it would be worth to know the scenario beforehand.

    `worth` is the mean regret against the cheapest plans found, which need not be the cheapest
    there are; the true worth lies from `low` to `high`. None is what was not found, or not asked.
    """

    table: Any
    worth: float | None = None
    low: float | None = None
    high: float | None = None


def unforeseen(made: Programme, solution: Solution) -> Foresight:
    """The scenarios with their weights and costs alone."""
    costs = scenario_costs(made, solution)
    return Foresight(_table(made, costs, [None] * costs.size))


def foresight(
    made: Programme,
    solution: Solution,
    limits: Limits,
    *,
    workers: int = 2,
    step: Callable[[str], None] = lambda _: None,
) -> Foresight:
    """Each scenario planned alone, to within the gap; one that was stopped has no figure."""
    grid = made.whole.grid
    costs = scenario_costs(made, solution)
    count = len(grid.scenarios)

    def alone(s: int) -> tuple[float | None, float]:
        if count == 1:
            return float(costs[s]), float(costs[s])
        one = programme(made.whole.book, objective=made.whole.objective, only=s)
        own = solve(one, limits=limits)
        if not own.found:
            return None, -math.inf
        # The plan itself serves this scenario: within the gap it may be the cheaper of the two.
        return min(own.objective, float(costs[s])), min(own.bound, float(costs[s]))

    perfect: list[float | None] = []
    bounds: list[float] = []
    with ThreadPoolExecutor(max_workers=workers) as pool:
        for cost, bound in pool.map(alone, range(count)):
            perfect.append(cost)
            bounds.append(bound)
            step("scenarios")
    table = _table(made, costs, perfect)
    if None in perfect:
        return Foresight(table)
    expected = float(grid.weights @ costs)
    known = sum(float(w) * (p or 0.0) for w, p in zip(grid.weights, perfect, strict=True))
    least = sum(float(w) * b for w, b in zip(grid.weights, bounds, strict=True))
    # The best plan may cost less than this one, down to the bound. That bound is of expected cost
    # only where risk has no weight; else the worth is that to whoever follows this plan.
    best = expected if made.risk.weight > 0 or count == 1 else min(solution.bound, expected)
    high = expected - least
    return Foresight(
        table,
        worth=expected - known,
        low=max(0.0, best - known),
        high=high if math.isfinite(high) else None,
    )


def _table(made: Programme, costs: Numbers, perfect: list[float | None]) -> Any:
    grid = made.whole.grid
    rows = zip(grid.scenarios, grid.weights, costs, perfect, strict=True)
    return frame(
        "scenarios",
        [
            (name, float(weight), float(cost), best, None if best is None else float(cost) - best)
            for name, weight, cost, best in rows
        ],
    )
