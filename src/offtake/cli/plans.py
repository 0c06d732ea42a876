"""Verbs that plan a book: plan, run."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from offtake.cli.options import AsOf, BookPath, Gap, Json, Seconds, sound
from offtake.cli.top import FAULTS, NO_PLAN, app

if TYPE_CHECKING:
    from offtake.api import Clash, OpenBook, Plan


Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Write tables and the page here.")
]
Adopt = Annotated[
    bool, typer.Option("--adopt", help="Keep the plan in the book's folder, by its digest.")
]
Objective = Annotated[
    str,
    typer.Option(metavar="WHOSE", help="buyer: the buyer's cash; system: all owners' together."),
]
Risk = Annotated[
    float | None,
    typer.Option(
        metavar="X", help="Weight, 0 to 1, of the mean of the worst scenarios; else the book's."
    ),
]
Tail = Annotated[
    float | None,
    typer.Option(metavar="X", help="The worst 1 - X of scenarios count as worst; else the book's."),
]
Quick = Annotated[bool, typer.Option("--quick", help="Leave out clause costs and scenario regret.")]
Without = Annotated[
    list[str] | None,
    typer.Option(
        "--without", metavar="CLAUSE", help="As if a clause had never stood; one case each."
    ),
]
WhatIf = Annotated[
    list[str] | None,
    typer.Option("--what-if", metavar="PATH=VALUE", help="With a field changed; one case each."),
]
Compare = Annotated[
    str | None,
    typer.Option(
        "--compare",
        metavar="OTHER",
        help="What moved since another book, BOOK@DATE or a kept plan, and because of what.",
    ),
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show the certificate.")]


@app.command(short_help="Say what to buy or build, from whom, and by when.")
def plan(
    book: BookPath,
    as_of: AsOf = None,
    out: Out = None,
    adopt: Adopt = False,
    objective: Objective = "buyer",
    risk: Risk = None,
    tail: Tail = None,
    quick: Quick = False,
    without: Without = None,
    what_if: WhatIf = None,
    compare: Compare = None,
    gap: Gap = 2e-3,
    seconds: Seconds = 120.0,
    verbose: Verbose = False,
    as_json: Json = False,
) -> None:
    """Say what to buy or build, from whom and when, whom to ask by when, and what clauses cost.

    With --without, --what-if or --compare: what moves in the plan, and how much dearer it gets.
    """
    from offtake import console
    from offtake.api import Plan, WrongArgumentError

    how = {"as_of": as_of, "objective": objective, "risk": risk, "tail": tail}
    options = {**how, "gap": gap, "seconds": seconds}
    cases = bool(without or what_if)
    if cases or compare is not None:
        if compare is not None and not compare.strip():
            raise WrongArgumentError("--compare names a book, BOOK@DATE, or a plan that was kept")
        if cases and compare is not None:
            raise WrongArgumentError("ask for cases or for --compare, one at a time")
        if out is not None or adopt:
            raise WrongArgumentError("--out and --adopt keep a plan; leave them out of questions")
    opened = sound(book, as_json)
    if compare is not None:
        _compared(opened, compare, options, as_json)
        return
    if cases:
        _asked(opened, without or [], what_if or [], options, as_json)
        return
    options |= {"costs": not quick, "foresight": not quick}
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


@app.command(short_help="Check a book, plan it, rehearse its tenders, draw the report.")
def run(
    book: BookPath,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where to write; else out/ and the book's name."),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="What chance there is in the rehearsal.")
    ] = 0,
    gap: Gap = 2e-3,
    seconds: Seconds = 120.0,
) -> None:
    """Check a book, plan it, rehearse its tenders, settle, draw; ends by saying where to look."""
    from offtake import console
    from offtake.api import Clash, Plan
    from offtake.run import deliver, interruptible
    from offtake.units import Month

    opened = sound(book)
    folder = out if out is not None else Path("out") / (opened.path.resolve().name or "book")
    console.checked(opened)
    # A place that cannot be written is told before the work, not after it.
    folder.mkdir(parents=True, exist_ok=True)
    result, _ = _planned(opened, None, {"gap": gap, "seconds": seconds})
    console.result(result)
    with console.progress() as step:
        played, owing = None, None
        if isinstance(result, Plan):
            how: dict[str, Any] = {"seed": seed, "gap": gap, "seconds": seconds, "step": step}
            found = interruptible(partial(opened.rehearse, result, **how))
            # A plan that is given is no clash.
            played = None if isinstance(found, Clash) else found
            ahead = opened.forecast(Month.of(result.months[-1]), plan=result, step=step)
            owing = None if isinstance(ahead, Clash) else ahead
        step("report")
        deliver(result, folder, played, owing)
    if played is not None:
        console.rehearsed(played)
    if owing is not None:
        console.owed(owing, folder)
    console.where_to_look(result, folder)
    if played is not None and not played.verified.sound:
        raise typer.Exit(FAULTS)
    if not result.found:
        raise typer.Exit(NO_PLAN)


def _asked(
    opened: OpenBook,
    without: list[str],
    what_if: list[str],
    options: dict[str, Any],
    as_json: bool,
) -> None:
    """Each case beside the book as it is."""
    from offtake import console
    from offtake.questions import ask, cases
    from offtake.run import interruptible

    asked = cases(opened, without, what_if)
    if console.faulty(asked, as_json):
        raise typer.Exit(FAULTS)
    with console.progress() as step:
        found = interruptible(lambda: ask(opened, asked, step=step, **options))
    console.answers(found, as_json)
    if not found.found:
        raise typer.Exit(NO_PLAN)


def _compared(opened: OpenBook, named: str, options: dict[str, Any], as_json: bool) -> None:
    """What moved from another book or a kept plan to this one."""
    from offtake import console
    from offtake.api import OpenBook
    from offtake.questions import explain, other
    from offtake.run import interruptible

    before, day = other(named)
    if isinstance(before, OpenBook) and before.reading.book is None:
        console.faults(before, as_json)
        raise typer.Exit(FAULTS)
    with console.progress() as step:
        found = interruptible(
            lambda: explain(opened, before, before_as_of=day, step=step, **options)
        )
    console.explained(found, as_json)
    if not found.after.found:
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
