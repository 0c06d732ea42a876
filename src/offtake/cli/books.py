"""Verbs that look at a book: check, rights, schema."""

from __future__ import annotations

from typing import Annotated

import typer

from offtake.cli.options import BookPath, Json, sound
from offtake.cli.top import FAULTS, app


@app.command(short_help="Say what is wrong in a book, and how to mend it.")
def check(book: BookPath, as_json: Json = False) -> None:
    """Say everything that is wrong in a book, with file, line and how to mend it."""
    from offtake import console
    from offtake.api import load

    opened = load(book)
    console.faults(opened, as_json)
    if opened.reading.book is None:
        raise typer.Exit(FAULTS)


@app.command(short_help="Say which rights and terms are in force on a day.")
def rights(
    book: BookPath,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day to look at.")],
    party: Annotated[
        str | None,
        typer.Option("--party", metavar="P", help="Only what this party gives or holds."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say in plain sentences which rights and terms are in force on a day."""
    from offtake import console

    console.rights(sound(book, as_json), on, party, as_json)


@app.command(short_help="Print the JSON Schema of a book, for editors.")
def schema() -> None:
    """Print the JSON Schema of a book, so that an editor completes and underlines."""
    import json

    from offtake.api import schema as of_book

    typer.echo(json.dumps(of_book(), indent=2))
