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


# --- what a controller must not do by mistake -----------------------------------------------------


def test_the_desk_of_another_book_is_refused(tmp_path: Path) -> None:
    book = write(tmp_path / "owed", OWED)
    assert said("settle", book, "--month", "2026-02", "--post").exit_code == 0
    other = write(tmp_path / "other", OWED.replace("-1\n", "-9\n"))
    month = ("settle", other, "--month", "2026-02", "--desk", book / "desk.sqlite")
    for more in ((), ("--post",)):
        result = said(*month, *more)
        assert result.exit_code == 2
        assert "what is posted at this desk is of another book" in result.stderr
        assert "held-1, used-1; name this book's own desk: --desk" in result.stderr
    assert (
        "used-1/2026-02 (statement)" in said("ledger", "statement", book, "used-1/2026-02").stdout
    )


def test_hours_of_a_mistyped_year_are_a_fault_and_others_are_counted(tmp_path: Path) -> None:
    book, meter = write(tmp_path / "owed", OWED), metering(tmp_path / "february.csv")
    text = meter.read_text()
    meter.write_text(text.replace(",2026-", ",2062-"))
    month = ("settle", book, "--month", "2026-02", "--meter", meter)
    result = said(*month)
    assert result.exit_code == 1
    assert "[other-months] This file has rows of other months alone (672)" in result.stdout
    meter.write_text(f"{text}used-1,2026-03-01T00:00:00Z,60\n")
    assert (
        "Note: february.csv has 1 row of other months, which are not used." in said(*month).stdout
    )


def test_a_bill_of_two_months_takes_a_file_of_hours_for_each(tmp_path: Path) -> None:
    book, first = write(tmp_path / "owed", OWED), metering(tmp_path / "february.csv")
    second = tmp_path / "march.csv"
    second.write_text(first.read_text().replace("2026-02-", "2026-03-"))
    bills = []
    for month, file in (("2026-02", first), ("2026-03", second)):
        folder = tmp_path / month
        files = ("--meter", first, "--meter", second) if file == second else ("--meter", first)
        assert said("settle", book, "--month", month, *files, "--focus", folder).exit_code == 0
        bills.append((folder / "CostAndUsage.csv").read_text().splitlines(keepends=True))
    bill = tmp_path / "bill.csv"
    bill.write_text("".join([*bills[0], *bills[1][1:]]))
    result = said("reconcile", book, bill, "--meter", first, "--meter", second)
    assert result.stdout.splitlines()[-1].endswith(": the same."), result.output


def test_what_was_paid_too_much_is_paid_back(tmp_path: Path) -> None:
    """The delivery came in March: of what was paid for February nothing was owed."""
    book, late = write(tmp_path / "owed", OWED), tmp_path / "late.csv"
    month, pay = ("settle", book, "--month", "2026-02", "--post"), ("ledger", "pay", book)
    assert said(*month).exit_code == 0
    first = said(*pay, "used-1/2026-02", "100000 USD", "--on", "2026-03-10").stdout
    assert "left of used-1/2026-02: lab owes near 34,400.00 USD" in first
    late.write_text("agreement,delivery,came\nused-1,d1,2026-03-01\n")
    assert said(*month, "--deliveries", late).exit_code == 0
    none = said(*pay, "used-1/2026-02", "1 USD", "--on", "2026-03-11")
    assert none.exit_code == 2
    assert "nothing is owed by used-1/2026-02~2: there is nothing to pay; lab paid" in none.stderr
    assert "100,000.00 USD more than that: a refund is told with --from near" in none.stderr
    part = (*pay, "used-1/2026-02", "60000 USD", "--on", "2026-03-12", "--from", "near")
    text = said(*part).stdout
    assert "lab paid near 40,000.00 USD more than is owed by used-1/2026-02~2" in text
    rest = (*pay, "used-1/2026-02", "40000 USD", "--on", "2026-03-13", "--from", "near", "--json")
    assert json.loads(said(*rest).stdout)["due"][0]["left"] == "0.00"
    assert "Liabilities:Payable:near" not in said("ledger", "balance", book).stdout
    assert said("tender", "export", book, "--to", tmp_path / "lines").exit_code == 0
    read_back = said("verify", tmp_path / "lines")
    assert read_back.exit_code == 0, read_back.output


def test_a_forecast_says_what_was_signed_after_its_day(tmp_path: Path) -> None:
    book = write(tmp_path / "owed", OWED.replace("signed: 2026-01-02", "signed: 2026-03-05"))
    notes = json.loads(said("settle", book, "--through", "2026-06", "--json").stdout)["notes"]
    said_of = "1 agreement signed after 2026-01-12 is left out; --as-of 2026-03-05 takes it in"
    assert said_of in notes


def test_what_was_posted_with_hours_is_not_replaced_without_them(tmp_path: Path) -> None:
    book, meter = write(tmp_path / "owed", OWED), metering(tmp_path / "february.csv")
    month = ("settle", book, "--month", "2026-02", "--post")
    assert said(*month, "--meter", meter).exit_code == 0
    result = said(*month)
    assert result.exit_code == 2
    assert "used-1/2026-02 rests on february.csv#" in result.stderr
    assert "used-1/2026-02~2" in said(*month[:-1]).stdout
    assert said("ledger", "statement", book, "used-1/2026-02~2").exit_code == 2


def test_a_correction_that_owes_as_much_says_what_differs(tmp_path: Path) -> None:
    """60 chips or 70 of 100 under a floor of 80: 107,520 either way."""
    book, meter = write(tmp_path / "owed", OWED), metering(tmp_path / "february.csv")
    month = ("settle", book, "--month", "2026-02", "--meter", meter)
    assert said(*month, "--post").exit_code == 0
    metering(meter, chips=70)
    text = said(*month).stdout
    assert "by now owes as much, and differs in its lines, what it carries and its" in text
    assert "--post puts used-1/2026-02~2 in its place." in text


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        (("--gap", "0.02"), "--gap is of a forecast: add --through"),
        (("--seconds", "9"), "--seconds is of a forecast: add --through"),
        (("--focus-version", "1.2"), "--focus-version is of FOCUS files: add --focus"),
        (("--scenario", "x"), "--scenario is of a forecast: add --through"),
        (("--out", "FILE"), "is a file; name a folder to write into"),
        (("--focus", "FILE"), "is a file; name a folder to write into"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(
    tmp_path: Path, option: tuple[str, str], sentence: str
) -> None:
    book, file = write(tmp_path / "owed", OWED), tmp_path / "there"
    file.write_text("mine")
    value = str(file) if option[1] == "FILE" else option[1]
    result = said("settle", book, "--month", "2026-02", option[0], value)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert file.read_text() == "mine"


def test_an_account_over_several_names_each(tmp_path: Path) -> None:
    book = write(tmp_path / "owed", OWED)
    assert said("settle", book, "--month", "2026-02", "--post").exit_code == 0
    head, _, row = said("ledger", "account", book, "Liabilities").stdout.splitlines()[1:4]
    assert "account" in head
    assert "Payable:" in row
    one = said("ledger", "account", book, "Liabilities:Payable:near").stdout.splitlines()[1]
    assert "account" not in one


def test_a_file_that_was_read_stands_where_it_was_named(begun: Path, tmp_path: Path) -> None:
    meter = metering(tmp_path / "february.csv")
    assert said("settle", begun, "--month", "2026-02", "--meter", meter, "--post").exit_code == 0
    found = json.loads(said("trace", "used-1/2026-02~2", begun, "--json").stdout)
    (source,) = [one for one in found if one["kind"] == "source"]
    assert source["place"] == found[0]["place"]
    assert source["place"].startswith("desk.sqlite:")
    wrong = said("trace", "nix", begun).stderr
    assert "?;" not in wrong
    assert "What was done at a desk" in wrong
