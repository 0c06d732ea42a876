"""CSV tables: one record a row, for offers, demand, parties or chips in bulk."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from offtake.book.bulk import LESS, VALUES_MOST, Bulk
from offtake.book.faults import Fault, Place
from offtake.book.near import nearest
from offtake.book.record import FIELDS, PLACE, RESERVED, Record, Written
from offtake.book.typed import faults_of, field_names

R = TypeVar("R", bound=Record)
FAULTY_ROWS_MOST = 1_000
FAULTY_COLUMNS_MOST = 50


def table(
    kind: type[R],
    text: str,
    file: str,
    keep: Callable[[Written], None] | None = None,
    bulk: Bulk | None = None,
) -> tuple[list[R], list[str], list[Fault]]:
    """The records of a table, the ids of rows that could not be read, and the faults.

    The header names the record's fields, or a key of one that is a mapping: `throughput.any`,
    `path.2025-02`. An empty cell is absent. A fault in a cell is placed at its row and names its
    column. `keep` is told each row as it is written; `bulk` counts the values of all files.
    """
    records: list[R] = []
    lost: list[str] = []
    faults: list[Fault] = []
    validate = kind.__pydantic_validator__.validate_python
    for row in _rows(kind, text, file, faults, bulk or Bulk()):
        if keep is not None:
            keep(Written({name: cell for name, cell in row.items() if name != PLACE}, row[PLACE]))
        try:
            records.append(validate(row))
        except ValidationError as error:
            if "id" in row:
                lost.append(row["id"])
            faults.extend(faults_of(error, row, row[PLACE], kind))
            if len(lost) >= FAULTY_ROWS_MOST:
                sentence = f"{FAULTY_ROWS_MOST} rows could not be read; the rest was left aside."
                faults.append(Fault(row[PLACE], "too-many-faults", sentence, _LOOK))
                break
    return records, lost, faults


_LOOK = "look at the header and the first rows"


def _rows(
    kind: type[Record], text: str, file: str, faults: list[Fault], bulk: Bulk
) -> Iterator[dict[str, Any]]:
    lines = numbered(text, file, faults)
    first = next(lines, None)
    if first is None:
        if not faults:
            faults.append(Fault(Place(file, 1), "no-header", "The table is empty.", _HEADER))
        return
    header = first[1]
    wrong = list(_header_faults(kind, header, Place(file, first[0])))
    if wrong:
        faults.extend(wrong)
        return
    width = len(header)
    if not bulk.take(width * text.count("\n")):
        sentence = f"With this table the book holds more than {VALUES_MOST:,} values."
        faults.append(Fault(Place(file, 1), "too-large", sentence, LESS))
        return
    dotted = [name for name in header if "." in name]
    for line, cells in lines:
        if len(cells) != width:
            sentence = f"This row has {len(cells)} cells and the header {width}."
            hint = "put a text with commas in double quotes"
            faults.append(Fault(Place(file, line), "row-length", sentence, hint))
            if len(faults) >= FAULTY_ROWS_MOST:
                return
            continue
        row: dict[str, Any] = {n: c for n, c in zip(header, cells, strict=True) if c}
        for name in dotted:
            if name in row:
                field, _, key = name.partition(".")
                row.setdefault(field, {})[key] = row.pop(name)
        row[PLACE] = Place(file, line)
        yield row


def numbered(text: str, file: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with the line on which it begins."""
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        faults.append(Fault(Place(file, line), "csv", "A NUL character stands here.", "delete it"))
        return
    reader = csv.reader(_lines(text), strict=True)
    line = 0
    try:
        for cells in reader:
            begun, line = line + 1, reader.line_num
            if cells and (len(cells) > 1 or cells[0].strip()):
                yield begun, cells
    except csv.Error as error:
        hint = "look for a quote that is not closed, or a cell that is far too long"
        faults.append(Fault(Place(file, line + 1), "csv", f"This is not CSV: {error}.", hint))


def _lines(text: str) -> Iterator[str]:
    """The lines one by one: a list of them may take ten times the memory of the text."""
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start : end + 1]
        start = end + 1
    yield text[start:] + "\n"


_PARTS = "write it in YAML, or name a part of it, as in throughput.any"
_HEADER = "the first row names the fields, such as id,seller,chip"


def _header_faults(kind: type[Record], header: list[str], place: Place) -> Iterator[Fault]:
    known = columns(kind)
    if not any(name in known for name in header):
        yield Fault(place, "no-header", "The first row names no field.", _HEADER)
        return
    seen: set[str] = set()
    wrong = 0
    for name in header:
        field, dot, key = name.partition(".")
        if name not in known and not (dot and key and field in columns(kind, keyed=True)):
            wrong += 1
            listed = name in field_names(kind) and not name.startswith(RESERVED)
            hint = f"{name} has parts: {_PARTS}" if listed else nearest(name, known)
            yield Fault(place, "unknown-column", f"A table has no column {name[:60]!r}.", hint)
        elif name in seen:
            wrong += 1
            yield Fault(place, "unknown-column", f"The column {name} is there twice.", "keep one")
        seen.add(name)
        if wrong >= FAULTY_COLUMNS_MOST:
            # It is one mistake, and naming what each of a million is nearest to takes minutes.
            return


@lru_cache(maxsize=64)
def columns(kind: type[Record], *, keyed: bool = False) -> tuple[str, ...]:
    """The fields of a record that one cell can hold; with `keyed`, those with a cell for a key."""
    fits = _mapping_of_values if keyed else _one_value
    return tuple(
        info.alias or name
        for name, info in kind.model_fields.items()
        if (info.alias or name) not in (PLACE, FIELDS) and fits(info.annotation)
    )


def _mapping_of_values(annotation: Any) -> bool:
    """Whether an annotation is, or may be, a mapping from one value to one value."""
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        return any(_mapping_of_values(part) for part in get_args(annotation))
    return origin is Mapping and all(_one_value(part) for part in get_args(annotation))


def _one_value(annotation: Any) -> bool:
    """Whether an annotation holds no list, mapping or record."""
    if isinstance(annotation, type):
        return not issubclass(annotation, (BaseModel, tuple, dict))
    origin = get_origin(annotation)
    if isinstance(origin, type) and issubclass(origin, (tuple, Mapping)):
        return False
    return all(_one_value(part) for part in get_args(annotation) if part is not Ellipsis)
