"""FOCUS on disk: datasets written as Parquet and CSV, a provider's bill read from either.

Both files of a dataset hold the same: numbers are exact decimals, times are in UTC.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from offtake.book.faults import Fault, Place
from offtake.formats.focus.bill import Cells, bill_of
from offtake.formats.focus.columns import NUMBERS, PLACES, TIMES, Table
from offtake.formats.focus.values import plain, written
from offtake.formats.rows import BadFile, Tally
from offtake.formats.rows import Table as Lines
from offtake.settle.bills import Bill

if TYPE_CHECKING:
    import polars as pl


def write_focus(folder: Path | str, tables: Mapping[str, Table]) -> tuple[Path, ...]:
    """Write each dataset as `<name>.csv` and `<name>.parquet`, each whole or not at all."""
    root = Path(folder)
    root.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    for name, table in tables.items():
        for path, write in (
            (root / f"{name}.csv", _write_csv),
            (root / f"{name}.parquet", _write_parquet),
        ):
            beside = path.with_name(f".{path.name}.part")
            try:
                write(beside, table)
                os.replace(beside, path)
            finally:
                beside.unlink(missing_ok=True)
            made.append(path)
    return tuple(made)


def _write_csv(path: Path, table: Table) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(table.columns)
        rows.writerows([written(row[c]) for c in table.columns] for row in table.rows)


def frame(table: Table) -> pl.DataFrame:
    """A dataset as a table of Polars: numbers are decimals, times in UTC, all else is text."""
    import polars as pl

    kinds: dict[str, pl.DataType] = {}
    for column in table.columns:
        if column in NUMBERS:
            kinds[column] = pl.Decimal(38, PLACES)
        elif column in TIMES:
            kinds[column] = pl.Datetime("us", "UTC")
        else:
            kinds[column] = pl.String()
    columns = {c: [row[c] for row in table.rows] for c in table.columns}
    return pl.DataFrame(columns, schema=kinds, strict=True)


def _write_parquet(path: Path, table: Table) -> None:
    frame(table).write_parquet(path)


def read_bill(path: Path | str, currency: str | None = None) -> Bill | tuple[Fault, ...]:
    """A provider's FOCUS Cost and Usage, CSV or Parquet; or all that is wrong with it.

    The line of a row of a Parquet file is its number, counted from 1.
    """
    at = Path(path)
    try:
        if at.suffix == ".parquet":
            return _of_parquet(at, currency)
        with at.open("rb") as file:
            tally = Tally()
            lines = Lines(file, tally)
            found = bill_of(at.name, lines.names, _of_lines(lines), currency)
    except BadFile as bad:
        code = "not-parquet" if at.suffix == ".parquet" else "csv"
        return (Fault(Place(at.name, bad.line), code, str(bad), bad.hint),)
    except OSError as error:
        sentence = f"The bill cannot be read: {error.strerror or error}."
        return (Fault(Place(at.name, 1), "no-file", sentence, "name a file that is there"),)
    refused = [Fault(Place(at.name, b.line), "row-length", str(b), b.hint) for b in tally.bad]
    if refused:
        return (*refused, *(() if isinstance(found, Bill) else found))
    return found


def _of_lines(lines: Lines) -> Iterator[tuple[int, Cells]]:
    for line, cells in lines.rows():
        yield line, {k: v if v != "NULL" else "" for k, v in zip(lines.names, cells, strict=True)}


def _of_parquet(path: Path, currency: str | None) -> Bill | tuple[Fault, ...]:
    import polars as pl

    try:
        table = pl.read_parquet(path)
    except pl.exceptions.PolarsError as error:
        hint = "export it again, or as CSV"
        raise BadFile(1, f"This is not Parquet: {str(error).splitlines()[0]}.", hint) from None
    rows = ((n, _texts(row)) for n, row in enumerate(table.iter_rows(named=True), 1))
    return bill_of(path.name, table.columns, rows, currency)


def _texts(row: Mapping[str, object]) -> dict[str, str]:
    """Cells as a CSV file would have them."""
    import datetime as dt
    from decimal import Decimal

    found: dict[str, str] = {}
    for column, cell in row.items():
        if isinstance(cell, Decimal):
            found[column] = plain(cell)
        elif isinstance(cell, dt.datetime):
            found[column] = cell.isoformat()
        else:
            found[column] = "" if cell is None else str(cell)
    return found
