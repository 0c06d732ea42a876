"""Month after month: each opens with what the one before it carried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from offtake.book.force import Book
from offtake.settle.clock import BookClock
from offtake.settle.inputs import Inputs
from offtake.settle.passing import passed
from offtake.settle.reckon import Opening, reckoned
from offtake.settle.statement import Carried, Statement
from offtake.units import Month


def settle(
    book: Book,
    through: Month,
    inputs: Inputs,
    *,
    since: Month | None = None,
    opening: Opening | None = None,
    posted: Mapping[Month, Opening] | None = None,
) -> Iterator[tuple[Month, tuple[Statement, ...]]]:
    """The statements of every month to `through`, in order; none where the book has no agreement.

    `since` is the first month to be reckoned, and `opening` what was carried into it; without them
    the first month in which any agreement is signed, which opens with nothing. What was `posted` of
    a month counts for the next one, whatever would be carried now.
    """
    carried: Mapping[str, Iterable[Carried]] = opening or {}
    known = passed(book, inputs, BookClock(book.header.timezone))
    for month in months_to(book, through, since):
        statements = reckoned(book, month, known, carried)
        carried = {**carried, **{s.agreement: s.carried for s in statements}}
        carried |= (posted or {}).get(month, {})
        yield month, statements


def months_to(book: Book, through: Month, since: Month | None = None) -> Sequence[Month]:
    """The months from the first signature, or from `since`, to `through`."""
    signed = [Month.of(min(a.known, a.from_)) for a in book.agreements.values()]
    if not signed:
        return ()
    first = since or min(signed)
    return [first + n for n in range(through - first + 1)]
