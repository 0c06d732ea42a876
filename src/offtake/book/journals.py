"""What a book asks of the journals that it names: the agreements that were made at a desk.

This room knows no journal. Who reads a book hands it a function that reads one, as it hands it the
clause kinds; what comes back are records as somebody would have written them, each at its entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offtake.book.faults import Fault, Misread
from offtake.book.record import Written
from offtake.book.typed import Kinds

if TYPE_CHECKING:
    from offtake.book.force import Book

LATER, BROKEN = "journal-later", "journal-broken"
ENTRY = "entry"
"""The field by which a pulled copy says which entry it is of."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One journal that a book names, and what stands in the book beside it."""

    path: Path
    """An ordinary file in the book's folder, reached without a link."""
    name: str
    """The same, relative to the book."""
    book: Book
    """All that was read of the files, if only as known on the book's own day."""
    offered: Mapping[str, Iterable[Mapping[str, Any]]]
    """The clauses of each offer that has some, as they are written."""
    kinds: Kinds


@dataclass(frozen=True, slots=True)
class Told:
    """What one journal says: agreements as they would be written, in the order of signing."""

    records: tuple[Written, ...]
    faults: tuple[Fault, ...] = ()
    """What is odd in them, and keeps none of them from being read."""


Journals = Callable[[Asked], Told]
"""Reads one journal; raises `Misread` where it cannot be believed, with the entry in its words."""


def unread(asked: Asked) -> Told:
    """Where nobody who reads journals was handed in."""
    sentence = f"Nothing here reads the journal {asked.name[:60]}."
    raise Misread(sentence, BROKEN, "read the book with offtake.load")
