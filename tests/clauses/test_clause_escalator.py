"""Escalator: steps at a rate or with a curve, from a day on, between bounds."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offtake.book.force import Book
from offtake.clauses.base import price_on
from offtake.plan.costs import clause_costs
from offtake.units import Month

from .planning import (
    EXACT,
    HOURS,
    book_of,
    codes_of,
    cost_of,
    needs,
    planned,
    text_of,
)

BLOCK = """
agreements:
- id: block
  seller: cloud
  signed: 2023-01-01
  from: FROM
  until: 2028-12-31
  price: 2 USD per chip-hour
  deliveries: [{id: d, add: 10 chips, chip: a, region: r, start: FROM}]
  clauses: [{kind: escalator, WORDS}]
"""
NEED = """
demand:
- {id: d, purpose: work, unit: a, base: 10 chips, unserved: 9 USD per chip-hour}
"""


def block(words: str, since: str = "2024-04-01", months: int = 6) -> str:
    return text_of(BLOCK.replace("WORDS", words).replace("FROM", since), NEED, months=months)


def price(book: Book, day: str, subject: str = "block", since: str | None = None) -> float:
    begun = dt.date.fromisoformat(since) if since else None
    found = price_on(book, subject, dt.date.fromisoformat(day), begun)
    assert found is not None
    return float(found.amount)


# --- when, and how much ----------------------------------------------------------------------


def test_the_price_of_an_agreement_rises_on_its_anniversary(tmp_path: Path) -> None:
    book = book_of(tmp_path, block("rises: 10% per year"))
    expected = 10 * (2 * HOURS[:3].sum() + 2.2 * HOURS[3:].sum())
    assert cost_of(book) == pytest.approx(expected)
    assert price(book, "2025-03-31") == 2
    assert price(book, "2025-04-01") == 2.2


def test_a_month_in_which_it_rises_costs_the_mean_of_its_days(tmp_path: Path) -> None:
    # On the 15th of February: 14 days at 2 and 14 at 2.20.
    book = book_of(tmp_path, block("rises: 10% per year", "2024-02-15", 3))
    assert cost_of(book) == pytest.approx(10 * (2 * 744 + 2.1 * 672 + 2.2 * 744))


@pytest.mark.parametrize(
    ("words", "on_new_year"),
    [
        ("rises: 10% per year", 2 * 1.1 * 1.1),
        ("falls: 10% per year", 2 * 0.9 * 0.9),
        ("rises: 21% per year, every: 6 months", 2 * 1.1**4),
        ("rises: 10% per year, every: 2 years", 2 * 1.1**2),
        ("rises: 10% per year, every: 3 years", 2),
        ("rises: 0% per year", 2),
        ("rises: 10% per year, cap: 115%", 2 * 1.15),
        ("rises: 10% per year, cap: 130%", 2 * 1.21),
        ("falls: 10% per year, floor: 85%", 2 * 0.85),
        ("rises: 10% per year, from: 2024-01-01", 2.2),
        ("rises: 10% per year, from: 2024-01-02", 2),
        ("rises: 10% per year, from: 2021-06-30", 2 * 1.1**3),
        ("rises: 10% per year, from: 2026-01-01", 2),
    ],
)
def test_steps_compound_between_the_bounds(tmp_path: Path, words: str, on_new_year: float) -> None:
    book = book_of(tmp_path, block(words, "2023-01-01", 1))
    assert price(book, "2025-01-01") == pytest.approx(on_new_year, abs=1e-9)
    assert cost_of(book) == pytest.approx(
        10 * sum(24 * price(book, f"2025-01-{n:02d}") for n in range(1, 32))
    )


def test_a_step_on_the_last_of_a_month_is_on_the_last_of_a_shorter_one(tmp_path: Path) -> None:
    book = book_of(tmp_path, block("rises: 100% per year, every: 1 month", "2024-12-31", 3))
    step = 2 ** (1 / 12)
    assert price(book, "2025-02-27") == pytest.approx(2 * step)
    assert price(book, "2025-02-28") == pytest.approx(2 * step**2)
    assert price(book, "2025-03-30") == pytest.approx(2 * step**2)
    assert price(book, "2025-03-31") == pytest.approx(2 * step**3)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    start=st.dates(dt.date(2023, 1, 1), dt.date(2024, 9, 30)),
    after=st.integers(0, 1500),
    every=st.sampled_from([1, 3, 6, 12, 18, 24]),
    percent=st.integers(0, 40),
    falls=st.booleans(),
)
def test_it_is_what_one_gets_by_going_through_the_days(
    tmp_path_factory: pytest.TempPathFactory,
    start: dt.date,
    after: int,
    every: int,
    percent: int,
    falls: bool,
) -> None:
    way = "falls" if falls else "rises"
    words = f"{way}: {percent}% per year, every: {every} months"
    book = book_of(tmp_path_factory.mktemp("book"), block(words, str(start), 1))
    on = min(start + dt.timedelta(days=after), dt.date(2028, 12, 31))
    rate = 1 - percent / 100 if falls else 1 + percent / 100
    expected, day = 2.0, start
    while day < on:
        day += dt.timedelta(days=1)
        months = Month.of(day) - Month.of(start)
        on_the_day = day.day == min(start.day, Month.of(day).days)
        if months % every == 0 and on_the_day:
            expected *= rate ** (every / 12)
    assert price(book, str(on)) == pytest.approx(expected, abs=1e-8)


# --- amendments ------------------------------------------------------------------------------


def amended(amendment: str, words: str = "rises: 10% per year, every: 1 month") -> str:
    text = block(words, "2025-01-01", 3)
    what = f"  amendments: [{{signed: 2024-09-01, {amendment}}}]\n"
    return text.replace("\ndemand:", what + "\ndemand:")


def test_a_step_that_was_taken_stays_when_the_words_change(tmp_path: Path) -> None:
    # One month's step at 10 % a year, then one at 40 %.
    change = "on: 2025-02-15, change: {escalator: {rises: 40% per year}}"
    old, new = 1.1 ** (1 / 12), 1.4 ** (1 / 12)
    expected = 10 * 2 * (744 + 672 * old + 744 * old * new)
    assert cost_of(book_of(tmp_path, text := amended(change))) == pytest.approx(expected)
    assert "40%" in text


def test_a_rate_of_nothing_keeps_the_price_that_was_reached(tmp_path: Path) -> None:
    change = "on: 2025-02-15, change: {escalator: {rises: 0% per year}}"
    step = 1.1 ** (1 / 12)
    expected = 10 * 2 * (744 + 672 * step + 744 * step)
    assert cost_of(book_of(tmp_path, amended(change))) == pytest.approx(expected)


def test_when_it_ends_the_price_is_as_signed_again(tmp_path: Path) -> None:
    expected = 10 * 2 * (744 + 672 * 1.1 ** (1 / 12) + 744)
    book = book_of(tmp_path, amended("on: 2025-03-01, end: [escalator]"))
    assert cost_of(book) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("since", "march"),
    [
        # Added in February: the steps of the agreement's months from then on.
        ("", 1.1 ** (1 / 12)),
        # Counted from a day before: the price is that of this day.
        (", from: 2024-03-01", 1.1),
    ],
)
def test_one_that_is_added_counts_the_steps_of_its_own_days(
    tmp_path: Path, since: str, march: float
) -> None:
    add = f"on: 2025-02-15, add: [{{id: later, kind: escalator, rises: 10% per year{since}, "
    text = amended(add + "every: 1 month}]", "rises: 0% per year")
    assert price(book_of(tmp_path, text), "2025-03-01") == pytest.approx(2 * march, abs=1e-9)


# --- with offers, scenarios and other clauses ----------------------------------------------------

OFFER = """
offers:
- {id: o, seller: neo, chip: a, region: r, term: 2 months, price: 2 USD per chip-hour,
   max: 5 chips, MORE clauses: [{kind: escalator, rises: 50% per year, every: 1 month WORDS}]}
"""


STEP = 1.5 ** (1 / 12)


def test_each_lot_of_an_offer_counts_from_its_own_first_day(tmp_path: Path) -> None:
    offer = OFFER.replace("MORE", "").replace("WORDS", "")
    text = text_of(offer, needs(0, 5, 5))
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(5 * 2 * (672 + 744 * STEP))


def test_a_stated_day_counts_for_all_lots_alike(tmp_path: Path) -> None:
    offer = OFFER.replace("MORE", "").replace("WORDS", ", from: 2025-01-01")
    text = text_of(offer, needs(0, 5, 5))
    expected = 5 * 2 * (672 * STEP + 744 * STEP**2)
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(expected)


def test_what_an_offer_bills_by_use_rises_from_the_stated_day(tmp_path: Path) -> None:
    offer = OFFER.replace("MORE", "billing: used,").replace("WORDS", ", from: 2025-01-15")
    text = text_of(offer, needs(3, 3, 3), months=2)
    # In February half of the days lie after the step of the 15th.
    expected = 3 * 2 * (744 + 672 * (1 + STEP) / 2)
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(expected)


def test_what_a_holder_takes_it_takes_at_the_price_that_rises(tmp_path: Path) -> None:
    # Half of 4 chips land with the holder, who alone may serve the API: 2 chips in any case.
    right = """
agreements:
- id: pact
  seller: cloud
  from: 2024-09-01
  until: 2025-12-31
  clauses:
  - {kind: first-refusal, window: {length: 30 days}, expected: [{take: 50%, weight: 100%}]}
  - {id: api-only, kind: exclusive, scope: {purposes: [api]}}
"""
    offer = OFFER.replace("MORE", "block: 1 chip,").replace("WORDS", "")
    text = text_of(right, offer, needs(2, 2, purpose="api"), months=2)
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(4 * 2 * (744 + 672 * STEP))


def test_a_floor_is_paid_at_the_price_that_rises_in_each_scenario(tmp_path: Path) -> None:
    # 6 or 9 of 10 chips are used; at least 8 are paid for. The price rises on 1 April.
    text = block("rises: 10% per year").replace(
        "]\n\ndemand", ", {kind: take-or-pay, share: 80%}]\n  billing: used\n\ndemand"
    )
    paths = "{low: {weight: 60%, base: 6 chips}, high: {weight: 40%, base: 9 chips}}"
    text = text.replace("base: 10 chips", f"scenarios: {paths}")
    hours = 2 * HOURS[:3].sum() + 2.2 * HOURS[3:].sum()
    assert cost_of(book_of(tmp_path, text)) == pytest.approx((0.6 * 8 + 0.4 * 9) * hours)


def test_its_cost_is_the_difference_to_the_price_as_signed(tmp_path: Path) -> None:
    made, base = planned(book_of(tmp_path, block("rises: 10% per year")))
    (row,) = clause_costs(made, base, EXACT).to_dicts()
    assert (row["clause"], row["part"], row["holder"]) == ("block/escalator", "all", "cloud")
    assert row["low"] == pytest.approx(10 * 0.2 * HOURS[3:].sum())
    assert row["high"] == pytest.approx(row["low"])


def test_a_price_that_rises_is_bought_elsewhere_when_it_is_no_longer_cheap(tmp_path: Path) -> None:
    # Over both months it costs 2.03 in the mean, and 2.02 on demand: without the clause it would
    # be bought.
    spot = """
- {id: s, seller: other, kind: on-demand, chip: a, region: r, price: 2.02 USD per chip-hour,
   max: 9 chips}
"""
    offer = OFFER.replace("MORE", "starts_until: 2025-01,").replace("WORDS", "")
    made, base = planned(book_of(tmp_path, text_of(offer + spot[1:], needs(5, 5), months=2)))
    assert base.objective == pytest.approx(5 * 2.02 * (744 + 672))
    (row,) = clause_costs(made, base, EXACT).to_dicts()
    assert row["low"] == pytest.approx(5 * 0.02 * (744 + 672))


# --- in check, and in words ----------------------------------------------------------------------


CURVE = """
curves:
- id: market
  prices: {2024-07-01: 4 USD per chip-hour, 2024-08-01: 5 USD per chip-hour,
    2024-09-01: 4 USD per chip-hour}
  forecast: FORECAST
"""


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("every: 12 months", "escalator-rate"),
        ("rises: 3% per year, falls: 3% per year", "escalator-rate"),
        ("rises: 3% per year, index: market", "escalator-rate"),
        ("falls: 100% per year", "escalator-rate"),
        ("rises: 3% per year, pass_through: 50%", "escalator-rate"),
        ("index: market, pass_through: 50% of it", "escalator-rate"),
        ("index: nothing", "escalator-rate"),
        ("index: markt", "unknown-curve"),
        ("rises: 3%", "not-per-year"),
        ("rises: 3% of price per year", "not-per-year"),
        ("rises: 3% per year, cap: 90%", "escalator-bounds"),
        ("falls: 3% per year, floor: 110%", "escalator-bounds"),
        ("rises: 3% per year, cap: 4% per year", "escalator-bounds"),
        ("index: market, cap: 4% per month", "escalator-bounds"),
        ("index: market, cap: 2% per year, floor: 4% per year", "escalator-bounds"),
        ("rises: 3% per year, every: 0 months", "invalid-value"),
        ("rises: 3% per year, every: 30 days", "invalid-value"),
        ("rises: 3% per year, every: 5 years", "escalator-idle"),
    ],
)
def test_what_is_wrong_with_it_is_said(tmp_path: Path, words: str, code: str) -> None:
    zero = "- {id: nothing, prices: {2024-01-01: 0 USD per chip-hour}, forecast: {flat: true}}\n"
    text = block(words) + CURVE.replace("FORECAST", "{flat: true}") + zero
    assert code in codes_of(tmp_path, text)


@pytest.mark.parametrize(
    ("offer", "code"),
    [
        ("billing: used, term: 24 months", "escalator-from"),
        ("kind: on-demand", "escalator-from"),
        ("term: 12 months", "escalator-idle"),
        ("term: 24 months", None),
    ],
)
def test_an_offer_needs_a_day_to_count_from_and_a_term_to_rise_in(
    tmp_path: Path, offer: str, code: str | None
) -> None:
    text = f"""
offers:
- {{id: o, seller: neo, chip: a, region: r, price: 2 USD per chip-hour, max: 5 chips, {offer},
   clauses: [{{kind: escalator, rises: 3% per year}}]}}
"""
    assert codes_of(tmp_path, text_of(text, NEED)) == ([code] if code else [])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("rises: 3% per year", "the price of block rises by 3% per year, every 12 months"),
        (
            "falls: 3% per year, every: 6 months, from: 2024-01-01, floor: 80%",
            "the price of block falls by 3% per year, every 6 months counted from 2024-01-01, "
            "at least 80% of the price as signed",
        ),
        (
            "index: market, pass_through: 50%, cap: 4% per year",
            "the price of block moves by 50% of what the curve market moves, every 12 months, "
            "at most 4% per year",
        ),
    ],
)
def test_it_is_explained_in_one_sentence(tmp_path: Path, words: str, sentence: str) -> None:
    text = block(words) + CURVE.replace("FORECAST", "{flat: true}")
    (term,) = book_of(tmp_path, text).terms
    assert term.clause.explain(book_of(tmp_path, text)) == sentence


def test_prices_are_exact_to_nine_places(tmp_path: Path) -> None:
    book = book_of(tmp_path, block("rises: 3% per year", "2023-01-01"))
    found = price_on(book, "block", dt.date(2026, 1, 1))
    assert found is not None
    assert found.amount == (Decimal(2) * Decimal("1.03") ** 3).quantize(Decimal("1e-9"))
