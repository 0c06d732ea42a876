"""Clauses as written, before they are typed: each is told whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from offtake.book.faults import Misread
from offtake.book.record import Written

OF, SELLER = "@of", "@seller"


def tied(data: Any) -> Any:
    """An agreement or offer as written, whose clauses know it and its seller."""
    if not isinstance(data, Written) or not ("clauses" in data or "amendments" in data):
        return data
    tie = {OF: data.get("id", ""), SELLER: data.get("seller", "")}

    def own(clauses: Any) -> Any:
        if not isinstance(clauses, list):
            return clauses
        return [c.with_items(**tie) if isinstance(c, Written) else c for c in clauses]

    changed = data.with_items(clauses=own(data.get("clauses", [])))
    if isinstance(data.get("amendments"), list):
        changed["amendments"] = [
            a.with_items(add=own(a.get("add", []))) if isinstance(a, Written) else a
            for a in data["amendments"]
        ]
    return changed


def _words_as_written(value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise Misread("The changed words of a clause are a mapping.", "mapping-expected")
    return value


ChangedWords = Annotated[
    Any,
    # Kept as written, with its places: only the clause that is changed can type its words.
    PlainValidator(_words_as_written),
    WithJsonSchema({"type": "object", "description": "words of the clause, as they are from now"}),
]
