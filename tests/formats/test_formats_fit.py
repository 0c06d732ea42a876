"""The arithmetic of imports: fits, percentiles, numbers with mean one, hours of a zone, YAML."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from offtake.book.yamltree import compose
from offtake.formats.fit import Fit, log_linear, mean_one, nearest_rank
from offtake.formats.rows import BadCell
from offtake.formats.text import csv_of, yaml_of
from offtake.formats.zones import SECOND, Clockwork

POSITIVE = st.floats(0.5, 2)


def test_an_exact_growth_is_found_exactly() -> None:
    # 8, 12, 18: half as much again every year.
    fit = log_linear([0, 1, 2], [8, 12, 18])
    assert fit.yearly == pytest.approx(0.5)
    assert fit.r2 == pytest.approx(1)
    assert fit.points == 3


def test_values_that_do_not_change_are_flat_and_fit() -> None:
    assert log_linear([0, 1, 2], [5, 5, 5]) == Fit(0.0, 1.0, 3)


def test_a_step_is_fitted_with_what_the_line_leaves_unexplained() -> None:
    # ln 1, 1, e, e at 0, 1, 2, 3: slope (sum of (x-1.5)(y-0.5)) / 5 = 2 / 5; R2 = 2² / (5 x 1).
    fit = log_linear([0, 1, 2, 3], [1, 1, math.e, math.e])
    assert fit.yearly == pytest.approx(math.exp(0.4) - 1)
    assert fit.r2 == pytest.approx(0.8)


@given(st.lists(POSITIVE, min_size=3, max_size=40))
def test_the_fit_is_that_of_numpy(values: list[float]) -> None:
    years = [at / 12 for at in range(len(values))]
    fit = log_linear(years, values)
    slope = np.polynomial.polynomial.polyfit(years, np.log(values), 1)[1]
    assert math.log1p(fit.yearly) == pytest.approx(slope, abs=1e-6, rel=1e-6)
    assert -1e-9 <= fit.r2 <= 1 + 1e-9


def test_what_no_forecast_can_be_made_of_is_wild() -> None:
    assert log_linear([0, 1 / 12, 1 / 6], [1e-15, 1, 1e15]).wild
    assert log_linear([0, 1 / 12, 1 / 6], [8, 4, 2]).wild
    assert not log_linear([0, 1, 2], [8, 4, 2]).wild


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60), st.integers(1, 100))
def test_a_percentile_is_a_value_that_occurs(values: list[int], percent: int) -> None:
    weights = {float(v): float(values.count(v)) for v in values}
    expected = np.percentile(values, percent, method="inverted_cdf")
    assert nearest_rank(weights, percent / 100) == expected


@given(st.lists(st.floats(0, 1e9), min_size=2, max_size=24).filter(lambda v: math.fsum(v) > 1e-3))
def test_numbers_have_mean_one_to_the_last_digit(values: list[float]) -> None:
    made = mean_one(values)
    assert sum(made) == len(values)
    mean = math.fsum(values) / len(values)
    assert all(
        abs(float(one) - value / mean) < 1.01e-4 for one, value in zip(made, values, strict=True)
    )


# --- zones ----------------------------------------------------------------------------------------


def seconds(text: str) -> int:
    return int(dt.datetime.fromisoformat(text + "+00:00").timestamp())


def test_times_without_a_zone_are_in_the_one_that_is_stated() -> None:
    clock = Clockwork("America/New_York", "Europe/Berlin")
    noon = seconds("2025-01-15 12:00") * SECOND
    assert clock.utc(noon, None) == seconds("2025-01-15 17:00") * SECOND
    assert clock.utc(noon, 3_600) == seconds("2025-01-15 11:00") * SECOND
    assert clock.local(seconds("2025-07-15 12:00")) == dt.datetime(2025, 7, 15, 14, 0)


def test_a_zone_of_half_hours_keeps_its_hours() -> None:
    assert Clockwork("UTC", "Asia/Kolkata").local(seconds("2025-07-15 12:00")).hour == 17


@pytest.mark.parametrize("seconds_", [-1, 10**11])
def test_times_far_away_are_refused(seconds_: int) -> None:
    with pytest.raises(BadCell, match="1970"):
        Clockwork("UTC", "UTC").utc(seconds_ * SECOND, None)


# --- text -----------------------------------------------------------------------------------------


def read_back(text: str) -> Any:
    tree, faults = compose(text, "x.yaml")
    assert not faults
    return tree


@given(st.text(max_size=80))
@example("null")
def test_any_text_is_read_back_as_it_was_apart_from_blanks_and_control_signs(text: str) -> None:
    back = read_back(yaml_of("parties", [{"id": "a", "name": text}]))["parties"][0]["name"]
    shown = "".join(c if c.isprintable() else " " for c in text)
    assert back == " ".join(shown.split())


def test_values_are_written_as_a_book_reads_them() -> None:
    text = yaml_of(
        "curves",
        [{"id": "c", "flag": True, "prices": {"2025-06-23": "6.88 USD"}, "n": [Decimal("1.5"), 2]}],
    )
    assert text == (
        "curves:\n- id: c\n  flag: true\n  prices: {2025-06-23: 6.88 USD}\n  n: [1.5, 2]\n"
    )


def test_long_lists_and_mappings_are_broken_into_lines_that_fit() -> None:
    prices = {f"2025-{m:02d}-01": "1.00 USD per chip-hour" for m in range(1, 13)}
    text = yaml_of("curves", [{"id": "c", "prices": prices, "shape": [Decimal("1.0000")] * 24}])
    assert max(map(len, text.splitlines())) <= 100
    back = read_back(text)["curves"][0]
    assert dict(back["prices"]) == prices
    assert list(back["shape"]) == ["1.0000"] * 24


def test_a_cell_with_commas_and_quotes_is_quoted() -> None:
    assert csv_of([{"id": "a", "source": 'b, "c"'}]) == 'id,source\na,"b, ""c"""\n'
