"""Tables of what is bought, built, held and used, from a solved programme."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from offtake.book.records import Offer
from offtake.clauses.prices import by_month
from offtake.plan.affine import Numbers
from offtake.plan.assemble import Programme
from offtake.plan.build import buyers_share, meter_mw
from offtake.plan.capacity import Buy, Whole
from offtake.plan.demand import reference
from offtake.plan.lots import Pool
from offtake.plan.purchase import last_signing
from offtake.plan.result import frame
from offtake.plan.solve import Solution
from offtake.plan.standing import NEGLIGIBLE, chips_of, ended, power_of
from offtake.plan.why import Reasons

__all__ = ["NEGLIGIBLE"]

Row = tuple[Any, ...]


def supplier(whole: Whole, pool: Pool) -> str:
    """Who a pool belongs to, for tables and charts; the buyer's own build by its venture."""
    if not pool.own_build:
        return pool.seller
    names = sorted(
        {s.venture or s.id for s in whole.book.sites.values() if s.region == pool.region}
    )
    return names[0] if len(names) == 1 else "own build"


def plan_digest(made: Programme, solution: Solution) -> str:
    """SHA-256 of the book, its day, and all that is bought and built: the plan's identity."""
    parts = [made.whole.book.digest, made.whole.grid.as_of.isoformat(), made.whole.objective]
    for buy in made.whole.buys:
        chips = chips_of(made, solution, buy)
        parts += [
            f"{lot.id}={count:.3f}"
            for lot, count in zip(buy.columns.lots, chips, strict=True)
            if count >= NEGLIGIBLE
        ]
    for building in made.buildings:
        parts += [
            f"{building.site}/{building.phase.id}@{ready}"
            for ready, column in zip(building.ready, building.columns, strict=True)
            if solution.x[column] > 0.5
        ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def purchases(made: Programme, solution: Solution, digest: str, why: Reasons) -> Any:
    """What is bought, a row for each lot: what is tendered, whoever then takes of it."""
    return frame(
        "purchases",
        sorted(_purchases(made, solution, digest, why), key=lambda r: (r[7], r[2], r[0])),
    )


def _purchases(made: Programme, solution: Solution, digest: str, why: Reasons) -> Iterator[Row]:
    whole = made.whole
    for buy in whole.buys:
        chips = chips_of(made, solution, buy)
        for i, lot in enumerate(buy.columns.lots):
            if chips[i] < NEGLIGIBLE:
                continue
            offer = whole.book.offers.get(buy.subject)
            record = buy.source.record if buy.source is not None else None
            clause = next((t.clause for t in made.terms if t.clause.id == buy.subject), None)
            place = record.place if record is not None else clause.place if clause else ""
            yield (
                f"{digest[:8]}/{lot.id.partition('@')[0]}/{lot.start}",
                buy.what,
                buy.subject,
                supplier(whole, buy.pool) if buy.pool.own_build else lot.seller,
                lot.via,
                lot.chip,
                lot.region,
                lot.start.first,
                _sign_by(whole, buy, i),
                offer.term.months if isinstance(offer, Offer) and offer.term else lot.months,
                round(float(chips[i]), 3),
                float(lot.price.amount) if lot.price else None,
                why.landed.paid(buy, i),
                why.purchase(buy, i),
                str(place),
                owed_after(whole, buy, i) * (float(chips[i]) - ended(made, solution, lot.id)),
            )


def owed_after(whole: Whole, buy: Buy, i: int) -> float:
    """What one chip of a lot still owes when the plan's months are over, undiscounted.

    The plan counts neither this nor what it buys; a metered or installed chip owes nothing.
    """
    lot = buy.columns.lots[i]
    if lot.price is None or buy.pool.meter is not None:
        return 0.0
    offer = whole.book.offers.get(buy.subject)
    term = offer.term.months if offer is not None and offer.term else lot.term
    later = [lot.start + n for n in range(whole.grid.months[-1] - lot.start + 1, term)]
    if offer is None:
        return float(lot.price.amount) * float(sum(m.hours for m in later))
    prices = by_month(whole.book, offer.id, later, lot.start.first)
    return float(sum(p * m.hours for p, m in zip(prices, later, strict=True)))


def _sign_by(whole: Whole, buy: Buy, i: int) -> dt.date | None:
    """The last day to sign, or to call an option; installed chips are signed for by nobody."""
    lot = buy.columns.lots[i]
    if buy.what == "installed":
        return None
    return last_signing(whole, buy.source, lot.start) if buy.source is not None else lot.deal


def builds(made: Programme, solution: Solution, why: Reasons) -> Any:
    """Phases that are built, with the month of readiness."""
    rows: list[Row] = []
    for building in made.buildings:
        site, phase = made.whole.book.sites[building.site], building.phase
        for i, ready in enumerate(building.ready):
            if solution.x[building.columns[i]] > 0.5:
                rows.append(
                    (
                        f"{site.id}/{phase.id}",
                        site.id,
                        phase.id,
                        building.begun[i].first,
                        ready.first,
                        meter_mw(site, phase),
                        float(phase.capex.amount),
                        buyers_share(made.whole, site),
                        phase.started is not None,
                        why.phase(building, i),
                        str(phase.place),
                    )
                )
    return frame("builds", sorted(rows, key=lambda r: (r[4], r[0])))


def capacity(made: Programme, solution: Solution) -> Any:
    """Chips in every pool by month and scenario; reference chips at their general throughput.

    What is rented by the hour counts with the most that is in use at once.
    """
    whole = made.whole
    rows: list[Row] = []
    for number, pool in enumerate(whole.pools):
        level = solution.x[whole.level[number]]
        if pool.hourly:
            level = rented(made, solution, number)
        if level.max(initial=0.0) < NEGLIGIBLE:
            continue
        factor = reference(whole.book, pool.chip)
        name = supplier(whole, pool)
        rows += [
            (
                month.first,
                scenario,
                name,
                pool.name,
                float(level[s, t]),
                float(level[s, t]) * factor,
            )
            for s, scenario in enumerate(whole.grid.scenarios)
            for t, month in enumerate(whole.grid.months)
            if level[s, t] >= NEGLIGIBLE
        ]
    return frame("capacity", rows)


def rented(made: Programme, solution: Solution, pool: int) -> Numbers:
    """The most chips of a pool by the hour that are in use at once, by (scenario, month)."""
    whole = made.whole
    by_hour = np.zeros((*whole.shape, len(whole.hours.weights)))
    for use in whole.uses:
        if int(use.pool[0]) == pool:
            np.add.at(by_hour, (use.scenario, use.month, use.hour), solution.x[use.column])
    return np.asarray(by_hour.max(axis=-1))


def demand(made: Programme, solution: Solution) -> Any:
    """Need, service and shortage of each class in reference chips."""
    whole = made.whole
    rows: list[Row] = []
    for k, record in enumerate(whole.book.demand.values()):
        factor = reference(whole.book, record.unit, record.purpose)
        mean = whole.need[k] @ whole.hours.weights * factor
        peak = whole.need[k].max(axis=-1) * factor
        short = np.zeros_like(mean)
        if k in whole.unserved:
            values = solution.x[whole.unserved[k]] * factor
            weights = np.ones(1) if record.deferrable else whole.hours.weights
            short = values @ weights
        rows += [
            (
                month.first,
                scenario,
                record.id,
                mean[s, t],
                mean[s, t] - short[s, t],
                max(0.0, short[s, t]),
                peak[s, t],
            )
            for s, scenario in enumerate(whole.grid.scenarios)
            for t, month in enumerate(whole.grid.months)
        ]
    return frame("demand", rows)


def usage(made: Programme, solution: Solution) -> Any:
    """Mean chips that serve each class from each pool."""
    whole = made.whole
    rows: list[Row] = []
    names = tuple(whole.book.demand)
    for use in whole.uses:
        pool = whole.pools[int(use.pool[0])]
        total = np.zeros(whole.shape)
        values = solution.x[use.column] * whole.hours.weights[use.hour]
        np.add.at(total, (use.scenario, use.month), values)
        rows += [
            (
                whole.grid.months[t].first,
                whole.grid.scenarios[s],
                names[int(use.klass[0])],
                supplier(whole, pool),
                pool.name,
                float(total[s, t]),
            )
            for s, t in zip(*np.nonzero(total >= NEGLIGIBLE), strict=True)
        ]
    return frame("usage", rows)


def sites(made: Programme, solution: Solution) -> Any:
    """Power in service at each phase by month; use and chips of the whole site with its first."""
    whole = made.whole
    rows: list[Row] = []
    for site in whole.book.sites.values():
        power = power_of(made, solution, site)
        used, chips, total = power.used, power.chips, power.total
        for phase, mw in power.phases.items():
            part = np.divide(mw, total, out=np.zeros_like(mw), where=total > 0)
            rows += [
                (
                    site.id,
                    phase,
                    m.first,
                    float(mw[t]),
                    float(used[t] * part[t]),
                    float(chips[t] * part[t]),
                )
                for t, m in enumerate(whole.grid.months)
            ]
    return frame("sites", rows)
