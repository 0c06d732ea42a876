"""What every store does, and how it fails.

A store knows rows of bytes, not what they mean: no store imports the desk.
"""

from __future__ import annotations

from collections.abc import Iterator
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


class Store(Protocol):
    """One journal on one medium. Not shared between threads, but for `read` of a snapshot."""

    def about(self) -> About | None:
        """What the journal says of itself; None where it has not begun."""
        ...

    def begin(self, about: About) -> None:
        """Begin a journal; `StoreError` where one has begun."""
        ...

    def lead(self) -> int:
        """Take the lead, and its number, above every earlier one; `BusyError` where one leads."""
        ...

    def append(self, lead: int, batch: Batch) -> None:
        """Write a batch; when this returns, the disk has it.

        `FencedError` where another leads or the batch does not go on where the journal ends;
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
