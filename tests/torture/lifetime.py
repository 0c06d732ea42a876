"""A desk's life on a store, as far as the disk lets it go, and what must be true of it afterwards.

The desk, the journal and the store are the real ones. What was acknowledged, and nothing else, is
what a life remembers: after whatever befell it the store must still know each of these commands,
and answer it again in the same words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from random import Random

import apsw

from desk.lives import live
from offtake.desk import Envelope, reply
from offtake.desk.decide import Decided
from offtake.journal.entry import About
from offtake.journal.journal import Admitted, BrokenJournalError, Journal
from offtake.store.base import Store, StoreError
from offtake.store.crash import crash_point
from offtake.store.keyring import FolderKeyring, MemoryKeyring
from offtake.store.sqlite import SqliteStore

DESK = "0123456789abcdef" * 2


@dataclass
class Told:
    """What one sender was told: its command, the answer's bytes, where the command stands."""

    envelope: Envelope
    answer: bytes
    link: bytes | None


@dataclass
class Lifetime:
    """One desk: its keys, which outlive the store's disk, and all that it acknowledged."""

    keyring: MemoryKeyring | FolderKeyring
    told: list[Told] = field(default_factory=list)
    stopped: BaseException | None = None
    backup: tuple[Path, int] | None = None
    """A backup that was finished, and how many commands had been acknowledged before it."""

    @property
    def about(self) -> About:
        return About(DESK, self.keyring.public)


def words(admitted: Admitted) -> bytes:
    """What a sender reads."""
    return json.dumps(reply(Decided((), admitted.answer)), sort_keys=True).encode()


@lru_cache(maxsize=64)
def commands(seed: int) -> tuple[Envelope, ...]:
    """The commands of a life of many parties, duplicates and refused ones among them."""
    return tuple(live(seed).envelopes)


def groups_of(seed: int, stream: Sequence[Envelope]) -> Iterator[Sequence[Envelope]]:
    """The commands in the groups in which they are committed."""
    chance, at = Random(seed), 0
    while at < len(stream):
        size = chance.choice((1, 1, 2, 5, 16))
        yield stream[at : at + size]
        at += size


def run(
    life: Lifetime, store: Store, seed: int, stream: Sequence[Envelope]
) -> Iterator[Sequence[Envelope]]:
    """Send the commands; yields each group when it is acknowledged; raises what stops the store."""
    if store.about() is None:
        store.begin(life.about)
    lead = store.lead()
    journal = Journal(life.about, life.keyring)
    journal.load(store.read(), store.head())
    for group in groups_of(seed, stream):
        admitted = [(envelope, journal.admit(envelope)) for envelope in group]
        batch = journal.take()
        if batch is not None:
            store.append(lead, batch)
        for envelope, one in admitted:
            link = one.ack.link if one.ack is not None else None
            life.told.append(Told(envelope, words(one), link))
            if one.erased:
                crash_point("erase.before_destroy")
                life.keyring.destroy(one.erased)
        yield group


def try_run(life: Lifetime, store: Store, seed: int, stream: Sequence[Envelope]) -> None:
    """The same, up to where the store stops, which is kept."""
    try:
        for _ in run(life, store, seed, stream):
            pass
    except (StoreError, apsw.Error) as error:
        life.stopped = error


def wrong_with(life: Lifetime, path: Path) -> str:
    """What is lost or corrupt in a store after whatever happened; empty where all is there."""
    try:
        store = SqliteStore(path)
    except StoreError as error:
        return f"corrupt: {error}" if life.told else ""
    try:
        return wrong_in(life, store)
    except (StoreError, BrokenJournalError, apsw.Error) as error:
        return f"corrupt: {error}"
    finally:
        store.close()


def wrong_in(life: Lifetime, store: Store) -> str:
    """What a store lacks of what was acknowledged, or tells otherwise; empty where nothing."""
    if store.about() is None:
        return "lost: the journal" if life.told else ""
    journal = Journal(life.about, life.keyring)
    journal.load(store.read(), store.head())
    for one in life.told:
        known = journal.acknowledged(one.envelope.actor, one.envelope.key)
        if one.link is not None and (known is None or known.link != one.link):
            return f"lost: {one.envelope.key} of {one.envelope.actor}"
    return _answers_alike(life, journal)


def _answers_alike(life: Lifetime, journal: Journal) -> str:
    """Each command, sent once more, has no effect and gets the same answer."""
    before = journal.size
    for one in life.told:
        if one.link is None:
            continue
        if words(journal.admit(one.envelope)) != one.answer:
            return f"another answer: {one.envelope.key} of {one.envelope.actor}"
    if journal.size != before:
        return "a second effect of commands that were acknowledged"
    return ""


def sound_file(path: Path) -> bool:
    """Whether SQLite finds nothing wrong in the file."""
    db = apsw.Connection(str(path))
    try:
        return db.pragma("integrity_check") == "ok"
    finally:
        db.close()
