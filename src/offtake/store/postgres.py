"""A journal in a PostgreSQL database, in tables of the schema `offtake`.

The same tables as in a SQLite file. A leader holds an advisory lock, which ends with its
connection; where that went unnoticed, the number of the lead, checked in each transaction, is the
fence.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any, LiteralString, NoReturn

import psycopg

from offtake.journal.entry import About, Batch, Entry, Form, Head
from offtake.store import postgres_server
from offtake.store.base import (
    BusyError,
    FencedError,
    StoppedError,
    StoreError,
    fenced,
    missing,
    start_of,
)
from offtake.store.copying import to_file
from offtake.store.crash import crash_point

_LOG = logging.getLogger("offtake.store")
_FORMS = {form.value: form for form in Form}
_AT_ONCE = 512
_TRY_LOCK = "SELECT pg_try_advisory_lock(%s)"
_ADVANCE = (
    "UPDATE offtake.journal SET size = %s, root = %s, at = %s, signature = %s"
    " WHERE lead = %s AND size = %s"
)
_HEAD = "SELECT size, root, at, signature FROM offtake.journal WHERE root IS NOT NULL"
_ENTRIES = (
    "SELECT number, label, commitment, link, form, body, stub FROM offtake.chain"
    " JOIN offtake.body USING (number) WHERE number >= %s AND number < %s ORDER BY number"
)
# Measured beside INSERTs of many rows and of arrays: the fastest from a few rows on.
_CHAIN = b"COPY offtake.chain (number, label, commitment, link) FROM STDIN (FORMAT BINARY)"
_BODY = b"COPY offtake.body (number, form, body, stub) FROM STDIN (FORMAT BINARY)"


class PostgresStore:
    """A store in the database that `dsn` names, whose tables are made where they are not there."""

    def __init__(self, dsn: str, *, readonly: bool = False) -> None:
        self._dsn, self._readonly = dsn, readonly
        self._where = postgres_server.named(dsn)
        self._stopped: str | None = None
        self._leads = False
        self._db = postgres_server.connect(dsn, readonly=readonly)

    def about(self) -> About | None:
        """What the journal says of itself; None where it has not begun."""
        row = self._row("SELECT desk, key FROM offtake.journal")
        return None if row is None else About(*row)

    def begin(self, about: About, entries: Iterable[Entry] = (), head: Head | None = None) -> None:
        """Begin a journal, with what another holds where it is a copy: all of it or nothing."""
        last = (0, None, None, None) if head is None else _columns(head)
        row = (about.desk, about.key, *last)
        with self._writing():
            self._db.execute("SELECT pg_advisory_xact_lock(%s)", (postgres_server.SETTING_UP,))
            if self._db.execute("SELECT 1 FROM offtake.journal").fetchone():
                raise StoreError(f"{self._where} has a journal already; name another.")
            insert = "INSERT INTO offtake.journal VALUES (1, %s, %s, 0, %s, %s, %s, %s)"
            self._db.execute(insert, row)
            crash_point("store.begin_half")
            rest = iter(entries)
            while some := tuple(islice(rest, _AT_ONCE)):
                self._insert(some)
                crash_point("restore.half")

    def lead(self, wait: float = 0.0) -> int:
        """Take the lead, and its number, above every earlier one."""
        self._writable()
        if self.about() is None:
            raise StoreError(f"{self._where} has no journal that could be led.")
        try:
            postgres_server.durable(self._db, self._where)
            self._take_lock(wait)
        except psycopg.Error as error:
            postgres_server.refuse(error, self._where)
        with self._writing():
            update = "UPDATE offtake.journal SET lead = lead + 1 RETURNING lead"
            row = self._db.execute(update).fetchone()
        number = 0 if row is None else int(row[0])
        _LOG.info("The lead was taken")
        return number

    def append(self, lead: int, batch: Batch) -> None:
        """Write a batch; when this returns, the server's disk has it."""
        start = start_of(batch)
        with self._writing():
            if self._db.execute(_ADVANCE, (*_columns(batch.head), lead, start)).rowcount != 1:
                raise fenced()
            self._insert(batch.entries)
            for kept in batch.kept:
                change = "UPDATE offtake.body SET form = %s, body = %s WHERE number = %s"
                values = (kept.form.value, kept.body, kept.number)
                if self._db.execute(change, values).rowcount != 1:
                    raise missing()

    def size(self) -> int:
        """How many entries there are."""
        row = self._row("SELECT size FROM offtake.journal")
        return 0 if row is None else int(row[0])

    def head(self) -> Head | None:
        """The last head; None where there is no entry."""
        row = self._row(_HEAD)
        return None if row is None else Head(*row)

    def read(self, start: int = 0, stop: int | None = None) -> Iterator[Entry]:
        """Entries in their order, from `start` up to before `stop`."""
        size = self.size()
        end = size if stop is None else min(stop, size)
        for first in range(start, end, _AT_ONCE):
            last = min(first + _AT_ONCE, end)
            rows = self._rows(_ENTRIES, (first, last))
            if len(rows) != last - first:
                raise StoreError(f"{self._where} lacks entries; restore a backup.")
            for number, label, commitment, link, form, body, stub in rows:
                yield Entry(number, label, commitment, link, _FORMS[form], body, stub)

    @contextmanager
    def snapshot(self) -> Iterator[PostgresStore]:
        """The journal as it is now, to be read while another thread writes on."""
        self._look()
        still = PostgresStore(self._dsn, readonly=True)
        try:
            with still._db.transaction():
                still._db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                still.size()
                yield still
        except psycopg.Error as error:
            postgres_server.refuse(error, self._where)
        finally:
            still.close()

    def backup(self, to: Path) -> int:
        """Copy the journal as it is now into a new SQLite file, while it is written; its size."""
        return to_file(self, to)

    def close(self) -> None:
        """Give the lead back and close."""
        if self._leads:
            # The server would notice the end of the connection only a moment later.
            with suppress(psycopg.Error):
                self._db.execute("SELECT pg_advisory_unlock_all()")
            self._leads = False
        self._db.close()

    def _take_lock(self, wait: float) -> None:
        until = time.monotonic() + wait
        while not self._leads:
            row = self._db.execute(_TRY_LOCK, (postgres_server.LEADING,)).fetchone()
            self._leads = row is not None and bool(row[0])
            if not self._leads and time.monotonic() >= until:
                raise BusyError(
                    f"{self._where} is led by another program; end that first, or try again when "
                    f"it has ended."
                )
            time.sleep(0.0 if self._leads else 0.05)

    def _insert(self, entries: tuple[Entry, ...]) -> None:
        cursor = self._db.cursor()
        with cursor.copy(_CHAIN) as chain:
            chain.set_types(("int8", "text", "bytea", "bytea"))
            for e in entries:
                chain.write_row((e.number, e.label, e.commitment, e.link))
        crash_point("store.mid_append")
        with cursor.copy(_BODY) as body:
            body.set_types(("int8", "text", "bytea", "bytea"))
            for e in entries:
                body.write_row((e.number, e.form.value, e.body, e.stub))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A transaction; on the server's disk when this ends."""
        self._writable()
        try:
            with self._db.transaction():
                yield
                crash_point("store.before_commit")
        except psycopg.errors.UniqueViolation as error:
            raise FencedError(
                f"Nothing was written: {self._where} holds these entries already."
            ) from error
        except psycopg.Error as error:
            self._stop(error)

    def _writable(self) -> None:
        self._look()
        if self._readonly:
            raise StoreError(f"{self._where} was opened to be read only.")

    def _stop(self, error: psycopg.Error) -> NoReturn:
        self._stopped = (
            f"Nothing more is written: {self._where} failed "
            f"({postgres_server.said(error)}). What was to be written last may be kept or not; "
            f"look at the server, then start again."
        )
        _LOG.error("%s", self._stopped)
        self._db.close()
        raise StoppedError(self._stopped) from error

    def _look(self) -> None:
        if self._stopped is not None:
            raise StoppedError(self._stopped)

    def _row(self, query: LiteralString) -> tuple[Any, ...] | None:
        rows = self._rows(query, ())
        return rows[0] if rows else None

    def _rows(self, query: LiteralString, values: tuple[int, ...]) -> list[tuple[Any, ...]]:
        self._look()
        try:
            return self._db.execute(query, values, binary=True).fetchall()
        except psycopg.Error as error:
            postgres_server.refuse(error, self._where)


def _columns(head: Head) -> tuple[int, bytes, int, bytes]:
    return head.size, head.root, head.at, head.signature
