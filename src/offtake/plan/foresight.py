"""Regret and the value of perfect information: each scenario planned alone, as if it were known."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from offtake.plan.assemble import Programme, programme
from offtake.plan.ledger import scenario_costs
from offtake.plan.result import frame
from offtake.plan.solve import Limits, Solution, solve


def scenarios(
    made: Programme,
    solution: Solution,
    limits: Limits,
    *,
    workers: int = 2,
    step: Callable[[str], None] = lambda _: None,
) -> tuple[Any, float]:
    """The table of scenarios, and what it would be worth to know the scenario beforehand."""
    grid = made.whole.grid
    costs = scenario_costs(made, solution)

    def alone(s: int) -> float:
        if len(grid.scenarios) == 1:
            return solution.objective
        one = programme(made.whole.book, objective=made.whole.objective, only=s)
        return solve(one, limits=limits).objective

    found: list[float] = []
    with ThreadPoolExecutor(max_workers=workers) as pool:
        for cost in pool.map(alone, range(len(grid.scenarios))):
            found.append(cost)
            step("scenarios")
    perfect = np.array(found)
    rows = [
        (
            name,
            float(grid.weights[s]),
            float(costs[s]),
            float(perfect[s]),
            float(costs[s]) - float(perfect[s]),
        )
        for s, name in enumerate(grid.scenarios)
    ]
    return frame("scenarios", rows), float(grid.weights @ (costs - perfect))
