"""Files of metering as pieces: some thousand rows at a time, each with the line of its first.

CSV is read once: what is hashed are the bytes that are parsed. A line is a row, so that the number
of a row is the number of its line; no cell needs a comma, a quote or a line break. Of Parquet the
rows are numbered from 1.
"""

from __future__ import annotations

import csv
import errno
import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

import polars as pl

from offtake.owing.meter_faults import Wrong, columns, plain_name

CHUNK = 1 << 23
ROWS = 1 << 18
LINE_MOST = 1 << 16
AMOUNTS = ("chip_hours", "chip_seconds")
_MUST = (("agreement",), ("start",), AMOUNTS)
_APART = "\x1f"
"""A separator that no line has, so that a row of one cell is read for each line."""
_SHORT = "look for a line break that is missing"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows: `line` and the cells `agreement`, `start`, `amount`; `cells` says how many.

    `cells` is 3 where a row is as long as the header. A start is text or a timestamp of UTC.
    """

    rows: pl.DataFrame
    unit: str
    """What the amount counts: chip_hours or chip_seconds."""


class Meter:
    """One file of metering. After its pieces `sha256` and `count` are of all its bytes and rows."""

    def __init__(self, path: Path | str, wrong: Wrong) -> None:
        self.path = Path(path)
        self.wrong = wrong
        self.sha256 = ""
        self.count = 0

    def pieces(self) -> Iterator[Piece]:
        """Its rows in their order; what is wrong with the file as a whole is said."""
        self.count = 0
        try:
            opened = open(self.path, "rb", opener=without_waiting)  # noqa: SIM115 - closed below
        except (OSError, ValueError) as error:
            self.wrong.whole(1, *unopened(error))
            return
        with opened as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                self.wrong.whole(1, *unopened(IsADirectoryError()))
                return
            is_parquet = file.read(4) == b"PAR1"
            file.seek(0)
            yield from self._parquet(file) if is_parquet else self._csv(file)
            after = os.fstat(file.fileno())
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            sentence = "The file was written to while it was read."
            self.wrong.whole(1, "changed-meanwhile", sentence, "settle again when it is complete")
        elif not self.count and not self.wrong.faults:
            hint = "leave the file out if nothing was metered"
            self.wrong.whole(1, "no-rows", "The file has no rows.", hint)

    # --- CSV ------------------------------------------------------------------------------------

    def _csv(self, file: BufferedReader) -> Iterator[Piece]:
        first = file.readline(LINE_MOST)
        digest = hashlib.sha256(first)
        at = self._header(first)
        if at is None:
            return
        line, rest = 2, b""
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            body, _, rest = (rest + chunk).rpartition(b"\n")
            if len(rest) > LINE_MOST:
                line += body.count(b"\n") + 1
                self.wrong.whole(line, "csv", "This line is longer than 64 KiB.", _SHORT)
                return
            if body:
                yield self._lines(body, line, at)
                line += body.count(b"\n") + 1
        if rest:
            yield self._lines(rest, line, at)
        self.sha256 = digest.hexdigest()

    def _header(self, first: bytes) -> Mapping[str, int] | None:
        """Where the columns are; None where the header is not one."""
        if first[:2] in (b"\xff\xfe", b"\xfe\xff"):
            self.wrong.whole(1, "encoding", "The file is UTF-16.", "save it as UTF-8")
            return None
        try:
            text = first.decode("utf-8-sig").strip("\r\n")
            names = next(csv.reader([text], strict=True), [])
        except UnicodeDecodeError:
            self.wrong.whole(1, "encoding", "The header is not UTF-8 text.", "save it as UTF-8")
            return None
        except csv.Error:
            names = []
        if not any(names) or (len(first) >= LINE_MOST and first[-1:] != b"\n"):
            hint = "the first row is agreement,start,chip_hours"
            self.wrong.whole(1, "no-header", "The first row names no columns.", hint)
            return None
        found = columns(self.wrong, names, _MUST)
        return None if self.wrong.faults else found

    def _lines(self, body: bytes, line: int, at: Mapping[str, int]) -> Piece:
        """The rows of whole lines."""
        if _APART.encode() in body:
            body = body.replace(_APART.encode(), b"\0")
        frame = pl.read_csv(
            body + b"\n",
            has_header=False,
            schema={"text": pl.String},
            separator=_APART,
            quote_char=None,
            encoding="utf8-lossy",
            truncate_ragged_lines=True,
        )
        parts = frame.with_row_index("line", line).with_columns(
            pl.col("text").str.split_exact(",", len(at)).alias("parts")
        )
        cells = {n: pl.col("parts").struct.field(f"field_{i}") for n, i in at.items()}
        unit = next(name for name in AMOUNTS if name in at)
        last, beyond = (pl.col("parts").struct.field(f"field_{n}") for n in (len(at) - 1, len(at)))
        rows = parts.select(
            "line",
            agreement=_bare(cells["agreement"], body),
            start=_bare(cells["start"], body),
            amount=_bare(cells[unit], body),
            sound=last.is_not_null() & beyond.is_null(),
            text="text",
        )
        if not rows["sound"].all():
            rows = rows.filter(pl.col("sound") | (pl.col("text").str.strip_chars() != ""))
        self.count += rows.height
        return Piece(rows, unit)

    # --- Parquet --------------------------------------------------------------------------------

    def _parquet(self, file: BufferedReader) -> Iterator[Piece]:
        self.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        try:
            types = pl.read_parquet_schema(self.path)
            at = columns(self.wrong, list(types), _MUST)
            if self.wrong.faults:
                return
            names = {plain_name(name): name for name in types}
            unit = next(name for name in AMOUNTS if name in at)
            chosen = [_agreement(names, types), _start(names, types), _amount(names, types, unit)]
            for expression in chosen:
                if isinstance(expression, str):
                    self._typed(expression)
            if self.wrong.faults:
                return
            for batch in self._batches([e for e in chosen if isinstance(e, pl.Expr)]):
                rows = batch.with_row_index("line", self.count + 1)
                self.count += batch.height
                yield Piece(rows.with_columns(sound=True, text=pl.lit("")), unit)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
            hint = "export it again; it may be cut short"
            self.wrong.whole(1, "not-parquet", "This cannot be read as Parquet.", hint)

    def _batches(self, chosen: list[pl.Expr]) -> Iterator[pl.DataFrame]:
        """Some rows at a time: one group of rows may unfold to far more than the file's size."""
        scan = pl.scan_parquet(self.path, glob=False)
        count = scan.select(pl.len()).collect().item()
        for first in range(0, count, ROWS):
            part = scan.slice(first, ROWS).select(*chosen)
            yield from part.collect_batches(maintain_order=True, engine="streaming")

    def _typed(self, sentence: str) -> None:
        hint = (
            "write chip_hours as decimals or text, or chip_seconds as whole numbers"
            if "chip_" in sentence
            else "write text, or start as timestamps in UTC"
        )
        self.wrong.whole(1, "column-type", sentence, hint)


def without_waiting(path: str, flags: int) -> int:
    """Opens no pipe that nobody writes to."""
    return os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)


def unopened(error: Exception) -> tuple[str, str, str]:
    """Why a file cannot be opened: a code, a sentence, a hint."""
    number = getattr(error, "errno", None)
    if number in (errno.ENOENT, errno.ENOTDIR):
        return "no-file", "There is no such file.", "look at the spelling"
    if isinstance(error, IsADirectoryError):
        return "not-a-file", "This is not an ordinary file.", "name a CSV or Parquet file"
    return "not-a-file", "The file cannot be read.", "look at its name and permissions"


def _bare(cell: pl.Expr, body: bytes) -> pl.Expr:
    """A cell without blanks and quotes around it, where the text has any at all."""
    if b" " in body or b"\t" in body:
        cell = cell.str.strip_chars(" \t")
    if b'"' in body:
        inside = cell.str.slice(1, cell.str.len_chars() - 2)
        whole = cell.str.starts_with('"') & cell.str.ends_with('"') & (cell.str.len_chars() > 1)
        cell = pl.when(whole).then(inside).otherwise(cell)
    return cell


Types = Mapping[str, Any]


def _agreement(names: Mapping[str, str], types: Types) -> pl.Expr | str:
    name = names["agreement"]
    if isinstance(types[name], pl.String | pl.Categorical | pl.Enum):
        return pl.col(name).cast(pl.String).alias("agreement")
    return f"The column {name} holds {types[name]}, not text."


def _start(names: Mapping[str, str], types: Types) -> pl.Expr | str:
    name = names["start"]
    kind = types[name]
    if isinstance(kind, pl.String) or (isinstance(kind, pl.Datetime) and kind.time_zone):
        return pl.col(name).alias("start")
    said = "timestamps without a zone" if isinstance(kind, pl.Datetime) else str(kind)
    return f"The column {name} holds {said}, not instants."


def _amount(names: Mapping[str, str], types: Types, unit: str) -> pl.Expr | str:
    name = names[unit]
    kind = types[name]
    column = pl.col(name).cast(pl.String)
    if isinstance(kind, pl.Decimal):
        # Many writers fill decimals with zeros to eighteen places.
        column = column.str.replace(r"(\.[0-9]*[1-9])0+$|\.0+$", "$1") if kind.scale else column
        return column.alias("amount")
    if isinstance(kind, pl.String) or kind.is_integer():
        return column.alias("amount")
    return f"The column {name} holds {kind}, which cannot say {unit} exactly."
