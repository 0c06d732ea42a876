"""First offer: the holder is asked before anyone else is approached.

The holder may name a price. Others may then be signed with only at a price that is not above it
(times the ceiling, where the clause states one). A silent holder frees the buyer when the window
closes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import Field

from offtake.book.faults import Code, Fault
from offtake.book.fields import Portion, UnitPrice
from offtake.book.force import Book
from offtake.book.samples import of_clause
from offtake.clauses.base import (
    EXPECTED,
    UNSTATED,
    Ask,
    AskedFirst,
    Bought,
    Likely,
    Program,
    Tender,
    Weighted,
    contradicts,
    weigh,
)
from offtake.units import Share

_WORDS = "window: {length: 30 days}, at_expiry: lapses"


class Answered(Weighted):
    """One case of what the holder answers, and how likely it is. No plan reads it."""

    answer: Literal["offer", "waive", "silent", "unable"]
    price: UnitPrice | None = Field(
        default=None, description="what it offers at; the clause's own price unless stated"
    )


class FirstOffer(AskedFirst):
    """The words of a right of first offer."""

    kind: Literal["first-offer"] = "first-offer"
    price: UnitPrice | None = None
    ceiling: Portion = Share.of_percent(100)
    expected: tuple[Answered, ...] = Field(
        default=(), description="what the holder answers; for a rehearsal, no plan reads it"
    )

    precedence: ClassVar[int] = 2
    asked: ClassVar[Literal["before bids", "after bids"]] = "before bids"
    summary: ClassVar[str] = "the holder is asked for an offer before others are approached"
    codes: ClassVar[dict[str, Code]] = {
        **AskedFirst.codes,
        **EXPECTED,
        "first-offer-price": Code(
            "A price of what?",
            "The price that a holder of a first offer names is per chip-hour.",
            "Convert it, and write its source.",
            example=of_clause(
                f"{{kind: first-offer, {_WORDS}, price: 2 USD per chip-hour}}",
                "e: 2 USD per chip-hour}",
                "e: 1500 USD per chip-month}",
            ),
        ),
        "ceiling-without-price": Code(
            "A ceiling on nothing",
            "A ceiling is stated, but no price of the holder to which it could be applied.",
            "State the holder's `price`, or leave the ceiling out.",
            example=of_clause(
                f"{{kind: first-offer, {_WORDS}, price: 2 USD per chip-hour, ceiling: 105%}}",
                "price: 2 USD per chip-hour, ",
                "",
            ),
        ),
    }

    def check(self, book: Book) -> Iterator[Fault]:
        """A price that can be compared with others', and rights on the same lots."""
        yield from super().check(book)
        if self.price is not None and self.price.per != "chip-hour":
            sentence = f"The price of a first offer is not per {self.price.per}."
            yield Fault(self.at("price"), "first-offer-price", sentence, "write it per chip-hour")
        if self.price is None and self.ceiling.value != 1:
            sentence = "The ceiling has no price to which it could be applied."
            hint = "state the holder's price, or leave the ceiling out"
            yield Fault(self.at("ceiling"), "ceiling-without-price", sentence, hint)
        yield from weigh(self, self.expected)
        for case in self.expected:
            yield from self._contradicts(case)

    def _contradicts(self, case: Answered) -> Iterator[Fault]:
        offers = case.answer == "offer"
        if case.price is not None and case.price.per != "chip-hour":
            sentence = f"The price of a first offer is not per {case.price.per}."
            yield Fault(case.at("price"), "first-offer-price", sentence, "write it per chip-hour")
        if offers and case.price is None and self.price is None:
            sentence = "An offer is expected, and neither the case nor the clause has a price."
            yield contradicts(case, "answer", sentence, "state the price that it offers")
        if case.price is not None and not offers:
            sentence = f"Who answers {case.answer} names no price."
            yield contradicts(case, "price", sentence, "answer: offer, or leave the price out")

    def answers(self, book: Book) -> tuple[Likely, ...]:
        """What the holder answers when it is asked for an offer."""
        return (
            UNSTATED
            if not self.expected
            else tuple(
                Likely(
                    e.answer,
                    Decimal(0),
                    e.weight.value,
                    (e.price or self.price) if e.answer == "offer" else None,
                )
                for e in self.expected
            )
        )

    def rule(self, tender: Tender) -> Iterator[Ask]:
        """Have the holder asked for an offer before anybody else is approached."""
        for ask in super().rule(tender):
            yield replace(ask, ceiling=self.ceiling.value)

    def plan(self, program: Program) -> None:
        """Ask before bids are opened; close what costs more than the holder's price allows."""
        x = program.bought(self.scope, besides=self.held_by)
        if not len(x):
            return
        self.ask(program, x)
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
