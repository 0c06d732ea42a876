"""What the buyer, an auditor and any other party may know, state by state."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from offtake.desk import Desk, Envelope, decide, sight
from offtake.desk.commands import Found, Recall
from offtake.desk.sight import reply
from offtake.units import Instant, instant_of, instant_text

from .playing import Play
from .saying import BUYER, CHIP, EVIDENCE, OPENED, PLENTY, REGION, at, claim, exclusive
from .staging import TEN_DAYS, bids_open, cleared, noticed

AZURE = claim("azure", "microsoft", closing="20 days", partial=100)


def seen(play: Play, party: str = BUYER, when: Instant | None = None) -> Any:
    return sight(play.desk, party, play.now if when is None else when)


def the_tender(play: Play, when: Instant | None = None) -> Any:
    return seen(play, BUYER, when)["tenders"][0]


# --- parties --------------------------------------------------------------------------------------


def test_who_is_no_party_sees_nothing() -> None:
    play = noticed(AZURE)
    assert seen(play, "nobody") == {
        "party": "nobody",
        "at": instant_text(play.now),
        "places": [],
    }


def test_before_the_desk_begins_nobody_sees_anything() -> None:
    assert sight(Desk(), BUYER, 5)["places"] == []


def test_a_party_without_a_place_sees_what_it_declared_and_no_more() -> None:
    play = Play().open(AZURE, invited=("oracle",))
    assert seen(play, "nvidia") == {
        "party": "nvidia",
        "at": "2025-02-03T17:00:00.000000000Z",
        "places": ["party"],
        "own": {
            "default": False,
            "capacity": [{"chip": CHIP, "region": REGION, "chips": PLENTY, "upstream": None}],
            "bars": [],
            "notices": [],
            "invitations": [],
            "agreements": [],
            "posted": [],
        },
    }


def test_a_party_knows_that_it_is_in_default_and_nobody_else_but_the_buyer_does() -> None:
    play = Play()
    play.default("oracle")
    assert seen(play, "oracle")["own"]["default"] is True
    assert seen(play, "microsoft")["own"]["default"] is False
    assert seen(play)["defaults"] == ["oracle"]


def test_what_was_promised_of_a_partys_capacity_is_for_the_buyer_to_see() -> None:
    play = Play(declare=False)
    play.declare("google", 1000)
    play.declare("nvidia", 1000, upstream="google")
    play.open()
    play.bid("nvidia", chips=600)
    play.go("2025-03-03 09:00").sign("nvidia", 600, unasked=True)
    assert [(one["party"], one["chips"], one["promised"]) for one in seen(play)["capacity"]] == [
        ("google", 1000, 600),
        ("nvidia", 1000, 600),
    ]
    assert "promised" not in json.dumps(seen(play, "google"))
    assert seen(play, "google")["own"]["agreements"] == []
    assert [one["chips"] for one in seen(play, "nvidia")["own"]["agreements"]] == [600]


@pytest.mark.parametrize("party", [BUYER, "auditor", "microsoft", "oracle", "nvidia", "nobody"])
def test_what_is_seen_is_plain_data(party: str) -> None:
    play = cleared(AZURE)
    play.sign("oracle", 400)
    told = seen(play, party)
    assert json.loads(json.dumps(told)) == told
    assert json.dumps(told).isascii()
    assert list(told)[:3] == ["party", "at", "places"]


def test_the_same_journal_in_another_life_of_the_machine_shows_the_same() -> None:
    """Maps are kept by hash; what leaves the desk is sorted."""
    play = cleared(AZURE)
    for tender in ("b", "a", "d", "c"):
        play.open(AZURE, tender=tender)
    assert [one["tender"] for one in seen(play)["tenders"]] == ["lot", "a", "b", "c", "d"]
    invited = seen(play, "oracle")["own"]["invitations"]
    assert [one["tender"] for one in invited] == ["a", "b", "c", "d", "lot"]
    assert seen(play)["parties"] == sorted(seen(play)["parties"])


# --- the buyer and auditors -----------------------------------------------------------------------


@pytest.mark.parametrize("party", [BUYER, "auditor"])
def test_until_bids_open_nobody_can_tell_many_bids_from_none(party: str) -> None:
    none = Play().open(AZURE)
    many = Play().open(AZURE)
    for bidder in ("oracle", "google", "nvidia"):
        many.bid(bidder)
    closes = many.the_tender().closes
    assert closes is not None
    assert seen(many, party, closes) == seen(none, party, closes)
    assert seen(many, party, closes + 1) != seen(none, party, closes + 1)


def test_bids_open_one_nanosecond_after_they_close_whether_or_not_anyone_looks() -> None:
    play = Play().open(AZURE)
    play.bid("google", "3.10")
    play.bid("oracle", "3.00")
    closes = play.the_tender().closes
    assert closes is not None
    assert the_tender(play, closes)["phase"] == "bidding"
    assert the_tender(play, closes)["bids"] == []
    assert the_tender(play, closes)["next"] == [
        {"what": "opening", "until": instant_text(closes)},
    ]
    tender = the_tender(play, closes + 1)
    assert play.the_tender().phase == "bidding"
    assert tender["phase"] == "opened"
    ranked = [(bid["bidder"], Decimal(bid["effective"])) for bid in tender["bids"]]
    assert ranked == [("oracle", Decimal("3.00")), ("google", Decimal("3.10"))]
    assert tender["bids"][0]["terms"]["price"] == "3.00"
    assert tender["next"] == [
        {"what": "notice", "bid": play.bids["oracle"], "chips": 1000, "until": None}
    ]


def test_bids_of_a_tender_that_is_withdrawn_before_the_opening_stay_sealed() -> None:
    play = Play().open(AZURE)
    play.bid("oracle")
    play.withdraw()
    later = at("2025-06-01 09:00")
    for party in (BUYER, "auditor"):
        tender = seen(play, party, later)["tenders"][0]
        assert (tender["phase"], tender["bids"], tender["next"]) == ("withdrawn", [], [])
    assert "oracle" not in json.dumps(the_tender(play, later))


def test_an_auditor_sees_all_that_the_buyer_sees() -> None:
    play = noticed(AZURE)
    ours, theirs = seen(play), seen(play, "auditor")
    assert ours["places"] == ["buyer", "party"]
    assert theirs["places"] == ["auditor", "party"]
    assert ours["tenders"] == theirs["tenders"]


def test_the_buyer_sees_a_round_in_full() -> None:
    play = noticed(AZURE)
    play.take("microsoft", 400)
    own = the_tender(play)["rounds"][0]
    assert {k: own[k] for k in ("round", "kind", "state", "counterparty", "noticed")} == {
        "round": 1,
        "kind": "first refusal",
        "state": "tail",
        "counterparty": "oracle",
        "noticed": 1000,
    }
    assert (own["remaining"], own["signed"], own["turns"]) == (600, 0, [["azure"]])
    standing, taking = own["standings"][0], own["takings"][0]
    assert (standing["state"], standing["wanted"]) == ("taken", 400)
    assert (taking["holder"], taking["chips"], taking["state"]) == ("microsoft", 400, "closing")


def test_the_buyer_sees_what_may_be_done_next_and_until_when() -> None:
    def steps(when: Instant | None = None) -> list[tuple[Any, ...]]:
        told = the_tender(play, when)["next"]
        return [(one["what"], one.get("of") or one.get("chips"), one["until"]) for one in told]

    play = noticed(AZURE)
    answer_by = instant_text(TEN_DAYS)
    assert steps() == [("answer", "microsoft", answer_by)]
    play.take("microsoft", 400)
    closing = play.taking("azure").closing
    assert closing is not None
    tail = instant_text(play.tail())
    assert steps() == [("close", "microsoft", instant_text(closing)), ("sign", 600, tail)]
    play.close("azure", "ours")
    delivery = instant_text(play.taking("azure").delivery or 0)
    assert steps() == [("sign", 600, tail), ("deliver", None, delivery)]
    play.sign("oracle", 600, agreement="theirs")
    assert steps() == [("deliver", None, delivery), ("deliver", None, None)]
    play.deliver("ours")
    play.deliver("theirs")
    assert steps() == []
    assert the_tender(play)["phase"] == "closed"


def test_the_buyer_sees_what_a_tail_that_passed_leaves_to_notice() -> None:
    play = cleared(AZURE)
    told = the_tender(play, play.tail() + 1)["next"]
    assert [(one["what"], one["chips"]) for one in told] == [("notice", 1000)]
    assert the_tender(play, play.tail())["next"][0]["what"] == "sign"


def test_the_buyer_sees_that_nobody_need_be_asked() -> None:
    play = bids_open()
    assert [(one["what"], one["chips"]) for one in the_tender(play)["next"]] == [("sign", 1000)]


def test_the_buyer_sees_bars_and_offers_that_wait_for_it() -> None:
    first = claim("first", "microsoft", first=True)
    play = Play().go(OPENED)
    play.open(first, bars=(exclusive("bar", "oracle"),))
    assert the_tender(play)["next"] == [
        {"what": "bar", "clause": "bar", "of": "oracle", "until": None}
    ]
    play.waive("oracle", clause="bar", round=None)
    assert [one["what"] for one in the_tender(play)["next"]] == ["answer"]
    play.offer("microsoft", 400)
    assert the_tender(play)["next"] == [
        {"what": "decide", "round": 1, "clause": "first", "of": "microsoft", "until": None}
    ]
    play.accept("first")
    assert [one["what"] for one in the_tender(play)["next"]] == ["opening", "close"]


def test_the_buyer_sees_whose_rights_an_agreement_cleared() -> None:
    play = cleared(AZURE)
    play.sign("oracle", 1000, agreement="sold")
    made = the_tender(play)["agreements"][0]
    assert [(one["holder"], one["how"]) for one in made["cleared"]] == [("microsoft", "waived")]
    assert "cleared" not in json.dumps(seen(play, "oracle"))


def test_the_buyer_sees_bids_set_aside_and_rights_that_passed_on_or_were_spent() -> None:
    play = noticed(AZURE)
    play.take("microsoft", 400)
    play.assign("azure", "nvidia", actor="microsoft")
    closing = play.taking("azure").closing
    assert closing is not None
    told = seen(play, BUYER, closing + 1)
    assert told["assigned"] == [{"clause": "azure", "of": "microsoft", "to": "nvidia"}]
    assert told["tenders"][0]["released"] == ["azure"]
    play.set_aside("oracle")
    assert [bid["aside"] for bid in the_tender(play)["bids"]] == [True]


# --- replies --------------------------------------------------------------------------------------


def test_a_reply_is_when_and_the_name_of_what_was_made() -> None:
    envelope = Envelope(BUYER, "k", 7, b"\0" * 32, Found(("oracle",)))
    made = reply(decide(Desk(), envelope))
    assert made == {"at": "1970-01-01T00:00:00.000000007Z", "made": ""}


def test_the_receipt_of_a_bid_is_its_name_and_instant_not_how_many_there_are() -> None:
    play = Play().open(AZURE)
    play.bid("google")
    name = play.bid("oracle")
    [told] = seen(play, "oracle")["own"]["invitations"][0]["bids"]
    assert (told["id"], instant_of(told["received"])) == (name, play.now)
    assert len(name) == 16


def test_a_refusal_tells_its_sender_why_and_nothing_of_others() -> None:
    play = Play().open(AZURE)
    name = play.bid("google")
    envelope = Envelope("oracle", "k", play.now, bytes.fromhex(EVIDENCE), Recall("lot", name))
    told = reply(decide(play.desk, envelope))
    assert told == {
        "refused": "unknown-bid",
        "sentence": f"There is no bid {name} in this tender.",
        "instead": "Look at your bids.",
    }
