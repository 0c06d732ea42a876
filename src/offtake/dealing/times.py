"""Instants as people read them: local time of a clause's own zone, and how far ahead."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from offtake.dealing.wrong import WrongDealingError
from offtake.desk.lot import Instant
from offtake.units import QuantityError
from offtake.units.instants import DAY, NS, instant_of

FIRST, LAST = instant_of("1971-01-01T00:00:00Z"), instant_of("2200-01-01T00:00:00Z")
"""Between which a desk's time lies: what runs from it must have an instant too."""
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def local_text(at: Instant, zone: str) -> str:
    """`14 Jul 2025 17:00 CEST`: the minute in which the instant lies."""
    local = dt.datetime.fromtimestamp(at // NS, ZoneInfo(zone))
    name = local.tzname() or "UTC"
    if name[:1] in "+-":
        name = f"UTC{name}"
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year} {local:%H:%M} {name}"


def ahead(until: Instant, now: Instant) -> str:
    """`in 3 days 4 hours`, `in 12 minutes`, `2 hours ago`: the two largest units of it."""
    seconds = abs(until - now) // NS
    days, rest = divmod(seconds, DAY)
    hours, rest = divmod(rest, 3600)
    minutes = rest // 60
    told = [_many(n, unit) for n, unit in ((days, "day"), (hours, "hour")) if n]
    if not days and minutes:
        told.append(_many(minutes, "minute"))
    if not told:
        return "now" if seconds < 1 else "in seconds" if until > now else "seconds ago"
    return f"in {' '.join(told)}" if until > now else f"{' '.join(told)} ago"


def instant(option: str, text: str) -> Instant:
    """An instant of the command line, in UTC. Raises `WrongDealingError`."""
    try:
        found = instant_of(text)
    except QuantityError as error:
        hint = f"; {error.hint}" if error.hint else ""
        raise WrongDealingError(f"{option}: {error}{hint}") from error
    if not FIRST <= found < LAST:
        raise WrongDealingError(f"{option}: a desk's time lies in the years 1971 to 2199")
    return found


def _many(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"
