"""Revenue shares: cash that the buyer owes whatever it buys."""

from __future__ import annotations

from pathlib import Path

import pytest

from .planning import book_of, codes_of, planned, spent, text_of

PACT = """
agreements:
- id: pact
  seller: cloud
  from: 2024-09-01
  until: 2025-12-31
  clauses: [{kind: revenue-share, of: sales, WORDS}]
"""
NEEDS = """
demand:
- {id: w, purpose: work, unit: a, path: {2025-01: 1 chips}, unserved: 1 USD per chip-hour}
"""


def shared(words: str, months: int = 3) -> str:
    return text_of(PACT.replace("WORDS", words), NEEDS, months=months)


@pytest.mark.parametrize(
    ("words", "paid"),
    [
        # Dated values are joined by constant growth: 100, 200, 400.
        ("revenue: {2025-01: 100 USD per month, 2025-03: 400 USD per month}", [20, 40, 80]),
        ("revenue: {2025-02: 1200 USD per year}", [20, 20, 20]),
        ("cap: 50 USD, revenue: {2025-01: 100 USD per month}", [20, 20, 10]),
        ("until: 2025-02-28, revenue: {2025-01: 100 USD per month}", [20, 20, 0]),
        ("revenue: {}", [0, 0, 0]),
    ],
)
def test_the_buyer_pays_its_share(tmp_path: Path, words: str, paid: list[float]) -> None:
    made, plan = planned(book_of(tmp_path, shared(f"payer: lab, share: 20%, {words}")))
    assert spent(made, plan, "pact/revenue-share") == pytest.approx(paid)


@pytest.mark.parametrize(
    ("as_of", "paid"),
    [
        ("2025-01-01", [20, 20, 10, 0]),
        ("2025-03-01", [10, 0]),
        ("2025-04-01", [0]),
    ],
)
def test_the_cap_counts_what_was_due_before_the_plan(
    tmp_path: Path, as_of: str, paid: list[float]
) -> None:
    text = shared("payer: lab, share: 20%, cap: 50 USD, revenue: {2025-01: 100 USD per month}", 4)
    book = book_of(tmp_path, text.replace("as_of: 2024-10-01", f"as_of: {as_of}"))
    assert spent(*planned(book), "pact/revenue-share") == pytest.approx(paid)


def test_months_with_a_forecast_before_the_first_of_the_book_count_too(tmp_path: Path) -> None:
    # The words hold from 2024-09-01: August is none of it, September to December are 80.
    text = shared("payer: lab, share: 20%, cap: 90 USD, revenue: {2024-08: 100 USD per month}")
    assert spent(*planned(book_of(tmp_path, text)), "pact/revenue-share") == pytest.approx(
        [10, 0, 0]
    )


def test_the_cap_counts_what_was_due_under_earlier_words(tmp_path: Path) -> None:
    # 20 in January, 30 % from February: 30 more make 50.
    words = "payer: lab, share: 20%, cap: 50 USD, revenue: {2025-01: 100 USD per month}"
    amended = PACT.replace("WORDS", words) + (
        "  amendments: [{on: 2025-02-01, signed: 2024-09-15, "
        "change: {revenue-share: {share: 30%}}}]\n"
    )
    book = book_of(tmp_path, text_of(amended, NEEDS))
    assert spent(*planned(book), "pact/revenue-share") == pytest.approx([20, 30, 0])


def test_what_another_pays_is_not_counted(tmp_path: Path) -> None:
    words = "payer: cloud, share: 20%, revenue: {2025-01: 100 USD per month}"
    made, plan = planned(book_of(tmp_path, shared(words)))
    assert not spent(made, plan, "pact/revenue-share").any()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("payer: lab, share: 120%", "revenue-share-over-100"),
        ("payer: lab, share: 20%, revenue: {2025-01: 5 USD per chip}", "revenue-per"),
        ("payer: nobody, share: 20%", "unknown-party"),
    ],
)
def test_what_is_wrong_with_it_is_said(tmp_path: Path, words: str, code: str) -> None:
    assert code in codes_of(tmp_path, shared(words))


def test_it_is_explained_in_one_sentence(tmp_path: Path) -> None:
    book = book_of(tmp_path, shared("payer: cloud, share: 20%, cap: 1 B USD, until: 2030-12-31"))
    assert book.terms[0].clause.explain(book) == (
        "cloud pays lab 20% of sales until 2030-12-31, at most 1 B USD in all"
    )
