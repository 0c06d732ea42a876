"""When holders must be asked: searched forward on the calendars that the clauses name.

A notice is served on a day, at the hour at which the first window closes. Each window runs on its
own calendar; holders of one precedence and rank are asked together, the next when they have all
answered. Then the buyer signs, and the offer's lead runs until service starts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from zoneinfo import ZoneInfo

from offtake.clauses.base import Ask
from offtake.units import Calendar, Duration

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Timing:
    """The dates of one deal apart from the rights on it."""

    start: dt.date
    """First day of service."""
    lead: Duration
    signing: Duration
    calendar: Calendar
    zone: str
    valid_until: dt.date | None = None

    def signed(self, begun: dt.date) -> dt.date:
        """The day of signature if signing begins on that day."""
        return self.calendar.add(begun, self.signing)

    def deal(self) -> dt.date:
        """The last day on which signing can begin so that service starts in time."""

        def in_time(day: dt.date) -> bool:
            signed = self.signed(day)
            if self.valid_until is not None and signed > self.valid_until:
                return False
            return self.calendar.add(signed, self.lead) <= self.start

        return last_day(in_time, self.start)


@dataclass(frozen=True, slots=True)
class Notice:
    """The days of one purchase under rights: `answers[i]` is the last answer to `asks[i]`."""

    bids_open: dt.date
    earliest: dt.date
    latest: dt.date
    asks: tuple[Ask, ...]
    answers: tuple[dt.datetime, ...]
    sign_by: dt.date


def last_day(holds: Callable[[dt.date], bool], until: dt.date) -> dt.date:
    """The last day up to `until` on which `holds`, which holds on all days before that one."""
    step = 1
    good = until
    while not holds(good):
        good -= step * _DAY
        step *= 2
    bad = until + _DAY
    if good == until:
        return until
    while bad - good > _DAY:
        middle = good + (bad - good) // 2
        good, bad = (middle, bad) if holds(middle) else (good, middle)
    return good


def in_order(asks: Iterable[Ask]) -> tuple[Ask, ...]:
    """Asks in the order in which holders are asked."""
    return tuple(sorted(asks, key=lambda a: (a.precedence, a.rank, a.clause)))


@lru_cache(maxsize=65536)
def answers(asks: tuple[Ask, ...], day: dt.date) -> tuple[dt.datetime, ...]:
    """The deadline of each ask, in order, if the first notices are served on that day."""
    first = asks[0].window
    local = dt.datetime.combine(
        day, dt.time(first.closes.hour, first.closes.minute), ZoneInfo(first.zone)
    )
    clock = local.astimezone(dt.UTC)
    out: list[dt.datetime] = []
    for _, together in groupby(asks, key=lambda a: (a.precedence, a.rank)):
        deadlines = [ask.window.deadline(clock) for ask in together]
        out += deadlines
        clock = max(deadlines)
    return tuple(out)


def free_on(asks: tuple[Ask, ...], day: dt.date, zone: str) -> dt.date:
    """The local day on which the last holder has answered."""
    return max(answers(asks, day)).astimezone(ZoneInfo(zone)).date()


def latest(asks: tuple[Ask, ...], timing: Timing) -> dt.date:
    """The last day for the first notice so that signing can begin in time."""
    deal = timing.deal()
    return last_day(lambda day: free_on(asks, day, timing.zone) <= deal, deal)


def earliest(asks: tuple[Ask, ...], timing: Timing, floor: dt.date) -> dt.date:
    """The first day, not before `floor`, after which no tail ends before the last day to sign."""
    end = latest(asks, timing)
    signed = timing.signed(timing.deal())

    def too_early(day: dt.date) -> bool:
        for ask, answer in zip(asks, answers(asks, day), strict=True):
            if ask.tail is None:
                continue
            local = answer.astimezone(ZoneInfo(ask.window.zone)).date()
            if ask.window.calendar.add(local, ask.tail) < signed:
                return True
        return False

    if not too_early(floor):
        return floor
    return min(end, last_day(too_early, end) + _DAY)


def notice(asks: Iterable[Ask], timing: Timing, bidding: Duration, as_of: dt.date) -> Notice | None:
    """All days of one purchase, or None where its last day for notice is past."""
    ordered = in_order(asks)
    last = latest(ordered, timing)
    if last < as_of:
        return None
    first = earliest(ordered, timing, as_of)
    opens = last_day(lambda day: timing.calendar.add(day, bidding) <= last, last)
    return Notice(
        bids_open=max(opens, as_of),
        earliest=first,
        latest=last,
        asks=ordered,
        answers=answers(ordered, last),
        sign_by=timing.signed(timing.deal()),
    )
