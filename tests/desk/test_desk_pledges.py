"""Bids that are pledged by a hash until the closing, and revealed after it."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from msgspec.structs import replace

from offtake.desk.commands import Pledge, Reveal, Submit
from offtake.desk.events import BidCommitted, BidReceived, BidsOpened, RevealStarted
from offtake.desk.lot import Bid, Flow, Part, Prepaid
from offtake.desk.sealed import pledge_body
from offtake.desk.wire import WireError, data_of

from .playing import Play
from .saying import BUYER, at, claim, terms

AZURE = claim("azure", "microsoft")
CLOSES = at("2025-02-18 17:00")
"""Fifteen days from 3 February."""
ENDS = at("2025-02-20 17:00")
"""Two days later."""


def bidding(*claims: Any, **words: Any) -> Play:
    return Play().open(*(claims or (AZURE,)), **({"reveal": "2 days"} | words))


def revealing(**prices: str) -> Play:
    """Bids are pledged, and may be revealed now."""
    play = bidding()
    for bidder, price in (prices or {"oracle": "3.00"}).items():
        play.pledge(bidder, price)
    return play.go(CLOSES + 1)


# --- the course of it -----------------------------------------------------------------------------


def test_what_was_pledged_is_revealed_and_ranked() -> None:
    play = revealing(oracle="3.00", coreweave="2.90")
    play.reveal("oracle")
    play.reveal("coreweave")
    assert play.the_tender().phase == "revealing"
    play.wait(ENDS + 1)
    assert play.the_tender().phase == "opened"
    assert [place.bidder for place in play.last(BidsOpened).ranking] == ["coreweave", "oracle"]
    play.notice("coreweave")
    play.waive("microsoft")
    play.sign("coreweave", 1000)


def test_the_closing_begins_the_time_for_revealing_which_ends_by_the_same_almanac() -> None:
    play = bidding()
    assert play.the_tender().closes == CLOSES
    play.wait(ENDS + 5)
    started, opened = play.last(RevealStarted), play.last(BidsOpened)
    assert (started.at, started.ends, started.by) == (CLOSES, ENDS, None)
    assert (opened.at, opened.ranking, opened.by) == (ENDS, (), None)


def test_where_nobody_reveals_there_is_no_bid() -> None:
    play = revealing(oracle="3.00", coreweave="2.90").wait(ENDS + 1)
    assert play.the_tender().bids == {}
    assert play.last(BidsOpened).ranking == ()
    play.withdraw()


def test_who_does_not_reveal_drops_out() -> None:
    play = revealing(oracle="3.00", coreweave="2.90")
    play.reveal("oracle")
    play.wait(ENDS + 1)
    assert [place.bidder for place in play.the_tender().ranking] == ["oracle"]


@pytest.mark.parametrize("reveal", ["3 hours", "1 business days"])
def test_the_time_for_revealing_is_counted_from_the_closing(reveal: str) -> None:
    play = bidding(reveal=reveal).wait(CLOSES + 1)
    ends = {"3 hours": CLOSES + 3 * 3600 * 10**9, "1 business days": at("2025-02-19 17:00")}
    assert play.the_tender().reveals == ends[reveal]


def test_a_time_for_revealing_of_nothing_is_none() -> None:
    with (play := Play()).refused("opening-unfit"):
        play.open(AZURE, reveal="0 days")


def test_whoever_pledged_first_wins_a_tie() -> None:
    play = bidding()
    play.pledge("oracle")
    play.go(play.now + 1).pledge("coreweave")
    play.go(CLOSES + 1).reveal("coreweave")
    play.go(play.now + 1).reveal("oracle")
    play.wait(ENDS + 1)
    assert [place.bidder for place in play.the_tender().ranking] == ["oracle", "coreweave"]


def test_a_bid_is_received_when_it_was_pledged_under_the_same_name() -> None:
    play = bidding()
    pledged = play.now
    name = play.pledge("oracle")
    play.go(CLOSES + 1)
    assert play.reveal("oracle")[-1] == play.last(BidReceived)
    assert play.made == name
    shown = play.last(BidReceived)
    assert (shown.at, shown.bid.received, shown.bid.id) == (CLOSES + 1, pledged, name)


# --- what was pledged is what is revealed ---------------------------------------------------------


def test_the_events_alone_bear_out_what_was_pledged() -> None:
    play = revealing()
    play.reveal("oracle")
    pledged, shown = data_of(play.last(BidCommitted)), data_of(play.last(BidReceived))
    bid = {name: value for name, value in shown["bid"].items() if name not in ("id", "received")}
    promised = rfc8785.dumps({"bid": bid, "buyer": "openai", "tender": "lot"})
    hashed = hashlib.sha256(bytes.fromhex(shown["salt"]) + promised).hexdigest()
    assert hashed == pledged["commitment"]
    assert (pledged["bid"], pledged["bidder"]) == (shown["bid"]["id"], "oracle")


def test_the_body_of_a_bid_is_canonical_json_of_what_was_bid() -> None:
    stated = terms(
        "3.10", prepaid=Prepaid(Decimal("0.2")), rebates=(Flow(1, Decimal(5)),), options=("été",)
    )
    bid = Bid("oracle", 10, stated, package=(Part("équité", Decimal(1), Decimal(2)),))
    body = pledge_body(bid, BUYER, "lot")
    assert body == pledge_body(replace(bid, id="a1", received=7), BUYER, "lot")
    assert body == rfc8785.dumps(json.loads(body))
    assert "équité".encode() in body
    promised = json.loads(body)
    assert set(promised.pop("bid")) == set(Bid.__struct_fields__) - {"id", "received"}
    assert promised == {"buyer": BUYER, "tender": "lot"}


@pytest.mark.parametrize(("buyer", "tender"), [(BUYER, "other"), ("another", "lot")])
def test_what_was_pledged_is_revealed_in_its_tender_alone(buyer: str, tender: str) -> None:
    """Whoever saw it revealed elsewhere may not have it counted here."""
    play = bidding()
    bid, salt = Bid("oracle", 1000, terms()), "5a" * 32
    hashed = hashlib.sha256(bytes.fromhex(salt) + pledge_body(bid, buyer, tender)).hexdigest()
    play.do("oracle", Pledge("lot", hashed))
    play.go(CLOSES + 1)
    assert play.send("oracle", Reveal("lot", bid, salt)).code == "reveal-differs"


def test_a_bid_that_cannot_be_written_has_no_body_and_was_not_pledged() -> None:
    play = revealing()
    bid, salt = play.notes["oracle"]
    odd = replace(bid, deposit=Decimal("NaN"))
    with pytest.raises(WireError):
        pledge_body(odd, BUYER, "lot")
    assert play.send("oracle", Reveal("lot", odd, salt)).code == "reveal-differs"


@pytest.mark.parametrize(
    "changes",
    [{"chips": 999}, {"block": 2}, {"contingent": "x"}, {"terms": terms("2.99")}],
    ids=str,
)
def test_another_bid_than_was_pledged_is_refused(changes: dict[str, Any]) -> None:
    play = revealing()
    with play.refused("reveal-differs"):
        play.reveal("oracle", **changes)
    play.reveal("oracle")


def test_another_salt_is_refused_and_what_is_no_salt() -> None:
    play = revealing()
    with play.refused("reveal-differs"):
        play.reveal("oracle", salt="5a" * 32)
    for salt in ("5A" * 32, "5a" * 31, "g" * 64):
        with play.refused("pledge-form"):
            play.reveal("oracle", salt=salt)


def test_the_desks_own_words_of_a_bid_are_not_pledged() -> None:
    play = revealing()
    name = play.bids["oracle"]
    play.reveal("oracle", id="whatever", received=7)
    assert play.last(BidReceived).bid.id == name


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"chips": 0}, "bid-empty"),
        ({"contingent": "a loan"}, "bid-contingent"),
        ({"confidential": True}, "bid-confidential"),
        ({"chips": 2_000_000}, "beyond-declared"),
        ({"start": "2026-01-02"}, "bid-late"),
    ],
)
def test_a_pledged_bid_is_as_bona_fide_as_another(said: dict[str, Any], code: str) -> None:
    play = bidding()
    play.pledge("oracle", **said)
    play.go(CLOSES + 1)
    with play.refused(code):
        play.reveal("oracle")
    assert play.the_tender().bids == {}


def test_a_bid_that_others_host_promises_nothing_of_its_bidder() -> None:
    play = bidding()
    play.pledge("oracle", chips=2_000_000, via=("crusoe",))
    play.go(CLOSES + 1).reveal("oracle")


# --- one pledge of each bidder --------------------------------------------------------------------


def test_a_later_pledge_takes_the_place_of_the_earlier_one() -> None:
    play = bidding()
    play.pledge("oracle", "3.00")
    first = play.notes["oracle"]
    play.pledge("oracle", "2.80")
    second = play.notes["oracle"]
    assert [one.bid for one in play.the_tender().pledges.values()] == [play.bids["oracle"]]
    play.go(CLOSES + 1)
    play.notes["oracle"] = first
    with play.refused("reveal-differs"):
        play.reveal("oracle")
    play.notes["oracle"] = second
    play.reveal("oracle")


def test_a_pledge_may_be_taken_back_until_the_closing() -> None:
    play = bidding()
    play.pledge("oracle")
    play.pledge("coreweave")
    play.go(CLOSES).recall("oracle")
    play.go(CLOSES + 1)
    with play.refused("pledge-missing"):
        play.reveal("oracle")
    with play.refused("bids-closed"):
        play.recall("coreweave")
    play.reveal("coreweave")
    with play.refused("bids-closed"):
        play.recall("coreweave")


def test_nobody_takes_back_what_another_pledged() -> None:
    play = bidding()
    play.pledge("oracle")
    play.bids["coreweave"] = play.bids["oracle"]
    with play.refused("unknown-bid"):
        play.recall("coreweave")


def test_a_bid_is_revealed_once() -> None:
    play = revealing()
    play.reveal("oracle")
    with play.refused("revealed-already"):
        play.reveal("oracle")


# --- in time, and late ----------------------------------------------------------------------------


def test_a_pledge_is_in_time_at_the_closing_and_late_a_nanosecond_after() -> None:
    play = bidding().go(CLOSES)
    play.pledge("oracle")
    play.go(CLOSES + 1)
    with play.refused("bids-closed"):
        play.pledge("coreweave")
    assert play.last(RevealStarted).at == CLOSES


def test_nothing_is_revealed_before_the_closing_has_passed() -> None:
    play = bidding()
    play.pledge("oracle")
    play.go(CLOSES)
    with play.refused("reveal-early"):
        play.reveal("oracle")
    play.go(CLOSES + 1).reveal("oracle")


def test_a_reveal_is_in_time_at_the_end_and_late_a_nanosecond_after() -> None:
    play = revealing(oracle="3.00", coreweave="2.90").go(ENDS)
    play.reveal("oracle")
    play.go(ENDS + 1)
    with play.refused("bids-closed"):
        play.reveal("coreweave")
    assert play.last(BidsOpened).at == ENDS


def test_a_withdrawn_tender_takes_neither_pledge_nor_reveal() -> None:
    play = revealing()
    play.withdraw()
    for actor, body in (
        ("coreweave", Pledge("lot", "5e" * 32)),
        ("oracle", Reveal("lot", *play.notes["oracle"])),
    ):
        assert play.send(actor, body).code == "bids-closed"


# --- who, and where -------------------------------------------------------------------------------


def test_where_bids_are_pledged_none_is_submitted() -> None:
    play = bidding()
    with play.refused("pledge-first"):
        play.bid("oracle")


def test_where_bids_are_submitted_none_is_pledged() -> None:
    play = Play().open(AZURE)
    with play.refused("no-pledges"):
        play.pledge("oracle")
    bid = Bid("oracle", 1000, terms())
    assert play.send("oracle", Reveal("lot", bid, "5a" * 32)).code == "no-pledges"
    assert play.send("oracle", Submit("lot", bid)).made


@pytest.mark.parametrize("hashed", ["", "5E" * 32, "5e" * 31, "5e" * 33, "z" * 64])
def test_a_pledge_is_a_hash(hashed: str) -> None:
    play = bidding()
    assert play.send("oracle", Pledge("lot", hashed)).code == "pledge-form"


@pytest.mark.parametrize("watching", [BUYER, "auditor"])
def test_who_watches_does_not_bid(watching: str) -> None:
    play = bidding()
    told = play.send(watching, Pledge("lot", "5e" * 32))
    assert (told.code, told.sentence) == ("not-yours", "A bid is for whoever sells to ask.")
    bid = Bid(watching, 1000, terms())
    told = play.send(watching, Reveal("lot", bid, "5a" * 32))
    assert (told.code, told.sentence) == ("not-yours", "A bid is for whoever sells to ask.")


def test_a_party_reveals_no_bid_but_its_own() -> None:
    play = revealing()
    with play.refused("not-yours"):
        play.reveal("oracle", actor="coreweave")
