"""What clauses say of the terms of a bid: escalators as a yearly rate, prepayments as they are."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from offtake.clauses.base import Escalates, PaidAhead, Rebate, Shape, Shapes
from offtake.clauses.shapes import length, mean, served

from .planning import book_of, needs, text_of

D = Decimal
OFFER = """
offers:
- id: o
  seller: neo
  chip: a
  region: r
  term: 36 months
  price: 2 USD per chip-hour
  max: 100 chips
  clauses: [{WORDS}]
"""
CURVE = """
curves:
- id: c
  prices: {2020-01-01: 4 USD per chip-hour}
  forecast: {falls: 20% per year}
"""
START, SIGNED = dt.date(2025, 1, 1), dt.date(2024, 10, 1)


def shapes(
    folder: Path, words: str, *, months: int = 36, signed: dt.date = SIGNED, discount: int = 0
) -> list[Shape]:
    parts = (OFFER.replace("WORDS", words), CURVE, needs(1))
    book = book_of(folder, text_of(*parts, discount=discount))
    (term,) = book.terms_of["o"]
    assert isinstance(term.clause, Shapes)
    return list(term.clause.shape(START, months, signed, book))


# --- months of service ------------------------------------------------------------------------


def test_months_of_service_run_from_day_to_day() -> None:
    first, second, third = served(dt.date(2025, 1, 31), 3)
    assert first == (dt.date(2025, 1, 31), dt.date(2025, 2, 27))
    assert second == (dt.date(2025, 2, 28), dt.date(2025, 3, 30))
    assert third == (dt.date(2025, 3, 31), dt.date(2025, 4, 29))
    assert [length(span) for span in (first, second, third)] == [28, 31, 30]


def test_a_price_that_changes_within_a_month_is_its_mean_over_the_days() -> None:
    changes = dt.date(2025, 1, 11)
    span = (dt.date(2025, 1, 1), dt.date(2025, 1, 20))
    assert mean(span, lambda day: D(4) if day >= changes else D(2)) == 3


# --- escalators -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "rate"),
    [
        ("rises: 3% per year", "0.03"),
        ("falls: 12.5% per year", "-0.125"),
        ("rises: 3% per year, from: 2023-01-01", "0.03"),
        ("rises: 3% per year, cap: 110%", "0.03"),
        ("index: c, every: 1 years, pass_through: 50%", "-0.1"),
    ],
)
def test_steps_on_each_anniversary_are_their_rate(tmp_path: Path, words: str, rate: str) -> None:
    assert shapes(tmp_path, f"kind: escalator, {words}") == [Escalates(D(rate))]


def test_a_price_that_does_not_move_within_the_term_has_no_shape(tmp_path: Path) -> None:
    assert shapes(tmp_path, "kind: escalator, rises: 3% per year", months=12) == []


def test_other_steps_are_the_yearly_rate_at_which_the_price_costs_the_same(tmp_path: Path) -> None:
    # Two years of 365 days: half a year each at 1, 1.2^½, 1.2, 1.2^1.5.
    words = "kind: escalator, rises: 20% per year, every: 6 months"
    (shape,) = shapes(tmp_path, words, months=24)
    assert isinstance(shape, Escalates)
    halves = [181, 184, 181, 184]
    true = sum(days * 1.2 ** (n / 2) for n, days in enumerate(halves)) / 730
    assert float(1 + (1 + shape.rate)) / 2 == pytest.approx(true, abs=1e-6)


def test_the_rate_is_weighed_at_the_discount_of_the_book(tmp_path: Path) -> None:
    # A cap is met in the third year: 1, 1.2, 1.3 in place of 1.44.
    words = "kind: escalator, rises: 20% per year, cap: 130%"
    (even,) = shapes(tmp_path / "a", words)
    (later,) = shapes(tmp_path / "b", words, discount=30)
    assert isinstance(even, Escalates)
    assert isinstance(later, Escalates)
    growth = 1 + float(even.rate)
    assert 365 * (1 + growth + growth**2) == pytest.approx(365 * (1 + 1.2 + 1.3), abs=1e-2)
    # What is paid sooner weighs more, and there the true price is the higher.
    assert later.rate > even.rate


def test_steps_within_a_short_term_are_rebates_of_its_invoices(tmp_path: Path) -> None:
    words = "kind: escalator, rises: 21% per year, every: 6 months"
    found = shapes(tmp_path, words, months=12)
    assert [one.month for one in found if isinstance(one, Rebate)] == [7, 8, 9, 10, 11, 12]
    assert {one.share for one in found if isinstance(one, Rebate)} == {D("-0.1")}


def test_a_price_that_falls_too_fast_for_any_rate_is_rebates(tmp_path: Path) -> None:
    """Almost gone within the first year: not even a price of nothing later on is as cheap."""
    found = shapes(tmp_path, "kind: escalator, falls: 99.9% per year, every: 1 months", months=24)
    assert {type(one) for one in found} == {Rebate}
    assert len(found) == 23


# --- prepayments ------------------------------------------------------------------------------


def ahead(folder: Path, words: str, *, signed: dt.date = SIGNED) -> PaidAhead:
    (found,) = shapes(folder, f"kind: prepayment, {words}", signed=signed)
    assert isinstance(found, PaidAhead)
    return found


def test_a_prepayment_is_its_share_its_day_and_its_credits(tmp_path: Path) -> None:
    # A fifth of 1,095 days is 219: from January 2027 on, seven months of 212 days and a week.
    words = "share: 20% of delivery value, due: 30 days before start, credit_after: 24 months"
    assert ahead(tmp_path, words) == PaidAhead(D("0.2"), 30, 24, 8)


def test_half_of_each_invoice_credits_for_twice_as_long(tmp_path: Path) -> None:
    # 109.5 days at half a day each, from the first month on: 219 days, seven months of 212 and one.
    words = "share: 10%, due: at start, credit_up_to: 50% of invoice"
    assert ahead(tmp_path, words) == PaidAhead(D("0.1"), 0, 0, 8)


@pytest.mark.parametrize(
    ("due", "days"),
    [
        ("at signing", 92),
        ("60 days before start", 60),
        ("1 years before start", 92),
        ("at start", 0),
        ("14 days after start", -14),
    ],
)
def test_it_is_paid_when_due_and_never_before_it_is_signed(
    tmp_path: Path, due: str, days: int
) -> None:
    assert ahead(tmp_path, f"share: 20%, due: {due}").days_before == days


def test_nothing_is_credited_before_it_is_paid(tmp_path: Path) -> None:
    found = ahead(tmp_path, "share: 20%, due: 3 months after start, credit_after: 1 month")
    assert found.credit_after == 3


def test_what_no_invoice_is_left_to_carry_is_paid_on_top(tmp_path: Path) -> None:
    # 219 days are prepaid and the last six months, 184 days, give half of themselves back.
    words = (
        "kind: prepayment, share: 20%, due: at start, credit_after: 30 months, "
        "credit_up_to: 50% of invoice"
    )
    first, *rest = shapes(tmp_path, words)
    assert first == PaidAhead(D("0.2"), 0, 30, 6)
    days = [31, 31, 30, 31, 30, 31]
    back = [one for one in rest if isinstance(one, Rebate)]
    assert [one.month for one in back] == [31, 32, 33, 34, 35, 36]
    lost = -sum(n * one.share for n, one in zip(days, back, strict=True))
    assert float(lost) == pytest.approx(219 - 184 / 2)


def test_a_prepayment_is_of_the_price_as_it_will_be(tmp_path: Path) -> None:
    """The price doubles each year, so the first year's invoices are small beside what is paid."""
    words = "kind: prepayment, share: 20%, due: at start}, {kind: escalator, rises: 100% per year"
    book = book_of(tmp_path, text_of(OFFER.replace("WORDS", words), needs(1)))
    (clause,) = [t.clause for t in book.terms_of["o"] if t.clause.kind == "prepayment"]
    assert isinstance(clause, Shapes)
    # 20% of 365 x (1 + 2 + 4) is 511 days of the first price: all of its 365, then 146 of 2.
    (found,) = clause.shape(START, 36, SIGNED, book)
    assert found == PaidAhead(D("0.2"), 0, 0, 15)
