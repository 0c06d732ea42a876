"""R11: a bid is for the months of the lot, comes from who may bid, and is ranked as it stands."""

from __future__ import annotations

from decimal import Decimal

import pytest

from offtake.desk import Envelope, Reply, decide, handle
from offtake.desk.commands import Close, Submit
from offtake.desk.events import BidRevised, Signed
from offtake.desk.lot import Bid

from .playing import Play
from .saying import claim, terms
from .staging import bids_open, noticed

AZURE = claim("azure", "microsoft", partial=1)


@pytest.mark.parametrize("months", [1, 47, 49, 1200])
def test_a_bid_for_another_term_than_the_lots_is_refused(months: int) -> None:
    play = Play().open(AZURE)
    with play.refused("bid-term"):
        play.bid("oracle", months=months)
    play.bid("oracle", months=48)


def test_a_bid_that_is_late_and_for_another_term_is_late() -> None:
    play = Play().open(AZURE, affiliates=("oracle",))
    with play.refused("bid-late"):
        play.bid("oracle", start="2026-01-02", months=47)
    with play.refused("bid-term"):  # before it is asked whose bid it is
        play.bid("oracle", months=47)
    with play.refused("bid-empty"):
        play.bid("oracle", months=0)


def test_a_term_may_be_revised_and_then_goes_by_what_was_noticed() -> None:
    play = noticed(AZURE)
    play.waive("microsoft")
    play.revise("oracle", "2.00", months=49)
    with play.refused("terms-moved"):
        play.sign("oracle", 1000)
    play.revise("oracle", "3.00", months=47)
    play.sign("oracle", 1000)
    assert play.last(Signed).terms.months == 47


def test_an_auditor_does_not_bid() -> None:
    play = Play().open(AZURE)
    with play.refused("not-yours"):
        play.do("auditor", Submit("lot", Bid("auditor", 1000, terms())))
    assert not play.the_tender().bids


# --- the ranking goes with what bidders ask -------------------------------------------------------

TWO = {"oracle": {"price": "1.00"}, "amazon": {"price": "1.10"}}


def order(play: Play) -> list[tuple[str, Decimal]]:
    return [(place.bidder, place.effective) for place in play.the_tender().ranking]


def test_a_leader_that_asks_more_than_the_next_loses_its_lead() -> None:
    play = bids_open(bids=TWO)
    play.revise("oracle", "5.00")
    assert play.last(BidRevised).bid == play.bids["oracle"]
    assert order(play) == [("amazon", Decimal("1.10")), ("oracle", Decimal(5))]
    with play.refused("not-best"):
        play.sign("oracle", 1000, unasked=True)
    with play.refused("bids-closed"):  # it leads no more, and is not told who does
        play.revise("oracle", "1.00")
    play.sign("amazon", 1000, unasked=True)


@pytest.mark.parametrize("price", ["1.09", "1.10"])
def test_a_leader_that_asks_no_more_than_the_next_keeps_its_lead(price: str) -> None:
    play = Play().open()
    play.bid("oracle", "1.00")
    play.go("2025-02-04 09:00").bid("amazon", "1.10")
    play.wait("2025-03-03 09:00").revise("oracle", price)
    assert order(play)[0] == ("oracle", Decimal(price))  # at one price the earlier bid leads
    play.sign("oracle", 1000, unasked=True)


def test_a_leader_whose_bid_came_later_loses_its_lead_at_the_same_price() -> None:
    play = Play().open()
    play.bid("amazon", "1.10")
    play.go("2025-02-04 09:00").bid("oracle", "1.00")
    play.wait("2025-03-03 09:00").revise("oracle", "1.10")
    assert [bidder for bidder, _ in order(play)] == ["amazon", "oracle"]


def test_a_bidder_that_was_noticed_may_ask_less_and_take_the_lead() -> None:
    play = bids_open(AZURE, bids={"oracle": {"chips": 400}, "amazon": {"price": "3.50"}})
    play.notice("oracle")
    play.notice("amazon")
    play.revise("amazon", "2.00")
    assert [bidder for bidder, _ in order(play)] == ["amazon", "oracle"]


# --- names ----------------------------------------------------------------------------------------


def sent(play: Play, actor: str, body: Submit | Close, key: str, entropy: bytes) -> str:
    play.desk, decided = handle(play.desk, Envelope(actor, key, play.now, entropy, body))
    return str(decided.answer.made)  # type: ignore[union-attr]


@pytest.mark.parametrize("entropy", [bytes(32), b"", b"short", bytes(range(64))])
def test_no_two_bids_have_one_name_whatever_chance_they_draw_on(entropy: bytes) -> None:
    play = Play().open()
    bids = [(bidder, Submit("lot", Bid(bidder, 1000, terms()))) for bidder in ("oracle", "amazon")]
    made = {sent(play, bidder, bid, key, entropy) for bidder, bid in bids for key in ("a", "b")}
    assert len(made) == 4
    assert all(len(name) == 16 and set(name) <= set("0123456789abcdef") for name in made)
    assert {bid.bidder for bid in play.the_tender().bids.values()} == {"oracle", "amazon"}


def test_no_two_takings_are_signed_under_one_name_whatever_chance_they_draw_on() -> None:
    play = bids_open(AZURE, claim("gcp", "google", rank=2))
    play.notice("oracle")
    play.take("microsoft", 400)
    play.take("google")
    names = [
        sent(play, holder, Close("lot", 1, clause), "the same", bytes(32))
        for holder, clause in (("microsoft", "azure"), ("google", "gcp"))
    ]
    assert len(set(names)) == 2
    assert {play.agreement(name).party for name in names} == {"microsoft", "google"}


def test_a_name_depends_on_chance_so_that_nobody_foresees_it() -> None:
    play = Play().open()
    bid = Submit("lot", Bid("oracle", 1000, terms()))
    answers = [
        decide(play.desk, Envelope("oracle", "key", play.now, entropy, bid)).answer
        for entropy in (bytes(32), b"\1" * 32)
    ]
    assert len({answer.made for answer in answers if isinstance(answer, Reply)}) == 2
