"""The catalogue of codes: every code is explained; test_book_examples.py earns each of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import offtake.book
from offtake.book import read
from offtake.book.codes import CODES
from offtake.book.fields import Named

ROOM = Path(offtake.book.__file__).parent
SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def emitted() -> Iterator[str]:
    """Every code written in this room where a fault is made, or where a field says what it is."""
    for path in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or len(node.args) < 2:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            second = node.args[1]
            if name in ("Fault", "Misread", "fault", "_reads") and isinstance(second, ast.Constant):
                yield str(second.value)
    yield from (f"unknown-{what}" for what in get_args(Named) if what != "region")


def test_every_code_that_the_room_can_give_is_in_the_catalogue() -> None:
    codes = set(emitted())
    assert len(codes) > 60
    assert codes <= set(CODES)


def test_the_parts_of_the_catalogue_do_not_share_codes() -> None:
    parts = [path.read_text() for path in ROOM.glob("codes_*.py")]
    listed = re.findall(r'^    "([a-z-]+)": Code\(', "\n".join(parts), re.M)
    assert sorted(listed) == sorted(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_a_stable_slug_with_plain_words(code: str) -> None:
    assert SLUG.fullmatch(code)
    entry = CODES[code]
    assert len(entry.title) <= 40
    assert not entry.title.endswith(".")
    assert entry.explanation.endswith((".", "?"))
    assert entry.remedy.endswith(".")


def test_the_built_in_chips_have_no_fault_and_say_where_they_stand() -> None:
    chips = read.built_in_chips()
    assert {"h100", "h200", "a100", "gb200"} <= set(chips)
    assert all(str(c.place).startswith("built-in chips.yaml:") for c in chips.values())
