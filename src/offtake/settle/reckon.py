"""One month of every agreement: charges, then each clause that settles, step by step.

All agreements take a step before any takes the next, so that a minimum spend sees what was charged
under the others. Within a step clauses speak in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from offtake.book.faults import of_its_author
from offtake.book.force import Book, InForce
from offtake.book.records import Agreement
from offtake.clauses.base import Carry, Line, Settles, Step, Told
from offtake.settle.charged import charges
from offtake.settle.clock import BookClock
from offtake.settle.inputs import Inputs
from offtake.settle.serving import Serving
from offtake.settle.speaking import EARNED, Speaking, Under
from offtake.settle.statement import Capacity, Carried, Entry, Statement, statement_id
from offtake.units import Money, Month

Opening = Mapping[str, Iterable[Carried]]
"""By agreement: what the month before handed on."""
_NOBODY: Opening = {}


def reckon(
    book: Book, month: Month, inputs: Inputs, opening: Opening = _NOBODY
) -> tuple[Statement, ...]:
    """The statements of a month, one for each agreement that is signed and not over by then.

    The same book, inputs and opening give the same statements, whatever the order of rows.
    """
    clock = BookClock(book.header.timezone)
    unders = [
        Under(
            Serving(book, agreement, inputs, clock),
            month,
            agreement.buyer or book.header.buyer,
            {(c.by, c.name): c for c in opening.get(agreement.id, ())},
        )
        for _, agreement in sorted(book.agreements.items())
        if Month.of(min(agreement.known, agreement.from_)) <= month <= Month.of(agreement.until)
    ]
    for under in unders:
        under.lines.extend(charges(under))
    spent = _spent(unders)
    for step in Step:
        for under in unders:
            _take(under, step, spent)
    return tuple(_statement(under, inputs) for under in unders)


class _Spent(dict[tuple[str, str], Money]):
    """By buyer and seller, counted once when it is first asked for: those steps are over then."""

    def __init__(self, unders: Iterable[Under]) -> None:
        self.unders = tuple(unders)

    def __missing__(self, key: tuple[str, str]) -> Money:
        own = [u for u in self.unders if (u.buyer, u.agreement.seller) == key]
        currency = self.unders[0].serving.book.header.currency
        total = self[key] = sum((u.owed(EARNED) for u in own), Money.zero(currency))
        return total


def _spent(unders: list[Under]) -> _Spent:
    return _Spent(unders)


def _take(under: Under, step: Step, spent: _Spent) -> None:
    """Let the clauses of one agreement take one step."""
    for term in speaking(under.serving.book, under.agreement, under.month, step):
        clause = term.clause
        assert isinstance(clause, Settles)
        month = Speaking(under, term, step, lambda buyer, seller: spent[buyer, seller])
        with of_its_author(clause, "settle"):
            for said in clause.settle(month):
                _note(under, clause.id, said)


def speaking(book: Book, agreement: Agreement, month: Month, step: Step) -> Iterator[InForce]:
    """The versions of clauses that speak in a month at one step, in their order."""
    early = month < Month.of(agreement.from_)
    own = [
        term
        for term in book.terms_of.get(agreement.id, ())
        if isinstance(term.clause, Settles) and term.clause.step == step
    ]
    for term in sorted(own, key=lambda t: (t.clause.id, t.start)):
        first = early and term.start == agreement.from_
        if first or (term.start <= month.last and month.first <= term.end):
            yield term


def _note(under: Under, clause: str, said: Line | Carry | Told) -> None:
    if isinstance(said, Line):
        under.lines.append(said)
    elif isinstance(said, Told):
        under.told.append(said)
    elif said.amount:
        kept = Carried(clause, said.name, said.amount, said.unit)
        under.carried[clause, said.name] = kept
    else:
        under.carried.pop((clause, said.name), None)


def _statement(under: Under, inputs: Inputs) -> Statement:
    agreement, days = under.agreement, under.days
    own = statement_id(agreement.id, under.month)
    # A line of nothing says nothing, unless it has a quantity to show.
    lines = [line for line in under.lines if line.amount.amount or line.quantity]
    return Statement(
        agreement.id,
        under.month,
        under.buyer,
        agreement.seller,
        agreement.via or agreement.seller,
        under.serving.book.header.currency,
        tuple(Entry(f"{own}/{n}", line) for n, line in enumerate(lines, 1)),
        Capacity(
            sum(d.contracted for d in days),
            sum(d.taken for d in days),
            sum(d.over for d in days),
            sum(d.excused for d in days),
        ),
        under.serving.is_metered(under.month),
        tuple(c for _, c in sorted(under.carried.items())),
        tuple(under.told),
        tuple(s.cause for s in inputs.sources.get(agreement.id, ())),
        inputs.forecast,
    )
