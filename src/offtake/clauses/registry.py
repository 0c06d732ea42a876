"""The clause kinds at hand: those of this package and of any other that offers some.

A package adds kinds through the entry-point group `offtake.clauses`: the entry's name is the kind,
its value the class.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import entry_points
from types import MappingProxyType

from offtake.book.records import Clause

GROUP = "offtake.clauses"


class BadClauseKind(TypeError):  # noqa: N818 - what it is, not that it is raised
    """An installed package offers a clause kind that is not a `Clause`."""


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, type[Clause]]:
    """Every clause kind by name, in order of their names."""
    found: dict[str, type[Clause]] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
        kind = entry.load()
        if not (isinstance(kind, type) and issubclass(kind, Clause)):
            raise BadClauseKind(f"{entry.value}: not a subclass of offtake.book.records.Clause")
        found[entry.name] = kind
    return MappingProxyType(found)
