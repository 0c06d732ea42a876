"""What passes between a clause and a settlement: a month of one agreement, lines, what is carried.

Chip-hours are counted in chip-seconds, in whole numbers. What is owed stays an exact fraction of
the currency's unit until its line is made; there it is rounded, once, half to even.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, Protocol

from offtake.book.faults import Place
from offtake.clauses.periods import Measured
from offtake.units import Month
from offtake.units.instants import Instant

if TYPE_CHECKING:
    from offtake.book.force import Book
    from offtake.book.records import Agreement, Delivery
    from offtake.units import Money


class Step(IntEnum):
    """When a clause speaks: it sees what the steps before it have made of every agreement."""

    CHARGE = 1
    """What is delivered or taken, and what makes it dearer or cheaper."""
    SHORTFALL = 2
    """What was promised to be taken and was not."""
    SPEND = 3
    """What was promised to be spent and was not."""
    CREDIT = 4
    """What the seller gives back."""
    DRAW = 5
    """What is paid ahead, and what earlier payments ahead cover."""
    SHARE = 6
    """Licences and shares of revenue."""


Account = Literal["charge", "shortfall", "credit", "prepaid", "premium", "fee", "royalty"]
"""What a line is for, to a bookkeeper: `prepaid` is an asset until it is drawn."""


@dataclass(frozen=True, slots=True)
class Served:
    """One local day of an agreement: what was contracted, taken and excused, and at which price."""

    day: dt.date
    seconds: int
    """23, 24 or 25 hours where clocks change."""
    price: Fraction | None
    """Of a chip-hour, after all that reprices it; None where the agreement states none."""
    contracted: int
    """Chip-seconds of deliveries in service."""
    taken: int
    over: int
    """Chip-seconds taken above what was contracted, hour by hour."""
    excused: int
    """Chip-seconds contracted that the seller, or force majeure, kept from the buyer."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One delivery as it came: promised and actual first instants, chips, last day of service."""

    delivery: Delivery
    promised: Instant
    arrived: Instant | None
    """None where it has not come by the end of the month."""
    last: dt.date
    """The last day of service as signed."""
    place: Place | None = None
    """Where its coming is written, if it is."""


@dataclass(frozen=True, slots=True)
class Revenue:
    """What somebody earned in a month, and where that is written."""

    month: Month
    amount: Money
    place: Place


@dataclass(frozen=True, slots=True)
class Comparable:
    """What another customer of the seller paid for a chip-hour, and where that is written."""

    customer: str
    first: dt.date
    last: dt.date
    price: Fraction
    chips: int
    place: Place


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement. A negative amount is the payer's credit."""

    step: Step
    by: str
    """The clause, or the agreement itself."""
    item: str
    why: str
    """The formula with its numbers."""
    payer: str
    payee: str
    amount: Money
    account: Account
    first: dt.date
    last: dt.date
    place: Place
    quantity: int | None = None
    """Chip-seconds, where the line has some."""
    price: Fraction | None = None
    """Of a chip-hour, where the line has one."""
    delivery: str | None = None
    causes: tuple[str, ...] = ()
    """Besides the clause: rows of files, deliveries."""


@dataclass(frozen=True, slots=True)
class Carry:
    """What a clause hands to later months under a name, until it says otherwise; 0 is nothing."""

    name: str
    amount: Fraction
    unit: Literal["chip-seconds", "money", "count"]


@dataclass(frozen=True, slots=True)
class Told:
    """What a controller should know and nobody owes: a right that arose, a figure that lacks."""

    by: str
    sentence: str
    place: Place


class Reckoning(Protocol):
    """One month of one agreement, bound to the one clause that is speaking.

    It speaks once for each version of its words that is in force in the month, and in the months
    from signing to the first day of the agreement, when `days` is empty.
    """

    @property
    def book(self) -> Book:
        """The book."""
        ...

    @property
    def agreement(self) -> Agreement:
        """The agreement."""
        ...

    @property
    def month(self) -> Month:
        """The month."""
        ...

    @property
    def buyer(self) -> str:
        """Who buys under the agreement."""
        ...

    @property
    def currency(self) -> str:
        """The book's, in which all is owed."""
        ...

    @property
    def forecast(self) -> bool:
        """Whether this is what a plan expects, and not what happened."""
        ...

    @property
    def days(self) -> Sequence[Served]:
        """The days of the month on which these words and the agreement are in force."""
        ...

    @property
    def every_day(self) -> Sequence[Served]:
        """All days of the month on which the agreement is in force."""
        ...

    @property
    def arrivals(self) -> Sequence[Arrival]:
        """Every delivery of the agreement, those of other months too, as known at month's end."""
        ...

    @property
    def life(self) -> tuple[dt.date, dt.date]:
        """The first and last day of the clause, over versions that follow without a gap."""
        ...

    def ends(self, measured: Measured) -> bool:
        """Whether the period that is measured ends this month, or the clause's life does."""
        ...

    def contracted_of(self, agreement: str, delivery: str, first: dt.date, last: dt.date) -> int:
        """Chip-seconds of a delivery of any agreement as it came; both days are included."""
        ...

    def begin_of(self, day: dt.date) -> Instant:
        """The instant at which a day begins on the book's clock."""
        ...

    def day_of(self, at: Instant) -> dt.date:
        """The day of an instant on the book's clock."""
        ...

    def price_on(self, day: dt.date) -> Fraction | None:
        """The agreement's price of a chip-hour on any day."""
        ...

    def opening(self, name: str) -> Fraction:
        """What the clause has carried under a name; nothing is 0."""
        ...

    def names(self) -> Sequence[str]:
        """The names under which the clause has carried something, in the order of their texts."""
        ...

    def so_far(self, *steps: Step) -> Money:
        """What the lines of those earlier steps make the buyer owe the seller this month."""
        ...

    def lines(self, step: Step) -> Sequence[Line]:
        """The lines of an earlier step of this month."""
        ...

    def drawn(self) -> Money:
        """What payments ahead have covered of this month's invoice so far."""
        ...

    def spent_with(self, seller: str) -> Fraction:
        """Charges and shortfalls of all agreements of the buyer with a seller.

        Of each agreement the part of its days on which these words are in force.
        """
        ...

    def revenues(self) -> Sequence[Revenue]:
        """What was earned in this month, by what is told of this clause."""
        ...

    def comparables(self, clause: str | None = None) -> Sequence[Comparable]:
        """What others paid, by what is told of this clause, or of another of the agreement's."""
        ...

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
        """A line of this clause: the buyer owes the seller so much unless said otherwise.

        `exact` is in plain units of the currency and is rounded here. Days are those of `days`
        unless stated.
        """
        ...

    def told(self, sentence: str) -> Told:
        """A remark of this clause."""
        ...
