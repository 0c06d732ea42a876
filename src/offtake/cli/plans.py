"""Verbs that plan a book: plan, run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from offtake.cli.options import AsOf, BookPath, Gap, Json, Seconds, sound
from offtake.cli.top import NO_PLAN, app

if TYPE_CHECKING:
    from offtake.api import Clash, OpenBook, Plan


@app.command(short_help="Say what to buy or build, from whom, and by when.")
def plan(
    book: BookPath,
    as_of: AsOf = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write tables and the page here.")
    ] = None,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Keep the plan in the book's folder, by its digest.")
    ] = False,
    objective: Annotated[
        str,
        typer.Option(
            metavar="WHOSE", help="buyer: the buyer's cash; system: all owners' together."
        ),
    ] = "buyer",
    risk: Annotated[
        float | None,
        typer.Option(
            metavar="X", help="Weight, 0 to 1, of the mean of the worst scenarios; else the book's."
        ),
    ] = None,
    tail: Annotated[
        float | None,
        typer.Option(
            metavar="X", help="The worst 1 - X of scenarios count as worst; else the book's."
        ),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave out clause costs and scenario regret.")
    ] = False,
    gap: Gap = 2e-3,
    seconds: Seconds = 120.0,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show the certificate.")] = False,
    as_json: Json = False,
) -> None:
    """Say what to buy or build, from whom and when, whom to ask by when, and what clauses cost."""
    from offtake import console
    from offtake.api import Plan

    opened = sound(book, as_json)
    options = {
        "as_of": as_of,
        "objective": objective,
        "risk": risk,
        "tail": tail,
        "gap": gap,
        "seconds": seconds,
        "costs": not quick,
        "foresight": not quick,
    }
    # What is shown may be cut off by a pipe: what is kept is kept before.
    result, written = _planned(opened, out, options)
    adopted = opened.adopt(result) if adopt and isinstance(result, Plan) else None
    console.result(result, as_json, verbose)
    if out is not None:
        typer.echo(f"wrote {written} files to {out}", err=as_json)
    if adopted is not None:
        typer.echo(f"adopted as {adopted}", err=as_json)
    if not result.found:
        raise typer.Exit(NO_PLAN)


@app.command(short_help="Check a book, plan it and draw the report.")
def run(
    book: BookPath,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where to write; else out/ and the book's name."),
    ] = None,
    gap: Gap = 2e-3,
    seconds: Seconds = 120.0,
) -> None:
    """Check a book, plan it and draw the report; ends by saying where to look."""
    from offtake import console

    opened = sound(book)
    folder = out if out is not None else Path("out") / (opened.path.resolve().name or "book")
    console.checked(opened)
    result, _ = _planned(opened, folder, {"gap": gap, "seconds": seconds})
    console.result(result)
    console.where_to_look(result, folder)
    if not result.found:
        raise typer.Exit(NO_PLAN)


def _planned(
    opened: OpenBook, out: Path | None, options: dict[str, Any]
) -> tuple[Plan | Clash, int]:
    """The plan or the clash, and how many files of it were written to `out`."""
    from offtake import console
    from offtake.run import deliver, interruptible

    if out is not None:
        # A place that cannot be written is told before the work, not after it.
        out.mkdir(parents=True, exist_ok=True)
    with console.progress() as step:
        result = interruptible(lambda: opened.plan(**options, step=step))
        if out is None:
            return result, 0
        step("report")
        return result, len(deliver(result, out))
