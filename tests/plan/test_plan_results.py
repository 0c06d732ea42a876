"""What the tables of a plan promise, each checked by hand from the other tables and the book."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from offtake.plan.assemble import Risk, programme
from offtake.plan.result import TABLES, Clash, PlanResult
from offtake.plan.solve import Limits, solve
from offtake.plan.study import Options, plan

from .books import EXACT, read_text, text_of

MONTHS = 12
RICH = text_of(
    """
agreements:
- id: signed
  seller: cloud
  from: 2024-06-01
  until: 2025-09-20
  billing: used
  price: 2 USD per chip-hour
  deliveries:
  - {id: d1, add: 400 chips, chip: a, region: east, start: 2024-07-01}
  - {id: d2, add: 310 chips, chip: a, region: east, start: 2025-03-22}
  clauses:
  - {id: floor, kind: take-or-pay, share: 90%, measured: month}
  - {id: let, kind: sublet, rate: 2000%, max: 5 chips}
- id: deal
  seller: cloud
  from: 2024-01-01
  until: 2026-12-31
  clauses:
  - id: rofr
    kind: first-refusal
    window: {length: 10 days}
    scope: {own_build: false}
    expected: [{take: 0%, weight: 50%}, {take: 50%, weight: 50%}]
  - {id: only-api, kind: exclusive, scope: {purposes: [api]}, holder: cloud}
- id: later
  seller: neo
  signed: 2025-06-15
  from: 2025-07-01
  until: 2026-12-31
  price: 1 USD per chip-hour
  waivers: [{of: deal/rofr, on: 2025-06-15}]
  deliveries: [{id: d1, add: 900 chips, chip: a, region: east, start: 2025-07-01}]
offers:
- {id: cloud-6, seller: cloud, chip: a, region: east, term: 6 months, price: 3 USD per chip-hour,
   max: 900 chips, lead: 20 days}
- {id: neo-9, seller: neo, chip: b, region: east, term: 9 months, price: 4.50 USD per chip-hour,
   max: 700 chips, block: 50 chips, lead: 30 days}
- {id: hourly, seller: other, kind: on-demand, chip: a, region: east, price: 5 USD per chip-hour,
   max: 200 chips}
sites:
- id: home
  region: west
  pue: 1.2
  power_price: 60 USD per MWh
  rent: 30000 USD per MW-month
  chips: [b]
  owners: {lab: 40%, fund: 60%}
  capital: [{limit: 40 M USD, from: 2025-01, per_year: 30 M USD}]
  phases:
  - {id: p1, power: 1 MW meter, capex: 4 M USD, started: 2024-10, ready: 2025-02, life: 10 years}
  - {id: p2, power: 2 MW it, capex: 6 M USD, start: 2025-01, lead: 3 months, life: 10 years}
demand:
- id: train
  purpose: work
  unit: b
  base: 500 chips
  unserved: 9 USD per chip-hour
  deferrable: month
- id: api
  purpose: api
  unit: a
  base: 900 chips
  shape: [1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 1, 1, 1, 1]
  unserved: 14 USD per chip-hour
  scenarios: {low: {weight: 60%, growth: 20% per year}, high: {weight: 40%, growth: 180% per year}}
""",
    months=MONTHS,
    hours=24,
).replace("discount: 0%", "discount: 9% per year")
TIGHT = Options(limits=EXACT)


def planned(text: str, options: Options = TIGHT) -> PlanResult:
    found = plan(read_text(text), options)
    assert isinstance(found, PlanResult)
    return found


@pytest.fixture(scope="module")
def rich() -> PlanResult:
    return planned(RICH)


def hours(day: dt.date) -> float:
    return 24.0 * calendar.monthrange(day.year, day.month)[1]


def discount(day: dt.date) -> float:
    return 1.09 ** (-day.month / 12)


# --- money -------------------------------------------------------------------------------------


def test_spend_discounted_and_shortage_less_what_is_left_is_the_cost(rich: PlanResult) -> None:
    spent = sum(r["amount"] * discount(r["month"]) for r in rich.spend.to_dicts())
    weight = dict(rich.scenarios.select("scenario", "weight").iter_rows())
    price = {"train": 9 / 2, "api": 14}  # a chip b is two reference chips
    short = sum(
        r["unserved"] * price[r["class"]] * hours(r["month"]) * discount(r["month"])
        * weight[r["scenario"]]
        for r in rich.demand.to_dicts()
    )  # fmt: skip
    end = discount(dt.date(2025, 12, 1))
    left = sum(
        0.4 * 30_000 * r["chips"] * (60 - (13 - r["start"].month)) / 60
        for r in rich.purchases.filter(pl.col("what") == "installed").to_dicts()
    )
    for r in rich.builds.to_dicts():
        # One of the four months of p1 lies in the plan.
        paid = 0.25 if r["phase"] == "p1" else 1.0
        left += 0.4 * r["capex"] * paid * (120 - (13 - r["ready"].month)) / 120
    assert rich.cost == pytest.approx(spent + short - left * end, rel=1e-6)
    assert set(rich.spend["category"]) >= {"reserved", "used", "chips", "phases", "power"}


def test_the_cost_is_the_mean_of_the_scenarios_and_cvar_that_of_the_worst(rich: PlanResult) -> None:
    rows = rich.scenarios.to_dicts()
    assert len(rows) == 4
    assert rich.cost == pytest.approx(sum(r["weight"] * r["cost"] for r in rows), rel=1e-9)
    # 5 % of the probability lies within the worst scenario, which weighs 20 %.
    assert rich.cvar == pytest.approx(max(r["cost"] for r in rows), rel=1e-9)
    wide = planned(RICH, Options(limits=EXACT, risk=Risk(0.0, 0.7), costs=False))
    worst = sorted(wide.scenarios.to_dicts(), key=lambda r: -r["cost"])
    left, total = 0.3, 0.0
    for r in worst:
        part = min(left, r["weight"])
        total, left = total + part * r["cost"], left - part
    assert wide.cvar == pytest.approx(total / 0.3, rel=1e-9)


def test_nobody_does_better_than_with_foresight(rich: PlanResult) -> None:
    for row in rich.scenarios.to_dicts():
        assert row["regret"] == pytest.approx(row["cost"] - row["perfect"], abs=1)
        assert row["regret"] >= -1e-6 * abs(row["cost"])
    means = rich.scenarios.select((pl.col("weight") * pl.col("regret")).sum()).item()
    assert rich.perfect_information == pytest.approx(means, rel=1e-6)
    assert rich.perfect_information > 0


def test_capital_counts_all_owners_and_keeps_its_limits(rich: PlanResult) -> None:
    (row,) = rich.capital.to_dicts()
    bought = rich.purchases.filter(pl.col("what") == "installed")["chips"].sum() * 30_000
    built = sum(r["capex"] * (0.25 if r["phase"] == "p1" else 1) for r in rich.builds.to_dicts())
    assert row["called"] == pytest.approx(bought + built, abs=100)
    assert row["called"] <= row["limit"] + 1
    assert row["limit"] == 30e6


def test_objective_system_counts_what_all_owners_pay() -> None:
    text = RICH.replace("chips: [b]", "chips: [a]")
    mine = planned(text, Options(limits=EXACT, costs=False, foresight=False))
    all_ = planned(text, Options(objective="system", limits=EXACT, costs=False, foresight=False))
    assert all_.cost > mine.cost
    own = all_.spend.filter(pl.col("category").is_in(["phases", "chips"]))
    rent = sum(r["power_mw"] * 30_000 for r in all_.sites.to_dicts())
    assert own["amount"].sum() == pytest.approx(all_.capital["called"].sum() + rent, rel=1e-6)


def test_a_plan_of_risk_alone_has_the_least_cvar() -> None:
    mean = planned(RICH, Options(limits=EXACT, risk=Risk(0.0, 0.7), costs=False, foresight=False))
    tail = planned(RICH, Options(limits=EXACT, risk=Risk(1.0, 0.7), costs=False, foresight=False))
    assert tail.certificate["objective"] == pytest.approx(tail.cvar, rel=1e-6)
    assert tail.cvar <= mean.cvar * (1 + 1e-7)
    assert mean.cost <= tail.cost * (1 + 1e-7)


# --- capacity and demand -----------------------------------------------------------------------


def test_what_is_served_and_what_is_not_make_up_the_need(rich: PlanResult) -> None:
    for r in rich.demand.to_dicts():
        assert r["served"] + r["unserved"] == pytest.approx(r["needed"], rel=1e-9)
        growth = {"low": 1.2, "high": 2.8}[r["scenario"].split(",")[0]]
        if r["class"] == "api":
            assert r["needed"] == pytest.approx(900 * growth ** ((r["month"].month - 1) / 12))
            assert r["peak"] == pytest.approx(r["needed"] * 3 / (40 / 24))
        else:
            assert r["needed"] == pytest.approx(1000)
            assert r["peak"] == pytest.approx(1000)


def test_nothing_is_used_that_is_not_there(rich: PlanResult) -> None:
    keys = ["month", "scenario", "pool"]
    used = rich.usage.group_by(keys).agg(pl.col("chips").sum().alias("used"))
    both = used.join(rich.capacity, on=keys, how="left")
    assert both["chips"].null_count() == 0
    assert both.filter(pl.col("used") > pl.col("chips") + 0.01).is_empty()
    assert both.height > 50


def test_what_is_used_serves_what_is_said_to_be_served(rich: PlanResult) -> None:
    rate = {", a": 1.0, ", b": 2.0}
    used = rich.usage.with_columns(
        reference=pl.col("chips") * pl.col("pool").str.extract("(, [ab])").replace_strict(rate)
    )
    keys = ["month", "scenario", "class"]
    served = rich.demand.join(
        used.group_by(keys).agg(pl.col("reference").sum()), on=keys, how="left"
    ).fill_null(0.0)
    assert served.filter((pl.col("served") - pl.col("reference")) > 2).is_empty()


def test_a_delivery_within_a_month_counts_by_its_days(rich: PlanResult) -> None:
    signed = rich.capacity.filter(pl.col("pool") == "cloud, east, a, signed")
    # Five chips are let to others on every day; the last is the 20th of September.
    let = {**dict.fromkeys(range(1, 9), 5.0), 9: 5 * 20 / 30}
    level = {(n := r["month"].month): r["chips"] + let[n] for r in signed.to_dicts()}
    assert level[1] == pytest.approx(400)
    assert level[3] == pytest.approx(400 + 310 * 10 / 31)
    assert level[4] == pytest.approx(710)
    assert level[9] == pytest.approx(710 * 20 / 30)
    assert 10 not in level


# --- clauses -----------------------------------------------------------------------------------


def test_the_price_of_a_clause_lies_in_its_interval(rich: PlanResult) -> None:
    made = programme(read_text(RICH))
    exact = {
        part: solve(made, made.owners(clause, None if part == "all" else part), limits=EXACT)
        for clause, part in [("deal/rofr", "all"), ("deal/rofr", "landing")]
    }
    rough = planned(RICH, Options(limits=Limits(gap=0.05), foresight=False))
    true = solve(made, limits=EXACT).objective
    for result in (rich, rough):
        costs = {(r["clause"], r["part"]): r for r in result.clause_costs.to_dicts()}
        for part, without in exact.items():
            row = costs["deal/rofr", part]
            assert row["low"] - 1 <= true - without.objective <= row["high"] + 1
        for clause in ("deal/only-api", "signed/floor"):
            without = solve(made, made.owners(clause), limits=EXACT)
            row = costs[clause, "all"]
            assert row["low"] - 1 <= true - without.objective <= row["high"] + 1
            assert row["high"] >= -1, "a pure restriction costs nothing or more"
        for row in result.clause_costs.to_dicts():
            assert row["low"] <= row["high"]
            assert row["resolved"] == (
                row["low"] > 0 or row["high"] < 0 or row["low"] == row["high"]
            )
    parts = {
        r["part"]: r["low"] for r in rich.clause_costs.to_dicts() if r["clause"] == "deal/rofr"
    }
    assert parts["landing"] + parts["window"] == pytest.approx(parts["all"], abs=rich.cost * 1e-6)


def test_without_all_rights_of_a_holder_is_without_each(rich: PlanResult) -> None:
    row = rich.clause_costs.filter(pl.col("part") == "jointly: cloud").to_dicts()[0]
    made = programme(read_text(RICH))
    both = made.owners("deal/rofr") | made.owners("deal/only-api")
    without = solve(made, both, limits=EXACT).objective
    assert row["low"] - 1 <= rich.cost - without <= row["high"] + 1


# --- words -------------------------------------------------------------------------------------


def named(text: str, place: str) -> str:
    """The book's line at a place such as book.yaml:31."""
    found = re.match(r"book\.yaml:(\d+)", place)
    assert found is not None, place
    return text.splitlines()[int(found[1]) - 1]


def test_every_row_names_the_line_it_stands_for(rich: PlanResult) -> None:
    for r in rich.purchases.to_dicts():
        assert f"id: {r['offer']}" in named(RICH, r["place"])
    for r in rich.builds.to_dicts():
        assert f"id: {r['phase']}" in named(RICH, r["place"])
    for r in rich.clause_costs.filter(pl.col("kind") != "rights").to_dicts():
        assert r["clause"].split("/")[1] in named(RICH, r["place"])
    for r in rich.notices.to_dicts():
        assert "window:" in named(RICH, r["place"])
    for r in rich.limits.to_dicts():
        assert named(RICH, r["place"])
    names = {"train", "api", "cloud-6", "neo-9", "hourly", "home"}
    for why in rich.purchases["why"]:
        assert why.startswith("reserve: ") or any(name in why for name in names)
    # Others' capacity may not serve the API, however cheap it is.
    (first, *_) = rich.purchases.filter(pl.col("offer") == "cloud-6")["why"]
    assert first.endswith("but deal/only-api keeps it from serving this")
    assert rich.limits.height >= 2


def test_a_purchase_is_named_by_book_offer_and_month(rich: PlanResult) -> None:
    digest = rich.certificate["plan"][:8]
    for r in rich.purchases.to_dicts():
        source, start = r["id"].removeprefix(f"{digest}/").rsplit("/", 1)
        assert source.partition(":")[0].partition(".")[0] == r["offer"]
        assert start == f"{r['start']:%Y-%m}"
    ids = rich.purchases["id"]
    assert ids.n_unique() == len(ids)
    assert set(rich.notices["purchase"]) <= set(ids)


def test_the_certificate_tells_all_that_is_needed_to_repeat_it(rich: PlanResult) -> None:
    told = rich.certificate
    assert {
        "status", "objective", "bound", "gap", "gap_allowed", "residual", "solver", "seed",
        "columns", "rows", "integers", "scenarios", "months",
        "objective_counts", "risk_weight", "risk_tail", "digest", "as_of",
    } <= set(told)  # fmt: skip
    assert told["bound"] <= told["objective"] * (1 + 1e-9)
    assert told["gap"] <= 1e-8
    assert told["residual"] <= 1e-5
    assert told["digest"] == read_text(RICH).digest
    assert told["solver"].startswith("HiGHS 1.")


def test_the_same_book_gives_the_same_tables(rich: PlanResult) -> None:
    again = planned(RICH)
    for name in TABLES:
        assert_frame_equal(getattr(rich, name), getattr(again, name), check_exact=True)
    assert again.cost == rich.cost
    assert again.certificate == rich.certificate


def test_every_table_has_its_columns(rich: PlanResult) -> None:
    for name, columns in TABLES.items():
        table: pl.DataFrame = getattr(rich, name)
        assert table.columns == [*columns]
        assert not table.is_empty(), name


def test_knowledge_moves_with_the_day() -> None:
    options = Options(limits=EXACT, costs=False, foresight=False)

    def pools(day: str) -> Any:
        found = plan(read_text(RICH).as_of(dt.date.fromisoformat(day)), options)
        assert not isinstance(found, Clash)
        assert found.as_of == dt.date.fromisoformat(day)
        held = found.capacity.filter(pl.col("month") == dt.date(2025, 8, 1))
        return dict(held.group_by("pool").agg(pl.col("chips").min()).iter_rows()), found

    before, _ = pools("2025-06-14")
    after, found = pools("2025-06-15")
    assert before.get("neo, east, a", 0) < 900
    assert after["neo, east, a"] == pytest.approx(900)
    assert "later" in set(found.rights["clause"])
    # What starts before the plan's day can no longer be bought or begun.
    assert all(start >= dt.date(2025, 6, 15) for start in found.purchases["start"])
    begun = found.builds.filter(~pl.col("committed"))
    assert all(start >= dt.date(2025, 6, 1) for start in begun["start"])
