"""R2, R3: a letter that took in time is honoured, or it is a breach; what else is lost is moot."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from offtake.desk.events import Answered, Breached, TurnsUndone

from .playing import Play
from .saying import at, claim, terms
from .staging import TEN_DAYS, bids_open, noticed

AZURE = claim("azure", "microsoft", partial=100)
GCP = claim("gcp", "google", rank=2, partial=1, closing="5 days")
RECEIVED = at("2025-03-04 10:00")
LATER = "2025-03-20 09:00"
CHANGED = at("2025-03-10 09:00")
STALE = at("2025-06-11 17:00") + 1
"""A nanosecond after the tail of who was silent until 13 March."""


def lapsed() -> Play:
    return noticed(AZURE).wait(LATER)


def signed() -> Play:
    play = lapsed()
    play.sign("oracle", 400, agreement="sold")
    return play


def signed_and_failed() -> Play:
    play = signed()
    play.fail("sold")
    return play


def signed_and_delivered() -> Play:
    play = signed()
    play.deliver("sold")
    return play


def closed_by_a_lower_rank() -> Play:
    play = noticed(AZURE, GCP).wait("2025-03-15 09:00")
    play.take("google", 300)
    play.close("gcp", actor="google")
    return play


def lost_by_a_lower_rank() -> Play:
    play = noticed(AZURE, GCP).wait("2025-03-15 09:00")
    play.take("google", 300)
    return play.wait(LATER).wait("2025-03-25 09:00")


def noticed_anew_in_the_tail() -> Play:
    play = lapsed()
    play.notice("oracle", again=1)
    return play


def noticed_anew_in_the_window() -> Play:
    play = noticed(AZURE).go(CHANGED)
    play.notice("oracle", again=1)
    return play


def set_aside_in_the_tail() -> Play:
    play = lapsed()
    play.set_aside("oracle")
    return play


def set_aside_in_the_window() -> Play:
    play = noticed(AZURE).go(CHANGED)
    play.set_aside("oracle")
    return play


def stale() -> Play:
    return noticed(AZURE).wait(STALE)


def withdrawn_in_the_window() -> Play:
    play = noticed(AZURE).go(CHANGED)
    play.withdraw()
    return play


def withdrawn_in_the_tail() -> Play:
    play = lapsed()
    play.withdraw()
    return play


def withdrawn_after_it_was_set_aside() -> Play:
    play = set_aside_in_the_window()
    play.withdraw()
    return play


WAYS = (
    signed,
    signed_and_failed,
    signed_and_delivered,
    closed_by_a_lower_rank,
    lost_by_a_lower_rank,
    noticed_anew_in_the_tail,
    noticed_anew_in_the_window,
    set_aside_in_the_tail,
    set_aside_in_the_window,
    stale,
    withdrawn_in_the_window,
    withdrawn_in_the_tail,
    withdrawn_after_it_was_set_aside,
)
REPLACED = (noticed_anew_in_the_window, set_aside_in_the_window)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_taking_in_time_that_can_no_longer_be_honoured_is_a_breach(
    way: Callable[[], Play],
) -> None:
    play = way()
    tender, agreements = play.the_tender(), play.desk.agreements
    play.letter("microsoft", "take", RECEIVED, round=1)
    breached = play.last(Breached)
    assert (breached.round, breached.clause, breached.holder) == (1, "azure", "microsoft")
    assert breached.letter.received == RECEIVED
    assert not play.all(TurnsUndone)
    assert (play.the_tender(), play.desk.agreements) == (tender, agreements)


@pytest.mark.parametrize("way", [signed, stale, noticed_anew_in_the_tail, set_aside_in_the_tail])
def test_a_taking_a_nanosecond_late_is_none_whatever_has_become_of_the_lot(
    way: Callable[[], Play],
) -> None:
    play = way()
    with play.refused("letter-late"):
        play.letter("microsoft", "take", TEN_DAYS + 1, round=1)
    play.letter("microsoft", "take", TEN_DAYS, round=1)
    assert len(play.all(Breached)) == 1


@pytest.mark.parametrize("way", REPLACED, ids=lambda way: way.__name__)
def test_a_letter_about_a_notice_that_was_replaced_counts_to_that_instant(
    way: Callable[[], Play],
) -> None:
    play = way().go(LATER)
    for received in (CHANGED + 1, TEN_DAYS, TEN_DAYS + 1):
        with play.refused("letter-moot"):
            play.letter("microsoft", "take", received, round=1)
    assert not play.all(Breached)
    play.letter("microsoft", "take", CHANGED, round=1)
    assert play.last(Breached).letter.received == CHANGED


@pytest.mark.parametrize("way", REPLACED, ids=lambda way: way.__name__)
@pytest.mark.parametrize("kind", ["waive", "unable", "counter"])
def test_what_else_a_letter_said_to_a_notice_that_was_replaced_is_moot(
    way: Callable[[], Play], kind: str
) -> None:
    play = way()
    with play.refused("letter-moot"):
        play.letter("microsoft", kind, RECEIVED, round=1)


@pytest.mark.parametrize("way", [*REPLACED, signed, stale], ids=lambda way: way.__name__)
def test_a_letter_that_obeys_no_clause_breaks_nothing(way: Callable[[], Play]) -> None:
    play = way()
    with play.refused("part-too-small"):
        play.letter("microsoft", "take", RECEIVED, round=1, chips=99)
    with play.refused("more-than-noticed"):
        play.letter("microsoft", "take", RECEIVED, round=1, chips=1001)
    assert not play.all(Breached)


def test_a_letter_with_a_condition_took_nothing() -> None:
    play = stale()
    play.letter("microsoft", "take", RECEIVED, condition="if the board approves")
    assert play.standing("azure").state == "countered"
    play = noticed_anew_in_the_window()
    with play.refused("letter-moot"):
        play.letter("microsoft", "take", RECEIVED, round=1, condition="if the board approves")
    assert not play.all(Breached)


def test_a_notice_replaced_twice_counts_each_letter_to_its_own_end() -> None:
    play = noticed_anew_in_the_window().go("2025-03-12 09:00")
    again = play.now
    play.notice("oracle", again=2)
    with play.refused("letter-moot"):
        play.letter("microsoft", "take", again, round=1)
    with play.refused("letter-early"):
        play.letter("microsoft", "take", CHANGED - 1, round=2)
    play.letter("microsoft", "take", again, round=2)
    assert play.last(Breached).round == 2
    play.letter("microsoft", "take", again, round=3)
    assert play.last(Answered).round == 3
    assert play.taking("azure").chips == 1000


def test_an_answer_to_a_notice_that_was_replaced_finds_none_all_the_same() -> None:
    for way in REPLACED:
        play = way()
        with play.refused("no-notice"):
            play.take("microsoft", round=1)


def test_a_letter_to_a_withdrawn_tender_whose_bid_had_been_set_aside_counts_to_that() -> None:
    play = withdrawn_after_it_was_set_aside().go(LATER)
    with play.refused("withdrawn"):
        play.letter("microsoft", "take", CHANGED + 1, round=1)
    play.letter("microsoft", "take", CHANGED, round=1)
    assert play.last(Breached).clause == "azure"


@pytest.mark.parametrize("way", [withdrawn_in_the_window, withdrawn_in_the_tail])
def test_a_letter_to_a_withdrawn_tender_is_read_before_it_is_called_a_breach(
    way: Callable[[], Play],
) -> None:
    play = way().go(LATER)
    with play.refused("part-too-small"):
        play.letter("microsoft", "take", RECEIVED, chips=99)
    with play.refused("withdrawn"):
        play.letter("microsoft", "take", RECEIVED, condition="if the board approves")
    with play.refused("withdrawn"):
        play.letter("microsoft", "waive", RECEIVED)
    assert not play.all(Breached)


def test_a_lower_rank_that_only_closes_is_asked_anew() -> None:
    play = noticed(AZURE, GCP).wait("2025-03-15 09:00")
    play.take("google", 300)
    play.letter("microsoft", "take", RECEIVED, chips=900)
    assert play.last(TurnsUndone).clauses == ("gcp",)
    assert (play.standing("gcp").state, play.standing("gcp").chips) == ("noticed", 100)
    assert not play.all(Breached)


# --- offers ---------------------------------------------------------------------------------------

FIRST = claim("first", "google", first=True)
SECOND = claim("second", "nvidia", first=True, rank=2)
OFFERED = at("2025-02-10 10:00")


def test_an_offer_by_letter_in_time_is_one_while_others_are_asked() -> None:
    play = Play().open(FIRST, SECOND).wait("2025-02-15 09:00")
    assert play.standing("second").state == "noticed"
    play.letter("google", "offer", OFFERED, terms=terms("2.90"))
    assert play.last(TurnsUndone).clauses == ("second",)
    assert (play.standing("first").state, play.standing("second").state) == ("offered", "idle")
    play.accept("first")
    assert play.taking("first").chips == 1000


def test_an_offer_by_letter_to_a_withdrawn_tender_is_no_breach() -> None:
    play = Play().open(FIRST).wait("2025-02-15 09:00")
    play.withdraw()
    with play.refused("withdrawn"):
        play.letter("google", "offer", OFFERED, terms=terms("2.90"))
    with play.refused("unknown-answer"):  # nothing is taken before bids
        play.letter("google", "take", OFFERED)
    assert not play.all(Breached)


def test_an_offer_by_letter_that_came_too_late_to_matter_is_moot_and_no_breach() -> None:
    over = Play().open(FIRST).wait("2025-02-15 09:00")
    over.bid("oracle")
    over.wait("2025-03-10 09:00").sign("oracle", 1, unasked=True)
    third = claim("third", "amazon", first=True, rank=3)
    sold = Play().open(FIRST, SECOND, third).wait("2025-02-15 09:00")
    sold.offer("nvidia", 300)
    sold.accept("second")
    sold.close("second", agreement="sold")
    assert sold.round().state == "asking"
    for play in (over, sold):
        with play.refused("letter-moot"):
            play.letter("google", "offer", OFFERED, terms=terms("2.90"))
        assert not play.all(Breached)
        play.letter("google", "waive", OFFERED)
        assert play.round(1).standings["first"].state == "waived"


def test_a_bid_set_aside_leaves_the_letters_about_other_bids_alone() -> None:
    play = bids_open(AZURE, bids={"oracle": {"chips": 400}, "coreweave": {"price": "3.50"}})
    play.notice("oracle")
    play.notice("coreweave", chips=600)
    play.wait(LATER)
    play.set_aside("oracle")
    play.letter("microsoft", "take", RECEIVED, round=2)
    assert play.last(TurnsUndone).round == 2
    assert play.round(2).standings["azure"].state == "taken"
    play.letter("microsoft", "take", RECEIVED, round=1)
    assert play.last(Breached).round == 1
