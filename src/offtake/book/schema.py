"""The JSON Schema of a book, so that an editor completes and underlines while one writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import models_json_schema

from offtake.book.header import Header
from offtake.book.records import Clause
from offtake.book.sections import BESIDE, SECTIONS

_DRAFT = "http://json-schema.org/draft-07/schema#"


def schema(kinds: Mapping[str, type[Clause]]) -> dict[str, Any]:
    """The schema of `book.yaml` and of the YAML files that it includes, as plain data.

    Draft 7, which yaml-language-server reads. Clauses are told apart by their `kind`.
    """
    every = {**SECTIONS, **BESIDE}
    models = {**{s.__name__: s for s in every.values()}, "Header": Header, "Clause": Clause}
    wanted = [(model, "validation") for model in (*models.values(), *kinds.values())]
    refs, generated = models_json_schema(wanted, by_alias=True)  # type: ignore[arg-type]
    definitions: dict[str, Any] = _said(generated["$defs"])
    named = {model: ref["$ref"].rpartition("/")[2] for (model, _), ref in refs.items()}
    definitions[named[Clause]] = _any_of_kinds(kinds, named)
    top: dict[str, Any] = {
        section: {"type": "array", "items": _ref(named[kind])} for section, kind in every.items()
    }
    return {
        "$schema": _DRAFT,
        "title": "An Offtake book, or a file that it includes",
        "type": "object",
        "properties": {
            "book": _ref(named[Header]),
            **top,
            "include": {
                "type": "array",
                "items": {"type": "string"},
                "description": "further files; in book.yaml it stands under book:",
            },
        },
        "additionalProperties": False,
        "$defs": definitions,
    }


def _said(node: Any) -> Any:
    """Without null, which a book never says, and without defaults and titles made from names."""
    if isinstance(node, list):
        return [_said(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {
        key: _said(value)
        for key, value in node.items()
        if not (key == "default" or (key == "title" and isinstance(value, str)))
    }
    if {"type": "null"} in kept.get("anyOf", ()):
        members = [m for m in kept.pop("anyOf") if m != {"type": "null"}]
        kept = {**members[0], **kept} if len(members) == 1 else {**kept, "anyOf": members}
    return kept


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{name}"}


def _any_of_kinds(kinds: Mapping[str, type[Clause]], named: Mapping[Any, str]) -> dict[str, Any]:
    """One clause: its kind decides which words it may have."""
    return {
        "type": "object",
        "description": "a clause; its kind decides which words it has",
        "required": ["kind"],
        "properties": {"kind": {"enum": sorted(kinds)}},
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
                "then": _ref(named[model]),
            }
            for kind, model in sorted(kinds.items())
        ],
    }
