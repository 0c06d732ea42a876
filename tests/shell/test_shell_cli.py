"""The command line: what it prints, how it ends, and that nothing makes it fall over."""

from __future__ import annotations

import importlib.metadata
import json
import re
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

import offtake
from offtake.plan.result import TABLES

from .books import FAULTY, OPEN, REFUSAL, TIGHT, said, write

COMMANDS = (
    "check",
    "explain",
    "export",
    "import",
    "ledger",
    "new",
    "plan",
    "reconcile",
    "rehearse",
    "rights",
    "run",
    "schema",
    "settle",
    "tender",
)
EXAMPLE = Path(__file__).parents[2] / "examples" / "stargate"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return write(tmp_path / "small", OPEN + REFUSAL)


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    return write(tmp_path / "faulty", FAULTY)


@pytest.fixture
def tight(tmp_path: Path) -> Path:
    return write(tmp_path / "tight", TIGHT)


# --- help ---------------------------------------------------------------------------------------


def test_the_version_is_that_of_the_package() -> None:
    assert said("--version").stdout == f"offtake {importlib.metadata.version('offtake')}\n"


def test_help_lists_every_command_with_a_whole_sentence() -> None:
    text = said("--help").stdout
    for command in COMMANDS:
        (line,) = re.findall(rf"^  {command} +(\S.*)$", text, re.M)
        assert line.endswith("."), line
        assert "..." not in line
    assert "Exit status: 0 done" in text


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_says_what_it_does_and_what_each_option_is(command: str) -> None:
    done = said(command, "--help")
    assert done.exit_code == 0
    options = re.findall(r"^  (-[\w-]+.*)$", done.stdout, re.M)
    assert all(len(option.split("  ", 1)) == 2 for option in options), options


def test_without_a_command_the_help_is_shown() -> None:
    assert "Commands:" in said().output


# --- check --------------------------------------------------------------------------------------


def test_check_of_a_good_book_says_so(book: Path) -> None:
    done = said("check", book)
    assert (done.exit_code, done.stdout) == (0, "0 faults, 0 warnings\n")


def test_check_says_every_fault_with_place_code_and_hint(faulty: Path) -> None:
    done = said("check", faulty)
    assert done.exit_code == 1
    assert done.stdout.splitlines()[0].startswith("book.yaml:15:")
    assert "[unknown-party] There is no party fra in the book." in done.stdout
    assert "    hint: did you mean far?" in done.stdout
    assert done.stdout.endswith("\n2 faults, 0 warnings\n")


def test_warnings_alone_are_no_failure(tmp_path: Path) -> None:
    warned = OPEN.replace("base: 300 chips", "regions: [uk, mars], base: 300 chips")
    done = said("check", write(tmp_path, warned))
    assert done.exit_code == 0
    assert "0 faults, 1 warning\n" in done.stdout


@pytest.mark.parametrize("command", ["check", "plan"])
def test_faults_are_a_list_in_json_whatever_was_asked(command: str, faulty: Path) -> None:
    done = said(command, faulty, "--json")
    assert done.exit_code == 1
    first, second = json.loads(done.stdout)
    assert first["file"] == "book.yaml"
    assert (first["line"], second["line"]) == (15, 16)
    assert (second["code"], second["hint"]) == ("unknown-party", "did you mean far?")
    assert second["severity"] == "fault"


@pytest.mark.parametrize("command", ["plan", "run", "rights"])
def test_a_faulty_book_is_not_used_and_its_faults_are_shown(command: str, faulty: Path) -> None:
    done = said(command, faulty, *(("--on", "2026-03-01") if command == "rights" else ()))
    assert done.exit_code == 1
    assert done.stdout == said("check", faulty).stdout


# --- plan ---------------------------------------------------------------------------------------


def test_a_plan_is_tables_with_a_why_and_a_verdict(book: Path) -> None:
    done = said("plan", book)
    assert (done.exit_code, done.stderr) == (0, "")
    for title in ("What to buy", "Whom to ask, by when", "What each clause costs"):
        assert f"{title}\n" in done.stdout
    assert re.search(r"2026-02 +near-3 +200 .*serves chat", done.stdout)
    assert "A small book, as of 2026-01-12: expected cost " in done.stdout
    # One path and no case: there is nothing to compare it with.
    assert "Scenarios" not in done.stdout
    assert "residual:" not in done.stdout
    assert "residual:" in said("plan", book, "--quick", "-v").stdout


def test_a_plan_in_json_is_all_of_it_and_nothing_else(book: Path) -> None:
    done = said("plan", book, "--json")
    data = json.loads(done.stdout)
    assert data["status"] == "planned"
    assert set(TABLES) | {"cost", "cvar", "certificate", "as_of"} <= set(data)
    assert all(isinstance(data[name], list) for name in TABLES)
    assert done.stderr == ""


def test_what_was_known_on_another_day_is_planned(book: Path) -> None:
    earlier = json.loads(said("plan", book, "--quick", "--json", "--as-of", "2024-12-01").stdout)
    later = json.loads(said("plan", book, "--quick", "--json", "--as-of", "2026-02-10").stdout)
    assert earlier["as_of"] == "2024-12-01"
    assert earlier["notices"] == []
    assert later["cost"] > earlier["cost"]
    assert {row["start"] for row in earlier["purchases"]} == {"2026-02-01"}
    assert {row["start"] for row in later["purchases"]} == {"2026-04-01"}
    assert [row["latest"] for row in later["notices"]] == ["2026-03-07"]


def test_the_options_reach_the_plan(book: Path) -> None:
    def certificate(*options: str) -> Any:
        return json.loads(said("plan", book, "--quick", "--json", *options).stdout)["certificate"]

    assert certificate()["objective_counts"] == "buyer"
    assert certificate("--objective", "system")["objective_counts"] == "system"
    assert certificate("--risk", "0.25", "--tail", "0.5")["risk_weight"] == 0.25
    assert certificate("--tail", "0.5")["risk_tail"] == 0.5
    assert certificate("--gap", "0.01")["gap_allowed"] == 0.01


def test_out_leaves_every_file_that_can_be_read(book: Path, tmp_path: Path) -> None:
    out = tmp_path / "a" / "b"
    done = said("plan", book, "--quick", "--out", out)
    files = [path for path in out.rglob("*") if path.is_file()]
    assert f"wrote {len(files)} files to {out}" in done.stdout.splitlines()
    for name in TABLES:
        assert set(pl.read_parquet(out / "tables" / f"{name}.parquet").columns) == set(TABLES[name])
    assert yaml.safe_load((out / "purchases.yaml").read_text())["agreements"]
    assert {p.suffix for p in files} == {".parquet", ".json", ".yaml", ".html", ".png"}


def test_a_solve_without_time_is_out_of_time_or_an_answer(book: Path) -> None:
    done = said("plan", book, "--quick", "--seconds", "1e-9")
    assert done.exit_code in (0, 4)
    if done.exit_code == 4:
        assert done.stdout == ""
        assert done.stderr == "offtake: no plan found in 1e-09 s; allow more time\n"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("--objective sellers", "objective is buyer or system, not 'sellers'"),
        ("--risk 1.5", "risk is from 0 to 1, not 1.5"),
        ("--risk nan", "risk is from 0 to 1, not nan"),
        ("--tail 1", "tail is from 0 to below 1, not 1"),
        ("--gap -1", "gap is a number from 0, not -1"),
        ("--seconds 0", "seconds is a number above 0, not 0"),
        ("--as-of 2026-02-30", "'2026-02-30' is not a day such as"),
        ("--as-of tomorrow", "'tomorrow' is not a day such as '2025-01-21'"),
        ("--as-of 2031-01-01", "as of 2031-01-01 is after the last day of the plan, 2026-04-30"),
    ],
)
def test_a_wrong_value_is_one_sentence(book: Path, options: str, sentence: str) -> None:
    done = said("plan", book, *options.split())
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"offtake: {sentence}")
    assert done.stderr.count("\n") == 1


def test_a_book_without_a_plan_names_lines_and_their_changes(tight: Path) -> None:
    done = said("plan", tight)
    assert done.exit_code == 3
    first, *lines, last = done.stdout.splitlines()
    assert first == "No plan is possible as of 2026-01-12: these lines cannot all hold."
    assert [line.split(":")[:2] for line in lines[::2]] == [["book.yaml", n] for n in lines_of()]
    assert any("instead of 200 chips would do" in line for line in lines[1::2])
    assert (
        last == "Changing any one of them as said is enough; without any one the others can hold."
    )


def lines_of() -> list[str]:
    """Where the figures that clash stand in `TIGHT`: the need, and what each seller has."""
    wanted = ("never", "max: 200", "max: 50")
    return [str(n) for n, t in enumerate(TIGHT.splitlines(), 1) if any(w in t for w in wanted)]


def test_a_clash_in_json_is_all_of_it_and_nothing_else(tight: Path) -> None:
    done = said("plan", tight, "--json", "--out", tight / "out")
    assert done.exit_code == 3
    data = json.loads(done.stdout)
    assert data["status"] == "infeasible"
    assert {"place", "line", "sentence", "change"} <= set(data["clash"][0])
    assert json.loads((tight / "out" / "plan.json").read_text()) == data


# --- rights and schema --------------------------------------------------------------------------


def test_rights_are_said_in_sentences_with_places(book: Path) -> None:
    done = said("rights", book, "--on", "2026-03-01", "--party", "near")
    assert done.exit_code == 0
    sentence, place, count = done.stdout.splitlines()
    assert sentence.startswith("near-2025/near-first: before lab signs capacity")
    assert place == "    first-refusal, 2025-01-01 to 2027-12-31, book.yaml:24:5"
    assert count == "1 clause in force on 2026-03-01 for near"


def test_rights_are_plain_data_too(book: Path) -> None:
    (line,) = json.loads(said("rights", book, "--on", "2026-03-01", "--json").stdout)
    assert (line["holder"], line["from"], line["side"]) == ("near", "2025-01-01", "right")
    assert json.loads(said("rights", book, "--on", "2030-01-01", "--json").stdout) == []


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("--on 2026-03-01 --party nere", "the book has no party 'nere'; did you mean near?"),
        ("--on 2026-03-01 --party x", "the book has no party 'x'; known here: far, lab, near"),
        ("--on March", "'March' is not a day such as '2025-01-21'"),
    ],
)
def test_rights_of_nobody_and_no_day_are_one_sentence(
    book: Path, options: str, sentence: str
) -> None:
    done = said("rights", book, *options.split())
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == f"offtake: {sentence}\n"


class _Texts(yaml.SafeLoader):
    """As an editor reads a book: what is a flag or a whole number is one, all else is text."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - how PyYAML's own classes are told


for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("int", r"[0-9]+", "0123456789"),
    ("float", r"[0-9]+\.[0-9]+", "0123456789"),
):
    _Texts.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"({_pattern})$"), list(_first)
    )


def test_the_schema_knows_every_part_of_the_examples_files() -> None:
    made = json.loads(said("schema").stdout)
    assert made["$schema"].startswith("http://json-schema.org/")
    files = sorted(EXAMPLE.glob("*.yaml"))
    assert len(files) > 4
    for path in files:
        parts = yaml.load(path.read_text(), _Texts)
        assert set(parts) <= set(made["properties"]), path.name


@pytest.mark.parametrize("path", sorted(EXAMPLE.glob("*.yaml")), ids=lambda path: path.name)
def test_the_schema_accepts_the_examples_files(path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    judge = jsonschema.Draft7Validator(json.loads(said("schema").stdout))
    parts = yaml.load(path.read_text(), _Texts)
    assert [error.message for error in judge.iter_errors(parts)] == []


# --- run ----------------------------------------------------------------------------------------


def test_a_run_checks_plans_draws_and_says_where_to_look(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(book.parent)
    done = said("run", "small/")
    assert done.exit_code == 0
    first, *_, last = done.stdout.splitlines()
    assert first.startswith("small: 1 agreement, 2 offers, 0 sites, 1 class of demand, known on ")
    assert last == "Look at out/small/plan.html; the tables are in out/small."
    assert (book.parent / "out" / "small" / "plan.html").is_file()


@pytest.mark.parametrize("named", [".", "../tight/", "book.yaml"])
def test_a_run_names_its_folder_after_the_book(
    named: str, tight: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tight)
    assert said("run", named).stdout.splitlines()[-1] == "Look at out/tight/plan.html."
    assert (tight / "out" / "tight" / "plan.json").is_file()


def test_a_run_of_a_book_without_a_plan_leaves_the_page_of_the_clash(
    tight: Path, tmp_path: Path
) -> None:
    done = said("run", tight, "--out", tmp_path / "out")
    assert done.exit_code == 3
    assert done.stdout.splitlines()[-1] == f"Look at {tmp_path / 'out' / 'plan.html'}."
    assert "No plan meets this book" in (tmp_path / "out" / "plan.html").read_text()


@pytest.mark.parametrize("command", ["check", "plan", "run"])
def test_a_book_that_is_not_there_is_a_fault(command: str, tmp_path: Path) -> None:
    done = said(command, tmp_path / "nowhere")
    assert done.exit_code == 1
    assert "[no-book] 'nowhere' is not there." in done.stdout
    assert "a book is a folder with a file book.yaml" in done.stdout


@pytest.mark.parametrize("command", ["plan", "run"])
@pytest.mark.parametrize("below", ["", "below"])
def test_an_out_that_is_a_file_is_one_sentence_before_the_work(
    command: str, below: str, book: Path
) -> None:
    done = said(command, book, "--out", book / "book.yaml" / below)
    assert done.exit_code == 1
    assert re.fullmatch(r"offtake: (File exists|Not a directory): .*\n", done.stderr)
    assert "What to buy" not in done.stdout


def test_a_book_that_disappears_while_it_is_planned_is_one_sentence(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    solved = offtake.OpenBook.plan  # type: ignore[attr-defined]

    def and_gone(opened: Any, **options: Any) -> Any:
        shutil.rmtree(opened.path)
        return solved(opened, **options)

    monkeypatch.setattr(offtake.OpenBook, "plan", and_gone)  # type: ignore[attr-defined]
    done = said("plan", book, "--quick", "--adopt")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == f"offtake: No such file or directory: {book / 'plans'}\n"
