"""The schema accepts what the reader accepts, and underlines what it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from offtake.book.schema import schema

from .broken import BROKEN, FIELDS
from .test_book_force import TEXT
from .writing import KINDS, START, reading

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")


class Loader(yaml.SafeLoader):
    """YAML 1.2 as editors read it: `on` and a date are texts, numbers are numbers."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - how PyYAML's own classes are told


for tag, pattern, first in (
    ("bool", r"true|false", "tf"),
    ("int", r"[0-9]+", "0123456789"),
    ("float", r"[0-9]+\.[0-9]+", "0123456789"),
):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(rf"({pattern})$"), first)


@pytest.fixture(scope="module")
def judge() -> Any:
    made = schema(KINDS)
    jsonschema.Draft7Validator.check_schema(made)
    return jsonschema.Draft7Validator(made)


def test_a_schema_is_plain_json_with_every_part(judge: Any) -> None:
    made = json.loads(json.dumps(schema(KINDS)))
    assert {"book", "offers", "agreements", "demand", "include"} <= set(made["properties"])
    assert "@" not in json.dumps(made)
    assert '"null"' not in json.dumps(made)


def test_a_good_book_is_valid(judge: Any, tmp_path: Path) -> None:
    assert reading(tmp_path, TEXT).book is not None
    assert [e.message for e in judge.iter_errors(yaml.load(TEXT, Loader))] == []


# What a pattern cannot tell: whether a day exists, a name is known, or words fit together.
MEANING = {
    "bad-date",
    "invalid-value",
    "too-many-purposes",
    "unknown-calendar",
    "unknown-zone",
}


@pytest.mark.parametrize("code", sorted(set(FIELDS) - MEANING))
def test_an_editor_underlines_what_is_badly_formed(code: str, judge: Any) -> None:
    text = BROKEN[code][0]
    text = text if text.startswith("book:") else START + text
    assert list(judge.iter_errors(yaml.load(text, Loader)))


def test_clauses_are_judged_by_their_kind(judge: Any) -> None:
    def wrong(clause: dict[str, Any]) -> bool:
        agreement = {"id": "a", "seller": "b", "from": "2025-01-01", "until": "2025-12-31"}
        return not judge.is_valid({"agreements": [{**agreement, "clauses": [clause]}]})

    assert not wrong({"kind": "promise", "share": "90%"})
    assert wrong({"kind": "promise"})
    assert wrong({"kind": "promise", "share": "90%", "rank": 1})
    assert not wrong({"kind": "claim", "rank": 1})
    assert wrong({"kind": "unheard-of"})
    assert wrong({"share": "90%"})
