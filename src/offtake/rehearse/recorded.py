"""A rehearsal's commands through the real journal: the sequencer, a store, heads that are signed.

The keys of such a desk follow from the plan and the seed, so the same rehearsal writes the same
bytes. They are practice keys: whoever knows the two has them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from offtake.desk.commands import Envelope
from offtake.desk.lot import Instant

if TYPE_CHECKING:
    from offtake.audit.verified import Verified
    from offtake.store.base import Store
    from offtake.store.keyring import MemoryKeyring


STORE, KEYS = "desk.sqlite", "practice-keys"
_LOG = ("-wal", "-shm")


class Tick(Struct, frozen=True):
    """A deadline was past: time alone brought something about."""

    at: Instant


Step = Envelope | Tick
"""What moved the desk, in order."""


def practice_keys(about: str) -> MemoryKeyring:
    """The keys of a rehearsal's desk."""
    from offtake.store.keyring import MemoryKeyring

    return MemoryKeyring(_drawn(about, "keys"))


def recorded(
    steps: Iterable[Step], about: str, store: Store, keyring: MemoryKeyring
) -> tuple[bytes, ...]:
    """Put each step to a sequencer that writes to the store; the lines of the exported journal.

    The store is closed then.
    """
    from offtake.store.sequencer import Sequencer

    time = _Time(about)
    with Sequencer(store, keyring, clock=time.now, chance=time.drawn) as desk:
        for step in steps:
            time.moves(step)
            if isinstance(step, Envelope):
                desk.send(step.actor, step.key, step.body, step.at)
            else:
                desk.tick()
        return tuple(desk.export())


def in_memory(steps: Iterable[Step], about: str) -> tuple[bytes, ...]:
    """The same, with nothing on the disk."""
    from offtake.store.memory import MemoryStore

    return recorded(steps, about, MemoryStore(), practice_keys(about))


def kept_at(out: Path, steps: Iterable[Step], about: str, journal: tuple[bytes, ...]) -> Path:
    """The desk's store in a folder, whole or not at all, and its keys beside it.

    What it exports is the journal that was written in memory.
    """
    from offtake.store.sqlite import SqliteStore

    beside = out / f".{STORE}.{os.getpid()}"
    keys = practice_keys(about)
    try:
        store = SqliteStore(beside)
        lines = recorded(steps, about, store, keys)
        assert lines == journal, "the same steps write the same journal"
        for path in _logs(out / STORE):
            path.unlink(missing_ok=True)  # of an earlier file, it would be read as this one's
        beside.replace(out / STORE)
    finally:
        for path in (beside, beside.with_name(f"{beside.name}.lock"), *_logs(beside)):
            path.unlink(missing_ok=True)
    keys.copied_to(out / KEYS / str(json.loads(lines[0])["desk"]))
    return out / STORE


def desk_files(out: Path) -> Iterator[Path]:
    """What the last function has written."""
    yield from (out / STORE, *_logs(out / STORE), out / f"{STORE}.lock")
    yield from sorted((out / KEYS).glob("*/*.key"))


def _logs(path: Path) -> tuple[Path, ...]:
    return tuple(path.with_name(path.name + ending) for ending in _LOG)


class _Time:
    """Virtual time, and the chance that was drawn for each step."""

    def __init__(self, about: str) -> None:
        self._at: Instant = 0
        self._chance = _chances(about)
        self._next: bytes | None = None

    def moves(self, step: Step) -> None:
        """The next thing that is asked is this step."""
        self._at = step.at
        self._next = step.entropy if isinstance(step, Envelope) else None

    def now(self) -> Instant:
        """The instant of the last step."""
        return self._at

    def drawn(self) -> bytes:
        """The chance that belongs to the step; for time alone, and to begin with, the next one."""
        return self._next or next(self._chance)


def _chances(about: str) -> Iterator[bytes]:
    number = 0
    while True:
        yield _drawn(about, f"chance {number}")
        number += 1


def _drawn(about: str, what: str) -> bytes:
    return sha256(f"offtake rehearsal {about} {what}".encode()).digest()


def verified(lines: Iterable[bytes]) -> Verified:
    """What the exported journal alone proves."""
    from offtake.audit.verified import verify

    return verify(lines)
