"""The auditor's verb: verify."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from offtake.cli.options import Json
from offtake.cli.top import FAULTS, app


@app.command(short_help="Check an exported journal, from its lines alone.")
def verify(
    journal: Annotated[
        Path | None,
        typer.Argument(
            metavar="JOURNAL", help="A journal as the desk exported it.", show_default=False
        ),
    ] = None,
    receipts: Annotated[
        list[Path] | None,
        typer.Option(
            "--receipt",
            metavar="FILE",
            help="A receipt, proof, mark or older head to hold against it; may be given again.",
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option("--key", metavar="HEX", help="The desk's public key, as you know it."),
    ] = None,
    alone: Annotated[
        Path | None,
        typer.Option(
            "--alone",
            metavar="FILE",
            help="Write the stand-alone checker to FILE: it needs nothing but Python.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Check an exported journal: its history, its seals, and what the desk promised.

    Nothing of the desk is used for it. Exit status 1 where something does not hold.
    """
    if alone is not None:
        _hand_on(alone)
    if journal is None and alone is None:
        raise typer.BadParameter("name an exported journal", param_hint="JOURNAL")
    if journal is None:
        return
    from offtake.audit import NoJournalError
    from offtake.audit import verify as check
    from offtake.console.verify import content, reading, verified

    if key is not None and not _is_key(key):
        raise typer.BadParameter("a key is 64 hexadecimal digits", param_hint="--key")
    given = receipts or []
    texts = [content(path) for path in given]
    try:
        with reading(journal) as lines:
            found = check(lines, texts, key, [str(path) for path in given])
    except NoJournalError as error:
        typer.echo(f"offtake: {journal}: {error}", err=True)
        raise typer.Exit(FAULTS) from None
    verified(found, journal, given, key is not None, as_json)
    if not found.sound:
        raise typer.Exit(FAULTS)


def _is_key(text: str) -> bool:
    try:
        return len(bytes.fromhex(text)) == 32 and len(text) == 64
    except ValueError:
        return False


def _hand_on(to: Path) -> None:
    """A copy of the one file that checks a journal by itself."""
    from importlib.resources import files

    from offtake.keep import whole

    if to.exists():
        raise typer.BadParameter(f"{to} is there already", param_hint="--alone")
    whole(to, files("offtake.audit").joinpath("alone.py").read_bytes())
    typer.echo(f"wrote {to}: python {to} JOURNAL [RECEIPT...]", err=True)
