"""Cases beside the book as it is, and what moved between two plans, on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console

from offtake.api import Clash, Plan
from offtake.console.books import fault_data
from offtake.console.plans import clash_lines
from offtake.console.screen import CENT, MOST, Shown, cash, many, plain_data, say, table, terminal
from offtake.plan.compare import Comparison
from offtake.plan.result import PlanResult
from offtake.questions import Answers, Case, Explained, Part

if TYPE_CHECKING:
    import polars as pl

WITH_TABLES = 1
"""So many cases are told with all that moved; more in a table of one line each."""


def faulty(cases: Sequence[Case], as_json: bool) -> bool:
    """What is wrong with each case; whether anything is."""
    wrong = [case for case in cases if case.book.reading.book is None]
    if as_json and wrong:
        plain_data(
            {"case": case.name, **fault_data(fault)}
            for case in wrong
            for fault in case.book.check()
        )
    elif wrong:
        for case in wrong:
            say(f"what if {case.name}:")
            for fault in case.book.check():
                say("\n".join(f"  {line}" for line in str(fault).splitlines()))
        say(f"{many(len(wrong), 'case')} with faults; nothing was planned")
    return bool(wrong)


def answers(found: Answers, as_json: bool) -> None:
    """The table of cases; for a single case also what moved in it."""
    if as_json:
        plain_data(found.data())
        return
    screen = terminal()
    base = found.base
    currency = base.currency if isinstance(base, Plan) else _currency(found)
    shown: Shown = {
        "case": str,
        "cost": lambda v: cash(v, currency),
        "difference": str,
        "why": str,
    }
    title = f"What if, as of {base.as_of}"
    table(screen, title, found.table.rename({"moved": "why"}), shown)
    if len(found.cases) <= WITH_TABLES:
        for answer in found.cases:
            if answer.comparison is not None:
                _moved(answer.comparison)
            if isinstance(answer.result, Clash):
                clash_lines(answer.result)
    if isinstance(base, Clash):
        clash_lines(base)
    _warned(found)


def explained(found: Explained, as_json: bool) -> None:
    """What moved from one plan to another, and because of which lines."""
    if as_json:
        plain_data(found.data())
        return
    screen = terminal()
    for name, side in (("before", found.before), ("after", found.after)):
        if isinstance(side, Clash):
            say(f"{name}:")
            clash_lines(side)
    if found.comparison is not None:
        _moved(found.comparison)
    _because(found)
    for note in found.notes:
        screen.print(f"Note: {note}.")
    if found.comparison is not None:
        before, after = found.comparison.before, found.comparison.after
        screen.print(
            f"{_told(before)} before, {_told(after)} now: {found.comparison.difference.sentence}."
        )


def _told(plan: PlanResult) -> str:
    return f"{cash(plan.cost, plan.currency)} as of {plan.as_of}"


def _moved(found: Comparison) -> None:
    screen, currency = terminal(), found.after.currency

    def paid(amount: float) -> str:
        if abs(amount) < CENT:
            return ""
        return f"{'+' if amount > 0 else ''}{cash(amount, currency)}"

    if found.moved.is_empty():
        screen.print(
            "The same is bought and built, and the same holders are asked on the same days."
        )
        screen.print()
    _first(screen, "What moves", found.moved, {"sentence": str, "cost": paid, "place": str})

    def whole(amount: float) -> str:
        return cash(amount, currency)

    columns: Shown = {"part": str, "before": whole, "after": whole, "difference": paid}
    table(screen, "What the cost is made of, discounted", found.made_of, columns)
    columns = {"category": str, "before": whole, "after": whole, "difference": paid}
    differ = found.costs.filter(found.costs["difference"].abs() >= 1.0)
    table(screen, "Expected spend that moves, not discounted", differ, columns)


def _first(screen: Console, title: str, rows: pl.DataFrame, columns: Shown) -> None:
    """The first rows; the rest is in plain data only, for nothing is written to a folder."""
    table(screen, title, rows.head(MOST), columns)
    if rows.height > MOST:
        screen.print(f"and {rows.height - MOST} more (--json)")
        screen.print()


def _because(found: Explained) -> None:
    """Each line that a plan reads, with what its part makes dearer."""
    import polars

    rows: list[tuple[str, str, str]] = []
    for part in found.parts:
        rows += _part_rows(part)
    schema = {"sentence": polars.String, "place": polars.String, "effect": polars.String}
    frame = polars.DataFrame(rows, schema=schema, orient="row")
    shown: Shown = {"sentence": str, "place": str, "effect": str}
    _first(terminal(), "Because of which lines, one after another", frame, shown)
    remarks = sum(line.remark for line in found.lines)
    if remarks:
        say(f"{many(remarks, 'line')} that no plan reads (title, source, note) also moved.")


def _part_rows(part: Part) -> list[tuple[str, str, str]]:
    sure = part.difference.sentence if part.difference is not None else "no plan to tell it by"
    if not part.lines:
        return [(part.name, "", sure)]
    rows = []
    for number, line in enumerate(part.lines):
        before, after = line.texts
        place = line.place_after or line.place_before
        said = f"{line.path}: {before or 'nothing'} -> {after or 'nothing'}"
        together = f"together: {sure}" if len(part.lines) > 1 else sure
        rows.append((said, str(place), together if number == 0 else "with the line above"))
    return rows


def _warned(found: Answers) -> None:
    """Warnings that only a case has."""
    for answer in found.cases:
        for fault in answer.case.warned:
            say(f"{answer.case.name}: {fault}")


def _currency(found: Answers) -> Any:
    return next((a.result.currency for a in found.cases if isinstance(a.result, Plan)), "")
