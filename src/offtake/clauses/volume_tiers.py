"""Volume tiers: a discount on the price once more chips than a threshold are bought or used.

`marginal`: each tier's discount holds for the chips above its threshold. `whole`: the highest tier
that is reached holds for all chips. Counted month by month: chips in service where the invoice is
for what is reserved, chips used (mean over the month) where it follows use.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from offtake.book.faults import Code, Fault
from offtake.book.fields import Chips, Portion
from offtake.book.force import Book
from offtake.book.record import Record
from offtake.book.samples import of_clause, of_offer
from offtake.clauses.base import (
    HOUR,
    Affine,
    Clause,
    Columns,
    Line,
    Program,
    Reckoning,
    Step,
    number,
)

Numbers = np.ndarray[Any, Any]


class Tier(Record):
    """A discount that begins above a number of chips."""

    above: Chips
    discount: Portion


class VolumeTiers(Clause):
    """The words of a volume discount."""

    kind: Literal["volume-tiers"] = "volume-tiers"
    basis: Literal["marginal", "whole"] = "marginal"
    tiers: tuple[Tier, ...] = Field(min_length=1)

    step: ClassVar[Step] = Step.CHARGE
    summary: ClassVar[str] = "the price falls with the number of chips"
    codes: ClassVar[dict[str, Code]] = {
        "tiers-order": Code(
            "Tiers out of order",
            "Tiers stand in rising order: each begins above more chips than the one before it and "
            "gives a greater discount, of less than 100 %.",
            "Exchange or mend the tiers.",
            example=of_clause(
                "{kind: volume-tiers, tiers: [{above: 100 chips, discount: 5%}, "
                "{above: 200 chips, discount: 8%}]}",
                "discount: 8%",
                "discount: 4%",
            ),
        ),
        "tiers-unreachable": Code(
            "A tier out of reach",
            "A tier begins at or above the offer's maximum, so nobody can reach it.",
            "Raise the offer's `max`, or leave the tier out.",
            "warning",
            of_offer(
                "{kind: volume-tiers, tiers: [{above: 512 chips, discount: 5%}]}",
                "above: 512",
                "above: 2048",
            ),
        ),
    }

    def check(self, book: Book) -> Iterator[Fault]:
        """Tiers in order, and within reach."""
        before: Tier | None = None
        for tier in self.tiers:
            falls = before is not None and (
                tier.above <= before.above or tier.discount.value <= before.discount.value
            )
            if falls or tier.discount.value >= 1:
                sentence = f"The tier above {tier.above} chips breaks the order of the tiers."
                hint = "each tier begins above more chips and gives more, under 100%"
                yield Fault(tier.at("above"), "tiers-order", sentence, hint)
            before = tier
        offer = book.offers.get(self.of)
        for tier in self.tiers:
            if offer is not None and tier.above >= offer.max:
                sentence = f"{self.of} has at most {offer.max} chips, so this tier is out of reach."
                hint = "raise the offer's max, or leave the tier out"
                yield Fault(tier.at("above"), "tiers-unreachable", sentence, hint, "warning")

    def plan(self, program: Program) -> None:
        """Money back for each month, by the number of chips in it."""
        force = program.in_force(of_life=True)
        grid = program.grid
        saved = program.prices(self.of) * grid.hours * force
        lots = program.of(self.of)
        ends = program.released(self.of)
        if len(lots) and not program.metered(self.of):
            own = [program.prices(self.of, since=x.start.first) for x in lots.lots]
            saved = own[0] * grid.hours * force
            if any(not np.array_equal(price, own[0]) for price in own):
                self._by_lot(program, lots, [price * grid.hours * force for price in own])
                return
        if program.metered(self.of) or ends:
            chips = program.billed(self.of) * (1.0 / grid.hours)
            most = program.most(self.of) / grid.hours
            live = [t for t in range(len(grid.months)) if most[t] > 0 and saved[t] > 0]
            if live:
                total = chips.over([[t] for t in live])
                self._tiered(program, total, live, most[live], saved, len(grid.scenarios))
        elif len(lots):
            most = program.most(self.of) / grid.hours
            for t in range(len(grid.months)):
                if most[t] > 0 and saved[t] > 0:
                    total = _in_service(program, lots, t)
                    self._tiered(program, total, [t], most[[t]], saved, total.shape[0])
        else:
            self._settled(program, saved)

    def _by_lot(self, program: Program, lots: Columns, saved: list[Numbers]) -> None:
        """Lots at prices of their own: each chip saves of its own price."""
        grid = program.grid
        most = program.most(self.of) / grid.hours
        chips = _by_start(program, self.of, lots)
        for t in range(len(grid.months)):
            cells = [part.over([[t]]) for part in chips]
            total = cells[0]
            for cell in cells[1:]:
                total = total + cell
            if most[t] > 0:
                own = [(cell, float(worth[t])) for cell, worth in zip(cells, saved, strict=True)]
                nothing = np.zeros(len(grid.months))
                self._tiered(program, total, [t], most[[t]], nothing, len(grid.scenarios), own)

    def _shared(
        self,
        program: Program,
        parts: list[Columns],
        rates: list[float],
        month: int,
        lots: list[tuple[Affine, float]],
    ) -> None:
        """The chips of a tier are those of lots, each of which is wholly in tiers."""
        left = [program.by_scenario(part) for part in parts]
        for chips, worth in lots:
            rest = chips
            for k, rate in enumerate(rates):
                cash = np.zeros((1, len(program.grid.months)))
                cash[0, month] = -rate * worth
                own = program.columns("discount", parts[k].index.shape, stage="there", cash=cash)
                left[k] = left[k] - program.by_scenario(own)
                rest = rest - program.by_scenario(own)
            program.rows("discount", rest, at_least=0.0, at_most=0.0)
        for gap in left:
            program.rows("discount", gap, at_least=0.0, at_most=0.0)

    def _settled(self, program: Program, saved: Numbers) -> None:
        """Quantities that are signed already: the discount is a number."""
        chips = program.contracted(self.of).fixed[0] / program.grid.hours
        back = np.array([self.saving(c) for c in chips]) * saved
        program.pays("discount", -back)

    def saving(self, chips: float) -> float:
        """How many chips' price is saved on that many chips."""
        return float(sum(rate * part for rate, part in self._split(Fraction(chips))))

    def _split(self, chips: Fraction) -> list[tuple[Fraction, Fraction]]:
        """The discounts that are reached, and on how many chips each is given."""
        reached = [tier for tier in self.tiers if chips > tier.above]
        rates = [Fraction(tier.discount.value) for tier in reached]
        if self.basis == "whole":
            return [(rate, chips) for rate in rates[-1:]]
        starts = [*(Fraction(tier.above) for tier in reached), chips]
        return [
            (rate, end - start) for rate, (start, end) in zip(rates, pairwise(starts), strict=True)
        ]

    def settle(self, month: Reckoning) -> Iterator[Line]:
        """Money back on the mean of the month's chips, for the chip-hours at each of its prices."""
        seconds = sum(day.seconds for day in month.days)
        used = month.agreement.billing == "used"
        served = sum(day.taken if used else day.contracted for day in month.days)
        if not served:
            return
        chips = Fraction(served, seconds)
        parts = self._split(chips)
        saved = sum((rate * part for rate, part in parts), Fraction(0))
        what = " + ".join(f"{number(rate * 100)}% × {number(part)}" for rate, part in parts)
        for price, run in groupby(month.days, key=lambda day: day.price):
            days = list(run)
            own = Fraction(sum(day.taken if used else day.contracted for day in days), HOUR)
            if price is None or not saved or not own:
                continue
            hours = own / chips
            spent = f"{number(hours)} h"
            if hours * HOUR != sum(day.seconds for day in days):
                spent = f"{number(own)} chip-hours / {number(chips)} chips"
            yield month.line(
                f"volume discount on {number(chips)} chips",
                -saved * hours * price,
                f"{number(saved)} chips ({what}) × {spent} × {number(price)} {month.currency}",
                first=days[0].day,
                last=days[-1].day,
            )

    def _tiered(
        self,
        program: Program,
        chips: Affine,
        months: list[int],
        most: Numbers,
        saved: Numbers,
        width: int,
        lots: list[tuple[Affine, float]] | None = None,
    ) -> None:
        """Split the chips of each (scenario, month) among the tiers, of each lot if they differ."""
        reach = [t for t in self.tiers if t.above < most.max()]
        if not reach:
            return
        rates = [0.0, *(float(t.discount.value) for t in reach)]
        starts = [0.0, *(float(t.above) for t in reach)]
        stage: Literal["here", "there"] = "there" if width > 1 else "here"
        n = len(months)
        parts = []
        for rate in rates:
            cash = np.zeros((n, len(program.grid.months)))
            cash[np.arange(n), months] = -rate * saved[months]
            parts.append(program.columns("discount", (n, width), stage=stage, cash=cash))
        switches = [
            program.columns(
                "discount", (n, width), stage=stage, unit="count", upper=1.0, integer=True
            )
            for _ in (reach if self.basis == "marginal" else rates)
        ]
        if lots:
            self._shared(program, parts, rates, months[0], lots)
        left = chips
        for part in parts:
            left = left - program.by_scenario(part)
        program.rows("discount", left, at_least=0.0, at_most=0.0)
        ends = [*starts[1:], np.inf]
        bounds = [(s, np.minimum(e, most)[:, None]) for s, e in zip(starts, ends, strict=True)]
        if self.basis == "marginal":
            _one_after_another(program, parts, switches, bounds)
        else:
            _one_of(program, parts, switches, bounds)

    def explain(self, book: Book) -> str:
        """What is saved, and on which chips."""
        steps = ", ".join(f"{t.discount} above {t.above} chips" for t in self.tiers)
        what = "on the chips above it" if self.basis == "marginal" else "on all chips"
        return f"the price of {self.of} falls by {steps}, {what}"


def _one_after_another(
    program: Program,
    parts: list[Columns],
    switches: list[Columns],
    bounds: list[tuple[float, Numbers]],
) -> None:
    """A tier's chips begin only when the tier before it is full (incremental form).

    Greater discounts come last, so cost is concave in the quantity and a linear programme would
    fill the cheapest tier first.
    """
    for k, (start, end) in enumerate(bounds):
        room = np.maximum(end - start, 0.0)
        program.rows("discount", program.sum(parts[k]), at_most=room)
        if k:
            begun = program.sum(parts[k]) - program.sum(switches[k - 1], room)
            program.rows("discount", begun, at_most=0.0)
        if k + 1 < len(bounds):
            full = program.sum(parts[k]) - program.sum(switches[k], room)
            program.rows("discount", full, at_least=0.0)


def _one_of(
    program: Program,
    parts: list[Columns],
    switches: list[Columns],
    bounds: list[tuple[float, Numbers]],
) -> None:
    """All chips are in one tier. Chips are counted whole: above 20,000 begins at 20,001."""
    chosen = program.sum(switches[0])
    for switch in switches[1:]:
        chosen = chosen + program.sum(switch)
    program.rows("discount", chosen, unit="count", at_least=1.0, at_most=1.0)
    for k, (start, end) in enumerate(bounds):
        low = start + 1.0 if k else 0.0
        high = end + 1.0 if k + 1 < len(bounds) else end
        program.rows(
            "discount", program.sum(parts[k]) - program.sum(switches[k], low), at_least=0.0
        )
        program.rows(
            "discount", program.sum(parts[k]) - program.sum(switches[k], high), at_most=0.0
        )


def _in_service(program: Program, lots: Columns, month: int) -> Affine:
    """Chips of an offer in service in one month, whoever serves them: shape (1, 1)."""
    first = program.grid.months[0]
    live = [
        i
        for i, lot in enumerate(lots.lots)
        if lot.start - first <= month < lot.start - first + lot.months
    ]
    own = lots.pick(live)
    return program.by_scenario(own).over([list(range(len(own)))])


def _by_start(program: Program, subject: str, lots: Columns) -> list[Affine]:
    """Chips of each lot of an offer by (scenario, month), whoever serves them, until they end."""
    supplies = {s.lot.id: s for s in program.supplies(subject) if s.lot is not None}
    out = []
    for i, lot in enumerate(lots.lots):
        supply = supplies[lot.id]
        live = (supply.service > 0).astype(float)
        taken = program.by_scenario(lots.pick([i])) - program.kept(supply)
        out.append(program.serving(supply) + taken * live[None, :])
    return out
