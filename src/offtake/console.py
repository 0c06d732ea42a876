"""What the terminal shows: tables with a why column, progress, and one line where to look.

Colour and progress are left out where the output is not a terminal.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table

from offtake.api import OpenBook, Plan, load
from offtake.plan.delivery import as_data, clash_data
from offtake.plan.words import money
from offtake.run import STAGES

if TYPE_CHECKING:
    import polars as pl

    from offtake.plan.result import Clash

Shown = dict[str, Callable[[Any], str]]

MOST = 25
"""Rows of one table on the screen; the rest is in the page and in --json."""
NARROW = 110
"""Columns of a terminal that is none, such as a pipe."""
CENT = 0.005


def _screen(*, err: bool = False) -> Console:
    console = Console(stderr=err, highlight=False, emoji=False, markup=False)
    if not console.is_terminal:
        console = Console(
            stderr=err, highlight=False, emoji=False, markup=False, width=NARROW, no_color=True
        )
    return console


def opened(path: Path) -> OpenBook:
    """Read a book from disk."""
    return load(path)


def day(text: str | None) -> dt.date | None:
    """A day from the command line; one sentence and exit status 2 where it is none."""
    from offtake.units import QuantityError, parse_date

    if text is None:
        return None
    try:
        return parse_date(text)
    except QuantityError as error:
        typer.echo(f"offtake: {error}", err=True)
        raise typer.Exit(2) from None


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A moving line on the terminal's error channel; the step is what is being done."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    counts: dict[str, int] = {}
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    screen = _screen(err=True)
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task("building the programme", total=None)

        def step(name: str) -> None:
            counts[name] = counts.get(name, 0) + 1
            many = f" ({counts[name]})" if counts[name] > 1 else ""
            bar.update(task, description=STAGES.get(name, name) + many)

        yield step


def faults(book: OpenBook, as_json: bool) -> None:
    """Every fault and warning, and how many."""
    found = book.check()
    if as_json:
        rows = [
            {
                "file": f.place.file,
                "line": f.place.line,
                "column": f.place.column,
                "severity": f.severity,
                "code": f.code,
                "sentence": f.sentence,
                "hint": f.hint,
            }
            for f in found
        ]
        typer.echo(json.dumps(rows, indent=1))
        return
    for fault in found:
        typer.echo(str(fault))
    bad = sum(f.severity == "fault" for f in found)
    typer.echo(f"{_many(bad, 'fault')}, {_many(len(found) - bad, 'warning')}")


def checked(book: OpenBook) -> None:
    """One line on what was read, after its warnings."""
    for fault in book.check():
        typer.echo(str(fault))
    read = book.book
    parts = (
        _many(len(read.agreements), "agreement"),
        _many(len(read.offers), "offer"),
        _many(len(read.sites), "site"),
        _many(len(read.demand), "class", "classes") + " of demand",
    )
    typer.echo(f"{book.path}: {', '.join(parts)}, known on {read.known}: no faults")


def rights(book: OpenBook, on: dt.date | None, party: str | None, as_json: bool) -> None:
    """What is in force, a sentence and a place for each."""
    assert on is not None
    lines = book.rights(on, party)
    if as_json:
        rows = [
            {
                "clause": r.clause,
                "kind": r.kind,
                "holder": r.holder,
                "from": r.start.isoformat(),
                "until": r.end.isoformat(),
                "sentence": r.sentence,
                "place": str(r.place),
                "side": "right" if r.is_right else "term",
            }
            for r in lines
        ]
        typer.echo(json.dumps(rows, indent=1))
        return
    for line in lines:
        typer.echo(f"{line.clause}: {line.sentence}")
        typer.echo(f"    {line.kind}, {line.start} to {line.end}, {line.place}")
    typer.echo(
        f"{_many(len(lines), 'clause')} in force on {on}" + (f" for {party}" if party else "")
    )


def as_json(result: Plan | Clash) -> None:
    """The whole result as plain data."""
    data = as_data(result) if isinstance(result, Plan) else clash_data(result)
    typer.echo(json.dumps(data, indent=1))


def plan(result: Plan, verbose: bool) -> None:
    """Purchases and builds, notices, clause costs, limits, scenarios; then the certificate."""
    screen = _screen()
    for name, (title, columns) in _tables(result.currency).items():
        _table(screen, title, getattr(result, name), columns)
    screen.print(_verdict(result))
    if verbose:
        for key, value in result.certificate.items():
            screen.print(f"  {key}: {value}")


def _tables(currency: str) -> dict[str, tuple[str, Shown]]:
    """The tables on the screen: title, and how each column is shown."""

    def cash(amount: float) -> str:
        return _cash(amount, currency)

    return {
        "purchases": (
            "What to buy",
            {
                "start": _month,
                "offer": str,
                "chips": _whole,
                "cost": cash,
                "why": str,
                "place": str,
            },
        ),
        "builds": (
            "What to build",
            {"ready": _month, "id": str, "power_mw": _mw, "capex": cash, "why": str, "place": str},
        ),
        "notices": (
            "Whom to ask, by when",
            {
                "latest": str,
                "holder": str,
                "right": str,
                "purchase": _short,
                "answer_by": str,
                "sign_by": str,
            },
        ),
        "clause_costs": (
            "What each clause costs",
            {"clause": str, "part": str, "sentence": str, "place": str},
        ),
        "limits": ("Why not cheaper", {"sentence": str, "place": str}),
        "scenarios": (
            "Scenarios",
            {"scenario": str, "weight": _share, "cost": cash, "perfect": cash, "regret": cash},
        ),
    }


def _verdict(result: Plan) -> str:
    """Cost, how sure it is, and what is at stake, in one or two lines."""
    proof, currency = result.certificate, result.currency
    gap = f"within {proof['gap']:.2%} of the best possible" if proof["gap"] > 1e-9 else "the best"
    text = (
        f"{result.title}, as of {result.as_of}: "
        f"expected cost {_cash(result.cost, currency)}, {gap} "
        f"({proof['solver']}, {proof['columns']:,} columns). "
        f"The worst cases cost {_cash(result.cvar, currency)}"
    )
    if result.scenarios.is_empty():
        return f"{text}."
    return f"{text}; foresight would be worth {_cash(result.perfect_information, currency)}."


def clash(result: Any) -> None:
    """The lines that cannot all hold, and the least change of each."""
    typer.echo(f"No plan is possible as of {result.as_of}: these lines cannot all hold.")
    for member in result.members:
        typer.echo(f"{member.place}: {member.sentence}")
        typer.echo(f"    {member.change_sentence}")
    typer.echo("Without any one of them the others can.")


def where_to_look(folder: Path, drawn: bool) -> None:
    """The last line of a run."""
    if drawn:
        typer.echo(f"Look at {folder / 'plan.html'}; the tables are in {folder}.")
    else:
        typer.echo(f"The tables are in {folder}; install the extra `report` for the page.")


def _table(screen: Console, title: str, rows: pl.DataFrame, columns: Shown) -> None:
    if rows.is_empty():
        return
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for name in columns:
        wide = name in ("why", "sentence")
        table.add_column(name.replace("_", " "), overflow="fold", ratio=1 if wide else None)
    for row in rows.head(MOST).iter_rows(named=True):
        table.add_row(*("" if row[n] is None else show(row[n]) for n, show in columns.items()))
    screen.print(table)
    if rows.height > MOST:
        screen.print(f"… and {rows.height - MOST} more (--out, --json)")
    screen.print()


def _month(value: dt.date) -> str:
    return f"{value:%Y-%m}"


def _cash(amount: float, currency: str) -> str:
    """An amount in words; what is less than a cent is the solver's rounding, and has no sign."""
    return money(amount if abs(amount) >= CENT else 0.0, currency)


def _mw(value: float) -> str:
    return f"{value:,.0f} MW"


def _share(value: float) -> str:
    return f"{value:.0%}"


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _short(purchase: str) -> str:
    return purchase.partition("/")[2]


def _many(count: int, one: str, more: str | None = None) -> str:
    return f"{count} {one if count == 1 else more or one + 's'}"
