"""What an event leaves in the state, where no later command may ask for it for a long time."""

from __future__ import annotations

import pytest

from offtake.desk.state import Capacity

from .playing import Play
from .saying import CHIP, OPENED, REGION, claim, terms
from .staging import NOTICED, TEN_DAYS, bids_open, cleared, noticed

ONE = claim("one", "microsoft", partial=100)
TWO = claim("two", "nvidia", partial=100, rank=2)
FIRST = claim("first", "microsoft", first=True, partial=100)


def capacity(play: Play, party: str) -> Capacity:
    return play.desk.capacity[party, CHIP, REGION]


# --- capacity ---------------------------------------------------------------------------------


def test_a_reseller_promises_its_own_and_its_upstream_promises_through_it() -> None:
    play = Play(declare=False)
    play.declare("coreweave", 1500)
    play.declare("oracle", 1200, upstream="coreweave")
    play.open()
    play.bid("oracle")
    play.wait(NOTICED).sign("oracle", 1000, agreement="sold", unasked=True)
    assert capacity(play, "oracle") == Capacity(1200, "coreweave", promised=1000, own=1000)
    assert capacity(play, "coreweave") == Capacity(1500, None, promised=1000, own=0)


def test_who_has_others_host_promises_nothing_itself_even_where_they_resell_its_own() -> None:
    play = Play(declare=False)
    play.declare("oracle", 1200)
    play.declare("coreweave", 1500, upstream="oracle")
    play.open()
    play.bid("oracle", via=("coreweave",))
    play.wait(NOTICED).sign("oracle", 1000, agreement="sold", unasked=True)
    assert play.agreement("sold").chain == ("coreweave", "oracle")
    assert capacity(play, "oracle") == Capacity(1200, None, promised=1000, own=0)
    assert capacity(play, "coreweave") == Capacity(1500, "oracle", promised=1000, own=0)


def test_lots_for_no_need_are_not_counted_together() -> None:
    play = Play().open(tender="one").open(tender="two", need="agents").open(tender="three")
    assert dict(play.desk.needs) == {"agents": ("two",)}


# --- rounds -----------------------------------------------------------------------------------


def test_a_round_that_its_tail_ended_stays_so_when_its_bid_is_set_aside() -> None:
    play = cleared(claim("one", "microsoft", tail="5 days"))
    play.wait(play.tail() + 1)
    ended = play.round().over
    play.go(play.now + 1).set_aside("oracle")
    assert (play.round().state, play.round().ended, play.round().over) == ("done", "tail", ended)


def test_a_round_that_is_open_ends_with_its_bid() -> None:
    play = cleared(ONE)
    play.go(play.now + 1).set_aside("oracle")
    own = play.round()
    assert (own.state, own.ended, own.over) == ("done", "elsewhere", play.now)
    assert (own.noticed, own.remaining, play.the_tender().unnoticed) == (0, 0, 1000)


def test_a_taking_that_is_delivered_is_the_one_of_its_agreement() -> None:
    play = noticed(ONE, TWO)
    play.take("microsoft", 400)
    play.take("nvidia", 300)
    play.close("one", "first")
    play.close("two", "second")
    play.deliver("second")
    assert [play.taking(clause).state for clause in ("one", "two")] == ["signed", "delivered"]


# --- answers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "cleared_at"), [("take", "now"), ("waive", "then"), ("unable", "then")]
)
def test_a_late_letter_moves_the_instant_of_its_answer_only_if_it_takes(
    kind: str, cleared_at: str
) -> None:
    play = noticed(ONE)
    served = play.now
    play.go(TEN_DAYS + 60).letter("microsoft", kind, served + 1)
    standing = play.standing("one")
    assert standing.cleared == (play.now if cleared_at == "now" else TEN_DAYS)
    assert standing.wanted == (1000 if kind == "take" else 0)


def test_an_offer_is_not_cleared_until_it_is_decided() -> None:
    play = Play().go(OPENED).open(FIRST)
    play.offer("microsoft", 400)
    standing = play.standing("first")
    assert (standing.state, standing.cleared, standing.wanted) == ("offered", None, 400)
    play.go(play.now + 5).decline("first")
    assert (play.standing("first").state, play.standing("first").cleared) == ("declined", play.now)


def test_a_late_letter_that_offers_is_not_cleared_either() -> None:
    other = claim("other", "nvidia", first=True, window="20 days", partial=100)
    play = Play().go(OPENED).open(FIRST, other)
    served = play.now
    play.go(play.deadline("first") + 60)
    play.letter("microsoft", "offer", served + 1, clause="first", chips=400, terms=terms())
    standing = play.standing("first")
    assert (standing.state, standing.cleared, standing.wanted) == ("offered", None, 400)


@pytest.mark.parametrize("how", ["taken", "signed", "asked first"])
def test_a_round_says_why_it_is_done(how: str) -> None:
    if how == "asked first":
        play = Play().go(OPENED).open(FIRST)
        play.waive("microsoft")
    else:
        play = noticed(ONE)
        play.answer("microsoft", "take" if how == "taken" else "waive")
    if how == "signed":
        play.sign("oracle", 1000)
    own = play.round()
    assert (own.state, own.remaining) == ("done", 0)
    assert own.ended == ("elsewhere" if how == "asked first" else "nothing left")


def test_a_bidder_stands_by_its_own_round() -> None:
    """A first offer was asked before; that round stays as it is."""
    play = Play().go(OPENED).open(FIRST, ONE)
    play.waive("microsoft", clause="first")
    play.bid("oracle", remainder_min=500)
    play.wait(NOTICED).notice("oracle")
    play.take("microsoft", 900, clause="one")
    assert [own.freed for own in play.the_tender().rounds] == [False, True]
    play.stand_by("oracle")
    assert [own.stood for own in play.the_tender().rounds] == [False, True]
    assert [own.freed for own in play.the_tender().rounds] == [False, False]


def test_turns_that_are_undone_are_as_they_were_before_them() -> None:
    play = noticed(ONE, TWO, bid={"remainder_min": 500})
    served = play.now
    play.go(TEN_DAYS + 1).take("nvidia", 900)
    play.stand_by("oracle")
    assert (play.round().state, play.round().stood) == ("tail", True)
    play.letter("microsoft", "take", served + 1, chips=200)
    own = play.round()
    assert (own.state, own.stood, own.freed, own.tail, own.ended) == (
        "asking",
        False,
        False,
        None,
        "",
    )
    assert (own.remaining, own.turn, set(own.takings)) == (800, 1, {"one"})
    assert (own.standings["two"].state, own.standings["two"].chips) == ("noticed", 800)


def test_only_bids_of_the_same_bidder_are_replaced() -> None:
    play = Play().open()
    for bidder, price in (("oracle", "3"), ("google", "2"), ("oracle", "1")):
        play.bid(bidder, price)
    told = [(bid.bidder, bid.terms.price) for bid in play.the_tender().bids.values()]
    assert [(bidder, str(price)) for bidder, price in told] == [("google", "2"), ("oracle", "1")]
    play.recall("google")
    assert [bid.bidder for bid in play.the_tender().bids.values()] == ["oracle"]


def test_the_ranking_is_at_the_rate_of_the_tender() -> None:
    """Paid a year ahead, 2.90 is dearer than 3.00 at 20 % a year, and cheaper at none."""
    words = {"escalator": "0.05"}
    bids = {"oracle": {"price": "3.00"}, "google": {"price": "2.80", **words}}
    ranked = {}
    for rate in ("0", "0.9"):
        play = bids_open(ONE, bids=bids, rate=rate)
        ranked[rate] = [place.bidder for place in play.the_tender().ranking]
    assert ranked == {"0": ["oracle", "google"], "0.9": ["google", "oracle"]}
