"""R1: a notice that lacks a required field is defective; curing it starts a whole window."""

from __future__ import annotations

import pytest

from offtake.desk.events import BidsOpened, ClockStarted, NoticeDefective, NoticeServed

from .playing import Play
from .saying import at, claim, shown, terms
from .staging import NOTICED, TEN_DAYS, bids_open

AZURE = claim("azure", "microsoft")


@pytest.mark.parametrize("missing", ["chip", "chips", "region", "terms", "evidence"])
def test_a_notice_without_a_required_field_starts_no_clock(missing: str) -> None:
    play = bids_open(AZURE)
    play.notice("oracle", but=(missing,))
    assert play.last(NoticeDefective).missing == (missing,)
    assert play.last(NoticeDefective).bid == play.bids["oracle"]
    assert not play.all(ClockStarted)
    assert not play.the_tender().rounds
    assert play.the_tender().unnoticed == 1000


def test_a_notice_that_lacks_everything_names_all_that_is_missing() -> None:
    play = bids_open(AZURE)
    play.notice("oracle", but=("chip", "chips", "region", "terms", "evidence"))
    assert set(play.last(NoticeDefective).missing) == {
        "chip",
        "chips",
        "region",
        "terms",
        "evidence",
    }


def test_a_notice_must_name_the_counterparty_only_where_a_right_says_so() -> None:
    play = bids_open(AZURE)
    play.notice("oracle", but=("counterparty",))
    assert play.standing("azure").deadline == TEN_DAYS

    play = bids_open(claim("azure", "microsoft", discloses=True))
    play.notice("oracle", but=("counterparty",))
    assert play.last(NoticeDefective).missing == ("counterparty",)
    play.notice("oracle")
    assert play.last(NoticeServed).counterparty == "oracle"


def test_a_notice_cured_on_the_last_day_starts_a_whole_window() -> None:
    play = bids_open(AZURE)
    play.notice("oracle", but=("terms",))
    play.go(TEN_DAYS).notice("oracle")
    assert shown(play.deadline("azure")) == "2025-03-24 17:00"  # the 23rd is a Sunday
    assert play.last(ClockStarted).chips == 1000


def test_a_holder_cannot_answer_a_defective_notice() -> None:
    play = bids_open(AZURE)
    play.notice("oracle", but=("region",))
    with play.refused("no-notice"):
        play.take("microsoft", round=1)


def test_a_notice_that_states_what_is_not_so_is_refused() -> None:
    play = bids_open(AZURE)
    with play.refused("notice-differs"):
        play.notice("oracle", region="ohio")
    with play.refused("notice-differs"):
        play.notice("oracle", chip="gb300")
    with play.refused("notice-differs"):
        play.notice("oracle", terms=terms("2.99"))
    with play.refused("notice-differs"):
        play.notice("oracle", counterparty="google")
    with play.refused("beyond-bid"):
        play.notice("oracle", chips=1001)
    assert not play.the_tender().rounds


@pytest.mark.parametrize("evidence", ["5e" * 31, "5E" * 32, "5g" * 32, "", "5e" * 33])
def test_a_notice_without_the_hash_of_the_bid_is_refused(evidence: str) -> None:
    play = bids_open(AZURE)
    with play.refused("evidence-form"):
        play.notice("oracle", evidence=evidence)


def test_a_notice_before_bids_are_open_is_refused_to_the_nanosecond() -> None:
    play = Play().open(AZURE)
    play.bid("oracle")
    opening = at("2025-02-18 17:00")  # fifteen days after 3 February
    assert play.the_tender().closes == opening
    play.go(opening)
    with play.refused("bids-sealed"):
        play.notice("oracle")
    play.go(opening + 1).notice("oracle")
    assert play.last(BidsOpened).at == opening
    assert play.last(ClockStarted).at == opening + 1


def test_a_notice_of_a_bid_that_is_not_there_or_not_the_best_is_refused() -> None:
    play = bids_open(AZURE, bids={"oracle": {}, "coreweave": {"price": "2.90"}})
    with play.refused("not-best"):
        play.notice("oracle")
    play.set_aside("coreweave")
    with play.refused("bid-set-aside"):
        play.notice("coreweave")
    play.notice("oracle")
    assert play.standing("azure").state == "noticed"


def test_a_notice_that_reaches_nobody_is_refused() -> None:
    play = bids_open()
    with play.refused("nobody-to-ask"):
        play.notice("oracle")
    play = bids_open(claim("azure", "microsoft", expires=at(NOTICED) - 1))
    with play.refused("nobody-to-ask"):
        play.notice("oracle")
    play = bids_open(claim("azure", "microsoft", since=at(NOTICED) + 1))
    with play.refused("nobody-to-ask"):
        play.notice("oracle")
    play = bids_open(claim("own", "oracle"))
    with play.refused("nobody-to-ask"):
        play.notice("oracle")


def test_a_right_is_asked_in_the_first_and_the_last_instant_of_its_life() -> None:
    for words in ({"expires": at(NOTICED)}, {"since": at(NOTICED)}):
        play = bids_open(claim("azure", "microsoft", **words))
        play.notice("oracle")
        assert play.standing("azure").deadline == TEN_DAYS
