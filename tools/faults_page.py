"""Writes docs/faults.md from the catalogue of fault codes: `python tools/faults_page.py`.

A test holds the page to what this makes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from offtake.book.codes_checks import CHECKS
from offtake.book.codes_fields import FIELDS
from offtake.book.codes_reading import FILES, TABLES, YAML
from offtake.book.faults import Code
from offtake.clauses.registry import kinds

PAGE = Path(__file__).parents[1] / "docs" / "faults.md"
HEAD = """\
# Faults

<!-- Written by tools/faults_page.py from the catalogue; a change here is lost. -->

What `offtake check` can say about a book: for each thing a place (file, line, column), a code, \
one sentence, and how to mend it. Codes are stable, so scripts may rely on them. A **warning** \
does not keep a book from being used; a **fault** does.
"""
ROOMS: tuple[tuple[str, str, Mapping[str, Code]], ...] = (
    ("Files", "Finding and opening the book's files.", FILES),
    ("YAML text", "A book's part of YAML: no anchors, aliases, tags or second documents.", YAML),
    ("Tables", "CSV tables and traces.", TABLES),
    ("Fields", "One value, read by itself.", FIELDS),
    ("Checks", "Records against each other.", CHECKS),
)


def page() -> str:
    """The whole page."""
    clauses = clause_codes()
    listed = [(title, list(codes)) for title, _, codes in ROOMS] + [("Clauses", list(clauses))]
    index = (f"| {_link(title)} | {', '.join(map(_link, codes))} |" for title, codes in listed)
    parts = [HEAD, "| found in | codes |\n|---|---|\n" + "\n".join(index) + "\n"]
    for title, sentence, codes in ROOMS:
        parts.append(f"## {title}\n{sentence}\n")
        parts += [
            f"### {name}\n**{code.title}.** {code.explanation}\n\n*To mend it:* {code.remedy}\n"
            for name, code in codes.items()
        ]
    parts.append("## Clauses\nWhat a clause finds in its own words, and beside other deals.\n")
    parts += list(_of_clauses(clauses))
    return "\n".join(parts)


def _link(heading: str) -> str:
    return f"[{heading}](#{heading.lower().replace(' ', '-')})"


def clause_codes() -> dict[str, tuple[str, list[str]]]:
    """Each code of the clause kinds that Offtake brings: what it means, which kinds state it."""
    found: dict[str, tuple[str, list[str]]] = {}
    for name, kind in kinds().items():
        if kind.__module__.startswith("offtake."):
            for code, meaning in getattr(kind, "codes", {}).items():
                found.setdefault(code, (meaning, []))[1].append(name)
    return found


def _of_clauses(found: Mapping[str, tuple[str, list[str]]]) -> Iterator[str]:
    for code, (meaning, stated) in found.items():
        pages = ", ".join(f"[{name}](clauses/{name}.md)" for name in stated)
        yield f"### {code}\n{meaning}\n\n*Said by:* {pages}.\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
