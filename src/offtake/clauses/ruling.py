"""What the clauses of a book say about one lot when its tender opens: asked once, then kept.

The rights asked are those of the buyer's agreements whose words are in force on the day of opening
or begin later: a notice may be served after that day. Each version of the words speaks for its own
days. A right that comes with an offer binds nobody before the offer is taken.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from offtake.book.faults import of_its_author
from offtake.book.force import Book, InForce
from offtake.book.records import Agreement, Clause
from offtake.book.scope import Lot, Scope
from offtake.clauses.asks import Ask, Bar, WindowWords
from offtake.clauses.faces import Rules, Subcontracts
from offtake.units import Calendar, Window


@dataclass(frozen=True)
class Ruling:
    """A tender as the clauses see it. See `clauses.base.Tender`."""

    book: Book
    """As known on the day of opening."""
    lot: Lot
    opened: dt.date
    seller: str | None = None

    def window(self, words: WindowWords) -> Window:
        """See `clauses.base.Tender`."""
        header = self.book.header
        return Window(
            words.length,
            words.closes,
            words.roll,
            Calendar.named(words.calendar or header.calendar),
            words.timezone or header.timezone,
        )

    def lasts(self, clause: Clause) -> tuple[dt.date, dt.date]:
        """See `clauses.base.Tender`."""
        days = [(term.start, term.end) for term in self.book.terms if term.clause is clause]
        return days[0]

    def bites(self, scope: Scope) -> frozenset[str]:
        """See `clauses.base.Tender`."""
        day = max(self.opened, scope.from_ or self.opened)
        return scope.bites(replace(self.lot, chips=None), day, self.book.purposes)

    def hosts(self, party: str) -> tuple[str, ...] | None:
        """See `clauses.base.Tender`.

        All clauses on it must allow it; where nothing is agreed it is not allowed.
        """
        said = [
            term.clause.hosts
            for term in self.book.terms
            if isinstance(term.clause, Subcontracts)
            and term.clause.seller == party
            and term.on(self.opened)
            and _binds(term, self.book)
        ]
        if not said or None in said:
            return None
        named = [set(hosts) for hosts in said if hosts]
        if not named:
            return ()
        return tuple(sorted(set.intersection(*named))) or None


def rulings(
    book: Book, lot: Lot, opened: dt.date, seller: str | None = None
) -> tuple[Ask | Bar, ...]:
    """All that the book's rights say about a lot, in the order in which holders are asked.

    Raises `ClauseFailedError` where a clause kind of another package fails.
    """
    tender = Ruling(book.as_of(opened), lot, opened, seller)
    found: list[tuple[tuple[int, int, str, dt.date], Ask | Bar]] = []
    for term in tender.book.terms:
        clause = term.clause
        if term.end < opened or not _binds(term, tender.book) or not isinstance(clause, Rules):
            continue
        with of_its_author(clause, "rule"):
            for said in clause.rule(tender):
                found.append(((*_order(said, clause), said.clause, term.start), said))
    return tuple(said for _, said in sorted(found, key=lambda pair: pair[0]))


def _binds(term: InForce, book: Book) -> bool:
    """Whether it was agreed with the book's buyer; what others agreed binds them."""
    owner = term.owner
    return isinstance(owner, Agreement) and owner.buyer in (None, book.header.buyer)


def _order(said: Ask | Bar, clause: Clause) -> tuple[int, int]:
    if isinstance(said, Ask):
        return said.precedence, said.rank
    if isinstance(said, Bar):
        return getattr(clause, "precedence", 9), getattr(clause, "rank", 1)
    raise TypeError(f"{said!r} is neither an Ask nor a Bar")
