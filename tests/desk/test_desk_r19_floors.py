"""R19, R8: more chips and what a withdrawn tender bought count against a floor, to the chip."""

from __future__ import annotations

import pytest

from offtake.desk.events import FloorReached, NoticeDefective, NoticeServed, TenderOpened

from .playing import Play
from .saying import OPENED, at, claim
from .staging import NOTICED, bids_open

DAYS = 86_400 * 10**9
AZURE = claim("azure", "microsoft", partial=1)
GCP = claim("gcp", "google", floor=1500, together=30)


def sold(*others: tuple[str, int, int], bid: int = 3000, **words: str) -> Play:
    """A lot of a thousand chips is sold to Oracle, below the floor of Google's right.

    Others for the same need: name, chips, nanoseconds later; they have none of these rights.
    """
    play = Play().open(AZURE, GCP, **words)
    play.bid("oracle")
    for name, chips, later in others:
        play.go(at(OPENED) + later).open(tender=name, chips=chips, **words)
    play.tender = "lot"
    play.wait(max(play.now, at(NOTICED))).notice("oracle")
    play.waive("microsoft")
    play.sign("oracle", 1000)
    play.revise("oracle", chips=bid)
    return play


@pytest.mark.parametrize(("chips", "reached"), [(499, False), (500, True), (2000, True)])
def test_more_chips_that_lift_a_lot_to_a_floor_are_asked_about(chips: int, reached: bool) -> None:
    play = sold()
    assert set(play.the_tender().dormant) == {"gcp"}
    play.notice("oracle", more=True, chips=chips)
    assert ("gcp" in play.round().standings) is reached
    assert ("gcp" in play.the_tender().claims) is reached
    assert ("gcp" in play.the_tender().dormant) is not reached
    assert bool(play.all(FloorReached)) is reached
    play.waive("microsoft")
    if reached:
        with play.refused("still-asking"):
            play.sign("oracle", chips)
        play.waive("google")
    play.sign("oracle", chips)


def test_a_floor_that_more_chips_reach_is_told_of_first_and_by_the_buyers_command() -> None:
    play = sold()
    before = len(play.journal)
    play.notice("oracle", more=True, chips=500)
    reached, served = play.journal[before : before + 2]
    assert isinstance(reached, FloorReached)
    assert isinstance(served, NoticeServed)
    assert (reached.tender, reached.joined, reached.clauses) == ("lot", (), ("gcp",))
    assert reached.by is not None
    assert reached.by.actor == "openai"


def test_more_chips_that_are_refused_wake_nobody() -> None:
    play = sold()
    for code, words in (
        ("beyond-bid", {"chips": 2001}),
        ("notice-differs", {"chips": 500, "region": "ohio"}),
        ("evidence-form", {"chips": 500, "evidence": "no hash"}),
        ("chips-none", {"chips": -1}),
    ):
        with play.refused(code):
            play.notice("oracle", more=True, **words)
    play.notice("oracle", more=True, but=("chips",))
    assert type(play.journal[-1]) is NoticeDefective
    assert not play.all(FloorReached)
    assert set(play.the_tender().dormant) == {"gcp"}


def test_more_chips_of_a_confidential_bid_meet_the_right_that_they_wake() -> None:
    play = bids_open(GCP, bids={"oracle": {"confidential": True}})
    play.sign("oracle", 1000, unasked=True)
    play.revise("oracle", chips=1500)
    with play.refused("nobody-to-ask"):
        play.notice("oracle", more=True, chips=499)
    with play.refused("bid-confidential"):
        play.notice("oracle", more=True, chips=500)
    assert not play.all(FloorReached)


@pytest.mark.parametrize(
    ("later", "joined"), [(0, True), (30 * DAYS, True), (30 * DAYS + 1, False)]
)
def test_more_chips_count_with_lots_that_were_opened_later_too(later: int, joined: bool) -> None:
    play = sold(("next", 200, later), need="training")
    play.notice("oracle", more=True, chips=300)
    assert ("gcp" in play.round().standings) is joined


def test_more_chips_do_not_count_with_lots_for_other_needs() -> None:
    play = sold(("next", 400, 0))
    play.notice("oracle", more=True, chips=300)
    assert not play.all(FloorReached)


def test_more_chips_wake_rights_in_their_own_tender_alone() -> None:
    play = Play().open(AZURE, GCP, need="training")
    play.bid("oracle")
    play.open(GCP, tender="next", chips=200, need="training")
    play.tender = "lot"
    play.wait(NOTICED).notice("oracle")
    play.waive("microsoft")
    play.sign("oracle", 1000)
    play.revise("oracle", chips=1300)
    play.notice("oracle", more=True, chips=300)
    assert set(play.the_tender("lot").claims) == {"azure", "gcp"}
    assert set(play.the_tender("next").dormant) == {"gcp"}


# --- a tender that was withdrawn ------------------------------------------------------------------

FLOORED = claim("azure", "microsoft", floor=1000, together=30)


def withdrawn(signed: int) -> Play:
    """A lot of 600 chips was bought in part, and the rest of it withdrawn."""
    play = Play().open(FLOORED, tender="one", chips=600, need="training")
    play.bid("oracle")
    play.wait("2025-02-20 09:00")
    if signed:
        play.sign("oracle", signed, agreement="part", unasked=True)
    play.withdraw()
    return play


@pytest.mark.parametrize(
    ("signed", "chips", "reached"),
    [(599, 401, True), (599, 400, False), (1, 999, True), (1, 998, False), (0, 999, False)],
)
def test_what_a_withdrawn_tender_bought_counts_and_no_more(
    signed: int, chips: int, reached: bool
) -> None:
    play = withdrawn(signed)
    play.open(FLOORED, tender="two", chips=chips, need="training")
    assert ("azure" in play.the_tender("two").claims) is reached
    assert play.last(TenderOpened).joined == (("one",) if reached else ())


def test_a_withdrawn_tender_is_not_woken() -> None:
    play = withdrawn(599)
    play.open(FLOORED, tender="two", chips=401, need="training")
    assert not play.all(FloorReached)
    assert set(play.the_tender("one").dormant) == {"azure"}


def test_what_a_withdrawn_tender_bought_and_lost_does_not_count() -> None:
    play = withdrawn(599)
    play.tender = "one"
    play.fail("part")
    play.open(FLOORED, tender="two", chips=999, need="training")
    assert not play.the_tender("two").claims
    assert play.last(TenderOpened).joined == ()


def test_what_a_withdrawn_tender_bought_counts_with_more_chips_too() -> None:
    play = withdrawn(400)
    right = claim("gcp", "google", floor=1000, together=30)
    play.open(right, tender="two", chips=500, need="training")
    play.bid("oracle")
    play.go("2025-03-10 09:00").sign("oracle", 500, unasked=True)
    play.revise("oracle", chips=600)
    with play.refused("nobody-to-ask"):
        play.notice("oracle", more=True, chips=99)
    play.notice("oracle", more=True, chips=100)
    assert play.standing("gcp").state == "noticed"
