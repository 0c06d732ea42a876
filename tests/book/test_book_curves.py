"""Price curves: what was dated and known by a day, and what is expected after it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offtake.book.curves import price_on
from offtake.book.force import Book
from offtake.book.records import Curve
from offtake.units import Month, parse_price, parse_share

from .writing import START, good, reading

CURVE = """
curves:
- id: list
  prices: {2024-07-01: 4 USD per chip-hour, 2025-01-10: 3 USD per chip-hour,
    2025-06-01: 2.50 USD per chip-hour}
  forecast: FORECAST
"""


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return of(tmp_path, "{falls: 50% per year}")


def of(folder: Path, forecast: str) -> Book:
    return good(folder, START + CURVE.replace("FORECAST", forecast))


def amount(found: Book, day: str) -> Decimal:
    return found.curve_on("list", dt.date.fromisoformat(day)).amount


def test_a_price_holds_from_its_day_until_the_next(book: Book) -> None:
    prices = [amount(book, day) for day in ("2024-07-01", "2025-01-09", "2025-01-10")]
    assert prices == [4, 4, 3]


def test_before_the_first_day_the_first_price_holds(book: Book) -> None:
    assert amount(book, "2020-02-29") == 4


def test_a_price_that_is_dated_later_is_not_known_yet(book: Book) -> None:
    # As of 2025-01-21 nobody knows of June's: it is the forecast that says what June will cost.
    expected = Decimal(3) * Decimal("0.5") ** (Decimal(5) / 12)
    assert amount(book, "2025-06-01") == expected.quantize(Decimal("1e-9"))
    assert amount(book.as_of(dt.date(2025, 6, 1)), "2025-06-01") == Decimal("2.50")


def test_what_one_book_has_worked_out_another_day_does_not_take_over(book: Book) -> None:
    before = amount(book, "2025-06-01")
    assert amount(book.as_of(dt.date(2025, 7, 1)), "2025-06-01") == Decimal("2.50")
    assert amount(book, "2025-06-01") == before


@pytest.mark.parametrize(
    ("forecast", "in_a_year"),
    [
        ("{falls: 50% per year}", Decimal("1.5")),
        ("{rises: 50% per year}", Decimal("4.5")),
        ("{flat: true}", Decimal(3)),
    ],
)
def test_a_forecast_moves_the_last_known_price_by_the_rate_of_a_year(
    tmp_path: Path, forecast: str, in_a_year: Decimal
) -> None:
    assert amount(of(tmp_path, forecast), "2026-01-21") == in_a_year


def test_it_moves_from_month_to_month_and_not_within_one(book: Book) -> None:
    half = Decimal("0.5") ** (Decimal(1) / 12)
    assert amount(book, "2025-01-31") == 3
    assert amount(book, "2025-02-01") == amount(book, "2025-02-28")
    assert amount(book, "2025-02-28") == (3 * half).quantize(Decimal("1e-9"))


def test_it_begins_on_the_day_of_knowledge_and_not_at_the_last_price(book: Book) -> None:
    # Known in September: 2.50 of June holds till then, and a year later it is half of that.
    later = book.as_of(dt.date(2025, 9, 15))
    assert amount(later, "2025-09-30") == Decimal("2.50")
    assert amount(later, "2026-09-01") == Decimal("1.25")


def test_where_nothing_is_known_yet_the_first_price_is_taken_and_moves_after_its_day(
    book: Book,
) -> None:
    later = book.as_of(dt.date(2024, 1, 1))
    assert amount(later, "2024-03-01") == 4
    assert amount(later, "2024-07-31") == 4
    assert amount(later, "2025-07-01") == 2


@settings(max_examples=60, derandomize=True)
@given(
    percent=st.integers(0, 99),
    rises=st.booleans(),
    months=st.integers(0, 60),
    day=st.integers(1, 28),
)
def test_the_forecast_is_the_power_that_it_says(
    percent: int, rises: bool, months: int, day: int
) -> None:
    way = "rises" if rises else "falls"
    curve = Curve.model_validate(
        {
            "id": "c",
            "prices": {dt.date(2024, 1, 1): parse_price("3 USD per chip-hour")},
            "forecast": {way: parse_share(f"{percent}% per year")},
        }
    )
    known = dt.date(2025, 3, 20)
    on = (Month(2025, 3) + months).first.replace(day=day)
    rate = 1 + percent / 100 if rises else 1 - percent / 100
    expected = 3 * rate ** (months / 12)
    assert float(price_on(curve, on, known).amount) == pytest.approx(expected, abs=2e-9)


# --- in check ----------------------------------------------------------------------------------

OFFER = """
offers:
- {id: o, seller: neo, kind: on-demand, chip: h100, region: x, max: 9 chips, PRICE}
"""


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (("", ""), []),
        (("FORECAST", "{falls: 20% per year, rises: 3% per year}"), ["bad-forecast"]),
        (("FORECAST", "{}"), ["bad-forecast"]),
        (("FORECAST", "{flat: false}"), ["bad-forecast"]),
        (("FORECAST", "{falls: 100% per year}"), ["bad-forecast"]),
        (("FORECAST", "{falls: 20%}"), ["not-per-year"]),
        (("FORECAST", "{rises: 20% of price per year}"), ["not-per-year"]),
        (("  forecast: FORECAST\n", ""), ["no-forecast"]),
        (("4 USD per chip-hour", "4 USD per kWh"), ["price-unit"]),
        (("4 USD per chip-hour", "4 EUR per chip-hour"), ["other-currency"]),
        (("2024-07-01", "2024-07-32"), ["bad-date"]),
        (("2025-01-10", "2024-07-01"), ["duplicate-key"]),
        (("curve: list", "curve: lst"), ["unknown-curve"]),
        (("curve: list", "curve: list, price: 2 USD per chip-hour"), ["price-or-curve"]),
        ((", curve: list", ""), ["price-or-curve"]),
    ],
)
def test_what_is_wrong_with_a_curve_is_said(
    tmp_path: Path, change: tuple[str, str], codes: list[str]
) -> None:
    text = START + CURVE + OFFER.replace("PRICE", "curve: list")
    text = text.replace(*change).replace("FORECAST", "{flat: true}")
    assert [fault.code for fault in reading(tmp_path, text).faults] == codes


def test_a_curve_without_prices_is_a_fault(tmp_path: Path) -> None:
    text = START + "curves: [{id: list, prices: {}, forecast: {flat: true}}]\n"
    assert [fault.code for fault in reading(tmp_path, text).faults] == ["bad-curve"]
