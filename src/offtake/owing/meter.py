"""Metered chip-hours, by agreement and hour, from files of any length.

Polars reads and types some thousand rows at a time; what does not pass is read again by plain
Python, which says why. Nothing of a file with a bad row is used, and nothing is rounded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from offtake.book.faults import Fault, Place, in_order
from offtake.book.force import Book
from offtake.clauses.base import Arrival
from offtake.owing.meter_faults import (
    Said,
    Wrong,
    bad_amount,
    bad_stamp,
    bad_start,
    elsewhere,
    ragged,
    unknown_agreement,
)
from offtake.owing.meter_files import Meter, Piece
from offtake.owing.meter_hosts import Hosts
from offtake.owing.meter_hours import HOUR, Hours, Numbers
from offtake.settle.clock import BookClock
from offtake.settle.inputs import Source, Used
from offtake.units import NS, Month, QuantityError, instant_of

BAD, ELSEWHERE = -1, -2
"""In place of an hour: a row that does not pass, a sound row of another month."""
_DECIMALS = 10**9
_PER_SECOND = {"ms": 10**3, "us": 10**6, "ns": 10**9}
_SECONDS_MOST = 230 * 365 * 86_400
_EACH = 2_500_000
"""Billionths of a chip-hour in nine chip-seconds: 3600 and 10⁹ over their common 400."""


@dataclass(frozen=True, slots=True)
class Metered:
    """What was read, or what is wrong; with any fault nothing is used."""

    use: Mapping[str, Mapping[dt.date, Used]] = field(default_factory=dict)
    """By agreement and local day: an hour belongs to the day in which it begins."""
    hours: Mapping[tuple[str, Month], int] = field(default_factory=dict)
    """By agreement and month: how many hours have a row."""
    sources: Mapping[str, tuple[Source, ...]] = field(default_factory=dict)
    """By agreement: the files that have a row of it in these months."""
    over_of_hosts: Mapping[str, Mapping[dt.date, int]] = field(default_factory=dict)
    """By agreement and local day, where its use is what was used under those served from it."""
    beside: Mapping[str, int] = field(default_factory=dict)
    """By file: how many rows are of other months; they are not used."""
    faults: tuple[Fault, ...] = ()

    @property
    def metered(self) -> Mapping[str, frozenset[Month]]:
        """By agreement: the months of which any hour has a row."""
        found: dict[str, set[Month]] = {}
        for agreement, month in self.hours:
            found.setdefault(agreement, set()).add(month)
        return {agreement: frozenset(months) for agreement, months in found.items()}


def read_meter(
    paths: Iterable[Path | str],
    book: Book,
    months: tuple[Month, Month],
    arrivals: Mapping[str, Sequence[Arrival]],
    *,
    others: bool = False,
) -> Metered:
    """What was used in the months from the first to the last, both inclusive.

    `arrivals` are the deliveries of each agreement as they came: use above what they contract in an
    hour is counted apart. A file of `others` of the months alone is a fault, unless it may be.
    """
    hours = Hours(book, months, BookClock(book.header.timezone), arrivals)
    hosts = Hosts(book, hours)
    reader = _Reader(hours, hosts, None if others else months)
    for path in paths:
        reader.read(path)
    if reader.wrongs:
        return Metered(faults=reader.faults())
    sources = {a: tuple(s) for a, s in sorted(reader.sources.items())}
    found = Metered(hours.use(), hours.by_month(), sources, beside=reader.beside)
    return replace(found, over_of_hosts=hosts.over(found.metered))


@dataclass(frozen=True, slots=True)
class _Typed:
    """The rows of a piece as numbers; what did not pass is `BAD`."""

    lines: Numbers
    agreements: Numbers
    hours: Numbers
    seconds: Numbers


class _Reader:
    def __init__(self, hours: Hours, hosts: Hosts, must: tuple[Month, Month] | None) -> None:
        self.hours = hours
        self.must = must
        self.beside: dict[str, int] = {}
        self.hosts = hosts
        self.agreements = pl.Enum(hours.ids)
        first = dt.datetime(1970, 1, 1) + dt.timedelta(hours=hours.first)
        self.texts = pl.Enum(
            [f"{(first + dt.timedelta(hours=n)).isoformat()}Z" for n in range(hours.count)]
        )
        self.known: dict[str, int] = {}
        self.files: list[Meter] = []
        self.wrongs: list[Wrong] = []
        self.twice: list[tuple[Wrong, int, int]] = []
        self.sources: dict[str, list[Source]] = {}

    def read(self, path: Path | str) -> None:
        wrong = Wrong(str(path))
        file = Meter(path, wrong)
        self.files.append(file)
        there, beside = np.zeros(len(self.hours.ids), dtype=bool), 0
        for piece in file.pieces():
            typed = self._typed(piece)
            self._count(piece, typed, wrong)
            there[typed.agreements[typed.hours >= 0]] = True
            beside += int(np.count_nonzero(typed.hours == ELSEWHERE))
        if beside and self.must and not (there.any() or wrong.faults):
            wrong.whole(2, *elsewhere(beside, *self.must))
        if wrong.faults:
            self.wrongs.append(wrong)
            return
        if beside:
            self.beside[file.path.name] = self.beside.get(file.path.name, 0) + beside
        source = Source(file.path.name, file.sha256, file.count)
        for number in np.nonzero(there)[0].tolist():
            self.sources.setdefault(self.hours.ids[number], []).append(source)

    # --- text to numbers ------------------------------------------------------------------------

    def _typed(self, piece: Piece) -> _Typed:
        frame = piece.rows.select(
            "line",
            agreement=pl.col("agreement").cast(self.agreements, strict=False).to_physical(),
            seconds=_seconds(pl.col("amount"), piece.unit),
            sound="sound",
        )
        agreements = _numbers(frame["agreement"])
        hours = self._hours(piece.rows["start"])
        seconds = _numbers(frame["seconds"])
        bad = (agreements < 0) | (seconds < 0) | ~frame["sound"].to_numpy()
        hours[bad] = BAD
        return _Typed(_numbers(frame["line"]), agreements, hours, seconds)

    def _hours(self, starts: pl.Series) -> Numbers:
        if isinstance(starts.dtype, pl.Datetime):
            return self._stamped(starts, starts.dtype.time_unit)
        hours = _numbers(starts.cast(self.texts, strict=False).to_physical())
        rest = np.nonzero(hours < 0)[0]
        if len(rest):
            others = starts.gather(rest)
            distinct = others.unique().to_list()
            found = {text: self.known.get(text) or self._elsewhere(text) for text in distinct}
            self.known.update((text, hour) for text, hour in found.items() if hour == ELSEWHERE)
            hours[rest] = [found[text] for text in others.to_list()]
        return hours

    def _elsewhere(self, text: str | None) -> int:
        """The hour of a text that is not written in the common way, or not of these months."""
        try:
            hour, into = divmod(instant_of(text or ""), HOUR * NS)
        except QuantityError:
            return BAD
        return BAD if into else self._within(hour)

    def _within(self, hour: int) -> int:
        hour -= self.hours.first
        return hour if 0 <= hour < self.hours.count else ELSEWHERE

    def _stamped(self, starts: pl.Series, unit: str) -> Numbers:
        each = HOUR * _PER_SECOND[unit]
        stamps = _numbers(starts.to_physical(), -1)
        hours = stamps // each - self.hours.first
        hours[(hours < 0) | (hours >= self.hours.count)] = ELSEWHERE
        hours[(stamps < 0) | (stamps % each != 0)] = BAD
        return hours

    # --- numbers to sums and faults -------------------------------------------------------------

    def _count(self, piece: Piece, typed: _Typed, wrong: Wrong) -> None:
        here = np.nonzero(typed.hours >= 0)[0]
        agreements, hours = typed.agreements[here], typed.hours[here]
        outside = self.hours.outside(agreements, hours)
        within = here[~outside]
        counted = agreements[~outside], hours[~outside], typed.seconds[within]
        again = self.hours.add(*counted)
        self.hosts.add(*counted)
        bad = np.union1d(
            np.nonzero(typed.hours == BAD)[0], np.union1d(here[outside], within[again])
        )
        if not len(bad):
            return
        lost, twice = set(here[outside].tolist()), set(within[again].tolist())
        told = bad[: wrong.room].tolist()
        shown = piece.rows[told].with_columns(_shown(piece.rows["start"].dtype))
        for row, cells in zip(told, shown.iter_rows(named=True), strict=True):
            agreement, hour = int(typed.agreements[row]), int(typed.hours[row])
            if row in lost:
                said = self._outside(cells["agreement"], hour)
            elif row in twice:
                self.twice.append((wrong, len(wrong.faults), agreement * self.hours.count + hour))
                said = ("row-twice", "", "keep one of the two, or add them up")
            else:
                said = self._explained(cells, piece, row)
            wrong.row(cells["line"], said)
        wrong.rows += len(bad) - len(told)

    def _explained(self, cells: Mapping[str, Any], piece: Piece, row: int) -> Said:
        """What is wrong with a row that did not pass."""
        if "\ufffd" in cells["text"]:
            return "encoding", "This line is not UTF-8 text.", "save the file as UTF-8"
        if "\0" in cells["text"]:
            return "csv", "A NUL or another control character stands here.", "delete it"
        if not cells["sound"]:
            return ragged(cells["text"].count(",") + 1, 3)
        if cells["agreement"] not in self.hours.ids:
            return unknown_agreement(cells["agreement"] or "", self.hours.ids)
        start = cells["start"] or ""
        stamps = piece.rows["start"]
        if not isinstance(stamps.dtype, pl.Datetime):
            said = bad_start(start)
        else:
            is_bad = self._hours(stamps[row : row + 1])[0] == BAD
            said = bad_stamp(start) if is_bad else None
        said = said or bad_amount(cells["amount"] or "", piece.unit)
        assert said is not None, cells
        return said

    def _outside(self, name: str, hour: int) -> Said:
        day = self.hours.days[int(self.hours.day_of[hour])]
        sentence = f"The agreement {name} does not hold on {day}, in which this hour begins."
        return "outside-agreement", sentence, "days are those of the book's time zone"

    def faults(self) -> tuple[Fault, ...]:
        """All that is wrong; of hours that are there twice, where each is there first."""
        firsts = self._firsts({key for _, _, key in self.twice})
        for wrong, at, key in self.twice:
            fault = wrong.faults[at]
            where = f"in line {firsts[key].line}"
            if firsts[key].file != fault.place.file:
                where = f"in {firsts[key].file}, line {firsts[key].line}"
            agreement, hour = divmod(key, self.hours.count)
            sentence = (
                f"The hour {self.texts.categories[hour]} of {self.hours.ids[agreement]} is "
                f"there already, {where}."
            )
            wrong.faults[at] = Fault(fault.place, fault.code, sentence, fault.hint)
        return in_order(fault for wrong in self.wrongs for fault in wrong.told())

    def _firsts(self, keys: set[int]) -> dict[int, Place]:
        """Where each of some hours is first; the files are read again for it."""
        found: dict[int, Place] = {}
        wanted = np.array(sorted(keys), dtype=np.int64)
        for file in self.files if keys else ():
            name = file.wrong.file
            again = Meter(file.path, Wrong(name))
            for piece in again.pieces():
                typed = self._typed(piece)
                here = self.hours.keys(typed.agreements, typed.hours)
                for row in np.nonzero((typed.hours >= 0) & np.isin(here, wanted))[0].tolist():
                    found.setdefault(int(here[row]), Place(name, int(typed.lines[row])))
        return found


def _numbers(column: pl.Series, missing: int = BAD) -> Numbers:
    return column.cast(pl.Int64, strict=False).fill_null(missing).to_numpy(writable=True)


def _shown(kind: pl.DataType) -> pl.Expr:
    """A start as text; a timestamp that no calendar has stays a number."""
    start = pl.col("start")
    if not isinstance(kind, pl.Datetime):
        return start
    stamp = start.to_physical()
    far = _PER_SECOND[kind.time_unit] * _SECONDS_MOST
    dated = pl.when(stamp.is_between(-far, far)).then(start).cast(pl.String)
    return pl.coalesce(dated, stamp.cast(pl.String)).alias("start")


def _seconds(amount: pl.Expr, unit: str) -> pl.Expr:
    """Chip-seconds, exactly; missing where the text is no amount or no whole number of them."""
    if unit == "chip_seconds":
        whole = pl.when(amount.str.contains(r"^[0-9]{1,13}$")).then(amount)
        seconds = whole.cast(pl.Int64, strict=False)
        return pl.when(seconds < HOUR * _DECIMALS).then(seconds)
    # A cast alone would also take signs and exponents, and round what has more decimals.
    sound = amount.str.contains(r"^[0-9]{1,9}(\.[0-9]{1,9})?$")
    exact = pl.when(sound).then(amount).cast(pl.Decimal(18, 9), strict=False)
    billionths = exact.to_physical().cast(pl.Int64)
    return pl.when(billionths % _EACH == 0).then(billionths // _EACH * 9)
