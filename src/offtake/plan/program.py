"""The programme as the one clause that is speaking sees it; implements `clauses.base.Program`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from offtake.book.faults import Place
from offtake.book.force import InForce
from offtake.book.records import Clause, Offer
from offtake.book.scope import Scope
from offtake.clauses.base import (
    LOOK_AT_PURCHASES,
    LOOK_AT_USE,
    Ask,
    Bought,
    Columns,
    Grid,
    Held,
    Landing,
    OutOfTurnError,
    Stage,
    Unit,
    WindowWords,
)
from offtake.plan.affine import Indices, Numbers, Sums
from offtake.plan.capacity import Buy, Whole, share_of_month
from offtake.plan.dispatch import dispatch
from offtake.plan.lots import Pool, demanded, timing
from offtake.plan.metering import (
    billed,
    contracted,
    deliveries,
    metered,
    most,
    served,
    share_in_force,
    signed_with,
    used,
)
from offtake.plan.model import HERE, Cash, Owner
from offtake.plan.notices import Timing
from offtake.plan.outcomes import alike, case, order_of, outcomes
from offtake.units import Calendar, Duration, Month, Window


@dataclass(frozen=True, slots=True)
class Asked:
    """An ask on the columns of one lot, and the number of its owner in the model."""

    lot: Bought
    columns: Indices
    ask: Ask
    owner: int


@dataclass(frozen=True, slots=True)
class Speaker:
    """One clause, in one span of force, speaking to the programme."""

    whole: Whole
    term: InForce
    asked: list[Asked]

    @property
    def grid(self) -> Grid:
        """Months, hours, scenarios."""
        return self.whole.grid

    @property
    def buyer(self) -> str:
        """The book's buyer."""
        return self.whole.book.header.buyer

    @property
    def purposes(self) -> frozenset[str]:
        """The purposes for which anything is needed."""
        return demanded(self.whole.book)

    @property
    def first(self) -> Month:
        """See `clauses.base.Program`."""
        return self.whole.book.header.periods.start

    def holds(self, day: dt.date) -> bool:
        """See `clauses.base.Program`."""
        return self.term.on(day)

    def versions(self, months: Sequence[Month]) -> tuple[tuple[Clause, Numbers], ...]:
        """See `clauses.base.Program`."""
        mine = [t for t in self.whole.book.terms if t.clause.id == self.term.clause.id]
        return tuple(
            (t.clause, share_in_force(t, months))
            for t in sorted(mine, key=lambda t: t.start)
            if t.start <= self.term.start
        )

    def _turn(self, deed: str, *, after: int = 0, before: int | None = None) -> None:
        """Raise `OutOfTurnError` where this would be missed, or miss what is added later."""
        clause = self.term.clause
        if clause.turn < after or (before is not None and clause.turn >= before):
            needed = f"{after} or more" if before is None else f"less than {before}"
            raise OutOfTurnError(
                f"{type(clause).__name__} ({clause.id}) {deed} in turn {clause.turn}; "
                f"for that its class must state a turn of {needed}"
            )

    def _laid_out(self) -> None:
        """Use of all that has landed; from here on nothing else may land."""
        self._turn("looks at use", after=LOOK_AT_USE)
        dispatch(self.whole)

    def _owner(self, part: str, place: Place | None = None) -> Owner:
        clause = self.term.clause
        return Owner(clause.id, part, place or clause.place, ("clauses", clause.id), member=True)

    # --- what is there -------------------------------------------------------------------

    def bought(self, scope: Scope, *, besides: str | None = None) -> Columns:
        """See `clauses.base.Program`."""
        self._turn("looks at purchases", after=LOOK_AT_PURCHASES)
        book = self.whole.book

        def reaches(lot: Bought) -> bool:
            return (
                lot.seller != besides
                and self.term.start <= lot.deal <= self.term.end
                and scope.covers(lot.lot, lot.deal, book.purposes)
            )

        return self._among(reaches)

    def of(self, subject: str) -> Columns:
        """See `clauses.base.Program`."""
        return _joined([b.columns for b in self.whole.buys if b.subject == subject])

    def sold_by(self, seller: str) -> Columns:
        """See `clauses.base.Program`."""
        self._turn("looks at purchases", after=LOOK_AT_PURCHASES)
        if isinstance(self.term.owner, Offer):
            return self.of(self.term.owner.id)
        return self._among(lambda lot: lot.seller == seller and not lot.lot.own_build)

    def signed_with(self, seller: str) -> tuple[tuple[str, Numbers], ...]:
        """See `clauses.base.Program`."""
        signed = not isinstance(self.term.owner, Offer)
        return signed_with(self.whole, seller) if signed else ()

    def _among(self, test: Callable[[Bought], bool]) -> Columns:
        return _joined([b.columns.where(test) for b in self.whole.buys])

    def served(self, scope: Scope, *, besides: str | None = None, hourly: bool = False) -> Columns:
        """See `clauses.base.Program`."""
        self._laid_out()
        return served(self.whole, self.term, scope, besides=besides, hourly=hourly)

    def used(self, subject: str) -> Sums:
        """See `clauses.base.Program`."""
        self._laid_out()
        return used(self.whole, subject)

    def contracted(self, subject: str) -> Sums:
        """See `clauses.base.Program`."""
        return contracted(self.whole, subject)

    def most(self, subject: str) -> Numbers:
        """See `clauses.base.Program`."""
        return most(self.whole, subject)

    def billed(self, subject: str) -> Sums:
        """See `clauses.base.Program`."""
        self._laid_out()
        return billed(self.whole, subject)

    def price(self, subject: str) -> float:
        """See `clauses.base.Program`."""
        return self.whole.price_of(subject)

    def metered(self, subject: str) -> bool:
        """See `clauses.base.Program`."""
        return metered(self.whole, subject)

    def deliveries(self, subject: str) -> tuple[tuple[dt.date, dt.date, float], ...]:
        """See `clauses.base.Program`."""
        return deliveries(self.whole, subject)

    def in_force(self, *, of_life: bool = False) -> Numbers:
        """See `clauses.base.Program`."""
        held = share_in_force(self.term, self.grid.months)
        if not of_life or isinstance(self.term.owner, Offer):
            return held
        start, end = self.term.owner.from_, self.term.owner.until
        life = np.array([share_of_month(m, start, end) for m in self.grid.months])
        return held / np.where(life > 0, life, 1.0)

    def window(self, words: WindowWords) -> Window:
        """See `clauses.base.Program`."""
        header = self.whole.book.header
        return Window(
            words.length,
            words.closes,
            words.roll,
            Calendar.named(words.calendar or header.calendar),
            words.timezone or header.timezone,
        )

    def case(self, x: Columns) -> Numbers:
        """See `clauses.base.Program`."""
        return case(self.whole, self.term, x)

    def alike(self, month: Month, tolerance: float) -> tuple[tuple[int, ...], ...]:
        """See `clauses.base.Program`."""
        return alike(self.whole, month, tolerance)

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
        for lots, taken, order in self.whole.taken:
            if order == order_of(self.term.clause):
                continue
            _, mine, theirs = np.intersect1d(x.index[:, 0], lots, return_indices=True)
            cell = mine[:, None] * shape[1] + np.arange(shape[1])
            total = total + Sums(
                np.zeros(shape),
                cell.ravel(),
                taken[theirs][:, first].ravel(),
                np.full(cell.size, -1.0),
            )
        return total

    def take(self, x: Columns, own: Columns) -> None:
        """See `clauses.base.Program`."""
        clause = self.term.clause
        holder = clause.held_by if isinstance(clause, Held) else clause.seller
        by_scenario = Columns(own.index[:, outcomes(self.whole, x)], x.lots)
        self.whole.enter(self.landing(x), by_scenario, -1.0)
        self.whole.enter(self.landing(x, seller=holder), by_scenario, 1.0)
        order = order_of(clause)
        self.whole.taken.append((x.index[:, 0], by_scenario.index, order))

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
            groups.setdefault(Pool(lot.seller, lot.region, lot.chip), []).append(i)
        for pool, members in groups.items():
            part = columns.pick(members)
            buy = Buy(pool, part, "option", None, clause.id, cash[members])
            self.whole.buys.append(buy)
            number = self.whole.pool(pool)
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


def _joined(parts: list[Columns]) -> Columns:
    """Columns of several blocks as one; those that all scenarios share are repeated."""
    parts = [p for p in parts if len(p)]
    if not parts:
        return Columns(np.zeros((0, 1), dtype=np.int64))
    width = max(p.index.shape[1] for p in parts)
    index = np.concatenate([np.broadcast_to(p.index, (len(p), width)) for p in parts])
    return Columns(index, tuple(lot for p in parts for lot in p.lots))


def timing_of(whole: Whole, lot: Bought, *, lead: bool = True) -> Timing:
    """The dates of the deal for one lot."""
    for buy in whole.buys:
        if buy.source is not None and buy.source.id == lot.id.partition("@")[0]:
            return timing(whole.book, buy.source, lot.start, lead=lead)
    header = whole.book.header
    none = Duration(0, "days")
    return Timing(lot.deal, none, none, Calendar.named(header.calendar), header.timezone)
