"""Deadlines: receipt, closing hours, clock changes, and never a moment less than was promised."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from offtake.units import (
    Calendar,
    Clock,
    Duration,
    QuantityError,
    Window,
    parse_clock,
    parse_duration,
    parse_instant,
    parse_zone,
)

# The first use of a calendar loads its holidays, which no single example is to be timed for.
untimed = settings(deadline=None)
LA, BERLIN = "America/Los_Angeles", "Europe/Berlin"
MICROSECOND = dt.timedelta(microseconds=1)


def window(
    length: str, *, closes: str = "17:00", calendar: str = "US", zone: str = LA, roll: str = "next"
) -> Window:
    return Window(
        parse_duration(length),
        parse_clock(closes),
        roll,  # type: ignore[arg-type]
        Calendar.named(calendar),
        zone,
    )


def local(text: str, zone: str = LA, fold: int = 0) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def same(deadline: dt.datetime, expected: dt.datetime) -> bool:
    """Equal as instants: Python compares two wall clocks of one zone, not two instants."""
    assert deadline.tzinfo is dt.UTC
    return deadline == expected.astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("length", "received", "deadline"),
    [
        ("30 days", "2025-01-21T09:00", "2025-02-20T17:00"),
        ("30 days", "2025-01-22T09:00", "2025-02-21T17:00"),
        ("30 days", "2025-01-23T09:00", "2025-02-24T17:00"),  # a Saturday rolls to Monday
        ("30 days", "2025-01-18T09:00", "2025-02-20T17:00"),  # Saturday, MLK Monday: from Tuesday
        ("25 days", "2025-01-22T09:00", "2025-02-18T17:00"),  # Sunday, then Presidents' Day
        ("10 business days", "2025-01-21T09:00", "2025-02-04T17:00"),
        ("1 business day", "2025-01-17T17:01", "2025-01-22T17:00"),  # Friday late: from Tuesday
        ("0 days", "2025-01-21T16:59", "2025-01-21T17:00"),
        ("1 month", "2025-01-31T09:00", "2025-02-28T17:00"),
        ("1 year", "2024-02-29T09:00", "2025-02-28T17:00"),
    ],
)
def test_days_run_to_the_closing_hour_on_the_named_calendar(
    length: str, received: str, deadline: str
) -> None:
    assert same(window(length).deadline(local(received)), local(deadline))


def test_without_roll_a_window_may_end_on_a_holiday() -> None:
    ends = window("30 days", roll="none").deadline(local("2025-01-23T09:00"))
    assert same(ends, local("2025-02-22T17:00"))


def test_receipt_at_the_closing_instant_counts_and_a_moment_later_does_not() -> None:
    days, closing = window("30 days", calendar="none"), local("2025-01-21T17:00")
    assert same(days.deadline(closing), local("2025-02-20T17:00"))
    assert same(days.deadline(closing - MICROSECOND), local("2025-02-20T17:00"))
    assert same(days.deadline(closing + MICROSECOND), local("2025-02-21T17:00"))


def test_hours_are_elapsed_time_whatever_clocks_and_calendars_say() -> None:
    received = local("2025-03-08T18:30:00.000001")  # Saturday evening before clocks go forward
    deadline = window("24 hours").deadline(received)
    assert deadline == received.astimezone(dt.UTC) + dt.timedelta(hours=24)
    assert same(deadline, local("2025-03-09T19:30:00.000001"))


@pytest.mark.parametrize(
    ("zone", "received", "utc"),
    [
        (LA, "2025-03-08T09:00", "2025-03-10T00:00:00Z"),  # into summer time: offset -7
        (LA, "2025-11-01T09:00", "2025-11-03T01:00:00Z"),  # out of it: -8
        (BERLIN, "2025-03-29T09:00", "2025-03-30T15:00:00Z"),  # +2
        (BERLIN, "2025-10-25T09:00", "2025-10-26T16:00:00Z"),  # +1
    ],
)
def test_the_closing_hour_is_local_on_both_sides_of_a_clock_change(
    zone: str, received: str, utc: str
) -> None:
    one_day = window("1 day", calendar="none", zone=zone)
    assert one_day.deadline(local(received, zone)) == parse_instant(utc)


@pytest.mark.parametrize(
    ("zone", "received", "closes", "utc"),
    [
        (LA, "2025-03-08T01:00", "02:30", "2025-03-09T10:30:00Z"),  # 03:30 by the new time
        (BERLIN, "2025-03-29T01:00", "02:30", "2025-03-30T01:30:00Z"),
        (LA, "2025-11-01T01:00", "01:30", "2025-11-02T09:30:00Z"),  # the second 01:30
        (BERLIN, "2025-10-25T01:00", "02:30", "2025-10-26T01:30:00Z"),
    ],
)
def test_a_closing_time_that_is_skipped_moves_on_and_of_two_the_second_counts(
    zone: str, received: str, closes: str, utc: str
) -> None:
    one_day = window("1 day", closes=closes, calendar="none", zone=zone)
    assert one_day.deadline(local(received, zone)) == parse_instant(utc)


@pytest.mark.parametrize(
    ("received", "fold", "closes", "deadline"),
    [
        ("2025-11-02T01:30", 0, "01:30", "2025-11-03T01:30"),
        ("2025-11-02T01:30:00.000001", 0, "01:30", "2025-11-04T01:30"),
        ("2025-11-02T01:10", 1, "01:30", "2025-11-04T01:30"),
        ("2025-11-02T01:30", 1, "01:30", "2025-11-04T01:30"),
        ("2025-11-02T01:30", 1, "17:00", "2025-11-03T17:00"),
        ("2025-03-09T01:59", 0, "02:30", "2025-03-10T02:30"),
        ("2025-03-09T03:00", 0, "02:30", "2025-03-11T02:30"),
        ("2025-03-09T03:45", 0, "02:30", "2025-03-11T02:30"),
    ],
)
def test_a_day_of_receipt_ends_when_clocks_first_reach_the_closing_time(
    received: str, fold: int, closes: str, deadline: str
) -> None:
    one_day = window("1 day", closes=closes, calendar="none")
    assert same(one_day.deadline(local(received, fold=fold)), local(deadline))


CHANGES = [
    (zone, parse_instant(at))
    for zone, at in [
        (LA, "2025-03-09T10:00:00Z"),
        (LA, "2025-11-02T09:00:00Z"),
        (BERLIN, "2025-03-30T01:00:00Z"),
        (BERLIN, "2025-10-26T01:00:00Z"),
        ("Australia/Lord_Howe", "2025-04-05T15:00:00Z"),  # half an hour
        ("America/Havana", "2025-11-02T05:00:00Z"),  # 01:00 back to midnight
        ("America/St_Johns", "2010-11-07T02:31:00Z"),  # 00:01 back to yesterday
        ("Africa/Cairo", "2025-04-24T22:00:00Z"),  # midnight is skipped
        ("Pacific/Apia", "2011-12-30T10:00:00Z"),  # a whole day is skipped
        ("UTC", "2025-06-01T00:00:00Z"),
    ]
]
NEAR = st.integers(-7200, 7200) | st.integers(-5 * 86_400, 5 * 86_400)
CLOCK = st.one_of(
    st.builds(Clock, st.integers(0, 23), st.integers(0, 59)),
    st.sampled_from([Clock(0, 0), Clock(1, 30), Clock(2, 30), Clock(17, 0), Clock(23, 59)]),
)
WINDOW = st.builds(
    lambda count, unit, closes, roll, calendar, change: (
        Window(Duration(count, unit), closes, roll, Calendar.named(calendar), change[0]),
        change[1],
    ),
    st.integers(0, 6),
    st.sampled_from(["hours", "days", "business days", "months", "years"]),
    CLOCK,
    st.sampled_from(["next", "none"]),
    st.sampled_from(["none", "weekdays", "US", "GB"]),
    st.sampled_from(CHANGES),
)
AT_0130 = (window("1 day", closes="01:30", calendar="none"), parse_instant("2025-11-02T09:00:00Z"))
AT_MIDNIGHT = (
    window("0 days", closes="00:00", calendar="none", zone="America/St_Johns"),
    parse_instant("2010-11-07T02:31:00Z"),
)


@untimed
@given(WINDOW, NEAR, st.one_of(st.integers(0, 7200), NEAR), st.sampled_from([0, 1, -1]))
@example(AT_0130, -1500, 600, 0)
@example(AT_MIDNIGHT, 0, 0, -1)  # the clock is put back from 00:01 into the day before
def test_a_notice_received_later_never_falls_due_earlier(
    case: tuple[Window, dt.datetime], start: int, gap: int, tick: int
) -> None:
    windowed, change = case
    one = change + dt.timedelta(seconds=start)
    other = one + dt.timedelta(seconds=gap, microseconds=tick)
    first, last = sorted((one, other))
    assert windowed.deadline(first) <= windowed.deadline(last)


@untimed
@given(WINDOW, NEAR, st.sampled_from([0, 1, -1]))
@example(AT_0130, -900, 0)
@example(AT_0130, 900, 0)
def test_a_holder_never_has_less_than_the_stated_length(
    case: tuple[Window, dt.datetime], start: int, tick: int
) -> None:
    windowed, change = case
    received = change + dt.timedelta(seconds=start, microseconds=tick)
    deadline = windowed.deadline(received)
    length, zone = windowed.length, ZoneInfo(windowed.zone)
    from_ = received.astimezone(zone).replace(tzinfo=None)
    until = deadline.astimezone(zone).replace(tzinfo=None)
    assert deadline >= received
    if length.unit == "hours":
        assert deadline - received == dt.timedelta(hours=length.count)
    elif length.unit == "days":
        assert until - from_ >= dt.timedelta(days=length.count)
    elif length.unit == "business days":
        days = (from_.date() + dt.timedelta(n + 1) for n in range((until - from_).days + 1))
        business = sum(windowed.calendar.is_business(d) for d in days if d <= until.date())
        assert business >= length.count
    else:
        assert until.date() >= Calendar.named("none").add(from_.date(), length)


@untimed
@given(WINDOW, NEAR)
def test_a_deadline_is_the_last_time_that_clocks_show_the_closing_hour_of_its_day(
    case: tuple[Window, dt.datetime], start: int
) -> None:
    windowed, change = case
    if windowed.length.unit == "hours":
        return
    deadline = windowed.deadline(change + dt.timedelta(seconds=start))
    zone, closes = ZoneInfo(windowed.zone), windowed.closes
    shown = deadline.astimezone(zone)
    if (shown.hour, shown.minute) != (closes.hour, closes.minute):
        before = (deadline - dt.timedelta(days=1)).astimezone(zone).utcoffset()
        assert shown.utcoffset() != before, "only a skipped closing time may move"
        return
    for minutes in range(1, 121):
        later = (deadline + dt.timedelta(minutes=minutes)).astimezone(zone)
        assert (later.date(), later.hour, later.minute) != (
            shown.date(),
            closes.hour,
            closes.minute,
        )


@untimed
@given(WINDOW, NEAR)
def test_the_zone_in_which_receipt_is_told_makes_no_difference(
    case: tuple[Window, dt.datetime], start: int
) -> None:
    windowed, change = case
    received = change + dt.timedelta(seconds=start)
    for zone in (LA, BERLIN, "Asia/Kathmandu"):
        assert windowed.deadline(received.astimezone(ZoneInfo(zone))) == windowed.deadline(received)


def test_a_time_of_receipt_without_a_zone_is_refused() -> None:
    with pytest.raises(QuantityError, match="needs a time zone"):
        window("30 days").deadline(dt.datetime(2025, 1, 21, 9))


@pytest.mark.parametrize("length", ["1 hour", "1 day", "1 business day", "1 month"])
def test_the_end_of_time_is_an_error_of_ours(length: str) -> None:
    with pytest.raises(QuantityError):
        window(length, calendar="none").deadline(dt.datetime.max.replace(tzinfo=dt.UTC))


@pytest.mark.parametrize(
    ("zone", "hint"),
    [
        ("America/Los_Angelos", "did you mean America/Los_Angeles?"),
        ("../../etc/passwd", "write for example"),
        ("/etc/passwd", "write for example"),
        ("right/UTC", "write for example"),
        ("posixrules", "write for example"),
        ("America", "did you mean"),
        ("America/", "write for example"),
        ("Europe/\u0412erlin", "CYRILLIC CAPITAL LETTER VE"),
        ("UTC\x00", "control character"),
    ],
)
def test_an_unknown_zone_is_refused(zone: str, hint: str) -> None:
    with pytest.raises(QuantityError) as caught:
        parse_zone(zone)
    assert hint in caught.value.hint
    with pytest.raises(QuantityError):
        window("30 days", zone=zone)


def test_a_window_rolls_to_the_next_business_day_or_not_at_all() -> None:
    with pytest.raises(QuantityError):
        window("30 days", roll="previous")
