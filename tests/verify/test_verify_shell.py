"""`offtake verify` as a user meets it: what it says, how it ends, what it does with odd files."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from offtake.audit import verify
from offtake.audit.form import MOST

from .courses import links_of, rows_of, signer, whole


def run(folder: Path, *words: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-c", "from offtake.cli import main; main()", "verify", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines, who = whole(3).lines(), signer(3)
    rows = rows_of(lines)
    number = next(n for n in range(90, len(rows)) if rows[n].event and rows[n].event["by"])
    (tmp_path / "journal.jsonl").write_bytes(b"".join(lines))
    (tmp_path / "receipt").write_bytes(
        who.receipt(rows[number].event, links_of(rows, who)[number], rows[number].label)
    )
    (tmp_path / "head").write_bytes(lines[-1])
    return tmp_path


def test_a_sound_journal_ends_well_and_says_what_was_checked(folder: Path) -> None:
    status, said, _ = run(folder, "journal.jsonl")
    assert status == 0
    rows = rows_of(whole(3).lines())
    hidden = sum(1 for row in rows if not row.event)
    assert 0 < hidden < len(rows)
    counted = (f"{len(rows)} entries", f"{len(rows) - hidden} shown, {hidden} hidden")
    for words in (*counted, "No receipt", "all of this holds"):
        assert words in said
    words = ("--receipt", "receipt", "--receipt", "head", "--key", signer(3).public)
    status, said, _ = run(folder, "journal.jsonl", *words)
    assert status == 0
    assert "cannot have been rewritten" in said
    assert "No receipt" not in said


def test_a_breach_ends_badly_and_is_named(folder: Path) -> None:
    text = (folder / "journal.jsonl").read_bytes()
    (folder / "bad.jsonl").write_bytes(text.replace(b"Signed", b"signed", 1))
    status, said, _ = run(folder, "bad.jsonl")
    line = text[: text.index(b"Signed")].count(b"\n") + 1
    assert status == 1
    assert f"at line {line}." in said
    assert "nothing was changed" not in said
    assert "each is what was committed to" not in said
    assert "NOT SO: 1 breach" in said
    assert "History does not hold" in said
    status, said, _ = run(folder, "bad.jsonl", "--json")
    told = json.loads(said)
    assert (status, told["sound"], told["breaches"][0]["line"]) == (1, False, line)
    assert told["breaches"][0]["promise"] == "H"
    status, said, _ = run(folder, "journal.jsonl", "--key", "0" * 64)
    assert status == 1
    assert "not by" in said


def test_a_receipt_that_is_none_is_named(folder: Path) -> None:
    (folder / "letter.txt").write_text("Dear all,\n")
    status, said, _ = run(folder, "journal.jsonl", "--receipt", "letter.txt")
    assert status == 1
    assert "letter.txt: it is no receipt, proof, mark or head." in said
    assert "journal.jsonl: 1 breach, at letter.txt." in said
    assert "cannot have been rewritten" not in said
    _, said, _ = run(folder, "journal.jsonl", "--receipt", "receipt", "--receipt", "head")
    assert "1 receipt, 1 head " in said


def test_odd_files_are_told_in_one_sentence(folder: Path) -> None:
    (folder / "empty").write_bytes(b"")
    (folder / "latin").write_bytes(b"caf\xe9\n" * 3)
    sqlite3.connect(folder / "store").execute("create table entries(number)").connection.close()
    for name, words in {
        "empty": "this file is empty",
        "latin": "this is no exported journal",
        "store": "export the journal, and verify that",
        "missing": "No such file",
        ".": "Is a directory",
    }.items():
        status, said, told = run(folder, name)
        assert (status, said) == (1, ""), name
        assert words in told
        assert len(told.splitlines()) == 1
    assert run(folder)[0] == 2
    assert run(folder, "journal.jsonl", "--key", "zz")[0] == 2


def test_a_huge_line_is_no_line() -> None:
    lines = whole(3).lines()
    (first, *_) = verify([*lines[:5], b"x" * (MOST + 1), *lines[5:]]).breaches
    assert (first.line, "MiB" in first.sentence) == (6, True)


def test_the_file_that_stands_alone_is_handed_on(folder: Path) -> None:
    assert run(folder, "--alone", "check.py")[0] == 0
    done = subprocess.run(
        [sys.executable, "-I", "check.py", "journal.jsonl", "receipt"], cwd=folder, check=False
    )
    assert done.returncode == 0


def test_lines_are_read_as_they_come() -> None:
    """What is kept of a journal is its state: not its lines."""
    lines = whole(3).lines()
    taken = 0

    def one_by_one():  # type: ignore[no-untyped-def]
        nonlocal taken
        for line in lines:
            taken += 1
            yield line

    assert verify(one_by_one()).sound
    assert taken == len(lines)
