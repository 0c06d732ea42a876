"""The faces of a clause, and what a plan offers to the one clause that is speaking."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from offtake.book.faults import Fault
from offtake.book.scope import Scope
from offtake.clauses.values import (
    Affine,
    Ask,
    Bought,
    Columns,
    Grid,
    Landing,
    Stage,
    Unit,
    WindowWords,
)
from offtake.units import Month, Window

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from offtake.book.force import Book

    Numbers = NDArray[np.float64]


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

    def most(self, subject: str) -> Numbers:
        """The most chip-hours that can be contracted in each month."""
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
        """What holders asked before this clause's have left of each lot: (lots, outcomes)."""
        ...

    def take(self, x: Columns, own: Columns) -> None:
        """`own`, shape (lots, outcomes), goes to this clause's holder and lands with it instead."""
        ...

    def window(self, words: WindowWords) -> Window:
        """The window that the words mean, with the book's time zone and calendar by default."""
        ...

    def case(self, x: Columns) -> Numbers:
        """The value that this clause's stated case takes: shape (lots, outcomes).

        Where rights of one precedence and rank would take more than all of a lot together, each
        has its part pro rata.

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

    def by_scenario(self, x: Columns, factor: float | Numbers = 1.0) -> Affine:
        """The same in the grid's order: one cell for each (scenario, column)."""
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
