"""R15: a holder in default at notice is passed over; in default at closing, its taking fails."""

from __future__ import annotations

from offtake.desk.commands import Default
from offtake.desk.events import ClockStarted, Passed, Signed, TakingFailed

from .saying import BUYER, claim
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


def test_a_holder_alone_in_default_leaves_a_tail_at_once() -> None:
    play = bids_open(AZURE)
    play.default("microsoft")
    play.notice("oracle")
    assert (play.round().state, play.round().tail) == ("tail", None)
    play.sign("oracle", 1000)
    assert [c.how for c in play.last(Signed).cleared] in ([], ["default"])


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
