"""Expansion option: the buyer may call more capacity at stated terms within a span of days.

A call option (Black and Scholes 1973 price one on a share; here it is valued by what the plan does
with it in each scenario). What is called is new capacity: rights of others see it. Scenarios that
nobody can tell apart until the day of notice exercise alike.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, field_validator

from offtake.book.faults import Code, Example, Fault
from offtake.book.fields import ChipId, Chips, Portion, Region, UnitPrice
from offtake.book.force import Book
from offtake.book.record import Record
from offtake.book.records import Agreement
from offtake.book.samples import AGREEMENT, CLAUSES, DELIVERY, of_clause
from offtake.book.scope import Lot
from offtake.clauses.base import (
    Bought,
    Clause,
    Dated,
    Day,
    Line,
    Program,
    Reckoning,
    Span,
    Step,
    WindowWords,
    chosen_alike,
    number,
)
from offtake.units import Duration, Month, Share

_WORDS = (
    "kind: expansion-option, max: 512 chips, chip: h100, region: us-east, "
    "price: 3 USD per chip-hour, term: 12 months"
)


class Exercise(Record):
    """The first and the last day on which notice may be given."""

    from_: Day = Field(alias="from")
    until: Day


class ExpansionOption(Clause):
    """The words of an expansion option."""

    kind: Literal["expansion-option"] = "expansion-option"
    max: Chips
    chip: ChipId
    region: Region
    price: UnitPrice
    term: Span
    exercise: Exercise
    notice: Span = Duration(0, "days")
    premium: UnitPrice | None = Field(default=None, description="per chip, due when it is called")
    alike: Portion = Field(
        default=Share.of_percent(5),
        description="how near the needs of two scenarios are that nobody can tell apart",
    )

    turn: ClassVar[int] = 10
    step: ClassVar[Step] = Step.CHARGE
    summary: ClassVar[str] = "the buyer may call more capacity at stated terms"
    codes: ClassVar[dict[str, Code]] = {
        "option-span": Code(
            "No day to call it",
            "The last day to exercise an option lies before the first, or none of the days is one "
            "on which the option is in force.",
            "Mend the days of `exercise`, or those of the agreement.",
            example=of_clause(
                f"{{{_WORDS}, exercise: {{from: 2025-03-01, until: 2025-12-31}}}}",
                "from: 2025-03-01, until: 2025-12-31}}",
                "from: 2027-03-01, until: 2027-12-31}}",
            ),
        ),
        "option-price": Code(
            "Priced per the wrong thing",
            "The price of an option is per chip-hour, its premium per chip.",
            "Convert it, and write its source.",
            example=of_clause(
                f"{{{_WORDS}, exercise: {{from: 2025-03-01, until: 2025-12-31}}}}",
                "price: 3 USD per chip-hour",
                "price: 2200 USD per chip-month",
            ),
        ),
        "option-notice": Code(
            "Notice in hours",
            "Notice is given days, business days, months or years ahead.",
            "Write it in days.",
            example=of_clause(
                f"{{{_WORDS}, exercise: {{from: 2025-03-01, until: 2025-12-31}}, notice: 4 days}}",
                "4 days",
                "96 hours",
            ),
        ),
        "option-called": Code(
            "Called beyond its words",
            "An agreement `calls` an option and is not what the option allows: its seller, chips, "
            "day of signing or price differ.",
            "Mend one of them; where the parties agreed on something else, leave `calls` out.",
            "warning",
            Example(
                f"{AGREEMENT}{DELIVERY}{CLAUSES}  - {{{_WORDS}, exercise: {{from: 2025-03-01, "
                "until: 2025-12-31}}\n- id: called\n  seller: cloud\n  signed: 2025-06-01\n"
                "  from: 2025-07-01\n  until: 2026-06-30\n  calls: cloud-2025/expansion-option\n"
                "  price: 3 USD per chip-hour\n  deliveries:\n  - {id: d1, add: 512 chips, "
                "chip: h100, region: us-east, start: 2025-07-01}\n",
                "add: 512 chips, chip: h100, region: us-east, start: 2025-07-01",
                "add: 640 chips, chip: h100, region: us-east, start: 2025-07-01",
            ),
        ),
    }

    @field_validator("term")
    @classmethod
    def _in_months(cls, value: Duration) -> Duration:
        _ = value.months
        return value

    def check(self, book: Book) -> Iterator[Fault]:
        """Days in order and in force, money per the right thing."""
        first, last = self.exercise.from_, self.exercise.until
        spans = [t for t in book.terms if t.clause is self]
        if last < first:
            sentence = f"The option could be exercised from {first} only until {last}."
            yield Fault(self.exercise.at("until"), "option-span", sentence, "mend one of the days")
        elif spans and not any(t.start <= last and first <= t.end for t in spans):
            sentence = "The option is in force on none of the days on which it may be exercised."
            hint = f"it is in force from {spans[0].start} to {spans[-1].end}"
            yield Fault(self.exercise.at("from"), "option-span", sentence, hint)
        for field, price, per in (
            ("price", self.price, "chip-hour"),
            ("premium", self.premium, "chip"),
        ):
            if price is not None and price.per != per:
                sentence = f"The {field} of an option is not per {price.per}."
                yield Fault(self.at(field), "option-price", sentence, f"write it per {per}")
        if self.notice.unit == "hours":
            sentence = f"Notice of {self.notice} is not counted in days."
            yield Fault(self.at("notice"), "option-notice", sentence, "such as 90 days")

        for called in self._called(book):
            yield from self._well_called(called)

    def _called(self, book: Book) -> Iterator[Agreement]:
        """Agreements that were called by this option."""
        return (a for a in book.agreements.values() if a.calls == self.id)

    def _well_called(self, called: Agreement) -> Iterator[Fault]:
        """What was called is what the option allows."""
        chips, first, last = _chips(called), self.exercise.from_, self.exercise.until
        for wrong, why in (
            (called.seller != self.seller, f"sold by {called.seller}, not by {self.seller}"),
            (chips > self.max, f"of {chips} chips, more than {self.max}"),
            (not first <= called.known <= last, f"called on {called.known}"),
            (called.price != self.price, f"priced at {called.price or 'nothing'}"),
        ):
            if wrong:
                sentence = f"{called.id} is {why}; {self.id} does not allow that."
                hint = f"up to {self.max} chips at {self.price}, from {first} to {last}"
                yield Fault(called.at("calls"), "option-called", sentence, hint, "warning")

    def settle(self, month: Reckoning) -> Iterator[Line]:
        """The premium, in the month in which an agreement was signed that calls it."""
        if self.premium is None:
            return
        held = {day.day for day in month.days}
        each = Fraction(self.premium.amount)
        for called in self._called(month.book):
            if called.known in held:
                chips = _chips(called)
                yield month.line(
                    f"premium of {called.id}",
                    each * chips,
                    f"{chips:,} chips × {number(each)} {month.currency}",
                    account="premium",
                    first=called.known,
                    last=called.known,
                    causes=(str(called.at("calls")),),
                )

    def plan(self, program: Program) -> None:
        """Lots by month of start, called scenario by scenario."""
        grid = program.grid
        lots = tuple(lot for m in grid.starts if (lot := self.lot(program, m)) is not None)
        if not lots:
            return
        cash = np.array([self._cash(program, lot) for lot in lots])
        called = program.buyable("option", lots, stage="there", cash=cash, upper=float(self.max))
        everything = [list(range(len(lots)))]
        total = program.by_scenario(called).over(everything)
        program.rows("max", total, at_most=float(self.max))
        days = [lot.deal for lot in lots]
        chosen_alike(program, "notice", called, days, float(self.alike.value))

    def lot(self, program: Program, start: Month) -> Bought | None:
        """What can be called for service from that month; None where notice comes too late.

        Service starts on the first day of the first month that the notice leaves free.
        """
        calendar = program.window(WindowWords(length=self.notice)).calendar
        day = min(calendar.latest(start.first, self.notice), self.exercise.until)
        early = calendar.add(day, self.notice) <= (start - 1).first
        if early or day < max(self.exercise.from_, program.grid.as_of) or not program.holds(day):
            return None
        return self._bought(program, start, day)

    def _bought(self, program: Program, start: Month, day: dt.date) -> Bought:
        return Bought(
            id=f"{self.id}@{start}",
            seller=self.seller,
            via=None,
            chip=self.chip,
            region=self.region,
            start=start,
            months=min(self.term.months, program.grid.months[-1] - start + 1),
            lot=Lot(self.chip, self.region, program.purposes),
            price=self.price,
            deal=day,
            largest=self.max,
            term=self.term.months,
        )

    def _cash(self, program: Program, lot: Bought) -> np.ndarray:
        """What one chip pays: its price in each month of service, the premium with the notice."""
        grid = program.grid
        cash = np.zeros(len(grid.months))
        first = lot.start - grid.months[0]
        span = slice(first, first + lot.months)
        cash[span] = float(self.price.amount) * grid.hours[span]
        if self.premium is not None:
            cash[max(Month.of(lot.deal) - grid.months[0], 0)] += float(self.premium.amount)
        return cash

    def dates(self, book: Book, life: tuple[dt.date, dt.date]) -> Iterator[Dated]:
        """The last day on which more may be called."""
        day = min(self.exercise.until, life[1])
        what = f"up to {self.max} chips {self.chip} from {self.seller}"
        if max(self.exercise.from_, life[0]) <= day:
            yield Dated("exercise", day, f"last day to call {what}")

    def explain(self, book: Book) -> str:
        """What may be called, for how much, until when."""
        premium = f" and a premium of {self.premium}" if self.premium else ""
        return (
            f"from {self.exercise.from_} to {self.exercise.until} {book.header.buyer} may call up "
            f"to {self.max} chips {self.chip} in {self.region} from {self.seller} for {self.term} "
            f"at {self.price}{premium}, with {self.notice} of notice"
        )


def _chips(agreement: Agreement) -> int:
    return sum(delivery.add for delivery in agreement.deliveries)
