"""The way from anything in a book, a plan or a journal back to its causes, or on to its effects."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offtake.book.faults import Misread
from offtake.book.files import Root
from offtake.book.force import Book
from offtake.book.near import nearest
from offtake.signed.causes import Causes, Key, Tenders, Thing, of_agreements, of_book, of_plan
from offtake.signed.reader import UNFIT
from offtake.signed.source import Entries, SourceError, source
from offtake.units.instants import instant_text

PLANS = "plans"
LARGEST = 1 << 30
_LINE = re.compile(r"[^:]+:[0-9]+(?=$|:)")


class NoTraceError(LookupError):
    """Nothing is called so: one sentence."""


@dataclass(frozen=True, slots=True)
class Traced:
    """One thing on the way, how many steps from where it began, and its own causes or effects."""

    thing: Thing
    depth: int
    next: tuple[Key, ...]

    def data(self) -> dict[str, Any]:
        """As plain data."""
        at = self.thing.at
        return {
            "kind": self.thing.kind,
            "id": self.thing.name,
            "at": None if at is None else instant_text(at),
            "why": self.thing.sentence,
            "place": self.thing.place or None,
            "depth": self.depth,
            "next": [{"kind": kind, "id": name} for kind, name in self.next],
        }


def trace(book: Book, name: str, *, effects: bool = False) -> tuple[Traced, ...]:
    """What brought about what is called so, or with `effects` what it brought about.

    `name` is an id, that of an entry too (`desk.sqlite#` and digits of its link), or a place such
    as `demand.yaml:12`. Raises `NoTraceError`.
    """
    graph = causes(book)
    return tuple(walk(graph.things, graph.effects() if effects else graph.of, begin(graph, name)))


def causes(book: Book) -> Causes:
    """The whole graph of a book, whenever it was known."""
    graph, whole = Causes(), book.whole
    of_book(graph, whole)
    for place, plan in _plans(Path(book.root)):
        of_plan(graph, plan, place)
    with Root(book.root) as root:
        for named in book.header.journals:
            inside = root.within(named, "book.yaml")
            try:
                journal = source(root.lent(inside))
                Tenders(graph, whole, Entries(inside, journal)).read(journal.events())
            except (SourceError, Misread, *UNFIT) as error:
                raise NoTraceError(f"the journal {inside} cannot be read: {error}") from error
    of_agreements(graph, whole)
    return graph


def _plans(root: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The plans that were adopted, by their places."""
    for path in sorted((root / PLANS).glob("*.json")):
        if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
            continue
        try:
            data = json.loads(path.read_bytes())
        except (ValueError, RecursionError):
            continue
        if isinstance(data, dict) and data.get("status") == "planned":
            yield f"{PLANS}/{path.name}", data


def begin(graph: Causes, name: str) -> tuple[Key, ...]:
    """What is called so, or stands there; raises `NoTraceError` with the nearest names."""
    # What is noted later was brought about by what was noted before.
    keys = [key for key in reversed(graph.things) if key[1] == name]
    if not keys and (at := _LINE.match(name)):
        keys = [key for key, thing in graph.things.items() if thing.place == at[0]]
        # Of an entry's number the event itself is meant, not all that it speaks of.
        keys = [key for key in keys if key[0] == "event"] or keys
    if not keys:
        near = nearest(name, {known for _, known in graph.things}) or "the book is empty"
        end = "" if near.endswith("?") else "."
        raise NoTraceError(
            f"nothing here is called {name[:64]!r}; {near}{end} What was done at a desk is "
            "found where the book names its journal, such as journals: [desk.sqlite]"
        )
    return tuple(keys)


def walk(
    things: Mapping[Key, Thing], edges: Mapping[Key, list[Key]], start: tuple[Key, ...]
) -> Iterator[Traced]:
    """Each thing on the way once, the main way first."""
    seen: set[Key] = set()
    waiting = [(key, 0) for key in reversed(start)]
    while waiting:
        key, depth = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        known = [one for one in edges.get(key, ()) if one in things]
        yield Traced(things[key], depth, tuple(known))
        waiting += [(one, depth + 1) for one in reversed(known)]
