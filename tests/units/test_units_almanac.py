"""Almanacs: a calendar and a zone as plain data, and deadlines that need nothing else.

Window.deadline, which asks the time zone files and the package of holidays, is the judge.
"""

import dataclasses
import datetime as dt
import itertools
import json
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offtake.units import (
    NS,
    Almanac,
    AlmanacEndsError,
    Calendar,
    Clock,
    Deadline,
    Duration,
    Instant,
    QuantityError,
    Spell,
    Window,
    almanac,
    deadline,
    first_instant,
    instant_of,
    instant_text,
    last_instant,
    parse_clock,
    parse_duration,
    spell_of,
    tail_end,
)
from offtake.units.durations import Unit

LA, BERLIN = "America/Los_Angeles", "Europe/Berlin"
ZERO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
DAY_ZERO = dt.date(1970, 1, 1)
# The first use of a calendar loads its holidays, which no single example is to be timed for.
untimed = settings(deadline=None, max_examples=1000)


@cache
def kept(zone: str = LA, calendar: str = "US", first: int = 2025, years: int = 5) -> Almanac:
    until = dt.date(first + years - 1, 12, 31)
    return almanac(zone, Calendar.named(calendar), dt.date(first, 1, 1), until)


def spell(length: str, closes: str = "17:00", roll: bool = True) -> Spell:
    return spell_of(parse_duration(length), parse_clock(closes), roll)


def at(local: str, zone: str = LA, fold: int = 0) -> Instant:
    """The instant at which clocks show a time; `+1` after it is a nanosecond more."""
    time, _, more = local.partition("+")
    told = dt.datetime.fromisoformat(time).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return (told - ZERO) // MICROSECOND * 1000 + int(more or 0)


def day(text: str) -> int:
    return (dt.date.fromisoformat(text) - DAY_ZERO).days


def utc(ends: Deadline) -> str:
    return instant_text(ends.at).replace(".000000000", "")


def test_an_almanac_is_a_weekend_days_off_and_changes_of_the_clocks() -> None:
    ours = almanac(LA, Calendar.named("US"), dt.date(2025, 1, 1), dt.date(2025, 6, 30))
    assert (ours.zone, ours.calendar) == (LA, "US")
    assert (ours.first, ours.last) == (day("2025-01-01"), day("2025-06-30"))
    assert ours.weekend == (5, 6)
    off = ["2025-01-01", "2025-01-20", "2025-02-17", "2025-05-26", "2025-06-19"]
    assert ours.closed == tuple(day(text) for text in off)
    assert ours.opened == ()
    start, change = ours.offsets
    assert start == (day("2024-12-31") * 86_400, -8 * 3600)
    assert change == (instant_of("2025-03-09T10:00:00Z") // NS, -7 * 3600)


def test_weekends_differ_and_some_have_working_days() -> None:
    assert kept(calendar="none").weekend == ()
    assert kept(calendar="weekdays").weekend == (5, 6)
    assert kept(calendar="AE", first=2015).weekend == (4, 5)
    assert kept(calendar="AE", first=2025).weekend == (5, 6)
    assert kept(calendar="IL").weekend == (4, 5)
    assert day("2025-01-26") in kept(calendar="CN", years=1).opened  # a Sunday worked for a bridge


def test_a_country_that_moved_its_weekend_has_the_one_it_had_longer_and_the_rest_day_by_day() -> (
    None
):
    moved = almanac("Asia/Dubai", Calendar.named("AE"), dt.date(2021, 1, 1), dt.date(2023, 12, 31))
    assert moved.weekend == (5, 6)
    assert day("2021-06-04") in moved.closed  # a Friday of the old weekend
    assert day("2021-06-06") in moved.opened  # a Sunday before the new one


@pytest.mark.parametrize(
    ("zone", "calendar"), [(LA, "US"), ("Asia/Shanghai", "CN"), ("UTC", "none")]
)
def test_an_almanac_is_plain_data_and_comes_back_from_a_file_as_it_was(
    zone: str, calendar: str
) -> None:
    ours = kept(zone, calendar, years=1)
    read = json.loads(json.dumps(dataclasses.asdict(ours)))
    assert set(map(type, read.values())) == {str, int, list}
    offsets = tuple(tuple(pair) for pair in read.pop("offsets"))
    tuples = {name: tuple(v) if isinstance(v, list) else v for name, v in read.items()}
    assert Almanac(offsets=offsets, **tuples) == ours


def test_an_almanac_needs_days_in_order_a_zone_and_a_calendar_with_those_years() -> None:
    one, other = dt.date(2025, 1, 1), dt.date(2025, 12, 31)
    for bad in (
        lambda: almanac(LA, Calendar.named("US"), other, one),
        lambda: almanac(LA, Calendar.named("US"), dt.date(1969, 12, 31), other),
        lambda: almanac("Mars/Olympus", Calendar.named("US"), one, other),
        lambda: almanac(LA, Calendar.named("US"), one, dt.date(2300, 1, 1)),
    ):
        with pytest.raises(QuantityError):
            bad()


@pytest.mark.parametrize(
    ("length", "received", "ends"),
    [
        ("30 days", "2025-01-21T09:00", "2025-02-20T17:00"),
        ("30 days", "2025-01-21T17:00", "2025-02-20T17:00"),
        ("30 days", "2025-01-21T17:00+1", "2025-02-21T17:00"),
        ("30 days", "2025-01-23T09:00", "2025-02-24T17:00"),  # a Saturday rolls to Monday
        ("30 days", "2025-01-18T09:00", "2025-02-20T17:00"),  # Saturday, MLK Monday: from Tuesday
        ("3 business days", "2025-11-25T09:00", "2025-12-01T17:00"),  # Thanksgiving, a weekend
        ("3 business days", "2025-12-23T09:00", "2025-12-29T17:00"),  # Christmas, a weekend
        ("10 business days", "2025-12-19T17:00+1", "2026-01-07T17:00"),  # and New Year's Day
        ("250 business days", "2025-01-02T09:00", "2026-01-02T17:00"),
        ("1 business day", "2029-12-24T09:00", "2029-12-26T17:00"),
        ("0 business days", "2025-11-27T09:00", "2025-11-28T17:00"),
        ("0 days", "2025-11-27T09:00", "2025-11-28T17:00"),
        ("1 month", "2025-01-31T09:00", "2025-02-28T17:00"),
        ("1 month", "2028-01-31T09:00", "2028-02-29T17:00"),
        ("12 months", "2028-02-29T09:00", "2029-02-28T17:00"),
        ("1 year", "2027-02-26T17:00+1", "2028-03-01T17:00"),  # from Monday the 1st of March
        ("72 hours", "2025-11-26T18:30+1", "2025-11-29T18:30+1"),
        ("24 hours", "2025-03-08T18:30", "2025-03-09T19:30"),  # clocks go forward
        ("24 hours", "2025-11-01T18:30", "2025-11-02T17:30"),  # and back
    ],
)
def test_deadlines_on_the_calendar_of_the_us(length: str, received: str, ends: str) -> None:
    assert deadline(spell(length), kept(), at(received)).at == at(ends)


def test_a_weekend_day_that_is_worked_is_a_business_day() -> None:
    zone = "Asia/Shanghai"
    ours, received = kept(zone, "CN", years=1), at("2025-01-20T09:00", zone)
    ends = deadline(spell("10 business days"), ours, received)  # worked: 26 January, 8 February
    assert ends.at == at("2025-02-08T17:00", zone)


def test_an_almanac_knows_the_clocks_to_the_end_of_its_last_day() -> None:
    for date in ("2025-03-09", "2025-11-02"):  # clocks change in its small hours
        only = dt.date.fromisoformat(date)
        ours = almanac(LA, Calendar.named("none"), only, only)
        ends = deadline(spell("0 days", "23:59"), ours, at(date + "T00:00"))
        assert ends.at == at(date + "T23:59")
        assert last_instant(only, ours) == ends.at + 60 * NS - 1


def test_without_roll_a_last_day_may_be_a_day_off() -> None:
    ends = deadline(spell("30 days", roll=False), kept(), at("2025-01-23T09:00"))
    assert ends.at == at("2025-02-22T17:00")


@pytest.mark.parametrize(
    ("zone", "received", "closes", "ends", "offset"),
    [
        (LA, "2025-03-08T01:00", "17:00", "2025-03-10T00:00:00Z", -7),
        (LA, "2025-11-01T01:00", "17:00", "2025-11-03T01:00:00Z", -8),
        (LA, "2025-03-08T01:00", "02:30", "2025-03-09T10:30:00Z", -7),  # skipped: 03:30
        (BERLIN, "2025-03-29T01:00", "02:30", "2025-03-30T01:30:00Z", 2),
        (LA, "2025-11-01T01:00", "01:30", "2025-11-02T09:30:00Z", -8),  # the second 01:30
        (LA, "2025-11-01T01:00", "01:00", "2025-11-02T09:00:00Z", -8),  # the second 01:00
        (BERLIN, "2025-10-25T01:00", "02:30", "2025-10-26T01:30:00Z", 1),
        ("Australia/Lord_Howe", "2025-10-04T01:00", "02:15", "2025-10-04T15:45:00Z", 11),
        ("Asia/Kolkata", "2025-03-08T01:00", "17:00", "2025-03-09T11:30:00Z", 5.5),
    ],
)
def test_a_closing_time_that_is_skipped_moves_on_and_of_two_the_second_counts(
    zone: str, received: str, closes: str, ends: str, offset: float
) -> None:
    found = deadline(spell("1 day", closes), kept(zone, "none"), at(received, zone))
    assert (utc(found), found.offset) == (ends, offset * 3600)


def test_a_day_of_receipt_ends_when_clocks_first_show_the_closing_time() -> None:
    one_day, ours = spell("1 day", "01:30"), kept(calendar="none")
    first, second = at("2025-11-02T01:30"), at("2025-11-02T01:30", fold=1)
    assert deadline(one_day, ours, first).at == at("2025-11-03T01:30")
    assert deadline(one_day, ours, first + 1).at == at("2025-11-04T01:30")
    assert deadline(one_day, ours, second - 1200 * NS).at == at("2025-11-04T01:30")


def test_the_days_off_on_the_way_are_named_and_weekends_are_not() -> None:
    ends = deadline(spell("10 business days"), kept(), at("2025-12-19T18:00"))
    assert ends.skipped == (day("2025-12-25"), day("2026-01-01"))
    received_on_one = deadline(spell("1 day"), kept(), at("2025-01-20T09:00"))
    assert received_on_one.skipped == (day("2025-01-20"),)
    both = (day("2025-01-20"), day("2025-02-17"))
    rolled_off_one = deadline(spell("30 days"), kept(), at("2025-01-17T09:00"))  # a Sunday
    assert rolled_off_one.skipped == both
    ends_on_one = deadline(spell("31 days", roll=False), kept(), at("2025-01-17T09:00"))
    assert ends_on_one.skipped == both
    assert deadline(spell("72 hours"), kept(), at("2025-12-24T09:00")).skipped == ()


ZONES = [
    LA,
    BERLIN,
    "UTC",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "America/St_Johns",  # until 2011 clocks were put back from 00:01 into the day before
    "America/Havana",
    "America/Santiago",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Europe/Dublin",
    "Pacific/Apia",  # had no 2011-12-30
    "Pacific/Chatham",
]
CALENDARS = ["none", "weekdays", "US", "GB", "JP", "AE", "IL", "CN", "NYSE"]
MOST: dict[Unit, int] = {"hours": 9000, "days": 700, "business days": 500, "months": 26, "years": 2}
TIMES = st.sampled_from(["00:00", "00:01", "01:30", "02:15", "02:30", "17:00", "23:59"]).map(
    parse_clock
) | st.builds(Clock, st.integers(0, 23), st.integers(0, 59))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Window, Almanac, Instant]:
    """A window, its almanac, and a receipt or a deadline often near a change of the clocks."""
    unit = draw(st.sampled_from(list(MOST)))
    count = draw(st.integers(0, 5) | st.integers(0, MOST[unit]))
    calendar, zone = draw(st.sampled_from(CALENDARS)), draw(st.sampled_from(ZONES))
    rolls: list[Literal["next", "none"]] = ["next", "none"]
    roll = draw(st.sampled_from(rolls))
    windowed = Window(
        Duration(count, unit),
        draw(TIMES),
        roll,
        Calendar.named(calendar),
        zone,
    )
    ours = kept(zone, calendar, first=draw(st.sampled_from([2009, 2020, 2025])))
    near = draw(st.sampled_from(ours.offsets))[0]
    if unit != "years" and draw(st.booleans()):
        near -= count * {"hours": 3600, "months": 30 * 86_400}.get(unit, 86_400)
    second = near + draw(st.integers(-7200, 7200) | st.integers(-500_000, 500_000))
    if draw(st.booleans()):
        second -= second % 900
    return windowed, ours, second * NS + draw(st.sampled_from([0, 1, 999, 999_999_999]))


def judged(window: Window, received: Instant) -> Instant:
    """What Window.deadline says, which knows microseconds only: it is asked for the next one."""
    micros, rest = divmod(received, 1000)
    if window.length.unit != "hours" and rest:
        micros, rest = micros + 1, 0
    return (window.deadline(ZERO + micros * MICROSECOND) - ZERO) // MICROSECOND * 1000 + rest


@untimed
@given(cases())
def test_a_deadline_is_that_of_the_window(case: tuple[Window, Almanac, Instant]) -> None:
    window, ours, received = case
    expected = judged(window, received)
    zone = ZoneInfo(window.zone)
    received_local = (ZERO + dt.timedelta(seconds=received // NS)).astimezone(zone)
    ends_local = (ZERO + dt.timedelta(seconds=expected // NS)).astimezone(zone)
    asked = spell_of(window.length, window.closes, window.roll == "next")
    if (
        ours.first <= (received_local.date() - DAY_ZERO).days
        and (ends_local.date() - DAY_ZERO).days <= ours.last
    ):
        found = deadline(asked, ours, received)
        assert found.at == expected
        assert dt.timedelta(seconds=found.offset) == ends_local.utcoffset()
    else:
        with pytest.raises(AlmanacEndsError):
            deadline(asked, ours, received)


@untimed
@given(cases(), st.integers(0, 400_000 * NS))
def test_a_notice_received_later_never_falls_due_earlier(
    case: tuple[Window, Almanac, Instant], later: int
) -> None:
    window, ours, received = case
    asked = spell_of(window.length, window.closes, window.roll == "next")
    try:
        dues = [deadline(asked, ours, when).at for when in (received, received + later)]
    except AlmanacEndsError:
        return
    assert received <= dues[0] <= dues[1]


@pytest.mark.parametrize(
    ("length", "closes", "waived", "ends"),
    [
        ("30 days", "17:00", "2025-01-21T09:00", "2025-02-21T01:00:00Z"),
        ("30 days", "17:00", "2025-01-21T23:59", "2025-02-21T01:00:00Z"),  # after closing
        ("30 days", "17:00", "2025-01-18T09:00", "2025-02-18T01:00:00Z"),  # holiday to holiday
        ("10 business days", "17:00", "2025-12-20T12:00", "2026-01-07T01:00:00Z"),
        ("1 month", "17:00", "2028-01-31T09:00", "2028-03-01T01:00:00Z"),
        ("24 hours", "17:00", "2025-11-01T18:30+7", "2025-11-03T01:30:00.000000007Z"),
        ("1 day", "01:30", "2025-11-01T09:00", "2025-11-02T08:30:00Z"),  # the first 01:30
        ("1 day", "02:30", "2025-03-08T09:00", "2025-03-09T10:30:00Z"),  # skipped: 03:30
    ],
)
def test_a_tail_counts_from_the_local_day_of_the_waiver_and_never_moves(
    length: str, closes: str, waived: str, ends: str
) -> None:
    found = tail_end(spell(length, closes), kept(), at(waived))
    assert utc(found) == ends
    assert found.skipped == ()


@pytest.mark.parametrize(
    ("zone", "date", "begins"),
    [
        (LA, "2025-01-21", "2025-01-21T08:00:00Z"),
        ("UTC", "2025-01-21", "2025-01-21T00:00:00Z"),
        ("Africa/Cairo", "2025-04-25", "2025-04-24T22:00:00Z"),  # 00:00 is skipped: 01:00
        ("America/Havana", "2025-11-02", "2025-11-02T04:00:00Z"),  # the first of two
    ],
)
def test_a_day_begins_at_its_first_midnight(zone: str, date: str, begins: str) -> None:
    ours = kept(zone, "none", first=int(date[:4]), years=1)
    start = first_instant(dt.date.fromisoformat(date), ours)
    assert start == instant_of(begins)


def test_a_day_begins_when_clocks_skip_into_it() -> None:
    change = instant_of("2025-03-29T23:30:00Z") // NS  # to 00:30 of the next day
    first, last = day("2025-03-01"), day("2025-04-30")
    offsets = ((first * 86_400, 0), (change, 3600))
    ours = Almanac("Example/Zone", "none", first, last, offsets, (), (), ())
    assert first_instant(dt.date(2025, 3, 30), ours) == change * NS
    assert last_instant(dt.date(2025, 3, 29), ours) == change * NS - 1


@pytest.mark.parametrize("zone", ZONES)
def test_every_instant_belongs_to_one_day(zone: str) -> None:
    ours = kept(zone, "none", first=2009)
    days = [DAY_ZERO + dt.timedelta(number) for number in range(ours.first, ours.last + 1)]
    for today, tomorrow in itertools.pairwise(days):
        assert last_instant(today, ours) + 1 == first_instant(tomorrow, ours)
        assert first_instant(today, ours) <= first_instant(tomorrow, ours)
        noon = first_instant(today, ours) + 12 * 3600 * NS
        if noon <= last_instant(today, ours):
            told = (ZERO + dt.timedelta(seconds=noon // NS)).astimezone(ZoneInfo(zone))
            assert told.date() == today


@pytest.mark.parametrize(
    ("length", "received", "said"),
    [
        ("30 days", "2024-12-31T09:00", "a day before 2025-01-01 is needed"),
        ("30 days", "2029-12-15T09:00", "a day after 2029-12-31 is needed"),
        ("1 business day", "2029-12-31T09:00", "a day after 2029-12-31 is needed"),
        ("0 days", "2029-12-31T17:01", "a day after 2029-12-31 is needed"),
        ("24 hours", "2029-12-31T09:00", "a day after 2029-12-31 is needed"),
        ("26100 business days", "2025-01-21T09:00", "a day after 2029-12-31 is needed"),
        ("100 years", "2025-01-21T09:00", "a day after 2029-12-31 is needed"),
        ("0 days", "9000-01-01T00:00", "a day after 2029-12-31 is needed"),
    ],
)
def test_an_almanac_that_is_too_short_says_so_in_a_sentence(
    length: str, received: str, said: str
) -> None:
    edge = "ends" if "after" in said else "begins"
    full = f"{said}, and the almanac of the calendar US in {LA} {edge} there"
    with pytest.raises(AlmanacEndsError) as caught:
        deadline(spell(length), kept(), at(received))
    assert str(caught.value) == full


def test_a_unit_that_no_duration_has_is_refused() -> None:
    with pytest.raises(QuantityError, match="weeks"):
        deadline(Spell(2, "weeks"), kept(), at("2025-01-21T09:00"))
