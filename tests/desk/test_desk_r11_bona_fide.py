"""R11, R12: a bid is bona fide, and may be shown to those who must be asked."""

from __future__ import annotations

from typing import Any

import pytest

from offtake.desk.claim import Claim
from offtake.desk.commands import Recall, Submit
from offtake.desk.events import BidReceived, BidsOpened
from offtake.desk.lot import Bid

from .playing import Play
from .saying import BUYER, at, claim, terms
from .staging import NOTICED, bids_open

AZURE = claim("azure", "microsoft")


def bidding(*claims: Claim, **words: Any) -> Play:
    return Play().open(*(claims or (AZURE,)), **words)


@pytest.mark.parametrize(
    "said", [{"chips": 0}, {"chips": -1}, {"price": "-0.01"}, {"months": 0}, {"block": 0}], ids=str
)
def test_a_bid_that_sells_nothing_is_refused(said: dict[str, Any]) -> None:
    play = bidding()
    with play.refused("bid-empty"):
        play.bid("oracle", **said)
    assert not play.all(BidReceived)


def test_a_bid_of_nothing_for_a_month_is_one() -> None:
    play = bidding(months=1)
    play.bid("oracle", price="0", chips=1, months=1)
    assert play.last(BidReceived).bid.chips == 1


def test_a_bid_that_starts_a_day_later_than_needed_is_refused() -> None:
    play = bidding(start="2026-01-01")
    with play.refused("bid-late"):
        play.bid("oracle", start="2026-01-02")
    play.bid("oracle", start="2026-01-01")
    play.bid("coreweave", start="2025-12-01")


def test_an_affiliate_bids_only_if_it_says_so() -> None:
    play = bidding(affiliates=("oracle",))
    with play.refused("bid-affiliated"):
        play.bid("oracle")
    play.bid("oracle", affiliated=True)
    play.bid("coreweave")


def test_a_bid_that_depends_on_something_is_not_bona_fide() -> None:
    play = bidding()
    with play.refused("bid-contingent"):
        play.bid("oracle", contingent="a loan")


def test_a_bid_is_supported_by_the_greatest_deposit_that_a_right_asks_for() -> None:
    play = bidding(
        claim("azure", "microsoft", deposit="1000"), claim("gcp", "google", deposit="2500")
    )
    with play.refused("bid-deposit"):
        play.bid("oracle", deposit="2499.99")
    play.bid("oracle", deposit="2500")


def test_a_first_offer_asks_for_no_deposit() -> None:
    play = bidding(claim("first", "google", first=True, deposit="2500"))
    play.waive("google")
    play.bid("oracle")


def test_a_confidential_bid_is_refused_before_it_is_opened() -> None:
    play = bidding()
    with play.refused("bid-confidential"):
        play.bid("oracle", confidential=True)
    assert not play.all(BidReceived)


def test_a_confidential_bid_harms_nobody_where_no_other_holder_must_see_it() -> None:
    play = bidding(claim("own", "oracle"))
    play.bid("oracle", confidential=True)
    play = Play().open()
    play.bid("oracle", confidential=True)


def test_a_confidential_bid_is_not_noticed_when_a_right_comes_to_reach_it() -> None:
    play = bids_open(claim("own", "oracle"), bids={"oracle": {"confidential": True}})
    play.assign("own", "amazon", "oracle")
    with play.refused("bid-confidential"):
        play.notice("oracle")
    assert not play.the_tender().rounds


def test_a_bid_needs_capacity_that_was_declared_and_not_promised() -> None:
    play = Play(declare=False).open(AZURE)
    with play.refused("capacity-undeclared"):
        play.bid("oracle")
    play.declare("oracle", 999)
    with play.refused("beyond-declared"):
        play.bid("oracle")
    play.bid("oracle", chips=999)
    play.bid("coreweave", via=("nvidia",))  # who hosts it is looked at when it is signed


def test_a_bid_is_sealed_until_the_instant_at_which_bids_close_included() -> None:
    closes = at("2025-02-18 17:00")
    play = bidding()
    play.go(closes).bid("oracle")
    play.go(closes + 1)
    with play.refused("bids-closed"):
        play.bid("coreweave", price="1.00")
    with play.refused("bids-closed"):
        play.recall("oracle")
    assert [p.bidder for p in play.last(BidsOpened).ranking] == ["oracle"]
    assert play.last(BidsOpened).at == closes


def test_a_later_bid_replaces_an_earlier_one_and_takes_its_place_in_time() -> None:
    play = bidding()
    first = play.bid("oracle", price="3.00")
    play.go("2025-02-04 09:00").bid("coreweave", price="2.90")
    second = play.go("2025-02-05 09:00").bid("oracle", price="2.90")
    play.wait(NOTICED)
    assert first != second
    assert [p.bidder for p in play.last(BidsOpened).ranking] == ["coreweave", "oracle"]
    assert set(play.the_tender().bids) == {play.bids["coreweave"], second}


def test_a_bid_may_be_taken_back_while_it_is_sealed() -> None:
    play = bidding()
    play.bid("oracle")
    with play.refused("unknown-bid"):
        play.do("coreweave", Recall("lot", play.bids["oracle"]))
    play.recall("oracle")
    with play.refused("unknown-bid"):
        play.recall("oracle")
    play.wait(NOTICED)
    assert play.last(BidsOpened).ranking == ()


def test_a_party_bids_for_itself_and_the_buyer_does_not() -> None:
    play = bidding()
    with play.refused("not-yours"):
        play.bid("oracle", actor="coreweave")
    with play.refused("not-yours"):
        play.do(BUYER, Submit("lot", Bid(BUYER, 1000, terms())))


def test_a_bid_is_for_those_who_were_invited() -> None:
    play = bidding(invited=("oracle",))
    with play.refused("unknown-tender"):
        play.bid("coreweave")
    play.bid("oracle")
    play.tender = "other"
    with play.refused("unknown-tender"):
        play.bid("oracle")


def test_a_bid_before_others_may_be_approached_finds_no_tender() -> None:
    play = bidding(claim("first", "google", first=True))
    with play.refused("unknown-tender"):
        play.bid("oracle")
    play.waive("google")
    play.bid("oracle")


def test_bids_that_close_at_once_may_come_at_that_instant() -> None:
    play = bidding(bidding="0 hours")
    play.bid("oracle")
    play.go(play.now + 1).notice("oracle")
    assert play.standing("azure").state == "noticed"


def test_a_bid_that_is_set_aside_leaves_the_next_best_and_loses_its_rounds() -> None:
    play = bids_open(AZURE, bids={"oracle": {}, "coreweave": {"price": "3.50"}})
    play.notice("oracle")
    play.set_aside("oracle")
    assert (play.round().state, play.the_tender().unnoticed) == ("done", 1000)
    with play.refused("no-notice"):
        play.take("microsoft")
    play.notice("coreweave")
    play.waive("microsoft")
    with play.refused("bid-set-aside"):
        play.sign("oracle", 1000)
    with play.refused("unknown-bid"):
        play.bids["nobody"] = "00" * 8
        play.set_aside("nobody")
    play.sign("coreweave", 1000)


def test_a_bid_that_somebody_takes_is_not_set_aside() -> None:
    play = bids_open(AZURE, claim("gcp", "google"))
    play.notice("oracle")
    play.take("microsoft")
    with play.refused("taken-already"):
        play.set_aside("oracle")
    play.waive("google")
    play.set_aside("oracle")
    with play.refused("bid-set-aside"):
        play.set_aside("oracle")
    assert play.taking("azure").chips == 500


def test_a_bid_that_is_set_aside_leaves_what_holders_took() -> None:
    play = bids_open(claim("azure", "microsoft", partial=1))
    play.notice("oracle")
    play.take("microsoft", 400)
    play.set_aside("oracle")
    assert play.taking("azure").state == "closing"
    assert (play.round().noticed, play.the_tender().unnoticed) == (400, 600)
    play.close("azure")
