"""The terms of a bid under an offer: its price, and what the offer's own clauses make of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal

from msgspec.structs import replace

from offtake.book.faults import of_its_author
from offtake.book.force import Book
from offtake.book.records import Clause, Offer
from offtake.clauses.base import Escalates, PaidAhead, Rebate, Shape, Shapes, length, served
from offtake.desk.lot import Flow, Lot, Prepaid, Terms
from offtake.desk.price import effective, priceable

_CENT = Decimal("0.01")
_ONE = Decimal(1)


def shaped(book: Book, offer: Offer, terms: Terms, chips: int, signed: dt.date) -> Terms:
    """A plain price as the terms of a bid for so many chips, likely to be signed on a day.

    Rates and rebates act one on another. Several prepayments are one: their shares are added,
    their times the means. What is due after the start counts as due at the start.
    """
    growth, kept, ahead = _ONE, [_ONE] * terms.months, list[PaidAhead]()
    for shape in _shapes(book, offer, terms, signed):
        if isinstance(shape, Escalates):
            growth *= 1 + shape.rate
        elif isinstance(shape, Rebate):
            kept[shape.month - 1] *= 1 - shape.share
        else:
            ahead.append(shape)
    escalator = growth - 1
    return replace(
        terms,
        escalator=escalator,
        prepaid=_prepaid(ahead),
        rebates=tuple(_rebates(terms, chips, growth, kept)),
    )


def cost(
    book: Book, offer: Offer, lot: Lot, price: Decimal | None, signed: dt.date
) -> Decimal | None:
    """What a lot costs at a price under an offer, as its effective price; None where it has none.

    At the book's discount, by which the desk ranks bids.
    """
    if price is None:
        return None
    terms = shaped(book, offer, Terms(price, lot.start, lot.months), lot.chips, signed)
    return effective(terms, lot, book.header.discount.value) if priceable(terms) else None


def _shapes(book: Book, offer: Offer, terms: Terms, signed: dt.date) -> Iterator[Shape]:
    for term in book.terms_of.get(offer.id, ()):
        if isinstance(term.clause, Shapes):
            with of_its_author(term.clause, "shape"):
                yield from _sound(term.clause, terms, signed, book)


def _sound(clause: Clause, terms: Terms, signed: dt.date, book: Book) -> tuple[Shape, ...]:
    """What a clause says, once it is known that it says it of months that there are."""
    assert isinstance(clause, Shapes)
    said = tuple(clause.shape(terms.start, terms.months, signed, book))
    for one in said:
        if not isinstance(one, Shape):
            raise TypeError(f"{one!r} is no shape")
        if isinstance(one, Rebate) and not 1 <= one.month <= terms.months:
            raise ValueError(f"there is no month {one.month} among {terms.months}")
    return said


def _prepaid(ahead: list[PaidAhead]) -> Prepaid | None:
    share = sum((one.share for one in ahead), Decimal(0))
    if not share:
        return None

    def middle(figures: Iterable[int]) -> int:
        return round(sum(one.share * n for one, n in zip(ahead, figures, strict=True)) / share)

    return Prepaid(
        share,
        days_before=max(0, middle(one.days_before for one in ahead)),
        credit_after=middle(one.credit_after for one in ahead),
        credit_over=middle(one.credit_over for one in ahead),
    )


def _rebates(terms: Terms, chips: int, growth: Decimal, kept: list[Decimal]) -> Iterator[Flow]:
    """What comes back with each invoice, as the desk reckons invoices."""
    year = _ONE
    for number, days in enumerate(served(terms.start, terms.months)):
        if number and number % 12 == 0:
            year *= growth
        invoice = terms.price * chips * 24 * length(days) * year
        amount = (invoice * (1 - kept[number])).quantize(_CENT)
        if amount:
            yield Flow(number + 1, amount)
