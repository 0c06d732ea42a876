"""Price curves in a plan: which day's price is paid for what, by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from offtake.plan.assemble import Programme
from offtake.plan.solve import Solution

from .books import cost, optimum, read_text, text_of

HOURS = [744, 672, 744, 720]
CURVE = """
curves:
- id: list
  prices: {2024-06-01: 4 USD per chip-hour, 2024-12-01: 3 USD per chip-hour,
    2025-02-15: 2 USD per chip-hour}
  forecast: FORECAST
"""
HALVES = "{falls: 50% per year}"
FACTOR = 0.5 ** (1 / 12)
"""The price of a month over that of the month before, where it halves in a year."""


def offer(words: str) -> str:
    return (
        "offers:\n- {id: o, seller: neo, chip: a, region: r, max: 9 chips, curve: list, "
        f"{words}}}\n"
    )


def needs(*chips: int, unserved: str = "9 USD per chip-hour") -> str:
    path = ", ".join(f"2025-{n:02d}: {c} chips" for n, c in enumerate(chips, 1))
    return f"demand:\n- {{id: d, purpose: work, unit: a, path: {{{path}}}, unserved: {unserved}}}\n"


def text(words: str, *chips: int, forecast: str = HALVES, more: str = "") -> str:
    curve = CURVE.replace("FORECAST", forecast)
    return text_of(offer(words), more, needs(*chips), curve, months=len(chips))


def bought(made: Programme, solution: Solution) -> dict[str, float]:
    return {
        lot.id: round(float(solution.x[buy.columns.index[i, 0]]), 6)
        for buy in made.whole.buys
        for i, lot in enumerate(buy.columns.lots)
        if solution.x[buy.columns.index[i, 0]] > 1e-6
    }


def test_by_the_hour_each_month_of_use_has_its_own_price() -> None:
    # Known on 31 December: 3 USD. January is one month on.
    expected = sum(5 * 3 * FACTOR**n * h for n, h in enumerate(HOURS[:3], 1))
    assert cost(read_text(text("kind: on-demand", 5, 5, 5))) == pytest.approx(expected)


def test_billed_by_use_it_is_the_same() -> None:
    words = "term: 3 months, billing: used, starts_until: 2025-01"
    expected = sum(5 * 3 * FACTOR**n * h for n, h in enumerate(HOURS[:3], 1))
    assert cost(read_text(text(words, 5, 5, 5))) == pytest.approx(expected)


def test_reserved_the_price_of_the_first_day_holds_for_the_term() -> None:
    words = "term: 12 months, starts_until: 2025-01"
    book = read_text(text(words, 5, 5, 5))
    assert cost(book) == pytest.approx(5 * 3 * FACTOR * sum(HOURS[:3]))


def test_each_lot_has_the_price_of_its_own_start() -> None:
    # One month at a time: so it is as cheap as by the hour.
    book = read_text(text("term: 1 month", 5, 0, 5))
    made, solution = optimum(book)
    assert bought(made, solution) == {"o@2025-01": 5, "o@2025-03": 5}
    assert solution.objective == pytest.approx(5 * 3 * (FACTOR * 744 + FACTOR**3 * 744))


def test_where_prices_fall_it_pays_to_wait() -> None:
    # A year from January costs 2.8316, from February 2.6726: 0.1590 less in 2,136 hours, which is
    # worth as much as 0.4565 more in January's 744 hours, or 3.2881 by the hour.
    hourly = (
        "- {id: h, seller: other, kind: on-demand, chip: a, region: r, max: 9 chips, "
        "price: PRICE USD per chip-hour}\n"
    )
    for price, forecast, lots in (
        ("3.28", HALVES, {"o@2025-02": 5}),
        ("3.29", HALVES, {"o@2025-01": 5}),
        ("3.28", "{flat: true}", {"o@2025-01": 5}),
    ):
        more = hourly.replace("PRICE", price)
        found = bought(*optimum(read_text(text("term: 12 months", 5, 5, 5, 5, forecast=forecast,
                                               more=more))))  # fmt: skip
        assert found == lots


def test_a_price_that_was_dated_after_the_plans_day_is_known_to_a_later_plan() -> None:
    # On 20 February the 2 USD of the 15th are known, and a plan begins in March.
    book = read_text(text("kind: on-demand", 5, 5, 5, 5))
    later = book.as_of(dt.date(2025, 2, 20))
    expected = 5 * 2 * (FACTOR * HOURS[2] + FACTOR**2 * HOURS[3])
    assert cost(later) == pytest.approx(expected)
    before = book.as_of(dt.date(2025, 2, 14))
    expected = 5 * 3 * (FACTOR * HOURS[2] + FACTOR**2 * HOURS[3])
    assert cost(before) == pytest.approx(expected)


def test_where_nothing_is_known_the_first_price_is_taken_and_a_month_can_have_two() -> None:
    # Planned as of May 2024, when none of these had been dated: the first, then its forecast.
    book = read_text(text("kind: on-demand", 5).replace("FORECAST", "{flat: true}"))
    early = book.as_of(dt.date(2024, 5, 1))
    assert cost(early) == pytest.approx(5 * 4 * FACTOR**7 * 744)


def test_discounts_and_floors_follow_the_curve() -> None:
    # 5 of 8 chips are used, and 8 paid for, each month at its own price; 10 % off above 4 chips.
    words = (
        "term: 3 months, billing: used, starts_until: 2025-01, min: 8 chips, "
        "clauses: [{kind: take-or-pay, share: 100%}, "
        "{kind: volume-tiers, basis: whole, tiers: [{above: 4 chips, discount: 10%}]}]"
    )
    made, solution = optimum(read_text(text(words, 5, 5)))
    assert bought(made, solution) == {"o@2025-01": 8}
    prices = [3 * FACTOR * 744, 3 * FACTOR**2 * 672]
    # Idle use would have the discount too, and costs less than paying for what is not used.
    assert solution.objective == pytest.approx(sum(8 * 0.9 * p for p in prices))


def test_a_clause_moves_the_curves_price() -> None:
    words = (
        "term: 3 months, starts_until: 2025-01, "
        "clauses: [{kind: escalator, rises: 100% per year, every: 1 month}]"
    )
    start = 3 * FACTOR
    expected = sum(5 * start * 2 ** (n / 12) * h for n, h in enumerate(HOURS[:3]))
    assert cost(read_text(text(words, 5, 5, 5))) == pytest.approx(expected)
