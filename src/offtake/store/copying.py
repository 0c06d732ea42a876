"""Copies of a journal from one store into another: backups and restoring them.

On the way every link and the root are computed again, every body that lies open is held against its
commitment, and the last head against its signature; no entry lies open, or is gone, of which no
erasure says so. No copy is made of a damaged journal.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from offtake.desk.events import BidsErased
from offtake.desk.wire import WireError, event_from
from offtake.journal import chain
from offtake.journal.chain import BrokenJournalError
from offtake.journal.entry import About, Entry, Form
from offtake.journal.erasure import Unsealed
from offtake.journal.seals import SALT
from offtake.journal.signed import head_holds
from offtake.journal.tree import Tree
from offtake.store.base import Store, StoreError
from offtake.store.crash import crash_point

_ERASED = b'"type":"BidsErased"'


def copy(source: Store, target: Store) -> int:
    """Copy a whole journal into a store where none has begun; its size.

    All of it or nothing: what is wrong on the way is a `StoreError`, and the target stays empty.
    """
    with source.snapshot() as still:
        about, head = _about(still), still.head()
        target.begin(about, checked(still), head)
        return 0 if head is None else head.size


def check(store: Store) -> int:
    """Read a whole journal and check it as `copy` does; its size."""
    return sum(1 for _ in checked(store))


def checked(store: Store) -> Iterator[Entry]:
    """All entries of a store, each checked when it is handed out; the head at the end."""
    about, head = _about(store), store.head()
    before, tree, number, unsealed = chain.origin(about), Tree(), 0, Unsealed()
    for number, entry in enumerate(store.read(), start=1):
        follows = chain.link(before, entry.commitment, entry.label)
        if entry.number != number - 1 or entry.link != follows:
            raise _broken(f"entry {number - 1} does not follow from those before it")
        if entry.form is Form.OPEN and sha256(entry.body).digest() != entry.commitment:
            raise _broken(f"entry {number - 1} is not what was committed to")
        _unsealed(unsealed, entry)
        before = follows
        tree.append(follows)
        yield entry
    if head is None and number == 0:
        return
    _unsealed(unsealed)
    if head is None or head.size != number or head.root != tree.root():
        raise _broken("its last head is not that of its entries")
    if not head_holds(about, head):
        raise _broken("its last head is not signed by its desk")


def _unsealed(found: Unsealed, entry: Entry | None = None) -> None:
    """Note one more entry; without one, the end. A sealed event is not read for it."""
    try:
        if entry is None:
            found.end()
        elif entry.label or entry.form is not Form.OPEN:
            if entry.form is not Form.SEALED:
                found.add(entry)
        elif _ERASED in entry.body and isinstance(
            event := event_from(entry.body[SALT:]), BidsErased
        ):
            found.erase(event)
    except BrokenJournalError as error:
        raise _broken(str(error)) from None
    except WireError as error:
        assert entry is not None
        raise _broken(f"entry {entry.number}: {error}") from None


def to_file(source: Store, to: Path) -> int:
    """Copy a journal into a new SQLite file, whole or not at all; its size."""
    from offtake.store.sqlite import SqliteStore

    with unfinished(to) as part:
        target = SqliteStore(part)
        try:
            copy(source, target)
        finally:
            target.close()
        return publish(part, to)


@contextmanager
def unfinished(to: Path) -> Iterator[Path]:
    """A name beside `to` for a file in the making; what is left of it at the end is removed."""
    if to.exists():
        raise StoreError(f"{to} is there already; name a file that is not.")
    if not to.parent.is_dir():
        raise StoreError(f"The folder {to.parent} is not there; make it first.")
    part = to.with_name(to.name + ".part")
    _remove(part)
    try:
        yield part
    finally:
        _remove(part)


def publish(part: Path, to: Path) -> int:
    """Check a finished SQLite file and give it its name, never in place of another; its size."""
    from offtake.store.sqlite import SqliteStore

    if part.with_name(part.name + "-wal").exists():
        raise StoreError(f"{part} could not be written whole; is the disk full?")
    written = SqliteStore(part, readonly=True)
    try:
        size = check(written)
    finally:
        written.close()
    try:
        sync(part)
        crash_point("backup.half")
        os.link(part, to)
        sync(to.parent)
    except FileExistsError:
        raise StoreError(f"{to} is there already; name a file that is not.") from None
    except OSError as error:
        raise StoreError(f"{to} could not be written: {error.strerror}.") from error
    return size


def sync(path: Path) -> None:
    """Have the disk hold a file, or the names in a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(part: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        part.with_name(part.name + end).unlink(missing_ok=True)


def _about(store: Store) -> About:
    about = store.about()
    if about is None:
        raise StoreError("There is no journal to copy: none has begun in this store.")
    return about


def _broken(what: str) -> StoreError:
    return StoreError(f"The journal is damaged: {what}; restore a backup.")
