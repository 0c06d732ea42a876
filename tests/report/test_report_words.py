"""Numbers, money and days as the report says them, and sentences made from a plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from offtake.report import summary, words
from offtake.report.caveats import unknowns
from offtake.report.takeaways import SENTENCES, takeaway

from .frames import Plan, nothing, one_month, realistic


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "0 USD"),
        (12.5, "12.5 USD"),
        (8_400.0, "8,400 USD"),
        (1.234e6, "1.23 M USD"),
        (30e9, "30 B USD"),
        (999.9e6, "1 B USD"),
        (-45e6, f"{words.MINUS}45 M USD"),
        (5e11, "500 B USD"),
        (float("nan"), words.NONE),
        (None, words.NONE),
    ],
)
def test_money_has_three_figures_and_the_scale_that_fits(value: float | None, said: str) -> None:
    assert words.money(value, "USD") == said


def test_an_interval_says_its_unit_once() -> None:
    assert words.between(410e6, 455e6, "USD") == "410 to 455 M USD"
    assert words.between(1e6, 1.2e6, "USD") == "1.00 to 1.20 M USD"
    assert words.between(3e6, 3e6, "USD") == "3 M USD"


def test_a_share_too_small_to_write_is_not_written_as_none() -> None:
    assert words.share(0.00001) == "less than 0.01%"
    assert words.share(0.0) == "0%"
    assert words.share(0.125) == "12.5%"


def test_small_counts_are_in_letters_and_agree_with_their_noun() -> None:
    assert words.count(0, "notice") == "no notice"
    assert words.count(1, "notice") == "one notice"
    assert words.count(25, "purchase") == "25 purchases"


def test_months_after_cross_the_year() -> None:
    assert words.after(dt.date(2025, 11, 1), 3) == dt.date(2026, 2, 1)


def test_the_summary_names_the_first_purchase_the_cost_and_the_next_deadline() -> None:
    said = summary(realistic())
    assert said.headline == (
        "Buy 12,000 GB200 chips from oracle through crusoe in eu-north first, "
        "in service from Apr 2025 for 48 months."
    )
    assert "39.7 B USD" in said.paragraph
    assert "27 Jan 2025, six days after the plan's date" in said.paragraph
    assert "azure must have notice of the 8,000 B200 chips from crusoe" in said.paragraph
    assert str(said) == said.paragraph


def test_the_next_deadline_moves_with_the_day_of_the_plan() -> None:
    later = replace(realistic(), as_of=dt.date(2025, 1, 29))
    assert "31 Jan 2025" in summary(later).paragraph


def test_the_summary_of_nothing_buys_nothing() -> None:
    said = summary(nothing())
    assert said.headline == "Buy and build nothing beyond what is signed."
    assert "0 USD" in said.paragraph


def test_takeaways_come_from_the_numbers() -> None:
    plan = realistic()
    assert "stargate in 2027, 99.7% used" in takeaway(plan, "capital")
    roomy = plan.capital.with_columns(pl.col("limit") * 10)
    assert "99.7%" not in takeaway(replace(plan, capital=roomy), "capital")
    assert "azure-main/first-refusal-1, at 410 to 455 M USD" in takeaway(plan, "clauses")
    assert "two clauses save money; two intervals are unresolved" in takeaway(plan, "clauses")


def test_a_month_short_of_demand_is_said() -> None:
    plan = realistic()
    assert "two months of 48 are short of expected demand, first Feb 2025" in takeaway(
        plan, "capacity"
    )
    plenty = plan.capacity.with_columns(pl.col("reference_chips") * 10)
    assert "stays within capacity in every month" in takeaway(
        replace(plan, capacity=plenty), "capacity"
    )


def test_expected_values_count_each_scenario_at_its_weight() -> None:
    plan = realistic()
    base = plan.scenarios.with_columns(
        weight=pl.when(pl.col("scenario") == "base-b").then(1.0).otherwise(0.0)
    )
    alone = takeaway(replace(plan, scenarios=base), "unserved")
    assert alone.startswith("Every class is served")


@pytest.mark.parametrize("name", SENTENCES)
@pytest.mark.parametrize("made", [realistic, nothing, one_month])
def test_every_takeaway_is_one_whole_sentence(made: Callable[[], Plan], name: str) -> None:
    said = takeaway(made(), name)
    assert said.endswith(".")
    assert said[0].isupper()
    assert "nan" not in said
    assert "None" not in said


def test_what_is_unresolved_is_said_to_be_unknown() -> None:
    said = " ".join(unknowns(realistic()))
    assert "Two clause costs straddle zero" in said
    assert "21 Jan 2025" in said
    assert "straddle" not in " ".join(unknowns(nothing()))
