"""Business days: weekends, holidays, month ends, and calendars that do not exist."""

import datetime as dt
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offtake.units import Calendar, Duration, QuantityError

# The first use of a calendar loads its holidays, which no single example is to be timed for.
untimed = settings(deadline=None)
DAY = st.dates(dt.date(1995, 1, 1), dt.date(2060, 12, 31))
NAME = st.sampled_from(["none", "weekdays", "US", "GB", "US-CA", "NYSE", "DE-BY", "IL"])


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("name", "closed", "why"),
    [
        ("US", "2025-01-20", "Martin Luther King Jr. Day"),
        ("US", "2025-07-04", "Independence Day"),
        ("US", "2021-12-31", "New Year's Day 2022, a Saturday, observed on the Friday before"),
        ("US", "2022-12-26", "Christmas, a Sunday, observed on the Monday after"),
        ("US-CA", "2025-03-31", "Cesar Chavez Day"),
        ("GB", "2025-12-26", "Boxing Day"),
        ("NYSE", "2025-04-18", "Good Friday"),
        ("DE-BY", "2025-01-06", "Epiphany"),
        ("IL", "2025-01-03", "a Friday"),
    ],
)
def test_holidays_and_weekends_are_those_of_the_place(name: str, closed: str, why: str) -> None:
    assert not Calendar.named(name).is_business(day(closed)), why
    assert Calendar.named("none").is_business(day(closed))


@pytest.mark.parametrize(
    ("name", "open_"),
    [("US", "2025-04-18"), ("NYSE", "2021-12-31"), ("IL", "2025-01-05"), ("DE", "2025-01-06")],
)
def test_another_place_works_on_that_day(name: str, open_: str) -> None:
    assert Calendar.named(name).is_business(day(open_))


def test_weekdays_are_monday_to_friday_in_any_year() -> None:
    weekdays = Calendar.named("weekdays")
    assert [weekdays.is_business(day(f"2025-02-0{n}")) for n in range(1, 8)] == (
        [False, False, True, True, True, True, True]
    )
    assert weekdays.next_business(day("2150-01-03")) == day("2150-01-05")


@untimed
@given(NAME, DAY)
def test_the_next_business_day_is_the_first_from_that_day_on(name: str, start: dt.date) -> None:
    calendar = Calendar.named(name)
    found = calendar.next_business(start)
    assert calendar.is_business(found)
    between = [start + dt.timedelta(days=n) for n in range((found - start).days)]
    assert not any(calendar.is_business(d) for d in between)


@untimed
@given(NAME, DAY, st.integers(0, 60))
def test_business_days_are_counted_one_by_one(name: str, start: dt.date, count: int) -> None:
    calendar = Calendar.named(name)
    end = calendar.add(start, Duration(count, "business days"))
    after = [start + dt.timedelta(days=n + 1) for n in range((end - start).days)]
    assert sum(map(calendar.is_business, after)) == count
    assert count == 0 or calendar.is_business(end)


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        ("2025-01-31", Duration(1, "months"), "2025-02-28"),
        ("2024-01-31", Duration(1, "months"), "2024-02-29"),
        ("2024-02-29", Duration(1, "years"), "2025-02-28"),
        ("2024-02-29", Duration(4, "years"), "2028-02-29"),
        ("2025-08-31", Duration(6, "months"), "2026-02-28"),
        ("2025-02-28", Duration(1, "months"), "2025-03-28"),
        ("2025-12-15", Duration(1, "months"), "2026-01-15"),
        ("2025-01-21", Duration(30, "days"), "2025-02-20"),
        ("2025-01-17", Duration(1, "business days"), "2025-01-21"),
        ("2025-01-18", Duration(0, "business days"), "2025-01-18"),
        ("2025-01-18", Duration(0, "days"), "2025-01-18"),
    ],
)
def test_a_length_is_added_to_a_day(start: str, length: Duration, end: str) -> None:
    assert Calendar.named("US").add(day(start), length) == day(end)


@untimed
@given(DAY, DAY, st.integers(0, 600), st.sampled_from(["days", "months", "years"]))
def test_a_later_day_never_leads_to_an_earlier_one(
    one: dt.date, other: dt.date, count: int, unit: str
) -> None:
    calendar, length = Calendar.named("none"), Duration(count % 101, unit)  # type: ignore[arg-type]
    first, last = sorted((one, other))
    assert calendar.add(first, length) <= calendar.add(last, length)


def test_hours_are_not_added_to_a_day() -> None:
    with pytest.raises(QuantityError, match="'72 hours' cannot be added to a day"):
        Calendar.named("none").add(day("2025-01-01"), Duration(72, "hours"))


def test_past_the_end_of_time_is_an_error_of_ours() -> None:
    for unit in ("days", "months", "years"):
        with pytest.raises(QuantityError):
            Calendar.named("none").add(dt.date.max, Duration(1, unit))  # type: ignore[arg-type]


def test_a_year_without_data_is_refused_and_not_taken_for_one_without_holidays() -> None:
    with pytest.raises(QuantityError, match="'US' has no holidays for 2150"):
        Calendar.named("US").is_business(day("2150-07-04"))


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("us", "did you mean US?"),
        ("us-ca", "did you mean US-CA?"),
        ("None", "did you mean none?"),
        ("weekday", "did you mean weekdays?"),
        ("NYSEX", "NYSE"),
        ("US-XX", "US-"),
        ("\u0405G", "CYRILLIC CAPITAL LETTER DZE"),
        ("", "write"),
        ("../US", "write"),
    ],
)
def test_an_unknown_calendar_is_refused_with_the_nearest_known(name: str, hint: str) -> None:
    with pytest.raises(QuantityError) as caught:
        Calendar.named(name)
    assert hint in caught.value.hint
    with pytest.raises(QuantityError):
        Calendar(name)


def test_importing_the_room_imports_no_other_package() -> None:
    code = (
        "import sys; before = set(sys.modules); import offtake.units;"
        "new = {m.partition('.')[0] for m in set(sys.modules) - before};"
        "print(*sorted(n for n in new if n[0] != '_' and n not in sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["offtake"]
