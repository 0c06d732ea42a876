"""Every code has the smallest book that earns it, and the same book mended.

They are what `offtake explain` and docs/faults.md show.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import ClassVar

import pytest

from offtake.book.codes import CODES, stated_by
from offtake.book.faults import Code, Example, Fault
from offtake.book.pages import CodePage, KindPage, NoPageError, code_pages, page, words
from offtake.book.read import read
from offtake.book.records import Clause
from offtake.book.samples import OFFER, of_clause, whole
from offtake.clauses.registry import kinds
from settle.test_inputs_tables import EARNED as BY_METERING
from signed.test_signed_faults import EARNED

from . import hostile_files, hostile_sizes, hostile_text, hostile_values
from .broken import BROKEN
from .writing import KINDS, write

HOSTILE = (hostile_files, hostile_sizes, hostile_text, hostile_values)
UNSHOWN = {
    "bad-chip-hours": "no clause kind of ours counts in chip-hours",
    "encoding": "the bytes are no text",
    "include-depth": "it takes seventeen files",
    **dict.fromkeys(EARNED, "it takes a journal"),
    **dict.fromkeys(BY_METERING, "it takes a file beside the book"),
    "not-a-file": "it takes a folder or a pipe in the place of a file",
    "too-large": "it takes 64 MiB",
    "too-many-faults": "it takes a thousand faulty rows",
    "too-many-files": "it takes ten thousand files",
    "too-many-purposes": "it takes five hundred purposes",
    "yaml-depth": "it takes 33 brackets",
}
"""Codes that a page tells in words alone, and why no few lines earn them."""

OURS = {n: k for n, k in kinds().items() if k.__module__.startswith("offtake.")}
ALL = {**CODES, **{name: code for kind in OURS.values() for name, code in stated_by(kind).items()}}
SHOWN = {name: code.example for name, code in ALL.items() if code.example is not None}


def found(folder: Path, example: Example, *, wrong: bool) -> tuple[Fault, ...]:
    """What is found in the book in which an example stands."""
    return read(write(folder, whole(example, wrong=wrong)), kinds()).faults


def test_every_code_has_an_example_and_those_without_are_known() -> None:
    without = set(ALL) - set(SHOWN)
    assert without == set(UNSHOWN), (
        "give the code an example: Code(..., example=of_clause(words, right, wrong)); "
        "offtake/book/samples.py has the books around it"
    )


def test_what_no_example_shows_is_earned_by_a_book_of_these_tests() -> None:
    hostile = {case[-2] for module in HOSTILE for case in module.ALL.values()}
    assert set(UNSHOWN) <= hostile | set(BROKEN) | set(EARNED) | set(BY_METERING)


@pytest.mark.parametrize("code", SHOWN)
def test_an_example_earns_its_code_and_no_other(code: str, tmp_path: Path) -> None:
    example = SHOWN[code]
    faults = found(tmp_path, example, wrong=True)
    assert [f.code for f in faults] == [code], [str(f) for f in faults]
    assert faults[0].severity == ALL[code].severity
    files = whole(example, wrong=True)
    assert faults[0].place.line <= files[faults[0].place.file].count("\n") + 1


@pytest.mark.parametrize("code", SHOWN)
def test_mended_as_it_says_nothing_is_wrong_with_it(code: str, tmp_path: Path) -> None:
    assert [str(f) for f in found(tmp_path, SHOWN[code], wrong=False)] == []


@pytest.mark.parametrize("code", SHOWN)
def test_what_is_right_stands_once_in_an_example(code: str) -> None:
    example = SHOWN[code]
    texts = example.files(wrong=False).values()
    assert sum(text.count(example.right) for text in texts) == 1
    assert max(len(line) for text in texts for line in text.splitlines()) <= 200


@pytest.mark.parametrize("kind", OURS)
def test_a_kind_of_ours_says_how_to_mend_what_it_finds(kind: str) -> None:
    for name, code in stated_by(OURS[kind]).items():
        assert code.remedy.endswith("."), f"{name}: state a Code with a title and a remedy"
        assert code.explanation.endswith((".", "?"))
        assert name not in CODES


def test_kinds_share_a_code_only_where_they_share_its_meaning() -> None:
    stated = [item for kind in OURS.values() for item in stated_by(kind).items()]
    assert all(code == ALL[name] for name, code in stated)


class Bare(Clause):
    """A kind of somebody else that states a sentence for its code, and no more."""

    summary: ClassVar[str] = "says little"
    codes: ClassVar[dict[str, str]] = {"bare-fault": "It is bare."}


def test_a_kind_that_states_a_sentence_alone_has_a_page_too() -> None:
    known = {**KINDS, "bare": Bare}
    code, kind = page("bare-fault", known), page("bare", known)
    assert isinstance(code, CodePage)
    assert code.code == Code("Bare fault", "It is bare.", "")
    assert isinstance(kind, KindPage)
    assert (kind.summary, [one.name for one in kind.codes]) == ("says little", ["bare-fault"])


def test_the_words_of_a_kind_are_those_of_its_schema() -> None:
    listed = {word.name: word for word in words("first-refusal", kinds())}
    assert listed["window"].required
    assert not listed["rank"].required
    assert listed["window.length"].written == "such as 30 days"
    assert listed["at_expiry"].written == "survives or lapses"
    assert listed["expected[].take"].written == "such as 40%"
    assert listed["scope.except[].own_build"].written == "true or false"
    assert listed["holder"].written == "an id"
    assert not {"kind", "source", "note"} & set(listed)


def test_every_word_of_every_kind_says_how_it_is_written() -> None:
    def all_words() -> Iterator[str]:
        return chain.from_iterable((w.written for w in words(kind, OURS)) for kind in OURS)

    assert all(all_words())
    assert len(list(all_words())) > 100


def test_a_name_that_means_nothing_is_told_with_the_nearest() -> None:
    with pytest.raises(NoPageError, match="'pays-twise'; did you mean pays-twice"):
        page("pays-twise", kinds())
    with pytest.raises(NoPageError, match="'xyz'; offtake explain lists all of them"):
        page("xyz", kinds())


def test_pages_are_in_the_order_of_reading_with_clauses_last() -> None:
    names = [one.name for one in code_pages(kinds())]
    assert names[0] == "no-book"
    assert names.index("yaml") < names.index("bad-date") < names.index("unknown-party")
    assert names.index("upstream-short") < names.index("pays-twice")


def test_an_example_of_a_clause_stands_in_an_agreement_that_follows_use() -> None:
    example = of_clause("{kind: take-or-pay, share: 90%}", "90%", "110%")
    wrong, right = (example.files(wrong=w)["book.yaml"] for w in (True, False))
    assert "share: 110%" in wrong
    assert wrong.replace("110%", "90%") == right
    assert "billing: used" in right


def test_a_book_without_header_and_parties_is_given_them() -> None:
    files = whole(Example(OFFER, "neo-12", "Neo"), wrong=True)
    assert files["book.yaml"].startswith("book:\n")
    assert files["book.yaml"].endswith("max: 1024 chips\n")
