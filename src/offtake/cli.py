"""The command line: reads arguments, prints results. No rule lives here.

Exit status: 0 done, 1 the book has faults, 2 wrong usage, 3 no plan is possible, 4 out of time.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from offtake.api import OpenBook, Plan
    from offtake.plan.result import Clash

FAULTS, NO_PLAN, OUT_OF_TIME = 1, 3, 4

app = typer.Typer(
    name="offtake",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="One book of what was signed, offered and needed, and everything that follows from it.",
)

BookPath = Annotated[Path, typer.Argument(metavar="BOOK", help="A folder with a book.yaml.")]
Json = Annotated[bool, typer.Option("--json", help="Print plain data instead of tables.")]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="Plan with what was known that day.")
]
Gap = Annotated[
    float, typer.Option("--gap", help="Stop when cost and bound are this close, relatively.")
]
Seconds = Annotated[float, typer.Option("--seconds", help="Longest time for any one solve.")]


@app.command()
def check(book: BookPath, as_json: Json = False) -> None:
    """Say everything that is wrong in a book, with file, line and how to mend it."""
    from offtake import console

    opened = console.opened(book)
    console.faults(opened, as_json)
    if opened.reading.book is None:
        raise typer.Exit(FAULTS)


@app.command()
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
        str, typer.Option(help="Whose cost: `buyer`, or `system` for all owners' together.")
    ] = "buyer",
    risk: Annotated[
        float | None, typer.Option(help="Weight, 0 to 1, of the mean of the worst scenarios.")
    ] = None,
    tail: Annotated[
        float, typer.Option(help="The worst 1 - tail of scenarios count as worst.")
    ] = 0.95,
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

    if objective not in ("buyer", "system"):
        _wrong(f"--objective is `buyer` or `system`, not `{objective}`")
    if not (risk is None or 0 <= risk <= 1) or not 0 <= tail < 1 or gap < 0 or seconds <= 0:
        _wrong("--risk is from 0 to 1, --tail from 0 to below 1, --gap and --seconds are positive")
    day = console.day(as_of)
    opened = _sound(book)
    months = opened.book.header.periods
    last = (months.start + (months.length.months - 1)).last
    if day is not None and day > last:
        _wrong(f"--as-of {day} is after the last day of the plan, {last}")
    with console.progress() as step:
        result = _tried(
            opened,
            as_of=day,
            objective=objective,
            risk=risk,
            tail=tail,
            gap=gap,
            seconds=seconds,
            costs=not quick,
            foresight=not quick,
            step=step,
        )
    _show(result, as_json, verbose)
    _keep(opened, result, out, adopt, as_json)


@app.command()
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

    day = console.day(on)
    opened = _sound(book)
    known = opened.book.parties
    if party is not None and party not in known:
        _wrong(f"the book has no party `{party}`; its parties are {', '.join(known)}")
    console.rights(opened, day, party, as_json)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a book, so that an editor completes and underlines."""
    import json

    from offtake.api import schema as of_book

    typer.echo(json.dumps(of_book(), indent=2))


@app.command()
def run(
    book: BookPath,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where to write; `out/NAME`.")
    ] = None,
    gap: Gap = 2e-3,
    seconds: Seconds = 120.0,
) -> None:
    """Check a book, plan it and draw the report; ends by saying where to look."""
    from offtake import console
    from offtake.run import can_draw, deliver

    opened = _sound(book)
    folder = out if out is not None else Path("out") / (book.resolve().name or "book")
    console.checked(opened)
    with console.progress() as step:
        result = _tried(opened, gap=gap, seconds=seconds, step=step)
        if result.found:
            step("report")
            deliver(_plan(result), folder)
    _show(result, False, False)
    if result.found:
        console.where_to_look(folder, can_draw())
    else:
        raise typer.Exit(NO_PLAN)


def _sound(path: Path) -> OpenBook:
    """The book, or its faults on the screen and exit status 1."""
    from offtake import console

    opened = console.opened(path)
    if opened.reading.book is None:
        console.faults(opened, False)
        raise typer.Exit(FAULTS)
    return opened


def _tried(opened: OpenBook, **options: Any) -> Plan | Clash:
    from offtake.plan.grid import NothingAheadError
    from offtake.plan.study import OutOfTimeError, UntrustedError

    try:
        return opened.plan(**options)
    except NothingAheadError as error:
        _wrong(str(error))
    except OutOfTimeError as error:
        typer.echo(f"offtake: {error} (--seconds)", err=True)
    except UntrustedError as error:
        typer.echo(f"offtake: {error}, so it is not shown; try a larger --gap", err=True)
    raise typer.Exit(OUT_OF_TIME)


def _plan(result: Any) -> Plan:
    from offtake.api import Plan

    assert isinstance(result, Plan)
    return result


def _show(result: Plan | Clash, as_json: bool, verbose: bool) -> None:
    from offtake import console

    if as_json:
        console.as_json(result)
    elif result.found:
        console.plan(_plan(result), verbose)
    else:
        console.clash(result)


def _keep(
    opened: OpenBook, result: Plan | Clash, out: Path | None, adopt: bool, as_json: bool
) -> None:
    from offtake.run import deliver

    if not result.found:
        raise typer.Exit(NO_PLAN)
    found = _plan(result)
    said = []
    if out is not None:
        said += [f"wrote {len(deliver(found, out))} files to {out}"]
    if adopt:
        said += [f"adopted as {opened.adopt(found)}"]
    for line in said:
        typer.echo(line, err=as_json)


def _wrong(sentence: str) -> NoReturn:
    typer.echo(f"offtake: {sentence}", err=True)
    raise typer.Exit(2)


def main() -> None:
    """Entry point: no stack trace reaches a user, whatever the outside world does."""
    try:
        app()
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(0) from None
    except KeyboardInterrupt:
        typer.echo("offtake: stopped", err=True)
        raise SystemExit(130) from None
    except OSError as error:
        typer.echo(
            f"offtake: {error.strerror or error}: {error.filename or ''}".rstrip(": "), err=True
        )
        raise SystemExit(1) from None
