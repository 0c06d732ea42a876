"""R5: a bidder sells whole blocks, and at the first signature as much as it said at least."""

from __future__ import annotations

from typing import Any

import pytest

from offtake.desk.claim import Claim
from offtake.desk.events import BidderFreed, Signed

from .playing import Play
from .saying import claim
from .staging import bids_open, cleared, noticed

AZURE = claim("azure", "microsoft", partial=1)
ANYONE = claim("azure", "microsoft", anyone=True, partial=1)


def test_a_bidder_sells_whole_blocks_and_no_part_of_one() -> None:
    play = cleared(AZURE, bid={"block": 64})
    for chips in (1, 63, 65, 100, 1000):  # not the last of them either
        with play.refused("not-whole-blocks"):
            play.sign("oracle", chips)
    with play.refused("more-than-asked"):
        play.sign("oracle", 1024)
    with play.refused("chips-none"):
        play.sign("oracle", 0)
    play.sign("oracle", 640)
    with play.refused("not-whole-blocks"):
        play.sign("oracle", 360)
    assert not play.all(BidderFreed)
    play.sign("oracle", 320)
    assert play.last(BidderFreed).left == 40


@pytest.mark.parametrize(("signed", "freed"), [(896, False), (960, True)])
def test_a_rest_of_less_than_a_block_frees_the_bidder_after_a_signature(
    signed: int, freed: bool
) -> None:
    play = cleared(AZURE, bid={"block": 64}, chips=1023)  # fifteen blocks, and 63
    play.sign("oracle", signed)
    assert play.round().freed is freed
    if freed:
        with play.refused("bidder-freed"):
            play.sign("oracle", 63)
        play.stand_by("oracle")
        play.sign("oracle", 60)  # now any number
        play.sign("oracle", 3)
        assert len(play.all(BidderFreed)) == 1
        assert play.round().state == "done"


def test_a_lot_smaller_than_a_remainder_frees_the_bidder_whoever_took_part() -> None:
    play = cleared(AZURE, bid={"remainder_min": 1001})
    assert play.last(BidderFreed).left == 1000
    with play.refused("bidder-freed"):
        play.sign("oracle", 1000)
    play.stand_by("oracle")
    play.sign("oracle", 1)  # below what it said, which it has waived
    play.sign("oracle", 999)


@pytest.mark.parametrize(("taken", "freed"), [(499, False), (500, False), (501, True)])
def test_a_remainder_is_measured_when_its_tail_begins(taken: int, freed: bool) -> None:
    play = noticed(AZURE, bid={"remainder_min": 500})
    play.take("microsoft", taken)
    assert bool(play.all(BidderFreed)) is freed


def test_what_is_signed_first_is_as_much_as_the_bidder_sells_at_least() -> None:
    play = cleared(AZURE, bid={"remainder_min": 500})
    for chips in (1, 499):
        with play.refused("below-least"):
            play.sign("oracle", chips)
    play.sign("oracle", 500)
    play.sign("oracle", 1)
    play.sign("oracle", 499)
    assert not play.all(BidderFreed)


def test_what_was_signed_first_keeps_the_bidder_bound_to_its_blocks_alone() -> None:
    play = cleared(AZURE, bid={"remainder_min": 500, "block": 100})
    with play.refused("not-whole-blocks"):
        play.sign("oracle", 50)
    with play.refused("below-least"):
        play.sign("oracle", 400)
    play.sign("oracle", 900)
    assert not play.all(BidderFreed)
    play.sign("oracle", 100)
    assert play.round().state == "done"


def test_what_was_signed_and_failed_makes_the_next_signature_the_first() -> None:
    play = cleared(AZURE, bid={"remainder_min": 500})
    play.sign("oracle", 500, agreement="lost")
    play.fail("lost")
    assert (play.round().signed, play.round().remaining) == (0, 500)
    with play.refused("below-least"):
        play.sign("oracle", 499)
    play.sign("oracle", 500)


# --- another bidder in the same tail --------------------------------------------------------------


def loose(right: Claim, **other: Any) -> Play:
    """Microsoft's clause names no counterparty; Amazon's bid is as good as the noticed one."""
    amazon = {"price": "3.000001"} | other
    play = bids_open(right, bids={"oracle": {"remainder_min": 300}, "amazon": amazon})
    play.notice("oracle")
    return play


def test_another_bidder_is_signed_with_by_what_it_sells_at_least() -> None:
    play = loose(ANYONE, remainder_min=500, block=100)
    play.take("microsoft", 300)
    for chips, code in ((30, "not-whole-blocks"), (400, "below-least"), (800, "more-than-asked")):
        with play.refused(code):
            play.sign("amazon", chips)
    play.sign("amazon", 500)
    play.sign("amazon", 200)  # all that is left, which is less


def test_another_bidder_sells_its_least_although_something_was_signed_before() -> None:
    play = loose(ANYONE, remainder_min=500)
    play.waive("microsoft")
    play.sign("oracle", 300)
    with play.refused("below-least"):
        play.sign("amazon", 499)
    play.sign("amazon", 500)
    with play.refused("below-least"):
        play.sign("amazon", 199)
    play.sign("amazon", 200)


def test_another_bidder_may_be_signed_with_where_the_noticed_one_is_free() -> None:
    play = loose(ANYONE, block=100)
    play.take("microsoft", 800)
    assert play.last(BidderFreed).left == 200
    with play.refused("bidder-freed"):
        play.sign("oracle", 200)
    play.sign("amazon", 200)
    assert play.last(Signed).party == "amazon"


def test_standing_by_is_for_the_bidder_that_does_and_not_for_another() -> None:
    play = loose(ANYONE, block=64)
    play.take("microsoft", 800)
    play.stand_by("oracle")
    with play.refused("not-whole-blocks"):
        play.sign("amazon", 200)
    play.sign("oracle", 199)
    play.sign("oracle", 1)


# --- notices, and what is signed without one ------------------------------------------------------


def test_a_notice_is_of_whole_blocks_or_of_all_there_is() -> None:
    play = bids_open(AZURE, bids={"oracle": {"block": 300}})
    with play.refused("beyond-bid"):
        play.notice("oracle", chips=1001)
    for chips in (1, 299, 301, 999):
        with play.refused("not-whole-blocks"):
            play.notice("oracle", chips=chips)
    play.notice("oracle", chips=600)
    with play.refused("not-whole-blocks"):
        play.notice("oracle", chips=301)
    play.notice("oracle", chips=400)
    assert [r.noticed for r in play.the_tender().rounds] == [600, 400]


def test_a_notice_of_all_that_a_bid_has_left_need_not_be_of_blocks() -> None:
    play = bids_open(AZURE, bids={"oracle": {"block": 300, "chips": 700}})
    play.notice("oracle", chips=700)
    assert play.round().noticed == 700


def test_blocks_are_whole_where_nobody_need_be_asked_too() -> None:
    play = bids_open(bids={"oracle": {"block": 400, "chips": 1200, "remainder_min": 600}})
    for chips in (100, 600, 1000):  # a thousand is all that the lot has left
        with play.refused("not-whole-blocks"):
            play.sign("oracle", chips, unasked=True)
    with play.refused("below-least"):
        play.sign("oracle", 400, unasked=True)
    play.sign("oracle", 800, unasked=True)
    with play.refused("not-whole-blocks"):  # 200 of a block of 400
        play.sign("oracle", 200, unasked=True)


def test_all_that_is_left_may_be_less_than_the_least_where_nobody_need_be_asked() -> None:
    play = bids_open(bids={"oracle": {"remainder_min": 600}})
    with play.refused("below-least"):
        play.sign("oracle", 599, unasked=True)
    play.sign("oracle", 600, unasked=True)
    with play.refused("below-least"):
        play.sign("oracle", 399, unasked=True)
    play.sign("oracle", 400, unasked=True)


@pytest.mark.parametrize(("chips", "left"), [(640, 64), (639, 63)])
def test_a_bid_with_less_than_a_block_left_gives_way_to_the_next(chips: int, left: int) -> None:
    bids = {"oracle": {"chips": chips, "block": 64}, "amazon": {"price": "3.50"}}
    play = bids_open(AZURE, bids=bids)
    play.notice("oracle", chips=576)  # nine blocks
    first, other = ("oracle", "amazon") if left == 64 else ("amazon", "oracle")
    with play.refused("not-best"):
        play.notice(other, chips=1)
    play.notice(first, chips=64)
    assert play.round().counterparty == first
