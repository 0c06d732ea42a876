"""R8: a larger quantity after waiver re-opens the increment only."""

from __future__ import annotations

from offtake.desk.commands import Revise
from offtake.desk.events import NoticeServed

from .playing import Play
from .saying import claim, shown, terms
from .staging import bids_open, cleared

AZURE = claim("azure", "microsoft", partial=1, reoffer="2 days")


def _signed() -> Play:
    play = cleared(AZURE)
    play.sign("oracle", 1000, agreement="first")
    return play.go("2025-04-01 09:00")


def test_more_chips_are_asked_about_alone_with_a_whole_window() -> None:
    play = _signed()
    play.revise("oracle", "3.00", chips=1250)
    play.notice("oracle", more=True, chips=250)
    served = play.last(NoticeServed)
    assert (served.kind, served.chips, served.short) == ("more chips", 250, ())
    assert shown(play.deadline("azure")) == "2025-04-11 17:00"
    assert play.the_tender().lot.chips == 1250
    assert play.agreement("first").state == "signed"
    play.take("microsoft", 100)
    play.sign("oracle", 150)
    assert [r.noticed for r in play.the_tender().rounds] == [1000, 250]


def test_more_chips_than_the_bidder_now_offers_are_refused() -> None:
    play = _signed()
    play.revise("oracle", "3.00", chips=1250)
    with play.refused("beyond-bid"):
        play.notice("oracle", more=True, chips=251)
    with play.refused("nothing-left"):
        play.notice("oracle", chips=250)
    assert play.the_tender().lot.chips == 1000


def test_more_chips_are_no_way_round_what_is_left_of_the_lot() -> None:
    play = bids_open(AZURE, bids={"oracle": {"chips": 600}})
    play.notice("oracle")
    play.waive("microsoft")
    play.sign("oracle", 600)
    play.revise("oracle", chips=700)
    with play.refused("lot-left"):
        play.notice("oracle", more=True, chips=100)
    play.notice("oracle", chips=100)
    assert play.round().kind == "first refusal"
    assert (play.the_tender().lot.chips, play.the_tender().unnoticed) == (1000, 300)


def test_more_chips_come_from_a_bidder_that_was_noticed_or_signed() -> None:
    play = bids_open(AZURE, bids={"oracle": {}, "coreweave": {"price": "3.50", "chips": 2000}})
    play.notice("oracle")
    play.waive("microsoft")
    with play.refused("unknown-round"):
        play.notice("coreweave", more=True, chips=100)


def test_more_chips_while_the_first_ones_are_still_in_the_tail() -> None:
    play = cleared(AZURE)
    play.revise("oracle", "3.00", chips=1100)
    play.notice("oracle", more=True, chips=100)
    first, increment = play.the_tender().rounds
    assert (first.state, first.remaining) == ("tail", 1000)
    assert (increment.state, increment.remaining) == ("asking", 100)
    with play.refused("still-asking"):
        play.sign("oracle", 100)
    play.sign("oracle", 1000, round=first.number)
    play.waive("microsoft")
    play.sign("oracle", 100)


def test_a_bidder_is_bound_by_what_it_offered_and_may_only_offer_more() -> None:
    play = cleared(AZURE)
    with play.refused("bid-binds"):
        play.revise("oracle", "3.00", chips=999)
    play.revise("oracle", "3.00", chips=1001)
    with play.refused("bid-binds"):
        play.revise("oracle", "3.00", chips=1000)
    with play.refused("beyond-declared"):
        play.revise("oracle", "3.00", chips=1_000_001)


def test_only_a_bidder_in_play_may_ask_other_terms() -> None:
    play = bids_open(AZURE, bids={"oracle": {}, "coreweave": {"price": "3.50"}})
    with play.refused("bids-closed"):
        play.revise("coreweave", "2.00")
    play.revise("oracle", "3.10")
    play.notice("oracle", terms=terms("3.10"))
    with play.refused("unknown-bid"):  # nobody is told of another's bid
        play.do("coreweave", Revise("lot", play.bids["oracle"], terms("1.00"), 1000))


def test_more_chips_at_a_dearer_price_are_asked_about_at_that_price() -> None:
    play = _signed()
    play.revise("oracle", "3.40", chips=1500)
    play.notice("oracle", more=True, chips=500)
    play.waive("microsoft")
    assert play.round().terms == terms("3.40")
    play.sign("oracle", 500)


def test_what_a_holder_took_is_still_the_bidders_to_offer() -> None:
    play = noticed_and_shared()
    with play.refused("beyond-bid"):
        play.notice("oracle", more=True, chips=401)
    play.notice("oracle", more=True, chips=400)
    assert play.the_tender().lot.chips == 1400


def noticed_and_shared() -> Play:
    """Microsoft has taken and signed 400 chips of a bid for a thousand, Oracle signed the rest."""
    play = bids_open(AZURE)
    play.notice("oracle")
    play.take("microsoft", 400)
    play.close("azure")
    play.sign("oracle", 600)
    return play
