"""When no plan is possible: an irreducible set of book lines that cannot all hold.

The set is found by deletion over lines (QuickXplain, Junker 2004), not over rows: each question is
whether a plan exists without some lines, so it works with integers too. Take away any one line of
the set, and the rest can hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from offtake.book.faults import Place
from offtake.clauses.base import Explains
from offtake.plan.assemble import Programme
from offtake.plan.build import meter_mw
from offtake.plan.change import least_change
from offtake.plan.model import Owner
from offtake.plan.result import Clash, ClashMember
from offtake.plan.solve import Limits, OutOfTimeError, solve, solver_version

Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the book with all that it owns in the programme."""

    owner: Owner
    numbers: frozenset[int]


def lines(made: Programme) -> tuple[Line, ...]:
    """The lines that could be to blame: each figure alone, a clause apart from its window."""
    grouped: dict[tuple[str, str], list[int]] = {}
    for number, owner in enumerate(made.model.owners):
        if owner.member:
            is_clause = owner.path[:1] == ("clauses",)
            part = owner.part if not is_clause or owner.part == "window" else "terms"
            grouped.setdefault((owner.subject, part), []).append(number)
    owners = made.model.owners
    return tuple(Line(owners[ns[0]], frozenset(ns)) for ns in grouped.values())


def clash(made: Programme, limits: Limits, *, step: Step = lambda _: None) -> Clash:
    """The clash of a programme that has no plan, with each line's least change."""
    asked = 0

    def possible(kept: Sequence[Line], everything: Sequence[Line]) -> bool:
        nonlocal asked
        asked += 1
        step("clash")
        keep = frozenset(n for line in kept for n in line.numbers)
        off = frozenset(n for line in everything for n in line.numbers) - keep
        answer = solve(made, off, limits=limits, feasible_only=True)
        if answer.status == "stopped" and not answer.found:
            raise OutOfTimeError(
                f"no plan is possible, but {limits.seconds:g} s were too few to tell which lines "
                "clash; allow more time"
            )
        return answer.found

    everything = lines(made)
    core = _quick([], [], list(everything), lambda kept: possible(kept, everything))
    members = tuple(_member(made, line, limits, step) for line in core)
    header = made.whole.book.header
    return Clash(
        title=header.title or header.buyer,
        as_of=made.whole.grid.as_of,
        members=members,
        certificate={
            "status": "infeasible",
            "solver": solver_version(),
            "questions": asked,
            "lines": len(everything),
            "columns": made.model.columns,
            "rows": made.model.rows,
            "digest": made.whole.book.digest,
        },
    )


def _quick(
    kept: list[Line], added: list[Line], left: list[Line], possible: Callable[[list[Line]], bool]
) -> list[Line]:
    """QuickXplain: the part of `left` that clashes given `kept`."""
    if added and not possible(kept):
        return []
    if len(left) == 1:
        return left
    if not left:
        return []
    half = len(left) // 2
    first, second = left[:half], left[half:]
    late = _quick(kept + first, first, second, possible)
    early = _quick(kept + late, late, first, possible)
    return early + late


def _member(made: Programme, line: Line, limits: Limits, step: Step) -> ClashMember:
    change, sentence = least_change(made, line.owner, limits, step)
    if change.new is None and solve(made, line.numbers, limits=limits, feasible_only=True).found:
        sentence = f"{sentence}; without the line there would be a plan"
    place = line.owner.place
    return ClashMember(
        place=place if place.file else Place("book.yaml", 1),
        line=f"{line.owner.subject} {line.owner.part}".strip(),
        sentence=_says(made, line.owner),
        change=change,
        change_sentence=sentence,
        owner=min(line.numbers),
    )


def _says(made: Programme, owner: Owner) -> str:
    """What the line demands, in the book's words."""
    book = made.whole.book
    kind, name = owner.path[0], owner.path[1]
    if kind == "demand":
        demand = book.demand[name]
        gang = f", in gangs of {demand.gang:,} chips" if demand.gang else ""
        return f"{name} must be served whatever happens (unserved: never){gang}"
    if kind == "offers":
        offer = book.offers[name]
        said = {
            "max": f"{name} has at most {offer.max:,} chips",
            "lead": f"{name} needs {offer.lead} from signature to service",
            "valid_until": f"{name} must be signed by {offer.valid_until}",
            "valid_from": f"{name} cannot be signed before {offer.valid_from}",
        }
        return said[owner.part]
    if kind == "clauses":
        clause = next(t.clause for t in made.terms if t.clause.id == name)
        said_by = clause.explain(book) if isinstance(clause, Explains) else clause.summary
        return (
            f"{name} asks for time before signing: {said_by}"
            if owner.part == "window"
            else (f"{name}: {said_by}")
        )
    if owner.part == "power":
        mw = sum(meter_mw(book.sites[name], p) for p in book.sites[name].phases)
        return f"{owner.subject} has at most {mw:,.0f} MW, from its phases as they are ready"
    if owner.part == "started":
        return f"{owner.subject} is being built and its capital is due"
    return f"{owner.subject}: no more may be called ({owner.part})"
