"""FOCUS: one row for each line, invoices that sum to their statement, and the way back."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from offtake.formats.focus import VERSIONS, focus_tables
from offtake.formats.focus.commitments import duration
from offtake.owing.focus_files import frame, write_focus
from offtake.settle import Inputs, Statement
from offtake.settle.bills import invoiced
from offtake.settle.statement import Entry, statement_id
from offtake.units import Money

from .billed import METERED, RESERVED, read_csv, rich, row_of, statements_of
from .owed import book_of

COST = "CostAndUsage"
ROW = {
    "BilledCost": Decimal("8667.12"),
    "BillingAccountId": "lab",
    "BillingAccountName": "Lab",
    "BillingCurrency": "USD",
    "BillingPeriodStart": dt.datetime(2025, 1, 1, 8, tzinfo=dt.UTC),
    "BillingPeriodEnd": dt.datetime(2025, 2, 1, 8, tzinfo=dt.UTC),
    "ChargeCategory": "Usage",
    "ChargeDescription": "capacity reserved: 7 h100",
    "ChargeFrequency": "Recurring",
    "ChargePeriodStart": dt.datetime(2025, 1, 10, 8, tzinfo=dt.UTC),
    "ChargePeriodEnd": dt.datetime(2025, 2, 1, 8, tzinfo=dt.UTC),
    "ConsumedQuantity": Decimal("3696"),
    "ConsumedUnit": "Chip-Hours",
    "ContractApplied": '{"Elements": [{"ContractId": "block", "ContractCommitmentId": '
    '"block", "ContractCommitmentAppliedCost": 8667.12}]}',
    "ContractedCost": Decimal("8667.12"),
    "ContractedUnitPrice": Decimal("2.345"),
    "EffectiveCost": Decimal("8667.12"),
    "HostProviderName": "Cloud",
    "InvoiceDetailId": "block/2025-01/1",
    "InvoiceId": "block/2025-01",
    "InvoiceIssuerName": "IREN",
    "ListCost": Decimal("8667.12"),
    "ListUnitPrice": Decimal("2.345"),
    "PricingCategory": "Standard",
    "PricingQuantity": Decimal("3696"),
    "PricingUnit": "Chip-Hours",
    "RegionId": "us-tx",
    "RegionName": "us-tx",
    "ResourceId": "block/d1",
    "ResourceType": "Delivery",
    "ServiceCategory": "Compute",
    "ServiceName": "Accelerator capacity",
    "ServiceProviderName": "IREN",
    "ServiceSubcategory": "Other (Compute)",
    "SkuId": "iren/h100",
    "SkuMeter": "Chip-Hours",
    "SkuPriceDetails": '{"x_OfftakeAgreement": "block"}',
    "SkuPriceId": "iren/h100@block:2.345",
    "SubAccountId": "block",
    "SubAccountName": "agreement block",
    "Tags": '{"offtake/agreement": "block", "offtake/clause": "block"}',
    "x_OfftakeAgreement": "block",
    "x_OfftakeStatement": "block/2025-01",
    "x_OfftakeLine": "block/2025-01/1",
    "x_OfftakeClause": "block",
    "x_OfftakeWhy": "7 chips × 528 h × 2.345 USD",
    "x_OfftakeChipHours": Decimal("3696"),
    "x_OfftakePayer": "lab",
    "x_OfftakePayee": "iren",
}
"""The row of January, but for the place of its delivery in the book."""


def corrected(statement: Statement, cents: int) -> Statement:
    """The same, its first line dearer by some cents, as its second revision."""
    own = statement_id(statement.agreement, statement.month, 2)
    entries = [Entry(f"{own}/{n}", e.line) for n, e in enumerate(statement.entries, 1)]
    line = entries[0].line
    more = Money(line.amount.amount + Decimal(cents) / 100, line.amount.currency)
    entries[0] = replace(entries[0], line=replace(line, amount=more))
    return replace(statement, entries=tuple(entries), revision=2, replaces=statement.id)


def test_a_reserved_line_becomes_a_row(tmp_path: Path) -> None:
    """7 chips from 10 January: 22 days x 24 h x 7 = 3,696 chip-hours at 2.345 = 8,667.12 USD."""
    text = RESERVED.split("  clauses:")[0]
    book = book_of(tmp_path, text, zone="America/Los_Angeles")
    (january,) = statements_of(book, "2025-01", Inputs())
    table = focus_tables([january], book)[COST]
    (row,) = table.rows
    place = str(january.entries[0].line.place)
    assert {c: v for c, v in row.items() if v is not None} == {**ROW, "x_OfftakePlace": place}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_invoice_sums_to_its_statement_and_every_line_has_one_row(
    tmp_path: Path, version: str
) -> None:
    book = rich(tmp_path)
    made = statements_of(book)
    table = focus_tables(made, book, version)[COST]  # type: ignore[arg-type]
    sums: dict[object, Decimal] = defaultdict(Decimal)
    for row in table.rows:
        assert isinstance(row["BilledCost"], Decimal)
        sums[row["InvoiceId"]] += row["BilledCost"]
    assert sums == {s.id: s.total.amount for s in made}
    assert [row["x_OfftakeLine"] for row in table.rows] == [e.id for s in made for e in s.entries]
    assert {row["ChargeCategory"] for row in table.rows} == {
        "Usage",
        "Purchase",
        "Adjustment",
        "Credit",
    }


def test_invoice_detail_says_the_same_line_by_line(tmp_path: Path) -> None:
    book = rich(tmp_path)
    made = statements_of(book)
    tables = focus_tables(made, book)
    for detail in tables["InvoiceDetail"].rows:
        row = row_of(tables[COST], str(detail["x_OfftakeLine"]))
        shared = "BilledCost InvoiceId ChargeCategory BillingPeriodStart InvoiceIssuerName"
        assert [detail[c] for c in shared.split()] == [row[c] for c in shared.split()]
    months = {(s.month, s.seller) for s in made}
    assert len(tables["BillingPeriod"].rows) == len(months)
    assert {row["BillingPeriodStatus"] for row in tables["BillingPeriod"].rows} == {"Closed"}


def test_host_seller_and_issuer_are_told_apart_along_a_chain(tmp_path: Path) -> None:
    """Microsoft resells what it has of IREN, which has it run by Cloud."""
    book = rich(tmp_path)
    made = [s for s in statements_of(book, "2025-02") if s.agreement == "resold"]
    (row,) = focus_tables(made, book)[COST].rows
    names = row["HostProviderName"], row["ServiceProviderName"], row["InvoiceIssuerName"]
    assert names == ("Cloud", "Microsoft", "Microsoft")
    (row,) = focus_tables(made, book, "1.2")[COST].rows
    assert (row["PublisherName"], row["ProviderName"]) == ("Cloud", "Microsoft")
    assert "HostProviderName" not in row


def test_a_row_leads_back_to_where_its_agreement_was_signed(tmp_path: Path) -> None:
    text = METERED.replace("  from:", "  cause: tender-7/lot-1\n  entry: desk 0a1b\n  from:", 1)
    book = book_of(tmp_path, text)
    rows = focus_tables(statements_of(book, "2025-01"), book)[COST].rows
    assert {row["x_OfftakeSigning"] for row in rows} == {"tender-7/lot-1; desk 0a1b"}


def test_what_is_paid_ahead_costs_when_it_is_drawn(tmp_path: Path) -> None:
    """Over the whole life what was paid is what it cost: draws take away what was paid ahead."""
    book = rich(tmp_path)
    made = [s for s in statements_of(book) if s.agreement == "block"]
    rows = focus_tables(made, book)[COST].rows
    ahead = [r for r in rows if str(r["x_OfftakeClause"]) == "block/prepayment"]
    assert {r["ChargeCategory"] for r in ahead} == {"Purchase", "Adjustment"}
    assert {r["EffectiveCost"] for r in ahead} == {Decimal(0)}
    assert sum(Decimal(str(r["BilledCost"])) for r in ahead) == 0
    billed = sum(Decimal(str(r["BilledCost"])) for r in rows)
    assert billed == sum(Decimal(str(r["EffectiveCost"])) for r in rows) != 0


def test_a_correction_takes_back_and_bills_anew(tmp_path: Path) -> None:
    book = rich(tmp_path)
    first = next(s for s in statements_of(book, "2025-03") if len(s.entries) > 2)
    second = corrected(first, 125)
    rows = focus_tables([second], book, replaced=[first])[COST].rows
    assert {row["ChargeClass"] for row in rows} == {"Correction"}
    assert {row["InvoiceId"] for row in rows} == {second.id}
    assert sum(Decimal(str(row["BilledCost"])) for row in rows) == Decimal("1.25")
    back = [row for row in rows if row["x_OfftakeReverses"]]
    assert [row["x_OfftakeReverses"] for row in back] == [e.id for e in first.entries]
    ids = [row["x_OfftakeLine"] for row in rows]
    assert len(set(ids)) == len(ids) == 2 * len(first.entries)
    # Laid beside the first bill, both files sum to what is owed in the end.
    whole = focus_tables([first, second], book)
    total = sum(Decimal(str(row["BilledCost"])) for row in whole[COST].rows)
    assert total == second.total.amount
    references = {row["ReferenceInvoiceId"] for row in whole["InvoiceDetail"].rows}
    assert references == {first.id}


def test_what_is_owed_to_others_is_on_invoices_of_its_own(tmp_path: Path) -> None:
    book = book_of(tmp_path, METERED)
    (made,) = statements_of(book, "2025-01")
    entry = made.entries[0]
    royalty = replace(entry.line, payer="iren", payee="lab", account="royalty", quantity=None)
    back = replace(royalty, payer="lab", payee="iren")
    added = (Entry(f"{made.id}/8", royalty), Entry(f"{made.id}/9", back))
    both = replace(made, entries=(*made.entries, *added))
    assert [of.invoice for of in invoiced(both)][-2:] == [f"{made.id}/iren-to-lab"] * 2
    rows = focus_tables([both], book)[COST].rows[-2:]
    assert [row["BillingAccountId"] for row in rows] == ["iren", "iren"]
    assert [row["InvoiceIssuerName"] for row in rows] == ["Lab", "Lab"]
    assert sum(Decimal(str(row["BilledCost"])) for row in rows) == 0
    assert [row["ServiceName"] for row in rows] == ["Licences and royalties"] * 2


def test_commitments_are_agreements_and_the_clauses_that_commit(tmp_path: Path) -> None:
    book = rich(tmp_path)
    rows = focus_tables(statements_of(book), book)["ContractCommitment"].rows
    told = {
        row["ContractCommitmentId"]: (
            row["ContractCommitmentCategory"],
            row["ContractCommitmentPaymentModel"],
            row["ContractCommitmentDurationType"],
            row["ContractCommitmentFulfillmentInterval"],
            row["ContractCommitmentLifecycleStatus"],
        )
        for row in rows
    }
    assert told == {
        "block": ("Usage", "No Upfront", "9 Months", "Full Period", "Expired"),
        "block/prepayment": ("Spend", "All Upfront", "9 Months", "Full Period", "Expired"),
        "meter/minimum-spend": ("Spend", "No Upfront", "12 Months", "Monthly", "Active"),
        "meter/take-or-pay": ("Usage", "No Upfront", "12 Months", "Quarterly", "Active"),
        "resold": ("Usage", "No Upfront", "7 Months", "Full Period", "Expired"),
    }
    resold = next(row for row in rows if row["ContractCommitmentId"] == "resold")
    # 212 days x 24 h x 4 chips at 3 USD.
    assert resold["ContractCommitmentQuantity"] == Decimal(20_352)
    assert resold["ContractCommitmentCost"] == Decimal(61_056)


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ("2025-01-01", "2025-01-31", "1 Month"),
        ("2025-01-10", "2026-01-09", "12 Months"),
        ("2025-01-10", "2025-02-10", "32 Days"),
        ("2025-01-10", "2025-01-10", "1 Day"),
    ],
)
def test_a_span_is_told_in_months_where_they_are_whole(first: str, last: str, text: str) -> None:
    assert duration(dt.date.fromisoformat(first), dt.date.fromisoformat(last)) == text


def test_a_forecast_is_neither_issued_nor_closed(tmp_path: Path) -> None:
    book = book_of(tmp_path, METERED)
    (made,) = statements_of(book, "2025-01")
    tables = focus_tables([replace(made, forecast=True)], book)
    assert {row["InvoiceIssueStatus"] for row in tables["InvoiceDetail"].rows} == {"Open"}
    assert {row["BillingPeriodStatus"] for row in tables["BillingPeriod"].rows} == {"Open"}


def test_csv_and_parquet_hold_the_same(tmp_path: Path) -> None:
    book = rich(tmp_path / "book", zone="America/New_York")
    made = statements_of(book)
    for version in VERSIONS:
        tables = focus_tables(made, book, version)
        folder = tmp_path / version
        paths = write_focus(folder, tables)
        assert sorted(folder.iterdir()) == sorted(paths)
        for name, table in tables.items():
            kept = pl.read_parquet(folder / f"{name}.parquet")
            assert kept.equals(frame(table))
            assert kept.columns == list(table.columns)
            for row, text in zip(
                kept.iter_rows(named=True), read_csv(folder / f"{name}.csv"), strict=True
            ):
                assert {c: _plain(v) for c, v in row.items()} == {
                    c: Decimal(v) if v and isinstance(row[c], Decimal) else v
                    for c, v in text.items()
                }


def _plain(cell: object) -> object:
    if isinstance(cell, dt.datetime):
        return f"{cell:%Y-%m-%dT%H:%M:%SZ}"
    return "" if cell is None else cell


def test_the_same_statements_are_written_byte_for_byte(tmp_path: Path) -> None:
    book = rich(tmp_path / "book")
    made = statements_of(book)
    for folder in ("a", "b"):
        write_focus(tmp_path / folder, focus_tables(made, book))
    for path in (tmp_path / "a").glob("*.csv"):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
