"""First refusal: which part may be taken, in the check, in a plan and at the desk."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields
from pathlib import Path

import pytest

from offtake.book.scope import Lot
from offtake.clauses.base import Ask
from offtake.clauses.ruling import rulings
from offtake.plan.assemble import programme
from offtake.plan.model import Model

from .planning import book_of, faults_of, text_of

PACT = """
agreements:
- id: pact
  seller: cloud
  from: 2024-09-01
  until: 2025-12-31
  clauses:
  - {kind: first-refusal, window: {length: 30 days}, at_expiry: survivesWORDS}
offers:
- {id: o, seller: neo, chip: a, region: r, term: 12 months, price: 2 USD per chip-hour,
   max: 7 chips, block: 1 chip}
demand:
- {id: w, purpose: work, unit: a, path: {2025-01: 6 chips}, unserved: 9 USD per chip-hour}
"""
LOT = Lot("a", "r", frozenset({"work"}), 7)
OPENED = dt.date(2024, 10, 1)


def text(words: str) -> str:
    return text_of(PACT.replace("WORDS", words), months=1)


@pytest.mark.parametrize(
    "words",
    [
        ", expected: [{take: 50%, weight: 100%}]",
        ", able: 2 chips, expected: [{take: 50%, weight: 100%}]",
        ", expected: [{take: 30%, weight: 50%}, {take: 60%, weight: 50%}]",
    ],
)
def test_any_part_is_in_a_plan_what_is_not_stated(tmp_path: Path, words: str) -> None:
    one, other, least = (
        bits(programme(book_of(tmp_path / str(n), text(stated + words))).model)
        for n, stated in enumerate(("", ", partial: any", ", partial: {min: 2 chips}"))
    )
    assert one == other
    assert one != least


def bits(model: Model) -> list[bytes]:
    """Each column, row and entry of a programme, to the last bit."""
    arrays = model.arrays(model.cost)
    return [getattr(arrays, f.name).tobytes() for f in fields(arrays) if f.name != "money"]


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        ("{take: 40%, weight: 100%}", "40%, weight: 100%"),
        ("{take: 0%, weight: 60%}, {take: 1%, weight: 20%}, {take: 99%, weight: 20%}", "1%, wei"),
        ("{take: 0%, weight: 50%}, {take: 99.5%, fails: true, weight: 50%}", "99.5%, fails"),
        ("{take: 0%, weight: 50%}, {take: 100%, weight: 50%}", None),
        ("{answer: silent, weight: 100%}", None),
    ],
)
@pytest.mark.parametrize("partial", ["", ", partial: any", ", partial: {min: 4 chips}"])
def test_a_part_is_expected_only_of_who_may_take_one(
    tmp_path: Path, cases: str, said: str | None, partial: str
) -> None:
    book = text(f"{partial}, expected: [{cases}]")
    found = faults_of(tmp_path, book)
    assert {f.code for f in found} <= {"expected-part"}
    assert len(found) == (1 if said and not partial else 0)
    for fault in found:
        assert fault.severity == "warning"
        assert said
        assert book.splitlines()[fault.place.line - 1][fault.place.column - 1 :].startswith(said)


@pytest.mark.parametrize(
    ("partial", "code", "says"),
    [
        ("some", "unknown-choice", "which part may be taken"),
        ("4 chips", "unknown-choice", "which part may be taken"),
        ("{min: 4}", "bad-chips", "min: '4' is not a number of chips"),
        ("{least: 4 chips, min: 4 chips}", "unknown-field", "no field least"),
        ("{}", "missing-field", "missing in partial: min"),
        ("[any]", "mapping-expected", "mapping"),
    ],
)
def test_a_part_that_is_neither_any_nor_a_least_one_is_one_fault(
    tmp_path: Path, partial: str, code: str, says: str
) -> None:
    (fault,) = faults_of(tmp_path, text(f", partial: {partial}"))
    assert fault.code == code
    assert says in fault.sentence


@pytest.mark.parametrize(
    ("stated", "least"),
    [("any", 1), ("{min: 1 chip}", 1), ("{min: 64 chips}", 64), ("{min: 0 chips}", 1)],
)
def test_any_part_is_a_part_of_at_least_one_chip(tmp_path: Path, stated: str, least: int) -> None:
    (ask,) = rulings(book_of(tmp_path, text(f", partial: {stated}")), LOT, OPENED)
    assert isinstance(ask, Ask)
    assert ask.partial == least
