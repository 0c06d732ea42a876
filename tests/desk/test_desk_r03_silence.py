"""R3: silence is waiver at the deadline, which is inclusive to the nanosecond."""

from __future__ import annotations

import pytest

from offtake.desk import due
from offtake.desk.events import ClockStarted, Lapsed, TailStarted, TurnEnded

from .playing import Play
from .saying import at, california, claim, shown
from .staging import TEN_DAYS, bids_open, noticed

AZURE = claim("azure", "microsoft")


@pytest.mark.parametrize("when", [TEN_DAYS - 1, TEN_DAYS])
def test_silence_has_not_begun_at_the_instant_of_the_deadline(when: int) -> None:
    play = noticed(AZURE).go(when)
    assert due(play.desk, when) == ()
    play.take("microsoft")
    assert play.standing("azure").cleared == when
    assert play.taking("azure").chips == 1000


def test_silence_is_waiver_one_nanosecond_after_the_deadline() -> None:
    play = noticed(AZURE).go(TEN_DAYS + 1)
    with play.refused("too-late"):
        play.take("microsoft")
    with play.refused("too-late"):
        play.waive("microsoft")
    standing = play.standing("azure")
    assert (standing.state, standing.cleared) == ("silent", TEN_DAYS)


def test_silence_is_stamped_with_the_deadline_whoever_looks_and_whenever() -> None:
    for late in (1, 10**9, 40 * 86_400 * 10**9):
        play = noticed(AZURE).wait(TEN_DAYS + late)
        assert play.last(Lapsed).at == TEN_DAYS
        assert play.last(TurnEnded).at == TEN_DAYS
        assert play.last(TailStarted).at == TEN_DAYS
        assert play.last(Lapsed).by is None
        assert shown(play.tail()) == "2025-06-11 17:00"  # ninety days after 13 March


def test_silence_of_three_in_turn_is_reckoned_from_deadline_to_deadline() -> None:
    play = noticed(
        AZURE, claim("gcp", "google", rank=2), claim("aws", "amazon", rank=3), bidding="15 days"
    )
    play.wait("2025-05-30 12:00")
    clocks = {e.clause: (shown(e.at), shown(e.deadline)) for e in play.all(ClockStarted)}
    assert clocks == {
        "azure": ("2025-03-03 09:00", "2025-03-13 17:00"),
        "gcp": ("2025-03-13 17:00", "2025-03-24 17:00"),  # ten days later is a Sunday
        "aws": ("2025-03-24 17:00", "2025-04-03 17:00"),
    }
    assert [shown(e.at) for e in play.all(Lapsed)] == [
        "2025-03-13 17:00",
        "2025-03-24 17:00",
        "2025-04-03 17:00",
    ]
    assert shown(play.last(TailStarted).at) == "2025-04-03 17:00"
    assert shown(play.tail()) == "2025-06-11 17:00"  # of the first to be silent


def test_silence_comes_before_the_command_that_finds_it() -> None:
    play = noticed(AZURE).go(TEN_DAYS + 1)
    kinds = [type(e).__name__ for e in play.sign("oracle", 1000)]
    assert kinds[:3] == ["Lapsed", "TurnEnded", "TailStarted"]
    assert kinds[3] == "Signed"
    assert play.round().signed == 1000


def test_silence_is_found_by_a_refused_command_too() -> None:
    play = noticed(AZURE).go(TEN_DAYS + 1)
    with play.refused("unknown-bid"):
        play.sign("nobody", 1)
    assert play.standing("azure").state == "silent"


@pytest.mark.parametrize(
    ("served", "window", "deadline"),
    [
        # 9 March 2025: clocks skip from 02:00 to 03:00.
        ("2025-03-08 18:00", "24 hours", "2025-03-09 19:00"),
        ("2025-03-08 01:59", "24 hours", "2025-03-09 01:59"),
        ("2025-03-08 02:30", "24 hours", "2025-03-09 03:30"),
        # 2 November 2025: they show the hour from 01:00 twice.
        ("2025-11-01 18:00", "24 hours", "2025-11-02 17:00"),
        ("2025-11-01 00:30", "72 hours", "2025-11-03 23:30"),
    ],
)
def test_silence_in_hours_is_elapsed_time_over_a_change_of_the_clocks(
    served: str, window: str, deadline: str
) -> None:
    play = bids_open(claim("azure", "microsoft", window=window), bidding="15 days")
    play.go(served).notice("oracle")
    assert shown(play.deadline("azure")) == deadline
    assert play.deadline("azure") - at(served) == int(window.split()[0]) * 3600 * 10**9
    play.go(play.deadline("azure") + 1)
    with play.refused("too-late"):
        play.take("microsoft")


@pytest.mark.parametrize(
    ("served", "window", "deadline"),
    [
        ("2025-03-07 10:00", "2 business days", "2025-03-11 17:00"),  # over a change of clocks
        ("2025-05-22 10:00", "2 business days", "2025-05-27 17:00"),  # over Memorial Day, the 26th
        ("2025-07-03 17:00", "1 business days", "2025-07-07 17:00"),  # over Independence Day
        ("2025-12-24 16:59", "5 business days", "2026-01-02 17:00"),  # over Christmas and New Year
        ("2025-03-08 10:00", "1 business days", "2025-03-11 17:00"),  # on a Saturday: as on Monday
        ("2025-03-03 17:00", "1 days", "2025-03-04 17:00"),  # at closing: the same day
        ("2025-03-03 17:01", "1 days", "2025-03-05 17:00"),  # after it: the next
        ("2025-08-29 18:00", "1 days", "2025-09-03 17:00"),  # the next is after Labor Day
        ("2025-01-31 10:00", "1 months", "2025-02-28 17:00"),  # the month has no 31st
        ("2025-04-30 10:00", "1 months", "2025-05-30 17:00"),
        ("2028-01-31 10:00", "1 months", "2028-02-29 17:00"),  # a leap year
        ("2028-02-28 10:00", "1 days", "2028-02-29 17:00"),
        ("2028-02-29 10:00", "1 years", "2029-02-28 17:00"),
    ],
)
def test_silence_in_days_ends_at_closing_on_a_business_day(
    served: str, window: str, deadline: str
) -> None:
    play = Play().go("2025-01-03 09:00")
    play.open(claim("azure", "microsoft", window=window), bidding="1 days", start="2029-06-01")
    play.bid("oracle", start="2029-06-01")
    play.go(served).notice("oracle")
    ends = play.deadline("azure")
    assert shown(ends) == deadline
    play.go(ends).waive("microsoft")
    assert play.standing("azure").cleared == ends


def test_silence_does_not_wait_for_a_business_day_where_the_clause_does_not_roll() -> None:
    play = bids_open(claim("azure", "microsoft", window="5 days", roll=False))
    play.notice("oracle")
    assert shown(play.deadline("azure")) == "2025-03-08 17:00"  # a Saturday
    assert play.last(ClockStarted).skipped == ()
    assert play.last(ClockStarted).offset == -8 * 3600


def test_silence_ends_in_the_second_hour_where_clocks_show_it_twice() -> None:
    right = claim("azure", "microsoft", window="2 days", closes="01:30", roll=False)
    play = bids_open(right)
    play.go("2025-10-31 01:00").notice("oracle")
    assert play.deadline("azure") == at("2025-11-02 01:30", fold=1)


def test_silence_names_the_holidays_that_it_skipped() -> None:
    play = bids_open(claim("azure", "microsoft", window="3 business days"))
    play.go("2025-05-22 10:00").notice("oracle")
    clock = play.last(ClockStarted)
    assert shown(clock.deadline) == "2025-05-28 17:00"
    assert clock.skipped == (20_234,)  # 26 May 2025, in days since 1970
    assert clock.offset == -7 * 3600


def test_silence_is_no_answer_to_a_notice_that_was_never_served() -> None:
    play = bids_open(AZURE)
    assert due(play.desk, at("2029-01-01 00:00")) == ()
    with play.refused("no-notice"):
        play.waive("microsoft", round=1)


def test_an_answer_is_given_once() -> None:
    play = noticed(AZURE)
    play.waive("microsoft")
    for kind in ("take", "waive", "counter", "unable"):
        with play.refused("answered-already"):
            play.answer("microsoft", kind)


def test_an_answer_of_another_kind_or_party_is_refused() -> None:
    play = noticed(AZURE)
    with play.refused("unknown-answer"):
        play.answer("microsoft", "perhaps")
    with play.refused("unknown-answer"):
        play.offer("microsoft")
    with play.refused("no-notice"):
        play.waive("google", clause="azure")
    play.tender = "other"
    with play.refused("no-notice"):
        play.waive("microsoft", clause="azure", round=1)


def test_silence_past_the_end_of_the_almanac_is_reckoned_without_holidays() -> None:
    right = claim("azure", "microsoft", window="10 business days", closing="10 business days")
    play = bids_open(right, almanacs={"la": california(2025, 2025)})
    play.go("2025-12-29 09:00").notice("oracle")
    # New Year's Day is not in an almanac of 2025, so it is counted.
    assert shown(play.deadline("azure")) == "2026-01-12 17:00"
    play.go("2026-01-12 17:00").take("microsoft")
    assert shown(play.taking("azure").closing or 0) == "2026-01-26 17:00"
    late = bids_open(claim("azure", "microsoft"), almanacs={"la": california(2025, 2025)})
    late.go("2025-12-29 09:00").notice("oracle")
    late.waive("microsoft")
    # Nor does it know that clocks change on 8 March.
    assert shown(late.tail()) == "2026-03-29 18:00"
