"""What the plan says of each purchase and phase, and what it shows: no more than it bears out."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from offtake.plan.result import PlanResult
from offtake.plan.study import Options, plan

from .books import EXACT, read_text, text_of

QUICK = Options(limits=EXACT, costs=False, foresight=False)
HOURS = (744.0, 672.0, 744.0)
DEMAND = """
demand:
- {id: api, purpose: api, unit: a, base: NEED chips, unserved: 50 USD per chip-hour}
"""


def planned(text: str) -> PlanResult:
    # In November all windows of these rights can still run before January.
    found = plan(read_text(text.replace("as_of: 2024-12-31", "as_of: 2024-11-30")), QUICK)
    assert isinstance(found, PlanResult)
    return found


def offers(*lines: str, need: int = 100) -> str:
    own = "".join(f"- {{{line}}}\n" for line in lines)
    return f"offers:\n{own}{DEMAND.replace('NEED', str(need))}"


NEO = (
    "id: neo-3, seller: neo, chip: a, region: east, term: 3 months, "
    "price: 2 USD per chip-hour, max: 500 chips"
)
RIGHT = """
agreements:
- id: deal
  seller: cloud
  from: 2024-01-01
  until: 2026-12-31
  clauses:
  - {id: rofr, kind: first-refusal, window: {length: 10 days}, expected: [EXPECTED]}
"""


def test_what_a_holder_takes_is_followed_to_its_pool_and_its_purse() -> None:
    text = text_of(RIGHT.replace("EXPECTED", "{take: 100%, weight: 100%}"), offers(NEO))
    found = planned(text)
    (row,) = found.purchases.to_dicts()
    assert row["seller"] == "neo"
    assert row["why"].startswith("serves api 100%; cloud is expected to take 100% of it; nothing")
    assert set(found.spend["who"]) == {"cloud"}
    assert found.spend["amount"].to_list() == pytest.approx([200 * h for h in HOURS])


def test_a_part_taken_divides_what_is_paid_but_not_what_is_tendered() -> None:
    cases = "{take: 0%, weight: 60%}, {take: 40%, weight: 40%}"
    found = planned(text_of(RIGHT.replace("EXPECTED", cases), offers(NEO)))
    (row,) = found.purchases.to_dicts()
    assert row["chips"] == pytest.approx(100)
    assert "serves api 100%; cloud is expected to take 16% of it" in row["why"]
    paid = dict(found.spend.group_by("who").agg(pl.col("amount").sum()).iter_rows())
    assert paid["cloud"] == pytest.approx(0.16 * 200 * sum(HOURS))
    assert paid["neo"] == pytest.approx(0.84 * 200 * sum(HOURS))


def test_of_a_metered_offer_no_more_is_bought_than_is_used_and_its_use_is_its_cost() -> None:
    metered = NEO.replace("term:", "billing: used, term:")
    found = planned(text_of(offers(metered)))
    assert found.purchases["chips"].sum() == pytest.approx(100)
    assert found.purchases["cost"].sum() == pytest.approx(200 * sum(HOURS))
    assert found.capacity["chips"].to_list() == pytest.approx([100] * 3)
    blocks = planned(text_of(offers(f"{metered}, block: 30 chips")))
    assert blocks.purchases["chips"].sum() == pytest.approx(120)
    least = planned(text_of(offers(f"{metered}, min: 250 chips")))
    assert least.purchases["chips"].sum() == pytest.approx(250)
    assert least.cost == pytest.approx(found.cost)


def test_a_metered_lot_that_a_holder_takes_of_is_lowered_with_what_is_taken() -> None:
    metered = NEO.replace("term:", "billing: used, term:")
    cases = "{take: 0%, weight: 60%}, {take: 40%, weight: 40%}"
    found = planned(text_of(RIGHT.replace("EXPECTED", cases), offers(metered)))
    assert found.purchases["chips"].sum() == pytest.approx(100)
    assert found.purchases["cost"].sum() == pytest.approx(200 * sum(HOURS))


def test_what_is_rented_by_the_hour_counts_as_a_cheaper_source() -> None:
    hourly = (
        "id: hourly, seller: other, kind: on-demand, chip: a, region: east, "
        "price: 1 USD per chip-hour, max: 40 chips"
    )
    found = planned(text_of(offers(NEO, hourly)))
    (why,) = found.purchases["why"]
    against = "hourly would cost 1.00 against 2.00 per a-hour"
    assert why.endswith(f"{against}, but it is at its maximum of 40 chips")


def test_without_a_proof_it_is_said_that_no_saving_was_found() -> None:
    # One month is needed of three, so the lower price costs more in all.
    long = NEO.replace("neo-3", "long").replace("price: 2", "price: 1.90")
    short = NEO.replace("term: 3", "term: 1").replace("neo-3", "short")
    once = offers(long, short).replace("base:", "until: 2025-01, base:")
    (why,) = planned(text_of(once)).purchases["why"]
    assert why.endswith(
        "long would cost 1.90 against 2.00 per a-hour, but the plan found no saving in it"
    )


def test_a_price_that_a_clause_changes_is_compared_with_none() -> None:
    tiers = "{id: volume, kind: volume-tiers, tiers: [{above: 50 chips, discount: 80%}]}"
    rebated = (
        f"{NEO.replace('neo-3', 'tiered').replace('price: 2', 'price: 3')}, clauses: [{tiers}]"
    )
    found = planned(text_of(offers(NEO, rebated)))
    (row,) = found.purchases.to_dicts()
    assert row["offer"] == "tiered"
    assert row["why"].endswith("at 3.00 per a-hour, terms of tiered/volume apart")
    dear = rebated.replace("80%", "5%")
    (row,) = planned(text_of(offers(NEO, dear))).purchases.to_dicts()
    assert row["offer"] == "neo-3"
    assert row["why"].endswith("is cheaper (2.00 per a-hour), terms of tiered/volume apart")


SITE = """
sites:
- id: home
  region: east
  pue: 1
  power_price: 10 USD per MWh
  chips: [a]
  owners: {lab: 100%}
  phases:
  - {id: p1, power: 100 kW meter, capex: CAPEX USD, LIFE, PHASE}
"""


def site(capex: int, phase: str, life: str = "life: 10 years") -> str:
    return SITE.replace("CAPEX", str(capex)).replace("PHASE", phase).replace("LIFE", life)


def test_a_site_that_is_not_built_is_said_not_to_be() -> None:
    text = text_of(offers(NEO), site(10**9, "start: 2025-01, lead: 1 month"))
    (why,) = planned(text).purchases["why"]
    assert why.endswith("but no phase of it is built")


def test_a_site_is_said_to_be_full_or_not_ready_only_where_it_is() -> None:
    full = text_of(offers(NEO, need=150), site(10, "started: 2024-06, ready: 2025-01"))
    why = planned(full).purchases.filter(pl.col("what") == "reserved")["why"][0]
    assert why.endswith("but its power is used up")
    early = text_of(
        offers(NEO.replace("term: 3", "term: 1")), site(10, "start: 2025-01, lead: 1 month")
    )
    rows = planned(early).purchases
    assert rows.filter(pl.col("what") == "reserved")["start"].to_list() == [dt.date(2025, 1, 1)]
    (why,) = rows.filter(pl.col("what") == "reserved")["why"]
    assert why.endswith("but its power is not ready then")


def test_a_phase_is_said_to_be_needed_only_where_the_others_give_too_little() -> None:
    dear = offers(NEO.replace("price: 2", "price: 40"))
    once = "start: 2025-01, lead: 1 month"
    small = "  - {id: p0, power: 1 kW meter, capex: 10 USD, life: 10 years, " + once + "}\n"
    text = text_of(dear, site(10, f"{once}, after: [p0]"), small)
    said = dict(planned(text).builds.select("phase", "why").iter_rows())
    assert said == {
        "p0": "begun so that it is ready by 2025-02",
        "p1": "its power is needed from 2025-02, after p0",
    }


def test_power_ends_with_the_life_of_its_phase() -> None:
    text = text_of(offers(NEO), site(10, "started: 2024-06, ready: 2025-01", "life: 2 months"))
    assert planned(text).sites["power_mw"].to_list() == pytest.approx([0.1, 0.1, 0.0])


def test_a_purchase_names_the_day_to_sign_by() -> None:
    lead = f"{NEO}, lead: 20 days, starts_from: 2025-02".replace("term: 3", "term: 2")
    (row,) = planned(text_of(offers(lead))).purchases.to_dicts()
    assert row["sign_by"] == dt.date(2025, 1, 12)
    built = planned(text_of(offers(NEO), site(10, "started: 2024-06, ready: 2025-01")))
    assert built.purchases.filter(pl.col("what") == "installed")["sign_by"].to_list() == [None]


def test_the_cost_is_cash_and_shortage_less_what_is_left() -> None:
    found = planned(text_of(offers(NEO, need=700), site(10, "started: 2024-06, ready: 2025-01")))
    assert found.cash == pytest.approx(found.spend["amount"].sum())
    short = zip(found.demand["unserved"].to_list(), HOURS, strict=True)
    assert found.shortage == pytest.approx(sum(n * h * 50 for n, h in short))
    assert found.shortage > 0
    assert found.residual > 0
    assert found.cash + found.shortage - found.residual == pytest.approx(found.cost)


def test_what_a_term_owes_after_the_plan_is_said() -> None:
    offer = (
        "offers:\n- {id: o, seller: neo, chip: a, region: east, term: 5 months, "
        "price: 2 USD per chip-hour, max: 100 chips, starts_from: 2025-02, starts_until: 2025-02}\n"
    )
    need = (
        "demand:\n- {id: d, purpose: work, unit: a, base: 10 chips, from: 2025-02, "
        "unserved: 90 USD per chip-hour}\n"
    )
    found = plan(read_text(text_of(offer, need, months=3)), Options(costs=False, foresight=False))
    assert isinstance(found, PlanResult)
    (row,) = found.purchases.to_dicts()
    # April, May and June have 720 + 744 + 720 hours.
    assert row["owed_after"] == pytest.approx(10 * 2 * (720 + 744 + 720), rel=1e-6)
