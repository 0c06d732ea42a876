"""What moved between two plans: figures that are told by hand, sentences, and kept plans."""

from __future__ import annotations

import copy
import datetime as dt
import json
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from offtake.book.force import Book
from offtake.plan.compare import Comparison, compare, difference, summary
from offtake.plan.delivery import as_data
from offtake.plan.kept import NotAPlanError, of_data
from offtake.plan.result import TABLES, PlanResult
from offtake.plan.solve import Limits
from offtake.plan.study import Options, plan

from .books import read_text, text_of

NEED = (
    "demand:\n- {id: d, purpose: work, unit: a, base: 100 chips, unserved: 9 USD per chip-hour}\n"
)
OFFERS = """\
offers:
- {id: cheap, seller: cloud, chip: a, region: r, term: 3 months, price: 1 USD per chip-hour,
   max: 60 chips}
- {id: dear, seller: neo, chip: a, region: r, term: 3 months, price: 3 USD per chip-hour,
   max: 100 chips}
"""
TEXT = text_of(NEED, OFFERS)
HOURS = 2160
"""Of January to March 2025, at no discount: 60 chips at 1 and 40 at 3 cost 180 an hour."""


def planned(book: Book | str, gap: float = 1e-9, **options: Any) -> PlanResult:
    """The plan of a book, without prices and regret."""
    found = plan(
        read_text(book) if isinstance(book, str) else book,
        Options(limits=Limits(gap=gap), costs=False, foresight=False, **options),
    )
    assert isinstance(found, PlanResult)
    return found


@pytest.fixture(scope="module")
def base() -> PlanResult:
    return planned(TEXT)


def against(base: PlanResult, old: str, new: str) -> Comparison:
    """The plan with one text in the book changed, against the plan as it is."""
    assert TEXT.count(old) == 1
    return compare(base, planned(TEXT.replace(old, new)))


# --- how much dearer ----------------------------------------------------------------------------


def test_the_difference_of_two_exact_plans_is_their_difference(base: PlanResult) -> None:
    assert base.cost == pytest.approx(180 * HOURS)
    found = against(base, "max: 60 chips", "max: 50 chips").difference
    # Ten chips at 3 instead of 1.
    assert found.low == pytest.approx(20 * HOURS)
    assert found.high == pytest.approx(20 * HOURS)
    assert found.resolved
    assert found.sentence == "43.2 K USD more"


def test_what_is_cheaper_and_what_is_the_same_are_told_so(base: PlanResult) -> None:
    assert against(base, "price: 3 USD", "price: 2 USD").difference.sentence == "86.4 K USD less"
    same = against(base, "max: 100 chips", "max: 200 chips").difference
    assert (same.low, same.high, same.resolved) == (0.0, 0.0, True)
    assert same.sentence == "costs the same"


@pytest.mark.parametrize(
    ("bounds", "sentence", "resolved"),
    [
        ((100.0, 90.0, 130.0, 120.0), "between 20.00 USD and 40.00 USD more", True),
        ((130.0, 120.0, 100.0, 90.0), "between 20.00 USD and 40.00 USD less", True),
        ((100.0, 80.0, 105.0, 90.0), "unresolved: less than 25.00 USD either way", False),
        ((100.0, float("-inf"), 105.0, 90.0), "not resolved in time", False),
        ((100.0, None, 105.0, 90.0), "not resolved in time", False),
    ],
)
def test_the_interval_is_of_both_bounds(
    base: PlanResult, bounds: tuple[float, ...], sentence: str, resolved: bool
) -> None:
    """[bound after - cost before, cost after - bound before]."""
    cost, bound, new_cost, new_bound = bounds
    before = replace(base, certificate={**base.certificate, "objective": cost, "bound": bound})
    after = replace(
        base, certificate={**base.certificate, "objective": new_cost, "bound": new_bound}
    )
    found = difference(before, after)
    assert (found.sentence, found.resolved) == (sentence, resolved)
    if resolved:
        assert (found.low, found.high) == (new_bound - cost, new_cost - bound)


def test_with_a_weight_on_risk_it_is_of_weighted_cost(base: PlanResult) -> None:
    before, after = (
        replace(
            base, certificate={**base.certificate, "risk_weight": 0.3, "objective": c, "bound": c}
        )
        for c in (10.0, 12.0)
    )
    assert difference(before, after).sentence == (
        "2.00 USD more of weighted cost, 30% of it the worst cases"
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"currency": "EUR"}, "in USD and in EUR"),
        ({"months": (dt.date(2025, 2, 1),)}, "the plans are not of the same months"),
        ({"objective_counts": "system"}, "whose cash is counted is not the same"),
        ({"risk_weight": 0.5}, "the weight of risk is not the same"),
    ],
)
def test_costs_of_different_things_are_not_compared(
    base: PlanResult, change: dict[str, Any], why: str
) -> None:
    if next(iter(change)) in ("currency", "months"):
        other = replace(base, **change)
    else:
        other = replace(base, certificate={**base.certificate, **change})
    found = difference(base, other)
    assert (found.low, found.high, found.resolved) == (None, None, False)
    assert found.sentence == f"not comparable: {why}"


def test_a_tail_says_nothing_where_risk_has_no_weight(base: PlanResult) -> None:
    other = replace(base, certificate={**base.certificate, "risk_tail": 0.5})
    assert difference(base, other).sentence == "costs the same"


# --- what moved ---------------------------------------------------------------------------------


def test_purchases_that_moved_are_told_with_their_money(base: PlanResult) -> None:
    found = against(base, "max: 60 chips", "max: 50 chips")
    rows = found.moved.select("what", "name", "before", "after", "unit", "cost").rows()
    assert [(*row[:5], pytest.approx(row[5])) for row in rows] == [
        ("purchase", "dear", 40.0, 50.0, "chips", pytest.approx(30 * HOURS)),
        ("purchase", "cheap", 60.0, 50.0, "chips", pytest.approx(-10 * HOURS)),
    ]
    assert found.summary == (
        "dear: 50 chips from 2025-01 instead of 40 chips; "
        "cheap: 50 chips from 2025-01 instead of 60 chips"
    )
    assert found.moved["place"].str.starts_with("book.yaml:").all()


def test_what_is_bought_no_more_and_what_instead(base: PlanResult) -> None:
    found = against(base, "max: 60 chips", "max: 60 chips, lead: 200 days")
    assert found.summary == (
        "dear: 100 chips from 2025-01 instead of 40 chips; "
        "cheap: 60 chips fewer bought from 2025-01"
    )


def test_the_same_purchase_in_another_month_is_told_as_one_move() -> None:
    # To go without in January costs 4, a chip at 3 for the whole term 9.
    poor = TEXT.replace("9 USD", "4 USD")
    late = compare(
        planned(poor), planned(poor.replace("max: 60 chips", "max: 60 chips, starts_from: 2025-02"))
    )
    assert late.summary == "cheap: 60 chips from 2025-02 instead of 2025-01"


def test_nothing_moves_between_a_plan_and_itself(base: PlanResult) -> None:
    found = compare(base, base)
    assert found.moved.is_empty()
    assert found.summary == "the same is bought and built"
    assert found.notes == ()
    assert found.costs["difference"].to_list() == [0.0]


def test_spend_and_make_up_are_told_side_by_side(base: PlanResult) -> None:
    found = against(base, "max: 100 chips", "max: 30 chips")
    # Ten chips go unserved at 9 an hour; ten fewer are paid at 3.
    assert (
        found.costs.row(0)
        == (
            "reserved",
            pytest.approx(180 * HOURS),
            pytest.approx(150 * HOURS),
            pytest.approx(-30 * HOURS),
        )
        or found.costs.row(0)[0] == "unserved"
    )
    made = {row["part"]: row["difference"] for row in found.made_of.to_dicts()}
    assert made["paid"] == pytest.approx(-30 * HOURS)
    assert made["unserved"] == pytest.approx(90 * HOURS)
    assert made["expected cost"] == pytest.approx(60 * HOURS)


SITE = """\
sites:
- id: s
  region: r
  pue: 1
  power_price: 0.05 USD per kWh
  chips: [a]
  phases:
  - {id: p, power: 1 MW meter, capex: 1 M USD, lead: 1 months}
"""


def test_phases_that_are_built_or_later_are_told() -> None:
    text = text_of(NEED.replace("9 USD", "900 USD"), SITE)
    quick, slow, never = (
        planned(text.replace("1 months}", f"{lead} months}}")) for lead in (1, 2, 9)
    )
    (later,) = compare(quick, slow).moved.filter(pl.col("what") == "build").to_dicts()
    ready = [plan.builds["ready"][0] for plan in (quick, slow)]
    assert later["sentence"] == f"s/p: ready {ready[1]:%Y-%m} instead of {ready[0]:%Y-%m}"
    (gone,) = compare(quick, never).moved.filter(pl.col("what") == "build").to_dicts()
    assert gone["sentence"] == f"s/p: not built; it was to be ready {ready[0]:%Y-%m}"
    assert (gone["before"], gone["after"], gone["unit"]) == (1.0, 0.0, "MW")
    assert gone["cost"] == pytest.approx(-1e6)


RIGHT = """\
agreements:
- id: old
  seller: neo
  from: 2024-01-01
  until: 2026-12-31
  clauses: [{id: first, kind: first-refusal, window: {length: 10 days}}]
"""


def test_notices_that_move_are_told_with_both_days() -> None:
    text = text_of(NEED, OFFERS, RIGHT).replace("as_of: 2024-12-31", "as_of: 2024-10-01")
    short = planned(text)
    found = compare(short, planned(text.replace("10 days", "20 days")))
    (row,) = found.moved.to_dicts()
    latest = short.notices["latest"][0]
    assert row["what"] == "notice"
    assert row["sentence"] == (
        f"old/first: neo is asked about cheap/2025-01 by {latest - dt.timedelta(days=10)} "
        f"instead of {latest}"
    )
    assert (row["after"], row["unit"]) == (-10.0, "days")
    none = compare(short, planned(text.replace(RIGHT, "")))
    assert none.summary == "old/first: neo is not asked about cheap/2025-01"


def test_what_had_begun_by_the_later_plan_is_not_compared() -> None:
    book = read_text(TEXT)
    found = compare(planned(book), planned(book.as_of(dt.date(2025, 1, 15))))
    assert "2025-01" not in found.summary
    assert found.notes == (
        "known on 2025-01-15 instead of 2024-12-31",
        "planned for 2025-02 to 2025-03 instead of 2025-01 to 2025-03; what had begun by then is "
        "not compared",
    )
    both = [dt.date(2025, 2, 1), dt.date(2025, 3, 1)]
    paid = found.before.spend.filter(pl.col("month").is_in(both))["amount"].sum()
    assert found.costs["before"].sum() == pytest.approx(paid)


def test_only_what_moves_most_is_told_in_the_sentence(base: PlanResult) -> None:
    row = dict.fromkeys(compare(base, base).moved.columns)
    row |= {"what": "build", "unit": "MW", "before": 0.0, "after": 1.0}
    rows = [{**row, "name": f"s/p{n}", "cost": float(n), "sentence": f"p{n}"} for n in range(9)]
    schema = compare(base, base).moved.schema
    assert summary(pl.DataFrame(rows, schema=schema)) == "p8; p7; p6; and 6 more"


# --- without a clause ---------------------------------------------------------------------------


@pytest.mark.parametrize("gap", [1e-9, 2e-2])
def test_a_book_without_a_clause_agrees_with_the_clauses_price(gap: float) -> None:
    """One is a book rebuilt, the other the programme with the clause switched off."""
    text = text_of(NEED, OFFERS).replace("as_of: 2024-12-31", "as_of: 2024-12-20")
    bare, book = read_text(text), read_text(text + RIGHT.replace("10 days", "60 days"))
    limits = Limits(gap=gap)
    found = plan(book, Options(limits=limits, foresight=False))
    assert isinstance(found, PlanResult)
    (price,) = found.clause_costs.filter(pl.col("part") == "all").to_dicts()
    rebuilt = difference(planned(bare, gap), planned(book, gap))
    assert rebuilt.low is not None
    assert rebuilt.high is not None
    assert price["high"] > 0
    # Both intervals hold the true cost of the clause, so they meet.
    slack = 1e-6 * found.cost
    assert max(price["low"], rebuilt.low) <= min(price["high"], rebuilt.high) + slack


# --- a kept plan --------------------------------------------------------------------------------


def test_a_kept_plan_is_the_plan_again(base: PlanResult) -> None:
    again = of_data(json.loads(json.dumps(as_data(base))))
    for name in TABLES:
        assert getattr(again, name).equals(getattr(base, name)), name
    assert as_data(again) == as_data(base)
    assert compare(base, again).difference.sentence == "costs the same"
    assert compare(again, base).moved.is_empty()


def test_a_plan_of_an_earlier_version_lacks_a_column_and_is_read(base: PlanResult) -> None:
    data = copy.deepcopy(as_data(base))
    del data["sites"]
    for row in data["purchases"]:
        del row["sign_by"]
        row["new"] = "unknown"
    again = of_data(data)
    assert again.purchases["sign_by"].null_count() == again.purchases.height
    assert compare(again, base).moved.is_empty()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"status": "infeasible"}, "it says why there is no plan"),
        ({"cost": None}, "it is not a whole plan"),
        ({"cost": float("nan")}, "its cost is not a number"),
        ({"months": ["soon"]}, "it is not a whole plan"),
        ({"months": 3}, "it is not a whole plan"),
        ({"certificate": 3}, "it is not a whole plan"),
        ({"purchases": {"a": 1}}, "its table purchases is not a list of rows"),
        ({"purchases": [3]}, "it is not a whole plan"),
        ({"purchases": [{"start": "2025"}]}, "it is not a whole plan"),
        ({"purchases": [{"months": 10**30}]}, "its table purchases cannot be read"),
    ],
)
def test_what_is_no_plan_is_told_in_a_sentence(
    base: PlanResult, change: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(NotAPlanError, match=sentence):
        of_data({**as_data(base), **change})


@pytest.mark.parametrize("data", [None, [], {}, "plan", 3])
def test_other_json_is_no_plan(data: Any) -> None:
    with pytest.raises(NotAPlanError, match="not the data of a plan"):
        of_data(data)


def test_a_kept_plan_with_gaps_in_its_rows_is_compared_all_the_same(base: PlanResult) -> None:
    data = {**as_data(base), "purchases": [{"offer": "x"}], "builds": [{}], "notices": [{}]}
    found = compare(of_data(data), base)
    assert set(found.moved["name"]) == {"cheap", "dear"}
