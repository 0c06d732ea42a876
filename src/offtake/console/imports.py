"""An import on the screen: how far it is, what is bad in the file, and what became of its rows."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import typer

from offtake.console.screen import many, plain_data, terminal
from offtake.formats.rows import LINE_MOST, BadFile, Tally
from offtake.plan.words import one_line

_PATIENCE = 1.0
"""Seconds before a moving line appears."""
_EVERY = 4096


@contextmanager
def lines_of(path: Path) -> Iterator[Iterator[bytes]]:
    """The lines of a file, with a moving line on the terminal once it takes a second."""
    with path.open("rb") as file:
        lines = iter(lambda: file.readline(LINE_MOST + 1), b"")
        yield _shown(lines, file, path) if os.isatty(2) else lines


def _shown(lines: Iterator[bytes], file: BinaryIO, path: Path) -> Iterator[bytes]:
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    size = path.stat().st_size
    begun = time.monotonic()
    bar = Progress(
        TextColumn(one_line(f"reading {path.name}")),
        BarColumn(),
        TimeElapsedColumn(),
        console=terminal(err=True),
        transient=True,
    )
    task = bar.add_task("", total=size or None)
    moves = False
    try:
        for number, line in enumerate(lines):
            if number % _EVERY == 0:
                if not moves and time.monotonic() - begun > _PATIENCE:
                    bar.start()
                    moves = True
                bar.update(task, completed=file.tell())
            yield line
    finally:
        if moves:
            bar.stop()


def bad(path: Path, found: Sequence[BadFile], rows: int, as_json: bool) -> None:
    """What is bad in a file: each with its line, and how many more there are."""
    if as_json:
        plain_data(
            {
                "file": str(path),
                "line": one.line,
                "column": 1,
                "severity": "fault",
                "code": "import",
                "sentence": str(one),
                "hint": one.hint,
            }
            for one in found
        )
        return
    for one in found:
        _tell(f"{path}:{one.line}: {one}")
        if one.hint:
            _tell(f"    hint: {one.hint}")
    more = f", of which {len(found)} are shown" if rows > len(found) else ""
    _tell(f"{many(max(rows, len(found)), 'fault')}{more}; nothing is written")


def imported(path: Path, tally: Tally, made: str, out: Path | None) -> None:
    """Notes, and the last line: rows read, left out and why, and what was made."""
    for note in tally.notes[:20]:
        _tell(f"note: {note}")
    if len(tally.notes) > 20:
        _tell(f"note: and {len(tally.notes) - 20} more")
    left = tally.left_out.copy()
    if tally.bad_rows:
        left["bad, with --skip"] = tally.bad_rows
    why = ", ".join(f"{count:,} {reason}" for reason, count in left.most_common(12))
    rest = f", and {len(left) - 12} more reasons" if len(left) > 12 else ""
    without = f", {sum(left.values()):,} left out ({why}{rest})" if left else ""
    where = f", written to {out}" if out is not None else ""
    _tell(f"{path}: {tally.read:,} rows read{without}; {made}{where}")


def data(records: Sequence[dict[str, Any]], section: str, tally: Tally) -> None:
    """The records and the tally as plain data."""
    plain_data(
        {
            section: [_plain(record) for record in records],
            "rows": tally.read,
            "bad_rows": tally.bad_rows,
            "left_out": dict(tally.left_out),
            "notes": tally.notes,
        }
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value if isinstance(value, bool | int | str) else str(value)


def _tell(text: str) -> None:
    """A line on the error channel in which nothing steers the terminal."""
    indent = text[: len(text) - len(text.lstrip(" "))]
    typer.echo(indent + one_line(text), err=True)
