"""The measurements compare like with like: one programme, one optimum, whoever builds it."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCH = Path(__file__).parents[1] / "bench"


@pytest.fixture
def books(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCH))
    return importlib.import_module("books")


def optimum(script: str, *arguments: str) -> float:
    """What one contender finds, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(BENCH / script), *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return float(json.loads(done.stdout.splitlines()[-1])["objective"])


def test_all_contenders_find_the_same_optimum(books: ModuleType, tmp_path: Path) -> None:
    size = books.Size("tiny", 2, 2, 1, (2, 3), 4, 2, 2, 2)
    numbers = tmp_path / "numbers.json"
    (tmp_path / "book").mkdir()
    books.write_book(size, tmp_path / "book")
    books.write_numbers(size, numbers)
    ours = optimum("by_offtake.py", str(tmp_path / "book"))
    assert ours > 0
    assert optimum("by_linopy.py", str(numbers)) == pytest.approx(ours, rel=1e-6)
    assert optimum("by_pypsa.py", str(numbers)) == pytest.approx(ours, rel=1e-6)
    assert optimum("by_pypsa.py", str(numbers), "components") == pytest.approx(ours, rel=1e-6)


def test_the_page_holds_a_table_for_each_size(books: ModuleType) -> None:
    page = (BENCH.parent / "docs" / "benchmarks.md").read_text()
    made = page.partition("begin -->")[2].partition("<!-- made by make bench: end -->")[0]
    assert [s.name for s in books.SIZES if f"### {s.name} columns\n" not in made] == []
