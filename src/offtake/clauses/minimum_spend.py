"""Minimum spend: the buyer spends at least so much with the seller, or pays what is short.

Modelled on OpenAI's commitment to buy 250 B USD of Azure services (2025-10-28), and on Snap's
agreement with Google Cloud (S-1 of 2017-02-02): at least 400 M USD in each of five years, of which
up to 15 % may be moved to a later year, and what is short is paid.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from offtake.book.faults import Code, Example, Fault
from offtake.book.fields import Portion, Sum
from offtake.book.force import Book, InForce
from offtake.book.records import Agreement
from offtake.book.samples import AGREEMENT, CLAUSES, DELIVERY, OFFER, of_clause
from offtake.clauses.base import (
    Affine,
    Carry,
    Clause,
    Columns,
    Dated,
    Line,
    Measured,
    Program,
    Reckoning,
    Step,
    days_in,
    days_of_period,
    measured_periods,
    number,
    period_ends,
    period_name,
    price_on,
)
from offtake.units import Month

Numbers = np.ndarray[Any, Any]
_MOST = 1200
"""Months that the check looks at: a longer life is looked at for a hundred years."""
_WORDS = "kind: minimum-spend, amount: 20 M USD"


class MinimumSpend(Clause):
    """The words of a minimum spend."""

    kind: Literal["minimum-spend"] = "minimum-spend"
    amount: Sum
    measured: Measured = "year"
    counts: Literal["seller", "agreement"] = Field(
        default="seller", description="all that is bought from the seller, or this deal alone"
    )
    defer: Portion | None = Field(
        default=None, description="how much of a period's amount may be moved to the next one"
    )

    step: ClassVar[Step] = Step.SPEND
    summary: ClassVar[str] = "so much is spent with the seller, or what is short is paid"
    codes: ClassVar[dict[str, Code]] = {
        "spend-of-offer": Code(
            "A minimum spend in an offer",
            "A minimum spend binds from the day on which it is agreed; in an offer it would bind "
            "before anybody took it.",
            "An offer says `min`, the least that it sells; or put the clause into an agreement.",
            example=Example(
                f"{AGREEMENT}{CLAUSES}  - {{{_WORDS}}}\n{OFFER}",
                f"{CLAUSES}  - {{{_WORDS}}}\n{OFFER}",
                f"{OFFER}{CLAUSES}  - {{{_WORDS}}}\n",
            ),
        ),
        "spend-deferred": Code(
            "Deferred to where?",
            "`defer` is a plain share of at most 100 % of the amount; a term is one period, with "
            "no next one to which anything could be moved.",
            "State the share, and measure by month, quarter or year.",
            example=of_clause(f"{{{_WORDS}, measured: year, defer: 15%}}", "year", "term"),
        ),
        "spend-counts-nothing": Code(
            "Nothing counts",
            "Only what is bought under the agreement counts, and it delivers nothing, so that the "
            "whole amount would be paid for nothing.",
            "Let all that is bought from the seller count, or write the deliveries.",
            "warning",
            Example(
                f"{AGREEMENT}{CLAUSES}  - {{{_WORDS}, counts: seller}}\n",
                "counts: seller",
                "counts: agreement",
            ),
        ),
        "spend-above-commitment": Code(
            "Committed to more already",
            "What is signed already, billed as reserved, comes to the minimum spend or to more, "
            "so that it binds nothing in that period.",
            "Nothing is wrong if that was meant. Look at the amount and at what counts.",
            "warning",
            Example(
                f"{AGREEMENT}{DELIVERY}{CLAUSES}  - {{{_WORDS}}}\n",
                "amount: 20 M USD",
                "amount: 2 M USD",
            ),
        ),
    }

    # --- in check ----------------------------------------------------------------------------

    def check(self, book: Book) -> Iterator[Fault]:
        """Words that fit, and a commitment that is not met already."""
        agreement = book.agreements.get(self.of)
        if agreement is None:
            if self.of in book.offers:
                sentence = f"{self.of} is an offer, and nobody has promised to spend anything yet."
                hint = "write min: CHIPS in the offer, or put the clause into an agreement"
                yield Fault(self.place, "spend-of-offer", sentence, hint)
            return
        share = self.defer
        if share is not None and (
            share.of or share.per or share.value > 1 or self.measured == "term"
        ):
            sentence = f"defer: {share} is not a part that could move to a next {self.measured}."
            yield Fault(self.at("defer"), "spend-deferred", sentence, "such as 15%, by year")
        if self.counts == "agreement" and not agreement.deliveries:
            sentence = f"{self.of} delivers nothing, so nothing counts towards {self.amount}."
            hint = "write counts: seller, or its deliveries"
            yield Fault(self.at("counts"), "spend-counts-nothing", sentence, hint, "warning")
        yield from self._met(book)

    def _met(self, book: Book) -> Iterator[Fault]:
        """Periods in which what is signed, billed as reserved, is enough by itself."""
        counted = [a for a in book.agreements.values() if self._counted(a, book)]
        mine = [t for t in book.terms if t.clause.id == self.id]
        life = min(t.start for t in mine), max(t.end for t in mine)
        names: dict[str, None] = {}
        for term in (t for t in mine if t.clause is self):
            months = list(islice(_months(term.start, term.end), _MOST))
            for period in measured_periods(months, [1.0] * len(months), self.measured):
                there = [months[t] for t in period]
                days = sum(days_in(m, term.start, term.end) for m in there)
                whole = days_of_period(there[0], self.measured, life)
                due = Fraction(self.amount.in_units()) * Fraction(days, whole)
                signed = sum((_signed(book, counted, term, m) for m in there), Fraction(0))
                if signed >= due > 0:
                    names[period_name(there[0], self.measured)] = None
        if names:
            sentence = (
                f"What is signed with {self.seller} comes to {self.amount} or more in "
                f"{', '.join(list(names)[:5])}{', ...' if len(names) > 5 else ''}."
            )
            hint = "it binds nothing then"
            yield Fault(self.at("amount"), "spend-above-commitment", sentence, hint, "warning")

    def _counted(self, agreement: Agreement, book: Book) -> bool:
        """Whether what an agreement asks for, whatever is used, counts towards the amount."""
        if agreement.billing != "reserved":
            return False
        if self.counts == "agreement":
            return agreement.id == self.of
        own = (agreement.buyer or book.header.buyer) == _buyer(book, self.of)
        return own and agreement.seller == self.seller

    # --- in a plan ---------------------------------------------------------------------------

    def plan(self, program: Program) -> None:
        """What is short in a period is paid in its last month: never a hard minimum."""
        grid, force = program.grid, program.in_force()
        periods = measured_periods(grid.months, force, self.measured)
        due = np.array([self._due(program, force, p) for p in periods])
        if not periods or not np.any(due > 0):
            return
        shape = (len(periods), len(grid.scenarios))
        cash = np.zeros((len(periods), len(grid.months)))
        cash[np.arange(len(periods)), [p[-1] for p in periods]] = 1.0
        short = program.columns("shortfall", shape, stage="there", unit="money", cash=cash)
        over = self._spent(program, force).over(periods) + program.by_scenario(short)
        over = over - program.quantity(np.broadcast_to(due, shape[::-1]))
        moved = self._moved(program, due, shape)
        if moved is not None:
            last = len(periods) - 1
            there = program.by_scenario(moved)
            later: list[list[int]] = [[], *([p] for p in range(last))]
            over = over + there.over([*([p] for p in range(last)), []]) - there.over(later)
        program.rows("shortfall", over, unit="money", at_least=0.0)

    def _due(self, program: Program, force: Numbers, period: list[int]) -> float:
        """Of a period that the plan, or the clause, sees in part: the part of its days."""
        months = program.grid.months
        days = sum(force[t] * months[t].days for t in period)
        whole = days_of_period(months[period[0]], self.measured, program.life())
        return float(self.amount.in_units()) * float(days) / whole

    def _spent(self, program: Program, force: Numbers) -> Affine:
        """What counts, on the days on which these words are in force."""
        own = program.billed(self.of) * program.prices(self.of)
        on_its_days = program.in_force(of_life=True)
        if self.counts == "agreement":
            return own * on_its_days
        # The agreement's own spend falls on the days of its life, that under others on any day.
        return (program.spend(self.seller) - own) * force + own * on_its_days

    def _moved(self, program: Program, due: Numbers, shape: tuple[int, int]) -> Columns | None:
        """Out of each period but the last that the plan sees: what moves on is owed there."""
        if self.defer is None or shape[0] < 2:
            return None
        most = due[:-1, None] * float(self.defer.value)
        upper = np.broadcast_to(most, (shape[0] - 1, shape[1]))
        return program.columns("defer", upper.shape, stage="there", unit="money", upper=upper)

    # --- in a settlement ---------------------------------------------------------------------

    def settle(self, month: Reckoning) -> Iterator[Line | Carry]:
        """What was due and spent so far is carried; at the end of the period the rest is paid.

        Words that an amendment changes are measured to their own last day.
        """
        if not month.days:
            return
        days = Fraction(len(month.days), self._whole(month))
        due = month.opening("due") + Fraction(self.amount.in_units()) * days
        spent = month.opening("spent") + self._counts_of(month)
        last = max(t.end for t in month.book.terms_of[self.of] if t.clause is self)
        if not month.ends(self.measured) and last > month.month.last:
            yield Carry("due", due, "money")
            yield Carry("spent", spent, "money")
            return
        moved = month.opening("moved")
        short = max(Fraction(0), due + moved - spent)
        later = Fraction(0)
        if self.defer is not None and last > month.month.last:
            # Never dearer than to pay now: what is spent above a later amount makes up for it.
            later = min(short, due * Fraction(self.defer.value))
        yield Carry("due", Fraction(0), "money")
        yield Carry("spent", Fraction(0), "money")
        yield Carry("moved", later, "money")
        name, money = period_name(month.month, self.measured), month.currency
        before = f" + {number(moved)} {money} moved to it" if moved else ""
        after = f" − {number(later)} {money} moved to the next" if later else ""
        why = f"{number(due)} {money}{before} − {number(spent)} {money} spent{after}"
        if short:
            yield month.line(f"spend short in {name}", short - later, why, account="shortfall")

    def _counts_of(self, month: Reckoning) -> Fraction:
        """What was spent on the days of these words: a month's part by its days."""
        if self.counts == "seller":
            return month.spent_with(self.seller)
        own = Fraction(month.so_far(Step.CHARGE, Step.SHORTFALL).in_units())
        return own * Fraction(len(month.days), len(month.every_day))

    def _whole(self, month: Reckoning) -> int:
        """Days of the whole period; of a term as it was signed, whatever ended it before."""
        signed = (month.book.written or month.book.agreements)[self.of]
        return days_of_period(month.month, self.measured, (month.life[0], signed.until))

    def dates(self, book: Book, life: tuple[dt.date, dt.date]) -> Iterator[Dated]:
        """The last day of each period that is measured; a month ends by itself."""
        if self.measured != "month":
            for name, day in period_ends(self.measured, life):
                yield Dated(
                    f"end of {name}",
                    day,
                    f"last day to spend what counts for {name} under {self.of}",
                )

    def explain(self, book: Book) -> str:
        """How much is spent on what, and what becomes of a shortage."""
        what = f"with {self.seller}" if self.counts == "seller" else f"under {self.of}"
        over = "over the whole term" if self.measured == "term" else f"in each {self.measured}"
        later = f"; up to {self.defer} of it may be moved to the next" if self.defer else ""
        return (
            f"{_buyer(book, self.of)} spends at least {self.amount} {what} {over}, or pays what is "
            f"short{later}"
        )


def _buyer(book: Book, subject: str) -> str:
    agreement = book.agreements.get(subject)
    return (agreement.buyer if agreement is not None else None) or book.header.buyer


def _signed(book: Book, counted: list[Agreement], term: InForce, month: Month) -> Fraction:
    """What is due under agreements in a month, on the days on which the words are in force."""
    total = Fraction(0)
    for agreement in counted:
        for delivery in agreement.deliveries:
            first = max(term.start, delivery.start, month.first)
            last = min(term.end, delivery.until or agreement.until, agreement.until)
            days = days_in(month, first, last)
            price = price_on(book, agreement.id, first) if days else None
            if price is not None:
                total += Fraction(price.amount) * delivery.add * days * 24
    return total


def _months(first: dt.date, last: dt.date) -> Iterator[Month]:
    month = Month.of(first)
    while month.first <= last:
        yield month
        month += 1
