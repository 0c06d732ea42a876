"""Opening a SQLite file as a journal: whose file it is, how it is set, which version it has."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

import apsw

from offtake.store import migrate
from offtake.store.base import BusyError, NoJournalError, StoreError
from offtake.store.crash import crash_point
from offtake.store.lock import Lock

APPLICATION = 0x4F66746B
"""What the file's header says of the program that it belongs to: "Oftk"."""

TABLES = (
    # One row: what begins the journal, who leads it, and its last head.
    "CREATE TABLE journal (one INTEGER PRIMARY KEY CHECK (one = 1), desk TEXT NOT NULL,"
    " key BLOB NOT NULL, lead INTEGER NOT NULL, size INTEGER NOT NULL, root BLOB, at INTEGER,"
    " signature BLOB) STRICT",
    "CREATE TABLE chain (number INTEGER PRIMARY KEY, label TEXT NOT NULL,"
    " commitment BLOB NOT NULL, link BLOB NOT NULL) STRICT",
    "CREATE TABLE body (number INTEGER PRIMARY KEY, form TEXT NOT NULL, body BLOB NOT NULL,"
    " stub BLOB NOT NULL) STRICT",
)

PATIENCE = 5_000
"""Milliseconds to wait for another program that holds the file."""

_OVER_SEVERAL = bytes.fromhex("d9d505f920a163d7")
"""Ends a rollback journal that names a journal over several files."""
_NOT_OURS = (
    "SELECT 1 FROM sqlite_schema AS s WHERE type <> 'table' OR rootpage = 0"
    " OR EXISTS (SELECT 1 FROM pragma_table_xinfo(s.name) WHERE hidden <> 0)"
)
"""Views, triggers and columns that are reckoned run what somebody else wrote."""

_SYNCHRONOUS = ("OFF", "NORMAL", "FULL", "EXTRA")


def to_write(path: Path, vfs: str | None, synchronous: str) -> apsw.Connection:
    """A connection that writes; the file is made, or brought up to date, where it must be."""
    if synchronous not in _SYNCHRONOUS:
        raise StoreError(f"synchronous is one of {', '.join(_SYNCHRONOUS)}, not {synchronous}.")
    if vfs is None:
        _look(path)
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    try:
        db = apsw.Connection(str(real(path, vfs)), flags=flags, vfs=vfs)
    except apsw.Error as error:
        refuse(error, path)
    try:
        _set_up(db, path, vfs, synchronous)
    except BaseException as error:
        with suppress(apsw.Error):
            db.close(True)
        if isinstance(error, apsw.Error):
            refuse(error, path)
        raise
    return db


def to_read(path: Path, vfs: str | None) -> tuple[apsw.Connection, bool]:
    """A connection that reads, and whether it takes the file to be at rest.

    Nobody has a file open to write beside which no log lies. Such a file is read without locks and
    without a log of one's own, which would stay behind, and could not be made on a read-only disk.
    """
    if vfs is None:
        _look(path)
        if not path.exists():
            raise NoJournalError(f"There is no journal at {path}.")
    file = real(path, vfs)
    still = vfs is None and not file.with_name(file.name + "-wal").exists()
    name = f"file:{quote(str(file))}?immutable=1" if still else str(file)
    flags = apsw.SQLITE_OPEN_READONLY | (apsw.SQLITE_OPEN_URI if still else 0)
    try:
        db = apsw.Connection(name, flags=flags, vfs=vfs)
    except apsw.Error as error:
        refuse(error, path)
    try:
        _settings(db)
        version = _version(db, path)
        if version is not None:
            migrate.refuse_earlier(version, str(path))
    except apsw.Error as error:
        db.close(True)
        refuse(error, path)
    except BaseException:
        db.close(True)
        raise
    if version is None:
        db.close(True)
        raise NoJournalError(f"There is no journal in {path}.")
    return db, still


@contextmanager
def transaction(db: apsw.Connection, path: Path) -> Iterator[None]:
    """All that is written within, or nothing; the disk has it when this ends."""
    try:
        db.execute("BEGIN IMMEDIATE")
    except (apsw.BusyError, apsw.LockedError) as error:
        raise BusyError(f"{path} {why(error)}.") from error
    try:
        yield
        crash_point("store.before_commit")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def real(path: Path, vfs: str | None) -> Path:
    """The file itself, from whatever folder and by whatever link it was named."""
    return Path(os.path.realpath(path)) if vfs is None else path


def refuse(error: apsw.Error, path: Path) -> NoReturn:
    """Say why a file cannot be opened."""
    raise StoreError(f"{path} {why(error)}.") from error


def why(error: apsw.Error) -> str:
    """What is wrong with a file, and what to do."""
    for kind, words in _WORDS.items():
        if isinstance(error, kind):
            return words
    return f"cannot be used as a journal ({error})"


_WORDS: dict[type[apsw.Error], str] = {
    apsw.NotADBError: "is not a SQLite file; name another",
    apsw.CantOpenError: "cannot be opened; look at its permissions and those of its folder",
    apsw.PermissionsError: "may not be used by you; look at its permissions",
    apsw.ReadOnlyError: "may not be written; look at its permissions and its disk",
    apsw.CorruptError: "is damaged; restore a backup",
    apsw.FullError: "cannot grow: the disk is full; make room and start again",
    apsw.IOError: "lies on a disk that failed; look at the disk before you start again",
    apsw.BusyError: "is held by another program; end that first",
    apsw.LockedError: "is held by another program; end that first",
}


def _look(path: Path) -> None:
    """What the operating system can say before SQLite is asked."""
    try:
        if path.is_dir():
            raise StoreError(
                f"{path} is a folder; name a file in it, such as {path / 'desk.sqlite'}."
            )
        if not path.parent.is_dir():
            raise StoreError(f"The folder {path.parent} is not there; make it first.")
        if path.exists() and not path.is_file():
            raise StoreError(f"{path} is no ordinary file; name another.")
        _look_beside(real(path, None))
        readable = not path.exists() or os.access(path, os.R_OK, effective_ids=True)
    except PermissionError:
        readable = False
    if not readable:
        raise StoreError(f"{path} may not be read by you; look at its permissions.")


def _look_beside(file: Path) -> None:
    """SQLite follows links, and deletes what a rollback journal over several files names."""
    for end in ("-wal", "-shm", "-journal"):
        beside = file.with_name(file.name + end)
        if beside.is_symlink() or (beside.exists() and not beside.is_file()):
            raise StoreError(f"{beside} is no ordinary file; move it away.")
        if end == "-journal" and beside.exists() and beside.read_bytes().endswith(_OVER_SEVERAL):
            raise StoreError(f"{beside} is not of a journal of offtake; move it away.")


def _set_up(db: apsw.Connection, path: Path, vfs: str | None, synchronous: str) -> None:
    if db.readonly("main"):
        raise StoreError(f"{path} {_WORDS[apsw.ReadOnlyError]}.")
    _settings(db)
    version = _version(db, path)
    if db.pragma("journal_mode", "WAL") != "wal":
        raise StoreError(f"{path} lies on a disk on which SQLite cannot keep its log (WAL).")
    db.pragma("synchronous", synchronous)
    db.pragma("secure_delete", "ON")
    # SQLite forgets what goes wrong at a checkpoint of its own; `SqliteStore` makes them instead.
    db.wal_autocheckpoint(0)
    if version == migrate.SCHEMA:
        return
    lock = Lock(path)
    try:
        if version is not None and vfs is None:
            lock.take()
        with transaction(db, path):
            _bring_up(db, path)
    finally:
        lock.free()


def _settings(db: apsw.Connection) -> None:
    db.set_busy_timeout(PATIENCE)
    db.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    db.pragma("trusted_schema", "OFF")
    db.pragma("cell_size_check", "ON")


def _version(db: apsw.Connection, path: Path) -> int | None:
    """The schema version; None where the file is empty."""
    application, version = db.pragma("application_id"), db.pragma("user_version")
    if application == APPLICATION:
        migrate.refuse_later(version, str(path))
        if db.execute(_NOT_OURS).get is not None:
            raise StoreError(f"{path} holds more than tables of a journal; restore a backup.")
        return int(version)
    if application or version or db.execute("SELECT count(*) FROM sqlite_schema").get:
        raise StoreError(f"{path} is a SQLite file of another program; name another.")
    return None


def _bring_up(db: apsw.Connection, path: Path) -> None:
    # Another program may have done it since the version was read.
    version = _version(db, path)
    if version is None:
        for table in TABLES:
            db.execute(table)
            crash_point("store.half_made")
        db.pragma("application_id", APPLICATION)
    else:
        migrate.upgrade("sqlite", version, db.execute, str(path))
    db.pragma("user_version", migrate.SCHEMA)
