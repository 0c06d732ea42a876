"""Things and what brought them about, as a graph.

Every thing has a kind, a name, a sentence, a place, and the things that brought it about, the main
one first.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from offtake.desk.lot import Instant

Key = tuple[str, str]
"""Kind and name."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that stands somewhere, or happened."""

    kind: str
    name: str
    sentence: str
    place: str = ""
    at: Instant | None = None


@dataclass(slots=True)
class Causes:
    """Things by their keys, and what brought each about."""

    things: dict[Key, Thing] = field(default_factory=dict)
    of: dict[Key, list[Key]] = field(default_factory=dict)

    def add(self, thing: Thing, *causes: Key) -> Key:
        """Note a thing; of two with one key the first stays, and causes add up."""
        key = (thing.kind, thing.name)
        self.things.setdefault(key, thing)
        known = self.of.setdefault(key, [])
        known += [cause for cause in causes if cause not in known and cause != key]
        return key

    def effects(self) -> dict[Key, list[Key]]:
        """The other way round: what each thing brought about."""
        found: dict[Key, list[Key]] = {}
        for key, causes in self.of.items():
            for cause in causes:
                found.setdefault(cause, []).append(key)
        return found
