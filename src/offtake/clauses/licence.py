"""Licence: who may use what, in which field and products, until when, and for which fee.

A licence moves no capacity; a fee that the book's buyer owes is part of what a plan costs. Modelled
on Microsoft's rights to OpenAI's models (2025-01-21; until 2032 since 2025-10-28; non-exclusive
since 2026-04-27).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar, Literal

from pydantic import Field

from offtake.book.faults import Code, Fault
from offtake.book.fields import Flag, PartyId, UnitPrice, Words
from offtake.book.force import Book
from offtake.book.samples import CLAUSES, beside_another, of_clause
from offtake.clauses.base import Clause, Day, Grant, Line, Program, Reckoning, Step, number

MONTHS = {"month": 1, "year": 12}


class Licence(Clause):
    """The words of a licence."""

    kind: Literal["licence"] = "licence"
    holder: PartyId | None = Field(default=None, description="who may use it, if not the seller")
    what: Words = Field(alias="of", description="what is licensed")
    field: Words | None = Field(default=None, description="what it may be used for")
    products: tuple[Words, ...] = ()
    exclusive: Flag = False
    until: Day | None = Field(default=None, description="last day; the agreement's unless stated")
    fee: UnitPrice | None = Field(default=None, description="what the holder pays")

    step: ClassVar[Step] = Step.SHARE
    summary: ClassVar[str] = "who may use what, until when, for which fee"
    codes: ClassVar[dict[str, Code]] = {
        "licence-fee": Code(
            "A fee per what?",
            "A licence fee is money per month or per year.",
            "Convert the fee.",
            example=of_clause(
                "{kind: licence, holder: lab, of: a model, fee: 10 M USD per year}",
                "fee: 10 M USD per year",
                "fee: 10 M USD per chip",
            ),
        ),
        "licence-ended": Code(
            "Ended before it began",
            "The licence ends before the clause comes into force.",
            "Mend `until`, or the first day of the agreement.",
            example=of_clause(
                "{kind: licence, holder: lab, of: a model, until: 2026-01-31}",
                "2026-01-31",
                "2025-01-31",
            ),
        ),
        "licence-overlap": Code(
            "Two exclusive licences",
            "Two parties hold an exclusive licence on the same thing, in the same field, at the "
            "same time.",
            "End one before the other begins, or write `exclusive: false`.",
            example=beside_another(
                "{kind: licence, of: a model, exclusive: true}",
                "exclusive: false",
                "exclusive: true",
                f"{CLAUSES}  - {{kind: licence, of: a model, exclusive: false}}\n",
            ),
        ),
    }

    @property
    def held_by(self) -> str:
        """The party that may use it: a licence is `Held`, so tables of rights list it as one."""
        return self.holder or self.seller

    def check(self, book: Book) -> Iterator[Fault]:
        """A fee per month or year; days in order; one exclusive holder at a time."""
        if self.fee is not None and self.fee.per not in MONTHS:
            sentence = f"A licence fee is not per {self.fee.per}."
            yield Fault(self.at("fee"), "licence-fee", sentence, "such as 10 M USD per year")
        for mine in (t for t in book.terms if t.clause is self):
            if self.until is not None and self.until < mine.start:
                sentence = f"The licence ends on {self.until}, before it begins on {mine.start}."
                yield Fault(self.at("until"), "licence-ended", sentence, "mend one of the days")
            for term in book.terms:
                other = term.clause
                if (
                    isinstance(other, Licence)
                    and self.exclusive
                    and other.exclusive
                    and other.place > self.place
                    and (other.what, other.field) == (self.what, self.field)
                    and other.held_by != self.held_by
                    and max(term.start, mine.start)
                    <= min(other._ends(term.end), self._ends(mine.end))
                ):
                    sentence = (
                        f"{other.held_by} and {self.held_by} both hold an exclusive licence "
                        f"on {self.what}."
                    )
                    hint = f"end one before the other begins; it stands at {self.place}"
                    yield Fault(other.place, "licence-overlap", sentence, hint)

    def _ends(self, day: Day) -> Day:
        return min(day, self.until) if self.until is not None else day

    def plan(self, program: Program) -> None:
        """The fee, month by month, where the book's buyer owes it."""
        if self.fee is None or self.held_by != program.buyer:
            return
        each = float(self.fee.amount) / MONTHS[self.fee.per]
        program.pays("fee", each * program.in_force(until=self.until))

    def settle(self, month: Reckoning) -> Iterator[Line]:
        """The fee of a month by its days, from the holder to the other side."""
        days = [d.day for d in month.days if self.until is None or d.day <= self.until]
        if self.fee is None or not days:
            return
        each, whole = Fraction(self.fee.amount), month.month.days
        part = f" × {len(days)}/{whole} days" if len(days) < whole else ""
        seller = month.agreement.seller
        yield month.line(
            f"licence: {self.what}",
            each / MONTHS[self.fee.per] * Fraction(len(days), whole),
            f"{number(each)} {month.currency}{' / 12' if self.fee.per == 'year' else ''}{part}",
            account="fee",
            payer=self.held_by,
            payee=month.buyer if self.held_by == seller else seller,
            first=days[0],
            last=days[-1],
        )

    def grant(self, buyer: str) -> Grant:
        """What it lets its holder use; the other side of the agreement lets it."""
        sides = {self.seller: buyer, buyer: self.seller}
        return Grant(
            self.held_by,
            sides.get(self.held_by),
            self.what,
            self.field,
            self.products,
            self.exclusive,
            self.until,
        )

    def explain(self, book: Book) -> str:
        """Who may use what."""
        field = f" for {self.field}" if self.field else ""
        products = f" ({', '.join(self.products)})" if self.products else ""
        alone = "alone " if self.exclusive else ""
        until = f" until {self.until}" if self.until else ""
        fee = f", for {self.fee}" if self.fee else ""
        return f"{self.held_by} {alone}may use {self.what}{field}{products}{until}{fee}"
