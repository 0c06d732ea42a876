"""First offer: the holder is asked before anyone else is approached.

The holder may name a price. Others may then be signed with only at a price that is not above it
(times the ceiling, where the clause states one). A silent holder frees the buyer when the window
closes.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from offtake.book.fields import Portion, UnitPrice
from offtake.book.force import Book
from offtake.clauses.base import Ask, Bought, Program, Right, Span, Tail, WindowWords
from offtake.units import Share


class FirstOffer(Right):
    """The words of a right of first offer."""

    kind: Literal["first-offer"] = "first-offer"
    window: WindowWords
    tail: Tail | None = None
    reoffer: Span | None = None
    price: UnitPrice | None = None
    ceiling: Portion = Share.of_percent(100)

    precedence: ClassVar[int] = 2
    turn: ClassVar[int] = 20
    splits_purchases: ClassVar[bool] = True
    summary: ClassVar[str] = "the holder is asked for an offer before others are approached"
    codes: ClassVar[dict[str, str]] = {}

    def plan(self, program: Program) -> None:
        """Ask before bids are opened; close what costs more than the holder's price allows."""
        x = program.bought(self.scope, besides=self.held_by)
        if not len(x):
            return
        program.ask(
            x,
            Ask(
                clause=self.id,
                holder=self.held_by,
                precedence=self.precedence,
                rank=self.rank,
                window=program.window(self.window),
                when="before bids",
                reoffer=self.reoffer,
                tail=self.tail.length if self.tail else None,
            ),
        )
        if self.price is not None:
            program.forbid(x.where(self._too_dear))

    def _too_dear(self, lot: Bought) -> bool:
        if self.price is None or lot.price is None:
            return False
        return lot.price.amount > self.price.amount * self.ceiling.value

    def explain(self, book: Book) -> str:
        """Who is asked first."""
        what = " and ".join(self.scope.purposes) or "all purposes"
        return (
            f"before {book.header.buyer} approaches others about capacity for {what}, "
            f"{self.held_by} has {self.window.length} to make an offer"
        )
