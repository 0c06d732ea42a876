"""Verbs over a book and the journals that it names: book pull, trace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from offtake.cli.options import BookPath, Json, sound
from offtake.cli.top import FAULTS, app

books = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="What stands in a book and in the journals that it names.",
)
app.add_typer(books, name="book", short_help="Write what was signed at a desk into files.")


@books.callback()
def _books() -> None: ...


@books.command(short_help="Write agreements of the book's journals into files of the book.")
def pull(
    book: BookPath,
    out: Annotated[
        str, typer.Option("--out", metavar="DIR", help="The folder, within the book's own.")
    ] = "signed",
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; say what is not as it would be.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Write over what was changed by hand.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write each agreement that was made at a desk into a file of its own, to be kept in git.

    Files that somebody else wrote are left as they are.
    """
    from offtake.clauses.registry import kinds
    from offtake.console import journals
    from offtake.signed.pull import pulled

    found = pulled(book, kinds(), out)
    if found.faults:
        journals.unread(found, as_json)
        raise typer.Exit(FAULTS)
    written = () if check else found.write(force=force)
    journals.pulled(found, written, check, as_json)
    if check and found.drifted:
        raise typer.Exit(FAULTS)


@app.command(short_help="Say what brought something about, back to the line of demand.")
def trace(
    name: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="An agreement, tender, bid, purchase or line of the book, or FILE:LINE.",
        ),
    ],
    book: Annotated[
        Path, typer.Argument(metavar="BOOK", help="A folder with a file book.yaml.")
    ] = Path(),
    effects: Annotated[
        bool, typer.Option("--effects", help="The other way: what it brought about.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Walk from an agreement to its tender, its purchase and the demand that it is for."""
    from offtake.console import journals

    opened = sound(book, as_json)
    journals.traced(opened.trace(name, effects=effects), as_json)
