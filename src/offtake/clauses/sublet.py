"""Sublet: what the buyer does not need it may let to others, month by month.

Modelled on capacity release in gas transport (18 CFR 284.8: a shipper releases what it does not use
and keeps what the replacement pays) and on the sublease clauses of data-center leases. The buyer
still pays its seller; where the invoice follows use, what is sublet is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from offtake.book.faults import Code, Fault
from offtake.book.fields import Chips, CurveId, Flag, Portion, UnitPrice
from offtake.book.force import Book
from offtake.book.samples import of_clause, of_offer
from offtake.clauses.base import (
    LOOK_AT_SUPPLY,
    Affine,
    Clause,
    Program,
    Supply,
    priced_since,
)
from offtake.units import Share

Numbers = np.ndarray


class Sublet(Clause):
    """The words on letting to others."""

    kind: Literal["sublet"] = "sublet"
    share: Portion = Field(default=Share.of_percent(100), description="the most that may be let")
    price: UnitPrice | None = Field(default=None, description="what others pay")
    rate: Portion | None = Field(
        default=None, description="what others pay, as a share of the curve or of the own price"
    )
    curve: CurveId | None = Field(default=None, description="the market's price, month by month")
    max: Chips | None = Field(default=None, description="the most that finds a taker in a month")
    consent: Flag = Field(
        default=False, description="whether the seller must agree; no plan reads it"
    )

    turn: ClassVar[int] = LOOK_AT_SUPPLY + 5
    summary: ClassVar[str] = "what is not needed may be let to others"
    codes: ClassVar[dict[str, Code]] = {
        "sublet-price": Code(
            "Let at which price?",
            "What others pay is stated once: a `price` per chip-hour, or a `rate` of a `curve` or "
            "of the own price.",
            "Keep one of them.",
            example=of_clause("{kind: sublet, rate: 60%}", "rate: 60%", "share: 60%"),
        ),
        "sublet-share": Code(
            "More than there is to let",
            "What may be let is a plain share, at most 100 %.",
            "Mend the share.",
            example=of_clause("{kind: sublet, rate: 60%, share: 50%}", "share: 50%", "share: 150%"),
        ),
        "sublet-profit": Code(
            "Bought to be let",
            "Others would pay more than the buyer does, so that a plan would buy in order to let.",
            "State `max`: how much finds a taker at that price.",
            "warning",
            of_offer("{kind: sublet, rate: 120%, max: 64 chips}", ", max: 64 chips", ""),
        ),
    }

    def check(self, book: Book) -> Iterator[Fault]:
        """One price, a share of the whole, and no gain without bound."""
        both = self.price is not None and (self.rate is not None or self.curve is not None)
        if both or (self.price is None and self.rate is None):
            what = "several prices" if both else "no price"
            sentence = f"What is sublet of {self.of} has {what}."
            hint = "write price: 1.20 USD per chip-hour, or rate: 60%"
            yield Fault(self.place, "sublet-price", sentence, hint)
        if self.price is not None and self.price.per != "chip-hour":
            sentence = f"What others pay is not per {self.price.per}."
            yield Fault(self.at("price"), "sublet-price", sentence, "write it per chip-hour")
        if self.rate is not None and (self.rate.per is not None or self.rate.of is not None):
            sentence = f"{self.rate} is not a plain share of a price."
            yield Fault(self.at("rate"), "sublet-price", sentence, "such as 60%")
        if self.share.per is not None or self.share.of is not None or self.share.value > 1:
            sentence = f"{self.share} of what is contracted cannot be let."
            yield Fault(self.at("share"), "sublet-share", sentence, "such as 50%")
        yield from self._profit(book)

    def _profit(self, book: Book) -> Iterator[Fault]:
        """An offer that could be bought only to be let, without end but its own maximum."""
        offer = book.offers.get(self.of)
        if offer is None or offer.price is None or self.max is not None:
            return
        dear = self.price is not None and self.price.amount > offer.price.amount
        if dear or (self.curve is None and self.rate is not None and self.rate.value > 1):
            sentence = f"Others would pay more for {self.of} than it costs."
            yield Fault(self.place, "sublet-profit", sentence, "state max", "warning")

    def plan(self, program: Program) -> None:
        """Chips let by month and scenario, of each delivery and lot, out of its service."""
        supplies = [s for s in program.supplies(self.of) if s.service.any()]
        live = np.flatnonzero(program.in_force() > 0)
        if not supplies or not live.size:
            return
        let = []
        for supply in supplies:
            months = [int(t) for t in live if supply.service[t] > 0]
            if not months:
                continue
            hours = program.grid.hours
            paid = self.paid(program, supply)
            own_price = np.zeros(hours.size)
            if program.metered(self.of):
                own_price = program.prices(self.of)
            cash = np.zeros((len(months), hours.size))
            parts = np.zeros_like(cash)
            for row, t in enumerate(months):
                cash[row, t] = (own_price[t] - paid[t]) * hours[t]
                parts[row, t] = 1.0
            own = program.columns(
                "let", (len(months), len(program.grid.scenarios)), stage="there", cash=cash
            )
            there = program.serving(supply).over([[t] for t in months])
            force = program.in_force()[months] * float(self.share.value)
            program.rows("let", program.by_scenario(own) - there * force[None, :], at_most=0.0)
            program.withdraw(own, supply, parts, released=False)
            first = [program.grid.months[t].first for t in months]
            none = [None] * len(months)
            program.tell("let", own, supply.id, chips=1.0, by=none, start=first)
            let.append((months, program.by_scenario(own)))
        if self.max is not None:
            self._at_most(program, let, self.max * program.in_force())

    def _at_most(
        self, program: Program, let: list[tuple[list[int], Affine]], most: Numbers
    ) -> None:
        """In no month more than finds a taker, of all deliveries and lots together."""
        for t in sorted({t for months, _ in let for t in months}):
            parts = [own.over([[months.index(t)]]) for months, own in let if t in months]
            total = parts[0]
            for part in parts[1:]:
                total = total + part
            program.rows("max", total, at_most=float(most[t]))

    def paid(self, program: Program, supply: Supply) -> Numbers:
        """What others pay per chip-hour in each month."""
        grid = program.grid
        if self.price is not None:
            return np.full(len(grid.months), float(self.price.amount))
        rate = float(self.rate.value) if self.rate is not None else 1.0
        if self.curve is not None:
            market = [program.price_on_curve(self.curve, m.first) for m in grid.months]
            return rate * np.array([float(p.amount) for p in market])
        return rate * program.prices(self.of, since=priced_since(program, supply))

    def explain(self, book: Book) -> str:
        """How much may be let, and what for."""
        price = str(self.price) if self.price is not None else f"{self.rate} of the price"
        if self.curve is not None:
            price = f"{self.rate or Share.of_percent(100)} of {self.curve}"
        most = f", at most {self.max} chips" if self.max is not None else ""
        consent = f", if {self.seller} agrees" if self.consent else ""
        return (
            f"{book.header.buyer} may sublet {self.share} of what {self.of} contracts at "
            f"{price}{most}{consent}"
        )
