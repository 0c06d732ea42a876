"""Backups and restoring them: between all kinds of stores, in the midst of writing, and cut off."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from offtake.journal.entry import About, Entry, Form, Head, Kept
from offtake.store.base import Store, StoreError
from offtake.store.copying import check, copy
from offtake.store.crash import at_each
from offtake.store.memory import MemoryStore
from offtake.store.sqlite import SqliteStore
from store.media import ABOUT, KINDS, Medium, Rows, begun, in_memory, medium

OPEN, SEALED = Form.OPEN, Form.SEALED


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Medium]:
    made = medium(request.param, tmp_path, lambda: str(request.getfixturevalue("database")))
    yield made
    made.close()


@pytest.fixture(params=KINDS)
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Medium]:
    folder = tmp_path / "other"
    folder.mkdir()
    made = medium(request.param, folder, lambda: str(request.getfixturevalue("second_database")))
    yield made
    made.close()


def lived(store: Store, lead: int) -> Rows:
    """A journal of several batches, some of whose bodies are sealed, some erased."""
    rows = Rows()
    store.append(lead, rows.batch(OPEN, SEALED, OPEN))
    store.append(lead, rows.batch(*[OPEN] * 700))
    store.append(lead, rows.batch(SEALED, kept=(Kept(1, Form.ERASED, b""),), erases=True))
    return rows


def test_a_copy_is_equal_between_any_two_kinds(place: Medium, other: Medium) -> None:
    source, lead = begun(place)
    rows = lived(source, lead)
    target = other.open()
    assert copy(source, target) == len(rows.entries)
    assert list(target.read()) == rows.entries
    assert (target.about(), target.head()) == (ABOUT, rows.head())
    again = target.lead()
    target.append(again, rows.batch(OPEN))
    assert check(target) == len(rows.entries)


def test_a_journal_without_entries_can_be_copied_and_none_cannot(place: Medium) -> None:
    source = place.open()
    target = MemoryStore()
    with pytest.raises(StoreError, match=r"There is no journal to copy"):
        copy(source, target)
    source.begin(ABOUT)
    assert copy(source, target) == 0
    assert (target.about(), target.head()) == (ABOUT, None)


def test_nothing_is_restored_over_a_journal(place: Medium) -> None:
    source, lead = begun(in_memory())
    lived(source, lead)
    target, at = begun(place)
    rows = Rows()
    target.append(at, rows.batch(OPEN))
    with pytest.raises(StoreError, match=r"journal"):
        copy(source, target)
    assert list(target.read()) == rows.entries


# --- damage ---------------------------------------------------------------------------------------


def damaged(entries: list[Entry], head: Head | None, about: About = ABOUT) -> MemoryStore:
    store = MemoryStore()
    store.begin(about, entries, head)
    return store


@pytest.mark.parametrize("number", [0, 350, 699])
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"link": b"x" * 32}, "does not follow from those before it"),
        ({"label": "near"}, "does not follow from those before it"),
        ({"commitment": b"x" * 32}, "does not follow from those before it"),
        ({"number": 17}, "does not follow from those before it"),
        ({"body": b"another"}, "is not what was committed to"),
    ],
)
def test_a_damaged_entry_is_not_copied_and_is_named(
    place: Medium, number: int, changed: dict[str, object], said: str
) -> None:
    rows = Rows()
    head = rows.batch(*[OPEN] * 700).head
    rows.entries[number] = replace(rows.entries[number], **changed)
    target = place.open()
    with pytest.raises(StoreError, match=f"damaged: entry {number} {said}; restore a backup"):
        copy(damaged(rows.entries, head), target)
    assert (target.about(), target.size()) == (None, 0)


@pytest.mark.parametrize("form", [Form.ERASED, Form.OWN])
def test_a_bid_that_was_taken_out_is_not_copied(form: Form) -> None:
    """One statement to a database, and no key, can do it; the erasure must be in the journal."""
    rows = Rows()
    rows.batch(OPEN, SEALED, SEALED)
    head = rows.batch(SEALED, kept=(Kept(1, Form.ERASED, b""),), erases=True).head
    assert check(damaged(rows.entries, head)) == 5
    for until in (4, 3):
        missing = Rows()
        missing.batch(OPEN, SEALED, SEALED)
        head = missing.batch(SEALED, kept=(Kept(2, form, b""),), erases=until == 3).head
        if until == 3:
            head = missing.batch(SEALED, kept=(Kept(3, form, b""), Kept(5, form, b""))).head
        number = {4: 2, 3: 5}[until]
        with pytest.raises(StoreError, match=f"entry {number}: it is kept as {form}, and no later"):
            check(damaged(missing.entries, head))


def test_what_was_never_sealed_is_open() -> None:
    rows = Rows()
    head = rows.batch(OPEN, OPEN, kept=(Kept(1, Form.ERASED, b""),)).head
    with pytest.raises(StoreError, match="entry 1: it was under no seal, and is not open; restore"):
        check(damaged(rows.entries, head))


def test_an_erasure_that_cannot_be_read_is_damage() -> None:
    rows = Rows()
    made = rows._entry(OPEN, bytes(32) + b'{"type":"BidsErased"}')
    rows.entries.append(made)
    with pytest.raises(StoreError, match="damaged: entry 0: this is no event"):
        check(damaged(rows.entries, rows.head()))


def test_a_head_that_is_not_of_these_entries_is_not_copied() -> None:
    rows = Rows()
    old, head = rows.batch(OPEN, OPEN).head, rows.batch(OPEN).head
    wrong = {
        "its last head is not that of its entries": (
            old,
            None,
            replace(head, root=old.root),
            replace(head, size=4),
        ),
        "its last head is not signed by its desk": (
            replace(head, signature=old.signature),
            replace(head, at=head.at + 1),
        ),
    }
    for said, heads in wrong.items():
        for one in heads:
            with pytest.raises(StoreError, match=said):
                check(damaged(rows.entries, one))
    assert check(damaged(rows.entries, head)) == 3


def test_a_journal_under_another_name_is_not_copied() -> None:
    rows = Rows()
    head = rows.batch(OPEN).head
    with pytest.raises(StoreError, match="entry 0 does not follow"):
        check(damaged(rows.entries, head, About("6" * 32, ABOUT.key)))


# --- backups --------------------------------------------------------------------------------------


def test_a_backup_is_a_sqlite_file_that_restores_the_journal(place: Medium, tmp_path: Path) -> None:
    source, lead = begun(place)
    rows = lived(source, lead)
    to = tmp_path / "backups" / "monday.sqlite"
    to.parent.mkdir()
    assert source.backup(to) == len(rows.entries)
    assert list(to.parent.iterdir()) == [to]
    kept = SqliteStore(to, readonly=True)
    target = MemoryStore()
    assert copy(kept, target) == len(rows.entries)
    assert (list(target.read()), target.head()) == (rows.entries, rows.head())
    kept.close()


def test_a_backup_never_takes_the_place_of_a_file(place: Medium, tmp_path: Path) -> None:
    source, lead = begun(place)
    lived(source, lead)
    to = tmp_path / "kept.sqlite"
    to.write_text("precious")
    with pytest.raises(StoreError, match="is there already; name a file that is not"):
        source.backup(to)
    with pytest.raises(StoreError, match=r"The folder .*nowhere is not there; make it first\."):
        source.backup(tmp_path / "nowhere" / "b.sqlite")
    late = tmp_path / "late.sqlite"
    with (
        at_each(lambda name: late.write_text("precious") if name == "backup.half" else None),
        pytest.raises(StoreError, match="is there already"),
    ):
        source.backup(late)
    assert to.read_text() == late.read_text() == "precious"
    assert not list(tmp_path.glob("*.part*"))


def test_a_backup_of_a_damaged_journal_is_not_kept(place: Medium, tmp_path: Path) -> None:
    source = place.open()
    rows = Rows()
    head = rows.batch(OPEN, OPEN, OPEN).head
    rows.entries[1] = replace(rows.entries[1], body=b"another")
    source.begin(ABOUT, rows.entries, head)
    with pytest.raises(StoreError, match="entry 1 is not what was committed to"):
        source.backup(tmp_path / "b.sqlite")
    assert not list(tmp_path.glob("b.*"))


def test_a_backup_that_cannot_be_given_its_name_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    source, lead = begun(in_memory())
    lived(source, lead)
    monkeypatch.setattr("os.link", refused)
    with pytest.raises(
        StoreError, match=r"b\.sqlite could not be written: Operation not permitted"
    ):
        source.backup(tmp_path / "b.sqlite")
    assert not list(tmp_path.iterdir())


class Cut(BaseException):
    """The process ends here."""


def test_a_backup_cut_off_anywhere_leaves_no_backup(place: Medium, tmp_path: Path) -> None:
    source, lead = begun(place)
    rows = lived(source, lead)
    to = tmp_path / "b.sqlite"
    reached: list[str] = []

    def cut(name: str) -> None:
        if name not in reached:
            reached.append(name)
            raise Cut

    with at_each(cut):
        while not to.exists():
            try:
                source.backup(to)
            except Cut:
                assert not to.exists()
    assert "backup.half" in reached
    assert check(SqliteStore(to, readonly=True)) == len(rows.entries)


def test_what_an_earlier_backup_left_does_not_disturb_the_next(tmp_path: Path) -> None:
    source, lead = begun(in_memory())
    rows = lived(source, lead)
    for end in ("", "-wal", "-journal"):
        (tmp_path / f"b.sqlite.part{end}").write_text("half of something")
    assert source.backup(tmp_path / "b.sqlite") == len(rows.entries)
    assert [p.name for p in tmp_path.iterdir()] == ["b.sqlite"]


def test_a_backup_is_whole_while_another_thread_writes(place: Medium, tmp_path: Path) -> None:
    source, lead = begun(place)
    rows = Rows()
    source.append(lead, rows.batch(*[OPEN] * 3_000))
    ends, sizes = threading.Event(), []

    def back_up() -> None:
        for number in range(3):
            sizes.append(source.backup(tmp_path / f"{number}.sqlite"))
        ends.set()

    writing = threading.Thread(target=back_up)
    writing.start()
    while not ends.is_set():
        source.append(lead, rows.batch(OPEN, OPEN))
    writing.join()
    assert 3_000 <= sizes[0] <= sizes[1] <= sizes[2] <= len(rows.entries)
    assert sizes[2] > 3_000, "something was written meanwhile"
    for number, size in enumerate(sizes):
        kept = SqliteStore(tmp_path / f"{number}.sqlite", readonly=True)
        assert list(kept.read()) == rows.entries[:size]
        kept.close()
