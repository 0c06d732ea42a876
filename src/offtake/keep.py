"""Writes plans and tables to disk, each file whole or not at all, and reads kept plans again."""

from __future__ import annotations

import errno
import io
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from offtake.book.force import Book
from offtake.plan.delivery import as_data, book_lines, clash_data, kept_bytes
from offtake.plan.kept import NotAPlanError, of_data
from offtake.plan.result import TABLES, Clash, PlanResult

if TYPE_CHECKING:
    import polars as pl

DATA, PURCHASES = "plan.json", "purchases.yaml"
LARGEST = 1 << 30


def write_plan(result: PlanResult, book: Book, out: Path) -> list[Path]:
    """Every table as Parquet, the whole as JSON, purchases as lines for the book."""
    return [
        *write_tables({name: getattr(result, name) for name in TABLES}, out),
        whole(out / DATA, kept_bytes(as_data(result))),
        whole(out / PURCHASES, book_lines(result, book).encode()),
    ]


def write_tables(tables: Mapping[str, pl.DataFrame], out: Path) -> list[Path]:
    """Tables as Parquet, each by its name, in the folder's own folder of tables."""
    (out / "tables").mkdir(parents=True, exist_ok=True)
    return [whole(_table(out, name), _parquet(rows)) for name, rows in tables.items()]


def write_clash(clash: Clash, out: Path) -> list[Path]:
    """The clash as JSON; tables and purchases of an earlier plan there are taken away."""
    out.mkdir(parents=True, exist_ok=True)
    for path in (out / PURCHASES, *(_table(out, name) for name in TABLES)):
        path.unlink(missing_ok=True)
    return [whole(out / DATA, kept_bytes(clash_data(clash)))]


def adopt(result: PlanResult, book: Path) -> Path:
    """Keep a plan in the book's folder under its digest. The same plan is kept once."""
    path = book / "plans" / f"{result.certificate['plan']}.json"
    if not path.exists():
        # Without its parents: a book that has gone is not begun anew.
        path.parent.mkdir(exist_ok=True)
        whole(path, kept_bytes(as_data(result)))
    return path


def kept(path: Path) -> PlanResult:
    """A plan that was adopted or written as `plan.json`; raises `NotAPlanError` or `OSError`."""
    if path.exists() and not path.is_file():
        raise NotAPlanError("it is not an ordinary file")
    if path.stat().st_size > LARGEST:
        raise NotAPlanError(f"it is larger than {LARGEST >> 20:,} MiB")
    try:
        data = json.loads(path.read_bytes(), parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise NotAPlanError("it is not JSON") from error
    return of_data(data)


def _refused(word: str) -> float:
    raise ValueError(f"{word} is no number")


def whole(path: Path, content: bytes) -> Path:
    """Write a file so that a reader sees the old one or the new one, never a part."""
    if path.exists() and not path.is_file():
        raise FileExistsError(errno.EEXIST, "This is no ordinary file", str(path))
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        if isinstance(error, OSError):
            # Whoever reads it has named this file, and not the one beside it.
            error.filename = str(path)
        raise
    return path


def _table(out: Path, name: str) -> Path:
    return out / "tables" / f"{name}.parquet"


def _parquet(rows: pl.DataFrame) -> bytes:
    content = io.BytesIO()
    rows.write_parquet(content)
    return content.getvalue()


def versions() -> dict[str, str]:
    """Of what a plan was made with, which is kept with it."""
    import platform
    from importlib.metadata import version

    return {"python": platform.python_version()} | {
        name: version(name) for name in ("offtake", "numpy", "polars")
    }
