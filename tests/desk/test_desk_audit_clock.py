"""The checker's own calendar, counted a day at a time, agrees with the desk's almanacs."""

from __future__ import annotations

import datetime as dt
import functools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offtake.audit import clock
from offtake.audit.breach import day, instant, shown
from offtake.desk.wire import data_of
from offtake.units.almanac import Almanac, Spell, almanac, deadline, last_instant, tail_end
from offtake.units.calendar import Calendar
from offtake.units.instants import instant_of, instant_text

from .written import opened

PLACES = [
    ("America/New_York", "US"),
    ("Europe/London", "GB"),
    ("Australia/Lord_Howe", "AU"),
    ("Asia/Dubai", "AE"),
    ("Pacific/Apia", "none"),
    ("UTC", "weekdays"),
]


@functools.cache
def known(zone: str, calendar: str) -> tuple[Almanac, clock.Almanac]:
    """An almanac as the desk has it, and as the checker reads it from a tender's opening."""
    first, last = dt.date(2025, 1, 1), dt.date(2028, 12, 31)
    theirs = almanac(zone, Calendar.named(calendar), first, last)
    event = opened(almanacs={"here": theirs})(0)
    return theirs, clock.almanac_of(data_of(event)["almanacs"]["here"])


SPELLS = st.builds(
    Spell,
    count=st.integers(0, 40),
    unit=st.sampled_from(["hours", "days", "business days", "months", "years"]),
    closes=st.sampled_from([0, 90, 150, 540, 1020, 1439]),
    roll=st.booleans(),
).filter(lambda spell: spell.unit not in ("months", "years") or spell.count < 2)
FROM = instant_of("2025-01-03T00:00:00Z")
SECONDS = st.integers(0, 1_000 * 24 * 3600)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place[0])
def test_windows_and_tails_end_at_the_same_nanosecond(place: tuple[str, str]) -> None:
    theirs, ours = known(*place)

    @settings(max_examples=150, deadline=None)
    @given(spell=SPELLS, seconds=SECONDS, edge=st.sampled_from([-1, 0, 1]))
    def agrees(spell: Spell, seconds: int, edge: int) -> None:
        at = FROM + seconds // 1800 * 1800 * 10**9 + edge
        mine = clock.Spell(spell.count, spell.unit, spell.closes, spell.roll)
        found = deadline(spell, theirs, at)
        assert clock.deadline(mine, ours, at) == found.at
        assert clock.tail(mine, ours, at) == tail_end(spell, theirs, at).at
        assert clock.offset(ours, found.at) == found.offset
        if spell.unit != "hours":
            assert clock.skipped(ours, at, found.at) == list(found.skipped)

    agrees()


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place[0])
@pytest.mark.parametrize("text", ["2026-03-08", "2026-10-24", "2026-10-31", "2026-11-01"])
def test_a_day_ends_at_the_same_nanosecond(place: tuple[str, str], text: str) -> None:
    theirs, ours = known(*place)
    assert clock.day_end(day(text), ours) == last_instant(dt.date.fromisoformat(text), theirs)


@given(at=st.integers(0, 8 * 10**18))
def test_instants_are_read_as_they_are_written(at: int) -> None:
    assert instant(instant_text(at)) == at


def test_an_instant_in_a_sentence_has_no_more_decimals_than_it_needs() -> None:
    assert shown(instant_of("2026-06-24T21:00:00Z")) == "2026-06-24 21:00:00 UTC"
    assert shown(instant_of("2026-06-24T21:00:00.5Z")) == "2026-06-24 21:00:00.5 UTC"
    assert shown(None) == "no end"


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-24T21:00:00Z",
        "",
        "2026-06-24 21:00:00.000000000Z",
        "2026-06-24T21:00:00.000000000z",
        "2026-06-24T21:00:00.00_000000Z",
        "2026-06-24T21:00:00.+00000000Z",
        "2026-06-24T21:00:00.\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0660Z",
    ],
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no instant"):
        instant(text)
