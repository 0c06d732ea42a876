"""Field types of the book's records: text in, a quantity of `offtake.units` out.

Each type carries its JSON Schema (pattern, examples), so that an editor completes and underlines.
A value that is already a quantity passes unchanged, so records can be made from Python too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from offtake.book.faults import Misread
from offtake.units import (
    Calendar,
    Clock,
    Duration,
    Money,
    Month,
    Power,
    Price,
    QuantityError,
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
    parse_zone,
)
from offtake.units import ChipHours as ChipHourCount

T = TypeVar("T")


def _reads(parse: Callable[[str], T], code: str, *kinds: type) -> BeforeValidator:
    """Run `parse` on text; let through what already is one of `kinds`."""

    def read(value: Any) -> Any:
        if isinstance(value, str):
            try:
                return parse(value)
            except QuantityError as error:
                raise Misread(str(error), code, getattr(error, "hint", "")) from error
        if isinstance(value, kinds):
            return value
        sentence = "One value is expected here, not a list or a mapping."
        raise Misread(sentence, "one-value", "write the value alone, without brackets")

    return BeforeValidator(read)


def _clause_name(text: str) -> str:
    agreement, slash, name = text.partition("/")
    return f"{parse_slug(agreement)}/{parse_slug(name)}" if slash else parse_slug(text)


def _calendar(name: str) -> str:
    Calendar.named(name)
    return name


def _text(description: str, *examples: str, pattern: str | None = None) -> WithJsonSchema:
    schema: dict[str, Any] = {"type": "string", "description": description}
    if examples:
        schema["examples"] = list(examples)
    if pattern:
        schema["pattern"] = pattern
    return WithJsonSchema(schema)


_SUM = r"([KMBT] )?[A-Z]{3}"
_ID = r"[a-z0-9][a-z0-9._-]{0,63}"
_SPAN = r"(hour|day|business day|month|year)s?"
_N = r"[0-9]{1,15}(\.[0-9]{1,9})?"

Slug = Annotated[
    str,
    _reads(parse_slug, "bad-id", str),
    _text("an id: ASCII letters in lower case, digits, - _ .", "oracle-36", pattern=f"^{_ID}$"),
]
ClauseName = Annotated[
    str,
    _reads(_clause_name, "bad-id", str),
    _text("a clause: its own name, or agreement/name", "azure-rofr", "azure-2025/azure-rofr"),
]
Words = Annotated[str, _reads(str, "one-value", str), _text("plain words")]
Chips = Annotated[
    int,
    _reads(parse_chips, "bad-chips", int),
    _text("a number of chips", "16000 chips", pattern=r"^[0-9]{1,15} chips?$"),
]
Whole = Annotated[
    int,
    _reads(parse_whole, "bad-number", int),
    WithJsonSchema({"type": "integer", "minimum": 0, "description": "a whole number"}),
]
Factor = Annotated[
    Decimal,
    _reads(parse_factor, "bad-number", Decimal, int),
    WithJsonSchema({"type": "number", "minimum": 0, "description": "a bare ratio, such as a PUE"}),
]
Flag = Annotated[
    bool,
    _reads(parse_flag, "bad-flag", bool),
    WithJsonSchema({"type": "boolean", "description": "true or false"}),
]
Sum = Annotated[
    Money,
    _reads(parse_money, "bad-money", Money),
    _text("an amount of money", "100 B USD", "2500000 USD", pattern=rf"^{_N} {_SUM}$"),
]
UnitPrice = Annotated[
    Price,
    _reads(parse_price, "bad-price", Price),
    _text("money per unit", "2.35 USD per chip-hour", pattern=rf"^{_N} {_SUM} per .+$"),
]
Portion = Annotated[
    Share,
    _reads(parse_share, "bad-share", Share),
    _text(
        "a percentage, with what it is of and per what", "40%", "8% per year", pattern=rf"^{_N}%"
    ),
]
Span = Annotated[
    Duration,
    _reads(parse_duration, "bad-duration", Duration),
    _text(
        "a length of time", "30 days", "10 business days", "36 months", pattern=rf"^[0-9]+ {_SPAN}$"
    ),
]


def _not_in_hours(value: Duration) -> Duration:
    if value.unit == "hours":
        hint = "in days, business days, months or years"
        raise Misread(f"{value} is in hours, which cannot be used here.", "span-unit", hint)
    return value


DaySpan = Annotated[Span, AfterValidator(_not_in_hours)]
"""A length that is counted from day to day."""
Megawatts = Annotated[
    Power,
    _reads(parse_power, "bad-power", Power),
    _text(
        "power, at the meter or at the chips (it)",
        "200 MW meter",
        "1.2 kW",
        pattern=rf"^{_N} (kW|MW|GW)( meter| it)?$",
    ),
]
ChipHours = Annotated[
    ChipHourCount,
    _reads(parse_chip_hours, "bad-chip-hours", ChipHourCount),
    _text("a number of chip-hours", "500000 chip-hours", pattern=r"^[0-9]{1,15} chip-hours?$"),
]
Day = Annotated[
    dt.date,
    _reads(parse_date, "bad-date", dt.date),
    _text("a day", "2025-01-21", pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
]
MonthOf = Annotated[
    Month,
    _reads(parse_month, "bad-month", Month),
    _text("a calendar month", "2025-02", pattern=r"^[0-9]{4}-[0-9]{2}$"),
]
TimeOfDay = Annotated[
    Clock,
    _reads(parse_clock, "bad-time", Clock),
    _text("a local time of day", "17:00", pattern=r"^[0-2][0-9]:[0-5][0-9]$"),
]
CalendarName = Annotated[
    str,
    _reads(_calendar, "unknown-calendar", str),
    _text("a holiday calendar: none, weekdays, a country or an exchange", "US", "GB", "NYSE"),
]
ZoneName = Annotated[
    str,
    _reads(parse_zone, "unknown-zone", str),
    _text("a time zone of the IANA database", "America/Los_Angeles", "UTC"),
]

Named = Literal["party", "chip", "purpose", "agreement", "venture", "region", "curve"]


@dataclass(frozen=True, slots=True)
class Refers:
    """Beside a field's type: the id names one of these, and the checks see that it is there."""

    to: Named


PartyId = Annotated[Slug, Refers("party")]
ChipId = Annotated[Slug, Refers("chip")]
PurposeId = Annotated[Slug, Refers("purpose")]
AgreementId = Annotated[Slug, Refers("agreement")]
VentureId = Annotated[Slug, Refers("venture")]
CurveId = Annotated[Slug, Refers("curve")]
Region = Annotated[Slug, Refers("region")]
