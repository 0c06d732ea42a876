"""Journals that cannot be believed, and what in them does not fit the book: faults, in place."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import pytest
from msgspec import structs

from offtake.book.faults import Fault
from offtake.clauses.registry import kinds
from offtake.desk import events as ev
from offtake.journal.entry import Batch
from offtake.signed.pull import pulled
from offtake.signed.source import SourceError, of_lines
from offtake.store.sqlite import SqliteStore

from .desks import (
    BOOK,
    PLAIN,
    SOLD,
    at,
    book,
    codes,
    entries,
    head_of,
    opened,
    reading,
    signed,
    store,
    text,
)

EARNED = ("journal-broken", "journal-later", "journal-taken", "journal-drift", "journal-offer")
"""Codes that no book without a journal earns; test_signed_pull.py has the drift."""
TEXT = BOOK.replace("desk.sqlite", "out.jsonl")
LINE = 6


def faults(folder: Path) -> tuple[Fault, ...]:
    found = reading(folder)
    assert found.book is None
    return tuple(f for f in found.faults if f.severity == "fault")


def exported(folder: Path, content: bytes) -> Path:
    book(folder, words=TEXT)
    (folder / "out.jsonl").write_bytes(content)
    return folder


# --- a journal that cannot be believed --------------------------------------------------------


def flipped(content: bytes) -> bytes:
    return content.replace(b'"chips":"1000"', b'"chips":"1001"', 1)


def swapped(content: bytes) -> bytes:
    first, one, two, *rest = content.splitlines(keepends=True)
    return b"".join([first, two, one, *rest])


def without(number: int) -> Callable[[bytes], bytes]:
    def left(content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        return b"".join(lines[:number] + lines[number + 1 :])

    return left


BROKEN: dict[str, tuple[Callable[[bytes], bytes], str, str]] = {
    "a figure is changed": (flipped, "journal-broken", "at entry 0: what it says is not what was"),
    "two lines change places": (swapped, "journal-broken", "at entry 0: it is not written as"),
    "a line is gone": (without(2), "journal-broken", "at entry 1: it is not written as"),
    "the last entry is gone": (without(3), "journal-broken", "its head is not over the 2 entries"),
    "the head is gone": (without(4), "journal-broken", "it ends without a head"),
    "it is empty": (lambda _: b"", "journal-broken", "it is empty"),
    "it is something else": (lambda _: b"{}\n", "journal-broken", "its line is no journal"),
    "it is no text": (lambda _: b"\xff\x00\n", "journal-broken", "its line is no journal"),
    "something follows": (lambda c: c + b"{}\n", "journal-broken", "something follows its head"),
    "a head over fewer": (
        lambda c: c.replace(b'"size":"3"', b'"size":"2"'),
        "journal-broken",
        "its head is not over the 3 entries",
    ),
    "a later form": (
        lambda c: c.replace(b'"format":"1"', b'"format":"2"'),
        "journal-later",
        "a later version",
    ),
    "another key": (
        lambda c: c.replace(b'"key":"00', b'"key":"01'),
        "journal-broken",
        "its head is not over",
    ),
}


@pytest.mark.parametrize("line", [0, 1])
def test_half_a_character_in_a_name_is_told_in_one_sentence(line: int) -> None:
    lines = [
        b'{"desk":"5e","format":"1","key":"%s","type":"Journal"}\n' % (b"5e" * 32),
        b'{"commitment":"%s","event":null,"label":"","number":"0","salt":null}\n' % (b"5e" * 32),
    ]
    for name in (b'"desk":"', b'"label":"'):
        lines[line] = lines[line].replace(name, name + rb"\ud800")
    with pytest.raises(SourceError):
        of_lines(lines)


@pytest.mark.parametrize("name", BROKEN)
def test_an_exported_journal_that_was_changed_is_not_believed(name: str, tmp_path: Path) -> None:
    change, code, words = BROKEN[name]
    content = text(SOLD)
    changed = change(content)
    assert changed != content
    (fault,) = faults(exported(tmp_path, changed))
    assert (str(fault.place), fault.code) == (f"book.yaml:{LINE - 1}:14", code)
    assert words in fault.sentence
    assert fault.hint


@pytest.mark.parametrize("number", range(len(SOLD)))
def test_a_store_in_which_a_byte_was_changed_is_not_believed(number: int, tmp_path: Path) -> None:
    folder = book(tmp_path)
    body = entries(SOLD)[number].body
    db = apsw.Connection(str(folder / "desk.sqlite"))
    changed = body[:-3] + bytes([body[-3] ^ 1]) + body[-2:]
    db.execute("UPDATE body SET body = ? WHERE number = ?", (changed, number))
    db.close()
    (fault,) = faults(folder)
    assert fault.code == "journal-broken"
    assert f"at entry {number}: what it says is not what was committed to" in fault.sentence


def test_a_link_that_was_changed_is_named(tmp_path: Path) -> None:
    folder = book(tmp_path)
    db = apsw.Connection(str(folder / "desk.sqlite"))
    db.execute("UPDATE chain SET link = zeroblob(32) WHERE number = 1")
    db.close()
    (fault,) = faults(folder)
    assert "at entry 1: it does not follow the entry before it" in fault.sentence


def test_a_store_of_a_later_version_says_so(tmp_path: Path) -> None:
    folder = book(tmp_path)
    db = apsw.Connection(str(folder / "desk.sqlite"))
    db.pragma("user_version", 1_000_000)
    db.close()
    assert [f.code for f in faults(folder)] == ["journal-later"]


def test_a_file_that_is_no_store_is_not_believed(tmp_path: Path) -> None:
    folder = book(tmp_path)
    (folder / "desk.sqlite").write_text("nothing")
    assert [f.code for f in faults(folder)] == ["journal-broken"]


def test_nothing_is_left_beside_a_store_that_was_read(tmp_path: Path) -> None:
    folder = book(tmp_path)
    before = sorted(os.listdir(folder))
    assert reading(folder).book is not None
    assert sorted(os.listdir(folder)) == before


def test_a_store_is_read_as_it_is_while_it_is_written(tmp_path: Path) -> None:
    folder = book(tmp_path)
    found = entries((*SOLD, signed("second")))
    desk = SqliteStore(folder / "desk.sqlite")
    desk.append(desk.lead(), Batch(found[3:], head_of(found)))
    try:
        assert "second" in reading(folder).required().whole.agreements
    finally:
        desk.close()


def unlikely(**words: Any) -> ev.Event:
    return structs.replace(signed(offer=""), **words)


LONG, BACK = (structs.replace(PLAIN, months=months) for months in (10**12, -(10**6)))
NEVER: dict[str, tuple[ev.Event, ...]] = {
    "signed in no tender": (signed(),),
    "for months without end": (opened(), unlikely(terms=LONG)),
    "for less than no time": (opened(), unlikely(terms=BACK)),
}


@pytest.mark.parametrize("name", NEVER)
def test_what_no_desk_wrote_is_a_fault_though_its_chain_holds(name: str, tmp_path: Path) -> None:
    assert [f.code for f in faults(book(tmp_path, *NEVER[name]))] == ["journal-broken"]


def test_a_name_that_leads_out_of_the_folder_is_not_pulled(tmp_path: Path) -> None:
    folder = book(tmp_path / "book", opened(), signed("../../out"))
    assert {f.code for f in faults(folder)} == {"bad-id"}
    found = pulled(folder, kinds())
    assert (found.files, [f.code for f in found.faults]) == ((), ["bad-id"])


# --- where it may lie -------------------------------------------------------------------------

NAMES = {
    "desk.sqlit": ("no-file", "did you mean desk.sqlite?"),
    "other.jsonl": ("no-file", "the first tender of its desk makes it"),
    "../desk.sqlite": ("path-outside", ""),
    "/srv/desk.sqlite": ("path-outside", ""),
    "book.yaml": ("journal-broken", ""),
    "desk.sqlite, desk.sqlite": ("included-twice", ""),
    "linked.sqlite": ("path-outside", ""),
    "folder.sqlite": ("not-a-file", ""),
    "behind/desk.sqlite": ("path-outside", ""),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_journal_is_a_file_of_the_book_itself(name: str, tmp_path: Path) -> None:
    code, hint = NAMES[name]
    folder = book(tmp_path / "book", words=BOOK.replace("desk.sqlite", name))
    (folder / "linked.sqlite").symlink_to(folder / "desk.sqlite")
    (folder / "folder.sqlite").mkdir()
    (tmp_path / "away").mkdir()
    (folder / "behind").symlink_to(tmp_path / "away")
    store(tmp_path / "away" / "desk.sqlite", SOLD)
    (fault,) = faults(folder)
    assert (fault.code, fault.place.file, fault.place.line) == (code, "book.yaml", LINE - 1) or (
        name == "book.yaml" and fault.code == "included-twice"
    )
    assert hint in fault.hint


def test_a_log_beside_a_store_that_is_a_link_is_not_read(tmp_path: Path) -> None:
    folder = book(tmp_path)
    (folder / "desk.sqlite-wal").symlink_to("/etc/passwd")
    assert [f.code for f in faults(folder)] == ["path-outside"]


# --- what does not fit the book ---------------------------------------------------------------


def test_an_id_that_the_book_has_is_a_fault_at_both_places(tmp_path: Path) -> None:
    folder = book(tmp_path, opened(), signed("cloud-2025"))
    found = [f for f in reading(folder).faults if f.severity == "fault"]
    assert [(str(f.place), f.code) for f in found] == [("desk.sqlite:1:1", "journal-taken")]
    assert "book.yaml:13" in found[0].hint


def test_two_journals_with_one_id_are_told_apart(tmp_path: Path) -> None:
    folder = book(tmp_path, words=BOOK.replace("[desk.sqlite]", "[desk.sqlite, more.sqlite]"))
    store(folder / "more.sqlite", SOLD)
    found = [f for f in reading(folder).faults if f.severity == "fault"]
    assert [(str(f.place), f.code) for f in found] == [("more.sqlite:2:1", "journal-taken")]


def test_a_party_that_the_book_does_not_know_is_a_fault_at_the_entry(tmp_path: Path) -> None:
    folder = book(tmp_path, opened(), signed(party="neon", offer=""))
    (fault,) = faults(folder)
    assert (str(fault.place), fault.code) == ("desk.sqlite:1:1", "unknown-party")
    assert fault.hint == "did you mean neo?"


def test_a_chip_that_the_book_does_not_know_is_a_fault_at_the_entry(tmp_path: Path) -> None:
    (fault,) = faults(book(tmp_path, opened(chip="h1000"), signed(offer="")))
    assert (str(fault.place), fault.code) == ("desk.sqlite:1:1", "unknown-chip")


def test_what_a_missing_journal_may_hold_is_not_said_to_be_unknown(tmp_path: Path) -> None:
    more = "amendments:\n- {of: neo-24-2026-06, on: 2027-01-01}\n"
    folder = book(tmp_path, words=TEXT + more)
    (folder / "out.jsonl").write_bytes(b"")
    assert [f.code for f in faults(folder)] == ["journal-broken"]


# --- quick, and only where it is asked for ----------------------------------------------------


def test_ten_thousand_events_add_well_under_a_second(tmp_path: Path) -> None:
    folder = book(tmp_path)
    reading(folder)

    def seconds() -> float:
        begun = time.process_time()
        assert codes(reading(folder)) == []
        return time.process_time() - begun

    few = min(seconds() for _ in range(3))
    said = [
        ev.Declared(at=at(700), party="neo", chip="h100", region="uk", chips=n, upstream=None)
        for n in range(10_000)
    ]
    store(folder / "desk.sqlite", (*SOLD, *said))
    assert min(seconds() for _ in range(3)) - few < 0.5


def test_a_book_without_journals_loads_neither_desk_nor_store(tmp_path: Path) -> None:
    folder = book(tmp_path, words=BOOK.replace("  journals: [desk.sqlite]\n", ""))
    code = (
        "import sys\nfrom offtake.cli import main\n"
        f"sys.argv = ['offtake', 'check', {str(folder)!r}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "offtake.book" in loaded
    assert not {"apsw", "cryptography", "offtake.desk", "offtake.store", "offtake.journal"} & loaded
