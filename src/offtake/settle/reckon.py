"""One month of every agreement: charges, then each clause that settles, step by step.

All agreements take a step before any takes the next, so that a minimum spend sees what was charged
under the others. Within a step clauses speak in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cache, partial

from offtake.book.faults import of_its_author
from offtake.book.force import Book, InForce
from offtake.book.records import Agreement, Clause
from offtake.clauses.base import Carry, Line, Settles, Step, Told
from offtake.settle.charged import charges, unpriced
from offtake.settle.clock import BookClock
from offtake.settle.inputs import Inputs
from offtake.settle.mirrored import mirror
from offtake.settle.passing import passed, summed
from offtake.settle.serving import Serving
from offtake.settle.speaking import EARNED, Speaking, Under
from offtake.settle.statement import Capacity, Carried, Entry, Statement, statement_id
from offtake.units import Month

Opening = Mapping[str, Iterable[Carried]]
"""By agreement: what the month before handed on."""
_NOBODY: Opening = {}


def reckon(
    book: Book, month: Month, inputs: Inputs, opening: Opening = _NOBODY
) -> tuple[Statement, ...]:
    """The statements of a month, one for each agreement that is signed and not over by then.

    The same book, inputs and opening give the same statements, whatever the order of rows.
    """
    known = passed(book, inputs, BookClock(book.header.timezone))
    return reckoned(book, month, known, opening)


def reckoned(book: Book, month: Month, inputs: Inputs, opening: Opening) -> tuple[Statement, ...]:
    """The same from inputs with which all has passed along the chains already."""
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
        under.told.extend(unpriced(under))
    together = _Together(unders)
    for step in Step:
        for under in unders:
            _take(under, step, together)
    mirror(book, unders)
    return tuple(_statement(under, inputs) for under in unders)


class _Together:
    """All agreements of a month, looked at by a clause of one of them."""

    def __init__(self, unders: Iterable[Under]) -> None:
        self.unders = tuple(unders)
        self._owed: dict[str, Fraction] = {}

    def spent(self, buyer: str, seller: str, term: InForce) -> Fraction:
        """Of each agreement the part of its days on which those words are in force."""
        total = Fraction(0)
        for under in self._of(buyer, seller):
            live = sum(term.on(day.day) for day in under.days)
            total += self._earned(under) * Fraction(live, len(under.days) or 1)
        return total

    def _earned(self, under: Under) -> Fraction:
        """Counted once when it is first asked for: those steps are over then."""
        name = under.agreement.id
        if name not in self._owed:
            self._owed[name] = Fraction(under.owed(EARNED).in_units())
        return self._owed[name]

    def assumed(self, buyer: str, seller: str) -> Iterator[Under]:
        """Those of them whose invoice follows use, and was reckoned without metering."""
        for under in self._of(buyer, seller):
            known = under.serving.inputs.forecast or under.serving.is_metered(under.month)
            used = under.agreement.billing == "used"
            if used and not known and any(day.contracted for day in under.days):
                yield under

    def _of(self, buyer: str, seller: str) -> Iterator[Under]:
        return (u for u in self.unders if (u.buyer, u.agreement.seller) == (buyer, seller))


def _take(under: Under, step: Step, together: _Together) -> None:
    """Let the clauses of one agreement take one step."""
    for term in speaking(under.serving.book, under.agreement, under.month, step):
        clause = term.clause
        assert isinstance(clause, Settles)
        month = Speaking(under, term, step, partial(_spent, under, term, together))
        with of_its_author(clause, "settle"):
            for said in clause.settle(month):
                _note(under, clause.id, said)


def _spent(under: Under, term: InForce, together: _Together, buyer: str, seller: str) -> Fraction:
    """What is spent with a seller; a statement says whose use in it is not known."""
    clause = term.clause
    others = [u.agreement.id for u in together.assumed(buyer, seller) if u is not under]
    if others:
        sentence = (
            f"Use under {' and '.join(others)} was not metered: in what is spent with {seller}, "
            "what was contracted there counts as taken."
        )
        told = Told(clause.id, sentence, clause.place)
        if told not in under.told:
            under.told.append(told)
    return together.spent(buyer, seller, term)


def speaking(book: Book, agreement: Agreement, month: Month, step: Step) -> Iterator[InForce]:
    """The versions of clauses that speak in a month at one step, in their order."""
    early = month < Month.of(agreement.from_)
    terms = book.terms_of.get(agreement.id, ())
    own = [term for term in terms if _step_of(type(term.clause)) == step]
    for term in sorted(own, key=lambda t: (t.clause.id, t.start)):
        first = early and term.start == agreement.from_
        if first or (term.start <= month.last and month.first <= term.end):
            yield term


@cache
def _step_of(kind: type[Clause]) -> Step | None:
    """When a kind speaks, if it settles anything; asked of each kind once."""
    return getattr(kind, "step", None) if hasattr(kind, "settle") else None


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
        (*under.told, *summed(agreement, under.month, inputs)),
        tuple(s.cause for s in inputs.sources.get(agreement.id, ())),
        inputs.forecast,
        chip=_chip(agreement),
    )


def _chip(agreement: Agreement) -> str:
    chips = {delivery.chip for delivery in agreement.deliveries}
    return chips.pop() if len(chips) == 1 else ""
