"""Simulated counterparties: holders who answer as the book expects, sellers who bid their offers.

What the book does not say they do not do. What is left to chance is drawn from a generator that is
handed in, so that the same seed gives the same rehearsal.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from offtake.book.faults import of_its_author
from offtake.book.force import Book
from offtake.book.records import Clause, Offer
from offtake.clauses.base import UNSTATED, Likely, Rehearses
from offtake.clauses.prices import price_on
from offtake.desk.claim import Claim
from offtake.desk.commands import Answer
from offtake.desk.events import ClockStarted
from offtake.desk.lot import Bid, Instant, Lot, Terms
from offtake.signed.shaped import cost
from offtake.units import Calendar, Duration, Month

SOONEST, LATEST = 0.1, 0.9
"""Between which parts of its window a holder answers."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What one holder does when it is asked, and how far into its window."""

    likely: Likely
    after: float
    """The part of the window that it lets pass."""

    def within(self, begun: Instant, ends: Instant) -> Instant:
        """When it answers."""
        return begun + int((ends - begun) * self.after)


def chance(seed: int, *about: str) -> random.Random:
    """A generator of its own for each thing that is drawn, so that nothing moves anything else."""
    return random.Random(":".join([str(seed), *about]))


def words_of(book: Book, clause: str, day: dt.date) -> Clause | None:
    """The words of a clause that a claim is made of, in a tender that opened on a day.

    Later words of the same clause are named with the first day on which they have a say.
    """
    name, _, since = clause.partition("@")
    day = dt.date.fromisoformat(since) if since else day
    own = (term for term in book.terms if term.clause.id == name and term.end >= day)
    return next((term.clause for term in own), None)


def cases_of(book: Book, clause: str, day: dt.date) -> tuple[Likely, ...]:
    """The answers that a clause expects of its holder; a waiver where it expects nothing."""
    words = words_of(book, clause, day)
    if words is None or not isinstance(words, Rehearses):
        return UNSTATED
    with of_its_author(words, "answers"):
        cases = words.answers(book)
    return tuple(case for case in cases if case.weight > 0) or UNSTATED


def drawn(book: Book, clause: str, day: dt.date, generator: random.Random) -> Drawn:
    """One of the answers that a clause expects, by their weights."""
    cases = cases_of(book, clause, day)
    (likely,) = generator.choices(cases, [float(case.weight) for case in cases])
    return Drawn(likely, generator.uniform(SOONEST, LATEST))


def answer(
    book: Book, claim: Claim, asked: ClockStarted, case: Likely, answered: dt.date, lot: Lot
) -> Answer | None:
    """What a holder answers to a running clock, on a day; None where it is silent.

    A share is rounded down to whole chips. What it may not take in part it waives; what it cannot
    serve from the lot's start it is unable to take.
    """
    kind, chips, terms = case.answer, None, None
    if kind == "silent":
        return None
    words = words_of(book, claim.clause, answered)
    if kind == "take" and not _serves(book, words, answered, lot.start):
        kind = "unable"
    elif kind == "take":
        most: int | None = getattr(words, "able", None)
        wanted = int(asked.chips * case.take)
        wanted = wanted if most is None else min(wanted, most)
        part = wanted < asked.chips
        if wanted <= 0 or (part and (claim.partial is None or wanted < claim.partial)):
            kind = "waive"
        elif part:
            chips = wanted
    elif kind == "offer":
        assert case.price is not None, "who is expected to offer names a price"
        terms = Terms(case.price.amount, lot.start, lot.months)
    return Answer(
        tender=asked.tender,
        clause=asked.clause,
        kind=kind,
        round=asked.round,
        chips=chips,
        terms=terms,
        condition="on other terms than those noticed" if kind == "counter" else "",
    )


def _serves(book: Book, words: Clause | None, answered: dt.date, start: dt.date) -> bool:
    """Whether a holder that answers on a day can serve by the start, where its clause says."""
    lead: Duration | None = getattr(words, "lead", None)
    calendar = Calendar.named(book.header.calendar)
    return lead is None or calendar.add(answered, lead) <= start


# --- sellers --------------------------------------------------------------------------------------


def price_of(book: Book, offer: Offer, start: dt.date) -> Decimal | None:
    """What an offer asks per chip-hour for service from a day on."""
    price = price_on(book, offer.id, start, start)
    return price.amount if price is not None else None


def rivals(
    book: Book, offer: Offer, lot: Lot, sign_by: dt.date, left: Callable[[Offer], int]
) -> Iterator[Offer]:
    """Others' offers of the same chip and region, for the same months, that can start in time.

    Of one seller's offers that have something `left` the one with the lowest effective price: it
    has one bid.
    """
    best: dict[str, tuple[Decimal, Offer]] = {}
    for other in book.offers.values():
        if other.seller in (offer.seller, book.header.buyer):
            continue
        if not _answers(book, other, lot, sign_by) or left(other) <= 0:
            continue
        own = cost(book, other, lot, price_of(book, other, lot.start), sign_by)
        if own is not None and (other.seller not in best or own < best[other.seller][0]):
            best[other.seller] = (own, other)
    yield from (other for _, other in best.values())


def _answers(book: Book, offer: Offer, lot: Lot, sign_by: dt.date) -> bool:
    """Whether an offer answers a lot: what it is of, how long, and from when."""
    start, calendar = Month.of(lot.start), Calendar.named(book.header.calendar)
    term = offer.term.months if offer.term else lot.months
    return (
        offer.kind == "reserved"
        and (offer.chip, offer.region, term) == (lot.chip, lot.region, lot.months)
        and (offer.starts_from is None or offer.starts_from <= start)
        and (offer.starts_until is None or start <= offer.starts_until)
        and (offer.valid_from is None or offer.valid_from <= sign_by)
        and (offer.valid_until is None or sign_by <= offer.valid_until)
        and calendar.add(sign_by, offer.lead) <= lot.start
    )


def bid_for(
    offer: Offer,
    lot: Lot,
    terms: Callable[[int], Terms],
    left: int,
    deposit: Decimal,
    affiliated: bool,
) -> Bid | None:
    """The bid that an offer makes for a lot of which its seller has so many chips left.

    Whole blocks, and no fewer than its minimum; None where that cannot be. `terms` are those of
    a bid for so many chips.
    """
    chips = min(left, lot.chips, offer.max)
    block = offer.block or 1
    if chips < lot.chips or chips % block:
        chips -= chips % block
    if chips < max(1, offer.min or 0):
        return None
    return Bid(
        bidder=offer.seller,
        chips=chips,
        terms=terms(chips),
        block=block,
        remainder_min=offer.remainder_min or 0,
        affiliated=affiliated,
        deposit=deposit,
        via=(offer.via,) if offer.via else (),
        offer=offer.id,
    )
