"""Who is to be asked before a deal is signed, and how: one value that plan and desk share.

A clause says it at a desk once, when a tender opens, from what the tender shows it of the book.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal, Protocol

from pydantic import AfterValidator, Field, WithJsonSchema

from offtake.book.faults import Misread
from offtake.book.fields import CalendarName, DaySpan, Portion, Span, TimeOfDay, ZoneName
from offtake.book.record import Record
from offtake.book.records import Clause
from offtake.book.scope import Lot, Scope
from offtake.units import Clock, Duration, Share, Window

if TYPE_CHECKING:
    from offtake.book.force import Book

NO_TIME = Duration(0, "days")


def _in_days(value: Duration) -> Duration:
    if value.unit != "days":
        raise Misread(f"{value} is not in days.", "span-unit", "in days, such as 30 days")
    return value


PlainDays = Annotated[
    Span,
    AfterValidator(_in_days),
    WithJsonSchema(
        {
            "type": "string",
            "description": "a number of days, on no calendar",
            "examples": ["30 days"],
            "pattern": "^[0-9]+ days?$",
        }
    ),
]
"""So many days of the calendar: added to a date as they are, with no day off left out."""


class WindowWords(Record):
    """How long a holder has to answer: length, closing hour, calendar and what a day off does."""

    length: Span
    closes: TimeOfDay = Clock(17, 0)
    roll: Literal["next", "none"] = "next"
    calendar: CalendarName | None = None
    timezone: ZoneName | None = None


class Tail(Record):
    """After a waiver: how long, and on what terms, the buyer may sign with the third party."""

    length: DaySpan
    price_rise: Portion = Field(
        default=Share.of_percent(0),
        description="the most by which the price may rise; for the deal desk, no plan reads it",
    )
    counterparty: Literal["noticed", "any"] = Field(
        default="noticed", description="with whom; for the deal desk, no plan reads it"
    )


@dataclass(frozen=True, slots=True)
class Ask:
    """A holder to be asked before a deal is signed. Plan and desk use the same value.

    What follows `tail` is for the desk alone: a plan leaves it as it stands, and nothing of it
    enters the hash by which a plan keeps its dates.
    """

    clause: str
    holder: str
    precedence: int
    rank: int
    window: Window
    when: Literal["before bids", "after bids"] = "after bids"
    reoffer: Duration | None = None
    """The window when terms change: the deal desk reads it; a plan changes no terms."""
    tail: Duration | None = None
    closing: Duration | None = field(default=None, hash=False)
    """From a taking to its signature."""
    grace: Duration = field(default=NO_TIME, hash=False)
    """After the closing date, and after the delivery date."""
    survives: bool = field(default=True, hash=False)
    """Whether a notice or tail that is open when the right ends goes on."""
    partial: int | None = field(default=None, hash=False)
    """The least chips of a part; None where all or nothing is taken."""
    parts: int = field(default=1, hash=False)
    """The weight among holders of equal rank, who share pro rata."""
    mirror: bool = field(default=True, hash=False)
    """Whether a changed answer is a refusal."""
    price_rise: Decimal = field(default=Decimal(0), hash=False)
    """The share by which the effective price may rise in the tail."""
    ceiling: Decimal = field(default=Decimal(1), hash=False)
    """Of a first offer: others may sign up to the holder's price times this."""
    anyone: bool = field(default=False, hash=False)
    """Whether the tail is for any counterparty, not the noticed one alone."""
    discloses: bool = field(default=False, hash=False)
    """Whether the notice names the counterparty."""
    package: Literal["stated", "worth"] | None = field(default=None, hash=False)
    """How a package's burdened part is priced; None: a package is not noticed as one lot."""
    rate: Decimal = field(default=Decimal(0), hash=False)
    """A year, of net present values."""
    deposit: Decimal = field(default=Decimal(0), hash=False)
    """What supports a bona fide bid, in the book's currency."""
    hosts: tuple[str, ...] | None = field(default=None, hash=False)
    """To whom the holder may subcontract what it takes: None nobody, () anyone."""
    floor: int = field(default=0, hash=False)
    """The least chips that the scope reaches. The desk applies it, since lots may be joined."""
    together: Duration = field(default=NO_TIME, hash=False)
    """Lots opened within so long for the same need count as one against the floor."""
    since: dt.date | None = field(default=None, hash=False)
    """The first day on which the right is in force."""
    until: dt.date | None = field(default=None, hash=False)
    """The last day on which the right is in force."""
    sentence: str = field(default="", hash=False)
    """The clause in one sentence."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Nobody but the holder may be approached about the lot from `since` to `until`, inclusive."""

    clause: str
    holder: str
    lifted_by: Literal["written waiver"]
    since: dt.date | None
    until: dt.date | None
    sentence: str


class Tender(Protocol):
    """What a clause is shown of a tender that opens, and of the book on that day."""

    @property
    def lot(self) -> Lot:
        """What is tendered; its chips are stated."""
        ...

    @property
    def seller(self) -> str | None:
        """The counterparty, where only one is possible."""
        ...

    @property
    def opened(self) -> dt.date:
        """The day of opening, in the book's time zone."""
        ...

    @property
    def book(self) -> Book:
        """The book as known on that day."""
        ...

    def window(self, words: WindowWords) -> Window:
        """The window that the words mean, with the book's time zone and calendar by default."""
        ...

    def lasts(self, clause: Clause) -> tuple[dt.date, dt.date]:
        """The first and the last day on which these very words are in force."""
        ...

    def bites(self, scope: Scope) -> frozenset[str]:
        """The lot's purposes that a scope reaches on some day from the opening on; its size
        floor apart, since lots may be joined."""
        ...

    def hosts(self, party: str) -> tuple[str, ...] | None:
        """To whom a party may subcontract what it supplies: None nobody, () anyone."""
        ...
