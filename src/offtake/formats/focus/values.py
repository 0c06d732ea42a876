"""Numbers, times and texts as the specification wants them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from offtake.book.force import Book
from offtake.clauses.base import HOUR
from offtake.formats.focus.columns import PLACES
from offtake.settle.clock import BookClock
from offtake.units import Month
from offtake.units.instants import NS, Instant
from offtake.units.text import EXACT

_ZERO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_ONE = dt.timedelta(days=1)


def number(exact: Fraction) -> Decimal:
    """A number with at most twelve decimals, rounded half to even where it has more."""
    return EXACT.scaleb(Decimal(round(exact * 10**PLACES)), -PLACES)


def chip_hours(seconds: int) -> Decimal:
    """Chip-seconds in chip-hours."""
    return number(Fraction(seconds, HOUR))


def plain(value: Decimal) -> str:
    """`1200`, `0.25`: neither an exponent nor zeros at the end."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def moment(at: Instant) -> dt.datetime:
    """An instant, to the second."""
    return _ZERO + dt.timedelta(seconds=at // NS)


def written(value: str | Decimal | dt.datetime | None) -> str:
    """A cell as text. A number has two decimals at least: readers guess types from what they see,
    and a column of whole numbers would not look like amounts.
    """
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, str):
        return value
    whole, _, decimals = plain(value).partition(".")
    return f"{whole}.{decimals:0<2}"


def pairs(values: Mapping[str, str | None]) -> str:
    """A JSON object of texts, without those that are empty."""
    there = {key: value for key, value in values.items() if value}
    return json.dumps(there, ensure_ascii=False, sort_keys=True)


def days_of(clock: BookClock, first: dt.date, last: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """From the first instant of a day to the first after another, on the book's clock."""
    return moment(clock.begin_of(first)), moment(clock.begin_of(last + _ONE))


def month_of(clock: BookClock, month: Month) -> tuple[dt.datetime, dt.datetime]:
    """A month on the book's clock."""
    return days_of(clock, month.first, month.last)


def name_of(book: Book, party: str) -> str:
    """A party's name."""
    known = book.parties.get(party)
    return known.name if known is not None else party


def host_of(book: Book, agreement: str) -> str:
    """Who runs the capacity: at the far end of the agreements from which it is served."""
    seen: set[str] = set()
    at = book.agreements[agreement]
    while at.via is None and at.upstream is not None and at.upstream not in seen:
        seen.add(at.upstream)
        at = book.agreements.get(at.upstream, at)
    return at.via or at.seller
