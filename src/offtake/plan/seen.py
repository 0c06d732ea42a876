"""What the one clause that is speaking sees; the asking half of `clauses.base.Program`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from offtake.book.force import InForce
from offtake.book.records import Clause, Offer
from offtake.book.scope import Scope
from offtake.clauses.base import (
    LOOK_AT_PURCHASES,
    LOOK_AT_SUPPLY,
    LOOK_AT_USE,
    Bought,
    Columns,
    Grid,
    OutOfTurnError,
    Supply,
    WindowWords,
)
from offtake.clauses.prices import by_month, price_on
from offtake.plan import supply as standing
from offtake.plan.affine import Numbers, Sums
from offtake.plan.capacity import Whole, share_of_month
from offtake.plan.dispatch import dispatch
from offtake.plan.lots import demanded
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
from offtake.plan.outcomes import alike, case, stated
from offtake.units import Calendar, Month, Price, Window


@dataclass(frozen=True, slots=True)
class Seen:
    """The programme as one clause, in one span of force, sees it."""

    whole: Whole
    term: InForce

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

    def life(self) -> tuple[dt.date, dt.date]:
        """See `clauses.base.Program`."""
        mine = [t for t in self.whole.book.terms if t.clause.id == self.term.clause.id]
        return min(t.start for t in mine), max(t.end for t in mine)

    def versions(
        self, months: Sequence[Month], until: Callable[[Clause], dt.date | None] | None = None
    ) -> tuple[tuple[Clause, Numbers], ...]:
        """See `clauses.base.Program`."""
        mine = [t for t in self.whole.book.terms if t.clause.id == self.term.clause.id]
        return tuple(
            (t.clause, share_in_force(t, months, until(t.clause) if until else None))
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

    def prices(
        self, subject: str, months: Sequence[Month] | None = None, *, since: dt.date | None = None
    ) -> Numbers:
        """See `clauses.base.Program`."""
        asked = self.grid.months if months is None else months
        return by_month(self.whole.book, subject, asked, since)

    def metered(self, subject: str) -> bool:
        """See `clauses.base.Program`."""
        return metered(self.whole, subject)

    def deliveries(self, subject: str) -> tuple[tuple[dt.date, dt.date, float], ...]:
        """See `clauses.base.Program`."""
        return deliveries(self.whole, subject)

    def price_on(self, subject: str, day: dt.date, *, since: dt.date | None = None) -> Price | None:
        """See `clauses.base.Program`."""
        return price_on(self.whole.book, subject, day, since)

    def price_on_curve(self, curve: str, day: dt.date) -> Price:
        """See `clauses.base.Program`."""
        return self.whole.book.curve_on(curve, day)

    def supplies(self, subject: str) -> tuple[Supply, ...]:
        """See `clauses.base.Program`."""
        return standing.supplies(self.whole, subject)

    def kept(self, supply: Supply) -> Sums:
        """See `clauses.base.Program`."""
        self._turn("looks at what holders leave", after=LOOK_AT_SUPPLY)
        return standing.kept(self.whole, supply)

    def serving(self, supply: Supply) -> Sums:
        """See `clauses.base.Program`."""
        self._turn("looks at what is in service", after=LOOK_AT_SUPPLY)
        return standing.serving(self.whole, supply)

    def gone(self, supply: Supply) -> Sums:
        """See `clauses.base.Program`."""
        self._turn("looks at what has ended", after=LOOK_AT_USE)
        return standing.gone(self.whole, supply)

    def released(self, subject: str) -> bool:
        """See `clauses.base.Program`."""
        self._turn("looks at what may end", after=LOOK_AT_USE)
        return any(out.released and out.supply.subject == subject for out in self.whole.withdrawn)

    def spend(self, seller: str) -> Sums:
        """See `clauses.base.Program`."""
        self._laid_out()
        return standing.spend(self.whole, seller)

    def in_service(self, x: Columns, *, seller: str | None = None) -> Sums:
        """See `clauses.base.Program`."""
        self._turn("looks at what is in service", after=LOOK_AT_SUPPLY)
        return standing.in_service(self.whole, x, seller)

    def stated(self) -> Numbers:
        """See `clauses.base.Program`."""
        return stated(self.whole, self.term.clause)

    def in_force(self, *, of_life: bool = False, until: dt.date | None = None) -> Numbers:
        """See `clauses.base.Program`."""
        held = share_in_force(self.term, self.grid.months, until)
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


def _joined(parts: list[Columns]) -> Columns:
    """Columns of several blocks as one; those that all scenarios share are repeated."""
    parts = [p for p in parts if len(p)]
    if not parts:
        return Columns(np.zeros((0, 1), dtype=np.int64))
    width = max(p.index.shape[1] for p in parts)
    index = np.concatenate([np.broadcast_to(p.index, (len(p), width)) for p in parts])
    return Columns(index, tuple(lot for p in parts for lot in p.lots))
