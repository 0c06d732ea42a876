"""Pools of capacity: what exists, what lands in them, and how much of it there is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from offtake.book.faults import Place
from offtake.book.force import Book, InForce
from offtake.book.records import Agreement
from offtake.clauses.base import Bought, Columns, Grid, Landing, Supply
from offtake.clauses.prices import by_month
from offtake.plan.affine import Indices, Numbers, Sums, spans
from offtake.plan.demand import throughput
from offtake.plan.grid import Hours, Tree
from offtake.plan.lots import Pool, Source
from offtake.plan.model import Model, Owner
from offtake.units import Month


@dataclass(slots=True)
class Buy:
    """The purchase columns of one source, or of one clause that makes things buyable."""

    pool: Pool
    columns: Columns
    what: str
    source: Source | None = None
    subject: str = ""
    cash: Numbers = field(default_factory=lambda: np.zeros((0, 0)))
    """What one chip of each lot pays, undiscounted, by month."""


@dataclass(slots=True)
class Use:
    """Use columns, flat: which class uses which pool in which scenario, month and hour."""

    column: Indices
    klass: Indices
    pool: Indices
    scenario: Indices
    month: Indices
    hour: Indices


@dataclass(frozen=True, slots=True)
class Taken:
    """What a holder takes: first columns of lots, for each the columns of what it takes of it."""

    holder: str
    order: tuple[int, int]
    """Of asking."""
    lots: Indices
    columns: Indices
    """Shape (lots, scenarios)."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Columns that take chips out of service: one unit of column i takes `parts[i]` a month."""

    term: InForce
    """The words by which they do."""
    supply: Supply
    columns: Indices
    parts: Numbers
    released: bool
    gone: Numbers
    """What one unit of each still takes on the supply's last day: parts are means over months."""


@dataclass(frozen=True, slots=True)
class Told:
    """Choices that tables tell of: for each row what is done with what, and by when."""

    clause: str
    place: Place
    what: str
    subject: str
    columns: Indices
    chips: Numbers
    """Chips of one unit of each row."""
    by: tuple[dt.date | None, ...]
    """The last day to say so, where there is one."""
    start: tuple[dt.date, ...]


@dataclass(frozen=True, slots=True)
class Followed:
    """Columns that go on where a delivery or lot ends: no more of them than is left of it."""

    supply: Supply
    columns: Indices
    owner: Owner
    but: Sums | None = None
    """All that is left goes on but so much, by (scenario, 1); None where any part may."""


@dataclass(frozen=True, slots=True)
class There:
    """Columns that count only while a delivery or lot serves in one month."""

    supply: Supply
    columns: Indices
    owner: Owner
    month: int
    share: float


@dataclass(slots=True)
class Whole:
    """The programme under construction: the book, its grid, the model and what was added so far."""

    book: Book
    tree: Tree
    hours: Hours
    model: Model
    objective: str = "buyer"
    pools: list[Pool] = field(default_factory=list)
    numbers: dict[Pool, int] = field(default_factory=dict)
    """The place of each pool in `pools`."""
    level: list[Indices] = field(default_factory=list)
    """For each pool its capacity columns, shape (scenarios, months)."""
    supply: list[Indices] = field(default_factory=list)
    """For each pool the rows level less Σ landed = existing, shape (scenarios, months)."""
    existing: list[Numbers] = field(default_factory=list)
    open: list[np.ndarray[tuple[int, ...], np.dtype[np.bool_]]] = field(default_factory=list)
    buys: list[Buy] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    need: Numbers = field(default_factory=lambda: np.zeros(0))
    """Need in unit chips by (class, scenario, month, representative hour)."""
    served: dict[int, Indices] = field(default_factory=dict)
    unserved: dict[int, Indices] = field(default_factory=dict)
    dispatched: int = 0
    taken: list[Taken] = field(default_factory=list)
    withdrawn: list[Withdrawn] = field(default_factory=list)
    uncertain: set[int] = field(default_factory=set)
    """Pools in which what is there depends on what comes to pass."""
    chosen: set[int] = field(default_factory=set)
    """Pools in which what is there is chosen scenario by scenario."""
    followed: list[Followed] = field(default_factory=list)
    there: list[There] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    metered_prices: dict[str, Numbers] = field(default_factory=dict)

    @property
    def grid(self) -> Grid:
        """Months and scenarios."""
        return self.tree.grid

    @property
    def shape(self) -> tuple[int, int]:
        """(scenarios, months)."""
        return len(self.grid.scenarios), len(self.grid.months)

    def pool(self, pool: Pool) -> int:
        """The number of a pool; its capacity columns and rows are made when first asked for."""
        if pool in self.numbers:
            return self.numbers[pool]
        scenarios, months = self.shape
        existing = existing_chips(self.book, self.grid, pool)
        who = np.repeat(np.arange(scenarios), months).reshape(scenarios, months)
        level = self.model.add_columns((scenarios, months), scenario=who)
        rows = self.model.add_rows(
            Sums.columns(level),
            at_least=np.broadcast_to(existing, level.shape),
            at_most=np.broadcast_to(existing, level.shape),
        )
        self.numbers[pool] = len(self.pools)
        self.pools.append(pool)
        self.level.append(level)
        self.supply.append(rows)
        self.existing.append(existing)
        self.open.append(np.broadcast_to(existing > 0, level.shape).copy())
        return self.numbers[pool]

    def landing(self, columns: Columns, pools: Sequence[int]) -> Landing:
        """The supply rows in which lots land, lot by lot in the pool given for each."""
        if not columns.lots:
            empty = np.zeros(0, dtype=np.int64)
            return Landing(empty, empty, empty, np.zeros(0))
        scenarios = self.shape[0]
        first, last = self.months_of(columns.lots)
        pair, month = spans(np.repeat(first, scenarios), np.repeat(last - first, scenarios))
        lot, scenario = pair // scenarios, pair % scenarios
        numbers, where = np.unique(np.asarray(pools), return_inverse=True)
        own = where.ravel()[lot]
        for position, number in enumerate(numbers):
            self.open[number][:, month[own == position]] = True
        rows = np.stack([self.supply[number] for number in numbers])[own, scenario, month]
        return Landing(lot, scenario, rows, np.ones(rows.size))

    def months_of(self, lots: Sequence[Bought]) -> tuple[Indices, Indices]:
        """For each lot the plan's months in which it serves: the first, and that after the last."""
        first = np.array([lot.start - self.grid.months[0] for lot in lots], dtype=np.int64)
        last = first + np.array([lot.months for lot in lots], dtype=np.int64)
        months = self.shape[1]
        return np.clip(first, 0, months), np.clip(last, 0, months)

    def enter(self, landing: Landing, columns: Columns, factor: float) -> None:
        """Let columns add `factor` chips each of capacity where their lots land."""
        scenario = landing.scenario if columns.index.shape[1] > 1 else landing.scenario * 0
        self.model.enter(landing.row, columns.index[landing.lot, scenario], -factor * landing.share)

    def pools_of(self, columns: Columns, seller: str | None = None) -> list[int]:
        """For each lot its pool, or the one where another seller would serve it."""
        own = {lot.id: buy.pool for buy in self.buys for lot in buy.columns.lots}
        out = []
        for lot in columns.lots:
            pool = own[lot.id]
            if seller is not None:
                pool = Pool(seller, pool.region, pool.chip, pool.purposes, pool.meter)
            out.append(self.pool(pool))
        return out

    def prices_of(self, meter: str) -> Numbers:
        """Money per chip-hour, by month, of the agreement or offer that meters a pool."""
        if meter not in self.metered_prices:
            self.metered_prices[meter] = by_month(self.book, meter, self.grid.months)
        return self.metered_prices[meter]

    def factor(self, klass: int, pool: Pool) -> float:
        """Unit chips of a class that one chip of a pool replaces; 0 where it may not serve."""
        demand = tuple(self.book.demand.values())[klass]
        if not pool.allows(demand.purpose):
            return 0.0
        if demand.regions and pool.region not in demand.regions:
            return 0.0
        return throughput(self.book, demand, pool.chip)


def pool_of_delivery(agreement: Agreement, chip: str, region: str) -> Pool:
    """Where the deliveries of an agreement are pooled; metered ones by themselves."""
    meter = agreement.id if agreement.billing == "used" else None
    return Pool(agreement.seller, region, chip, None, meter)


def delivered(agreement: Agreement, grid: Grid, chip: str, region: str) -> Numbers:
    """Chips in service by month, as the mean over its days."""
    total = np.zeros(len(grid.months))
    for delivery in agreement.deliveries:
        if delivery.chip == chip and delivery.region == region:
            end = min(agreement.until, delivery.until or agreement.until)
            days = [share_of_month(m, delivery.start, end) for m in grid.months]
            total += delivery.add * np.array(days)
    return total


def share_of_month(month: Month, start: dt.date, end: dt.date) -> float:
    """The share of a month's days from start to end, both inclusive."""
    first, last = max(month.first, start), min(month.last, end)
    return max(0, (last - first).days + 1) / month.days


def all_delivered(agreement: Agreement, grid: Grid) -> Numbers:
    """All chips of an agreement in service by month, of whatever kind."""
    total = np.zeros(len(grid.months))
    for chip, region in dict.fromkeys((d.chip, d.region) for d in agreement.deliveries):
        total += delivered(agreement, grid, chip, region)
    return total


def existing_chips(book: Book, grid: Grid, pool: Pool) -> Numbers:
    """Chips that agreements already deliver into a pool, by month."""
    total = np.zeros(len(grid.months))
    if pool.purposes is not None or pool.own_build:
        return total
    for agreement in capacity_agreements(book):
        if pool == pool_of_delivery(agreement, pool.chip, pool.region):
            total += delivered(agreement, grid, pool.chip, pool.region)
    return total


def capacity_agreements(book: Book) -> list[Agreement]:
    """The buyer's own agreements that deliver capacity; one between others is not the buyer's."""
    return [
        a
        for a in book.agreements.values()
        if a.deliveries and (a.buyer is None or a.buyer == book.header.buyer)
    ]
