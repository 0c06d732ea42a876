"""Escalator with an index: the price moves with a curve of the book, step by step."""

from __future__ import annotations

from pathlib import Path

import pytest

from .planning import HOURS, book_of, cost_of
from .test_clause_escalator import CURVE, block, price


def indexed(words: str, forecast: str = "{flat: true}", since: str = "2024-07-01") -> str:
    curve = CURVE.replace("FORECAST", forecast)
    return block(f"index: market{words}", since, 3) + curve


@pytest.mark.parametrize(
    ("words", "august", "september"),
    [
        (", every: 1 month", 1.25, 1.0),
        (", every: 1 month, pass_through: 50%", 1.125, 1.125 * 0.9),
        (", every: 1 month, cap: 110%", 1.1, 1.0),
        # A month's step is at most a twelfth root of 1.5, at least one of 1.0.
        (", every: 1 month, cap: 50% per year", 1.5 ** (1 / 12), 1.5 ** (1 / 12) * 0.8),
        (", every: 1 month, floor: 0% per year", 1.25, 1.25),
        (", every: 2 months", 1.0, 1.0),
    ],
)
def test_it_moves_with_a_curve_step_by_step(
    tmp_path: Path, words: str, august: float, september: float
) -> None:
    book = book_of(tmp_path, indexed(words))
    assert price(book, "2024-07-31") == 2
    assert price(book, "2024-08-01") == pytest.approx(2 * august, abs=1e-8)
    assert price(book, "2024-09-01") == pytest.approx(2 * september, abs=1e-8)


def test_it_falls_with_a_curve_to_its_floor(tmp_path: Path) -> None:
    book = book_of(tmp_path, indexed(", every: 1 month, floor: 90%", since="2024-08-01"))
    assert price(book, "2024-09-01") == pytest.approx(2 * 0.9)


def test_later_than_the_last_known_price_it_moves_with_the_forecast(tmp_path: Path) -> None:
    # Six months from July to January; from October on, when the plan is made, three months of
    # a forecast that doubles in a year.
    book = book_of(tmp_path, indexed(", every: 6 months", "{rises: 100% per year}"))
    factor = 2 ** (3 / 12)
    assert cost_of(book) == pytest.approx(10 * 2 * factor * HOURS[:3].sum())


def test_amended_words_follow_the_curve_from_then_on(tmp_path: Path) -> None:
    text = indexed(", every: 1 month").replace(
        "\ndemand:",
        "  amendments: [{on: 2024-08-15, change: {escalator: {pass_through: 50%}}}]\n\ndemand:",
    )
    assert price(book_of(tmp_path, text), "2024-09-01") == pytest.approx(2 * 1.25 * 0.9)
