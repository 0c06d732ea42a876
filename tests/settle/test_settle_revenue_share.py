"""A share of revenue, in both directions, until it has reached its cap or its last day."""

from __future__ import annotations

from pathlib import Path

import pytest

from offtake.book.faults import Place
from offtake.clauses.base import Revenue
from offtake.settle import Inputs
from offtake.units import Month, parse_money

from .owed import book_of, lines, statements, told, whys

DEAL = """
- id: shared
  seller: microsoft
  from: 2025-01-01
  until: 2025-12-31
  clauses:
  - {kind: revenue-share, of: sales of the service, WORDS}
"""


def earned(*amounts: str) -> Inputs:
    """What was earned in each month from January on."""
    rows = tuple(
        Revenue(Month(2025, n), parse_money(f"{amount} USD"), Place("revenue.csv", n + 1))
        for n, amount in enumerate(amounts, 1)
    )
    return Inputs(revenues={"shared/revenue-share": rows})


@pytest.mark.parametrize(("payer", "sign"), [("lab", ""), ("microsoft", "-")])
def test_a_share_is_paid_until_the_cap_in_either_direction(
    payer: str, sign: str, tmp_path: Path
) -> None:
    """20 % of revenue, at most 50,000 USD in all.

    January     20 % × 100,000                                         20,000.00
    February    20 % ×  60,000.01 = 12,000.002                         12,000.00
    March       20 % × 100,000, at most 50,000 − 32,000                18,000.00
    April       nothing is left of the cap
    """
    words = f"share: 20%, payer: {payer}, cap: 50000 USD"
    book = book_of(tmp_path, DEAL.replace("WORDS", words))
    inputs = earned("100000", "60000.01", "100000", "100000")
    found = statements(book, "2025-05", inputs, "shared")
    owed = {month: lines(s) for month, s in found.items() if lines(s)}
    item = "share of sales of the service"
    assert owed == {
        "2025-01": [(item, f"{sign}20,000.00")],
        "2025-02": [(item, f"{sign}12,000.00")],
        "2025-03": [(item, f"{sign}18,000.00")],
    }
    assert whys(found["2025-01"]) == ["20% × 100,000 USD"]
    assert whys(found["2025-03"]) == ["20% × 100,000 USD, at most 50,000 − 32,000 USD paid"]
    (line,) = found["2025-02"].lines
    assert (line.account, line.causes) == ("royalty", ("revenue.csv:3:1",))
    assert {line.payer, line.payee} == {"lab", "microsoft"}
    # Once the cap is paid nobody needs to know what is earned.
    assert not any(told(s) for s in found.values())


def test_the_month_of_the_last_day_counts_by_its_days(tmp_path: Path) -> None:
    book = book_of(tmp_path, DEAL.replace("WORDS", "share: 10%, payer: lab, until: 2025-02-07"))
    found = statements(book, "2025-03", earned("1000", "1000", "1000"), "shared")
    assert lines(found["2025-02"]) == [("share of sales of the service", "25.00")]
    assert whys(found["2025-02"]) == ["10% × 1,000 USD × 7/28 days"]
    assert lines(found["2025-03"]) == []


def test_several_sales_of_a_month_are_added(tmp_path: Path) -> None:
    rows = [
        Revenue(Month(2025, 1), parse_money(f"{n} USD"), Place("revenue.csv", n)) for n in (2, 5)
    ]
    inputs = Inputs(revenues={"shared/revenue-share": tuple(rows)})
    book = book_of(tmp_path, DEAL.replace("WORDS", "share: 50%, payer: lab"))
    found = statements(book, "2025-01", inputs, "shared")
    assert lines(found["2025-01"]) == [("share of sales of the service", "3.50")]


def test_revenue_that_is_not_known_is_told_and_only_a_forecast_expects_any(
    tmp_path: Path,
) -> None:
    """The book expects 1,000 in January and 1,440 in March: 1,200 between them."""
    words = "share: 10%, payer: lab, revenue: {2025-01: 1000 USD per month, "
    words += "2025-03: 1440 USD per month}"
    book = book_of(tmp_path, DEAL.replace("WORDS", words))
    found = statements(book, "2025-02", agreement="shared")
    assert lines(found["2025-02"]) == []
    assert told(found["2025-02"]) == [
        "The revenue of 2025-02 is not known: no share of it is owed."
    ]
    found = statements(book, "2025-02", Inputs(forecast=True), "shared")
    assert lines(found["2025-02"]) == [("share of sales of the service", "120.00")]
    assert told(found["2025-02"]) == []
    silent = book_of(tmp_path / "silent", DEAL.replace("WORDS", "share: 10%, payer: lab"))
    found = statements(silent, "2025-02", Inputs(forecast=True), "shared")
    assert len(told(found["2025-02"])) == 1


def test_what_one_side_paid_is_not_taken_off_the_others_cap(tmp_path: Path) -> None:
    """To January the buyer pays, from February on the seller, each at most 15,000 USD."""
    turned = "  amendments:\n  - on: 2025-02-01\n    signed: 2024-06-01\n"
    turned += "    change: {revenue-share: {payer: microsoft}}\n"
    words = "share: 10%, payer: lab, cap: 15000 USD"
    book = book_of(tmp_path, DEAL.replace("WORDS", words) + turned)
    found = statements(book, "2025-03", earned("100000", "100000", "100000"), "shared")
    assert [amount for s in found.values() for _, amount in lines(s)] == [
        "10,000.00",
        "-10,000.00",
        "-5,000.00",
    ]
