"""The words in which tests of the desk are written: days, rights, terms.

Clocks are read in California, on the calendar of business days of the United States.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from offtake.desk.claim import Bar, Claim
from offtake.desk.lot import Terms
from offtake.units import Almanac, Calendar, Instant, Spell, almanac, parse_clock, parse_duration
from offtake.units.almanac import spell_of

LA = ZoneInfo("America/Los_Angeles")
BUYER = "openai"
PARTIES = ("amazon", "coreweave", "google", "microsoft", "nvidia", "oracle")
CHIP, REGION = "gb200", "texas"
EVIDENCE = "5e" * 32
PLENTY = 1_000_000
FOUNDED = "2025-01-02 09:00"
OPENED = "2025-02-03 09:00"
_ZERO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def at(local: str, fold: int = 0) -> Instant:
    """The instant at which clocks in California show a time; of two, the first."""
    told = dt.datetime.fromisoformat(local).replace(tzinfo=LA, fold=fold)
    return (told - _ZERO) // dt.timedelta(microseconds=1) * 1000


def shown(instant: Instant) -> str:
    """What clocks in California show, to the minute, and what is left of it in nanoseconds."""
    minutes, rest = divmod(instant, 60 * 10**9)
    told = (_ZERO + dt.timedelta(minutes=minutes)).astimezone(LA).strftime("%Y-%m-%d %H:%M")
    return f"{told} +{rest}" if rest else told


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def spell(length: str | None, closes: str = "17:00", roll: bool = True) -> Spell | None:
    """`10 business days`, as a clause's clock has it."""
    if length is None:
        return None
    return spell_of(parse_duration(length), parse_clock(closes), roll)


@cache
def california(first: int = 2025, last: int = 2029) -> Almanac:
    """The business days of the United States, by the clocks of California."""
    start, end = dt.date(first, 1, 1), dt.date(last, 12, 31)
    return almanac("America/Los_Angeles", Calendar.named("US"), start, end)


def claim(
    clause: str,
    holder: str,
    *,
    window: str = "10 days",
    tail: str | None = "90 days",
    reoffer: str | None = None,
    closing: str | None = None,
    rank: int = 1,
    first: bool = False,
    **words: Any,
) -> Claim:
    """A right of first refusal (or `first` offer): ten days to answer, a tail of ninety."""
    return Claim(
        clause=clause,
        holder=holder,
        first=first,
        precedence=words.pop("precedence", 1 if first else 2),
        rank=rank,
        window=spell(window, words.pop("closes", "17:00"), words.pop("roll", True)),
        almanac=words.pop("almanac", "la"),
        reoffer=spell(reoffer),
        tail=spell(tail),
        closing=spell(closing),
        **{name: exact(name, value) for name, value in words.items()},
    )


def exclusive(clause: str, holder: str, **words: Any) -> Bar:
    return Bar(clause, holder, **words)


def terms(price: str = "3.00", start: str = "2026-01-01", months: int = 48, **words: Any) -> Terms:
    said = {name: exact(name, value) for name, value in words.items()}
    return Terms(price=Decimal(price), start=day(start), months=months, **said)


_AMOUNTS = {"price_rise", "ceiling", "rate", "deposit", "escalator", "warrants", "support", "worth"}


def exact(name: str, value: Any) -> Any:
    return Decimal(value) if name in _AMOUNTS else value
