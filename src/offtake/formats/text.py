"""Records as YAML or CSV that a book includes."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from offtake.plan.words import one_line

_BARE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._/%-]*[A-Za-z0-9._/%-])?")
_ROW = 94
PLACES = 6
"""Decimals of a price per chip-hour that was divided; half to even."""


def per_chip_hour(price: Fraction) -> str:
    """A price in USD, without trailing zeros beyond the cent."""
    digits = f"{Decimal(round(price * 10**PLACES)).scaleb(-PLACES):f}"
    whole, _, part = digits.partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')} USD per chip-hour"


def yaml_of(section: str, records: Sequence[Mapping[str, Any]]) -> str:
    """A section of a book. A value is a text, a number, a flag, or a mapping or list of these."""
    lines = [f"{section}:"]
    for record in records:
        for at, (key, value) in enumerate(record.items()):
            lines.extend(_field("- " if at == 0 else "  ", key, value))
    return "\n".join(lines) + "\n"


def _field(lead: str, key: str, value: Any) -> list[str]:
    if isinstance(value, Mapping):
        pairs = [f"{_key(k)}: {_scalar(v)}" for k, v in value.items()]
        short = f"{lead}{key}: {{{', '.join(pairs)}}}"
        if len(short) <= _ROW:
            return [short]
        return [f"{lead}{key}:", *(f"    {pair}" for pair in pairs)]
    if isinstance(value, list | tuple):
        return _listed(f"{lead}{key}: [", [_scalar(v) for v in value])
    return [f"{lead}{key}: {_scalar(value)}"]


def _listed(head: str, items: list[str]) -> list[str]:
    lines, line = [], head
    for at, item in enumerate(items):
        piece = item + ("]" if at == len(items) - 1 else ",")
        if len(line) + len(piece) > _ROW:
            lines.append(line.rstrip())
            line = " " * 10
        line += piece + " "
    return [*lines, line.rstrip()]


def _key(key: Any) -> str:
    """The key of a mapping: a day, a month or an id."""
    return _scalar(str(key))


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    text = one_line(str(value))
    bare = _BARE.fullmatch(text) and text.lower() != "null"
    return text if bare else json.dumps(text, ensure_ascii=False)


def csv_of(records: Sequence[Mapping[str, Any]]) -> str:
    """A table of records that all have the same fields."""
    out = _Parts()
    writer = csv.DictWriter(out, list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return "".join(out)


class _Parts(list[str]):
    """What was written, in order: this room opens nothing, not even a stream in memory."""

    def write(self, part: str) -> None:
        self.append(part)
