"""Numbers, money and days as the report says them, and sentences made from a plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from offtake.report import fragment, page_html, summary, words
from offtake.report.brief import deadlines
from offtake.report.caveats import unknowns
from offtake.report.result import expected
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


def test_a_month_that_leaves_demand_unserved_is_said_whatever_the_capacity() -> None:
    plan = realistic()
    short = expected(plan, plan.demand, ["month"], "unserved").filter(pl.col("unserved") > 0.5)
    said = takeaway(plan, "capacity")
    assert f"; {words.count(short.height, 'month')} of 48 leave demand unserved, first" in said
    # Chips that are slow in general may be fast at what is asked of them.
    few = plan.capacity.with_columns(pl.col("reference_chips") / 10)
    served = plan.demand.with_columns(served=pl.col("needed"), unserved=0.0)
    said = takeaway(replace(plan, capacity=few, demand=served), "capacity")
    assert "expected demand is served in every month" in said
    assert "at its general throughput" in said


def test_the_next_deadline_may_be_a_signature_a_call_or_the_beginning_of_a_phase() -> None:
    plan = realistic()
    day, other = dt.date(2025, 1, 23), dt.date(2025, 6, 1)
    signed = plan.purchases.with_columns(
        sign_by=pl.when(pl.int_range(pl.len()) == 9).then(day).otherwise(other)
    )
    said = summary(replace(plan, purchases=signed)).paragraph
    assert "23 Jan 2025, two days after the plan's date: by then the" in said
    assert "must be signed." in said
    called = signed.with_columns(what=pl.lit("option"))
    assert "must be called." in summary(replace(plan, purchases=called)).paragraph
    first = pl.col("id") == "shackelford/phase-6"
    begun = plan.builds.with_columns(
        start=pl.when(first).then(dt.date(2025, 1, 1)).otherwise("start"),
        committed=pl.when(first).then(False).otherwise("committed"),
    )
    said = summary(replace(plan, builds=begun, notices=plan.notices.clear())).paragraph
    assert said.startswith("Build shackelford phase-6 first, from Jan 2025.")
    assert "21 Jan 2025, the plan's own date: by then shackelford phase-6 must" in said
    committed = begun.with_columns(committed=pl.lit(True))
    assert "must be begun" not in summary(replace(plan, builds=committed)).paragraph


def test_the_next_deadline_may_be_that_of_a_renewal_or_of_ending_early() -> None:
    plan = realistic()
    early = replace(plan, notices=plan.notices.clear())
    renewed = plan.purchases.head(1).with_columns(
        what=pl.lit("renewal"), sign_by=dt.date(2025, 1, 23), start=dt.date(2025, 2, 1)
    )
    said = summary(replace(early, purchases=renewed))
    assert said.headline.startswith("Renew ")
    assert "must be renewed." in said.paragraph
    assert said.figures[5].note == "renewal"
    day = dt.date(2025, 1, 23)
    ending = plan.choices.head(1).with_columns(by=day)
    said = summary(replace(early, choices=ending))
    assert "It also ends chips of coreweave-1/d1 early." in said.paragraph
    assert "by then it must be said that chips of coreweave-1/d1 are to end." in said.paragraph
    assert "to end coreweave-1/d1" in [one.note for one in said.figures]
    perhaps = replace(early, choices=ending.with_columns(likely=0.3))
    assert "are to end, in 30% of cases." in summary(perhaps).paragraph
    assert "It also ends chips of coreweave-1/d1 early in some scenarios" in (
        summary(perhaps).paragraph
    )
    assert "lets chips of azure-main/d1 to others" in summary(plan).paragraph
    assert "It also" not in summary(replace(plan, choices=plan.choices.clear())).paragraph


def test_what_is_let_has_no_deadline_and_a_day_that_is_past_is_none() -> None:
    plan = realistic()
    late = replace(plan, as_of=dt.date(2025, 6, 1))
    chosen = [(one.day, one.row["subject"]) for one in deadlines(late) if one.what == "choice"]
    assert chosen == [(dt.date(2026, 2, 2), "lambda-2")]


def test_the_cost_is_shown_with_what_is_cash_in_it_and_what_is_not() -> None:
    said = summary(realistic())
    assert (
        "Its expected cost within 48 months is 39.7 B USD, discounted over nine scenarios: OpenAI "
        "pays 40.5 B USD in cash, demand worth 1.99 B USD goes unserved, and what outlives the "
        "plan is credited with 2.78 B USD."
    ) in said.paragraph
    assert [(f.name, f.value) for f in said.figures[:4]] == [
        ("Expected cost", "39.7 B USD"),
        ("Cash paid", "40.5 B USD"),
        ("Unserved demand", "1.99 B USD"),
        ("Credit", f"{words.MINUS}2.78 B USD"),
    ]


def unpriced() -> Plan:
    """The realistic plan, its first clause indispensable, its second stopped, no foresight."""
    plan = realistic()
    row = pl.int_range(pl.len())
    costs = plan.clause_costs.with_columns(
        pl.when(row > 1).then(pl.col("low", "high")),
        resolved=pl.when(row > 1).then("resolved").otherwise(row == 0),
    )
    foreseen = plan.scenarios.with_columns(
        perfect=pl.lit(None, pl.Float64), regret=pl.lit(None, pl.Float64)
    )
    return replace(plan, clause_costs=costs, scenarios=foreseen, perfect_information=None)


def test_what_has_no_price_is_said_in_words() -> None:
    plan = unpriced()
    said = takeaway(plan, "clauses")
    assert "for one clause or part there is no plan without it" in said
    assert "one cost could not be resolved in time" in said
    assert "computed" in takeaway(plan, "regret")
    known = " ".join(unknowns(plan))
    assert "One clause cost could not be resolved in the time given." in known
    assert "foresight was not computed" in known
    page = page_html(plan)
    assert "no plan without it" in page
    assert "not resolved in time" in page
    assert "not computed" in page
    fragment(plan)
    none = plan.clause_costs.with_columns(low=pl.lit(None, pl.Float64), resolved=pl.lit(True))
    assert "there is no plan without it" in takeaway(replace(plan, clause_costs=none), "clauses")
    page_html(replace(plan, clause_costs=none))


def test_expected_values_count_each_scenario_at_its_weight() -> None:
    plan = realistic()
    base = plan.scenarios.with_columns(
        weight=pl.when(pl.col("scenario") == "base-b").then(1.0).otherwise(0.0)
    )
    alone = takeaway(replace(plan, scenarios=base), "unserved")
    assert alone.startswith("Every class is served")


@pytest.mark.parametrize("name", SENTENCES)
@pytest.mark.parametrize("made", [realistic, nothing, one_month, unpriced])
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
