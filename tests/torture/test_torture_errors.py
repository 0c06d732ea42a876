"""T3: the disk answers with an error at every operation, once or for good; nothing false is told.

At the operation in question the disk says that it cannot read or write (EIO), that it is full
(ENOSPC), or it writes a part only. Whatever comes of it, no command is acknowledged that the store
does not have; a store whose commit failed writes nothing more, also where the disk has recovered;
and what a reader sees is one sentence.
"""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from offtake.store import sqlite
from offtake.store.base import StoppedError, StoreError
from offtake.store.keyring import MemoryKeyring
from offtake.store.sqlite import SqliteStore

from .lifetime import Lifetime, commands, sound_file, try_run, wrong_with
from .power import ShortWriteError, World
from .telling import told

OWN = 8
"""The life whose disk fails: with sealed bids, and an erasure."""
FAILURES: dict[str, type[apsw.Error]] = {
    "EIO": apsw.IOError,
    "ENOSPC": apsw.FullError,
    "a short write": ShortWriteError,
}


class Failing:
    """Fails at the `at`th operation; `ever`: and at each one after it."""

    def __init__(self, how: str, at: int, ever: bool) -> None:
        self.error, self.at, self.ever = FAILURES[how], at, ever
        self.failed = 0

    def __call__(self, number: int, what: str) -> None:
        if number == self.at or (self.ever and number > self.at):
            self.failed += 1
            raise self.error(f"the disk fails to {what}")


def befallen(folder: Path, how: str, at: int, ever: bool) -> tuple[bool, Lifetime, str]:
    """Whether the disk failed at that operation, what was told, and what is wrong afterwards."""
    path = folder / f"{how}-{at}-{ever}.sqlite"
    life = Lifetime(MemoryKeyring(b"failing"))
    failing = Failing(how, at, ever)
    world = World(at, fault=failing)
    try:
        store = SqliteStore(path, vfs=world.name)
    except StoreError as error:
        life.stopped = error
    else:
        try_run(life, store, OWN, commands(OWN))
        if isinstance(life.stopped, StoppedError):
            _writes_no_more(store)
        store.close()
    world.unregister()
    wrong = wrong_with(life, path)
    if life.told and not wrong and not sound_file(path):
        wrong = "corrupt: SQLite's own check"
    return failing.failed > 0, life, wrong


def _writes_no_more(store: SqliteStore) -> None:
    """Also when the disk works again: what it kept of the failed commit, nobody knows."""
    with pytest.raises(StoppedError):
        store.lead()
    with pytest.raises(StoppedError):
        store.size()


@pytest.fixture(autouse=True)
def _short_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "_PAGES_BEFORE_CHECKPOINT", 8)


@pytest.mark.parametrize("ever", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("how", FAILURES)
def test_at_whatever_operation_the_disk_fails_nothing_false_is_told(
    how: str, ever: bool, tmp_path: Path
) -> None:
    wrong: dict[int, str] = {}
    at, stopped, failed = 0, 0, True
    while failed:
        at += 1
        failed, life, said = befallen(tmp_path, how, at, ever)
        if said:
            wrong[at] = said
        if life.stopped is not None:
            stopped += 1
            sentence = str(life.stopped)
            assert isinstance(life.stopped, StoreError)
            assert sentence.endswith(".")
            assert "\n" not in sentence
    often = "for good" if ever else "once"
    told("T3", f"{how}, {often}", at - 1, stopped_the_store=stopped, false_answers=len(wrong))
    assert wrong == {}
    assert at > 100
    assert stopped > 50


def test_after_a_sync_that_failed_no_commit_is_tried_again(tmp_path: Path) -> None:
    """A second fsync may succeed although the pages of the first are lost."""
    syncs: list[int] = []

    def fault(number: int, what: str) -> None:
        if what == "sync":
            syncs.append(number)
            if len(syncs) == 12:
                raise apsw.IOError("the sync fails")

    world = World(1, fault=fault)
    life = Lifetime(MemoryKeyring(b"sync"))
    store = SqliteStore(tmp_path / "desk.sqlite", vfs=world.name)
    try_run(life, store, OWN, commands(OWN))
    assert isinstance(life.stopped, StoppedError)
    assert len(syncs) == 12
    told = len(life.told)
    store.close()
    world.unregister()
    assert len(syncs) == 12, "closing writes nothing either"
    assert told > 0
    assert wrong_with(life, tmp_path / "desk.sqlite") == ""
