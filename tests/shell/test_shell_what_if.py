"""Questions at the command line and in Python: without a clause, with a field changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import offtake
from offtake.questions import ask, cases

from .books import FAULTY, OPEN, REFUSAL, TIGHT, said, write

HOURS = 2136
"""Of February to April 2026. 250 chips at 2.00 and 50 at 2.50 cost 625 an hour."""
LATE = REFUSAL.replace("5 days", "40 days")
"""Asking takes too long for February: then it is 200 at 2.50, and 100 short at 12."""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return write(tmp_path / "small", OPEN + LATE)


def rows(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    """The table of `offtake plan --json` with these questions."""
    done = said("plan", folder, "--gap", "1e-9", "--json", *arguments)
    assert done.exit_code == 0, done.output
    table: list[dict[str, Any]] = json.loads(done.stdout)["table"]
    return table


# --- without a clause ---------------------------------------------------------------------------


def test_without_a_clause_is_beside_the_plan_with_it(book: Path) -> None:
    base, without = rows(book, "--without", "near-first")
    assert without["case"] == "without near-first"
    assert without["cost"] == pytest.approx(625 * HOURS, rel=1e-2)
    assert without["low"] == pytest.approx(without["cost"] - base["cost"])
    assert without["high"] == pytest.approx(without["low"])
    assert without["difference"].endswith(" less")
    done = said("plan", book, "--without", "near-2025/near-first")
    assert done.exit_code == 0
    for title in ("What if, as of 2026-01-12", "What moves", "What the cost is made of"):
        assert title in done.stdout
    assert "far-3: 250 chips" in done.stdout
    assert "near is not asked about" in done.stdout


def test_without_a_clause_agrees_with_its_price_in_the_plan(book: Path) -> None:
    """Rebuilt without it, against switched off in the programme: both hold the true figure."""
    opened = offtake.load(book)
    plan = opened.plan(gap=1e-9)
    without = opened.without("near-first").plan(gap=1e-9, costs=False, foresight=False)
    assert isinstance(plan, offtake.Plan)
    assert isinstance(without, offtake.Plan)
    price = plan.clause_costs.filter(pl.col("part") == "all").row(0, named=True)
    assert price["low"] == pytest.approx(plan.cost - without.cost, rel=1e-6)
    found = plan.compare(without).difference
    assert found.low == pytest.approx(price["low"], rel=1e-6)
    assert found.high == pytest.approx(price["high"], rel=1e-6)


def test_each_without_is_a_case_and_semicolons_leave_out_together(tmp_path: Path) -> None:
    more = (
        LATE + "  - {id: far-first, kind: first-refusal, holder: far, window: {length: 50 days}}\n"
    )
    folder = write(tmp_path / "two", OPEN + more)
    found = rows(folder, "--without", "near-first", "--without", "near-first; far-first")
    assert [row["case"] for row in found] == [
        "the book as it is",
        "without near-first",
        "without near-first, far-first",
    ]
    # Each right alone keeps something out; only without both is February served from all.
    assert found[2]["cost"] < found[1]["cost"] <= found[0]["cost"] + 1


# --- what if ------------------------------------------------------------------------------------


def test_cases_are_a_table_beside_the_book_as_it_is(book: Path) -> None:
    found = rows(
        book,
        "--what-if",
        "near-2025/near-first.window=5 days; book.procurement.signing=5 days",
        "--what-if",
        "near-first.window=5 days; book.procurement.signing=5 days; far-3.max=300 chips",
        "--what-if",
        "near-3.price=3.50 USD per chip-hour",
    )
    assert [row["case"] for row in found[1:]] == [
        "near-2025/near-first.window=5 days; book.procurement.signing=5 days",
        "near-first.window=5 days; book.procurement.signing=5 days; far-3.max=300 chips",
        "near-3.price=3.50 USD per chip-hour",
    ]
    in_time, all_far, dear = (row["cost"] for row in found[1:])
    assert in_time == pytest.approx(625 * HOURS, rel=1e-2)
    assert in_time - all_far == pytest.approx(25 * HOURS, rel=1e-2)
    assert dear - found[0]["cost"] == pytest.approx(200 * HOURS, rel=1e-2)


def test_a_case_without_a_plan_says_what_clashes_first(book: Path) -> None:
    done = said("plan", book, "--what-if", "chat.unserved=never", "--what-if", "chat.base=9 chips")
    assert done.exit_code == 0
    assert "no plan" in done.stdout
    assert "chat must be served" in " ".join(done.stdout.split())
    alone = said("plan", book, "--what-if", "chat.unserved=never")
    assert alone.exit_code == 0
    assert "window.length:" in alone.stdout
    base, never = rows(book, "--what-if", "chat.unserved=never")
    assert (never["cost"], never["low"], never["high"]) == (None, None, None)
    assert base["cost"] > 0


def test_a_case_may_be_what_makes_a_plan_possible(tmp_path: Path) -> None:
    folder = write(tmp_path / "tight", TIGHT)
    done = said("plan", folder, "--what-if", "far-3.max=100 chips")
    assert done.exit_code == 0
    assert "these lines cannot all hold" in done.stdout
    base, wide = rows(folder, "--what-if", "far-3.max=100 chips")
    assert base["cost"] is None
    assert wide["cost"] == pytest.approx((200 * 2.5 + 100 * 2) * HOURS, rel=1e-2)
    none = said("plan", folder, "--what-if", "far-3.max=60 chips")
    assert none.exit_code == 3


def test_a_case_whose_months_are_gone_is_told_and_the_others_planned(book: Path) -> None:
    asked = ("--what-if", "book.periods.length=1 months", "--what-if", "chat.base=9 chips")
    found = rows(book, "--as-of", "2026-02-20", *asked)
    assert found[1]["cost"] is None
    assert "nothing is left to plan" in found[1]["moved"]
    assert found[2]["cost"] > 0


def test_faults_of_a_case_are_told_with_its_text_before_anything_is_planned(book: Path) -> None:
    done = said(
        "plan", book, "--what-if", "far-3.price=2 USD per chip", "--what-if", "chat.base=5 chaps"
    )
    assert done.exit_code == 1
    assert done.stdout.splitlines()[0] == "what if far-3.price=2 USD per chip:"
    assert "  book.yaml:17:" in done.stdout
    assert "what if chat.base=5 chaps:\n  book.yaml:12:" in done.stdout
    assert done.stdout.endswith("2 cases with faults; nothing was planned\n")
    listed = json.loads(said("plan", book, "--what-if", "chat.base=5 chaps", "--json").stdout)
    assert [(f["case"], f["code"], f["line"]) for f in listed] == [
        ("chat.base=5 chaps", "bad-chips", 12)
    ]


def test_a_warning_that_only_a_case_has_is_said(book: Path) -> None:
    done = said("plan", book, "--what-if", "chat.regions=[uk, mars]")
    assert done.exit_code == 0
    assert "chat.regions=[uk, mars]: book.yaml:12:" in done.stdout
    assert "[unused-region]" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--without", "near-frist"), "did you mean near-first?"),
        (("--without", ""), "name a clause to leave out"),
        (("--what-if", "far-3.max"), "'far-3.max' is no change; write PATH=VALUE"),
        (("--what-if", ""), "'' changes nothing"),
        (
            ("--what-if", "fra-3.max=1 chip"),
            "nothing called 'fra-3' in the book; did you mean far-3?",
        ),
        (("--what-if", "far-3.mx=1 chip"), "did you mean max?"),
        (("--what-if", "far-3.max=" + "1" * 20_000), "at most 10,000 characters"),
        (("--what-if", "chat.base=1 chip", "--compare", "."), "one at a time"),
        (("--what-if", "chat.base=1 chip", "--adopt"), "leave them out of questions"),
        (("--without", "near-first", "--out", "x"), "leave them out of questions"),
        (("--without", "near-first", "--gap", "-1"), "gap is a number from 0"),
        (("--without", "near-first", "--as-of", "soon"), "'soon' is not a day"),
    ],
)
def test_a_question_that_means_nothing_is_one_sentence_and_status_2(
    book: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    done = said("plan", book, *arguments)
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert len(done.stderr) < 300


def test_a_faulty_book_is_shown_and_asked_nothing(tmp_path: Path) -> None:
    folder = write(tmp_path / "faulty", FAULTY)
    done = said("plan", folder, "--what-if", "chat.base=1 chip")
    assert done.exit_code == 1
    assert done.stdout == said("check", folder).stdout


def test_json_has_the_plans_and_what_moved(book: Path) -> None:
    done = said("plan", book, "--without", "near-first", "--json")
    data = json.loads(done.stdout)
    (case,) = data["cases"]
    assert case["changes"] == ["without near-first"]
    assert case["plan"]["status"] == data["base"]["status"] == "planned"
    assert case["comparison"]["difference"]["resolved"]
    assert {row["what"] for row in case["comparison"]["moved"]} == {"purchase", "notice"}


# --- in Python ----------------------------------------------------------------------------------


def test_a_changed_book_is_a_book_and_can_be_changed_further(book: Path) -> None:
    opened = offtake.load(book)
    wide = opened.what_if("far-3.max=300 chips")
    bare = wide.without("near-first")
    assert opened.book.offers["far-3"].max == 250
    assert bare.book.offers["far-3"].max == 300
    assert bare.book.terms == ()
    assert [str(change) for change in bare.changes] == ["far-3.max=300 chips", "without near-first"]
    assert repr(bare).endswith("0 warnings; far-3.max=300 chips; without near-first>")
    plan = bare.plan(gap=1e-9)
    assert plan.cost == pytest.approx(600 * HOURS, rel=1e-2)  # type: ignore[union-attr]
    with pytest.raises(offtake.WrongArgumentError, match="a changed book is not kept"):
        bare.adopt(plan)  # type: ignore[arg-type]
    assert len({opened.book.digest, wide.book.digest, bare.book.digest}) == 3


def test_changes_may_be_a_mapping_and_faults_are_those_of_the_changed_book(book: Path) -> None:
    opened = offtake.load(book)
    named = opened.what_if({"book.title": "'A; B = C'", "chat.base": "10 chips"})
    assert (named.book.header.title, named.book.demand["chat"].base) == ("A; B = C", 10)
    bad = opened.what_if("chat.base=10 chops")
    assert [fault.code for fault in bad.check()] == ["bad-chips"]
    with pytest.raises(offtake.Unreadable):
        bad.plan()
    with pytest.raises(offtake.Unreadable):
        ask(opened, cases(opened, what_ifs=["chat.base=10 chops"]))


def test_files_that_changed_since_are_not_mixed_in(book: Path) -> None:
    opened = offtake.load(book)
    write(book, OPEN)
    with pytest.raises(offtake.WrongArgumentError, match="files have changed since"):
        opened.without("near-first")
