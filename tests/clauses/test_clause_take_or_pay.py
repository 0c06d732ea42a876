"""Take-or-pay: what is paid though not used, and what may be used later without paying again."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .planning import (
    HOURS,
    book_of,
    chips_used,
    codes_of,
    cost_of,
    factors,
    needs,
    planned,
    spent,
    text_of,
)

METERED = """
agreements:
- id: meter
  seller: cloud
  signed: 2024-09-01
  from: 2025-01-01
  until: 2025-12-31
  billing: used
  price: PRICE USD per chip-hour
  deliveries: [{id: d, add: 10 chips, chip: a, region: r, start: 2025-01-01}]
  clauses: [{kind: take-or-pay, WORDS}]
"""


def metered(words: str, price: int = 2) -> str:
    return METERED.replace("WORDS", words).replace("PRICE", str(price))


def test_what_is_below_the_floor_is_paid(tmp_path: Path) -> None:
    # 90 % of 10 chips is 9; in January 4 are needed, so 5 are paid and not used.
    text = text_of(metered("share: 90%"), needs(4, 9, 10))
    plan = planned(book_of(tmp_path, text))[1]
    used = (4 * 744 + 9 * 672 + 10 * 744) * 2
    assert plan.objective == pytest.approx(used + 5 * 744 * 2)
    without = cost_of(book_of(tmp_path, text), without=["meter/take-or-pay"])
    assert without == pytest.approx(used)


def test_a_quarter_is_measured_as_a_whole(tmp_path: Path) -> None:
    # Floor of the quarter: 50 % of 10 x 2160 = 10,800; used 2 x 744 + 3 x 672 + 9 x 744 = 10,200.
    # Whether the 600 between are used idly or paid for unused is the same money.
    text = text_of(metered("share: 50%, measured: quarter"), needs(2, 3, 9))
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(10_800 * 2)


def test_what_was_paid_is_made_up_above_a_later_floor(tmp_path: Path) -> None:
    # Floor 5 chips. January pays for 1 chip x 744 h unused. February is 4 above its floor
    # (2,688 chip-hours), so all 744 are free then.
    text = text_of(metered("share: 50%, make_up: 2 months"), needs(4, 9, 5))
    made, plan = planned(book_of(tmp_path, text))
    assert spent(made, plan, "meter/take-or-pay") == pytest.approx([744 * 2, -744 * 2, 0])
    assert plan.objective == pytest.approx((4 * 744 + 9 * 672 + 5 * 744) * 2)


def test_a_balance_expires(tmp_path: Path) -> None:
    # Paid for in January, but only April is above its floor: three months later.
    needed = needs(4, 5, 5, 9)
    lives = text_of(metered("share: 50%, make_up: 3 months"), needed, months=4)
    gone = text_of(metered("share: 50%, make_up: 2 months"), needed, months=4)
    used = (4 * 744 + 5 * 672 + 5 * 744 + 9 * 720) * 2
    assert cost_of(book_of(tmp_path / "1", lives)) == pytest.approx(used)
    assert cost_of(book_of(tmp_path / "2", gone)) == pytest.approx(used + 744 * 2)


def test_a_balance_is_not_kept_alive_by_paying_it_again(tmp_path: Path) -> None:
    # Floor 5. January pays 744 chip-hours. February makes up 672 of them (1 chip above its floor),
    # March is at its floor, and by April the other 72 have expired after two months. Paying a
    # "shortfall" of 72 in February, when 672 are above the floor, would carry them into April.
    text = text_of(metered("share: 50%, make_up: 2 months"), needs(4, 6, 5, 6), months=4)
    used = (4 * 744 + 6 * 672 + 5 * 744 + 6 * 720) * 2
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(used + 72 * 2)


def test_the_floor_of_an_offer_follows_what_is_bought(tmp_path: Path) -> None:
    # One chip costs its use at 2, and 80 % of its hours in any case. Needed: 10 chips in January
    # and 2 after. Eight more chips for all months: 8 x 744 x (9 - 2) saved in January against
    # 8 x (672 + 744) x 0.8 x 2 afterwards: 41,664 > 18,124.8. So 10 are bought.
    offer = """
offers:
- id: o
  seller: neo
  chip: a
  region: r
  price: 2 USD per chip-hour
  billing: used
  max: 20 chips
  term: 12 months
  starts_until: 2025-01
  clauses: [{kind: take-or-pay, share: 80%}]
"""
    plan = cost_of(book_of(tmp_path, text_of(offer, needs(10, 2, 2))))
    # After January 2 chips are used and 8 paid for, as 80 % of the 10 that were bought.
    assert plan == pytest.approx((10 * 744 + 8 * (672 + 744)) * 2)


def rule(used: np.ndarray, floor: np.ndarray, lasts: int, price: float) -> np.ndarray:
    """What the clause makes the buyer pay by month, as a contract would be read aloud."""
    balance: list[tuple[int, float]] = []
    paid = np.zeros(used.size)
    for t, hours in enumerate(used):
        balance = [(month, left) for month, left in balance if t <= month + lasts]
        above = hours - floor[t]
        if above <= 0:
            paid[t] = -above * price
            balance.append((t, -above))
            continue
        for n, (month, left) in enumerate(balance):
            free = min(left, above)
            above -= free
            paid[t] -= free * price
            balance[n] = (month, left - free)
    return paid


@settings(max_examples=25, derandomize=True)
@given(
    need=st.lists(st.integers(0, 3), min_size=4, max_size=4),
    share=st.sampled_from([34, 50, 67, 90]),
    lasts=st.integers(1, 3),
    price=st.integers(1, 3),
    hourly=st.integers(1, 4),
    discount=st.sampled_from([0, 12]),
)
def test_a_plan_with_make_up_costs_what_the_contract_says_and_no_use_costs_less(
    tmp_path_factory: pytest.TempPathFactory,
    need: list[int],
    share: int,
    lasts: int,
    price: int,
    hourly: int,
    discount: int,
) -> None:
    words = metered(f"share: {share}%, make_up: {lasts} months", price)
    spot = f"""
offers:
- {{id: s, seller: neo, kind: on-demand, chip: a, region: r, price: {hourly} USD per chip-hour,
  max: 50 chips}}
"""
    text = text_of(
        words.replace("10 chips", "3 chips"), spot, needs(*need), months=4, discount=discount
    )
    made, plan = planned(book_of(tmp_path_factory.mktemp("book"), text))
    hours, factor = HOURS[:4], factors(discount, 4)
    floor = 3 * hours * share / 100

    def cost(used: np.ndarray) -> float:
        rest = np.maximum(np.array(need) - used, 0) * hourly
        paid = rule(used * hours, floor, lasts, price)
        return float((used * price + rest) * hours @ factor + paid @ factor)

    used = chips_used(made, plan, "meter")[0]
    assert plan.objective == pytest.approx(cost(used), rel=1e-6, abs=0.01)
    cheapest = min(cost(np.array(u)) for u in itertools.product(np.arange(0, 3.1, 0.5), repeat=4))
    assert plan.objective <= cheapest + 0.01


@settings(max_examples=15, derandomize=True)
@given(
    need=st.lists(st.integers(0, 12), min_size=3, max_size=3),
    share=st.integers(0, 100),
    measured=st.sampled_from(["month", "quarter", "year"]),
)
def test_taking_the_clause_away_never_raises_the_cost(
    tmp_path_factory: pytest.TempPathFactory, need: list[int], share: int, measured: str
) -> None:
    words = metered(f"share: {share}%, measured: {measured}, make_up: 12 months")
    book = book_of(tmp_path_factory.mktemp("book"), text_of(words, needs(*need)))
    assert cost_of(book, without=["meter/take-or-pay"]) <= cost_of(book) + 0.01


def test_a_month_that_is_partly_in_force_counts_in_part(tmp_path: Path) -> None:
    # Added on the 17th of January: 15 of 31 days. 10 chips x 744 h x 15/31 = 3,600 chip-hours.
    text = text_of(metered("share: 100%"), needs(0, 0, 0)).replace(
        "  clauses: [{kind: take-or-pay, share: 100%}]",
        "  amendments: [{on: 2025-01-17, signed: 2024-09-02, "
        "add: [{kind: take-or-pay, share: 100%}]}]",
    )
    made, plan = planned(book_of(tmp_path, text))
    expected = [3_600 * 2, 6_720 * 2, 7_440 * 2]
    assert spent(made, plan, "meter/take-or-pay") == pytest.approx(expected)


def test_an_agreement_that_starts_within_a_month_owes_its_whole_floor(tmp_path: Path) -> None:
    # From the 17th, delivery and clause alike: 10 chips x 15 days x 24 h, all of it owed.
    text = text_of(metered("share: 100%"), needs(0, 0, 0)).replace("2025-01-01", "2025-01-17")
    made, plan = planned(book_of(tmp_path, text))
    assert spent(made, plan, "meter/take-or-pay")[0] == pytest.approx(10 * 15 * 24 * 2)


@pytest.mark.parametrize(
    ("words", "change", "code"),
    [
        ("share: 90%", ("billing: used", "billing: reserved"), "pays-twice"),
        ("share: 120%", ("", ""), "floor-too-high"),
        ("share: 90%, measured: year, make_up: 6 months", ("", ""), "make-up-too-short"),
        ("share: 90%, make_up: 60 days", ("", ""), "invalid-value"),
    ],
)
def test_what_is_wrong_with_it_is_said(
    tmp_path: Path, words: str, change: tuple[str, str], code: str
) -> None:
    text = text_of(metered(words), needs(1, 1, 1)).replace(*change)
    assert code in codes_of(tmp_path, text)


def test_it_is_explained_in_one_sentence(tmp_path: Path) -> None:
    book = book_of(tmp_path, text_of(metered("share: 90%, make_up: 6 months"), needs(1, 1, 1)))
    (term,) = book.terms
    assert term.clause.explain(book) == (
        "lab pays cloud for at least 90% of what meter contracts in each month, used or not; "
        "what is paid and not used can be used within 6 months"
    )
