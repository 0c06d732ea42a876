"""Books of a chosen size for the measurements, each beside the same figures as plain numbers.

A lab buys from providers × regions × chips × terms, for classes of demand that differ by hour and
scenario; one class can wait within its month, and in each region something is rented by the hour.
An offer may start in as many months as its term has, so that all its starts are once in service
together: only then can PyPSA's components say its maximum. No clause and no integer for the same
reason. Offtake reads the text; the others are handed the numbers, so what reading costs is counted
to Offtake alone.
Standard library only: the memory of whoever imports this must stay small.
"""

from __future__ import annotations

import calendar
import csv
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIELDS = (
    *("id", "seller", "kind", "chip", "region", "term", "price", "max", "lead"),
    *("starts_from", "starts_until"),
)
RATES = (1.0, 2.5, 4.0, 0.5)
"""Throughput of each chip in reference chips."""
ANNUAL = 8
"""Per cent a year at which money is discounted."""
FIRST = 2025
"""The plan begins with January of this year."""


@dataclass(frozen=True)
class Size:
    """How many of each there are; columns grow with the product."""

    name: str
    providers: int
    regions: int
    chips: int
    terms: tuple[int, ...]
    months: int
    hours: int
    scenarios: int
    classes: int
    """Met hour by hour; one that can wait comes on top."""


SIZES = (
    Size("10³", 2, 2, 1, (3, 6), 9, 3, 2, 2),
    Size("10⁴", 3, 2, 2, (6, 12), 20, 3, 3, 3),
    Size("5·10⁴", 4, 3, 2, (6, 12, 24), 34, 4, 3, 4),
)


def hours_in(t: int) -> int:
    """Hours of month t of the plan."""
    return 24 * calendar.monthrange(FIRST + t // 12, t % 12 + 1)[1]


def lab(size: Size) -> dict[str, Any]:
    """What is offered and needed; money in USD per chip-hour, quantities in chips."""
    draw = random.Random(size.name)
    regions = [f"region-{r}" for r in range(size.regions)]
    chips = [f"chip-{c}" for c in range(size.chips)]
    offers = [
        _reserved(p, region, chip, RATES[c], term, size.months, draw)
        for p in range(size.providers)
        for region in regions
        for c, chip in enumerate(chips)
        for term in size.terms
    ]
    offers += [
        {
            "id": f"hourly-{region}",
            "seller": "spot",
            "kind": "on-demand",
            "chip": chips[0],
            "region": region,
            "term": None,
            "price": round(draw.uniform(3.5, 5.5), 2),
            "max": draw.randrange(10, 30) * 100,
            "first": 0,
            "last": size.months - 1,
        }
        for region in regions
    ]
    most = sum(o["max"] * RATES[chips.index(o["chip"])] for o in offers if o["term"])
    each = int(0.35 * most / (size.classes + 1))
    return {
        "regions": regions,
        "chips": chips,
        "offers": offers,
        "demand": [_class(k, size, each, regions, draw) for k in range(size.classes + 1)],
        "scenarios": [f"path-{s}" for s in range(size.scenarios)],
    }


def _reserved(
    p: int, region: str, chip: str, rate: float, term: int, months: int, draw: random.Random
) -> dict[str, Any]:
    first = draw.randrange(max(1, months - term + 1))
    return {
        "id": f"p{p}-{region}-{chip}-{term}",
        "seller": f"provider-{p}",
        "kind": "reserved",
        "chip": chip,
        "region": region,
        "term": term,
        # The longer the cheaper, and never twice the same.
        "price": round(rate * draw.uniform(1.6, 2.6) * (1.25 - 0.008 * term), 2),
        "max": draw.randrange(20, 90) * 100,
        "first": first,
        "last": min(first + term, months) - 1,
    }


def _class(
    k: int, size: Size, each: int, regions: list[str], draw: random.Random
) -> dict[str, Any]:
    waits = k == size.classes
    steps = [draw.randrange(5, 20) for _ in range(size.hours)]
    return {
        "id": "waits" if waits else f"class-{k}",
        "base": each + draw.randrange(each // 4),
        "growth": [draw.randrange(5, 90) for _ in range(size.scenarios)],
        "short": draw.choice([8, 12, 20]),
        "shape": [1] * size.hours if waits else steps,
        "waits": waits,
        # The first class is served near its users, the second from anywhere at a price.
        "regions": regions[: max(1, len(regions) // 2)] if k == 0 else regions,
        "far": {regions[-1]: 0.05} if k == 1 else {},
    }


# --- as a book ------------------------------------------------------------------------------------


def write_book(size: Size, folder: Path) -> None:
    """The book: a header and classes in YAML, offers in CSV."""
    data = lab(size)
    shares = _shares(size.scenarios)
    sellers = sorted({o["seller"] for o in data["offers"]})
    head = {
        "book": {
            "buyer": "lab",
            "as_of": f"{FIRST - 1}-12-31",
            "periods": {
                "start": f"{FIRST}-01",
                "length": f"{size.months} months",
                "hours": str(size.hours),
            },
            "discount": f"{ANNUAL}% per year",
            "procurement": {"bidding": "0 days", "signing": "0 days"},
            "purposes": {"work": {}},
            "scenarios": {n: f"{w}%" for n, w in zip(data["scenarios"], shares, strict=True)},
            "include": ["demand.yaml", "offers.csv"],
        },
        "parties": [{"id": p, "name": p} for p in ("lab", *sellers)],
        "chips": [
            {
                "id": chip,
                "throughput": {"any": str(RATES[c])},
                "kw_it": "1 kW",
                "price": "20000 USD",
                "life": "60 months",
            }
            for c, chip in enumerate(data["chips"])
        ],
    }
    # JSON is YAML too.
    (folder / "book.yaml").write_text(json.dumps(head, indent=1))
    classes = [_demand(k, data, size) for k in data["demand"]]
    (folder / "demand.yaml").write_text(json.dumps({"demand": classes}, indent=1))
    with (folder / "offers.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(FIELDS)
        for o in data["offers"]:
            term = f"{o['term']} months" if o["term"] else ""
            price = f"{o['price']} USD per chip-hour"
            row = o | {"term": term, "price": price, "max": f"{o['max']} chips", "lead": "0 days"}
            row |= {"starts_from": _month(o["first"]), "starts_until": _month(o["last"])}
            table.writerow([row[f] for f in FIELDS])


def _month(t: int) -> str:
    return f"{FIRST + t // 12}-{t % 12 + 1:02d}"


def _demand(own: dict[str, Any], data: dict[str, Any], size: Size) -> dict[str, Any]:
    out = {
        "id": own["id"],
        "purpose": "work",
        "unit": data["chips"][0],
        "base": f"{own['base']} chips",
        "unserved": f"{own['short']} USD per chip-hour",
        "regions": own["regions"],
        "scenarios": {
            n: {"growth": f"{g}% per year"}
            for n, g in zip(data["scenarios"], own["growth"], strict=True)
        },
    }
    if own["waits"]:
        out["deferrable"] = "month"
    else:
        out["shape"] = [str(v) for v in own["shape"] for _ in range(24 // size.hours)]
    if own["far"]:
        out["serving_cost"] = {r: f"{p} USD per chip-hour" for r, p in own["far"].items()}
    return out


def _shares(scenarios: int) -> list[int]:
    """Per cents that sum to 100."""
    each = 100 // scenarios
    return [100 - each * (scenarios - 1), *[each] * (scenarios - 1)]


# --- as numbers -----------------------------------------------------------------------------------


def write_numbers(size: Size, file: Path) -> None:
    """The same as JSON numbers: chips in thousands, money in millions, as one would scale."""
    data = lab(size)
    pools = list(dict.fromkeys(_pool(o) for o in data["offers"]))
    rate = dict(zip(data["chips"], RATES, strict=False))
    links = list(_links(data, pools, rate))
    need = [
        [
            [own["base"] / 1e3 * (1 + g / 100) ** (t / 12) for t in range(size.months)]
            for g in own["growth"]
        ]
        for own in data["demand"]
    ]
    mean = [sum(own["shape"]) / size.hours for own in data["demand"]]
    numbers = {
        "months": size.months,
        "paid": [
            hours_in(t) / 1e3 * (1 + ANNUAL / 100) ** (-(t + 1) / 12) for t in range(size.months)
        ],
        "weights": [w / 100 for w in _shares(size.scenarios)],
        "part": [1 / size.hours] * size.hours,
        "pools": len(pools),
        "links": links,
        "need": need,
        "shape": [
            [v / m for v in own["shape"]] for own, m in zip(data["demand"], mean, strict=True)
        ],
        "waits": [own["waits"] for own in data["demand"]],
        "short": [own["short"] for own in data["demand"]],
        "reserved": [
            {"pool": pools.index(_pool(o)), "term": min(o["term"], size.months)}
            | {"price": o["price"], "max": o["max"] / 1e3, "starts": [o["first"], o["last"]]}
            for o in data["offers"]
            if o["term"]
        ],
        "hourly": [
            {"pool": pools.index(_pool(o)), "max": o["max"] / 1e3}
            for o in data["offers"]
            if not o["term"]
        ],
    }
    file.write_text(json.dumps(numbers))


def _pool(offer: dict[str, Any]) -> tuple[str, str, str, float]:
    """What is interchangeable: seller, region and chip; and what an hour of its use pays."""
    hourly = 0.0 if offer["term"] else offer["price"]
    return offer["seller"], offer["region"], offer["chip"], hourly


def _links(
    data: dict[str, Any], pools: list[tuple[str, str, str, float]], rate: dict[str, float]
) -> Iterator[dict[str, Any]]:
    """Which pool may serve which class: unit chips for one chip, and money for an hour of it."""
    for i, (_, region, chip, price) in enumerate(pools):
        for k, own in enumerate(data["demand"]):
            if region in own["regions"]:
                cost = price + own["far"].get(region, 0.0)
                yield {"pool": i, "class": k, "rate": rate[chip] / RATES[0], "cost": cost}
