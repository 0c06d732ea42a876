"""A desk played in virtual time whose every command is written in a journal, and kept."""

from __future__ import annotations

import hashlib
from typing import Any

from msgspec.structs import replace

from desk.playing import Play
from desk.saying import BUYER
from offtake.desk import Envelope
from offtake.desk.commands import Command, Erase
from offtake.desk.lot import Instant
from offtake.journal.entry import About, Batch, Entry, Head
from offtake.journal.journal import Admitted, Journal
from offtake.journal.text import exported
from offtake.store.keyring import MemoryKeyring

DESK = "0123456789abcdef0123456789abcdef"


def keyring() -> MemoryKeyring:
    """Keys that are the same in every run."""
    return MemoryKeyring(b"a seed for tests")


class Shelf:
    """What a store does: entries in a list, and the last head."""

    def __init__(self, keys: MemoryKeyring | None = None) -> None:
        self.keys = keyring() if keys is None else keys
        self.about = About(DESK, self.keys.public)
        self.entries: list[Entry] = []
        self.head: Head | None = None

    def put(self, batch: Batch | None) -> None:
        """A batch, whole."""
        if batch is not None:
            for kept in batch.kept:
                old = self.entries[kept.number]
                self.entries[kept.number] = replace(old, form=kept.form, body=kept.body)
            self.entries += batch.entries
            self.head = batch.head

    def begun(self) -> Journal:
        """A journal with these keys in which nothing is written."""
        return Journal(self.about, self.keys)

    def loaded(self) -> Journal:
        """The journal made again from what is kept."""
        journal = self.begun()
        journal.load(self.entries, self.head)
        return journal

    def all_bytes(self) -> bytes:
        """Every byte that is kept."""
        return b"".join(
            entry.label.encode() + entry.commitment + entry.link + entry.body + entry.stub
            for entry in self.entries
        )

    def export(self, at: Instant) -> list[bytes]:
        """What anybody may have now."""
        journal = self.loaded()
        return list(exported(self.about, self.entries, self.keys, journal.cut(), journal.desk, at))


class Written(Play):
    """A play that is written down: each command one batch."""

    def __init__(self, *parties: str, **words: Any) -> None:
        self.shelf = Shelf()
        self.written = self.shelf.begun()
        self.envelopes: list[Envelope] = []
        """As they were sent, in order."""
        super().__init__(*parties, **words)

    def send(self, actor: str, body: Command, key: str | None = None) -> Any:
        envelope = self.envelope(actor, body, key)
        self.envelopes.append(envelope)
        answer = super().send(actor, body, envelope.key)
        self.admitted: Admitted = self.written.admit(envelope)
        assert self.admitted.answer == answer
        assert self.written.desk == self.desk
        self.shelf.put(self.written.take())
        if self.admitted.erased:
            self.shelf.keys.destroy(self.admitted.erased)
        return answer

    def wait(self, when: Instant | str) -> Play:
        super().wait(when)
        self.written.tick(self.now, hashlib.sha256(f"tick {self.now}".encode()).digest())
        assert self.written.desk == self.desk
        self.shelf.put(self.written.take())
        return self

    def envelope(self, actor: str, body: Command, key: str | None = None) -> Envelope:
        """As the next command is sent."""
        number = self.sent + 1
        entropy = hashlib.sha256(f"{number}".encode()).digest()
        return Envelope(actor, key or f"k{number}", self.now, entropy, body)

    def erase(self) -> Admitted:
        """Destroy what was bid in the tender."""
        self.do(BUYER, Erase(self.tender))
        return self.admitted

    def export(self) -> list[bytes]:
        return self.shelf.export(self.now)
