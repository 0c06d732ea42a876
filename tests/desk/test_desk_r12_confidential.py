"""R12: a bid that no holder may be shown is refused, at the latest when it would be noticed."""

from __future__ import annotations

from decimal import Decimal

from offtake.desk.claim import Claim
from offtake.desk.events import FloorReached, NoticeDefective, NoticeServed
from offtake.desk.lot import Part

from .playing import Play
from .saying import at, claim
from .staging import NOTICED, bids_open

OWN = claim("own", "oracle", package="worth")
FLOORED = claim("azure", "microsoft", floor=1500, together=60)
SECRET = {"oracle": {"confidential": True}}


def passed_on(*claims: Claim, **words: object) -> Play:
    """Oracle's right has gone to Amazon since Oracle made its confidential bid."""
    play = bids_open(OWN, *claims, bids=words or SECRET)
    play.assign("own", "amazon", "oracle")
    return play


def test_a_confidential_bid_is_refused_where_a_holder_would_have_to_see_it() -> None:
    play = Play().open(claim("azure", "microsoft"))
    with play.refused("bid-confidential"):
        play.bid("oracle", confidential=True)
    play.bid("oracle")


def test_a_confidential_bid_is_taken_where_only_its_bidder_would() -> None:
    play = bids_open(OWN, bids=SECRET)
    with play.refused("nobody-to-ask"):
        play.notice("oracle")
    play.sign("oracle", 1000, unasked=True)


def test_a_right_of_first_offer_sees_no_bid() -> None:
    play = Play().open(claim("first", "google", first=True))
    play.waive("google")
    play.bid("oracle", confidential=True)
    play.wait(NOTICED)
    play.sign("oracle", 1000, unasked=True)


def test_a_floor_that_is_reached_later_stops_a_confidential_bid_at_its_notice() -> None:
    play = Play().open(FLOORED, need="training")
    play.bid("oracle", confidential=True)
    play.bid("coreweave", "3.50")
    play.wait(NOTICED).open(tender="two", chips=500, need="training")
    play.open(FLOORED, tender="three", chips=100, need="training")
    assert {e.tender for e in play.all(FloorReached)} == {"lot"}
    play.tender = "lot"
    with play.refused("not-asked"):
        play.sign("oracle", 1000, unasked=True)
    with play.refused("bid-confidential"):
        play.notice("oracle")
    assert not play.all(NoticeServed)
    play.set_aside("oracle")  # the next best may be shown
    play.notice("coreweave")
    assert play.standing("azure").state == "noticed"


def test_a_floor_that_is_reached_while_bids_come_in_stops_those_that_come_after() -> None:
    play = Play().open(FLOORED, need="training")
    play.bid("oracle", confidential=True)
    play.open(FLOORED, tender="two", chips=500, need="training")
    play.tender = "lot"
    with play.refused("bid-confidential"):
        play.bid("coreweave", confidential=True)
    play.wait(NOTICED)
    with play.refused("bid-confidential"):
        play.notice("oracle")


def test_a_right_that_passes_to_another_stops_a_confidential_bid_and_frees_it_again() -> None:
    play = passed_on()
    with play.refused("bid-confidential"):
        play.notice("oracle")
    play.assign("own", "oracle", "amazon")
    with play.refused("nobody-to-ask"):
        play.notice("oracle")
    play.sign("oracle", 1000, unasked=True)


def test_a_right_that_has_expired_sees_no_bid() -> None:
    ends = at("2025-03-05 00:00")
    play = bids_open(claim("own", "oracle", expires=ends), bids=SECRET)
    play.assign("own", "amazon", "oracle")
    with play.refused("bid-confidential"):
        play.go(ends).notice("oracle")
    play.go(ends + 1)
    with play.refused("nobody-to-ask"):
        play.notice("oracle")
    play.sign("oracle", 1000, unasked=True)


def test_a_notice_of_a_confidential_bid_is_refused_however_little_it_states() -> None:
    play = passed_on()
    with play.refused("bid-confidential"):
        play.notice("oracle", but=("chip", "evidence", "terms"))
    assert not play.all(NoticeDefective)


def test_a_package_that_nobody_prices_is_told_before_that_it_is_confidential() -> None:
    package = {"package": (Part("equity", Decimal(1), Decimal(2)),), "worth": "4"}
    secret = {"oracle": {"confidential": True, **package}}
    plain = claim("own", "oracle")
    play = bids_open(plain, bids=secret)
    play.assign("own", "amazon", "oracle")
    with play.refused("package-unpriced"):
        play.notice("oracle")
    play = passed_on(**secret)
    with play.refused("bid-confidential"):
        play.notice("oracle")


def test_a_confidential_bid_takes_no_others_place_in_the_tail() -> None:
    play = bids_open(OWN, bids={"oracle": {"confidential": True}, "coreweave": {"price": "2.50"}})
    play.notice("coreweave")
    play.waive("oracle")
    play.assign("own", "amazon", "oracle")
    with play.refused("bid-confidential"):
        play.notice("oracle", again=1)
    play.sign("coreweave", 1000)


def test_more_chips_of_a_confidential_bid_are_not_noticed_either() -> None:
    play = bids_open(OWN, bids=SECRET)
    play.sign("oracle", 1000, unasked=True)
    play.assign("own", "amazon", "oracle")
    play.revise("oracle", chips=1200)
    with play.refused("bid-confidential"):
        play.notice("oracle", more=True, chips=200)
