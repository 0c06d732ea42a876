"""The notice calendar, against a search day by day that knows no more than the words of a book."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import holidays
import pytest

from offtake.clauses.base import Ask
from offtake.plan.notices import Timing, notice
from offtake.units import Calendar, Clock, Duration, Window, parse_duration

DAY = dt.timedelta(days=1)


# --- the naive calendar ------------------------------------------------------------------------

_TABLES = {
    code: holidays.country_holidays(code, years=range(2023, 2031)) for code in ("US", "DE", "GB")
}


def works(calendar: str, day: dt.date) -> bool:
    if calendar == "none":
        return True
    if day.weekday() >= 5:
        return False
    return calendar == "weekdays" or day not in _TABLES[calendar]


def after(calendar: str, day: dt.date, count: int, unit: str) -> dt.date:
    """A number of days, business days or months after a day, counted one by one."""
    if unit == "months":
        month, year = day.month + count, day.year
        while month > 12:
            month, year = month - 12, year + 1
        last = (dt.date(year + month // 12, month % 12 + 1, 1) - DAY).day
        return dt.date(year, month, min(day.day, last))
    left = count
    while left:
        day += DAY
        if unit == "days" or works(calendar, day):
            left -= 1
    return day


def length(counted: tuple[int, str]) -> Duration:
    return parse_duration(f"{counted[0]} {counted[1]}")


@dataclass(frozen=True)
class Words:
    """One holder's words: the window, and the tail in days."""

    rank: int
    count: int
    unit: str
    hour: int
    roll: bool
    calendar: str
    zone: str
    tail: int | None
    before: bool = False
    """Asked before bids open."""

    def instant(self, day: dt.date) -> dt.datetime:
        """The closing hour of a day, in UTC; no closing hour here is skipped or comes twice."""
        local = dt.datetime(day.year, day.month, day.day, self.hour, tzinfo=ZoneInfo(self.zone))
        return local.astimezone(dt.UTC)

    def ends(self, received: dt.datetime) -> dt.datetime:
        """When a holder's time is over, if notice came at that instant."""
        if self.unit == "hours":
            return received + dt.timedelta(hours=self.count)
        zero = received.astimezone(ZoneInfo(self.zone)).date()
        while received > self.instant(zero) or not works(self.calendar, zero):
            zero += DAY
        end = after(self.calendar, zero, self.count, self.unit)
        while self.roll and not works(self.calendar, end):
            end += DAY
        return self.instant(end)

    @property
    def ask(self) -> Ask:
        return Ask(
            clause=f"deal/right-{self.before}-{self.rank}-{self.calendar}",
            holder="holder",
            precedence=2 if self.before else 3,
            when="before bids" if self.before else "after bids",
            rank=self.rank,
            window=Window(
                Duration(self.count, self.unit),  # type: ignore[arg-type]
                Clock(self.hour, 0),
                "next" if self.roll else "none",
                Calendar.named(self.calendar),
                self.zone,
            ),
            tail=None if self.tail is None else Duration(self.tail, "days"),
        )


@dataclass(frozen=True)
class Naive:
    """A deal under some rights, and the days found by trying each."""

    rights: tuple[Words, ...]
    start: dt.date
    lead: tuple[int, str]
    signing: tuple[int, str]
    bidding: tuple[int, str]
    calendar: str
    zone: str

    def order(self) -> list[Words]:
        return sorted(self.rights, key=lambda w: (not w.before, w.rank, w.ask.clause))

    def local(self, instant: dt.datetime) -> dt.date:
        return instant.astimezone(ZoneInfo(self.zone)).date()

    def asked(self, day: dt.date) -> tuple[list[dt.date], list[dt.datetime], dt.date]:
        """Days of notice, ends of windows, and when signing may begin.

        Those asked before bids first; then bids, if anybody was asked before them; then the rest.
        Ranks one after another, equal ranks together.
        """
        served: list[dt.date] = []
        out: list[dt.datetime] = []
        free = day
        for before in (True, False):
            order = [w for w in self.order() if w.before == before]
            if order:
                clock = order[0].instant(free)
                for rank in sorted({w.rank for w in order}):
                    same = [w for w in order if w.rank == rank]
                    served += [clock.astimezone(ZoneInfo(w.zone)).date() for w in same]
                    out += [w.ends(clock) for w in same]
                    clock = max(w.ends(clock) for w in same)
                free = self.local(clock)
            if before and order:
                free = after(self.calendar, free, *self.bidding)
        return served, out, free

    def signed(self, begun: dt.date) -> dt.date:
        return after(self.calendar, begun, *self.signing)

    def in_time(self, begun: dt.date) -> bool:
        """Whether service starts in time if signing begins on that day."""
        return after(self.calendar, self.signed(begun), *self.lead) <= self.start

    def latest(self) -> dt.date:
        day = self.start
        while not self.in_time(self.asked(day)[2]):
            day -= DAY
        return day

    def last_signing(self) -> dt.date:
        day = self.start
        while not self.in_time(day):
            day -= DAY
        return self.signed(day)

    def tails_end(self, day: dt.date) -> dt.date:
        ends = [dt.date.max]
        for words, end in zip(self.order(), self.asked(day)[1], strict=True):
            if words.tail is not None:
                ends.append(end.astimezone(ZoneInfo(words.zone)).date() + words.tail * DAY)
        return min(ends)

    def possible(self) -> bool:
        """Whether signing can be done before a tail ends, noticed as late as can be."""
        return self.signed(self.asked(self.latest())[2]) <= self.tails_end(self.latest())

    def sign_by(self) -> dt.date:
        return min(self.last_signing(), self.tails_end(self.latest()))

    def earliest(self, as_of: dt.date) -> dt.date:
        """The first day whose waivers' tails all reach the last day of signature."""
        latest, day = self.latest(), as_of
        while day < latest and self.tails_end(day) < self.sign_by():
            day += DAY
        return day

    def bids_open(self, as_of: dt.date) -> dt.date:
        order = self.order()
        first = [e for w, e in zip(order, self.asked(self.latest())[1], strict=True) if w.before]
        if first:
            return self.local(max(first))
        day = self.latest()
        while after(self.calendar, day, *self.bidding) > self.latest():
            day -= DAY
        return max(as_of, day)

    @property
    def timing(self) -> Timing:
        named = Calendar.named(self.calendar)
        lead, signing = length(self.lead), length(self.signing)
        return Timing(self.start, lead, signing, named, self.zone)


STARTS = [
    dt.date(2025, 4, 1),  # after both changes to summer time: 9 March in Los Angeles, 30 in Berlin
    dt.date(2025, 12, 1),  # after both changes to winter time: 26 October and 2 November
    dt.date(2024, 3, 1),  # the day after a leap day
    dt.date(2026, 1, 1),  # Christmas and Thanksgiving before it
    dt.date(2025, 6, 1),
    dt.date(2025, 3, 31),  # so that months end in February
]


def some_deal(seed: int) -> Naive:
    draw = random.Random(seed)
    zones = ["America/Los_Angeles", "Europe/Berlin", "UTC"]
    rights = []
    for _ in range(draw.choice([1, 1, 2, 3])):
        unit = draw.choice(["days", "business days", "hours", "months"])
        most = {"days": 45, "business days": 15, "hours": 200, "months": 2}[unit]
        rights.append(
            Words(
                rank=draw.choice([1, 2, 3]),
                count=draw.randrange(1, most + 1),
                unit=unit,
                hour=draw.choice([9, 12, 17, 23]),
                roll=draw.random() < 0.5,
                calendar=draw.choice(["none", "weekdays", "US", "DE", "GB"]),
                zone=draw.choice(zones),
                tail=draw.choice([None, None, 10, 45, 120]),
                before=draw.random() < 0.25,
            )
        )
    # A rank's clauses are told apart by their calendars.
    apart = {(w.before, w.rank, w.calendar): w for w in rights}
    return Naive(
        rights=tuple(apart.values()),
        start=draw.choice(STARTS),
        lead=draw.choice([(0, "days"), (60, "days"), (10, "business days"), (1, "months")]),
        signing=draw.choice([(20, "days"), (5, "business days"), (0, "days")]),
        bidding=draw.choice([(15, "days"), (7, "business days")]),
        calendar=draw.choice(["none", "weekdays", "US", "DE"]),
        zone=draw.choice(zones),
    )


@pytest.mark.parametrize("seed", range(150))
def test_every_day_of_a_notice_is_the_one_that_trying_finds(seed: int) -> None:
    deal = some_deal(seed)
    as_of = deal.latest() - random.Random(seed).choice([0, 3, 200]) * DAY
    bidding = length(deal.bidding)
    asks = tuple(w.ask for w in deal.rights)
    found = notice(asks, deal.timing, bidding, as_of)
    if not deal.possible():
        assert found is None
        return
    assert found is not None
    served, ends, _ = deal.asked(deal.latest())
    assert list(found.served) == served
    assert list(found.earliest) == deal.asked(deal.earliest(as_of))[0]
    assert found.bids_open == deal.bids_open(as_of)
    assert list(found.answers) == ends
    assert found.sign_by == deal.sign_by()
    assert notice(asks, deal.timing, bidding, deal.latest() + DAY) is None


# --- named cases -------------------------------------------------------------------------------


def right(length: str, **words: object) -> Words:
    count, unit = length.split(" ", 1)
    told = {
        "rank": 1, "hour": 17, "roll": True, "calendar": "none", "zone": "UTC", "tail": None,
    } | words  # fmt: skip
    return Words(count=int(count), unit=unit, **told)  # type: ignore[arg-type]


def latest(start: str, lead: str, signing: str, *rights: Words, calendar: str = "none") -> dt.date:
    timing = Timing(
        dt.date.fromisoformat(start),
        parse_duration(lead),
        parse_duration(signing),
        Calendar.named(calendar),
        "UTC",
    )
    asks = tuple(w.ask for w in rights)
    found = notice(asks, timing, parse_duration("0 days"), dt.date(2000, 1, 1))
    assert found is not None
    return found.latest


def test_a_block_for_march_2026_is_noticed_by_14_june_2025() -> None:
    # 2026-03-01 less 210 days of lead is 2025-08-03, less 20 of signing 07-14, less 30 of window.
    assert latest("2026-03-01", "210 days", "20 days", right("30 days")) == dt.date(2025, 6, 14)


def test_on_american_business_days_the_same_block_is_noticed_a_day_earlier() -> None:
    # Day 30 after Friday the 13th is Sunday 13 July and rolls to Monday the 14th, the last day to
    # begin signing; from the 14th, a Saturday, days would count from Monday the 16th.
    words = right("30 days", calendar="US")
    assert latest("2026-03-01", "210 days", "20 days", words) == dt.date(2025, 6, 13)


def test_ranks_wait_for_each_other_and_equal_ranks_do_not() -> None:
    one, two = right("30 days"), right("20 days", rank=2, calendar="weekdays", roll=False)
    beside = right("20 days", calendar="weekdays", roll=False)
    assert latest("2025-07-31", "0 days", "0 days", one, two) == dt.date(2025, 6, 11)
    assert latest("2025-07-31", "0 days", "0 days", one, beside) == dt.date(2025, 7, 1)


def test_bids_take_their_time_after_those_who_are_asked_before_them() -> None:
    timing = Timing(
        dt.date(2025, 7, 31),
        parse_duration("0 days"),
        parse_duration("0 days"),
        Calendar.named("none"),
        "UTC",
    )
    first, then = right("30 days", before=True), right("20 days")
    found = notice((then.ask, first.ask), timing, parse_duration("15 days"), dt.date(2025, 1, 1))
    assert found is not None
    # 31 July less 20 days of the second window, less 15 of bidding, less 30 of the first.
    assert found.served == (dt.date(2025, 5, 27), dt.date(2025, 7, 11))
    assert found.bids_open == dt.date(2025, 6, 26)


def test_what_cannot_be_signed_within_a_tail_is_not_noticed_at_all() -> None:
    assert latest("2025-07-31", "0 days", "10 days", right("30 days", tail=10)) is not None
    with pytest.raises(AssertionError):
        latest("2025-07-31", "0 days", "10 days", right("30 days", tail=9))


def test_a_month_from_the_end_of_january_ends_with_february() -> None:
    assert latest("2025-02-28", "0 days", "0 days", right("1 months")) == dt.date(2025, 1, 31)
    assert latest("2024-02-28", "0 days", "0 days", right("1 months")) == dt.date(2024, 1, 28)


@pytest.mark.parametrize(
    ("zone", "changed"),
    [("America/Los_Angeles", "2025-03-09"), ("Europe/Berlin", "2025-03-30")],
)
def test_hours_are_elapsed_hours_when_clocks_go_forward(zone: str, changed: str) -> None:
    night = dt.date.fromisoformat(changed)
    words = right("48 hours", zone=zone, hour=23)
    first, second = (words.ask.window.deadline(words.instant(night - n * DAY)) for n in (1, 4))
    # 48 hours after 23:00 are midnight where an hour was skipped, and 23:00 elsewhere.
    assert first.astimezone(ZoneInfo(zone)).hour == 0
    assert second.astimezone(ZoneInfo(zone)).hour == 23
