"""Receipts, proofs, marks and older heads held against a journal: what was signed is in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from offtake.audit.breach import Data, instant, shown
from offtake.audit.form import (
    FormError,
    Head,
    Header,
    fields,
    head_of,
    hexed,
    plain,
    stamped,
    whole,
)
from offtake.audit.history import head_text, included, mark_text, receipt_text, signed

NONE = "it is no receipt, proof, mark or head"


class Tell(Protocol):
    """Takes a breach: promise, entry, sentence, what was checked, and the file to blame."""

    def __call__(
        self, promise: str, number: int | None, sentence: str, check: str = ..., file: str = ..., /
    ) -> None:
        """Keep it."""


@dataclass
class Receipt:
    """What a party was promised: that a link of its command stands in the journal."""

    name: str
    actor: str
    command: str
    digest: str
    at: str
    label: str
    """The tender under whose seal it lies; empty: under none."""
    link: bytes
    number: int | None = None
    """Where its link was found."""
    elsewhere: int | None = None
    """Where its command was found under another link."""
    after: int | None = None
    """The first entry later than it."""

    def __str__(self) -> str:
        return f"{self.name} (command {self.command} of {self.actor}, {shown(instant(self.at))})"


@dataclass
class Older:
    """A head that was signed before, and what it says of one entry, where it is a proof."""

    name: str
    head: Head
    receipt: Receipt | None = None
    number: int = 0
    path: tuple[bytes, ...] = ()
    root: bytes | None = None
    """The root of this journal at its size."""


@dataclass
class Mark:
    """What a desk said of a tender: here its bids were all in; none is changed any more."""

    name: str
    tender: str
    at: str
    link: bytes
    number: int | None = None

    def __str__(self) -> str:
        return f"{self.name} (mark of tender {self.tender}, {shown(instant(self.at))})"


class Receipts:
    """All that is held against one journal."""

    def __init__(self, header: Header, tell: Tell) -> None:
        """Of a journal that says of itself whose it is."""
        self._header, self._tell = header, tell
        self.heads: list[Older] = []
        self.receipts: list[Receipt] = []
        self.marks: list[Mark] = []
        self.unjudged: dict[str, int] = {}
        """Receipts whose entry is not shown, by the tender under whose seal that lies."""
        self.faulty = 0
        self.waiting = 0
        """Receipts that this journal cannot show yet."""
        self._links: dict[bytes, list[Receipt]] = {}
        self._commands: dict[tuple[str, str], list[Receipt]] = {}
        self._begun: set[tuple[str, str]] = set()
        self._sizes: dict[int, list[Older]] = {}
        self._times: list[Receipt] = []
        self._revealed: set[str] = set()
        """Tenders whose bids are revealed."""

    def read(self, given: Sequence[bytes], names: Sequence[str]) -> None:
        """Receipts, proofs and heads, one line each; what is forged is told and left out."""
        for place, text in enumerate(given):
            name = names[place] if place < len(names) else f"receipt {place + 1}"
            try:
                self._one(name, plain(text))
            except FormError as error:
                self._wrong(name, str(error) if _is_object(text) else NONE)
        for receipt in self.receipts:
            self._links.setdefault(receipt.link, []).append(receipt)
            self._commands.setdefault((receipt.actor, receipt.command), []).append(receipt)
        for older in self.heads:
            self._sizes.setdefault(older.head.size, []).append(older)
        self._times = sorted(self.receipts, key=lambda r: instant(r.at), reverse=True)

    def _wrong(self, name: str, sentence: str) -> None:
        self.faulty += 1
        self._tell("R", None, f"{name}: {sentence}.", "receipts", name)

    def _one(self, name: str, data: dict[str, Any]) -> None:
        kind = data.get("type")
        if kind == "Receipt":
            self.receipts.append(self._receipt(name, data))
        elif kind == "Mark":
            self.marks.append(self._mark(name, data))
        elif kind == "Head":
            self.heads.append(Older(name, self._head(data)))
        elif kind == "Proof":
            fields(data, "head", "number", "path", "receipt", "type")
            if type(data["head"]) is not dict or type(data["receipt"]) is not dict:
                raise FormError("a proof holds a receipt and a head")
            if data["receipt"].get("type") != "Receipt" or data["head"].get("type") != "Head":
                raise FormError("a proof holds a receipt and a head")
            if type(data["path"]) is not list:
                raise FormError("a path is a list")
            receipt = self._receipt(name, data["receipt"])
            path = tuple(hexed(part, 32) for part in data["path"])
            head, number = self._head(data["head"]), whole(data["number"])
            if not included(receipt.link, number, head.size, path, head.root):
                raise FormError(f"its path does not lead from entry {number} to its head")
            self.receipts.append(receipt)
            self.heads.append(Older(name, head, receipt, number, path))
        else:
            raise FormError(NONE)

    def _receipt(self, name: str, data: dict[str, Any]) -> Receipt:
        texts = ("actor", "command", "digest", "label")
        fields(data, *texts, "at", "desk", "key", "link", "signature", "type")
        self._ours(data, *texts)
        receipt = Receipt(
            name, data["actor"], data["command"], data["digest"], stamped(data["at"]),
            data["label"], hexed(data["link"], 32),
        )  # fmt: skip
        text = receipt_text(
            data["desk"], receipt.actor, receipt.command, receipt.digest, receipt.at,
            receipt.label, data["link"],
        )  # fmt: skip
        self._signed(data, text)
        return receipt

    def _mark(self, name: str, data: dict[str, Any]) -> Mark:
        fields(data, "at", "desk", "key", "link", "signature", "tender", "type")
        self._ours(data, "tender")
        mark = Mark(name, data["tender"], stamped(data["at"]), hexed(data["link"], 32))
        self._signed(data, mark_text(data["desk"], mark.tender, mark.at, data["link"]))
        return mark

    def _ours(self, data: dict[str, Any], *texts: str) -> None:
        for each in (*texts, "desk"):
            if type(data[each]) is not str:
                raise FormError(f"its {each} is no text")
        if data["desk"] != self._header.desk:
            raise FormError("it is of another desk")
        if hexed(data["key"], 32) != self._header.key:
            raise FormError("its key is not the journal's: the journal was signed by somebody else")

    def _signed(self, data: dict[str, Any], text: bytes) -> None:
        try:
            good = signed(self._header.key, hexed(data["signature"], 64), text)
        except UnicodeEncodeError:
            raise FormError("it holds what is no text") from None
        if not good:
            raise FormError("its signature is not the desk's")

    def _head(self, data: dict[str, Any]) -> Head:
        head = head_of(data)
        if not signed(self._header.key, head.signature, head_text(self._header.desk, head)):
            raise FormError("the head's signature is not that of the journal's desk and key")
        return head

    def entry(self, number: int, link: bytes, label: str, event: Data | None) -> None:
        """One entry of the journal: whether its link or its command was promised."""
        if self.marks:
            self._marked(number, link, event)
        if not self._commands:
            return
        for receipt in self._links.get(link, ()):
            receipt.number = number
            if receipt.label != label:
                under = f"the seal of {label}" if label else "no seal"
                sentence = f"its entry lies under {under}, which it does not say"
                self._tell("R", number, f"{receipt}: {sentence}.")
            elif event is None and not label:
                self._tell("R", number, f"{receipt}: what it is of is not shown, nor sealed.")
            elif event is None:
                self.unjudged[label] = self.unjudged.get(label, 0) + 1
        if event is None:
            return
        while self._times and instant(event["at"]) > instant(self._times[-1].at):
            self._times.pop().after = number
        by = event.get("by")
        if by is None:
            return
        command = by["actor"], by["key"]
        for receipt in self._commands.get(command, ()):
            if receipt.number == number:
                self._compare(receipt, number, event, command in self._begun)
            elif receipt.number is None and receipt.elsewhere is None:
                receipt.elsewhere = number
        self._begun.add(command)
        for receipt in self._links.get(link, ()):
            if (receipt.actor, receipt.command) != command:
                self._tell("R", number, f"{receipt}: this entry is of another command.")

    def _marked(self, number: int, link: bytes, event: Data | None) -> None:
        """A mark is of where revealing starts, or else of where bids open; none comes in after."""
        kind = event["type"] if event is not None else ""
        tender = event.get("tender") if event is not None else None
        for mark in self.marks:
            pledged = mark.tender in self._revealed
            here = tender == mark.tender
            if mark.link == link:
                mark.number = number
                if not here or pledged or kind not in ("RevealStarted", "BidsOpened"):
                    self._tell("R", number, f"{mark}: this is not its event.", "marks")
                elif event is not None and event["at"] != mark.at:
                    self._tell("R", number, f"{mark}: the event is of another instant.", "marks")
            late = "BidCommitted" if pledged else "BidReceived"
            if mark.number not in (None, number) and here and kind == late:
                self._tell("R", number, f"{mark}: {kind} comes after it.", "marks")
        if kind == "RevealStarted" and tender is not None:
            self._revealed.add(tender)

    def _compare(self, receipt: Receipt, number: int, event: Data, begun: bool) -> None:
        if event["by"]["digest"] != receipt.digest:
            self._tell("R", number, f"{receipt}: the command had another content.")
        if event["at"] != receipt.at:
            self._tell("R", number, f"{receipt}: the event is of another instant.")
        if begun:
            self._tell("R", number, f"{receipt}: this is not the command's first event.")

    def root(self, size: int, root: Callable[[], bytes]) -> None:
        """The tree has so many leaves now: each older head of that size must have this root."""
        for older in self._sizes.get(size, ()):
            older.root = root()
            if older.root != older.head.root:
                self._tell(
                    "R",
                    max(size - 1, 0),
                    f"{older.name}: the head that was signed over the first {size} entries at "
                    f"{shown(instant(older.head.at))} has another root: history was rewritten at "
                    "or before this entry.",
                )

    def finish(self, size: int, upto: str, keeps: str) -> None:
        """The journal has ended, after an event of `upto`; `keeps` says what it may hold back."""
        for older in self.heads:
            if older.root is None:
                self._tell(
                    "R",
                    size,
                    f"{older.name}: a head over {older.head.size} entries was signed; this "
                    f"journal has only {size}: it was cut off.",
                )
            elif older.receipt is not None and older.receipt.number not in (None, older.number):
                self._tell("R", older.number, f"{older.name}: its entry stands elsewhere.")
        for receipt in self.receipts:
            if receipt.number is None:
                self._missing(receipt, size, upto, keeps)
        for mark in self.marks:
            if mark.number is None and keeps and instant(mark.at) >= instant(upto):
                self.waiting += 1
            elif mark.number is None:
                self._tell("R", size, f"{mark}: its event is not in this journal.", "marks")

    def _missing(self, receipt: Receipt, size: int, upto: str, keeps: str) -> None:
        if receipt.elsewhere is not None:
            sentence = "its command stands here under another link: history was rewritten at or "
            sentence += "before this entry"
            self._tell("R", receipt.elsewhere, f"{receipt}: {sentence}.")
        elif keeps and instant(receipt.at) >= instant(upto):
            self.waiting += 1
        elif receipt.after is not None:
            self._tell(
                "R", receipt.after, f"{receipt}: what it promises should stand before this entry."
            )
        else:
            self._tell(
                "R",
                size,
                f"{receipt}: what it promises is not in this journal, which ends with an event of "
                f"{shown(instant(upto)) if upto else 'no instant'}; ask the desk for a later one.",
            )


def _is_object(text: bytes) -> bool:
    """Whether it is JSON of some form, so that what is wrong with that is worth saying."""
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
