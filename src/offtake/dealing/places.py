"""Where the book says what a desk's claim says: file and line, sentence, time zone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from offtake.book.faults import Place
from offtake.book.force import Book, InForce
from offtake.dealing.times import spoken
from offtake.desk.lot import Instant

NONE: Mapping[Instant, str] = {}

_CLAUSE = re.compile(r"[a-z0-9._-]+/[a-z0-9._-]*[a-z0-9_-]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Places:
    """The clauses of a book by the names that a desk has for them."""

    book: Book

    def of(self, clause: str) -> Place | None:
        """Where the clause stands; None where the book does not have it, or not any more."""
        term = self._term(clause)
        return None if term is None else term.clause.place

    def zone(self, clause: str) -> str:
        """The time zone of its clock; the book's own where it names none."""
        term = self._term(clause)
        window = None if term is None else getattr(term.clause, "window", None)
        return getattr(window, "timezone", None) or self.home

    @property
    def home(self) -> str:
        """The book's own time zone."""
        return self.book.header.timezone

    def spoken(self, sentence: str, zones: Mapping[Instant, str] = NONE) -> str:
        """A sentence of the desk with its instants in local time, as the tables have them.

        What happened is by the book's clock. So is a deadline, unless `zones` has it, or the
        sentence names its clause: then it is by that clause's.
        """
        named = (name for name in _CLAUSE.findall(sentence) if self._term(name) is not None)
        clocks = {self.zone(name) for name in named}
        due = clocks.pop() if len(clocks) == 1 else self.home
        return spoken(sentence, self.home, due, zones)

    def why(self, clause: str) -> str:
        """The clause with its place, as the why column has it."""
        place = self.of(clause)
        return clause if place is None else f"{clause} ({place.file}:{place.line})"

    def sentence(self, clause: str) -> str:
        """What it says, in a sentence; empty where the book does not have it."""
        term = self._term(clause)
        explain = None if term is None else getattr(term.clause, "explain", None)
        return "" if explain is None else str(explain(self.book))

    def _term(self, clause: str) -> InForce | None:
        """Later words of a clause are named by their first day."""
        name, _, day = clause.partition("@")
        found = [term for term in self.book.whole.terms if term.clause.id == name]
        later = [term for term in found if day and term.start.isoformat() == day]
        return next(iter(later or found), None)
