"""PyPSA judges the plan: the same book as an energy network has the same optimum.

A chip is a megawatt. A source of capacity is a bus, a class of demand a bus with a load, throughput
the efficiency of the link between them. An offer from one month on is an extendable generator that
is available in the months of its term, modular where the offer sells blocks. At a site power is a
bus of its own: a phase is one module there or none, and chips are links that always run, for power
is drawn by what is installed. Scenarios are snapshots weighted by probability: what is extended is
shared by all of them, so the network is the two-stage programme.
"""

from __future__ import annotations

import random
from typing import Any

import pytest

from .books import Data, optimum, read_text, some_chips, some_classes, written
from .network import solved

pytestmark = [
    # PyPSA, linopy, xarray and pandas warn of their own and each other's coming changes.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
    # linopy says in a UserWarning that coordinates of two arrays are in another order.
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


def some_offers(draw: random.Random, months: int) -> list[Data]:
    """Reserved capacity, some in blocks, some paid as it is used, and capacity by the hour."""
    found: list[Data] = []
    for n in range(draw.choice([2, 3, 4])):
        offer: Data = {
            "id": f"offer-{n}",
            "seller": draw.choice(["cloud", "neo"]),
            "chip": draw.choice("ab"),
            "region": draw.choice(["east", "west"]),
            "price": f"{draw.uniform(1.5, 5):.2f}",
            "max": draw.randrange(1500, 9000),
        }
        if draw.random() < 0.5:
            # Every start is in service in the last month, so the maximum is one of the sum.
            offer["term"] = months + draw.randrange(0, 30)
        else:
            offer["term"] = draw.randrange(1, months)
            offer["starts_from"] = offer["starts_until"] = draw.randrange(0, months)
        if draw.random() < 0.25:
            offer["used"] = True
        if n == 0 or draw.random() < 0.6:
            offer["block"] = draw.choice([256, 700, 1024])
        found.append(offer)
    found.append(
        {
            "id": "hourly",
            "seller": "other",
            "kind": "on-demand",
            "chip": "a",
            "region": "west",
            "price": f"{draw.uniform(3, 8):.2f}",
            "max": draw.randrange(500, 4000),
            "starts_from": draw.choice([0, 2]),
        }
    )
    return found


def some_site(draw: random.Random) -> Data:
    """Two phases that need not wait for each other, and room for one kind of chip or two."""
    site: Data = {
        "id": "home",
        "region": draw.choice(["east", "west"]),
        "pue": draw.choice([1.1, 1.5]),
        "power_price": draw.choice([40, 90]),
        "share": draw.choice([40, 100]),
        "chips": draw.choice([["a"], ["b"], ["a", "b"]]),
        "phases": [
            {
                "id": f"q{n}",
                "mw": draw.randrange(2, 8),
                "at": draw.choice(["meter", "it"]),
                "capex": draw.randrange(5, 40) * 10**6,
                "life": draw.choice([6, 60, 180]),
                "start": draw.randrange(0, 2),
                "lead": draw.choice([1, 2]),
            }
            for n in range(2)
        ],
    }
    if draw.random() < 0.5:
        site["rent"] = draw.choice([20000, 90000])
    if draw.random() < 0.5:
        site["block"] = draw.choice([64, 500])
    return site


def some_book(seed: int) -> Data:
    """Offers, perhaps a site, what is signed already, and classes whose shortage has a price."""
    draw = random.Random(seed)
    months = draw.choice([4, 5, 6])
    several = draw.choice([{"low": 40, "high": 60}, {"x": 20, "y": 50, "z": 30}])
    scenarios = several if seed % 5 else {"only": 100}
    signed: dict[str, Any] = {
        "id": "signed",
        "seller": "cloud",
        "from": "2024-06-01",
        "until": f"2025-{months - 1:02d}-28",
        "price": "2 USD per chip-hour",
        "deliveries": [
            {
                "id": "d1",
                "add": "900 chips",
                "chip": "a",
                "region": "east",
                "start": "2024-06-01",
                "until": f"2025-{months - 1:02d}-01",
            }
        ],
    }
    return {
        "months": months,
        "discount": draw.choice([0, 8, 20]),
        "scenarios": scenarios,
        "chips": some_chips(draw),
        "offers": some_offers(draw, months),
        "agreements": [signed],
        "sites": [some_site(draw)] if draw.random() < 0.6 else [],
        "demand": some_classes(draw, len(scenarios)),
    }


SEEDS = range(20)


def test_most_books_have_several_scenarios_and_blocks() -> None:
    books = [some_book(seed) for seed in SEEDS]
    assert sum(len(data["scenarios"]) > 1 for data in books) >= 14
    assert sum(any(o.get("block") for o in data["offers"]) for data in books) >= 16
    assert sum(bool(data["sites"]) for data in books) >= 10


@pytest.mark.parametrize("seed", SEEDS)
def test_the_plan_costs_what_the_network_costs(seed: int) -> None:
    data = some_book(seed)
    judged = solved(data)
    _, solution = optimum(read_text(written(data)))
    assert solution.objective == pytest.approx(judged, rel=1e-6)
