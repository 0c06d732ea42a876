"""What is kept of an event: a place in the chain, and apart from it the event itself.

The chain holds commitments, never content, so that an event can be sealed, and its content erased,
without a break in it. For entry `n` with the body `b` (canonical JSON), the salt `s` (32 bytes) and
the label `l` (the tender under whose seal it lies; empty where it is open):

    commitment = SHA-256(s || b)
    link(n)    = SHA-256(0x00 || link(n-1) || commitment || l)

`link(-1)` is the journal's origin. A link is also the entry's leaf hash in the Merkle tree of
RFC 6962, section 2.1, whose input is `link(n-1) || commitment || l`.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Form(StrEnum):
    """How an entry's body is kept."""

    OPEN = "open"
    """Salt and canonical JSON, to be read by whoever reads the store."""
    SEALED = "sealed"
    """The same under the tender's key, padded to one of few sizes."""
    OWN = "own"
    """The same under the desk's own key: what stays unopened when the tender's key is destroyed."""
    ERASED = "erased"
    """Nothing but the commitment is left, and the stub."""


class Entry(Struct, frozen=True, gc=False):
    """One event as a store keeps it. Numbers count from 0."""

    number: int
    label: str
    """The tender under whose seal it lies; empty: it was never sealed."""
    commitment: bytes
    """32 bytes."""
    link: bytes
    """32 bytes."""
    form: Form
    body: bytes
    """By its form; empty where it is erased."""
    stub: bytes = b""
    """Of a sealed entry, under the desk's own key: the event without what was bid."""


class Head(Struct, frozen=True):
    """The journal's size and root at an instant, signed by the desk (Ed25519, 64 bytes)."""

    size: int
    root: bytes
    at: int
    """Nanoseconds since 1970-01-01T00:00Z."""
    signature: bytes


class Kept(Struct, frozen=True):
    """A body kept in another form: its entry's number, the form, the bytes."""

    number: int
    form: Form
    body: bytes


class Batch(Struct, frozen=True):
    """What one transaction writes: all of it or nothing."""

    entries: tuple[Entry, ...]
    head: Head
    """Over all entries up to the last of these."""
    kept: tuple[Kept, ...] = ()
    """Bodies of earlier entries that are now kept in another form."""


class About(Struct, frozen=True):
    """What a journal says of itself; its origin is the hash of it."""

    desk: str
    """The desk's name: 32 hexadecimal digits, drawn by chance."""
    key: bytes
    """The public key of its signatures: Ed25519, 32 bytes."""
