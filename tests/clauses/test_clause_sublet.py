"""Sublet: what is not needed earns something, and never serves twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from .planning import (
    HOURS,
    book_of,
    codes_of,
    cost_of,
    needs,
    planned,
    purchases,
    spent,
    text_of,
)

SIGNED = """
agreements:
- id: old
  seller: cloud
  signed: 2024-09-01
  from: 2025-01-01
  until: 2025-06-30
  BILLING
  price: 3 USD per chip-hour
  deliveries: [{id: d, add: 10 chips, chip: a, region: r, start: 2025-01-01}]
  clauses: [{kind: sublet, WORDS}]
"""
OFFER = """
offers:
- {id: new, seller: neo, chip: a, region: r, term: 3 months, price: 2 USD per chip-hour, \
max: 100 chips, clauses: [{kind: sublet, WORDS}]}
"""


def signed(words: str, billing: str = "billing: reserved") -> str:
    return SIGNED.replace("WORDS", words).replace("BILLING", billing)


RENT = 10 * 3 * HOURS[:3].sum()


def test_what_is_idle_is_let(tmp_path: Path) -> None:
    # Four, nothing and six chips are idle.
    text = text_of(signed("price: 1 USD per chip-hour"), needs(6, 10, 4))
    book = book_of(tmp_path, text)
    made, plan = planned(book)
    assert spent(made, plan, "old/sublet") == pytest.approx([-4 * 744, 0, -6 * 744])
    assert plan.objective == pytest.approx(RENT - 4 * 744 - 6 * 744)
    assert cost_of(book, without=["old/sublet"]) == pytest.approx(RENT)


@pytest.mark.parametrize(
    ("words", "let"),
    [("price: 1 USD per chip-hour, share: 30%", 3), ("rate: 50%, max: 2 chips", 3)],
)
def test_no_more_than_may_be_let_or_finds_a_taker(words: str, let: int, tmp_path: Path) -> None:
    # A share of 30 % of ten chips is three at 1 USD; two find a taker at half of 3 USD.
    text = text_of(signed(words), needs(0, 0, 0))
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(RENT - let * HOURS[:3].sum())


def test_the_market_s_price_moves_by_month(tmp_path: Path) -> None:
    curve = (
        "curves:\n- {id: market, prices: {2024-09-01: 2 USD per chip-hour}, "
        "forecast: {falls: 50% per year}}\n"
    )
    text = text_of(signed("rate: 60%, curve: market"), needs(0, 0, 0), curve)
    market = [0.6 * 2 * 0.5 ** (n / 12) for n in (3, 4, 5)]
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(RENT - 10 * float(market @ HOURS[:3]))


def test_rather_let_than_serve_what_is_worth_less(tmp_path: Path) -> None:
    # A chip-hour unserved costs 1, and others pay 2 for it.
    text = text_of(signed("price: 2 USD per chip-hour"), needs(10, 10, 10, unserved=1))
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(RENT - 10 * HOURS[:3].sum())


def test_what_is_let_under_a_metered_agreement_is_used(tmp_path: Path) -> None:
    # 60 % of ten chips are paid in any case, and only four are needed. Letting two more costs
    # nothing and earns 1 each; beyond the floor it would cost 3 to earn 1.
    words = "price: 1 USD per chip-hour}, {kind: take-or-pay, share: 60%"
    text = text_of(signed(words, "billing: used"), needs(4, 4, 4))
    book = book_of(tmp_path, text)
    hours = HOURS[:3].sum()
    assert cost_of(book) == pytest.approx((6 * 3 - 2 * 1) * hours)
    assert cost_of(book, without=["old/sublet"]) == pytest.approx(6 * 3 * hours)


def test_what_is_bought_for_a_peak_is_let_beside_it(tmp_path: Path) -> None:
    # Ten chips for January alone at 2, three months long; let at 1.50 in the other two.
    text = text_of(OFFER.replace("WORDS", "price: 1.50 USD per chip-hour"), needs(10, 0, 0))
    made, plan = planned(book_of(tmp_path, text))
    assert purchases(made, plan) == {"new@2025-01": pytest.approx(10)}
    hours = HOURS[:3].sum()
    assert plan.objective == pytest.approx(10 * 2 * hours - 10 * 1.5 * (672 + 744))


def test_what_has_ended_cannot_be_let(tmp_path: Path) -> None:
    # Ending saves 3 an hour, letting earns 1.
    words = "price: 1 USD per chip-hour}, {kind: termination, from: 2025-02-01"
    text = text_of(signed(words), needs(0, 0, 0))
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(10 * (3 - 1) * 744)


def test_each_scenario_lets_what_it_does_not_need(tmp_path: Path) -> None:
    demand = (
        "demand:\n- {id: d, purpose: work, unit: a, unserved: 9 USD per chip-hour, scenarios: {"
        "low: {weight: 25%, base: 2 chips}, high: {weight: 75%, base: 10 chips}}}\n"
    )
    text = text_of(signed("price: 1 USD per chip-hour"), demand)
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(RENT - 0.25 * 8 * HOURS[:3].sum())


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("share: 50%", "sublet-price"),
        ("price: 1 USD per chip-hour, rate: 50%", "sublet-price"),
        ("price: 1 USD per chip", "sublet-price"),
        ("rate: 5% per year", "sublet-price"),
        ("rate: 50%, share: 120%", "sublet-share"),
    ],
)
def test_words_that_do_not_fit(words: str, code: str, tmp_path: Path) -> None:
    assert codes_of(tmp_path, text_of(signed(words), needs(1))) == [code]


def test_buying_in_order_to_let_is_warned_of(tmp_path: Path) -> None:
    text = text_of(OFFER.replace("WORDS", "price: 2.50 USD per chip-hour"), needs(1))
    assert codes_of(tmp_path / "all", text) == ["sublet-profit"]
    few = text.replace("2.50 USD per chip-hour", "2.50 USD per chip-hour, max: 5 chips")
    assert codes_of(tmp_path / "few", few) == []


def test_it_is_said_in_a_sentence(tmp_path: Path) -> None:
    words = "rate: 60%, share: 50%, max: 5 chips, consent: true"
    book = book_of(tmp_path, text_of(signed(words), needs(1)))
    (term,) = book.terms
    assert term.clause.explain(book) == (  # type: ignore[attr-defined]
        "lab may sublet 50% of what old contracts at 60% of the price, at most 5 chips, if cloud "
        "agrees"
    )


BESIDE = """
- {id: beside, seller: cloud, signed: 2024-09-01, from: 2025-01-01, until: 2025-12-31, \
price: 1 USD per chip-hour, \
deliveries: [{id: d, add: 10 chips, chip: a, region: r, start: 2025-01-01}]}
"""


def test_two_sublets_together_let_no_more_than_there_is(tmp_path: Path) -> None:
    # Each could let all ten; the ten chips beside them are not theirs to let.
    words = (
        "id: one, price: 1 USD per chip-hour}, {id: two, kind: sublet, price: 1 USD per chip-hour"
    )
    text = text_of(signed(words), BESIDE, needs(0, 0, 0))
    all_months = HOURS[:3].sum()
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(
        RENT + 10 * all_months - 10 * all_months
    )


def test_words_changed_within_a_month_find_no_second_taker(tmp_path: Path) -> None:
    # Four chips at 1 USD in every month, in February for half of it under each of the words.
    change = (
        "  amendments: [{on: 2025-02-15, signed: 2024-09-02, "
        "change: {sublet: {price: 1 USD per chip-hour}}}]"
    )
    words = "price: 1 USD per chip-hour, max: 4 chips"
    text = text_of(signed(words).rstrip() + f"\n{change}\n", needs(0, 0, 0))
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(RENT - 4 * HOURS[:3].sum())
