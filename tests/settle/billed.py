"""Agreements whose statements have lines of every kind, and rows of FOCUS as dictionaries."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from offtake.book.force import Book
from offtake.formats.focus import Table
from offtake.settle import Inputs, Statement, settle
from offtake.settle.clock import BookClock
from offtake.settle.inputs import Came
from offtake.units import Month

from .owed import HERE, book_of, used

METERED = """
- id: meter
  seller: cloud
  signed: 2024-12-01
  from: 2025-01-01
  until: 2025-12-31
  billing: used
  price: 2 USD per chip-hour
  deliveries: [{id: d, add: 10 chips, chip: h100, region: r, start: 2025-01-01}]
  clauses:
  - {kind: take-or-pay, share: 90%, measured: quarter}
  - {kind: overage, rate: 150%}
  - {kind: minimum-spend, amount: 20000 USD, measured: month, counts: agreement}
"""
RESERVED = """
- id: block
  seller: iren
  via: cloud
  signed: 2024-12-15
  from: 2025-01-01
  until: 2025-09-30
  price: 2.345 USD per chip-hour
  deliveries:
  - {id: d1, add: 7 chips, chip: h100, region: us-tx, start: 2025-01-10}
  - {id: d2, add: 5 chips, chip: gb300, region: us-tx, start: 2025-02-01, until: 2025-06-30}
  clauses:
  - {kind: prepayment, share: 10%, due: at start, credit_after: 1 month}
  - {kind: escalator, rises: 10% per year, from: 2024-03-16}
  - {kind: delay-credits, rate: 1% of monthly fee per day, cap: 50% of monthly fee}
- id: resold
  seller: microsoft
  upstream: block
  signed: 2024-12-20
  from: 2025-02-01
  until: 2025-08-31
  price: 3 USD per chip-hour
  deliveries: [{id: d, add: 4 chips, chip: h100, region: us-tx, start: 2025-02-01}]
"""
LATE = Came(BookClock("UTC").begin_of(dt.date(2025, 2, 9)), HERE)
"""The second delivery of the block came on 9 February, eight days late."""
USE = replace(
    used({"2025-01": 7000, "2025-02": 6100, "2025-03": 4321, "2025-05-07": 777}, {"2025-02": 33}),
    arrivals={("block", "d2"): LATE},
)


def rich(folder: Path, zone: str = "UTC") -> Book:
    """Both of them, and one that is resold."""
    return book_of(folder, METERED, RESERVED, zone=zone)


def statements_of(
    book: Book, through: str = "2025-09", inputs: Inputs = USE
) -> tuple[Statement, ...]:
    """Every statement to a month that has lines."""
    year, number = (int(part) for part in through.split("-"))
    every = settle(book, Month(year, number), inputs)
    return tuple(s for _, found in every for s in found if s.entries)


def read_csv(path: Path) -> list[dict[str, str]]:
    """A dataset as it stands in its file."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def row_of(table: Table, line: str) -> Mapping[str, object]:
    """The row of a line."""
    return next(row for row in table.rows if row["x_OfftakeLine"] == line)
