"""Verbs that look at a book: check, explain, rights, schema."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from offtake.cli.options import Json, sound
from offtake.cli.top import FAULTS, USAGE, app


@app.command(short_help="Say what is wrong in a book, and how to mend it.")
def check(
    books: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="BOOK...", help="Folders with a file book.yaml.", show_default=False
        ),
    ] = None,
    files: Annotated[
        bool,
        typer.Option("--files", help="The arguments are files: check each book that has one."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Say everything that is wrong in books, with file, line and how to mend it."""
    from offtake import console
    from offtake.api import load

    if not books and not files:
        raise typer.BadParameter("name a book", param_hint="BOOK")
    named = dict.fromkeys(_books_of(books or ())) if files else books or []
    opened = [load(path) for path in named]
    if len(opened) == 1 and not files:
        console.faults(opened[0], as_json)
    else:
        console.faults_of_all(opened, as_json)
    if any(one.reading.book is None for one in opened):
        raise typer.Exit(FAULTS)


def _books_of(files: Iterable[Path]) -> Iterable[Path]:
    """The nearest folder above each file that is a book; nothing where there is none."""
    for file in files:
        yield from [folder for folder in file.parents if (folder / "book.yaml").is_file()][:1]


@app.command(short_help="Say what a fault code or a clause kind means.")
def explain(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME", help="A code or a clause kind; all of them if none.", show_default=False
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say what a fault code means and how to mend it, or which words a clause kind has."""
    from offtake.book.pages import NoPageError, code_pages, page
    from offtake.clauses.registry import kinds
    from offtake.console import pages

    if name is None:
        pages.contents(code_pages(kinds()), kinds(), as_json)
        return
    try:
        found = page(name, kinds())
    except NoPageError as error:
        typer.echo(f"offtake: {error}", err=True)
        raise typer.Exit(USAGE) from None
    pages.page(found, as_json)


@app.command(short_help="Say what is in force on a day, or who may use what.")
def rights(
    book: Annotated[
        Path | None,
        typer.Argument(metavar="BOOK", help="A folder with a file book.yaml.", show_default=False),
    ] = None,
    question: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="use SUBJECT in PRODUCT",
            help="With --may: what it would use. BOOK may be left out inside a book's folder.",
            show_default=False,
        ),
    ] = None,
    *,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day to look at.")],
    party: Annotated[
        str | None,
        typer.Option("--party", metavar="P", help="Only what this party gives or holds."),
    ] = None,
    may: Annotated[
        str | None,
        typer.Option("--may", metavar="PARTY", help="Say yes or no: may it use that, there?"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say in plain sentences which rights and terms are in force on a day, or who may use what."""
    from offtake import console

    said = [*([str(book)] if book is not None else []), *(question or [])]
    if may is None:
        if len(said) != 1:
            raise typer.BadParameter("name one book", param_hint="BOOK")
        console.rights(sound(Path(said[0]), as_json), on, party, as_json)
        return
    if party is not None:
        raise typer.BadParameter("leave it out, or --may", param_hint="--party")
    path, subject, product = _asked(said)
    answer = sound(path, as_json).may(may, subject, product, on)
    console.may(answer, as_json)
    if not answer.yes:
        raise typer.Exit(FAULTS)


def _asked(said: list[str]) -> tuple[Path, str, str | None]:
    """The book, the subject and the product of `[BOOK] use SUBJECT [in PRODUCT]`.

    A word with spaces is one word where it was quoted; unquoted ones are joined.
    """
    start = 0 if said[:1] == ["use"] else 1
    path, words = Path(said[0] if start else "."), said[start + 1 :]
    middle = words.index("in") if "in" in words else len(words)
    subject, product = " ".join(words[:middle]), " ".join(words[middle + 1 :])
    if said[start : start + 1] != ["use"] or not subject or (middle < len(words) and not product):
        form = "such as: --may PARTY use 'OpenAI models' in 'a product'"
        raise typer.BadParameter(form, param_hint="--may")
    return path, subject, product or None


@app.command(short_help="Print the JSON Schema of a book, for editors.")
def schema() -> None:
    """Print the JSON Schema of a book, so that an editor completes and underlines."""
    import json

    from offtake.api import schema as of_book

    typer.echo(json.dumps(of_book(), indent=2))
