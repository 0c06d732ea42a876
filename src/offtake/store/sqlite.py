"""A journal in one SQLite file.

Written ahead into SQLite's log (WAL) and synced at every commit (`synchronous = FULL`): when
`append` returns, the disk has the batch. Bodies lie in a table of their own, so that one is changed
or erased without touching the chain.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

import apsw

from offtake.journal.entry import About, Batch, Entry, Form, Head
from offtake.store import copying, sqlite_file
from offtake.store.base import BusyError, StoppedError, StoreError, fenced, missing, start_of
from offtake.store.crash import crash_point
from offtake.store.lock import Lock

_LOG = logging.getLogger("offtake.store")
_FORMS = {form.value: form for form in Form}
_TYPES = (int, str, bytes, bytes, str, bytes, bytes)
_READ_AT_ONCE = 512
_BACKED_UP_AT_ONCE = 256
_PAGES_BEFORE_CHECKPOINT = 1_000
_CHAIN = "INSERT INTO chain VALUES (?, ?, ?, ?)"
_BODY = "INSERT INTO body VALUES (?, ?, ?, ?)"
_HEAD = "SELECT size, root, at, signature FROM journal WHERE root IS NOT NULL"
_ENTRIES = (
    "SELECT number, label, commitment, link, form, body, stub FROM chain JOIN body USING (number)"
    " WHERE number >= ? AND number < ? ORDER BY number"
)
_ADVANCE = (
    "UPDATE journal SET size = ?, root = ?, at = ?, signature = ? WHERE lead = ? AND size = ?"
)


class SqliteStore:
    """A store in the file `path`, which is made where it is not there.

    `vfs` names another way to the disk; what is locked by the operating system is not locked then.
    `synchronous` is for tests that must see what weaker settings lose. With `readonly` a file that
    nobody writes is read without leaving anything beside it.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        vfs: str | None = None,
        synchronous: str = "FULL",
        readonly: bool = False,
    ) -> None:
        self.path = Path(path)
        self._file = sqlite_file.real(self.path, vfs)
        self._vfs, self._readonly = vfs, readonly
        self._stopped: str | None = None
        self._lock = Lock(self.path)
        self._log_pages = 0
        self._rest: tuple[int, int, int] | None = None
        if readonly:
            before = _stamp(self._file)
            self._db, still = sqlite_file.to_read(self.path, vfs)
            self._rest = before if still else None
        else:
            self._db = sqlite_file.to_write(self.path, vfs, synchronous)
            self._db.set_wal_hook(self._logged)
            self._inode = _inode(self._file)

    def about(self) -> About | None:
        """What the journal says of itself; None where it has not begun."""
        row = self._row("SELECT desk, key FROM journal", str, bytes)
        return None if row is None else About(*row)

    def begin(self, about: About, entries: Iterable[Entry] = (), head: Head | None = None) -> None:
        """Begin a journal, with what another holds where it is a copy: all of it or nothing."""
        with self._writing():
            if self._db.execute("SELECT 1 FROM journal").get is not None:
                raise StoreError(f"A journal has begun in {self.path}; name another file.")
            last = (0, None, None, None) if head is None else _columns(head)
            row = (about.desk, about.key, *last)
            self._db.execute("INSERT INTO journal VALUES (1, ?, ?, 0, ?, ?, ?, ?)", row)
            crash_point("store.begin_half")
            rest = iter(entries)
            while some := tuple(islice(rest, _READ_AT_ONCE)):
                self._insert(some)
                crash_point("restore.half")

    def lead(self, wait: float = 0.0) -> int:
        """Take the lead, and its number, above every earlier one."""
        self._writable()
        if self.about() is None:
            raise StoreError(f"No journal has begun in {self.path} that could be led.")
        if self._vfs is None:
            self._lock.take(wait)
        try:
            # Where an earlier leader's disk failed, its log may be in memory only: it is carried
            # over before anything stands on it.
            with self._writing(carry_over=True):
                number = self._db.execute("UPDATE journal SET lead = lead + 1 RETURNING lead").get
        except BaseException:
            self._lock.free()
            raise
        _LOG.info("The lead of %s was taken", self.path)
        return int(number)

    def append(self, lead: int, batch: Batch) -> None:
        """Write a batch; when this returns, the disk has it."""
        start = start_of(batch)
        with self._writing():
            self._db.execute(_ADVANCE, (*_columns(batch.head), lead, start))
            if self._db.changes() != 1:
                raise fenced()
            self._insert(batch.entries)
            for kept in batch.kept:
                change = "UPDATE body SET form = ?, body = ? WHERE number = ?"
                self._db.execute(change, (kept.form.value, kept.body, kept.number))
                if self._db.changes() != 1:
                    raise missing()

    def size(self) -> int:
        """How many entries there are."""
        row = self._row("SELECT size FROM journal", int)
        return 0 if row is None else int(row[0])

    def head(self) -> Head | None:
        """The last head; None where there is no entry."""
        row = self._row(_HEAD, int, bytes, int, bytes)
        return None if row is None else Head(*row)

    def read(self, start: int = 0, stop: int | None = None) -> Iterator[Entry]:
        """Entries in their order, from `start` up to before `stop`."""
        size = self.size()
        end = size if stop is None else min(stop, size)
        # In pieces: an unfinished query would hold the log, and not let it be emptied.
        for first in range(start, end, _READ_AT_ONCE):
            last = min(first + _READ_AT_ONCE, end)
            rows = self._rows(_ENTRIES, (first, last))
            if len(rows) != last - first:
                raise StoreError(f"{self.path} lacks entries; restore a backup.")
            for row in rows:
                number, label, commitment, link, form, body, stub = row
                if tuple(map(type, row)) != _TYPES or form not in _FORMS:
                    raise self._damaged()
                yield Entry(number, label, commitment, link, _FORMS[form], body, stub)

    @contextmanager
    def snapshot(self) -> Iterator[SqliteStore]:
        """The journal as it is now, to be read while another thread writes on."""
        self._look()
        still = SqliteStore(self._file, vfs=self._vfs, readonly=True)
        try:
            still._rows("BEGIN", ())
            still.size()
            yield still
        finally:
            still.close()

    def backup(self, to: Path) -> int:
        """Copy the journal as it is now into a new SQLite file, while it is written; its size."""
        with copying.unfinished(to) as part, self.snapshot() as still:
            try:
                still._copy_pages(part)
            except apsw.Error as error:
                raise StoreError(f"The backup {to} {sqlite_file.why(error)}.") from error
            return copying.publish(part, to)

    def close(self) -> None:
        """Give the lead back and close."""
        try:
            self._db.close()
        except apsw.Error as error:
            self._db.close(True)
            _LOG.warning("%s %s", self.path, sqlite_file.why(error))
        finally:
            self._lock.free()

    def _copy_pages(self, to: Path) -> None:
        target = apsw.Connection(str(to))
        try:
            target.pragma("synchronous", "FULL")
            with target.backup("main", self._db, "main") as copy:
                while not copy.done:
                    copy.step(_BACKED_UP_AT_ONCE)
                    crash_point("backup.pages")
        finally:
            target.close()

    def _insert(self, entries: Iterable[Entry]) -> None:
        rows = [(e.number, e.label, e.commitment, e.link) for e in entries]
        self._db.executemany(_CHAIN, rows)
        crash_point("store.mid_append")
        bodies = [(e.number, e.form.value, e.body, e.stub) for e in entries]
        self._db.executemany(_BODY, bodies)

    @contextmanager
    def _writing(self, carry_over: bool = False) -> Iterator[None]:
        """A transaction; on the disk when this ends."""
        self._writable()
        try:
            self._in_place()
            with sqlite_file.transaction(self._db, self.path):
                yield
            self._in_place()
            if carry_over or self._log_pages >= _PAGES_BEFORE_CHECKPOINT:
                self._carry_over()
        except apsw.Error as error:
            self._stop(sqlite_file.why(error), error)

    def _in_place(self) -> None:
        """What goes into a file that has no name any more is lost."""
        if self._vfs is None and _inode(self._file) != self._inode:
            self._stop("was moved or removed while it was written; bring it back")

    def _carry_over(self) -> None:
        """Write the log's pages into the file; those that are read just now can wait."""
        crash_point("store.checkpoint")
        try:
            self._db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        except (apsw.BusyError, apsw.LockedError):
            _LOG.info("Another program carries the log of %s over", self.path)

    def _logged(self, _db: apsw.Connection, _name: str, pages: int) -> int:
        self._log_pages = pages
        return apsw.SQLITE_OK

    def _stop(self, why: str, error: apsw.Error | None = None) -> NoReturn:
        self._stopped = (
            f"Nothing more is written: {self.path} {why}. "
            f"What was to be written last may be kept or not."
        )
        _LOG.error("%s", self._stopped)
        # What the disk holds now is for the next start to find, not to be changed any more.
        self._db.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        raise StoppedError(self._stopped) from error

    def _writable(self) -> None:
        self._look()
        if self._readonly:
            raise StoreError(f"{self.path} was opened to be read only.")

    def _look(self) -> None:
        if self._stopped is not None:
            raise StoppedError(self._stopped)

    def _row(self, query: str, *types: type) -> tuple[Any, ...] | None:
        rows = self._rows(query, ())
        if not rows:
            return None
        negative = any(isinstance(value, int) and value < 0 for value in rows[0])
        if len(rows) > 1 or negative or tuple(map(type, rows[0])) != types:
            raise self._damaged()
        return rows[0]

    def _damaged(self) -> StoreError:
        """SQLite does not check again what it reads from a page that was garbled."""
        return StoreError(f"{self.path} is damaged; restore a backup.")

    def _rows(self, query: str, values: tuple[int, ...]) -> list[tuple[Any, ...]]:
        self._look()
        try:
            rows = self._db.execute(query, values).fetchall()
        except apsw.Error as error:
            sqlite_file.refuse(error, self.path)
        if self._rest is not None and self._rest != _stamp(self._file):
            raise BusyError(f"{self.path} was changed while it was read; read it again.")
        return rows


def _columns(head: Head) -> tuple[int, bytes, int, bytes]:
    return head.size, head.root, head.at, head.signature


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What changes with a file's content."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_ino, seen.st_size, seen.st_mtime_ns


def _inode(path: Path) -> int | None:
    stamp = _stamp(path)
    return None if stamp is None else stamp[0]
