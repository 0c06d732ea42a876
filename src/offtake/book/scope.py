"""What a right reaches: the one place where a scope is matched with a lot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from offtake.book.fields import ChipId, Chips, Day, Flag, PurposeId, Region
from offtake.book.record import Record


@dataclass(frozen=True, slots=True)
class Lot:
    """Capacity about which a deal would be made; `purposes` are leaves of the book's tree."""

    chip: str
    region: str
    purposes: frozenset[str]
    chips: int | None = None
    own_build: bool = False
    new: bool = True
    hourly: bool = False


@dataclass(frozen=True, slots=True)
class Purposes:
    """The book's purposes: each name with the leaves that it stands for."""

    leaves: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, part_of: Mapping[str, str | None]) -> Purposes:
        """From each purpose's whole. A purpose with parts keeps itself as a leaf too."""
        leaves = {name: {name} for name in part_of}
        for name in part_of:
            seen, whole = {name}, part_of[name]
            while whole is not None and whole not in seen and whole in leaves:
                leaves[whole].add(name)
                seen.add(whole)
                whole = part_of.get(whole)
        return cls({name: frozenset(parts) for name, parts in leaves.items()})

    @property
    def all(self) -> frozenset[str]:
        """Every purpose."""
        return frozenset(self.leaves)

    def expand(self, names: Iterable[str]) -> frozenset[str]:
        """The named purposes and all their parts; every purpose where none is named."""
        chosen = tuple(names)
        if not chosen:
            return self.all
        return frozenset().union(*(self.leaves.get(n, frozenset({n})) for n in chosen))


class Exempt(Record):
    """A part of a scope that the right does not reach: all that is stated must hold."""

    chips: tuple[ChipId, ...] = ()
    regions: tuple[Region, ...] = ()
    purposes: tuple[PurposeId, ...] = ()
    own_build: Flag | None = None


class Scope(Record):
    """Which lots a right reaches. What is not stated is not narrowed."""

    capacity: Literal["new", "any"] = "any"
    chips: tuple[ChipId, ...] = ()
    regions: tuple[Region, ...] = ()
    purposes: tuple[PurposeId, ...] = ()
    own_build: Flag | None = None
    size_min: Chips | None = None
    from_: Day | None = Field(default=None, alias="from")
    until: Day | None = None
    except_: tuple[Exempt, ...] = Field(default=(), alias="except")

    def bites(self, lot: Lot, day: dt.date, purposes: Purposes) -> frozenset[str]:
        """The lot's purposes that the right reaches on that day; empty where it has no say."""
        if not self._reaches(lot, day):
            return frozenset()
        left = lot.purposes & purposes.expand(self.purposes)
        for exempt in self.except_:
            if _matches(exempt, lot):
                left -= purposes.expand(exempt.purposes)
        return left

    def covers(self, lot: Lot, day: dt.date, purposes: Purposes) -> bool:
        """Whether the right has a say on this lot on that day."""
        return bool(self.bites(lot, day, purposes))

    def _reaches(self, lot: Lot, day: dt.date) -> bool:
        return (
            (self.capacity == "any" or lot.new)
            and (self.from_ is None or self.from_ <= day)
            and (self.until is None or day <= self.until)
            and (self.size_min is None or lot.chips is None or lot.chips >= self.size_min)
            and _matches(self, lot)
        )


def _matches(part: Scope | Exempt, lot: Lot) -> bool:
    return (
        (not part.chips or lot.chip in part.chips)
        and (not part.regions or lot.region in part.regions)
        and (part.own_build is None or part.own_build == lot.own_build)
    )
