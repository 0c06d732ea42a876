"""Prepayment: a share of what a delivery will cost is paid ahead and credited on later invoices.

Modelled on IREN's agreement with Microsoft (2025-11-02): 20 % of each delivery prepaid, credited
after month 24. The sum itself is a pure matter of timing; what it costs is the time between.

What a plan counts: payments and credits in its months, and the balance that its own payments leave
at its end, which later invoices will not ask for again. That balance is worth its credits at the
book's discount: on the invoices that follow where they are certain, else all in the last month of
the term. What was due before the first month is paid already, and only its credits are counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import field_validator

from offtake.book.faults import Code, Fault
from offtake.book.fields import Portion
from offtake.book.force import Book
from offtake.book.samples import of_clause
from offtake.clauses.base import (
    Affine,
    Carry,
    Clause,
    Columns,
    Drawing,
    DueText,
    Line,
    PaidAhead,
    Prepaid,
    Program,
    Rebate,
    Reckoning,
    Shape,
    Span,
    Step,
    Told,
    WindowWords,
    credited,
    days_in,
    length,
    mean,
    price_on,
    priced_since,
    served,
)
from offtake.units import Calendar, Duration, Month, Share

Numbers = np.ndarray[Any, Any]
NO_TIME = Duration(0, "days")
_WORDS = "kind: prepayment, share: 20% of delivery value, due: 30 days before start"


class Prepayment(Clause):
    """The words of a prepayment."""

    kind: Literal["prepayment"] = "prepayment"
    share: Portion
    due: DueText
    credit_after: Span = Duration(0, "months")
    credit_up_to: Portion = Share.of_percent(100)

    step: ClassVar[Step] = Step.DRAW
    summary: ClassVar[str] = "a share is paid ahead and credited on later invoices"
    codes: ClassVar[dict[str, Code]] = {
        "bad-due": Code(
            "Due when?",
            "`due` is `at signing`, `at start`, or a length of time in days, business days, months "
            "or years, `before start` or `after start`.",
            "Write one of these.",
            example=of_clause(f"{{{_WORDS}}}", "30 days before start", "in advance"),
        ),
        "share-of-what": Code(
            "A share of what?",
            "A prepayment is a share of the `delivery value`, credited up to a share of the "
            "`invoice`; neither is more than 100 %.",
            "Write a plain percentage, or one of that.",
            example=of_clause(f"{{{_WORDS}}}", "20% of delivery value", "20% of invoice"),
        ),
        "credit-too-late": Code(
            "Credited after the end",
            "Credits begin after the last invoice of a delivery, so that its prepayment would "
            "never be credited.",
            "Shorten `credit_after`, or prolong the delivery.",
            example=of_clause(
                f"{{{_WORDS}, credit_after: 12 months}}", "r: 12 months}", "r: 24 months}"
            ),
        ),
    }

    @field_validator("credit_after")
    @classmethod
    def _in_months(cls, value: Duration) -> Duration:
        _ = value.months
        return value

    def check(self, book: Book) -> Iterator[Fault]:
        """Shares of the right things, and credits that can still come."""
        for field, share, of in (
            ("share", self.share, "delivery value"),
            ("credit_up_to", self.credit_up_to, "invoice"),
        ):
            if share.of not in (None, of) or share.per is not None or share.value > 1:
                hint = f"such as {share.percent:g}% of {of}, at most 100%"
                sentence = f"{share} is not a share of the {of}."
                yield Fault(self.at(field), "share-of-what", sentence, hint)
        agreement = book.agreements.get(self.of)
        own = [t for t in book.terms_of.get(self.of, ()) if t.clause is self]
        for delivery in agreement.deliveries if agreement is not None else ():
            assert agreement is not None
            if own and not own[0].on(delivery.start):
                continue
            last = min(agreement.until, delivery.until or agreement.until)
            if Month.of(delivery.start) + self.credit_after.months > Month.of(last):
                sentence = f"{delivery.id} ends on {last}, before its prepayment is credited."
                hint = "shorten credit_after, or prolong the delivery"
                yield Fault(self.at("credit_after"), "credit-too-late", sentence, hint)

    def plan(self, program: Program) -> None:
        """Cash ahead of service, and credits on the invoices."""
        lots = program.of(self.of)
        open_ = program.metered(self.of) or program.released(self.of)
        if len(lots) and open_:
            self._metered_offer(program, lots)
        elif len(lots):
            self._reserved_offer(program, lots)
        elif open_:
            self._metered_agreement(program)
        else:
            self._reserved_agreement(program)

    def prepaid(
        self, program: Program, start: dt.date, signed: dt.date | None, value: float
    ) -> Prepaid:
        """The movements of one delivery of that value; a signing day not known lies in the past."""
        calendar = program.window(WindowWords(length=NO_TIME)).calendar
        day = self.due.on(start, signed, calendar)
        first = program.grid.months[0]
        paid = Month.of(day) - first if day is not None else -1
        after = Month.of(start) + self.credit_after.months - first
        return Prepaid(float(self.share.value) * value, paid, max(after, paid))

    def shape(self, start: dt.date, months: int, signed: dt.date, book: Book) -> Iterator[Shape]:
        """Paid when due, never before it is signed; credited as soon as the invoices allow."""
        calendar = Calendar.named(book.header.calendar)
        due = max(signed, self.due.on(start, signed, calendar) or signed)
        after = max(self.credit_after.months, Month.of(due) - Month.of(start))

        def on(day: dt.date) -> Decimal:
            price = price_on(book, self.of, day, start)
            return price.amount if price is not None else Decimal(0)

        invoices = [length(span) * mean(span, on) for span in served(start, months)]
        paid = left = self.share.value * sum(invoices)
        credits: list[Decimal] = []
        for invoice in invoices[after:]:
            if left > 0:
                credits.append(min(left, self.credit_up_to.value * invoice))
                left -= credits[-1]
        yield PaidAhead(self.share.value, (start - due).days, after, max(1, len(credits)))
        for month, credit in enumerate(credits if left > 0 else (), after):
            # What no invoice is left to carry is lost.
            if invoices[month]:
                yield Rebate(month + 1, (credit - paid / len(credits)) / invoices[month])

    # --- agreements: what is delivered is known ------------------------------------------------

    def _signed(self, program: Program) -> tuple[list[Prepaid], Numbers, int]:
        """Prepayments of an agreement, its full invoices, and the month of the first one."""
        first = program.grid.months[0]
        deliveries = program.deliveries(self.of)
        if not deliveries:
            return [], np.zeros(0), 0
        begin = min(Month.of(start) for start, _, _ in deliveries)
        months = max(Month.of(end) for _, end, _ in deliveries) - begin + 1
        invoices = np.zeros(max(months, len(program.grid.months) + (first - begin)))
        prices = program.prices(self.of, [begin + n for n in range(months)])
        found = []
        for start, end, chips in deliveries:
            days = np.array([days_in(begin + n, start, end) for n in range(months)], dtype=float)
            own = prices * chips * 24.0 * days
            invoices[:months] += own
            # Prepaid on the words that are in force on its first day.
            if program.holds(start):
                found.append(self.prepaid(program, start, None, float(own.sum())))
        return found, invoices, begin - first

    def _reserved_agreement(self, program: Program) -> None:
        """All invoices are known, and so are all credits."""
        found, invoices, begin = self._signed(program)
        months = len(program.grid.months)
        found = [p for p in found if p.paid < months]
        credits = credited(found, float(self.credit_up_to.value) * invoices, begin)
        cash = _payments(found, months) - _between(credits, begin, 0, months)
        after = _between(credits, begin, months, begin + credits.size)
        worth = float(after @ _discount(program, after.size))
        paid = sum(p.sum for p in found if p.paid >= 0)
        if after.sum() > 0:
            worth *= min(1.0, paid / float(after.sum()))
        program.pays("timing", cash, worth)

    def _metered_agreement(self, program: Program) -> None:
        """Invoices follow use, or may end: before the plan all contracted, within it as planned."""
        found, invoices, begin = self._signed(program)
        months = len(program.grid.months)
        found = [p for p in found if p.paid < months]
        if not found:
            return
        caps = float(self.credit_up_to.value) * invoices
        past = [p for p in found if p.credited < 0]
        used_up = _between(credited(past, caps, begin), begin, min(begin, 0), 0).sum()
        released = np.zeros(months)
        released[0] = sum(p.sum for p in past) - used_up
        for p in found:
            if 0 <= p.credited < months:
                released[p.credited] += p.sum
        waiting = sum(p.sum for p in found if p.credited >= months)
        payments = _payments(found, months)
        program.pays("timing", payments)
        shape = (len(program.grid.scenarios), months)
        beyond = _between(caps, begin, months, begin + caps.size)
        last = int(np.flatnonzero(beyond)[-1]) + 1 if np.any(beyond > 0) else 0
        self._credits(
            program,
            program.quantity(np.broadcast_to(released, shape)),
            program.quantity(np.full((shape[0], 1), waiting)),
            program.quantity(np.full((shape[0], 1), beyond.sum())) - self._lost(program),
            last,
            most=float(payments.sum()),
        )

    # --- offers: what is delivered is decided --------------------------------------------------

    def _lots(self, program: Program, lots: Columns) -> list[tuple[Prepaid, Numbers, int]]:
        """For one chip of each lot: its prepayment, its invoices and the month of the first."""
        first = program.grid.months[0]
        out = []
        for lot in lots.lots:
            begin = lot.start - first
            months = [lot.start + n for n in range(lot.term)]
            prices = program.prices(self.of, months, since=lot.start.first)
            invoices = prices * np.array([float(m.hours) for m in months])
            own = self.prepaid(program, lot.start.first, lot.deal, float(invoices.sum()))
            paid = max(own.paid, 0)
            out.append((Prepaid(own.sum, paid, max(own.credited, paid)), invoices, begin))
        return out

    def _reserved_offer(self, program: Program, lots: Columns) -> None:
        """Linear in what is bought: the invoices of a chip are known, so are its credits."""
        months = len(program.grid.months)
        cash, worth = np.zeros((len(lots), months)), np.zeros(len(lots))
        for i, (own, invoices, begin) in enumerate(self._lots(program, lots)):
            if own.paid < months:
                credits = credited([own], float(self.credit_up_to.value) * invoices, begin)
                cash[i] = _payments([own], months) - _between(credits, begin, 0, months)
                after = _between(credits, begin, months, begin + credits.size)
                worth[i] = after @ _discount(program, after.size)
        _alike(program, lots, cash, worth)

    def _metered_offer(self, program: Program, lots: Columns) -> None:
        """As for an agreement, with what is bought in place of what was signed."""
        months = len(program.grid.months)
        every = self._lots(program, lots)
        cash = np.array([_payments([own], months) for own, _, _ in every])
        own = _alike(program, lots, cash, np.zeros(len(lots)))
        sums = np.array([[p.sum if p.paid < months else 0.0 for p, _, _ in every]])
        by_month = [
            [i for i, (p, _, _) in enumerate(every) if p.credited == t] for t in range(months)
        ]
        late = [i for i, (p, _, _) in enumerate(every) if p.credited >= months]
        beyond = np.array([[_between(v, b, months, b + v.size).sum() for _, v, b in every]])
        prepaid = program.by_scenario(own, sums)
        after = program.by_scenario(own, beyond * float(self.credit_up_to.value))
        last = max((b + v.size - months for _, v, b in every), default=0)
        everything = [list(range(len(lots)))]
        self._credits(
            program,
            prepaid.over(by_month),
            prepaid.over([late]),
            after.over(everything) - self._lost(program),
            max(last, 0),
        )

    def _lost(self, program: Program) -> Affine:
        """What invoices after the plan could bear, had nothing ended early: (scenarios, 1)."""
        after = program.grid.months[-1]
        total = program.quantity(np.zeros((len(program.grid.scenarios), 1)))
        for supply in program.supplies(self.of):
            months = [after + n for n in range(1, Month.of(supply.end) - after + 1)]
            if not months:
                continue
            prices = program.prices(self.of, months, since=priced_since(program, supply))
            days = np.array([days_in(m, supply.start, supply.end) for m in months], dtype=float)
            bears = float(self.credit_up_to.value) * float(prices @ (24.0 * days))
            total = total + program.gone(supply) * bears
        return total

    def _credits(
        self,
        program: Program,
        released: Any,
        waiting: Any,
        beyond: Any,
        last: int,
        most: float = np.inf,
    ) -> None:
        """Credits by (scenario, month) within the invoice, the balance, and what it is worth.

        `released` by (scenario or 1, month) joins the balance; `waiting` joins it after the plan;
        `beyond` is the most that invoices after the plan can bear, the last `last` months after it.
        """
        grid = program.grid
        months, scenarios = len(grid.months), len(grid.scenarios)
        own, balance = (
            program.columns("credit", (months, scenarios), stage="there", unit="money", cash=cash)
            for cash in (-np.eye(months), None)
        )
        credit, left = (program.by_scenario(c) for c in (own, balance))
        before = program.by_scenario(balance.pick(range(months - 1)))
        every = [[t] for t in range(months)]
        later = left.over(every[1:]) - before + (credit - released).over(every[1:])
        first = (left + credit - released).over(every[:1])
        for total in (first, later):
            program.rows("credit", total, unit="money", at_least=0.0, at_most=0.0)
        share = float(self.credit_up_to.value) * program.prices(self.of)
        program.rows("credit", credit - program.billed(self.of) * share, unit="money", at_most=0.0)
        kept = program.columns(
            "credit",
            (1, scenarios),
            stage="there",
            unit="money",
            upper=most,
            worth=float(_discount(program, last)[-1]) if last else 0.0,
        )
        worth = program.by_scenario(kept)
        end = left.over(every[-1:]) + waiting
        program.rows("credit", worth - end, unit="money", at_most=0.0)
        program.rows("credit", worth - beyond, unit="money", at_most=0.0)

    def settle(self, month: Reckoning) -> Iterator[Line | Carry | Told]:
        """What is due this month, and what its invoice draws; the last words of a month speak."""
        if month.days and month.days[-1].day != min(month.month.last, month.life[1]):
            return
        yield from Drawing.by(self, month).said()

    def explain(self, book: Book) -> str:
        """What is paid ahead, when, and how it comes back."""
        after = f" after {self.credit_after}" if self.credit_after.count else ""
        return (
            f"{book.header.buyer} prepays {self.seller} {self.share.percent:g}% of the value of "
            f"each delivery under {self.of}, due {self.due}, credited{after} up to "
            f"{self.credit_up_to.percent:g}% of each invoice"
        )


def _payments(found: list[Prepaid], months: int) -> Numbers:
    out = np.zeros(months)
    for p in found:
        if 0 <= p.paid < months:
            out[p.paid] += p.sum
    return out


def _between(values: Numbers, begin: int, start: int, stop: int) -> Numbers:
    """Monthly values that begin in month `begin`, from `start` up to `stop`, zero outside."""
    out = np.zeros(max(stop - start, 0))
    for n in range(out.size):
        if 0 <= start + n - begin < values.size:
            out[n] = values[start + n - begin]
    return out


def _discount(program: Program, months: int) -> Numbers:
    """Factors of the months after the plan's last, relative to it."""
    return np.asarray((1.0 + float(program.grid.annual)) ** (-np.arange(1, months + 1) / 12.0))


def _alike(program: Program, lots: Columns, cash: Numbers, worth: Numbers) -> Columns:
    """Columns equal to what is bought, that carry the clause's own cash."""
    own = program.columns("timing", (len(lots), 1), stage="here", cash=cash, worth=worth)
    program.rows("timing", program.sum(own) - program.sum(lots), at_least=0.0, at_most=0.0)
    return own
