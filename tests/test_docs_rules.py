"""The pages about the desk's rules: one a rule, of one form, and every refusal explained."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from offtake.desk.refusals import REASONS

ROOT = Path(__file__).parents[1]
RULES = ROOT / "docs" / "rules"
PAGES = sorted(RULES.glob("r[0-9][0-9]-*.md"))
PARTS = ["Where it comes from", "At the desk", "At the edge", "What the desk does not do"]


def script() -> ModuleType:
    path = ROOT / "tools" / "refusals_page.py"
    spec = importlib.util.spec_from_file_location("refusals_page", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_rule_has_one_page() -> None:
    assert [page.name[:4] for page in PAGES] == [f"r{n:02}-" for n in range(1, 24)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_rule_says_where_it_comes_from_how_it_is_applied_and_where_it_ends(page: Path) -> None:
    text = page.read_text()
    number = int(page.name[1:3])
    assert text.startswith(f"# R{number} ")
    assert re.findall(r"^## (.+)$", text, re.M) == PARTS


def test_the_index_names_every_rule_by_its_title() -> None:
    index = (RULES / "index.md").read_text()
    for page in PAGES:
        number, title = re.findall(r"^# (R\d+) (.+)$", page.read_text(), re.M)[0]
        assert f"| {number} | [{title}]({page.name}) |" in index


def test_every_refusal_says_when_it_is_given_and_none_is_made_up() -> None:
    assert set(script().WHEN) == set(REASONS)
    assert set(script().GROUPS) <= set(REASONS)


def test_every_refusal_is_told_of_on_the_page_of_some_rule() -> None:
    assert set(script().told()) == set(REASONS)


def test_the_page_of_refusals_is_what_its_script_makes() -> None:
    made = script().page()
    assert (RULES / "refusals.md").read_text() == made, "run: python tools/refusals_page.py"
