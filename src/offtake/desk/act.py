"""A command as it is being judged: the desk before it, who sends it, when."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from offtake.desk import commands as cm
from offtake.desk import events as ev
from offtake.desk.asking import own_left
from offtake.desk.lot import Instant, Lot
from offtake.desk.refusals import Refusal, refuse
from offtake.desk.state import Desk, Tender

Judged = tuple[ev.Event, ...] | Refusal
"""What a command comes to, before what follows from it."""
Judge = Callable[["Act", Any], Judged]
TenderJudge = Callable[["Act", Tender, Any], Judged]

_encode = msgspec.json.Encoder().encode

HEX = frozenset("0123456789abcdef")


class Act(Struct, frozen=True):
    """Who asks, when, of which desk."""

    desk: Desk
    actor: str
    key: str
    digest: str
    salt: str
    at: Instant
    entropy: bytes

    def drawn(self) -> str:
        """A name that nobody can foresee and no two commands share."""
        seed = self.entropy + self.actor.encode() + b"/" + self.key.encode()
        return hashlib.sha256(seed).hexdigest()[:16]

    def by(self, made: str = "") -> ev.By:
        """The mark on the events that it brings about."""
        return ev.By(self.actor, self.key, self.digest, self.salt, made)


def salt_of(entropy: bytes) -> str:
    """The salt of a command's digest, from the chance that was drawn for the command."""
    return hashlib.sha256(b"offtake digest 1\n" + entropy).hexdigest()[:32]


def digest_of(command: cm.Command, salt: str) -> str:
    """SHA-256 of a salt and a command."""
    return hashlib.sha256(bytes.fromhex(salt) + _encode(command)).hexdigest()


def hashed(text: str) -> bool:
    """Whether it is a SHA-256 hash in lower-case hexadecimal digits."""
    return len(text) == 64 and HEX.issuperset(text)


def can_promise(act: Act, party: str, lot: Lot, chips: int, before: int = 0) -> Refusal | None:
    """Refuse what a party cannot serve from what it has declared; `before` is counted already."""
    left = own_left(act.desk, party, lot)
    if left is None:
        return refuse("capacity-undeclared", party=party, chip=lot.chip, region=lot.region)
    if chips - before > left:
        return refuse("beyond-declared", party=party, chips=chips, left=max(left, 0))
    return None
