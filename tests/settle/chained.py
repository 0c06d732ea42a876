"""Agreements served from others, as text."""

from __future__ import annotations

from offtake.settle.clock import BookClock
from offtake.units import Month

MARCH, FEBRUARY = Month(2025, 3), Month(2025, 2)
CLOCK = BookClock("UTC")
SELLERS = ("iren", "cloud", "microsoft")


def link(
    name: str,
    chips: int,
    price: str,
    *,
    seller: str,
    buyer: str = "lab",
    upstream: str = "",
    words: str = "",
) -> str:
    """An agreement of a year for chips of one delivery, `d`, from January."""
    source = f"  upstream: {upstream}\n" if upstream else ""
    return f"""
- id: {name}
  seller: {seller}
  buyer: {buyer}
{source}  from: 2025-01-01
  until: 2025-12-31
  price: {price} USD per chip-hour
  deliveries: [{{id: d, add: {chips} chips, chip: h100, region: r, start: 2025-02-01}}]
{words}"""


HOST = link("host", 100, "2", seller="iren", buyer="microsoft")
SOLD = link("sold", 60, "2.5", seller="microsoft", upstream="host")
OTHER = link("other", 30, "3", seller="microsoft", buyer="cloud", upstream="host")
CREDITED = "  clauses: [{id: late, kind: delay-credits, rate: 1% of monthly fee per day}]\n"
"""A day late costs 1 % of the monthly fee."""
DELAYED = HOST + CREDITED
MIRRORED = "  back_to_back: [late]\n"
