"""The command line: reads arguments, prints results. No rule lives here.

Exit status: 0 done, 1 the book has faults, 2 wrong usage, 3 no plan is possible, 4 out of time.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import typer.core

if TYPE_CHECKING:
    from offtake.api import Clash, OpenBook, Plan

FAULTS, USAGE, NO_PLAN, OUT_OF_TIME, MISTAKE, STOPPED = 1, 2, 3, 4, 70, 130


class _Told(typer.core.TyperGroup):
    """Commands whose failures reach the user as one sentence and an exit status."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort):
            raise
        except KeyboardInterrupt:
            _say("stopped")
            raise typer.Exit(STOPPED) from None
        except OSError as error:
            where = f": {error.filename}" if error.filename else ""
            _say(f"{error.strerror or error}{where}")
            raise typer.Exit(FAULTS) from None
        except Exception as error:
            status = _status(error)
            if status is None:
                raise
            _say(str(error))
            raise typer.Exit(status) from None


def _status(error: Exception) -> int | None:
    """The exit status of an error that is told in its own words."""
    from offtake.api import WrongArgumentError
    from offtake.clauses.registry import BadClauseKind
    from offtake.plan.grid import NothingAheadError
    from offtake.plan.solve import OutOfTimeError
    from offtake.plan.study import UntrustedError

    known = {
        BadClauseKind: FAULTS,
        WrongArgumentError: USAGE,
        NothingAheadError: USAGE,
        OutOfTimeError: OUT_OF_TIME,
        UntrustedError: OUT_OF_TIME,
    }
    return next((status for kind, status in known.items() if isinstance(error, kind)), None)


def _say(sentence: str) -> None:
    typer.echo(f"offtake: {sentence.replace(chr(10), ' ')}", err=True)


app = typer.Typer(
    name="offtake",
    cls=_Told,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="One book of what was signed, offered and needed, and everything that follows from it.",
    epilog="Exit status: 0 done, 1 the book has faults, 2 wrong usage, 3 no plan is possible, "
    "4 no plan within the time.",
)

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


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"offtake {version('offtake')}")
        raise typer.Exit


@app.callback()
def _top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which it is.")
    ] = False,
) -> None: ...


@app.command(short_help="Say what is wrong in a book, and how to mend it.")
def check(book: BookPath, as_json: Json = False) -> None:
    """Say everything that is wrong in a book, with file, line and how to mend it."""
    from offtake import console
    from offtake.api import load

    opened = load(book)
    console.faults(opened, as_json)
    if opened.reading.book is None:
        raise typer.Exit(FAULTS)


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

    opened = _sound(book, as_json)
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

    console.rights(_sound(book, as_json), on, party, as_json)


@app.command(short_help="Print the JSON Schema of a book, for editors.")
def schema() -> None:
    """Print the JSON Schema of a book, so that an editor completes and underlines."""
    import json

    from offtake.api import schema as of_book

    typer.echo(json.dumps(of_book(), indent=2))


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

    opened = _sound(book)
    folder = out if out is not None else Path("out") / (opened.path.resolve().name or "book")
    console.checked(opened)
    result, _ = _planned(opened, folder, {"gap": gap, "seconds": seconds})
    console.result(result)
    console.where_to_look(result, folder)
    if not result.found:
        raise typer.Exit(NO_PLAN)


def _sound(path: Path, as_json: bool = False) -> OpenBook:
    """The book, or its faults on the screen and exit status 1."""
    from offtake import console
    from offtake.api import load

    opened = load(path)
    if opened.reading.book is None:
        console.faults(opened, as_json)
        raise typer.Exit(FAULTS)
    return opened


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


def main() -> None:
    """Entry point: no stack trace reaches a user, whatever the outside world does."""
    # A reader that has seen enough, such as `head`, ends us as it ends other programs.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    status, lost = 0, False
    try:
        app()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0
    except Exception as error:
        status = MISTAKE
        _say(f"a mistake in offtake, not in the book; please report it: {_where(error)}")
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        status, lost = FAULTS, True
        _say(f"{error.strerror}: standard output")
    if lost or status == STOPPED:
        # Python would write once more, and wait for solves that were stopped.
        os._exit(status)
    raise SystemExit(status)


def _where(error: Exception) -> str:
    """What went wrong and in which line of ours or of a library."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    at = f" ({Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno})" if trace else ""
    return f"{type(error).__name__}: {error}{at}"
