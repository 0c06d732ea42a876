"""An exported journal, checked from its lines alone: form, history, receipts, seals, promises.

The lines are read once, in order; what is kept of them is the state that they lead to. Nothing is
shared with the desk, nor with what wrote the journal.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from offtake.audit.breach import UNREADABLE, Data, Hidden, instant, shown
from offtake.audit.form import Entry, FormError, Head, entry_of, head_of, header_of, plain
from offtake.audit.history import Tree, commitment, head_text, link, origin, signed
from offtake.audit.promises import promises
from offtake.audit.receipts import Receipts
from offtake.audit.seals import Seals

_ORDER = {"H": 0, "S": 1, "R": 2}
_CHECKS = {"H": "chain", "S": "seals", "R": "receipts"}
_CHECKS |= {"P1": "rights", "P2": "tenders", "P3": "order", "P5": "tenders", "P6": "books"}


@dataclass(frozen=True)
class Found:
    """A breach: which entry (from 0) and line (from 1) of the file, which promise, and how.

    H is history, S seals, R receipts; P1, P2, P3, P5 and P6 are the desk's promises. `number` is
    None where no one entry is to blame; `line` where none of the file is.
    """

    number: int | None
    line: int | None
    promise: str
    sentence: str
    check: str
    """What was being checked: form, chain, events, seals, rights, order, tenders, books, receipts,
    marks."""
    file: str = ""
    """The receipt that is to blame, where it cannot be read or is not the desk's."""


@dataclass(frozen=True)
class Verified:
    """What was checked of a journal, how much of it, and what it does not keep."""

    desk: str
    key: str
    size: int
    """Entries that were read."""
    head: Head | None
    hidden: int
    """Entries whose event is not shown."""
    sealed: int
    """Entries that were once under a seal, and are shown."""
    revealed: int
    """Bids that were held against what their bidders had committed to."""
    kinds: dict[str, int]
    """How many events of each type were read."""
    receipts: int
    heads: int
    """Receipts, and older heads, that were held against it; proofs count as both."""
    marks: int
    """Marks of tenders that were held against it."""
    unjudged: dict[str, int]
    """Receipts whose entry is not shown, by the tender under whose seal it lies: not judged."""
    keeps: str
    """What keeps the journal from going on: a tender that is bidding; empty: nothing."""
    waiting: int
    """Receipts that only a later journal can show."""
    unexplained: int
    """Hidden entries whose reason only a later journal can show."""
    breaches: tuple[Found, ...]
    """The first event that fails first."""

    @property
    def sound(self) -> bool:
        """Whether everything that was checked holds."""
        return not self.breaches

    def data(self) -> dict[str, Any]:
        """All of it as plain data."""
        head = self.head
        told = None
        if head is not None:
            told = {"size": head.size, "root": head.root.hex(), "at": head.at}
        return {
            "sound": self.sound,
            "desk": self.desk,
            "key": self.key,
            "entries": self.size,
            "head": told,
            "hidden": self.hidden,
            "sealed": self.sealed,
            "revealed": self.revealed,
            "events": dict(sorted(self.kinds.items())),
            "receipts": self.receipts,
            "heads": self.heads,
            "marks": self.marks,
            "unjudged": dict(sorted(self.unjudged.items())),
            "keeps": self.keeps or None,
            "waiting": self.waiting,
            "unexplained": self.unexplained,
            "breaches": [
                {"number": b.number, "line": b.line, "promise": b.promise, "sentence": b.sentence}
                for b in self.breaches
            ],
        }


def verify(
    lines: Iterable[bytes],
    receipts: Sequence[bytes] = (),
    key: str | None = None,
    names: Sequence[str] = (),
) -> Verified:
    """Check an exported journal: each line ended, as the file has it.

    `receipts` are texts of receipts, proofs, marks and older heads, `names` what to call them;
    `key` is the desk's public key as it is known from elsewhere, in hexadecimal digits. Raises
    `NoJournalError` where the lines are something else.
    """
    reading = _Reading(receipts, key, names)
    with _no_search_for_garbage():
        told = promises(reading.events(iter(lines)))
    for breach in told:
        reading.tell(breach.promise, breach.number, breach.sentence)
    return reading.verified()


@contextmanager
def _no_search_for_garbage() -> Iterator[None]:
    """What is kept of a journal is kept to its end: to search it over and over takes a fifth."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def shaped(event: Data) -> None:
    """ValueError where what every event has, or whose it is, is of another kind than text."""
    instant(event["at"])
    by = event["by"]
    good = type(event["type"]) is type(event.get("tender", "")) is str
    if by is not None:
        good = good and type(by["actor"]) is type(by["key"]) is type(by["digest"]) is str
    if not good:
        raise ValueError("what must be a text is none")


class _Reading:
    """One reading of one journal."""

    def __init__(self, receipts: Sequence[bytes], key: str | None, names: Sequence[str]) -> None:
        self.given, self.names = receipts, names
        self.key = None if key is None else key.lower()
        self.found: list[Found] = []
        self.size = self.shift = self.hidden = 0
        self.tree, self.seals = Tree(), Seals(self.tell)
        self.receipts: Receipts | None = None
        self.held = False
        """Whether something is held against it."""
        self.before = b""
        self.kinds: Counter[str] = Counter()
        self.head: Head | None = None
        self.last: Data | None = None
        self.upto = self.keeps = self.desk = self.public = ""

    def tell(
        self, promise: str, number: int | None, sentence: str, check: str = "", file: str = ""
    ) -> None:
        """A breach at an entry; at the number after the last one it is the head's."""
        line = None if number is None else number + 2
        check = check or _CHECKS[promise]
        self.found.append(Found(number, line, promise, sentence, check, file))

    def events(self, lines: Iterator[bytes]) -> Iterator[Data | Hidden]:
        """Each entry's event in turn, while all else is checked."""
        try:
            header = header_of(next(lines, b""))
        except FormError as error:
            self.found.append(
                Found(None, 1, "H", f"The first line is not in the one form: {error}.", "form")
            )
            return
        self.desk, self.public = header.desk, header.key.hex()
        known = None if self.key is None else bytes.fromhex(self.key)
        if known not in (None, header.key):
            sentence = f"The journal is signed by the key {self.public}, not by {self.key}."
            self.found.append(Found(None, 1, "H", sentence, "chain"))
        self.receipts = Receipts(header, self.tell)
        self.receipts.read(self.given, self.names)
        self.held = bool(self.given)
        self.before = origin(header)
        self.receipts.root(0, self.tree.root)
        last = None
        for line in lines:
            if last is not None:
                yield self._entry(last)
            last = line
        self._ended(last)

    def _entry(self, line: bytes) -> Data | Hidden:
        number = self.size
        self.size += 1
        try:
            entry = entry_of(line)
        except FormError as error:
            self.tell("H", number, f"This line is not in the one form: {error}.", "form")
            self.hidden += 1
            return Hidden("")
        if entry.number != number + self.shift:
            self.tell(
                "H",
                number,
                f"This line is numbered {entry.number}; entry {number + self.shift} belongs here.",
            )
            self.shift = entry.number - number
        if entry.salt is not None and commitment(entry.salt, entry.body) != entry.commitment:
            sentence = "This event is not what was committed to: it was changed."
            self.tell("H", number, sentence, "events")
        self.before = link(self.before, entry.commitment, entry.label)
        self.tree.add(self.before)
        return self._read(number, entry)

    def _read(self, number: int, entry: Entry) -> Data | Hidden:
        event, receipts = entry.event, self.receipts
        assert receipts is not None
        self.last = event
        try:
            if event is not None:
                shaped(event)
                self.upto = event["at"]
            if self.held:
                receipts.entry(number, self.before, entry.label, event)
                receipts.root(self.tree.size, self.tree.root)
            if event is None:
                self.hidden += 1
                self.seals.hidden(number, entry.label)
                return Hidden(entry.label)
            self.kinds[event["type"]] += 1
            self.seals.shown(number, entry.label, event)
        except UNREADABLE as error:
            sentence = f"This event cannot be read ({type(error).__name__}: {error})."
            self.tell("S", number, sentence)
            self.last = None
        return event if event is not None else Hidden(entry.label)

    def _ended(self, line: bytes | None) -> None:
        """The last line is a signed head over all the entries before it."""
        assert self.receipts is not None
        try:
            if line is None:
                raise FormError("there is none: the file was cut off")
            data = plain(line)
            if data.get("type") != "Head":
                raise FormError("it is no signed head: the file was cut off")
            self._head(head_of(data))
        except FormError as error:
            number = self.size if line is not None else None
            self.tell("H", number, f"The last line must be a signed head, and is not: {error}.")
        self.keeps = self._keeps()
        self.receipts.finish(self.size, self.upto, self.keeps)
        if not any(breach.promise == "H" for breach in self.found):
            # Where history is broken, what lets an entry be hidden may be what was lost.
            self.seals.finish(self.keeps)

    def _head(self, head: Head) -> None:
        self.head = head
        assert self.receipts is not None
        where = self.size
        if head.size != self.size:
            self.tell(
                "H", where, f"The head is over {head.size} entries; the file has {self.size}."
            )
        if head.root != self.tree.root():
            self.tell(
                "H",
                where,
                f"The head's root is {head.root.hex()}; first line, commitments and labels come to "
                f"{self.tree.root().hex()}: one of them was changed.",
            )
        if self.upto and instant(head.at) < instant(self.upto):
            self.tell(
                "H",
                where,
                f"The head is of {shown(instant(head.at))}, before the last event, of "
                f"{shown(instant(self.upto))}.",
            )
        key = bytes.fromhex(self.public)
        if not signed(key, head.signature, head_text(self.desk, head)):
            self.tell("H", where, "The head's signature is not that of the journal's desk and key.")

    def _keeps(self) -> str:
        """A journal ends early where a tender is bidding: then its last event says so."""
        if self.last is None or self.last.get("type") != "BiddingStarted" or self.head is None:
            return ""
        tender = self.seals.tenders.get(self.last.get("tender", ""))
        if tender is None or tender.closes is None:
            return ""
        if instant(self.head.at) > tender.until:
            return ""
        return f"tender {tender.id}, whose bids are sealed until {shown(tender.until)}"

    def verified(self) -> Verified:
        """What it came to."""
        receipts = self.receipts
        last = self.size + 2
        found = [
            replace(b, number=None) if b.number == self.size else b
            for b in dict.fromkeys(self.found)
        ]
        found.sort(key=lambda b: (b.line or last + 1, _ORDER.get(b.promise, 3)))
        return Verified(
            desk=self.desk,
            key=self.public,
            size=self.size,
            head=self.head,
            hidden=self.hidden,
            sealed=self.seals.sealed,
            revealed=self.seals.revealed,
            kinds=dict(self.kinds),
            receipts=len(receipts.receipts) if receipts else 0,
            heads=len(receipts.heads) if receipts else 0,
            marks=len(receipts.marks) if receipts else 0,
            unjudged=receipts.unjudged if receipts else {},
            keeps=self.keeps,
            waiting=receipts.waiting if receipts else 0,
            unexplained=self.seals.waiting,
            breaches=tuple(found),
        )
