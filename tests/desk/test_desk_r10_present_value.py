"""R10: terms of different shapes are compared by present value; cash may stand for the rest."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from offtake.desk.events import BidsOpened
from offtake.desk.lot import Flow, Prepaid

from .playing import Play
from .saying import OPENED, at, claim, terms
from .staging import NOTICED, bids_open, cleared, noticed

VALUE = Decimal("3.00") * 1000 * 35_064
"""What the lot costs on plain terms, undiscounted: chips by the hours of 2026 to 2029."""


def test_bids_are_ranked_by_effective_price_then_by_receipt() -> None:
    play = Play().open(claim("azure", "microsoft"))
    play.go(at(OPENED) + 1).bid("google", "3.00")
    play.go(at(OPENED) + 2).bid("amazon", "2.95", escalator="0.05")
    play.go(at(OPENED) + 3).bid("coreweave", "3.50", warrants=str(VALUE / 4))
    play.go(at(OPENED)).bid("oracle", "3.00")  # its clock is behind: the desk's own counts
    play.wait(NOTICED)
    ranking = play.last(BidsOpened).ranking
    assert [p.bidder for p in ranking] == ["coreweave", "google", "oracle", "amazon"]
    assert [p.effective for p in ranking[:3]] == [Decimal("2.75"), Decimal(3), Decimal(3)]


def test_equal_bids_of_one_instant_are_ranked_by_their_names() -> None:
    play = bids_open(bids={name: {"price": "3.00"} for name in ("oracle", "google", "amazon")})
    ranking = [place.bid for place in play.last(BidsOpened).ranking]
    assert ranking == sorted(play.bids.values())


def test_a_prepayment_credited_later_is_dearer_where_money_has_a_price() -> None:
    bids: dict[str, dict[str, Any]] = {
        "oracle": {"price": "3.00", "prepaid": Prepaid(Decimal("0.25"), 30, 12, 12)},
        "coreweave": {"price": "3.05"},
    }
    play = bids_open(claim("azure", "microsoft"), bids=bids, rate="0")
    assert play.last(BidsOpened).ranking[0].bidder == "oracle"
    play = bids_open(claim("azure", "microsoft"), bids=bids, rate="0.10")
    assert play.last(BidsOpened).ranking[0].bidder == "coreweave"


def test_a_taking_may_pay_cash_for_warrants_of_equal_value() -> None:
    warrants = VALUE / 10
    play = noticed(claim("azure", "microsoft"), bid={"warrants": str(warrants)})
    play.take("microsoft", terms=terms("2.70"))
    assert play.standing("azure").state == "taken"
    assert play.taking("azure").terms == terms("2.70")


@pytest.mark.parametrize(
    ("price", "state"),
    [
        ("2.700002", "taken"),  # less than a millionth apart
        ("2.699998", "taken"),
        ("2.70001", "countered"),
        ("2.69999", "countered"),
    ],
)
def test_a_substitution_is_equal_within_a_millionth(price: str, state: str) -> None:
    play = noticed(claim("azure", "microsoft"), bid={"warrants": str(VALUE / 10)})
    play.take("microsoft", terms=terms(price))
    assert play.standing("azure").state == state


@pytest.mark.parametrize(
    "changed",
    [
        {"months": 47},
        {"start": "2026-01-02"},
        {"warrants": "1"},
        {"options": ("extend",)},
        {"support": "1"},
    ],
    ids=str,
)
def test_a_substitution_that_changes_anything_else_is_a_counter(changed: dict[str, Any]) -> None:
    play = noticed(claim("azure", "microsoft"), bid={"warrants": str(VALUE / 10)})
    play.take("microsoft", terms=terms("2.70", **changed))
    assert play.standing("azure").state == "countered"


def test_a_substitution_is_valued_at_the_rate_of_the_clause() -> None:
    rebate = (Flow(24, VALUE / 10),)
    for rate, state in (("0", "taken"), ("0.10", "countered")):
        play = noticed(claim("azure", "microsoft", rate=rate), bid={"rebates": rebate})
        play.take("microsoft", terms=terms("2.70"))
        assert play.standing("azure").state == state


def test_the_price_in_the_tail_is_compared_at_the_rate_of_the_clause() -> None:
    # The same undiscounted sum, more of it later: cheaper where money has a price.
    for rate, allowed in (("0.10", True), ("0", False)):
        play = cleared(claim("azure", "microsoft", rate=rate))
        play.revise("oracle", "2.90", escalator="0.0240")
        if allowed:
            play.sign("oracle", 1000)
        else:
            with play.refused("price-risen"):
                play.sign("oracle", 1000)
