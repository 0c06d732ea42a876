"""R15: a holder in default at notice is passed over; in default at closing, its taking fails."""

from __future__ import annotations

from offtake.desk.commands import Default
from offtake.desk.events import ClockStarted, Passed, Signed, TakingFailed

from .playing import Play
from .saying import BUYER, at, claim, shown
from .staging import bids_open, noticed

AZURE = claim("azure", "microsoft")
GCP = claim("gcp", "google", rank=2)


def test_a_holder_in_default_when_notice_is_served_is_passed_over() -> None:
    play = bids_open(AZURE, GCP)
    play.default("microsoft")
    play.notice("oracle")
    assert (play.last(Passed).clause, play.last(Passed).why) == ("azure", "default")
    assert play.standing("gcp").noticed == play.now
    with play.refused("no-notice"):
        play.take("microsoft")
    play.waive("google")
    play.sign("oracle", 1000)


def test_a_holder_alone_in_default_leaves_a_tail_at_once_and_not_for_ever() -> None:
    play = bids_open(AZURE)
    play.default("microsoft")
    play.notice("oracle")
    assert play.round().state == "tail"
    ends = play.tail()
    assert shown(ends) == "2025-06-01 17:00"  # ninety days after it was passed over
    play.go(ends).sign("oracle", 400)
    play.go(ends + 1)
    with play.refused("tail-ended"):
        play.sign("oracle", 600)
    play.default("microsoft", cured=True)
    play.notice("oracle")
    assert play.standing("azure").state == "noticed"


def test_a_holder_of_a_first_offer_in_default_is_asked_when_its_tail_has_passed() -> None:
    play = Play()
    play.default("google")
    play.open(claim("first", "google", first=True, tail="30 days"))
    assert play.the_tender().phase == "bidding"
    play.bid("oracle")
    ends = at("2025-03-05 17:00")
    play.go(ends).sign("oracle", 400, unasked=True)
    play.default("google", cured=True)
    play.go(ends + 1)
    with play.refused("first-offer-stale"):
        play.sign("oracle", 600, unasked=True)
    play.reask()
    assert play.standing("first").state == "noticed"


def test_how_a_holder_in_default_stood_is_kept_with_the_agreement() -> None:
    play = bids_open(AZURE)
    play.default("microsoft")
    play.notice("oracle")
    play.sign("oracle", 1000)
    assert [c.how for c in play.last(Signed).cleared] == ["default"]


def test_a_holder_in_default_is_looked_at_when_its_turn_comes() -> None:
    play = noticed(AZURE, GCP)
    play.default("google")
    play.waive("microsoft")
    assert play.standing("gcp").state == "default"


def test_a_default_that_is_cured_in_time_is_none() -> None:
    play = bids_open(AZURE)
    play.default("microsoft")
    play.default("microsoft", cured=True)
    play.notice("oracle")
    assert play.standing("azure").state == "noticed"


def test_a_default_while_the_clock_runs_leaves_the_answer_open_but_not_the_closing() -> None:
    play = noticed(claim("azure", "microsoft", partial=1), GCP)
    play.default("microsoft")
    play.take("microsoft", 400)
    play.waive("google")
    play.close("azure")
    failed = play.last(TakingFailed)
    assert (failed.why, failed.chips, failed.holder) == ("default", 400, "microsoft")
    assert not play.all(Signed)


def test_a_taking_of_a_holder_in_default_at_closing_fails_and_frees_the_lot() -> None:
    play = noticed(AZURE, GCP)
    play.take("microsoft")
    play.default("microsoft")
    play.close("azure")
    assert play.taking("azure").state == "failed"
    assert (play.round().noticed, play.the_tender().unnoticed) == (0, 1000)
    assert play.the_tender().released == {"azure"}
    play.notice("oracle")
    assert "azure" not in {e.clause for e in play.all(ClockStarted)[1:]}
    assert play.standing("gcp").state == "noticed"
    play.waive("google")
    play.sign("oracle", 1000)


def test_a_taking_is_closed_when_the_default_was_cured() -> None:
    play = noticed(AZURE)
    play.take("microsoft")
    play.default("microsoft")
    play.default("microsoft", cured=True)
    play.close("azure", agreement="sold")
    assert play.agreement("sold").party == "microsoft"


def test_a_default_is_recorded_by_the_buyer_with_evidence() -> None:
    play = bids_open(AZURE)
    with play.refused("evidence-missing"):
        play.do(BUYER, Default("microsoft", ""))
    with play.refused("not-yours"):
        play.do("google", Default("microsoft", "a rumour"))
    with play.refused("unknown-party"):
        play.do(BUYER, Default("nobody", "a letter"))


def test_a_holder_passed_over_for_its_default_protects_no_terms() -> None:
    play = bids_open(AZURE, GCP)
    play.default("microsoft")
    play.notice("oracle")
    play.take("google", 1000)
    play.default("google")
    play.close("gcp")
    play.notice("oracle")
    play.revise("oracle", "4.00", months=60)
    play.sign("oracle", 1000)
    assert play.last(Signed).terms.months == 60


def test_the_tail_of_a_holder_passed_over_counts_with_those_of_who_answered() -> None:
    gcp = claim("gcp", "google", rank=2)
    for tail, ends in (("20 days", "2025-03-23 17:00"), ("120 days", "2025-06-03 17:00")):
        play = bids_open(claim("azure", "microsoft", tail=tail), gcp)
        play.default("microsoft")
        play.notice("oracle")
        play.go("2025-03-05 09:00").waive("google")
        assert shown(play.tail()) == ends


def test_the_tail_of_a_holder_passed_over_runs_from_when_its_turn_came() -> None:
    play = bids_open(AZURE, claim("gcp", "google", rank=2, tail="20 days"))
    play.default("google")
    play.notice("oracle")
    play.go("2025-03-05 09:00").waive("microsoft")
    assert shown(play.tail()) == "2025-03-25 17:00"


def test_a_right_without_a_tail_or_gone_before_its_tail_leaves_none_where_it_was_passed_over() -> (
    None
):
    gone = {"expires": at("2025-04-01 00:00"), "survives": False}
    for right in (claim("azure", "microsoft", tail=None), claim("azure", "microsoft", **gone)):
        play = bids_open(right)
        play.default("microsoft")
        play.notice("oracle")
        assert (play.round().state, play.round().tail) == ("tail", None)


def test_a_holder_passed_over_for_a_default_that_was_cured_since_must_be_asked() -> None:
    play = bids_open(AZURE)
    play.default("microsoft")
    play.notice("oracle")
    play.sign("oracle", 400)
    play.default("microsoft", cured=True)
    play.revise("oracle", "9.00")
    with play.refused("not-asked"):
        play.sign("oracle", 600)
    play.default("microsoft")
    play.sign("oracle", 100)
    play.default("microsoft", cured=True)
    play.notice("oracle", again=1)
    assert play.standing("azure").state == "noticed"
    assert play.round().noticed == 500


def test_whose_right_has_passed_to_a_holder_in_no_default_must_be_asked() -> None:
    play = bids_open(AZURE)
    play.default("microsoft")
    play.notice("oracle")
    play.assign("azure", "amazon", "microsoft")
    with play.refused("not-asked"):
        play.sign("oracle", 1000)
    play.default("amazon")
    play.sign("oracle", 1000)


def test_others_that_were_passed_over_leave_no_tail() -> None:
    play = bids_open(claim("own", "oracle", tail="5 days"), claim("gcp", "google", rank=2))
    play.notice("oracle")
    play.waive("google")
    assert play.standing("own").state == "counterparty"
    assert shown(play.tail()) == "2025-06-01 17:00"


def test_a_holder_passed_over_is_asked_for_an_offer_when_what_others_took_comes_back() -> None:
    play = Play()
    play.default("google")
    play.open(
        claim("first", "google", first=True),
        claim("second", "nvidia", first=True, rank=2, closing="5 days"),
    )
    play.offer("nvidia")
    play.accept("second")
    assert play.the_tender().phase == "opened"
    play.default("google", cured=True)
    play.wait("2025-02-20 09:00")
    assert play.last(TakingFailed).why == "closing missed"
    play.reask()
    assert play.standing("first").state == "noticed"


def test_a_default_again_when_the_tail_has_passed_starts_another() -> None:
    play = bids_open(claim("azure", "microsoft", tail="20 days"))
    play.default("microsoft")
    play.notice("oracle")
    play.wait(play.tail() + 1).notice("oracle")
    assert (play.standing("azure").state, play.round().state) == ("default", "tail")
    assert shown(play.tail()) == "2025-04-12 17:00"
