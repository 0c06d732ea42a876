"""A provider's FOCUS bill is read as it is, and all that is wrong with it is said with its line."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from offtake.book.codes import CODES
from offtake.book.faults import Fault
from offtake.owing.focus_files import read_bill, write_focus
from offtake.settle.bills import Bill
from offtake.units import Month

from .billed import rich, statements_of

HEAD = "BilledCost,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargeCategory,SubAccountId"
MARCH = "2026-03-01T00:00:00Z,2026-04-01T00:00:00Z"
ROW = f"12.50,USD,{MARCH},Usage,acct"


def read(folder: Path, *rows: str, head: str = HEAD, currency: str | None = "USD") -> object:
    path = folder / "bill.csv"
    path.write_text("\n".join((head, *rows)) + "\n")
    return read_bill(path, currency)


def test_the_least_that_a_bill_has_is_enough(tmp_path: Path) -> None:
    found = read(
        tmp_path, "12.50,2026-03-01,Usage", head="BilledCost,BillingPeriodStart,ChargeCategory"
    )
    assert isinstance(found, Bill)
    (charge,) = found.charges
    assert (charge.cost, charge.month, charge.category) == (
        Fraction("12.5"),
        Month(2026, 3),
        "Usage",
    )
    assert (charge.what, charge.accounts, charge.quantity) == ("no description", (), None)


@pytest.mark.parametrize(
    ("begin", "end", "month"),
    [
        ("2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z", "2026-03"),
        # Midnight in Los Angeles, and in Auckland, is another day in UTC.
        ("2026-03-01T08:00:00Z", "2026-04-01T07:00:00Z", "2026-03"),
        ("2026-02-28T11:00:00Z", "2026-03-31T11:00:00Z", "2026-03"),
        ("2026-03-01 00:00:00", "2026-04-01 00:00:00", "2026-03"),
        ("2026-12-01T00:00:00+00:00", "", "2026-12"),
    ],
)
def test_a_period_is_the_month_of_its_middle(
    tmp_path: Path, begin: str, end: str, month: str
) -> None:
    found = read(tmp_path, f"1,USD,{begin},{end},Usage,acct")
    assert isinstance(found, Bill)
    assert [str(m) for m in found.months] == [month]


def test_what_is_ours_and_whose_it_is_are_read(tmp_path: Path) -> None:
    head = f"{HEAD},ContractId,ContractApplied,CommitmentDiscountId,InvoiceId,ProviderName,"
    head += "PricingQuantity,PricingUnit,ContractedUnitPrice,ResourceId,ChargeDescription"
    applied = '"{""Elements"": [{""ContractId"": ""c-2"", ""ContractCommitmentId"": ""x""}]}"'
    row = f"{ROW},c-1,{applied},disc,inv-1,Neo,8,GPU-Hours,1.5,NULL,GPUs"
    found = read(tmp_path, row, head=head)
    assert isinstance(found, Bill)
    (charge,) = found.charges
    assert charge.accounts == ("c-1", "c-2", "disc", "acct", "inv-1")
    assert (charge.seller, charge.what, charge.resource) == ("Neo", "GPUs", "")
    assert (charge.quantity, charge.price) == (8, Fraction("1.5"))


def test_a_quantity_in_other_units_is_left_alone(tmp_path: Path) -> None:
    head = f"{HEAD},PricingQuantity,PricingUnit,ConsumedQuantity,ConsumedUnit"
    found = read(tmp_path, f"{ROW},3,Months,6,Chip-Hours", f"{ROW},3,Hours,6,GB", head=head)
    assert isinstance(found, Bill)
    assert [charge.quantity for charge in found.charges] == [6, None]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_our_own_export_is_read_back_from_either_file(tmp_path: Path, suffix: str) -> None:
    from offtake.formats.focus import VERSIONS, focus_tables

    book = rich(tmp_path / "book", zone="America/Los_Angeles")
    made = statements_of(book)
    for version in VERSIONS:
        write_focus(tmp_path, focus_tables(made, book, version))
        found = read_bill(tmp_path / f"CostAndUsage.{suffix}", "USD")
        assert isinstance(found, Bill)
        total = sum(charge.cost for charge in found.charges)
        assert total == sum(Fraction(s.total.amount) for s in made)
        assert {c.month for c in found.charges} == {s.month for s in made}
        assert [c.line for c in found.charges] == [e.id for s in made for e in s.entries]


def test_parquet_with_floats_and_naive_times_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bill.parquet"
    pl.DataFrame(
        {
            "BilledCost": [12.5, -3.25],
            "BillingPeriodStart": [dt.datetime(2026, 3, 1)] * 2,
            "BillingPeriodEnd": [dt.datetime(2026, 4, 1)] * 2,
            "ChargeCategory": ["Usage", "Credit"],
        }
    ).write_parquet(path)
    found = read_bill(path)
    assert isinstance(found, Bill)
    assert sum(charge.cost for charge in found.charges) == Fraction(Decimal("9.25"))


@pytest.mark.parametrize(
    ("row", "sentence", "hint"),
    [
        (f"12;5,USD,{MARCH},Usage,a", "BilledCost is '12;5', which is no number.", "with a point"),
        (f"NaN,USD,{MARCH},Usage,a", "BilledCost is 'NaN', which is no number.", "plain number"),
        (f",USD,{MARCH},Usage,a", "BilledCost is empty.", "every charge states it"),
        (f"1,EUR,{MARCH},Usage,a", "BillingCurrency is 'EUR' here and USD", "one currency"),
        (f"1,USD,{MARCH},usage,a", "ChargeCategory is 'usage', which is no charge cat", "Usage"),
        ("1,USD,March,,Usage,a", "BillingPeriodStart is 'March', which is no time.", "in UTC"),
        (
            "1,USD,2026-03-01T00:00:00Z,2026-06-01T00:00:00Z,Usage,a",
            "The billing period from 2026-03-01 to 2026-06-01 is no month.",
            "periods are months",
        ),
        (f"1,USD,{MARCH},Usage", "This row has 5 cells and the header 6.", "double quotes"),
    ],
)
def test_each_bad_row_is_told_with_its_line(
    tmp_path: Path, row: str, sentence: str, hint: str
) -> None:
    found = read(tmp_path, ROW, row, ROW)
    assert isinstance(found, tuple)
    (fault,) = found
    assert isinstance(fault, Fault)
    assert str(fault.place) == "bill.csv:3:1"
    assert fault.sentence.startswith(sentence)
    assert hint in fault.hint
    assert fault.code in CODES


def test_all_that_is_wrong_is_told_at_once_to_a_hundred(tmp_path: Path) -> None:
    found = read(tmp_path, *[f"x,USD,{MARCH},Usage,a"] * 3)
    assert isinstance(found, tuple)
    assert [fault.place.line for fault in found] == [2, 3, 4]
    found = read(tmp_path, *[f"x,USD,{MARCH},Usage,a"] * 130)
    assert isinstance(found, tuple)
    assert len(found) == 100


def test_a_file_that_is_no_bill_is_told(tmp_path: Path) -> None:
    def sentence(found: object) -> str:
        assert isinstance(found, tuple)
        return str(found[0].sentence)

    assert sentence(read(tmp_path, head="a,b")) == "The bill has no column BilledCost."
    assert sentence(read(tmp_path)) == "The bill has no rows."
    assert sentence(read_bill(tmp_path / "none.csv")).startswith("The bill cannot be read:")
    assert sentence(read_bill(tmp_path)).startswith("The bill cannot be read:")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 no")
    assert sentence(read_bill(tmp_path / "bad.parquet")).startswith("This is not Parquet:")
    (tmp_path / "empty.csv").write_bytes(b"")
    assert sentence(read_bill(tmp_path / "empty.csv")) == "The file is empty."
    for text in ('"[1]"', '"{""Elements"": 3}"', '"{""Elements"": [{}]}"', "x"):
        found = read(tmp_path, f"{ROW},{text}", head=f"{HEAD},ContractApplied")
        assert sentence(found).startswith("ContractApplied is ")
