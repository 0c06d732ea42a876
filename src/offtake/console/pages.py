"""What `offtake explain` shows: a code with its example, a clause kind with its words, the list."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import typer
from rich.table import Table

from offtake.book.faults import Code
from offtake.book.pages import CodePage, KindPage, Word
from offtake.book.samples import whole
from offtake.console.screen import plain_data, put, say, terminal
from offtake.plan.words import one_line

PROSE = 100
"""Columns of what is written to be read."""
TITLES = {"wrong": "Example", "right": "Mended"}


def page(shown: CodePage | KindPage, as_json: bool) -> None:
    """One page."""
    if as_json:
        plain_data(_code_data(shown) if isinstance(shown, CodePage) else _kind_data(shown))
    elif isinstance(shown, CodePage):
        _code(shown)
    else:
        _kind(shown)


def contents(codes: Sequence[CodePage], kinds: Mapping[str, Any], as_json: bool) -> None:
    """Every code and every clause kind, a line each."""
    if as_json:
        listed = [_line_data(page) for page in codes]
        told = [{"kind": name, "summary": kind.summary} for name, kind in kinds.items()]
        plain_data({"codes": listed, "kinds": told})
        return
    for group, own in groupby(codes, key=_group):
        _lines(group, ((page.name, _titled(page.code)) for page in own))
    _lines("Clause kinds", ((name, kind.summary) for name, kind in kinds.items()))
    say("offtake explain NAME tells one of them.")


def _group(page: CodePage) -> str:
    return f"Clauses: {', '.join(page.said_by)}" if page.of_clause else page.said_by[0]


def _titled(code: Code) -> str:
    return code.title if code.severity == "fault" else f"{code.title} ({code.severity})"


def _lines(title: str, rows: Iterable[tuple[str, str]]) -> None:
    typer.echo(title)
    for name, text in rows:
        typer.echo(f"  {name:24} {one_line(text)}")
    typer.echo()


def _code(page: CodePage) -> None:
    say(f"{page.name}: {page.code.title} ({page.code.severity})")
    _wrapped(page.code.explanation)
    if page.code.remedy:
        _wrapped(f"To mend it: {page.code.remedy}")
    if page.of_clause:
        _wrapped(f"Said by clauses: {', '.join(page.said_by)}.")
    if page.code.example is None:
        return
    for name, title in TITLES.items():
        typer.echo(f"\n{title}:")
        files = page.code.example.files(wrong=name == "wrong")
        other = page.code.example.files(wrong=name != "wrong")
        for file, text in files.items():
            # A file that is not changed is shown once, with what is wrong.
            if name == "wrong" or text != other[file]:
                if len(files) > 1:
                    typer.echo(f"    # {file}")
                typer.echo(textwrap.indent(text, "    ").rstrip())


def _kind(page: KindPage) -> None:
    say(f"{page.name}: {page.summary}")
    screen = terminal()
    table = Table(box=None, pad_edge=False)
    for title in ("word", "", "written", "meaning"):
        table.add_column(title, overflow="fold", no_wrap=title == "word")
    for word in page.words:
        must = "must" if word.required else ""
        table.add_row(word.name, must, word.written, word.meaning)
    put(screen, table)
    typer.echo()
    _lines("Codes", ((own.name, _titled(own.code)) for own in page.codes))


def _wrapped(text: str) -> None:
    say("\n".join(textwrap.wrap(text, PROSE, break_on_hyphens=False)))


def _line_data(page: CodePage) -> dict[str, Any]:
    return {
        "code": page.name,
        "title": page.code.title,
        "severity": page.code.severity,
        "said_by": list(page.said_by),
    }


def _code_data(page: CodePage) -> dict[str, Any]:
    example = page.code.example
    books = example and {name: whole(example, wrong=name == "wrong") for name in TITLES}
    return {
        **_line_data(page),
        "explanation": page.code.explanation,
        "remedy": page.code.remedy,
        "example": books,
    }


def _kind_data(page: KindPage) -> dict[str, Any]:
    return {
        "kind": page.name,
        "summary": page.summary,
        "words": [_word_data(word) for word in page.words],
        "codes": [_line_data(code) for code in page.codes],
    }


def _word_data(word: Word) -> dict[str, Any]:
    return {
        "word": word.name,
        "required": word.required,
        "written": word.written,
        "meaning": word.meaning,
    }
