"""Two plans compared: what moved, and how much of it each line of the books explains."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import offtake
from offtake.questions import Explained, explain, other
from offtake.questions.reasons import PARTS_MOST

from .books import OPEN, REFUSAL, TIGHT, said, write

LATE = REFUSAL.replace("5 days", "40 days")
"""Asking takes too long for February."""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return write(tmp_path / "small", OPEN + LATE)


def explained(book: Path, before: Path, **options: Any) -> Explained:
    """Exactly solved, what moved from one book to another."""
    found = explain(offtake.load(book), offtake.load(before), gap=1e-9, **options)
    assert found.comparison is not None
    return found


def test_the_difference_of_two_books_is_shared_out_among_their_lines(
    tmp_path: Path, book: Path
) -> None:
    text = (OPEN + LATE).replace("40 days", "5 days").replace("max: 250", "max: 300")
    new = write(tmp_path / "new", text.replace("The lab}", "The lab, note: of forty}"))
    found = explained(new, book)
    assert [line.path for line in found.lines] == [
        "parties/lab.note",
        "offers/far-3.max",
        "agreements/near-2025.clauses.near-first.window.length",
    ]
    assert [part.name for part in found.parts] == [line.path for line in found.lines[1:]]
    shares = [part.difference.low for part in found.parts if part.difference]
    total = found.comparison.difference.low  # type: ignore[union-attr]
    assert sum(shares) == pytest.approx(total)  # type: ignore[arg-type]
    said_so = said("plan", new, "--compare", book)
    assert said_so.exit_code == 0
    flat = " ".join(said_so.stdout.split())
    assert "near-first.window.length: 40 days -> 5 days" in flat
    assert "1 line that no plan reads" in flat
    assert " before, " in flat


def test_lines_that_only_hold_together_are_told_together(tmp_path: Path, book: Path) -> None:
    """A party that is renamed where it is named and where it is used: neither line stands alone."""
    text = (OPEN + LATE).replace("{id: far,", "{id: afar,").replace("seller: far,", "seller: afar,")
    found = explained(write(tmp_path / "new", text), book)
    (gone, part) = found.parts
    assert gone.name == "parties/afar"
    assert [line.path for line in part.lines] == ["parties/far", "offers/far-3.seller"]
    assert part.difference is not None
    assert part.difference.sentence == "costs the same"


def test_many_lines_are_told_by_record_and_more_by_section(tmp_path: Path) -> None:
    offers = "".join(
        f"- {{id: o{n}, seller: far, chip: h100, region: us, term: 3 months,\n"
        f"   price: 4.00 USD per chip-hour, max: 9 chips}}\n"
        for n in range(PARTS_MOST + 1)
    )
    old = write(tmp_path / "old", OPEN + offers)
    few = offers.replace("o12,", "o12, lead: 1 days,")
    text = (OPEN + few).replace("4.00", "4.50", 7).replace("max: 9", "max: 8", 7)
    by_record = explained(write(tmp_path / "few", text), old)
    assert len(by_record.lines) == 15
    assert [part.name for part in by_record.parts] == [
        *(f"offers/o{n}" for n in range(7)),
        "offers/o12",
    ]
    every = write(tmp_path / "every", (OPEN + offers).replace("4.00", "4.50").replace("300", "310"))
    by_section = explained(every, old)
    assert [part.name for part in by_section.parts] == ["offers", "demand"]


def test_a_book_is_compared_with_itself_on_another_day(book: Path) -> None:
    done = said("plan", book, "--as-of", "2026-02-20", "--compare", book)
    flat = " ".join(done.stdout.split())
    assert done.exit_code == 0
    assert "known on 2026-02-20 instead of 2026-01-12" in flat
    assert "planned for 2026-03 to 2026-04 instead of 2026-02 to 2026-04" in flat
    turned = said("plan", book, "--compare", f"{book}@2026-02-20")
    assert "known on 2026-01-12 instead of 2026-02-20" in turned.stdout


def test_what_was_signed_between_the_days_is_named(tmp_path: Path) -> None:
    signed = LATE.replace("from: 2025-01-01", "signed: 2026-01-20\n  from: 2026-01-20")
    folder = write(tmp_path / "signed", OPEN + signed)
    found = explain(offtake.load(folder), offtake.load(folder), as_of="2026-01-25")
    assert found.parts[0].name == (
        "known on 2026-01-25 instead of 2026-01-12, with what was signed since: near-2025"
    )
    # Both plan February to April, so the day itself has a price: the right is known.
    assert found.parts[0].difference is not None
    assert found.parts[0].difference.sentence.endswith(" more")


def test_a_kept_plan_is_compared_without_its_book(tmp_path: Path, book: Path) -> None:
    assert said("plan", book, "--adopt", "--out", tmp_path / "out").exit_code == 0
    (kept,) = (book / "plans").iterdir()
    same = said("plan", book, "--compare", kept)
    assert same.exit_code == 0
    assert "The same is bought and built" in same.stdout
    assert "the kept plan is of the same book" in same.stdout
    write(book, OPEN)
    for place in (kept, tmp_path / "out", tmp_path / "out" / "plan.json"):
        done = said("plan", book, "--compare", place)
        assert done.exit_code == 0
        assert "near is not asked about" in done.stdout
        assert "which lines moved it is not told" in done.stdout


def test_a_comparison_is_plain_data(tmp_path: Path, book: Path) -> None:
    new = write(tmp_path / "new", OPEN)
    data = json.loads(said("plan", new, "--compare", book, "--json").stdout)
    assert data["before"]["status"] == data["after"]["status"] == "planned"
    (line,) = data["lines"]
    assert (line["path"], line["after"], line["place_after"]) == (
        "agreements/near-2025",
        None,
        None,
    )
    assert line["place_before"] == "book.yaml:19:3"
    assert data["parts"][0]["difference"]["resolved"]
    assert data["comparison"]["summary"]


def test_a_side_without_a_plan_shows_its_clash(tmp_path: Path, book: Path) -> None:
    tight = write(tmp_path / "tight", TIGHT)
    now = said("plan", tight, "--compare", book)
    assert now.exit_code == 3
    assert now.stdout.startswith("after:\nNo plan is possible")
    before = said("plan", book, "--compare", tight)
    assert before.exit_code == 0
    assert before.stdout.startswith("before:\nNo plan is possible")
    assert "no plan to tell it by" in before.stdout


@pytest.mark.parametrize(
    ("name", "text", "status", "sentence"),
    [
        ("plan.json", "{", 2, "is no plan: it is not JSON"),
        ("plan.json", "[NaN]", 2, "is no plan: it is not JSON"),
        ("plan.json", "[" * 100_000, 2, "is no plan: it is not JSON"),
        ("plan.json", "{}", 2, "is no plan: it is not the data of a plan"),
        ("plan.json", '{"status": "infeasible"}', 2, "there is nothing to compare"),
        ("book.yaml", "book: {}", 1, ""),
    ],
)
def test_what_cannot_be_compared_with_is_told(
    tmp_path: Path, book: Path, name: str, text: str, status: int, sentence: str
) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / name).write_text(text)
    done = said("plan", book, "--compare", folder)
    assert done.exit_code == status
    assert sentence in done.stderr
    assert len(done.stderr) < 300


def test_what_is_not_there_cannot_be_compared_with(tmp_path: Path, book: Path) -> None:
    assert said("plan", book, "--compare", tmp_path / "none.json").exit_code == 1
    missing = said("plan", book, "--compare", tmp_path / "none")
    assert missing.exit_code == 1
    assert "[no-book]" in missing.stdout
    assert said("plan", book, "--compare", f"{book}@soon").exit_code == 2
    (tmp_path / "plan.json").write_text("{}")
    dated = said("plan", book, "--compare", f"{tmp_path}/plan.json@2026-01-01")
    assert dated.exit_code == 2
    assert "is a plan of its own day" in dated.stderr


def test_a_folder_whose_name_has_an_at_sign_is_found(tmp_path: Path) -> None:
    folder = write(tmp_path / "book@2026-01-01", OPEN)
    found, day = other(str(folder))
    assert isinstance(found, offtake.OpenBook)
    assert (found.path, day) == (folder, None)


def test_a_plan_in_python_is_compared_with_another_and_with_a_kept_one(
    tmp_path: Path, book: Path
) -> None:
    opened = offtake.load(book)
    plan = opened.plan(costs=False, foresight=False)
    bare = opened.without("near-first").plan(costs=False, foresight=False)
    assert isinstance(plan, offtake.Plan)
    assert isinstance(bare, offtake.Plan)
    kept = opened.adopt(plan)
    for before in (plan, kept, str(kept)):
        found = bare.compare(before)
        assert found.difference.sentence.endswith(" less")
        assert found.data()["summary"] == found.summary
    with pytest.raises(offtake.WrongArgumentError, match="is no plan: it is not JSON"):
        bare.compare(book / "book.yaml")
    with pytest.raises(FileNotFoundError):
        bare.compare(tmp_path / "none.json")
