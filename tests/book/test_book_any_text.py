"""Whatever stands in a book, reading it gives a reading, never an exception."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offtake.book.read import SECTIONS, read
from offtake.book.typed import field_names

from .writing import HEADER, KINDS, PARTIES, START, write

WORDS = sorted(
    {"book", "include", "trace", "kind", "clauses", "claim", "promise", "share", "scope", "window"}
    | set(SECTIONS)
    | {name for kind in SECTIONS.values() for name in field_names(kind)}
)
VALUES = [
    "9 chips",
    "2 USD per chip-hour",
    "2025-02",
    "2025-02-30",
    "1 month",
    "40%",
    "lab",
    "h100",
]
SCALARS = st.one_of(st.sampled_from(WORDS + VALUES), st.text(string.printable, max_size=12))


def flow(value: object) -> str:
    """A value as YAML in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(k)}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(v) for v in value) + "]"
    return '"' + "".join(f"\\x{ord(c):02x}" for c in str(value)) + '"'


TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(WORDS), inner, max_size=5)
    ),
    max_leaves=20,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("any"), {"empty.yaml": ""})


def reads(folder: Path, name: str, data: bytes) -> None:
    result = read(write(folder, {"book.yaml": START, name: data}), KINDS)
    assert (result.book is None) == any(f.severity == "fault" for f in result.faults)
    for fault in result.faults:
        assert fault.sentence
        assert fault.place.line >= 1


@given(st.text())
def test_any_text(folder: Path, text: str) -> None:
    reads(folder, "book.yaml", text.encode("utf-8", "surrogatepass"))


@given(st.binary())
def test_any_bytes(folder: Path, data: bytes) -> None:
    reads(folder, "book.yaml", data)


@given(st.text(alphabet="[]{}:,-#&*!|>'\"%@`?<\n \tab0~"))
def test_any_punctuation_after_a_good_start(folder: Path, text: str) -> None:
    reads(folder, "book.yaml", (START + text).encode())


@given(st.dictionaries(st.sampled_from(sorted(SECTIONS)), st.lists(TREES, max_size=3), max_size=3))
def test_any_tree_of_known_words(folder: Path, sections: dict[str, object]) -> None:
    text = "".join(f"{name}: {flow(value)}\n" for name, value in sections.items())
    start = HEADER if "parties" in sections else START
    reads(folder, "book.yaml", (start + text).encode())


@given(st.text(alphabet=st.sampled_from(',"\n\r;o19 \x00%é')))
def test_any_table(folder: Path, text: str) -> None:
    book = HEADER.replace("12 months}", "12 months}\n  include: [offers.csv]") + PARTIES
    write(folder, {"offers.csv": "id,seller,chip,region,price,max\n" + text})
    reads(folder, "book.yaml", book.encode())
