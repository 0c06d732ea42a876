"""Exclusive rights: deals with others are barred, or others' service of some purposes."""

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
  clauses: [{kind: exclusiveWORDS}]
"""
OFFERS = """
offers:
- {id: dear, seller: cloud, chip: a, region: r, term: 12 months, price: 3 USD per chip-hour,
   max: 10 chips}
- {id: cheap, seller: neo, chip: a, region: r, term: 12 months, price: 2 USD per chip-hour,
   max: 10 chips}
- {id: spot, seller: other, kind: on-demand, chip: a, region: r, price: 1 USD per chip-hour,
   max: 2 chips}
"""
NEEDS = """
demand:
- {id: w, purpose: work, unit: a, path: {2025-01: 4 chips}, unserved: 9 USD per chip-hour}
- {id: p, purpose: api, unit: a, path: {2025-01: 4 chips}, unserved: 9 USD per chip-hour}
"""


def pact(words: str = "") -> str:
    return PACT.replace("WORDS", words)


def test_without_purposes_nobody_else_sells_anything(tmp_path: Path) -> None:
    text = text_of(pact(), OFFERS, NEEDS, months=1)
    book = book_of(tmp_path, text)
    assert purchases(*planned(book)) == pytest.approx({"dear@2025-01": 8})
    assert cost_of(book) == pytest.approx(8 * 3 * 744)
    # Without it: 2 chips by the hour at 1, and 6 of neo's at 2.
    assert cost_of(book, without=["pact/exclusive"]) == pytest.approx((2 * 1 + 6 * 2) * 744)


def test_with_purposes_others_serve_all_but_them(tmp_path: Path) -> None:
    # The API's 4 run on the cloud at 3; of the rest 2 by the hour and 2 of neo's.
    book = book_of(tmp_path, text_of(pact(", scope: {purposes: [api]}"), OFFERS, NEEDS, months=1))
    assert cost_of(book) == pytest.approx((4 * 3 + 2 * 1 + 2 * 2) * 744)


def test_it_bars_deals_while_it_is_in_force_and_not_after(tmp_path: Path) -> None:
    # In force until January's last day: neo sells from February on.
    monthly = OFFERS.replace("12 months", "1 month")
    text = text_of(pact().replace("2025-12-31", "2025-01-31"), monthly, NEEDS, months=2)
    bought = purchases(*planned(book_of(tmp_path, text)))
    assert bought == pytest.approx({"dear@2025-01": 8, "cheap@2025-02": 6})


SIGNED = """
- id: neo-2025
  seller: neo
  from: 2025-02-01
  until: 2025-12-31
  price: 2 USD per chip-hour
  deliveries: [{id: d, add: 4 chips, chip: a, region: r, start: 2025-02-01}]
"""


@pytest.mark.parametrize(
    ("words", "more", "breached"),
    [
        ("", "", True),
        ("", "  waivers: [{of: exclusive, on: 2025-01-01}]\n", False),
        (", scope: {regions: [s]}", "", False),
        (", scope: {purposes: [api]}", "", False),
        (", scope: {until: 2025-01-31}", "", False),
        (", scope: {except: [{chips: [a], regions: [r]}]}", "", False),
    ],
)
def test_an_agreement_within_its_scope_is_a_fault(
    tmp_path: Path, words: str, more: str, breached: bool
) -> None:
    text = text_of(pact(words) + SIGNED + more, OFFERS, NEEDS)
    assert ("exclusive-breached" in codes_of(tmp_path, text)) is breached


OTHER = """
- id: pact-2
  seller: other
  from: FROM
  until: 2026-12-31
  clauses: [{kind: exclusive, scope: {SCOPE}}]
"""


@pytest.mark.parametrize(
    ("start", "scope", "overlap"),
    [
        ("2024-09-01", "", True),
        ("2024-09-01", "purposes: [api], regions: [r]", True),
        ("2026-01-01", "", False),
        ("2024-09-01", "from: 2026-01-01", False),
    ],
)
def test_two_exclusives_on_the_same_lots_are_a_fault(
    tmp_path: Path, start: str, scope: str, overlap: bool
) -> None:
    other = OTHER.replace("FROM", start).replace("SCOPE", scope)
    text = text_of(pact() + other, OFFERS, NEEDS)
    found = [f for f in faults_of(tmp_path, text) if f.code == "exclusive-overlap"]
    assert bool(found) is overlap


def test_exclusives_on_different_purposes_do_not_overlap(tmp_path: Path) -> None:
    other = OTHER.replace("FROM", "2024-09-01").replace("SCOPE", "purposes: [work]")
    text = text_of(pact(", scope: {purposes: [api]}") + other, OFFERS, NEEDS)
    assert "exclusive-overlap" not in codes_of(tmp_path, text)


def test_it_is_explained_in_one_sentence(tmp_path: Path) -> None:
    book = book_of(tmp_path, text_of(pact(", scope: {purposes: [api]}"), NEEDS))
    assert book.terms[0].clause.explain(book) == "only cloud may supply api to lab"
