"""Whole books by chance, of all records and clause kinds: read, explained, planned or answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from offtake.api import OpenBook, load
from offtake.book.codes_fields import FIELDS
from offtake.book.faults import Fault
from offtake.clauses.registry import kinds
from offtake.cli.top import _status

from . import hostile_grammar as grammar

CHECKED = {"invalid-value", "unknown-calendar", "unknown-zone", "too-many-purposes", "unknown-kind"}
"""Codes of fields that are more than a matter of form."""
LINES_MOST = 700
bounded = settings(
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
    ],
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("grammar")


def opened(folder: Path, text: str) -> OpenBook:
    (folder / "book.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    return load(folder)


def told_well(faults: tuple[Fault, ...], text: str) -> None:
    """Each fault stands in the book, and is told in short plain lines."""
    lines = text.split("\n")
    for fault in faults:
        assert fault.place.file == "book.yaml"
        assert 1 <= fault.place.line <= len(lines), fault
        assert 1 <= fault.place.column <= len(lines[fault.place.line - 1]) + 2, fault
        assert fault.sentence
        assert len(fault.sentence) + len(fault.hint) < LINES_MOST
        assert f"{fault.sentence}{fault.hint}".isprintable(), fault


def mended(book: dict[str, Any], read: OpenBook) -> dict[str, Any]:
    """The book without the records and clauses in which a fault stands."""
    spoilt = {f.place.line for f in read.check() if f.severity == "fault"}
    return grammar.without(book, spoilt)


@settings(bounded, max_examples=150)
@given(grammar.broken())
def test_a_book_by_chance_is_read_and_its_faults_stand_in_it(folder: Path, book: Any) -> None:
    text = grammar.text_of(book)
    read = opened(folder, text)
    told_well(read.check(), text)
    assert (read.reading.book is None) == any(f.severity == "fault" for f in read.check())


@settings(bounded, max_examples=40)
@given(grammar.books())
def test_a_book_without_faults_is_explained_and_planned_or_answered(
    folder: Path, book: dict[str, Any]
) -> None:
    read = opened(folder, grammar.text_of(book))
    for _ in range(6):
        if read.reading.book is not None:
            break
        book = mended(book, read)
        read = opened(folder, grammar.text_of(book))
    assert read.reading.book is not None, [str(f) for f in read.check()]
    for day in ("2025-02-01", "2025-06-01", "2026-01-31"):
        for line in read.rights(day):
            assert line.sentence
            assert line.sentence.isprintable()
    try:
        assert read.plan(costs=False, foresight=False, seconds=5).data()
    except Exception as error:
        if _status(error) is None:
            error.add_note(grammar.text_of(book))
            raise


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_the_grammar_writes_every_clause_kind_that_is_installed(kind: str, folder: Path) -> None:
    start = (
        "book: {buyer: lab, as_of: 2025-01-21, periods: {start: 2025-02, length: 6 months}, "
        "purposes: {training: {}, inference: {}, api: {}}}\n"
    )

    @settings(bounded, max_examples=8)
    @given(grammar.records(kinds()[kind]))
    def written(words: dict[str, Any]) -> None:
        agreement = {
            "id": "a",
            "seller": "lab",
            "from": "2025-02-01",
            "until": "2025-06-30",
            "clauses": [{**words, "kind": kind}],
        }
        text = f"{start}agreements:\n- {grammar.flow(agreement)}\n"
        misread = {f.code for f in opened(folder, text).check()} & set(FIELDS) - CHECKED
        assert not misread, text

    written()
