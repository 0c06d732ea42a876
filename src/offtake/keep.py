"""Writes plans to disk: tables, pages, and adopted plans, each whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from offtake.plan.delivery import book_lines, plan_bytes
from offtake.plan.result import TABLES, PlanResult


def write_tables(result: PlanResult, out: Path) -> list[Path]:
    """Every table as Parquet, the whole as JSON, purchases as lines for the book."""
    folder = out / "tables"
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in TABLES:
        path = folder / f"{name}.parquet"
        getattr(result, name).write_parquet(path)
        written.append(path)
    for path, content in (
        (out / "plan.json", plan_bytes(result)),
        (out / "purchases.yaml", book_lines(result).encode()),
    ):
        whole(path, content)
        written.append(path)
    return written


def adopt(result: PlanResult, book: Path) -> Path:
    """Keep a plan in the book's folder under its digest. The same plan is kept once."""
    path = book / "plans" / f"{result.certificate['plan']}.json"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        whole(path, plan_bytes(result))
    return path


def whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never a part."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
