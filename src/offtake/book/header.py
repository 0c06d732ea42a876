"""The `book:` part of a book: whose it is, as of when, over which months, for which purposes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from offtake.book.faults import Misread
from offtake.book.fields import (
    CalendarName,
    Day,
    MonthOf,
    PartyId,
    Portion,
    PurposeId,
    Slug,
    Span,
    Whole,
    Words,
    ZoneName,
)
from offtake.book.record import Record
from offtake.units import Duration, Share


class Periods(Record):
    """The months of the plan, and into how many hours a day is condensed."""

    start: MonthOf
    length: Span
    hours: Whole = Field(default=24, description="representative hours in a day, 1 to 24")
    steps: Span = Field(
        default=Duration(1, "months"),
        description="deals and phases start in every so many-th month, counted from the first",
    )


def _some_time(value: Duration) -> Duration:
    if not value.count:
        raise Misread(f"{value} is no time.", "bad-duration", "at least 1 hour, or leave it out")
    return value


class Procurement(Record):
    """How long the buyer's own steps take."""

    bidding: Span = Duration(15, "days")
    reveal: Annotated[Span, AfterValidator(_some_time)] | None = Field(
        default=None,
        description="bids are pledged by their hash, and revealed within so long after the closing",
    )
    signing: Span = Duration(20, "days")


class Purpose(Record):
    """What capacity is for; a part belongs to its whole in every scope."""

    part_of: PurposeId | None = None


class Risk(Record):
    """(1 - weight) x expected cost + weight x CVaR at `tail`."""

    weight: Portion = Share.of_percent(0)
    tail: Portion = Share.of_percent(95)


class Header(Record):
    """The `book:` part: whose book, as of when, over which months."""

    buyer: PartyId
    title: Words | None = None
    as_of: Day
    timezone: ZoneName = "UTC"
    calendar: CalendarName = Field(default="none", description="holidays where a clause names none")
    currency: Words = "USD"
    periods: Periods
    discount: Portion = Share.of_percent(0)
    procurement: Procurement = Field(default_factory=Procurement)
    purposes: Mapping[Slug, Purpose]
    scenarios: Mapping[Slug, Portion] = Field(default_factory=dict)
    risk: Risk = Field(default_factory=Risk)
    include: tuple[Words, ...] = ()
    journals: tuple[Words, ...] = Field(
        default=(), description="journals of desks, whose agreements are part of the book"
    )
