"""What lies under a seal, what is left of an event without what was bid, and erasing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from msgspec.structs import replace

from offtake.desk import Desk, evolve
from offtake.desk import commands as cm
from offtake.desk.events import (
    BidCommitted,
    BidRecalled,
    BidReceived,
    BidsErased,
    BidsOpened,
    Event,
    Refused,
)
from offtake.desk.lot import Bid, Terms
from offtake.desk.sealed import blank, sealed_under
from offtake.desk.sight import sight

from .playing import Play
from .saying import BUYER, at, claim, terms
from .staging import NOTICED, bids_open

AZURE = claim("azure", "microsoft")
CLOSES = at("2025-02-18 17:00")
BOTH = {"oracle": {"price": "3.00"}, "coreweave": {"price": "3.10"}}


# --- under a seal ---------------------------------------------------------------------------------

BID = Bid("oracle", 1000, terms())
SEALED: list[cm.AboutTender] = [
    cm.Submit("lot", BID),
    cm.Recall("lot", "0" * 16),
    cm.Pledge("lot", "5e" * 32),
    cm.Reveal("lot", BID, "5a" * 32),
    cm.Revise("lot", "0" * 16, terms(), 1),
    cm.StandBy("lot", 1),
]
OPEN: list[cm.Command] = [
    cm.Withdraw("lot", "enough"),
    cm.Answer("lot", "azure", "waive", 1),
    cm.Declare("oracle", "gb200", "texas", 10),
    cm.Erase("lot"),
]


@pytest.mark.parametrize("command", SEALED, ids=lambda command: type(command).__name__)
def test_what_bidders_ask_is_sealed_until_bids_open(command: cm.AboutTender) -> None:
    play = Play()
    assert sealed_under(play.desk, command, "oracle") == ""
    play.open(AZURE, reveal="2 days")
    for when, label in ((CLOSES, "lot"), (CLOSES + 1, "lot"), (at(NOTICED), "")):
        play.wait(when)
        assert sealed_under(play.desk, command, "oracle") == label
    play.withdraw()
    assert sealed_under(play.desk, command, "oracle") == ""


@pytest.mark.parametrize("command", OPEN, ids=lambda command: type(command).__name__)
def test_what_others_ask_is_open(command: cm.Command) -> None:
    play = Play().open(AZURE)
    assert play.the_tender().phase == "bidding"
    assert sealed_under(play.desk, command, "oracle") == ""


def test_before_bids_are_asked_for_nothing_is_sealed() -> None:
    play = Play().open(claim("first", "microsoft", first=True))
    assert play.the_tender().phase == "asking"
    assert sealed_under(play.desk, SEALED[0], "oracle") == ""


def test_what_strangers_ask_is_open_for_a_seal_would_tell_that_there_is_a_tender() -> None:
    """Their receipt names the seal, and they are told that there is no such tender."""
    play = Play().open(AZURE, invited=("oracle",))
    assert sealed_under(play.desk, SEALED[0], "oracle") == "lot"
    assert sealed_under(play.desk, SEALED[0], "coreweave") == ""


def test_what_comes_late_is_open_for_it_opens_the_bids() -> None:
    play = Play().open(AZURE).go(CLOSES + 1)
    with play.refused("bids-closed"):
        play.bid("oracle")
    assert isinstance(play.journal[-1], Refused)
    assert sealed_under(play.desk, SEALED[0], "oracle") == ""


# --- without what was bid -------------------------------------------------------------------------


def test_of_a_blank_bid_its_bidder_its_name_and_its_instant_are_left() -> None:
    play = bids_open(AZURE, bids={"oracle": {"block": 4, "deposit": "7", "via": ("crusoe",)}})
    whole = play.last(BidReceived)
    left = blank(replace(whole, salt="5a" * 32))
    nothing = Terms(BID.deposit, dt.date(1970, 1, 1), 0)
    assert left == replace(
        whole, bid=Bid("oracle", 0, nothing, whole.bid.id, whole.bid.received), salt=""
    )


def test_of_a_blank_pledge_the_hash_is_gone_and_other_events_are_left_whole() -> None:
    play = Play().open(AZURE, reveal="2 days")
    play.pledge("oracle")
    pledged = play.last(BidCommitted)
    assert blank(pledged) == replace(pledged, commitment="")
    play.recall("oracle")
    recalled = play.last(BidRecalled)
    assert blank(recalled) is recalled


# --- erasing --------------------------------------------------------------------------------------


def closed() -> Play:
    """Oracle's bid is signed and delivered, Coreweave's lost."""
    play = bids_open(AZURE, bids=BOTH)
    play.notice("oracle")
    play.waive("microsoft")
    play.sign("oracle", 1000, agreement="sold")
    play.deliver("sold")
    assert play.the_tender().phase == "closed"
    return play


def replayed(journal: list[Event]) -> Desk:
    desk = Desk()
    for event in journal:
        desk = evolve(desk, event)
    return desk


def forgotten(play: Play, *bidders: str) -> list[Event]:
    """The journal as it is kept when what these bid is destroyed."""
    gone = {play.bids[bidder] for bidder in bidders}
    return [
        blank(event)
        if (isinstance(event, BidReceived) and event.bid.id in gone)
        or (isinstance(event, BidCommitted) and event.bid in gone)
        else event
        for event in play.journal
    ]


def test_what_lost_is_erased_and_what_was_signed_is_kept() -> None:
    play = closed()
    before = play.the_tender()
    play.erase()
    assert play.last(BidsErased).kept == (play.bids["oracle"],)
    tender = play.the_tender()
    assert tender.bids[play.bids["oracle"]] == before.bids[play.bids["oracle"]]
    lost = tender.bids[play.bids["coreweave"]]
    assert (lost.bidder, lost.chips, lost.terms.price) == ("coreweave", 0, 0)
    assert lost.received == before.bids[play.bids["coreweave"]].received
    assert tender.ranking == before.ranking
    assert replayed(forgotten(play, "coreweave")) == play.desk


def test_a_bid_that_was_only_noticed_is_kept() -> None:
    play = bids_open(AZURE, bids=BOTH)
    play.notice("oracle")
    play.withdraw()
    play.erase()
    assert play.last(BidsErased).kept == (play.bids["oracle"],)


def test_the_bids_that_are_kept_are_named_in_order() -> None:
    for first, second in (("oracle", "coreweave"), ("coreweave", "oracle")):
        half = {"chips": 500}
        bids = {first: {"price": "3.00", **half}, second: {"price": "3.10", **half}}
        play = bids_open(AZURE, bids=bids)
        for bidder in (first, second):
            play.notice(bidder, chips=500)
        play.withdraw()
        play.erase()
        assert play.last(BidsErased).kept == tuple(sorted(play.bids.values()))


def test_a_tender_says_whether_its_bids_were_opened() -> None:
    play = Play().open(AZURE)
    play.withdraw()
    assert not play.the_tender().unsealed
    play = bids_open(AZURE)
    play.withdraw()
    assert play.the_tender().unsealed


def test_a_tender_that_was_withdrawn_before_the_opening_keeps_nothing() -> None:
    play = Play().open(AZURE)
    play.bid("oracle")
    play.withdraw()
    play.erase()
    assert play.last(BidsErased).kept == ()
    assert not play.all(BidsOpened)
    assert replayed(forgotten(play, "oracle")) == play.desk


def test_pledges_are_erased_revealed_or_not() -> None:
    play = Play().open(AZURE, reveal="2 days")
    for bidder, price in (("oracle", "3.00"), ("coreweave", "3.10"), ("google", "2.80")):
        play.pledge(bidder, price)
    play.go(CLOSES + 1).reveal("oracle")
    play.reveal("coreweave")
    play.wait(NOTICED).notice("oracle")
    play.withdraw()
    play.erase()
    hashes = {one.bidder: one.commitment for one in play.the_tender().pledges.values()}
    assert hashes.pop("oracle")
    assert hashes == {"coreweave": "", "google": ""}
    assert replayed(forgotten(play, "coreweave", "google")) == play.desk


@pytest.mark.parametrize("when", ["asking", "bidding", "revealing", "opened"])
def test_nothing_is_erased_while_the_tender_runs(when: str) -> None:
    first = (claim("first", "microsoft", first=True),) if when == "asking" else ()
    play = Play().open(*first, reveal="2 days")
    play.wait({"asking": play.now, "bidding": play.now, "revealing": CLOSES + 1}.get(when, NOTICED))
    assert play.the_tender().phase == when
    with play.refused("tender-runs"):
        play.erase()


def test_it_is_erased_once_and_by_the_buyer() -> None:
    play = closed()
    with play.refused("not-yours"):
        play.erase("oracle")
    play.erase()
    with play.refused("erased-already"):
        play.erase()
    play.tender = "none"
    with play.refused("unknown-tender"):
        play.erase()


def test_of_an_erased_bid_whose_it_was_and_its_place_are_seen() -> None:
    play = closed()
    play.erase()
    tender: Any = sight(play.desk, BUYER, play.now)["tenders"][0]
    kept, lost = tender["bids"]
    assert (kept["bidder"], kept["chips"], kept["erased"]) == ("oracle", 1000, False)
    assert set(lost) == {"id", "bidder", "received", "effective", "aside", "erased"}
    assert (lost["bidder"], lost["erased"]) == ("coreweave", True)
    assert lost["effective"].startswith("3.1")
    own: Any = sight(play.desk, "coreweave", play.now)["own"]["invitations"][0]["bids"][0]
    assert (own["state"], own["erased"]) == ("lost", True)
    assert "terms" not in own
    own = sight(play.desk, "oracle", play.now)["own"]["invitations"][0]["bids"][0]
    assert (own["state"], own["erased"], own["chips"]) == ("signed", False, 1000)


def test_an_erased_pledge_shows_no_hash() -> None:
    play = Play().open(AZURE, reveal="2 days")
    play.pledge("oracle")
    play.withdraw()
    play.erase()
    own: Any = sight(play.desk, "oracle", play.now)["own"]["invitations"][0]["pledges"][0]
    assert (own["state"], own["commitment"]) == ("withdrawn", None)
