"""The schema accepts what the reader accepts, and underlines what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from offtake.book.schema import schema

from .broken import BROKEN, FIELDS
from .test_book_force import TEXT
from .writing import KINDS, START, reading

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")

# What an editor's YAML 1.2 reads as text, PyYAML makes a date: keep to strings and numbers.
LOADER = type("Loader", (yaml.SafeLoader,), {})
LOADER.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in found if not tag.endswith("timestamp")]
    for letter, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


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
    assert [e.message for e in judge.iter_errors(yaml.load(TEXT, LOADER))] == []


FORMS = [code for code in FIELDS if code not in ("bad-flag", "invalid-value", "unknown-calendar")]


@pytest.mark.parametrize("code", sorted(set(FORMS) - {"bad-date", "bad-id", "unknown-zone"}))
def test_an_editor_underlines_what_is_badly_formed(code: str, judge: Any) -> None:
    text = BROKEN[code][0]
    text = text if text.startswith("book:") else START + text
    assert list(judge.iter_errors(yaml.load(text, LOADER)))


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
