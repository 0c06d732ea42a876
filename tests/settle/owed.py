"""Small books as text, read for real, and the statements that follow from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from offtake.book.faults import Fault, Place
from offtake.book.force import Book
from offtake.book.read import read
from offtake.clauses.base import HOUR
from offtake.clauses.registry import kinds
from offtake.settle import Inputs, Outage, Statement, Used, settle
from offtake.settle.clock import BookClock
from offtake.units import Month
from offtake.units.instants import NS

HEADER = """
book:
  buyer: lab
  as_of: 2024-10-01
  timezone: ZONE
  calendar: none
  periods: {start: 2025-01, length: 12 months}
  purposes: {work: {}}
parties:
- {id: lab, name: Lab}
- {id: microsoft, name: Microsoft}
- {id: cloud, name: Cloud}
- {id: iren, name: IREN}
agreements:
"""
METER = """
- id: meter
  seller: cloud
  from: 2025-01-01
  until: 2025-12-31
  billing: used
  price: 2 USD per chip-hour
  deliveries: [{id: d, add: 10 chips, chip: h100, region: r, start: 2025-01-01}]
  clauses:
"""
"""Ten chips for a year, at 2 USD; clauses follow."""
HERE = Place("inputs.csv", 2)
BLOCK = """
- id: block
  seller: cloud
  signed: 2024-10-10
  from: 2025-01-01
  until: 2025-12-31
  price: 2 USD per chip-hour
  deliveries:
  - {id: d1, add: 10 chips, chip: h100, region: r, start: 2025-02-01, until: 2025-04-30}
  clauses:
  - {kind: prepayment, WORDS}
"""
"""89 days are 2,136 hours, so d1 is worth 10 x 2,136 x 2 = 42,720.00 USD."""
PAID, CREDIT = "paid ahead for d1", "credit of what was paid ahead for d1"


def write(folder: Path, *agreements: str, zone: str = "UTC") -> Path:
    """A book in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "book.yaml").write_text(HEADER.replace("ZONE", zone) + "".join(agreements))
    return folder


def book_of(folder: Path, *agreements: str, zone: str = "UTC") -> Book:
    """The whole of it, whenever known."""
    return read(write(folder, *agreements, zone=zone), kinds()).required().whole


def faults_of(folder: Path, *agreements: str) -> list[Fault]:
    """All that is wrong with it."""
    return list(read(write(folder, *agreements), kinds()).faults)


def used(taken: Mapping[str, int], over: Mapping[str, int] | None = None) -> Inputs:
    """Chip-hours of `meter` by month, all on its first day, or by day; `over` likewise.

    All months are metered: on other days nothing was taken.
    """
    more = over or {}
    days = {_day(key): Used(hours * HOUR, more.get(key, 0) * HOUR) for key, hours in taken.items()}
    months = frozenset(Month(2025, 1) + n for n in range(36))
    return replace(Inputs(), use={"meter": days}, metered={"meter": months})


def metered(use: Mapping[str, Mapping[dt.date, Used]]) -> Inputs:
    """Nothing but use, which counts as metered in each month that it reaches."""
    months = {name: frozenset(Month.of(day) for day in days) for name, days in use.items()}
    return Inputs(use=use, metered=months)


def _day(key: str) -> dt.date:
    return dt.date.fromisoformat(key if len(key) == 10 else f"{key}-01")


def outage(day: str, hours: int, chips: int, cause: str = "seller", zone: str = "UTC") -> Outage:
    """An outage from the beginning of a day."""
    begin = BookClock(zone).begin_of(dt.date.fromisoformat(day))
    assert cause in ("seller", "force majeure", "buyer")
    return Outage(begin, begin + hours * HOUR * NS, chips, cause, HERE)


def statements(
    book: Book, through: str, inputs: Inputs | None = None, agreement: str = "meter"
) -> dict[str, Statement]:
    """The statements of an agreement by month."""
    year, number = (int(part) for part in through.split("-"))
    every = settle(book, Month(year, number), inputs or Inputs())
    return {str(m): s for m, found in every for s in found if s.agreement == agreement}


def lines(statement: Statement) -> list[tuple[str, str]]:
    """Of each line what it is and the amount that the buyer owes by it."""
    found = []
    for line in statement.lines:
        amount = line.amount.amount if line.payer == statement.buyer else -line.amount.amount
        found.append((line.item, f"{amount:,}"))
    return found


def whys(statement: Statement) -> list[str]:
    """The formulas of its lines."""
    return [line.why for line in statement.lines]


def told(statement: Statement) -> list[str]:
    """What it remarks."""
    return [remark.sentence for remark in statement.told]


def block(words: str) -> str:
    return BLOCK.replace("WORDS", words)


def prepaid(made: dict[str, Statement]) -> dict[str, list[tuple[str, str]]]:
    """The lines of the clause by month, where there are some."""
    found = {
        month: [
            (item, owed)
            for (item, owed), line in zip(lines(s), s.lines, strict=True)
            if line.account == "prepaid"
        ]
        for month, s in made.items()
    }
    return {month: own for month, own in found.items() if own}
