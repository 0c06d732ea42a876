"""R2: any change to a live notice is a new notice with a whole window."""

from __future__ import annotations

from offtake.desk.events import ClockStarted, NoticeServed

from .saying import claim, shown, terms
from .staging import TEN_DAYS, bids_open, noticed

AZURE = claim("azure", "microsoft")
GCP = claim("gcp", "google", rank=2)


def test_a_changed_notice_starts_a_whole_window_on_the_last_day_too() -> None:
    play = noticed(AZURE)
    play.go(TEN_DAYS).revise("oracle", "2.80")
    play.notice("oracle", again=play.round().number, terms=terms("2.80"))
    assert play.round().kind == "first refusal"
    assert play.round().terms == terms("2.80")
    assert shown(play.deadline("azure")) == "2025-03-24 17:00"
    old, new = play.the_tender().rounds
    assert (old.state, old.noticed, old.remaining) == ("done", 0, 0)
    assert (new.state, new.noticed, new.remaining) == ("asking", 1000, 1000)
    assert play.last(NoticeServed).again == old.number


def test_a_changed_notice_a_nanosecond_after_the_window_is_one_in_the_tail() -> None:
    play = noticed(AZURE)
    play.go(TEN_DAYS + 1).revise("oracle", "3.10")
    play.notice("oracle", again=play.round().number, terms=terms("3.10"))
    assert play.round().kind == "changed terms"


def test_a_changed_notice_gives_no_shorter_window() -> None:
    play = noticed(claim("azure", "microsoft", reoffer="3 days"))
    play.go("2025-03-05 09:00").revise("oracle", "3.10")
    play.notice("oracle", again=play.round().number, terms=terms("3.10"))
    assert play.round().short == ()
    assert shown(play.deadline("azure")) == "2025-03-17 17:00"  # the 15th is a Saturday


def test_a_changed_notice_asks_again_who_had_waived() -> None:
    play = noticed(AZURE, GCP)
    play.waive("microsoft")
    play.go("2025-03-04 09:00").revise("oracle", "2.90")
    play.notice("oracle", again=play.round().number, terms=terms("2.90"))
    assert play.standing("azure").state == "noticed"
    assert play.standing("gcp").state == "idle"
    with play.refused("no-notice"):
        play.waive("google")
    play.waive("microsoft")
    assert play.standing("gcp").noticed == play.now


def test_a_changed_notice_makes_answers_to_the_old_one_void() -> None:
    play = noticed(AZURE)
    old = play.round().number
    play.revise("oracle", "2.90")
    play.notice("oracle", again=old, terms=terms("2.90"))
    with play.refused("no-notice"):
        play.take("microsoft", round=old)
    play.take("microsoft")
    assert play.taking("azure").terms == terms("2.90")


def test_a_changed_notice_and_an_answer_that_cross_the_first_to_arrive_wins() -> None:
    play = noticed(AZURE)
    play.revise("oracle", "2.90")
    play.take("microsoft")
    with play.refused("unknown-round"):
        play.notice("oracle", again=play.round().number, terms=terms("2.90"), chips=1000)


def test_a_notice_that_somebody_has_taken_can_no_longer_be_changed() -> None:
    equal = (AZURE, claim("gcp", "google"))
    play = noticed(*equal)
    play.take("microsoft")
    play.revise("oracle", "2.90")
    with play.refused("taken-already"):
        play.notice("oracle", again=play.round().number, terms=terms("2.90"))

    play = noticed(claim("azure", "microsoft", partial=1), GCP)
    play.take("microsoft", 400)
    assert play.round().state == "asking"
    play.revise("oracle", "2.90")
    with play.refused("taken-already"):
        play.notice("oracle", again=play.round().number, terms=terms("2.90"))


def test_a_changed_notice_is_about_all_that_is_left_of_a_round_that_is_not_done() -> None:
    play = noticed(AZURE)
    number = play.round().number
    with play.refused("again-whole"):
        play.notice("oracle", again=number, chips=999)
    with play.refused("unknown-round"):
        play.notice("oracle", again=number + 1, chips=1000)
    play.notice("oracle", again=number)
    with play.refused("unknown-round"):
        play.notice("oracle", again=number, chips=1000)


def test_a_changed_notice_of_fewer_chips_than_the_first_leaves_the_rest_alone() -> None:
    play = bids_open(AZURE)
    play.notice("oracle", chips=600)
    first = play.round().number
    play.notice("oracle", chips=400)
    assert [r.noticed for r in play.the_tender().rounds] == [600, 400]
    play.revise("oracle", "2.90")
    play.notice("oracle", again=first, terms=terms("2.90"))
    assert [r.noticed for r in play.the_tender().rounds] == [0, 400, 600]
    assert len(play.all(ClockStarted)) == 3
