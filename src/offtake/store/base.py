"""What every store does, and how it fails.

A store knows rows of bytes, not what they mean: no store imports the desk. Whatever it raises is a
`StoreError`; after one from `append` a sequencer must stop.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from offtake.journal.entry import About, Batch, Entry, Head


class StoreError(Exception):
    """A store cannot do what was asked; the message is one sentence that says what to do."""


class FencedError(StoreError):
    """Another sequencer leads this journal now; this one must stop."""


class BusyError(StoreError):
    """Another sequencer leads this journal and is alive."""


class StoppedError(StoreError):
    """The disk failed. What was asked may or may not be kept; nothing more is written."""


class OtherSchemaError(StoreError):
    """The store was written by a later version."""


class NoJournalError(StoreError):
    """No journal has begun where one is to be read."""


class Store(Protocol):
    """One journal on one medium. Not shared between threads, but for `read` of a snapshot."""

    def about(self) -> About | None:
        """What the journal says of itself; None where it has not begun."""
        ...

    def begin(self, about: About, entries: Iterable[Entry] = (), head: Head | None = None) -> None:
        """Begin a journal, with what another holds where it is a copy: all of it or nothing.

        `StoreError` where one has begun.
        """
        ...

    def lead(self, wait: float = 0.0) -> int:
        """Take the lead, and its number, above every earlier one.

        `BusyError` where another leads and has not ended after `wait` seconds.
        """
        ...

    def append(self, lead: int, batch: Batch) -> None:
        """Write a batch; when this returns, the disk has it.

        `FencedError` where another leads or the batch does not go on where the journal ends,
        `BusyError` where another program holds the medium too long: nothing is written then.
        `StoppedError` where the disk failed, and at every later call.
        """
        ...

    def size(self) -> int:
        """How many entries there are."""
        ...

    def head(self) -> Head | None:
        """The last head; None where there is no entry."""
        ...

    def read(self, start: int = 0, stop: int | None = None) -> Iterator[Entry]:
        """Entries in their order, from `start` up to before `stop`."""
        ...

    def snapshot(self) -> AbstractContextManager[Store]:
        """The journal as it is now, to be read while another thread writes on."""
        ...

    def backup(self, to: Path) -> int:
        """Copy the journal as it is now into a new SQLite file, while it is written; its size."""
        ...

    def close(self) -> None:
        """Give the lead back and close."""
        ...


def start_of(batch: Batch) -> int:
    """Where a batch goes on; `FencedError` where its numbers do not run up to its head."""
    start = batch.head.size - len(batch.entries)
    if start < 0 or any(e.number != start + i for i, e in enumerate(batch.entries)):
        raise FencedError("A batch whose numbers do not run up to its head was not written.")
    return start


def fenced() -> FencedError:
    """What is raised where another leads; no number in it, since numbers tell of sealed bids."""
    return FencedError(
        "Nothing was written: another sequencer leads the journal now, or it does not end where "
        "this one believed. Stop this one."
    )


def missing() -> FencedError:
    """What is raised where a batch changes the body of an entry that is not there."""
    return FencedError("Nothing was written: not all of the entries are there that change.")
