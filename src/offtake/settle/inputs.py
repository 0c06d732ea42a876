"""What a settlement knows besides the book. Every figure keeps the place where it was read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from offtake.book.faults import Place
from offtake.clauses.base import Comparable, Revenue
from offtake.units import Month
from offtake.units.instants import Instant


@dataclass(frozen=True, slots=True)
class Used:
    """Chip-seconds taken on one day, and of these what was above the contract, hour by hour."""

    taken: int
    over: int = 0


@dataclass(frozen=True, slots=True)
class Outage:
    """Chips that were contracted and could not be used for a while."""

    begin: Instant
    end: Instant
    """The first instant after it."""
    chips: int
    cause: Literal["seller", "force majeure", "buyer"]
    """Whose it was: only the buyer's own is not excused."""
    place: Place
    delivery: str | None = None


@dataclass(frozen=True, slots=True)
class Came:
    """When a delivery was there: the instant, or None for one that is still awaited."""

    at: Instant | None
    place: Place


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: its name, the SHA-256 of its bytes, how many rows it had."""

    name: str
    sha256: str
    rows: int

    @property
    def cause(self) -> str:
        """How lines name it."""
        return f"{self.name}#{self.sha256[:16]}"


@dataclass(frozen=True, slots=True)
class Inputs:
    """All of it, by agreement or clause. Nothing is known of what is absent."""

    use: Mapping[str, Mapping[dt.date, Used]] = field(default_factory=dict)
    """By agreement and local day."""
    metered: Mapping[str, frozenset[Month]] = field(default_factory=dict)
    """By agreement: the months of which something was metered; other days of them had no use."""
    outages: Mapping[str, tuple[Outage, ...]] = field(default_factory=dict)
    arrivals: Mapping[tuple[str, str], Came] = field(default_factory=dict)
    """By agreement and delivery: those that did not come as promised, or are still awaited."""
    revenues: Mapping[str, tuple[Revenue, ...]] = field(default_factory=dict)
    """By clause."""
    comparables: Mapping[str, tuple[Comparable, ...]] = field(default_factory=dict)
    """By clause."""
    sources: Mapping[str, tuple[Source, ...]] = field(default_factory=dict)
    """By agreement: the files from which its use was read."""
    summed: Mapping[tuple[str, Month], tuple[str, ...]] = field(default_factory=dict)
    """By agreement and month: those served from it, of whose use its own is the sum."""
    over_of_hosts: Mapping[str, Mapping[dt.date, int]] = field(default_factory=dict)
    """By agreement and local day: chip-seconds that those served from it took above its contract,
    hour by hour, where all of them were metered by the hour and it was not."""
    forecast: bool = False
    """Whether this is a plan's expectation and not what was metered."""
