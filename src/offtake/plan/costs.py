"""What each clause costs: solving again without it, and saying how sure the difference is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from offtake.book.records import Clause
from offtake.clauses.base import Right
from offtake.plan.assemble import Programme
from offtake.plan.result import frame
from offtake.plan.solve import Limits, Solution, solve
from offtake.plan.words import money

Step = Callable[[str], None]
Row = tuple[object, ...]
FLAT = 1e-9
"""Relative size below which a cost is zero for certain."""


@dataclass(frozen=True, slots=True)
class Without:
    """One question: what would it cost without these owners of the programme?"""

    clause: Clause | None
    holder: str
    part: str
    off: frozenset[int]
    after: frozenset[int] = frozenset()
    """Owners already taken away on both sides, so that parts add up in a fixed order."""


def questions(made: Programme) -> Iterator[Without]:
    """Each clause that has a say in the plan, its parts, and all rights of one holder together.

    A right that both lands capacity and takes time is split in this order: landing, then window.
    """
    jointly: dict[str, frozenset[int]] = {}
    seen: set[str] = set()
    for term in made.terms:
        clause = term.clause
        own = made.owners(clause.id)
        if clause.id in seen or not own:
            continue
        seen.add(clause.id)
        holder = clause.held_by if isinstance(clause, Right) else clause.seller
        yield Without(clause, holder, "all", own)
        landing = made.owners(clause.id, "landing")
        if landing and made.owners(clause.id, "window"):
            yield Without(clause, holder, "landing", landing)
            yield Without(clause, holder, "window", own - landing, landing)
        if isinstance(clause, Right):
            jointly[holder] = jointly.get(holder, frozenset()) | own
    rights = [t.clause for t in made.terms if isinstance(t.clause, Right)]
    for holder, own in jointly.items():
        if len({c.id for c in rights if c.held_by == holder and c.id in seen}) > 1:
            yield Without(None, holder, f"jointly: {holder}", own)


def clause_costs(
    made: Programme,
    base: Solution,
    limits: Limits,
    *,
    workers: int = 2,
    step: Step = lambda _: None,
) -> Any:
    """The table of clause costs: an interval for each, and whether it leaves zero out."""
    asked = list(questions(made))
    wanted = {q.off | q.after for q in asked} | {q.after for q in asked if q.after}

    def answer(off: frozenset[int]) -> tuple[frozenset[int], Solution]:
        return off, solve(made, off, limits=limits, start=base)

    found: dict[frozenset[int], Solution] = {frozenset(): base}
    with ThreadPoolExecutor(max_workers=workers) as pool:
        for off, solution in pool.map(answer, sorted(wanted, key=sorted)):
            found[off] = solution
            step("clauses")
    currency = made.whole.book.header.currency
    rows = [_row(q, found[q.after], found[q.off | q.after], currency) for q in asked]
    return frame("clause_costs", rows)


def _row(question: Without, with_it: Solution, without: Solution, currency: str) -> Row:
    """[bound with − cost without, cost with − bound without]."""
    low = with_it.bound - without.objective
    high = with_it.objective - without.bound
    flat = FLAT * max(1.0, abs(with_it.objective))
    if abs(low) <= flat and abs(high) <= flat:
        low = high = 0.0
    resolved = low > 0 or high < 0 or low == high
    clause = question.clause
    sentence = _sentence(low, high, resolved, currency)
    return (
        clause.id if clause else f"all rights of {question.holder}",
        clause.kind if clause else "rights",
        question.holder,
        question.part,
        low,
        high,
        resolved,
        sentence,
        str(clause.place) if clause else "",
    )


def _sentence(low: float, high: float, resolved: bool, currency: str) -> str:
    if low == high == 0.0:
        return "costs nothing in this plan"
    between = f"between {money(abs(low), currency)} and {money(abs(high), currency)}"
    if low > 0:
        return f"costs {between}"
    if high < 0:
        return f"saves between {money(-high, currency)} and {money(-low, currency)}"
    most = max(abs(low), abs(high))
    return f"unresolved: less than {money(most, currency)} either way"
