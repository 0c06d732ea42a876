"""One leader of a SQLite file: the lock beside it, and the number of the lead where locks fail."""

from __future__ import annotations

import errno
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from offtake.journal.entry import Form
from offtake.store.base import BusyError, FencedError, StoreError
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


LEADING = """
import sys
import tempfile
from offtake.store.sqlite import SqliteStore
store = SqliteStore(sys.argv[1])
print(store.lead(), flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def leading(path: Path) -> Iterator[subprocess.Popen[str]]:
    SqliteStore(path).begin(ABOUT)
    process = subprocess.Popen(
        [sys.executable, "-c", LEADING, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield process
        process.kill()


def test_a_leader_in_another_process_keeps_this_one_out_until_it_ends(
    path: Path, leading: subprocess.Popen[str]
) -> None:
    assert leading.stdout is not None
    assert leading.stdout.readline() == "1\n"
    store = SqliteStore(path)
    with pytest.raises(BusyError, match=f"Another program leads the journal {path}; end it"):
        store.lead()
    leading.kill()
    assert store.lead(wait=20.0) == 2
    store.close()


def test_where_locks_do_not_work_the_number_of_the_lead_fences(path: Path) -> None:
    vfs = apsw.vfs_names()[0]
    one, first = begun(path, vfs=vfs)
    other = SqliteStore(path, vfs=vfs)
    second = other.lead()
    rows = Rows()
    batch = rows.batch(OPEN)
    with pytest.raises(FencedError, match="another sequencer leads"):
        one.append(first, batch)
    other.append(second, batch)
    assert list(one.read()) == rows.entries
    one.close()
    other.close()


def test_a_journal_has_one_leader_by_whatever_name_it_is_called(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, lead = begun(path)
    rows = Rows()
    store.append(lead, rows.batch(OPEN))
    link = path.parent / "links" / "other.sqlite"
    link.parent.mkdir()
    link.symlink_to(path)
    monkeypatch.chdir(path.parent)
    for name in (Path("desk.sqlite"), link):
        other = SqliteStore(name)
        with pytest.raises(BusyError, match=f"leads the journal {name}; end it"):
            other.lead()
        other.close()
        reader = SqliteStore(name, readonly=True)
        monkeypatch.chdir(link.parent)
        with reader.snapshot() as still:
            assert list(still.read()) == list(reader.read()) == rows.entries
        reader.close()
        monkeypatch.chdir(path.parent)
    store.close()


def test_a_disk_that_knows_no_locks_lets_both_lead_and_the_number_fences(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", none)
    one, first = begun(path)
    other = SqliteStore(path)
    second = other.lead()
    batch = Rows().batch(OPEN)
    with pytest.raises(FencedError, match="another sequencer leads"):
        one.append(first, batch)
    other.append(second, batch)
    one.close()
    other.close()


def test_a_lock_that_fails_otherwise_is_one_sentence(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    store = SqliteStore(path)
    store.begin(ABOUT)
    monkeypatch.setattr("fcntl.flock", broken)
    with pytest.raises(StoreError, match=r"desk\.sqlite\.lock cannot be locked: Input/output"):
        store.lead()
    path.with_name("desk.sqlite.lock").unlink()
    path.with_name("desk.sqlite.lock").symlink_to(path)
    with pytest.raises(StoreError, match=r"desk\.sqlite\.lock could not be made: "):
        store.lead()
    store.close()


def test_a_lead_that_could_not_be_taken_is_free_for_others(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offtake.store.sqlite_file.PATIENCE", 50)
    store = SqliteStore(path)
    store.begin(ABOUT)
    writer = apsw.Connection(str(path))
    writer.execute("BEGIN IMMEDIATE")
    with pytest.raises(BusyError, match="is held by another program"):
        store.lead()
    writer.close()
    other = SqliteStore(path)
    assert other.lead() == 1
    other.close()
    store.close()
