"""The three media on which a journal can be kept, and rows to keep there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from random import Random

from offtake.desk.events import BidsErased
from offtake.desk.wire import body_of
from offtake.journal import chain
from offtake.journal.entry import About, Batch, Entry, Form, Head, Kept
from offtake.journal.signed import signed_head
from offtake.journal.tree import Tree
from offtake.store.base import Store
from offtake.store.keyring import MemoryKeyring
from offtake.store.memory import Memory, MemoryStore
from offtake.store.postgres import PostgresStore
from offtake.store.sqlite import SqliteStore

KINDS = ("memory", "sqlite", "postgres")
KEYS = MemoryKeyring(b"stores")
ABOUT = About("5" * 32, KEYS.public)


class Medium:
    """One journal's place; each `open` is another program that comes to it."""

    def __init__(
        self, kind: str, opener: Callable[[], Store], reader: Callable[[], Store], where: str = ""
    ) -> None:
        self.kind, self.where = kind, where
        self._opener, self._reader = opener, reader
        self._open: list[Store] = []

    def open(self) -> Store:
        self._open.append(self._opener())
        return self._open[-1]

    def read(self) -> Store:
        self._open.append(self._reader())
        return self._open[-1]

    def close(self) -> None:
        while self._open:
            self._open.pop().close()


def medium(kind: str, folder: Path, dsn: Callable[[], str]) -> Medium:
    """A medium on which nothing has begun."""
    if kind == "memory":
        return in_memory()
    if kind == "sqlite":
        path = folder / "desk.sqlite"
        return Medium(kind, lambda: SqliteStore(path), lambda: SqliteStore(path, readonly=True))
    where = dsn()
    return Medium(
        kind, lambda: PostgresStore(where), lambda: PostgresStore(where, readonly=True), where
    )


def in_memory() -> Medium:
    """A medium in memory on which nothing has begun."""
    memory = Memory()
    return Medium("memory", lambda: MemoryStore(memory), lambda: MemoryStore(memory, readonly=True))


LABEL = "tender-é"
"""Under whose seal entries lie."""


class Rows:
    """Batches that go on where the last one ended, as a journal makes them."""

    def __init__(self, seed: int = 0, about: About = ABOUT) -> None:
        self._random = Random(seed)
        self._about = about
        self._before = chain.origin(about)
        self._tree = Tree()
        self.entries: list[Entry] = []

    def batch(
        self,
        *forms: Form,
        size: int = 300,
        kept: tuple[Kept, ...] = (),
        erases: bool = False,
    ) -> Batch:
        made = tuple(self._entry(form, self._random.randbytes(size)) for form in forms)
        if erases:
            erased = BidsErased(at=1, tender=LABEL, kept=())
            made += (self._entry(Form.OPEN, bytes(32) + body_of(erased)),)
        self.entries += made
        for one in kept:
            old = self.entries[one.number]
            self.entries[one.number] = Entry(
                old.number, old.label, old.commitment, old.link, one.form, one.body, old.stub
            )
        return Batch(made, self.head(), kept)

    def batches(self, count: int, size: int = 1) -> Iterator[Batch]:
        for _ in range(count):
            yield self.batch(*[Form.OPEN] * size)

    def head(self) -> Head:
        size = len(self._tree)
        return signed_head(self._about.desk, KEYS.sign, size, self._tree.root(), 10**18 + size)

    def _entry(self, form: Form, body: bytes) -> Entry:
        label = "" if form is Form.OPEN else LABEL
        committed = sha256(body).digest()
        self._before = chain.link(self._before, committed, label)
        self._tree.append(self._before)
        stub = b"" if form is Form.OPEN else self._random.randbytes(40)
        number = len(self._tree) - 1
        return Entry(number, label, committed, self._before, form, body, stub)


def begun(medium: Medium) -> tuple[Store, int]:
    """A store whose journal has begun, and the lead."""
    store = medium.open()
    store.begin(ABOUT)
    return store, store.lead()
