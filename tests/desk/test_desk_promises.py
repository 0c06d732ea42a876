"""What a journal alone proves: sound ones pass, and each tampering is named at its event."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import offtake.audit
from offtake.audit import promises
from offtake.desk.wire import data_of

from .lives import live
from .tampered import CASES, where
from .written import Journal, changed_terms, sound
from .written_more import declined_offer, equal_ranks, failed_taking, floors, letter

LIVES = [
    sound,
    changed_terms,
    letter,
    equal_ranks,
    failed_taking,
    declined_offer,
    floors,
]


@pytest.mark.parametrize("life", LIVES)
def test_a_sound_journal_keeps_every_promise(life: Callable[[], Journal]) -> None:
    assert promises(life().data()) == ()


@pytest.mark.parametrize("life", LIVES)
def test_a_prefix_of_a_sound_journal_is_sound(life: Callable[[], Journal]) -> None:
    events = life().data()
    for end in range(len(events)):
        assert promises(events[:end]) == ()


@pytest.mark.parametrize("what", CASES)
def test_a_tampered_journal_is_found_out(what: str) -> None:
    life, edits, promise, (name, nth), words = CASES[what]
    events = copy.deepcopy(life().data())
    for edit in edits:
        edit(events)
    told = promises(events)
    here = where(events, name, nth)
    found = [b for b in told if b.number == here and b.promise == promise]
    assert any(re.search(words, breach.sentence) for breach in found), told
    assert min(breach.number for breach in told) <= here


def test_the_checker_shares_nothing_with_the_desk() -> None:
    for path in Path(offtake.audit.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in getattr(node, "names", [])]
            names.append(getattr(node, "module", None) or "")
            ours = [n for n in names if isinstance(n, str) and n.startswith("offtake")]
            assert all(n.startswith("offtake.audit") for n in ours), path


@pytest.mark.parametrize("seed", range(40))
def test_a_life_of_the_desk_keeps_every_promise(seed: int) -> None:
    assert promises(map(data_of, live(seed).journal)) == ()
