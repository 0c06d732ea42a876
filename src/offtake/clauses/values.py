"""What passes between a clause and a plan: what may be bought, columns, sums, the grid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, Protocol, Self

from offtake.book.scope import Lot
from offtake.units import Month, Price

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Indices = NDArray[np.int64]

Stage = Literal["here", "there"]
Unit = Literal["chips", "chip-hours", "money", "count"]


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
    """Decision columns, shape (n, scenarios), or (n, 1) where all scenarios share the decision.

    Where a decision made once has a consequence in each outcome, the consequences are
    (n, outcomes).
    """

    index: Indices
    lots: tuple[Bought, ...] = ()

    def __len__(self) -> int:
        return int(self.index.shape[0])

    def pick(self, keep: Sequence[int]) -> Columns:
        """Some of the columns, by position."""
        lots = tuple(self.lots[i] for i in keep) if self.lots else ()
        return Columns(self.index[list(keep)], lots)

    def where(self, test: Callable[[Bought], bool]) -> Columns:
        """The columns whose lot passes the test."""
        return self.pick([i for i, lot in enumerate(self.lots) if test(lot)])


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that may come to pass, with its probability, and words for it."""

    value: float
    weight: float
    words: str
    """After the clause's name, in the names of scenarios."""


@dataclass(frozen=True, slots=True)
class Supply:
    """What one delivery, or one lot that may be bought, brings into service."""

    id: str
    subject: str
    """The agreement or offer."""
    chip: str
    region: str
    start: dt.date
    """The first day of service."""
    end: dt.date
    """The last day of service as signed, which may lie beyond the plan."""
    service: Numbers
    """The share of each month's days in which it is in service."""
    rent: Numbers
    """What one chip pays in each month; nothing where the invoice follows use."""
    chips: float
    """Signed chips; of a lot the most that may be bought."""
    lot: Bought | None = None
    """The lot, where it is not signed yet."""


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
    starts: tuple[Month, ...] = ()
    """The months in which deals, options and phases may start."""
