"""What a run is made of: the names of its steps, waiting for them, and what it leaves behind."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from offtake.api import Clash, Plan

if TYPE_CHECKING:
    from offtake.owing.settled import Settled
    from offtake.rehearse import Rehearsal
    from offtake.report import Owing

STAGES = {
    "built": "programme built",
    "solved": "plan solved",
    "clauses": "pricing clauses",
    "scenarios": "planning each scenario alone",
    "explained": "plan explained",
    "clash": "asking which lines clash",
    "changes": "trying least changes",
    "report": "drawing the report",
    "rehearsing": "rehearsing the tenders",
    "again": "planning with what was signed",
    "metering": "reading what was metered",
    "settling": "settling the months",
}
"""What each step of the work is called while it runs."""

Made = TypeVar("Made")
WAKES = 0.1
"""Seconds after which the main thread looks whether it was stopped."""


def deliver(
    result: Plan | Clash,
    out: Path,
    rehearsal: Rehearsal | None = None,
    owing: Settled | None = None,
) -> list[Path]:
    """Write all that a folder shows of a plan, with the page where it can be drawn; or a clash."""
    from offtake.owing.leaving import forget, leave_tables

    if not isinstance(result, Plan):
        forget(out)
        return result.render(out) + result.write(out)
    owed = None if owing is None else _owed(result, owing)
    drawn = result.render(out, rehearsal, owed) if can_draw() else []
    played = rehearsal.write(out) if rehearsal is not None else []
    settled = leave_tables(owing, out / "owed") if owing is not None else []
    return drawn + result.write(out) + played + settled


def _owed(result: Plan, owing: Settled) -> Owing:
    """What the report shows of what is owed, and of the capital that the plan calls."""
    from offtake.owing.paying import calls_ahead
    from offtake.report.owing import Owing
    from offtake.settle.capital import funds

    book = result.book
    asked, _ = calls_ahead(book, result)
    return Owing(
        book.header.buyer, book.header.currency, owing.statements, asked, funds(book), result.months
    )


def can_draw() -> bool:
    """Whether what draws the pictures is installed: the extra `report`."""
    from importlib.util import find_spec

    return find_spec("altair") is not None and find_spec("vl_convert") is not None


def interruptible(work: Callable[[], Made]) -> Made:
    """What the work returns or raises, done beside the main thread.

    Python sees Ctrl-C only between its own steps, and a solve may be one step of two minutes.
    """
    done: Future[Made] = Future()

    def begin() -> None:
        try:
            done.set_result(work())
        except BaseException as error:
            done.set_exception(error)

    threading.Thread(target=begin, daemon=True).start()
    while not done.done():
        # A signal that another thread received is seen when this one wakes.
        wait([done], timeout=WAKES)
    return done.result()
