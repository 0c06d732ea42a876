"""What others read: releases of a desk's tenders, a calendar of deadlines and payments."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from offtake.book.force import Book
from offtake.dealing import LocalDesk
from offtake.formats.ical import Deadline, calendar_text
from offtake.formats.ical_days import of_book, of_calls, of_clocks, of_notices, of_statements
from offtake.formats.ocds import package, releases
from offtake.formats.ocds_parts import UNREGISTERED, Plain, Publisher
from offtake.owing.forecast import ahead
from offtake.owing.posting import latest
from offtake.plan.result import PlanResult
from offtake.signed.source import of_lines
from offtake.units import Month


@dataclass(frozen=True, slots=True)
class Released:
    """A package of releases, and whether all of the journal is in it."""

    package: Plain
    whole: bool


def released(
    book: Book, desk: LocalDesk, *, prefix: str | None = None, uri: str | None = None
) -> Released:
    """What the desk's journal shows of its tenders; ValueError where it shows none."""
    header = book.header
    names = {party.id: party.name for party in book.parties.values()}
    publisher = Publisher(
        names.get(header.buyer, header.buyer),
        header.currency,
        header.timezone,
        prefix or UNREGISTERED,
        names=names,
    )
    publisher = publisher if uri is None else replace(publisher, uri=uri)
    lines, whole = desk.exported()
    posted = [one.group for one in desk.posted()]
    return Released(
        package(releases(of_lines(lines).events(), publisher, posted), publisher), whole
    )


def calendar(
    book: Book,
    desk: LocalDesk | None,
    party: str | None = None,
    plan: PlanResult | None = None,
    through: Month | None = None,
    earlier: str = "",
) -> str:
    """Every deadline of a book, its desk and a plan, and what is owed for each month to one.

    Nothing of it is metered: use is what the plan expects, else what is contracted. For another
    party than the buyer it has nothing of others' agreements, offers and calls, and no notice that
    is only planned. `earlier` is the calendar that was written before; `CalendarError` where it is
    none.
    """
    at = time.time_ns() if desk is None or desk.at is None else desk.at
    due = {one.id: one for one in _due(book, desk, party, plan, through)}
    return calendar_text(due.values(), at, party or book.header.buyer, earlier=earlier)


def _due(
    book: Book,
    desk: LocalDesk | None,
    party: str | None,
    plan: PlanResult | None,
    through: Month | None,
) -> Iterator[Deadline]:
    # The book and the plan are the buyer's; whoever else is handed a calendar sees its own of them.
    own = None if party == book.header.buyer else party
    yield from of_book(book.whole, own)
    if plan is not None and own is None:
        yield from of_notices(plan.notices.iter_rows(named=True))
    if through is not None:
        yield from of_statements(ahead(book, plan, through), party)
    if desk is not None and desk.where.begun():
        yield from of_clocks(one.data() for one in desk.clocks(party))
        yield from of_calls((one.group for one in latest(desk).values()), own)
