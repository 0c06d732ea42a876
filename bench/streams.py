"""Commands of many lives, sent to one desk: renamed apart and put in the order of their instants.

The lives are those of the tests (tests/desk/lives.py), begun on different days of three years so
that about as many tenders run at once as at a busy desk.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import heapq
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import fields

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.desk import lives_world
from tests.desk.lives import Life, live
from tests.desk.lives_world import BUYER

from offtake.desk import Envelope
from offtake.desk.commands import Found, Reveal
from offtake.desk.lot import Terms
from offtake.desk.sealed import pledge_body
from offtake.desk.wire import WireError
from offtake.units.almanac import Almanac, Spell

CHANCE = bytes(range(32))
"""What every command draws: so its names follow from who sends it under which key."""
_KINDS = ("provider-", "holder-", "tender-", "agreement-", "right-", "exclusive-", "with-")
_WHOLE = (Terms, Spell, Almanac)


def begun_on_many_days() -> None:
    """Let lives begin on any day of three years."""
    first = dt.date(2025, 1, 6)
    lives_world.BEGINNINGS = tuple(first + dt.timedelta(days=n) for n in range(1_000))


def drawn(entropy: bytes, actor: str, key: str) -> str:
    """The name that the desk makes for a command."""
    return hashlib.sha256(entropy + f"{actor}/{key}".encode()).hexdigest()[:16]


def promised(shown: Reveal, buyer: str) -> str:
    """What was pledged, if this is what was revealed."""
    body = pledge_body(shown.bid, buyer, shown.tender)
    return hashlib.sha256(bytes.fromhex(shown.salt) + body).hexdigest()


@cache
def _texts(kind: type) -> tuple[str, ...]:
    """The fields of a class that may hold names."""
    plain = ("int", "bool", "Decimal", "Instant", "dt.date")
    return tuple(f.name for f in fields(kind) if str(f.type) not in plain)


def renamed(value: Any, name: Callable[[str], str]) -> Any:
    """The value with every name in it replaced."""
    if type(value) is str:
        return name(value)
    if type(value) is tuple:
        return tuple([renamed(each, name) for each in value]) if value else value
    if isinstance(value, msgspec.Struct) and not isinstance(value, _WHOLE):
        changes = {}
        for field in _texts(type(value)):
            old = getattr(value, field)
            new = renamed(old, name) if old else old
            if new is not old:
                changes[field] = new
        return msgspec.structs.replace(value, **changes) if changes else value
    return value


def of_life(life: Life, number: int, copy: int) -> Iterator[tuple[int, int, Envelope]]:
    """A life's commands but the founding, named apart: by when they come."""
    party, thing = f"p{number}-", f"c{copy}-{number}-"

    def name(text: str) -> str:
        if text in made:
            return made[text]
        if text.startswith(_KINDS):
            return (party if text.startswith(_KINDS[:2]) else thing) + text
        return thing + text if text == "training" else text

    made: dict[str, str] = {}
    for e in life.envelopes:
        made[drawn(e.entropy, e.actor, e.key)] = drawn(CHANCE, name(e.actor), thing + e.key)
    for e in life.envelopes:
        if isinstance(e.body, Reveal):
            was, shall = e.body, renamed(e.body, name)
            with suppress(WireError):  # of such a bid nothing can have been pledged
                made[promised(was, BUYER)] = promised(shall, name(BUYER))
    now = 0
    for e in life.envelopes:
        now = max(now, e.at)
        if not isinstance(e.body, Found):
            body = renamed(e.body, name)
            yield now, number, Envelope(name(e.actor), thing + e.key, e.at, CHANCE, body)


def stream(lives: list[Life], copies: int = 1) -> Iterator[Envelope]:
    """The commands of all lives to one desk, some times over, which is founded first."""
    parties = [
        f"p{number}-{party}"
        for number, life in enumerate(lives)
        for e in life.envelopes
        if isinstance(e.body, Found)
        for party in e.body.parties
    ]
    buyer = lives_world.BUYER
    found = Found(tuple(dict.fromkeys(parties)))
    yield Envelope(buyer, "found", 0, CHANCE, found)
    each = [of_life(life, n, copy) for copy in range(copies) for n, life in enumerate(lives)]
    for _, _, envelope in heapq.merge(*each, key=lambda one: one[:2]):
        yield envelope


def played(count: int) -> list[Life]:
    """So many lives, each of which a second model has agreed to."""
    begun_on_many_days()
    return [live(seed) for seed in range(count)]
