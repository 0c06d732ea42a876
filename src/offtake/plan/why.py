"""Why each purchase is in the plan: whom it serves, and why nothing cheaper serves instead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offtake.book.records import Offer
from offtake.plan.affine import Numbers
from offtake.plan.assemble import Programme
from offtake.plan.build import Building
from offtake.plan.capacity import Buy
from offtake.plan.solve import Solution
from offtake.units import Month


@dataclass(frozen=True, slots=True)
class Reasons:
    """Sentences about one solved programme."""

    made: Programme
    solution: Solution
    late: frozenset[int]
    """Columns that are closed because it is too late for their notice."""

    def purchase(self, buy: Buy, i: int) -> str:
        """Who is served by it, and what stands in the way of cheaper capacity."""
        lot = buy.columns.lots[i]
        number = self.made.whole.pool(buy.pool)
        served = self._served(number, lot.start, lot.months)
        if not served:
            return "reserve: held for scenarios in which others fall away"
        parts = [f"{name} {share:.0%}" for name, share in served[:3]]
        text = f"serves {', '.join(parts)}"
        top = served[0][0]
        return f"{text}; {self._cheaper(buy, lot.start, top)}"

    def phase(self, building: Building, i: int) -> str:
        """Whether it was begun before, or is the power that installed chips need."""
        if building.phase.started is not None:
            return f"building since {building.phase.started}"
        after = f", after {' and '.join(building.phase.after)}" if building.phase.after else ""
        return f"its power is needed from {building.ready[i]}{after}"

    def _served(self, number: int, start: Month, months: int) -> list[tuple[str, float]]:
        """Classes by their share of a pool's expected use over some months, largest first."""
        whole = self.made.whole
        first = start - whole.grid.months[0]
        names = tuple(whole.book.demand)
        total: dict[str, float] = {}
        for use in whole.uses:
            if int(use.pool[0]) != number:
                continue
            here = (use.month >= first) & (use.month < first + months)
            weight = whole.grid.weights[use.scenario] * whole.hours.weights[use.hour]
            amount = float((self.solution.x[use.column] * weight)[here].sum())
            name = names[int(use.klass[0])]
            total[name] = total.get(name, 0.0) + amount
        everything = sum(total.values())
        if everything <= 0:
            return []
        ranked = sorted(total.items(), key=lambda kv: -kv[1])
        return [(k, v / everything) for k, v in ranked if v / everything >= 0.005]

    def _cheaper(self, buy: Buy, start: Month, name: str) -> str:
        """The cheapest other way to serve the class, and why it does not."""
        whole = self.made.whole
        klass = tuple(whole.book.demand).index(name)
        own = self._unit_price(buy, start, klass)
        others: list[tuple[float, Buy]] = []
        for other in whole.buys:
            price = self._unit_price(other, start, klass)
            if other.subject != buy.subject and price is not None:
                others.append((price, other))
        others.sort(key=lambda pair: pair[0])
        if own is None:
            return "the capacity that the plan can have in time"
        cheaper = [(p, b) for p, b in others if p < own * 0.999]
        unit = whole.book.demand[name].unit
        if not cheaper:
            return f"nothing in reach is cheaper ({own:,.2f} per {unit}-hour{_apart(buy)})"
        price, best = cheaper[0]
        obstacle = self._obstacle(best, start, klass)
        against = f"{price:,.2f}{_apart(best)} against {own:,.2f}{_apart(buy)}"
        return f"{best.subject} would cost {against} per {unit}-hour, but {obstacle}"

    def _unit_price(self, buy: Buy, start: Month, klass: int) -> float | None:
        """Discounted cost per unit chip-hour of a lot from that month; None if it cannot serve."""
        whole = self.made.whole
        factor = whole.factor(klass, buy.pool)
        position = self._at(buy, start)
        if factor <= 0 or position is None:
            return None
        lot = buy.columns.lots[position]
        first = lot.start - whole.grid.months[0]
        span = slice(first, first + lot.months)
        hours = float(whole.grid.hours[span] @ whole.grid.discount[span])
        cost = float(whole.model.column_array(0)[buy.columns.index[position, 0]])
        if buy.pool.meter is not None:
            cost += whole.price_of(buy.pool.meter) * hours
        return cost / hours / factor

    @staticmethod
    def _at(buy: Buy, start: Month) -> int | None:
        return next((i for i, lot in enumerate(buy.columns.lots) if lot.start == start), None)

    def _obstacle(self, buy: Buy, start: Month, klass: int) -> str:
        """Why a cheaper source does not serve: too late, at its limit, or barred."""
        position = self._at(buy, start)
        assert position is not None
        column = int(buy.columns.index[position, 0])
        model, whole = self.made.model, self.made.whole
        if column in self.late:
            return "the last day to notify the holder for that month is past"
        for number, columns in model.closed:
            if column in columns:
                owner = model.owners[number]
                if owner.part in ("lead", "valid_until", "valid_from"):
                    return f"its {owner.part.replace('_', ' ')} does not allow that month"
                return f"{owner.subject} bars it"
        barred = self._barred(buy, start, klass)
        if barred is not None:
            return f"{barred} keeps it from serving this"
        offer = whole.book.offers.get(buy.subject)
        if isinstance(offer, Offer):
            held = self._in_service(offer.id)[start - whole.grid.months[0] :]
            if held.max(initial=0.0) >= float(offer.max) - max(1, offer.block or 1):
                return f"it is at its maximum of {offer.max:,} chips"
            least = max(offer.min or 0, offer.block or 0)
            return f"only in lots of {least:,} chips" if least > 1 else "its term fits worse"
        if buy.source is not None:
            return "its power or capital is used up or not ready"
        return "its term or timing fits worse"

    def _barred(self, buy: Buy, start: Month, klass: int) -> str | None:
        """The clause that keeps what a lot adds from serving a class in its first month."""
        whole, model = self.made.whole, self.made.model
        number, month = whole.pool(buy.pool), start - whole.grid.months[0]
        for use in whole.uses:
            if int(use.pool[0]) == number and int(use.klass[0]) == klass:
                columns = use.column[use.month == month]
                for owner, closed in model.closed:
                    if columns.size and np.isin(columns, closed).all():
                        return model.owners[owner].subject
        return None

    def _in_service(self, subject: str) -> Numbers:
        whole = self.made.whole
        total = np.zeros(len(whole.grid.months))
        for buy in whole.buys:
            if buy.subject == subject:
                for i, lot in enumerate(buy.columns.lots):
                    first = lot.start - whole.grid.months[0]
                    total[first : first + lot.months] += self.solution.x[buy.columns.index[i, 0]]
        return total


def _apart(buy: Buy) -> str:
    """Installed chips are priced without the building, which is paid by phase and not by chip."""
    return ", its building apart" if buy.what == "installed" else ""
