"""What came of the tenders as records of a book: agreements with their waivers, offers with less.

So that two plans can be compared they must cover the same months and be judged from the same day.
Therefore the book that is planned again knows every agreement of the rehearsal on the plan's own
day; the lines that people read carry the true dates.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from offtake.book.changes import Add, Change, Set
from offtake.book.draft import Draft
from offtake.book.faults import Place
from offtake.book.force import Book
from offtake.book.record import WrittenList
from offtake.book.records import Offer
from offtake.book.typed import Kinds
from offtake.desk.asking import as_bid
from offtake.desk.price import effective
from offtake.plan.result import PlanResult
from offtake.rehearse.playing import Played
from offtake.signed.made import Made, made, standing
from offtake.signed.words import Scribe, placed, written

HERE = Place("rehearsal", 1)


def agreements(played: Played) -> tuple[Made, ...]:
    """What was signed and had not failed at the end, in the order of signing."""
    return standing(made(enumerate(played.events), played.book.header.timezone))


def effective_of(made: Made, played: Played) -> Decimal:
    """The effective price; of a part that a holder took what the whole lot costs.

    Rebates are amounts for the lot as it was noticed, of which a holder took a part.
    """
    event = made.event
    if event.clause is None or event.round is None or not event.terms.rebates:
        return event.effective
    tender = played.desk.tenders[event.tender]
    lot = as_bid(tender, tender.rounds[event.round - 1].size)
    return effective(event.terms, lot, Decimal(tender.opened.rate))


def scribe(draft: Draft, book: Book, kinds: Kinds) -> Scribe:
    """Who writes the agreements of a rehearsal as records."""
    offered = {
        name: clauses
        for name, offer in draft.records.get("offers", {}).items()
        if isinstance(clauses := offer.get("clauses"), list)
    }
    return Scribe(book, offered, kinds, HERE)


def changes(
    found: tuple[Made, ...],
    draft: Draft,
    book: Book,
    kinds: Kinds,
    known: dt.date,
    beside: Mapping[str, tuple[str, ...]] | None = None,
) -> Iterator[Change]:
    """All agreements, and less of each offer under which a seller signed.

    `beside` are rights that are written as waived too, by agreement.
    """
    writes = scribe(draft, book, kinds)
    for one in found:
        words = writes.record(one, known)
        also = [placed(waiver, HERE) for waiver in _waived((beside or {}).get(one.id, ()), known)]
        waived = [*words.get("waivers", ()), *also]
        listed = WrittenList(waived, HERE, [HERE] * len(waived))
        yield Add("agreements", words.with_items(waivers=listed) if waived else words)
    for offer in dict.fromkeys(m.offer for m in found if m.clause is None):
        own = [m for m in found if m.offer == offer and m.clause is None]
        yield _less(book.offers[offer], _most_at_once(own))


def _waived(clauses: Iterable[str], day: dt.date) -> Iterator[Mapping[str, Any]]:
    for clause in clauses:
        yield {"of": clause, "on": str(day)}


def _most_at_once(own: list[Made]) -> int:
    """The most chips in service on one day: an offer's maximum is of what serves together."""
    days = sorted({one.start for one in own})
    return max(sum(m.chips for m in own if m.start <= day <= m.until) for day in days)


def _less(offer: Offer, signed: int) -> Change:
    left = offer.max - signed
    if left < max(1, offer.min or 0, offer.block or 0):
        return Set(f"offers/{offer.id}", "")
    return Set(f"offers/{offer.id}.max", f"{left} chips")


def lines(
    found: Iterable[Made],
    draft: Draft,
    book: Book,
    kinds: Kinds,
    plan: PlanResult,
    seed: int,
    notes: Iterable[str] = (),
) -> str:
    """The agreements in the book's own words, with their true dates, to read or to include.

    `notes` are of what `offtake check` will say of them.
    """
    digest = str(plan.certificate["plan"])[:12]
    head = (
        f"# What a rehearsal of plan {digest} signed, with seed {seed}, as of {plan.as_of}.\n"
        "# Its counterparties were simulated: none of this was agreed by anybody.\n"
    )
    head += "".join(f"# Note: {note}.\n" for note in notes)
    writes = scribe(draft, book, kinds)
    records = [writes.record(one) for one in found]
    if not records:
        return f"{head}agreements: []\n"
    return f"{head}agreements:\n" + "".join(written(one) for one in records)
