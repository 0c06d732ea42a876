"""Verbs of the deal desk: rehearse."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from offtake.cli.options import AsOf, BookPath, Gap, Json, Seconds, sound
from offtake.cli.top import FAULTS, NO_PLAN, app


@app.command(short_help="Play a plan's purchases as tenders, then plan again.")
def rehearse(
    book: BookPath,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="What is left to chance is drawn from it.")
    ] = 0,
    as_of: AsOf = None,
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="DIR", help="Write journal, tables and agreements here."),
    ] = None,
    once: Annotated[
        bool, typer.Option("--no-replan", help="Do not plan again with what was signed.")
    ] = False,
    gap: Gap = 2e-3,
    seconds: Seconds = 120.0,
    as_json: Json = False,
) -> None:
    """Plan a book, play its purchases as tenders in virtual time, and plan again.

    Holders and sellers are simulated: they do what the book expects of them.
    """
    from offtake import console
    from offtake.api import Clash, WrongArgumentError
    from offtake.rehearse.result import forget
    from offtake.run import interruptible

    if out == "":
        raise WrongArgumentError("--out names no folder; write . for this one")
    opened = sound(book, as_json)
    folder = None if out is None else Path(out)
    if folder is not None:
        # A place that cannot be written is told before the work, not after it.
        folder.mkdir(parents=True, exist_ok=True)
    with console.progress() as step:
        found = interruptible(
            lambda: opened.rehearse(
                seed=seed, as_of=as_of, gap=gap, seconds=seconds, replan=not once, step=step
            )
        )
    if isinstance(found, Clash):
        if folder is not None:
            forget(folder)
        console.result(found, as_json)
        raise typer.Exit(NO_PLAN)
    written = found.write(folder) if folder is not None else []
    console.rehearsal(found, as_json)
    if folder is not None:
        typer.echo(f"wrote {len(written)} files to {folder}", err=as_json)
    if not found.verified.sound:
        raise typer.Exit(FAULTS)
    if found.after is not None and not found.after.found:
        raise typer.Exit(NO_PLAN)
