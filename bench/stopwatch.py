"""One stopwatch for every contender: the time until HiGHS starts, within it, and after it.

Each contender runs in a process of its own and ends with one line of JSON. What a library costs to
import is timed apart; the peak memory is the whole process's, imports too, as its user sees it.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SECONDS = 120.0
"""Longest time for HiGHS; whoever has no optimum by then has none."""
OPTIONS: dict[str, Any] = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 0,
    "time_limit": SECONDS,
}
"""HiGHS is asked for the same by all; the rest is its default."""

imported = 0.0


def numbers(file: str) -> dict[str, Any]:
    """The figures of a book as plain numbers; not timed."""
    data: dict[str, Any] = json.loads(Path(file).read_text())
    return data


@contextmanager
def importing() -> Iterator[None]:
    """Time the libraries' import, which a long-lived process pays once."""
    global imported
    begun = time.perf_counter()
    yield
    imported += time.perf_counter() - begun


class Watch:
    """Runs from its making to `done`; notes when HiGHS is first started and how long it took."""

    def __init__(self) -> None:
        with importing():
            import highspy
        self.started = self.solved = 0.0
        self.read = 0.0
        run = highspy.Highs.run

        def timed(solver: Any) -> Any:
            begun = time.perf_counter()
            status = run(solver)
            if not self.started:
                self.started, self.solved = begun, time.perf_counter()
            return status

        highspy.Highs.run = timed
        self.version = highspy.Highs().version()
        self.begun = time.perf_counter()

    def done(self, objective: float | None, **more: Any) -> None:
        """Stop, and print what was measured; seconds and MiB. None: no optimum in time."""
        end = time.perf_counter()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        measured = {
            "import": imported,
            "read": self.read,
            "build": self.started - self.begun - self.read,
            "solve": self.solved - self.started,
            "after": end - self.solved,
            "whole": end - self.begun,
            # Linux counts in KiB, macOS in bytes.
            "peak": peak / (2**20 if sys.platform == "darwin" else 2**10),
            "objective": objective,
            "highs": self.version,
        }
        print(json.dumps(measured | more))
