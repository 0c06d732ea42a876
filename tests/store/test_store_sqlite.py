"""A journal in a SQLite file: its settings, its locks, and what is said when the file is wrong."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest

from offtake.journal.entry import Form, Kept
from offtake.store.base import BusyError, OtherSchemaError, StoppedError, StoreError
from offtake.store.copying import check
from offtake.store.sqlite import SqliteStore
from store.media import ABOUT, Rows

OPEN = Form.OPEN


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk.sqlite"


def begun(path: Path, **how: str) -> tuple[SqliteStore, int]:
    store = SqliteStore(path, **how)  # type: ignore[arg-type]
    store.begin(ABOUT)
    return store, store.lead()


def said(path: Path, *, readonly: bool = False) -> str:
    with pytest.raises(StoreError) as caught:
        SqliteStore(path, readonly=readonly)
    return str(caught.value)


# --- how it is kept -------------------------------------------------------------------------------


def test_each_commit_is_synced_and_what_is_deleted_is_overwritten(path: Path) -> None:
    store, _ = begun(path)
    db = store._db
    assert db.pragma("journal_mode") == "wal"
    assert db.pragma("synchronous") == 2, "FULL"
    assert db.pragma("secure_delete") == 1
    store.close()


def test_another_way_to_sync_must_be_known(path: Path) -> None:
    store, _ = begun(path, synchronous="NORMAL")
    assert store._db.pragma("synchronous") == 1
    store.close()
    with pytest.raises(StoreError, match="OFF, NORMAL, FULL, EXTRA, not sometimes"):
        SqliteStore(path, synchronous="sometimes")


def test_an_erased_body_is_nowhere_in_the_file(path: Path) -> None:
    store, lead = begun(path)
    rows = Rows()
    store.append(lead, rows.batch(Form.SEALED, size=3_000))
    body = rows.entries[0].body
    store.append(lead, rows.batch(OPEN, kept=(Kept(0, Form.ERASED, b""),)))
    store.close()
    assert body[:64] not in path.read_bytes()
    assert rows.entries[0].stub in path.read_bytes()


def test_the_log_is_carried_over_before_it_grows_without_end(path: Path) -> None:
    store, lead = begun(path)
    log = path.with_name("desk.sqlite-wal")
    rows = Rows()
    for _ in range(60):
        store.append(lead, rows.batch(*[OPEN] * 50, size=2_000))
    assert log.stat().st_size < 1_300 * 4_200
    assert check(store) == 3_000
    store.close()
    assert not log.exists()


# --- when the disk fails --------------------------------------------------------------------------


def test_a_full_disk_stops_the_store_for_good(path: Path) -> None:
    store, lead = begun(path)
    rows = Rows()
    store.append(lead, rows.batch(OPEN))
    store._db.pragma("max_page_count", store._db.pragma("page_count"))
    with pytest.raises(StoppedError, match=r"the disk is full; make room .* may be kept or not"):
        store.append(lead, rows.batch(OPEN, size=100_000))
    store._db.pragma("max_page_count", 1_000_000)
    for again in (lambda: store.append(lead, rows.batch(OPEN)), store.lead, store.size):
        with pytest.raises(StoppedError, match="Nothing more is written"):
            again()
    store.close()
    assert check(SqliteStore(path)) == 1


class FailingFile(apsw.VFSFile):
    def xSync(self, flags: int) -> None:  # noqa: N802
        if FailingDisk.fails:
            FailingDisk.failed += 1
            raise apsw.IOError("the disk failed")
        super().xSync(flags)


class FailingDisk(apsw.VFS):
    """A disk that does not sync, from an instant on."""

    fails = False
    failed = 0

    def __init__(self) -> None:
        super().__init__("failing", base="")

    def xOpen(  # noqa: N802
        self, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> apsw.VFSFile:
        return FailingFile("", name, flags)


# SQLite has no better way to say that syncing failed than to tell Python's own hook of it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_sync_that_fails_stops_the_store_and_is_never_tried_again(path: Path) -> None:
    disk = FailingDisk()
    store, lead = begun(path, vfs="failing")
    rows = Rows()
    store.append(lead, rows.batch(OPEN))
    FailingDisk.fails, FailingDisk.failed = True, 0
    try:
        with pytest.raises(StoppedError, match="lies on a disk that failed; look at the disk"):
            store.append(lead, rows.batch(OPEN))
        with pytest.raises(StoppedError):
            store.append(lead, rows.batch(OPEN))
        store.close()
        assert FailingDisk.failed == 1
    finally:
        FailingDisk.fails = False
        disk.unregister()
    assert check(SqliteStore(path)) in (1, 2)


@pytest.mark.parametrize("moved", [False, True])
def test_a_file_that_is_taken_away_under_the_store_stops_it(path: Path, moved: bool) -> None:
    store, lead = begun(path)
    rows = Rows()
    store.append(lead, rows.batch(OPEN))
    path.rename(path.with_name("aside.sqlite"))
    if moved:
        SqliteStore(path).close()
    with pytest.raises(StoppedError, match="was moved or removed while it was written; bring it"):
        store.append(lead, rows.batch(OPEN))
    with pytest.raises(StoppedError, match="was moved or removed"):
        store.size()
    store.close()


def test_a_file_that_another_program_holds_is_not_written_and_not_given_up(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offtake.store.sqlite_file.PATIENCE", 50)
    store, lead = begun(path)
    batch = Rows().batch(OPEN)
    other = apsw.Connection(str(path))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(BusyError, match="held by another program; end that first"):
        store.append(lead, batch)
    other.execute("ROLLBACK")
    other.close()
    store.append(lead, batch)
    store.close()


# --- a journal that is only read ------------------------------------------------------------------


def test_reading_a_journal_at_rest_leaves_nothing_beside_it(path: Path) -> None:
    store, lead = begun(path)
    rows = Rows()
    store.append(lead, rows.batch(OPEN))
    store.close()
    path.with_name("desk.sqlite.lock").unlink()
    before = path.stat()
    reader = SqliteStore(path, readonly=True)
    assert list(reader.read()) == rows.entries
    assert list(path.parent.iterdir()) == [path]
    reader.close()
    assert list(path.parent.iterdir()) == [path]
    assert path.stat().st_mtime_ns == before.st_mtime_ns


def test_reading_beside_a_leader_sees_what_it_has_written(path: Path) -> None:
    store, lead = begun(path)
    rows = Rows()
    reader = SqliteStore(path, readonly=True)
    store.append(lead, rows.batch(OPEN))
    assert list(reader.read()) == rows.entries
    reader.close()
    store.append(lead, rows.batch(OPEN))
    store.close()


def test_a_journal_at_rest_that_changes_under_the_reader_is_not_half_read(path: Path) -> None:
    store, lead = begun(path)
    rows = Rows()
    store.append(lead, rows.batch(*[OPEN] * 600))
    store.close()
    reader = SqliteStore(path, readonly=True)
    reading = reader.read()
    next(reading)
    store = SqliteStore(path)
    store.append(store.lead(), rows.batch(OPEN))
    store.close()
    with pytest.raises(BusyError, match="was changed while it was read; read it again"):
        list(reading)
    reader.close()


# --- files that are no journal --------------------------------------------------------------------


def test_a_folder_is_no_journal(tmp_path: Path) -> None:
    assert said(tmp_path) == f"{tmp_path} is a folder; name a file in it, such as " + (
        f"{tmp_path / 'desk.sqlite'}."
    )


def test_a_file_in_no_folder_is_not_made(tmp_path: Path) -> None:
    assert said(tmp_path / "no" / "desk.sqlite") == (
        f"The folder {tmp_path / 'no'} is not there; make it first."
    )


def test_a_journal_that_is_not_there_cannot_be_read(path: Path) -> None:
    assert said(path, readonly=True) == f"There is no journal at {path}."
    assert not path.exists()


@pytest.mark.parametrize("readonly", [False, True])
def test_another_programs_files_are_refused_and_left_alone(path: Path, readonly: bool) -> None:
    path.write_bytes(b"kind: offtake-book/1\n" * 100)
    assert said(path, readonly=readonly) == f"{path} is not a SQLite file; name another."
    path.unlink()
    other = apsw.Connection(str(path))
    other.execute("CREATE TABLE songs (name TEXT)")
    other.close()
    before = path.read_bytes()
    assert said(path, readonly=readonly) == (
        f"{path} is a SQLite file of another program; name another."
    )
    assert path.read_bytes() == before


def test_a_damaged_file_says_so(path: Path) -> None:
    store, lead = begun(path)
    store.append(lead, Rows().batch(*[OPEN] * 400))
    store.close()
    data = bytearray(path.read_bytes())
    data[4_096:] = os.urandom(len(data) - 4_096)
    path.write_bytes(data)
    reader = SqliteStore(path, readonly=True)
    with pytest.raises(StoreError, match=r"is damaged; restore a backup\.$"):
        list(reader.read())
    reader.close()


def test_a_file_without_some_of_its_rows_says_so(path: Path) -> None:
    store, lead = begun(path)
    store.append(lead, Rows().batch(*[OPEN] * 4))
    store._db.execute("DELETE FROM body WHERE number = 2")
    with pytest.raises(StoreError, match=r"lacks entries; restore a backup\.$"):
        list(store.read())
    store.close()


@pytest.mark.parametrize(
    ("change", "look"),
    [
        ("UPDATE journal SET desk = NULL", SqliteStore.about),
        ("UPDATE journal SET size = 'many'", SqliteStore.size),
        ("UPDATE journal SET at = x'00'", SqliteStore.head),
        ("UPDATE chain SET link = NULL", lambda store: list(store.read())),
        ("UPDATE body SET form = 'liquid'", lambda store: list(store.read())),
    ],
)
def test_a_garbled_row_says_so(
    path: Path, change: str, look: Callable[[SqliteStore], object]
) -> None:
    store, lead = begun(path)
    store.append(lead, Rows().batch(OPEN, OPEN))
    store.close()
    # As a page whose bytes were changed would be read: SQLite holds nobody to types then.
    garbling = apsw.Connection(str(path))
    garbling.execute("PRAGMA writable_schema = ON")
    garbling.execute("UPDATE sqlite_schema SET sql = replace(sql, ' NOT NULL', '')")
    garbling.execute("UPDATE sqlite_schema SET sql = replace(sql, ' STRICT', '')")
    garbling.close()
    garbling = apsw.Connection(str(path))
    garbling.execute(change)
    garbling.close()
    reader = SqliteStore(path, readonly=True)
    with pytest.raises(StoreError, match=r"desk\.sqlite is damaged; restore a backup\.$"):
        look(reader)
    reader.close()


def test_a_later_schema_is_refused(path: Path) -> None:
    store, _ = begun(path)
    store._db.pragma("user_version", 7)
    store.close()
    for readonly in (False, True):
        with pytest.raises(OtherSchemaError, match=r"later version .*schema 7.*; update offtake\."):
            SqliteStore(path, readonly=readonly)


@pytest.fixture
def nobody() -> Iterator[Path]:
    """A folder of someone who may not do everything, as whom the test runs."""
    with tempfile.TemporaryDirectory(prefix="offtake-nobody-") as name:
        us = os.geteuid()
        if us == 0:
            os.chown(name, 65_534, -1)
            os.seteuid(65_534)
        try:
            yield Path(name)
        finally:
            os.seteuid(us)


def test_without_permission_it_says_so(nobody: Path) -> None:
    path = nobody / "desk.sqlite"
    store, lead = begun(path)
    rows = Rows()
    store.append(lead, rows.batch(OPEN))
    store.close()
    path.chmod(0o400)
    assert said(path) == f"{path} may not be written; look at its permissions and its disk."
    nobody.chmod(0o500)
    with pytest.raises(StoreError, match=r"^The backup .*b\.sqlite cannot be opened; look at its"):
        SqliteStore(path, readonly=True).backup(nobody / "b.sqlite")
    assert list(SqliteStore(path, readonly=True).read()) == rows.entries
    path.chmod(0o000)
    for readonly in (False, True):
        assert said(path, readonly=readonly) == (
            f"{path} may not be read by you; look at its permissions."
        )
    new = nobody / "new.sqlite"
    assert said(new) == (
        f"{new} cannot be opened; look at its permissions and those of its folder."
    )
    nobody.chmod(0o000)
    assert said(path) == f"{path} may not be read by you; look at its permissions."
    nobody.chmod(0o700)
