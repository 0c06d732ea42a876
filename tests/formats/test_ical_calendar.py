"""Deadlines as a calendar, read back by icalendar that wrote it and by vobject that did not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from offtake.formats.ical import CalendarError, Deadline, calendar_text, uid
from offtake.units.instants import instant_of

NOW = instant_of("2026-01-05T09:00:00Z")
LATER = instant_of("2026-02-05T09:00:00Z")
WINDOW = Deadline(
    "tender/t/answer/cloud",
    instant_of("2026-03-02T17:00:00.999999999Z"),
    "t: cloud, answer on 1,000 chips",
    "If cloud does nothing; it waives.",
    "cloud-2025/first (agreements.yaml:7:5)",
)
PAYMENT = Deadline(
    "agreement/neo-1/ahead/train", dt.date(2026, 4, 1), "lab pays neo", kind="payment"
)


def events(text: str) -> dict[str, Any]:
    return {str(one["uid"]): one for one in Calendar.from_ical(text).walk("VEVENT")}


def text(*deadlines: Deadline, at: int = NOW, earlier: str = "") -> str:
    return calendar_text(deadlines, at, "lab", earlier=earlier)


def one(written: str, deadline: Deadline = WINDOW) -> Any:
    return events(written)[uid("lab", deadline.id)]


def test_a_window_is_an_instant_in_utc_no_later_than_it_ends() -> None:
    event = one(text(WINDOW))
    assert event.decoded("dtstart") == dt.datetime(2026, 3, 2, 17, tzinfo=dt.UTC)
    assert event.decoded("dtstamp") == dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
    assert str(event["description"]) == f"{WINDOW.why}\n{WINDOW.place}"
    assert event["sequence"] == 0
    assert "DTSTART:20260302T170000Z" in text(WINDOW)


def test_a_payment_is_due_on_a_day_as_a_whole() -> None:
    written = text(PAYMENT)
    assert "DTSTART;VALUE=DATE:20260401" in written
    assert one(written, PAYMENT).decoded("dtstart") == dt.date(2026, 4, 1)


def test_one_is_reminded_a_week_and_a_day_before_and_of_a_day_in_the_morning() -> None:
    hours, days = dt.timedelta(hours=1), dt.timedelta(days=1)
    assert reminders(one(text(WINDOW))) == [-7 * days, -days]
    assert reminders(one(text(PAYMENT), PAYMENT)) == [-6 * days - 15 * hours, -15 * hours]
    own = calendar_text([WINDOW], NOW, "lab", alarms=[2 * hours])
    assert reminders(one(own)) == [-2 * hours]


def reminders(event: Any) -> list[dt.timedelta]:
    return [alarm.decoded("trigger") for alarm in event.walk("VALARM")]


def test_a_second_parser_reads_the_same() -> None:
    calendar = vobject.readOne(text(WINDOW, PAYMENT))
    window, payment = calendar.vevent_list
    assert window.uid.value == uid("lab", WINDOW.id)
    assert window.dtstart.value == dt.datetime(2026, 3, 2, 17, tzinfo=dt.UTC)
    assert window.summary.value == WINDOW.summary
    assert window.description.value == f"{WINDOW.why}\n{WINDOW.place}"
    assert [alarm.trigger.value for alarm in window.valarm_list] == [
        dt.timedelta(days=-7),
        dt.timedelta(days=-1),
    ]
    assert payment.dtstart.value == dt.date(2026, 4, 1)
    assert payment.categories.value == ["payment"]


def test_the_same_deadlines_make_the_same_bytes_in_any_order() -> None:
    assert text(WINDOW, PAYMENT) == text(PAYMENT, WINDOW)
    assert text(WINDOW, PAYMENT, earlier=text(WINDOW, PAYMENT)) == text(WINDOW, PAYMENT)


def test_what_moves_keeps_its_uid_and_gets_a_higher_sequence() -> None:
    first = text(WINDOW, PAYMENT)
    moved = Deadline(WINDOW.id, instant_of("2026-03-09T17:00:00Z"), WINDOW.summary)
    second = text(moved, PAYMENT, at=LATER, earlier=first)
    assert set(events(first)) == set(events(second))
    assert one(second)["sequence"] == 1
    assert one(second, PAYMENT)["sequence"] == 0
    third = text(moved, PAYMENT, at=LATER, earlier=second)
    assert third == second
    assert one(text(WINDOW, at=LATER, earlier=third))["sequence"] == 2


def test_a_day_that_becomes_an_instant_has_moved() -> None:
    instant = Deadline(PAYMENT.id, instant_of("2026-04-01T00:00:00Z"), PAYMENT.summary)
    assert one(text(instant, earlier=text(PAYMENT)), PAYMENT)["sequence"] == 1


def test_a_sequence_is_never_below_the_revision_that_is_known() -> None:
    amended = Deadline(PAYMENT.id, PAYMENT.when, PAYMENT.summary, revision=3)
    assert one(text(amended), PAYMENT)["sequence"] == 3


def test_what_is_no_longer_due_is_cancelled_until_it_has_passed() -> None:
    first = text(WINDOW, PAYMENT)
    second = text(PAYMENT, at=LATER, earlier=first)
    gone = one(second)
    assert (str(gone["status"]), gone["sequence"], gone.walk("VALARM")) == ("CANCELLED", 1, [])
    assert one(second, PAYMENT)["status"] == "CONFIRMED"
    assert one(text(PAYMENT, at=LATER, earlier=second))["sequence"] == 1
    back = one(text(WINDOW, PAYMENT, at=LATER, earlier=second))
    assert (str(back["status"]), back["sequence"]) == ("CONFIRMED", 2)
    passed = text(PAYMENT, at=instant_of("2026-03-03T09:00:00Z"), earlier=second)
    assert set(events(passed)) == {uid("lab", PAYMENT.id)}


def test_owners_never_share_a_uid() -> None:
    assert uid("lab", "a") != uid("far", "a")
    assert uid("lab", "a/b") == uid("lab", "a/b")


def test_two_deadlines_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="several deadlines have the id 'tender/t/answer/cloud'"):
        text(WINDOW, WINDOW)


def without(name: str) -> str:
    lines = text(WINDOW).splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(name))


@pytest.mark.parametrize(
    "earlier",
    [
        "no calendar",
        "BEGIN:VCALENDAR\r\n",
        without("DTSTART"),
        without("UID"),
        text(WINDOW).replace("//offtake//", "//other//"),
        calendar_text([WINDOW], NOW, "far"),
    ],
    ids=["no-words", "no-end", "no-start", "no-uid", "no-product-of-ours", "not-the-same-party"],
)
def test_an_earlier_file_that_is_no_calendar_is_said_to_be_none(earlier: str) -> None:
    with pytest.raises(CalendarError, match="it is no calendar that offtake wrote for this party"):
        text(WINDOW, earlier=earlier)


HARD = 'Grüße, 日本; a\\b, c:d "e"\nBEGIN:VEVENT\r\nUID:x ' + "ü" * 200


def test_text_that_is_not_ascii_long_or_hostile_comes_back_as_it_was() -> None:
    written = text(Deadline("a", dt.date(2026, 4, 1), HARD, HARD))
    assert all(len(line) <= 75 for line in written.encode().split(b"\r\n"))
    (event,) = events(written).values()
    assert str(event["description"]) == HARD.replace("\r\n", "\n")
    (again,) = vobject.readOne(written).vevent_list
    assert again.summary.value == HARD.replace("\r\n", "\n")


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=25, deadline=None)
def test_no_text_breaks_out_of_its_line(summary: str, why: str) -> None:
    written = text(Deadline("a", dt.date(2026, 4, 1), summary, why))
    (event,) = events(written).values()
    assert str(event["uid"]) == uid("lab", "a")
    assert all(c.isprintable() or c == "\t" for line in written.split("\r\n") for c in line)
    assert written.count("BEGIN:VEVENT\r\n") == 1
    assert text(Deadline("a", dt.date(2026, 4, 1), summary, why), earlier=written) == written
