"""The programme as arrays: columns, rows and entries, each with its owner and its stage.

Whatever a book line or a clause adds carries an owner. Taking a line away is a change of bounds
only: its columns go to zero, its rows are freed, what it closed is open again. So the same model
answers what a clause costs and which lines clash, and a decomposition can read the stages.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from offtake.book.faults import NOWHERE, Place
from offtake.plan.affine import Indices, Numbers, Sums

HERE = -1
"""The scenario of a first-stage column, and of a row that holds no others."""
ACROSS = -2
"""The scenario of a row that ties second-stage columns of several."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A line of the book that owns columns, rows or bounds: what it is, and which part of it."""

    subject: str
    part: str = ""
    place: Place = NOWHERE
    path: tuple[str, ...] = ()
    """Where the figure stands in the book's records: ("offers", "oracle-36", "max")."""
    member: bool = False
    """Whether the line can be named as a cause when no plan is possible."""


ROOM = Owner("", "")
SCALE = {"chips": 1e3, "chip-hours": 1e6, "money": 1e6, "count": 1.0, "power": 1e3}


@dataclass(slots=True)
class Cash:
    """What columns pay and when: undiscounted money, shape (columns, months)."""

    columns: Indices
    by_month: Numbers
    category: str
    who: tuple[str, ...] | str


@dataclass(frozen=True, slots=True)
class CashOnce:
    """The same for columns that pay in one month each: kept short, since use has many of them."""

    columns: Indices
    amount: Numbers
    month: Indices
    months: int
    category: str
    who: str

    @property
    def by_month(self) -> Numbers:
        """Undiscounted money, shape (columns, months)."""
        out = np.zeros((self.columns.size, self.months))
        out[np.arange(self.columns.size), self.month] = self.amount
        return out


@dataclass(frozen=True, slots=True)
class Arrays:
    """The model ready for a solver, in scaled units, columns compressed."""

    cost: Numbers
    lower: Numbers
    upper: Numbers
    row_lower: Numbers
    row_upper: Numbers
    start: NDArray[np.int32]
    index: NDArray[np.int32]
    value: Numbers
    integer: NDArray[np.bool_]
    column_scale: Numbers
    row_scale: Numbers
    money: float


@dataclass(slots=True)
class Model:
    """Columns, rows and entries, growing block by block."""

    owners: list[Owner] = field(default_factory=lambda: [ROOM])
    columns: int = 0
    rows: int = 0
    _owner_number: dict[Owner, int] = field(default_factory=lambda: {ROOM: 0})
    _column_blocks: list[tuple[Numbers, ...]] = field(default_factory=list)
    _row_blocks: list[tuple[Numbers, ...]] = field(default_factory=list)
    _entries: list[tuple[Indices, Indices, Numbers]] = field(default_factory=list)
    closed: list[tuple[int, Indices]] = field(default_factory=list)
    cash: list[Cash | CashOnce] = field(default_factory=list)

    def owner(self, owner: Owner) -> int:
        """The number of an owner, new or known."""
        if owner not in self._owner_number:
            self._owner_number[owner] = len(self.owners)
            self.owners.append(owner)
        return self._owner_number[owner]

    def add_columns(
        self,
        shape: tuple[int, ...],
        *,
        cost: float | Numbers = 0.0,
        lower: float | Numbers = 0.0,
        upper: float | Numbers = np.inf,
        integer: bool = False,
        unit: str = "chips",
        owner: Owner = ROOM,
        scenario: int | Indices = HERE,
    ) -> Indices:
        """New columns; `cost` is discounted money per unit in one scenario, not yet weighted."""
        n = math.prod(shape)
        index = np.arange(self.columns, self.columns + n).reshape(shape)
        scale = 1.0 if integer else SCALE[unit]
        self._column_blocks.append(
            (
                _flat(cost, shape),
                _flat(lower, shape),
                _flat(upper, shape),
                np.full(n, float(integer)),
                np.full(n, scale),
                np.full(n, float(self.owner(owner))),
                _flat(np.asarray(scenario, dtype=float), shape),
            )
        )
        self.columns += n
        return index

    def add_rows(
        self,
        total: Sums,
        *,
        at_least: float | Numbers | None = None,
        at_most: float | Numbers | None = None,
        unit: str = "chips",
        owner: Owner = ROOM,
    ) -> Indices:
        """One row for each cell: at_least ≤ total ≤ at_most, the constant moved to the bounds."""
        n = int(total.fixed.size)
        index = np.arange(self.rows, self.rows + n)
        low = -np.inf if at_least is None else at_least
        high = np.inf if at_most is None else at_most
        fixed = total.fixed.ravel()
        self._row_blocks.append(
            (
                _flat(low, total.shape) - fixed,
                _flat(high, total.shape) - fixed,
                np.full(n, SCALE[unit]),
                np.full(n, float(self.owner(owner))),
            )
        )
        self.enter(self.rows + total.cell, total.column, total.factor)
        self.rows += n
        return index.reshape(total.shape)

    def enter(self, rows: Indices, columns: Indices, factor: float | Numbers) -> None:
        """Entries of the matrix; what is entered twice adds up."""
        by = np.broadcast_to(np.asarray(factor, dtype=float), rows.shape)
        self._entries.append((rows.ravel(), columns.ravel(), by.ravel()))

    def entered(self) -> Indices:
        """Every column that stands in some row."""
        return np.unique(_joined([columns for _, columns, _ in self._entries]))

    def close(self, columns: Indices, owner: Owner) -> None:
        """These columns stay at zero while the owner stands."""
        if columns.size:
            self.closed.append((self.owner(owner), columns.ravel()))

    @property
    def cost(self) -> Numbers:
        """For each column its discounted money per unit in its scenario, not yet weighted."""
        return self._joined_columns(0)

    @property
    def upper(self) -> Numbers:
        """For each column its upper bound, before anything is closed."""
        return self._joined_columns(2)

    @property
    def integer(self) -> NDArray[np.bool_]:
        """For each column whether it is a whole number."""
        return self._joined_columns(3) > 0

    @property
    def column_owner(self) -> Indices:
        """For each column the number of its owner."""
        return self._joined_columns(5).astype(np.int64)

    @property
    def scenario(self) -> Indices:
        """For each column its scenario, or HERE."""
        return self._joined_columns(6).astype(np.int64)

    @property
    def row_lower(self) -> Numbers:
        """For each row its lower bound."""
        return self._joined_rows(0)

    @property
    def row_upper(self) -> Numbers:
        """For each row its upper bound."""
        return self._joined_rows(1)

    @property
    def row_owner(self) -> Indices:
        """For each row the number of its owner."""
        return self._joined_rows(3).astype(np.int64)

    @property
    def row_scenario(self) -> Indices:
        """For each row its stage: HERE, the one scenario whose columns it holds, or ACROSS.

        It follows from the columns' marks, so no clause can mark a row wrongly.
        """
        lowest = np.full(self.rows, np.iinfo(np.int64).max)
        highest = np.full(self.rows, HERE)
        scenario = self.scenario
        for rows, columns, _ in self._entries:
            there = scenario[columns] != HERE
            np.minimum.at(lowest, rows[there], scenario[columns[there]])
            np.maximum.at(highest, rows[there], scenario[columns[there]])
        return np.where((highest != HERE) & (lowest != highest), ACROSS, highest)

    def _joined_columns(self, which: int) -> Numbers:
        return _joined_parts(self._column_blocks, which)

    def _joined_rows(self, which: int) -> Numbers:
        return _joined_parts(self._row_blocks, which)

    def bounds(self, off: Collection[int] = ()) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """Column and row bounds (lower, upper, row lower, row upper) without some owners."""
        lower, upper = self._joined_columns(1), self.upper
        row_lower, row_upper = self.row_lower, self.row_upper
        for number, columns in self.closed:
            if number not in off:
                upper[columns] = 0.0
                lower[columns] = np.minimum(lower[columns], 0.0)
        if off:
            gone = np.isin(self.column_owner, list(off))
            lower[gone] = upper[gone] = 0.0
            freed = np.isin(self.row_owner, list(off))
            row_lower[freed], row_upper[freed] = -np.inf, np.inf
        return lower, upper, row_lower, row_upper

    def arrays(self, cost: Numbers, off: Collection[int] = (), money: float = 1e6) -> Arrays:
        """The model with its own cost vector, scaled, in compressed columns."""
        column_scale, row_scale = self._joined_columns(4), self._joined_rows(2)
        lower, upper, row_lower, row_upper = self.bounds(off)
        rows = _joined([e[0] for e in self._entries])
        cols = _joined([e[1] for e in self._entries])
        values = np.concatenate([e[2] for e in self._entries]) if self._entries else np.zeros(0)
        scaled = values * column_scale[cols] / row_scale[rows]
        start, index, value = compressed(rows, cols, scaled, (self.rows, self.columns))
        return Arrays(
            cost=cost * column_scale / money,
            lower=lower / column_scale,
            upper=upper / column_scale,
            row_lower=row_lower / row_scale,
            row_upper=row_upper / row_scale,
            start=start,
            index=index,
            value=value,
            integer=self.integer,
            column_scale=column_scale,
            row_scale=row_scale,
            money=money,
        )


def compressed(
    rows: Indices, columns: Indices, values: Numbers, shape: tuple[int, int]
) -> tuple[NDArray[np.int32], NDArray[np.int32], Numbers]:
    """Entries column by column: each column's start, then rows and values; equal places add up."""
    cell = columns * shape[0] + rows
    order = np.argsort(cell, kind="stable")
    cell = cell[order]
    first = np.flatnonzero(np.diff(cell, prepend=-1))
    total = np.add.reduceat(values[order], first) if first.size else np.zeros(0)
    cell, total = cell[first][total != 0], total[total != 0]
    column, row = np.divmod(cell, max(1, shape[0]))
    start = np.searchsorted(column, np.arange(shape[1] + 1))
    return start.astype(np.int32), row.astype(np.int32), total


def _flat(value: float | Numbers, shape: tuple[int, ...]) -> Numbers:
    given = np.asarray(value, dtype=float)
    if not given.ndim:
        return np.full(math.prod(shape), given)
    return np.broadcast_to(given, shape).flatten()


def _joined_parts(blocks: list[tuple[Numbers, ...]], which: int) -> Numbers:
    """One part of every block, end to end, as a new array."""
    return np.concatenate([b[which] for b in blocks]) if blocks else np.zeros(0)


def _joined(parts: list[Indices]) -> Indices:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
