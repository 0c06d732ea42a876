"""Renewal: the buyer may go on for further terms at stated terms when an agreement ends.

Modelled on the renewal options of data-center leases and on FERC's right of a shipper to keep its
capacity when a contract ends (18 CFR 284.221(d)). What is renewed is the old capacity: a right on
new capacity does not reach it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, field_validator

from offtake.book.faults import Code, Fault
from offtake.book.fields import CurveId, DaySpan, Flag, Portion, UnitPrice, Whole
from offtake.book.force import Book
from offtake.book.samples import of_reserved
from offtake.book.scope import Lot
from offtake.clauses.base import (
    Affine,
    Bought,
    Clause,
    Columns,
    Dated,
    Program,
    Span,
    Supply,
    chosen_alike,
    last_day_for,
    notice_day,
    priced_since,
)
from offtake.units import Calendar, Duration, Month, Price, Share

Numbers = np.ndarray
NO_NOTICE = Duration(0, "days")


@dataclass(frozen=True, slots=True)
class Renewed:
    """Columns of one renewal of a delivery or lot, and of the renewal before it."""

    supply: Supply
    own: Columns
    before: Columns | None


class Renewal(Clause):
    """The words of a renewal."""

    kind: Literal["renewal"] = "renewal"
    term: Span
    times: Whole = 1
    notice: DaySpan = NO_NOTICE
    price: UnitPrice | None = None
    rate: Portion | None = Field(default=None, description="of the price on the last day")
    curve: CurveId | None = Field(default=None, description="the market's price on its first day")
    part: Literal["whole", "any"] = Field(
        default="whole", description="of an agreement; what is bought under an offer in any part"
    )
    automatic: Flag = Field(
        default=False, description="renewed unless the buyer says otherwise by the notice"
    )
    alike: Portion = Field(
        default=Share.of_percent(5),
        description="how near the needs of two scenarios are that nobody can tell apart",
    )

    turn: ClassVar[int] = 10
    summary: ClassVar[str] = "the buyer may go on at stated terms when the agreement ends"
    codes: ClassVar[dict[str, Code]] = {
        "renewal-price": Code(
            "Renewed at which price?",
            "What is renewed has one price: `price` per chip-hour, or a `rate` of the price on the "
            "last day, or that of a `curve`. Where none is stated the price goes on.",
            "Keep one of them.",
            example=of_reserved(
                "{kind: renewal, term: 12 months, rate: 95%}", "95%", "95% of list"
            ),
        ),
        "renewal-times": Code(
            "Renewed how often?",
            "An agreement is renewed between once and a hundred times, for a term that is not "
            "nothing.",
            "Mend `times` or `term`.",
            example=of_reserved(
                "{kind: renewal, term: 12 months, times: 2}", "times: 2", "times: 0"
            ),
        ),
        "renewal-mid-month": Code(
            "Renewed within a month",
            "The agreement ends within a month. A plan counts what is renewed from the first of "
            "the next month.",
            "Nothing is wrong if that is near enough; else let the agreement end with a month.",
            "warning",
            of_reserved("{kind: renewal, term: 12 months}", "2026-12-31", "2026-12-15"),
        ),
        "renewal-billing": Code(
            "Renewed as reserved",
            "The invoice of the agreement follows use. A plan takes what is renewed as reserved: "
            "paid whether it is used or not.",
            "Write the renewed capacity as an offer that is billed as used, to have it so planned.",
            "warning",
            of_reserved("{kind: renewal, term: 12 months}", "billing: reserved", "billing: used"),
        ),
    }

    @field_validator("term")
    @classmethod
    def _in_months(cls, value: Duration) -> Duration:
        _ = value.months
        return value

    def check(self, book: Book) -> Iterator[Fault]:
        """One price, at least one renewal, and what a plan cannot follow to the day."""
        said = [word for word in ("price", "rate", "curve") if getattr(self, word) is not None]
        if len(said) > 1:
            sentence = f"What is renewed under {self.of} has several prices."
            yield Fault(self.at(said[1]), "renewal-price", sentence, f"keep {said[0]} alone")
        if self.price is not None and self.price.per != "chip-hour":
            sentence = f"The price of a renewal is not per {self.price.per}."
            yield Fault(self.at("price"), "renewal-price", sentence, "write it per chip-hour")
        if self.rate is not None and (self.rate.per is not None or self.rate.of is not None):
            sentence = f"{self.rate} is not a plain share of the price."
            yield Fault(self.at("rate"), "renewal-price", sentence, "such as 95%")
        if not 1 <= self.times <= 100 or not self.term.months:
            sentence = f"{self.times} renewals of {self.term} renew nothing, or never end."
            yield Fault(self.at("times"), "renewal-times", sentence, "write times: 1, term: 1 year")
        agreement = book.agreements.get(self.of)
        if agreement is not None and (agreement.until + dt.timedelta(days=1)).day != 1:
            sentence = f"{self.of} ends on {agreement.until}, within a month."
            hint = "a plan counts what is renewed from the first of the next month"
            yield Fault(agreement.at("until"), "renewal-mid-month", sentence, hint, "warning")
        owner = agreement or book.offers.get(self.of)
        if owner is not None and owner.billing == "used":
            sentence = f"{self.of} bills what is used; a plan takes what is renewed as reserved."
            hint = "offer the capacity anew to plan it as used"
            yield Fault(self.place, "renewal-billing", sentence, hint, "warning")

    def plan(self, program: Program) -> None:
        """For each delivery or lot that ends within the plan, its renewals one after another."""
        rounds: dict[int, list[Renewed]] = {}
        for supply in program.supplies(self.of):
            before: Columns | None = None
            for k in range(self.times if self.ends(program, supply) is not None else 0):
                lot = self.lot(program, supply, k)
                if lot is None:
                    break
                own = self._buyable(program, supply, lot)
                rounds.setdefault(k, []).append(Renewed(supply, own, before))
                before = own
        for k, parts in rounds.items():
            signed = [part for part in parts if part.supply.lot is None]
            end = self._ended(program, signed[0].own.lots[0].start, k) if signed else None
            for part in parts:
                self._bounded(program, part, end if part.supply.lot is None else None)

    def ends(self, program: Program, supply: Supply) -> Month | None:
        """The first month after a delivery or lot, if it lies within the plan."""
        if supply.lot is None and supply.end < self._last_day(program):
            # A delivery that ends before its agreement was never meant to go on.
            return None
        first = Month.of(supply.end + dt.timedelta(days=1))
        if (supply.end + dt.timedelta(days=1)).day != 1:
            first = first + 1
        months = program.grid.months
        return first if months[0] <= first <= months[-1] else None

    def _last_day(self, program: Program) -> dt.date:
        """The agreement's: that of its last delivery, or of this clause where it lasts longer."""
        return max((program.life()[1], *(s.end for s in program.supplies(self.of))))

    def signed_already(self, program: Program, start: Month, k: int) -> bool:
        """Whether an automatic renewal can no longer be stopped: its day for notice has passed.

        On that day these words spoke; or they are the first, and came too late for it.
        """
        day = last_day_for(program, start.first, self.notice)
        first, _ = program.life()
        spoke = k > 0 or program.holds(max(day, first))
        return self.automatic and day < program.grid.as_of and spoke

    def lot(self, program: Program, supply: Supply, k: int) -> Bought | None:
        """The k-th renewal of a delivery or lot; None where it lies outside the plan or too late.

        An automatic renewal whose notice has passed is no choice any more: it is signed.
        """
        begin = self.ends(program, supply)
        assert begin is not None
        start = begin + k * self.term.months
        left = program.grid.months[-1] - start + 1
        if left < 1:
            return None
        day = notice_day(program, start.first, self.notice, goes_on=k > 0, lot=supply.lot)
        if day is None and (supply.lot is not None or not self.signed_already(program, start, k)):
            return None
        name = supply.id.rpartition("/")[2].replace("@", ".")
        here = Lot(supply.chip, supply.region, program.purposes, new=False)
        return Bought(
            id=f"{self.id}/{name}-{k + 1}@{start}",
            seller=supply.lot.seller if supply.lot is not None else self.seller,
            via=None,
            chip=supply.chip,
            region=supply.region,
            start=start,
            months=min(self.term.months, left),
            lot=replace(supply.lot.lot, new=False) if supply.lot is not None else here,
            price=self.priced(program, supply, start),
            deal=day if day is not None else program.grid.as_of,
            largest=int(supply.chips),
            term=self.term.months,
        )

    def priced(self, program: Program, supply: Supply, start: Month) -> Price | None:
        """The price per chip-hour from that month on, fixed for the term."""
        if self.price is not None:
            return self.price
        if self.curve is not None:
            return program.price_on_curve(self.curve, start.first)
        price = program.price_on(self.of, supply.end, since=priced_since(program, supply))
        if price is None or self.rate is None:
            return price
        return Price(price.amount * self.rate.value, price.currency, price.per)

    def _buyable(self, program: Program, supply: Supply, lot: Bought) -> Columns:
        """Columns of one renewal."""
        own = program.buyable(
            "renewal",
            (lot,),
            stage="there",
            cash=self._cash(program, lot),
            upper=supply.chips,
            what="renewal",
        )
        chosen_alike(program, "notice", own, [lot.deal], float(self.alike.value))
        return own

    def _cash(self, program: Program, lot: Bought) -> Numbers:
        grid = program.grid
        cash = np.zeros((1, len(grid.months)))
        first = lot.start - grid.months[0]
        span = slice(first, first + lot.months)
        cash[0, span] = float(lot.price.amount if lot.price else 0) * grid.hours[span]
        return cash

    def _ended(self, program: Program, start: Month, k: int) -> Affine | None:
        """By scenario 1 where an agreement is not renewed, else 0; None where any part may be.

        It is 0 where it is too late to say no.
        """
        scenarios = len(program.grid.scenarios)
        if self.signed_already(program, start, k):
            return program.quantity(np.zeros((scenarios, 1)))
        if self.part == "any":
            return None
        switch = program.columns(
            "renewal", (1, scenarios), stage="there", unit="count", upper=1.0, integer=True
        )
        return program.by_scenario(switch)

    def _bounded(self, program: Program, part: Renewed, end: Affine | None) -> None:
        """No more than was there before; with `end`, all of that or nothing."""
        own, chips = program.by_scenario(part.own), part.supply.chips
        none = None if end is None else end * chips
        if part.before is None:
            program.follows(part.own, part.supply, but=none)
        else:
            gap = own - program.by_scenario(part.before)
            program.rows("renewal", gap, at_most=0.0)
            if none is not None:
                program.rows("renewal", gap + none, at_least=0.0)
        if none is not None:
            program.rows("renewal", own + none, at_most=chips)

    def dates(self, book: Book, life: tuple[dt.date, dt.date]) -> Iterator[Dated]:
        """The last day on which notice counts for the end of the agreement."""
        agreement = book.agreements.get(self.of)
        if agreement is None or not life[0] <= agreement.until <= life[1]:
            return
        ends = agreement.until + dt.timedelta(days=1)
        day = Calendar.named(book.header.calendar).latest(ends, self.notice)
        buyer = agreement.buyer or book.header.buyer
        sentence = f"last day for {buyer} to renew {self.of} for {self.term}"
        if self.automatic:
            sentence = f"last day for {buyer} to keep {self.of} from being renewed for {self.term}"
        yield Dated("notice", day, sentence)

    def explain(self, book: Book) -> str:
        """How often, for how long, at what price, by when to say so."""
        price = str(self.price or "the same price")
        if self.rate is not None:
            price = f"{self.rate} of the price"
        if self.curve is not None:
            price = f"the price of {self.curve}"
        times = "once" if self.times == 1 else f"{self.times} times"
        notice = f", on {self.notice} of notice" if self.notice.count else ""
        if self.automatic:
            unless = f" unless {book.header.buyer} gives notice"
            return f"{self.of} is renewed {times} for {self.term} at {price}{unless}{notice}"
        return f"{book.header.buyer} may renew {self.of} {times} for {self.term} at {price}{notice}"
