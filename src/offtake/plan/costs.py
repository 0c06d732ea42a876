"""What each clause costs: solving again without it, and saying how sure the difference is."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from offtake.book.records import Clause
from offtake.clauses.base import Reprices, Right
from offtake.plan.affine import Indices
from offtake.plan.assemble import Programme, programme
from offtake.plan.result import frame
from offtake.plan.solve import Limits, Solution, solve
from offtake.plan.words import counted, money

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
    left_out: frozenset[str] = frozenset()
    """Clauses that change prices: nothing can be switched off, the programme is made anew."""


def questions(made: Programme) -> Iterator[Without]:
    """Each clause that has a say in the plan, its parts, and all rights of one holder together.

    A right of several parts is split in a fixed order: landing, window, bars.
    """
    jointly: dict[str, frozenset[int]] = {}
    seen: set[str] = set()
    for term in made.terms:
        clause = term.clause
        own = made.owners(clause.id)
        if clause.id in seen or not (own or isinstance(clause, Reprices)):
            continue
        seen.add(clause.id)
        holder = clause.held_by if isinstance(clause, Right) else clause.seller
        if isinstance(clause, Reprices):
            yield Without(clause, holder, "all", own, left_out=frozenset({clause.id}))
            continue
        yield Without(clause, holder, "all", own)
        yield from _parts(made, clause, holder, own)
        if isinstance(clause, Right):
            jointly[holder] = jointly.get(holder, frozenset()) | own
    rights = [t.clause for t in made.terms if isinstance(t.clause, Right)]
    for holder, own in jointly.items():
        if len({c.id for c in rights if c.held_by == holder and c.id in seen}) > 1:
            yield Without(None, holder, f"jointly: {holder}", own)


def _parts(made: Programme, clause: Clause, holder: str, own: frozenset[int]) -> Iterator[Without]:
    """What lands elsewhere, the time that asking takes, what is barred: in this order."""
    parts = [(part, made.owners(clause.id, part)) for part in ("landing", "window", "bars")]
    parts = [(part, numbers) for part, numbers in parts if numbers]
    gone: frozenset[int] = frozenset()
    if len(parts) > 1 and frozenset().union(*(numbers for _, numbers in parts)) == own:
        for part, numbers in parts:
            yield Without(clause, holder, part, numbers, gone)
            gone |= numbers


def again(made: Programme, left_out: frozenset[str]) -> Programme:
    """The programme of the same book as if some clauses had never been written."""
    book = made.whole.book.without(left_out)
    return programme(book, risk=made.risk, objective=made.whole.objective)


def idle(made: Programme, off: frozenset[int]) -> bool:
    """Whether nothing changes without these owners: no bound moves and nothing is open again."""
    with_it, without = made.model.bounds(), made.model.bounds(off)
    same = all(np.array_equal(a, b) for a, b in zip(with_it, without, strict=True))
    return same and set(made.late().tolist()) == set(made.late(off).tolist())


def alone(made: Programme, off: frozenset[int]) -> Indices | None:
    """The columns of owners that only pay and stand in no row; None where they do more."""
    model = made.model
    own = np.flatnonzero(np.isin(model.column_owner, list(off)))
    has_rows = bool(np.isin(model.row_owner, list(off)).any())
    closes = any(number in off for number, _ in model.closed)
    asks = any(asked.owner in off for asked in made.asked)
    if has_rows or closes or asks or not own.size or np.isin(own, model.entered()).any():
        return None
    return own


def clause_costs(
    made: Programme,
    base: Solution,
    limits: Limits,
    *,
    workers: int = 2,
    step: Step = lambda _: None,
) -> Any:
    """The table of clause costs: an interval for each, and whether it leaves zero out.

    It is of what the plan minimises: with a weight on risk, that is not expected cost. An interval
    is null where there is no plan without the clause, or none was found in time.
    """
    asked = list(questions(made))
    wanted = {q.off | q.after for q in asked if not q.left_out}
    wanted |= {q.after for q in asked if q.after}
    anew = sorted({q.left_out for q in asked if q.left_out}, key=sorted)

    def rebuilt(left_out: frozenset[str]) -> tuple[frozenset[str], Solution]:
        step("clauses")
        return left_out, solve(again(made, left_out), limits=limits)

    def answer(off: frozenset[int]) -> tuple[frozenset[int], Solution]:
        if idle(made, off):
            return off, base
        payments = alone(made, off) if made.risk.weight == 0 else None
        if payments is not None:
            paid = float((made.cost() * base.x)[payments].sum())
            without = replace(base, objective=base.objective - paid, bound=base.bound - paid)
            return off, without
        return off, solve(made, off, limits=limits, start=base)

    found: dict[frozenset[int], Solution] = {frozenset(): base}
    with ThreadPoolExecutor(max_workers=workers) as pool:
        for off, solution in pool.map(answer, sorted(wanted, key=sorted)):
            found[off] = solution
            step("clauses")
        other = dict(pool.map(rebuilt, anew))
    rows = []
    for q in asked:
        without = other[q.left_out] if q.left_out else found[q.off | q.after]
        rows.append(_row(made, q, found[q.after], without))
    return frame("clause_costs", rows)


def _row(made: Programme, question: Without, with_it: Solution, without: Solution) -> Row:
    """[bound with − cost without, cost with − bound without]."""
    low, high, resolved = _interval(with_it, without)
    clause = question.clause
    return (
        clause.id if clause else f"all rights of {question.holder}",
        clause.kind if clause else "rights",
        question.holder,
        question.part,
        low,
        high,
        resolved,
        _sentence(made, question, with_it, low, high, resolved),
        str(clause.place) if clause else "",
    )


def _interval(with_it: Solution, without: Solution) -> tuple[float | None, float | None, bool]:
    """Both ends, and whether the verdict is sure; no ends where there is none, or no plan."""
    if "infeasible" in (with_it.status, without.status):
        return None, None, True
    low = with_it.bound - without.objective
    high = with_it.objective - without.bound
    if not (math.isfinite(low) and math.isfinite(high)):
        return None, None, False
    if with_it.x is without.x:
        low = high = with_it.objective - without.objective
    flat = FLAT * max(1.0, abs(with_it.objective))
    if abs(low) <= flat and abs(high) <= flat:
        low = high = 0.0
    return low, high, low > 0 or high < 0 or low == high


def _sentence(
    made: Programme,
    question: Without,
    with_it: Solution,
    low: float | None,
    high: float | None,
    resolved: bool,
) -> str:
    if low is None or high is None:
        it = "them" if question.clause is None else "it"
        if not resolved:
            return "not resolved in time"
        before = with_it.status == "infeasible"
        return "no plan without the parts before it" if before else f"no plan without {it}"
    if low == high == 0.0:
        return "costs nothing in this plan"
    currency, of = made.whole.book.header.currency, counted(made.risk.weight)
    if not resolved:
        return f"unresolved: less than {money(max(-low, high), currency)}{of} either way"
    verb, least, most = ("costs", low, high) if low > 0 else ("saves", -high, -low)
    if money(least, currency) == money(most, currency):
        return f"{verb} {money(least, currency)}{of}"
    return f"{verb} between {money(least, currency)} and {money(most, currency)}{of}"
