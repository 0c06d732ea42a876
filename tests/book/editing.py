"""A book with a bit of everything, changed by text and by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from offtake.book.changes import Change, changed, drafted
from offtake.book.force import Book
from offtake.book.read import SECTIONS, Reading
from offtake.book.record import Record

from .writing import KINDS, good

TEXT = """\
book:
  buyer: lab
  as_of: 2025-01-21
  periods: {start: 2025-02, length: 12 months}
  purposes: {training: {}, inference: {}, api: {part_of: inference}}
  include: [offers.csv]
parties:
- {id: lab, name: Lab}
- {id: cloud, name: Cloud}
- {id: neo, name: Neocloud}
agreements:
- id: cloud-2024
  seller: cloud
  from: 2024-01-01
  until: 2027-12-31
  price: 2 USD per chip-hour
  deliveries:
  - {id: d1, add: 100 chips, chip: h100, region: us, start: 2024-02-01}
  - {id: d2, add: 200 chips, chip: h100, region: us, start: 2024-06-01}
  clauses:
  - {id: first, kind: claim, window: {length: 30 days, roll: none}}
  - {kind: promise, share: 50%}
  amendments:
  - {on: 2024-07-01, change: {first: {window: {length: 20 days}}, promise: {share: 40%}}}
  - {on: 2024-08-01, add: [{id: second, kind: promise, share: 10%}]}
  - {on: 2024-09-01, end: [first]}
  - {on: 2024-10-01, end: [promise], change: {second: {share: 20%}}}
- id: neo-2025
  seller: neo
  from: 2025-01-01
  until: 2025-12-31
  waivers:
  - {of: first, on: 2024-12-01}
  - {of: cloud-2024/second, on: 2024-12-02}
  clauses:
  - {kind: promise, share: 70%}
ventures:
- {id: neo, owners: {lab: 50%, cloud: 50%}, capital: [{limit: 1 B USD, from: 2025-02}]}
sites:
- id: dalles
  region: us
  pue: 1.2
  power_price: 0.05 USD per kWh
  chips: [h100]
  venture: neo
  phases:
  - {id: p1, power: 10 MW meter, capex: 100 M USD, lead: 12 months}
demand:
- {id: chat, purpose: inference, unit: h100, base: 300 chips, unserved: 12 USD per chip-hour,
   scenarios: {low: {growth: 10% per year, weight: 50%}, high: {growth: 90% per year, weight: 50%}}}
"""
OFFERS = """\
id,seller,chip,region,term,price,max
neo-6,neo,h100,us,6 months,2.50 USD per chip-hour,200 chips
neo-4.5,neo,h100,us,12 months,2.10 USD per chip-hour,300 chips
"""


def edited(folder: Path, *changes: Change) -> Reading:
    """The book above with changes made."""
    book = good(folder, TEXT, offers_csv=OFFERS)
    draft = drafted(folder, KINDS, book.digest)
    return changed(draft, folder, KINDS, book.digest, changes)[1]


def records(book: Book) -> dict[str, Any]:
    """All that a book says, without the places where it stands."""
    said: dict[str, Any] = {"book": _dumped(book.header)}
    for section in SECTIONS:
        written = book.written if section == "agreements" else getattr(book, section)
        said[section] = {name: _dumped(record) for name, record in written.items()}
    return said


def by_hand(folder: Path, *pairs: tuple[str, str]) -> Book:
    """The book above with its text changed by hand; each text stands there once."""
    text, offers = TEXT, OFFERS
    for old, new in pairs:
        assert (text + offers).count(old) == 1, old
        text, offers = text.replace(old, new), offers.replace(old, new)
    return good(folder / "by-hand", text, offers_csv=offers)


def _dumped(record: Record) -> dict[str, Any]:
    # Clauses are declared by their root, and would be dumped without the words of their kind.
    return record.model_dump(serialize_as_any=True)
