"""Tables of money: what is spent by year and payee, and capital against its limits."""

from __future__ import annotations

from typing import Any

import numpy as np

from offtake.plan.affine import Numbers
from offtake.plan.assemble import Programme
from offtake.plan.build import called_before, fund_of, yearly_limit
from offtake.plan.model import HERE
from offtake.plan.result import frame
from offtake.plan.solve import Solution
from offtake.plan.standing import Landed

CENT = 0.005


def expected(made: Programme, solution: Solution) -> Numbers:
    """Each column at its value times the probability of its scenario."""
    scenario = made.model.scenario
    weights = made.whole.grid.weights[np.maximum(scenario, 0)]
    return solution.x * np.where(scenario == HERE, 1.0, weights)


def spend(made: Programme, solution: Solution) -> Any:
    """The buyer's expected cash by month, category and payee; what is owed, without residuals.

    What the holder of a right takes of a purchase is paid to the holder.
    """
    value = expected(made, solution)
    months = made.whole.grid.months
    parts = _parts(made, solution)
    total: dict[tuple[str, str], Numbers] = {}
    for cash in made.model.cash:
        who = cash.who if isinstance(cash.who, str) else cash.who[0]
        paid = {who: value[cash.columns] @ cash.by_month}
        if cash.category == "reserved":
            for row, column in enumerate(cash.columns):
                for holder, part in parts.get(int(column), {}).items():
                    taken = part * value[column] * cash.by_month[row]
                    paid[holder] = paid.get(holder, 0.0) + taken
                    paid[who] = paid[who] - taken
        for name, amounts in paid.items():
            key = (cash.category, name)
            total[key] = total.get(key, np.zeros(len(months))) + amounts
    return frame(
        "spend",
        [
            (m.year, m.first, category, who, float(paid[t]))
            for (category, who), paid in sorted(total.items())
            for t, m in enumerate(months)
            if abs(paid[t]) >= CENT
        ],
    )


def _parts(made: Programme, solution: Solution) -> dict[int, dict[str, float]]:
    """By a purchase column: what part of it holders of rights are expected to take and be paid."""
    landed = Landed(made, solution)
    out: dict[int, dict[str, float]] = {}
    for buy in made.whole.buys:
        for i, columns in enumerate(buy.columns.index):
            if columns.size == 1:
                shares = landed.shares(buy, i)
                if shares:
                    out[int(columns[0])] = shares
                continue
            for who, chips in landed.taken(buy, i).items():
                for s, column in enumerate(columns):
                    if chips[s] > 0:
                        part = float(chips[s] / solution.x[column])
                        out.setdefault(int(column), {})[who] = part
    return out


def made_up_of(made: Programme, solution: Solution) -> tuple[float, float, float]:
    """The cost in parts, discounted: cash, the value of what goes unserved, less the credit.

    The credit is for what is paid within the plan and outlives it.
    """
    value, cost = expected(made, solution), made.model.cost
    paid = [
        float((value[c.columns] @ c.by_month) @ made.whole.grid.discount) for c in made.model.cash
    ]
    unserved = [c.ravel() for c in made.whole.unserved.values()]
    shortage = sum(float(value[c] @ cost[c]) for c in unserved)
    cash = sum(paid)
    return cash, shortage, cash + shortage - float(value @ cost)


def called(made: Programme, solution: Solution) -> dict[str, Numbers]:
    """Capital that each fund calls from all owners, by month."""
    whole = made.whole
    out: dict[str, Numbers] = {}
    for site in whole.book.sites.values():
        fund = fund_of(whole, site).id
        total = out.setdefault(fund, np.zeros(len(whole.grid.months)))
        for building in made.buildings:
            if building.site == site.id:
                total += solution.x[building.columns] @ building.calls
        for buy in whole.buys:
            if buy.source is not None and buy.source.record is site:
                chip = whole.book.chips[buy.pool.chip]
                price = float(chip.price.amount) if chip.price else 0.0
                for i, lot in enumerate(buy.columns.lots):
                    paid = price * float(solution.x[buy.columns.index[i, 0]])
                    total[lot.start - whole.grid.months[0]] += paid
    return out


def capital(made: Programme, solution: Solution) -> Any:
    """Calls of each fund by year, beside what its tranches still allow in that year."""
    whole = made.whole
    funds = {fund_of(whole, s).id: fund_of(whole, s) for s in whole.book.sites.values()}
    rows = []
    for name, by_month in called(made, solution).items():
        tranches = sorted(funds[name].capital, key=lambda t: t.from_)
        so_far = called_before(whole, funds[name], tranches[0].from_) if tranches else 0.0
        for year in sorted({m.year for m in whole.grid.months}):
            own = [t for t, m in enumerate(whole.grid.months) if m.year == year]
            opened = [t for t in tranches if t.from_.year <= year]
            limit = sum(float(t.limit.amount) for t in opened) - so_far if opened else None
            yearly = yearly_limit(funds[name], year)
            if limit is not None and yearly is not None and yearly[1].per_year is not None:
                limit = min(limit, float(yearly[1].per_year.amount))
            spent = float(by_month[own].sum())
            rows.append((name, year, spent, limit))
            counted = [t for t in own if tranches and whole.grid.months[t] >= tranches[0].from_]
            so_far += float(by_month[counted].sum())
    return frame("capital", rows)


def scenario_costs(made: Programme, solution: Solution) -> Numbers:
    """The discounted cost of the plan in each scenario."""
    cost = made.model.cost
    scenario = made.model.scenario
    here = float((cost * solution.x)[scenario == HERE].sum())
    there = np.zeros(len(made.whole.grid.scenarios))
    second = scenario != HERE
    np.add.at(there, scenario[second], (cost * solution.x)[second])
    return here + there


def tail_mean(costs: Numbers, weights: Numbers, tail: float) -> float:
    """CVaR: the mean cost of the worst 1 − tail of the probability (Rockafellar, Uryasev 2000)."""
    left, total = 1.0 - tail, 0.0
    if left <= 0:
        return float(costs.max())
    for s in np.argsort(-costs):
        part = min(left, float(weights[s]))
        total += part * float(costs[s])
        left -= part
        if left <= 1e-12:
            break
    return total / (1.0 - tail)
