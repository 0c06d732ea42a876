"""What a plan offers to the one clause that is speaking, and when a clause may ask for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from offtake.book.records import Clause
from offtake.book.scope import Scope
from offtake.clauses.asks import Ask, WindowWords
from offtake.clauses.values import (
    Affine,
    Bought,
    Columns,
    Grid,
    Landing,
    Stage,
    Supply,
    Unit,
)
from offtake.units import Month, Price, Window

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

LOOK_AT_PURCHASES: Final = 20
"""The first turn that sees what may be bought: what makes things buyable speaks before it."""
LOOK_AT_SUPPLY: Final = 40
"""The first turn that sees what has landed where, and may take it out of service."""
LOOK_AT_USE: Final = 50
"""The first turn that sees use: whatever lets capacity land elsewhere speaks before it."""


class OutOfTurnError(RuntimeError):
    """A clause kind does something in a turn in which others have already looked, or not yet acted.

    It is a fault of the kind's code, never of a book: its class must state another `turn`.
    """

    names_its_clause = True


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

    @property
    def first(self) -> Month:
        """The book's first month; the plan's own is later where earlier months have passed."""
        ...

    def holds(self, day: dt.date) -> bool:
        """Whether this clause is in force on that day."""
        ...

    def life(self) -> tuple[dt.date, dt.date]:
        """First and last day of this clause, over all the words that it has had or will have."""
        ...

    def versions(
        self, months: Sequence[Month], until: Callable[[Clause], dt.date | None] | None = None
    ) -> tuple[tuple[Clause, Numbers], ...]:
        """The words that this clause had before, then these: each with `in_force` of the months.

        `until` tells the last day that such words state, if they do.
        """
        ...

    def bought(self, scope: Scope, *, besides: str | None = None) -> Columns:
        """What may be bought or built in scope, if its deal falls while this clause is in force.

        `besides` leaves out what that party itself sells. From turn 20 on.
        """
        ...

    def of(self, subject: str) -> Columns:
        """Columns of one offer's purchases, or of what this clause itself made buyable."""
        ...

    def sold_by(self, seller: str) -> Columns:
        """Columns of what a seller may sell; to an offer's clause, of that offer alone.

        From turn 20 on.
        """
        ...

    def signed_with(self, seller: str) -> tuple[tuple[str, Numbers], ...]:
        """Host and chips in service by month of each of the buyer's agreements with a seller.

        The host is the seller itself where nobody else is named. To an offer's clause: none.
        """
        ...

    def served(self, scope: Scope, *, besides: str | None = None, hourly: bool = False) -> Columns:
        """Use, by purpose and pool, in months when this clause is in force: shape (n, 1).

        `hourly` narrows it to pools that are rented by the hour. From turn 50 on.
        """
        ...

    def used(self, subject: str) -> Affine:
        """Chip-hours used of one metered agreement or offer, by (scenario, month).

        From turn 50 on.
        """
        ...

    def contracted(self, subject: str) -> Affine:
        """Chip-hours contracted under one agreement or offer, by (scenario, month)."""
        ...

    def gone(self, supply: Supply) -> Affine:
        """Chips of a delivery or lot that will never serve again after the plan: (scenarios, 1).

        They have ended early, or come when it is over. From turn 50 on.
        """
        ...

    def released(self, subject: str) -> bool:
        """Whether something of an agreement or offer may leave service before its end.

        Then what is contracted is not known beforehand. From turn 50 on.
        """
        ...

    def most(self, subject: str) -> Numbers:
        """The most chip-hours that can be contracted in each month."""
        ...

    def billed(self, subject: str) -> Affine:
        """Chip-hours on the invoice: used where billing is `used`, else contracted.

        From turn 50 on.
        """
        ...

    def prices(
        self, subject: str, months: Sequence[Month] | None = None, *, since: dt.date | None = None
    ) -> Numbers:
        """Money per chip-hour of one agreement or offer, in the plan's months or in others.

        `since` is the first day of service of a lot: an escalator may count from it.
        """
        ...

    def metered(self, subject: str) -> bool:
        """Whether its invoice follows use."""
        ...

    def deliveries(self, subject: str) -> tuple[tuple[dt.date, dt.date, float], ...]:
        """First day, last day and chips of each delivery under an agreement."""
        ...

    def price_on(self, subject: str, day: dt.date, *, since: dt.date | None = None) -> Price | None:
        """The price per chip-hour of an agreement or offer on one day."""
        ...

    def price_on_curve(self, curve: str, day: dt.date) -> Price:
        """The price per chip-hour of one of the book's curves on a day, as known to the plan."""
        ...

    def supplies(self, subject: str) -> tuple[Supply, ...]:
        """What an agreement has signed and an offer may bring into service within the plan.

        What a holder of a right may take of a lot is not left out: see `kept`.
        """
        ...

    def kept(self, supply: Supply) -> Affine:
        """Chips of a delivery or lot that stay with its seller: shape (scenarios, 1).

        What a holder of a right takes is signed with the holder. From turn 40 on.
        """
        ...

    def serving(self, supply: Supply) -> Affine:
        """Chips of a delivery or lot in service, by (scenario, month).

        Without what holders took and what was released in earlier turns. From turn 40 on.
        """
        ...

    def withdraw(
        self,
        own: Columns,
        supply: Supply,
        parts: Numbers,
        *,
        released: bool,
        gone: Numbers | None = None,
    ) -> None:
        """One unit of column i takes `parts[i]` chips out of a delivery or lot, month by month.

        `released`: they are no longer contracted. Else they stay contracted, and count as used
        where the invoice follows use. `parts` has shape (n, months), `own` (n, scenarios or 1).
        `gone`, shape (n,), is what it still takes on the last day of service, which `parts`, as
        means over months, tell only where that does not change within the last month. In turns 40
        to 49.
        """
        ...

    def tell(
        self,
        what: str,
        own: Columns,
        supply: str,
        *,
        chips: float | Numbers,
        by: Sequence[dt.date | None],
        start: Sequence[dt.date],
    ) -> None:
        """Have tables say what is chosen: a verb, and for each column its chips and its days.

        `by` is the last day to say so, `start` the first day on which it holds.
        """
        ...

    def follows(self, own: Columns, supply: Supply, *, but: Any = None) -> None:
        """Together no more of these, shape (n, scenarios or 1), than is left at the end of a
        delivery or lot: what was kept of it and not released before, by whatever clause.

        With `but`, shape (scenarios, 1), no less than that without so many chips either.
        """
        ...

    def while_there(self, own: Columns, supply: Supply, month: int, share: float) -> None:
        """No more of these, shape (1, scenarios), than chips of a delivery or lot in that month.

        `share` is the part of the month in which one chip serves that nobody takes out of service;
        whatever a clause of any turn releases is out of it.
        """
        ...

    def spend(self, seller: str) -> Affine:
        """Money paid to a seller for capacity, by (scenario, month), undiscounted.

        By agreements and offers, reserved or as used, and for what it took under its rights.
        From turn 50 on.
        """
        ...

    def in_service(self, x: Columns, *, seller: str | None = None) -> Affine:
        """Chips of lots in service, by (scenario, month); with `seller`, those that it serves.

        From turn 40 on.
        """
        ...

    def stated(self) -> Numbers:
        """The value of this clause's stated case in each scenario."""
        ...

    def in_force(self, *, of_life: bool = False, until: dt.date | None = None) -> Numbers:
        """For each month the share of its days on which this clause is in force.

        `of_life`: of those days alone on which its agreement is. `until`: to that day at most.
        """
        ...

    def landing(self, x: Columns, *, seller: str | None = None) -> Landing:
        """Where the lots land; with `seller`, where they would land if that party served them.

        Before turn 50.
        """
        ...

    def remaining(self, x: Columns) -> Affine:
        """What holders asked before this clause's have left of each lot: (lots, outcomes)."""
        ...

    def take(self, x: Columns, own: Columns) -> None:
        """`own`, shape (lots, outcomes), goes to this clause's holder and lands with it instead.

        Before turn 40.
        """
        ...

    def window(self, words: WindowWords) -> Window:
        """The window that the words mean, with the book's time zone and calendar by default."""
        ...

    def case(self, x: Columns) -> Numbers:
        """The value that this clause's stated case takes: shape (lots, outcomes).

        It is 0 for lots that the holder could not serve. Where rights of one precedence and rank
        would take more than all of a lot together, each has its part pro rata.

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
        """New columns of this clause: `there` decided scenario by scenario, shape (n, scenarios).

        `here` decided once: shape (n, 1), or (n, outcomes) where a decision made once has a
        consequence in each outcome, such as what a holder takes of what is bought.

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
        what: str = "option",
    ) -> Columns:
        """New columns of things to buy: they land in capacity, and later clauses see them.

        `what` is the word for them in tables.

        Before turn 20, so that no clause has looked at what may be bought without them.
        """
        ...

    def pays(self, name: str, cash: Numbers, worth: float = 0.0) -> None:
        """Sums that nothing in the plan changes, by month; nothing where all of them are zero.

        `worth` is what they are still worth at the end of the plan.
        """
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
