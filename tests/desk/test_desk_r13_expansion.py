"""R13: a renewal is not new capacity; an expansion option exercised is.

What a tender is opened with decides: a renewal brings no rights with it, an expansion all of them.
"""

from __future__ import annotations

from offtake.desk.events import ClockStarted, Signed, TenderClosed

from .saying import claim
from .staging import bids_open

AZURE = claim("azure", "microsoft")


def test_a_renewal_is_signed_without_asking_anybody() -> None:
    play = bids_open(cause="renewal")
    play.sign("oracle", 1000, agreement="renewed", unasked=True)
    signed = play.last(Signed)
    assert (signed.round, signed.clause, signed.cleared) == (None, None, ())
    assert not play.all(ClockStarted)
    assert play.the_tender().unnoticed == 0
    play.deliver("renewed")
    assert play.last(TenderClosed).at == play.now


def test_an_expansion_is_asked_about_like_any_other_capacity() -> None:
    play = bids_open(AZURE, cause="expansion")
    with play.refused("not-asked"):
        play.sign("oracle", 1000, unasked=True)
    play.notice("oracle")
    play.take("microsoft")
    play.close("azure")
    assert play.last(Signed).party == "microsoft"


def test_an_expansion_by_the_holder_itself_needs_no_notice() -> None:
    play = bids_open(claim("own", "oracle"))
    play.sign("oracle", 1000, unasked=True)
    assert play.last(Signed).party == "oracle"


def test_a_lot_without_rights_goes_to_the_best_bid_that_stands() -> None:
    play = bids_open(bids={"oracle": {}, "coreweave": {"price": "2.50", "chips": 600}})
    with play.refused("not-best"):
        play.sign("oracle", 400, unasked=True)
    with play.refused("beyond-bid"):
        play.sign("coreweave", 601, unasked=True)
    play.sign("coreweave", 600, unasked=True)
    with play.refused("beyond-bid"):
        play.sign("oracle", 401, unasked=True)
    play.sign("oracle", 400, unasked=True)
    assert play.the_tender().unnoticed == 0


def test_a_failed_agreement_gives_its_chips_back_to_be_sold_again() -> None:
    play = bids_open(bids={"oracle": {}, "coreweave": {"price": "3.50"}})
    play.sign("oracle", 1000, agreement="lost", unasked=True)
    play.fail("lost")
    assert play.the_tender().unnoticed == 1000
    assert play.agreement("lost").state == "failed"
    with play.refused("unknown-agreement"):
        play.fail("lost")
    with play.refused("unknown-agreement"):
        play.deliver("lost")
    play.set_aside("oracle")
    play.sign("coreweave", 1000, unasked=True)


def test_what_one_bidder_sold_does_not_lessen_what_another_offers() -> None:
    play = bids_open(bids={"oracle": {"chips": 500}, "coreweave": {"price": "2.50", "chips": 600}})
    play.sign("coreweave", 600, unasked=True)
    play.sign("oracle", 400, unasked=True)
    assert play.the_tender().unnoticed == 0
