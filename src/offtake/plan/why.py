"""Why each purchase and phase is in the plan, as far as the solved programme bears it out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from offtake.book.records import Clause, Offer, Site
from offtake.plan.affine import Indices, Numbers
from offtake.plan.assemble import Programme
from offtake.plan.build import Building, in_service, kw_meter
from offtake.plan.capacity import Buy
from offtake.plan.lots import Pool
from offtake.plan.solve import Solution
from offtake.plan.standing import Landed, Power, power_of
from offtake.units import Month

_DATES = {
    "lead": "its lead is too long for that month",
    "valid_until": "it can no longer be signed",
    "valid_from": "it cannot be signed in time for that month",
}
"""Why the dates of an offer close a month."""

SMALL = 0.005
"""A share that a whole number of per cent would show as nothing."""
UNPROVED = "the plan found no saving in it"


@dataclass(frozen=True, slots=True)
class Rival:
    """Another source for the same months: at what price, and whether it is closed."""

    price: float
    closed: bool
    subject: str
    pool: Pool
    buy: Buy | None = None
    """None for what is rented by the hour."""


@dataclass(frozen=True)
class Reasons:
    """Sentences about one solved programme."""

    made: Programme
    solution: Solution
    late: frozenset[int]
    """Columns that are closed because it is too late for their notice."""

    @cached_property
    def landed(self) -> Landed:
        """Where lots land and whom they serve."""
        return Landed(self.made, self.solution)

    def purchase(self, buy: Buy, i: int) -> str:
        """Who is served by it, who else takes of it, what stands in the way of cheaper capacity."""
        whole = self.made.whole
        amounts = self.landed.used(buy, i).sum(axis=2) @ whole.grid.weights
        total = float(amounts.sum())
        parts = ["reserve: no class uses it in any scenario"]
        if total > 0:
            names = tuple(whole.book.demand)
            ranked = sorted(zip(amounts / total, names, strict=True), key=lambda one: -one[0])
            shown = [f"{name} {share:.0%}" for share, name in ranked[:3] if share >= SMALL]
            parts = [f"serves {', '.join(shown)}"]
        for who, share in self.landed.shares(buy, i).items():
            if share >= SMALL:
                parts.append(f"{who} is expected to take {share:.0%} of it")
        if total > 0:
            parts.append(self._cheaper(buy, buy.columns.lots[i].start, int(amounts.argmax())))
        return "; ".join(parts)

    def phase(self, building: Building, i: int) -> str:
        """Whether it was begun before; since when its site draws more than the others give."""
        if building.phase.started is not None:
            return f"building since {building.phase.started}"
        whole, ready = self.made.whole, building.ready[i]
        power = self.power(building.site)
        others = power.total - power.phases[building.phase.id]
        live = in_service(whole, building.phase, ready)
        short = np.flatnonzero((power.used > others + 1e-6)[live])
        after = f", after {' and '.join(building.phase.after)}" if building.phase.after else ""
        if not short.size:
            return f"begun so that it is ready by {ready}{after}"
        first = whole.grid.months[live.start + int(short[0])]
        if first == ready:
            return f"its power is needed from {ready}{after}"
        return f"begun so that it is ready by {ready}; its power is needed from {first}{after}"

    def power(self, site: str) -> Power:
        """The power of one site by month."""
        return power_of(self.made, self.solution, self.made.whole.book.sites[site])

    # --- what else there is ----------------------------------------------------------------

    def _cheaper(self, buy: Buy, start: Month, klass: int) -> str:
        """The cheapest other way to serve the class from that month, and why it does not.

        Prices are the written ones: where a clause moves money of its own, no price is called
        cheaper.
        """
        demand = tuple(self.made.whole.book.demand.values())[klass]
        own = self._unit_price(buy, start, klass)
        if own is None:
            return "no price to compare it by"
        unit = f"per {demand.unit}-hour"
        clauses = self._paying(buy.subject)
        if clauses:
            return f"at {own:,.2f} {unit}, terms of {' and '.join(clauses)} apart"
        rivals = sorted(self._rivals(buy, start, klass), key=lambda r: (r.price, r.closed))
        below = [r for r in rivals if r.price < own * 0.999]
        if not below:
            terms = sorted({c for r in rivals for c in self._paying(r.subject)})
            apart = f", terms of {' and '.join(terms)} apart" if terms else ""
            if buy.what == "installed":
                said = f"without its building it costs {own:,.2f} {unit}"
                return f"{said}, less than anything else on offer from {start}{apart}"
            return f"nothing else on offer from {start} is cheaper ({own:,.2f} {unit}){apart}"
        best = below[0]
        terms = list(self._paying(best.subject))
        apart = f", terms of {' and '.join(terms)} apart," if terms else ""
        if best.buy is not None and best.buy.what == "installed":
            apart = f" without its building{apart}"
        mine = " without its building" if buy.what == "installed" else ""
        against = f"{best.price:,.2f}{apart} against {own:,.2f} {unit}{mine}"
        return f"{best.subject} would cost {against}, but {self._obstacle(best, buy, start, klass)}"

    def _rivals(self, buy: Buy, start: Month, klass: int) -> Iterator[Rival]:
        """Everything else on offer that may serve a class from that month."""
        whole = self.made.whole
        for other in whole.buys:
            position = self._at(other, start)
            if other.subject == buy.subject or position is None:
                continue
            price = self._unit_price(other, start, klass)
            if price is not None:
                closed = bool(self._closed[other.columns.index[position, 0]])
                yield Rival(price, closed, other.subject, other.pool, other)
        for pool in whole.pools:
            offer = whole.book.offers.get(pool.meter or "")
            factor = whole.factor(klass, pool)
            if pool.hourly and offer is not None and factor > 0:
                first = offer.starts_from or start
                last = offer.starts_until or start
                if first <= start <= last:
                    price = float(whole.prices_of(offer.id)[start - whole.grid.months[0]])
                    yield Rival(price / factor, False, offer.id, pool)

    def _unit_price(self, buy: Buy, start: Month, klass: int) -> float | None:
        """Discounted cost per unit chip-hour of a lot from that month; None if it cannot serve."""
        whole = self.made.whole
        position = self._at(buy, start)
        if position is None:
            return None
        factor = whole.factor(klass, buy.pool)
        if factor <= 0:
            return None
        lot = buy.columns.lots[position]
        first = lot.start - whole.grid.months[0]
        span = slice(first, first + lot.months)
        hours = float(whole.grid.hours[span] @ whole.grid.discount[span])
        cost = float(self._cost[buy.columns.index[position, 0]])
        if buy.pool.meter is not None:
            paid = whole.prices_of(buy.pool.meter) * whole.grid.hours * whole.grid.discount
            cost += float(paid[span].sum())
        return cost / hours / factor

    @cached_property
    def _closed(self) -> NDArray[np.bool_]:
        """For each column whether a line of the book or the time left keeps it at zero."""
        out = np.zeros(self.made.model.columns, dtype=bool)
        out[list(self.late)] = True
        for _, columns in self.made.model.closed:
            out[columns] = True
        return out

    @cached_property
    def _cost(self) -> Numbers:
        return self.made.model.cost

    @cached_property
    def _payers(self) -> dict[str, set[str]]:
        """By offer or option: the clauses that move money of their own over it."""
        model = self.made.model
        owner = model.column_owner
        paying = {
            model.owners[owner[cash.columns.ravel()[0]]].subject
            for cash in model.cash
            if cash.category == "clauses" and cash.columns.size
        }
        found: dict[str, set[str]] = {}
        for term in self.made.terms:
            if term.clause.id in paying:
                found.setdefault(term.clause.of, set()).add(term.clause.id)
        return found

    def _paying(self, subject: str) -> list[str]:
        return sorted(self._payers.get(subject, ()))

    @cached_property
    def _positions(self) -> dict[tuple[int, Month], int]:
        """By a block of purchases and a month: the first of its lots that starts then."""
        found: dict[tuple[int, Month], int] = {}
        for buy in self.made.whole.buys:
            for i, lot in enumerate(buy.columns.lots):
                found.setdefault((id(buy), lot.start), i)
        return found

    def _at(self, buy: Buy, start: Month) -> int | None:
        return self._positions.get((id(buy), start))

    # --- why it does not serve instead -----------------------------------------------------

    def _obstacle(self, rival: Rival, buy: Buy, start: Month, klass: int) -> str:
        """What the solved programme shows to stand in the way; else that no saving was found."""
        other = rival.buy
        if other is None:
            barred = self._barred(rival.pool, start, klass)
            if barred is not None:
                return f"{barred} keeps it from serving this"
            position = self._at(buy, start)
            assert position is not None
            return self._rented(rival, start, buy.columns.lots[position].months)
        position = self._at(other, start)
        assert position is not None
        lot = other.columns.lots[position]
        column = int(other.columns.index[position, 0])
        model, whole = self.made.model, self.made.whole
        closers = [model.owners[n] for n, columns in model.closed if column in columns]
        for owner in closers:
            if owner.part in _DATES:
                return _DATES[owner.part]
        if column in self.late:
            return "the last day to notify the holder for that month is past"
        if closers:
            return f"{closers[0].subject} bars it"
        barred = self._barred(other.pool, start, klass)
        if barred is not None:
            return f"{barred} keeps it from serving this"
        first = start - whole.grid.months[0]
        span = slice(first, first + lot.months)
        record: Offer | Clause | None = whole.book.offers.get(rival.subject)
        if record is None:
            clauses = (t.clause for t in self.made.terms)
            record = next((c for c in clauses if c.id == rival.subject), None)
        most = getattr(record, "max", None)
        if isinstance(most, int):
            block = getattr(record, "block", None) or 1
            held = self._in_service(rival.subject, by_month=other.what != "option")[span]
            if held.max(initial=0.0) >= float(most) - max(1, block):
                return f"its maximum of {most:,} chips is reached within that term"
        if other.source is not None and isinstance(other.source.record, Site):
            return self._unpowered(other.source.record, lot.chip, span)
        return UNPROVED

    def _rented(self, rival: Rival, start: Month, months: int) -> str:
        """Whether what is rented by the hour is rented out, and how often."""
        whole = self.made.whole
        most = whole.book.offers[rival.subject].max
        first = start - whole.grid.months[0]
        busy = np.zeros((*whole.shape, len(whole.hours.weights)))
        number = whole.pool(rival.pool)
        for use in whole.uses:
            if int(use.pool[0]) == number:
                np.add.at(busy, (use.scenario, use.month, use.hour), self.solution.x[use.column])
        full = (busy.max(axis=(0, 2)) >= most - 1)[first : first + months]
        if full.all():
            return f"it is at its maximum of {most:,} chips"
        if full.any():
            many = f"{int(full.sum())} of {full.size} months"
            return f"it is only by the hour, and at its maximum of {most:,} chips in {many}"
        return UNPROVED

    def _unpowered(self, site: Site, chip: str, span: slice) -> str:
        """Whether a site has no power left for a chip in some month of its life."""
        power = self.power(site.id)
        total, used = power.total[span], power.used[span]
        if not power.total.any():
            return "no phase of it is built"
        if total[0] <= 0:
            return "its power is not ready then"
        if np.any(used + kw_meter(self.made.whole, site, chip) / 1e3 > total):
            return "its power is used up"
        return UNPROVED

    def _barred(self, pool: Pool, start: Month, klass: int) -> str | None:
        """The clause that keeps a pool from serving a class in a month."""
        whole, model = self.made.whole, self.made.model
        number, month = whole.pool(pool), start - whole.grid.months[0]
        for use in whole.uses:
            if int(use.pool[0]) == number and int(use.klass[0]) == klass:
                columns: Indices = use.column[use.month == month]
                for owner, closed in model.closed:
                    if columns.size and np.isin(columns, closed).all():
                        return model.owners[owner].subject
        return None

    def _in_service(self, subject: str, *, by_month: bool) -> Numbers:
        """Chips of one subject in service, the most of any scenario; or all ever bought."""
        whole = self.made.whole
        total = np.zeros(whole.shape)
        for buy in whole.buys:
            if buy.subject == subject:
                for i, lot in enumerate(buy.columns.lots):
                    first = lot.start - whole.grid.months[0] if by_month else 0
                    last = first + lot.months if by_month else total.shape[1]
                    total[:, first:last] += self.solution.x[buy.columns.index[i]][:, None]
        return np.asarray(total.max(axis=0))
