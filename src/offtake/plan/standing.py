"""What a solved programme comes to: chips of each lot, where they land, whom they serve; power."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from offtake.book.records import Site
from offtake.plan.affine import Indices, Numbers
from offtake.plan.assemble import Programme
from offtake.plan.build import in_service, kw_meter, meter_mw
from offtake.plan.capacity import Buy
from offtake.plan.lots import Pool
from offtake.plan.solve import Solution

NEGLIGIBLE = 0.5
"""Chips below which a quantity is a solver's rounding and not a decision."""


def chips_of(made: Programme, solution: Solution, buy: Buy) -> Numbers:
    """Expected chips of each lot of one block of purchases."""
    weights = made.whole.grid.weights
    values = solution.x[buy.columns.index]
    return values[:, 0] if values.shape[1] == 1 else values @ weights


def ended(made: Programme, solution: Solution, supply: str) -> float:
    """Expected chips of a delivery or lot that have left service for good when it ends."""
    whole, gone = made.whole, 0.0
    for out in whole.withdrawn:
        if out.released and out.supply.id == supply:
            values = (solution.x[out.columns] * out.gone[:, None]).sum(axis=0)
            gone += float(values @ whole.grid.weights)
    return gone


@dataclass(frozen=True)
class Landed:
    """Where lots land: with their sellers, or with the holders of rights that take of them."""

    made: Programme
    solution: Solution

    @cached_property
    def _takers(self) -> dict[int, list[tuple[str, Indices]]]:
        """By a lot's first column: each holder, and its column of what it takes by scenario."""
        found: dict[int, list[tuple[str, Indices]]] = {}
        for took in self.made.whole.taken:
            for lot, columns in zip(took.lots, took.columns, strict=True):
                found.setdefault(int(lot), []).append((took.holder, columns))
        return found

    def taken(self, buy: Buy, i: int) -> dict[str, Numbers]:
        """Chips of one lot that each holder takes, by scenario."""
        out: dict[str, Numbers] = {}
        for who, columns in self._takers.get(int(buy.columns.index[i, 0]), []):
            chips = np.maximum(self.solution.x[columns], 0.0)
            out[who] = out.get(who, np.zeros(chips.size)) + chips
        return out

    def shares(self, buy: Buy, i: int) -> dict[str, float]:
        """The part of one lot that each holder is expected to take; those that take none left out.

        Largest first.
        """
        weights = self.made.whole.grid.weights
        whole = float(chips_of(self.made, self.solution, buy)[i])
        found = {who: float(n @ weights) / whole for who, n in self.taken(buy, i).items() if whole}
        return dict(sorted(((k, v) for k, v in found.items() if v > 0), key=lambda kv: -kv[1]))

    def pools(self, buy: Buy, i: int) -> Iterator[tuple[int, Numbers]]:
        """The pools in which one lot lands, with its chips there by scenario."""
        whole, pool = self.made.whole, buy.pool
        left = np.broadcast_to(self.solution.x[buy.columns.index[i]], whole.shape[:1]).copy()
        for who, chips in self.taken(buy, i).items():
            other = Pool(who, pool.region, pool.chip, pool.purposes, pool.meter)
            yield whole.pool(other), chips
            left -= chips
        yield whole.pool(pool), np.maximum(left, 0.0)

    def used(self, buy: Buy, i: int) -> Numbers:
        """Mean chips of one lot in use, by (class, scenario, month).

        Chips of a pool are alike, so a lot has of each use its part of the pool.
        """
        whole, lot = self.made.whole, buy.columns.lots[i]
        total = np.zeros((len(whole.book.demand), *whole.shape))
        first = lot.start - whole.grid.months[0]
        live = np.zeros(whole.shape[1], dtype=bool)
        live[first : first + lot.months] = True
        for number, chips in self.pools(buy, i):
            level = self.solution.x[whole.level[number]]
            part = np.divide(
                np.broadcast_to(chips[:, None], level.shape),
                level,
                out=np.zeros_like(level),
                where=live & (level > NEGLIGIBLE),
            )
            for use in whole.uses:
                if int(use.pool[0]) == number:
                    mean = self.solution.x[use.column] * whole.hours.weights[use.hour]
                    mean = mean * np.minimum(part, 1.0)[use.scenario, use.month]
                    np.add.at(total[int(use.klass[0])], (use.scenario, use.month), mean)
        return total

    def paid(self, buy: Buy, i: int) -> float:
        """What one lot is expected to pay, discounted; where it is metered, for its use."""
        whole = self.made.whole
        grid = whole.grid
        if buy.pool.meter is None:
            chips = float(chips_of(self.made, self.solution, buy)[i])
            return float(buy.cash[i] @ grid.discount) * chips
        hours = grid.weights @ self.used(buy, i).sum(axis=0) * grid.hours
        return float((hours * whole.prices_of(buy.pool.meter)) @ grid.discount)


@dataclass(frozen=True, slots=True)
class Power:
    """A site by month: MW in service of each phase, MW that its chips draw, and those chips."""

    phases: dict[str, Numbers]
    used: Numbers
    chips: Numbers

    @property
    def total(self) -> Numbers:
        """MW in service of all phases."""
        return sum(self.phases.values(), np.zeros_like(self.used))


def power_of(made: Programme, solution: Solution, site: Site) -> Power:
    """Power of a site as it is built and used; a phase counts from readiness, for its life."""
    whole = made.whole
    months = len(whole.grid.months)
    used, chips = np.zeros(months), np.zeros(months)
    for buy in whole.buys:
        if buy.source is None or buy.source.record is not site:
            continue
        for lot, n in zip(buy.columns.lots, chips_of(made, solution, buy), strict=True):
            t = lot.start - whole.grid.months[0]
            chips[t : t + lot.months] += n
            used[t : t + lot.months] += n * kw_meter(whole, site, lot.chip) / 1e3
    phases: dict[str, Numbers] = {}
    for building in made.buildings:
        if building.site != site.id:
            continue
        mw = phases.setdefault(building.phase.id, np.zeros(months))
        for i, ready in enumerate(building.ready):
            built = round(float(solution.x[building.columns[i]]))
            mw[in_service(whole, building.phase, ready)] += built * meter_mw(site, building.phase)
    return Power(phases, used, chips)
