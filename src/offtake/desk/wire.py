"""Events, commands and envelopes as plain data, as JSON Lines, and back, in one form only.

A key is ASCII, a number a decimal string (`"1024"`, `"-0.5"`), an instant RFC 3339 in UTC with nine
decimals, a day ISO 8601, a tuple a list, bytes lower-case hexadecimal digits; true and false are
themselves. Every field is written: what is None is null. `type` is the class. What is written in
any other way is refused with one sentence, so equal texts and equal events are the same thing.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
import types
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, NoReturn, Union, get_args, get_origin, get_type_hints

import msgspec

from offtake.desk import claim, commands, events, lot
from offtake.desk.commands import Command, Envelope
from offtake.desk.events import Event
from offtake.units.instants import instant_of, instant_text

INSTANTS: dict[type, frozenset[str]] = {
    lot.Bid: frozenset({"received"}),
    claim.Claim: frozenset({"since", "expires"}),
    claim.Bar: frozenset({"since", "expires"}),
    commands.Attest: frozenset({"received"}),
    commands.Envelope: frozenset({"at"}),
    events.Event: frozenset({"at"}),
    events.Letter: frozenset({"received"}),
    events.BiddingStarted: frozenset({"closes"}),
    events.ClockStarted: frozenset({"deadline"}),
    events.Answered: frozenset({"received"}),
    events.Allotted: frozenset({"closing", "delivery"}),
    events.TailStarted: frozenset({"ends"}),
    events.Cleared: frozenset({"since", "tail"}),
}
"""The whole numbers that are instants, by the class that states them."""

Change = Callable[[Any, str], Any]
"""A value and its place, to the value in the other form."""

_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,18}")
_NUMBER = re.compile(r"(-?)((?:0|[1-9][0-9]{0,29})(?:\.[0-9]{1,30})?)")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{9}Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HEX = re.compile(r"(?:[0-9a-f]{2})*")


class WireError(ValueError):
    """Something is not in the one form; the message is one sentence."""


def data_of(value: Event | Command | Envelope) -> dict[str, Any]:
    """An event, a command or an envelope as plain data."""
    kind = type(value)
    if kind not in _NAMED:
        raise WireError(f"{kind.__name__} is no event, command or envelope")
    data: dict[str, Any] = _coder(kind)[0](value, kind.__name__)
    return data


def event_of(data: Mapping[str, Any]) -> Event:
    """The event that plain data state; WireError if they are not in the one form."""
    event: Event = _tagged(data, _EVENTS, "an event")
    return event


def command_of(data: Mapping[str, Any]) -> Command:
    """The command that plain data state; WireError if they are not in the one form."""
    command: Command = _tagged(data, _COMMANDS, "a command")
    return command


def envelope_of(data: Mapping[str, Any]) -> Envelope:
    """The envelope that plain data state; WireError if they are not in the one form."""
    envelope: Envelope = _tagged(data, {"Envelope": Envelope}, "an envelope")
    return envelope


def line_of(data: Mapping[str, Any]) -> str:
    """Plain data as one line of JSON: sorted keys, no spaces, ASCII; no line end."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def text_of(happened: Iterable[Event]) -> str:
    """Events as JSON Lines, each line ended."""
    return "".join(f"{line_of(data_of(event))}\n" for event in happened)


def events_of(text: str) -> tuple[Event, ...]:
    """The events that JSON Lines state; WireError, with the line, if one is not in the one form."""
    if text and not text.endswith("\n"):
        raise WireError("the last line is not ended: the text may have been cut off")
    found = []
    for number, line in enumerate(text.split("\n")[:-1], 1):
        try:
            data = _parsed(line)
            if not isinstance(data, dict):
                raise WireError("a line holds one object")
            if line_of(data) != line:
                raise WireError("write sorted keys, no spaces and ASCII only")
            found.append(event_of(data))
        except WireError as error:
            raise WireError(f"line {number}: {error}") from None
    return tuple(found)


def _parsed(line: str) -> Any:
    try:
        return json.loads(
            line,
            object_pairs_hook=_unique,
            parse_int=_bare,
            parse_float=_bare,
            parse_constant=_bare,
        )
    except WireError:
        raise
    except (ValueError, RecursionError):
        raise WireError("this is not JSON") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        raise WireError("a key stands twice in one object")
    return data


def _bare(text: str) -> NoReturn:
    raise WireError(f"{text[:20]} is a bare number; numbers are decimal strings")


def _tagged(data: Any, known: Mapping[str, type], what: str) -> Any:
    if not isinstance(data, Mapping):
        raise WireError(f"{what} is an object")
    name = data.get("type")
    if not isinstance(name, str) or name not in known:
        raise WireError(f"{what} has no type {_shown(name)}")
    return _coder(known[name])[1](data, name)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


# --- single values ----------------------------------------------------------------------------


def _refuse(value: Any, place: str, wanted: str) -> NoReturn:
    raise WireError(f"{place} is {_shown(value)}, not {wanted}")


def _exactly(kind: type, wanted: str) -> Change:
    def change(value: Any, place: str) -> Any:
        return value if type(value) is kind else _refuse(value, place, wanted)

    return change


def _text(value: Any, place: str) -> str:
    if type(value) is not str:
        _refuse(value, place, "a text")
    if not value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in value):
        _refuse(value, place, "a text of whole characters")
    return value


def _whole_out(value: Any, place: str) -> str:
    if type(value) is not int or not -(10**19) < value < 10**19:
        _refuse(value, place, "a whole number of at most 19 digits")
    return str(value)


def _whole_in(value: Any, place: str) -> int:
    if type(value) is not str or _WHOLE.fullmatch(value) is None:
        _refuse(value, place, "a whole number, as a string of at most 19 digits")
    return int(value)


def _number_out(value: Any, place: str) -> str:
    if type(value) is Decimal and value.is_finite() and -31 < value.adjusted() < 31:
        text = format(value if value else abs(value), "f")
        if _NUMBER.fullmatch(text):
            return text
    return _refuse(value, place, "a decimal number of at most 30 digits and 30 decimals")


def _number_in(value: Any, place: str) -> Decimal:
    found = _NUMBER.fullmatch(value) if type(value) is str else None
    if found is None or (found[1] and not found[2].strip("0.")):
        _refuse(value, place, "a decimal number, as a string of at most 30 digits and 30 decimals")
    return Decimal(found[0])


def _instant_out(value: Any, place: str) -> str:
    if type(value) is int:
        try:
            return instant_text(value)
        except ValueError:
            pass
    return _refuse(value, place, "an instant: nanoseconds since 1970")


def _instant_in(value: Any, place: str) -> int:
    if type(value) is str and _INSTANT.fullmatch(value):
        try:
            return instant_of(value)
        except ValueError:
            pass
    return _refuse(value, place, "an instant such as 2025-01-21T17:00:00.000000000Z")


def _day_out(value: Any, place: str) -> str:
    return value.isoformat() if type(value) is dt.date else _refuse(value, place, "a day")


def _day_in(value: Any, place: str) -> dt.date:
    if type(value) is str and _DAY.fullmatch(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    return _refuse(value, place, "a day such as 2025-01-21")


def _bytes_out(value: Any, place: str) -> str:
    return value.hex() if type(value) is bytes else _refuse(value, place, "bytes")


def _bytes_in(value: Any, place: str) -> bytes:
    if type(value) is not str or _HEX.fullmatch(value) is None:
        _refuse(value, place, "bytes as pairs of lower-case hexadecimal digits")
    return bytes.fromhex(value)


_SINGLE: dict[Any, tuple[Change, Change]] = {
    bool: (_exactly(bool, "true or false"), _exactly(bool, "true or false")),
    str: (_text, _text),
    int: (_whole_out, _whole_in),
    Decimal: (_number_out, _number_in),
    dt.date: (_day_out, _day_in),
    bytes: (_bytes_out, _bytes_in),
}
_AN_INSTANT = (_instant_out, _instant_in)


# --- values made of values --------------------------------------------------------------------


def _both(hint: Any, instant: bool) -> tuple[Change, Change]:
    """How a value of this type is written, and read."""
    if hint is int and instant:
        return _AN_INSTANT
    if hint in _SINGLE:
        return _SINGLE[hint]
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
    return _coder(hint)


def _command_out(value: Any, place: str) -> Any:
    return data_of(value) if isinstance(value, Command) else _refuse(value, place, "a command")


def _command_in(value: Any, place: str) -> Any:
    return command_of(value)


def _maybe(out: Change, into: Change) -> tuple[Change, Change]:
    return (
        lambda value, place: None if value is None else out(value, place),
        lambda value, place: None if value is None else into(value, place),
    )


def _many(out: Change, into: Change) -> tuple[Change, Change]:
    def write(value: Any, place: str) -> Any:
        if type(value) is not tuple:
            _refuse(value, place, "a tuple")
        return [out(item, place) for item in value]

    def read(value: Any, place: str) -> Any:
        if type(value) is not list:
            _refuse(value, place, "a list")
        return tuple([into(item, place) for item in value])

    return write, read


def _row(each: list[tuple[Change, Change]]) -> tuple[Change, Change]:
    wanted = f"a list of {len(each)}"

    def write(value: Any, place: str) -> Any:
        if type(value) is not tuple or len(value) != len(each):
            _refuse(value, place, wanted)
        return [out(item, place) for (out, _), item in zip(each, value, strict=True)]

    def read(value: Any, place: str) -> Any:
        if type(value) is not list or len(value) != len(each):
            _refuse(value, place, wanted)
        return tuple([into(item, place) for (_, into), item in zip(each, value, strict=True)])

    return write, read


def _table(out: Change, into: Change) -> tuple[Change, Change]:
    def change(each: Change) -> Change:
        def table(value: Any, place: str) -> Any:
            if type(value) is not dict:
                _refuse(value, place, "an object")
            for key in value:
                if type(key) is not str or not key.isascii():
                    _refuse(key, f"a key of {place}", "ASCII")
            return {key: each(item, f"{place}.{key}") for key, item in value.items()}

        return table

    return change(out), change(into)


def _coder(kind: type) -> tuple[Change, Change]:
    """How a class of fields is written, and read; made when first used."""
    if kind not in _CODERS:
        _CODERS[kind] = _fields_coder(kind)
    return _CODERS[kind]


def _fields_coder(kind: type) -> tuple[Change, Change]:
    stated = dataclasses.fields if dataclasses.is_dataclass(kind) else msgspec.structs.fields
    names = tuple(str(field.name) for field in stated(kind))
    hints = get_type_hints(kind)
    instants = {name for base in kind.__mro__ for name in INSTANTS.get(base, ())}
    each = [(name, *_both(hints[name], name in instants)) for name in names]
    tag = kind.__name__ if kind in _NAMED else None
    keys = {*names, "type"} if tag else set(names)

    def write(value: Any, place: str) -> Any:
        if type(value) is not kind:
            _refuse(value, place, f"a {kind.__name__}")
        data = {name: out(getattr(value, name), f"{place}.{name}") for name, out, _ in each}
        if tag:
            data["type"] = tag
        return data

    def read(value: Any, place: str) -> Any:
        if not isinstance(value, Mapping):
            _refuse(value, place, "an object")
        if value.keys() != keys:
            for key in sorted(keys - value.keys()):
                raise WireError(f"{place} lacks {key}")
            raise WireError(f"{place} has no field {_shown(min(map(str, value.keys() - keys)))}")
        return kind(**{name: into(value[name], f"{place}.{name}") for name, _, into in each})

    return write, read


def _within(kind: type) -> dict[str, type]:
    """The classes below a class that nothing derives from, by name."""
    below: list[type] = kind.__subclasses__()
    if not below:
        return {kind.__name__: kind}
    return {name: each for child in below for name, each in _within(child).items()}


_EVENTS = _within(Event)
_COMMANDS = _within(Command)
_NAMED = frozenset({*_EVENTS.values(), *_COMMANDS.values(), Envelope})
_CODERS: dict[type, tuple[Change, Change]] = {}
