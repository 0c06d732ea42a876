"""Schema versions: a store of an earlier one is brought up to date, whole or not at all.

No earlier version was ever released. The tests make one up, version 0, in which the chain and the
bodies lay in one table and a label could be null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import psycopg
import pytest

from offtake.journal.entry import Entry, Form
from offtake.store import migrate
from offtake.store.base import BusyError, StoreError
from offtake.store.copying import check
from offtake.store.crash import at_each
from offtake.store.memory import MemoryStore
from offtake.store.sqlite import SqliteStore
from store.media import ABOUT, KINDS, Medium, Rows, medium

OLD = (
    "CREATE TABLE entries (number {integer} PRIMARY KEY, label TEXT, commitment {bytes},"
    " link {bytes}, form TEXT, body {bytes}, stub {bytes})",
    "INSERT INTO entries SELECT number, nullif(label, ''), commitment, link, form, body, stub"
    " FROM chain JOIN body USING (number)",
    "DROP TABLE chain",
    "DROP TABLE body",
)
UP = (
    "CREATE TABLE chain (number {integer} PRIMARY KEY, label TEXT NOT NULL,"
    " commitment {bytes} NOT NULL, link {bytes} NOT NULL)",
    "INSERT INTO chain SELECT number, coalesce(label, ''), commitment, link FROM entries",
    "CREATE TABLE body (number {integer} PRIMARY KEY, form TEXT NOT NULL, body {bytes} NOT NULL,"
    " stub {bytes} NOT NULL)",
    "INSERT INTO body SELECT number, form, body, stub FROM entries",
    "DROP TABLE entries",
)
WORDS = {
    "sqlite": {"integer": "INTEGER", "bytes": "BLOB"},
    "postgres": {"integer": "BIGINT", "bytes": "BYTEA"},
}


def said(statements: tuple[str, ...], kind: str) -> tuple[str, ...]:
    """The statements in the words of one medium; PostgreSQL's stand in the schema offtake."""
    first = ("SET LOCAL search_path = offtake",) if kind == "postgres" else ()
    return first + tuple(statement.format(**WORDS[kind]) for statement in statements)


class Old:
    """A journal of version 0, and what it held when it was of version 1."""

    def __init__(self, place: Medium, run: Callable[[tuple[str, ...]], None]) -> None:
        store = place.open()
        store.begin(ABOUT)
        rows = Rows()
        store.append(store.lead(), rows.batch(*[Form.OPEN, Form.SEALED] * 300))
        self.entries: list[Entry] = list(store.read())
        self.head = store.head()
        store.close()
        self.place = place
        self.run = run
        steps = {"sqlite": "PRAGMA user_version = 0", "postgres": "UPDATE version SET version = 0"}
        run((*said(OLD, place.kind), steps[place.kind]))


@pytest.fixture(params=[kind for kind in KINDS if kind != "memory"])
def old(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Old]:
    kind = request.param
    place = medium(kind, tmp_path, lambda: str(request.getfixturevalue("database")))

    def run(statements: tuple[str, ...]) -> None:
        if kind == "sqlite":
            db = apsw.Connection(str(tmp_path / "desk.sqlite"))
            with db:
                for statement in statements:
                    db.execute(statement)
            db.close()
        else:
            with psycopg.connect(request.getfixturevalue("database")) as server:
                for statement in statements:
                    server.execute(statement.encode())

    made = Old(place, run)
    monkeypatch.setitem(migrate.STEPS, (kind, 0), said(UP, kind))
    yield made
    place.close()


def test_an_earlier_journal_is_brought_up_to_date_when_it_is_opened(old: Old) -> None:
    store = old.place.open()
    assert list(store.read()) == old.entries
    assert (store.about(), store.head()) == (ABOUT, old.head)
    assert check(store) == 600
    lead = store.lead()
    assert lead == 2
    assert list(old.place.read().read()) == old.entries


def test_an_earlier_journal_is_not_read_before_it_is_brought_up_to_date(old: Old) -> None:
    with pytest.raises(StoreError, match=r"earlier version .*schema 0.*; open it once to write"):
        old.place.read()
    old.place.open()
    assert list(old.place.read().read()) == old.entries


class Cut(BaseException):
    """The process ends here."""


def test_a_cut_in_the_middle_leaves_the_earlier_version_or_the_new_one(old: Old) -> None:
    times = 0

    def cut(name: str) -> None:
        nonlocal left, times
        left -= 1
        if left == 0:
            times += 1
            raise Cut

    for at in range(1, 99):
        left = at
        try:
            with at_each(cut):
                store = old.place.open()
        except Cut:
            assert version(old) == 0
        else:
            break
    assert times >= len(UP) + 1, "after each step, and before it is kept"
    assert list(store.read()) == old.entries
    assert version(old) == migrate.SCHEMA


def version(old: Old) -> int:
    """The version on the medium; that all of its tables are of that version."""
    number = migrate.SCHEMA
    try:
        # A statement that only an earlier version understands; it changes nothing.
        old.run((*said((), old.place.kind), "UPDATE entries SET number = number"))
    except (apsw.SQLError, psycopg.errors.UndefinedTable):
        tables = ("SELECT count(*) FROM chain", "SELECT count(*) FROM body")
    else:
        number, tables = 0, ("SELECT count(*) FROM entries",)
    old.run((*said((), old.place.kind), *tables))
    return number


def test_nothing_is_brought_up_to_date_under_a_leader(old: Old, tmp_path: Path) -> None:
    if old.place.kind == "sqlite":
        from offtake.store.lock import Lock

        lock = Lock(tmp_path / "desk.sqlite")
        lock.take()
        with pytest.raises(BusyError, match="leads the journal"):
            old.place.open()
        lock.free()
    else:
        from offtake.store.postgres_server import LEADING

        with psycopg.connect(old.place.where, autocommit=True) as db:
            db.execute("SELECT pg_advisory_lock(%s)", (LEADING,))
            with pytest.raises(BusyError, match="is led by an earlier version"):
                old.place.open()
    assert version(old) == 0
    old.place.open()


def test_a_version_from_which_no_way_leads_says_so(
    old: Old, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(migrate.STEPS, (old.place.kind, 0))
    with pytest.raises(
        StoreError, match=r"schema version 0, from which no way leads to 1; restore"
    ):
        old.place.open()
    assert version(old) == 0


def test_every_earlier_version_has_a_way_on() -> None:
    ways = {(kind, old) for kind in WORDS for old in range(1, migrate.SCHEMA)}
    assert set(migrate.STEPS) == ways


def test_what_was_migrated_can_be_backed_up_and_restored(old: Old, tmp_path: Path) -> None:
    to = tmp_path / "b.sqlite"
    assert old.place.open().backup(to) == 600
    kept = SqliteStore(to, readonly=True)
    target = MemoryStore()
    target.begin(ABOUT, kept.read(), kept.head())
    assert (list(target.read()), target.head()) == (old.entries, old.head)
    kept.close()
