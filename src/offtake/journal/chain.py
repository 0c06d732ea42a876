"""The hash chain: where it begins, what an entry commits to, how one entry follows another."""

from __future__ import annotations

from hashlib import sha256

from offtake.journal.entry import About


class BrokenJournalError(Exception):
    """What a store holds is not what a desk wrote; `number` is the first entry that is wrong."""

    def __init__(self, number: int, sentence: str) -> None:
        super().__init__(f"entry {number}: {sentence}")
        self.number = number
        self.sentence = sentence


def origin(about: About) -> bytes:
    """The link before the first entry: the hash of what the journal says of itself."""
    return sha256(b"offtake journal 1\n" + about.desk.encode() + b"\n" + about.key).digest()


def commitment(salt: bytes, body: bytes) -> bytes:
    """What an entry promises of a body; the salt keeps one that stays unseen from being guessed."""
    return sha256(salt + body).digest()


def link(before: bytes, committed: bytes, label: str) -> bytes:
    """An entry's place in the chain, and its leaf hash in the tree."""
    return sha256(b"\x00" + before + committed + label.encode()).digest()


def salt(entropy: bytes, index: int) -> bytes:
    """The salt of the event with that index in its batch; the chance was drawn for the batch."""
    return sha256(b"offtake salt 1\n" + entropy + index.to_bytes(4, "big")).digest()
