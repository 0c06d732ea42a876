"""Answers and letters at their edges: who has a notice to answer, and what a refusal says."""

from __future__ import annotations

from decimal import Decimal

import pytest

from offtake.desk.commands import Answer, Attest
from offtake.desk.commands import Decide as DecideOffer
from offtake.desk.events import Answered, BarLifted, Breached, TurnsUndone
from offtake.desk.price import effective
from offtake.units import instant_text

from .playing import Play, RefusedError
from .saying import BUYER, EVIDENCE, OPENED, at, claim, exclusive, terms
from .staging import NOTICED, TEN_DAYS, bids_open, noticed

ONE = claim("one", "microsoft", partial=100)
TWO = claim("two", "nvidia", rank=2, partial=100)
THREE = claim("three", "google", rank=3, partial=100)
FIRST = claim("first", "microsoft", first=True, partial=100)


# --- who has a notice to answer -----------------------------------------------------------------


def test_rights_of_another_precedence_are_another_turn_though_their_ranks_are_equal() -> None:
    play = noticed(claim("late", "nvidia", precedence=3), claim("soon", "microsoft", precedence=2))
    assert play.round().turns == (("soon",), ("late",))


def test_a_bidder_has_no_notice_of_its_own_bid() -> None:
    play = bids_open(ONE, TWO, bids={"microsoft": {}})
    play.notice("microsoft")
    assert play.standing("one").state == "counterparty"
    with play.refused("no-notice"):
        play.take("microsoft", 100)


def test_who_was_left_nothing_has_no_notice() -> None:
    play = noticed(ONE, claim("two", "nvidia"), chips=1, bid={"chips": 1})
    assert play.standing("two").state == "nothing left"
    with play.refused("no-notice"):
        play.waive("nvidia")


def test_whose_right_is_spent_before_its_turn_has_no_notice() -> None:
    second = claim("two", "nvidia", rank=2, partial=100, closing="5 days")
    play = bids_open(ONE, second, bids={"oracle": {}})
    play.notice("oracle", chips=600)
    play.waive("microsoft")
    play.take("nvidia", 600)
    play.notice("oracle", chips=400)
    play.go(play.deadline("one")).waive("microsoft")
    assert play.standing("two").state == "released"
    with play.refused("no-notice"):
        play.take("nvidia", 100)


def test_who_is_too_late_is_told_until_when_it_had_time() -> None:
    play = noticed(ONE).go(TEN_DAYS + 1)
    with pytest.raises(RefusedError) as caught:
        play.take("microsoft")
    told = caught.value.refusal
    assert told.code == "too-late"
    assert told.sentence == "The window closed at 2025-03-14T00:00:00Z; silence was a waiver."


def test_no_offer_waits_where_there_is_no_such_round() -> None:
    play = Play().go(OPENED).open(FIRST)
    for number in (0, 1, 2):
        with play.refused("no-offer"):
            play.do(BUYER, DecideOffer("lot", number, "first", accept=True))
    with play.refused("no-offer"):
        play.do(BUYER, DecideOffer("lot", 1, "second", accept=True))


# --- what is answered ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["waive", "unable", "counter"])
def test_who_takes_nothing_is_written_down_with_nothing(kind: str) -> None:
    play = noticed(ONE)
    play.answer("microsoft", kind, 400, over=5)
    answered = play.last(Answered)
    assert (answered.chips, answered.over, answered.effective) == (0, 0, None)


def test_an_offer_is_priced_for_the_chips_that_it_offers() -> None:
    play = Play().go(OPENED).open(FIRST)
    asked = terms("3.00", warrants="1000000")
    play.offer("microsoft", 400, terms=asked)
    lot = play.the_tender().lot
    smaller = type(lot)(lot.chip, 400, lot.region, lot.start, lot.months)
    assert play.last(Answered).effective == effective(asked, smaller, Decimal(0))
    assert play.last(Answered).effective != effective(asked, lot, Decimal(0))


def test_a_counter_is_priced_for_all_that_was_noticed() -> None:
    play = noticed(ONE)
    asked = terms("3.00", warrants="1000000")
    play.answer("microsoft", "counter", 400, terms=asked)
    expected = effective(asked, play.the_tender().lot, Decimal(0))
    assert play.last(Answered).effective == expected


def test_terms_as_noticed_are_taken_with_all_that_is_not_cash() -> None:
    words = {"warrants": "1000000", "options": ("to extend",), "support": "5"}
    play = noticed(ONE, bid=words)
    play.take("microsoft", 400, terms=terms(**words))
    assert play.standing("one").state == "taken"
    assert play.taking("one").terms == terms(**words)


def test_over_the_whole_of_it_nothing_may_be_asked_below_nothing() -> None:
    play = noticed(ONE)
    with play.refused("over-without-share"):
        play.take("microsoft", 1000, over=-1)
    with play.refused("over-without-share"):
        play.take("microsoft", 999, over=1)
    play.take("microsoft", 1000, over=1)


# --- letters ----------------------------------------------------------------------------------


def test_a_letter_about_no_right_of_the_tender_answers_nothing() -> None:
    play = noticed(ONE)
    with play.refused("no-notice"):
        play.letter("nobody", "waive", play.now, clause="nothing", round=1)
    with play.refused("no-notice"):
        play.letter("nobody", "waive", play.now, clause="nothing", round=None)


def test_a_letter_lifts_the_bar_that_it_names_by_whoever_holds_it() -> None:
    bars = (exclusive("bar", "nvidia"), exclusive("wall", "nvidia"))
    play = Play().go(OPENED).open(ONE, bars=bars)
    play.assign("wall", "google", actor="nvidia")
    play.letter("google", "waive", play.now, clause="wall", round=None)
    lifted = play.last(BarLifted)
    assert (lifted.clause, lifted.holder, set(play.the_tender().bars)) == (
        "wall",
        "google",
        {"bar"},
    )


@pytest.mark.parametrize(
    ("received", "told"),
    [
        (-1, "an earlier time"),
        (0, "1970-01-01T00:00:00Z"),
        (at(NOTICED) - 10**9, "2025-03-03T16:59:59Z"),
    ],
)
def test_a_letter_from_before_the_notice_is_told_when_it_came(received: int, told: str) -> None:
    play = noticed(ONE)
    with pytest.raises(RefusedError) as caught:
        play.letter("microsoft", "waive", received)
    assert caught.value.refusal.sentence == (
        f"The letter came at {told}, before the notice at 2025-03-03T17:00:00Z."
    )


def test_a_letter_that_is_late_is_told_when_the_window_closed() -> None:
    play = noticed(ONE).go(TEN_DAYS + 2 * 10**9)
    with pytest.raises(RefusedError) as caught:
        play.letter("microsoft", "take", TEN_DAYS + 10**9)
    told = caught.value.refusal
    assert told.code == "letter-late"
    assert told.sentence == (
        "The letter came at 2025-03-14T00:00:01Z, after the window closed at 2025-03-14T00:00:00Z."
    )


def test_only_those_who_were_asked_after_a_letter_s_turn_are_asked_anew() -> None:
    play = noticed(ONE, TWO, THREE)
    served = play.now
    play.go(TEN_DAYS + 5).letter("microsoft", "take", served + 1, chips=400)
    assert play.last(TurnsUndone).clauses == ("two",)


def test_what_was_signed_in_an_earlier_turn_does_not_keep_a_letter_from_counting() -> None:
    play = noticed(ONE, TWO, THREE)
    play.take("microsoft", 400)
    play.close("one", "ours")
    served = play.standing("two").noticed or 0
    play.go(play.deadline("two") + 5).letter("nvidia", "take", served + 1, chips=300)
    assert not play.all(Breached)
    assert (play.taking("one").state, play.taking("two").chips) == ("signed", 300)


def test_what_was_signed_in_another_round_does_not_keep_a_letter_from_counting() -> None:
    play = bids_open(
        ONE, bids={"oracle": {"chips": 600}, "google": {"price": "3.20", "chips": 400}}
    )
    play.notice("oracle", chips=600)
    play.waive("microsoft")
    play.sign("oracle", 600, agreement="sold")
    play.notice("google", chips=400)
    served = play.now
    play.go(play.deadline("one") + 5).letter("microsoft", "take", served + 1, chips=300)
    assert not play.all(Breached)
    assert play.taking("one").chips == 300


@pytest.mark.parametrize(
    ("late", "kind", "breached"),
    [(True, "take", True), (False, "take", True), (True, "waive", False), (False, "waive", False)],
)
def test_a_taking_that_came_before_the_withdrawal_was_broken(
    late: bool, kind: str, breached: bool
) -> None:
    play = noticed(ONE)
    served = play.now
    play.go(TEN_DAYS + 5 if late else served + 5).withdraw()
    if breached:
        play.letter("microsoft", kind, served + 1)
        assert play.last(Breached).letter.received == served + 1
    else:
        with play.refused("withdrawn"):
            play.letter("microsoft", kind, served + 1)


def test_a_letter_holds_its_evidence_and_persons() -> None:
    play = noticed(ONE)
    answer = Answer("lot", "one", "waive", 1)
    for wrong in ("~" * 64, "g" * 64, "5e" * 33):
        with play.refused("evidence-form"):
            play.do(BUYER, Attest("lot", answer, play.now, wrong, ("ops", "legal")))
    play.do(BUYER, Attest("lot", answer, play.now, EVIDENCE, ("ops", "legal")))
    letter = play.last(Answered).letter
    assert letter is not None
    assert (letter.evidence, letter.persons) == (EVIDENCE, ("ops", "legal"))
    assert instant_text(letter.received) == "2025-03-03T17:00:00.000000000Z"
