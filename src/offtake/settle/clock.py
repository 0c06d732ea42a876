"""Days on the book's clock, as instants: a day begins at local midnight, and may have 23 hours."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from offtake.units import Month
from offtake.units.instants import DAY, EPOCH, NS, Instant

_ONE = dt.timedelta(days=1)
_ZERO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class BookClock:
    """The clock of a time zone; where midnight is skipped a day begins right after the gap."""

    zone: str
    _begins: dict[dt.date, Instant] = field(default_factory=dict, repr=False, compare=False)

    def begin_of(self, day: dt.date) -> Instant:
        """The first instant of a day."""
        begin = self._begins.get(day)
        if begin is None:
            offset = dt.datetime.combine(day, dt.time(), ZoneInfo(self.zone)).utcoffset()
            assert offset is not None
            seconds = (day.toordinal() - EPOCH) * DAY - (offset.days * DAY + offset.seconds)
            begin = self._begins[day] = seconds * NS
        return begin

    def end_of(self, day: dt.date) -> Instant:
        """The first instant after a day."""
        return self.begin_of(day + _ONE)

    def day_of(self, at: Instant) -> dt.date:
        """The day in which an instant lies."""
        moment = _ZERO + dt.timedelta(seconds=at // NS)
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def days(self, month: Month) -> tuple[dt.date, ...]:
        """The days of a month."""
        return tuple(month.first + n * _ONE for n in range(month.days))
