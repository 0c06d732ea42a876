"""What holders are expected to answer: cases for a rehearsal, and what a plan makes of them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from offtake.book.force import Book
from offtake.clauses.base import Likely, Rehearses, Uncertain
from offtake.units import parse_price

from .planning import book_of, codes_of, cost_of, faults_of, needs, text_of

PACT = """
agreements:
- id: pact
  seller: cloud
  from: 2024-09-01
  until: 2025-12-31
  clauses:
  - {id: right, kind: KIND}
"""
WINDOW = "window: {length: 30 days}, at_expiry: lapses"
OFFERS = """
offers:
- {id: cheap, seller: neo, chip: a, region: r, term: 12 months, price: 2 USD per chip-hour,
   max: 10 chipsMORE}
"""


def text(kind: str, words: str = "", more: str = "") -> str:
    stated = kind if kind == "exclusive" else f"{kind}, {WINDOW}"
    pact = PACT.replace("KIND", stated + words)
    return text_of(pact, OFFERS.replace("MORE", more), needs(1, 1))


def answers(book: Book) -> list[tuple[str, float, float]]:
    """Each answer with the share taken and its weight."""
    clause = book.terms[0].clause
    assert isinstance(clause, Rehearses)
    return [(e.answer, float(e.take), float(e.weight)) for e in clause.answers(book)]


def wrong(folder: Path, kind: str, words: str) -> list[tuple[str, str]]:
    """Each fault: its code, and the text from its place on."""
    whole = text(kind, words)
    found = []
    for fault in faults_of(folder, whole):
        line = whole.splitlines()[fault.place.line - 1]
        found.append((fault.code, line[fault.place.column - 1 :].split("}")[0]))
    return found


@pytest.mark.parametrize("kind", ["first-refusal", "first-offer", "exclusive"])
def test_of_whom_nothing_is_expected_a_waiver_is(tmp_path: Path, kind: str) -> None:
    assert answers(book_of(tmp_path, text(kind))) == [("waive", 0, 1)]


def test_a_holder_that_may_take_answers_as_stated_or_as_follows(tmp_path: Path) -> None:
    cases = (
        ", expected: [{take: 0%, weight: 10%}, {take: 40%, weight: 20%}, "
        "{answer: silent, weight: 30%}, {answer: counter, weight: 15%}, "
        "{answer: unable, take: 0%, weight: 5%}, {take: 100%, fails: true, weight: 20%}]"
    )
    book = book_of(tmp_path, text("first-refusal", cases))
    assert answers(book) == [
        ("waive", 0, 0.1),
        ("take", 0.4, 0.2),
        ("silent", 0, 0.3),
        ("counter", 0, 0.15),
        ("unable", 0, 0.05),
        ("take", 1, 0.2),
    ]
    clause = book.terms[0].clause
    assert isinstance(clause, Rehearses)
    assert [e.fails for e in clause.answers(book)] == [False] * 5 + [True]


def test_in_a_plan_what_fails_and_what_is_not_taken_is_one_case(tmp_path: Path) -> None:
    cases = (
        ", expected: [{take: 0%, weight: 10%}, {take: 40%, weight: 20%}, "
        "{answer: silent, weight: 30%}, {take: 100%, fails: true, weight: 40%}]"
    )
    book = book_of(tmp_path, text("first-refusal", cases))
    clause = book.terms[0].clause
    assert isinstance(clause, Uncertain)
    assert [(c.value, c.weight, c.words) for c in clause.cases(book)] == [
        (0, 0.8, "0%"),
        (0.4, 0.2, "40%"),
    ]
    same = ", expected: [{take: 0%, weight: 80%}, {take: 40%, weight: 20%}]"
    plain = book_of(tmp_path / "plain", text("first-refusal", same))
    assert cost_of(book) == pytest.approx(cost_of(plain))


def test_a_holder_that_may_offer_answers_with_its_own_price_or_the_clause_s(tmp_path: Path) -> None:
    cases = (
        ", price: 3 USD per chip-hour, expected: [{answer: offer, weight: 30%}, "
        "{answer: offer, price: 1 USD per chip-hour, weight: 20%}, {answer: waive, weight: 20%}, "
        "{answer: silent, weight: 20%}, {answer: unable, weight: 10%}]"
    )
    book = book_of(tmp_path, text("first-offer", cases))
    clause = book.terms[0].clause
    assert isinstance(clause, Rehearses)
    assert clause.answers(book) == (
        Likely("offer", Decimal(0), Decimal("0.3"), parse_price("3 USD per chip-hour")),
        Likely("offer", Decimal(0), Decimal("0.2"), parse_price("1 USD per chip-hour")),
        Likely("waive", Decimal(0), Decimal("0.2")),
        Likely("silent", Decimal(0), Decimal("0.2")),
        Likely("unable", Decimal(0), Decimal("0.1")),
    )
    # A plan goes on with the clause's price: nothing of the cases is a scenario of it.
    assert not isinstance(clause, Uncertain)


def test_an_exclusive_holder_waives_is_silent_or_unable(tmp_path: Path) -> None:
    cases = ", expected: [{answer: silent, weight: 60%}, {answer: unable, weight: 40%}]"
    book = book_of(tmp_path, text("exclusive", cases))
    assert answers(book) == [("silent", 0, 0.6), ("unable", 0, 0.4)]


@pytest.mark.parametrize(
    ("kind", "case", "code", "at"),
    [
        ("first-refusal", "answer: waive, take: 40%", "expected-answer", "waive, take"),
        ("first-refusal", "answer: counter, take: 1%", "expected-answer", "counter, take"),
        ("first-refusal", "answer: take", "expected-answer", "take, weight"),
        ("first-refusal", "fails: true", "expected-answer", "true, weight"),
        ("first-refusal", "take: 140%", "expected-weights", "140%, weight"),
        ("first-offer", "answer: offer", "expected-answer", "offer, weight"),
        (
            "first-offer",
            "answer: silent, price: 2 USD per chip-hour",
            "expected-answer",
            "2 USD per chip-hour, weight",
        ),
        (
            "first-offer",
            "answer: offer, price: 2 USD per month",
            "first-offer-price",
            "2 USD per month, weight",
        ),
        ("exclusive", "answer: take", "unknown-choice", "take, weight"),
        ("first-offer", "answer: counter", "unknown-choice", "counter, weight"),
    ],
)
def test_an_answer_that_contradicts_itself_is_a_fault(
    tmp_path: Path, kind: str, case: str, code: str, at: str
) -> None:
    ((found, where),) = wrong(tmp_path, kind, f", expected: [{{{case}, weight: 100%}}]")
    assert found == code
    assert where.startswith(at)


@pytest.mark.parametrize("kind", ["first-refusal", "first-offer", "exclusive"])
def test_weights_that_do_not_sum_are_a_fault_of_every_kind(tmp_path: Path, kind: str) -> None:
    case = ", expected: [{answer: silent, weight: 90%}]"
    assert codes_of(tmp_path, text(kind, case)) == ["expected-weights"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (", parts: 0", "zero"),
        (", rate: 8%", "not-per-year"),
        (", tail: {length: 9 days, price_rise: 2% per year}", "share-unit"),
        (", tail: {length: 9 days, price_rise: a little}", "bad-share"),
        (", together: 9 days", "together-without-floor"),
        (", grace: 9 hours", "span-unit"),
        (", grace: 9 business days", "span-unit"),
        (", grace: 1 month", "span-unit"),
        (", together: 9 business days, scope: {size_min: 4 chips}", "span-unit"),
        (", together: 1 month, scope: {size_min: 4 chips}", "span-unit"),
        (", closing: 9 hours", "span-unit"),
        (", deposit: 9 EUR", "other-currency"),
        (", discloses: [price]", "unknown-choice"),
        (", package: half", "unknown-choice"),
    ],
)
@pytest.mark.parametrize("kind", ["first-refusal", "first-offer"])
def test_words_for_the_desk_that_cannot_be_are_faults(
    tmp_path: Path, kind: str, words: str, code: str
) -> None:
    assert codes_of(tmp_path, text(kind, words)) == [code]


@pytest.mark.parametrize(
    "words",
    [
        ", parts: 2, rate: 8% per year, grace: 9 days, closing: 1 month, deposit: 9 USD",
        ", tail: {length: 9 days, price_rise: 0%}, discloses: [counterparty], package: stated",
        ", together: 9 days, scope: {size_min: 4 chips}",
    ],
)
@pytest.mark.parametrize("kind", ["first-refusal", "first-offer"])
def test_words_for_the_desk_change_no_plan(tmp_path: Path, kind: str, words: str) -> None:
    without = text(kind, words[words.index(", scope") :] if "scope" in words else "")
    plain = cost_of(book_of(tmp_path / "plain", without))
    assert cost_of(book_of(tmp_path / "desk", text(kind, words))) == pytest.approx(plain)


@pytest.mark.parametrize(
    ("later", "codes"),
    [
        ("{after: 10 days, price: 3 USD per chip-hour}", []),
        ("{after: 10 days, more: 5 chips}", []),
        ("{after: 10 days}", ["missing-field"]),
        ("{more: 5 chips}", ["missing-field"]),
        ("{after: 10 hours, more: 5 chips}", ["span-unit"]),
        ("{after: 10 days, price: 3 EUR per chip-hour}", ["other-currency"]),
        ("{after: 10 days, price: 3 USD per month}", ["price-unit"]),
    ],
)
def test_what_a_seller_asks_later_is_a_price_or_more_chips(
    tmp_path: Path, later: str, codes: list[str]
) -> None:
    assert codes_of(tmp_path, text("first-refusal", more=f", later: {later}")) == codes
