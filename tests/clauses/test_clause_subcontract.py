"""Subcontracting: who may host for the seller, and how much of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from .planning import book_of, codes_of, cost_of, faults_of, planned, purchases, text_of

PACT = """
agreements:
- id: pact
  seller: cloud
  from: 2024-09-01
  until: 2025-12-31
  clauses: [{kind: subcontract, WORDS}]
"""
OFFERS = """
offers:
- {id: own, seller: cloud, chip: a, region: r, term: 12 months, price: 3 USD per chip-hour,
   max: 10 chips}
- {id: let, seller: cloud, via: neo, chip: a, region: r, term: 12 months,
   price: 2 USD per chip-hour, max: 10 chips}
"""
NEEDS = """
demand:
- {id: w, purpose: work, unit: a, path: {2025-01: 8 chips}, unserved: 9 USD per chip-hour}
"""


def text(words: str) -> str:
    return text_of(PACT.replace("WORDS", words), OFFERS, NEEDS, months=1)


@pytest.mark.parametrize(
    ("words", "own", "let"),
    [
        ("allowed: true", 0, 8),
        ("allowed: true, to: [neo, other]", 0, 8),
        # At most a quarter of what the plan has from the cloud: 2 of 8.
        ("allowed: true, share: 25%", 6, 2),
    ],
)
def test_what_is_hosted_by_others_is_held_to_the_words(
    tmp_path: Path, words: str, own: int, let: int
) -> None:
    book = book_of(tmp_path, text(words))
    bought = purchases(*planned(book))
    assert bought.get("own@2025-01", 0) == pytest.approx(own)
    assert bought.get("let@2025-01", 0) == pytest.approx(let)
    assert cost_of(book) == pytest.approx((own * 3 + let * 2) * 744)
    assert cost_of(book, without=["pact/subcontract"]) <= cost_of(book) + 0.01


SIGNED = """
- id: source
  seller: neo
  buyer: cloud
  from: 2024-08-01
  until: 2025-12-31
  price: 1 USD per chip-hour
  deliveries: [{id: d, add: 4 chips, chip: a, region: r, start: 2024-09-01}]
- id: signed
  seller: cloud
  from: 2024-09-01
  until: 2025-12-31
  price: 2 USD per chip-hour
  deliveries: [{id: d, add: 4 chips, chip: a, region: r, start: 2024-10-01}]
"""


@pytest.mark.parametrize(
    ("host", "share", "need", "own", "let"),
    [
        # 4 are there. Half of all 12 may be hosted: 6 of the 8 that are bought.
        ("", 50, 12, 2, 6),
        # The 4 that are there are hosted themselves, and leave room for 2.
        ("  via: neo\n", 50, 12, 6, 2),
        ("  upstream: source\n", 50, 12, 6, 2),
        ("  via: cloud\n", 50, 12, 2, 6),
        # All that is there is hosted, more than a half: nothing to buy, nothing wrong.
        ("  via: neo\n", 50, 4, 0, 0),
        # Too much is hosted until 4 of its own are bought: until then no more of it.
        ("  via: neo\n", 50, 7, 3, 0),
        ("  via: neo\n", 50, 9, 4.5, 0.5),
    ],
)
def test_what_is_signed_counts_on_both_sides_of_the_share(
    tmp_path: Path, host: str, share: int, need: int, own: float, let: float
) -> None:
    signed = SIGNED.replace("- id: signed\n", f"- id: signed\n{host}")
    pacts = PACT.replace("WORDS", f"allowed: true, share: {share}%") + signed
    needs = NEEDS.replace("8 chips", f"{need} chips")
    bought = purchases(*planned(book_of(tmp_path, text_of(pacts, OFFERS, needs, months=1))))
    assert bought.get("own@2025-01", 0) == pytest.approx(own)
    assert bought.get("let@2025-01", 0) == pytest.approx(let)


def test_the_share_in_an_offer_is_about_that_offer_alone(tmp_path: Path) -> None:
    clause = ", clauses: [{kind: subcontract, allowed: true, share: 50%}]}"
    offers = OFFERS.replace("max: 10 chips}", f"max: 10 chips{clause}")
    pacts = PACT.replace("WORDS", "allowed: true") + SIGNED
    bought = purchases(
        *planned(book_of(tmp_path, text_of(pacts, offers, NEEDS, months=1))),
    )
    assert bought == pytest.approx({"own@2025-01": 4})


@pytest.mark.parametrize("words", ["allowed: false", "allowed: true, to: [other]"])
def test_an_offer_through_somebody_forbidden_is_left_out_with_a_warning(
    tmp_path: Path, words: str
) -> None:
    (told,) = faults_of(tmp_path, text(words))
    assert (told.code, told.severity) == ("subcontract-forbidden", "warning")
    book = book_of(tmp_path, text(words))
    assert purchases(*planned(book)) == pytest.approx({"own@2025-01": 8})
    assert cost_of(book, without=["pact/subcontract"]) == pytest.approx(8 * 2 * 744)


def test_a_clause_that_has_ended_closes_nothing(tmp_path: Path) -> None:
    book = book_of(tmp_path, text("allowed: false").replace("2025-12-31", "2024-12-31"))
    assert purchases(*planned(book)) == pytest.approx({"let@2025-01": 8})


def test_the_clause_of_an_offer_is_about_that_offer(tmp_path: Path) -> None:
    other = (
        OFFERS
        + """\
- {id: let-2, seller: cloud, via: neo, chip: a, region: r, term: 12 months, max: 3 chips,
   price: 2.5 USD per chip-hour, clauses: [{kind: subcontract, allowed: false}]}
"""
    )
    book = book_of(tmp_path, text_of(other.replace("max: 10", "max: 4", 2), NEEDS, months=1))
    assert purchases(*planned(book)) == pytest.approx({"own@2025-01": 4, "let@2025-01": 4})


CHAIN = """
- id: source
  seller: neo
  buyer: cloud
  from: 2024-08-01
  until: 2025-12-31
  price: 1 USD per chip-hour
  deliveries: [{id: d, add: 4 chips, chip: a, region: r, start: 2024-09-01}]
- id: resold
  seller: cloud
  upstream: source
  from: 2024-09-01
  until: 2025-12-31
  price: 2 USD per chip-hour
  deliveries: [{id: d, add: 4 chips, chip: a, region: r, start: 2024-10-01}]
"""


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("allowed: true", False),
        ("allowed: true, to: [neo]", False),
        ("allowed: true, to: [other]", True),
        ("allowed: false", True),
    ],
)
def test_an_agreement_served_from_somebody_forbidden_is_a_fault(
    tmp_path: Path, words: str, wrong: bool
) -> None:
    book = text_of(PACT.replace("WORDS", words) + CHAIN, NEEDS)
    assert ("subcontract-forbidden" in codes_of(tmp_path, book)) is wrong
    hosted = book.replace("  upstream: source\n", "  via: neo\n")
    assert ("subcontract-forbidden" in codes_of(tmp_path / "via", hosted)) is wrong


def test_words_that_do_not_fit_are_a_fault(tmp_path: Path) -> None:
    assert "subcontract-words" in codes_of(tmp_path, text("allowed: false, to: [neo]"))


def test_it_is_explained_in_one_sentence(tmp_path: Path) -> None:
    book = book_of(tmp_path, text("allowed: true, to: [neo], share: 40%"))
    assert book.terms[0].clause.explain(book) == ("cloud may subcontract to neo, at most 40% of it")
