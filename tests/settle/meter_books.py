"""A book with two agreements, files of metering, and the same sums by a naive reader."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

from offtake.book.faults import Fault
from offtake.book.force import Book
from offtake.book.read import read
from offtake.clauses.registry import kinds
from offtake.owing.gather import Gathered, gather
from offtake.settle.clock import BookClock
from offtake.settle.inputs import Inputs, Used
from offtake.settle.serving import Serving
from offtake.units import NS, Month

HEAD = "agreement,start,chip_hours\n"
MARCH = Month(2026, 3)
TEXT = """\
book:
  buyer: lab
  as_of: 2026-01-01
  timezone: {zone}
  periods: {{start: 2026-02, length: 12 months}}
  purposes: {{training: {{}}}}
parties: [{{id: lab, name: Lab}}, {{id: neo, name: Neo}}]
agreements:
- id: neo-1
  seller: neo
  from: 2026-02-10
  until: 2026-12-31
  price: 2 USD per chip-hour
  billing: used
  deliveries:
  - {{id: d1, add: 4 chips, chip: h100, region: us-east, start: 2026-02-10}}
  - {{id: d2, add: 3 chips, chip: h100, region: us-east, start: 2026-03-20, until: 2026-03-28}}
  clauses:
  - {{kind: revenue-share, share: 20%, of: sales, payer: lab}}
  - {{kind: most-favoured}}
- id: neo-2
  seller: neo
  from: 2026-03-01
  until: 2026-03-31
  price: 3 USD per chip-hour
  billing: used
  deliveries:
  - {{id: d1, add: 2 chips, chip: h100, region: us-east, start: 2026-03-01}}
"""


def book_in(folder: Path, zone: str = "UTC") -> Book:
    (folder / "book").mkdir(exist_ok=True)
    (folder / "book" / "book.yaml").write_text(TEXT.format(zone=zone))
    return read(folder / "book", kinds()).required().whole


def written(folder: Path, content: str | bytes, name: str = "m.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def metered(folder: Path, content: str | bytes, book: Book | None = None) -> Gathered:
    path = written(folder, content)
    return gather(book or book_in(folder), meter=[path], through=MARCH)


def told(found: Gathered) -> list[tuple[int, str]]:
    """The line and code of each fault."""
    assert (found.inputs is None) == bool(found.faults)
    return [(f.place.line, f.code) for f in found.faults]


def only(found: Gathered) -> Fault:
    (fault,) = found.faults
    return fault


def naive(path: Path, book: Book, through: Month = MARCH) -> dict[str, dict[dt.date, Used]]:
    """The sums of a sound file of chip-hours, row by row, in fractions."""
    zone, clock = ZoneInfo(book.header.timezone), BookClock(book.header.timezone)
    taken: Counter[tuple[str, dt.date]] = Counter()
    over: Counter[tuple[str, dt.date]] = Counter()
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            name, amount = row["agreement"], Fraction(row["chip_hours"]) * 3600
            start = dt.datetime.fromisoformat(row["start"])
            day = start.astimezone(zone).date()
            if Month.of(day) > through:
                continue
            begin = int(start.timestamp()) * NS
            end, there = begin + 3600 * NS, Fraction(0)
            for one in Serving(book, book.agreements[name], Inputs(), clock).arrivals:
                assert one.arrived is not None
                span = min(end, clock.end_of(one.last)) - max(begin, one.arrived)
                there += one.delivery.add * max(0, span) / Fraction(NS)
            taken[name, day] += amount  # type: ignore[assignment]
            over[name, day] += max(Fraction(0), amount - there)  # type: ignore[assignment]
    found: dict[str, dict[dt.date, Used]] = {}
    for (name, day), seconds in taken.items():
        found.setdefault(name, {})[day] = Used(int(seconds), int(over[name, day]))
    return found
