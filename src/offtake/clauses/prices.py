"""What a chip-hour costs on a day: the price as signed or on its curve, then what reprices it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, cast

import numpy as np

from offtake.book.faults import of_its_author
from offtake.book.force import Book, InForce
from offtake.book.records import Agreement, Clause, Offer
from offtake.clauses.faces import Reprices
from offtake.units import Month, Price

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


def price_on(
    book: Book,
    subject: str,
    day: dt.date,
    since: dt.date | None = None,
    *,
    before: int | None = None,
) -> Price | None:
    """The price per chip-hour of an agreement or offer; None for an agreement that states none.

    `since` is the first day of service where it is known: a reserved offer on a curve has the
    price of that day for its whole term, one by the hour that of each day of use. `before` leaves
    out clauses of that turn and later: so one that looks at other prices does not look at itself.
    """
    record = book.agreements.get(subject) or book.offers[subject]
    price = record.price
    if price is None and isinstance(record, Offer) and record.curve is not None:
        fixed = record.kind == "reserved"
        when = since if fixed and since is not None else day
        price = book.curve_on(record.curve, when)
    if price is None:
        return None
    begun = since if isinstance(record, Offer) else record.from_
    for term in repricing(book, subject):
        late = before is not None and term.clause.turn >= before
        if term.on(day) and not late:
            with of_its_author(term.clause, "reprice"):
                price = cast("Reprices", term.clause).reprice(price, day, begun, book)
    return price


def repricing(book: Book, subject: str) -> tuple[InForce, ...]:
    """The clauses of an agreement or offer that change its price, in the order of their turns."""
    found = [t for t in book.terms_of.get(subject, ()) if _reprices(type(t.clause))]
    return tuple(sorted(found, key=lambda t: (t.clause.turn, t.clause.id, t.start)))


@cache
def _reprices(kind: type[Clause]) -> bool:
    """Asked of each kind once: a statement asks for the price of every day."""
    return issubclass(kind, Reprices)


def by_month(
    book: Book, subject: str, months: Sequence[Month], since: dt.date | None = None
) -> Numbers:
    """The same in money, for each month as the mean over its days, an agreement's own alone."""
    record = book.agreements.get(subject) or book.offers[subject]
    if record.price is not None and not repricing(book, subject):
        return np.full(len(months), float(record.price.amount))
    out = np.zeros(len(months))
    for t, month in enumerate(months):
        days = _days(record, month)
        if not repricing(book, subject) and isinstance(record, Offer) and record.curve:
            # A forecast moves by months: within one, only a dated price can differ.
            dated = {d for d in book.curves[record.curve].prices if month.first < d <= month.last}
            days = days if dated else days[:1]
        prices = [price_on(book, subject, day, since) for day in days]
        out[t] = sum(float(p.amount) for p in prices if p is not None) / len(days)
    return out


def _days(record: Agreement | Offer, month: Month) -> list[dt.date]:
    """The days of a month on which an agreement lasts; all where it lasts on none, or is open."""
    every = [month.first + dt.timedelta(n) for n in range(month.days)]
    if isinstance(record, Offer):
        return every
    return [day for day in every if record.from_ <= day <= record.until] or every
