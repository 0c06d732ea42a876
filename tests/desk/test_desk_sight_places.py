"""What the holder of a right and a bidder may know, state by state."""

from __future__ import annotations

import json
from typing import Any

import pytest

from offtake.desk import sight
from offtake.desk.seen_bidder import WHY
from offtake.units import Instant, instant_text

from .playing import Play
from .saying import OPENED, at, claim, exclusive, shown
from .staging import NOTICED, TEN_DAYS, bids_open, cleared, noticed

AZURE = claim("azure", "microsoft", closing="20 days", partial=100)
SECOND = claim("second", "nvidia", rank=2, partial=100, tail="30 days")
TWO = {"oracle": {"price": "3.00"}, "google": {"price": "3.10"}}


def own(play: Play, party: str, when: Instant | None = None) -> Any:
    return sight(play.desk, party, play.now if when is None else when)["own"]


def notice(play: Play, party: str, when: Instant | None = None) -> Any:
    """The last notice to a party."""
    return own(play, party, when)["notices"][-1]


def bid(play: Play, party: str, when: Instant | None = None) -> Any:
    """Its bid, as the party sees it."""
    [invited] = own(play, party, when)["invitations"]
    return invited["bids"][0]


# --- holders --------------------------------------------------------------------------------------


def test_a_holder_hears_of_a_tender_when_its_clock_starts_and_not_before() -> None:
    play = bids_open(AZURE, invited=("oracle",))
    assert own(play, "microsoft")["notices"] == []
    play.notice("oracle")
    assert len(own(play, "microsoft")["notices"]) == 1


def test_a_notice_states_the_lot_and_the_terms_not_who_bid_nor_what_else_there_is() -> None:
    play = noticed(AZURE, SECOND)
    assert notice(play, "microsoft") == {
        "tender": "lot",
        "round": 1,
        "clause": "azure",
        "kind": "first refusal",
        "lot": {
            "chip": "gb200",
            "region": "texas",
            "start": "2026-01-01",
            "months": 48,
            "purposes": [],
        },
        "chips": 1000,
        "terms": {
            "price": "3.00",
            "start": "2026-01-01",
            "months": 48,
            "escalator": "0",
            "prepaid": None,
            "rebates": [],
            "warrants": "0",
            "options": [],
            "support": "0",
        },
        "effective": "3.000000000000",
        "counterparty": None,
        "noticed": instant_text(play.now),
        "deadline": instant_text(TEN_DAYS),
        "state": "noticed",
        "answer": None,
        "tail": None,
        "released": False,
        "taking": None,
    }
    assert "oracle" not in json.dumps(own(play, "microsoft"))


def test_a_notice_names_the_counterparty_where_the_clause_says_so() -> None:
    play = noticed(claim("azure", "microsoft", discloses=True))
    assert notice(play, "microsoft")["counterparty"] == "oracle"


def test_a_holder_of_lower_rank_sees_nothing_until_its_turn_and_then_what_is_left() -> None:
    play = noticed(AZURE, SECOND)
    assert own(play, "nvidia")["notices"] == []
    play.take("microsoft", 400)
    assert notice(play, "nvidia")["chips"] == 600
    assert notice(play, "nvidia")["state"] == "noticed"
    assert "microsoft" not in json.dumps(own(play, "nvidia"))


def test_a_holder_that_is_passed_by_sees_nothing() -> None:
    play = bids_open(AZURE, SECOND)
    play.default("microsoft")
    play.notice("oracle")
    assert own(play, "microsoft")["notices"] == []
    assert own(play, "nvidia")["notices"] != []


@pytest.mark.parametrize(
    ("kind", "state"), [("waive", "waived"), ("unable", "unable"), ("counter", "countered")]
)
def test_who_leaves_the_lot_sees_until_when_others_may_be_dealt_with(kind: str, state: str) -> None:
    play = noticed(AZURE)
    play.answer("microsoft", kind)
    assert notice(play, "microsoft")["state"] == state
    tail = play.tail()
    assert shown(tail) == "2025-06-01 17:00"
    assert notice(play, "microsoft", tail)["tail"] == {"until": instant_text(tail), "runs": True}
    over = notice(play, "microsoft", tail + 1)["tail"]
    assert over == {"until": instant_text(tail), "runs": False}


def test_silence_is_seen_one_nanosecond_after_the_deadline_by_who_was_silent() -> None:
    play = noticed(AZURE)
    assert notice(play, "microsoft", TEN_DAYS)["state"] == "noticed"
    late = notice(play, "microsoft", TEN_DAYS + 1)
    assert (late["state"], late["answer"], late["tail"]["runs"]) == ("silent", None, True)


def test_a_holders_tail_is_reckoned_by_its_own_clause_alone() -> None:
    """The round's tail ends with the shortest: the holder of the longer one is not told so."""
    play = cleared(AZURE, SECOND)
    assert shown(play.tail()) == "2025-04-02 17:00"
    later = play.tail() + 1
    assert notice(play, "nvidia", later)["tail"]["runs"] is False
    mine = notice(play, "microsoft", later)["tail"]
    assert mine == {"until": instant_text(at("2025-06-01 17:00")), "runs": True}


def test_a_right_that_does_not_survive_its_end_protects_no_longer() -> None:
    ends = at("2025-04-01 00:00")
    play = cleared(claim("azure", "microsoft", expires=ends, survives=False))
    assert notice(play, "microsoft", ends)["tail"]["runs"] is True
    assert notice(play, "microsoft", ends + 1)["tail"]["runs"] is False


def test_a_holder_does_not_see_whether_the_rest_was_signed() -> None:
    sold, unsold = (cleared(AZURE) for _ in range(2))
    sold.sign("oracle", 1000, agreement="sold")
    assert own(sold, "microsoft") == own(unsold, "microsoft")
    sold.deliver("sold")
    assert sold.the_tender().phase == "closed"
    assert own(sold, "microsoft") == own(unsold, "microsoft")


def test_a_holder_that_takes_sees_its_taking_through_to_delivery() -> None:
    play = noticed(AZURE)
    play.take("microsoft", 400)
    taken = notice(play, "microsoft")
    closing, delivery = taken["taking"]["closing"], taken["taking"]["delivery"]
    assert taken["answer"] == {"chips": 400, "over": 0, "terms": None, "via": []}
    assert taken["taking"] == {
        "chips": 400,
        "state": "closing",
        "closing": instant_text(at("2025-03-24 17:00")),
        "delivery": instant_text(at("2026-01-02 00:00") - 1),
        "agreement": None,
    }
    play.close("azure", "ours")
    signed = notice(play, "microsoft")["taking"]
    assert (signed["state"], signed["agreement"]) == ("signed", "ours")
    assert (signed["closing"], signed["delivery"]) == (closing, delivery)
    [made] = own(play, "microsoft")["agreements"]
    assert (made["agreement"], made["clause"], made["bid"], made["chips"]) == (
        "ours",
        "azure",
        None,
        400,
    )
    play.deliver("ours")
    assert own(play, "microsoft")["agreements"][0]["state"] == "delivered"


def test_a_holder_that_fails_sees_that_its_right_is_spent() -> None:
    play = noticed(AZURE)
    play.take("microsoft", 400)
    closing = play.taking("azure").closing
    assert closing is not None
    assert notice(play, "microsoft", closing)["released"] is False
    failed = notice(play, "microsoft", closing + 1)
    assert (failed["released"], failed["taking"]["state"]) == (True, "failed")


def test_a_notice_that_another_takes_the_place_of_is_seen_as_replaced() -> None:
    play = noticed(AZURE)
    play.revise("oracle", "2.90")
    play.notice("oracle", again=1)
    old, new = own(play, "microsoft")["notices"]
    assert (old["state"], new["state"]) == ("replaced", "noticed")
    assert (old["terms"]["price"], new["terms"]["price"]) == ("3.00", "2.90")


def test_a_notice_that_ends_with_its_tender_is_seen_as_withdrawn() -> None:
    play = noticed(AZURE)
    play.withdraw()
    assert notice(play, "microsoft")["state"] == "withdrawn"
    assert "no longer needed" not in json.dumps(own(play, "microsoft"))


def test_a_holder_of_a_first_offer_sees_what_became_of_it() -> None:
    play = Play().go(OPENED).open(claim("first", "microsoft", first=True, partial=100))
    asked = notice(play, "microsoft")
    assert (asked["kind"], asked["terms"], asked["state"]) == ("first offer", None, "noticed")
    play.offer("microsoft", 400)
    offered = notice(play, "microsoft")
    assert (offered["state"], offered["answer"]["chips"]) == ("offered", 400)
    assert offered["answer"]["terms"]["price"] == "3.00"
    play.decline("first")
    declined = notice(play, "microsoft")
    assert (declined["state"], declined["tail"]["runs"]) == ("declined", True)
    assert own(play, "oracle")["notices"] == []


def test_an_exclusive_holder_sees_the_lot_from_the_opening_and_whether_its_right_stands() -> None:
    play = Play().go(OPENED).open(AZURE, bars=(exclusive("bar", "nvidia"),))
    assert own(play, "nvidia")["bars"] == [
        {
            "tender": "lot",
            "clause": "bar",
            "lot": {
                "chip": "gb200",
                "region": "texas",
                "start": "2026-01-01",
                "months": 48,
                "purposes": [],
                "chips": 1000,
            },
            "asked": instant_text(play.now),
            "expires": None,
            "state": "stands",
        }
    ]
    assert own(play, "oracle")["invitations"] == []
    play.assign("bar", "google", actor="nvidia")
    assert own(play, "nvidia")["bars"] == []
    play.waive("google", clause="bar", round=None)
    assert [one["state"] for one in own(play, "google")["bars"]] == ["lifted"]
    play.bid("oracle")
    play.go(NOTICED).notice("oracle")
    assert own(play, "google")["bars"][0]["lot"]["chips"] == 1000


def test_a_notice_passes_on_with_the_right() -> None:
    play = noticed(AZURE)
    play.assign("azure", "nvidia", actor="microsoft")
    assert own(play, "microsoft")["notices"] == []
    assert notice(play, "nvidia")["deadline"] == instant_text(TEN_DAYS)


def test_what_was_taken_stays_with_who_took_it() -> None:
    play = noticed(AZURE)
    play.take("microsoft", 400)
    play.assign("azure", "nvidia", actor="microsoft")
    assert notice(play, "microsoft")["taking"]["chips"] == 400
    assert notice(play, "nvidia")["taking"] is None


# --- bidders --------------------------------------------------------------------------------------


def test_a_lot_may_be_bid_for_when_others_may_be_approached_and_by_who_is_invited() -> None:
    play = Play().go(OPENED).open(claim("first", "microsoft", first=True), invited=("oracle",))
    assert own(play, "oracle")["invitations"] == []
    play.waive("microsoft")
    [invited] = own(play, "oracle")["invitations"]
    closes = play.the_tender().closes
    assert (invited["tender"], invited["state"]) == ("lot", "open")
    assert (invited["lot"]["chips"], invited["closes"]) == (1000, instant_text(closes or 0))
    assert own(play, "google")["invitations"] == []
    assert own(bids_open(AZURE), "openai")["invitations"] == []


def test_a_bidder_sees_its_own_bid_and_before_the_opening_only_that_it_is_sealed() -> None:
    play = Play().go(OPENED).open(AZURE)
    play.bid("google", "2.00")
    play.bid("oracle", "3.00")
    [invited] = own(play, "oracle")["invitations"]
    assert [one["bidder"] for one in invited["bids"]] == ["oracle"]
    assert (bid(play, "oracle")["state"], bid(play, "oracle")["asked"]) == ("sealed", [])
    play.recall("oracle")
    assert own(play, "oracle")["invitations"][0]["bids"] == []


def test_who_leads_knows_it_and_who_does_not_learns_the_rule_and_no_place() -> None:
    play = bids_open(AZURE, bids=TWO | {"amazon": {"price": "3.20"}})
    assert bid(play, "oracle")["state"] == "leads"
    second, third = bid(play, "google"), bid(play, "amazon")
    assert (second["state"], third["state"]) == ("lost", "lost")
    assert second["why"] == third["why"] == WHY["lost"]
    assert set(second) == set(third)
    assert "3.00" not in json.dumps(own(play, "google"))


def test_a_bidder_sees_that_holders_are_asked_then_what_they_left_then_its_agreement() -> None:
    play = noticed(AZURE)
    told = bid(play, "oracle")
    assert told["state"] == "noticed"
    assert told["asked"] == [{"state": "asking", "left": None, "round": None}]
    play.take("microsoft", 400)
    told = bid(play, "oracle")
    assert (told["state"], told["asked"]) == (
        "tail",
        [{"state": "tail", "left": 600, "round": None}],
    )
    play.sign("oracle", 600, agreement="sold")
    assert (bid(play, "oracle")["state"], bid(play, "oracle")["asked"]) == ("signed", [])
    assert own(play, "oracle")["agreements"][0]["agreement"] == "sold"
    assert "microsoft" not in json.dumps(own(play, "oracle"))


def test_while_the_best_bid_is_dealt_with_the_next_one_sees_no_change() -> None:
    play = bids_open(AZURE, bids=TWO)
    lost = own(play, "google")
    play.notice("oracle")
    assert own(play, "google") == lost
    play.waive("microsoft")
    play.sign("oracle", 1000)
    assert own(play, "google") == lost


def test_who_lost_does_not_see_that_the_winner_sells_more_than_the_lot() -> None:
    play = bids_open(AZURE, bids=TWO)
    play.notice("oracle")
    play.waive("microsoft")
    lost = own(play, "google")
    play.sign("oracle", 1000)
    play.revise("oracle", "3.00", chips=1500)
    play.notice("oracle", more=True, chips=500)
    assert play.the_tender().lot.chips == 1500
    assert own(play, "google") == lost


def test_the_next_bid_leads_where_the_best_is_too_small_for_the_lot() -> None:
    play = bids_open(AZURE, bids=TWO | {"oracle": {"price": "3.00", "chips": 600}})
    assert bid(play, "google")["state"] == "lost"
    play.notice("oracle")
    assert bid(play, "google")["state"] == "leads"


def test_a_bidder_whose_lot_was_taken_learns_that_nothing_is_left() -> None:
    play = noticed(AZURE)
    play.take("microsoft")
    assert bid(play, "oracle")["state"] == "nothing left"


def test_a_freed_bidder_is_told_the_round_by_which_it_may_stand() -> None:
    play = noticed(AZURE, bid={"remainder_min": 700})
    play.take("microsoft", 400)
    assert bid(play, "oracle")["state"] == "freed"
    assert bid(play, "oracle")["asked"] == [{"state": "freed", "left": 600, "round": 1}]
    play.stand_by("oracle")
    assert bid(play, "oracle")["state"] == "tail"


def test_a_bidder_sees_that_its_bid_was_set_aside_or_the_tender_withdrawn() -> None:
    play = bids_open(AZURE, bids=TWO)
    play.set_aside("oracle")
    assert (bid(play, "oracle")["state"], bid(play, "google")["state"]) == ("set aside", "leads")
    play.withdraw()
    assert {bid(play, party)["state"] for party in TWO} == {"withdrawn"}
    assert own(play, "nvidia")["invitations"][0]["state"] == "withdrawn"


def test_who_has_signed_is_told_so_although_the_rest_of_the_tender_is_withdrawn() -> None:
    play = noticed(AZURE)
    play.waive("microsoft")
    play.sign("oracle", 400)
    play.withdraw()
    assert bid(play, "oracle")["state"] == "signed"


def test_a_holder_that_bids_sees_both_of_its_places_and_no_more() -> None:
    play = bids_open(AZURE, SECOND, bids=TWO | {"microsoft": {"price": "3.50"}})
    play.notice("oracle")
    assert bid(play, "microsoft")["state"] == "lost"
    assert notice(play, "microsoft")["counterparty"] is None
    assert "oracle" not in json.dumps(own(play, "microsoft"))
    assert shown(play.now) == NOTICED
