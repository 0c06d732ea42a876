"""Terms held against noticed terms: what moved to the seller's favour, and cash for the rest."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from offtake.desk.lot import Flow, Lot, Part, Prepaid, Terms
from offtake.desk.price import cash_for, effective, moved

D = Decimal
NEW_YEAR = dt.date(2027, 1, 1)
LOT = Lot("h", 1, "north", NEW_YEAR, 1)
MONTH = Terms(D(1), NEW_YEAR, 1)
PARTS = (Part("equity", D(200), D(150)), Part("power", D(56), D(100)))
NOTICED = Terms(
    D(2),
    NEW_YEAR,
    36,
    prepaid=Prepaid(D("0.2"), 30, 24, 6),
    warrants=D("1000.50"),
    options=("extend",),
    support=D(500),
)
AHEAD = NOTICED.prepaid
assert AHEAD is not None

MOVES: list[tuple[dict[str, Any], str]] = [
    ({"months": 48}, "the term is 48 months, not 36"),
    ({"prepaid": replace(AHEAD, share=D("0.255"))}, "25.5% is prepaid, not 20%"),
    (
        {"prepaid": replace(AHEAD, days_before=60)},
        "it is prepaid 60 days before the start, not 30",
    ),
    ({"prepaid": replace(AHEAD, credit_after=25)}, "the first credit comes after month 25, not 24"),
    ({"prepaid": replace(AHEAD, credit_over=12)}, "the credits run over 12 months, not 6"),
    (
        {"options": ("extend", "expand")},
        "the seller has an option that was not noticed: expand",
    ),
    ({"warrants": D(-20)}, "the warrants are worth -20, not 1000.5"),
    ({"support": D("5E+3")}, "the buyer's support is 5000, not 500"),
]


@pytest.mark.parametrize(("change", "phrase"), MOVES, ids=[phrase for _, phrase in MOVES])
def test_each_listed_term_that_helps_the_seller_is_said_and_its_fall_is_not(
    change: dict[str, Any], phrase: str
) -> None:
    changed = replace(NOTICED, **change)
    assert moved(NOTICED, changed) == (phrase,)
    assert moved(changed, NOTICED) == ()
    assert moved(changed, changed) == ()


def test_a_first_prepayment_is_said_once_and_a_dropped_one_not() -> None:
    without = replace(NOTICED, prepaid=None)
    assert moved(without, NOTICED) == ("20% is prepaid, not 0%",)
    assert moved(NOTICED, without) == ()


def test_when_nothing_is_prepaid_it_does_not_matter_when() -> None:
    nothing = replace(NOTICED, prepaid=Prepaid(D(0), 90, 36, 36))
    early = replace(nothing, prepaid=Prepaid(D("0.2"), 400, 36, 36))
    assert moved(NOTICED, nothing) == moved(replace(NOTICED, prepaid=None), nothing) == ()
    assert moved(nothing, early) == ("20% is prepaid, not 0%",)


def test_several_moved_terms_are_all_said_and_the_price_is_not_listed() -> None:
    asked = replace(NOTICED, price=D(9), months=37, options=("buy out",), support=D(501))
    assert [phrase.split()[0:2] for phrase in moved(NOTICED, asked)] == [
        ["the", "term"],
        ["the", "seller"],
        ["the", "buyer's"],
    ]


# --- cash for what is not cash ---------------------------------------------------------------

SHAPED = replace(MONTH, price=D(2), warrants=D(744), options=("extend",), support=D(9))
CASH = Terms(D(1), NEW_YEAR, 1)


def test_cash_of_the_same_effective_price_stands_for_warrants_options_and_support() -> None:
    assert cash_for(SHAPED, CASH, LOT, D(0))
    assert cash_for(SHAPED, replace(CASH, price=D("1.000001")), LOT, D(0))
    assert not cash_for(SHAPED, replace(CASH, price=D("1.000002")), LOT, D(0))
    assert not cash_for(SHAPED, replace(CASH, price=D("0.999998")), LOT, D(0))


def test_the_clauses_rate_decides_what_cash_is_the_same() -> None:
    assert not cash_for(SHAPED, CASH, LOT, D("0.1"))
    price = effective(SHAPED, LOT, D("0.1"))
    assert cash_for(SHAPED, replace(CASH, price=price), LOT, D("0.1"))


@pytest.mark.parametrize(
    "change",
    [
        {"start": dt.date(2027, 3, 1)},
        {"months": 2},
        {"escalator": D("0.01")},
        {"prepaid": Prepaid(D("0.2"), 0, 0, 1)},
        {"rebates": (Flow(1, D(744)),), "price": D(2)},
        {"warrants": D(744), "price": D(2)},
        {"options": ("extend",)},
        {"support": D(1)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_anything_but_cash_for_cash_is_another_offer(change: dict[str, Any]) -> None:
    given_terms = replace(CASH, **change)
    assert effective(given_terms, LOT, D(0)) == effective(SHAPED, LOT, D(0))
    assert not cash_for(SHAPED, given_terms, LOT, D(0))


def test_a_rebate_may_stay_or_give_way_to_cash() -> None:
    rebated = replace(SHAPED, rebates=(Flow(1, D(372)),))
    assert cash_for(rebated, replace(CASH, rebates=rebated.rebates), LOT, D(0))
    assert cash_for(rebated, replace(CASH, price=D("0.5")), LOT, D(0))


def test_cash_stands_for_a_package_at_the_price_by_its_method() -> None:
    cash = replace(CASH, price=effective(MONTH, LOT, D(0), PARTS, D(750), "worth"))
    assert cash_for(MONTH, cash, LOT, D(0), PARTS, D(750), "worth")
    assert not cash_for(MONTH, cash, LOT, D(0), PARTS, D(750), "stated")
