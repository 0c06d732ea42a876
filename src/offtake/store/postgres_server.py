"""Opening a PostgreSQL database as a journal: how it is reached, set, and which version it has."""

from __future__ import annotations

from typing import Any, NoReturn

import psycopg
from psycopg.conninfo import conninfo_to_dict

from offtake.store import migrate
from offtake.store.base import BusyError, NoJournalError, StoreError
from offtake.store.crash import crash_point

Connection = psycopg.Connection[tuple[Any, ...]]

LEADING = 0x6F66746B01
"""The number of the advisory lock that the leader of this database's journal holds."""
SETTING_UP = 0x6F66746B02
"""That of the lock while tables are made or changed."""

TABLES = (
    b"CREATE SCHEMA IF NOT EXISTS offtake",
    b"CREATE TABLE offtake.version (version integer NOT NULL)",
    # One row: what begins the journal, who leads it, and its last head.
    b"CREATE TABLE offtake.journal (one integer PRIMARY KEY CHECK (one = 1), desk text NOT NULL,"
    b" key bytea NOT NULL, lead bigint NOT NULL, size bigint NOT NULL, root bytea, at bigint,"
    b" signature bytea)",
    b"CREATE TABLE offtake.chain (number bigint PRIMARY KEY, label text NOT NULL,"
    b" commitment bytea NOT NULL, link bytea NOT NULL)",
    b"CREATE TABLE offtake.body (number bigint PRIMARY KEY, form text NOT NULL,"
    b" body bytea NOT NULL, stub bytea NOT NULL)",
    b"INSERT INTO offtake.version VALUES (0)",
)

_DURABLE = {
    "fsync": ("on",),
    # Each of these waits for the server's own disk; `off` does not.
    "synchronous_commit": ("on", "local", "remote_write", "remote_apply"),
    "full_page_writes": ("on",),
}


def named(dsn: str) -> str:
    """How messages call the database: never with a password."""
    try:
        words = conninfo_to_dict(dsn)
    except psycopg.Error:
        words = {"host": "@"}
    place = str(words.get("host") or "this machine")
    if "@" in place:
        # Part of a password, as like as not.
        raise StoreError(
            "The name of the PostgreSQL database cannot be read; write it as "
            "postgresql://user@host/database, an @ in a password as %40."
        )
    return f"The PostgreSQL database {words.get('dbname') or words.get('user') or ''} on {place}"


def connect(dsn: str, *, readonly: bool) -> Connection:
    """A connection to a database whose tables are there and of this version."""
    where = named(dsn)
    try:
        db = psycopg.connect(
            dsn, autocommit=True, application_name="offtake", client_encoding="UTF8"
        )
    except psycopg.Error as error:
        raise StoreError(f"{where} cannot be reached: {said(error)}.") from error
    try:
        version = _version(db, where)
        if readonly:
            if version is None:
                raise NoJournalError(f"{where} has no journal.")
            migrate.refuse_earlier(version, where)
            db.execute("SET default_transaction_read_only = on")
        elif version != migrate.SCHEMA:
            with db.transaction():
                _bring_up(db, where)
    except psycopg.Error as error:
        db.close()
        refuse(error, where)
    except BaseException:
        db.close()
        raise
    return db


def durable(db: Connection, where: str) -> None:
    """`StoreError` where the server acknowledges what its disk does not have."""
    for name, good in _DURABLE.items():
        row = db.execute("SELECT current_setting(%s)", (name,)).fetchone()
        if row is None or row[0] not in good:
            value = "unknown" if row is None else row[0]
            raise StoreError(
                f"{where} would acknowledge what a power cut can take back: {name} is {value}; "
                f"set it to on."
            )


def refuse(error: psycopg.Error, where: str) -> NoReturn:
    """Say why a database cannot be used."""
    raise StoreError(f"{where} cannot be used as a journal: {said(error)}.") from error


def said(error: psycopg.Error) -> str:
    """The first line of what the server, or the way to it, said."""
    text = error.diag.message_primary or str(error) or type(error).__name__
    return text.strip().splitlines()[0].rstrip(".")


def _version(db: Connection, where: str) -> int | None:
    """The schema version; None where nothing is there."""
    row = db.execute("SELECT to_regclass('offtake.version'), to_regnamespace('offtake')").fetchone()
    table, schema = (None, None) if row is None else row
    if table is None:
        if schema is not None and _tables(db):
            raise StoreError(f"{where} has a schema offtake of another program; name another.")
        return None
    found = db.execute("SELECT version FROM offtake.version").fetchone()
    if found is None:
        raise StoreError(f"{where} has a schema named offtake without a version; name another.")
    migrate.refuse_later(found[0], where)
    return int(found[0])


def _tables(db: Connection) -> bool:
    query = "SELECT 1 FROM pg_class WHERE relnamespace = to_regnamespace('offtake') LIMIT 1"
    return db.execute(query).fetchone() is not None


def _bring_up(db: Connection, where: str) -> None:
    db.execute("SELECT pg_advisory_xact_lock(%s)", (SETTING_UP,))
    # Another program may have done it since the version was read.
    version = _version(db, where)
    if version is None:
        for table in TABLES:
            db.execute(table)
            crash_point("store.half_made")
    elif version < migrate.SCHEMA:
        row = db.execute("SELECT pg_try_advisory_xact_lock(%s)", (LEADING,)).fetchone()
        if row is None or not row[0]:
            raise BusyError(f"{where} is led by an earlier version of offtake; end that first.")
        migrate.upgrade("postgres", version, lambda text: db.execute(text.encode()), where)
    db.execute("UPDATE offtake.version SET version = %s", (migrate.SCHEMA,))
