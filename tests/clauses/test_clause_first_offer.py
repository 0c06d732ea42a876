"""First offer: the holder is asked before others, and its price is a ceiling for theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from .planning import book_of, codes_of, cost_of, planned, text_of

PACT = """
agreements:
- id: pact
  seller: cloud
  from: 2024-09-01
  until: 2025-12-31
  clauses: [{kind: first-offer, window: {length: 15 days}WORDS}]
"""
OFFERS = """
offers:
- {id: n, seller: neo, chip: a, region: r, term: 12 months, price: 3 USD per chip-hour,
   max: 10 chips}
"""
NEEDS = """
demand:
- {id: w, purpose: work, unit: a, path: {2025-01: 4 chips}, unserved: 9 USD per chip-hour}
"""


def cost(folder: Path, words: str, *, as_of: str = "2024-10-01") -> float:
    text = text_of(PACT.replace("WORDS", words), OFFERS, NEEDS, months=1)
    return cost_of(book_of(folder, text.replace("2024-10-01", as_of)))


def test_others_may_be_signed_with_at_a_price_that_is_not_above_the_holders(tmp_path: Path) -> None:
    served, short = 4 * 3 * 744, 4 * 9 * 744
    assert cost(tmp_path / "1", "") == pytest.approx(served)
    assert cost(tmp_path / "2", ", price: 3 USD per chip-hour") == pytest.approx(served)
    assert cost(tmp_path / "3", ", price: 2.99 USD per chip-hour") == pytest.approx(short)
    words = ", price: 2 USD per chip-hour, ceiling: 150%"
    assert cost(tmp_path / "4", words) == pytest.approx(served)


def test_the_window_must_be_over_before_the_deal(tmp_path: Path) -> None:
    # 15 days before 2025-01-01 is 2024-12-17.
    assert cost(tmp_path / "1", "", as_of="2024-12-17") == pytest.approx(4 * 3 * 744)
    assert cost(tmp_path / "2", "", as_of="2024-12-18") == pytest.approx(4 * 9 * 744)


def test_the_holder_is_asked_before_bids_are_opened(tmp_path: Path) -> None:
    text = text_of(PACT.replace("WORDS", ", rank: 2"), OFFERS, NEEDS, months=1)
    made, _ = planned(book_of(tmp_path, text))
    (asked,) = made.asked
    assert (asked.ask.holder, asked.ask.when, asked.ask.rank) == ("cloud", "before bids", 2)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (", price: 3 USD per kWh", "first-offer-price"),
        (", ceiling: 120%", "ceiling-without-price"),
    ],
)
def test_what_is_wrong_with_it_is_said(tmp_path: Path, words: str, code: str) -> None:
    text = text_of(PACT.replace("WORDS", words), OFFERS, NEEDS)
    assert code in codes_of(tmp_path, text)


def test_it_is_explained_in_one_sentence(tmp_path: Path) -> None:
    book = book_of(tmp_path, text_of(PACT.replace("WORDS", ""), OFFERS, NEEDS))
    assert book.terms[0].clause.explain(book) == (
        "before lab approaches others about capacity for all purposes, cloud has 15 days to make "
        "an offer"
    )
