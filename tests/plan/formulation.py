"""The formulation of a sourcing plan, written down once more in linopy as it stands in the design.

Chips in thousands, money in millions. One pool for every offer and for every chip at a site: what
is interchangeable need not be merged to be judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .books import Data, day_parts, discounts, hours_in, needed, starts, thr


@dataclass
class Pool:
    """Capacity from one source: its chips by month as an expression, or as numbers."""

    chip: str
    region: str
    price: float
    level: Any


class Formulation:
    """min first-stage cash + Σ π Σ δ hours [Σ w (Σ c y + v u)], subject to the rows of the plan."""

    def __init__(self, data: Data, risk: float = 0.0, tail: float = 0.5, system: bool = False):
        import linopy

        self.data, self.system = data, system
        self.m = linopy.Model()
        self.T = data["months"]
        self.hours = np.array([hours_in(t) for t in range(self.T)], dtype=float)
        self.delta = discounts(data)
        self.weights = np.array([*data["scenarios"].values()]) / 100
        self.part, self.shape = day_parts(data)
        self.here: list[Any] = []
        self.anyway = 0.0
        self.pools: list[Pool] = []
        for o in data["offers"]:
            self.offer(o)
        for s in data["sites"]:
            self.site(s)
        there = [self.second_stage(s) for s in range(len(self.weights))]
        self.close(there, risk, tail)

    def variables(self, n: int, **kinds: Any) -> Any:
        import pandas

        if not kinds.get("binary"):
            kinds["lower"] = 0
        return self.m.add_variables(coords=[pandas.RangeIndex(n, name="i")], **kinds)

    def weighted(self, x: Any, values: np.ndarray) -> Any:
        """Σ x × values, as one number or, with two axes (i, t), one for each month."""
        import xarray

        dims = ["i", "t"][: values.ndim]
        coords = {d: np.arange(values.shape[n]) for n, d in enumerate(dims)}
        return (x * xarray.DataArray(values, dims=dims, coords=coords)).sum("i")

    def by_month(self, values: np.ndarray) -> Any:
        import xarray

        return xarray.DataArray(values, dims=["t"], coords={"t": np.arange(values.size)})

    def offer(self, o: Data) -> None:
        price = float(o["price"])
        if o.get("kind") == "on-demand":
            hourly = self.data | {"steps": 1}
            on = np.array([float(t in starts(hourly, o)) for t in range(self.T)])
            level = self.by_month(on * o["max"] / 1e3)
            self.pools.append(Pool(o["chip"], o["region"], price, level))
            return
        first = [*starts(self.data, o)]
        if not first:
            return
        x = self.variables(len(first))
        term = np.zeros((len(first), self.T))
        for i, start in enumerate(first):
            term[i, start : start + o["term"]] = 1
        level = self.weighted(x, term)
        self.m.add_constraints(level <= o["max"] / 1e3)
        if o.get("block"):
            blocks = self.variables(len(first), integer=True)
            self.m.add_constraints(x - o["block"] / 1e3 * blocks == 0)
        if o.get("min"):
            chosen = self.variables(len(first), binary=True)
            self.m.add_constraints(x - o["min"] / 1e3 * chosen >= 0)
            self.m.add_constraints(x - o["max"] / 1e3 * chosen <= 0)
        if not o.get("used"):
            self.here.append(self.weighted(x, price * term @ (self.hours * self.delta) / 1e3))
        used = price if o.get("used") else 0.0
        self.pools.append(Pool(o["chip"], o["region"], used, level))

    def site(self, s: Data) -> None:
        share = 1.0 if self.system else s["share"] / 100
        called: list[Any] = []
        fixed_power, fixed_calls = np.zeros(self.T), np.zeros(self.T)
        paid: dict[int, float] = {}
        power: list[Any] = []
        done: dict[str, Any] = {}
        for p in s["phases"]:
            mw = p["mw"] * (s["pue"] if p["at"] == "it" else 1)
            options = [(p["started"], p["ready"])] if "started" in p else self._begun(p)
            calls, on = np.zeros((len(options), self.T)), np.zeros((len(options), self.T))
            credit = np.zeros(len(options))
            for i, (begin, ready) in enumerate(options):
                for t in range(self.T):
                    calls[i, t] = p["capex"] / (ready - begin) / 1e6 * (begin <= t < ready)
                    on[i, t] = ready <= t < ready + p["life"]
                left = min(1, max(0, ready + p["life"] - self.T) / p["life"])
                credit[i] = calls[i].sum() * left * self.delta[-1]
            rent = on * mw * s.get("rent", 0) / 1e6
            money = (share * calls + rent) @ self.delta - share * credit
            if "started" in p:
                fixed_power += mw * on[0]
                fixed_calls += calls[0]
                for t in range(p["started"], min(p["ready"], 0)):
                    paid[t] = paid.get(t, 0.0) + p["capex"] / (p["ready"] - p["started"]) / 1e6
                self.anyway += money[0]
                done[p["id"]] = np.array([float(t >= p["ready"]) for t in range(self.T)])
                continue
            if not options:
                done[p["id"]] = np.zeros(self.T)
                continue
            b = self.variables(len(options), binary=True)
            self.m.add_constraints(b.sum() <= 1)
            power.append(self.weighted(b, mw * on))
            called.append(self.weighted(b, calls))
            self.here.append(self.weighted(b, money))
            ever = np.array([[float(r <= t) for t in range(self.T)] for _, r in options])
            done[p["id"]] = self.weighted(b, ever)
            for name in p.get("after", []):
                before = done[name]
                if isinstance(before, np.ndarray):
                    before = self.by_month(before)
                self.m.add_constraints(done[p["id"]] - before <= 0)
        drawn = [self.install(s, chip, share, called) for chip in s["chips"]]
        total = sum(power, self.by_month(fixed_power) + 0 * drawn[0])
        self.m.add_constraints(total - sum(drawn[1:], drawn[0]) >= 0)
        self.capital(s, sum(called[1:], called[0]) + self.by_month(fixed_calls), paid)

    def _begun(self, p: Data) -> list[tuple[int, int]]:
        begin = range(max(0, p["start"]), self.T)
        ready = [t + p["lead"] for t in begin if t + p["lead"] < self.T]
        return [(t - p["lead"], t) for t in ready if t % self.data.get("steps", 1) == 0]

    def install(self, s: Data, name: str, share: float, called: list[Any]) -> Any:
        """Chips at a site: bought in a month, running for their life; returns the MW they draw."""
        chip = next(c for c in self.data["chips"] if c["id"] == name)
        n = self.variables(self.T)
        step = self.data.get("steps", 1)
        self.m.add_constraints(self.weighted(n, np.arange(self.T) % step != 0) <= 0)
        bought = np.eye(self.T) * chip["price"] / 1e3
        on = np.zeros((self.T, self.T))
        credit = np.zeros(self.T)
        for t in range(self.T):
            on[t, t : t + chip["life"]] = 1
            credit[t] = chip["price"] / 1e3 * max(0, t + chip["life"] - self.T) / chip["life"]
        mw = chip["kw"] * s["pue"]
        energy = on * self.hours * mw * s["power_price"] / 1e6
        money = (share * bought + energy) @ self.delta - share * credit * self.delta[-1]
        self.here.append(self.weighted(n, money))
        called.append(self.weighted(n, bought))
        level = self.weighted(n, on)
        self.pools.append(Pool(name, s["region"], 0.0, level))
        return level * mw

    def capital(self, s: Data, calls: Any, paid: dict[int, float]) -> None:
        """All owners' calls since the first tranche: no more than the tranches opened so far.

        `paid` is what phases under way called before the plan, by month (negative).
        """
        tranches = s.get("capital", [])
        for n in range(len(tranches)):
            until = tranches[n + 1]["from"] if n + 1 < len(tranches) else self.T
            limit = sum(d["limit"] for d in tranches[: n + 1]) / 1e6
            since = [t for t in range(self.T) if tranches[0]["from"] <= t < until]
            before = sum(v for t, v in paid.items() if t >= tranches[0]["from"])
            if until > 0:
                self.m.add_constraints(calls.sel(t=since).sum() <= limit - before)
        for year in range(self.T // 12 + 1 if tranches else 0):
            last = max(
                (c for c in tranches if c["from"] // 12 <= year),
                key=lambda c: c["from"],
                default={},
            )
            own = [t for t in range(self.T) if t // 12 == year and t >= tranches[0]["from"]]
            if "per_year" in last and own:
                self.m.add_constraints(calls.sel(t=own).sum() <= last["per_year"] / 1e6)

    def second_stage(self, s: int) -> Any:
        """Discounted cost of service in one scenario; adds its rows."""
        import pandas
        import xarray

        need = needed(self.data)[:, s] / 1e3
        coords = [
            pandas.RangeIndex(self.T, name="t"),
            pandas.RangeIndex(self.part.size, name="h"),
        ]
        paid = xarray.DataArray((self.delta * self.hours / 1e3)[:, None] * self.part, coords=coords)
        share = xarray.DataArray(self.part, coords=coords[1:])
        used: list[list[Any]] = [[] for _ in self.pools]
        costs = []
        for k, own in enumerate(self.data["demand"]):
            served = []
            for i, pool in enumerate(self.pools):
                rate = thr(self.data, k, pool.chip, pool.region)
                if rate > 0:
                    y = self.m.add_variables(lower=0, coords=coords)
                    used[i].append(y)
                    far = float(own.get("serving", {}).get(pool.region, 0))
                    costs.append((y * paid * (pool.price + far)).sum())
                    served.append(rate * y)
            if own["unserved"] is not None:
                u = self.m.add_variables(lower=0, coords=coords)
                costs.append((u * paid * float(own["unserved"])).sum())
                served.append(1 * u)
            total = sum(served[1:], served[0])
            if own.get("deferrable"):
                self.m.add_constraints((total * share).sum("h") >= self.by_month(need[k]))
            else:
                hourly = need[k][:, None] * self.shape[k]
                self.m.add_constraints(total >= xarray.DataArray(hourly, coords=coords))
        for pool, ys in zip(self.pools, used, strict=True):
            if ys:
                total = sum(ys[1:], 1 * ys[0])
                self.m.add_constraints(total - pool.level <= 0)
        return sum(costs[1:], costs[0])

    def close(self, there: list[Any], risk: float, tail: float) -> None:
        """Expected cost, or (1 − λ) E + λ CVaR of it (Rockafellar and Uryasev 2000)."""
        objective = sum(self.here[1:], self.here[0])
        for weight, cash in zip(self.weights, there, strict=True):
            objective = objective + (1 - risk) * float(weight) * cash
        if risk:
            threshold = self.m.add_variables(lower=-np.inf)
            objective = objective + risk * threshold
            for weight, cash in zip(self.weights, there, strict=True):
                over = self.m.add_variables(lower=0)
                self.m.add_constraints(over + threshold - cash >= 0)
                objective = objective + risk / (1 - tail) * float(weight) * over
        self.m.add_objective(objective)

    def solve(self) -> float:
        """The optimum in plain money."""
        options = {"output_flag": False, "threads": 1, "mip_rel_gap": 1e-9}
        status = self.m.solve("highs", log_fn=None, io_api="direct", progress=False, **options)
        assert status == ("ok", "optimal")
        return float(1e6 * (self.m.objective.value + self.anyway))
