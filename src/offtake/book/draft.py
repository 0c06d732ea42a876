"""A book as somebody wrote it, before it is typed: the place where edits are made.

A place in it is named by its steps: ("book", "discount"), ("offers", "oracle-36", "price"),
("agreements", "azure-2025", "clauses", "azure-rofr", "window", "length"). An item of a list is
named by its id, or its kind where it has none, or by its number from 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from offtake.book.faults import NOWHERE, Place
from offtake.book.record import Written, WrittenList

HEADER = "book"
Steps = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """The header and the records of every section, by id, in the order of reading."""

    header: Written
    records: Mapping[str, Mapping[str, Written]]

    def at(self, steps: Steps) -> Any:
        """What is written there; None where nothing is."""
        section, *rest = steps
        here: Any = self.header if section == HEADER else self.records.get(section, {})
        for step in rest:
            here = item(here, step)
        return here

    def place(self, steps: Steps) -> Place:
        """Where it is written, or what it would stand in."""
        section, *rest = steps
        here: Any = self.header if section == HEADER else self.records.get(section, {})
        at: Place = getattr(here, "place", NOWHERE)
        for step in rest:
            inner = item(here, step)
            nearer: Place | None = _place_of(here, step) or getattr(inner, "place", None)
            at = nearer or at
            here = inner
        return at

    def put(self, steps: Steps, value: Any) -> Draft:
        """The draft with a value there, at the place of the old one; None takes away what is there.

        What the steps lead through is made where it is not written yet.
        """
        return self.put_all([(steps, value)])

    def put_all(self, values: Iterable[tuple[Steps, Any]]) -> Draft:
        """The same for many values, one after another."""
        header = self.header
        # A section may have 100,000 records: each is copied once, not once for each value.
        copied: dict[str, dict[str, Written]] = {}
        for (section, *rest), value in values:
            if section == HEADER:
                header = _put(header, rest, value) if rest else moved(value, header.place)
                continue
            if section not in copied:
                copied[section] = dict(self.records.get(section, {}))
            records = copied[section]
            name, *deeper = rest
            if deeper:
                records[name] = _put(records[name], deeper, value)
            elif value is None:
                records.pop(name, None)
            else:
                place = records[name].place if name in records else value.place
                records[name] = moved(value, place)
        return Draft(header, {**self.records, **copied})


@dataclass(slots=True)
class Gathered:
    """What a reader says it has come across, until it is a draft."""

    header: Any = None
    records: dict[str, dict[str, Written]] = field(default_factory=dict)

    def keep(self, section: str, written: Any) -> None:
        """Note one record, or the header; of two with one id the first."""
        if section == HEADER:
            self.header = written
        elif isinstance(written, Written) and isinstance(written.get("id"), str):
            self.records.setdefault(section, {}).setdefault(written["id"], written)

    def draft(self) -> Draft:
        """What was gathered, of a book that was read without a fault."""
        return Draft(self.header, self.records)


def name_of(entry: Any) -> str | None:
    """What an item of a list is called: its id, or its kind; None where it has neither."""
    if isinstance(entry, Mapping):
        for key in ("id", "kind"):
            if isinstance(entry.get(key), str):
                return str(entry[key])
    return None


def item(here: Any, step: str) -> Any:
    """The part of a mapping or a list that a step names, or None."""
    if isinstance(here, Mapping):
        return here.get(step)
    if isinstance(here, list):
        at = position(here, step)
        return here[at] if at is not None and at < len(here) else None
    return None


def position(items: list[Any], step: str) -> int | None:
    """Where an item stands, by name or number; the number after the last is where one is added."""
    for number, entry in enumerate(items):
        if name_of(entry) == step:
            return number
    if step.isascii() and step.isdecimal() and len(step) < 9 and int(step) <= len(items):
        return int(step)
    return None


def parts(here: Any) -> Iterator[tuple[str, Any]]:
    """The parts of a mapping or a list by the step that names each."""
    if isinstance(here, Mapping):
        yield from here.items()
    elif isinstance(here, list):
        yield from ((str(number), entry) for number, entry in enumerate(here))


def moved(value: Any, place: Place) -> Any:
    """The same value, and all in it, as if it stood at that place."""
    if isinstance(value, Mapping):
        inner = {key: moved(part, place) for key, part in value.items()}
        where = dict.fromkeys(inner, place)
        return Written(inner, place, where, where)
    if isinstance(value, list):
        listed = [moved(part, place) for part in value]
        return WrittenList(listed, place, [place] * len(listed))
    return value


def _place_of(here: Any, step: str) -> Place | None:
    if isinstance(here, Written):
        return here.fields_at.get(step)
    if isinstance(here, WrittenList):
        at = position(here, step)
        return here.items_at[at] if at is not None and at < len(here.items_at) else None
    return None


def _put(here: Any, steps: list[str], value: Any) -> Any:
    step, *deeper = steps
    inner = item(here, step)
    if isinstance(here, list):
        return _put_item(here, step, deeper, inner, value)
    if inner is None and deeper and value is None:
        return here
    own = here if isinstance(here, Written) else Written(here)
    place = own.fields_at.get(step, own.place)
    if deeper:
        start = inner if isinstance(inner, (Mapping, list)) else Written({}, place)
        new = _put(start, deeper, value)
    else:
        new = moved(value, place)
    items = {**own, step: new}
    if new is None:
        del items[step]
    where = {**own.fields_at, step: place}
    return Written(items, own.place, where, {**own.keys_at, step: own.keys_at.get(step, place)})


def _put_item(here: list[Any], step: str, deeper: list[str], inner: Any, value: Any) -> Any:
    at = position(here, step)
    place = getattr(here, "place", NOWHERE)
    if at is None:
        at = len(here)
    items, places = list(here), list(getattr(here, "items_at", ()))
    places += [place] * (len(items) - len(places))
    where = places[at] if at < len(places) else place
    new = _put(inner, deeper, value) if deeper else moved(value, where)
    kept = [] if new is None else [new]
    items[at : at + 1] = kept
    places[at : at + 1] = [where] * len(kept)
    return WrittenList(items, place, places)
