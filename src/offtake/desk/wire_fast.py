"""Events to canonical bytes and back where speed counts: what a journal writes and replays.

How a class is written and read is put together once, when it is first met: the text around its
fields and what writes each; the fields that msgspec cannot read by itself, and what reads them.
What comes out is what the strict way gives (wire_coders.py); what is odd is left to it.
"""

from __future__ import annotations

import datetime as dt
import re
import types
from collections.abc import Callable
from decimal import Decimal
from functools import cache, lru_cache
from json.encoder import encode_basestring as _text
from operator import attrgetter, call
from typing import Any, NoReturn, Union, get_args, get_origin

import msgspec

from offtake.desk.events import By, Event
from offtake.desk.wire_kinds import EVENTS, NAMED, WireError, fields_of
from offtake.desk.wire_values import AN_INSTANT, SINGLE
from offtake.units.almanac import Almanac
from offtake.units.instants import DAY, NS, Instant, instant_of

UNREADABLE = (msgspec.MsgspecError, RecursionError)
"""What reading bytes raises besides what reading their values does."""

Writer = Callable[[Any], str]


def read(body: bytes) -> Event:
    """The event that a canonical line states; any error where there is none."""
    data = _plain(body)
    kind = EVENTS[data["type"]]
    event: Event = msgspec.convert(_mended(data, _menders(kind)), kind, strict=False)
    return event


# --- writing ----------------------------------------------------------------------------------


def _odd(value: Any) -> NoReturn:
    raise WireError(f"{value!r} is odd")


@lru_cache(maxsize=65_536)
def _second(seconds: int) -> str:
    """A second as text, with the point after it: at a busy desk much happens in each."""
    text: str = AN_INSTANT[0](seconds * NS, "")
    return text[:20]


@lru_cache(maxsize=4_096, typed=True)
def _instant(value: Any) -> str:
    if type(value) is not int:
        _odd(value)
    seconds, rest = divmod(value, NS)
    return f'"{_second(seconds)}{rest:09d}Z"'


@lru_cache(maxsize=4_096, typed=True)
def _day(value: Any) -> str:
    return f'"{SINGLE[dt.date][0](value, "")}"'


def _number(value: Any) -> str:
    text = str(value)
    # Most are short and plain, and then Python writes them as the strict way does.
    if type(value) is not Decimal or len(text) > 30 or not text.replace(".", "", 1).isdigit():
        text = SINGLE[Decimal][0](value, "")
    return f'"{text}"'


@lru_cache(maxsize=4_096, typed=True)
def _whole(value: Any) -> str:
    return f'"{SINGLE[int][0](value, "")}"'


def _flag(value: Any) -> str:
    return "true" if value is True else "false" if value is False else _odd(value)


_SINGLE: dict[Any, Writer] = {
    str: _text,
    bool: _flag,
    int: _whole,
    Decimal: _number,
    dt.date: _day,
}


def _one(hint: Any, instant: bool) -> Writer:
    """What writes one value of a type."""
    if hint is int and instant:
        return _instant
    if hint in _SINGLE:
        return _SINGLE[hint]
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        inner = _one(next(part for part in parts if part is not type(None)), instant)
        return inner if inner is _by else _maybe(inner)
    if origin is tuple and parts[-1] is Ellipsis:
        return _many(_one(parts[0], instant))
    if origin is tuple:
        return _row([_one(part, instant) for part in parts])
    if origin is dict:
        return _table(_one(parts[1], instant))
    return _writer(hint)


def _maybe(write: Writer) -> Writer:
    return lambda value: "null" if value is None else write(value)


def _many(write: Writer) -> Writer:
    def many(value: Any) -> str:
        return f"[{','.join(map(write, value))}]" if type(value) is tuple else _odd(value)

    return many


def _row(each: list[Writer]) -> Writer:
    def row(value: Any) -> str:
        if type(value) is not tuple or len(value) != len(each):
            _odd(value)
        return f"[{','.join(map(call, each, value))}]"

    return row


def _table(write: Writer) -> Writer:
    def table(value: Any) -> str:
        if type(value) is not dict or not all(type(key) is str and key.isascii() for key in value):
            _odd(value)
        each = [f"{_text(key)}:{write(value[key])}" for key in sorted(value)]
        return f"{{{','.join(each)}}}"

    return table


@cache
def writer(kind: type) -> Writer:
    """What writes the events of a class as a line; any error where something is odd."""
    return _writer(kind) if kind in NAMED else _odd(kind)


def _by(by: Any) -> str:
    """Who did it: written by hand, for it stands in nearly every event."""
    if type(by) is not By:
        return "null" if by is None else _odd(by)
    return (
        f'{{"actor":{_text(by.actor)},"digest":{_text(by.digest)},"key":{_text(by.key)},'
        f'"made":{_text(by.made)},"salt":{_text(by.salt)}}}'
    )


@cache
def _writer(kind: type) -> Writer:
    """What writes the values of one class."""
    if kind is By:
        return _by
    stated = sorted(fields_of(kind), key=lambda field: field.name)
    names = [field.name for field in stated]
    writers = [_one(field.hint, field.instant) for field in stated]
    around = _around(names, kind.__name__ if kind in NAMED else "")
    # One more than is written: what is got of one name alone is no tuple.
    get = attrgetter(*names, "__class__")

    def write(value: Any) -> str:
        if type(value) is not kind:
            _odd(value)
        parts = around.copy()
        parts[1::2] = map(call, writers, get(value))
        return "".join(parts)

    # Most openings state the same few almanacs.
    return lru_cache(maxsize=64)(write) if kind is Almanac else write


def _around(names: list[str], tag: str) -> list[str]:
    """What stands before, between and after the values of these fields, a gap for each."""
    around, before = [], "{"
    for name in sorted([*names, "type"] if tag else names):
        if tag and name == "type":
            before += f'"type":"{tag}",'
        else:
            around += [f'{before}"{name}":', ""]
            before = ","
    return [*around, before.removesuffix(",") + "}"]


# --- reading ----------------------------------------------------------------------------------

Mender = Callable[[Any], Any]

_plain = msgspec.json.Decoder().decode
_written = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2})\.([0-9]{9})Z"
).fullmatch
_ZERO = dt.datetime(1970, 1, 1)


@lru_cache(maxsize=65_536)
def _instant_in(text: str) -> Instant:
    found = _written(text)
    if found is None or not "1970" <= text < "9999":
        return instant_of(text)
    since = dt.datetime.fromisoformat(found[1]) - _ZERO
    return (since.days * DAY + since.seconds) * NS + int(found[2])


@lru_cache(maxsize=64)
def _shared(almanac: Almanac) -> Almanac:
    """One almanac for all openings that state the same."""
    return almanac


def _almanac(data: Any) -> Almanac:
    return _shared(msgspec.convert(data, Almanac, strict=False))


@cache
def _menders(kind: type) -> tuple[tuple[str, Mender], ...]:
    """The fields of a class that msgspec cannot read from plain data, and what makes them so."""
    found = [(name, _mender(hint, instant)) for name, hint, instant in fields_of(kind)]
    return tuple((name, mend) for name, mend in found if mend is not None)


def _mender(hint: Any, instant: bool) -> Mender | None:
    if hint is int and instant:
        return _instant_in
    if hint is Almanac:
        return _almanac
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _mender(next(part for part in parts if part is not type(None)), instant)
    if origin in (tuple, dict):
        inner = _mender(parts[-1] if origin is dict else parts[0], instant)
        return None if inner is None else _each(inner, origin is dict)
    if origin is None and hint not in SINGLE and (menders := _menders(hint)):
        return lambda data: _mended(data, menders)
    return None


def _each(mend: Mender, named: bool) -> Mender:
    if named:
        return lambda data: {key: mend(value) for key, value in data.items()}
    return lambda data: [mend(value) for value in data]


def _mended(data: Any, menders: tuple[tuple[str, Mender], ...]) -> Any:
    for name, mend in menders:
        value = data[name]
        if value is not None:
            data[name] = mend(value)
    return data
