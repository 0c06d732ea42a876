"""From a book to a programme: the room's own part, then each clause in its turn."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

from offtake.book.faults import of_its_author
from offtake.book.force import Book, InForce, terms
from offtake.book.records import Agreement
from offtake.clauses.base import Ask, Plans
from offtake.plan.affine import Indices, Numbers, Sums
from offtake.plan.build import Building, add_sites
from offtake.plan.capacity import Whole
from offtake.plan.demand import day_shape
from offtake.plan.dispatch import add_demand, add_hourly, cash_of_use, dispatch
from offtake.plan.grid import condensed_hours, tree_of
from offtake.plan.lots import sources
from offtake.plan.model import HERE, Arrays, Model
from offtake.plan.notices import notice
from offtake.plan.outcomes import order_of
from offtake.plan.program import Asked, Speaker, timing_of
from offtake.plan.purchase import add_agreements, add_offers
from offtake.plan.supply import add_followed, add_there


@dataclass(frozen=True, slots=True)
class Risk:
    """(1 − weight) × expected cost + weight × CVaR at `tail` (Rockafellar and Uryasev 2000)."""

    weight: float = 0.0
    tail: float = 0.95


@dataclass(slots=True)
class Programme:
    """A whole model with what is needed to take lines away, to price and to explain it."""

    whole: Whole
    risk: Risk
    terms: tuple[InForce, ...]
    buildings: list[Building]
    asked: list[Asked]
    threshold: Indices = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    excess: Indices = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def model(self) -> Model:
        """Columns, rows, entries and owners."""
        return self.whole.model

    def owners(self, clause: str, part: str | None = None) -> frozenset[int]:
        """The numbers of what one clause owns, or of one part of it."""
        return frozenset(
            n
            for n, owner in enumerate(self.model.owners)
            if owner.subject == clause and (part is None or owner.part == part)
        )

    def members(self) -> dict[int, str]:
        """The lines that can be named when no plan is possible: owner number and its name."""
        return {
            n: f"{owner.subject} {owner.part}".strip()
            for n, owner in enumerate(self.model.owners)
            if owner.member
        }

    def cost(self) -> Numbers:
        """The objective: expected cost, or its mixture with the tail's."""
        grid, model = self.whole.grid, self.model
        scenario = model.scenario
        weight = np.where(scenario == HERE, 1.0, grid.weights[np.maximum(scenario, 0)])
        cost = model.cost * weight
        if self.threshold.size:
            cost = np.where(scenario == HERE, cost, cost * (1.0 - self.risk.weight))
            cost[self.threshold] = self.risk.weight
            cost[self.excess] = self.risk.weight * grid.weights / (1.0 - self.risk.tail)
        return cost

    def arrays(self, off: Collection[int] = (), *, feasible_only: bool = False) -> Arrays:
        """For a solver, without the owners `off`."""
        cost = np.zeros(self.model.columns) if feasible_only else self.cost()
        arrays = self.model.arrays(cost, off)
        late = self.late(off)
        arrays.upper[late] = 0.0
        return arrays

    def late(self, off: Collection[int] = ()) -> Indices:
        """Columns whose last day for notice is past, given the rights that stand."""
        found = [a.columns for a in self.asked_by_lot(off) if self._too_late(a, off)]
        return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)

    def asked_by_lot(self, off: Collection[int] = ()) -> list[AskedLot]:
        """Each lot under rights with all who must be asked for it."""
        by_column: dict[int, AskedLot] = {}
        for asked in self.asked:
            if asked.owner not in off:
                key = int(asked.columns[0])
                known = by_column.setdefault(key, AskedLot(asked, ()))
                by_column[key] = AskedLot(known.first, (*known.asks, asked.ask))
        return list(by_column.values())

    def _too_late(self, lot: AskedLot, off: Collection[int]) -> bool:
        source = lot.first.lot.id.partition("@")[0].partition(":")[0]
        without = {self.model.owners[n].subject for n in off if self.model.owners[n].part == "lead"}
        when = timing_of(self.whole, lot.first.lot, lead=f"offer {source}" not in without)
        bidding = self.whole.book.header.procurement.bidding
        return notice(lot.asks, when, bidding, self.whole.grid.as_of) is None


@dataclass(frozen=True, slots=True)
class AskedLot:
    """One lot under rights: its columns and all asks."""

    first: Asked
    asks: tuple[Ask, ...]

    @property
    def columns(self) -> Indices:
        """The lot's columns."""
        return self.first.columns


def programme(
    book: Book, *, risk: Risk | None = None, objective: str = "buyer", only: int | None = None
) -> Programme:
    """The whole programme of a book as known on its day; `only` keeps one scenario of it."""
    tree = tree_of(book) if only is None else tree_of(book).only(only)
    classes = [d for d in book.demand.values() if not d.deferrable]
    hours = condensed_hours([day_shape(d) for d in classes], book.header.periods.hours)
    whole = Whole(book, tree, hours, Model(), objective)
    add_demand(whole)
    add_agreements(whole)
    found = sources(book)
    add_offers(whole, found)
    buildings = add_sites(whole, found)
    add_hourly(whole)
    force = tuple(terms(book))
    asked: list[Asked] = []
    for term in sorted(force, key=_turn):
        if isinstance(term.clause, Plans) and _ours(term, book):
            with of_its_author(term.clause, "plan"):
                term.clause.plan(Speaker(whole, term, asked))
    add_followed(whole)
    add_there(whole)
    dispatch(whole)
    stated = book.header.risk
    chosen = risk or Risk(float(stated.weight.value), float(stated.tail.value))
    whole.model.cash += cash_of_use(whole, hours.weights)
    made = Programme(whole, chosen, force, buildings, asked)
    if chosen.weight > 0:
        _add_tail(made)
    return made


def _ours(term: InForce, book: Book) -> bool:
    """What others agreed among themselves binds them, and not the book's buyer."""
    buyer = term.owner.buyer if isinstance(term.owner, Agreement) else None
    return buyer in (None, book.header.buyer)


def _turn(term: InForce) -> tuple[int, int, int, str, object]:
    """Clauses that make capacity first, then rights in the order of asking, then the rest."""
    clause = term.clause
    return clause.turn, *order_of(clause), clause.id, term.start


def _add_tail(made: Programme) -> None:
    """Columns and rows of the conditional value at risk of the scenarios' costs."""
    model, grid = made.model, made.whole.grid
    scenarios = len(grid.scenarios)
    own, scenario = model.cost, model.scenario
    made.threshold = model.add_columns((1,), lower=-np.inf, unit="money")
    made.excess = model.add_columns((scenarios,), unit="money")
    priced = np.flatnonzero((scenario != HERE) & (own != 0))
    cell = np.concatenate([scenario[priced], np.arange(scenarios), np.arange(scenarios)])
    column = np.concatenate([priced, made.excess, np.repeat(made.threshold, scenarios)])
    factor = np.concatenate([-own[priced], np.ones(2 * scenarios)])
    model.add_rows(Sums(np.zeros(scenarios), cell, column, factor), at_least=0.0, unit="money")
