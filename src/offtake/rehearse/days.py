"""Days and hours of a time zone as instants, and back."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from offtake.desk.lot import Instant
from offtake.units.instants import NS

HOUR = 3600 * NS
DAY = 24 * HOUR
MORNING, TEN = dt.time(9, 0), dt.time(10, 0)
EVENING = dt.time(17, 0)


def instant(day: dt.date, hour: dt.time, zone: str) -> Instant:
    """A local hour as an instant; of one that comes twice the first."""
    local = dt.datetime.combine(day, hour, ZoneInfo(zone))
    return int(local.timestamp()) * NS


def local(at: Instant, zone: str) -> dt.datetime:
    """An instant as a local time, to the second."""
    return dt.datetime.fromtimestamp(at // NS, ZoneInfo(zone))


def day_of(at: Instant, zone: str) -> dt.date:
    """The local day of an instant."""
    return local(at, zone).date()
