"""Any event, command or envelope at all: a Hypothesis strategy for each class, from its fields."""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
from hypothesis import strategies as st

from offtake.desk.commands import Command
from offtake.desk.events import Event


def leaves(kind: type) -> Iterator[type]:
    below: list[type] = kind.__subclasses__()
    if not below:
        yield kind
    for child in below:
        yield from leaves(child)


EVENTS = sorted(leaves(Event), key=lambda kind: kind.__name__)
COMMANDS = sorted(leaves(Command), key=lambda kind: kind.__name__)

WORDS = st.text(max_size=8)
INSTANTS = st.integers(0, 8 * 10**18)
SINGLE: dict[Any, st.SearchStrategy[Any]] = {
    str: WORDS,
    bool: st.booleans(),
    int: st.integers(-(10**19) + 1, 10**19 - 1),
    Decimal: st.decimals(-(10**20), 10**20, places=9) | st.decimals(-9, 9, places=0),
    dt.date: st.dates(),
    bytes: st.binary(max_size=32),
}


def is_instant(kind: type, name: str) -> bool:
    for base in kind.__mro__:
        if name in vars(base).get("__annotations__", {}):
            return "Instant" in str(vars(base)["__annotations__"][name])
    return False


def values(hint: Any, instant: bool) -> st.SearchStrategy[Any]:
    if hint is int and instant:
        return INSTANTS
    if hint in SINGLE:
        return SINGLE[hint]
    if hint is Command:
        return st.sampled_from(COMMANDS).flatmap(made)
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return st.one_of(
            *(st.none() if part is type(None) else values(part, instant) for part in parts)
        )
    if origin is tuple and parts[-1] is Ellipsis:
        return st.lists(values(parts[0], instant), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*(values(part, instant) for part in parts))
    if origin is dict:
        return st.dictionaries(st.sampled_from(["us", "de"]), values(parts[1], instant), max_size=2)
    return made(hint)


def fields_of(kind: type) -> list[str]:
    found = dataclasses.fields if dataclasses.is_dataclass(kind) else msgspec.structs.fields
    return [field.name for field in found(kind)]


def made(kind: type) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    each = {name: values(hints[name], is_instant(kind, name)) for name in fields_of(kind)}
    return st.builds(kind, **each)
