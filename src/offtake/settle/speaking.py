"""What one clause is offered of one month of its agreement: `Reckoning` made real."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from offtake.book.force import Book, InForce
from offtake.book.records import Agreement
from offtake.clauses.base import Arrival, Comparable, Line, Measured, Revenue, Served, Step, Told
from offtake.clauses.periods import MEASURED_MONTHS
from offtake.clauses.settling import Account
from offtake.settle.serving import Serving
from offtake.settle.statement import Carried
from offtake.units import Money, Month
from offtake.units.instants import Instant
from offtake.units.minor import payable

EARNED = (Step.CHARGE, Step.SHORTFALL)
"""What counts as spent."""
_ONE = dt.timedelta(days=1)


@dataclass
class Under:
    """One agreement while its month is reckoned: what has been said of it so far."""

    serving: Serving
    month: Month
    buyer: str
    carried: dict[tuple[str, str], Carried]
    lines: list[Line] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    @cached_property
    def days(self) -> tuple[Served, ...]:
        """The days on which it is in force."""
        return self.serving.days(self.month)

    @cached_property
    def arrivals(self) -> tuple[Arrival, ...]:
        """Its deliveries as known at the month's end."""
        return self.serving.arrived_by(self.month)

    @property
    def agreement(self) -> Agreement:
        """The agreement."""
        return self.serving.agreement

    def owed(self, steps: Sequence[Step]) -> Money:
        """What the lines of some steps make the buyer owe the seller."""
        total = Money.zero(self.serving.book.header.currency)
        for line in self.lines:
            if line.step not in steps:
                continue
            if (line.payer, line.payee) == (self.buyer, self.agreement.seller):
                total += line.amount
            elif (line.payee, line.payer) == (self.buyer, self.agreement.seller):
                total -= line.amount
        return total


@dataclass(frozen=True)
class Speaking:
    """The month, bound to one version of one clause. `step` is when it speaks."""

    under: Under
    term: InForce
    step: Step
    spent: Callable[[str, str], Fraction]
    """What a buyer spends with a seller on the days of these words, over all agreements."""

    @property
    def book(self) -> Book:
        """The book."""
        return self.under.serving.book

    @property
    def agreement(self) -> Agreement:
        """The agreement."""
        return self.under.agreement

    @property
    def month(self) -> Month:
        """The month."""
        return self.under.month

    @property
    def buyer(self) -> str:
        """Who buys under the agreement."""
        return self.under.buyer

    @property
    def currency(self) -> str:
        """The book's."""
        return self.book.header.currency

    @property
    def forecast(self) -> bool:
        """Whether the inputs are a plan's expectation."""
        return self.under.serving.inputs.forecast

    @cached_property
    def days(self) -> tuple[Served, ...]:
        """Days on which these words are in force."""
        return tuple(d for d in self.under.days if self.term.on(d.day))

    @property
    def every_day(self) -> tuple[Served, ...]:
        """Days on which the agreement is."""
        return self.under.days

    @property
    def arrivals(self) -> tuple[Arrival, ...]:
        """Deliveries as known at the month's end."""
        return self.under.arrivals

    @cached_property
    def life(self) -> tuple[dt.date, dt.date]:
        """Over all versions of the clause that follow one another without a gap."""
        start, end = self.term.start, self.term.end
        own = self.book.terms_of.get(self.agreement.id, ())
        spans = sorted((t.start, t.end) for t in own if t.clause.id == self.term.clause.id)
        for first, last in spans:
            end = last if first == end + _ONE else end
        for first, last in reversed(spans):
            start = first if last == start - _ONE else start
        return start, end

    def ends(self, measured: Measured) -> bool:
        """Whether the period or the clause's life ends this month; only its last words say so."""
        last = self.life[1]
        if self.term.end < min(last, self.month.last):
            return False
        if Month.of(last) == self.month:
            return True
        if measured == "term":
            return False
        return self.month.number % MEASURED_MONTHS[measured] == 0

    def contracted_of(self, agreement: str, delivery: str, first: dt.date, last: dt.date) -> int:
        """Chip-seconds of a delivery of any agreement as it came."""
        own = self.under.serving
        other = Serving(own.book, own.book.agreements[agreement], own.inputs, own.clock)
        return other.contracted_of(delivery, first, last)

    def begin_of(self, day: dt.date) -> Instant:
        """The first instant of a day on the book's clock."""
        return self.under.serving.clock.begin_of(day)

    def day_of(self, at: Instant) -> dt.date:
        """The day of an instant on the book's clock."""
        return self.under.serving.clock.day_of(at)

    def price_on(self, day: dt.date) -> Fraction | None:
        """The agreement's price on a day."""
        return self.under.serving.price_on(day)

    def opening(self, name: str) -> Fraction:
        """What the clause carried, in an earlier month or by earlier words of this one."""
        carried = self.under.carried.get((self.term.clause.id, name))
        return carried.amount if carried is not None else Fraction(0)

    def names(self) -> tuple[str, ...]:
        """The names under which it carried something."""
        return tuple(sorted(n for by, n in self.under.carried if by == self.term.clause.id))

    def so_far(self, *steps: Step) -> Money:
        """Owed by the lines of earlier steps."""
        return self.under.owed(steps)

    def lines(self, step: Step) -> tuple[Line, ...]:
        """The lines of an earlier step."""
        return tuple(line for line in self.under.lines if line.step == step)

    def drawn(self) -> Money:
        """Covered by payments ahead."""
        drawn = Money.zero(self.currency)
        for line in self.under.lines:
            if line.step == Step.DRAW and line.amount.amount < 0:
                drawn -= line.amount
        return drawn

    def spent_with(self, seller: str) -> Fraction:
        """Charges and shortfalls of these words' days with a seller, over all agreements."""
        return self.spent(self.buyer, seller)

    def revenues(self) -> tuple[Revenue, ...]:
        """What was earned this month, told of this clause."""
        every = self.under.serving.inputs.revenues.get(self.term.clause.id, ())
        return tuple(r for r in every if r.month == self.month)

    def comparables(self, clause: str | None = None) -> tuple[Comparable, ...]:
        """What others paid, told of this clause or of another."""
        return self.under.serving.inputs.comparables.get(clause or self.term.clause.id, ())

    def line(
        self,
        item: str,
        exact: Fraction,
        why: str,
        *,
        account: Account = "charge",
        quantity: int | None = None,
        price: Fraction | None = None,
        delivery: str | None = None,
        payer: str | None = None,
        payee: str | None = None,
        first: dt.date | None = None,
        last: dt.date | None = None,
        causes: Sequence[str] = (),
    ) -> Line:
        """A line of this clause, rounded here."""
        days = self.days or self.every_day
        return Line(
            self.step,
            self.term.clause.id,
            item,
            why,
            payer or self.buyer,
            payee or self.agreement.seller,
            payable(exact, self.currency),
            account,
            first or (days[0].day if days else self.month.first),
            last or (days[-1].day if days else self.month.last),
            self.term.clause.place,
            quantity,
            price,
            delivery,
            tuple(causes),
        )

    def told(self, sentence: str) -> Told:
        """A remark of this clause."""
        return Told(self.term.clause.id, sentence, self.term.clause.place)
