"""R20: exclusive, then first offer, then first refusal, in that order, then by rank."""

from __future__ import annotations

from decimal import Decimal

import pytest

from offtake.desk.commands import Notice
from offtake.desk.events import BarLifted, BiddingStarted, ClockStarted, NoticeServed, OfferDecided

from .playing import Play
from .saying import BUYER, at, claim, exclusive, shown, terms
from .staging import NOTICED, bids_open

SOLE = exclusive("sole", "microsoft")
FIRST = claim("first", "google", first=True, ceiling="1.05")
REFUSAL = claim("refusal", "amazon")


def test_an_order_of_exclusive_first_offer_and_first_refusal_is_kept() -> None:
    play = Play().open(REFUSAL, FIRST, bars=(SOLE,))
    assert play.the_tender().phase == "asking"
    assert not play.all(ClockStarted)
    with play.refused("bids-sealed"):
        play.do(BUYER, Notice(tender="lot", bid="00" * 8))
    play.waive("microsoft")
    assert [e.clause for e in play.all(ClockStarted)] == ["first"]
    assert not play.all(BiddingStarted)
    play.go("2025-02-05 09:00").waive("google")
    assert play.last(BiddingStarted).at == play.now
    assert shown(play.last(BiddingStarted).closes) == "2025-02-20 17:00"
    play.bid("oracle")
    play.go(NOTICED).notice("oracle")
    assert [e.clause for e in play.all(ClockStarted)] == ["first", "refusal"]


def test_equal_rights_are_asked_by_precedence_then_by_rank() -> None:
    play = bids_open(
        claim("late", "google", precedence=3, rank=1),
        claim("second", "amazon", precedence=2, rank=2),
        claim("b", "nvidia", precedence=2, rank=1),
        claim("a", "microsoft", precedence=2, rank=1),
    )
    play.notice("oracle")
    assert play.last(NoticeServed).turns == (("a", "b"), ("second",), ("late",))


def test_two_exclusives_on_one_lot_are_a_contradiction_found_before_it_opens() -> None:
    play = Play()
    now, later = at("2025-06-01 00:00"), at("2025-09-01 00:00")
    with play.refused("two-exclusives"):
        play.open(bars=(SOLE, exclusive("own", "google")))
    with play.refused("two-exclusives"):  # both from June, when the second begins
        play.open(bars=(SOLE, exclusive("own", "google", since=now)))
    assert not play.desk.tenders
    play.open(tender="same", bars=(SOLE, exclusive("twin", "microsoft")))
    play.open(
        tender="apart",
        bars=(
            exclusive("sole", "microsoft", expires=now),
            exclusive("own", "google", since=later),
        ),
    )
    assert play.the_tender("apart").phase == "asking"


def test_an_exclusive_holder_lifts_its_bar_in_writing_or_by_letter() -> None:
    for kind in ("waive", "unable"):
        play = Play().open(bars=(SOLE,))
        play.answer("microsoft", kind)
        assert play.last(BarLifted).how in (kind, {"waive": "waived"}.get(kind, kind))
        assert play.the_tender().phase == "bidding"
    play = Play().open(bars=(SOLE,)).go("2025-02-04 09:00")
    play.letter("microsoft", "waive", at("2025-02-03 15:00"))
    lifted = play.last(BarLifted)
    assert lifted.letter is not None
    assert (lifted.at, lifted.letter.received) == (play.now, at("2025-02-03 15:00"))
    assert play.the_tender().phase == "bidding"


def test_an_exclusive_right_is_waived_and_nothing_else() -> None:
    play = Play().open(bars=(SOLE, exclusive("twin", "microsoft")))
    for kind in ("take", "counter", "offer", "perhaps"):
        with play.refused("unknown-answer"):
            play.answer("microsoft", kind)
    with play.refused("no-notice"):
        play.waive("google", clause="sole")
    play.waive("microsoft", clause="sole")
    assert play.the_tender().phase == "asking"
    with play.refused("unknown-tender"):
        play.bid("oracle")
    play.waive("microsoft", clause="twin")
    play.bid("oracle")


def test_an_exclusive_right_that_expires_is_lifted_at_its_last_instant() -> None:
    ends = at("2025-02-10 23:59")
    play = Play().open(FIRST, bars=(exclusive("sole", "microsoft", expires=ends),)).go(ends)
    with play.refused("unknown-tender"):
        play.bid("oracle")
    play.wait(ends + 1)
    assert (play.last(BarLifted).at, play.last(BarLifted).how) == (ends, "expired")
    assert (play.last(ClockStarted).at, play.last(ClockStarted).clause) == (ends, "first")


def test_an_exclusive_right_that_is_not_in_force_bars_nobody() -> None:
    play = Play().open(bars=(exclusive("sole", "microsoft", since=at("2025-02-03 09:00") + 1),))
    assert play.the_tender().phase == "bidding"
    play = Play().open(bars=(exclusive("sole", "microsoft", expires=at("2025-02-03 09:00") - 1),))
    assert play.the_tender().phase == "bidding"
    play = Play().open(bars=(exclusive("sole", "microsoft", since=at("2025-02-03 09:00")),))
    assert play.the_tender().phase == "asking"


def offered(price: str = "3.00", chips: int | None = None, **words: str) -> Play:
    """Google has made a first offer."""
    play = Play().open(claim("first", "google", first=True, **words))
    play.offer("google", chips, terms=terms(price))
    return play


def test_a_first_offer_that_is_accepted_is_taken() -> None:
    play = offered(chips=600)
    assert play.standing("first").state == "offered"
    assert not play.all(BiddingStarted)
    play.go("2025-05-01 09:00").accept("first")  # no deadline runs for the buyer
    assert play.last(OfferDecided).accepted
    assert (play.taking("first").chips, play.taking("first").terms) == (600, terms())
    assert play.last(BiddingStarted).chips == 400
    play.close("first", agreement="sold")
    assert play.agreement("sold").party == "google"


def test_a_first_offer_of_everything_leaves_nothing_to_bid_for() -> None:
    play = offered()
    play.accept("first")
    assert not play.all(BiddingStarted)
    assert (play.the_tender().phase, play.the_tender().unnoticed) == ("opened", 0)


def test_a_first_offer_has_terms_and_no_more_chips_than_were_asked() -> None:
    play = Play().open(FIRST)
    with play.refused("offer-without-terms"):
        play.offer("google", terms=None)
    with play.refused("more-than-noticed"):
        play.offer("google", 1001)
    with play.refused("chips-none"):
        play.offer("google", 0)
    with play.refused("unknown-answer"):
        play.take("google")
    play.offer("google", 1000)
    with play.refused("answered-already"):
        play.offer("google")


def test_a_first_offer_is_decided_by_the_buyer_and_once() -> None:
    play = Play().open(FIRST)
    with play.refused("no-offer"):
        play.accept("first")
    play.offer("google")
    with play.refused("not-yours"):
        play.accept("first", actor="google")
    play.decline("first")
    with play.refused("no-offer"):
        play.accept("first")


@pytest.mark.parametrize(
    ("price", "allowed"),
    [("3.15", True), ("3.1500001", True), ("3.15001", False), ("2.00", True)],
)
def test_a_declined_offer_is_a_ceiling_for_others(price: str, allowed: bool) -> None:
    play = offered(ceiling="1.05")
    play.decline("first")
    play.bid("oracle", price=price)
    play.go(NOTICED)
    if allowed:
        play.sign("oracle", 1000, unasked=True)
    else:
        with play.refused("above-ceiling"):
            play.sign("oracle", 1000, unasked=True)


def test_a_declined_offer_is_a_ceiling_for_notices_too() -> None:
    play = Play().open(FIRST, REFUSAL)
    play.offer("google")
    play.decline("first")
    play.bid("oracle", price="3.16")
    play.go(NOTICED)
    with play.refused("above-ceiling"):
        play.notice("oracle")


@pytest.mark.parametrize("kind", ["waive", "unable", "counter"])
def test_no_offer_frees_the_buyer_from_any_ceiling(kind: str) -> None:
    play = Play().open(FIRST)
    play.answer("google", kind)
    play.bid("oracle", price="9.00")
    play.go(NOTICED).sign("oracle", 1000, unasked=True)
    assert play.the_tender().first["first"].cleared == at("2025-02-03 09:00")


def test_a_first_offer_frees_the_buyer_for_the_tail_and_is_asked_again_after_it() -> None:
    play = Play().open(claim("first", "google", first=True, tail="30 days"))
    play.waive("google")
    play.bid("oracle")
    ends = at("2025-03-05 17:00")
    play.go(ends + 1)
    with play.refused("first-offer-stale"):
        play.sign("oracle", 1000, unasked=True)
    play.reask()
    assert play.standing("first").state == "noticed"
    with play.refused("beyond-bid"):  # all of the lot is with its holder
        play.sign("oracle", 1, unasked=True)
    play.waive("google")
    play.sign("oracle", 1000, unasked=True)
    play = Play().open(claim("first", "google", first=True, tail="30 days"))
    play.waive("google")
    play.bid("oracle")
    play.go(ends)
    with play.refused("nobody-to-ask"):
        play.reask()
    play.sign("oracle", 1000, unasked=True)


def test_a_first_offer_that_begins_later_was_never_asked() -> None:
    right = claim("first", "google", first=True, since=at("2025-03-01 00:00"))
    play = bids_open(right, REFUSAL)
    with play.refused("first-offer-stale"):
        play.notice("oracle")
    play.reask()
    with play.refused("first-offer-open"):
        play.notice("oracle", chips=1000)
    play.offer("google", terms=terms("2.90"))
    with play.refused("first-offer-open"):
        play.notice("oracle", chips=1000)
    play.decline("first")
    with play.refused("above-ceiling"):
        play.notice("oracle")
    assert play.standing("first").effective == Decimal("2.90")


def test_first_offers_of_equal_rank_share_the_lot() -> None:
    play = Play().open(FIRST, claim("other", "nvidia", first=True))
    play.offer("google")
    play.offer("nvidia")
    assert play.standing("first").chips == 500
    play.accept("first")
    assert not play.round().takings
    play.decline("other")
    assert play.taking("first").chips == 500
    assert play.last(BiddingStarted).chips == 500


def test_a_first_offer_asked_again_may_take_the_whole_lot() -> None:
    play = Play().open(claim("first", "google", first=True, tail="30 days"))
    play.waive("google")
    play.go("2025-03-06 09:00").reask()
    play.offer("google")
    play.accept("first")
    assert (play.the_tender().phase, play.the_tender().unnoticed) == ("opened", 0)
    assert len(play.all(BiddingStarted)) == 1
    play.close("first")


def test_a_letter_about_an_earlier_request_leaves_the_later_one_as_it_stands() -> None:
    play = Play().open(claim("first", "google", first=True, tail="30 days"))
    play.go("2025-02-13 17:00")
    received = play.now
    play.wait("2025-03-20 09:00").reask()
    first, again = play.the_tender().rounds
    assert first.standings["first"].state == "silent"
    play.go("2025-03-21 09:00").waive("google", round=again.number)
    play.letter("google", "unable", received, round=first.number)
    assert play.the_tender().first["first"].cleared == at("2025-03-21 09:00")


def test_an_exclusive_right_is_lifted_once() -> None:
    play = Play().open(bars=(SOLE, exclusive("twin", "microsoft")))
    play.waive("microsoft", clause="sole")
    with play.refused("answered-already"):
        play.answer("microsoft", "unable", clause="sole", round=None)
    with play.refused("answered-already"):
        play.letter("microsoft", "waive", play.now, clause="sole", round=None)
    with play.refused("no-notice"):  # nobody else is told that there was one
        play.answer("google", "unable", clause="sole", round=None)
    play.withdraw()
    with play.refused("withdrawn"):
        play.waive("microsoft", clause="twin")
    with play.refused("withdrawn"):
        play.letter("microsoft", "waive", play.now, clause="twin")


def test_a_letter_that_lifts_an_exclusive_right_lies_between_opening_and_now() -> None:
    play = Play().open(bars=(SOLE,))
    with play.refused("letter-early"):
        play.letter("microsoft", "waive", play.now - 1)
    with play.refused("letter-future"):
        play.letter("microsoft", "waive", play.now + 1)
    with play.refused("no-notice"):
        play.letter("google", "waive", play.now, clause="other")
    play.letter("microsoft", "waive", play.now)


def test_a_request_for_an_offer_is_no_round_to_sign_in() -> None:
    play = Play().open(FIRST)
    play.waive("google")
    play.bid("oracle")
    play.go(NOTICED)
    with play.refused("unknown-round"):
        play.sign("oracle", 1000)
