"""T13: the same commands make the same journal, byte for byte, wherever it is kept.

Whole lives of desks, bids that are pledged and revealed and bids that are erased among them, go
through the sequencer on memory, SQLite and PostgreSQL, with keys and chance from a seed and a clock
that stands still.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

from desk.lives import Life, live
from offtake.journal.entry import Entry, Form, Head
from offtake.store.base import Store
from offtake.store.keyring import MemoryKeyring
from offtake.store.sequencer import Sequencer
from torture.telling import told

from .desks import Clock, outcome
from .media import Medium, medium
from .served import Served

LIVES = int(os.environ.get("OFFTAKE_LIVES", "2000"))
"""Of all that the long dose tries; in groups a tenth of them, and fewer where each takes long."""
SHARES = [
    ("sqlite", True, 10),
    ("sqlite", False, 100),
    ("postgres", True, 60),
    ("postgres", False, 200),
]
"""Together or one by one, so that each head can be compared as well."""


class Kept:
    """What one medium has kept of one life, and what was told."""

    def __init__(self, sequencer: Sequencer, store: Store) -> None:
        self.outcomes: list[tuple[bytes, bytes | None]] = []
        self.heads: list[Head | None] = []
        self._sequencer, self._store = sequencer, store

    def send(self, life: Life, together: bool) -> None:
        """All at once, or one after another."""
        futures = []
        for e in life.envelopes:
            futures.append(self._sequencer.submit(e.actor, e.key, e.body, e.at))
            if not together:
                futures[-1].result(30)
                self.heads.append(self._store.head())
        self.outcomes += [outcome(one.result(30)) for one in futures]

    def look(self) -> None:
        self.entries: list[Entry] = list(self._store.read())
        self.heads.append(self._store.head())
        self.lines = list(self._sequencer.export())


def kept(place: Medium, life: Life, together: bool) -> Kept:
    """A life on a medium where nothing has begun; closed, opened, and told half of it again."""
    chance: Iterator[bytes] = iter([bytes(32), *(e.entropy for e in life.envelopes)])
    keys, clock = MemoryKeyring(f"life {life.seed}".encode()), Clock()
    store = place.open()
    with Sequencer(store, keys, clock=clock, chance=lambda: next(chance)) as sequencer:
        found = Kept(sequencer, store)
        found.send(life, together)
        found.look()
    store = place.open()
    with Sequencer(store, keys, clock=clock, chance=lambda: bytes(32)) as sequencer:
        again = Kept(sequencer, store)
        again.look()
        assert (again.entries, again.lines) == (found.entries, found.lines)
        assert again.heads[-1] == found.heads[-1]
    return found


@cache
def lived(seed: int) -> Life:
    return live(seed)


@pytest.mark.parametrize(("kind", "together", "share"), SHARES)
def test_every_medium_keeps_the_same_journal(
    kind: str, together: bool, share: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    count: Counter[str] = Counter()
    forms: Counter[Form] = Counter()
    lives = LIVES // share
    for seed in range(lives):
        life = lived(seed)
        one = kept(medium("memory", tmp_path, str), life, together)
        folder = tmp_path / str(seed)
        folder.mkdir()
        other = on(kind, folder, life, together, request)
        assert other.entries == one.entries, f"life {seed}"
        assert other.heads == one.heads, f"life {seed}"
        assert other.lines == one.lines, f"life {seed}"
        assert other.outcomes == one.outcomes, f"life {seed}"
        count.update(commands=life.steps, entries=len(one.entries), lines=len(one.lines))
        forms.update(entry.form for entry in one.entries)
    how = "in groups" if together else "one by one"
    told("T13", f"lives on memory and {kind}, {how}", lives, **count)
    assert set(forms) == set(Form) or lives < 100, forms


def on(kind: str, folder: Path, life: Life, together: bool, request: pytest.FixtureRequest) -> Kept:
    if kind == "sqlite":
        return kept(medium(kind, folder, str), life, together)
    served: Served = request.getfixturevalue("served")
    with served.database() as dsn:
        place = medium(kind, folder, lambda: dsn)
        try:
            return kept(place, life, together)
        finally:
            place.close()


def test_another_seed_makes_another_journal(tmp_path: Path) -> None:
    life = lived(3)
    other = Life(4, life.journal, life.envelopes)
    one, two = (kept(medium("memory", tmp_path, str), each, True) for each in (life, other))
    assert one.outcomes != two.outcomes, "links do not depend on the keys"
    assert sha256(b"".join(one.lines)).digest() != sha256(b"".join(two.lines)).digest()
