"""The programme as the one clause that is speaking sees it; implements `clauses.base.Program`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from offtake.book.faults import Place
from offtake.clauses.base import (
    LOOK_AT_PURCHASES,
    LOOK_AT_SUPPLY,
    LOOK_AT_USE,
    Ask,
    Bought,
    Columns,
    Held,
    Landing,
    Stage,
    Supply,
    Unit,
)
from offtake.plan.affine import Indices, Numbers, Sums
from offtake.plan.capacity import Buy, Followed, Taken, There, Told, Whole
from offtake.plan.lots import Pool, timing
from offtake.plan.model import HERE, Cash, Owner
from offtake.plan.notices import Timing
from offtake.plan.outcomes import order_of, outcomes
from offtake.plan.seen import Seen
from offtake.plan.supply import present, withdraw
from offtake.units import Calendar, Duration


@dataclass(frozen=True, slots=True)
class Asked:
    """An ask on the columns of one lot, and the number of its owner in the model."""

    lot: Bought
    columns: Indices
    ask: Ask
    owner: int


@dataclass(frozen=True, slots=True)
class Speaker(Seen):
    """One clause, in one span of force, speaking to the programme."""

    asked: list[Asked]

    def _owner(self, part: str, place: Place | None = None) -> Owner:
        clause = self.term.clause
        return Owner(clause.id, part, place or clause.place, ("clauses", clause.id), member=True)

    # --- landing -------------------------------------------------------------------------

    def landing(self, x: Columns, *, seller: str | None = None) -> Landing:
        """See `clauses.base.Program`."""
        self._turn("lets capacity land", before=LOOK_AT_USE)
        return self.whole.landing(x, self.whole.pools_of(x, seller))

    def remaining(self, x: Columns) -> Sums:
        """See `clauses.base.Program`."""
        first = np.unique(outcomes(self.whole, x), return_index=True)[1]
        shape = (len(x), first.size)
        own = x.index if x.index.shape[1] == 1 else x.index[:, first]
        total = Sums.columns(own).spread(shape)
        for took in self.whole.taken:
            if took.order == order_of(self.term.clause):
                continue
            _, mine, theirs = np.intersect1d(x.index[:, 0], took.lots, return_indices=True)
            cell = mine[:, None] * shape[1] + np.arange(shape[1])
            total = total + Sums(
                np.zeros(shape),
                cell.ravel(),
                took.columns[theirs][:, first].ravel(),
                np.full(cell.size, -1.0),
            )
        return total

    def take(self, x: Columns, own: Columns) -> None:
        """See `clauses.base.Program`."""
        self._turn("takes capacity", before=LOOK_AT_SUPPLY)
        clause = self.term.clause
        holder = clause.held_by if isinstance(clause, Held) else clause.seller
        by_scenario = Columns(own.index[:, outcomes(self.whole, x)], x.lots)
        self.whole.enter(self.landing(x), by_scenario, -1.0)
        self.whole.enter(self.landing(x, seller=holder), by_scenario, 1.0)
        self.whole.uncertain.update(self.whole.pools_of(x), self.whole.pools_of(x, holder))
        took = Taken(holder, order_of(clause), x.index[:, 0], by_scenario.index)
        self.whole.taken.append(took)

    def withdraw(
        self,
        own: Columns,
        supply: Supply,
        parts: Numbers,
        *,
        released: bool,
        gone: Numbers | None = None,
    ) -> None:
        """See `clauses.base.Program`."""
        self._turn("takes capacity out of service", after=LOOK_AT_SUPPLY, before=LOOK_AT_USE)
        others = any(
            out.supply.id == supply.id and out.released == released and out.term is not self.term
            for out in self.whole.withdrawn
        )
        withdraw(self.whole, self.term, own, supply, parts, released=released, gone=gone)
        if others:
            # What some words have taken out of service others cannot take out again.
            left = present(self.whole, supply)
            self.whole.model.add_rows(left, at_least=0.0, owner=self._owner("left"))

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
        """See `clauses.base.Program`."""
        clause = self.term.clause
        each = np.broadcast_to(np.asarray(chips, dtype=float), (len(own),))
        self.whole.told.append(
            Told(clause.id, clause.place, what, supply, own.index, each, tuple(by), tuple(start))
        )

    def follows(self, own: Columns, supply: Supply, *, but: Sums | None = None) -> None:
        """See `clauses.base.Program`."""
        self.whole.followed.append(Followed(supply, own.index, self._owner("follows"), but))

    def while_there(self, own: Columns, supply: Supply, month: int, share: float) -> None:
        """See `clauses.base.Program`."""
        there = There(supply, own.index, self._owner("there"), month, share)
        self.whole.there.append(there)

    # --- what a clause adds --------------------------------------------------------------

    def columns(
        self,
        name: str,
        shape: tuple[int, int],
        *,
        stage: Stage,
        unit: Unit = "chips",
        cash: Numbers | None = None,
        lower: float | Numbers = 0.0,
        upper: float | Numbers = np.inf,
        integer: bool = False,
        worth: float | Numbers = 0.0,
    ) -> Columns:
        """See `clauses.base.Program`."""
        if not np.all(np.isfinite(worth)) or (cash is not None and not np.all(np.isfinite(cash))):
            raise ValueError(f"columns {name!r} pay, or are worth, what is no number")
        cost = np.zeros((shape[0], 1)) if cash is None else (cash @ self.grid.discount)[:, None]
        left = np.broadcast_to(np.asarray(worth, dtype=float), (shape[0],))
        cost = cost - left[:, None] * self.grid.discount[-1]
        index = self.whole.model.add_columns(
            shape,
            cost=np.broadcast_to(cost, shape),
            lower=lower,
            upper=upper,
            integer=integer,
            unit=unit,
            owner=self._owner(name),
            scenario=HERE if stage == "here" else np.arange(shape[1], dtype=np.int64)[None, :],
        )
        if cash is not None:
            self._pays(index, cash, "clauses")
        return Columns(index)

    def _pays(self, index: Indices, cash: Numbers, category: str) -> None:
        """Keep for reports what columns pay, and to whom: the other party of the agreement."""
        rows = np.repeat(np.arange(index.shape[0]), index.shape[1])
        who = self.term.clause.seller
        self.whole.model.cash.append(Cash(index.ravel(), cash[rows], category, who))

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
        """See `clauses.base.Program`."""
        self._turn("makes things buyable", before=LOOK_AT_PURCHASES)
        width = 1 if stage == "here" else len(self.grid.scenarios)
        worth = -(cash @ self.grid.discount) / self.grid.discount[-1]
        own = self.columns(name, (len(lots), width), stage=stage, upper=upper, worth=worth)
        self._pays(own.index, cash, "reserved")
        columns = replace(own, lots=lots)
        clause = self.term.clause
        groups: dict[Pool, list[int]] = {}
        for i, lot in enumerate(lots):
            only = lot.lot.purposes if lot.lot.purposes != self.purposes else None
            groups.setdefault(Pool(lot.seller, lot.region, lot.chip, only), []).append(i)
        for pool, members in groups.items():
            part = columns.pick(members)
            buy = Buy(pool, part, what, None, clause.id, cash[members])
            self.whole.buys.append(buy)
            number = self.whole.pool(pool)
            if width > 1:
                self.whole.chosen.add(number)
            self.whole.enter(self.whole.landing(part, [number] * len(part)), part, 1.0)
        return columns

    def pays(self, name: str, cash: Numbers, worth: float = 0.0) -> None:
        """See `clauses.base.Program`."""
        if np.any(cash != 0):
            self.columns(
                name,
                (1, 1),
                stage="here",
                unit="count",
                cash=cash[None, :],
                lower=1.0,
                upper=1.0,
                worth=worth,
            )

    def sum(self, x: Columns, factor: float | Numbers = 1.0) -> Sums:
        """See `clauses.base.Program`."""
        return Sums.columns(x.index, factor)

    def by_scenario(self, x: Columns, factor: float | Numbers = 1.0) -> Sums:
        """See `clauses.base.Program`."""
        return Sums.columns(x.index.T, factor)

    def quantity(self, amounts: Numbers) -> Sums:
        """See `clauses.base.Program`."""
        none = np.zeros(0, dtype=np.int64)
        return Sums(np.asarray(amounts, dtype=float), none, none, np.zeros(0))

    def rows(
        self,
        name: str,
        total: Sums,
        *,
        unit: Unit = "chips",
        at_least: float | Numbers | None = None,
        at_most: float | Numbers | None = None,
    ) -> None:
        """See `clauses.base.Program`."""
        self.whole.model.add_rows(
            total, at_least=at_least, at_most=at_most, unit=unit, owner=self._owner(name)
        )

    def forbid(self, x: Columns) -> None:
        """See `clauses.base.Program`."""
        self.whole.model.close(x.index.ravel(), self._owner("bars"))

    def ask(self, x: Columns, ask: Ask) -> None:
        """See `clauses.base.Program`."""
        clause = self.term.clause
        number = self.whole.model.owner(self._owner("window", clause.at("window")))
        for i, lot in enumerate(x.lots):
            self.asked.append(Asked(lot, x.index[i], ask, number))


def timing_of(whole: Whole, lot: Bought, *, lead: bool = True) -> Timing:
    """The dates of the deal for one lot."""
    for buy in whole.buys:
        if buy.source is not None and buy.source.id == lot.id.partition("@")[0]:
            return timing(whole.book, buy.source, lot.start, lead=lead)
    header = whole.book.header
    none = Duration(0, "days")
    return Timing(lot.deal, none, none, Calendar.named(header.calendar), header.timezone)
