"""linopy judges the plan: the design's formulation, written a second time, has the same optimum."""

from __future__ import annotations

import random

import pytest

from offtake.plan.assemble import Risk

from .books import Data, optimum, read_text, some_chips, some_classes, written
from .formulation import Formulation

pytestmark = [
    # linopy and xarray warn of their own and each other's coming changes.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
    # linopy says in a UserWarning that coordinates of two arrays are in another order.
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


def some_site(draw: random.Random, name: str, months: int) -> Data:
    """Phases under way and to be begun, some after others, and capital by tranche and year."""
    begun = draw.choice([-9, -6, -2])
    phases: list[Data] = [
        {
            "id": "p1",
            "mw": draw.randrange(2, 6),
            "at": draw.choice(["meter", "it"]),
            "capex": draw.randrange(5, 30) * 10**6,
            "life": draw.choice([8, 60, 180]),
            "started": begun,
            "ready": begun + draw.choice([1, 5, 8, months + 6]),
        }
    ]
    for n in range(draw.choice([1, 2])):
        phases.append(
            {
                "id": f"q{n}",
                "mw": draw.randrange(2, 8),
                "at": draw.choice(["meter", "it"]),
                "capex": draw.randrange(5, 40) * 10**6,
                "life": draw.choice([6, 60, 180]),
                "start": draw.randrange(-2, 3),
                "lead": draw.choice([1, 2, 3, months + 1]),
                "after": draw.sample([p["id"] for p in phases], draw.choice([0, 1])),
            }
        )
    due = phases[0]["capex"] / (phases[0]["ready"] - begun) * months
    site: Data = {
        "id": name,
        "region": draw.choice(["east", "west"]),
        "pue": draw.choice([1.1, 1.5]),
        "power_price": draw.choice([40, 90]),
        "share": draw.choice([0, 40, 100]),
        "chips": draw.choice([["a"], ["b"], ["a", "b"]]),
        "phases": phases,
    }
    if draw.random() < 0.5:
        site["rent"] = draw.choice([20000, 90000])
    if draw.random() < 0.75:
        first = int(due + draw.randrange(5, 60) * 10**6)
        site["capital"] = [{"limit": first, "from": draw.choice([-1, 0])}]
        if draw.random() < 0.6:
            more: Data = {"limit": draw.randrange(5, 60) * 10**6, "from": draw.randrange(2, months)}
            if draw.random() < 0.5:
                more["per_year"] = int(due + draw.randrange(5, 60) * 10**6)
            site["capital"].append(more)
    return site


def some_book(seed: int) -> Data:
    """Offers, sites, and classes that are met by the hour, can wait, run in gangs, are never short.

    Whole numbers are phases, blocks and minima of offers, blocks of chips installed, and gangs.
    """
    draw = random.Random(1000 + seed)
    months = draw.choice([5, 8, 14])
    several = draw.choice([{"low": 45, "high": 55}, {"x": 25, "y": 25, "z": 50}])
    scenarios = several if seed % 5 else {"only": 100}
    offers: list[Data] = []
    for n in range(draw.choice([2, 3])):
        offer: Data = {
            "id": f"offer-{n}",
            "seller": draw.choice(["cloud", "neo"]),
            "chip": draw.choice("ab"),
            "region": draw.choice(["east", "west"]),
            "price": f"{draw.uniform(1.5, 5):.2f}",
            "max": draw.randrange(1500, 6000),
            "term": draw.choice([1, 3, months, 40]),
            "starts_from": draw.choice([-3, 0, 1, months + 2]) if n else 0,
        }
        offer |= draw.choice([{}, {"block": 1024}, {"min": 1200}, {"block": 300, "min": 900}])
        offers.append(offer)
    for n in range(draw.choice([1, 2])):
        offers.append(
            {
                "id": f"hourly-{n}",
                "seller": "other",
                "kind": "on-demand",
                "chip": draw.choice("ab"),
                "region": draw.choice(["east", "west"]),
                "price": f"{draw.uniform(2, 8):.2f}",
                "max": draw.randrange(500, 4000),
            }
        )
    classes = some_classes(draw, len(scenarios))
    if draw.random() < 0.7:
        classes[0]["deferrable"] = "month"
        classes[0].pop("shape", None)
    if draw.random() < 0.5:
        classes[1]["unserved"] = None
        classes[1]["base"] = 300
        classes[1].pop("regions", None)
        offers[-1]["max"] = 20_000
    book: Data = {
        "months": months,
        "discount": draw.choice([0, 8, 20]),
        "scenarios": scenarios,
        "chips": some_chips(draw),
        "offers": offers,
        "sites": [some_site(draw, f"site-{n}", months) for n in range(draw.choice([1, 1, 2]))],
        "demand": classes,
    }
    if draw.random() < 0.5:
        book["sites"][0]["block"] = draw.choice([64, 500])
    if draw.random() < 0.5 and classes[-1]["unserved"] is not None:
        classes[-1]["gang"] = draw.choice([256, 1000])
    return book


SEEDS = range(22)


def test_most_books_have_several_scenarios_and_all_several_months() -> None:
    books = [some_book(seed) for seed in SEEDS]
    assert sum(len(data["scenarios"]) > 1 for data in books) >= 16
    assert all(data["months"] >= 5 for data in books)
    for some, word in (("offers", "block"), ("offers", "min"), ("sites", "block")):
        assert sum(any(r.get(word) for r in data[some]) for data in books) >= 8
    assert sum(any(k.get("gang") for k in data["demand"]) for data in books) >= 6


@pytest.mark.parametrize("seed", SEEDS)
def test_the_plan_costs_what_the_formulation_costs(seed: int) -> None:
    data = some_book(seed)
    judged = Formulation(data).solve()
    made, solution = optimum(read_text(written(data)))
    assert made.model.integer.any()
    assert solution.objective == pytest.approx(judged, rel=1e-6)


@pytest.mark.parametrize("seed", [3, 8])
def test_deals_by_the_quarter_cost_what_the_formulation_costs(seed: int) -> None:
    data = some_book(seed) | {"steps": 3}
    judged = Formulation(data).solve()
    _, solution = optimum(read_text(written(data)))
    assert solution.objective == pytest.approx(judged, rel=1e-6)


@pytest.mark.parametrize("seed", range(2))
def test_counting_all_owners_costs_what_the_formulation_costs(seed: int) -> None:
    data = some_book(seed)
    judged = Formulation(data, system=True).solve()
    _, solution = optimum(read_text(written(data)), objective="system")
    assert solution.objective == pytest.approx(judged, rel=1e-6)


@pytest.mark.parametrize(("seed", "weight"), [(0, 0.3), (6, 1.0), (7, 0.6)])
def test_risk_costs_what_the_formulation_costs(seed: int, weight: float) -> None:
    data = some_book(seed)
    data["scenarios"] = {"low": 45, "mid": 35, "high": 20}
    for own, fast in zip(data["demand"], (150, 90, 40), strict=False):
        own["growth"] = [10, 30, fast]
    judged = Formulation(data, risk=weight, tail=0.7).solve()
    _, solution = optimum(read_text(written(data)), risk=Risk(weight, 0.7))
    assert solution.objective == pytest.approx(judged, rel=1e-6)
