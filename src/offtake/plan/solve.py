"""Solves a programme with HiGHS and values the answer again, without trusting the solver's word."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from offtake.plan.affine import Numbers
from offtake.plan.assemble import Programme
from offtake.plan.model import Arrays

Status = Literal["optimal", "infeasible", "unbounded", "stopped"]
FEASIBLE = 1e-5
"""Largest violation of a row or bound that an answer may have, in scaled units."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When a solve may stop: relative gap, seconds; and the seed of the solver's own choices."""

    gap: float = 1e-4
    seconds: float = 600.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Solution:
    """An answer: columns in book units, cost in the book's currency, and how sure it is."""

    status: Status
    objective: float
    """The cost of `x`, counted from the columns and not taken from the solver."""
    bound: float
    x: Numbers
    duals: Numbers
    """Money per unit of each row's bound, where the programme has no integers left; else zero."""
    residual: float
    iterations: int
    basis: Any = field(default=None, repr=False)
    reduced: Numbers = field(default_factory=lambda: np.zeros(0), repr=False)
    """What one unit more of each column would add to the cost, where there are duals."""

    @property
    def gap(self) -> float:
        """(cost − bound) over the cost's size."""
        return abs(self.objective - self.bound) / max(1.0, abs(self.objective))

    @property
    def found(self) -> bool:
        """Whether there is a plan at all; that of a book with nothing to decide is empty."""
        return not math.isnan(self.objective)


class OutOfTimeError(RuntimeError):
    """The solver had no answer within its time: neither a plan nor a proof that there is none."""


def solver_version() -> str:
    """Name and version of the solver, for certificates."""
    import highspy

    return f"HiGHS {highspy.Highs().version()}"


def solve(
    made: Programme,
    off: Collection[int] = (),
    *,
    limits: Limits | None = None,
    start: Solution | None = None,
    fixed: Numbers | None = None,
    feasible_only: bool = False,
) -> Solution:
    """Solve without the owners `off`.

    `start` warms the solver with an earlier answer; `fixed` holds all integer columns at given
    values, which leaves a linear programme with duals; `feasible_only` asks for any plan.
    """
    arrays = made.arrays(off, feasible_only=feasible_only)
    return run(arrays, limits or Limits(), start, fixed)


def run(
    arrays: Arrays,
    limits: Limits,
    start: Solution | None = None,
    fixed: Numbers | None = None,
) -> Solution:
    """Solve arrays; a programme that cannot be satisfied is an answer, not an error.

    With integers HiGHS spends most of its time in sub-problems that look for better plans, while
    here a good plan is found at the root and the proof is short. So the first third of the time
    goes without them, and the rest, where it is needed, starts from what was found.
    """
    if np.any(arrays.lower > arrays.upper) or np.any(arrays.row_lower > arrays.row_upper):
        return _nothing("infeasible")
    if not arrays.cost.size:
        return _undecided(arrays)
    if fixed is not None or not arrays.integer.any():
        return _attempt(arrays, limits, start, fixed, lean=False)
    short = replace(limits, seconds=limits.seconds / 3)
    first = _attempt(arrays, short, start, None, lean=True)
    if first.status != "stopped":
        return first
    long = replace(limits, seconds=limits.seconds * 2 / 3)
    second = _attempt(arrays, long, first if first.found else start, None, lean=False)
    return _better(first, second)


def _better(first: Solution, second: Solution) -> Solution:
    """The cheaper plan of two attempts with the tighter bound of both."""
    if not first.found or not second.found:
        return first if first.found else second
    best = second if second.objective <= first.objective else first
    return replace(best, bound=min(max(first.bound, second.bound), best.objective))


def _attempt(
    arrays: Arrays, limits: Limits, start: Solution | None, fixed: Numbers | None, *, lean: bool
) -> Solution:
    import highspy

    solver = highspy.Highs()
    _options(solver, limits, lean)
    integer = arrays.integer if fixed is None else np.zeros_like(arrays.integer)
    _pass(highspy, solver, arrays, integer, fixed)
    if start is not None and start.found:
        _warm(highspy, solver, arrays, start, bool(integer.any()))
    solver.run()
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kUnboundedOrInfeasible:
        solver.setOptionValue("presolve", "off")
        solver.run()
        status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return _nothing("infeasible")
    if status == highspy.HighsModelStatus.kUnbounded:
        return _nothing("unbounded")
    info = solver.getInfo()
    if info.primal_solution_status != 2:
        return _nothing("stopped")
    return _answer(highspy, solver, arrays, bool(integer.any()), status)


def _options(solver: Any, limits: Limits, lean: bool) -> None:
    options: dict[str, float | int | bool] = {
        "output_flag": False,
        "threads": 1,
        "random_seed": limits.seed,
        "mip_rel_gap": limits.gap,
        "time_limit": limits.seconds,
    }
    if lean:
        options |= {
            "mip_heuristic_effort": 0.0,
            "mip_heuristic_run_rens": False,
            "mip_heuristic_run_rins": False,
        }
    for name, value in options.items():
        solver.setOptionValue(name, value)


def _pass(highspy: Any, solver: Any, arrays: Arrays, integer: Any, fixed: Numbers | None) -> None:
    """Hand the arrays over as they are: a model object would copy them number by number."""
    lower, upper = arrays.lower, arrays.upper
    if fixed is not None:
        which = arrays.integer
        lower, upper = lower.copy(), upper.copy()
        lower[which] = upper[which] = np.round(fixed[which] / arrays.column_scale[which])
    size = (arrays.cost.size, arrays.row_lower.size, arrays.value.size)
    form = (int(highspy.MatrixFormat.kColwise), int(highspy.ObjSense.kMinimize), 0.0)
    bounds = (lower, upper, arrays.row_lower, arrays.row_upper)
    matrix = (arrays.start, arrays.index, arrays.value)
    solver.passModel(*size, *form, arrays.cost, *bounds, *matrix, integer.astype(np.int32))


def _warm(highspy: Any, solver: Any, arrays: Arrays, start: Solution, integer: bool) -> None:
    """A basis for a linear programme, a plan to start from for one with integers."""
    if not integer and start.basis is not None:
        solver.setBasis(start.basis)
    elif integer and start.x.size == arrays.cost.size:
        known = highspy.HighsSolution()
        known.col_value = list(start.x / arrays.column_scale)
        solver.setSolution(known)


def _answer(highspy: Any, solver: Any, arrays: Arrays, integer: bool, status: Any) -> Solution:
    scaled = np.asarray(solver.getSolution().col_value)
    info = solver.getInfo()
    cost = float(arrays.cost @ scaled)
    done = status == highspy.HighsModelStatus.kOptimal
    bound = float(info.mip_dual_bound) if integer else (cost if done else -np.inf)
    duals, reduced = np.zeros(arrays.row_lower.size), np.zeros(0)
    if not integer:
        duals = np.asarray(solver.getSolution().row_dual) * arrays.money / arrays.row_scale
        reduced = np.asarray(solver.getSolution().col_dual) * arrays.money / arrays.column_scale
    return Solution(
        status="optimal" if done else "stopped",
        objective=cost * arrays.money,
        bound=min(bound, cost) * arrays.money,
        x=scaled * arrays.column_scale,
        duals=duals,
        residual=residual(arrays, scaled),
        iterations=int(info.simplex_iteration_count),
        basis=None if integer else solver.getBasis(),
        reduced=reduced,
    )


def residual(arrays: Arrays, scaled: Numbers) -> float:
    """The largest violation of any row, bound or integrality, in scaled units."""
    entries = arrays.value * np.repeat(scaled, np.diff(arrays.start))
    rows = np.bincount(arrays.index, weights=entries, minlength=arrays.row_lower.size)
    parts = (
        arrays.row_lower - rows,
        rows - arrays.row_upper,
        arrays.lower - scaled,
        scaled - arrays.upper,
        np.abs(scaled - np.round(scaled))[arrays.integer],
    )
    return max((float(p.max(initial=0.0)) for p in parts), default=0.0)


def _undecided(arrays: Arrays) -> Solution:
    """The answer where there is nothing to decide, of which HiGHS says neither yes nor no."""
    if np.any(arrays.row_lower > 0) or np.any(arrays.row_upper < 0):
        return _nothing("infeasible")
    none = np.zeros(0)
    return Solution("optimal", 0.0, 0.0, none, np.zeros(arrays.row_lower.size), 0.0, 0)


def _nothing(status: Status) -> Solution:
    none = np.zeros(0)
    nan = float("nan")
    return Solution(status, nan, nan, none, none, nan, 0)
