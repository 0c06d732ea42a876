"""A journal as a book reads it: a store or an exported text, its chain checked, what is open read.

No keys are needed: what lies under a seal is left unread. Whether the signatures hold, and whether
the desk kept its promises, is for `offtake verify` to say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from offtake.book.faults import Place
from offtake.desk.events import BiddingStarted, BidsOpened, Event, TenderWithdrawn
from offtake.desk.wire import WireError, event_from
from offtake.journal import chain
from offtake.journal.entry import About, Form
from offtake.journal.tree import HASH, Tree

TEXT, STORES = ".jsonl", (".sqlite", ".sqlite3", ".db")
FORMAT = "1"
LINE_MOST = 64 * 1024 * 1024
NAMED_BY = 16
"""Digits of an entry's link by which it is named."""
_ENTRY = re.compile(
    rb'\{"commitment":"([0-9a-f]{64})","event":(\{.*\}|null),"label":("(?:[^"\\]|\\.)*"),'
    rb'"number":"(0|[1-9][0-9]{0,17})","salt":(?:"([0-9a-f]{64})"|null)\}\n',
    re.S,
)


def _mark(kind: type[Event]) -> bytes:
    """In no text of an event can this stand with its quotation marks bare."""
    return f'"type":"{kind.__name__}"'.encode()


_SEALING = (_mark(BiddingStarted), _mark(BidsOpened), _mark(TenderWithdrawn))


class SourceError(Exception):
    """A journal that cannot be believed, or read: one sentence, and the entry where it begins."""

    def __init__(
        self, sentence: str, entry: int | str | None = None, *, later: bool = False
    ) -> None:
        super().__init__(sentence)
        self.entry = entry
        self.later = later


@dataclass(frozen=True, slots=True)
class Source:
    """What a journal holds: a body for each entry, None where it was not open, or not asked for."""

    about: About
    bodies: tuple[bytes | None, ...]
    """Canonical JSON of each event."""
    tree: Tree
    cut: int
    """How many entries may be numbered: the number of one past a tender whose bids are still
    sealed would tell how many there are."""

    def events(self) -> Iterator[tuple[int, Event]]:
        """The events with their numbers."""
        for number, body in enumerate(self.bodies):
            if body is None:
                continue
            try:
                yield number, event_from(body)
            except WireError as error:
                raise SourceError(f"it cannot be read: {error}", number) from None


def source(path: Path, *kinds: type[Event]) -> Source:
    """Read a journal from a store's file or an exported text; raises `SourceError`.

    Where kinds of events are named no others are kept, but all are checked.
    """
    if path.suffix == TEXT:
        with path.open("rb") as file:
            return of_lines(iter(lambda: file.readline(LINE_MOST), b""), *kinds)
    if path.suffix not in STORES:
        endings = ", ".join((*STORES, TEXT))
        raise SourceError(f"its name ends in none of {endings}")
    return _of_store(path, kinds)


def _of_store(path: Path, kinds: tuple[type[Event], ...]) -> Source:
    from offtake.store.base import OtherSchemaError, StoreError
    from offtake.store.open import open_store

    try:
        store = open_store(str(path), readonly=True)
        try:
            with store.snapshot() as still:
                about = still.about()
                if about is None:
                    raise SourceError("no journal has begun in it")
                reading = _Reading(about, kinds)
                for entry in still.read():
                    salted = entry.body if entry.form is Form.OPEN else None
                    reading.take(entry.number, entry.commitment, entry.label, salted)
                    if reading.before != entry.link:
                        raise SourceError("it does not follow the entry before it", entry.number)
                head = still.head()
                return reading.done(head.size if head else 0, head.root if head else b"")
        finally:
            store.close()
    except OtherSchemaError as error:
        raise SourceError(str(error).rstrip("."), later=True) from error
    except StoreError as error:
        raise SourceError(str(error).rstrip(".")) from error


def of_lines(lines: Iterable[bytes], *kinds: type[Event]) -> Source:
    """An exported journal: what it says of itself, entries, and a head."""
    reading: _Reading | None = None
    head: dict[str, Any] | None = None
    for number, line in enumerate(lines, -1):
        if head is not None:
            raise SourceError("something follows its head", number)
        if reading is None:
            reading = _Reading(_about(line), kinds)
        elif found := _ENTRY.fullmatch(line):
            committed, body, label, at, salt = found.groups()
            salted = None if salt is None else bytes.fromhex(salt.decode()) + body
            if int(at) != number or (body == b"null") != (salt is None):
                raise SourceError("it is not written as an entry", number)
            try:
                reading.take(number, bytes.fromhex(committed.decode()), json.loads(label), salted)
            except ValueError:
                raise SourceError("its label cannot be read", number) from None
        else:
            head = _object(line, "Head", number)
    if reading is None:
        raise SourceError("it is empty")
    if head is None:
        raise SourceError("it ends without a head; export it again")
    try:
        return reading.done(int(head["size"]), bytes.fromhex(head["root"]))
    except (KeyError, TypeError, ValueError):
        raise SourceError("its head cannot be read") from None


def _about(line: bytes) -> About:
    data = _object(line, "Journal", None)
    if data.get("format") != FORMAT:
        raise SourceError("it was exported by a later version of offtake", later=True)
    try:
        about = About(str(data["desk"]), bytes.fromhex(data["key"]))
        chain.origin(about)  # a name with half a character in it cannot be hashed
        return about
    except (KeyError, TypeError, ValueError):
        raise SourceError("its first line does not say which desk wrote it") from None


def _object(line: bytes, kind: str, number: int | None) -> dict[str, Any]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or data.get("type") != kind:
        what = "no journal" if kind == "Journal" else "neither an entry nor a head"
        raise SourceError(f"its line is {what}", number)
    return data


@dataclass(frozen=True, slots=True)
class Entries:
    """How a journal's entries are called where the book names it."""

    journal: str
    source: Source

    def name(self, number: int) -> str:
        """By its link, which tells nothing of other entries and stays what it is."""
        return f"{self.journal}#{self.source.tree.leaf(number).hex()[:NAMED_BY]}"

    def place(self, number: int) -> Place:
        """By its number as far as that may be told; past there all stand at line 1."""
        return Place(self.journal, number if number < self.source.cut else 1)


class _Cut:
    """Where the first tender began whose bids are still sealed, by open events alone."""

    def __init__(self) -> None:
        self.began: dict[str, int] = {}

    def take(self, number: int, body: bytes) -> None:
        """Look at one more event."""
        if not any(mark in body for mark in _SEALING):
            return
        try:
            event = event_from(body)
        except WireError as error:
            raise SourceError(f"it cannot be read: {error}", number) from None
        if isinstance(event, BiddingStarted):
            self.began[event.tender] = number
        elif isinstance(event, BidsOpened | TenderWithdrawn):
            self.began.pop(event.tender, None)

    def over(self, size: int) -> int:
        """How many of so many entries may be numbered."""
        return min((number + 1 for number in self.began.values()), default=size)


class _Reading:
    """The chain up to the last entry that was read."""

    def __init__(self, about: About, kinds: tuple[type[Event], ...]) -> None:
        self.about = about
        self.marks = tuple(map(_mark, kinds))
        self.cut = _Cut()
        self.before = chain.origin(about)
        self.bodies: list[bytes | None] = []
        self.tree = Tree()

    def take(self, number: int, committed: bytes, label: str, salted: bytes | None) -> None:
        """One entry more; `salted` is its salt and body, where it is open."""
        if number != len(self.bodies):
            raise SourceError(f"entry {number} stands in its place", len(self.bodies))
        if salted is not None and sha256(salted).digest() != committed:
            raise SourceError("what it says is not what was committed to", number)
        self.before = chain.link(self.before, committed, label)
        self.tree.append(self.before)
        self.bodies.append(None if salted is None else self._asked_for(number, salted[HASH:]))

    def _asked_for(self, number: int, body: bytes) -> bytes | None:
        self.cut.take(number, body)
        wanted = not self.marks or any(mark in body for mark in self.marks)
        return body if wanted else None

    def done(self, size: int, root: bytes) -> Source:
        """All of it, which is what its head is over."""
        if size != len(self.tree) or (size and root != self.tree.root()):
            raise SourceError(f"its head is not over the {len(self.tree)} entries that it has")
        return Source(self.about, tuple(self.bodies), self.tree, self.cut.over(size))
