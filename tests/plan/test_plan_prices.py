"""What the plan says that things are worth: limits, needs, clauses, foresight; each tried again."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from fractions import Fraction
from io import BytesIO
from typing import Any

import polars as pl
import pytest

from offtake.book.edit import changed, scaled
from offtake.book.force import Book
from offtake.plan.assemble import Risk, programme
from offtake.plan.costs import clause_costs
from offtake.plan.delivery import as_data
from offtake.plan.foresight import foresight
from offtake.plan.ledger import scenario_costs
from offtake.plan.limits import limits
from offtake.plan.result import PlanResult
from offtake.plan.solve import Limits, solve
from offtake.plan.study import Options, plan
from offtake.report.caveats import unknowns
from offtake.report.charts import chart
from offtake.report.takeaways import takeaway

from .books import EXACT, optimum, read_text, text_of

NO_TIME = Limits(seconds=0.0)
QUICK = Options(limits=EXACT, costs=False, foresight=False)
NEED = """
demand:
- {id: chat, purpose: work, unit: a, base: 10000 chips, unserved: 9 USD per chip-hour}
"""
TWO = """
demand:
- id: chat
  purpose: work
  unit: a
  unserved: 9 USD per chip-hour
  scenarios:
    low: {weight: 50%, base: 4000 chips}
    high: {weight: 50%, path: {2025-01: 8000 chips, 2025-03: 12000 chips}}
"""


def offers(*more: str) -> str:
    rows = [
        f"- {{id: {name}, kind: reserved, chip: a, region: east, term: 3 months, {rest}}}\n"
        for name, rest in (m.split(" ", 1) for m in more)
    ]
    return "offers:\n" + "".join(rows)


def planned(text: str, options: Options = QUICK) -> PlanResult:
    found = plan(read_text(text), options)
    assert isinstance(found, PlanResult)
    return found


def binding(book: Book) -> dict[str, dict[str, Any]]:
    return {row["what"]: row for row in limits(*optimum(book)).to_dicts()}


# --- limits ------------------------------------------------------------------------------------

CHEAP = "x seller: neo, price: 2 USD per chip-hour, max: 6000 chips, "


def test_an_offer_that_is_not_bought_is_not_at_its_maximum() -> None:
    # Dear by a little, so that the half chip more that it may not sell would save nothing.
    dear = "y seller: neo, price: 8 USD per chip-hour, max: 6000 chips, min: 5000 chips"
    found = binding(read_text(text_of(offers(CHEAP, dear), NEED)))
    assert "offer x" in found
    assert "offer y" not in found


def test_an_offer_with_a_minimum_is_at_its_maximum_when_it_is_sold_out() -> None:
    book = read_text(text_of(offers(CHEAP + "min: 100 chips"), NEED))
    row = binding(book)["offer x"]
    more = optimum(changed(book, ("offers", "x", "max"), 6001))[1].objective
    assert row["value"] == pytest.approx(optimum(book)[1].objective - more, rel=1e-6)


@pytest.mark.parametrize(
    "need",
    [
        NEED,
        NEED.replace("base: 10000 chips", "path: {2025-01: 8000 chips, 2025-03: 12000 chips}"),
        TWO,
        TWO.replace("50%, base: 4000 chips", "50%, growth: 10% per year")
        .replace("unit: a", "unit: a\n  base: 8000 chips"),
        NEED.replace("base", "draw: {count: 3, volatility: 30% per year, seed: 7}, base"),
        NEED.replace("base", "deferrable: month, base"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("served", [True, False])
def test_a_percent_less_of_a_need_saves_what_planning_for_less_saves(
    need: str, served: bool
) -> None:
    # Many offers, so that a percent less never passes a corner; or none that is worth its price.
    price = "2 USD per chip-hour" if served else "11 USD per chip-hour"
    book = read_text(text_of(offers(f"x seller: neo, price: {price}, max: 90000 chips"), need))
    row = binding(book)["demand chat"]
    less = optimum(scaled(book, "chat", Fraction(99, 100)))[1].objective
    assert row["unit"] == "% of need"
    assert row["value"] == pytest.approx(optimum(book)[1].objective - less, rel=1e-3)
    assert row["sentence"].startswith("1 % less of chat would save ")


BARS = """
agreements:
- id: deal
  seller: cloud
  from: 2024-01-01
  until: 2026-12-31
  clauses: [{id: only, kind: exclusive, holder: cloud, scope: {purposes: [work]}}]
"""


def test_the_best_chip_that_a_clause_bars_is_one_that_could_be_bought() -> None:
    whole = BARS.replace(", scope: {purposes: [work]}", "")
    barred = offers("x seller: neo, price: 2 USD per chip-hour, max: 6000 chips")
    row = binding(read_text(text_of(whole, barred, NEED)))["deal/only"]
    assert row["value"] == pytest.approx(7 * 24 * 90)
    assert row["unit"] == "chip"


def test_an_hour_of_use_that_a_clause_bars_is_no_chip() -> None:
    hourly = (
        "offers:\n- {id: x, kind: on-demand, seller: neo, chip: a, region: east, "
        "price: 2 USD per chip-hour, max: 6000 chips}\n"
    )
    book = read_text(text_of(BARS, hourly, TWO))
    made, solution = optimum(book)
    assert made.model.closed
    assert "deal/only" not in binding(book)
    # What the clause costs still counts them.
    (row,) = clause_costs(made, solution, EXACT).to_dicts()
    assert row["low"] > 1e6


def test_with_a_weight_on_risk_money_is_said_to_be_of_weighted_cost() -> None:
    options = Options(limits=EXACT, risk=Risk(0.25, 0.5))
    whole = BARS.replace(", scope: {purposes: [work]}", "")
    barred = offers("x seller: neo, price: 2 USD per chip-hour, max: 6000 chips")
    found = planned(text_of(whole, barred, TWO), options)
    (row,) = found.clause_costs.to_dicts()
    assert row["sentence"].endswith(" of weighted cost, 25% of it the worst cases")
    for sentence in found.limits["sentence"]:
        assert sentence.endswith(" of weighted cost, 25% of it the worst cases")
    # The figure is the difference of what is minimised, and not that of expected costs.
    without = planned(text_of(barred, TWO), replace(options, costs=False))
    mixed = [0.75 * p.cost + 0.25 * p.cvar for p in (found, without)]
    assert row["low"] == pytest.approx(mixed[0] - mixed[1], rel=1e-6)
    assert row["low"] != pytest.approx(found.cost - without.cost, rel=1e-3)


# --- what a clause costs -----------------------------------------------------------------------

OPTION = """
agreements:
- id: call
  seller: neo
  from: 2024-01-01
  until: 2026-12-31
  clauses: [{id: more, kind: expansion-option, max: 9000 chips, chip: a, region: east,
    price: 1 USD per chip-hour, term: 3 months, exercise: {from: 2024-06-01, until: 2025-01-01}}]
"""
MUST = "\ndemand:\n- {id: chat, purpose: work, unit: a, base: 500 chips, unserved: never}\n"


def test_a_clause_that_no_plan_can_do_without_is_said_to_be_so() -> None:
    found = planned(text_of(OPTION, MUST), Options(limits=EXACT))
    (row,) = found.clause_costs.to_dicts()
    assert (row["low"], row["high"], row["resolved"]) == (None, None, True)
    assert row["sentence"] == "no plan without it"
    assert "no plan without it" in takeaway(found, "clauses")
    assert "straddle" not in " ".join(unknowns(found))
    (plain,) = json.loads(json.dumps(as_data(found), allow_nan=False))["clause_costs"]
    assert plain["low"] is None
    kept = BytesIO()
    found.clause_costs.write_parquet(kept)
    kept.seek(0)
    assert pl.read_parquet(kept)["high"].to_list() == [None]
    assert chart(found, "clauses")


def test_a_clause_that_was_not_priced_in_time_has_no_figures() -> None:
    text = text_of(OPTION, LUMPS, TWO)
    made, base = optimum(read_text(text))
    (row,) = clause_costs(made, base, NO_TIME).to_dicts()
    assert (row["low"], row["high"], row["resolved"]) == (None, None, False)
    assert row["sentence"] == "not resolved in time"
    found = replace(planned(text), clause_costs=clause_costs(made, base, NO_TIME))
    assert "One clause cost could not be resolved in the time given." in unknowns(found)
    assert "zero" not in takeaway(found, "clauses")


def test_a_bound_that_was_not_found_is_no_figure() -> None:
    made, base = optimum(read_text(text_of(OPTION, NEED)))
    unbounded = replace(base, bound=-math.inf, status="stopped")
    (row,) = clause_costs(made, unbounded, EXACT).to_dicts()
    assert (row["low"], row["high"], row["resolved"]) == (None, None, False)


def test_what_is_saved_is_said_from_the_least_to_the_most() -> None:
    made, base = optimum(read_text(text_of(OPTION, NEED)))
    rough = replace(base, bound=base.bound - 10e6)
    (row,) = clause_costs(made, rough, EXACT).to_dicts()
    saved = 9000 * 8 * 24 * 90
    assert row["high"] == pytest.approx(-saved, rel=1e-6)
    assert row["low"] < row["high"]
    assert row["sentence"] == "saves between 156 M USD and 166 M USD"


# --- foresight ---------------------------------------------------------------------------------

LUMPS = offers(
    "x seller: neo, price: 2 USD per chip-hour, max: 20000 chips, block: 700 chips",
    "y seller: other, price: 2.90 USD per chip-hour, max: 9000 chips, block: 130 chips",
)


def test_what_foresight_is_worth_lies_in_its_interval() -> None:
    text = text_of(LUMPS, TWO)
    exact = planned(text, Options(limits=EXACT, costs=False))
    assert exact.perfect_information is not None
    assert exact.perfect_information > 0
    for gap in (0.2, 0.02, 1e-9):
        found = planned(text, Options(limits=Limits(gap=gap), costs=False))
        low = found.certificate["perfect_information_low"]
        high = found.certificate["perfect_information_high"]
        assert found.perfect_information is not None
        assert 0 <= low <= found.perfect_information + 1 <= high + 2
        assert low - 1 <= exact.perfect_information <= high + 1
        assert min(found.scenarios["regret"].to_list()) >= 0
    assert high - low < 1e-6 * exact.cost


def test_regret_is_never_below_zero_where_a_plan_alone_was_not_found_as_good() -> None:
    made, solution = optimum(read_text(text_of(LUMPS, TWO)))
    rough = Limits(gap=0.9)
    costs = scenario_costs(made, solution)
    alone = programme(made.whole.book, only=1)
    assert solve(alone, limits=rough).objective > costs[1]
    found = foresight(made, solution, rough)
    assert min(found.table["regret"].to_list()) >= 0
    assert found.table["perfect"].to_list()[1] == costs[1]
    assert found.high is not None
    assert found.worth is not None
    assert found.high > found.worth


def test_a_scenario_that_was_stopped_has_no_figure() -> None:
    made, solution = optimum(read_text(text_of(LUMPS, TWO)))
    found = foresight(made, solution, NO_TIME)
    assert found.table["perfect"].to_list() == [None, None]
    assert found.table["regret"].to_list() == [None, None]
    assert found.table["cost"].null_count() == 0
    assert (found.worth, found.low, found.high) == (None, None, None)
    shown = replace(planned(text_of(LUMPS, TWO)), scenarios=found.table)
    assert takeaway(shown, "regret").startswith("What each scenario would cost")


def test_one_scenario_leaves_nothing_to_foresee() -> None:
    found = planned(text_of(LUMPS, NEED), Options(limits=Limits(gap=0.2), costs=False))
    assert found.perfect_information == 0
    assert found.certificate["perfect_information_high"] == 0


def test_a_quick_plan_has_scenarios_with_weights_and_costs() -> None:
    uneven = TWO.replace("50%", "80%", 1).replace("50%", "20%")
    found = planned(text_of(LUMPS, uneven))
    assert found.scenarios["weight"].to_list() == [0.8, 0.2]
    assert found.scenarios["cost"].null_count() == 0
    assert found.scenarios["regret"].to_list() == [None, None]
    assert found.perfect_information is None
    assert found.certificate["perfect_information_low"] is None
    assert "It weighs two scenarios" in " ".join(unknowns(found))
    assert "no scenarios" not in takeaway(found, "regret")
    assert json.loads(json.dumps(as_data(found)))["perfect_information"] is None
    # The report's means are at the book's weights: the high path has 8,000 in January.
    first = found.demand.filter(pl.col("month") == pl.col("month").min())
    mean = first.join(found.scenarios, on="scenario").select(
        (pl.col("needed") * pl.col("weight")).sum()
    )
    assert mean.item() == pytest.approx(0.8 * 4000 + 0.2 * 8000)


# --- lines that clash --------------------------------------------------------------------------


@pytest.mark.parametrize("more", ["min: 100 chips", "block: 64 chips"])
def test_the_maximum_of_an_offer_in_lumps_is_taken_away_whole(more: str) -> None:
    must = MUST.replace("500 chips", "1000 chips")
    small = f"x seller: neo, price: 2 USD per chip-hour, max: 300 chips, {more}"
    made = programme(read_text(text_of(offers(small), must)))
    top = {n for n, name in made.members().items() if name == "offer x max"}
    assert not solve(made, feasible_only=True).found
    assert solve(made, top, feasible_only=True).found
