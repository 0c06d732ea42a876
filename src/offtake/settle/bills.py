"""What somebody else says is owed: the charges of a bill. And what kind of charge a line is.

The kinds are those of FOCUS (the FinOps Open Cost and Usage Specification), so that a bill and a
statement can be laid side by side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from offtake.book.faults import Place
from offtake.clauses.base import Line
from offtake.settle.statement import Entry, Statement
from offtake.units import Month
from offtake.units.minor import minor_of

Category = Literal["Usage", "Purchase", "Tax", "Credit", "Adjustment"]
_BOUGHT = frozenset({"prepaid", "premium", "fee", "royalty"})


@dataclass(frozen=True, slots=True)
class Charge:
    """One row of a bill."""

    place: Place
    month: Month
    category: Category
    what: str
    cost: Fraction
    """In plain units of the currency, as billed; a credit is negative."""
    accounts: tuple[str, ...] = ()
    """By what it may be known whose it is, the surest first: contract, account, invoice."""
    seller: str = ""
    quantity: Fraction | None = None
    """Chip-hours, where it states some."""
    price: Fraction | None = None
    """Of a chip-hour, where it states one."""
    resource: str = ""
    line: str = ""
    """The line of our own statement that it says it is."""
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Bill:
    """The charges of a bill, in one currency."""

    name: str
    currency: str
    charges: tuple[Charge, ...]

    @property
    def months(self) -> tuple[Month, ...]:
        """The months that it bills."""
        return tuple(sorted({charge.month for charge in self.charges}))


@dataclass(frozen=True, slots=True)
class Invoiced:
    """A line as one party invoices another for it."""

    entry: Entry
    payer: str
    payee: str
    invoice: str
    """The statement's id; between others than buyer and seller theirs are added."""
    billed: int
    """In the currency's smallest units; negative where the payee owes it."""

    @property
    def line(self) -> Line:
        """The line."""
        return self.entry.line


def invoiced(statement: Statement) -> Iterator[Invoiced]:
    """Every line of a statement, each on the invoice of its pair of parties."""
    pairs = statement.pairs
    for entry in statement.entries:
        line = entry.line
        straight = (line.payer, line.payee) in pairs
        pair = (line.payer, line.payee) if straight else (line.payee, line.payer)
        own = pair == (statement.buyer, statement.seller)
        invoice = statement.id if own else f"{statement.id}/{pair[0]}-to-{pair[1]}"
        amount = minor_of(line.amount)
        yield Invoiced(entry, *pair, invoice, amount if straight else -amount)


def category_of(line: Line, billed: int, of: str, billing: str) -> Category:
    """The kind of charge of a line of agreement `of` that is billed so.

    Usage is what capacity was used or held, each chip-hour of it once: where use is billed, what
    a clause adds to it is an adjustment, since the agreement's own line has counted those hours.
    """
    if line.account == "credit" and billed < 0:
        return "Credit"
    if line.account in _BOUGHT and billed > 0:
        return "Purchase"
    counted = line.quantity is not None and line.price is not None and billed >= 0
    if line.account == "charge" and counted and (line.by == of or billing == "reserved"):
        return "Usage"
    return "Adjustment"
