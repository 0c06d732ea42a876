"""A rehearsal writes a real journal: a store, its export that proves itself, practice keys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import offtake
from offtake.audit.verified import verify
from offtake.cli import app
from offtake.desk.say import say
from offtake.desk.wire import data_of
from offtake.journal.journal import Journal
from offtake.rehearse import Rehearsal
from offtake.rehearse.result import forget
from offtake.store.keyring import FolderKeyring
from offtake.store.sqlite import SqliteStore

from .stages import HEAD, OFFERS, rehearsed, right, write

BOOK = HEAD + OFFERS + right("{take: 30%, weight: 100%}", partial="{min: 100 chips}")
FILES = ("desk.sqlite", "journal.jsonl")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    return rehearsed(tmp_path_factory.mktemp("book"), BOOK)


def written(played: Rehearsal, out: Path) -> Path:
    out.mkdir()
    played.write(out)
    return out


def test_what_happened_is_what_the_journal_says(played: Rehearsal) -> None:
    entries = [json.loads(line)["event"] for line in played.journal[1:-1]]
    assert entries == [data_of(event) for event in played.events]


def test_the_journal_proves_itself(played: Rehearsal) -> None:
    assert played.verified.sound
    assert played.verified.size == len(played.events) > 10
    assert played.data()["verified"]["sound"] is True


def test_a_journal_in_which_a_figure_is_changed_does_not(played: Rehearsal) -> None:
    lines = [line.replace(b'"chips":"1000"', b'"chips":"1001"', 1) for line in played.journal]
    assert not verify(lines).sound


def test_the_store_and_its_keys_are_those_of_a_desk(played: Rehearsal, tmp_path: Path) -> None:
    out = written(played, tmp_path / "out")
    store = SqliteStore(out / "desk.sqlite", readonly=True)
    (keys,) = (out / "practice-keys").iterdir()
    about = store.about()
    assert about is not None
    assert keys.name == about.desk
    journal = Journal(about, FolderKeyring(keys))
    journal.load(store.read(), store.head())
    store.close()
    assert journal.size == len(played.events)
    assert sorted(journal.desk.agreements) == sorted(played.agreements["id"])


def test_the_export_in_the_folder_is_that_of_the_store(played: Rehearsal, tmp_path: Path) -> None:
    out = written(played, tmp_path / "out")
    assert (out / "journal.jsonl").read_bytes() == b"".join(played.journal)


def test_the_same_seed_writes_the_same_bytes(played: Rehearsal, tmp_path: Path) -> None:
    again = rehearsed(tmp_path / "book", BOOK)
    one, two = written(played, tmp_path / "one"), written(again, tmp_path / "two")
    for name in FILES:
        assert (one / name).read_bytes() == (two / name).read_bytes()
    other = written(rehearsed(tmp_path / "book", BOOK, seed=1), tmp_path / "three")
    assert (one / "journal.jsonl").read_bytes() != (other / "journal.jsonl").read_bytes()


def test_a_second_rehearsal_takes_the_place_of_the_first(played: Rehearsal, tmp_path: Path) -> None:
    out = written(played, tmp_path / "out")
    before = {name: (out / name).read_bytes() for name in FILES}
    (out / "desk.sqlite-wal").write_bytes(b"of an earlier file")
    played.write(out)
    assert {name: (out / name).read_bytes() for name in FILES} == before
    assert not list(out.glob(".*")) + list(out.glob("desk.sqlite-*"))


def test_a_rehearsal_that_is_forgotten_leaves_no_desk(played: Rehearsal, tmp_path: Path) -> None:
    out = written(played, tmp_path / "out")
    forget(out)
    assert [path.name for path in out.rglob("*") if path.is_file()] == []


def test_a_book_may_name_the_journal_of_its_rehearsal(played: Rehearsal, tmp_path: Path) -> None:
    text = BOOK.replace("  timezone:", "  journals: [desk.sqlite]\n  timezone:")
    out = written(played, tmp_path / "out")
    (out / "book.yaml").write_text(text)
    book = offtake.load(out).book.whole
    named = {name: book.agreements[name] for name in played.agreements["id"]}
    for row in played.agreements.iter_rows(named=True):
        found = named[row["id"]]
        assert (found.seller, found.signed, found.from_) == (
            row["seller"],
            row["signed"],
            row["start"],
        )
        assert found.deliveries[0].add == row["chips"]
        assert float(found.price.amount) == row["price"]


def test_the_commands_of_the_desk_read_it_with_its_practice_keys(
    played: Rehearsal, tmp_path: Path
) -> None:
    out = written(played, tmp_path / "out")
    folder = write(tmp_path / "book", BOOK)
    named = ["--desk", str(out / "desk.sqlite"), "--keys", str(out / "practice-keys")]
    found = CliRunner().invoke(app, ["tender", "log", str(folder), *named, "--json"])
    assert found.exit_code == 0
    told = [one["sentence"] for one in json.loads(found.output)["events"]]
    assert told == [say(event) for event in played.events]
