"""What holds for every plan, whatever its clauses say: sums that close, and no gain from less.

Small books are drawn: an agreement of one or two deliveries, an offer, capacity by the hour, one or
two purposes, one or two paths of demand, and up to four clauses, some stated anew by an amendment.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offtake.book.force import Book
from offtake.book.read import read
from offtake.clauses.registry import kinds
from offtake.plan.affine import Sums
from offtake.plan.assemble import Programme, Risk, programme
from offtake.plan.ledger import scenario_costs, tail_mean
from offtake.plan.result import PlanResult
from offtake.plan.solve import Limits, Solution, solve
from offtake.plan.study import Options, plan
from offtake.plan.supply import kept, present, serving, supplies

EXACT = Limits(gap=1e-9, seconds=60.0)
FEW = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
HEAD = """
book:
  buyer: lab
  as_of: AS_OF
  currency: USD
  periods: {start: 2024-01, length: 5 months, hours: HOURS, steps: STEPS}
  discount: 9% per year
  procurement: {bidding: 0 days, signing: 0 days}
  purposes: {work: {}, api: {}}
parties:
- {id: lab, name: Lab, roles: [buyer]}
- {id: cloud, name: Cloud, roles: [provider]}
- {id: neo, name: Neo, roles: [provider]}
- {id: rival, name: Rival, roles: [buyer]}
chips:
- {id: a, name: A, throughput: {any: 1}, kw_it: 1 kW}
curves:
- {id: market, prices: {2023-10-01: 2 USD per chip-hour, 2023-12-01: 1.60 USD per chip-hour},
   forecast: {falls: 30% per year}}
"""
CASES = "expected: [{late: 0 days, weight: 50%}, {late: 40 days, weight: 50%}]"
BENEFITS = {
    "termination": [
        "what: delivery",
        "fee: 20% of remaining value, notice: 10 days",
        "what: delivery, fee: 5%",
        "from: 2024-03-01, what: delivery",
    ],
    "renewal": [
        "term: 1 month, times: 2",
        "term: 3 months, rate: 70%, part: any",
        "term: 2 months, curve: market, notice: 10 days",
    ],
    "sublet": [
        "price: 1.20 USD per chip-hour",
        "rate: 80%, curve: market, share: 50%",
        "rate: 60%, max: 6 chips",
    ],
    "most-favoured": ["customers: [], against: market", "lag: 20 days"],
}
"""What only gives the buyer something: words, kind by kind."""
BURDENS = {
    "minimum-spend": [
        "amount: 40 K USD, measured: quarter, defer: 30%",
        "amount: 15 K USD, measured: month",
        "amount: 90 K USD, measured: term, counts: agreement",
    ],
    "minimum-share": [
        "share: 40%, measured: month, scope: {purposes: [api]}",
        "share: 60%, measured: quarter, shortfall: 0.50 USD per chip-hour",
        "share: 30%, measured: term",
    ],
    "take-or-pay": ["share: 80%", "share: 60%, measured: quarter"],
}
OTHERS = {
    "escalator": [
        "rises: 30% per year, every: 1 month",
        "index: market, pass_through: 50%, every: 2 months, from: 2024-01-10",
    ],
    "delay-credits": [
        f"rate: 1% of monthly fee per day, grace: 5 days, {CASES}",
        f"rate: 2% of monthly fee per day, terminate: {{after: 20 days, what: delivery}}, {CASES}",
        f"rate: 2% of monthly fee per day, terminate: {{after: 20 days, what: agreement}}, {CASES}",
    ],
    "volume-tiers": [
        "tiers: [{above: 8 chips, discount: 20%}]",
        "basis: whole, tiers: [{above: 8 chips, discount: 20%}]",
    ],
    "first-refusal": [
        "window: {length: 5 days}, expected: [{take: 0%, weight: 50%}, {take: 50%, weight: 50%}]",
        "window: {length: 5 days}, scope: {purposes: [api]}, expected: [{take: 40%, weight: 100%}]",
    ],
}
EVERY = {**BENEFITS, **BURDENS, **OTHERS}
SEAMLESS = (*BENEFITS, "escalator", "delay-credits")
"""Kinds of which the same words, stated anew, mean the same: nothing is measured by period."""
OF_OFFERS = ("termination", "renewal", "sublet", "delay-credits", "escalator", "volume-tiers")


@dataclass(frozen=True)
class Drawn:
    """One book as data."""

    as_of: str = "2023-12-20"
    hours: int = 1
    steps: str = "1 month"
    needs: Mapping[str, list[list[int]]] = field(default_factory=dict)
    starts: tuple[str, ...] = ("2023-11-01",)
    until: str = "2024-03-31"
    billing: str = "reserved"
    term: int = 2
    offered: str = "reserved"
    clauses: tuple[tuple[str, str], ...] = ()
    on_offer: tuple[tuple[str, str], ...] = ()
    amended: str | None = None
    hourly: bool = True

    def text(self) -> str:
        """The book as somebody would write it."""
        deliveries = [
            f"{{id: d{n}, add: 10 chips, chip: a, region: r, start: {start}}}"
            for n, start in enumerate(self.starts)
        ]
        again = ", ".join(f"{kind}: {{kind: {kind}}}" for kind, _ in self.clauses)
        amendment = f"{{on: {self.amended}, signed: 2023-10-02, change: {{{again}}}}}"
        hourly = (
            "- {id: spot, seller: cloud, kind: on-demand, chip: a, region: r, max: 5 chips, "
            "price: 4 USD per chip-hour}\n"
        )
        head = HEAD.replace("AS_OF", self.as_of).replace("HOURS", str(self.hours))
        return (
            head.replace("STEPS", self.steps)
            + "agreements:\n"
            + "- {id: theirs, seller: cloud, buyer: rival, from: 2023-11-01, until: 2024-03-10,\n"
            + "   signed: 2023-10-01, price: 1.50 USD per chip-hour,\n"
            + "   deliveries: [{id: d, add: 4 chips, chip: a, region: r, start: 2023-11-01}]}\n"
            + f"- {{id: old, seller: cloud, from: {min(self.starts)}, until: {self.until},\n"
            + f"   signed: 2023-10-01, billing: {self.billing}, price: 2 USD per chip-hour,\n"
            + f"   deliveries: [{', '.join(deliveries)}],\n"
            + f"   clauses: [{said(self.clauses)}]"
            + (f",\n   amendments: [{amendment}]}}\n" if self.amended and again else "}\n")
            + "- {id: beside, seller: cloud, from: 2023-11-01, until: 2024-04-30,\n"
            + "   signed: 2023-10-01, price: 1 USD per chip-hour,\n"
            + "   deliveries: [{id: d, add: 5 chips, chip: a, region: r, start: 2023-11-01}]}\n"
            + "offers:\n"
            + f"- {{id: new, seller: neo, chip: a, region: r, term: {self.term} months,\n"
            + f"   billing: {self.offered}, price: 2.50 USD per chip-hour, max: 20 chips,\n"
            + f"   clauses: [{said(self.on_offer)}]}}\n"
            + "- {id: more, seller: cloud, chip: a, region: r, term: 1 month,\n"
            + "   price: 3 USD per chip-hour, max: 20 chips}\n"
            + (hourly if self.hourly else "")
            + "demand:\n"
            + "".join(demanded(purpose, paths) for purpose, paths in self.needs.items())
        )

    def book(self) -> Book:
        """Read for real; it has no fault."""
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "book.yaml").write_text(self.text())
            return read(Path(folder), kinds()).required()


def said(clauses: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{{kind: {kind}, {words}}}" for kind, words in clauses)


def demanded(purpose: str, paths: list[list[int]]) -> str:
    each = [
        ", ".join(f"2024-{n:02d}: {chips} chips" for n, chips in enumerate(path, 1))
        for path in paths
    ]
    told = f"path: {{{each[0]}}}"
    if len(each) > 1:
        both = ", ".join(f"p{n}: {{weight: 50%, path: {{{e}}}}}" for n, e in enumerate(each))
        told = f"{told}, scenarios: {{{both}}}"
    shape = f"[{', '.join(['1', '2', '1', '0'] * 6)}]"
    return (
        f"- {{id: {purpose}, purpose: {purpose}, unit: a, {told}, "
        f"shape: {shape}, unserved: 5 USD per chip-hour}}\n"
    )


@st.composite
def books(draw: st.DrawFn, must: tuple[str, ...] = ()) -> Drawn:
    """A book; of the kinds `must` one stands in the agreement."""
    path = st.lists(st.sampled_from([0, 4, 9, 16, 25]), min_size=5, max_size=5)
    paths = draw(st.sampled_from([1, 1, 2]))
    names = draw(st.sampled_from([["work"], ["work", "api"]]))
    starts = draw(
        st.sampled_from(
            [("2023-11-01",), ("2024-01-17",), ("2023-11-01", "2024-02-01"), ("2024-03-01",)]
        )
    )
    billing = draw(st.sampled_from(["reserved", "used"]))

    def words(kind: str) -> tuple[str, str]:
        return kind, draw(st.sampled_from(EVERY[kind]))

    def fits(kind: str) -> bool:
        return kind != "take-or-pay" or billing == "used"

    first = [draw(st.sampled_from([k for k in must if fits(k)]))] if must else []
    rest = draw(st.lists(st.sampled_from([k for k in EVERY if fits(k)]), max_size=2, unique=True))
    own = list(dict.fromkeys([*first, *rest]))
    offer = draw(st.lists(st.sampled_from(OF_OFFERS), max_size=1))
    offered = draw(st.sampled_from(["reserved", "reserved", "used"]))
    if offered == "used" and set(offer) & {"escalator", "delay-credits"}:
        offered = "reserved"
    return Drawn(
        as_of=draw(st.sampled_from(["2023-12-20", "2023-12-20", "2024-02-01"])),
        hours=draw(st.sampled_from([1, 2])),
        steps=draw(st.sampled_from(["1 month", "2 months"])),
        needs={name: [draw(path) for _ in range(paths)] for name in names},
        starts=starts,
        until=draw(st.sampled_from(["2024-03-31", "2024-04-15", "2024-12-31"])),
        billing=billing,
        term=draw(st.sampled_from([1, 2, 4])),
        offered=offered,
        clauses=tuple(words(kind) for kind in own),
        on_offer=tuple(words(kind) for kind in offer),
        amended=draw(st.sampled_from([None, "2024-01-20", "2024-03-01"])),
    )


def best(book: Book, *, without: str | None = None) -> tuple[Programme, Solution]:
    """The cheapest plan, with a clause switched off where one is named."""
    made = programme(book)
    off = made.owners(without) if without is not None else frozenset()
    solution = solve(made, off, limits=EXACT)
    assert solution.status == "optimal", solution.status
    return made, solution


def cost(book: Book) -> float:
    return best(book)[1].objective


def near(value: float) -> Any:
    return pytest.approx(value, rel=1e-6, abs=0.5)


def valued(total: Sums, solution: Solution) -> np.ndarray:
    """A sum of columns at their values."""
    out = total.fixed.ravel().copy()
    np.add.at(out, total.cell, total.factor * solution.x[total.column])
    return out.reshape(total.shape)


# --- one plan ------------------------------------------------------------------------------------


@FEW
@given(books())
def test_the_money_of_a_plan_adds_up(drawn: Drawn) -> None:
    result = plan(drawn.book(), Options(limits=EXACT, costs=False, workers=1))
    assert isinstance(result, PlanResult)
    assert result.cash + result.shortage - result.residual == near(result.cost)
    assert result.residual == near(0.0)
    later = {month: 1.09 ** (-(n + 1) / 12) for n, month in enumerate(result.months)}
    paid = sum(r["amount"] * later[r["month"]] for r in result.spend.to_dicts())
    assert paid == pytest.approx(result.cash, rel=1e-6, abs=5.0)
    table = result.scenarios
    assert float((table["weight"] * table["cost"]).sum()) == near(result.cost)
    assert (table["perfect"] <= table["cost"] + 0.5).all()
    assert result.perfect_information is not None
    assert result.perfect_information >= -0.5


@FEW
@given(books())
def test_nobody_uses_lets_or_ends_what_is_not_there(drawn: Drawn) -> None:
    made, solution = best(drawn.book())
    whole = made.whole
    for number, level in enumerate(whole.level):
        there = solution.x[level]
        assert there.min() >= -1e-3
        used = np.zeros((*whole.shape, len(whole.hours.weights)))
        for use in whole.uses:
            if int(use.pool[0]) == number:
                np.add.at(used, (use.scenario, use.month, use.hour), solution.x[use.column])
        assert (used <= there[:, :, None] + 1e-3).all()
    for subject in ("old", "beside", "new", "more"):
        for supply in supplies(whole, subject):
            stays = valued(kept(whole, supply), solution)
            serves = valued(serving(whole, supply), solution)
            own = valued(present(whole, supply), solution)
            assert own.min() >= -1e-3
            assert (own <= serves + 1e-3).all()
            assert (serves <= stays * supply.service[None, :] + 1e-3).all()
            assert stays.min() >= -1e-3


@FEW
@given(books())
def test_what_is_still_owed_after_the_plan_is_never_less_than_nothing(drawn: Drawn) -> None:
    result = plan(drawn.book(), Options(limits=EXACT, costs=False, foresight=False))
    assert isinstance(result, PlanResult)
    assert (result.purchases["owed_after"] >= -0.01).all()
    assert (result.choices["chips"] > 0).all()
    assert (result.choices["likely"] <= 1 + 1e-9).all()


# --- one clause less or more ---------------------------------------------------------------------


@FEW
@given(books(must=tuple(BENEFITS)))
def test_taking_a_benefit_away_never_lowers_the_cost(drawn: Drawn) -> None:
    book = drawn.book()
    assert cost(book.without([f"old/{drawn.clauses[0][0]}"])) >= cost(book) - 0.5


@FEW
@given(books(must=tuple(BURDENS)))
def test_taking_a_burden_away_never_raises_the_cost(drawn: Drawn) -> None:
    book = drawn.book()
    assert cost(book.without([f"old/{drawn.clauses[0][0]}"])) <= cost(book) + 0.5


@FEW
@given(books(must=tuple(k for k in EVERY if k not in ("escalator", "most-favoured"))))
def test_a_clause_switched_off_is_a_clause_that_nobody_wrote(drawn: Drawn) -> None:
    book, clause = drawn.book(), f"old/{drawn.clauses[0][0]}"
    assert best(book, without=clause)[1].objective == near(cost(book.without([clause])))


@FEW
@given(books())
def test_one_more_thing_to_rent_never_raises_the_cost(drawn: Drawn) -> None:
    assert cost(drawn.book()) <= cost(replace(drawn, hourly=False).book()) + 0.5


# --- the same words again ------------------------------------------------------------------------


@FEW
@given(books(must=SEAMLESS), st.sampled_from(["2024-01-20", "2024-02-01", "2024-03-12"]))
def test_words_that_are_stated_anew_change_nothing(drawn: Drawn, day: str) -> None:
    once = tuple(c for c in drawn.clauses if c[0] in SEAMLESS)
    before = replace(drawn, clauses=once, amended=None).book()
    after = replace(drawn, clauses=once, amended=day).book()
    assert cost(after) == near(cost(before))


@FEW
@given(books())
def test_a_plan_that_minds_the_worst_is_never_cheaper_on_average(drawn: Drawn) -> None:
    book = drawn.book()
    made = programme(book, risk=Risk(0.5, 0.9))
    averse = solve(made, limits=EXACT)
    assert averse.status == "optimal"
    costs, weights = scenario_costs(made, averse), made.whole.grid.weights
    mean, worst = float(weights @ costs), tail_mean(costs, weights, 0.9)
    assert averse.objective == near((mean + worst) / 2)
    assert mean >= cost(book) - 0.5
    assert worst >= mean - 0.5


def test_a_day_of_knowledge_within_the_plan_leaves_the_months_before_it_out() -> None:
    drawn = Drawn(needs={"work": [[9, 9, 9, 9, 9]]}, clauses=(("sublet", "rate: 60%"),))
    later = drawn.book().as_of(dt.date(2024, 3, 1))
    assert programme(later).whole.grid.months[0].first == dt.date(2024, 3, 1)
    assert cost(later) < cost(drawn.book())
