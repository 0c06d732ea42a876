"""The formulation of a sourcing plan, written down once more in linopy as it stands in the design.

Chips in thousands, money in millions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .books import Data, day_parts, discounts, hours_in, needed, starts, thr


@dataclass
class Pool:
    """Capacity from one source: its chips by month as an expression, or as numbers."""

    who: tuple[str, ...]
    """What makes it interchangeable with others: seller or site's owner, place, chip, meter."""
    chip: str
    region: str
    price: float
    level: Any


def summed(parts: list[Any]) -> Any:
    """Their sum as one expression, made at once: adding them one by one is slow."""
    import linopy

    return linopy.merge(parts) if len(parts) > 1 else parts[0]


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
        self.close(self.second_stage(), risk, tail)

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
            self.pools.append(Pool((o["id"],), o["chip"], o["region"], price, level))
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
        who = (o["id"],) if o.get("used") else (o["seller"], o["region"], o["chip"])
        self.pools.append(Pool(who, o["chip"], o["region"], used, level))

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
        ready = {p["ready"] for p in s["phases"] if "started" in p}
        shut = np.array([t % step != 0 and t not in ready for t in range(self.T)], dtype=float)
        self.m.add_constraints(self.weighted(n, shut) <= 0)
        if s.get("block"):
            blocks = self.variables(self.T, integer=True)
            self.m.add_constraints(n - s["block"] / 1e3 * blocks == 0)
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
        self.pools.append(Pool(("own", s["region"], name), name, s["region"], 0.0, level))
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

    def second_stage(self) -> Any:
        """Discounted cost of service in each scenario; adds its rows."""
        import pandas
        import xarray

        coords = [
            pandas.RangeIndex(self.weights.size, name="s"),
            pandas.RangeIndex(self.T, name="t"),
            pandas.RangeIndex(self.part.size, name="h"),
        ]
        paid = (self.delta * self.hours / 1e3)[:, None] * self.part
        hourly = xarray.DataArray(paid, coords=coords[1:])
        share = xarray.DataArray(self.part, coords=coords[2:])
        need = needed(self.data) / 1e3
        pools = self.merged()
        used: list[list[Any]] = [[] for _ in pools]
        costs = []
        for k, own in enumerate(self.data["demand"]):
            served = []
            for i, pool in enumerate(pools):
                rate = thr(self.data, k, pool.chip, pool.region)
                if rate > 0:
                    y = self.m.add_variables(lower=0, coords=coords)
                    used[i].append(y)
                    far = float(own.get("serving", {}).get(pool.region, 0))
                    if pool.price + far:
                        costs.append(y * (hourly * (pool.price + far)))
                    served.append(rate * y)
                    if own.get("gang"):
                        self.gang(own["gang"] / rate, y, pool)
            if own["unserved"] is not None:
                u = self.m.add_variables(lower=0, coords=coords)
                costs.append(u * (hourly * float(own["unserved"])))
                served.append(1 * u)
            total = summed(served)
            by_month = xarray.DataArray(need[k], coords=coords[:2])
            if own.get("deferrable"):
                self.m.add_constraints((total * share).sum("h") >= by_month)
            else:
                shape = xarray.DataArray(self.shape[k], coords=coords[2:])
                self.m.add_constraints(total >= by_month * shape)
        for pool, ys in zip(pools, used, strict=True):
            if ys:
                self.m.add_constraints(summed([1 * y for y in ys]) - pool.level <= 0)
        return summed(costs).sum(["t", "h"])

    def merged(self) -> list[Pool]:
        """Sources that are interchangeable as one pool each: a gang may run across them."""
        out: dict[tuple[str, ...], Pool] = {}
        for pool in self.pools:
            if pool.who in out:
                pool = replace(pool, level=out[pool.who].level + pool.level)
            out[pool.who] = pool
        return list(out.values())

    def gang(self, size: float, used: Any, pool: Pool) -> None:
        """A class that runs only whole: by month as many gangs as fit, and no use beyond them."""
        import pandas

        chips = math.ceil(size - 1e-9) / 1e3
        months = pandas.RangeIndex(self.T, name="t")
        slots = self.m.add_variables(lower=0, coords=[months], integer=True)
        self.m.add_constraints(used - chips * slots <= 0)
        self.m.add_constraints(chips * slots - pool.level <= 0)

    def close(self, there: Any, risk: float, tail: float) -> None:
        """Expected cost, or (1 − λ) E + λ CVaR of it (Rockafellar and Uryasev 2000)."""
        import xarray

        weights = xarray.DataArray(self.weights, dims=["s"])
        objective = sum(self.here[1:], self.here[0]) + ((1 - risk) * weights * there).sum()
        if risk:
            threshold = self.m.add_variables(lower=-np.inf)
            over = self.m.add_variables(lower=0, coords=there.coords)
            self.m.add_constraints(over + threshold - there >= 0)
            objective = objective + risk * threshold
            objective = objective + (risk / (1 - tail) * weights * over).sum()
        self.m.add_objective(objective)

    def solve(self) -> float:
        """The optimum in plain money."""
        options = {"output_flag": False, "threads": 1, "mip_rel_gap": 1e-9}
        status = self.m.solve("highs", log_fn=None, io_api="direct", progress=False, **options)
        assert status == ("ok", "optimal")
        return float(1e6 * (self.m.objective.value + self.anyway))
