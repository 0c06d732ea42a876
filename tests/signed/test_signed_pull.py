"""`offtake book pull`: agreements of journals as files; what drifts from its journal is a fault."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from offtake.clauses.registry import kinds
from offtake.cli import app
from offtake.signed.pull import NotPulledError, Pull, pulled

from .desks import (
    BOOK,
    LUMPS,
    SOLD,
    book,
    codes,
    failed,
    lapsed,
    named,
    opened,
    reading,
    signed,
    store,
)

NAME = "neo-24-2026-06"
FILE = f"signed/{NAME}.yaml"
ENTRY = named(2, SOLD)
INCLUDED = BOOK.replace("  journals:", "  include: [signed/_all.yaml]\n  journals:")


def pull(folder: Path) -> Pull:
    return pulled(folder, kinds())


def included(folder: Path) -> Path:
    """A book that was pulled, and includes what was."""
    book(folder)
    pull(folder).write()
    (folder / "book.yaml").write_text(INCLUDED)
    return folder


def states(found: Pull) -> dict[str, str]:
    return {file.name: file.state for file in found.files}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def run(*arguments: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, [*arguments])
    return found.exit_code, found.output


# --- what is written --------------------------------------------------------------------------


def test_a_file_says_that_it_is_written_and_of_which_entry(tmp_path: Path) -> None:
    book(tmp_path)
    (file, _) = pull(tmp_path).files
    first, second, *_ = file.text.splitlines()
    assert first.startswith(f"# Written by offtake book pull from {ENTRY}; root of ")
    assert len(first.rpartition(" ")[2]) == 64
    assert "sha256 of what follows" in second
    assert (file.name, file.entry) == (FILE, ENTRY)


def test_pulled_and_included_each_agreement_is_there_once(tmp_path: Path) -> None:
    alone = reading(book(tmp_path / "a")).required()
    both = reading(included(tmp_path / "b"))
    assert codes(both) == []
    found = both.required().whole.agreements
    assert list(found) == ["cloud-2025", NAME]
    assert found[NAME].model_dump() == alone.whole.agreements[NAME].model_dump()
    assert str(found[NAME].place) == "desk.sqlite:2:1"


@pytest.mark.parametrize(
    "happened",
    [
        (opened(), lapsed(), signed(terms=LUMPS)),
        (opened(), lapsed(), signed(terms=LUMPS, offer="")),
        (*SOLD, failed(24 * 300)),
        (opened(cause="a: b, 'c' #d"), lapsed(), signed(via=("cloud",))),
    ],
)
def test_whatever_was_signed_reads_back_as_it_was(tmp_path: Path, happened: tuple[object]) -> None:
    folder = included(tmp_path)
    store(folder / "desk.sqlite", happened)  # type: ignore[arg-type]
    pull(folder).write()
    assert codes(reading(folder)) == []


def test_without_the_journal_the_files_are_the_agreements(tmp_path: Path) -> None:
    folder = included(tmp_path)
    (folder / "desk.sqlite").unlink()
    (folder / "book.yaml").write_text(INCLUDED.replace("  journals: [desk.sqlite]\n", ""))
    found = reading(folder).required().whole.agreements[NAME]
    assert (found.entry, found.place.file) == (ENTRY, FILE)


def test_a_second_pull_changes_nothing(tmp_path: Path) -> None:
    folder = included(tmp_path)
    before = contents(folder)
    assert pull(folder).write() == ()
    assert contents(folder) == before


def test_what_happens_later_at_the_desk_changes_no_file(tmp_path: Path) -> None:
    folder = included(tmp_path)
    store(folder / "desk.sqlite", (*SOLD, lapsed(700)))
    assert set(states(pull(folder)).values()) == {"same"}


def test_the_rest_of_the_book_is_never_touched(tmp_path: Path) -> None:
    folder = book(tmp_path)
    before = contents(folder)
    pull(folder).write()
    after = contents(folder)
    assert {name: after[name] for name in before} == before


# --- drift ------------------------------------------------------------------------------------


def test_a_changed_word_is_a_fault_where_it_stands(tmp_path: Path) -> None:
    folder = included(tmp_path)
    path = folder / FILE
    path.write_text(path.read_text().replace("1000 chips", "1024 chips"))
    (fault,) = [f for f in reading(folder).faults if f.severity == "fault"]
    line = path.read_text().splitlines().index("  deliveries:") + 1
    assert (fault.place.file, fault.place.line, fault.code) == (FILE, line + 1, "journal-drift")
    assert "deliveries of neo-24-2026-06 is not what the journal says" in fault.sentence
    assert ENTRY in fault.sentence
    assert "offtake book pull" in fault.hint


def test_what_the_desk_has_made_of_it_since_is_a_fault_until_it_is_pulled(tmp_path: Path) -> None:
    folder = included(tmp_path)
    store(folder / "desk.sqlite", (*SOLD, failed(24 * 300)))
    assert [text.partition(" ")[2] for text in codes(reading(folder))] == ["journal-drift"]
    assert states(pull(folder))[FILE] == "older"
    pull(folder).write()
    assert codes(reading(folder)) == []


def test_a_copy_of_an_entry_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    folder = included(tmp_path)
    store(folder / "desk.sqlite", (opened(), lapsed(), signed("neo-24-2026-07")))
    found = [f for f in reading(folder).faults if f.severity == "fault"]
    assert {f.code for f in found} == {"journal-drift"}
    assert found[0].sentence == "No entry of desk.sqlite signs neo-24-2026-06."
    assert states(pull(folder)) == {
        "signed/neo-24-2026-07.yaml": "new",
        "signed/_all.yaml": "older",
        FILE: "left",
    }


def test_what_somebody_changed_is_written_over_by_force_alone(tmp_path: Path) -> None:
    folder = included(tmp_path)
    path = folder / FILE
    mine = path.read_text().replace("1000 chips", "1024 chips")
    path.write_text(mine)
    with pytest.raises(NotPulledError, match="was changed by hand"):
        pull(folder).write()
    assert path.read_text() == mine
    pull(folder).write(force=True)
    assert codes(reading(folder)) == []


@pytest.mark.parametrize("first", ["agreements: []\n", "", "# Mine\n"])
def test_what_somebody_wrote_is_never_written_over(tmp_path: Path, first: str) -> None:
    folder = book(tmp_path)
    (folder / "signed").mkdir()
    (folder / FILE).write_text(first)
    for force in (False, True):
        with pytest.raises(NotPulledError, match="was not written by offtake book pull"):
            pull(folder).write(force=force)
    assert os.listdir(folder / "signed") == [f"{NAME}.yaml"]
    assert (folder / FILE).read_text() == first


def test_a_link_in_the_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    folder = book(tmp_path / "book")
    (folder / "signed").mkdir()
    (tmp_path / "far.yaml").write_text("# Written by offtake book pull\n")
    (folder / FILE).symlink_to(tmp_path / "far.yaml")
    with pytest.raises(NotPulledError, match="was not written"):
        pull(folder).write(force=True)


# --- the command ------------------------------------------------------------------------------


def test_the_command_writes_and_says_what_to_include(tmp_path: Path) -> None:
    folder = book(tmp_path)
    status, said = run("book", "pull", str(folder))
    assert status == 0
    assert f"{FILE}: written ({ENTRY})" in said
    assert "include: [signed/_all.yaml]" in said
    assert (folder / FILE).is_file()


def test_to_check_writes_nothing_and_fails_where_there_is_something_to_write(
    tmp_path: Path,
) -> None:
    folder = book(tmp_path)
    assert run("book", "pull", str(folder), "--check")[0] == 1
    assert not (folder / "signed").exists()
    run("book", "pull", str(folder))
    assert run("book", "pull", str(folder), "--check")[0] == 0


def test_as_plain_data(tmp_path: Path) -> None:
    folder = book(tmp_path)
    status, said = run("book", "pull", str(folder / "book.yaml"), "--out", "deals", "--json")
    assert status == 0
    assert json.loads(said)[0] == {
        "file": f"deals/{NAME}.yaml",
        "agreement": NAME,
        "entry": ENTRY,
        "state": "new",
        "written": True,
    }


def test_a_journal_that_cannot_be_believed_is_not_pulled(tmp_path: Path) -> None:
    folder = book(tmp_path)
    (folder / "desk.sqlite").write_text("nothing")
    status, said = run("book", "pull", str(folder))
    assert status == 1
    assert "journal-broken" in said
    assert not (folder / "signed").exists()


@pytest.mark.parametrize(
    ("words", "out", "sentence"),
    [
        (BOOK.replace("  journals: [desk.sqlite]\n", ""), "signed", "names no journal"),
        (BOOK, "../signed", "is not in the book's folder"),
        (BOOK, ".", "is not in the book's folder"),
    ],
)
def test_where_there_is_nothing_to_pull_or_nowhere_to_put_it(
    tmp_path: Path, words: str, out: str, sentence: str
) -> None:
    status, _ = run("book", "pull", str(book(tmp_path, words=words)), "--out", out)
    assert status == 2
    with pytest.raises(NotPulledError, match=sentence):
        pulled(tmp_path, kinds(), out)
