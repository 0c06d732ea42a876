"""What a plan would pay besides what is signed: its own cash, less what its forecast settles.

A plan's cash counts both and does not say which is which. By month, payee and category the rest is
what is left of it. It is below nothing where the plan would use a right to pay less, such as an end
that an agreement allows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from offtake.book.force import Book
from offtake.plan.result import PlanResult
from offtake.settle import Statement
from offtake.units import Money, Month
from offtake.units.minor import payable

Key = tuple[Month, str, str]
"""Month, payee, category."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What the buyer would pay one payee in a month for one thing, and what of it is signed."""

    month: Month
    payee: str
    category: str
    """As in the plan's `spend`: reserved, used, on-demand, clauses, phases, chips, power, rent."""
    plan: Money
    """The plan's expected cash, to what can be paid."""
    signed: Money
    """By the statements of the forecast."""

    @property
    def rest(self) -> Money:
        """Not signed yet."""
        return self.plan - self.signed

    def data(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "month": str(self.month),
            "payee": self.payee,
            "category": self.category,
            "plan": str(self.plan.amount),
            "signed": str(self.signed.amount),
            "not_signed": str(self.rest.amount),
        }


def beside(
    book: Book, plan: PlanResult, statements: Iterable[Statement], span: tuple[Month, Month]
) -> tuple[Beside, ...]:
    """All cash of the buyer in the months that the plan and the span share, in that order."""
    currency = book.header.currency
    first, last = (max(span[0], Month.of(plan.months[0])), min(span[1], Month.of(plan.months[-1])))
    cash: dict[Key, Fraction] = {}
    for row in plan.spend.iter_rows(named=True):
        key = Month.of(row["month"]), row["who"], row["category"]
        cash[key] = cash.get(key, Fraction(0)) + Fraction(row["amount"])
    signed: dict[Key, Money] = {}
    for key, owed in _signed(book, statements):
        signed[key] = signed.get(key, Money.zero(currency)) + owed
    return tuple(
        Beside(
            *key,
            payable(cash.get(key, Fraction(0)), currency),
            signed.get(key, Money.zero(currency)),
        )
        for key in sorted({*cash, *signed})
        if first <= key[0] <= last
    )


def _signed(book: Book, statements: Iterable[Statement]) -> Iterator[tuple[Key, Money]]:
    """What the buyer owes by each line, or is owed, in the categories of a plan."""
    buyer = book.header.buyer
    for statement in statements:
        billing = book.agreements[statement.agreement].billing
        for line in statement.lines:
            category = billing if line.by == statement.agreement else "clauses"
            if line.payer == buyer:
                yield (statement.month, line.payee, category), line.amount
            elif line.payee == buyer:
                yield (statement.month, line.payer, category), -line.amount


def by_month(rows: Sequence[Beside]) -> list[tuple[Month, Money, Money, Money]]:
    """For each month what is signed, what is not, and both together: the plan's cash."""
    return [
        (month, _sum(r.signed for r in own), _sum(r.rest for r in own), _sum(r.plan for r in own))
        for month in sorted({row.month for row in rows})
        if (own := [row for row in rows if row.month == month])
    ]


def by_payee(rows: Sequence[Beside]) -> list[tuple[str, str, Money, list[Month]]]:
    """For each payee and category what is not signed over all months, and in which there is any."""
    return [
        (*key, _sum(r.rest for r in own), [r.month for r in own])
        for key in sorted({(row.payee, row.category) for row in rows})
        if (own := [r for r in rows if (r.payee, r.category) == key and r.rest.amount])
    ]


def _sum(amounts: Iterable[Money]) -> Money:
    first, *others = amounts
    return sum(others, first)
