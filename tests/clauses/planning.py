"""Small books as text, read and planned for real."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from offtake.book.faults import Fault
from offtake.book.force import Book
from offtake.book.read import read
from offtake.clauses.registry import kinds
from offtake.plan.assemble import Programme, programme
from offtake.plan.solve import Limits, Solution, solve

HEADER = """
book:
  buyer: lab
  as_of: 2024-10-01
  currency: USD
  periods: {start: 2025-01, length: MONTHS months, hours: 1}
  discount: DISCOUNT% per year
  procurement: {bidding: 0 days, signing: 0 days}
  purposes: {work: {}, api: {}}
parties:
- {id: lab, name: Lab, roles: [buyer]}
- {id: cloud, name: Cloud, roles: [provider]}
- {id: neo, name: Neo, roles: [provider]}
- {id: other, name: Other, roles: [provider]}
chips:
- {id: a, name: A, throughput: {any: 1}, kw_it: 1 kW}
"""
HOURS = np.array([744.0, 672.0, 744.0, 720.0, 744.0, 720.0])
"""In the months from 2025-01."""
EXACT = Limits(gap=1e-9)


def text_of(*parts: str, months: int = 3, discount: int = 0) -> str:
    """A book of so many months from 2025-01 with the parts given; discount in percent a year."""
    header = HEADER.replace("MONTHS", str(months)).replace("DISCOUNT", str(discount))
    return header + "".join(parts)


def needs(*chips: int, unserved: int = 9, purpose: str = "work") -> str:
    """A class `d` that needs so many chips from each month of 2025 on."""
    path = ", ".join(f"2025-{n:02d}: {c} chips" for n, c in enumerate(chips, 1))
    return (
        "demand:\n"
        f"- {{id: d, purpose: {purpose}, unit: a, path: {{{path}}}, "
        f"unserved: {unserved} USD per chip-hour}}\n"
    )


def write(folder: Path, text: str) -> Path:
    """The book in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "book.yaml").write_text(text)
    return folder


def book_of(folder: Path, text: str) -> Book:
    """The book, which has no fault."""
    return read(write(folder, text), kinds()).required()


def faults_of(folder: Path, text: str) -> list[Fault]:
    """Every fault and warning in the book."""
    return list(read(write(folder, text), kinds()).faults)


def codes_of(folder: Path, text: str) -> list[str]:
    """The codes of its faults and warnings."""
    return [fault.code for fault in faults_of(folder, text)]


def planned(book: Book, *, without: Iterable[str] = ()) -> tuple[Programme, Solution]:
    """The best plan, solved exactly, without some clauses."""
    made = programme(book)
    off = frozenset().union(*(made.owners(clause) for clause in without))
    solution = solve(made, off, limits=EXACT)
    assert solution.status == "optimal"
    return made, solution


def cost_of(book: Book, *, without: Iterable[str] = ()) -> float:
    """What the best plan costs."""
    return planned(book, without=without)[1].objective


def purchases(made: Programme, solution: Solution) -> dict[str, float]:
    """What is bought, by lot; several scenarios as their mean."""
    weights = made.whole.grid.weights
    bought: dict[str, float] = {}
    for buy in made.whole.buys:
        for i, lot in enumerate(buy.columns.lots):
            values = solution.x[buy.columns.index[i]]
            chips = float(values[0] if values.size == 1 else values @ weights)
            if chips > 1e-6:
                bought[lot.id] = chips
    return bought


def spent(made: Programme, solution: Solution, clause: str) -> np.ndarray:
    """What one clause's own columns pay by month, as expected."""
    weights = made.whole.grid.weights
    scenario = made.model.scenario
    value = solution.x * np.where(scenario < 0, 1.0, weights[np.maximum(scenario, 0)])
    owners = made.model.column_owner
    total = np.zeros(len(made.whole.grid.months))
    for cash in made.model.cash:
        if owners[cash.columns[0]] in made.owners(clause):
            total += value[cash.columns] @ cash.by_month
    return total


def chips_used(made: Programme, solution: Solution, meter: str) -> np.ndarray:
    """Chips used of what an agreement or offer meters, by (scenario, month); one hour a day."""
    total = np.zeros(made.whole.shape)
    for use in made.whole.uses:
        if made.whole.pools[int(use.pool[0])].meter == meter:
            np.add.at(total, (use.scenario, use.month), solution.x[use.column])
    return total


def factors(discount: int, months: int) -> np.ndarray:
    """Discount on a payment at the end of each month."""
    return (1.0 + discount / 100.0) ** (-np.arange(1, months + 1) / 12.0)
