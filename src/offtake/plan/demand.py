"""What is needed: each class of demand as numbers by scenario, month and hour."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from decimal import Decimal
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from offtake.book.force import Book
from offtake.book.records import Demand, Draw, Path
from offtake.units import Month

Numbers = NDArray[np.float64]


def scenario_weights(book: Book) -> dict[str, float]:
    """The paths of demand and their probabilities, which sum to one.

    The header's weights come first; else those of the classes; else as many equal draws as a
    class asks for; else one path, `base`.
    """
    if book.header.scenarios:
        return {n: float(s.value) for n, s in book.header.scenarios.items()}
    stated: dict[str, float] = {}
    for demand in book.demand.values():
        for name, path in demand.scenarios.items():
            if path.weight is not None:
                stated.setdefault(name, float(path.weight.value))
    if stated:
        return stated
    count = max((d.draw.count for d in book.demand.values() if d.draw), default=0)
    if count:
        return {f"draw-{i + 1}": 1.0 / count for i in range(count)}
    return {"base": 1.0}


def levels(demand: Demand, scenario: str, months: tuple[Month, ...], origin: Month) -> Numbers:
    """Mean need in chips of the class's unit, by month, in one path; zero outside its dates.

    Growth and drawn paths count from `origin`, the book's first month, whichever months are asked.
    """
    own = demand.scenarios.get(scenario, Path())
    start = max(demand.from_ or origin, origin)
    growth = own.growth or demand.growth
    rate = float(growth.value) if growth else 0.0
    path = own.path or (None if own.base is not None or own.growth else demand.path)
    if path:
        out = _along(path, rate, months)
    else:
        base = own.base if own.base is not None else (demand.base or _at(demand, start))
        out = np.array([base * (1.0 + rate) ** ((m - start) / 12.0) for m in months])
    if demand.draw is not None and scenario.startswith("draw-"):
        walk = _drawn(demand.draw, demand.id, int(scenario[5:]) - 1, months[-1] - origin + 1)
        out = out * walk[[m - origin for m in months]]
    live = [
        (demand.from_ is None or m >= demand.from_) and (demand.until is None or m <= demand.until)
        for m in months
    ]
    return np.where(np.array(live), out, 0.0)


def _at(demand: Demand, month: Month) -> float:
    """The value of the class's own path in one month, for a scenario that only states growth."""
    return float(_along(demand.path, 0.0, (month,))[0]) if demand.path else 0.0


def _along(path: Mapping[Month, int], rate: float, months: tuple[Month, ...]) -> Numbers:
    """Dated values joined by constant growth; level before the first, `rate` after the last."""
    points = sorted(path.items())
    out = []
    for month in months:
        before = [p for p in points if p[0] <= month]
        after = [p for p in points if p[0] > month]
        if not before:
            out.append(float(points[0][1]))
        elif not after:
            last, value = before[-1]
            out.append(value * (1.0 + rate) ** ((month - last) / 12.0))
        else:
            (m0, v0), (m1, v1) = before[-1], after[0]
            part = (month - m0) / (m1 - m0)
            steady = v0 > 0 and v1 > 0
            out.append(v0 * (v1 / v0) ** part if steady else v0 + (v1 - v0) * part)
    return np.array(out)


def _drawn(draw: Draw, name: str, path: int, months: int) -> Numbers:
    """One path of lognormal growth with mean one (geometric Brownian motion, monthly steps).

    Each step is a pure function of (seed, class, path, month), so a book gives the same scenarios
    on every machine and under every version of NumPy.
    """
    sigma = float(draw.volatility.value) / math.sqrt(12.0)
    normal = NormalDist()
    walk, out = 0.0, []
    for t in range(months):
        text = f"{draw.seed}|{name}|{path % draw.count}|{t}".encode()
        word = int.from_bytes(hashlib.sha256(text).digest()[:8], "big")
        walk += sigma * normal.inv_cdf((word + 0.5) / 2.0**64) - sigma * sigma / 2.0
        out.append(math.exp(walk))
    return np.array(out)


def day_shape(demand: Demand) -> tuple[float, ...]:
    """24 numbers with mean one; flat where the class states none or can wait for its month."""
    if demand.shape is None or demand.deferrable:
        return (1.0,) * 24
    mean = sum(demand.shape, Decimal(0)) / len(demand.shape)
    return tuple(float(v / mean) for v in demand.shape)


def throughput(book: Book, demand: Demand, chip: str) -> float:
    """How many chips of the class's unit one such chip replaces; 0 where it may not serve."""
    if demand.chips and chip not in demand.chips:
        return 0.0
    if chip in demand.throughput:
        return float(demand.throughput[chip])
    unit = _for_purpose(book, demand.unit, demand.purpose)
    return _for_purpose(book, chip, demand.purpose) / unit if unit else 0.0


def reference(book: Book, chip: str, purpose: str | None = None) -> float:
    """A chip in reference chips, for a purpose or in general."""
    return _for_purpose(book, chip, purpose)


def _for_purpose(book: Book, chip: str, purpose: str | None) -> float:
    table = book.chips[chip].throughput
    seen: set[str] = set()
    while purpose is not None and purpose not in seen:
        if purpose in table:
            return float(table[purpose])
        seen.add(purpose)
        parent = book.header.purposes.get(purpose)
        purpose = parent.part_of if parent else None
    if "any" in table:
        return float(table["any"])
    return float(min(table.values(), default=Decimal(0)))
