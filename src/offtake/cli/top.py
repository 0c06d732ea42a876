"""The top of the command line: what every verb shares, and how failures reach a user.

Exit status: 0 done, 1 the book has faults, 2 wrong usage, 3 no plan is possible, 4 out of time,
5 the desk has refused.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
import typer.core

FAULTS, USAGE, NO_PLAN, OUT_OF_TIME, REFUSED, MISTAKE, STOPPED = 1, 2, 3, 4, 5, 70, 130

SAID_MOST = 1_000
"""Letters of the longest sentence about what went wrong."""


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
        except MemoryError:
            _say("this takes more memory than there is; plan fewer months, hours or scenarios")
            raise typer.Exit(OUT_OF_TIME) from None
        except Exception as error:
            status = _status(error)
            if status is None:
                raise
            _say(str(error))
            raise typer.Exit(status) from None


def _status(error: Exception) -> int | None:
    """The exit status of an error that is told in its own words."""
    from offtake.api import WrongArgumentError
    from offtake.book.faults import ClauseFailedError
    from offtake.clauses.base import OutOfTurnError
    from offtake.clauses.registry import BadClauseKind
    from offtake.dealing.wrong import WrongDealingError
    from offtake.plan.grid import NothingAheadError
    from offtake.plan.solve import OutOfTimeError
    from offtake.plan.study import TooLargeError, UntrustedError
    from offtake.signed.pull import NotPulledError
    from offtake.store.base import StoreError

    known = {
        BadClauseKind: FAULTS,
        ClauseFailedError: MISTAKE,
        OutOfTurnError: MISTAKE,
        WrongArgumentError: USAGE,
        WrongDealingError: USAGE,
        NotPulledError: USAGE,
        StoreError: FAULTS,
        NothingAheadError: USAGE,
        OutOfTimeError: OUT_OF_TIME,
        TooLargeError: OUT_OF_TIME,
        UntrustedError: OUT_OF_TIME,
    }
    return next((status for kind, status in known.items() if isinstance(error, kind)), None)


def _say(sentence: str) -> None:
    """One line, not without end, in which nothing steers the terminal."""
    shown = "".join(c if c.isprintable() else " " for c in sentence[:SAID_MOST])
    typer.echo(f"offtake: {' '.join(shown.split())}", err=True)


app = typer.Typer(
    name="offtake",
    cls=_Told,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="One book of what was signed, offered and needed, and everything that follows from it.",
    epilog="Exit status: 0 done, 1 the book has faults, 2 wrong usage, 3 no plan is possible, "
    "4 no plan within the time, 5 the desk has refused.",
)


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
