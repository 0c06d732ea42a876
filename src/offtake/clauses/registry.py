"""The clause kinds at hand: those of this package and of any other that offers some.

A package adds kinds through the entry-point group `offtake.clauses`: the entry's name is the kind,
its value the class.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import get_args

from offtake.book.records import Clause

GROUP = "offtake.clauses"


class BadClauseKind(TypeError):  # noqa: N818 - what it is, not that it is raised
    """An installed package offers a clause kind that cannot be used: one sentence."""


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, type[Clause]]:
    """Every clause kind by name, in order of their names. Raises `BadClauseKind`."""
    found: dict[str, type[Clause]] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
        kind = _loaded(entry)
        if found.setdefault(entry.name, kind) is not kind:
            raise BadClauseKind(f"two packages offer the clause kind {entry.name}; remove one")
    return MappingProxyType(found)


def _loaded(entry: EntryPoint) -> type[Clause]:
    """The class of one entry; what a foreign module does while it loads is that package's."""
    try:
        kind = entry.load()
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        raise BadClauseKind(f"the clause kind {entry.name} cannot be loaded: {why}") from error
    if not (isinstance(kind, type) and issubclass(kind, Clause)):
        why = f"{entry.value} is not a subclass of offtake.book.records.Clause"
        raise BadClauseKind(f"the clause kind {entry.name} cannot be used: {why}")
    said = get_args(kind.model_fields["kind"].annotation)
    if entry.name not in said:
        why = f"the field kind of {entry.value} does not say Literal[{entry.name!r}]"
        raise BadClauseKind(f"the clause kind {entry.name} cannot be used: {why}")
    return kind
