"""Hostile books: a fault each, in under a second, with nothing opened outside the book."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .hostile import EXPECTED, lay

TESTS = Path(__file__).parents[1]
SECONDS_MOST = 5.0
"""Each takes well under one; on a busy machine a hang still stands out."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All hostile books read by one process under an audit hook."""
    folder = tmp_path_factory.mktemp("hostile") / "books"
    lay(folder)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "book.hostile", str(folder)],
        cwd=TESTS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_there_are_at_least_forty() -> None:
    assert len(EXPECTED) >= 40


@pytest.mark.parametrize("name", EXPECTED)
def test_a_hostile_book_is_a_fault_at_its_place(name: str, run: dict[str, Any]) -> None:
    code, place = EXPECTED[name]
    result = run["results"][name]
    assert not result["book"]
    found = [at for at, said, _ in result["faults"] if said == code]
    assert found, result["faults"][:5]
    assert any(at == place or at.startswith(f"{place}:") for at in found), found[:5]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_hostile_book_takes_no_time(name: str, run: dict[str, Any]) -> None:
    assert run["results"][name]["seconds"] < SECONDS_MOST


@pytest.mark.parametrize("name", EXPECTED)
def test_a_hostile_book_is_answered_in_short_plain_sentences(
    name: str, run: dict[str, Any]
) -> None:
    for _, _, words in run["results"][name]["faults"]:
        assert len(words) < 700
        assert words.isprintable()
        assert "nobody may see" not in words


def test_nothing_outside_the_book_is_opened_or_run(run: dict[str, Any]) -> None:
    assert run["opened"] == []
