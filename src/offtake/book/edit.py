"""The same book with one typed figure changed: for the least change that makes a plan possible.

A figure is named by its path: ("offers", "oracle-36", "max"), ("demand", "chat", "base"),
("ventures", "stargate", "capital", "0", "limit"), ("sites", "abilene", "phases", "p1", "capex"),
("clauses", "azure-2025/azure-rofr", "window", "length").
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from offtake.book.force import Book
from offtake.book.record import Record, Written
from offtake.book.records import Agreement, Amendment, Demand, Path


class NoSuchFigureError(KeyError):
    """A path names nothing in the book."""


def changed(book: Book, path: tuple[str, ...], value: Any) -> Book:
    """The book with the figure at `path` set to a typed value; raises `NoSuchFigureError`."""
    section, name, *rest = path
    if section == "clauses":
        return _with_clause(book, name, rest, value)
    records: Mapping[str, Record] = getattr(book, section, {})
    if name not in records:
        raise NoSuchFigureError("/".join(path))
    return _with(book, section, {**records, name: _set(records[name], rest, value)})


def value_at(book: Book, path: tuple[str, ...]) -> Any:
    """The typed value at a path; raises `NoSuchFigureError`."""
    section, name, *rest = path
    here: Any
    if section == "clauses":
        versions = [c for r in _owners(book) for c in _clauses(r) if c.id == name]
        versions += [t.clause for t in book.terms if t.clause.id == name]
        here = versions[-1] if versions else None
    else:
        here = getattr(book, section, {}).get(name)
    for step in rest:
        here = _step(here, step)
    if here is None:
        raise NoSuchFigureError("/".join(path))
    return here


def scaled(book: Book, demand_id: str, factor: Fraction) -> Book:
    """The book with every quantity of one class of demand times a factor, rounded down."""
    demand = book.demand[demand_id]

    def part(count: int | None) -> int | None:
        return None if count is None else int(count * factor)

    def along(path: Mapping[Any, int] | None) -> Mapping[Any, int] | None:
        return None if path is None else {m: int(v * factor) for m, v in path.items()}

    scenarios: dict[str, Path] = {
        name: own.model_copy(update={"base": part(own.base), "path": along(own.path)})
        for name, own in demand.scenarios.items()
    }
    small: Demand = demand.model_copy(
        update={"base": part(demand.base), "path": along(demand.path), "scenarios": scenarios}
    )
    return replace(book, demand={**book.demand, demand_id: small})


def ended(book: Book, clause_id: str, last: dt.date) -> Book:
    """The book with a clause in force for the last time on that day."""
    owner, _, name = clause_id.partition("/")
    if owner not in book.agreements:
        raise NoSuchFigureError(clause_id)
    agreement = book.agreements[owner]
    ending = Amendment(on=last + dt.timedelta(days=1), signed=book.known, end=(name,))
    amendments = (*(a for a in agreement.amendments if a.on < ending.on), ending)
    new: Agreement = agreement.model_copy(update={"amendments": amendments})
    return replace(book, agreements={**book.agreements, owner: new})


def _with(book: Book, section: str, records: Mapping[str, Any]) -> Book:
    parts: dict[str, Any] = {section: records}
    return replace(book, **parts)


def _owners(book: Book) -> list[Any]:
    return [*book.agreements.values(), *book.offers.values()]


def _clauses(owner: Any) -> Iterator[Any]:
    """An agreement's or offer's clauses, those that amendments added among them."""
    yield from owner.clauses
    for amendment in getattr(owner, "amendments", ()):
        yield from amendment.add


def _with_clause(book: Book, name: str, rest: list[str], value: Any) -> Book:
    owner_id = name.partition("/")[0]
    for section in ("agreements", "offers"):
        records = getattr(book, section)
        if owner_id in records and any(c.id == name for c in _clauses(records[owner_id])):
            owner = records[owner_id]
            new = owner.model_copy(update=_parts(owner, name, rest, value))
            return _with(book, section, {**records, owner_id: new})
    raise NoSuchFigureError(name)


def _parts(owner: Any, name: str, rest: list[str], value: Any) -> dict[str, Any]:
    """An owner's clauses and amendments with one figure of one clause set."""

    def kept(clauses: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(_set(c, rest, value) if c.id == name else c for c in clauses)

    parts: dict[str, Any] = {"clauses": kept(owner.clauses)}
    if isinstance(owner, Agreement):
        short = name.partition("/")[2]
        parts["amendments"] = tuple(
            a.model_copy(update={"add": kept(a.add), "change": _restated(a, short, rest, value)})
            for a in owner.amendments
        )
    return parts


def _restated(amendment: Amendment, short: str, rest: list[str], value: Any) -> Mapping[str, Any]:
    """What an amendment changes, with the figure set there too where it states that figure."""
    words = amendment.change.get(short)
    if words is None or not rest or rest[0] not in words:
        return amendment.change
    return {**amendment.change, short: _worded(words, rest, str(value))}


def _worded(words: Any, rest: list[str], text: str) -> Any:
    """Words as written, with one of them replaced."""
    if not rest:
        return text
    inner = _worded(words.get(rest[0]), rest[1:], text)
    return (
        words.with_items(**{rest[0]: inner})
        if isinstance(words, Written)
        else {**words, rest[0]: inner}
    )


def _set(record: Any, rest: list[str], value: Any) -> Any:
    """A record (or tuple of records) with one field, however deep, set."""
    if not rest:
        return value
    step, *deeper = rest
    if isinstance(record, tuple):
        at = _position(record, step)
        return (*record[:at], _set(record[at], deeper, value), *record[at + 1 :])
    if not isinstance(record, Record) or step not in type(record).model_fields:
        raise NoSuchFigureError(step)
    return record.model_copy(update={step: _set(getattr(record, step), deeper, value)})


def _step(here: Any, step: str) -> Any:
    if isinstance(here, tuple):
        return here[_position(here, step)]
    return getattr(here, step, None)


def _position(records: tuple[Any, ...], step: str) -> int:
    """Where a record stands in a list: by its id, or by number."""
    for i, record in enumerate(records):
        if getattr(record, "id", None) == step:
            return i
    if step.isdecimal() and int(step) < len(records):
        return int(step)
    raise NoSuchFigureError(step)
