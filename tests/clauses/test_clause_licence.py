"""Licences: who may use what; the fee that the buyer owes is in the plan."""

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
  clauses:
  - {kind: licence, of: weights, field: products, products: [One, Two]WORDS}
"""
NEEDS = """
demand:
- {id: w, purpose: work, unit: a, path: {2025-01: 1 chips}, unserved: 1 USD per chip-hour}
"""


def licensed(words: str) -> str:
    return text_of(PACT.replace("WORDS", words), NEEDS)


def test_the_buyers_fee_is_paid_month_by_month_until_it_ends(tmp_path: Path) -> None:
    words = ", holder: lab, fee: 1.2 M USD per year, until: 2025-02-28"
    made, plan = planned(book_of(tmp_path, licensed(words)))
    assert spent(made, plan, "pact/licence") == pytest.approx([100_000, 100_000, 0])


def test_a_fee_of_somebody_else_is_not_the_buyers(tmp_path: Path) -> None:
    made, plan = planned(book_of(tmp_path, licensed(", holder: neo, fee: 5 USD per month")))
    assert not spent(made, plan, "pact/licence").any()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (", fee: 5 USD per chip", "licence-fee"),
        (", until: 2024-08-31", "licence-ended"),
        (", holder: nobody", "unknown-party"),
        (
            ", exclusive: true}\n  - {id: twin, kind: licence, of: weights, field: products, "
            "holder: neo, exclusive: true",
            "licence-overlap",
        ),
    ],
)
def test_what_is_wrong_with_it_is_said(tmp_path: Path, words: str, code: str) -> None:
    assert code in codes_of(tmp_path, licensed(words))


def test_two_exclusive_licences_one_after_the_other_are_fine(tmp_path: Path) -> None:
    words = (
        ", exclusive: true, until: 2024-12-31}\n  amendments:\n  - on: 2025-01-01\n    signed: "
        "2024-09-01\n    add: [{id: twin, kind: licence, of: weights, field: products, holder: neo,"
        " exclusive: true}]\n#"
    )
    assert "licence-overlap" not in codes_of(tmp_path, licensed(words))


def test_it_is_explained_in_one_sentence(tmp_path: Path) -> None:
    book = book_of(tmp_path, licensed(", exclusive: true, until: 2030-12-31"))
    assert book.terms[0].clause.explain(book) == (
        "cloud alone may use weights for products (One, Two) until 2030-12-31"
    )
