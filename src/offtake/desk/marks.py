"""What events share and carry: whose command, letters, rankings, allotments, clearances."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from offtake.desk.lot import Instant


class By(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """Whose command: actor, key, digest, salt of the digest; what the actor was told it made.

    The digest is SHA-256 of the salt, 16 bytes, and of the command: who knows the digest alone can
    guess no price from it.
    """

    actor: str
    key: str
    digest: str
    salt: str
    made: str = ""


class Event(Struct, frozen=True, forbid_unknown_fields=True, tag=True, kw_only=True, gc=False):
    """One thing that happened. It can be part of no cycle, so none is looked for."""

    at: Instant
    by: By | None = None


class Letter(Struct, frozen=True, forbid_unknown_fields=True):
    """An answer that came on paper: when, the hash of it, and the two who recorded it."""

    received: Instant
    evidence: str
    persons: tuple[str, str]


class Place(Struct, frozen=True, forbid_unknown_fields=True):
    """A bid in the ranking, with its effective price per reference chip-hour."""

    bid: str
    bidder: str
    effective: Decimal


class Allotted(Struct, frozen=True, forbid_unknown_fields=True):
    """What one holder takes, and until when it must sign (grace included)."""

    clause: str
    holder: str
    chips: int
    closing: Instant | None
    delivery: Instant | None
    """Until when it must deliver (grace included)."""


class Cleared(Struct, frozen=True, forbid_unknown_fields=True):
    """How one right stood when an agreement was signed, and since when."""

    clause: str
    holder: str
    how: str
    since: Instant
    tail: Instant | None
