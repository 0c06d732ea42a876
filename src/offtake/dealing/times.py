"""Instants as people read them: local time of a clause's own zone, and how far ahead."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from offtake.dealing.wrong import WrongDealingError
from offtake.desk.lot import Instant
from offtake.units import QuantityError
from offtake.units.instants import DAY, NS, instant_of

FIRST, LAST = instant_of("1971-01-01T00:00:00Z"), instant_of("2200-01-01T00:00:00Z")
"""Between which a desk's time lies: what runs from it must have an instant too."""
_INSTANT = re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?Z\b")
_DUE = ("until ", "by ", "including ")
_OFFSET = re.compile(r"(.*[0-9])([+-])([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def local_text(at: Instant, zone: str) -> str:
    """`14 Jul 2025 17:00 CEST`: the minute in which the instant lies."""
    local = dt.datetime.fromtimestamp(at // NS, ZoneInfo(zone))
    name = local.tzname() or "UTC"
    if name[:1] in "+-":
        name = f"UTC{name}"
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year} {local:%H:%M} {name}"


def exactly(at: Instant, zone: str) -> str:
    """The same to the second, where it is no whole minute: `14 Jul 2025 17:00:05 CEST`."""
    minute, seconds = local_text(at, zone), at // NS % 60
    if not (at % (60 * NS) and (at + 1) % (60 * NS)):  # a day ends a nanosecond before the next
        return minute
    day, time, name = minute.rsplit(" ", 2)
    return f"{day} {time}:{seconds:02d} {name}"


def spoken(sentence: str, zone: str, deadlines: str, zones: Mapping[Instant, str]) -> str:
    """A sentence of the desk, which has instants in UTC, with those in local time.

    `deadlines` is the zone of those until or by which something is to be done, unless `zones` has
    the instant.
    """

    def local(found: re.Match[str]) -> str:
        try:
            at = instant_of(found[0])
        except QuantityError:
            return found[0]
        due = found.string[: found.start()].endswith(_DUE)
        return exactly(at, zones.get(at, deadlines if due else zone)) if at < LAST else found[0]

    return _INSTANT.sub(local, sentence)


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
    """An instant of the command line, in UTC or with its offset. Raises `WrongDealingError`."""
    local, behind = _OFFSET.fullmatch(text), 0
    if local is not None:
        behind = (int(local[3]) * 60 + int(local[4])) * 60 * NS * (1 if local[2] == "+" else -1)
        text = f"{local[1]}Z"
    try:
        found = instant_of(text) - behind
    except QuantityError as error:
        hint = f"; {error.hint}" if error.hint else ""
        raise WrongDealingError(f"{option}: {error}{hint}") from error
    if not FIRST <= found < LAST:
        raise WrongDealingError(f"{option}: a desk's time lies in the years 1971 to 2199")
    return found


def _many(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"
