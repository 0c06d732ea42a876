"""Books for the plan's judges: small ones as text, and random ones as plain data.

A judge computes from the data and never sees a type of the plan; the plan reads the same data as
the text of a book. So the two share nothing but what the book says.
"""

from __future__ import annotations

import calendar
import json
import random
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from offtake.book.force import Book
from offtake.book.read import read
from offtake.clauses.registry import kinds
from offtake.plan.assemble import Programme, Risk, programme
from offtake.plan.solve import Limits, Solution, solve

EXACT = Limits(gap=1e-9)
Data = dict[str, Any]

HEAD = """
book:
  buyer: lab
  as_of: 2024-12-31
  periods: {start: 2025-01, length: MONTHS months, hours: HOURS}
  discount: 0%
  procurement: {bidding: 0 days, signing: 0 days}
  purposes: {work: {}, api: {}}
parties:
- {id: lab, name: Lab, roles: [buyer]}
- {id: cloud, name: Cloud, roles: [provider]}
- {id: neo, name: Neo, roles: [provider]}
- {id: other, name: Other, roles: [provider]}
- {id: fund, name: Fund, roles: [investor]}
chips:
- {id: a, name: A, throughput: {any: 1}, kw_it: 1 kW, price: 10000 USD, life: 5 years}
- {id: b, name: B, throughput: {any: 2}, kw_it: 1.5 kW, price: 30000 USD, life: 5 years}
"""


def text_of(*parts: str, months: int = 3, hours: int = 1) -> str:
    """A book of so many months from 2025-01, at no discount, with the parts given."""
    head = HEAD.replace("MONTHS", str(months)).replace("HOURS", str(hours))
    return head + "".join(parts)


def read_text(text: str) -> Book:
    """The book, which has no fault."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "book.yaml").write_text(text)
        return read(folder, kinds()).required()


def optimum(
    book: Book, *, risk: Risk | None = None, objective: str = "buyer"
) -> tuple[Programme, Solution]:
    """The best plan, solved exactly; the solution is empty where there is none."""
    made = programme(book, risk=risk, objective=objective)
    solution = solve(made, limits=EXACT)
    assert solution.status in ("optimal", "infeasible")
    return made, solution


def cost(book: Book) -> float:
    """What the best plan costs; infinite where there is none."""
    solution = optimum(book)[1]
    return solution.objective if solution.found else float("inf")


# --- books as data ---------------------------------------------------------------------------


def month(t: int) -> str:
    """Month t of the plan, the first being 2025-01."""
    return f"{2025 + t // 12}-{t % 12 + 1:02d}"


def hours_in(t: int) -> int:
    """Hours of month t."""
    return 24 * calendar.monthrange(2025 + t // 12, t % 12 + 1)[1]


def discounts(data: Data) -> np.ndarray:
    """(1 + r)^(−t/12) at the end of each month, the first being t = 1."""
    t = np.arange(1, data["months"] + 1)
    return (1 + data["discount"] / 100) ** (-t / 12)


def day_parts(data: Data) -> tuple[np.ndarray, np.ndarray]:
    """Weights of the hours that differ in any class, and the shapes in them: (class, hour)."""
    shapes = np.array([k.get("shape") or [1] * 24 for k in data["demand"]], dtype=float)
    shapes = shapes / shapes.mean(axis=1, keepdims=True)
    distinct, count = np.unique(shapes.T, axis=0, return_counts=True)
    return count / 24, distinct.T


def needed(data: Data) -> np.ndarray:
    """Mean need by (class, scenario, month), from base, growth and dates."""
    out = np.zeros((len(data["demand"]), len(data["scenarios"]), data["months"]))
    for k, own in enumerate(data["demand"]):
        for s in range(len(data["scenarios"])):
            for t in range(data["months"]):
                since = t - own.get("from", 0)
                if since >= 0 and t <= own.get("until", data["months"]):
                    growth = own["growth"][s] / 100
                    out[k, s, t] = own["base"] * (1 + growth) ** (since / 12)
    return out


def thr(data: Data, k: int, chip: str, region: str) -> float:
    """Unit chips of class k that one chip there replaces; 0 where it may not serve."""
    own = data["demand"][k]
    if own.get("chips") and chip not in own["chips"]:
        return 0.0
    if own.get("regions") and region not in own["regions"]:
        return 0.0
    rate = {c["id"]: c["throughput"] for c in data["chips"]}
    return rate[chip] / rate[own["unit"]]


def written(data: Data) -> str:
    """The data as the text of a book; JSON is YAML too."""
    money = "USD per chip-hour"
    parties = sorted({o["seller"] for o in data["offers"]} | {"cloud", "fund"})
    book: Data = {
        "book": {
            "buyer": "lab",
            "as_of": "2024-12-31",
            "periods": {
                "start": month(0),
                "length": f"{data['months']} months",
                "hours": "24",
                "steps": f"{data.get('steps', 1)} months",
            },
            "discount": f"{data['discount']}% per year" if data["discount"] else "0%",
            "procurement": {"bidding": "0 days", "signing": "0 days"},
            "purposes": {"work": {}},
            "scenarios": {n: f"{w}%" for n, w in data["scenarios"].items()},
        },
        "parties": [{"id": p, "name": p} for p in ["lab", *parties]],
        "chips": [
            {
                "id": c["id"],
                "throughput": {"any": str(c["throughput"])},
                "kw_it": f"{c['kw']} kW",
                "price": f"{c['price']} USD",
                "life": f"{c['life']} months",
            }
            for c in data["chips"]
        ],
        "offers": [_offer(o) for o in data["offers"]],
        "agreements": data.get("agreements", []),
        "sites": [_site(s) for s in data.get("sites", [])],
        "demand": [],
    }
    for k in data["demand"]:
        own = {
            "id": k["id"],
            "purpose": "work",
            "unit": k["unit"],
            "base": f"{k['base']} chips",
            "unserved": "never" if k["unserved"] is None else f"{k['unserved']} {money}",
            "scenarios": {
                n: {"growth": f"{g}% per year"}
                for n, g in zip(data["scenarios"], k["growth"], strict=True)
            },
        }
        own |= {f: k[f] for f in ("shape", "regions", "chips", "deferrable") if k.get(f)}
        own |= {f: month(k[f]) for f in ("from", "until") if f in k}
        if k.get("gang"):
            own["gang"] = f"{k['gang']} chips"
        if k.get("serving"):
            own["serving_cost"] = {r: f"{p} {money}" for r, p in k["serving"].items()}
        book["demand"].append(own)
    return json.dumps(book, indent=1)


def _offer(o: Data) -> Data:
    own = {
        "id": o["id"],
        "seller": o["seller"],
        "chip": o["chip"],
        "region": o["region"],
        "kind": o.get("kind", "reserved"),
        "price": f"{o['price']} USD per chip-hour",
        "max": f"{o['max']} chips",
    }
    own |= {f: f"{o[f]} chips" for f in ("min", "block") if o.get(f)}
    if "term" in o:
        own["term"] = f"{o['term']} months"
    if o.get("used"):
        own["billing"] = "used"
    own |= {f: month(o[f]) for f in ("starts_from", "starts_until") if f in o}
    return own


def _site(s: Data) -> Data:
    own: Data = {
        "id": s["id"],
        "region": s["region"],
        "pue": str(s["pue"]),
        "power_price": f"{s['power_price']} USD per MWh",
        "chips": s["chips"],
        "owners": {"lab": f"{s['share']}%", "fund": f"{100 - s['share']}%"},
        "phases": [],
    }
    if s.get("block"):
        own["block"] = f"{s['block']} chips"
    if s.get("rent"):
        own["rent"] = f"{s['rent']} USD per MW-month"
    if s.get("capital"):
        own["capital"] = [
            {"limit": f"{c['limit']} USD", "from": month(c["from"])}
            | ({"per_year": f"{c['per_year']} USD"} if "per_year" in c else {})
            for c in s["capital"]
        ]
    for p in s["phases"]:
        phase = {
            "id": p["id"],
            "power": f"{p['mw']} MW {p['at']}",
            "capex": f"{p['capex']} USD",
            "life": f"{p['life']} months",
            "after": p.get("after", []),
        }
        if "started" in p:
            phase |= {"started": month(p["started"]), "ready": month(p["ready"])}
        else:
            phase |= {"start": month(p["start"]), "lead": f"{p['lead']} months"}
        own["phases"].append(phase)
    return own


def starts(data: Data, offer: Data) -> list[int]:
    """The months in which an offer may start: its first, and those of the book's steps."""
    first, last = offer.get("starts_from", 0), offer.get("starts_until", data["months"] - 1)
    step = data.get("steps", 1)
    live = range(max(first, 0), min(last, data["months"] - 1) + 1)
    return [t for t in live if t % step == 0 or t == offer.get("starts_from")]


def some_classes(draw: random.Random, scenarios: int) -> list[Data]:
    """Two or three classes, met hour by hour, some with a day of three levels."""
    classes = []
    for k in range(draw.choice([2, 3])):
        own: Data = {
            "id": f"class-{'zay'[k]}",
            "unit": draw.choice("ab"),
            "base": draw.randrange(2000, 9000),
            "growth": [draw.randrange(0, 200) for _ in range(scenarios)],
            "unserved": draw.choice([6, 9, 14]),
        }
        if draw.random() < 0.7:
            low, mid = draw.randrange(2, 9), draw.randrange(9, 12)
            own["shape"] = [low] * 8 + [mid] * 10 + [20] * 6
        if draw.random() < 0.4:
            own["regions"] = draw.sample(["east", "west"], draw.choice([1, 2]))
        if draw.random() < 0.3:
            own["serving"] = {draw.choice(["east", "west"]): draw.choice(["0.05", "0.4"])}
        if draw.random() < 0.3:
            own["from"] = draw.randrange(0, 3)
        if draw.random() < 0.2:
            own["until"] = draw.randrange(3, 6)
        classes.append(own)
    return classes


def some_chips(draw: random.Random) -> list[Data]:
    """Two kinds of chips."""
    return [
        {"id": "a", "throughput": 1, "kw": 1.25, "price": 20000, "life": draw.choice([4, 36, 60])},
        {"id": "b", "throughput": 2.5, "kw": 2, "price": draw.choice([35000, 60000]), "life": 48},
    ]
