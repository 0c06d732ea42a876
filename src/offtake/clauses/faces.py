"""The faces of a clause: what it may say, and to whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol, runtime_checkable

from offtake.book.faults import Fault
from offtake.clauses.values import Case
from offtake.units import Price

if TYPE_CHECKING:
    from offtake.book.force import Book
    from offtake.clauses.asks import Ask, Bar, Tender
    from offtake.clauses.dues import Dated
    from offtake.clauses.entitles import Grant
    from offtake.clauses.expected import Likely
    from offtake.clauses.program import Program
    from offtake.clauses.settling import Carry, Line, Reckoning, Step, Told
    from offtake.clauses.shapes import Shape


@runtime_checkable
class Checks(Protocol):
    """Finds what is wrong with this clause in its book."""

    def check(self, book: Book) -> Iterator[Fault]:
        """Every fault and warning that this clause finds."""
        ...


@runtime_checkable
class Plans(Protocol):
    """Says what the clause means for a sourcing plan."""

    def plan(self, program: Program) -> None:
        """Add columns, rows, asks and bounds; never change what is there."""
        ...


@runtime_checkable
class Rules(Protocol):
    """Says who must be asked before a lot is signed, or that nobody else may be approached."""

    def rule(self, tender: Tender) -> Iterator[Ask | Bar]:
        """Asked once, when a tender opens; what it says is kept, and the book not read again."""
        ...


@runtime_checkable
class Settles(Protocol):
    """Says what is owed for a month."""

    step: ClassVar[Step]

    def settle(self, month: Reckoning) -> Iterator[Line | Carry | Told]:
        """What this clause adds to one month's statement of its agreement.

        Asked in the order of steps. Whatever later months have to know is carried.
        """
        ...


@runtime_checkable
class Explains(Protocol):
    """Says in one plain sentence what the clause obliges whom to."""

    def explain(self, book: Book) -> str:
        """One sentence, for `offtake rights` and for reports."""
        ...


# --- what else a clause may say of itself ---------------------------------------------------------


@runtime_checkable
class Held(Protocol):
    """Somebody holds it: tables of rights list it under that party."""

    @property
    def held_by(self) -> str:
        """The party that holds it."""
        ...


@runtime_checkable
class Ranked(Protocol):
    """Its holder comes before or after others: the lower pair first, equal pairs together."""

    @property
    def precedence(self) -> int:
        """Of the kind: 1 exclusive, 2 first offer, 3 first refusal."""
        ...

    @property
    def rank(self) -> int:
        """Of the holder, among rights of one precedence."""
        ...


@runtime_checkable
class Uncertain(Protocol):
    """What its holder will do is not known: a plan makes each case a scenario."""

    def cases(self, book: Book) -> tuple[Case, ...]:
        """Each case with its value and probability; none where nothing is open any more."""
        ...


@runtime_checkable
class Eased(Protocol):
    """A figure of it can be moved so that less is asked of a plan."""

    @property
    def eases(self) -> Mapping[str, Literal["less", "more"]]:
        """By part: the share of that name, and whether less or more of it asks less."""
        ...


@runtime_checkable
class Reprices(Protocol):
    """Changes what a chip-hour costs under its agreement or offer, for all who ask the price."""

    def reprice(self, price: Price, on: dt.date, since: dt.date | None, book: Book) -> Price:
        """The price on a day from the one that stands without this clause.

        `since` is the first day of the agreement, or of service under an offer; None where
        several starts of an offer are metered together.
        """
        ...


@runtime_checkable
class PricesOver(Protocol):
    """Prices what is taken above what is contracted, on the days on which it is in force."""

    def prices_over(self, price: Fraction | None) -> Fraction:
        """Of a chip-hour above the contract where one within it costs `price`."""
        ...


@runtime_checkable
class Shapes(Protocol):
    """Says how the terms of a bid under its offer differ from a plain price."""

    def shape(self, start: dt.date, months: int, signed: dt.date, book: Book) -> Iterator[Shape]:
        """What it adds to the price on the first day of service, for so many months from it.

        `signed` is the day on which it is likely to be signed.
        """
        ...


@runtime_checkable
class Dates(Protocol):
    """States days that somebody should not miss."""

    def dates(self, book: Book, life: tuple[dt.date, dt.date]) -> Iterator[Dated]:
        """Those of an agreement's clause whose words are in force on these days, both inclusive."""
        ...


@runtime_checkable
class Subcontracts(Protocol):
    """Says to whom its seller may subcontract what it supplies to the buyer."""

    @property
    def hosts(self) -> tuple[str, ...] | None:
        """None nobody, () anyone."""
        ...


@runtime_checkable
class Entitles(Protocol):
    """Lets its holder use something that is not capacity."""

    def grant(self, buyer: str) -> Grant:
        """To whom it grants what, under an agreement with this buyer."""
        ...


@runtime_checkable
class Rehearses(Protocol):
    """Its holder is asked at a desk: a rehearsal draws what it answers from these."""

    def answers(self, book: Book) -> tuple[Likely, ...]:
        """Each answer with its weight; never empty."""
        ...
