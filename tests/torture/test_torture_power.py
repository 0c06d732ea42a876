"""T1: the power is cut anywhere, and nothing that was acknowledged is lost.

Each life runs the real desk on the real store over a disk that knows what was synced (power.py).
The power goes at an operation drawn by chance: while a journal begins, a group is written, the log
is carried over into the file, a bid is erased. A second start may lose power too. The two controls
must lose: a store that does not sync each commit, and a disk that lies about it. If they did not,
this test would be blind.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from offtake.store import sqlite
from offtake.store.base import StoreError
from offtake.store.keyring import MemoryKeyring
from offtake.store.sqlite import SqliteStore

from .lifetime import Lifetime, commands, sound_file, try_run, wrong_with
from .power import PowerCutError, World
from .telling import told

PARTS = 8
CUTS = int(os.environ.get("OFFTAKE_CUTS", "2000"))
"""Lives that lose power, over all parts; `make torture` takes a hundred times as many."""
LIVES = 40


@pytest.fixture
def _short_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log is carried over often, so that power is cut there too."""
    monkeypatch.setattr(sqlite, "_PAGES_BEFORE_CHECKPOINT", 8)


@contextmanager
def quiet() -> Iterator[None]:
    """A second failure while the first is on its way cannot be raised, and is no news."""
    before = sys.unraisablehook

    def hook(unraisable: sys.UnraisableHookArgs) -> None:
        if not isinstance(unraisable.exc_value, PowerCutError):
            before(unraisable)

    sys.unraisablehook = hook
    try:
        yield
    finally:
        sys.unraisablehook = before


def lived(life: Lifetime, path: Path, world: World, seed: int, synchronous: str) -> None:
    """One life on a world's disk until the power goes, or to its end."""
    with quiet():
        try:
            store = SqliteStore(path, vfs=world.name, synchronous=synchronous)
        except (StoreError, PowerCutError) as error:
            life.stopped = error
        else:
            try_run(life, store, seed % LIVES, commands(seed % LIVES))
            store.close()
        world.after_the_cut()


@lru_cache(maxsize=4 * LIVES)
def operations(own: int, synchronous: str, pages: int) -> int:
    """How many operations on the disk a whole life takes, its log carried over at so many pages."""
    with TemporaryDirectory() as folder:
        world = World(own)
        life = Lifetime(MemoryKeyring(b"whole"))
        lived(life, Path(folder) / "whole.sqlite", world, own, synchronous)
    assert life.stopped is None
    return world.operations


def after_cuts(seed: int, folder: Path, synchronous: str = "FULL", lies: bool = False) -> str:
    """What is wrong after one life that lost power once, or twice."""
    chance = Random(seed)
    path = folder / f"{seed}.sqlite"
    most = operations(seed % LIVES, synchronous, sqlite._PAGES_BEFORE_CHECKPOINT)
    life = Lifetime(MemoryKeyring(seed.to_bytes(8, "big")))
    for _ in range(chance.choice((1, 1, 2))):
        world = World(chance.randrange(1 << 30), chance.randrange(1, most + 1), lies=lies)
        lived(life, path, world, seed, synchronous)
    wrong = wrong_with(life, path)
    if not wrong and life.told and not sound_file(path):
        wrong = "corrupt: SQLite's own check"
    for left in folder.glob(f"{seed}.sqlite*"):
        left.unlink()
    return wrong


@pytest.mark.usefixtures("_short_log")
@pytest.mark.parametrize("part", range(PARTS))
def test_after_any_power_cut_all_that_was_acknowledged_is_there(part: int, tmp_path: Path) -> None:
    each = CUTS // PARTS
    seeds = range(part * each, (part + 1) * each)
    wrong = {seed: found for seed in seeds if (found := after_cuts(seed, tmp_path))}
    told("T1", "power cuts, synchronous FULL", len(seeds), lives_with_losses=len(wrong))
    assert wrong == {}


@pytest.mark.parametrize(
    ("synchronous", "lies"), [("NORMAL", False), ("FULL", True)], ids=["not synced", "a lying disk"]
)
def test_a_store_that_does_not_reach_the_disk_is_found_out(
    synchronous: str, lies: bool, tmp_path: Path
) -> None:
    found = Counter(
        after_cuts(seed, tmp_path, synchronous, lies).partition(":")[0] for seed in range(100)
    )
    name = "a disk that lies about a sync" if lies else f"synchronous {synchronous}"
    told("T1", f"control: {name}", 100, lost=found["lost"], corrupt=found["corrupt"])
    assert found["lost"] + found["corrupt"] >= 60
