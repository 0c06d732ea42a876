"""Months, days, instants and times of day."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offtake.units import (
    Clock,
    Month,
    QuantityError,
    parse_clock,
    parse_date,
    parse_instant,
    parse_month,
)

MONTH = st.builds(Month, st.integers(1900, 2199), st.integers(1, 12))


@given(MONTH, st.integers(-1200, 1200))
def test_adding_months_is_undone_by_the_difference(month: Month, count: int) -> None:
    assert (month + count) - month == count
    assert (month + count) - count == month
    assert (month + count > month) == (count > 0)


@given(MONTH)
def test_a_month_ends_the_day_before_the_next_begins(month: Month) -> None:
    assert month.last + dt.timedelta(days=1) == (month + 1).first
    assert (month.last - month.first).days + 1 == month.days
    assert month.hours == 24 * month.days
    assert Month.of(month.first) == Month.of(month.last) == month


def test_february_knows_leap_years() -> None:
    assert [Month(y, 2).days for y in (1900, 2000, 2024, 2025)] == [28, 29, 29, 28]
    assert parse_month("2025-02").hours == 672


def test_months_sort_by_time_and_serve_as_keys() -> None:
    assert sorted([Month(2026, 1), Month(2025, 12)]) == [Month(2025, 12), Month(2026, 1)]
    assert {parse_month("2025-02"): 1}[Month(2025, 2)] == 1


def test_a_month_is_added_to_nothing_but_a_number() -> None:
    with pytest.raises(TypeError):
        _ = Month(2025, 1) + 1.5  # type: ignore[operator]
    with pytest.raises(TypeError):
        _ = Month(2025, 1) - "1"  # type: ignore[operator]
    with pytest.raises(QuantityError):
        _ = Month(9999, 12) + 1


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("2025-02-29", "2025-02 has days 01 to 28"),
        ("2025-04-31", "2025-04 has days 01 to 30"),
        ("2025-00-01", "months run from 01 to 12"),
        ("1899-12-31", "years run from 1900 to 2199"),
        ("2200-01-01", "years run from 1900 to 2199"),
        ("20250121", "write for example"),
        ("2025-W04-2", "write for example"),
        ("2025-1-21", "write for example"),
    ],
)
def test_a_day_that_does_not_exist_is_refused_with_the_reason(text: str, hint: str) -> None:
    with pytest.raises(QuantityError) as caught:
        parse_date(text)
    assert hint in caught.value.hint


def test_an_instant_is_aware_and_in_utc() -> None:
    instant = parse_instant("2025-01-21T17:00:00.25Z")
    assert instant == dt.datetime(2025, 1, 21, 17, 0, 0, 250_000, tzinfo=dt.UTC)
    assert instant.tzinfo is dt.UTC


@pytest.mark.parametrize(
    "text",
    [
        "2025-01-21T17:00Z",
        "2025-01-21 17:00:00Z",
        "2025-01-21T17:00:00z",
        "2025-01-21T24:00:00Z",
        "2025-01-21T23:59:60Z",
        "2025-02-30T00:00:00Z",
        "2025-01-21T17:00:00.1234567Z",
        "1600-01-01T00:00:00Z",
    ],
)
def test_an_instant_in_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(QuantityError, match="is not an instant in UTC"):
        parse_instant(text)


def test_a_time_of_day_is_between_midnight_and_midnight() -> None:
    assert parse_clock("00:00") == Clock(0, 0)
    assert parse_clock("23:59").time == dt.time(23, 59)
    assert Clock(9, 0) < Clock(17, 0)
    for text in ("24:00", "12:60", "9:00", "17:00:00", "17.00"):
        with pytest.raises(QuantityError):
            parse_clock(text)
