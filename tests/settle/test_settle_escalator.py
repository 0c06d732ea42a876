"""Where the price moves within a month, capacity is charged in a line for each price."""

from __future__ import annotations

from pathlib import Path

import pytest

from .owed import book_of, lines, statements, whys

RISING = """
- id: rising
  seller: cloud
  from: 2024-03-15
  until: 2026-03-14
  price: 2 USD per chip-hour
  deliveries: [{id: d, add: 10 chips, chip: h100, region: r, start: 2024-03-15}]
  clauses:
  - {kind: escalator, rises: 10% per year}
"""


@pytest.mark.parametrize(
    ("zone", "hours", "before"),
    [("UTC", "336", "6,720.00"), ("America/New_York", "335", "6,700.00")],
)
def test_the_charge_is_split_on_the_anniversary(
    zone: str, hours: str, before: str, tmp_path: Path
) -> None:
    """15 March 2025 is a year after the first day. In New York one night is an hour shorter.

    1 to 14 March                  10 × 14 × 24 h × 2                   6,720.00
    15 to 31 March                 10 × 17 × 24 h × 2.20                8,976.00
    """
    found = statements(book_of(tmp_path, RISING, zone=zone), "2025-03", agreement="rising")
    item = "capacity reserved: 10 h100"
    assert lines(found["2025-03"]) == [(item, before), (item, "8,976.00")]
    assert whys(found["2025-03"]) == [
        f"10 chips × {hours} h × 2 USD",
        "10 chips × 408 h × 2.2 USD",
    ]
    assert [(line.first.day, line.last.day) for line in found["2025-03"].lines] == [
        (1, 14),
        (15, 31),
    ]
