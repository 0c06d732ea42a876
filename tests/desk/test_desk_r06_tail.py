"""R6: the tail is for the noticed lot, counterparty and terms; dearer goes back to notice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from offtake.desk.events import NoticeServed, Signed
from offtake.desk.lot import Flow, Prepaid

from .playing import Play
from .saying import claim, shown, terms
from .staging import TEN_DAYS, bids_open, cleared, noticed

AZURE = claim("azure", "microsoft")
LOOSE = claim("azure", "microsoft", price_rise="0.05")


def test_a_tail_lets_the_noticed_bid_be_signed_at_once() -> None:
    play = cleared(AZURE)
    play.sign("oracle", 1000, agreement="sold")
    signed = play.last(Signed)
    assert (signed.party, signed.chips, signed.terms) == ("oracle", 1000, terms())
    assert [(c.clause, c.how, c.since) for c in signed.cleared] == [("azure", "waived", play.now)]
    assert signed.cleared[0].tail is not None
    assert shown(signed.cleared[0].tail) == "2025-06-01 17:00"
    assert play.agreement("sold").state == "signed"
    with play.refused("agreement-exists"):
        play.sign("oracle", 1, agreement="sold")


def test_a_lot_that_is_still_being_asked_about_may_not_be_signed() -> None:
    play = noticed(AZURE).go(TEN_DAYS)
    with play.refused("still-asking"):
        play.sign("oracle", 1000)
    play.go(TEN_DAYS + 1).sign("oracle", 1000)


def test_a_lot_that_nobody_was_asked_about_may_not_be_signed() -> None:
    play = bids_open(AZURE)
    with play.refused("not-asked"):
        play.sign("oracle", 1000, unasked=True)
    assert not play.all(Signed)


@pytest.mark.parametrize(
    ("price", "allowed"),
    [
        ("2.00", True),  # a fall is no change
        ("3.149999", True),
        ("3.15", True),  # exactly the tolerance
        ("3.1500001", True),  # within what two reckonings may differ by: a millionth
        ("3.15001", False),  # a hair above
        ("4.00", False),
    ],
)
def test_a_price_in_the_tail_may_rise_by_the_tolerance(price: str, allowed: bool) -> None:
    play = cleared(LOOSE)
    play.revise("oracle", price)
    if allowed:
        play.sign("oracle", 1000)
        assert play.last(Signed).terms == terms(price)
    else:
        with play.refused("price-risen"):
            play.sign("oracle", 1000)


def test_a_price_may_not_rise_at_all_unless_the_clause_says_so() -> None:
    play = cleared(AZURE)
    play.revise("oracle", "3.0001")
    with play.refused("price-risen"):
        play.sign("oracle", 1000)
    play.revise("oracle", "3.00")
    play.sign("oracle", 1000)


def test_a_rise_by_escalator_or_lost_rebate_is_one_too() -> None:
    play = cleared(AZURE)
    play.revise("oracle", "3.00", escalator="0.01")
    with play.refused("price-risen"):
        play.sign("oracle", 1000)

    rebate = (Flow(12, Decimal(1000)),)
    play = cleared(AZURE, bid={"rebates": rebate})
    play.revise("oracle", "3.00")
    with play.refused("price-risen"):
        play.sign("oracle", 1000)
    play.revise("oracle", "3.00", rebates=(Flow(12, Decimal(1001)),))
    play.sign("oracle", 1000)


PREPAID = Prepaid(Decimal("0.2"), 30, 3, 12)

MOVED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {"months": 49}),
    ({}, {"prepaid": Prepaid(Decimal("0.01"), 0, 0, 12)}),
    ({"prepaid": PREPAID}, {"prepaid": Prepaid(Decimal("0.21"), 30, 3, 12)}),
    ({"prepaid": PREPAID}, {"prepaid": Prepaid(Decimal("0.2"), 31, 3, 12)}),
    ({"prepaid": PREPAID}, {"prepaid": Prepaid(Decimal("0.2"), 30, 4, 12)}),
    ({"prepaid": PREPAID}, {"prepaid": Prepaid(Decimal("0.2"), 30, 3, 13)}),
    ({}, {"options": ("extend",)}),
    ({"options": ("extend",)}, {"options": ("extend", "expand")}),
    ({"warrants": "500"}, {"warrants": "499"}),
    ({"warrants": "0"}, {"warrants": "-1"}),
    ({"support": "500"}, {"support": "501"}),
]

EASED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {"months": 47}),
    ({"prepaid": PREPAID}, {"prepaid": Prepaid(Decimal("0.1"), 20, 2, 11)}),
    ({"prepaid": PREPAID}, {}),
    ({"options": ("extend", "expand")}, {"options": ("expand",)}),
    ({"warrants": "500"}, {"warrants": "501"}),
    ({"support": "500"}, {}),
]


@pytest.mark.parametrize(("noticed_words", "asked"), MOVED, ids=str)
def test_a_listed_term_moved_to_the_sellers_favour_goes_back_to_notice(
    noticed_words: dict[str, Any], asked: dict[str, Any]
) -> None:
    play = cleared(LOOSE, bid=noticed_words)
    # Cheaper by a good deal, so that the price is not what stands in the way.
    play.revise("oracle", "1.00", **asked)
    with play.refused("terms-moved"):
        play.sign("oracle", 1000)


@pytest.mark.parametrize(("noticed_words", "asked"), EASED, ids=str)
def test_a_listed_term_moved_to_the_buyers_favour_does_not(
    noticed_words: dict[str, Any], asked: dict[str, Any]
) -> None:
    play = cleared(LOOSE, bid=noticed_words)
    play.revise("oracle", "3.00", **asked)
    play.sign("oracle", 1000)
    assert play.round().signed == 1000


def test_a_tail_is_for_the_noticed_counterparty_unless_the_clause_notices_a_class() -> None:
    bids: dict[str, dict[str, Any]] = {"oracle": {}, "coreweave": {"price": "3.000001"}}
    for right, allowed in ((AZURE, False), (claim("azure", "microsoft", anyone=True), True)):
        play = bids_open(right, bids=bids)
        play.notice("oracle")
        play.waive("microsoft")
        if allowed:
            play.sign("coreweave", 1000)
            assert play.last(Signed).party == "coreweave"
        else:
            with play.refused("other-counterparty"):
                play.sign("coreweave", 1000)


def test_a_class_does_not_make_a_dearer_bid_signable() -> None:
    bids: dict[str, dict[str, Any]] = {"oracle": {}, "coreweave": {"price": "3.01"}}
    play = bids_open(claim("azure", "microsoft", anyone=True), bids=bids)
    play.notice("oracle")
    play.waive("microsoft")
    with play.refused("price-risen"):
        play.sign("coreweave", 1000)


def test_every_right_judges_by_its_own_tolerance() -> None:
    play = cleared(LOOSE, claim("gcp", "google", rank=2, price_rise="0.01"))
    play.revise("oracle", "3.10")
    with play.refused("price-risen"):
        play.sign("oracle", 1000)
    play.revise("oracle", "3.03")
    play.sign("oracle", 1000)


def _renoticed(price: str = "3.10", **words: Any) -> Play:
    """Two holders were asked and let the lot pass; a day later its price has risen."""
    play = cleared(
        claim("azure", "microsoft", reoffer="5 days"), claim("gcp", "google", rank=2), **words
    )
    play.go("2025-03-04 09:00").revise("oracle", price)
    play.notice("oracle", again=play.round().number, terms=terms(price))
    return play


def test_changed_terms_in_the_tail_are_asked_with_the_shorter_window() -> None:
    play = _renoticed()
    served = play.last(NoticeServed)
    assert (served.kind, served.short) == ("changed terms", ("azure",))
    assert shown(play.deadline("azure")) == "2025-03-10 17:00"  # the 9th is a Sunday
    play.waive("microsoft")
    assert shown(play.deadline("gcp")) == "2025-03-14 17:00"  # no shorter one was agreed
    play.waive("google")
    play.sign("oracle", 1000)
    assert play.last(Signed).terms == terms("3.10")


def test_changed_terms_may_be_taken_by_who_let_the_first_pass() -> None:
    play = _renoticed()
    play.take("microsoft")
    old, new = play.the_tender().rounds
    assert (old.noticed, new.noticed, new.remaining) == (0, 1000, 0)
    assert play.taking("azure").terms == terms("3.10")


def test_changed_terms_end_the_tail_that_they_were_noticed_in() -> None:
    play = _renoticed()
    first = play.the_tender().rounds[0].number
    with play.refused("nothing-left"):
        play.sign("oracle", 1000, round=first)
    with play.refused("still-asking"):
        play.sign("oracle", 1000)


def test_changed_terms_of_another_bidder_are_noticed_in_the_tail_too() -> None:
    bids: dict[str, dict[str, Any]] = {"oracle": {}, "coreweave": {"price": "3.20"}}
    play = bids_open(claim("azure", "microsoft", reoffer="5 days"), bids=bids)
    play.notice("oracle")
    play.waive("microsoft")
    play.notice("coreweave", again=play.round().number)
    assert (play.round().kind, play.round().counterparty) == ("changed terms", "coreweave")
    play.waive("microsoft")
    play.sign("coreweave", 1000)


def test_a_signed_part_leaves_the_rest_in_the_tail() -> None:
    play = cleared(AZURE)
    play.sign("oracle", 300)
    assert (play.round().state, play.round().remaining, play.round().signed) == ("tail", 700, 300)
    play.revise("oracle", "3.10")
    play.notice("oracle", again=play.round().number, terms=terms("3.10"))
    assert [r.noticed for r in play.the_tender().rounds] == [300, 700]


def test_only_the_buyer_signs() -> None:
    play = cleared(AZURE)
    with play.refused("not-yours"):
        play.sign("oracle", 1000, actor="oracle")
    with play.refused("unknown-bid"):
        play.sign("00" * 8, 1000)
    with play.refused("unknown-round"):
        play.sign("oracle", 1000, round=99)


def test_changed_terms_are_changed_terms_though_more_chips_are_said_to_be_asked() -> None:
    play = cleared(AZURE)
    play.revise("oracle", "3.10", chips=1500)
    play.notice("oracle", again=play.round().number, more=True)
    assert play.round().kind == "changed terms"
    assert play.the_tender().lot.chips == 1000
