"""Adopted plans: kept in the book's folder under their digest, once, whole or not at all."""

from __future__ import annotations

import ctypes
import json
import shutil
from pathlib import Path

import pytest

import offtake

from .books import OPEN, TIGHT, ran, said, write

DROP_FROM_BOUNDING_SET, OVERRIDE_PERMISSIONS = 24, 1


def kept(book: Path) -> list[Path]:
    return sorted((book / "plans").iterdir()) if (book / "plans").exists() else []


def test_a_plan_is_kept_once_under_its_digest(tmp_path: Path) -> None:
    book = write(tmp_path, OPEN)
    first = said("plan", book, "--quick", "--adopt")
    assert first.exit_code == 0
    (path,) = kept(book)
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    assert f"adopted as {path}" in first.stdout.splitlines()
    second = said("plan", book, "--quick", "--adopt")
    assert second.stdout == first.stdout
    assert kept(book) == [path]
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    data = json.loads(path.read_text())
    assert path.stem == data["certificate"]["plan"]
    assert data["purchases"][0]["id"].startswith(path.stem[:8])


def test_a_changed_book_has_a_plan_of_its_own_and_adopting_changes_no_book(tmp_path: Path) -> None:
    book = write(tmp_path, OPEN)
    digest = offtake.load(book).book.digest
    said("plan", book, "--quick", "--adopt")
    assert offtake.load(book).book.digest == digest
    write(book, OPEN.replace("300 chips", "310 chips"))
    said("plan", book, "--quick", "--adopt")
    assert len(kept(book)) == 2


def test_a_clash_is_not_adopted(tmp_path: Path) -> None:
    book = write(tmp_path, TIGHT)
    assert said("plan", book, "--adopt").exit_code == 3
    assert kept(book) == []


def test_where_standard_output_is_json_the_word_of_it_goes_elsewhere(tmp_path: Path) -> None:
    book = write(tmp_path, OPEN)
    done = said("plan", book, "--quick", "--adopt", "--json")
    assert json.loads(done.stdout)["status"] == "planned"
    assert done.stderr == f"adopted as {kept(book)[0]}\n"


def as_people_are() -> None:
    """Give up the privilege of writing where the permissions forbid it, if we have it."""
    ctypes.CDLL(None).prctl(DROP_FROM_BOUNDING_SET, OVERRIDE_PERMISSIONS, 0, 0, 0)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    book = write(tmp_path / "book", OPEN)
    book.chmod(0o555)
    try:
        done = ran("plan", book, "--quick", "--adopt", preexec_fn=as_people_are)
    finally:
        book.chmod(0o755)
    assert done.returncode == 1
    assert done.stderr == f"offtake: Permission denied: {book / 'plans'}\n"
    assert kept(book) == []


def test_a_file_in_the_place_of_the_folder_is_one_sentence(tmp_path: Path) -> None:
    book = write(tmp_path, OPEN)
    (book / "plans").write_text("")
    done = said("plan", book, "--quick", "--adopt")
    assert done.exit_code == 1
    assert done.stderr == f"offtake: File exists: {book / 'plans'}\n"


def test_a_book_that_has_gone_is_not_begun_anew(tmp_path: Path) -> None:
    opened = offtake.load(write(tmp_path / "book", OPEN))
    plan = opened.plan(costs=False, foresight=False)
    assert isinstance(plan, offtake.Plan)
    shutil.rmtree(opened.path)
    with pytest.raises(FileNotFoundError):
        opened.adopt(plan)
    assert not opened.path.exists()
