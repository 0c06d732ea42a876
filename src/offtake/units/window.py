"""Windows: until when a holder may answer a notice."""

from __future__ import annotations

import datetime as dt
import difflib
import re
import zoneinfo
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from offtake.units.calendar import Calendar
from offtake.units.durations import Duration
from offtake.units.months import Clock
from offtake.units.text import QuantityError, reader, refused

_ZONE = re.compile(r"[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}")
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """How long a holder has: `length` from receipt, to the local hour `closes` if in days.

    `roll` says whether a last day that is no business day moves to the next one. `zone` is a name
    of the IANA time zone database.
    """

    length: Duration
    closes: Clock
    roll: Literal["next", "none"]
    calendar: Calendar
    zone: str

    def __post_init__(self) -> None:
        parse_zone(self.zone)
        if self.roll not in ("next", "none"):
            raise QuantityError("a window rolls to the 'next' business day, or not at all: 'none'")

    def deadline(self, received: dt.datetime) -> dt.datetime:
        """The last instant, in UTC, at which an answer is in time; `received` is an aware instant.

        Hours are elapsed time. Otherwise the day of receipt is day 0, or the next business day if
        notice came after `closes` or on a day without business; the deadline is at `closes` on day
        n. A local time that the clocks skip moves forward by the gap; of one that comes twice, the
        second counts for the deadline and the first for the receipt: either way the holder gains.
        """
        if received.tzinfo is None or received.utcoffset() is None:
            raise QuantityError("a time of receipt needs a time zone", "write it in UTC")
        try:
            received = received.astimezone(dt.UTC)
            if self.length.unit == "hours":
                return received + dt.timedelta(hours=self.length.count)
            end = self.calendar.add(self._day_zero(received), self.length)
            if self.roll == "next":
                end = self.calendar.next_business(end)
            return max(self._closing(end, fold=0), self._closing(end, fold=1))
        except OverflowError:
            raise QuantityError("this deadline is past the end of the calendar") from None

    def _day_zero(self, received: dt.datetime) -> dt.date:
        """The day from which days count: the first business day whose closing was not yet seen.

        The wall clock alone would not do: put back, it shows a time, or even a date, again.
        """
        local = received.astimezone(zoneinfo.ZoneInfo(self.zone))
        day = local.date()
        if local.time() > self.closes.time:
            day += _DAY
        while received > self._closing(day, fold=0):
            day += _DAY
        return self.calendar.next_business(day)

    def _closing(self, day: dt.date, *, fold: Literal[0, 1]) -> dt.datetime:
        local = dt.datetime.combine(day, self.closes.time, zoneinfo.ZoneInfo(self.zone))
        return local.replace(fold=fold).astimezone(dt.UTC)


@reader
def parse_zone(text: str) -> str:
    """`America/Los_Angeles`, `UTC`: a name of the IANA time zone database."""
    what, example = "a time zone", "America/Los_Angeles"
    if _ZONE.fullmatch(text) is None or text == "Factory":
        raise refused(text, what, example)
    try:
        zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        near = difflib.get_close_matches(text, _zones(), 1, 0.7)
        raise refused(text, what, example, f"did you mean {near[0]}?" if near else "") from None
    return text


@lru_cache(maxsize=1)
def _zones() -> tuple[str, ...]:
    return tuple(sorted(zoneinfo.available_timezones()))
