"""The small tables beside a book: what they say, and what is wrong with them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from offtake.book.codes_metering import METERING
from offtake.book.faults import Place, Unreadable
from offtake.clauses.base import Comparable, Revenue
from offtake.owing.gather import Gathered, gather
from offtake.settle.inputs import Came, Outage
from offtake.units import Money, Month, instant_of

from .meter_books import HEAD, MARCH, book_in, only, told, written

OUTAGES = "agreement,begin,end,chips,cause\n"
CAME = "agreement,delivery,came\n"
REVENUE = "clause,month,amount\n"
OTHERS = "clause,customer,from,until,price,chips\n"
SPAN = "2026-03-02T00:00:00Z,2026-03-02T06:30:00Z"
PAID = "neo-1/most-favoured,other lab,2026-01-01,2026-12-31,1.90 USD per chip-hour,64 chips\n"


def gathered(folder: Path, option: str, text: str, zone: str = "UTC") -> Gathered:
    path = written(folder, text, f"{option}.csv")
    file = [path] if option == "meter" else path
    return gather(book_in(folder, zone), through=MARCH, **{option: file})  # type: ignore[arg-type]


def place(folder: Path, option: str, line: int) -> Place:
    return Place(str(folder / f"{option}.csv"), line)


# --- what they say --------------------------------------------------------------------------------


def test_outages_are_by_agreement_with_their_place(tmp_path: Path) -> None:
    text = f"delivery,{OUTAGES}d1,neo-1,{SPAN},4,seller\n,neo-1,{SPAN},2 chips,force majeure\n"
    found = gathered(tmp_path, "availability", text).required().outages
    begin, end = map(instant_of, SPAN.split(","))
    assert found == {
        "neo-1": (
            Outage(begin, end, 4, "seller", place(tmp_path, "availability", 2), "d1"),
            Outage(begin, end, 2, "force majeure", place(tmp_path, "availability", 3)),
        )
    }


def test_a_delivery_came_on_a_day_of_the_book_at_an_instant_or_not_yet(tmp_path: Path) -> None:
    text = CAME + "neo-1,d1,2026-02-12\nneo-1,d2,2026-03-21T12:00:00Z\nneo-2,d1,no\n"
    found = gathered(tmp_path, "deliveries", text, "America/Los_Angeles").required().arrivals
    assert found == {
        ("neo-1", "d1"): Came(instant_of("2026-02-12T08:00:00Z"), place(tmp_path, "deliveries", 2)),
        ("neo-1", "d2"): Came(instant_of("2026-03-21T12:00:00Z"), place(tmp_path, "deliveries", 3)),
        ("neo-2", "d1"): Came(None, place(tmp_path, "deliveries", 4)),
    }


def test_revenue_is_by_clause_and_month(tmp_path: Path) -> None:
    text = REVENUE + "neo-1/revenue-share,2026-03,12.5 M USD\n"
    found = gathered(tmp_path, "revenue", text).required().revenues
    earned = Money(Decimal(12_500_000), "USD")
    row = Revenue(Month(2026, 3), earned, place(tmp_path, "revenue", 2))
    assert found == {"neo-1/revenue-share": (row,)}


def test_what_others_pay_is_by_clause(tmp_path: Path) -> None:
    found = gathered(tmp_path, "comparables", OTHERS + PAID).required().comparables
    days = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
    row = Comparable("other lab", *days, Fraction(19, 10), 64, place(tmp_path, "comparables", 2))
    assert found == {"neo-1/most-favoured": (row,)}


def test_without_files_nothing_is_known(tmp_path: Path) -> None:
    found = gather(book_in(tmp_path), through=MARCH)
    assert found.hours == {}
    assert not any((found.required().use, found.required().outages, found.required().sources))


# --- what is wrong with them ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "text", "code", "sentence"),
    [
        ("availability", f"{OUTAGES}neo-3,{SPAN},4,seller\n", "unknown-agreement", "'neo-3'"),
        ("availability", f"{OUTAGES}neo-1,{SPAN},4,sellers\n", "unknown-choice", "'sellers'"),
        ("availability", f"{OUTAGES}neo-1,{SPAN},4.5,seller\n", "bad-chips", "'4.5'"),
        ("availability", f"{OUTAGES}neo-1,{SPAN},0,seller\n", "bad-chips", "No chips"),
        ("availability", f"{OUTAGES}neo-1,{SPAN},４,seller\n", "bad-chips", r"'\uff14'"),
        ("availability", f"{OUTAGES}neo-1,today,now,4,seller\n", "bad-instant", "'today'"),
        (
            *("availability", f"{OUTAGES}neo-1,{SPAN[21:]},{SPAN[:20]},4,seller\n"),
            *("ends-before-it-begins", "ends before"),
        ),
        (
            *("availability", f"{OUTAGES}neo-2,{SPAN.replace('-03-', '-05-')},1,buyer\n"),
            *("outside-agreement", "neo-2 does not hold"),
        ),
        (
            *("availability", f"{OUTAGES[:-1]},delivery\nneo-1,{SPAN},4,seller,d7\n"),
            *("unknown-delivery", "no delivery 'd7'"),
        ),
        ("availability", f"{OUTAGES}neo-1,{SPAN},4\n", "row-length", "4 cells and the header 5"),
        ("deliveries", CAME + "neo-1,d1,yes\n", "bad-date", "'yes'"),
        ("deliveries", CAME + "neo-1,d1,2026-03-01T00:00Z\n", "bad-instant", "T00:00Z"),
        ("revenue", REVENUE + "neo-1/x,2026-03,1 USD\n", "unknown-clause", "'neo-1/x'"),
        ("revenue", REVENUE + "neo-1/revenue-share,March,1 USD\n", "bad-month", "'March'"),
        ("revenue", REVENUE + "neo-1/revenue-share,2026-03,1e6\n", "bad-money", "'1e6'"),
        ("revenue", REVENUE + "neo-1/revenue-share,2026-03,1 EUR\n", "other-currency", "in EUR"),
        ("comparables", OTHERS + PAID.replace("other lab", ""), "missing-field", "no name"),
        ("comparables", OTHERS + PAID.replace("chip-hour", "month"), "price-unit", "chip-hour"),
        ("comparables", OTHERS + PAID.replace("USD", "GBP"), "other-currency", "in GBP"),
        ("comparables", OTHERS + PAID.replace("1.90 USD", "-1 USD"), "bad-price", "'-1 USD"),
        ("comparables", OTHERS + PAID.replace("12-31", "13-31"), "bad-date", "13-31"),
        (
            *("comparables", OTHERS + PAID.replace("2026-12", "2025-12")),
            *("ends-before-it-begins", "ends before"),
        ),
    ],
)
def test_a_bad_row_is_told_with_its_line(
    tmp_path: Path, option: str, text: str, code: str, sentence: str
) -> None:
    found = gathered(tmp_path, option, text)
    assert found.inputs is None
    fault = only(found)
    assert (fault.place, fault.code) == (place(tmp_path, option, 2), code)
    assert sentence in fault.sentence
    assert fault.hint


@pytest.mark.parametrize(
    ("option", "text", "code"),
    [
        ("revenue", "", "no-header"),
        ("revenue", "clause,month\n", "missing-column"),
        ("revenue", "clause,month,amounts\n", "unknown-column"),
        ("deliveries", 'agreement,delivery,came\n"neo-1,d1', "csv"),
        ("deliveries", "agreement,delivery,came\nneo-1,d1,n\0\n", "csv"),
    ],
)
def test_a_table_that_is_none_is_told(tmp_path: Path, option: str, text: str, code: str) -> None:
    assert code in [fault.code for fault in gathered(tmp_path, option, text).faults]


def test_bytes_that_are_no_text_and_files_that_are_not_there_are_told(tmp_path: Path) -> None:
    bad = written(tmp_path, b"clause,\xff\n", "bad.csv")
    book = book_in(tmp_path)
    found = gather(book, revenue=bad, comparables=tmp_path, deliveries="no.csv", through=MARCH)
    assert sorted(f.code for f in found.faults) == ["encoding", "no-file", "not-a-file"]
    with pytest.raises(Unreadable, match="no-file"):
        found.required()


def test_a_table_without_rows_says_nothing(tmp_path: Path) -> None:
    assert gathered(tmp_path, "availability", OUTAGES).required().outages == {}


# --- every code -----------------------------------------------------------------------------------

HOUR = "neo-1,2026-03-01T00:00:00Z"
EARNED = {
    "missing-column": ("meter", "agreement,start\n"),
    "no-rows": ("meter", HEAD),
    "other-months": ("meter", HEAD + "neo-1,2062-03-01T00:00:00Z,1\n"),
    "not-parquet": ("meter", "PAR1"),
    "column-type": ("meter", ""),
    "changed-meanwhile": ("meter", ""),
    "bad-instant": ("meter", HEAD + "neo-1,2026-03-01,1\n"),
    "not-an-hour": ("meter", HEAD + "neo-1,2026-03-01T00:00:01Z,1\n"),
    "bad-amount": ("meter", f"{HEAD}{HOUR},x\n"),
    "part-of-a-second": ("meter", f"{HEAD}{HOUR},0.00025\n"),
    "row-twice": ("meter", f"{HEAD}{HOUR},1\n{HOUR},1\n"),
    "outside-agreement": ("meter", f"{HEAD}neo-2,2026-02-28T00:00:00Z,1\n"),
    "unknown-delivery": ("deliveries", CAME + "neo-1,d9,no\n"),
}
"""Codes that no book earns, with a file that does; two of them need more than a text."""


@pytest.mark.parametrize("code", EARNED)
def test_every_code_of_metering_is_earned(code: str, tmp_path: Path) -> None:
    option, text = EARNED[code]
    if text:
        assert [f.code for f in gathered(tmp_path, option, text).faults] == [code]
    elif code == "column-type":
        start = [dt.datetime(2026, 3, 1, tzinfo=dt.UTC)]
        frame = pl.DataFrame({"agreement": ["neo-1"], "start": start, "chip_hours": [0.1]})
        frame.write_parquet(tmp_path / "m.parquet")
        found = gather(book_in(tmp_path), meter=[tmp_path / "m.parquet"], through=MARCH)
        assert told(found) == [(1, code)]
        assert found.faults[0].hint.startswith("write chip_hours as decimals")
    else:
        assert code == "changed-meanwhile", "test_meter_faults.py writes to a file as it is read"


def test_no_code_of_metering_is_left_out() -> None:
    assert set(EARNED) == set(METERING)


def test_a_delivery_or_a_month_twice_names_the_first(tmp_path: Path) -> None:
    came = gathered(tmp_path, "deliveries", CAME + "neo-1,d1,no\nneo-1,d1,2026-03-01\n")
    assert told(came) == [(3, "row-twice")]
    assert only(came).sentence == "The delivery neo-1/d1 is there already, in line 2."
    row = "neo-1/revenue-share,2026-03,1 USD\n"
    earned = gathered(tmp_path, "revenue", REVENUE + row + row)
    assert told(earned) == [(3, "row-twice")]
