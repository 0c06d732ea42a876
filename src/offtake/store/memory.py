"""A journal in memory: for tests, rehearsals and trials; gone with the process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from offtake.journal.entry import About, Batch, Entry, Head, Kept
from offtake.store.base import BusyError, StoreError, fenced, missing, start_of
from offtake.store.copying import to_file
from offtake.store.crash import crash_point


class Memory:
    """What stands for the medium: several stores may be opened on one."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.about: About | None = None
        self.entries: list[Entry] = []
        self.head: Head | None = None
        self.lead = 0
        self.leader: MemoryStore | None = None


class MemoryStore:
    """A store on a `Memory`, its own where none is given."""

    def __init__(self, memory: Memory | None = None, *, readonly: bool = False) -> None:
        self.memory = Memory() if memory is None else memory
        self._readonly = readonly

    def about(self) -> About | None:
        """What the journal says of itself; None where it has not begun."""
        return self.memory.about

    def begin(self, about: About, entries: Iterable[Entry] = (), head: Head | None = None) -> None:
        """Begin a journal, with what another holds where it is a copy: all of it or nothing."""
        self._writable()
        crash_point("store.begin_half")
        held = list(entries)
        crash_point("restore.half")
        with self.memory.lock:
            if self.memory.about is not None:
                raise StoreError("A journal has begun in this memory; begin in another.")
            self.memory.about, self.memory.entries, self.memory.head = about, held, head

    def lead(self, wait: float = 0.0) -> int:
        """Take the lead, and its number, above every earlier one."""
        self._writable()
        if self.memory.about is None:
            raise StoreError("No journal has begun in this memory that could be led.")
        until = time.monotonic() + wait
        while True:
            with self.memory.lock:
                if self.memory.leader in (None, self):
                    self.memory.leader = self
                    self.memory.lead += 1
                    return self.memory.lead
            if time.monotonic() >= until:
                raise BusyError(
                    "Another sequencer leads the journal in this memory; close it first."
                )
            time.sleep(0.01)

    def append(self, lead: int, batch: Batch) -> None:
        """Write a batch."""
        self._writable()
        start = start_of(batch)
        with self.memory.lock:
            held = self.memory.entries
            if lead != self.memory.lead or start != len(held) or self.memory.about is None:
                raise fenced()
            if any(not 0 <= kept.number < batch.head.size for kept in batch.kept):
                raise missing()
            crash_point("store.mid_append")
            held.extend(batch.entries)
            for kept in batch.kept:
                held[kept.number] = _changed(held[kept.number], kept)
            self.memory.head = batch.head

    def size(self) -> int:
        """How many entries there are."""
        return len(self.memory.entries)

    def head(self) -> Head | None:
        """The last head; None where there is no entry."""
        return self.memory.head

    def read(self, start: int = 0, stop: int | None = None) -> Iterator[Entry]:
        """Entries in their order, from `start` up to before `stop`."""
        with self.memory.lock:
            return iter(self.memory.entries[start:stop])

    @contextmanager
    def snapshot(self) -> Iterator[MemoryStore]:
        """The journal as it is now, to be read while another thread writes on."""
        still = Memory()
        with self.memory.lock:
            still.about, still.head = self.memory.about, self.memory.head
            still.entries = list(self.memory.entries)
        yield MemoryStore(still, readonly=True)

    def backup(self, to: Path) -> int:
        """Copy the journal as it is now into a new SQLite file; its size."""
        with self.snapshot() as still:
            return to_file(still, to)

    def close(self) -> None:
        """Give the lead back."""
        with self.memory.lock:
            if self.memory.leader is self:
                self.memory.leader = None

    def _writable(self) -> None:
        if self._readonly:
            raise StoreError("The journal was opened to be read only.")


def _changed(old: Entry, kept: Kept) -> Entry:
    return Entry(old.number, old.label, old.commitment, old.link, kept.form, kept.body, old.stub)
