"""`offtake rights --may`: whether a party may use something in a product, by which clause."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .books import OPEN, said, write

LICENSED = (
    OPEN
    + """\
agreements:
- id: pact
  seller: near
  from: 2025-01-01
  until: 2027-12-31
  clauses:
  - {id: ip, kind: licence, holder: near, of: Lab's models and weights, field: cloud services,
     products: [Near Chat, Near Studio], exclusive: true, until: 2026-09-30}
  - {id: tools, kind: licence, holder: lab, of: Near's tools}
  amendments:
  - {on: 2026-04-27, signed: 2026-01-01, change: {ip: {exclusive: false}}}
- id: aside
  seller: far
  from: 2025-06-01
  until: 2027-12-31
  clauses:
  - {id: ip, kind: licence, holder: far, of: Lab's models, products: [Near Chat, Far Chat]}
  - {id: docs, kind: licence, holder: far, of: Lab's papers}
"""
)
IP, TOOLS = "pact/ip", "pact/tools"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("may") / "licensed", LICENSED)


def asked(book: Path, party: str, *words: str, on: str = "2026-05-01") -> dict[str, Any]:
    """The answer as plain data; the exit status says the same."""
    done = said("rights", book, "--may", party, "use", *words, "--on", on, "--json")
    answer: dict[str, Any] = json.loads(done.stdout)
    assert done.exit_code == {"yes": 0, "no": 1}[answer["answer"]]
    return answer


def short(answer: dict[str, Any]) -> tuple[str, list[tuple[str, str]]]:
    return answer["answer"], [(r["clause"], r["says"]) for r in answer["because"]]


def test_yes_names_the_clause_its_place_and_its_sentence(book: Path) -> None:
    done = said(
        "rights", book, "--may", "near", "use", "lab's MODELS", "in", "Near Chat",
        "--on", "2026-05-01",
    )  # fmt: skip
    assert done.exit_code == 0
    assert done.stdout == (
        "yes: near may use lab's MODELS in Near Chat on 2026-05-01\n"
        "pact/ip: near may use Lab's models and weights for cloud services "
        "(Near Chat, Near Studio) until 2026-09-30\n"
        "    licence, 2026-04-27 to 2026-09-30, book.yaml:28:55\n"
    )


def test_inside_a_books_folder_the_book_needs_no_name(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(book)
    question = ("--may", "near", "use", "Lab's", "models", "in", "Near", "Chat")
    assert said("rights", *question, "--on", "2026-05-01").exit_code == 0


def test_what_somebody_else_has_alone_is_barred_until_it_is_shared(book: Path) -> None:
    """`far` has a licence of its own; in Near Chat it counts only once near's is not exclusive."""
    before, after = "2026-04-26", "2026-04-27"
    models, chat = "Lab's models", "Near Chat"
    barred = asked(book, "far", models, "in", chat, on=before)
    assert short(barred) == ("no", [(IP, "bars"), ("aside/ip", "grants")])
    assert barred["because"][0]["holder"] == "near"
    assert short(asked(book, "far", models, "in", chat, on=after))[0] == "yes"
    assert short(asked(book, "far", models, "in", "Far Chat", on=before))[0] == "yes"


@pytest.mark.parametrize(
    ("party", "words", "on", "answer", "because"),
    [
        ("near", "Lab's models", "2026-05-01", "yes", [(IP, "grants")]),
        ("near", "weights in Studio", "2026-05-01", "yes", [(IP, "grants")]),
        ("near", "weights in Cloud Services", "2026-05-01", "yes", [(IP, "grants")]),
        ("near", "weights in Chat Near", "2026-05-01", "no", [(IP, "names another product")]),
        ("near", "weights", "2026-10-01", "no", [(IP, "ended")]),
        ("near", "weights", "2024-12-31", "no", [(IP, "begins later")]),
        ("near", "Near's tools", "2026-05-01", "no", [(TOOLS, "is given by it")]),
        ("far", "Lab's models", "2026-01-01", "yes", [("aside/ip", "grants")]),
        ("far", "weights", "2026-01-01", "no", [(IP, "bars")]),
        ("far", "weights", "2026-05-01", "no", []),
        ("lab", "Near's tools in anything at all", "2026-05-01", "yes", [(TOOLS, "grants")]),
        ("lab", "weights", "2026-05-01", "no", [(IP, "is given by it")]),
    ],
)
def test_the_words_decide(
    book: Path, party: str, words: str, on: str, answer: str, because: list[tuple[str, str]]
) -> None:
    assert short(asked(book, party, *words.split(), on=on)) == (answer, because)


@pytest.mark.parametrize(
    ("party", "words", "on", "first"),
    [
        ("near", "weights", "2026-10-01", "no: it ended on 2026-09-30"),
        ("near", "weights", "2024-12-31", "no: it begins on 2025-01-01"),
        ("far", "weights", "2026-01-01", "no: near alone may use it on 2026-01-01"),
        ("far", "weights", "2026-05-01", "no: no clause in force on 2026-05-01"),
    ],
)
def test_no_says_why(book: Path, party: str, words: str, on: str, first: str) -> None:
    done = said("rights", book, "--may", party, "use", words, "--on", on)
    assert done.exit_code == 1
    assert done.stdout.startswith(first)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ["near", "use", "Lab's"],
            "is part of several that are licensed: Lab's models; Lab's models and weights",
        ),
        (["near", "use", "Lab's model"], "did you mean Lab's models?"),
        (["near", "use", "..."], "no clause of the book licenses '...'"),
        (["nobody", "use", "weights"], "the book has no party 'nobody'"),
        (["near", "use"], "--may PARTY use"),
        (["near", "use", "weights", "in"], "--may PARTY use"),
        (["near", "weights"], "--may PARTY use"),
        (["near", "use", "weights", "--party", "far"], "leave it out, or --may"),
    ],
)
def test_a_question_that_means_nothing_is_wrong_usage(
    book: Path, arguments: list[str], says: str
) -> None:
    done = said("rights", book, "--on", "2026-05-01", "--may", *arguments)
    assert done.exit_code == 2
    assert says in done.output


def test_without_a_question_exactly_one_book_is_named(book: Path) -> None:
    for books in ((), (book, book)):
        done = said("rights", *books, "--on", "2026-05-01")
        assert done.exit_code == 2
        assert "name one book" in done.output


def test_a_book_with_faults_says_them_and_no_answer(tmp_path: Path) -> None:
    bad = write(tmp_path, LICENSED.replace("seller: far", "seller: fra"))
    done = said("rights", bad, "--may", "near", "use", "weights", "--on", "2026-05-01")
    assert done.exit_code == 1
    assert "unknown-party" in done.stdout
    assert "yes" not in done.stdout


def test_a_book_that_licenses_nothing_says_so(tmp_path: Path) -> None:
    done = said("rights", write(tmp_path, OPEN), "--may", "near", "use", "x", "--on", "2026-05-01")
    assert done.exit_code == 2
    assert "it has no licence" in done.output
