"""Quantities: text in, exact frozen values out, and one sentence about what is refused.

    text.py: what a number and a word may be; QuantityError
    money.py: Money and Price
    minor.py: the smallest units that a currency is paid in
    amounts.py: chips, chip-hours, power, bare numbers, flags and ids
    shares.py: percentages
    durations.py: lengths of time
    months.py: months, days, instants, times of day
    calendar.py: business days
    window.py: deadlines of notices, time zones
    instants.py: instants as whole nanoseconds
    postings.py: double entry, and how lines become postings
    almanac.py: a calendar and a time zone as plain data, and deadlines from them

The grammar is on one page: docs/quantities.md.
"""

from offtake.units.almanac import (
    Almanac,
    AlmanacEndsError,
    Deadline,
    Spell,
    almanac,
    deadline,
    first_instant,
    last_instant,
    spell_of,
    tail_end,
)
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
from offtake.units.instants import NS, instant_of, instant_text
from offtake.units.instants import Instant as Instant
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
    "NS",
    "Almanac",
    "AlmanacEndsError",
    "Calendar",
    "ChipHours",
    "Clock",
    "Deadline",
    "Duration",
    "Money",
    "Month",
    "Power",
    "Price",
    "QuantityError",
    "Share",
    "Spell",
    "Window",
    "almanac",
    "deadline",
    "first_instant",
    "instant_of",
    "instant_text",
    "last_instant",
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
    "spell_of",
    "tail_end",
]
