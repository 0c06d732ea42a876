"""The small books in which examples of codes stand: each part is well by itself.

A part follows HEADER and PARTIES, as docs/faults.md says once for all of them.
"""

from __future__ import annotations

from offtake.book.faults import Example

HEADER = """\
book:
  buyer: lab
  as_of: 2025-01-21
  periods: {start: 2025-02, length: 24 months}
  purposes: {training: {}, inference: {}, api: {part_of: inference}}
"""
PARTIES = """\
parties:
- {id: lab, name: Lab}
- {id: cloud, name: Cloud}
- {id: neo, name: Neocloud}
"""
OFFER = """\
offers:
- id: neo-12
  seller: neo
  chip: h100
  region: us-east
  term: 12 months
  price: 2 USD per chip-hour
  max: 1024 chips
"""
ELSEWHERE = """\
- {id: neo-6, seller: neo, chip: h100, region: us-tx, term: 6 months, max: 9 chips,
   price: 3 USD per chip-hour}
"""
"""A second offer, in another region."""
AGREEMENT = """\
agreements:
- id: cloud-2025
  seller: cloud
  from: 2025-02-01
  until: 2026-12-31
"""
DELIVERY = """\
  price: 2 USD per chip-hour
  deliveries:
  - {id: d1, add: 512 chips, chip: h100, region: us-east, start: 2025-03-01}
"""
OTHER = """\
- id: neo-2025
  seller: neo
  from: 2025-03-01
  until: 2026-11-30
"""
"""A second agreement, with somebody else, made and ended while the first one holds."""
CLAUSES = "  clauses:\n"
SITE = """\
sites:
- id: abilene
  region: us-tx
  pue: 1.2
  power_price: 0.06 USD per kWh
  chips: [gb200]
  phases:
  - {id: p1, power: 200 MW meter, capex: 2 B USD, ready: 2026-03}
"""
NEED = """\
demand:
- id: chat
  purpose: api
  unit: h100
  base: 600 chips
  unserved: 9 USD per chip-hour
"""


def of_header(right: str, wrong: str) -> Example:
    """An example in the header; what is `right` may be a line that the header does not have."""
    text = HEADER if right in HEADER else f"{HEADER}  {right}\n"
    return Example(text + PARTIES, right, wrong, alone=True)


def of_clause(words: str, right: str, wrong: str) -> Example:
    """An example in the words of a clause, such as `{kind: take-or-pay, share: 90%}`.

    It stands in an agreement that is billed as used and has one delivery of 512 chips.
    """
    return Example(f"{METERED}{CLAUSES}  - {words}\n", right, wrong)


def of_reserved(words: str, right: str, wrong: str) -> Example:
    """The same where the agreement is billed as reserved."""
    return Example(f"{RESERVED}{CLAUSES}  - {words}\n", right, wrong)


def of_offer(words: str, right: str, wrong: str) -> Example:
    """The words of a clause that comes with an offer."""
    return Example(f"{OFFER}{CLAUSES}  - {words}\n", right, wrong)


def beside_another(words: str, right: str, wrong: str, more: str = DELIVERY) -> Example:
    """An example in a clause and in a second agreement, `OTHER`, of which `more` is a part."""
    return Example(f"{AGREEMENT}{CLAUSES}  - {words}\n{OTHER}{more}", right, wrong)


RESERVED = AGREEMENT + "  billing: reserved\n" + DELIVERY
METERED = AGREEMENT + "  billing: used\n" + DELIVERY


def whole(example: Example, *, wrong: bool) -> dict[str, str]:
    """The files of the book in which an example stands, ready to be read."""
    files = example.files(wrong=wrong)
    if not example.alone:
        files["book.yaml"] = HEADER + PARTIES + files["book.yaml"]
    return files
