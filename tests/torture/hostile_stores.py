"""Stores that others hand in: each is looked at, written to, and read as a book's journal."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from tender.staged import BOOK

from .hostile_case import WHOLE, Case, Make

LOOK = ("tender", "list", "book")
WRITE = ("tender", "declare", "book", "far", "--chip", "h100", "--region", "us", "--chips", "2000")
READ = ("check", "book")
SUPER = bytes.fromhex("d9d505f920a163d7")
"""Ends a rollback journal of SQLite, and a name of a journal over several files in it."""


def sql(*statements: str) -> Make:
    """Statements run on the store by whoever may do anything with it."""

    def make(box: Path) -> None:
        db = sqlite3.connect(box / "book" / "desk.sqlite", isolation_level=None)
        db.execute("PRAGMA journal_mode = DELETE")
        for statement in statements:
            db.execute(statement)
        db.execute("PRAGMA journal_mode = WAL")
        db.close()
        for name in ("-wal", "-shm"):
            (box / "book" / f"desk.sqlite{name}").unlink(missing_ok=True)

    return make


def instead(table: str, definition: str) -> Make:
    """Another thing under the name of a table, with the rows of the table where it can have them"""
    return sql(
        f"ALTER TABLE {table} RENAME TO was_{table}",
        definition,
    )


def weak(table: str, *statements: str) -> Make:
    """The same table without types, changed."""
    return sql(
        f"CREATE TABLE copy AS SELECT * FROM {table}",
        f"DROP TABLE {table}",
        f"ALTER TABLE copy RENAME TO {table}",
        *statements,
    )


def file(content: bytes) -> Make:
    return lambda box: (box / "book" / "desk.sqlite").write_bytes(content)


def changed(change: Callable[[bytes], bytes]) -> Make:
    def make(box: Path) -> None:
        path = box / "book" / "desk.sqlite"
        path.write_bytes(change(path.read_bytes()))

    return make


def another(lay: Callable[[Path], object]) -> Make:
    """Something else in place of the file."""

    def make(box: Path) -> None:
        path = box / "book" / "desk.sqlite"
        path.unlink()
        lay(path)

    return make


def beside(suffix: str, lay: Callable[[Path], object]) -> Make:
    """Something that SQLite would take for its own, beside the file."""

    def make(box: Path) -> None:
        path = box / "book" / f"desk.sqlite{suffix}"
        path.unlink(missing_ok=True)
        lay(path)

    return make


def link(to: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(to)


def _rolled_back(path: Path) -> None:
    """A rollback journal that names a file outside as the one over all."""
    name = os.path.realpath(path.parent / "../../outside/secret").encode()
    page = 4096
    head = bytes.fromhex("d9d505f920a163d7") + (0).to_bytes(4, "big") + b"\1\2\3\4"
    head += (1).to_bytes(4, "big") + (512).to_bytes(4, "big") + page.to_bytes(4, "big")
    total = sum(byte if byte < 128 else byte - 256 for byte in name) & 0xFFFFFFFF
    tail = (262_145).to_bytes(4, "big") + name + len(name).to_bytes(4, "big")
    path.write_bytes(head.ljust(512, b"\0") + tail + total.to_bytes(4, "big") + SUPER)


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT"
DAMAGED: dict[str, Make] = {
    "no bytes": file(b""),
    "words": file(b"these are words\n" * 400),
    "a header and nothing": file(b"SQLite format 3\0"),
    "zeros": file(bytes(1 << 16)),
    "half of it": changed(lambda text: text[: len(text) // 2]),
    "all but a byte of a page": changed(lambda text: text[:-1]),
    "a garbled second page": changed(
        lambda t: t[:4096] + hashlib.sha512(t).digest() * 64 + t[8192:]
    ),
    "a page of another size": changed(lambda text: text[:16] + b"\2\0" + text[18:]),
    "a schema of noise": changed(lambda t: t[:100] + hashlib.sha512(t).digest() * 60 + t[3940:]),
    "another program": another(lambda path: _others(path)),
    "another program's mark": sql("PRAGMA application_id = 7"),
    "a later version": sql("PRAGMA user_version = 99"),
    "a version below all": sql("PRAGMA user_version = -3"),
    "no tables": sql("DROP TABLE journal", "DROP TABLE chain", "DROP TABLE body"),
    "one table less": sql("DROP TABLE body"),
    "an endless view for the journal": instead(
        "journal",
        f"CREATE VIEW journal AS {ENDLESS} count(*) AS desk, x AS key, x AS size, "
        "x AS root, x AS at, x AS signature, x AS lead FROM n",
    ),
    "an endless view for the bodies": instead(
        "body",
        f"CREATE VIEW body AS {ENDLESS} max(x) AS number, 'open' AS form, x'00' AS body, "
        "x'00' AS stub FROM n",
    ),
    "a view for the chain": instead("chain", "CREATE VIEW chain AS SELECT * FROM was_chain"),
    "a trigger that deletes": sql(
        "CREATE TRIGGER t AFTER UPDATE ON journal BEGIN DELETE FROM chain; END"
    ),
    "a trigger that goes on for ever": sql(
        "CREATE TRIGGER t BEFORE INSERT ON chain BEGIN INSERT INTO body SELECT x, 'open', x'', x''"
        " FROM (WITH RECURSIVE n(x) AS (SELECT 99 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n);"
        " END"
    ),
    "one more table": sql("CREATE TABLE more(x)"),
    "a deep index": sql("CREATE INDEX deep ON chain(" + "abs(" * 20 + "number" + ")" * 20 + ")"),
    "a column that is reckoned": instead(
        "body",
        "CREATE TABLE body (number INTEGER PRIMARY KEY, form TEXT, body BLOB, stub BLOB AS "
        "(zeroblob(900000000)))",
    ),
    "tables without types": weak("journal", "UPDATE journal SET size = 'many'"),
    "a label that is no text": weak("chain", "UPDATE chain SET label = x'ff00' WHERE number = 3"),
    "a label that is a number": weak("chain", "UPDATE chain SET label = 1e999 WHERE number = 3"),
    "a link that is NULL": weak("chain", "UPDATE chain SET link = NULL WHERE number = 2"),
    "two journals in one": weak("journal", "INSERT INTO journal SELECT * FROM journal"),
    "a desk that climbs": sql("UPDATE journal SET desk = '../outside/keys'"),
    "a desk with a root": sql("UPDATE journal SET desk = '/etc'"),
    "a desk of a million letters": sql("UPDATE journal SET desk = printf('%.1000000c', 'a')"),
    "a desk with a NUL": sql("UPDATE journal SET desk = 'a' || char(0) || 'b'"),
    "a desk of no letters": sql("UPDATE journal SET desk = ''"),
    "a short key": sql("UPDATE journal SET key = x'0102'"),
    "another key": sql(f"UPDATE journal SET key = x'{'ab' * 32}'"),
    "less than nothing": sql("UPDATE journal SET size = -1"),
    "more than there is": sql(f"UPDATE journal SET size = {2**62}"),
    "one entry less": sql("UPDATE journal SET size = size - 1"),
    "a head at the end of time": sql(f"UPDATE journal SET at = {2**63 - 1}"),
    "a head before time": sql("UPDATE journal SET at = -1"),
    "a short root": sql("UPDATE journal SET root = x'00'"),
    "another root": sql("UPDATE journal SET root = zeroblob(32)"),
    "no signature": sql("UPDATE journal SET signature = x''"),
    "an entry without a body": sql("DELETE FROM body WHERE number = 2"),
    "no entries": sql("DELETE FROM chain", "DELETE FROM body"),
    "a changed link": sql("UPDATE chain SET link = zeroblob(32) WHERE number = 3"),
    "a changed commitment": sql("UPDATE chain SET commitment = x'00' WHERE number = 3"),
    "a changed label": sql("UPDATE chain SET label = '../../x' WHERE number = 3"),
    "a label of a million letters": sql("UPDATE chain SET label = printf('%.1000000c', 'a')"),
    "a body of a hundred million zeros": sql(
        "UPDATE body SET body = zeroblob(100000000) WHERE number = 1"
    ),
    "a form of nobody knows what": sql("UPDATE body SET form = 'ajar' WHERE number = 1"),
    "bodies changed about": sql(
        "UPDATE body SET number = -1 WHERE number = 1",
        "UPDATE body SET number = 1 WHERE number = 2",
        "UPDATE body SET number = 2 WHERE number = -1",
    ),
    "an open body that is sealed": sql("UPDATE body SET form = 'sealed' WHERE number = 1"),
    "a folder": another(lambda path: path.mkdir()),
    "a pipe": another(os.mkfifo),
    "a link to zeros": another(link("/dev/zero")),
    "a link to itself": another(link("desk.sqlite")),
    "a link to nothing": another(link("../../outside/none/desk.sqlite")),
    "a log that is a link out": beside("-wal", link("../../outside/secret")),
    "a log that will be outside": beside("-wal", link("../../outside/new")),
    "a log that is a pipe": beside("-wal", os.mkfifo),
    "a log that is a folder": beside("-wal", lambda path: path.mkdir()),
    "a log's index that is a link out": beside("-shm", link("../../outside/secret")),
    "a rollback journal that is a link out": beside("-journal", link("../../outside/secret")),
    "a rollback journal that names a file": beside("-journal", _rolled_back),
    "a lock that is a link out": beside(".lock", link("../../outside/secret")),
    "a lock that is a pipe": beside(".lock", os.mkfifo),
    "a lock that is a folder": beside(".lock", lambda path: path.mkdir()),
}


STEERS = {name for name in DAMAGED if "that is a" in name or "that names" in name} | {
    *("a trigger that deletes", "a trigger that goes on for ever", "a desk that climbs"),
}


def _others(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE moz_places(url)")
    db.close()


def _named(make: Make) -> Make:
    """The store as a journal that the book names."""

    def lay(box: Path) -> None:
        words = BOOK.replace("book:\n", "book:\n  journals: [desk.sqlite]\n", 1)
        (box / "book" / "book.yaml").write_text(words)
        make(box)

    return lay


WELL = {"all but a byte of a page": (0, 0, 0), "one more table": (0, 0, 0)}
"""What does no harm."""
STATUS = WELL | {
    "no bytes": (2, 2, 1),
    "a desk that climbs": (2, 2, 1),
    "a desk with a root": (2, 2, 1),
    "a desk of a million letters": (2, 2, 1),
    "a desk with a NUL": (2, 2, 1),
    "a desk of no letters": (2, 2, 1),
    "a head at the end of time": (1, 1, 0),
    "no signature": (1, 1, 0),
    "an open body that is sealed": (1, 1, 0),
    "a link to itself": (2, 2, 1),
    "a link to nothing": (2, 2, 1),
    "a lock that is a link out": (0, 1, 0),
    "a lock that is a pipe": (0, 0, 0),
    "a lock that is a folder": (0, 1, 0),
}
"""Exit status where it is not 1: looked at, written to, in a book that asks for no keys."""
ALL: dict[str, Case] = {}
for _place, (_name, _make) in enumerate(DAMAGED.items()):
    _look, _write, _read = STATUS.get(_name, (1, 1, 1))
    _cases = {
        "looked at": Case(LOOK, _look, "desk" if _look else "", _make),
        "written to": Case(WRITE, _write, "desk" if _write else "", _make),
        "in a book": Case(READ, _read, "book.yaml:2" if _read else "", _named(_make), printed=True),
    }
    for _turn, (_how, _case) in enumerate(_cases.items()):
        # What steers SQLite when it writes is always written to; the rest takes turns.
        if WHOLE or (_how == "written to" if _name in STEERS else _place % 3 == _turn):
            ALL[f"a store, {_name}, {_how}"] = _case
