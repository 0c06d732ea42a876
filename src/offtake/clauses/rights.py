"""What rights share: a holder, a scope, a rank; and being asked before others may sign."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from offtake.book.faults import Fault
from offtake.book.fields import PartyId, Span, Whole
from offtake.book.reach import meet, signed_within, waived
from offtake.book.records import Agreement, Clause
from offtake.book.scope import Scope
from offtake.clauses.values import Ask, Bought, Columns, Tail, WindowWords

if TYPE_CHECKING:
    from offtake.book.force import Book, InForce
    from offtake.clauses.faces import Program


class Right(Clause):
    """A clause that bites on other deals; the holder is the seller unless another is named."""

    holder: PartyId | None = None
    scope: Scope = Scope()
    rank: Whole = 1
    precedence: ClassVar[int] = 9
    splits_purchases: ClassVar[bool] = False
    """Whether a source is also offered without the purposes that the right reaches."""

    @property
    def held_by(self) -> str:
        """The party that holds the right."""
        return self.holder or self.seller

    def spans(self, book: Book) -> tuple[InForce, ...]:
        """When these words are in force."""
        return tuple(term for term in book.terms if term.clause is self)

    def crossed(self, book: Book) -> Iterator[tuple[Right, dt.date]]:
        """Rights of others that reach a lot which this one reaches too, from which day on."""
        for mine in self.spans(book):
            for term in book.terms:
                other = term.clause
                if isinstance(other, Right) and other.held_by != self.held_by:
                    day = meet(book, mine, self.scope, term, other.scope)
                    if day is not None:
                        yield other, day

    def past_holder(self, book: Book) -> Iterator[Agreement]:
        """Agreements signed with others in scope, while this was in force and without a waiver."""
        for term in self.spans(book):
            for agreement in signed_within(book, term, self.scope, self.held_by):
                if not waived(agreement, self):
                    yield agreement

    def can_serve(self, lot: Bought, book: Book) -> bool:
        """Whether the holder could serve that lot in time; where not, it takes none of it."""
        return True


class AskedFirst(Right):
    """A right whose holder is asked, and has a window to answer, before others may sign."""

    window: WindowWords
    reoffer: Span | None = Field(
        default=None,
        description="the window when terms change; for the deal desk, no plan reads it",
    )
    tail: Tail | None = None

    turn: ClassVar[int] = 20
    splits_purchases: ClassVar[bool] = True
    asked: ClassVar[Literal["before bids", "after bids"]] = "after bids"
    codes: ClassVar[dict[str, str]] = {
        "several-rights": "Several holders must be asked about the same lot, one after another in "
        "the order that is named; their windows add up.",
        "equal-rank": "A right of first offer and a right of first refusal of two holders have the "
        "same rank on the same lot, so that both could claim to come first. Give each its rank.",
        "ends-in-plan": "A right ends within the months of the plan. A window that is open, or a "
        "tail that runs, on its last day goes beyond it.",
    }

    def ask(self, program: Program, x: Columns) -> None:
        """Have the holder asked before any of these is signed."""
        program.ask(
            x,
            Ask(
                clause=self.id,
                holder=self.held_by,
                precedence=self.precedence,
                rank=self.rank,
                window=program.window(self.window),
                when=self.asked,
                reoffer=self.reoffer,
                tail=self.tail.length if self.tail else None,
            ),
        )

    def order(self) -> tuple[int, int, str]:
        """Who is asked first: by kind, then by rank."""
        return self.precedence, self.rank, self.id

    def check(self, book: Book) -> Iterator[Fault]:
        """Rights that meet on a lot, and an end that cuts through windows."""
        meeting = {o.id: (o, day) for o, day in self.crossed(book) if isinstance(o, AskedFirst)}
        before = sorted((o for o, _ in meeting.values() if o.order() < self.order()), key=_order)
        if before:
            names = ", then ".join(f"{o.held_by} ({o.id})" for o in (*before, self))
            sentence = f"On some lots several holders are asked, one after another: {names}."
            hint = "their windows add up; ranks and scopes decide the order"
            yield Fault(self.place, "several-rights", sentence, hint, "warning")
        for other in before:
            if other.rank == self.rank and other.precedence != self.precedence:
                sentence = f"{other.id} and {self.id} have rank {self.rank} on the same lots."
                hint = f"see {other.place}; give one of them another rank"
                yield Fault(self.at("rank"), "equal-rank", sentence, hint)
        yield from self._ends(book)

    def _ends(self, book: Book) -> Iterator[Fault]:
        periods = book.header.periods
        last = (periods.start + (periods.length.months - 1)).last
        for term in self.spans(book):
            follows = any(t.clause.id == self.id and t.start > term.end for t in book.terms)
            inside = periods.start.first <= term.end < last
            if inside and not follows and isinstance(term.owner, Agreement):
                tail = f" and a tail of {self.tail.length}" if self.tail else ""
                sentence = (
                    f"{self.id} ends on {term.end}, within the plan: a window of "
                    f"{self.window.length}{tail} can outlast it."
                )
                hint = "say what becomes of a notice that is open on that day"
                yield Fault(self.place, "ends-in-plan", sentence, hint, "warning")


def _order(right: AskedFirst) -> tuple[int, int, str]:
    return right.order()
