"""What is wrong in a book although each record alone is well formed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from offtake.book.faults import Fault
from offtake.book.force import Book


def check(book: Book, lost: Mapping[str, set[str]], partial: bool) -> Iterator[Fault]:
    """Every fault and warning."""
    yield from ()
