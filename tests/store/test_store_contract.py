"""What every store does: one suite for memory, SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from offtake.journal.entry import About, Batch, Form, Kept
from offtake.store.base import BusyError, FencedError, StoreError
from offtake.store.copying import check, copy
from offtake.store.crash import at_each
from store.media import ABOUT, KINDS, Medium, Rows, begun, in_memory, medium

OPEN, SEALED = Form.OPEN, Form.SEALED


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Medium]:
    def dsn() -> str:
        found: str = request.getfixturevalue("database")
        return found

    made = medium(request.param, tmp_path, dsn)
    yield made
    made.close()


def test_a_new_store_has_no_journal(place: Medium) -> None:
    store = place.open()
    assert (store.about(), store.size(), store.head(), list(store.read())) == (None, 0, None, [])


def test_a_journal_begins_once_and_says_who_it_is(place: Medium) -> None:
    store = place.open()
    store.begin(ABOUT)
    assert (store.about(), store.size(), store.head()) == (ABOUT, 0, None)
    with pytest.raises(StoreError, match="journal"):
        store.begin(About("6" * 32, b"k" * 32))
    assert place.open().about() == ABOUT


def test_what_was_appended_is_read_again_byte_for_byte(place: Medium) -> None:
    store, lead = begun(place)
    rows = Rows()
    for forms in ((OPEN,), (OPEN, SEALED, OPEN), (SEALED,), (OPEN,) * 70):
        store.append(lead, rows.batch(*forms))
    store.append(lead, rows.batch(OPEN, size=200_000))
    for reader in (store, place.open(), place.read()):
        assert list(reader.read()) == rows.entries
        assert (reader.size(), reader.head()) == (len(rows.entries), rows.head())


def test_any_piece_can_be_read(place: Medium) -> None:
    store, lead = begun(place)
    rows = Rows()
    store.append(lead, rows.batch(*[OPEN] * 1_200))
    for start, stop in ((0, 0), (0, 1), (511, 513), (1_199, None), (600, 9_999), (1_200, None)):
        assert list(store.read(start, stop)) == rows.entries[start:stop]


def test_bodies_change_their_form_and_the_chain_stays(place: Medium) -> None:
    store, lead = begun(place)
    rows = Rows()
    store.append(lead, rows.batch(OPEN, SEALED, SEALED, SEALED))
    kept = (Kept(1, Form.ERASED, b""), Kept(3, Form.OWN, b"o" * 5_000))
    store.append(lead, rows.batch(OPEN, kept=kept))
    store.append(lead, rows.batch(kept=(Kept(2, Form.OPEN, b"x"),)))
    assert list(store.read()) == rows.entries
    assert [e.form for e in rows.entries] == [OPEN, Form.ERASED, OPEN, Form.OWN, OPEN]
    assert store.head() == rows.head()


def test_a_body_that_is_not_there_cannot_change_and_nothing_is_written(place: Medium) -> None:
    store, lead = begun(place)
    rows = Rows()
    store.append(lead, rows.batch(OPEN))
    before = list(store.read()), store.head()
    next_one = rows.batch(OPEN)
    kept = (Kept(0, OPEN, b"new"), Kept(7, OPEN, b"new"))
    with pytest.raises(FencedError, match="not all of the entries are there"):
        store.append(lead, Batch(next_one.entries, next_one.head, kept))
    assert (list(store.read()), store.head()) == before


def test_an_erased_body_can_change_in_the_batch_that_brought_it(place: Medium) -> None:
    store, lead = begun(place)
    rows = Rows()
    store.append(lead, rows.batch(OPEN))
    store.append(lead, rows.batch(SEALED, OPEN, kept=(Kept(1, Form.ERASED, b""),)))
    assert list(store.read())[1].body == b""


def test_a_batch_goes_on_where_the_journal_ends_or_is_refused(place: Medium) -> None:
    store, lead = begun(place)
    rows = Rows()
    first, second, third = rows.batches(3)
    store.append(lead, first)
    for wrong in (first, third, Batch((*second.entries, *first.entries), second.head)):
        with pytest.raises(FencedError):
            store.append(lead, wrong)
    assert store.size() == 1
    store.append(lead, second)
    store.append(lead, third)
    assert list(store.read()) == rows.entries


def test_a_journal_that_has_not_begun_has_no_leader(place: Medium) -> None:
    with pytest.raises(StoreError, match="journal"):
        place.open().lead()


def test_there_is_one_leader_and_the_next_has_a_higher_number(place: Medium) -> None:
    store, lead = begun(place)
    other = place.open()
    with pytest.raises(BusyError, match=r"end it first|end that first|close it first"):
        other.lead()
    store.close()
    assert other.lead() > lead


def test_who_waits_for_the_lead_has_it_when_it_is_free(place: Medium) -> None:
    store, lead = begun(place)
    other = place.open()
    with pytest.raises(BusyError):
        other.lead(wait=0.1)
    ending = threading.Timer(0.2, store.close)
    ending.start()
    try:
        assert other.lead(wait=20.0) == lead + 1
    finally:
        ending.join()


def test_an_old_lead_is_fenced_out(place: Medium) -> None:
    store, old = begun(place)
    rows = Rows()
    batch = rows.batch(OPEN)
    new = store.lead()
    assert new == old + 1
    with pytest.raises(FencedError, match="another sequencer leads"):
        store.append(old, batch)
    assert store.size() == 0
    store.append(new, batch)
    assert list(store.read()) == rows.entries


def test_a_snapshot_stays_as_it_was_while_the_journal_goes_on(place: Medium) -> None:
    store, lead = begun(place)
    rows = Rows()
    store.append(lead, rows.batch(OPEN, SEALED, OPEN))
    then, head = list(rows.entries), rows.head()
    with store.snapshot() as still:
        store.append(lead, rows.batch(OPEN, kept=(Kept(1, Form.ERASED, b""),)))
        assert (list(still.read()), still.head(), still.size()) == (then, head, 3)
        assert still.about() == ABOUT
    assert list(store.read()) == rows.entries


def test_a_snapshot_is_read_by_another_thread_while_this_one_writes(place: Medium) -> None:
    store, lead = begun(place)
    rows = Rows()
    store.append(lead, rows.batch(*[OPEN] * 2_000))
    sizes: list[int] = []
    with store.snapshot() as still:
        reading = threading.Thread(target=lambda: sizes.append(check(still)))
        reading.start()
        for batch in rows.batches(20, 8):
            store.append(lead, batch)
        reading.join()
    assert sizes == [2_000]
    assert check(store) == 2_160


def test_a_store_that_is_read_only_writes_nothing(place: Medium) -> None:
    store, lead = begun(place)
    batch = Rows().batch(OPEN)
    with store.snapshot() as still:
        for reader in (place.read(), still):
            with pytest.raises(StoreError, match="read only"):
                reader.begin(ABOUT)
            with pytest.raises(StoreError, match="read only"):
                reader.lead()
            with pytest.raises(StoreError, match="read only"):
                reader.append(lead, batch)
    store.append(lead, batch)


class Cut(BaseException):
    """The process ends here."""


def test_a_process_that_ends_in_the_middle_leaves_all_of_a_batch_or_nothing(place: Medium) -> None:
    store, lead = begun(place)
    rows = Rows()
    store.append(lead, rows.batch(OPEN, SEALED, OPEN))
    before = list(rows.entries)
    batch = rows.batch(OPEN, OPEN, kept=(Kept(1, Form.ERASED, b""),))
    reached: list[str] = []

    def cut(name: str) -> None:
        if name not in reached:
            reached.append(name)
            raise Cut

    with at_each(cut):
        while True:
            try:
                store.append(lead, batch)
            except Cut:
                assert list(place.open().read()) == before
            else:
                break
    assert "store.mid_append" in reached
    assert list(place.open().read()) == rows.entries


def test_a_copy_that_ends_in_the_middle_leaves_nothing(place: Medium) -> None:
    source, lead = begun(in_memory())
    rows = Rows()
    source.append(lead, rows.batch(*[OPEN] * 1_100))
    reached: list[str] = []

    def cut(name: str) -> None:
        reached.append(name)
        if len(reached) in (1, 3):
            raise Cut

    target = place.open()
    for _ in range(2):
        with at_each(cut), pytest.raises(Cut):
            copy(source, target)
        assert (target.about(), target.size()) == (None, 0)
    assert copy(source, target) == 1_100
    assert list(target.read()) == rows.entries
