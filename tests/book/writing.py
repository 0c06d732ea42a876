"""Books for tests: a header and parties to begin with, two small clause kinds, and a folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import model_validator

from offtake.book.faults import Fault
from offtake.book.fields import ChipHours, Portion
from offtake.book.force import Book
from offtake.book.read import Reading, read
from offtake.book.records import Clause
from offtake.clauses.base import Right, WindowWords

HEADER = """\
book:
  buyer: lab
  as_of: 2025-01-21
  periods: {start: 2025-02, length: 12 months}
  purposes: {training: {}, inference: {}, api: {part_of: inference}}
"""
PARTIES = """\
parties:
- {id: lab, name: Lab}
- {id: cloud, name: Cloud}
- {id: neo, name: Neocloud}
"""
START = HEADER + PARTIES


class Claim(Right):
    """A right with a window, as small as can be."""

    kind: Literal["claim"] = "claim"
    window: WindowWords | None = None


class Promise(Clause):
    """A term with a share; it finds its own promise too large above the whole."""

    kind: Literal["promise"] = "promise"
    share: Portion
    least: ChipHours | None = None

    @model_validator(mode="after")
    def _promises_something(self) -> Promise:
        if self.share.value == 0:
            raise ValueError("a promise of 0% promises nothing")
        return self

    def check(self, book: Book) -> Iterator[Fault]:
        if self.share.value > 1:
            seller = book.agreements[self.of].seller
            yield Fault(self.at("share"), "promise", f"{seller} promises too much.")


KINDS: Mapping[str, type[Clause]] = {"claim": Claim, "promise": Promise}


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """The folder with these files in it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def reading(folder: Path, text: str, **files: str) -> Reading:
    """The reading of a book; `offers_csv="..."` becomes the file `offers.csv`."""
    named = {name.replace("_csv", ".csv").replace("_yaml", ".yaml"): t for name, t in files.items()}
    return read(write(folder, {"book.yaml": text, **named}), KINDS)


def good(folder: Path, text: str, **files: str) -> Book:
    """The book of a text that has no fault."""
    return reading(folder, text, **files).required()


def said(result: Reading) -> list[str]:
    """Each fault as `file:line:column code`."""
    return [f"{fault.place} {fault.code}" for fault in result.faults]
