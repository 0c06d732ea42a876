"""A book, given as data, as a PyPSA network: a megawatt is a thousand chips, money in millions."""

from __future__ import annotations

from typing import Any

import numpy as np

from .books import Data, day_parts, discounts, hours_in, needed, starts, thr

BIG = 1e6
"""Thousands of chips, and megawatts, that no link or shortage reaches."""


class Network:
    """The network of a book, built at once; `anyway` is what is paid whatever is decided."""

    def __init__(self, data: Data) -> None:
        import pandas
        import pypsa

        self.data, self.T = data, data["months"]
        weights = np.array([*data["scenarios"].values()]) / 100
        part, shape = day_parts(data)
        self.hours = np.array([hours_in(t) for t in range(self.T)])
        self.delta = discounts(data)
        self.size = (len(weights), self.T, len(part))
        self.n = pypsa.Network()
        self.n.set_snapshots(pandas.RangeIndex(int(np.prod(self.size)), name="snapshot"))
        self.n.snapshot_weightings["objective"] = (
            weights[:, None, None] * (self.delta * self.hours)[:, None] * part / 1e3
        ).ravel()
        self.n.add("Carrier", "chips")
        self.anyway = 0.0
        self.demand(needed(data)[:, :, :, None] * shape[:, None, None, :] / 1e3)
        self.signed()
        for o in data["offers"]:
            self.offer(o)
        for s in data["sites"]:
            self.site(s)

    def over_time(self, values: np.ndarray) -> np.ndarray:
        """One value for each snapshot, from values by month or by scenario, month and hour."""
        if values.ndim == 1:
            values = np.broadcast_to(values[None, :, None], self.size)
        return values.ravel().astype(float)

    def add(self, kind: str, names: list[str], on: np.ndarray | None = None, **given: Any) -> None:
        """Components of one kind at once, each in service in its own months: (name, month)."""
        import pandas

        if not names:
            return
        if on is not None:
            by_name = [self.over_time(row) for row in on]
            run = pandas.DataFrame(np.array(by_name).T, index=self.n.snapshots, columns=names)
            given["p_max_pu"] = run
            if given.pop("always", False):
                given["p_min_pu"] = run
        self.n.add(kind, names, **given)

    def demand(self, need: np.ndarray) -> None:
        """A bus with its load for each class, and a generator for what goes unserved."""
        for k, own in enumerate(self.data["demand"]):
            name, short = own["id"], float(own["unserved"])
            self.n.add("Bus", name, carrier="chips")
            self.n.add("Load", name, bus=name, p_set=self.over_time(need[k]))
            self.n.add("Generator", f"no {name}", bus=name, p_nom=BIG, marginal_cost=short)

    def pool(self, name: str, chip: str, region: str, price: float = 0.0) -> None:
        """A bus of capacity, with a link to each class that it may serve."""
        self.n.add("Bus", name, carrier="chips")
        rates = {
            k["id"]: thr(self.data, i, chip, region) for i, k in enumerate(self.data["demand"])
        }
        far = {k["id"]: float(k.get("serving", {}).get(region, 0)) for k in self.data["demand"]}
        served = [k for k, rate in rates.items() if rate > 0]
        self.add(
            "Link",
            [f"{name} {k}" for k in served],
            bus0=name,
            bus1=served,
            p_nom=BIG,
            efficiency=[rates[k] for k in served],
            marginal_cost=[price + far[k] for k in served],
        )

    def signed(self) -> None:
        """900 chips until the first day of the last month but one, at 2 USD."""
        self.pool("signed", "a", "east")
        last = 24 / self.hours[self.T - 2]
        live = np.array([1.0] * (self.T - 2) + [last, 0])
        self.add("Generator", ["signed"], live[None, :], bus="signed", p_nom=0.9)
        self.anyway += 2.0 * 900 * float(live @ (self.delta * self.hours))

    def offer(self, o: Data) -> None:
        """Its generators: one by the hour, or one for each month of start."""
        metered = o.get("kind") == "on-demand" or o.get("used")
        price = float(o["price"])
        self.pool(o["id"], o["chip"], o["region"], price if metered else 0.0)
        first = starts(self.data, o)
        if o.get("kind") == "on-demand":
            live = np.array([[float(t in first) for t in range(self.T)]])
            self.add("Generator", [o["id"]], live, bus=o["id"], p_nom=o["max"] / 1e3)
            return
        self.at_most(o["id"], o["max"] / 1e3)
        on = np.zeros((len(first), self.T))
        for row, start in zip(on, first, strict=True):
            row[start : start + o["term"]] = 1
        paid = 0.0 if o.get("used") else price / 1e3
        self.add(
            "Generator",
            [f"{o['id']} from {start}" for start in first],
            on,
            bus=o["id"],
            carrier=o["id"],
            p_nom_extendable=True,
            p_nom_mod=o.get("block", 0) / 1e3,
            capital_cost=paid * (on @ (self.delta * self.hours)),
        )

    def at_most(self, carrier: str, most: float) -> None:
        """No more than that of all that carry this name."""
        self.n.add("Carrier", carrier)
        self.n.add(
            "GlobalConstraint",
            f"most {carrier}",
            type="tech_capacity_expansion_limit",
            carrier_attribute=carrier,
            sense="<=",
            constant=most,
        )

    def site(self, s: Data) -> None:
        """A bus of power, in megawatts at the meter; phases feed it and chips draw on it."""
        self.n.add("Bus", s["id"], carrier="chips")
        self.dump(s["id"])
        for p in s["phases"]:
            self.phase(s, p)
        for name in s["chips"]:
            self.chips(s, next(c for c in self.data["chips"] if c["id"] == name))

    def dump(self, bus: str) -> None:
        """What a bus has left over is lost at no cost."""
        self.n.add("Generator", f"{bus} unused", bus=bus, p_nom=BIG, p_min_pu=-1, p_max_pu=0)

    def phase(self, s: Data, p: Data) -> None:
        """A generator of one module for each month of readiness, and one of them at most."""
        mw = p["mw"] * (s["pue"] if p["at"] == "it" else 1)
        name = f"{s['id']} {p['id']}"
        self.at_most(name, mw)
        ready = [t + p["lead"] for t in range(max(0, p["start"]), self.T - p["lead"])]
        on, calls = np.zeros((2, len(ready), self.T))
        left = np.zeros(len(ready))
        for i, month in enumerate(ready):
            on[i, month : month + p["life"]] = 1
            calls[i, month - p["lead"] : month] = s["share"] / 100 * p["capex"] / p["lead"]
            left[i] = min(1, max(0, month + p["life"] - self.T) / p["life"])
        cash = (calls + on * mw * s.get("rent", 0)) @ self.delta
        cash -= calls.sum(axis=1) * left * self.delta[-1]
        self.add(
            "Generator",
            [f"{name} ready {month}" for month in ready],
            on,
            bus=s["id"],
            carrier=name,
            p_nom_extendable=True,
            p_nom_mod=mw,
            capital_cost=cash / 1e6 / mw,
        )

    def chips(self, s: Data, chip: Data) -> None:
        """Links from power to a pool, one for each month of buying, that run for the chip's life.

        A link's size is the power that it takes; a thousand chips of one kW take a megawatt.
        """
        name = f"{s['id']} {chip['id']}"
        self.pool(name, chip["id"], s["region"])
        self.dump(name)
        kw, paid = chip["kw"] * s["pue"], s["share"] / 100 * chip["price"]
        bought = np.arange(self.T)
        on = np.zeros((self.T, self.T))
        for t in bought:
            on[t, t : t + chip["life"]] = 1
        left = np.maximum(0, bought + chip["life"] - self.T) / chip["life"]
        energy = on @ (self.hours * self.delta) * kw / 1e3 * s["power_price"]
        cash = paid * (self.delta - left * self.delta[-1]) + energy
        self.add(
            "Link",
            [f"{name} from {t}" for t in bought],
            on,
            always=True,
            bus0=s["id"],
            bus1=name,
            efficiency=1 / kw,
            p_nom_extendable=True,
            p_nom_mod=s.get("block", 0) / 1e3 * kw,
            capital_cost=cash / 1e3 / kw,
        )


def solved(data: Data) -> float:
    """The optimum of the book's network in plain money."""
    made = Network(data)
    status, condition = made.n.optimize(
        solver_name="highs",
        solver_options={"output_flag": False, "threads": 1, "mip_rel_gap": 1e-9},
        include_objective_constant=False,
        log_to_console=False,
        progress=False,
    )
    assert (status, condition) == ("ok", "optimal")
    return float(made.n.objective * 1e6 + made.anyway)
