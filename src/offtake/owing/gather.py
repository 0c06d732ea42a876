"""All that is known besides the book, from the files that are given: the inputs, or every fault."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from offtake.book.faults import Fault, Unreadable, in_order
from offtake.book.force import Book
from offtake.owing import tables
from offtake.owing.meter import Metered, read_meter
from offtake.owing.meter_faults import Wrong
from offtake.settle.clock import BookClock
from offtake.settle.inputs import Inputs
from offtake.settle.serving import Serving
from offtake.units import Month

K = TypeVar("K")
T = TypeVar("T")
File = Path | str


@dataclass(frozen=True, slots=True)
class Gathered:
    """What came of reading: every fault, and what is known where there is none."""

    inputs: Inputs | None
    hours: Mapping[tuple[str, Month], int] = field(default_factory=dict)
    """By agreement and month: how many hours have a row of metering."""
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
    """What of the files was not used."""

    def required(self) -> Inputs:
        """What is known; raises `Unreadable` with every fault where there is one."""
        if self.inputs is None:
            raise Unreadable(self.faults)
        return self.inputs


def gather(
    book: Book,
    *,
    meter: Iterable[File] = (),
    availability: File | None = None,
    deliveries: File | None = None,
    revenue: File | None = None,
    comparables: File | None = None,
    others: bool = False,
    through: Month,
) -> Gathered:
    """Read the files that are given, to the end of the month `through`.

    Rows of later months are read and not used; metering that has no other rows is a fault, unless
    it may be of `others` alone, as where a month is one of several.
    """
    faults: list[Fault] = []

    def read(file: File | None, reader: Callable[[Book, Wrong], dict[K, T]]) -> dict[K, T]:
        if file is None:
            return {}
        wrong = Wrong(str(file))
        found = reader(book, wrong)
        faults.extend(wrong.told())
        return found

    came = read(deliveries, tables.arrivals)
    outages = read(availability, tables.outages)
    earned = read(revenue, tables.revenues)
    prices = read(comparables, tables.comparables)
    metered = _metered(book, tuple(meter), Inputs(arrivals=came), through, others)
    faults.extend(metered.faults)
    if faults:
        return Gathered(None, faults=in_order(faults))
    inputs = Inputs(
        use=metered.use,
        metered=metered.metered,
        over_of_hosts=metered.over_of_hosts,
        outages=outages,
        arrivals=came,
        revenues=earned,
        comparables=prices,
        sources=metered.sources,
    )
    beside = {} if others else metered.beside
    notes = tuple(
        f"{file} has {rows:,} row{'' if rows == 1 else 's'} of other months, which are not used"
        for file, rows in beside.items()
    )
    return Gathered(inputs, metered.hours, notes=notes)


def _metered(
    book: Book, files: tuple[File, ...], inputs: Inputs, through: Month | None, others: bool
) -> Metered:
    agreements = book.agreements.values()
    if not files:
        return Metered()
    first = min((Month.of(a.from_) for a in agreements), default=through or Month(1970, 1))
    last = through or max((Month.of(a.until) for a in agreements), default=first)
    clock = BookClock(book.header.timezone)
    arrivals = {a.id: Serving(book, a, inputs, clock).arrivals for a in agreements}
    return read_meter(files, book, (first, max(first, last)), arrivals, others=others)
