"""The chain of commitments, and the tree over it, hashed anew from the lines alone.

    commitment = SHA-256(salt || body)
    link(n)    = SHA-256(0x00 || link(n-1) || commitment || label)

`link(-1)` is the hash of the desk's name and its key. The links are the leaf hashes of the Merkle
tree of RFC 6962, section 2.1.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256

from offtake.audit.form import Head, Header


def origin(header: Header) -> bytes:
    """What the first link goes on from."""
    return sha256(b"offtake journal 1\n%b\n%b" % (header.desk.encode(), header.key)).digest()


def commitment(salt: bytes, body: bytes) -> bytes:
    """What binds an event without telling it."""
    return sha256(salt + body).digest()


def link(before: bytes, committed: bytes, label: str) -> bytes:
    """The link of an entry, from that of the entry before it."""
    return sha256(b"\0" + before + committed + label.encode()).digest()


class Tree:
    """The tree as it grows: the roots of its full parts, the largest first."""

    def __init__(self) -> None:
        """An empty tree."""
        self.size = 0
        self._parts: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """One more leaf hash."""
        parts, size = self._parts, self.size
        while size & 1:
            leaf = sha256(b"\1" + parts.pop() + leaf).digest()
            size >>= 1
        parts.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self._parts:
            return sha256().digest()
        root = self._parts[-1]
        for part in reversed(self._parts[:-1]):
            root = sha256(b"\1" + part + root).digest()
        return root


def included(leaf: bytes, number: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether a path proves a leaf under a root (RFC 9162, section 2.1.3.2)."""
    if not 0 <= number < size:
        return False
    at, last, found = number, size - 1, leaf
    for part in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = sha256(b"\1" + part + found).digest()
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = sha256(b"\1" + found + part).digest()
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def head_text(desk: str, head: Head) -> bytes:
    """What the signature of a head is over."""
    said = ("offtake head 1", desk, str(head.size), head.root.hex(), head.at)
    return "".join(f"{line}\n" for line in said).encode()


def receipt_text(
    desk: str, actor: str, command: str, digest: str, at: str, label: str, promised: str
) -> bytes:
    """What the signature of a receipt is over; names as JSON, so that none can end its line."""
    names = [_named(name) for name in (actor, command)]
    said = ("offtake receipt 1", desk, *names, digest, at, _named(label), promised)
    return "".join(f"{line}\n" for line in said).encode()


def mark_text(desk: str, tender: str, at: str, promised: str) -> bytes:
    """What the signature of a mark is over."""
    said = ("offtake mark 1", desk, _named(tender), at, promised)
    return "".join(f"{line}\n" for line in said).encode()


def _named(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def signed(key: bytes, signature: bytes, text: bytes) -> bool:
    """Whether an Ed25519 signature is that key's over that text."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True
