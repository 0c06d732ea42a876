"""When holders must be asked: searched forward on the calendars that the clauses name.

The first step is taken on a day. Holders who are asked before bids are asked first; when they have
answered, bids open and take their time; then the best bid is noticed to those who may take it. A
notice is served at the hour at which its window closes. Each window runs on its own calendar;
holders of one precedence and rank are asked together, the next when they have all answered. Then
the buyer signs, before any tail has ended, and the offer's lead runs until service starts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
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
    """The days of one purchase under rights, if the first step is taken on the last day for it.

    `served[i]` and `answers[i]` are the day of notice and the end of the window of `asks[i]`;
    `earliest[i]` is the first day of notice whose tails last until the last day to sign.
    """

    bids_open: dt.date
    asks: tuple[Ask, ...]
    earliest: tuple[dt.date, ...]
    served: tuple[dt.date, ...]
    answers: tuple[dt.datetime, ...]
    sign_by: dt.date

    @property
    def latest(self) -> dt.date:
        """The last day for the first notice."""
        return self.served[0]


@dataclass(frozen=True, slots=True)
class Course:
    """What follows if the first notice is served on a day."""

    served: tuple[dt.date, ...]
    answers: tuple[dt.datetime, ...]
    bids_open: dt.date | None
    """When bids open, where holders are asked before that; else they have opened before."""
    free: dt.date
    """The first day on which signing may begin."""


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


@lru_cache(maxsize=65536)
def course(asks: tuple[Ask, ...], day: dt.date, bidding: Duration, timing: Timing) -> Course:
    """The whole course of asking, in order, from the day of the first notice."""
    served: list[dt.date] = []
    answers: list[dt.datetime] = []
    opened: dt.date | None = None
    clock = _at_close(asks[0], day)
    for when, group in groupby(asks, key=lambda a: a.when):
        same = tuple(group)
        if when == "after bids" and opened is not None:
            day = timing.calendar.add(opened, bidding)
        clock = _at_close(same[0], day)
        for _, together in groupby(same, key=lambda a: (a.precedence, a.rank)):
            each = tuple(together)
            served += [_local(clock, ask.window.zone) for ask in each]
            answers += [ask.window.deadline(clock) for ask in each]
            clock = max(answers[-len(each) :])
        if when == "before bids":
            opened = _local(clock, timing.zone)
    free = _local(clock, timing.zone)
    if asks[-1].when == "before bids":
        free = timing.calendar.add(free, bidding)
    return Course(tuple(served), tuple(answers), opened, free)


def _at_close(ask: Ask, day: dt.date) -> dt.datetime:
    closes = dt.time(ask.window.closes.hour, ask.window.closes.minute)
    return dt.datetime.combine(day, closes, ZoneInfo(ask.window.zone)).astimezone(dt.UTC)


def _local(instant: dt.datetime, zone: str) -> dt.date:
    return instant.astimezone(ZoneInfo(zone)).date()


def _tails(found: Course, asks: tuple[Ask, ...]) -> dt.date | None:
    """The day on which the first tail ends; None where no clause states one."""
    ends = [
        ask.window.calendar.add(_local(answer, ask.window.zone), ask.tail)
        for ask, answer in zip(asks, found.answers, strict=True)
        if ask.tail is not None
    ]
    return min(ends, default=None)


@lru_cache(maxsize=65536)
def notice(
    asks: tuple[Ask, ...], timing: Timing, bidding: Duration, as_of: dt.date
) -> Notice | None:
    """All days of one purchase; None where it is too late for notice, or no tail can be kept.

    Bids for what is noticed straight away opened in time before the notice, or on the plan's day:
    an offer in the book is a bid in hand.
    """
    asks = tuple(
        sorted(asks, key=lambda a: (a.when != "before bids", a.precedence, a.rank, a.clause))
    )
    deal = timing.deal()
    last = last_day(lambda day: course(asks, day, bidding, timing).free <= deal, deal)
    if last < as_of:
        return None
    found = course(asks, last, bidding, timing)
    end = _tails(found, asks)
    if end is not None and end < timing.signed(found.free):
        return None
    sign_by = min(timing.signed(deal), end or dt.date.max)
    opens = found.bids_open or max(
        as_of, last_day(lambda day: timing.calendar.add(day, bidding) <= last, last)
    )

    def too_early(day: dt.date) -> bool:
        tails = _tails(course(asks, day, bidding, timing), asks)
        return tails is not None and tails < sign_by

    first = as_of if not too_early(as_of) else min(last, last_day(too_early, last) + _DAY)
    early = course(asks, first, bidding, timing)
    return Notice(opens, asks, early.served, found.served, found.answers, sign_by)
