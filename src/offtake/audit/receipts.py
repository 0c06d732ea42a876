"""Receipts, proofs and older heads held against a journal: what was once signed must be in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

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
from offtake.audit.history import head_text, included, receipt_text, signed

Tell = Callable[[str, int | None, str], None]


@dataclass
class Receipt:
    """What a party was promised: that a link of its command stands in the journal."""

    name: str
    actor: str
    command: str
    digest: str
    at: str
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


class Receipts:
    """All that is held against one journal."""

    def __init__(self, header: Header, tell: Tell) -> None:
        """Of a journal that says of itself whose it is."""
        self._header, self._tell = header, tell
        self.heads: list[Older] = []
        self.receipts: list[Receipt] = []
        self.faulty = 0
        self.waiting = 0
        """Receipts that this journal cannot show yet."""
        self._links: dict[bytes, list[Receipt]] = {}
        self._commands: dict[tuple[str, str], list[Receipt]] = {}
        self._begun: set[tuple[str, str]] = set()
        self._sizes: dict[int, list[Older]] = {}
        self._times: list[Receipt] = []

    def read(self, given: Sequence[bytes], names: Sequence[str]) -> None:
        """Receipts, proofs and heads, one line each; what is forged is told and left out."""
        for place, text in enumerate(given):
            name = names[place] if place < len(names) else f"receipt {place + 1}"
            try:
                self._one(name, plain(text))
            except FormError as error:
                self._wrong(name, str(error))
        for receipt in self.receipts:
            self._links.setdefault(receipt.link, []).append(receipt)
            self._commands.setdefault((receipt.actor, receipt.command), []).append(receipt)
        for older in self.heads:
            self._sizes.setdefault(older.head.size, []).append(older)
        self._times = sorted(self.receipts, key=lambda r: instant(r.at), reverse=True)

    def _wrong(self, name: str, sentence: str) -> None:
        self.faulty += 1
        self._tell("R", None, f"{name}: {sentence}.")

    def _one(self, name: str, data: dict[str, Any]) -> None:
        kind = data.get("type")
        if kind == "Receipt":
            self.receipts.append(self._receipt(name, data))
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
            raise FormError("it is no receipt, proof or head")

    def _receipt(self, name: str, data: dict[str, Any]) -> Receipt:
        fields(data, "actor", "at", "command", "desk", "digest", "key", "link", "signature", "type")
        for each in ("actor", "command", "desk", "digest"):
            if type(data[each]) is not str:
                raise FormError(f"its {each} is no text")
        if data["desk"] != self._header.desk:
            raise FormError("it is of another desk")
        if hexed(data["key"], 32) != self._header.key:
            raise FormError("its key is not the journal's: the journal was signed by somebody else")
        receipt = Receipt(
            name, data["actor"], data["command"], data["digest"], stamped(data["at"]),
            hexed(data["link"], 32),
        )  # fmt: skip
        text = receipt_text(
            data["desk"], receipt.actor, receipt.command, receipt.digest, receipt.at, data["link"]
        )
        if not signed(self._header.key, hexed(data["signature"], 64), text):
            raise FormError("its signature is not the desk's")
        return receipt

    def _head(self, data: dict[str, Any]) -> Head:
        head = head_of(data)
        if not signed(self._header.key, head.signature, head_text(self._header.desk, head)):
            raise FormError("the head's signature is not that of the journal's desk and key")
        return head

    def entry(self, number: int, link: bytes, label: str, event: Data | None) -> None:
        """One entry of the journal: whether its link or its command was promised."""
        for receipt in self._links.get(link, ()):
            receipt.number = number
            if event is None and not label:
                self._tell("R", number, f"{receipt}: what it is of is not shown, nor sealed.")
        if event is None or not self._commands:
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
