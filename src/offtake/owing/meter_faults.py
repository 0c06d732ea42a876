"""What is wrong with the files of metering: told row by row, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from offtake.book.faults import Fault, Place
from offtake.book.near import nearest
from offtake.units import NS, QuantityError, instant_of
from offtake.units.text import quoted, refused

TOLD_MOST = 100
"""Bad rows of one file that are told one by one; the others are counted."""
COLUMNS_MOST = 8
HOUR = 3600
_TEN = "write for example 12.5: digits, and at most nine after a point"
_UNSIGNED = re.compile(r"-[0-9.]+")
_DECIMAL = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,9}))?")
_WHOLE = re.compile(r"[0-9]{1,13}")
_BILLION = HOUR * 10**9
_CLOSER = "write the column chip_seconds instead"


class Wrong:
    """The faults of one file, as many as are told, and how many rows are bad in all."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.rows = 0

    def whole(self, line: int, code: str, sentence: str, hint: str = "") -> None:
        """Say what is wrong with the file itself."""
        self.faults.append(Fault(Place(self.file, line), code, sentence, hint))

    def row(self, line: int, said: Said) -> None:
        """Say what is wrong with a row, or only count it."""
        self.rows += 1
        if self.rows <= TOLD_MOST:
            self.faults.append(Fault(Place(self.file, line), *said))

    @property
    def room(self) -> int:
        """How many more rows are told."""
        return max(0, TOLD_MOST - self.rows)

    def told(self) -> list[Fault]:
        """All that is told, and the count of what is not."""
        if self.rows <= TOLD_MOST:
            return self.faults
        more = f"{self.rows - TOLD_MOST:,} more rows of this file are wrong."
        place = self.faults[-1].place
        return [*self.faults, Fault(place, "too-many-faults", more, "nothing of it is used")]


Said = tuple[str, str, str]
"""A code, a sentence, a hint."""


def columns(
    wrong: Wrong, names: Sequence[str], must: Iterable[Sequence[str]], may: Iterable[str] = ()
) -> dict[str, int]:
    """Where each column is, by its plain name; what is wrong with the header is said.

    `must` are the columns that must be there, each with the names it may have.
    """
    must = [tuple(each) for each in must]
    known = [*(name for each in must for name in each), *may]
    found: dict[str, int] = {}
    for at, name in enumerate(names):
        plain = plain_name(name)
        if len(wrong.faults) >= COLUMNS_MOST:
            break
        if plain not in known:
            sentence = f"{quoted(name)} is no column of such a file."
            wrong.whole(1, "unknown-column", sentence, nearest(plain, known))
        elif plain in found:
            wrong.whole(1, "unknown-column", f"The column {plain} is there twice.", "keep one")
        else:
            found[plain] = at
    for each in must:
        there = [name for name in each if name in found]
        if not there:
            hint = f"the columns are {', '.join(known)}"
            wrong.whole(1, "missing-column", f"There is no column {' or '.join(each)}.", hint)
        elif len(there) > 1:
            sentence = f"The columns {' and '.join(there)} say the same."
            wrong.whole(1, "unknown-column", sentence, "keep one")
    return found


def plain_name(name: str) -> str:
    """A column's name whatever its case, and whichever sign joins its words."""
    return re.sub(r"[ _-]+", "_", name.strip().lower())


def ragged(cells: int, width: int) -> Said:
    """A row has too few cells, or too many."""
    sentence = f"This row has {cells} cell{'' if cells == 1 else 's'} and the header {width}."
    return "row-length", sentence, "no cell of such a file holds a comma or a line break"


def elsewhere(rows: int, first: object, last: object) -> Said:
    """A file has sound rows, and none of the months that are read."""
    span = f"the month {first}, which is" if first == last else f"{first} to {last}, which are"
    sentence = f"This file has rows of other months alone ({rows:,}), and none of {span} read."
    return "other-months", sentence, "is the year right? a file of other months is left out"


@lru_cache(maxsize=256)
def unknown_agreement(name: str, known: tuple[str, ...]) -> Said:
    """No agreement of the book has this id."""
    if not name:
        return "unknown-agreement", "This row names no agreement.", "write its id"
    return "unknown-agreement", f"There is no agreement {quoted(name)}.", nearest(name, known)


def bad_start(text: str) -> Said | None:
    """What is wrong with the beginning of an hour."""
    try:
        at = instant_of(text)
    except QuantityError as error:
        return "bad-instant", f"{str(error)[:1].upper()}{str(error)[1:]}.", error.hint
    if at % (HOUR * NS):
        sentence = f"{text} is not the beginning of an hour of UTC."
        return "not-an-hour", sentence, f"the hour begins at {text[:13]}:00:00Z"
    return None


def bad_stamp(text: str) -> Said:
    """What is wrong with a timestamp that is no hour of UTC since 1970."""
    if not text:
        return "bad-instant", "This row has no start.", "write the hour's first instant"
    sentence = f"{text} is not the beginning of an hour of UTC."
    return "not-an-hour", sentence, "add up what was used in each whole hour since 1970"


def bad_amount(text: str, unit: str) -> Said | None:
    """What is wrong with an amount of use, in chip-hours or chip-seconds."""
    if _UNSIGNED.fullmatch(text):
        return "bad-amount", f"{quoted(text)} is negative.", "use is never less than nothing"
    what, example = ("chip-hours", "12.5") if unit == "chip_hours" else ("chip-seconds", "45000")
    grammar = _DECIMAL if unit == "chip_hours" else _WHOLE
    found = grammar.fullmatch(text)
    if found is None:
        if re.fullmatch(r"[0-9]{10,}(\.[0-9]*)?", text):
            return "bad-amount", f"{quoted(text)} is more than an hour can have.", _TEN
        error = refused(text, f"a number of {what}", example)
        return "bad-amount", f"{error}.", error.hint
    if unit == "chip_seconds":
        if int(text) < _BILLION:
            return None
        hint = "less than a billion chip-hours can be used in an hour"
        return "bad-amount", f"{text} chip-seconds are more than an hour can have.", hint
    if int(found[1] + (found[2] or "").ljust(9, "0")) * HOUR % 10**9:
        sentence = f"{text} chip-hours are no whole number of chip-seconds."
        return "part-of-a-second", sentence, _CLOSER
    return None
