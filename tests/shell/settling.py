"""A small book with what is owed in it, for the commands about money."""

from __future__ import annotations

from pathlib import Path

from .books import write

OWED = """\
book:
  title: A book with bills
  buyer: lab
  as_of: 2026-01-12
  timezone: UTC
  periods: {start: 2026-02, length: 3 months, hours: 1}
  purposes: {inference: {}}
parties:
- {id: lab, name: The lab}
- {id: near, name: Nearby}
- {id: far, name: Far away}
demand:
- {id: chat, purpose: inference, unit: h100, base: 60 chips, unserved: 12 USD per chip-hour}
offers:
- {id: far-3, seller: far, chip: h100, region: us, term: 3 months,
   price: 9.00 USD per chip-hour, max: 250 chips}
agreements:
- id: used-1
  seller: near
  signed: 2026-01-05
  from: 2026-02-01
  until: 2026-12-31
  price: 2.00 USD per chip-hour
  billing: used
  deliveries:
  - {id: d1, add: 100 chips, chip: h100, region: uk, start: 2026-02-01}
  clauses:
  - {id: floor, kind: take-or-pay, share: 80%, measured: month, make_up: 6 months}
- id: held-1
  seller: far
  signed: 2026-01-05
  from: 2026-02-15
  until: 2026-12-31
  price: 3.00 USD per chip-hour
  deliveries:
  - {id: d1, add: 10 chips, chip: h100, region: us, start: 2026-02-15}
- id: later-1
  seller: far
  signed: 2026-01-02
  from: 2026-06-01
  until: 2026-12-31
  price: 3.00 USD per chip-hour
"""
"""Ids of agreements in the order of their lines: used-1 by use, held-1 by what is reserved."""


def book(folder: Path) -> Path:
    """The book in a folder of its own."""
    return write(folder, OWED)


def metering(path: Path, chips: int = 60, days: int = 28) -> Path:
    """Use of `used-1` in February 2026: so many chips in every hour of its first days."""
    rows = [
        f"used-1,2026-02-{day:02d}T{hour:02d}:00:00Z,{chips}\n"
        for day in range(1, days + 1)
        for hour in range(24)
    ]
    path.write_text("agreement,start,chip_hours\n" + "".join(rows))
    return path
