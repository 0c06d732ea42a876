"""Exclusive: while it is in force, nobody but the holder may supply what it reaches.

Without purposes it bars deals with others; with purposes it bars others' capacity from serving
those purposes (so it was between Microsoft and OpenAI: all computing until January 2025, the API
alone after it).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import Field

from offtake.book.faults import Code, Fault
from offtake.book.force import Book
from offtake.book.samples import CLAUSES, DELIVERY, beside_another
from offtake.clauses.base import (
    EXPECTED,
    UNSTATED,
    Bar,
    Likely,
    Program,
    Right,
    Tender,
    Weighted,
    since,
    weigh,
)


class Approached(Weighted):
    """One case of what the holder answers when it is asked to let others supply."""

    answer: Literal["waive", "silent", "unable"]


class Exclusive(Right):
    """The words of an exclusive right."""

    kind: Literal["exclusive"] = "exclusive"
    expected: tuple[Approached, ...] = Field(
        default=(),
        description="what the holder answers when asked to let others supply; for a rehearsal, "
        "no plan reads it",
    )
    precedence: ClassVar[int] = 1
    summary: ClassVar[str] = "nobody but the holder may supply what it reaches"
    codes: ClassVar[dict[str, Code]] = {
        "expected-weights": EXPECTED["expected-weights"],
        "exclusive-overlap": Code(
            "Two parties alone",
            "Two parties hold an exclusive right on the same lots, for the same purposes, on the "
            "same days. Where one of them comes with an offer it is a warning: the offer cannot "
            "be taken as it stands.",
            "Narrow a scope, or end one of the rights before the other begins.",
            example=beside_another(
                "{kind: exclusive, scope: {purposes: [api]}}",
                "purposes: [training]",
                "purposes: [inference]",
                f"{CLAUSES}  - {{kind: exclusive, scope: {{purposes: [training]}}}}\n",
            ),
        ),
        "exclusive-breached": Code(
            "Signed past an exclusive right",
            "An agreement was signed in the scope of another's exclusive right, while that was in "
            "force and without a waiver of it from that day or before. A right on some of the "
            "book's purposes is not breached by a signature, since it bars service, not deals.",
            "Write the waiver, if there is one; or mend the dates.",
            example=beside_another(
                "{id: alone, kind: exclusive}",
                "on: 2025-02-27",
                "on: 2025-03-02",
                f"{DELIVERY}  waivers: [{{of: cloud-2025/alone, on: 2025-02-27}}]\n",
            ),
        ),
    }

    def check(self, book: Book) -> Iterator[Fault]:
        """No second exclusive right on the same lots, and no deal with others within it."""
        yield from weigh(self, self.expected)
        for other, day in self.crossed(book):
            if isinstance(other, Exclusive) and other.place < self.place:
                sentence = (
                    f"Both {other.held_by} ({other.id}) and {self.held_by} ({self.id}) are "
                    f"exclusive on the same lots{since(day)}."
                )
                hint = f"narrow a scope, or end one of them; the other stands at {other.place}"
                severity = self.grave(other, book)
                yield Fault(self.place, "exclusive-overlap", sentence, hint, severity)
        if not self._everything(book):
            return
        for agreement in self.past_holder(book):
            sentence = (
                f"{agreement.id} was signed with {agreement.seller} on {agreement.known}, "
                f"when {self.held_by} alone might supply this."
            )
            hint = self.unwaived(agreement)
            yield Fault(agreement.place, "exclusive-breached", sentence, hint)

    def _everything(self, book: Book) -> bool:
        """Whether it names no purposes, or all of the book's, so that nothing is left to sign."""
        return book.purposes.expand(self.scope.purposes) == book.purposes.all

    def plan(self, program: Program) -> None:
        """Bar others' deals (no purposes named) or others' service of the named purposes."""
        if self.scope.purposes:
            program.forbid(program.served(self.scope, besides=self.held_by))
        else:
            program.forbid(program.bought(self.scope, besides=self.held_by))
            program.forbid(program.served(self.scope, besides=self.held_by, hourly=True))

    def rule(self, tender: Tender) -> Iterator[Bar]:
        """Nobody else may be approached for what only the holder may serve.

        A lot with a purpose that is left to others may be dealt in for that one.
        """
        days = self.reach(tender)
        if days is not None and tender.bites(self.scope) == tender.lot.purposes:
            sentence = self.explain(tender.book)
            yield Bar(self.id, self.held_by, "written waiver", *days, sentence)

    def answers(self, book: Book) -> tuple[Likely, ...]:
        """What the holder answers when it is asked to let others supply."""
        return (
            UNSTATED
            if not self.expected
            else tuple(Likely(e.answer, Decimal(0), e.weight.value) for e in self.expected)
        )

    def explain(self, book: Book) -> str:
        """Who may supply what."""
        what = " and ".join(self.scope.purposes) or "any capacity"
        return f"only {self.held_by} may supply {what} to {book.header.buyer}"
