"""`offtake rehearse`, and its step in `offtake run`: what is shown and written, how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

import offtake

from .books import FAULTY, OPEN, REFUSAL, TIGHT, said, write

TAKES = REFUSAL.replace(
    "window: {length: 5 days}}",
    "window: {length: 5 days}, partial: any,\n     expected: [{take: 50%, weight: 100%}]}",
)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return write(tmp_path / "small", OPEN.replace("2026-02", "2026-04") + TAKES)


def test_it_shows_what_happened_plan_and_outcome_and_ends_with_a_line(book: Path) -> None:
    done = said("rehearse", book)
    assert done.exit_code == 0
    titles = (
        "What happened",
        "Who was asked, and what was taken",
        "What was signed",
        "Plan and outcome",
    )
    places = [done.stdout.index(title) for title in titles]
    assert places == sorted(places)
    last = done.stdout[done.stdout.index("Seed 0: ") :]
    assert " ".join(last.split()).startswith(
        "Seed 0: 2 tenders for 300 chips: 175 with the sellers planned, 125 with others; "
        "planned again: "
    )


def test_every_row_of_the_outcome_says_why(book: Path) -> None:
    data = json.loads(said("rehearse", book, "--json").stdout)
    rows = data["outcome"]
    assert {row["party"] for row in rows} == {"near", "far"}
    assert all(row["why"] for row in rows)
    assert all(row["sentence"] for row in data["timeline"])


def test_json_is_nothing_else_and_names_both_plans(book: Path) -> None:
    done = said("rehearse", book, "--json", "--seed", "7")
    data = json.loads(done.stdout)
    assert data["seed"] == 7
    assert data["cost_before"] > 0
    assert data["after"]["status"] == "planned"


def test_without_replanning_there_is_no_second_plan(book: Path) -> None:
    data = json.loads(said("rehearse", book, "--json", "--no-replan").stdout)
    assert (data["after"], data["cost_after"], data["difference"]) == (None, None, None)


def test_out_holds_the_journal_the_tables_and_the_agreements(book: Path, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    done = said("rehearse", book, "--out", out)
    assert done.stdout.endswith(f"wrote 10 files to {out}\n")
    assert pl.read_parquet(out / "tables" / "shares.parquet")["took"].to_list() == [125]
    assert (out / "signed.yaml").read_text().count("\n- id: ") == 3
    first, second, *_ = (out / "journal.jsonl").read_text().splitlines()
    assert json.loads(first)["type"] == "Journal"
    assert json.loads(second)["event"]["type"] == "Founded"


def test_the_same_seed_prints_the_same(book: Path) -> None:
    assert (
        said("rehearse", book, "--seed", "3").stdout == said("rehearse", book, "--seed", "3").stdout
    )


def test_a_book_with_faults_is_not_rehearsed(tmp_path: Path) -> None:
    done = said("rehearse", write(tmp_path, FAULTY))
    assert done.exit_code == 1
    assert "[unknown-party]" in done.stdout


def test_where_no_plan_is_possible_the_clash_is_told(tmp_path: Path) -> None:
    done = said("rehearse", write(tmp_path, TIGHT))
    assert done.exit_code == 3
    assert done.stdout.startswith("No plan is possible")
    done = said("rehearse", tmp_path, "--json")
    assert (done.exit_code, json.loads(done.stdout)["status"]) == (3, "infeasible")


def test_a_clash_takes_the_files_of_an_earlier_rehearsal_away(book: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert said("rehearse", book, "--no-replan", "--out", out).exit_code == 0
    assert said("rehearse", write(tmp_path / "tight", TIGHT), "--out", out).exit_code == 3
    assert [path for path in out.rglob("*") if path.is_file()] == []


def test_days_that_the_desk_or_a_calendar_does_not_know_are_one_sentence(tmp_path: Path) -> None:
    old = OPEN.replace("2026", "1950").replace("2025", "1949").replace("2027", "1951")
    done = said("rehearse", write(tmp_path / "old", old))
    assert (done.exit_code, "from 1970-01-01 on" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--seed", "x"], "Invalid value for '--seed'"),
        (["--seed", str(1 << 64)], "a seed is a whole number"),
        (["--seed", str(1 << 64)], "from -9223372036854775807 to 9223372036854775807"),
        (["--out", ""], "--out names no folder"),
        (["--as-of", "2026-02-30"], "2026-02-30"),
        (["--as-of", "2027-01-01"], "is after the last day of the plan"),
        (["--gap", "-1"], "gap is a number from 0"),
        (["--seconds", "0"], "seconds is a number above 0"),
    ],
)
def test_a_wrong_argument_is_one_sentence(book: Path, arguments: list[str], sentence: str) -> None:
    done = said("rehearse", book, *arguments)
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.output


def test_a_place_that_cannot_be_written_is_told_before_the_work(book: Path) -> None:
    done = said("rehearse", book, "--out", book / "book.yaml")
    assert done.exit_code == 1
    assert "book.yaml" in done.stderr


def test_a_run_rehearses_the_plan_that_it_made(book: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = said("run", book, "--out", out, "--seed", "5")
    assert done.exit_code == 0
    assert done.stdout.index("What to buy") < done.stdout.index("Plan and outcome")
    assert "Seed 5: " in done.stdout
    plan = json.loads((out / "plan.json").read_text())
    rehearsal = json.loads((out / "rehearsal.json").read_text())
    assert rehearsal["before"]["certificate"]["plan"] == plan["certificate"]["plan"]
    assert {"purchases.parquet", "outcome.parquet"} <= {p.name for p in (out / "tables").iterdir()}


def test_what_if_books_are_rehearsed_too(book: Path) -> None:
    opened = offtake.load(book).what_if("near-first.expected=[{take: 100%, weight: 100%}]")
    rows = opened.rehearse(replan=False).data()["outcome"]
    assert {row["party"] for row in rows} == {"near"}
