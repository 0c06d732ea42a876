"""How values made of values are written and read, strictly: each class has one form."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any, Union, get_args, get_origin

from offtake.desk.commands import Command
from offtake.desk.wire_kinds import COMMANDS, NAMED, WireError, fields_of, shown
from offtake.desk.wire_values import AN_INSTANT, SINGLE, Change, refuse

_CODERS: dict[type, tuple[Change, Change]] = {}


def tagged(data: Any, known: Mapping[str, type], what: str) -> Any:
    """What plain data state that name their class; WireError if they are not in the one form."""
    if not isinstance(data, Mapping):
        raise WireError(f"{what} is an object")
    name = data.get("type")
    if not isinstance(name, str) or name not in known:
        raise WireError(f"{what} has no type {shown(name)}")
    return coder(known[name])[1](data, name)


def _both(hint: Any, instant: bool) -> tuple[Change, Change]:
    """How a value of this type is written, and read."""
    if hint is int and instant:
        return AN_INSTANT
    if hint in SINGLE:
        return SINGLE[hint]
    if hint is Command:
        return _command_out, _command_in
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType) and len(parts) == 2 and type(None) in parts:
        inner = next(part for part in parts if part is not type(None))
        return _maybe(*_both(inner, instant))
    if origin is tuple and parts[-1] is Ellipsis:
        return _many(*_both(parts[0], instant))
    if origin is tuple:
        return _row([_both(part, instant) for part in parts])
    if origin is dict and parts[0] is str:
        return _table(*_both(parts[1], instant))
    return coder(hint)


def _command_out(value: Any, place: str) -> Any:
    return (
        coder(type(value))[0](value, place)
        if isinstance(value, Command)
        else refuse(value, place, "a command")
    )


def _command_in(value: Any, place: str) -> Any:
    return tagged(value, COMMANDS, "a command")


def _maybe(out: Change, into: Change) -> tuple[Change, Change]:
    return (
        lambda value, place: None if value is None else out(value, place),
        lambda value, place: None if value is None else into(value, place),
    )


def _many(out: Change, into: Change) -> tuple[Change, Change]:
    def write(value: Any, place: str) -> Any:
        if type(value) is not tuple:
            refuse(value, place, "a tuple")
        return [out(item, place) for item in value]

    def read(value: Any, place: str) -> Any:
        if type(value) is not list:
            refuse(value, place, "a list")
        return tuple([into(item, place) for item in value])

    return write, read


def _row(each: list[tuple[Change, Change]]) -> tuple[Change, Change]:
    wanted = f"a list of {len(each)}"

    def write(value: Any, place: str) -> Any:
        if type(value) is not tuple or len(value) != len(each):
            refuse(value, place, wanted)
        return [out(item, place) for (out, _), item in zip(each, value, strict=True)]

    def read(value: Any, place: str) -> Any:
        if type(value) is not list or len(value) != len(each):
            refuse(value, place, wanted)
        return tuple([into(item, place) for (_, into), item in zip(each, value, strict=True)])

    return write, read


def _table(out: Change, into: Change) -> tuple[Change, Change]:
    def change(each: Change) -> Change:
        def table(value: Any, place: str) -> Any:
            if type(value) is not dict:
                refuse(value, place, "an object")
            for key in value:
                if type(key) is not str or not key.isascii():
                    refuse(key, f"a key of {place}", "ASCII")
            return {key: each(item, f"{place}.{key}") for key, item in value.items()}

        return table

    return change(out), change(into)


def coder(kind: type) -> tuple[Change, Change]:
    """How a class of fields is written, and read; made when first used."""
    if kind not in _CODERS:
        _CODERS[kind] = _fieldscoder(kind)
    return _CODERS[kind]


def _fieldscoder(kind: type) -> tuple[Change, Change]:
    each = [(name, *_both(hint, instant)) for name, hint, instant in fields_of(kind)]
    tag = kind.__name__ if kind in NAMED else None
    keys = {name for name, _, _ in each} | ({"type"} if tag else set())

    def write(value: Any, place: str) -> Any:
        if type(value) is not kind:
            refuse(value, place, f"a {kind.__name__}")
        data = {name: out(getattr(value, name), f"{place}.{name}") for name, out, _ in each}
        if tag:
            data["type"] = tag
        return data

    def read(value: Any, place: str) -> Any:
        if not isinstance(value, Mapping):
            refuse(value, place, "an object")
        if value.keys() != keys:
            for key in sorted(keys - value.keys()):
                raise WireError(f"{place} lacks {key}")
            raise WireError(f"{place} has no field {shown(min(map(str, value.keys() - keys)))}")
        return kind(**{name: into(value[name], f"{place}.{name}") for name, _, into in each})

    return write, read
