"""Places at their edges: notices that ended otherwise, bids of which nothing came, who is next."""

from __future__ import annotations

from typing import Any

import pytest

from offtake.desk import sight
from offtake.units import instant_text

from .playing import Play
from .saying import BUYER, OPENED, at, claim
from .staging import NOTICED, bids_open, cleared, noticed

ONE = claim("one", "microsoft", partial=100)
FIRST = claim("first", "nvidia", first=True, partial=100, tail="5 days")
BIDS = {"oracle": {"price": "3.00"}, "google": {"price": "3.10"}}


def own(play: Play, party: str) -> Any:
    return sight(play.desk, party, play.now)["own"]


def stands(play: Play, bidder: str) -> Any:
    return own(play, bidder)["invitations"][0]["bids"][0]["state"]


def tender_of(play: Play) -> Any:
    seen: Any = sight(play.desk, BUYER, play.now)
    return seen["tenders"][0]


# --- what is next -------------------------------------------------------------------------------


def test_nobody_is_waited_for_in_a_round_that_went_elsewhere() -> None:
    play = bids_open(ONE, bids=BIDS)
    play.notice("oracle")
    play.set_aside("oracle")
    assert tender_of(play)["next"] == [
        {"what": "notice", "bid": play.bids["google"], "chips": 1000, "until": None}
    ]


def test_what_may_be_signed_is_named_with_its_round_and_bid() -> None:
    play = cleared(ONE)
    assert tender_of(play)["next"] == [
        {
            "what": "sign",
            "round": 1,
            "bid": play.bids["oracle"],
            "chips": 1000,
            "until": instant_text(play.tail()),
        }
    ]


def test_no_more_is_next_than_the_lot_and_the_bid_have_left() -> None:
    play = bids_open(ONE, bids={"oracle": {"chips": 600}})
    assert [one["chips"] for one in tender_of(play)["next"]] == [600]
    play = bids_open(ONE, bids={"oracle": {"chips": 1600}})
    assert [one["chips"] for one in tender_of(play)["next"]] == [1000]


def test_a_delivery_is_due_as_its_own_round_says() -> None:
    play = bids_open(ONE)
    play.notice("oracle", chips=600)
    play.waive("microsoft")
    play.notice("oracle", chips=400)
    play.take("microsoft", 400)
    play.close("one", "ours")
    (due,) = (one for one in tender_of(play)["next"] if one["what"] == "deliver")
    assert due == {
        "what": "deliver",
        "agreement": "ours",
        "until": instant_text(play.taking("one").delivery or 0),
    }


def test_when_a_right_ends_is_shown_as_an_instant() -> None:
    ends = at("2025-12-31 17:00")
    play = Play().open(claim("one", "microsoft", expires=ends, since=5))
    (right,) = tender_of(play)["claims"]
    assert (right["since"], right["expires"]) == (instant_text(5), instant_text(ends))


# --- holders ------------------------------------------------------------------------------------


def test_notices_of_one_instant_are_told_by_round_then_by_clause() -> None:
    other = claim("a", "microsoft", partial=100)
    play = bids_open(other, ONE)
    play.notice("oracle", chips=600)
    play.notice("oracle", chips=400)
    told = [(one["round"], one["clause"]) for one in own(play, "microsoft")["notices"]]
    assert told == [(1, "a"), (1, "one"), (2, "a"), (2, "one")]


def test_a_request_for_an_offer_has_no_price_and_ends_with_its_tender() -> None:
    play = Play().go(OPENED).open(FIRST)
    assert own(play, "nvidia")["notices"][0]["effective"] is None
    play.offer("nvidia", 400)
    play.withdraw()
    assert own(play, "nvidia")["notices"][0]["state"] == "withdrawn"


def test_a_right_that_ended_while_it_was_noticed_has_neither_answer_nor_tail() -> None:
    ends = at("2025-03-05 17:00")
    play = noticed(claim("one", "microsoft", expires=ends, survives=False))
    notice = own(play, "microsoft")["notices"][0]
    assert (notice["state"], notice["answer"], notice["tail"]) == ("noticed", None, None)
    play.go(ends + 1)
    notice = own(play, "microsoft")["notices"][0]
    assert (notice["state"], notice["answer"], notice["tail"]) == ("expired", None, None)


# --- bidders ------------------------------------------------------------------------------------


def test_what_a_holder_signed_is_not_its_bidder_s() -> None:
    play = noticed(ONE)
    play.take("microsoft", 1000)
    play.close("one", "ours")
    assert stands(play, "oracle") == "nothing left"


def test_an_agreement_that_failed_is_none() -> None:
    play = cleared(ONE)
    play.sign("oracle", 1000, agreement="lost")
    assert stands(play, "oracle") == "signed"
    play.fail("lost")
    play.notice("oracle")
    play.take("microsoft", 1000)
    assert stands(play, "oracle") == "nothing left"


def test_a_bid_that_was_asked_about_second_knows_that_it_came_first_then() -> None:
    bids = {"oracle": {"price": "3.00", "chips": 600}, "google": {"price": "3.10"}}
    play = bids_open(ONE, bids=bids)
    play.notice("oracle", chips=600)
    play.waive("microsoft")
    play.sign("oracle", 600)
    assert stands(play, "google") == "leads"
    play.notice("google", chips=400)
    play.take("microsoft", 400)
    assert stands(play, "google") == "nothing left"


@pytest.mark.parametrize("aside", [False, True])
def test_of_bids_that_came_to_nothing_the_first_that_stood_is_told_so(aside: bool) -> None:
    """A first offer takes the lot after bids were opened: nobody was asked about any bid."""
    play = Play().go(OPENED).open(FIRST, ONE)
    play.waive("nvidia")
    for bidder, said in BIDS.items():
        play.bid(bidder, **said)
    play.wait(NOTICED)
    if aside:
        play.set_aside("oracle")
    play.reask()
    play.offer("nvidia", 1000)
    play.accept("first")
    assert stands(play, "oracle") == ("set aside" if aside else "nothing left")
    assert stands(play, "google") == ("nothing left" if aside else "lost")
