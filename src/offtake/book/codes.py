"""Every code that reading and checking a book can give: what it means and how to mend it.

Codes are stable: tools and people quote them. Clause kinds state their own codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from offtake.book.codes_checks import CHECKS
from offtake.book.codes_examples import EXAMPLES
from offtake.book.codes_fields import FIELDS
from offtake.book.codes_metering import METERING
from offtake.book.codes_reading import FILES, JOURNALS, TABLES, YAML
from offtake.book.faults import Code


@dataclass(frozen=True, slots=True)
class Group:
    """Codes that are found in one step of reading, or in one kind of clause."""

    title: str
    sentence: str
    codes: Mapping[str, Code]


def _shown(codes: Mapping[str, Code]) -> Mapping[str, Code]:
    return {name: replace(code, example=EXAMPLES.get(name)) for name, code in codes.items()}


GROUPS: tuple[Group, ...] = (
    Group("Files", "Finding and opening the book's files.", _shown(FILES)),
    Group(
        "YAML text",
        "A book's part of YAML: no anchors, aliases, tags or second documents.",
        _shown(YAML),
    ),
    Group("Tables", "CSV tables and traces.", _shown(TABLES)),
    Group("Journals", "What was made at a desk whose journal the book names.", _shown(JOURNALS)),
    Group("Fields", "One value, read by itself.", _shown(FIELDS)),
    Group("Checks", "Records against each other.", _shown(CHECKS)),
    Group("Metering", "Files beside a book, from which `offtake settle` reads.", METERING),
)
"""All codes of this room, in the order in which a book is read and checked."""

CODES: Mapping[str, Code] = MappingProxyType(
    {name: code for group in GROUPS for name, code in group.codes.items()}
)
"""The same, by name."""


def stated_by(kind: Any) -> dict[str, Code]:
    """The codes of one clause kind. A kind may state only a sentence for a code."""
    stated: Mapping[str, Code | str] = getattr(kind, "codes", {})
    return {
        name: Code(_title(name), code, "") if isinstance(code, str) else code
        for name, code in stated.items()
    }


def _title(name: str) -> str:
    return name.replace("-", " ").capitalize()
