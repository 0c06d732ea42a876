"""What a hostile case is, and the desk that most of them begin with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

from tender.staged import BOOK, staged

WHOLE = "OFFTAKE_RESULTS" in os.environ
"""Whether every case is put to it, or those of which each minute of a test run is worth."""
Make = Callable[[Path], object]
"""What is changed in the folder `box` of a case."""


def nothing(box: Path) -> None:
    """As it is."""


@dataclass(frozen=True)
class Case:
    """Words on the command line, what lies in the folder, and what must come of it."""

    argv: tuple[str, ...]
    status: int | None
    """None: done, or a fault."""
    says: str
    """Stands in what is printed."""
    make: Make = nothing
    program: str = "offtake"
    readable: tuple[str, ...] = ()
    printed: bool = False
    """A book's faults, a bid's or a journal's breaches: they are printed, not told as an error."""


def begun(folder: Path) -> Path:
    """A practice desk in `folder/box/book`, its keys in `folder/keys`; a bid of far is sealed."""
    stage = staged(folder / "box")
    stage.keys = folder / "keys"
    with chdir(folder):  # where a party that is not the buyer has its receipts
        stage.opened().go("2026-01-13T15:00:00Z")
        stage.does("bid", "t", "--as", "far", "--price", "2.00 USD per chip-hour", "--key", "far-1")
    outside = folder / "outside"
    outside.mkdir()
    (outside / "secret").write_text("what nobody may see\n")
    (outside / "book.yaml").write_text(BOOK)
    return folder


def lay(base: Path, case: Path, make: Make) -> None:
    """A copy of the desk, changed."""
    shutil.copytree(base, case, symlinks=True)
    make(case / "box")
