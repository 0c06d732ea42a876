"""Writes docs/faults.md from the catalogue of fault codes: `python tools/faults_page.py`.

A test holds the page to what this makes.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from offtake.book.codes import GROUPS
from offtake.book.faults import Example
from offtake.book.pages import CodePage, code_pages
from offtake.book.samples import HEADER, PARTIES
from offtake.clauses.registry import kinds

PAGE = Path(__file__).parents[1] / "docs" / "faults.md"
HEAD = f"""\
# Faults

<!-- Written by tools/faults_page.py from the catalogue; a change here is lost. -->

What `offtake check` can say about a book: for each thing a place (file, line, column), a code, \
one sentence, and how to mend it. Codes are stable, so scripts may rely on them. A **warning** \
does not keep a book from being used; a **fault** does. `offtake explain CODE` prints what stands \
here.

Each example is the smallest book that earns its code, and nothing else is wrong with it: a line \
with `-` is there in the book that earns it, a line with `+` in the one that is mended. Unless an \
example has its own part `book:`, it follows these lines:

```yaml
{HEADER}{PARTIES}```
"""
CLAUSES = ("Clauses", "What a clause finds in its own words, and beside other deals.")


def page() -> str:
    """The whole page."""
    pages = code_pages(ours())
    sections = [
        (g.title, g.sentence, [p for p in pages if p.said_by == (g.title,)]) for g in GROUPS
    ]
    sections.append((*CLAUSES, [p for p in pages if p.of_clause]))
    index = (f"| {_link(t)} | {', '.join(_link(p.name) for p in own)} |" for t, _, own in sections)
    parts = [HEAD, "| found in | codes |\n|---|---|\n" + "\n".join(index) + "\n"]
    for title, sentence, own in sections:
        parts.append(f"## {title}\n{sentence}\n")
        parts += [_section(one) for one in own]
    return "\n".join(parts)


def ours() -> dict[str, type]:
    """The clause kinds that Offtake brings."""
    return {n: kind for n, kind in kinds().items() if kind.__module__.startswith("offtake.")}


def _link(heading: str) -> str:
    return f"[{heading}](#{heading.lower().replace(' ', '-')})"


def _section(one: CodePage) -> str:
    code = one.code
    ending = "" if code.title.endswith("?") else "."
    warning = " (warning)" if code.severity == "warning" else ""
    text = f"### {one.name}\n**{code.title}{ending}**{warning} {code.explanation}\n"
    if code.remedy:
        text += f"\n*To mend it:* {code.remedy}\n"
    if one.of_clause:
        pages = ", ".join(f"[{name}](clauses/{name}.md)" for name in one.said_by)
        text += f"\n*Said by:* {pages}.\n"
    if code.example is not None:
        text += "\n```diff\n" + "\n".join(_changed(code.example)) + "\n```\n"
    return text


def _changed(example: Example) -> Iterator[str]:
    """Each file of the example, with the lines that make it wrong and those that mend it."""
    wrong, right = example.files(wrong=True), example.files(wrong=False)
    for name, text in wrong.items():
        if len(wrong) > 1:
            yield f"# {name}"
        for line in difflib.ndiff(text.splitlines(), right[name].splitlines()):
            if not line.startswith("?"):
                yield line.rstrip()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
