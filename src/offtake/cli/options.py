"""Arguments that several verbs take, and the book that they name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from offtake.cli.top import FAULTS

if TYPE_CHECKING:
    from offtake.api import OpenBook

BookPath = Annotated[Path, typer.Argument(metavar="BOOK", help="A folder with a file book.yaml.")]
Json = Annotated[bool, typer.Option("--json", help="Print plain data instead of tables.")]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="Plan with what was known that day.")
]
Gap = Annotated[
    float,
    typer.Option("--gap", metavar="X", help="Stop when cost and bound are this close, relatively."),
]
Seconds = Annotated[
    float, typer.Option("--seconds", metavar="X", help="Longest time for any one solve.")
]


def sound(path: Path, as_json: bool = False) -> OpenBook:
    """The book, or its faults on the screen and exit status 1."""
    from offtake import console
    from offtake.api import load

    opened = load(path)
    if opened.reading.book is None:
        console.faults(opened, as_json)
        raise typer.Exit(FAULTS)
    return opened
