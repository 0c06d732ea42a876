"""Times as written to hours and months of a time zone."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

from offtake.formats.rows import BadCell

SECOND = 1_000_000
"""Microseconds, in which times are counted."""
HOUR = 3_600
_EARLIEST, _LATEST = 0, 230 * 365 * 86_400
_FIRST = dt.datetime(1970, 1, 1)


class Clockwork:
    """Turns times into UTC, and UTC into hours of the day and months of one zone.

    `written` is the zone of times that state no offset, `shown` the zone of the result.
    """

    def __init__(self, written: str, shown: str) -> None:
        self.written, self.shown = written, shown
        self._east = lru_cache(maxsize=1 << 16)(self._shift)

    def utc(self, at: int, offset: int | None) -> int:
        """Microseconds in UTC of microseconds as written. Raises `BadCell` far from our time."""
        seconds = at // SECOND
        if not _EARLIEST <= seconds <= _LATEST:
            raise BadCell("The time is not between 1970 and 2199.")
        if offset is None:
            offset = self._east(self.written, seconds // 900, True)
        return at - offset * SECOND

    def local(self, second: int) -> dt.datetime:
        """The wall clock of the zone shown at a second of UTC, without its zone."""
        east = self._east(self.shown, second // 900, False)
        return _FIRST + dt.timedelta(seconds=second + east)

    def _shift(self, zone: str, quarter: int, wall: bool) -> int:
        """Seconds east of UTC in a quarter of an hour. Of an hour that comes twice: the first."""
        if zone == "UTC":
            return 0
        moment = _FIRST + dt.timedelta(seconds=quarter * 900)
        where = ZoneInfo(zone)
        if wall:
            moved = moment.replace(tzinfo=where)
        else:
            moved = moment.replace(tzinfo=dt.UTC).astimezone(where)
        east = moved.utcoffset()
        return 0 if east is None else east.days * 86_400 + east.seconds
