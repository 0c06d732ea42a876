"""Instants as whole nanoseconds since 1970-01-01T00:00:00Z: exact, ordered, cheap to keep."""

from __future__ import annotations

import datetime as dt
import re

from offtake.units.text import QuantityError, odd_character, reader, refused

Instant = int
"""Nanoseconds since 1970-01-01T00:00:00Z; there are no leap seconds."""

NS = 1_000_000_000
"""Nanoseconds in a second."""

DAY = 86_400
"""Seconds in a day of 24 hours."""

EPOCH = dt.date(1970, 1, 1).toordinal()
"""The ordinal of the day 0 of instants."""

_ZERO = dt.datetime(1970, 1, 1)
_TEXT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?Z"
)
_NEAR = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?")
_FIRST_YEAR, _LAST_YEAR = 1970, 9998
_END = (dt.date(_LAST_YEAR + 1, 1, 1).toordinal() - EPOCH) * DAY * NS
_WHAT, _EXAMPLE = "an instant in UTC", "2025-01-21T17:00:00Z"


@reader
def instant_of(text: str) -> Instant:
    """`2025-01-21T17:00:00Z`, in UTC, seconds with up to nine decimals; years 1970 to 9998."""
    found = _TEXT.fullmatch(text)
    if found is None:
        raise refused(text, _WHAT, _EXAMPLE, _misspelt(text))
    year, month, day, hour, minute, second = (int(found[n]) for n in range(1, 7))
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise refused(text, _WHAT, _EXAMPLE, f"years run from {_FIRST_YEAR} to {_LAST_YEAR}")
    if hour > 23 or minute > 59 or second > 59:
        raise refused(text, _WHAT, _EXAMPLE, "times run from 00:00:00 to 23:59:59")
    try:
        days = dt.date(year, month, day).toordinal() - EPOCH
    except ValueError:
        raise refused(text, _WHAT, _EXAMPLE, "there is no such day") from None
    whole = days * DAY + hour * 3600 + minute * 60 + second
    return whole * NS + int((found[7] or "0").ljust(9, "0"))


def instant_text(at: Instant) -> str:
    """The one way an instant is written: `2025-01-21T17:00:00.000000000Z`."""
    if not 0 <= at < _END:
        raise QuantityError(f"an instant lies in the years {_FIRST_YEAR} to {_LAST_YEAR}")
    seconds, nanoseconds = divmod(at, NS)
    return f"{(_ZERO + dt.timedelta(0, seconds)).isoformat()}.{nanoseconds:09d}Z"


def _misspelt(text: str) -> str:
    """What keeps a text from being an instant; empty if it is an odd character, which is named."""
    if odd_character(text):
        return ""
    near = _NEAR.match(text)
    if near is None:
        return f"write for example {_EXAMPLE}"
    if len(near[1] or "") > 10:
        return "an instant has at most nine decimals"
    return "instants are written in UTC, with Z at the end"
