"""Every reason for which the desk refuses is reached by a test of its rules, and well said."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from offtake.desk.refusals import REASONS

HERE = Path(__file__).parent


def reached() -> set[str]:
    """The codes that `play.refused("code")` and `.code == "code"` name in tests beside this."""
    codes = set()
    for path in sorted(HERE.glob("test_desk_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                named = node.args if node.func.attr == "refused" else []
            elif isinstance(node, ast.Compare) and isinstance(node.left, ast.Attribute):
                named = node.comparators if node.left.attr == "code" else []
            else:
                continue
            codes |= {n.value for n in named if isinstance(n, ast.Constant)}
    return codes


def test_every_reason_is_reached_and_none_is_made_up() -> None:
    assert reached() == set(REASONS)


@pytest.mark.parametrize("code", sorted(REASONS))
def test_a_reason_is_a_sentence_and_says_what_to_do_instead(code: str) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
    for text in REASONS[code]:
        assert text.endswith(".")
        assert text[0].isupper() or text[0] == "{"
