"""The whole of planning: from a book to a result, or to the lines that clash."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from offtake.book import check_size
from offtake.book.force import Book
from offtake.plan import frames, ledger, rights
from offtake.plan.assemble import Programme, Risk, programme
from offtake.plan.choices import choices
from offtake.plan.clash import clash
from offtake.plan.costs import clause_costs
from offtake.plan.foresight import Foresight, foresight, unforeseen
from offtake.plan.limits import limits
from offtake.plan.needed import needed
from offtake.plan.result import Clash, PlanResult, frame
from offtake.plan.solve import FEASIBLE, Limits, OutOfTimeError, Solution, solve, solver_version
from offtake.plan.why import Reasons

Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Options:
    """How to plan. The limits bound each solve; `costs` and `foresight` may be left out."""

    objective: str = "buyer"
    risk: Risk | None = None
    limits: Limits = field(default_factory=lambda: Limits(gap=2e-3, seconds=120.0))
    costs: bool = True
    foresight: bool = True
    workers: int = 2
    versions: Mapping[str, str] = field(default_factory=dict)
    """Of what else made the plan, for its certificate."""


class TooLargeError(ValueError):
    """A plan would need more than can be built: one sentence with its size."""


class UntrustedError(RuntimeError):
    """The solver's answer breaks the programme's own rows: it is not shown as a plan."""


def plan(
    book: Book, options: Options | None = None, *, step: Step = lambda _: None
) -> PlanResult | Clash:
    """Plan a book as known on its day.

    Raises `TooLargeError`, `OutOfTimeError` or `UntrustedError`.
    """
    chosen = options or Options()
    for fault in check_size.plan(book):
        raise TooLargeError(f"{fault.sentence} {fault.hint}")
    made = programme(book, risk=chosen.risk, objective=chosen.objective)
    step("built")
    solution = solve(made, limits=chosen.limits)
    step("solved")
    if solution.status == "infeasible":
        return clash(made, chosen.limits, step=step)
    if solution.status == "unbounded":
        raise UntrustedError(
            "the cost falls without end: some clause pays back more the more there is of it"
        )
    if not solution.found:
        raise OutOfTimeError(f"no plan found in {chosen.limits.seconds:g} s; allow more time")
    if solution.residual > FEASIBLE:
        size = f"{solution.residual:.1e}"
        raise UntrustedError(
            f"the solver's answer breaks a row by {size}, so it is not shown; try a larger gap"
        )
    return _result(made, solution, chosen, step)


def _result(made: Programme, solution: Solution, options: Options, step: Step) -> PlanResult:
    book, grid = made.whole.book, made.whole.grid
    solution = needed(made, solution)
    digest = frames.plan_digest(made, solution)
    late = frozenset(int(c) for c in made.late())
    why = Reasons(made, solution, late)
    costs = ledger.scenario_costs(made, solution)
    cash, shortage, residual = ledger.made_up_of(made, solution)
    priced = frame("clause_costs", [])
    if options.costs:
        priced = clause_costs(made, solution, options.limits, workers=options.workers, step=step)
    known = unforeseen(made, solution)
    if options.foresight:
        known = foresight(made, solution, options.limits, workers=options.workers, step=step)
    binding = limits(made, solution)
    step("explained")
    return PlanResult(
        title=book.header.title or book.header.buyer,
        buyer=book.header.buyer,
        as_of=grid.as_of,
        currency=book.header.currency,
        months=tuple(m.first for m in grid.months),
        cost=float(grid.weights @ costs),
        cash=cash,
        shortage=shortage,
        residual=residual,
        cvar=ledger.tail_mean(costs, grid.weights, made.risk.tail),
        perfect_information=known.worth,
        certificate={**certificate(made, solution, options, known), "plan": digest},
        purchases=frames.purchases(made, solution, digest, why),
        builds=frames.builds(made, solution, why),
        choices=choices(made, solution),
        spend=ledger.spend(made, solution),
        capital=ledger.capital(made, solution),
        capacity=frames.capacity(made, solution),
        demand=frames.demand(made, solution),
        usage=frames.usage(made, solution),
        notices=rights.notices(made, solution, digest),
        rights=rights.in_words(book),
        clause_costs=priced,
        limits=binding,
        scenarios=known.table,
        sites=frames.sites(made, solution),
    )


def certificate(
    made: Programme, solution: Solution, options: Options, known: Foresight
) -> Mapping[str, Any]:
    """How sure the plan is, and what made it: enough to make it again and compare."""
    model = made.model
    return {
        "status": solution.status,
        "objective": solution.objective,
        "bound": solution.bound,
        "gap": solution.gap,
        "gap_allowed": options.limits.gap,
        "residual": solution.residual,
        "solver": solver_version(),
        "seed": options.limits.seed,
        **options.versions,
        "columns": model.columns,
        "rows": model.rows,
        "integers": int(model.integer.sum()),
        "scenarios": len(made.whole.grid.scenarios),
        "months": len(made.whole.grid.months),
        "objective_counts": options.objective,
        "perfect_information_low": known.low,
        "perfect_information_high": known.high,
        "risk_weight": made.risk.weight,
        "risk_tail": made.risk.tail,
        "digest": made.whole.book.digest,
        "as_of": made.whole.grid.as_of.isoformat(),
    }
