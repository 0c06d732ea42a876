"""What a record holds, found from its field types: records within it, ids of others, money.

So a check over references or currencies also reaches clause kinds that this room has never seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from offtake.book.faults import Place
from offtake.book.fields import Refers
from offtake.book.record import Record
from offtake.units import Money, Price

Part = Callable[[Any], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Held:
    """One field: its name in Python and in the book, and what to take out of its value."""

    name: str
    written: str
    take: Part
    to: str = ""

    def of(self, record: Record) -> tuple[Any, ...]:
        """What the field of this record holds."""
        value = getattr(record, self.name)
        return () if value is None else self.take(value)


@dataclass(frozen=True, slots=True)
class Contents:
    """The fields of a record type that hold records, references, and money."""

    records: tuple[Held, ...]
    references: tuple[Held, ...]
    money: tuple[Held, ...]


def parts(record: Record) -> Iterator[Record]:
    """The record and every record within it."""
    yield record
    for held in contents(type(record)).records:
        for inner in held.of(record):
            yield from parts(inner)


def references(record: Record) -> Iterator[tuple[str, str, Place]]:
    """Each id of something else that the record names itself: what it names, the id, the place."""
    for held in contents(type(record)).references:
        for name in held.of(record):
            yield held.to, name, record.at(held.written)


def money(record: Record) -> Iterator[tuple[str, Money | Price, Place]]:
    """Each amount or price of the record itself: field, value, place."""
    for held in contents(type(record)).money:
        for value in held.of(record):
            yield held.written, value, record.at(held.written)


@lru_cache(maxsize=512)
def contents(kind: type[Record]) -> Contents:
    """What a record type holds, worked out once."""
    records, references, sums = [], [], []
    for name, info in kind.model_fields.items():
        if name in ("place", "fields_at"):
            continue
        written = info.alias or name
        annotation: Any = info.annotation
        for mark in info.metadata:
            if isinstance(mark, Refers):
                references.append(Held(name, written, _itself, mark.to))
        for what, take in _within(annotation):
            if isinstance(what, Refers):
                references.append(Held(name, written, take, what.to))
            elif issubclass(what, Record):
                records.append(Held(name, written, take))
            else:
                sums.append(Held(name, written, take))
    return Contents(tuple(records), tuple(references), tuple(sums))


def _itself(value: Any) -> tuple[Any, ...]:
    return (value,)


def _within(annotation: Any) -> Iterator[tuple[Any, Part]]:
    """Records, references and money in an annotation, each with the way to them."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, type) and origin is None:
        if issubclass(annotation, Record) or annotation in (Money, Price):
            yield annotation, _only(annotation)
    elif origin is Annotated:
        for mark in arguments[1:]:
            if isinstance(mark, Refers):
                yield mark, _itself
        yield from _within(arguments[0])
    elif origin in (Union, UnionType):
        for member in arguments:
            yield from _within(member)
    elif isinstance(origin, type) and issubclass(origin, tuple):
        for what, take in _within(arguments[0]):
            yield what, _each(take)
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        for what, take in _within(arguments[0]):
            yield what, _each(take)
        for what, take in _within(arguments[1]):
            yield what, _values(take)


def _only(kind: type) -> Part:
    return lambda value: (value,) if isinstance(value, kind) else ()


def _each(take: Part) -> Part:
    return lambda items: tuple(x for item in items for x in take(item))


def _values(take: Part) -> Part:
    return lambda items: tuple(x for item in items.values() for x in take(item))
