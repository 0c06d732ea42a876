"""Lines of bytes to rows of CSV, what is wrong with them, and how many were left out."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from offtake.book.near import nearest

LINE_MOST = 1 << 20
"""Bytes in the longest line that is read."""
TOLD_MOST = 20
"""Bad rows that are told one by one; the others are counted."""
_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,20})?")


class BadFile(ValueError):  # noqa: N818 - what it is, not that it is raised
    """What makes a file, or one row of it, useless: its line, one sentence, how to mend it."""

    def __init__(self, line: int, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.line = line
        self.hint = hint


class BadCell(ValueError):  # noqa: N818 - as above
    """A cell is not what it should be: one sentence; the reader adds the line."""


@dataclass(slots=True)
class Tally:
    """What became of the rows of a file."""

    read: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    bad: list[BadFile] = field(default_factory=list)
    bad_rows: int = 0
    notes: list[str] = field(default_factory=list)

    def refuse(self, line: int, sentence: str, hint: str = "") -> None:
        """Say that a row is bad; the first few are kept with their sentence."""
        self.bad_rows += 1
        if len(self.bad) < TOLD_MOST:
            self.bad.append(BadFile(line, sentence, hint))

    def leave(self, why: str) -> None:
        """Count a row that is sound and of no use."""
        self.left_out[why] += 1


def decoded(lines: Iterable[bytes]) -> Iterator[str]:
    """Lines of UTF-8 text, each at most `LINE_MOST` bytes long. Raises `BadFile`."""
    for number, raw in enumerate(lines, 1):
        if number == 1:
            if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
                raise BadFile(1, "The file is UTF-16.", "save it as UTF-8")
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if len(raw) > LINE_MOST:
            raise BadFile(number, "This line is longer than 1 MiB.", "is a line break missing?")
        if b"\0" in raw:
            raise BadFile(number, "A NUL character stands here.", "delete it")
        try:
            yield raw.decode("utf-8")
        except UnicodeDecodeError:
            raise BadFile(number, "This line is not UTF-8 text.", "save it as UTF-8") from None


class Table:
    """The rows of a CSV file after its header. Names of columns match whatever their case."""

    def __init__(self, lines: Iterable[bytes], tally: Tally) -> None:
        self._reader = csv.reader(decoded(lines), strict=True)
        self._tally = tally
        self._line = 0
        first = next(self._numbered(), None)
        if first is None:
            raise BadFile(1, "The file is empty.", "the first row names the columns")
        self.names = [name.strip() for name in first[1]]
        self._known = {_plain(name): at for at, name in reversed([*enumerate(self.names)])}

    def find(self, *names: str) -> int | None:
        """Where the first of these columns is that is there."""
        return next((self._known[n] for n in map(_plain, names) if n in self._known), None)

    def column(self, *names: str) -> int:
        """Where one of these columns is; `BadFile` where none is."""
        at = self.find(*names)
        if at is None:
            hint = nearest(names[0], self.names) or f"it has {', '.join(self.names)[:200]}"
            raise BadFile(1, f"The file has no column {names[0][:60]}.", hint)
        return at

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row as long as the header, with the line on which it begins."""
        width = len(self.names)
        for line, cells in self._numbered():
            self._tally.read += 1
            if len(cells) == width:
                yield line, cells
            else:
                sentence = f"This row has {len(cells)} cells and the header {width}."
                self._tally.refuse(line, sentence, "put a text with commas in double quotes")

    def _numbered(self) -> Iterator[tuple[int, list[str]]]:
        try:
            for cells in self._reader:
                begun, self._line = self._line + 1, self._reader.line_num
                if cells and (len(cells) > 1 or cells[0].strip()):
                    yield begun, cells
        except csv.Error as error:
            hint = "look for a quote that is not closed, or a cell that is far too long"
            raise BadFile(self._line + 1, f"This is not CSV: {error}.", hint) from None


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", "_", name.strip().lower())


@lru_cache(maxsize=1 << 14)
def number(text: str, what: str) -> Decimal:
    """A number as it is written, exactly: no sign, no exponent, neither NaN nor infinity."""
    if _NUMBER.fullmatch(text.strip()) is None:
        raise BadCell(f"{text[:40]!r} is no {what}.")
    return Decimal(text.strip())


def cell(cells: Sequence[str], at: int | None) -> str:
    """A cell without the blanks around it; empty where there is no such column."""
    return "" if at is None else cells[at].strip()
