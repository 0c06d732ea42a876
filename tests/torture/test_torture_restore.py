"""T16: a backup made under load, restored elsewhere, is the journal as it was; receipts prove it.

A desk takes commands while a second handle on its store makes a backup. The backup is restored into
a store of each kind, with the keys and nothing else; every receipt that was given before the backup
began must hold against the export of what was restored, which goes on as if nothing had been.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from offtake.audit.verified import verify
from offtake.desk import Envelope, reply
from offtake.desk.decide import Decided
from offtake.store.acknowledged import Acknowledged
from offtake.store.base import Store
from offtake.store.copying import copy
from offtake.store.keyring import FolderKeyring
from offtake.store.memory import MemoryStore
from offtake.store.postgres import PostgresStore
from offtake.store.sequencer import Sequencer
from offtake.store.sqlite import SqliteStore
from store.served import NotServedError, Served, serving

from .lifetime import commands
from .telling import told

SEEDS = (8, 11, 23)
BEFORE = 12
"""Commands that are acknowledged before the backup begins."""


@pytest.fixture(scope="module")
def own_server() -> Iterator[Served]:
    try:
        with serving() as server:
            yield server
    except NotServedError as error:
        pytest.skip(str(error))


def desk_on(store: Store, keys: Path, now: Callable[[], int]) -> Sequencer:
    drawn = count()
    return Sequencer(
        store,
        FolderKeyring(keys),
        clock=now,
        chance=lambda: next(drawn).to_bytes(32, "big"),
    )


def sent(desk: Sequencer, envelope: Envelope) -> Acknowledged:
    return desk.send(envelope.actor, envelope.key, envelope.body, envelope.at)


def copied(keys: Path, saved: Path) -> None:
    """As `cp -r` copies: a key that is destroyed while the folder is read is not there to copy."""
    try:
        shutil.copytree(keys, saved, dirs_exist_ok=True)
    except shutil.Error as error:
        if any(Path(source).exists() for source, _, _ in error.args[0]):
            raise


def answer(acknowledged: Acknowledged) -> object:
    return reply(Decided((), acknowledged.answer))


@pytest.mark.parametrize("kind", ["memory", "SQLite", "PostgreSQL"])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_backup_under_load_restores_to_the_same_journal(
    kind: str, seed: int, tmp_path: Path, own_server: Served
) -> None:
    path, stream = tmp_path / "desk.sqlite", commands(seed)
    keys, saved = tmp_path / "keys", tmp_path / "saved"
    first, rest = stream[:BEFORE], stream[BEFORE:]

    def now() -> int:
        return stream[-1].at

    with desk_on(SqliteStore(path), keys, now) as desk:
        before = [sent(desk, envelope) for envelope in first]
        shutil.copytree(keys, saved)
        load = threading.Thread(target=lambda: [sent(desk, envelope) for envelope in rest])
        load.start()
        handle = SqliteStore(path, readonly=True)
        size = handle.backup(tmp_path / "backup.sqlite")
        handle.close()
        # Keys that were made meanwhile are saved as well; one that was destroyed stays saved.
        copied(keys, saved)
        load.join()
    assert size >= len({one.link for one in before if one.link})

    with own_server.database() as dsn:
        made: dict[str, Callable[[], Store]] = {
            "memory": MemoryStore,
            "SQLite": lambda: SqliteStore(tmp_path / "restored.sqlite"),
            "PostgreSQL": lambda: PostgresStore(dsn),
        }
        target, backup = made[kind](), SqliteStore(tmp_path / "backup.sqlite", readonly=True)
        copy(backup, target)
        assert target.size() == size
        assert target.head() == backup.head()
        original = SqliteStore(path, readonly=True)
        links = [entry.link for entry in original.read(0, size)]
        assert [entry.link for entry in target.read()] == links
        original.close()
        backup.close()
        with desk_on(target, saved, now) as restored:
            receipts = [one.receipt() for one in before if one.link]
            again = [sent(restored, envelope) for envelope in first]
            assert [answer(one) for one in again] == [answer(one) for one in before]
            assert [one.link for one in again] == [one.link for one in before]
            for envelope in rest:
                sent(restored, envelope)
            found = verify(restored.export(), receipts)
        assert found.breaches == ()
        told("T16", f"restored into {kind}", 1, receipts_held=len(receipts))
