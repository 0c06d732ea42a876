"""Rounds at their edges: deadlines that meet, equals of whom one is passed by, ends without end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from offtake.desk.commands import Admit
from offtake.desk.events import BidderFreed, ClockStarted, Lapsed, Passed, TailStarted

from .playing import Play, RefusedError
from .saying import BUYER, at, claim
from .staging import TEN_DAYS, cleared, noticed

ONE = claim("one", "microsoft", partial=100)
TWO = claim("two", "nvidia", partial=100)


# --- deadlines --------------------------------------------------------------------------------


def test_of_two_deadlines_the_one_that_is_now_is_not_past() -> None:
    play = noticed(ONE, claim("two", "nvidia", window="12 days", partial=100))
    play.go(play.deadline("two"))
    play.take("nvidia", 500)
    assert [event.clause for event in play.all(Lapsed)] == ["one"]
    assert play.all(Lapsed)[0].at == TEN_DAYS
    assert play.taking("two").chips == 500


def test_deadlines_of_two_tenders_fall_due_in_the_order_of_time_then_of_name() -> None:
    play = Play()
    for name in ("b", "a", "c"):
        play.open(ONE, tender=name, bidding="10 days" if name == "c" else "15 days")
    play.wait(play.desk.tenders["a"].closes or 0)
    assert [t for t in ("a", "b", "c") if play.desk.tenders[t].phase == "opened"] == ["c"]
    play.wait(play.now + 1)
    opened = [event.tender for event in play.journal if type(event).__name__ == "BidsOpened"]
    assert opened == ["c", "a", "b"]


# --- who is counted among equals ----------------------------------------------------------------


def test_an_equal_in_default_leaves_its_part_to_the_others() -> None:
    play = noticed(ONE, TWO, claim("three", "google", partial=100))
    assert [event.chips for event in play.all(ClockStarted)] == [334, 333, 333]
    later = noticed(ONE, TWO, claim("three", "google", partial=100, expires=at("2025-03-02 09:00")))
    assert [event.chips for event in later.all(ClockStarted)] == [500, 500]


@pytest.mark.parametrize("who", ["microsoft", "nvidia"])
def test_an_equal_that_is_passed_by_has_no_part(who: str) -> None:
    play = Play()
    play.default(who)
    play.open(ONE, TWO)
    play.bid("oracle")
    play.wait("2025-03-03 09:00").notice("oracle")
    assert [(event.holder, event.why) for event in play.all(Passed)] == [(who, "default")]
    (asked,) = play.all(ClockStarted)
    assert (asked.holder == who, asked.chips) == (False, 1000)


def test_an_equal_that_bids_itself_has_no_part() -> None:
    play = Play().open(ONE, TWO)
    play.bid("microsoft")
    play.wait("2025-03-03 09:00").notice("microsoft")
    assert [(event.holder, event.why) for event in play.all(Passed)] == [
        ("microsoft", "counterparty")
    ]
    assert [event.chips for event in play.all(ClockStarted)] == [1000]


def test_who_is_passed_by_is_named_with_nothing_left_where_nothing_is() -> None:
    play = noticed(ONE, TWO, chips=1, bid={"chips": 1})
    assert [(event.holder, event.chips) for event in play.all(ClockStarted)] == [("microsoft", 1)]
    assert [(event.holder, event.why) for event in play.all(Passed)] == [("nvidia", "nothing left")]


# --- tails ------------------------------------------------------------------------------------


@pytest.mark.parametrize("survives", [True, False])
def test_a_right_without_an_end_has_its_tail(survives: bool) -> None:
    play = cleared(claim("one", "microsoft", survives=survives, expires=None))
    assert play.last(TailStarted).ends == at("2025-06-01 17:00")


def test_a_right_that_ends_with_its_tail_has_it() -> None:
    ends = at("2025-06-01 17:00")
    kept = cleared(claim("one", "microsoft", survives=False, expires=ends))
    assert kept.last(TailStarted).ends == ends
    gone = cleared(claim("one", "microsoft", survives=False, expires=ends - 1))
    assert gone.last(TailStarted).ends is None


# --- after the end ------------------------------------------------------------------------------


def test_nothing_follows_in_a_tender_that_was_withdrawn() -> None:
    """An agreement that fails would free the bidder, if there were anything left to sell."""
    play = noticed(ONE, bid={"remainder_min": 500})
    play.take("microsoft", 300)
    play.close("one", "ours")
    play.sign("oracle", 600, agreement="theirs")
    play.withdraw()
    play.fail("theirs")
    assert play.agreement("theirs").state == "failed"
    assert not play.all(BidderFreed)
    assert play.the_tender().phase == "withdrawn"


@pytest.mark.parametrize("what", ["close", "sign", "notice", "withdraw", "aside"])
def test_the_buyer_is_told_that_a_tender_has_ended(what: str) -> None:
    play = noticed(ONE)
    play.take("microsoft", 300)
    play.close("one", "ours")
    play.withdraw()
    with play.refused("tender-ended"):
        if what == "close":
            play.close("one", "again")
        elif what == "sign":
            play.sign("oracle", 100)
        elif what == "notice":
            play.notice("oracle", chips=700)
        elif what == "withdraw":
            play.withdraw()
        else:
            play.set_aside("oracle")


# --- what the others are told -------------------------------------------------------------------


WISHES: dict[str, Callable[[Play], object]] = {
    "withdraw": lambda play: play.withdraw(actor="nvidia"),
    "sign": lambda play: play.sign("oracle", 1, actor="nvidia"),
    "letter": lambda play: play.letter("microsoft", "waive", play.now, actor="nvidia"),
    "admit": lambda play: play.do("nvidia", Admit(("a-friend",))),
}


@pytest.mark.parametrize("what", WISHES)
def test_what_is_the_buyer_s_alone_is_said_to_be(what: str) -> None:
    play = noticed(ONE)
    with pytest.raises(RefusedError) as caught:
        WISHES[what](play)
    refusal = caught.value.refusal
    assert (refusal.code, refusal.sentence) == ("not-yours", "This is for the buyer to ask.")
    assert refusal.instead == "Have the buyer ask it."


# --- small remainders, and the end of a tender ----------------------------------------------------


@pytest.mark.parametrize(
    ("taken", "block", "least", "freed"),
    [(999, 2, 0, True), (998, 2, 0, False), (600, 1, 401, True), (600, 1, 400, False)],
)
def test_a_remainder_below_the_bidder_s_least_frees_it(
    taken: int, block: int, least: int, freed: bool
) -> None:
    play = noticed(ONE, bid={"block": block, "remainder_min": least})
    play.take("microsoft", taken)
    assert bool(play.all(BidderFreed)) is freed
    assert play.round().freed is freed


def test_a_tender_is_open_while_a_taking_waits_for_its_signature() -> None:
    play = noticed(ONE)
    play.take("microsoft", 400)
    play.sign("oracle", 600, agreement="theirs")
    play.deliver("theirs")
    assert play.the_tender().phase == "opened"
    play.close("one", "ours")
    assert play.the_tender().phase == "opened"
    play.deliver("ours")
    assert (play.the_tender().phase, play.the_tender().ended) == ("closed", play.now)


def test_a_tender_closes_when_the_last_agreement_that_stands_is_delivered() -> None:
    play = cleared(ONE)
    play.sign("oracle", 600, agreement="one")
    play.sign("oracle", 400, agreement="two")
    play.deliver("one")
    assert play.the_tender().phase == "opened"
    play.deliver("two")
    assert play.the_tender().phase == "closed"


# --- time and capacity that were written down ---------------------------------------------------


def test_a_lapse_that_was_written_down_moves_the_desk_s_clock() -> None:
    play = noticed(ONE).wait(TEN_DAYS + 1)
    assert play.desk.now == TEN_DAYS
    play.go(TEN_DAYS - 5)
    play.set_aside("oracle")
    assert play.journal[-1].at == TEN_DAYS


def test_more_capacity_keeps_what_was_promised_of_it() -> None:
    play = Play(declare=False)
    for party in ("oracle", "microsoft"):
        play.declare(party, 1000)
    play.open()
    play.bid("oracle")
    play.wait("2025-03-03 09:00").sign("oracle", 600, agreement="sold", unasked=True)
    play.declare("oracle", 1100)
    (kept,) = [one for key, one in play.desk.capacity.items() if key[0] == "oracle"]
    assert (kept.chips, kept.promised, kept.own) == (1100, 600, 600)
    play.fail("sold")
    (kept,) = [one for key, one in play.desk.capacity.items() if key[0] == "oracle"]
    assert (kept.chips, kept.promised, kept.own) == (1100, 0, 0)


def test_a_tender_closes_though_an_agreement_before_has_failed() -> None:
    play = noticed(ONE)
    play.waive("microsoft")
    play.sign("oracle", 400, agreement="lost")
    play.sign("oracle", 600, agreement="kept")
    play.fail("lost")
    play.deliver("kept")
    play.notice("oracle", chips=400)
    play.waive("microsoft")
    play.sign("oracle", 400, agreement="again")
    assert play.the_tender().phase == "opened"
    play.deliver("again")
    assert play.the_tender().phase == "closed"


def test_the_buyer_bids_as_little_in_a_tender_that_has_ended() -> None:
    play = noticed(ONE)
    play.withdraw()
    with play.refused("not-yours"):
        play.bid("oracle", actor=BUYER)
