"""What else a plan would do, on the screen: a row each, and months of letting in one."""

from __future__ import annotations

import re
from pathlib import Path

from .books import said

BOOK = """
book:
  buyer: lab
  as_of: 2024-10-01
  periods: {start: 2025-01, length: 4 months, hours: 1}
  purposes: {work: {}}
parties: [{id: lab, name: Lab}, {id: cloud, name: Cloud}]
agreements:
- id: old
  seller: cloud
  signed: 2024-09-01
  from: 2024-10-01
  until: 2025-06-30
  price: 2 USD per chip-hour
  deliveries:
  - {id: d1, add: 10 chips, chip: h100, region: r, start: 2025-01-01}
  - {id: d2, add: 4 chips, chip: h100, region: r, start: 2025-01-01}
  clauses:
  - {kind: termination, what: delivery, notice: 30 days, from: 2025-03-01, until: 2025-03-01}
  - {kind: sublet, rate: 40%}
demand:
- {id: d, purpose: work, unit: h100, path: {2025-01: 14 chips, 2025-02: 8 chips},
   unserved: 9 USD per chip-hour}
"""


def test_endings_have_their_day_and_months_of_letting_are_one_row(tmp_path: Path) -> None:
    (tmp_path / "book.yaml").write_text(BOOK)
    done = said("plan", tmp_path, "--quick")
    assert done.exit_code == 0
    shown = done.stdout.partition("What else to do")[2].partition("Why not cheaper")[0]
    # d2 ends on the first of March; two of d1 are let from then on, six of both in February.
    assert re.search(r"2025-03 +2025-01-30 +end 4 chips of old/d2, in every scenario", shown)
    assert len(re.findall(r"\blet \d", shown)) <= 2
    assert re.search(r"let \d chips on average of old/d1, in 3 months to", shown)
