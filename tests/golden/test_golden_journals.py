"""Journals that earlier versions wrote are read for ever: same heads, same text, same sights.

tools/golden.py writes those of a version, once; nothing under a version's folder is ever changed.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from offtake.audit.verified import verify
from offtake.desk import sight
from offtake.desk.events import Event
from offtake.desk.wire import body_of, event_from
from offtake.journal.entry import Form
from offtake.journal.journal import Journal
from offtake.journal.signed import head_line, receipt_holds, receipt_of
from offtake.journal.text import exported
from offtake.store.copying import check, copy
from offtake.store.keyring import FolderKeyring
from offtake.store.memory import MemoryStore
from offtake.store.sqlite import SqliteStore
from offtake.units.instants import instant_of

HERE = Path(__file__).parent
VERSIONS = sorted(p.name for p in HERE.iterdir() if p.is_dir() and p.name != "__pycache__")
LIVES = sorted(f"{life.parent.name}/{life.name}" for life in HERE.glob("*/life-*"))


class Golden(NamedTuple):
    """What an earlier version left, in a folder of our own, and what we make of it."""

    folder: Path
    store: SqliteStore
    keyring: FolderKeyring
    journal: Journal

    def text(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def lines(self, name: str) -> list[bytes]:
        return self.text(name).splitlines(keepends=True)


@pytest.fixture(params=LIVES)
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Golden]:
    folder = tmp_path / "golden"
    shutil.copytree(HERE / request.param, folder)
    # Git keeps no permissions, and a keyring refuses keys that others may read.
    (folder / "keys").chmod(0o700)
    for key in (folder / "keys").iterdir():
        key.chmod(0o600)
    store = SqliteStore(folder / "desk.sqlite")
    about = store.about()
    assert about is not None
    keyring = FolderKeyring(folder / "keys")
    journal = Journal(about, keyring)
    journal.load(store.read(), store.head())
    yield Golden(folder, store, keyring, journal)
    store.close()


def test_this_version_has_golden_journals() -> None:
    assert version("offtake") in VERSIONS, "write them: python tools/golden.py"


def test_a_golden_journal_replays_to_its_head(golden: Golden) -> None:
    head = golden.store.head()
    assert head is not None
    assert head_line(head) == golden.text("head.json")
    assert golden.journal.head() == head
    assert check(golden.store) == golden.journal.size == head.size


def test_a_golden_journal_shows_every_party_what_it_saw(golden: Golden) -> None:
    desk, then = golden.journal.desk, golden.lines("sights.jsonl")
    assert {json.loads(line)["party"] for line in then} == set(desk.parties)
    for line in then:
        seen = json.loads(line)
        now = json.loads(json.dumps(sight(desk, seen["party"], instant_of(seen["at"]))))
        assert not list(missing(seen, now, seen["party"]))


def missing(then: Any, now: Any, where: str) -> list[str]:
    """What is not shown any more as it was; a later version may show more."""
    if isinstance(then, dict) and isinstance(now, dict):
        return [w for k, v in then.items() for w in missing(v, now.get(k), f"{where}/{k}")]
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        pairs = enumerate(zip(then, now, strict=True))
        return [w for i, (a, b) in pairs for w in missing(a, b, f"{where}/{i}")]
    return [] if then == now else [f"{where}: {then} then, {now} now"]


def test_a_golden_journal_is_exported_byte_for_byte(golden: Golden) -> None:
    about, keyring, desk = golden.journal.about, golden.keyring, golden.journal.desk
    cut = golden.journal.cut()
    last = json.loads(golden.lines("journal.jsonl")[-1])
    lines = exported(about, golden.store.read(), keyring, cut, desk, instant_of(last["at"]))
    assert list(lines) == golden.lines("journal.jsonl")


def test_a_golden_export_and_its_receipts_verify(golden: Golden) -> None:
    receipts = golden.lines("receipts.jsonl")
    found = verify(golden.lines("journal.jsonl"), receipts)
    assert (found.breaches, found.receipts) == ((), len(receipts))
    for line in receipts:
        receipt = receipt_of(line)
        assert receipt_holds(receipt)
        assert golden.journal.receipt(receipt.actor, receipt.command) == receipt


def test_every_event_of_a_golden_journal_is_written_as_it_was(golden: Golden) -> None:
    bodies = [e.body[32:] for e in golden.store.read() if e.form is Form.OPEN]
    assert bodies
    assert [body_of(event_from(body)) for body in bodies] == bodies


def test_a_golden_journal_goes_on(golden: Golden) -> None:
    journal, store = golden.journal, golden.store
    size = journal.size
    lapsed = journal.tick(journal.desk.now + 10**18, bytes(32))
    batch = journal.take()
    if batch is not None:
        store.append(store.lead(), batch)
    assert check(store) == journal.size == size + lapsed
    again = Journal(journal.about, golden.keyring)
    again.load(store.read(), store.head())
    assert again.desk == journal.desk


def test_a_golden_journal_is_backed_up_and_restored(golden: Golden) -> None:
    to = golden.folder / "backup.sqlite"
    golden.store.backup(to)
    kept, target = SqliteStore(to, readonly=True), MemoryStore()
    copy(kept, target)
    kept.close()
    assert list(target.read()) == list(golden.store.read())
    assert target.head() == golden.store.head()


@pytest.mark.parametrize("name", VERSIONS)
def test_golden_journals_hold_every_form_and_kind_of_their_version(name: str) -> None:
    forms: Counter[Form] = Counter()
    types: set[str] = set()
    for folder in sorted((HERE / name).iterdir()):
        store = SqliteStore(folder / "desk.sqlite", readonly=True)
        forms.update(entry.form for entry in store.read())
        store.close()
        for line in (folder / "journal.jsonl").read_bytes().splitlines()[1:-1]:
            event = json.loads(line)["event"]
            types |= {event["type"]} if event is not None else set()
    assert set(forms) == set(Form)
    known = {kind.__name__ for kind in kinds()}
    assert types <= known
    if name == version("offtake"):
        assert known <= types


def kinds() -> list[type]:
    """Every kind of event."""
    found, left = [], [Event]
    while left:
        below = left.pop().__subclasses__()
        found += [kind for kind in below if not kind.__subclasses__()]
        left += below
    return found
