"""Sums paid ahead: when they move in a plan's months, and what a statement says of them.

A delivery is prepaid by the words that are in force on its first day, or by earlier ones where it
was due before they changed, and valued as signed: what changed or ended later was not known when it
was paid. Which words speak in a month does not matter, so the last ones of the month speak for all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from offtake.clauses.dues import Due
from offtake.clauses.figures import HOUR, number
from offtake.clauses.prices import price_on
from offtake.clauses.settling import Arrival, Carry, Line, Reckoning, Step, Told
from offtake.units import Calendar, Duration, Month, Share
from offtake.units.instants import NS
from offtake.units.minor import payable

if TYPE_CHECKING:
    from offtake.book.force import Book, InForce
    from offtake.book.records import Agreement, Delivery

Numbers = np.ndarray[Any, Any]
_BALANCE = "balance"
_ONE = dt.timedelta(days=1)
_INVOICE = (Step.CHARGE, Step.SHORTFALL, Step.SPEND, Step.CREDIT)


@dataclass(frozen=True, slots=True)
class Prepaid:
    """One delivery or lot: what is prepaid (for one chip or all), and when it moves.

    Months count from the plan's first; they may be negative or beyond its last.
    """

    sum: float
    paid: int
    credited: int


def credited(found: list[Prepaid], caps: Numbers, begin: int) -> Numbers:
    """Credits by month from `begin`, the oldest balance first, each at most its cap."""
    out, balance = np.zeros(caps.size), 0.0
    for n in range(caps.size):
        balance += sum(p.sum for p in found if max(p.credited - begin, 0) == n)
        out[n] = min(balance, caps[n])
        balance -= out[n]
    return out


class PrepaidWords(Protocol):
    """The words of a prepayment."""

    @property
    def share(self) -> Share:
        """Of the value of a delivery."""
        ...

    @property
    def due(self) -> Due:
        """When it is due."""
        ...

    @property
    def credit_after(self) -> Duration:
        """From the start of service to the first credit, in months."""
        ...

    @property
    def credit_up_to(self) -> Share:
        """Of each invoice."""
        ...


class PrepaidClause(PrepaidWords, Protocol):
    """A clause with such words."""

    @property
    def id(self) -> str:
        """Its full name."""
        ...


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is paid ahead in a month, and what of it the month's invoice draws."""

    month: Reckoning
    signed: Book
    """The book as if nothing of the agreement had ended before its time."""
    words: Mapping[str, PrepaidWords]
    """Of the first day of each delivery that is prepaid, by its id."""
    due: Mapping[str, tuple[dt.date, PrepaidWords]]
    """When each is due, and by which words. What comes late is not due later."""
    span: tuple[Month, Month]
    """In which something can be due: from signing, or the clause's first day, to its last."""
    up_to: Share
    """Of the month's invoice."""

    @classmethod
    def by(cls, clause: PrepaidClause, month: Reckoning) -> Drawing:
        """By the clause whose words speak in the month."""
        agreement, (start, end) = month.agreement, month.life
        signed = _as_signed(month.book, agreement.id)
        own = signed.agreements[agreement.id]
        if end == agreement.until:
            end = own.until
        versions = [
            (term, term.clause)
            for term in sorted(signed.terms_of[agreement.id], key=lambda term: term.start)
            if isinstance(term.clause, type(clause)) and term.clause.id == clause.id
            if start <= term.start <= end
        ]
        words = {
            delivery.id: said
            for term, said in versions
            for delivery in own.deliveries
            if delivery.start <= end and term.on(delivery.start)
        }
        due = {d.id: _due(signed, own, versions, d) for d in own.deliveries if d.id in words}
        first = min(own.known, start) if start == own.from_ else start
        span = Month.of(first), Month.of(end)
        return cls(month, signed, words, due, span, clause.credit_up_to)

    def said(self) -> Iterator[Line | Carry | Told]:
        """Payments that are due, credits, and at the end what no invoice is left to carry."""
        room = self._room()
        for delivery in self._agreement.deliveries:
            if delivery.id in self.words and self._pays(delivery):
                yield from self._payment(delivery)
        came = [a for a in self.month.arrivals if a.delivery.id in self.words]
        for arrival in sorted(came, key=lambda a: (a.promised, a.delivery.id)):
            for said in self._credit(arrival, room):
                yield said
                if isinstance(said, Line):
                    room += Fraction(said.amount.amount)
        if Month.of(self.month.life[1]) == self.month.month:
            yield from self._lost()

    def _room(self) -> Fraction:
        """The most that this month's invoice may be lowered; other clauses may have drawn on it."""
        invoice = Fraction(self.month.so_far(*_INVOICE).amount)
        drawn = Fraction(self.month.drawn().amount)
        most = payable(Fraction(self.up_to.value) * invoice, self.month.currency)
        return max(Fraction(0), min(Fraction(most.amount), invoice - drawn))

    @property
    def _agreement(self) -> Agreement:
        return self.signed.agreements[self.month.agreement.id]

    def _paid_in(self, delivery: Delivery) -> Month:
        """The month in which it is due, within those in which the clause speaks as signed."""
        first, last = self.span
        return min(max(Month.of(self.due[delivery.id][0]), first), last)

    def _pays(self, delivery: Delivery) -> bool:
        """Whether it is due this month, and was not known to have ended when it was due."""
        if self._paid_in(delivery) != self.month.month:
            return False
        book, own = self.month.book, self.month.agreement
        written = (book.written or book.agreements)[own.id]
        ends = [own.ended, *(d.ended for d in written.deliveries if d.id == delivery.id)]
        day = min(self.due[delivery.id][0], self.span[1].last, book.known)
        return not any(end is not None and end <= day for end in ends)

    def _payment(self, delivery: Delivery) -> Iterator[Line | Carry]:
        month, (due, words) = self.month.month, self.due[delivery.id]
        value, formula = self._value(delivery)
        day = min(max(due, month.first), month.last)
        line = self.month.line(
            f"paid ahead for {delivery.id}",
            Fraction(words.share.value) * value,
            f"{number(Fraction(words.share.percent))}% × {formula}",
            account="prepaid",
            delivery=delivery.id,
            first=day,
            last=day,
        )
        yield line
        kept = self.month.opening(_name(delivery.id)) + Fraction(line.amount.amount)
        yield Carry(_name(delivery.id), kept, "money")

    def _value(self, delivery: Delivery) -> tuple[Fraction, str]:
        """What a delivery costs over its life as signed, at the price of each day."""
        agreement, currency = self._agreement, self.month.currency
        last = min(agreement.until, delivery.until or agreement.until)
        length = (last - delivery.start).days + 1
        days = [delivery.start + n * _ONE for n in range(length)]
        total, hours, prices = Fraction(0), Fraction(0), []
        for price, run in groupby(days, key=self._price_on):
            every = list(run)
            begin, end = self.month.begin_of(every[0]), self.month.begin_of(every[-1] + _ONE)
            spent = Fraction((end - begin) // NS, HOUR)
            hours, total = hours + spent, total + delivery.add * spent * price
            prices.append(price)
        if len(prices) == 1:
            how = f"{number(hours)} h × {number(prices[0])} {currency}"
            return total, f"{delivery.add:,} chips × {how}"
        how = f"{delivery.add:,} chips × {number(hours)} h at the prices of their days"
        return total, f"{number(total)} {currency} ({how})"

    def _price_on(self, day: dt.date) -> Fraction:
        if self.signed is self.month.book:
            return self.month.price_on(day) or Fraction(0)
        price = price_on(self.signed, self.month.agreement.id, day)
        return Fraction(0) if price is None else Fraction(price.amount)

    def _credit(self, arrival: Arrival, room: Fraction) -> Iterator[Line | Carry]:
        """From so many months after it really came; the oldest delivery comes first."""
        delivery, month = arrival.delivery, self.month
        balance = month.opening(_name(delivery.id))
        credit = min(balance, room)
        if arrival.arrived is None or credit <= 0:
            return
        came = Month.of(month.day_of(arrival.arrived))
        if month.month < came + self.words[delivery.id].credit_after.months:
            return
        yield month.line(
            f"credit of what was paid ahead for {delivery.id}",
            -credit,
            f"the smaller of {number(balance)} left and {number(room)} {month.currency} "
            f"of the invoice (up to {number(Fraction(self.up_to.percent))}%)",
            account="prepaid",
            delivery=delivery.id,
        )
        yield Carry(_name(delivery.id), balance - credit, "money")

    def _lost(self) -> Iterator[Told | Carry]:
        for name in self.month.names():
            left = f"{number(self.month.opening(name))} {self.month.currency}"
            delivery = name.removeprefix(f"{_BALANCE} ")
            yield self.month.told(
                f"{left} paid ahead for {delivery} stay uncredited: no later invoice bears them."
            )
            yield Carry(name, Fraction(0), "money")


def _due(
    book: Book,
    agreement: Agreement,
    versions: Sequence[tuple[InForce, PrepaidWords]],
    delivery: Delivery,
) -> tuple[dt.date, PrepaidWords]:
    """The first day on which it is due by words in force then; else by those of its first day."""
    calendar, signed = Calendar.named(book.header.calendar), agreement.known
    for term, words in versions:
        since = signed if term.start == agreement.from_ else term.start
        day = max(since, words.due.on(delivery.start, signed, calendar) or since)
        if day <= term.end or term.on(delivery.start):
            break
    return day, words


def _as_signed(book: Book, agreement: str) -> Book:
    """As if nothing of it had ended; the same book, whose terms are known, where nothing has."""
    written = (book.written or book.agreements)[agreement]
    ended = (written.ended, *(delivery.ended for delivery in written.deliveries))
    return book.unended(agreement) if any(ended) else book


def _name(delivery: str) -> str:
    return f"{_BALANCE} {delivery}"
