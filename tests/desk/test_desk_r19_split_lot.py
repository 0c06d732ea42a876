"""R19: a later need date, or a lot split to slip under a floor, is a material change."""

from __future__ import annotations

import pytest

from offtake.desk.claim import Claim
from offtake.desk.events import FloorReached, TenderOpened

from .playing import Play
from .saying import OPENED, at, claim
from .staging import bids_open, cleared

DAYS = 86_400 * 10**9
FLOORED = claim("azure", "microsoft", floor=1000, together=30)


def opened(*lots: tuple[str, int, int], right: Claim = FLOORED) -> Play:
    """Lots for one need: name, chips, and nanoseconds after the first."""
    play = Play()
    for name, chips, later in lots:
        play.go(at(OPENED) + later)
        play.open(right, tender=name, chips=chips, need="training")
    return play


def test_a_lot_below_the_floor_of_a_right_is_not_reached_by_it() -> None:
    play = opened(("one", 999, 0))
    assert set(play.the_tender().dormant) == {"azure"}
    assert not play.the_tender().claims
    play.bid("oracle")
    play.go("2025-03-03 09:00")
    with play.refused("nobody-to-ask"):
        play.notice("oracle")
    play.sign("oracle", 999, unasked=True)


def test_a_lot_at_the_floor_is() -> None:
    play = opened(("one", 1000, 0))
    assert set(play.the_tender().claims) == {"azure"}


@pytest.mark.parametrize(
    ("later", "joined"),
    [(0, True), (29 * DAYS, True), (30 * DAYS, True), (30 * DAYS + 1, False), (31 * DAYS, False)],
)
def test_a_lot_split_in_two_is_one_lot_within_the_days_of_the_clause(
    later: int, joined: bool
) -> None:
    play = opened(("one", 600, 0), ("two", 400, later))
    for name in ("one", "two"):
        assert ("azure" in play.the_tender(name).claims) is joined
        assert ("azure" in play.the_tender(name).dormant) is not joined
    if joined:
        assert play.last(TenderOpened).joined == ("one",)
        assert (play.last(FloorReached).tender, play.last(FloorReached).clauses) == (
            "one",
            ("azure",),
        )
    else:
        assert not play.all(FloorReached)


def test_a_lot_split_in_three_reaches_the_floor_with_the_third() -> None:
    play = opened(("one", 400, 0), ("two", 400, DAYS), ("three", 400, 2 * DAYS))
    assert [e.tender for e in play.all(FloorReached)] == ["one", "two"]
    assert [set(play.the_tender(n).claims) for n in ("one", "two", "three")] == [{"azure"}] * 3


def test_a_lot_that_stays_under_the_floor_together_is_not_reached() -> None:
    play = opened(("one", 599, 0), ("two", 400, 0))
    assert not play.all(FloorReached)
    assert set(play.the_tender("two").dormant) == {"azure"}


def test_lots_for_different_needs_do_not_count_together() -> None:
    play = Play()
    for name, need in (("one", "training"), ("two", "inference"), ("three", ""), ("four", "")):
        play.open(FLOORED, tender=name, chips=600, need=need)
    assert not play.all(FloorReached)
    assert not any(play.the_tender(n).claims for n in ("one", "two", "three", "four"))


def test_a_lot_that_was_withdrawn_does_not_count() -> None:
    play = opened(("one", 600, 0))
    play.withdraw()
    play.open(FLOORED, tender="two", chips=600, need="training")
    assert set(play.the_tender("two").dormant) == {"azure"}


def test_a_lot_that_is_lifted_over_the_floor_must_be_asked_about_before_it_is_signed() -> None:
    play = opened(("one", 600, 0))
    play.bid("oracle")
    play.go("2025-02-20 09:00")
    play.open(FLOORED, tender="two", chips=400, need="training")
    play.tender = "one"
    with play.refused("not-asked"):
        play.sign("oracle", 600, unasked=True)
    play.notice("oracle")
    assert play.standing("azure").state == "noticed"


def test_each_right_counts_lots_within_its_own_days() -> None:
    play = Play()
    rights = (FLOORED, claim("gcp", "google", floor=1000, together=5))
    play.open(*rights, tender="one", chips=600, need="training")
    play.go(at(OPENED) + 6 * DAYS)
    play.open(*rights, tender="two", chips=600, need="training")
    for name in ("one", "two"):
        assert set(play.the_tender(name).claims) == {"azure"}
        assert set(play.the_tender(name).dormant) == {"gcp"}


def test_a_later_start_than_was_noticed_is_a_material_change() -> None:
    play = cleared(claim("azure", "microsoft", price_rise="0.5"), start="2026-02-01")
    play.revise("oracle", "1.00", start="2026-01-02")
    with play.refused("later-start"):
        play.sign("oracle", 1000)
    play.revise("oracle", "3.00", start="2025-12-31")
    play.sign("oracle", 1000)


def test_an_earlier_lot_is_not_reached_by_a_right_that_only_the_later_one_has() -> None:
    play = bids_open(chips=600, need="training")
    play.open(FLOORED, tender="two", chips=600, need="training")
    assert not play.the_tender("lot").claims
    assert set(play.the_tender("two").claims) == {"azure"}


def test_a_lot_that_was_bought_counts_and_is_left_as_it_was() -> None:
    play = opened(("one", 600, 0))
    play.bid("oracle")
    play.go("2025-02-20 09:00").sign("oracle", 600, agreement="sold", unasked=True)
    play.deliver("sold")
    assert play.the_tender().phase == "closed"
    play.open(FLOORED, tender="two", chips=400, need="training")
    assert set(play.the_tender("two").claims) == {"azure"}
    assert play.last(TenderOpened).joined == ("one",)
    assert not play.all(FloorReached)


def test_lots_are_not_counted_together_for_a_right_without_a_floor() -> None:
    play = opened(("one", 600, 0), ("two", 400, 0), right=claim("azure", "microsoft"))
    assert play.last(TenderOpened).joined == ()
    assert not play.all(FloorReached)
