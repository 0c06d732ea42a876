"""What can be explained: a page for each code and each clause kind, and the list of them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from offtake.book.codes import GROUPS, stated_by
from offtake.book.faults import Code
from offtake.book.near import closest
from offtake.book.records import Clause
from offtake.book.schema import schema

Kinds = Mapping[str, type[Clause]]
_OF_ALL = ("kind", "source", "note")
"""What a page of a kind leaves out: every clause has it."""
_ID = "^[a-z0-9][a-z0-9._-]{0,63}$"


@dataclass(frozen=True, slots=True)
class CodePage:
    """One code: what it means, and who says it (a group of the reader's, or clause kinds)."""

    name: str
    code: Code
    said_by: tuple[str, ...]
    of_clause: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a clause, those within it by a path such as `window.length`."""

    name: str
    required: bool
    written: str
    meaning: str


@dataclass(frozen=True, slots=True)
class KindPage:
    """One clause kind: what it is in a line, its words, the codes that it states."""

    name: str
    summary: str
    words: tuple[Word, ...]
    codes: tuple[CodePage, ...]


class NoPageError(LookupError):
    """Nothing of that name can be explained: one sentence, with the nearest name."""


def code_pages(kinds: Kinds) -> tuple[CodePage, ...]:
    """Every code, in the order in which a book is read, those of clauses last."""
    found = {
        name: CodePage(name, code, (group.title,))
        for group in GROUPS
        for name, code in group.codes.items()
    }
    for kind, model in kinds.items():
        for name, code in stated_by(model).items():
            others = found[name].said_by if name in found else ()
            found[name] = CodePage(name, code, (*others, kind), of_clause=True)
    return tuple(found.values())


def page(name: str, kinds: Kinds) -> CodePage | KindPage:
    """The page of a code or a clause kind. Raises `NoPageError`."""
    pages = {page.name: page for page in code_pages(kinds)}
    if name in pages:
        return pages[name]
    if name not in kinds:
        near = closest(name, sorted([*pages, *kinds]))
        hint = f"did you mean {near}?" if near else "offtake explain lists all of them"
        raise NoPageError(f"there is no code or clause kind {name[:64]!r}; {hint}")
    stated = stated_by(kinds[name])
    own = tuple(page for page in pages.values() if page.name in stated)
    return KindPage(name, kinds[name].summary, tuple(words(name, kinds)), own)


def words(kind: str, kinds: Kinds) -> Iterator[Word]:
    """The words of a clause kind, from the JSON Schema that editors use."""
    definitions = schema({kind: kinds[kind]})["$defs"]
    (only,) = definitions["Clause"]["allOf"]
    yield from _words(_resolved(only["then"], definitions), definitions, "")


def _words(record: Mapping[str, Any], known: Mapping[str, Any], within: str) -> Iterator[Word]:
    for name, holds in record["properties"].items():
        if name in _OF_ALL or (within and name == "id"):
            continue
        whole = _resolved(holds, known)
        items = _resolved(whole.get("items", {}), known)
        written, meaning = _written(whole, items), str(whole.get("description", ""))
        if meaning == written or meaning.startswith("an id:"):
            meaning = ""
        required = name in record.get("required", ())
        yield Word(within + name, required, written, meaning)
        if "properties" in whole:
            yield from _words(whole, known, f"{within}{name}.")
        elif "properties" in items:
            yield from _words(items, known, f"{within}{name}[].")


def _resolved(holds: Mapping[str, Any], known: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference stands for, with the words said beside it."""
    if "$ref" not in holds:
        return holds
    target = known[holds["$ref"].rpartition("/")[2]]
    return {**target, **{key: value for key, value in holds.items() if key != "$ref"}}


def _written(holds: Mapping[str, Any], items: Mapping[str, Any]) -> str:
    """How a value is written, in a few words."""
    if "anyOf" in holds:
        return " or ".join(_written(one, one.get("items", {})) for one in holds["anyOf"])
    if "const" in holds:
        return str(holds["const"])
    if "enum" in holds:
        return " or ".join(map(str, holds["enum"]))
    if holds.get("description", "").startswith("an id:") or holds.get("pattern") == _ID:
        return "an id"
    if "examples" in holds:
        return f"such as {holds['examples'][0]}"
    for pattern in holds.get("patternProperties", {}).values():
        key = holds.get("propertyNames", {}).get("examples", ["name"])[0]
        return f"such as {{{key}: {pattern.get('examples', ['...'])[0]}}}"
    if holds.get("type") == "array":
        if "properties" in items:
            return "a list of records"
        return f"a list: {_written(items, {})}"
    kinds = {"boolean": "true or false", "integer": "a whole number", "object": "a record"}
    return kinds.get(str(holds.get("type")), "text")
