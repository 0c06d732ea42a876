"""How figures stand in the formula of a line: exact where they end, with their unit."""

from __future__ import annotations

from fractions import Fraction

HOUR = 3600
"""Chip-seconds of a chip-hour."""
_PLACES = 9


def number(value: Fraction | int) -> str:
    """`1,234.5`: exact where it ends within nine decimals, else rounded to them and marked `≈`."""
    exact = Fraction(value)
    scaled = exact * 10**_PLACES
    whole = round(scaled)
    sign, digits = ("-" if whole < 0 else ""), f"{abs(whole):0{_PLACES + 1}d}"
    decimals = digits[-_PLACES:].rstrip("0")
    text = f"{sign}{int(digits[:-_PLACES]):,}{'.' if decimals else ''}{decimals}"
    return text if scaled == whole else f"≈{text}"


def chip_hours(seconds: Fraction | int) -> str:
    """`1,234.5 chip-hours` of so many chip-seconds."""
    return f"{number(Fraction(seconds) / HOUR)} chip-hours"
