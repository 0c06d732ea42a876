"""`offtake explain`: pages of codes and clause kinds; `offtake check` for editors, CI and hooks."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from offtake.book.codes import CODES
from offtake.clauses.registry import kinds

from .books import FAULTY, OPEN, REFUSAL, ran, said, write

ROOT = Path(__file__).parents[2]
HOOKS = ROOT / ".pre-commit-hooks.yaml"


def data(*arguments: object) -> Any:
    done = said(*arguments, "--json")
    return json.loads(done.stdout)


# --- explain ------------------------------------------------------------------------------------


def test_a_code_is_explained_with_its_remedy_and_a_book_wrong_and_mended() -> None:
    text = said("explain", "price-unit").stdout
    first, *_ = text.splitlines()
    assert first == "price-unit: Priced per the wrong thing (fault)"
    assert "To mend it: Convert the price to the unit of the hint." in text
    wrong, mended = text.split("Example:")[1].split("Mended:")
    assert "      price: 2 USD per kWh\n" in wrong
    assert "      price: 2 USD per chip-hour\n" in mended


def test_a_code_of_a_clause_names_the_kinds_that_say_it() -> None:
    text = said("explain", "several-rights").stdout
    assert text.startswith("several-rights: Several holders are asked (warning)\n")
    assert "Said by clauses: first-offer, first-refusal." in text


def test_an_example_of_several_files_names_them_and_repeats_only_what_is_mended() -> None:
    wrong, mended = said("explain", "no-file").stdout.split("Mended:")
    assert "    # book.yaml\n" in wrong
    assert "    # offers.csv\n    id,seller," in wrong
    assert "    # book.yaml\n" in mended
    assert "offers.csv\n    id" not in mended


def test_a_code_that_no_few_lines_earn_is_told_in_words() -> None:
    text = said("explain", "too-large").stdout
    assert "64 MiB" in text
    assert "Example" not in text


def test_a_clause_kind_is_explained_by_its_words_and_codes() -> None:
    text = said("explain", "take-or-pay").stdout
    assert text.startswith("take-or-pay: a share of what is contracted is paid, used or not\n")
    assert "share     must  such as 40%" in text
    assert "month or quarter or year" in text
    assert "  pays-twice               Paid twice" in text


def test_without_a_name_every_code_and_kind_is_listed() -> None:
    lines = said("explain").stdout.splitlines()
    names = {line.split()[0] for line in lines if line.startswith("  ")}
    assert set(CODES) | set(kinds()) <= names
    assert "Clauses: take-or-pay" in lines
    assert "  unused-region            Nothing is there (warning)" in lines


def test_pages_are_plain_data_too() -> None:
    code = data("explain", "pays-twice")
    assert (code["code"], code["severity"], code["said_by"]) == (
        "pays-twice",
        "fault",
        ["take-or-pay"],
    )
    assert set(code["example"]) == {"wrong", "right"}
    kind = data("explain", "take-or-pay")
    assert [w["word"] for w in kind["words"] if w["required"]] == ["share"]
    assert {c["code"] for c in kind["codes"]} >= {"pays-twice"}
    listed = data("explain")
    assert {c["code"] for c in listed["codes"]} >= set(CODES)
    assert {k["kind"] for k in listed["kinds"]} == set(kinds())


def test_the_example_in_plain_data_is_a_whole_book_with_that_fault(tmp_path: Path) -> None:
    example = data("explain", "pays-twice")["example"]
    for name, codes in (("wrong", ["pays-twice"]), ("right", [])):
        for file, text in example[name].items():
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / file).write_text(text)
        assert [f["code"] for f in data("check", tmp_path / name)] == codes


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("pays-twise", "there is no code or clause kind 'pays-twise'; did you mean pays-twice?"),
        ("first-refusel", "there is no code or clause kind 'first-refusel'; did you mean"),
        ("xyz", "there is no code or clause kind 'xyz'; offtake explain lists all of them"),
    ],
)
def test_a_name_that_means_nothing_is_wrong_usage(name: str, sentence: str) -> None:
    done = said("explain", name)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"offtake: {sentence}")


# --- check, for programs ------------------------------------------------------------------------

FIELDS = ["book", "path", "file", "line", "column", "severity", "code", "sentence", "hint"]


def test_a_fault_in_plain_data_has_all_its_fields_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "books" / "bad", FAULTY)
    monkeypatch.chdir(tmp_path)
    first, second = data("check", "books/bad")
    assert list(first) == FIELDS
    assert (first["book"], first["file"]) == ("books/bad", "book.yaml")
    assert Path(second["path"]).read_text().splitlines()[second["line"] - 1].count("fra") == 1
    assert data("check", "books/bad/book.yaml") == [first, second]


def test_several_books_are_checked_in_one_run_with_the_path_of_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "good", OPEN)
    write(tmp_path / "bad", FAULTY)
    monkeypatch.chdir(tmp_path)
    done = said("check", "good", "bad")
    assert done.exit_code == 1
    assert done.stdout.startswith("bad/book.yaml:15:")
    assert done.stdout.endswith("\n2 books: 2 faults, 0 warnings\n")
    assert {fault["book"] for fault in data("check", "good", "bad")} == {"bad"}
    assert said("check", "good", "good").exit_code == 0


def test_check_without_a_book_is_wrong_usage() -> None:
    done = said("check")
    assert done.exit_code == 2
    assert "name a book" in done.stderr


def test_files_stand_for_the_books_in_which_they_lie(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "books" / "bad", FAULTY)
    write(tmp_path / "books" / "good", OPEN)
    (tmp_path / "books" / "bad" / "traces").mkdir()
    monkeypatch.chdir(tmp_path)
    names = ("books/bad/book.yaml", "books/bad/traces/day.csv", "ci.yaml")
    done = said("check", "--files", *names)
    assert done.exit_code == 1
    assert done.stdout.startswith("books/bad/book.yaml:15:")
    assert done.stdout.endswith("\n1 book: 2 faults, 0 warnings\n")
    assert said("check", "--files", "ci.yaml").stdout == "0 books: 0 faults, 0 warnings\n"
    assert said("check", "--files").exit_code == 0
    assert said("check", "--files", "books/good/offers.csv").exit_code == 0


# --- the hook -----------------------------------------------------------------------------------


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository with a good book in a folder, and a YAML file that is no book's."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    write(tmp_path / "deals" / "lab", OPEN + REFUSAL.replace("days}}", "days}, at_expiry: lapses}"))
    (tmp_path / "ci.yaml").write_text("steps: [check]\n")
    git(tmp_path, "init", "-q")
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def hooked(folder: Path) -> subprocess.CompletedProcess[str]:
    """What pre-commit runs: the hook's entry with those staged files that match its pattern."""
    (hook,) = yaml.safe_load(HOOKS.read_text())
    staged = git(folder, "diff", "--cached", "--name-only", "--diff-filter=ACMRTUXB").splitlines()
    names = [name for name in staged if re.search(hook["files"], name)]
    verb, *options = shlex.split(hook["entry"])
    assert verb == "offtake"
    return ran(*options, *names, cwd=folder)


def test_the_hook_lets_a_good_book_pass(repository: Path) -> None:
    git(repository, "add", "-A")
    done = hooked(repository)
    assert (done.returncode, done.stdout) == (0, "1 book: 0 faults, 0 warnings\n")


def test_the_hook_stops_a_commit_that_breaks_a_book_in_a_file_that_it_includes(
    repository: Path,
) -> None:
    book = repository / "deals" / "lab" / "book.yaml"
    book.write_text(book.read_text().replace("hours: 1}", "hours: 1}\n  include: [more.yaml]"))
    more = repository / "deals" / "lab" / "more.yaml"
    more.write_text("parties: [{id: third, name: Third}]\n")
    git(repository, "add", "-A")
    assert hooked(repository).returncode == 0
    git(repository, "commit", "-qm", "A book")
    more.write_text("parties: [{id: near, name: Near again}]\n")
    git(repository, "add", "-A")
    done = hooked(repository)
    assert done.returncode == 1
    assert done.stdout.startswith("deals/lab/more.yaml:1:16: fault [duplicate-id] ")


def test_the_hook_passes_over_files_of_no_book(repository: Path) -> None:
    git(repository, "add", "ci.yaml")
    done = hooked(repository)
    assert (done.returncode, done.stdout) == (0, "0 books: 0 faults, 0 warnings\n")


def test_the_hook_is_what_pre_commit_reads() -> None:
    (hook,) = yaml.safe_load(HOOKS.read_text())
    assert {"id", "name", "entry", "language"} <= set(hook)
    # Its files come in one call: a book of which several files are committed is checked once.
    assert hook["require_serial"] is True
    assert hook.get("pass_filenames", True) is True
