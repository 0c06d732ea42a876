"""What the terminal shows: tables with a why column, progress, and one line where to look.

Colour and progress are left out where the output is not a terminal.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table

from offtake.api import Clash, OpenBook, Plan
from offtake.plan.words import money, one_line
from offtake.run import STAGES, can_draw

if TYPE_CHECKING:
    import polars as pl

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


def _say(text: str) -> None:
    """Lines of text in which nothing steers the terminal."""
    for line in text.splitlines():
        indent = line[: len(line) - len(line.lstrip(" "))]
        typer.echo(indent + one_line(line))


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A moving line on the terminal's error channel; the step is what is being done."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    counts: dict[str, int] = {}
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    screen = _screen(err=True)
    # Who wants colours in a file does not want a moving line in it.
    moves = sys.stderr is not None and sys.stderr.isatty()
    with Progress(*columns, console=screen, transient=True, disable=not moves) as bar:
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
        _json(
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
        )
        return
    for fault in found:
        _say(str(fault))
    bad = sum(f.severity == "fault" for f in found)
    _say(f"{_many(bad, 'fault')}, {_many(len(found) - bad, 'warning')}")


def checked(book: OpenBook) -> None:
    """One line on what was read, after its warnings."""
    for fault in book.check():
        _say(str(fault))
    read = book.book
    parts = (
        _many(len(read.agreements), "agreement"),
        _many(len(read.offers), "offer"),
        _many(len(read.sites), "site"),
        _many(len(read.demand), "class", "classes") + " of demand",
    )
    _say(f"{book.path}: {', '.join(parts)}, known on {read.known}: no faults")


def rights(book: OpenBook, on: str, party: str | None, as_json: bool) -> None:
    """What is in force, a sentence and a place for each."""
    lines = book.rights(on, party)
    if as_json:
        _json(
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
        )
        return
    for line in lines:
        _say(f"{line.clause}: {line.sentence}")
        _say(f"    {line.kind}, {line.start} to {line.end}, {line.place}")
    _say(f"{_many(len(lines), 'clause')} in force on {on}" + (f" for {party}" if party else ""))


def result(found: Plan | Clash, as_json: bool = False, verbose: bool = False) -> None:
    """A plan or a clash, as tables and sentences or as plain data."""
    if as_json:
        _json(found.data())
    elif isinstance(found, Plan):
        _plan(found, verbose)
    else:
        _clash(found)


def where_to_look(found: Plan | Clash, folder: Path) -> None:
    """The last line of a run."""
    if isinstance(found, Clash):
        _say(f"Look at {folder / 'plan.html'}.")
    elif can_draw():
        _say(f"Look at {folder / 'plan.html'}; the tables are in {folder}.")
    else:
        _say(f"The tables are in {folder}; install the extra `report` for the page.")


def _json(data: Any) -> None:
    plain = data if isinstance(data, dict) else list(data)
    typer.echo(json.dumps(plain, indent=1, allow_nan=False))


def _plan(found: Plan, verbose: bool) -> None:
    """Purchases and builds, notices, clause costs, limits, scenarios; then the certificate."""
    screen = _screen()
    for name, (title, columns) in _tables(found.currency).items():
        _table(screen, title, getattr(found, name), columns)
    screen.print(_verdict(found))
    if verbose:
        for key, value in found.certificate.items():
            screen.print(f"  {key}: {value}")


def _clash(found: Clash) -> None:
    """The lines that cannot all hold, and the least change of each."""
    several = len(found.members) > 1
    what = "these lines cannot all hold" if several else "this line cannot hold"
    _say(f"No plan is possible as of {found.as_of}: {what}.")
    for member in found.members:
        _say(f"{member.place}: {member.sentence}")
        _say(f"    {member.change_sentence}")
    if several:
        _say("Changing any one of them as said is enough; without any one the others can hold.")


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
    owed = float(result.purchases["owed_after"].sum())
    later = f"Terms that outlast the plan owe {_cash(owed, currency)} more. " if owed > 0 else ""
    text = (
        f"{one_line(result.title)}, as of {result.as_of}: "
        f"expected cost {_cash(result.cost, currency)}, {_sure(proof['gap'])} "
        f"({proof['solver']}, {proof['columns']:,} columns): "
        f"{_cash(result.cash, currency)} paid, {_cash(result.shortage, currency)} for what goes "
        f"unserved, less {_cash(result.residual, currency)} that outlives the plan. "
        f"{later}The worst cases cost {_cash(result.cvar, currency)}"
    )
    if result.perfect_information is None:
        return f"{text}."
    return f"{text}; foresight would be worth {_cash(result.perfect_information, currency)}."


def _sure(gap: float) -> str:
    if not math.isfinite(gap):
        return "how far from the best possible is not known"
    return f"within {gap:.2%} of the best possible" if gap > 1e-9 else "the best"


def _table(screen: Console, title: str, rows: pl.DataFrame, columns: Shown) -> None:
    if rows.is_empty():
        return
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for name in columns:
        wide = name in ("why", "sentence")
        table.add_column(name.replace("_", " "), overflow="fold", ratio=1 if wide else None)
    for row in rows.head(MOST).iter_rows(named=True):
        shown = ("" if row[n] is None else show(row[n]) for n, show in columns.items())
        table.add_row(*map(one_line, shown))
    screen.print(table)
    if rows.height > MOST:
        screen.print(f"and {rows.height - MOST} more (--out, --json)")
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
