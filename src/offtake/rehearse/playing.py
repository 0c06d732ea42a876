"""A rehearsal from its first instant to its last: the plan's purchases as tenders at one desk."""

from __future__ import annotations

from dataclasses import dataclass, replace

from offtake.book.force import Book
from offtake.desk import Desk
from offtake.desk.commands import Found, Open
from offtake.desk.events import Event, Refused, TenderEvent
from offtake.desk.lot import Instant
from offtake.plan.result import PlanResult
from offtake.rehearse.clockwork import Clockwork
from offtake.rehearse.course import Course
from offtake.rehearse.days import MORNING, instant
from offtake.rehearse.market import Market, declared
from offtake.rehearse.purchases import Purchase, open_at, rehearsed
from offtake.rehearse.recorded import Step
from offtake.rehearse.stock import Stock


@dataclass(frozen=True, slots=True)
class Played:
    """What came of the tenders: the journal, and the desk at its end."""

    book: Book
    """As it was known on the plan's day, and no later."""
    plan: PlanResult
    seed: int
    purchases: tuple[Purchase, ...]
    events: tuple[Event, ...]
    steps: tuple[Step, ...]
    """The commands that brought them about, and the times at which none did."""
    desk: Desk
    notes: tuple[str, ...] = ()
    """What was not played."""


def tender_of(event: Event) -> str:
    """The tender that an event belongs to; of a refusal the one that its key begins with."""
    if isinstance(event, TenderEvent):
        return event.tender
    if isinstance(event, Refused) and event.by is not None:
        return event.by.key.rpartition("#")[0]
    return ""


def play(book: Book, plan: PlanResult, seed: int) -> Played:
    """Rehearse a plan of a book with counterparties who answer as the book expects.

    Nothing that was signed after the plan's day is known at any time of the rehearsal. Raises
    `ClauseFailedError` where a clause kind of another package fails.
    """
    seen = book.as_of(plan.as_of)
    seen = replace(seen, written=seen.agreements)
    purchases = rehearsed(seen, plan)
    courses: dict[str, Course] = {}

    def watch(event: Event) -> None:
        course = courses.get(tender_of(event))
        if course is not None:
            course.react(event)

    clockwork = Clockwork(seed, watch)
    market = Market(seen, clockwork, Stock(purchases), {*book.agreements, *book.written})
    tenders = [(purchase, *open_at(seen, purchase, plan.as_of)) for purchase in purchases]
    _found(seen, clockwork, [(p, o) for p, _, o in tenders], plan)
    for purchase, at, opened in tenders:
        courses[purchase.name] = Course(market, purchase, seed)
        courses[purchase.name].begin(at, opened)
    clockwork.run()
    desk = clockwork.desk
    return Played(
        seen,
        plan,
        seed,
        purchases,
        tuple(clockwork.events),
        tuple(clockwork.steps),
        desk,
        tuple(market.unplayed()),
    )


def _found(
    book: Book, clockwork: Clockwork, tenders: list[tuple[Purchase, Open]], plan: PlanResult
) -> None:
    """Begin the desk on the plan's day, with every party of the book and what it can promise."""
    at: Instant = instant(plan.as_of, MORNING, book.header.timezone)
    buyer = book.header.buyer
    clockwork.send(buyer, Found(tuple(name for name in book.parties if name != buyer)), at)
    for said in declared(book, tenders, buyer):
        clockwork.send(buyer, said, at)
