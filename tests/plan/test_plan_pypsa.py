"""PyPSA judges the plan: the same book as an energy network has the same optimum.

A chip is a megawatt. A pool is a bus, a class of demand a bus with a load, throughput the
efficiency of the link between them. An offer from one month on is an extendable generator that is
available in the months of its term. Scenarios are snapshots weighted by probability: what is
extended is shared by all of them, so the network is the two-stage programme.
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from .books import (
    Data,
    day_parts,
    discounts,
    hours_in,
    needed,
    optimum,
    read_text,
    some_chips,
    some_classes,
    starts,
    thr,
    written,
)

pytestmark = [
    # PyPSA, linopy, xarray and pandas warn of their own and each other's coming changes.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
    # linopy says in a UserWarning that coordinates of two arrays are in another order.
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
BIG = 1e6
"""Thousands of chips that no link or shortage reaches."""


def some_offers(draw: random.Random, months: int) -> list[Data]:
    """Reserved capacity, some of it paid as it is used, and capacity by the hour."""
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


def some_book(seed: int) -> Data:
    """Offers, what is signed already, and classes whose shortage has a price."""
    draw = random.Random(seed)
    months = draw.choice([4, 5, 6])
    scenarios = draw.choice([{"only": 100}, {"low": 40, "high": 60}, {"x": 20, "y": 50, "z": 30}])
    return {
        "months": months,
        "discount": draw.choice([0, 8, 20]),
        "scenarios": scenarios,
        "chips": some_chips(draw),
        "offers": some_offers(draw, months),
        "agreements": [
            {
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
        ],
        "demand": some_classes(draw, len(scenarios)),
    }


def sell(n: Any, o: Data, live: np.ndarray, paid: np.ndarray, over_time: Any) -> None:
    """An offer's generators: one by the hour, or one for each month of start."""
    months, price = paid.size, float(o["price"])
    if o.get("kind") == "on-demand":
        most = o["max"] / 1e3
        n.add("Generator", o["id"], bus=o["id"], p_nom=most, p_max_pu=over_time(live))
        return
    n.add("Carrier", o["id"])
    n.add(
        "GlobalConstraint",
        f"most {o['id']}",
        type="tech_capacity_expansion_limit",
        carrier_attribute=o["id"],
        sense="<=",
        constant=o["max"] / 1e3,
    )
    for start in np.flatnonzero(live):
        on = np.zeros(months)
        on[start : start + o["term"]] = 1
        n.add(
            "Generator",
            f"{o['id']} from {start}",
            bus=o["id"],
            carrier=o["id"],
            p_nom_extendable=True,
            p_max_pu=over_time(on),
            capital_cost=0.0 if o.get("used") else price * float(on @ paid) / 1e3,
        )


def network(data: Data) -> tuple[Any, float]:
    """The book as a network, money in millions; and what the signed agreement costs anyway."""
    import pandas
    import pypsa

    months, weights = data["months"], np.array([*data["scenarios"].values()]) / 100
    part, shape = day_parts(data)
    need = needed(data)[:, :, :, None] * shape[:, None, None, :] / 1e3
    paid = discounts(data) * np.array([hours_in(t) for t in range(months)])
    size = (len(weights), months, len(part))
    n = pypsa.Network()
    n.set_snapshots(pandas.RangeIndex(int(np.prod(size)), name="snapshot"))
    n.snapshot_weightings["objective"] = (
        weights[:, None, None] * paid[:, None] * part / 1e3
    ).ravel()
    n.add("Carrier", "chips")

    def over_time(by_month: np.ndarray) -> Any:
        values = np.broadcast_to(by_month[None, :, None], size).ravel()
        return pandas.Series(values.astype(float), index=n.snapshots)

    for k, own in enumerate(data["demand"]):
        n.add("Bus", own["id"], carrier="chips")
        load = pandas.Series(need[k].ravel(), index=n.snapshots)
        n.add("Load", own["id"], bus=own["id"], p_set=load)
        short = float(own["unserved"])
        n.add("Generator", f"no {own['id']}", bus=own["id"], p_nom=BIG, marginal_cost=short)

    def pool(name: str, chip: str, region: str, price: float = 0.0) -> None:
        n.add("Bus", name, carrier="chips")
        for k, own in enumerate(data["demand"]):
            rate = thr(data, k, chip, region)
            if rate > 0:
                far = float(own.get("serving", {}).get(region, 0))
                n.add(
                    "Link",
                    f"{name} {own['id']}",
                    bus0=name,
                    bus1=own["id"],
                    p_nom=BIG,
                    efficiency=rate,
                    marginal_cost=price + far,
                )

    pool("signed", "a", "east")
    live = np.array([1.0] * (months - 2) + [1 / (hours_in(months - 2) / 24), 0])
    n.add("Generator", "signed", bus="signed", p_nom=0.9, p_max_pu=over_time(live))
    for o in data["offers"]:
        metered = o.get("kind") == "on-demand" or o.get("used")
        pool(o["id"], o["chip"], o["region"], float(o["price"]) if metered else 0.0)
        starting = np.array([float(t in starts(data, o)) for t in range(months)])
        sell(n, o, starting, paid, over_time)
    return n, 2.0 * 900 * float(live @ paid)


@pytest.mark.parametrize("seed", range(12))
def test_the_plan_costs_what_the_network_costs(seed: int) -> None:
    data = some_book(seed)
    n, anyway = network(data)
    status, condition = n.optimize(
        solver_name="highs",
        solver_options={"output_flag": False, "threads": 1},
        include_objective_constant=False,
        log_to_console=False,
        progress=False,
    )
    assert (status, condition) == ("ok", "optimal")
    judged = n.objective * 1e6 + anyway
    _, solution = optimum(read_text(written(data)))
    assert solution.objective == pytest.approx(judged, rel=1e-6)
