"""The least change of one figure of the book, alone, that makes a plan possible.

Found by trying: the figure is changed in the book, the programme built anew and asked whether it
has a plan, and the smallest sufficient change searched by doubling and halving. So every change
that is stated has been tried.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from offtake.book.edit import changed, ended, scaled, value_at
from offtake.book.force import Book
from offtake.clauses.base import Eased
from offtake.plan.assemble import Programme, programme
from offtake.plan.model import Owner
from offtake.plan.result import Change
from offtake.plan.solve import Limits, solve
from offtake.units import Duration, Money, Power, Share

Step = Callable[[str], None]
Try = Callable[[int], bool]
_MOST = 1 << 40
_PARTS = 1000
"""Need is lowered in steps of a tenth of a percent where it is a path and not one number."""
_MONEY = Decimal(1_000_000)
_MEGAWATTS = 1 << 20
_PERCENT = Decimal("0.01")


def least_change(made: Programme, owner: Owner, limits: Limits, step: Step) -> tuple[Change, str]:
    """The change and its sentence; a change without a new value where none would do alone."""

    def works(book: Book) -> bool:
        step("changes")
        one = programme(book, risk=made.risk, objective=made.whole.objective)
        return solve(one, limits=limits, feasible_only=True).found

    book, path = made.whole.book, owner.path
    if path[0] == "demand":
        return _need(book, path, works)
    if path[0] == "clauses":
        if owner.part == "window":
            return _duration(book, (*path, "window", "length"), works)
        eased = _eased(made, path, owner.part, works)
        return eased or _end(book, path[1], made, works)
    if owner.part == "power":
        return _power(book, path, works)
    if owner.part == "started":
        return _money(book, (*path[:-1], "capex"), works, up=False)
    if owner.part == "lead":
        return _duration(book, path, works)
    if owner.part in ("valid_until", "valid_from"):
        return _day(book, path, works, made)
    if owner.part == "max":
        return _chips(book, path, works)
    return _money(book, path, works, up=True)


def smallest(works: Try, most: int) -> int | None:
    """The least step from 1 to `most` that works, where all larger ones do too; None if none."""
    high = 1
    while high < most and not works(high):
        high = min(most, high * 2)
    if high == most and not works(most):
        return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if works(middle) else (middle, high)
    return high


def _answer(path: tuple[str, ...], old: str, new: str | None) -> tuple[Change, str]:
    field = ".".join(path[2:]) or path[0]
    if new is None:
        return Change(path, old, None), f"no change of {field} alone would do"
    return Change(path, old, new), f"{field}: {new} instead of {old} would do"


def _need(book: Book, path: tuple[str, ...], works: Callable[[Book], bool]) -> tuple[Change, str]:
    demand = book.demand[path[1]]
    own = any(p.base is not None or p.path is not None for p in demand.scenarios.values())
    if demand.base is not None and not demand.path and not own:
        base = demand.base
        found = smallest(
            lambda less: works(changed(book, ("demand", demand.id, "base"), base - less)), base
        )
        new = None if found is None else f"{base - found} chips"
        return _answer(("demand", demand.id, "base"), f"{base} chips", new)
    part = smallest(
        lambda less: works(scaled(book, demand.id, Fraction(_PARTS - less, _PARTS))), _PARTS
    )
    kept = None if part is None else f"{(_PARTS - part) / 10:g}% of it"
    return _answer(("demand", demand.id, "path"), "all of the need", kept)


def _chips(book: Book, path: tuple[str, ...], works: Callable[[Book], bool]) -> tuple[Change, str]:
    old = value_at(book, path)
    found = smallest(lambda more: works(changed(book, path, old + more)), _MOST)
    return _answer(path, f"{old} chips", None if found is None else f"{old + found} chips")


def _money(
    book: Book, path: tuple[str, ...], works: Callable[[Book], bool], *, up: bool
) -> tuple[Change, str]:
    """In steps of a million."""
    old: Money = value_at(book, path)
    sign = 1 if up else -1

    def moved(steps: int) -> Money:
        return replace(old, amount=max(Decimal(0), old.amount + sign * steps * _MONEY))

    most = 1 << 24 if up else int(old.amount / _MONEY) + 1
    found = smallest(lambda n: works(changed(book, path, moved(n))), most)
    return _answer(path, str(old), None if found is None else str(moved(found)))


def _power(book: Book, path: tuple[str, ...], works: Callable[[Book], bool]) -> tuple[Change, str]:
    """Of the site's largest phase, in megawatts."""
    phases = book.sites[path[1]].phases
    if not phases:
        return _answer(path, "", None)
    phase = max(phases, key=lambda p: p.power.kw)
    full = (*path, phase.id, "power")

    def more(mw: int) -> Power:
        return replace(phase.power, kw=phase.power.kw + mw * 1000)

    found = smallest(lambda n: works(changed(book, full, more(n))), _MEGAWATTS)
    return _answer(full, str(phase.power), None if found is None else str(more(found)))


def _duration(
    book: Book, path: tuple[str, ...], works: Callable[[Book], bool]
) -> tuple[Change, str]:
    old: Duration = value_at(book, path)
    if old.count == 0:
        return _answer(path, str(old), None)

    def shorter(less: int) -> Duration:
        return replace(old, count=old.count - less)

    found = smallest(lambda n: works(changed(book, path, shorter(n))), old.count)
    return _answer(path, str(old), None if found is None else str(shorter(found)))


def _eased(
    made: Programme, path: tuple[str, ...], part: str, works: Callable[[Book], bool]
) -> tuple[Change, str] | None:
    """A share of the clause that can be moved, by whole percent; None where no such move helps."""
    clause = next(t.clause for t in made.terms if t.clause.id == path[1])
    way = clause.eases.get(part) if isinstance(clause, Eased) else None
    if way is None:
        return None
    book, full = made.whole.book, (*path, part)
    old: Share = value_at(book, full)
    sign = -1 if way == "less" else 1

    def moved(steps: int) -> Share:
        return replace(old, value=max(Decimal(0), old.value + sign * steps * _PERCENT))

    most = math.ceil(old.percent if way == "less" else 100 - old.percent)
    found = smallest(lambda n: works(changed(book, full, moved(n))), most) if most > 0 else None
    return None if found is None else _answer(full, str(old), str(moved(found)))


def _day(
    book: Book, path: tuple[str, ...], works: Callable[[Book], bool], made: Programme
) -> tuple[Change, str]:
    old: dt.date = value_at(book, path)
    sign = 1 if path[-1] == "valid_until" else -1
    span = (made.whole.grid.months[-1].last - made.whole.grid.as_of).days
    found = smallest(
        lambda n: works(changed(book, path, old + sign * dt.timedelta(days=n))), max(1, span)
    )
    new = None if found is None else str(old + sign * dt.timedelta(days=found))
    return _answer(path, str(old), new)


def _end(
    book: Book, clause_id: str, made: Programme, works: Callable[[Book], bool]
) -> tuple[Change, str]:
    """The last day on which the clause might still be in force."""
    spans = [t for t in made.terms if t.clause.id == clause_id]
    end = max(t.end for t in spans)
    start = min(t.start for t in spans)
    path = ("clauses", clause_id, "until")
    last = min(end, made.whole.grid.months[-1].last)
    owner = clause_id.partition("/")[0]
    if owner not in book.agreements:
        return _answer(path, str(end), None)
    found = smallest(
        lambda n: works(ended(book, clause_id, last - dt.timedelta(days=n))),
        (last - start).days + 1,
    )
    new = None if found is None else str(last - dt.timedelta(days=found))
    return _answer(path, str(end), new)
