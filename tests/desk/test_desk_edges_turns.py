"""Turns at their edges: first offers that begin late, takings undone, what falls due together."""

from __future__ import annotations

from offtake.desk.events import BiddingStarted, ClockStarted, TakingFailed

from .playing import Play
from .saying import OPENED, at, claim
from .staging import TEN_DAYS, bids_open, cleared, noticed

ONE = claim("one", "microsoft", partial=100)
TWO = claim("two", "nvidia", rank=2, partial=100)
BEGINS = at("2025-02-04 09:00")


def failed_while_asking(*more: str) -> Play:
    """What A took of 1,000 fails while B, whose right began later, is asked about the rest."""
    first = claim("a", "microsoft", first=True, partial=100, closing="3 days")
    later = claim("b", "nvidia", first=True, partial=100, since=BEGINS)
    last = [claim(name, "google", first=True, rank=2, since=BEGINS) for name in more]
    play = Play().go(OPENED).open(first, later, *last)
    play.go(BEGINS).offer("microsoft", 400)
    play.accept("a")
    assert [event.clause for event in play.all(ClockStarted)] == ["a", "b"]
    play.go((play.taking("a").closing or 0) + 1).offer("nvidia", 600)
    assert (play.the_tender().phase, play.the_tender().unnoticed) == ("asking", 400)
    play.accept("b")
    return play


def test_bids_are_asked_for_on_what_came_back_while_first_offers_were_asked() -> None:
    play = failed_while_asking()
    assert play.the_tender().phase == "bidding"
    assert play.last(BiddingStarted).chips == 400


def test_whoever_was_not_reached_is_asked_before_bids_on_what_came_back() -> None:
    play = failed_while_asking("c")
    assert [event.clause for event in play.all(ClockStarted)] == ["a", "b", "c"]
    assert (play.the_tender().phase, play.standing("c").chips) == ("asking", 400)
    play.waive("google")
    assert play.the_tender().phase == "bidding"


def test_what_falls_due_at_one_instant_does_so_in_the_order_of_turns() -> None:
    first = claim("z", "microsoft", partial=100, closing="5 days")
    second = claim("a", "nvidia", rank=2, partial=100, closing="5 days")
    play = noticed(first, second)
    play.take("microsoft", 400)
    play.take("nvidia", 300)
    assert play.taking("z").closing == play.taking("a").closing
    play.wait((play.taking("a").closing or 0) + 1)
    assert [event.clause for event in play.all(TakingFailed)] == ["z", "a"]


def test_a_right_that_expired_is_cleared_when_it_did() -> None:
    ends = at("2025-03-05 17:00")
    play = noticed(claim("one", "microsoft", expires=ends, survives=False))
    play.wait(ends + 1)
    assert (play.standing("one").state, play.standing("one").cleared) == ("expired", ends)


def test_only_first_offers_keep_a_tail_of_their_own() -> None:
    play = noticed(ONE)
    play.take("microsoft", 1000)
    assert play.standing("one").tail is None
    assert play.the_tender().first == {}
    one = claim("a", "microsoft", first=True, tail="9 days")
    other = claim("b", "nvidia", first=True, tail="5 days")
    play = Play().go(OPENED).open(one, other, chips=1)
    assert play.standing("b").state == "nothing left"
    play.waive("microsoft")
    assert play.standing("a").tail == at("2025-02-12 17:00")
    assert play.standing("b").tail is None
    assert set(play.the_tender().first) == {"a", "b"}


def test_a_round_that_a_letter_opens_again_is_done_no_more() -> None:
    play = noticed(ONE, TWO)
    served = play.now
    play.go(TEN_DAYS + 1).take("nvidia", 1000)
    assert (play.round().state, play.round().ended) == ("done", "nothing left")
    play.letter("microsoft", "take", served + 1, chips=200)
    assert (play.round().state, play.round().ended, play.round().over) == ("asking", "", None)


def test_a_bidder_that_was_freed_is_bound_again_when_a_letter_opens_the_round() -> None:
    play = noticed(ONE, TWO, bid={"remainder_min": 500})
    served = play.now
    play.go(TEN_DAYS + 1).take("nvidia", 900)
    assert play.round().freed is True
    play.letter("microsoft", "take", served + 1, chips=200)
    assert (play.round().freed, play.round().remaining) == (False, 800)
    play.waive("nvidia")
    assert (play.round().freed, play.round().state) == (False, "tail")


def test_over_and_above_goes_to_those_who_took_their_whole_part() -> None:
    equal = claim("two", "nvidia", partial=100)
    play = noticed(ONE, equal)
    play.take("microsoft", 500, over=400)
    play.take("nvidia", 200)
    assert [play.taking(clause).chips for clause in ("one", "two")] == [800, 200]
    play = cleared(ONE, equal)
    assert (play.round().remaining, play.round().takings) == (1000, {})
    assert bids_open(ONE).the_tender().phase == "opened"
