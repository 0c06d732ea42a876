"""A statement: what two parties owe each other for a month of an agreement, and what it hands on.

Its total is the sum of its lines, each of which was rounded once. It is a value: a correction is
another statement with a higher revision, which names the one that it takes the place of.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from offtake.clauses.base import Line, Told
from offtake.units import Money, Month


@dataclass(frozen=True, slots=True)
class Carried:
    """What a clause handed on under a name."""

    by: str
    name: str
    amount: Fraction
    unit: Literal["chip-seconds", "money", "count"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line with its number in its statement, counted from 1."""

    id: str
    """`<agreement>/<month>/<number>`; of a correction `<agreement>/<month>~<revision>/<number>`."""
    line: Line


@dataclass(frozen=True, slots=True)
class Capacity:
    """Chip-seconds of the month."""

    contracted: int
    taken: int
    over: int
    """Taken above what was contracted, hour by hour."""
    excused: int

    @property
    def unused(self) -> int:
        """Contracted, not excused, and not taken; never below nothing."""
        return max(0, self.contracted - self.excused - (self.taken - self.over))


@dataclass(frozen=True, slots=True)
class Statement:
    """One month of one agreement."""

    agreement: str
    month: Month
    buyer: str
    seller: str
    host: str
    """Who really runs the capacity: the seller unless the agreement says otherwise."""
    currency: str
    entries: tuple[Entry, ...]
    capacity: Capacity
    metered: bool
    """Whether use was metered; else it was taken to be what was contracted."""
    carried: tuple[Carried, ...]
    told: tuple[Told, ...]
    sources: tuple[str, ...] = ()
    """The files of which the use was read, with their digests."""
    forecast: bool = False
    revision: int = 1
    replaces: str | None = None
    """The id of the statement that this one takes the place of."""
    chip: str = ""
    """Of which chip the capacity is, where all deliveries are of one."""

    @property
    def id(self) -> str:
        """`<agreement>/<month>`, with `~<revision>` from the second on."""
        return statement_id(self.agreement, self.month, self.revision)

    @property
    def lines(self) -> Iterator[Line]:
        """Its lines."""
        return (entry.line for entry in self.entries)

    @property
    def total(self) -> Money:
        """What the buyer owes the seller in the end; negative where the seller owes the buyer."""
        return self.owed(self.buyer, self.seller)

    def owed(self, payer: str, payee: str) -> Money:
        """What one party owes another in the end, by these lines."""
        owed = Money.zero(self.currency)
        for line in self.lines:
            if (line.payer, line.payee) == (payer, payee):
                owed += line.amount
            elif (line.payer, line.payee) == (payee, payer):
                owed -= line.amount
        return owed

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Between whom money is owed: buyer and seller first, each pair once."""
        found = dict.fromkeys([(self.buyer, self.seller)])
        for line in self.lines:
            if (line.payee, line.payer) not in found:
                found.setdefault((line.payer, line.payee))
        return tuple(found)

    @property
    def opening(self) -> Mapping[tuple[str, str], Carried]:
        """What the next month opens with, by clause and name."""
        return {(c.by, c.name): c for c in self.carried}


def statement_id(agreement: str, month: Month, revision: int = 1) -> str:
    """How a statement is named."""
    return f"{agreement}/{month}" + (f"~{revision}" if revision > 1 else "")


def days_between(first: dt.date, last: dt.date) -> int:
    """Days from first to last, both inclusive; 0 where they cross."""
    return max(0, (last - first).days + 1)
