"""What a controller reads on a small screen, beside a bill that is right, and back to the book."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from .books import said, write
from .settling import OWED, metering
from .test_shell_ledger import VENTURE

AHEAD = """\
  clauses:
  - {id: ahead, kind: prepayment, share: 10% of delivery value, due: 5 days before start}
"""
"""To be added to the last agreement but one, whose delivery stands a line above."""


@pytest.fixture(autouse=True)
def _keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFTAKE_KEYS", str(tmp_path / "keys"))


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """February is posted, and the book names the journal that began with it."""
    text = OWED.replace("- id: later-1\n", f"{AHEAD}- id: later-1\n")
    book = write(tmp_path / "owed", text)
    result = said("settle", book, "--month", "2026-02", "--post")
    assert result.exit_code == 0, result.output
    return write(book, text.replace("  as_of:", "  journals: [desk.sqlite]\n  as_of:"))


@pytest.mark.parametrize("columns", [20, 60])
def test_a_small_screen_cuts_nothing_off(
    begun: Path, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    text = said("settle", begun, "--month", "2026-02").stdout
    why = "67,200chip-hours×2USD"
    letters = "".join("".join(line[-12:] for line in text.splitlines()).split())
    assert why in letters


def test_a_bill_that_is_right_asks_the_same(tmp_path: Path) -> None:
    book, meter = write(tmp_path / "plain", OWED), metering(tmp_path / "february.csv")
    month = ("settle", book, "--month", "2026-02", "--meter", meter)
    assert said(*month, "--focus", tmp_path / "focus").exit_code == 0
    text = said("reconcile", book, tmp_path / "focus" / "CostAndUsage.csv", "--meter", meter).stdout
    assert text.splitlines()[-1].endswith(": the same.")


def test_a_line_of_a_clause_leads_to_its_delivery_in_the_book(begun: Path) -> None:
    found = json.loads(said("trace", "held-1/2026-02/2", begun, "--json").stdout)
    at = {one["id"]: one["place"] for one in found}
    lines = [line.strip() for line in (begun / "book.yaml").read_text().splitlines()]
    assert lines[int(at["held-1/d1"].rpartition(":")[2]) - 1].startswith("- {id: d1, add: 10 chips")
    assert lines[int(at["held-1/ahead"].rpartition(":")[2]) - 1].startswith("- {id: ahead")


def test_a_forecast_over_posted_months_draws_a_prepayment_once(tmp_path: Path) -> None:
    """Paid and drawn come to nothing, though what was posted came late and carried more."""
    text = OWED.replace("- id: later-1\n", f"{AHEAD}- id: later-1\n")
    book, late = write(tmp_path / "late", text), tmp_path / "late.csv"
    late.write_text("agreement,delivery,came\nheld-1,d1,2026-02-20\n")
    month = ("settle", book, "--month", "2026-02", "--deliveries", late, "--post")
    assert said(*month).exit_code == 0
    found = json.loads(said("settle", book, "--through", "2026-12", "--json").stdout)
    ahead = [
        line["amount"]
        for statement in found["statements"]
        for line in statement["lines"]
        if line["account"] == "prepaid"
    ]
    assert len(ahead) > 2
    assert sum(Decimal(amount) for amount in ahead) == 0
    assert any("--month 2026-03 begins after them" in note for note in found["notes"])


@pytest.mark.parametrize(
    "verb", [("settle", "--month", "2026-02"), ("ledger", "balance"), ("reconcile", "bill.csv")]
)
def test_a_desk_that_is_named_and_not_there_is_told(tmp_path: Path, verb: tuple[str, ...]) -> None:
    """A slip in its name would settle as if nothing had been posted."""
    book = write(tmp_path / "owed", OWED)
    first = verb[: 2 if verb[0] == "ledger" else 1]
    result = said(*first, book, *verb[len(first) :], "--desk", tmp_path / "dekc.sqlite")
    assert result.exit_code == 2
    assert "no desk has begun in" in result.stderr


def test_the_books_of_a_venture_can_be_read(tmp_path: Path) -> None:
    book = write(tmp_path / "joint", OWED + VENTURE)
    assert said("ledger", "call", book, "--month", "2026-02").exit_code == 0
    text = said("ledger", "balance", book, "--party", "joint").stdout
    assert "The books of joint" in text
    assert "all accounts in USD sum to 0, as it must" in text


def test_a_correction_without_the_hours_that_were_posted_is_told(tmp_path: Path) -> None:
    book, meter = write(tmp_path / "owed", OWED), metering(tmp_path / "february.csv")
    month = ("settle", book, "--month", "2026-02")
    assert said(*month, "--meter", meter, "--post").exit_code == 0
    assert "on no file" not in said(*month, "--meter", meter).stdout
    text = said(*month).stdout
    assert "Note: used-1/2026-02 rests on february.csv#" in text
    assert "and used-1/2026-02~2 on no file: name the files again where they hold." in text


def test_what_was_taken_back_can_still_be_read(tmp_path: Path) -> None:
    book, meter = write(tmp_path / "owed", OWED), metering(tmp_path / "february.csv")
    month = ("settle", book, "--month", "2026-02", "--post")
    assert said(*month).exit_code == 0
    assert said(*month, "--meter", meter).exit_code == 0
    first = said("ledger", "statement", book, "used-1/2026-02~1").stdout
    assert first.startswith("used-1/2026-02 (statement)")
    assert "and taken back: used-1/2026-02~2 stands in its place" in first
    assert "owes" not in first
    latest = said("ledger", "statement", book, "used-1/2026-02").stdout
    assert latest == said("ledger", "statement", book, "used-1/2026-02~2").stdout
    assert "in place of used-1/2026-02\n" in latest
    third = said("ledger", "statement", book, "used-1/2026-02~3")
    assert third.exit_code == 2
    assert "the latest is used-1/2026-02~2" in third.stderr
