"""What a bidder sees of its pledge, and that the buyer sees nothing of any."""

from __future__ import annotations

from typing import Any

from offtake.desk.events import BidCommitted
from offtake.desk.sight import sight
from offtake.units.instants import instant_text

from .playing import Play
from .saying import BUYER
from .test_desk_pledges import CLOSES, ENDS, bidding, revealing


def invited(play: Play, party: str) -> Any:
    seen: Any = sight(play.desk, party, play.now)
    return seen["own"]["invitations"][0]


def pledge_of(play: Play, party: str) -> Any:
    (one,) = invited(play, party)["pledges"]
    return one["state"]


def test_a_bidder_sees_what_became_of_its_pledge_and_until_when_it_may_be_revealed() -> None:
    play = bidding()
    assert invited(play, "oracle")["pledges"] == []
    play.pledge("oracle")
    play.pledge("coreweave")
    seen = invited(play, "oracle")
    assert (seen["state"], seen["bids"]) == ("open", [])
    assert (seen["closes"], seen["reveals"]) == (instant_text(CLOSES), instant_text(ENDS))
    (own,) = seen["pledges"]
    assert own["why"] == "Your bid is pledged; reveal it when the closing has passed."
    assert own["commitment"] == play.all(BidCommitted)[0].commitment
    assert (own["id"], own["received"]) == (play.bids["oracle"], instant_text(play.now))
    assert pledge_of(play, "oracle") == "pledged"
    play.go(CLOSES + 1)
    assert (pledge_of(play, "oracle"), invited(play, "oracle")["state"]) == (
        "to reveal",
        "revealing",
    )
    play.reveal("oracle")
    assert pledge_of(play, "oracle") == "revealed"
    assert [bid["state"] for bid in invited(play, "oracle")["bids"]] == ["sealed"]
    play.go(ENDS + 1)
    assert [pledge_of(play, party) for party in ("oracle", "coreweave")] == [
        "revealed",
        "not revealed",
    ]
    assert [bid["state"] for bid in invited(play, "oracle")["bids"]] == ["leads"]
    assert invited(play, "coreweave")["bids"] == []


def test_a_pledge_is_withdrawn_with_its_tender() -> None:
    play = revealing()
    play.withdraw()
    assert pledge_of(play, "oracle") == "withdrawn"


def test_the_buyer_sees_the_phase_and_its_instants_and_nothing_of_pledges() -> None:
    def seen() -> Any:
        return sight(play.desk, BUYER, play.now)["tenders"][0]

    def waits_for() -> Any:
        (one,) = seen()["next"]
        return one

    play = bidding()
    assert waits_for() == {"what": "revealing", "until": instant_text(CLOSES)}
    empty = seen()
    play.pledge("oracle")
    assert seen() == empty
    assert empty["reveals"] == instant_text(ENDS)
    play.go(CLOSES + 1)
    shut = seen()
    assert (shut["phase"], waits_for()["what"]) == ("revealing", "opening")
    assert waits_for()["until"] == instant_text(ENDS)
    play.reveal("oracle")
    assert seen() == shut
    play.go(ENDS + 1)
    assert [bid["bidder"] for bid in seen()["bids"]] == ["oracle"]
