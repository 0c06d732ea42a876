"""R18: who is assigned a right in mid-window inherits its running clock."""

from __future__ import annotations

import pytest

from offtake.desk.events import Answered, Assigned, Passed, Signed

from .playing import Play
from .saying import at, claim, exclusive
from .staging import NOTICED, TEN_DAYS, bids_open, noticed

AZURE = claim("azure", "microsoft")


def test_an_assignee_inherits_the_running_clock() -> None:
    play = noticed(AZURE).go("2025-03-06 09:00")
    play.assign("azure", "amazon", "microsoft")
    assert play.last(Assigned).to == "amazon"
    assert play.deadline("azure") == TEN_DAYS
    with play.refused("no-notice"):
        play.take("microsoft", clause="azure")
    play.go(TEN_DAYS).take("amazon", clause="azure")
    assert play.last(Answered).holder == "amazon"
    assert play.taking("azure").holder == "amazon"
    play.close("azure")
    assert play.last(Signed).party == "amazon"


def test_an_assignees_silence_is_waiver_at_the_same_deadline() -> None:
    play = noticed(AZURE).go(TEN_DAYS)
    play.assign("azure", "amazon", "microsoft")
    play.go(TEN_DAYS + 1)
    with play.refused("too-late"):
        play.take("amazon", clause="azure")
    assert play.standing("azure").cleared == TEN_DAYS


def test_an_assignment_holds_for_tenders_that_open_later() -> None:
    play = noticed(AZURE)
    play.assign("azure", "amazon", "microsoft")
    play.open(AZURE, tender="next", bidding="1 days")
    play.bid("oracle")
    play.go("2025-03-10 09:00").notice("oracle")
    assert play.the_tender().claims["azure"].holder == "amazon"
    play.waive("amazon", clause="azure")


def test_an_assignment_is_made_by_who_holds_the_right_then() -> None:
    play = noticed(AZURE)
    for other in ("google", "oracle"):  # who does not hold it learns nothing, and passes nothing on
        play.assign("azure", "amazon", other)
        assert play.the_tender().claims["azure"].holder == "microsoft"
    with play.refused("unknown-party"):
        play.assign("azure", "nobody", "microsoft")
    with play.refused("same-holder"):
        play.assign("azure", "microsoft", "microsoft")
    play.assign("azure", "amazon", "microsoft")
    play.assign("azure", "google", "microsoft")
    assert play.the_tender().claims["azure"].holder == "amazon"
    play.assign("azure", "google", "amazon")
    play.take("google", clause="azure")


def next_holder(*assigned: tuple[str, str]) -> str:
    """Who holds Microsoft's right in a tender that opens after all this: from whom, to whom."""
    play = Play()
    for actor, to in assigned:
        play.assign("azure", to, actor)
    play.open(AZURE)
    return play.the_tender().claims["azure"].holder


@pytest.mark.parametrize(
    ("assigned", "holder"),
    [
        ((("microsoft", "google"), ("amazon", "microsoft")), "google"),
        ((("microsoft", "google"), ("amazon", "google")), "google"),
        ((("microsoft", "google"), ("google", "oracle"), ("amazon", "google")), "oracle"),
        ((("amazon", "microsoft"), ("microsoft", "google")), "google"),
        ((("amazon", "google"),), "microsoft"),
        ((("microsoft", "google"), ("microsoft", "amazon")), "google"),  # it held it no more
        ((("microsoft", "google"), ("google", "oracle"), ("microsoft", "amazon")), "oracle"),
        ((("microsoft", "google"), ("google", "oracle"), ("google", "microsoft")), "oracle"),
    ],
)
def test_an_assignment_by_who_does_not_hold_the_right_touches_nobody(
    assigned: tuple[tuple[str, str], ...], holder: str
) -> None:
    assert next_holder(*assigned) == holder


@pytest.mark.parametrize(
    ("assigned", "holder"),
    [
        ((("microsoft", "google"), ("google", "microsoft")), "microsoft"),
        ((("microsoft", "google"), ("google", "microsoft"), ("microsoft", "google")), "google"),
        ((("microsoft", "google"), ("google", "oracle"), ("oracle", "microsoft")), "microsoft"),
        ((("microsoft", "google"), ("google", "oracle"), ("oracle", "google")), "google"),
        (
            (
                ("microsoft", "google"),
                ("google", "oracle"),
                ("oracle", "microsoft"),
                ("microsoft", "google"),
            ),
            "google",
        ),
    ],
)
def test_an_assignment_back_ends_with_the_last_word(
    assigned: tuple[tuple[str, str], ...], holder: str
) -> None:
    assert next_holder(*assigned) == holder


def test_an_assignment_is_between_those_that_may_hold_rights() -> None:
    play = noticed(AZURE)
    for watching in ("openai", "auditor"):
        with play.refused("not-yours"):
            play.assign("azure", "amazon", watching)
        with play.refused("unknown-party"):
            play.assign("azure", watching, "microsoft")
    assert play.the_tender().claims["azure"].holder == "microsoft"


def test_an_assignment_and_an_answer_that_cross_count_in_the_order_of_arrival() -> None:
    play = noticed(AZURE)
    play.waive("microsoft")
    play.assign("azure", "amazon", "microsoft")
    with play.refused("answered-already"):
        play.take("amazon", clause="azure")
    play.sign("oracle", 1000)


def test_a_right_assigned_to_the_bidder_itself_is_not_asked() -> None:
    play = noticed(claim("gcp", "google"), claim("azure", "microsoft", rank=2))
    play.assign("azure", "oracle", "microsoft")
    play.waive("google")
    assert (play.last(Passed).clause, play.last(Passed).why) == ("azure", "counterparty")
    play.sign("oracle", 1000)


def test_an_assignee_in_default_is_judged_by_its_own_standing() -> None:
    play = bids_open(AZURE)
    play.default("microsoft")
    play.assign("azure", "amazon", "microsoft")
    play.go(at(NOTICED)).notice("oracle")
    assert play.standing("azure").state == "noticed"


def test_an_exclusive_right_is_assigned_too() -> None:
    play = Play().open(bars=(exclusive("sole", "microsoft"),))
    play.assign("sole", "amazon", "microsoft")
    with play.refused("no-notice"):
        play.waive("microsoft", clause="sole")
    play.waive("amazon", clause="sole")
    assert play.the_tender().phase == "bidding"
