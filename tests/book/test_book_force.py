"""What was known when, which version of a clause holds when, and what is in force on a day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from offtake.book.force import Book, in_force, terms

from .writing import START, Claim, Promise, good

TEXT = (
    START
    + """\
agreements:
- id: a
  seller: cloud
  from: 2025-01-01
  until: 2026-12-31
  clauses:
  - {id: first, kind: claim, rank: 2, window: {length: 30 days, closes: "12:00"}}
  - {kind: promise, share: 90%}
  amendments:
  - {on: 2026-03-01, signed: 2025-12-01, end: [first]}
  - {on: 2025-06-01, change: {promise: {share: 80%}, first: {window: {length: 15 days}}}}
  - {on: 2026-05-01, add: [{id: second, kind: claim, holder: lab}]}
- id: b
  seller: neo
  signed: 2025-04-02
  from: 2025-05-01
  until: 2025-12-31
  waivers: [{of: first, on: 2025-04-01}, {of: a/first, on: 2025-07-01}]
offers:
- id: o
  seller: neo
  chip: h100
  region: x
  term: 12 months
  price: 2 USD per chip-hour
  max: 9 chips
  clauses: [{kind: claim}]
"""
)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return good(tmp_path, TEXT)


def spans(book: Book) -> list[str]:
    return [f"{t.clause.id} {t.start} {t.end}" for t in terms(book) if t.owner.id != "o"]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_a_book_knows_what_was_known_on_its_day(book: Book) -> None:
    assert book.known == day("2025-01-21")
    assert list(book.agreements) == ["a"]
    assert spans(book) == ["a/first 2025-01-01 2026-12-31", "a/promise 2025-01-01 2026-12-31"]


def test_knowledge_moves_forward_and_back(book: Book) -> None:
    later = book.as_of(day("2025-06-30"))
    assert list(later.agreements) == ["a", "b"]
    assert [w.of for w in later.agreements["b"].waivers] == ["first"]
    assert [m.on for m in later.agreements["a"].amendments] == [day("2025-06-01")]
    assert later.as_of(book.known) == book
    assert book.as_of(day("2025-04-01")).agreements.keys() == {"a"}
    assert book.as_of(day("2025-04-02")).agreements.keys() == {"a", "b"}


def test_an_amendment_is_known_from_its_signing_and_bites_on_its_day(book: Book) -> None:
    seen = book.as_of(day("2025-12-01"))
    assert "a/first 2025-06-01 2026-02-28" in spans(seen)
    assert "a/first 2025-06-01 2026-12-31" in spans(seen.as_of(day("2025-11-30")))


def test_the_versions_of_a_clause_follow_each_other_without_gap(book: Book) -> None:
    assert spans(book.whole) == [
        "a/first 2025-01-01 2025-05-31",
        "a/promise 2025-01-01 2025-05-31",
        "a/promise 2025-06-01 2026-12-31",
        "a/first 2025-06-01 2026-02-28",
        "a/second 2026-05-01 2026-12-31",
    ]


def test_a_change_replaces_the_words_that_it_states_and_keeps_the_others(book: Book) -> None:
    first = [t.clause for t in terms(book.whole) if t.clause.id == "a/first"]
    windows = [c.window for c in first if isinstance(c, Claim) and c.window and c.rank == 2]
    assert [str(w.length) for w in windows] == ["30 days", "15 days"]
    # A word is replaced whole: what the new window does not say is as in any window.
    assert [str(w.closes) for w in windows] == ["12:00", "17:00"]
    assert [str(c.place) for c in first] == ["book.yaml:16:5", "book.yaml:20:61"]
    assert str(first[1].at("rank")) == "book.yaml:16:36"
    assert first[1].seller == "cloud"


def test_what_is_in_force_on_a_day_and_for_whom(book: Book) -> None:
    def names(on: str, party: str | None = None) -> list[str]:
        return [t.clause.id for t in in_force(book.whole, day(on), party)]

    assert names("2024-12-31") == []
    assert names("2025-01-01") == ["a/first", "a/promise"]
    assert names("2026-02-28") == ["a/promise", "a/first"]
    assert names("2026-03-01") == ["a/promise"]
    assert names("2026-12-31", "lab") == ["a/promise", "a/second"]
    assert names("2026-12-31", "neo") == []
    assert names("2027-01-01") == []


def test_the_terms_of_an_offer_hold_whenever_it_is_taken_up_and_are_not_in_force(
    book: Book,
) -> None:
    (term,) = [t for t in terms(book) if t.owner.id == "o"]
    assert (term.clause.id, term.start, term.end) == ("o/claim", dt.date.min, dt.date.max)
    assert all(t.owner.id == "a" for t in in_force(book, day("2025-03-01")))


def test_what_ends_on_its_first_day_never_held(tmp_path: Path) -> None:
    text = (
        START
        + """\
agreements:
- id: a
  seller: cloud
  from: 2025-02-01
  until: 2026-12-31
  clauses: [{kind: promise, share: 90%}]
  amendments: [{on: 2025-02-01, signed: 2025-01-31, change: {promise: {share: 50%}}}]
"""
    )
    (term,) = terms(good(tmp_path, text).whole)
    assert isinstance(term.clause, Promise)
    assert str(term.clause.share) == "50%"
    assert (term.start, term.end) == (day("2025-02-01"), day("2026-12-31"))


def test_two_changes_of_one_clause_add_up(tmp_path: Path) -> None:
    text = (
        START
        + """\
agreements:
- id: a
  seller: cloud
  from: 2025-01-01
  until: 2025-12-31
  clauses: [{kind: claim}]
  amendments:
  - {on: 2025-09-01, change: {claim: {rank: 3}}}
  - {on: 2025-05-01, change: {claim: {holder: neo}}}
"""
    )
    book = good(tmp_path, text).whole
    claims = [(t.start.month, t.clause) for t in terms(book)]
    told = [(month, c.holder, c.rank) for month, c in claims if isinstance(c, Claim)]
    assert told == [(1, None, 1), (5, "neo", 1), (9, "neo", 3)]
