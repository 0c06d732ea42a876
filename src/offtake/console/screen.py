"""The terminal itself: lines, tables, plain data, progress, and how values are written.

Colour and progress are left out where the output is not a terminal.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table

from offtake.plan.words import money, one_line
from offtake.run import STAGES

if TYPE_CHECKING:
    import polars as pl

Shown = dict[str, Callable[[Any], str]]

MOST = 25
"""Rows of one table on the screen; the rest is in the page and in --json."""
WHOLE = 1_000_000
"""Columns of a pipe or a file: no row of a table is broken there, unless $COLUMNS says at which."""
CENT = 0.005


def terminal(*, err: bool = False) -> Console:
    """The output or the error channel; plain, and with whole rows, where it is no terminal."""
    plain = Console(
        stderr=err, highlight=False, emoji=False, markup=False, width=_piped(), no_color=True
    )
    if not plain.is_terminal:
        return plain
    return Console(stderr=err, highlight=False, emoji=False, markup=False)


def _piped() -> int:
    stated = os.environ.get("COLUMNS", "")
    fits = stated.isascii() and stated.isdigit() and 0 < int(stated[:7]) < WHOLE
    return int(stated[:7]) if fits else WHOLE


def put(screen: Console, made: Table) -> None:
    """A table; in a pipe no line of it ends in blanks, on a small screen none is cut off."""
    if screen.width < WHOLE:
        screen.print(made, crop=False)
        return
    with screen.capture() as kept:
        screen.print(made)
    typer.echo("\n".join(line.rstrip() for line in kept.get().splitlines()), err=screen.stderr)


def say(text: str) -> None:
    """Lines of text in which nothing steers the terminal."""
    for line in text.splitlines():
        indent = line[: len(line) - len(line.lstrip(" "))]
        typer.echo(indent + one_line(line))


@contextmanager
def progress(begin: str = "building the programme") -> Iterator[Callable[[str], None]]:
    """A moving line on the terminal's error channel; the step is what is being done."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    counts: dict[str, int] = {}
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    screen = terminal(err=True)
    # Who wants colours in a file does not want a moving line in it.
    moves = sys.stderr is not None and sys.stderr.isatty()
    with Progress(*columns, console=screen, transient=True, disable=not moves) as bar:
        task = bar.add_task(begin, total=None)

        def step(name: str) -> None:
            counts[name] = counts.get(name, 0) + 1
            many = f" ({counts[name]})" if counts[name] > 1 else ""
            bar.update(task, description=STAGES.get(name, name) + many)

        yield step


def plain_data(data: Any) -> None:
    """Plain data on standard output, and nothing else."""
    plain = data if isinstance(data, dict) else list(data)
    typer.echo(json.dumps(plain, indent=1, allow_nan=False))


def table(screen: Console, title: str, rows: pl.DataFrame, columns: Shown) -> None:
    """The first rows of a frame; nothing where there are none."""
    if rows.is_empty():
        return
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for name in columns:
        wide = name in ("why", "sentence")
        table.add_column(name.replace("_", " "), overflow="fold", ratio=1 if wide else None)
    for row in rows.head(MOST).iter_rows(named=True):
        shown = ("" if row[n] is None else show(row[n]) for n, show in columns.items())
        table.add_row(*map(one_line, shown))
    put(screen, table)
    if rows.height > MOST:
        screen.print(f"and {rows.height - MOST} more (--out, --json)")
    screen.print()


def month(value: dt.date) -> str:
    """A month by its first day."""
    return f"{value:%Y-%m}"


def cash(amount: float, currency: str) -> str:
    """An amount in words; what is less than a cent is the solver's rounding, and has no sign."""
    return money(amount if abs(amount) >= CENT else 0.0, currency)


def megawatts(value: float) -> str:
    """Power."""
    return f"{value:,.0f} MW"


def share(value: float) -> str:
    """A part of a whole."""
    return f"{value:.0%}"


def whole(value: float) -> str:
    """A count."""
    return f"{value:,.0f}"


def short(purchase: str) -> str:
    """A purchase's id without the digest of its plan."""
    return purchase.partition("/")[2]


def many(count: int, one: str, more: str | None = None) -> str:
    """A number of things, in words."""
    return f"{count} {one if count == 1 else more or one + 's'}"
