"""What a clause may say: the faces, what each room offers them, and the values that faces return.

A clause kind is one module with one class, a frozen record of its words that also satisfies the
faces in which it has a say. A face only adds: it never looks at or changes what another clause
said, so a room can take a clause away again by taking away what is its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, Self, runtime_checkable

from offtake.book.faults import Fault
from offtake.book.fields import CalendarName, Day, PartyId, Span, TimeOfDay, Whole, Words, ZoneName
from offtake.book.record import Record
from offtake.book.records import Clause
from offtake.book.scope import Lot, Scope
from offtake.units import Clock, Duration, Month, Price, Window

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from offtake.book.force import Book

    Numbers = NDArray[np.float64]
    Indices = NDArray[np.int64]

Stage = Literal["here", "there"]
Unit = Literal["chips", "chip-hours", "money", "count"]

__all__ = [
    "Affine",
    "Ask",
    "Bought",
    "Checks",
    "Clause",
    "Columns",
    "Day",
    "Explains",
    "Grid",
    "Landing",
    "Plans",
    "Program",
    "Right",
    "Scope",
    "Span",
    "Stage",
    "Tail",
    "Unit",
    "WindowWords",
]


class WindowWords(Record):
    """How long a holder has to answer: length, closing hour, calendar and what a day off does."""

    length: Span
    closes: TimeOfDay = Clock(17, 0)
    roll: Literal["next", "none"] = "next"
    calendar: CalendarName | None = None
    timezone: ZoneName | None = None


class Tail(Record):
    """After a waiver: how long, and on what terms, the buyer may sign with the third party."""

    length: Span
    price_rise: Words | None = None
    counterparty: Literal["noticed", "any"] = "noticed"


class Right(Clause):
    """A clause that bites on other deals; the holder is the seller unless another is named."""

    holder: PartyId | None = None
    scope: Scope = Scope()
    rank: Whole = 1
    precedence: ClassVar[int] = 9

    @property
    def held_by(self) -> str:
        """The party that holds the right."""
        return self.holder or self.seller


# --- faces -----------------------------------------------------------------------------------


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
class Explains(Protocol):
    """Says in one plain sentence what the clause obliges whom to."""

    def explain(self, book: Book) -> str:
        """One sentence, for `offtake rights` and for reports."""
        ...


# --- what a plan offers to the one clause that is speaking -------------------------------------


@dataclass(frozen=True, slots=True)
class Ask:
    """A holder to be asked before a deal is signed. Plan and desk use the same value."""

    clause: str
    holder: str
    precedence: int
    rank: int
    window: Window
    when: Literal["before bids", "after bids"] = "after bids"
    reoffer: Duration | None = None
    tail: Duration | None = None


@dataclass(frozen=True, slots=True)
class Bought:
    """One thing the plan may buy or build: what, from whom, from which month, for how long."""

    id: str
    seller: str
    via: str | None
    chip: str
    region: str
    start: Month
    months: int
    lot: Lot
    price: Price | None
    deal: dt.date
    """The last day on which it can be signed so that service starts in time."""
    smallest: int = 0
    """The smallest quantity other than none, where the offer names a minimum or a block."""
    largest: int = 0
    term: int = 0
    """Months of service as they would be signed, those beyond the plan's last month too."""
    remainder_min: int = 0
    """A smaller remainder, after holders took their part, frees the seller."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Decision columns, shape (n, scenarios), or (n, 1) where all scenarios share the decision."""

    index: Indices
    lots: tuple[Bought, ...] = ()

    def __len__(self) -> int:
        return int(self.index.shape[0])

    def pick(self, keep: Sequence[int]) -> Columns:
        """Some of the columns, by position."""
        return Columns(self.index[list(keep)], tuple(self.lots[i] for i in keep))

    def where(self, test: Callable[[Bought], bool]) -> Columns:
        """The columns whose lot passes the test."""
        return self.pick([i for i, lot in enumerate(self.lots) if test(lot)])


@dataclass(frozen=True, slots=True)
class Landing:
    """The capacity rows in which lots land: for entry e, lot `lot[e]` in `row[e]`, by scenario."""

    lot: Indices
    scenario: Indices
    row: Indices
    share: Numbers


class Affine(Protocol):
    """Sums of columns and numbers, one for each cell of a (scenarios, months) grid."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The grid."""
        ...

    @property
    def fixed(self) -> Numbers:
        """The constant part, in the grid's shape."""
        ...

    def __add__(self, other: Self) -> Self: ...
    def __sub__(self, other: Self) -> Self: ...
    def __mul__(self, factor: float | Numbers) -> Self: ...

    def over(self, groups: Sequence[Sequence[int]]) -> Self:
        """The months summed into groups: shape (scenarios, groups)."""
        ...


@dataclass(frozen=True, slots=True)
class Grid:
    """The months and scenarios of a plan."""

    months: tuple[Month, ...]
    hours: Numbers
    """Hours in each month."""
    discount: Numbers
    """Factor on a payment at the end of each month, the first being t = 1."""
    scenarios: tuple[str, ...]
    weights: Numbers
    as_of: dt.date
    annual: Decimal = Decimal(0)


class Program(Protocol):
    """The programme as one clause sees it: what it adds is its own, and can be taken away.

    Money is in the book's currency, undiscounted, by month; the programme discounts it. Columns
    are chips unless a unit is named.
    """

    @property
    def grid(self) -> Grid:
        """Months, hours, scenarios."""
        ...

    @property
    def buyer(self) -> str:
        """The book's buyer."""
        ...

    @property
    def purposes(self) -> frozenset[str]:
        """The purposes for which anything is needed."""
        ...

    def holds(self, day: dt.date) -> bool:
        """Whether this clause is in force on that day."""
        ...

    def bought(self, scope: Scope, *, besides: str | None = None) -> Columns:
        """What may be bought or built in scope, if its deal falls while this clause is in force.

        `besides` leaves out what that party itself sells.
        """
        ...

    def of(self, subject: str) -> Columns:
        """Columns of one offer's purchases, or of what this clause itself made buyable."""
        ...

    def sold_by(self, seller: str) -> Columns:
        """Columns of what a seller may sell; to an offer's clause, of that offer alone."""
        ...

    def served(self, scope: Scope, *, besides: str | None = None, hourly: bool = False) -> Columns:
        """Use, by purpose and pool, in months when this clause is in force: shape (n, 1).

        `hourly` narrows it to pools that are rented by the hour.
        """
        ...

    def used(self, subject: str) -> Affine:
        """Chip-hours used of one metered agreement or offer, by (scenario, month)."""
        ...

    def contracted(self, subject: str) -> Affine:
        """Chip-hours contracted under one agreement or offer, by (scenario, month)."""
        ...

    def billed(self, subject: str) -> Affine:
        """Chip-hours on the invoice: used where billing is `used`, else contracted."""
        ...

    def price(self, subject: str) -> float:
        """Money per chip-hour of one agreement or offer."""
        ...

    def metered(self, subject: str) -> bool:
        """Whether its invoice follows use."""
        ...

    def deliveries(self, subject: str) -> tuple[tuple[dt.date, dt.date, float], ...]:
        """First day, last day and chips of each delivery under an agreement."""
        ...

    def in_force(self, *, of_life: bool = False) -> Numbers:
        """For each month the share of its days on which this clause is in force.

        `of_life`: of those days alone on which its agreement is.
        """
        ...

    def landing(self, x: Columns, *, seller: str | None = None) -> Landing:
        """Where the lots land; with `seller`, where they would land if that party served them."""
        ...

    def remaining(self, x: Columns) -> Affine:
        """What holders asked before this clause have left of each lot: (lots, outcomes)."""
        ...

    def take(self, x: Columns, own: Columns) -> None:
        """`own`, shape (lots, outcomes), goes to this clause's holder and lands with it instead."""
        ...

    def window(self, words: WindowWords) -> Window:
        """The window that the words mean, with the book's time zone and calendar by default."""
        ...

    def case(self, x: Columns) -> Numbers:
        """The value that this clause's stated case takes in each outcome of these columns.

        Scenarios in which all stated cases are the same are one outcome, unless the columns
        themselves differ by scenario: then each scenario is an outcome of its own.
        """
        ...

    def alike(self, month: Month, tolerance: float) -> tuple[tuple[int, ...], ...]:
        """Scenarios that nobody can tell apart by their demand before that month."""
        ...

    def columns(
        self,
        name: str,
        shape: tuple[int, int],
        *,
        stage: Stage,
        unit: Unit = "chips",
        cash: Numbers | None = None,
        lower: float | Numbers = 0.0,
        upper: float | Numbers = float("inf"),
        integer: bool = False,
        worth: float | Numbers = 0.0,
    ) -> Columns:
        """New columns of this clause, shape (n, scenarios) `there`, (n, 1) `here`.

        `cash` is what one unit pays by month, shape (n, months); `worth`, shape (n,), what one
        unit is still worth at the end of the plan.
        """
        ...

    def buyable(
        self,
        name: str,
        lots: tuple[Bought, ...],
        *,
        stage: Stage,
        cash: Numbers,
        upper: float,
    ) -> Columns:
        """New columns of things to buy: they land in capacity, and later clauses see them."""
        ...

    def sum(self, x: Columns, factor: float | Numbers = 1.0) -> Affine:
        """One cell for each column, times a factor."""
        ...

    def quantity(self, amounts: Numbers) -> Affine:
        """Numbers without columns, one cell each."""
        ...

    def rows(
        self,
        name: str,
        total: Any,
        *,
        unit: Unit = "chips",
        at_least: float | Numbers | None = None,
        at_most: float | Numbers | None = None,
    ) -> None:
        """One row for each cell: `at_least` ≤ total ≤ `at_most`."""
        ...

    def forbid(self, x: Columns) -> None:
        """These columns stay at zero while the clause stands."""
        ...

    def ask(self, x: Columns, ask: Ask) -> None:
        """Before any of these is signed the holder must be asked; what is too late is closed."""
        ...
