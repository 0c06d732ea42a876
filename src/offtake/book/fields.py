"""Field types of the book's records: text in, a quantity of `offtake.units` out.

Each type carries its JSON Schema (pattern, examples), so that an editor completes and underlines.
A value that is already a quantity passes unchanged, so records can be made from Python too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, WithJsonSchema

from offtake.units import (
    Clock,
    Duration,
    ChipHours as ChipHourCount,
    Money,
    Month,
    Power,
    Price,
    Share,
    parse_chip_hours,
    parse_chips,
    parse_clock,
    parse_date,
    parse_duration,
    parse_factor,
    parse_flag,
    parse_money,
    parse_month,
    parse_power,
    parse_price,
    parse_share,
    parse_slug,
    parse_whole,
)

T = TypeVar("T")


def _reads(parse: Callable[[str], T], *kinds: type) -> BeforeValidator:
    """Run `parse` on text; let through what already is one of `kinds`."""

    def read(value: Any) -> Any:
        if isinstance(value, str):
            return parse(value)
        if isinstance(value, kinds):
            return value
        raise ValueError("one value is expected here, not a list or a mapping")

    return BeforeValidator(read)


def _text(description: str, *examples: str, pattern: str | None = None) -> WithJsonSchema:
    schema: dict[str, Any] = {"type": "string", "description": description}
    if examples:
        schema["examples"] = list(examples)
    if pattern:
        schema["pattern"] = pattern
    return WithJsonSchema(schema)


_N = r"[0-9]{1,15}(\.[0-9]{1,9})?"

Slug = Annotated[
    str,
    _reads(parse_slug, str),
    _text("an id: ASCII letters in lower case, digits, - _ .", "oracle-36"),
]
Words = Annotated[str, _reads(str, str), _text("plain words")]
Chips = Annotated[
    int,
    _reads(parse_chips, int),
    _text("a number of chips", "16000 chips", pattern=r"^[0-9]{1,15} chips?$"),
]
Whole = Annotated[
    int,
    _reads(parse_whole, int),
    WithJsonSchema({"type": "integer", "minimum": 0, "description": "a whole number"}),
]
Factor = Annotated[
    Decimal,
    _reads(parse_factor, Decimal, int),
    WithJsonSchema({"type": "number", "minimum": 0, "description": "a bare ratio, such as a PUE"}),
]
Flag = Annotated[
    bool,
    _reads(parse_flag, bool),
    WithJsonSchema({"type": "boolean", "description": "true or false"}),
]
Sum = Annotated[
    Money,
    _reads(parse_money, Money),
    _text("an amount of money", "100 B USD", "2500000 USD", pattern=rf"^{_N} ([KMBT] )?[A-Z]{{3}}$"),
]
UnitPrice = Annotated[
    Price,
    _reads(parse_price, Price),
    _text("money per unit", "2.35 USD per chip-hour", pattern=rf"^{_N} ([KMBT] )?[A-Z]{{3}} per .+$"),
]
Portion = Annotated[
    Share,
    _reads(parse_share, Share),
    _text("a percentage, with what it is of and per what", "40%", "8% per year", pattern=rf"^{_N}%"),
]
Span = Annotated[
    Duration,
    _reads(parse_duration, Duration),
    _text("a length of time", "30 days", "10 business days", "36 months", "72 hours"),
]
Megawatts = Annotated[
    Power,
    _reads(parse_power, Power),
    _text("power, at the meter or at the chips (it)", "200 MW meter", "1.2 kW"),
]
ChipHours = Annotated[
    ChipHourCount,
    _reads(parse_chip_hours, ChipHourCount),
    _text("a number of chip-hours", "500000 chip-hours"),
]
Day = Annotated[
    dt.date,
    _reads(parse_date, dt.date),
    _text("a day", "2025-01-21", pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
]
MonthOf = Annotated[
    Month,
    _reads(parse_month, Month),
    _text("a calendar month", "2025-02", pattern=r"^[0-9]{4}-[0-9]{2}$"),
]
TimeOfDay = Annotated[
    Clock,
    _reads(parse_clock, Clock),
    _text("a local time of day", "17:00", pattern=r"^[0-2][0-9]:[0-5][0-9]$"),
]
