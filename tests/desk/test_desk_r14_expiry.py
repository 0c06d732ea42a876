"""R14: a right that expires in an open window or tail; it survives unless the clause says not."""

from __future__ import annotations

from typing import Any

import pytest

from offtake.desk.events import ClockStarted, Passed, RightExpired, TailStarted

from .playing import Play
from .saying import at, claim, shown, terms
from .staging import NOTICED, TEN_DAYS, noticed

IN_WINDOW = at("2025-03-07 23:59")
IN_TAIL = at("2025-04-15 23:59")
GCP = claim("gcp", "google", rank=2)


def test_a_right_that_expires_in_its_window_survives_by_default() -> None:
    play = noticed(claim("azure", "microsoft", expires=IN_WINDOW)).go(TEN_DAYS)
    play.take("microsoft")
    assert play.taking("azure").chips == 1000
    assert not play.all(RightExpired)


@pytest.mark.parametrize("when", [IN_WINDOW - 1, IN_WINDOW])
def test_a_right_that_does_not_survive_may_be_used_to_its_last_instant(when: int) -> None:
    play = noticed(claim("azure", "microsoft", expires=IN_WINDOW, survives=False)).go(when)
    play.take("microsoft")
    assert play.taking("azure").state == "closing"


def test_a_right_that_does_not_survive_is_gone_a_nanosecond_later() -> None:
    play = noticed(claim("azure", "microsoft", expires=IN_WINDOW, survives=False))
    assert play.deadline("azure") == TEN_DAYS
    play.go(IN_WINDOW + 1)
    with play.refused("no-notice"):
        play.take("microsoft")
    assert play.last(RightExpired).at == IN_WINDOW
    assert play.standing("azure").state == "expired"
    assert play.round().state == "tail"
    assert play.round().tail is None
    play.sign("oracle", 1000)


def test_a_right_that_expires_at_its_deadline_ends_in_silence() -> None:
    play = noticed(claim("azure", "microsoft", expires=TEN_DAYS, survives=False))
    play.wait(TEN_DAYS + 1)
    assert play.standing("azure").state == "silent"


def test_a_right_that_expires_lets_the_next_one_be_asked_from_then() -> None:
    play = noticed(claim("azure", "microsoft", expires=IN_WINDOW, survives=False), GCP)
    play.wait(IN_WINDOW + 1)
    assert play.last(ClockStarted).at == IN_WINDOW
    assert shown(play.deadline("gcp")) == "2025-03-20 17:00"  # asked on a Friday, after 17:00


def test_a_right_that_expires_before_its_turn_comes_is_passed_over() -> None:
    play = noticed(
        claim("azure", "microsoft", rank=1), claim("gcp", "google", rank=2, expires=IN_WINDOW)
    )
    play.go(IN_WINDOW + 1).waive("microsoft")
    assert play.last(Passed).why == "expired"
    assert play.last(Passed).clause == "gcp"
    assert play.round().state == "tail"
    play.sign("oracle", 1000)


def test_a_right_whose_turn_comes_in_its_last_instant_is_asked() -> None:
    play = noticed(
        claim("azure", "microsoft", rank=1), claim("gcp", "google", rank=2, expires=IN_WINDOW)
    )
    play.go(IN_WINDOW).waive("microsoft")
    assert play.standing("gcp").state == "noticed"


def test_a_tail_goes_on_past_the_end_of_a_right_that_survives() -> None:
    play = noticed(claim("azure", "microsoft", expires=IN_TAIL))
    play.waive("microsoft")
    assert shown(play.tail()) == "2025-06-01 17:00"
    play.revise("oracle", "3.10")
    play.go(IN_TAIL + 1)
    with play.refused("price-risen"):
        play.sign("oracle", 1000)
    play.go(play.tail() + 1)
    with play.refused("tail-ended"):
        play.sign("oracle", 1000)


def test_a_tail_of_a_right_that_does_not_survive_binds_nobody_after_it() -> None:
    play = noticed(claim("azure", "microsoft", expires=IN_TAIL, survives=False))
    play.waive("microsoft")
    assert play.last(TailStarted).ends is None
    play.revise("oracle", "3.10")
    play.go(IN_TAIL)
    with play.refused("price-risen"):
        play.sign("oracle", 1000)
    play.go(IN_TAIL + 1).sign("oracle", 1000)
    assert play.round().signed == 1000


def test_a_tail_that_ends_before_the_right_does_is_a_tail_like_any_other() -> None:
    play = noticed(claim("azure", "microsoft", expires=at("2025-06-02 00:00"), survives=False))
    play.waive("microsoft")
    assert shown(play.tail()) == "2025-06-01 17:00"


def declined(**words: Any) -> Play:
    """Microsoft's first offer of 2.00 was declined; its right ends on 15 April."""
    right = claim("first", "microsoft", first=True, expires=IN_TAIL, **words)
    play = Play().open(right)
    play.offer("microsoft", terms=terms("2.00"))
    play.decline("first")
    play.bid("oracle", "2.01")
    return play.wait(NOTICED)


def test_a_ceiling_holds_past_the_end_of_a_right_that_survives_and_not_past_its_tail() -> None:
    play = declined()
    tail = play.the_tender().first["first"].tail
    assert tail is not None
    assert shown(tail) == "2025-05-04 17:00"
    for when in (IN_TAIL, IN_TAIL + 1, tail):
        play.go(when)
        with play.refused("above-ceiling"):
            play.sign("oracle", 1000, unasked=True)
    play.go(tail + 1).sign("oracle", 1000, unasked=True)


def test_a_ceiling_holds_for_ever_where_the_clause_has_no_tail() -> None:
    play = declined(tail=None).go("2027-01-01 09:00")
    with play.refused("above-ceiling"):
        play.sign("oracle", 1000, unasked=True)
    play.revise("oracle", "2.00")
    play.sign("oracle", 1000, unasked=True)


def test_a_ceiling_ends_with_a_right_that_does_not_survive() -> None:
    play = declined(survives=False).go(IN_TAIL)
    with play.refused("above-ceiling"):
        play.sign("oracle", 1000, unasked=True)
    play.go(IN_TAIL + 1).sign("oracle", 1000, unasked=True)


def test_a_ceiling_of_a_right_that_has_ended_holds_for_notices_too() -> None:
    right = claim("first", "google", first=True, expires=IN_TAIL)
    play = Play().open(right, claim("azure", "microsoft"))
    play.offer("google", terms=terms("2.00"))
    play.decline("first")
    play.bid("oracle", "2.01")
    play.wait(IN_TAIL + 1)
    with play.refused("above-ceiling"):
        play.notice("oracle")
    play.revise("oracle", "2.00")
    play.notice("oracle")


def test_a_first_offer_that_has_ended_and_was_not_made_stands_in_nobodys_way() -> None:
    for kind in ("waive", "unable", "counter"):
        play = Play().open(claim("first", "microsoft", first=True, expires=IN_TAIL, tail="5 days"))
        play.answer("microsoft", kind)
        play.bid("oracle", "9.00")
        play.wait(IN_TAIL)
        with play.refused("first-offer-stale"):
            play.sign("oracle", 1000, unasked=True)
        play.go(IN_TAIL + 1).sign("oracle", 1000, unasked=True)


def test_a_right_that_has_not_begun_when_the_notice_is_served_is_not_asked() -> None:
    play = noticed(claim("azure", "microsoft"), claim("gcp", "google", since=at(NOTICED) + 1))
    assert set(play.round().standings) == {"azure"}
    play.go(TEN_DAYS + 1)
    with play.refused("not-asked"):
        play.sign("oracle", 1000)


def test_words_amended_while_a_tender_runs_are_a_right_of_their_own_and_asked_anew() -> None:
    old = claim("azure", "microsoft", expires=IN_TAIL)
    new = claim("azure@2025-04-16", "microsoft", since=IN_TAIL + 1)
    play = noticed(old, new)
    play.waive("microsoft", clause="azure")
    play.sign("oracle", 400)
    play.go(IN_TAIL + 1)
    with play.refused("not-asked"):
        play.sign("oracle", 600)
    play.notice("oracle", again=1)
    assert set(play.round().standings) == {"azure@2025-04-16"}
    play.waive("microsoft", clause="azure@2025-04-16")
    play.sign("oracle", 600)
