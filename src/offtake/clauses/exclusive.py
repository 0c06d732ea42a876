"""Exclusive: while it is in force, nobody but the holder may supply what it reaches.

Without purposes it bars deals with others; with purposes it bars others' capacity from serving
those purposes (so it was between Microsoft and OpenAI: all computing until January 2025, the API
alone after it).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from offtake.book.faults import Fault
from offtake.book.force import Book
from offtake.clauses.base import Program, Right


class Exclusive(Right):
    """The words of an exclusive right."""

    kind: Literal["exclusive"] = "exclusive"
    precedence: ClassVar[int] = 1
    summary: ClassVar[str] = "nobody but the holder may supply what it reaches"
    codes: ClassVar[dict[str, str]] = {
        "exclusive-overlap": "Two parties hold an exclusive right on the same lots and days.",
        "exclusive-breached": "An agreement was signed in the scope of another's exclusive right.",
    }

    def check(self, book: Book) -> Iterator[Fault]:
        """No second exclusive right on the same lots, and no deal with others within it."""
        for other, day in self.crossed(book):
            if isinstance(other, Exclusive) and other.place < self.place:
                sentence = (
                    f"From {day} both {other.held_by} ({other.id}) and {self.held_by} "
                    f"({self.id}) are exclusive on the same lots."
                )
                hint = f"see {other.place}; narrow a scope, or end one of them"
                yield Fault(self.place, "exclusive-overlap", sentence, hint)
        if self.scope.purposes:
            return
        for agreement in self.past_holder(book):
            sentence = (
                f"{agreement.id} was signed with {agreement.seller} on {agreement.known}, "
                f"when {self.held_by} alone might supply this."
            )
            hint = f"see {self.id} at {self.place}; add a waiver, or mend the dates"
            yield Fault(agreement.place, "exclusive-breached", sentence, hint)

    def plan(self, program: Program) -> None:
        """Bar others' deals (no purposes named) or others' service of the named purposes."""
        if self.scope.purposes:
            program.forbid(program.served(self.scope, besides=self.held_by))
        else:
            program.forbid(program.bought(self.scope, besides=self.held_by))
            program.forbid(program.served(self.scope, besides=self.held_by, hourly=True))

    def explain(self, book: Book) -> str:
        """Who may supply what."""
        what = " and ".join(self.scope.purposes) or "any capacity"
        return f"only {self.held_by} may supply {what} to {book.header.buyer}"
