"""`offtake settle` and `offtake reconcile`: what is owed, line by line, and what a bill says."""

from __future__ import annotations

import csv
import importlib.util
import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

import offtake
from offtake.owing.spreadsheet import workbook
from offtake.owing.unsigned import by_month
from offtake.units import Month

from .books import said
from .settling import book as written
from .settling import metering

ROOT = Path(__file__).parents[2]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return written(tmp_path / "owed")


@pytest.fixture
def meter(tmp_path: Path) -> Path:
    return metering(tmp_path / "february.csv")


def data(*arguments: object) -> dict[str, Any]:
    result = said(*arguments, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


# --- a month --------------------------------------------------------------------------------------


def test_each_line_says_what_for_how_much_and_why(book: Path, meter: Path) -> None:
    """February has 672 hours. used-1: 100 chips contracted, 60 taken in each hour.

    taken            60 x 672        = 40,320 chip-hours x 2 = 80,640.00
    floor    80 % x 67,200 - 40,320  = 13,440 chip-hours x 2 = 26,880.00
    held-1, from the 15th: 10 chips x 336 h x 3              = 10,080.00
    """
    text = said("settle", book, "--month", "2026-02", "--meter", meter).stdout
    lines = [line.split() for line in text.splitlines()]
    assert [line[:4] for line in lines if line[:2] == ["1", "capacity"]] == [
        ["1", "capacity", "reserved:", "10"],
        ["1", "capacity", "taken", "40,320"],
    ]
    assert "10 chips × 336 h × 3 USD, book.yaml:" in text
    assert "80% × 67,200 contracted − 40,320 taken = 13,440 chip-hours" in text
    assert "clause floor, book.yaml:" in text
    assert "lab owes near: 107,520.00 USD" in text
    assert "lab owes far: 10,080.00 USD" in text
    assert "Metered: 672 of the 672 hours of the month have a row (february.csv#" in text
    assert "1 agreement left out: nothing in service or owed (later-1)" in text


def test_what_was_not_metered_is_said_to_be_taken_as_contracted(book: Path) -> None:
    found = data("settle", book, "--month", "2026-03")
    used = next(s for s in found["statements"] if s["agreement"] == "used-1")
    assert not used["metered"]
    assert used["capacity"]["taken"] == used["capacity"]["contracted"] == 100 * 744 * 3600
    assert [note for note in found["notes"] if "2026-02" in note]
    assert "Use was not metered" in said("settle", book, "--month", "2026-03").stdout


def test_hours_without_a_row_count_as_no_use_and_are_told(book: Path, tmp_path: Path) -> None:
    half = metering(tmp_path / "half.csv", days=14)
    text = said("settle", book, "--month", "2026-02", "--meter", half).stdout
    assert "336 of the 672 hours of the month have a row; hours without a row count as no" in text
    assert "20,160 chip-hours × 2 USD" in text


def test_totals_are_the_exact_sums_of_lines(book: Path, meter: Path) -> None:
    found = data("settle", book, "--month", "2026-02", "--meter", meter)
    sums: dict[tuple[str, str], Decimal] = {}
    for statement in found["statements"]:
        for line in statement["lines"]:
            pair = line["payer"], line["payee"]
            sums[pair] = sums.get(pair, Decimal(0)) + Decimal(line["amount"])
    assert sums == {(t["payer"], t["payee"]): Decimal(t["amount"]) for t in found["totals"]}


def test_one_agreement_may_be_asked_for(book: Path) -> None:
    found = data("settle", book, "--month", "2026-02", "--agreement", "held-1")
    assert [s["statement"] for s in found["statements"]] == ["held-1/2026-02"]


def test_the_example_of_metering_is_what_its_script_makes() -> None:
    spec = importlib.util.spec_from_file_location("lab_metering", ROOT / "tools/lab_metering.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.FILE.read_text() == script.text(), "run: python tools/lab_metering.py"


# --- what means nothing ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "--month says which month"),
        (["--month", "2026-13"], "is not a month such as"),
        (["--month", "2026-02", "--agreement", "usd-1"], "the book has no agreement 'usd-1'"),
        (["--month", "2026-02", "--scenario", "low"], "--scenario is of a forecast"),
        (["--through", "2026-04", "--post"], "a forecast is not posted"),
        (["--month", "2026-02", "--focus", "f", "--focus-version", "2"], "versions 1.2, 1.3, 1.4"),
        (["--month", "2026-02", "--desk", "nowhere/desk.sqlite", "--post"], "is not there"),
    ],
)
def test_what_means_nothing_is_said_in_one_sentence(
    book: Path, arguments: list[str], sentence: str
) -> None:
    result = said("settle", book, *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("offtake: ")
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


def test_faults_of_a_file_are_told_with_their_line(book: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("agreement,start,chip_hours\nusd-1,2026-02-01T00:00:00Z,3\n")
    result = said("settle", book, "--month", "2026-02", "--meter", bad)
    assert result.exit_code == 1
    assert "bad.csv:2:" in result.stdout
    listed = json.loads(said("settle", book, "--month", "2026-02", "--meter", bad, "--json").stdout)
    assert [fault["line"] for fault in listed] == [2]


# --- files ----------------------------------------------------------------------------------------


def test_the_workbook_has_numbers_and_sums_that_are_ours(book: Path, meter: Path) -> None:
    """What its formulas come to is reckoned here again from the cells that they name."""
    found = offtake.load(book).settle("2026-02", meter=meter)
    path = book / "owed.xlsx"
    path.write_bytes(workbook(found))
    read = openpyxl.load_workbook(path)
    lines = list(read["Lines"].iter_rows(min_row=2, values_only=True))
    summary = list(read["Summary"].iter_rows(min_row=2, max_row=3, values_only=True))
    owed: dict[str, float] = {}
    for row, line in enumerate(lines, 2):
        assert isinstance(line[13], int | float)
        assert line[14] == f"=N{row}"
        owed[line[1]] = owed.get(line[1], 0) + line[13]
    for row, one in enumerate(summary, 2):
        assert one[9] == f"=SUMIFS(Lines!$O:$O,Lines!$B:$B,A{row})"
    totals = {s.id: float(s.total.amount) for s in found.statements}
    assert {name: round(sum_, 2) for name, sum_ in owed.items()} == totals
    cached = openpyxl.load_workbook(path, data_only=True)["Summary"]
    assert [row[9] for row in cached.iter_rows(min_row=2, max_row=4, values_only=True)] == [
        *totals.values(),
        sum(totals.values()),
    ]
    assert workbook(found) == path.read_bytes()


def test_a_name_that_looks_like_a_formula_stays_text(book: Path, tmp_path: Path) -> None:
    evil = (book / "book.yaml").read_text().replace("A book with bills", "=HYPERLINK(1)")
    (book / "book.yaml").write_text(evil)
    path = tmp_path / "owed.xlsx"
    path.write_bytes(workbook(offtake.load(book).settle("2026-02")))
    cells = [c for s in openpyxl.load_workbook(path) for row in s.iter_rows() for c in row]
    formulas = [cell.value for cell in cells if cell.data_type == "f"]
    assert all(f.startswith(("=SUMIFS(", "=N", "=-N", "=0")) for f in formulas)


def test_a_folder_holds_data_lines_a_page_and_a_workbook(
    book: Path, meter: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    result = said("settle", book, "--month", "2026-02", "--meter", meter, "--out", out)
    assert result.exit_code == 0
    assert {p.name for p in out.iterdir()} == {
        "statements.json", "lines.csv", "summary.csv", "statements.html", "statements.xlsx",
    }  # fmt: skip
    rows = list(csv.DictReader((out / "lines.csv").read_text().splitlines()))
    whole = json.loads((out / "statements.json").read_text())
    assert sum(Decimal(row["amount"]) for row in rows) == sum(
        Decimal(total["amount"]) for total in whole["totals"]
    )
    assert {row["place"].partition(":")[0] for row in rows} == {"book.yaml"}


def test_our_own_focus_file_is_a_bill_on_which_nothing_differs(
    book: Path, meter: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "focus"
    said("settle", book, "--month", "2026-02", "--meter", meter, "--focus", folder)
    bill = folder / "CostAndUsage.csv"
    same = data("reconcile", book, bill, "--meter", meter)
    assert (same["difference"], same["differences"]) == ("0.00", [])
    other = data("reconcile", book, bill)
    assert Decimal(other["difference"]) == Decimal(107_520 - 134_400)
    assert {d["agreement"] for d in other["differences"]} == {"used-1"}
    text = said("reconcile", book, bill).stdout
    assert "26,880.00 less." in text


def test_a_bill_that_cannot_be_compared_is_told(book: Path, tmp_path: Path) -> None:
    bill = tmp_path / "bill.csv"
    bill.write_text("a,b\n1,2\n")
    assert said("reconcile", book, bill).exit_code == 1
    result = said("reconcile", book, bill, "--map", "1234")
    assert result.exit_code == 2
    assert "--map is ACCOUNT=AGREEMENT" in result.stderr


# --- a forecast -----------------------------------------------------------------------------------


def test_a_forecast_takes_what_the_plan_uses(book: Path) -> None:
    """The plan's mean chips in March, of the pool of used-1 alone, for all of 744 hours."""
    opened = offtake.load(book)
    plan = opened.plan(costs=False, foresight=False)
    assert isinstance(plan, offtake.Plan)
    chips = plan.usage.filter(
        pl.col("pool").str.ends_with("used-1"), pl.col("month") == date(2026, 3, 1)
    )["chips"].sum()
    assert chips == pytest.approx(50)
    found = opened.forecast("2026-04", plan=plan)
    assert not isinstance(found, offtake.Clash)
    march = {s.agreement: s for s in found.statements if s.month == Month(2026, 3)}
    assert march["used-1"].forecast
    assert march["used-1"].capacity.taken == round(Fraction(chips) * 744 * 3600)
    # Below the floor of 80 %, which is what is paid.
    assert march["used-1"].total.amount == Decimal(80 * 744 * 2)
    assert march["held-1"].total.amount == Decimal(10 * 744 * 3)


def test_what_was_metered_counts_in_a_forecast(book: Path, tmp_path: Path) -> None:
    meter = metering(tmp_path / "all.csv", chips=100)
    opened = offtake.load(book)
    plan = opened.plan(costs=False, foresight=False)
    assert isinstance(plan, offtake.Plan)
    found = opened.forecast("2026-03", plan=plan, files={"meter": meter}, agreements=["used-1"])
    assert not isinstance(found, offtake.Clash)
    taken = [s.capacity.taken for s in found.statements]
    assert taken[0] == 100 * 672 * 3600
    assert taken[1] < 100 * 744 * 3600


def test_a_forecast_of_what_is_not_there_is_refused(book: Path) -> None:
    opened = offtake.load(book)
    plan = opened.plan(costs=False, foresight=False)
    assert isinstance(plan, offtake.Plan)
    with pytest.raises(offtake.WrongArgumentError, match="no scenario 'wet'"):
        opened.forecast("2026-04", plan=plan, scenario="wet")
    with pytest.raises(offtake.WrongArgumentError, match="lies before"):
        opened.forecast("2026-01", plan=plan)


def test_a_forecast_is_shown_by_month_and_by_clause(book: Path) -> None:
    text = said("settle", book, "--through", "2026-04", "--gap", "0.01").stdout
    signed, besides = text.split("Not signed yet: nothing; the plan would pay nobody besides.")
    for part in (signed, besides):
        assert [line.split()[0] for line in part.splitlines() if line.startswith("2026-")] == [
            "2026-02", "2026-03", "2026-04",
        ]  # fmt: skip
    assert "Signed: what is expected to be owed, USD" in signed
    assert "All cash of the plan, USD" in besides
    assert "only what is signed is settled" in text


def test_what_is_signed_and_what_is_not_are_all_cash_of_the_plan(tmp_path: Path) -> None:
    """The demand of 150 chips needs 50 more than are signed: far sells them at 9.00.

    Clocks are UTC and no share of a month is signed but by held-1 in February, so that the plan
    and the statements count the same hours, and what is not signed is the purchase alone.
    """
    path = written(tmp_path / "more")
    book = path / "book.yaml"
    book.write_text(book.read_text().replace("base: 60 chips", "base: 150 chips"))
    opened = offtake.load(path)
    plan = opened.plan(costs=False, foresight=False)
    assert isinstance(plan, offtake.Plan)
    found = opened.forecast("2026-04", plan=plan)
    assert not isinstance(found, offtake.Clash)
    cash = dict(plan.spend.group_by("month").agg(pl.col("amount").sum()).rows())
    for month, signed, rest, together in by_month(found.beside):
        own = sum(s.total.amount for s in found.statements if s.month == month)
        assert signed.amount == own
        assert signed + rest == together
        assert float(together.amount) == pytest.approx(cash[month.first], abs=0.02)
    bought = plan.purchases["chips"].sum()
    march = {r.category: r.rest.amount for r in found.beside if str(r.month) == "2026-03"
             if r.payee == "far"}  # fmt: skip
    assert float(march["reserved"]) == pytest.approx(bought * 744 * 9, abs=0.02)
    assert bought > 0
    assert all(abs(r.rest.amount) < 1 for r in found.beside if r.payee == "near")
    data = found.data()
    assert sum(Decimal(row["not_signed"]) for row in data["plan"]) == sum(
        Decimal(row["not_signed"]) for row in data["cash"]
    )


def test_of_one_agreement_or_scenario_the_rest_of_the_plan_is_not_told(book: Path) -> None:
    opened = offtake.load(book)
    plan = opened.plan(costs=False, foresight=False)
    assert isinstance(plan, offtake.Plan)
    name = plan.scenarios["scenario"][0]
    for how in ({"agreements": ["used-1"]}, {"scenario": name}):
        found = opened.forecast("2026-04", plan=plan, **how)
        assert not isinstance(found, offtake.Clash)
        assert found.beside == ()
        assert "plan" not in found.data()
        assert [n for n in found.notes if n.startswith("what the plan would pay besides is left")]


def test_a_day_of_knowledge_may_be_stated(book: Path) -> None:
    """On 2026-01-01 nobody had signed anything: known agreements are those signed by then."""
    found = offtake.load(book).settle("2026-02", as_of=date(2026, 1, 1))
    assert found.statements == ()


def test_the_focus_file_of_a_correction_bills_the_difference(
    book: Path, meter: Path, tmp_path: Path
) -> None:
    """107,520.00 was posted; 90 chips in each hour owe 120,960.00, and 13,440.00 more is billed."""
    said("settle", book, "--month", "2026-02", "--meter", meter, "--post")
    more = metering(tmp_path / "more.csv", chips=90)
    month = ("settle", book, "--month", "2026-02", "--meter", more)
    # The same before it is posted and after.
    for name, post in (("before", ()), ("posting", ("--post",)), ("after", ())):
        assert said(*month, "--focus", tmp_path / name, *post).exit_code == 0
        with (tmp_path / name / "CostAndUsage.csv").open(encoding="utf-8") as file:
            rows = [r for r in csv.DictReader(file) if r["SubAccountId"] == "used-1"]
        assert {r["InvoiceId"] for r in rows} == {"used-1/2026-02~2"}
        assert sum(Decimal(r["BilledCost"]) for r in rows) == Decimal("13440.00")
        back = {r["x_OfftakeReverses"]: Decimal(r["BilledCost"]) for r in rows}
        assert back["used-1/2026-02/1"] == Decimal("-80640")
        assert back["used-1/2026-02/2"] == Decimal("-26880")


def cells(path: Path, name: str) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(path)[name].iter_rows(min_row=2, values_only=True))


@pytest.mark.parametrize(
    ("price", "digits", "is_text"),
    [("99999999.99", 15, False), ("999999999.99", 16, True)],
)
def test_an_amount_that_a_spreadsheet_cannot_keep_is_text_and_so_are_its_sums(
    book: Path, tmp_path: Path, price: str, digits: int, is_text: bool
) -> None:
    """67,200 chip-hours of used-1 in February: at the dearer price an amount of 16 digits."""
    at = book / "book.yaml"
    at.write_text(at.read_text().replace("price: 2.00 USD per", f"price: {price} USD per"))
    found = offtake.load(book).settle("2026-02")
    used = next(s for s in found.statements if s.agreement == "used-1")
    exact = f"{Decimal(price) * 67_200:,.2f}"
    assert len(exact.replace(",", "").replace(".", "")) == digits
    path = tmp_path / "owed.xlsx"
    path.write_bytes(workbook(found))
    lines = {row[0]: row for row in cells(path, "Lines")}
    rows = cells(path, "Summary")
    totals = {row[0]: row[9] for row in rows[:2]}
    told = [row[0] for row in rows if row[0] and "more than 15 digits" in str(row[0])]
    all_of_it = next(row[9] for row in rows if row[0] == "lab owes in all")
    if is_text:
        assert lines["used-1/2026-02/1"][13] == lines["used-1/2026-02/1"][14] == exact
        assert totals[used.id] == exact
        assert all_of_it == f"{Decimal(price) * 67_200 + 10_080:,.2f}"
        assert told
    else:
        assert lines["used-1/2026-02/1"][13] == float(used.total.amount)
        assert totals[used.id].startswith("=SUMIFS(Lines")
        assert all_of_it.startswith("=SUMIFS(J2:J3")
        assert not told
    # What fits stays a number, whatever stands beside it.
    assert lines["held-1/2026-02/1"][13] == 10_080
    assert totals["held-1/2026-02"].startswith("=SUMIFS(Lines")
