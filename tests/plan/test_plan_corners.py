"""Books at the edges: months that do not fit, nothing needed, other money, rights for a while.

Each has a plan so small that its cost can be told by hand.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest

from offtake.book.edit import changed
from offtake.plan.affine import Sums
from offtake.plan.assemble import programme
from offtake.plan.demand import levels
from offtake.plan.result import PlanResult
from offtake.plan.solve import solve
from offtake.plan.study import Options, plan
from offtake.units import Money

from .books import EXACT, cost, optimum, read_text, text_of

JAN, FEB, MAR = 744, 672, 744
THREE = JAN + FEB + MAR
NEED = """
demand:
- {id: need, purpose: work, unit: a, base: 100 chips, unserved: 9 USD per chip-hour}
"""


def offer(more: str, name: str = "x") -> str:
    return (
        f"- {{id: {name}, seller: neo, chip: a, region: east, price: 2 USD per chip-hour, "
        f"max: 500 chips, {more}}}\n"
    )


def one(more: str) -> str:
    return "offers:\n" + offer(more)


def costs(*parts: str, months: int = 3) -> float:
    return cost(read_text(text_of(*parts, months=months)))


# --- months that do not fit --------------------------------------------------------------------


def test_a_term_beyond_the_plan_is_paid_to_its_end_only() -> None:
    assert costs(one("term: 40 months"), NEED) == pytest.approx(200 * THREE)


def test_an_offer_that_starts_after_the_plan_is_of_no_use() -> None:
    assert costs(one("term: 1 month, starts_from: 2025-04"), NEED) == pytest.approx(900 * THREE)


def test_an_offer_that_could_start_before_the_plan_starts_with_it() -> None:
    assert costs(one("term: 3 months, starts_from: 2024-06"), NEED) == pytest.approx(200 * THREE)


def test_hourly_capacity_begins_when_the_offer_says() -> None:
    hourly = one("kind: on-demand, starts_from: 2025-03")
    assert costs(hourly, NEED) == pytest.approx(900 * (JAN + FEB) + 200 * MAR)


def agreement(until: str, more: str = "") -> str:
    return (
        "agreements:\n- id: old\n  seller: cloud\n  from: 2024-01-01\n"
        f"  until: {until}\n  price: 1 USD per chip-hour{more}\n"
        "  deliveries: [{id: d, add: 60 chips, chip: a, region: east, start: 2024-02-01}]\n"
    )


def test_an_agreement_that_ended_before_the_plan_gives_and_costs_nothing() -> None:
    assert costs(agreement("2024-12-31"), NEED) == pytest.approx(900 * THREE)
    assert costs(agreement("2025-01-31"), NEED) == pytest.approx(900 * THREE - 540 * JAN + 60 * JAN)


def test_a_metered_agreement_without_a_floor_costs_what_is_used() -> None:
    metered = agreement("2026-12-31", "\n  billing: used")
    assert costs(metered, NEED.replace("100 chips", "40 chips")) == pytest.approx(40 * THREE)
    assert costs(agreement("2026-12-31"), NEED.replace("100", "40")) == pytest.approx(60 * THREE)


def test_chips_that_are_sold_after_the_plan_are_not_installed() -> None:
    later = text_of(SITE, NEED).replace("price: 10000 USD", "available: 2025-06, price: 10000 USD")
    made, solution = optimum(read_text(later))
    installed = [b for b in made.whole.buys if b.what == "installed"]
    assert [len(b.columns) for b in installed] == [0]
    assert solution.objective == pytest.approx(900 * THREE - ready_credit())


SITE = """
sites:
- id: home
  region: west
  pue: 1
  power_price: 0 USD per kWh
  chips: [a]
  phases:
  - {id: p, power: 1 MW meter, capex: 9 M USD, started: 2024-09, ready: 2025-02, life: 3 years}
"""


def ready_credit() -> float:
    """One of five months of capex falls into the plan; 34 of 36 months are left at its end."""
    return 9e6 / 5 * (34 / 36 - 1)


def test_a_phase_finished_before_the_plan_costs_nothing_more() -> None:
    done = SITE.replace("started: 2024-09, ready: 2025-02", "started: 2023-09, ready: 2024-02")
    # Chips of 10,000 live 60 months and serve all three here.
    by_hand = 100 * 10_000 * 3 / 60
    assert costs(done, NEED) == pytest.approx(by_hand)
    # A plan of 24 months pays no more of it: the phase's months lie before the first.
    by_hand = 100 * 10_000 * 24 / 60
    assert costs(done.replace("3 years", "9 years"), NEED, months=24) == pytest.approx(by_hand)


def test_a_phase_that_cannot_be_ready_in_time_is_not_begun() -> None:
    late = SITE.replace("started: 2024-09, ready: 2025-02", "start: 2025-01, lead: 3 months")
    made, solution = optimum(read_text(text_of(late, NEED)))
    assert [b.ready for b in made.buildings] == [()]
    assert solution.objective == pytest.approx(900 * THREE)


def test_power_ends_with_the_life_of_its_phase() -> None:
    short = SITE.replace("started: 2024-09, ready: 2025-02", "started: 2024-09, ready: 2025-01")
    short = short.replace("3 years", "1 month")
    # Chips outlive the phase and would draw power that is gone, so none are installed.
    made, solution = optimum(read_text(text_of(short, NEED)))
    (buy,) = made.whole.buys
    assert solution.x[buy.columns.index].max() == pytest.approx(0, abs=1e-6)


def test_chips_serve_and_pay_for_power_for_their_life_only() -> None:
    text = text_of(
        SITE.replace("started: 2024-09, ready: 2025-02", "started: 2023-09, ready: 2024-02"), NEED
    )
    text = text.replace("price: 10000 USD, life: 5 years", "price: 10000 USD, life: 1 month", 1)
    text = text.replace("power_price: 0 USD", "power_price: 0.5 USD").replace(
        "unserved: 9", "unserved: 90"
    )
    assert cost(read_text(text)) == pytest.approx(3 * 100 * 10_000 + 50 * THREE)


# --- nothing needed, one scenario, other money ---------------------------------------------------


def test_months_in_which_nothing_is_needed_cost_nothing() -> None:
    gap = NEED.replace(
        "base: 100 chips", "path: {2025-01: 100 chips, 2025-02: 0 chips, 2025-03: 100 chips}"
    )
    assert costs(one("term: 1 month"), gap) == pytest.approx(200 * (JAN + MAR))
    dated = NEED.replace("unserved", "from: 2025-02, until: 2025-02, unserved")
    assert costs(one("term: 1 month"), dated) == pytest.approx(200 * FEB)


def test_a_book_in_euros_is_planned_in_euros() -> None:
    text = text_of(one("term: 3 months"), NEED).replace("USD", "EUR")
    found = plan(read_text(text.replace("  discount", "  currency: EUR\n  discount")))
    assert isinstance(found, PlanResult)
    assert found.currency == "EUR"
    assert found.cost == pytest.approx(200 * THREE)
    assert "EUR" in found.limits["sentence"][0]


def test_without_scenarios_there_is_one_path_and_nothing_to_regret() -> None:
    found = plan(read_text(text_of(one("term: 3 months"), NEED)))
    assert isinstance(found, PlanResult)
    (row,) = found.scenarios.to_dicts()
    assert (row["scenario"], row["weight"]) == ("base", 1.0)
    assert row["regret"] == pytest.approx(0, abs=0.01)
    assert found.cvar == pytest.approx(found.cost)


DRAWN = NEED.replace(
    "unserved", "draw: {volatility: 40% per year, count: 400, seed: SEED}, unserved"
)


def test_drawn_scenarios_are_the_same_every_time_and_others_with_another_seed() -> None:
    months = tuple(
        read_text(text_of(DRAWN.replace("SEED", "1"))).header.periods.start + t for t in range(12)
    )

    def drawn(seed: str) -> np.ndarray:
        demand = read_text(text_of(DRAWN.replace("SEED", seed))).demand["need"]
        return np.array([levels(demand, f"draw-{i + 1}", months, months[0]) for i in range(400)])

    assert np.array_equal(drawn("1"), drawn("1"))
    assert not np.array_equal(drawn("1"), drawn("2"))
    # A lognormal path of mean one: the mean of 400 is within four standard errors of 100.
    spread = np.exp(0.16) - 1
    assert drawn("1")[:, -1].mean() == pytest.approx(100, abs=4 * 100 * np.sqrt(spread / 400))
    assert np.log(drawn("1")[:, -1] / 100).std() == pytest.approx(0.4, rel=0.15)


def test_a_book_of_drawn_scenarios_is_planned() -> None:
    few = DRAWN.replace("SEED", "7").replace("400", "5")
    found = plan(read_text(text_of(one("term: 3 months"), few)))
    assert isinstance(found, PlanResult)
    assert found.scenarios["weight"].to_list() == pytest.approx([0.2] * 5)
    assert found.demand["needed"].n_unique() > 5


# --- rights for part of the time -----------------------------------------------------------------


def barred(scope: str, until: str = "2026-12-31") -> str:
    return (
        f"agreements:\n- id: deal\n  seller: cloud\n  from: 2024-01-01\n  until: {until}\n"
        f"  clauses: [{{kind: exclusive, scope: {{{scope}}}}}]\n"
    )


def test_an_exclusive_right_bars_service_in_the_months_of_its_scope_alone() -> None:
    hourly = one("kind: on-demand")
    for scope, months in (
        ("purposes: [work], until: 2025-01-31", JAN),
        ("purposes: [work], from: 2025-03-01", MAR),
        ("from: 2025-02-01, until: 2025-02-28", FEB),
        ("purposes: [api]", 0),
    ):
        without = 200 * THREE + 700 * months
        assert costs(barred(scope), hourly, NEED) == pytest.approx(without), scope
    assert costs(barred("purposes: [work]", "2025-02-28"), hourly, NEED) == pytest.approx(
        200 * THREE + 700 * (JAN + FEB)
    )


def test_without_purposes_it_bars_deals_signed_while_it_is_in_force() -> None:
    reserved = one("term: 1 month, lead: 20 days")
    # The deal for March is signed on 9 February at the latest.
    for until, months in (("2025-02-08", JAN + FEB), ("2025-02-09", THREE)):
        assert costs(barred("", until), reserved, NEED) == pytest.approx(200 * THREE + 700 * months)


def test_a_holder_of_second_rank_takes_of_what_the_first_left() -> None:
    two = "".join(
        f"  - {{id: r{rank}, kind: first-refusal, holder: {holder}, rank: {rank}, window: "
        f"{{length: 0 days}}, expected: [{{take: {take}%, weight: 100%}}]}}\n"
        for rank, holder, take in ((2, "other", 50), (1, "cloud", 40))
    )
    clauses = (
        "agreements:\n- id: deal\n  seller: cloud\n  from: 2024-01-01\n  until: 2026-12-31\n"
        f"  clauses:\n{two}"
    )
    made, solution = optimum(read_text(text_of(clauses, one("term: 3 months"), NEED)))
    held = {
        pool.seller: float(solution.x[made.whole.level[n]][0, 0])
        for n, pool in enumerate(made.whole.pools)
    }
    assert held == pytest.approx({"neo": 30, "cloud": 40, "other": 30})


def test_options_and_offers_land_with_the_holder_together() -> None:
    text = text_of(
        "agreements:\n- id: deal\n  seller: cloud\n  from: 2024-01-01\n  until: 2026-12-31\n"
        "  clauses: [{id: r, kind: first-refusal, window: {length: 0 days}, expected: "
        "[{take: 50%, weight: 50%}, {take: 0%, weight: 50%}]}]\n"
        "- id: call\n  seller: neo\n  from: 2024-01-01\n  until: 2026-12-31\n"
        "  waivers: [{of: deal/r, on: 2024-01-01}]\n"
        "  clauses: [{id: more, kind: expansion-option, max: 30 chips, chip: a, region: east, "
        "price: 1 USD per chip-hour, term: 3 months, "
        "exercise: {from: 2024-06-01, until: 2025-01-01}}]\n",
        one("term: 3 months"),
        NEED,
    )
    made, solution = optimum(read_text(text))
    assert solution.objective == pytest.approx(30 * THREE + 70 * 2 * THREE)
    level = {
        pool.seller: solution.x[made.whole.level[n]][:, 0].round(6).tolist()
        for n, pool in enumerate(made.whole.pools)
    }
    assert level["cloud"] == pytest.approx([50, 0])
    assert level["neo"] == pytest.approx([50, 100])


def test_gangs_of_faster_chips_are_smaller() -> None:
    gang = NEED.replace("unserved", "gang: 60 chips, unserved")
    fast = one("term: 3 months, block: 30 chips").replace("chip: a", "chip: b")
    # 30 chips b are one gang of 60: two of them hold three gangs' half more than is needed.
    made, solution = optimum(read_text(text_of(fast, gang)))
    assert solution.objective == pytest.approx(60 * 2 * THREE)
    assert float(solution.x[made.whole.buys[0].columns.index].sum()) == pytest.approx(60)


# --- marginal prices ------------------------------------------------------------------------------

DONE = SITE.replace("started: 2024-09, ready: 2025-02", "started: 2023-09, ready: 2024-02")
LIMITED = text_of(
    one("term: 3 months").replace("500", "40"),
    DONE.replace("1 MW", "0.03 MW"),
    "  capital: [{limit: 5 M USD, from: 2025-01}]\n",
    NEED,
)


def test_one_unit_more_of_a_limit_saves_what_the_table_says() -> None:
    book = read_text(LIMITED)
    found = plan(book, Options(limits=EXACT, costs=False, foresight=False))
    assert isinstance(found, PlanResult)
    value = {r["what"]: r["value"] for r in found.limits.to_dicts()}
    base = cost(book)
    more = changed(book, ("offers", "x", "max"), 41)
    assert value["offer x"] == pytest.approx(base - cost(more), rel=1e-4)
    less = changed(book, ("demand", "need", "base"), 99)
    assert value["demand need"] == pytest.approx(base - cost(less), rel=1e-4)
    power = read_text(LIMITED.replace("0.03 MW", "0.031 MW"))
    assert value["site home"] == pytest.approx(1000 * (base - cost(power)), rel=1e-4)


def test_a_million_more_of_capital_saves_what_the_table_says() -> None:
    tight = LIMITED.replace("limit: 5 M", "limit: 0.1 M")
    book = read_text(tight)
    found = plan(book, Options(limits=EXACT, costs=False, foresight=False))
    assert isinstance(found, PlanResult)
    value = {r["what"]: r["value"] for r in found.limits.to_dicts()}
    path = ("sites", "home", "capital", "0", "limit")
    more = changed(book, path, Money(Decimal(110_000), "USD"))
    assert value["capital home"] == pytest.approx(100 * (cost(book) - cost(more)), rel=1e-4)


# --- sums --------------------------------------------------------------------------------------


def dense(total: Sums, columns: int) -> np.ndarray:
    """Each cell's row of factors, the constant first."""
    out = np.zeros((total.fixed.size, columns + 1))
    out[:, 0] = total.fixed.ravel()
    np.add.at(out, (total.cell, total.column + 1), total.factor)
    return out.reshape(*total.shape, columns + 1)


@pytest.mark.parametrize(
    ("shape", "to"),
    [((3, 1), (3, 4)), ((1, 4), (3, 4)), ((4,), (3, 4)), ((1,), (2, 3)), ((2, 1, 2), (2, 5, 2))],
)
def test_sums_are_spread_as_numpy_broadcasts(shape: tuple[int, ...], to: tuple[int, ...]) -> None:
    draw = np.random.default_rng(3)
    size = int(np.prod(shape))
    total = Sums(
        draw.normal(size=shape),
        draw.integers(0, size, 9),
        draw.integers(0, 5, 9),
        draw.normal(size=9),
    )
    wide = np.broadcast_to(dense(total, 5).reshape(*shape, 6), (*to, 6))
    assert dense(total.spread(to), 5) == pytest.approx(wide)
    other = Sums.columns(np.arange(int(np.prod(to))).reshape(to) % 5, 2.0)
    assert dense(total + other, 5) == pytest.approx(wide + dense(other, 5))
    assert dense(other - total, 5) == pytest.approx(dense(other, 5) - wide)
    factor = draw.normal(size=to[-1])
    assert dense(other * factor, 5) == pytest.approx(dense(other, 5) * factor[:, None])
    groups = [[0], [to[-1] - 1, 0]]
    summed = np.stack([dense(other, 5)[..., g, :].sum(axis=-2) for g in groups], axis=-2)
    assert dense(other.over(groups), 5) == pytest.approx(summed)


def test_the_day_of_the_plan_is_in_no_column_of_the_past() -> None:
    book = read_text(text_of(one("term: 1 month"), SITE, NEED)).as_of(dt.date(2025, 2, 10))
    made = programme(book)
    solution = solve(made, limits=EXACT)
    for buy in made.whole.buys:
        for lot, index in zip(buy.columns.lots, buy.columns.index, strict=True):
            assert lot.start.first >= dt.date(2025, 2, 10) or solution.x[index[0]] == 0
