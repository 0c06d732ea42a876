"""Quantities: text in, exact frozen values out, and one sentence about what is refused.

    text.py: what a number and a word may be; QuantityError
    money.py: Money and Price
    amounts.py: chips, chip-hours, power, bare numbers, flags and ids
    shares.py: percentages
    durations.py: lengths of time
    months.py: months, days, instants, times of day
    calendar.py: business days
    window.py: deadlines of notices, time zones

The grammar is on one page: docs/quantities.md.
"""

from offtake.units.amounts import (
    ChipHours,
    Power,
    parse_chip_hours,
    parse_chips,
    parse_factor,
    parse_flag,
    parse_power,
    parse_slug,
    parse_whole,
)
from offtake.units.calendar import Calendar
from offtake.units.durations import Duration, parse_duration
from offtake.units.money import Money, Price, parse_money, parse_price
from offtake.units.months import (
    Clock,
    Month,
    parse_clock,
    parse_date,
    parse_instant,
    parse_month,
)
from offtake.units.shares import Share, parse_share
from offtake.units.text import QuantityError
from offtake.units.window import Window, parse_zone

__all__ = [
    "Calendar",
    "ChipHours",
    "Clock",
    "Duration",
    "Money",
    "Month",
    "Power",
    "Price",
    "QuantityError",
    "Share",
    "Window",
    "parse_chip_hours",
    "parse_chips",
    "parse_clock",
    "parse_date",
    "parse_duration",
    "parse_factor",
    "parse_flag",
    "parse_instant",
    "parse_money",
    "parse_month",
    "parse_power",
    "parse_price",
    "parse_share",
    "parse_slug",
    "parse_whole",
    "parse_zone",
]
