"""A provider's bill beside our statements: every difference is found, on its clause, with why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offtake.book.faults import Place
from offtake.formats.focus import bill_of, focus_tables
from offtake.formats.focus.values import written
from offtake.owing.focus_files import read_bill, write_focus
from offtake.settle import Statement
from offtake.settle.bills import Bill, Charge
from offtake.settle.reconcile import Differences, reconcile
from offtake.units import Month

from .billed import METERED, rich, statements_of
from .owed import book_of
from .test_focus_tables import corrected

OURS = ("x_OfftakeLine", "x_OfftakeClause", "x_OfftakeAgreement")
SELLERS = {"cloud": "Cloud", "iren": "IREN", "microsoft": "Microsoft", "lab": "Lab"}
FEBRUARY = Month(2025, 2)


@cache
def made() -> tuple[Statement, ...]:
    """The statements of all agreements, to September."""
    with TemporaryDirectory() as folder:
        return statements_of(rich(Path(folder)))


@cache
def export() -> tuple[Mapping[str, str], ...]:
    """The same as a bill, row by row."""
    with TemporaryDirectory() as folder:
        book = rich(Path(folder))
    rows = focus_tables(made(), book, "1.2")["CostAndUsage"].rows
    return tuple({c: written(v) for c, v in row.items()} for row in rows)


def bill(rows: Sequence[Mapping[str, str]], *, without: Sequence[str] = ()) -> Bill:
    """Rows as a bill, without some columns."""
    kept = [{c: v for c, v in row.items() if c not in without} for row in rows]
    found = bill_of("bill.csv", list(kept[0]), list(enumerate(kept, 2)))
    assert isinstance(found, Bill), found
    return found


def at(line: str) -> int:
    return next(n for n, row in enumerate(export()) if row["x_OfftakeLine"] == line)


def changed(line: str, **cells: str) -> list[Mapping[str, str]]:
    """The export with some cells of one row changed."""
    rows = list(export())
    rows[at(line)] = {**rows[at(line)], **cells}
    return rows


def shown(found: Differences) -> list[tuple[str, str, str, str]]:
    return [(r.clause, r.line, r.cause, str(Decimal(str(float(r.difference))))) for r in found.rows]


@pytest.mark.parametrize("without", [(), OURS[:1], OURS[:2], OURS, (*OURS, "ResourceId")])
def test_our_own_bill_differs_in_nothing(without: tuple[str, ...]) -> None:
    """With our columns and without them: accounts, kinds of charge and amounts tell the same."""
    found = reconcile(made(), bill(export(), without=without))
    assert found.rows == ()
    assert found.difference == 0
    assert found.ours == found.theirs == sum(Fraction(s.total.amount) for s in made())
    assert {one.agreement for one in found.by_clause} == {"meter", "block", "resold"}


def test_our_own_bill_differs_in_nothing_after_it_is_corrected(tmp_path: Path) -> None:
    again = [corrected(s, 125) for s in made()]
    write_focus(tmp_path, focus_tables([*made(), *again], rich(tmp_path / "book")))
    found = read_bill(tmp_path / "CostAndUsage.csv", "USD")
    assert isinstance(found, Bill)
    assert reconcile([*made(), *again], found).rows == ()
    # Beside the first statements, the correction is what differs.
    assert reconcile(made(), found).difference == Fraction(125, 100) * len(made())


def test_more_hours_are_a_difference_of_quantity() -> None:
    """Resold: 2,688 chip-hours at 3.00 USD are 8,064.00; they bill 2,700, which are 8,100.00."""
    rows = changed("resold/2025-02/1", BilledCost="8100.00", PricingQuantity="2700")
    (one,) = reconcile(made(), bill(rows, without=OURS)).rows
    assert (one.agreement, one.month, one.clause) == ("resold", FEBRUARY, "resold")
    assert (one.cause, one.difference) == ("quantity", 36)
    assert one.why == "(2,700 - 2,688) chip-hours × 3"
    assert (one.ours, one.theirs) == (8064, 8100)
    assert one.places == (Place("bill.csv", at("resold/2025-02/1") + 2),)


def test_a_higher_price_is_a_difference_of_price() -> None:
    rows = changed("resold/2025-02/1", BilledCost="8332.80")
    (one,) = reconcile(made(), bill(rows, without=OURS)).rows
    assert (one.cause, one.difference) == ("price", Fraction("268.80"))
    assert one.why == "(3.1 - 3) × 2,688 chip-hours"


def test_both_are_told_apart_and_sum() -> None:
    """2,700 chip-hours at 3.10: 12 x 3.00 more hours, 0.10 x 2,700 of price."""
    rows = changed("resold/2025-02/1", BilledCost="8370.00", PricingQuantity="2700")
    found = reconcile(made(), bill(rows, without=OURS))
    assert shown(found) == [
        ("resold", "resold/2025-02/1", "quantity", "36.0"),
        ("resold", "resold/2025-02/1", "price", "270.0"),
    ]
    assert found.difference == 306


def test_a_cent_is_rounding() -> None:
    rows = changed("resold/2025-02/1", BilledCost="8064.01")
    assert shown(reconcile(made(), bill(rows, without=OURS))) == [
        ("resold", "resold/2025-02/1", "rounding", "0.01")
    ]


def test_rows_by_the_day_are_one_line_and_their_rounding_is_told() -> None:
    """28 days of 96 chip-hours at 3.00 = 288.00 each; here each is billed 288.004 and rounded up
    to 288.01, which is 0.28 in all: more than rounding can make of 28 rows, so it is the price;
    14 rows of 288.01 are 0.14, which rounding can.
    """
    rows = list(export())
    whole = dict(rows.pop(at("resold/2025-02/1")))
    day = {**whole, "PricingQuantity": "96"}
    for dearer, cause in ((28, "price"), (14, "rounding")):
        daily = [{**day, "BilledCost": "288.01"}] * dearer + [{**day, "BilledCost": "288.00"}] * (
            28 - dearer
        )
        (one,) = reconcile(made(), bill([*rows, *daily], without=OURS)).rows
        assert (one.cause, one.difference) == (cause, Fraction(dearer, 100))
        assert len(one.places) == 28


def test_a_line_that_is_missing_and_a_charge_of_nobody_are_told() -> None:
    """The draw of what was paid ahead is not on the bill; a support fee is."""
    draw = next(
        e.id
        for s in made()
        for e in s.entries
        if s.agreement == "block" and e.line.account == "prepaid" and e.line.amount.amount < 0
    )
    rows = list(export())
    row = rows.pop(at(draw))
    fee = {**row, "BilledCost": "99.00", "ChargeCategory": "Tax", "ChargeDescription": "sales tax"}
    found = reconcile(made(), bill([*rows, fee], without=OURS))
    missing, extra = sorted(found.rows, key=lambda r: r.cause)
    assert (missing.clause, missing.line, missing.cause) == (
        "block/prepayment",
        draw,
        "not on the bill",
    )
    assert missing.difference == -Fraction(row["BilledCost"])
    assert (extra.agreement, extra.clause, extra.cause) == ("block", "", "not ours")
    assert "sales tax" in extra.why
    assert found.difference == 99 - Fraction(row["BilledCost"])


def test_the_month_of_an_agreement_that_is_not_billed_is_missing_whole() -> None:
    """Of one seller to one buyer; what others owe, or are owed, is on others' bills."""
    rows = [r for r in export() if r["x_OfftakeStatement"] in ("block/2025-02", "block/2025-03")]
    assert reconcile(made(), bill(rows, without=OURS)).rows == ()
    extra = replace(made()[0], agreement="second", seller="iren", month=FEBRUARY)
    others = replace(extra, agreement="third", buyer="microsoft")
    found = reconcile([*made(), extra, others], bill(rows, without=OURS))
    assert {(r.agreement, r.cause) for r in found.rows} == {("second", "not on the bill")}


def test_accounts_are_sorted_as_told_then_by_contract_then_by_seller() -> None:
    text = {"SubAccountId": "acct-7", "InvoiceId": "INV-1"}
    rows = [{**r, **text} for r in export() if r["x_OfftakeStatement"] == "resold/2025-02"]
    bare = bill(rows, without=(*OURS, "Tags"))
    told = reconcile(made(), bare, {"acct-7": "resold"})
    assert told.rows == ()
    assert reconcile(made(), bare, sellers=SELLERS).rows == ()
    # Nothing says whose it is: it is nobody's, and still counted.
    (one,) = reconcile(made(), bill(rows, without=(*OURS, "Tags", "ProviderName"))).rows
    assert (one.agreement, one.cause, one.difference) == ("", "not ours", 8064)
    named = [{**row, "ContractId": "resold"} for row in rows]
    assert reconcile(made(), bill(named, without=OURS)).rows == ()
    wrong = reconcile(made(), bare, {"acct-7": "block"})
    assert {(r.agreement, r.cause) for r in wrong.rows} >= {("block", "price")}


LINES = st.sampled_from(sorted(row["x_OfftakeLine"] for row in export()))


@settings(max_examples=50)
@given(LINES, st.integers(-10_000_00, 10_000_00).filter(bool), st.booleans())
def test_each_planted_change_is_found_on_its_clause(line: str, cents: int, labelled: bool) -> None:
    row = export()[at(line)]
    cost = Fraction(row["BilledCost"]) + Fraction(cents, 100)
    if not labelled and (cost < 0) != (Fraction(row["BilledCost"]) < 0):
        cents = abs(cents) if Fraction(row["BilledCost"]) > 0 else -abs(cents)
        cost = Fraction(row["BilledCost"]) + Fraction(cents, 100)
    text = f"{Decimal(int(cost * 100)) / 100}"
    rows = changed(line, BilledCost=text)
    found = reconcile(made(), bill(rows, without=() if labelled else OURS))
    assert found.difference == sum(r.difference for r in found.rows) == Fraction(cents, 100)
    assert {(r.line, r.clause) for r in found.rows} == {(line, row["x_OfftakeClause"])}


@settings(max_examples=15)
@given(st.data())
def test_differences_by_clause_sum_to_the_whole_difference(data: st.DataObject) -> None:
    """Whatever is left out, doubled, moved, changed, and in whatever order the rows come."""
    rows: list[Mapping[str, str]] = []
    for row in data.draw(st.permutations(export())):
        for _ in range(data.draw(st.sampled_from([1, 1, 1, 0, 2]))):
            more = data.draw(st.sampled_from(["0", "0", "0", "0.01", "-17.5", "1234.56"]))
            cost = Decimal(row["BilledCost"]) + Decimal(more)
            account = data.draw(st.sampled_from([row["SubAccountId"]] * 5 + ["elsewhere"]))
            rows.append({**row, "BilledCost": str(cost), "SubAccountId": account})
    if not rows:
        return
    theirs = bill(rows, without=data.draw(st.sampled_from([(), OURS])))
    found = reconcile(made(), theirs)
    assert found.theirs == sum(charge.cost for charge in theirs.charges)
    assert found.difference == sum(row.difference for row in found.rows)
    by_clause: dict[tuple[str, Month, str], Fraction] = defaultdict(Fraction)
    for part in found.rows:
        by_clause[part.agreement, part.month, part.clause] += part.difference
    for clause in found.by_clause:
        assert by_clause[clause.agreement, clause.month, clause.clause] == clause.difference
    shuffled = replace(theirs, charges=tuple(data.draw(st.permutations(theirs.charges))))
    assert reconcile(reversed(made()), shuffled) == found


def test_a_bill_of_one_charge_needs_no_more_than_cost_month_and_account(tmp_path: Path) -> None:
    (january, *_) = statements_of(book_of(tmp_path, METERED), "2025-01")
    charge = Charge(Place("b.csv", 2), january.month, "Usage", "gpu", Fraction(13_000), ("meter",))
    found = reconcile([january], Bill("b.csv", "USD", (charge,)))
    assert {(r.clause, r.cause) for r in found.rows} == {
        ("meter", "amount"),
        ("meter/minimum-spend", "not on the bill"),
    }
