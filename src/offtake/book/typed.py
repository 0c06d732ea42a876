"""Written text to typed records; what does not fit becomes faults with file, line and column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from offtake.book.faults import Fault, Misread, Place
from offtake.book.near import nearest
from offtake.book.record import RESERVED, Record
from offtake.book.records import Clause
from offtake.units import QuantityError

R = TypeVar("R", bound=Record)
Kinds = Mapping[str, type[Clause]]
_SHAPES = {
    "tuple_type": ("list-expected", "A list is expected here.", "such as [one, two]"),
    "model_type": ("mapping-expected", "A mapping is expected here.", "such as {key: value}"),
    "model_attributes_type": ("mapping-expected", "A mapping is expected here.", "{key: value}"),
    "dict_type": ("mapping-expected", "A mapping is expected here.", "such as {key: value}"),
    "mapping_type": ("mapping-expected", "A mapping is expected here.", "such as {key: value}"),
}


def typed(kind: type[R], written: Any, place: Place, kinds: Kinds) -> tuple[R | None, list[Fault]]:
    """One record, or every fault in it. `kinds` are the clause kinds that may stand in it."""
    if not isinstance(written, Mapping):
        name = kind.__name__.lower()
        sentence = f"One {name} is a mapping of its fields."
        return None, [Fault(place, "mapping-expected", sentence, "such as {id: ...}")]
    try:
        return kind.model_validate(written, context={"kinds": kinds}), []
    except ValidationError as error:
        return None, faults_of(error, written, place, kind, kinds)


def faults_of(
    error: ValidationError,
    written: Any,
    place: Place,
    kind: type[Record] | None = None,
    kinds: Kinds | None = None,
) -> list[Fault]:
    """Each thing that Pydantic found, once, where it stands; `place` where nothing nearer does."""
    found: dict[tuple[Place, str], Fault] = {}
    for item in error.errors(include_url=False):
        path = _path(item["loc"], written)
        at = _where(path, item["type"], written, place)
        fault = _printable(_fault(item, path, at, written, kind, kinds or {}))
        # A union reports each of its members: the first one that says something is enough. Missing
        # fields share the place of their record, so they are told in one fault.
        key = (at, "missing" if fault.code == "missing-field" else "/".join(map(str, path)))
        known = found.get(key)
        if known is None or (known.code == "unknown-choice" and fault.code != "unknown-choice"):
            found[key] = fault
        elif fault.code == "missing-field":
            sentence = f"{known.sentence[:-1]}, {item['loc'][-1]}."
            found[key] = Fault(known.place, known.code, sentence, known.hint)
    return list(found.values())


def _path(loc: Sequence[int | str], written: Any) -> list[Any]:
    """The part of Pydantic's location that the text has; names of union members are left out."""
    path: list[Any] = []
    here = written
    for step in loc:
        if _has(here, step):
            here = here[step]
            path.append(step)
    return path


def _has(here: Any, step: int | str) -> bool:
    if isinstance(here, Mapping):
        return step in here
    return isinstance(here, list) and isinstance(step, int) and step < len(here)


def _where(path: list[Any], error: str, written: Any, place: Place) -> Place:
    """The place of what the path ends in: a key's own place where the key itself is wrong."""
    here, at = written, getattr(written, "place", place)
    for position, step in enumerate(path):
        key_itself = error == "extra_forbidden" and position == len(path) - 1
        if isinstance(here, list):
            spots = dict(enumerate(getattr(here, "items_at", ())))
        else:
            spots = getattr(here, "keys_at" if key_itself else "fields_at", {})
        at = spots.get(step, getattr(here, "place", at))
        here = here[step]
    return at


def _fault(
    item: Any,
    path: list[Any],
    at: Place,
    written: Any,
    kind: type[Record] | None,
    kinds: Kinds,
) -> Fault:
    what, error = item["type"], item.get("ctx", {}).get("error")
    names = [s for s in path if isinstance(s, str)]
    label = f"{names[-1]}: " if names else ""
    if isinstance(error, Misread):
        return Fault(at, error.code, label + _sentence(str(error)), error.hint)
    if isinstance(error, QuantityError):
        return Fault(at, "invalid-value", label + _sentence(str(error)), error.hint)
    if what == "missing":
        owner = f"{names[-1]}" if names else _called(written, kind)
        sentence = f"A field is missing in {owner}: {item['loc'][-1]}."
        return Fault(at, "missing-field", sentence, "write it; the schema lists all fields")
    if what == "extra_forbidden":
        known = [f for f in _fields(kind, written, path, kinds) if not f.startswith(RESERVED)]
        name = str(item["loc"][-1])
        sentence = f"There is no field {name[:60]} here."
        if name in known:
            hint = "it belongs to another kind of record; docs/book.md lists the fields of each"
            return Fault(at, "unknown-field", sentence, hint)
        return Fault(at, "unknown-field", sentence, nearest(name, known))
    if what == "literal_error":
        given = item["input"] if isinstance(item["input"], str) else "this"
        expected = str(item["ctx"]["expected"]).replace("'", "")
        near = nearest(given, expected.replace(" or ", ", ").split(", "))
        sentence = f"{label}{given[:40]} is not one of: {expected}."
        return Fault(at, "unknown-choice", sentence, near)
    if what in _SHAPES:
        code, sentence, hint = _SHAPES[what]
        return Fault(at, code, label + sentence, hint)
    return Fault(at, "invalid-value", label + _sentence(str(error or item["msg"])), "")


def _printable(fault: Fault) -> Fault:
    """The fault with every character that steers a terminal or cannot be seen written out."""
    if fault.sentence.isprintable() and fault.hint.isprintable():
        return fault
    return replace(fault, sentence=_seen(fault.sentence), hint=_seen(fault.hint))


def _seen(text: str) -> str:
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _sentence(text: str) -> str:
    text = " ".join(text.split())[:300]
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _called(written: Any, kind: type[Record] | None) -> str:
    if isinstance(written, Mapping) and isinstance(written.get("id"), str):
        return str(written["id"])[:60]
    return f"this {kind.__name__.lower()}" if kind else "this record"


def _fields(kind: type[Record] | None, written: Any, path: list[Any], kinds: Kinds) -> set[str]:
    """The names that the innermost record on the path may hold."""
    here: Any = written
    model: Any = kind
    for step in path[:-1]:
        here = here[step]
        named = here.get("kind") if isinstance(here, Mapping) else None
        if isinstance(named, str) and named in kinds:
            model = kinds[named]
        elif isinstance(step, str):
            model = _inner(model, step)
    return set(field_names(model)) if model else set()


@lru_cache(maxsize=256)
def field_names(model: type[BaseModel]) -> tuple[str, ...]:
    """The fields as they are written in a book."""
    return tuple(info.alias or name for name, info in model.model_fields.items())


def _inner(model: type[BaseModel] | None, step: str) -> type[BaseModel] | None:
    """The record that a field of a record holds, alone or in a list or mapping."""
    if model is None:
        return None
    for name, info in model.model_fields.items():
        if (info.alias or name) == step:
            return _record_in(info.annotation)
    return model


def _record_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        if (found := _record_in(part)) is not None:
            return found
    return None
