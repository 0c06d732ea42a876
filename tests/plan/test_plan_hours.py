"""A day condensed into a few hours: the hardest is kept, and nothing is lost where hours agree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offtake.plan.assemble import programme
from offtake.plan.grid import condensed_hours

from .books import cost, read_text, text_of

levels = st.integers(0, 9).map(lambda n: n / 4)
days = st.lists(st.lists(levels, min_size=24, max_size=24), min_size=1, max_size=4)


@settings(derandomize=True)
@given(days, st.integers(1, 24))
def test_weights_are_the_hours_counted_and_sum_to_one(day: list[list[float]], count: int) -> None:
    hours = condensed_hours(day, count)
    assert 1 <= len(hours.weights) <= count
    assert hours.weights.sum() == pytest.approx(1)
    assert np.array_equal(np.bincount(hours.of) / 24, hours.weights)


@settings(derandomize=True)
@given(days, st.integers(1, 24))
def test_every_class_keeps_its_mean(day: list[list[float]], count: int) -> None:
    hours = condensed_hours(day, count)
    for shape in day:
        assert hours.condense(shape) @ hours.weights == pytest.approx(np.mean(shape))


@settings(derandomize=True)
@given(days, st.integers(2, 24))
def test_the_hour_of_the_greatest_load_is_kept(day: list[list[float]], count: int) -> None:
    hours = condensed_hours(day, count)
    total = np.sum(day, axis=0)
    condensed = sum(hours.condense(shape) for shape in day)
    assert np.max(condensed) == pytest.approx(total.max())


@settings(derandomize=True)
@given(st.lists(st.tuples(levels, levels), min_size=24, max_size=24), st.integers(0, 5))
def test_hours_in_which_all_agree_are_merged_without_loss(
    hourly: list[tuple[float, float]], more: int
) -> None:
    day = [list(shape) for shape in zip(*hourly, strict=True)]
    different = len(set(hourly))
    hours = condensed_hours(day, min(24, different + more))
    assert len(hours.weights) == different
    for shape in day:
        assert np.array_equal(hours.condense(shape)[hours.of], np.array(shape))


def test_a_flat_day_is_one_hour() -> None:
    assert condensed_hours([[1.0] * 24], 24).weights.tolist() == [1.0]
    assert condensed_hours([], 24).weights.tolist() == [1.0]


def test_the_nearest_hours_are_merged_first() -> None:
    day = [[1.0] * 6 + [1.1] * 6 + [2.0] * 6 + [3.0] * 6]
    assert condensed_hours(day, 3).weights.tolist() == [0.5, 0.25, 0.25]


BOOK = """
offers:
- {id: x, seller: neo, chip: a, region: east, term: 3 months, price: 2 USD per chip-hour,
   max: 9000 chips}
demand:
- id: need
  purpose: work
  unit: a
  base: 1000 chips
  shape: [1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 4, 4, 4, 4, 4, 4, 4, 4]
  unserved: PRICE USD per chip-hour
"""


def test_a_book_costs_the_same_in_24_hours_and_in_the_three_that_differ() -> None:
    # At 5 a chip-hour only the sixteen hours above 857 chips are worth their 2: the least level
    # is 3/7, the middle one 6/7, the greatest 12/7 of a thousand chips.
    text = BOOK.replace("PRICE", "5")
    whole, three = (cost(read_text(text_of(text, hours=h))) for h in (24, 3))
    assert whole == pytest.approx(three, rel=1e-9)
    hours = 24 * 90
    by_hand = hours * (2 * 6000 / 7 + 5 * (6000 / 7) / 3)
    assert whole == pytest.approx(by_hand, rel=1e-6)


def test_in_one_hour_only_the_mean_is_seen() -> None:
    text = BOOK.replace("PRICE", "5")
    assert cost(read_text(text_of(text, hours=1))) == pytest.approx(24 * 90 * 2 * 1000)


def test_with_fewer_hours_capacity_still_covers_the_peak() -> None:
    text = BOOK.replace("5 USD", "PRICE").replace(
        "unserved: PRICE USD per chip-hour", "unserved: never"
    )
    for hours in (2, 3, 24):
        made = programme(read_text(text_of(text, hours=hours)))
        assert made.whole.need.max() == pytest.approx(12_000 / 7)


def test_a_class_that_can_wait_has_no_say_in_the_hours() -> None:
    waiting = """
- {id: batch, purpose: work, unit: a, base: 500 chips, deferrable: month,
   unserved: 3 USD per chip-hour}
"""
    made = programme(read_text(text_of(BOOK.replace("PRICE", "5"), waiting, hours=24)))
    assert len(made.whole.hours.weights) == 3
    # It fills the hours that capacity for the day's peak leaves free, so it costs nothing more.
    alone = cost(read_text(text_of(BOOK.replace("PRICE", "90"), hours=24)))
    both = cost(read_text(text_of(BOOK.replace("PRICE", "90"), waiting, hours=24)))
    assert both == pytest.approx(alone, rel=1e-9)
