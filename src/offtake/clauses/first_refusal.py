"""First refusal: what others offer must first be offered to the holder on the same terms.

Of a quantity under the right, the share that the holder takes in a scenario lands with the holder
instead, at the same price, term and region; the rest stays with the third party. The share is what
the book expects of the holder, never a choice of the plan. Building for oneself has no third
party's terms that a holder could match: in the right's reach the plan leaves it out. Modelled on
Microsoft's right on OpenAI's new capacity from 2025-01-21 to 2025-10-28; rank, windows and partial
taking follow 18 CFR 284.221(d).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from offtake.book.faults import Code, Fault
from offtake.book.fields import Chips, DaySpan, Portion
from offtake.book.force import Book
from offtake.book.record import Record
from offtake.book.samples import DELIVERY, beside_another, of_clause
from offtake.clauses.base import AskedFirst, Bought, Case, Columns, Program
from offtake.units import Calendar, Duration

HAIR = 0.01
"""Chips. A part of exactly the least that may be taken is taken; a row cannot say "less than"."""

_WORDS = "window: {length: 30 days}, at_expiry: survives"


class Expected(Record):
    """One case of what the holder does, and how likely it is."""

    take: Portion
    weight: Portion


class Partial(Record):
    """Taking a part: the least quantity that may be taken."""

    min: Chips


class FirstRefusal(AskedFirst):
    """The words of a right of first refusal."""

    kind: Literal["first-refusal"] = "first-refusal"
    partial: Partial | None = None
    counter: Literal["refusal", "continues"] = Field(
        default="refusal",
        description="what a changed answer is; for the deal desk, no plan reads it",
    )
    able: Chips | None = None
    lead: DaySpan = Field(
        default=Duration(0, "days"),
        description="what the holder needs from its answer to service",
    )
    expected: tuple[Expected, ...] = ()

    precedence: ClassVar[int] = 3
    summary: ClassVar[str] = "the holder may take, on the same terms, what others offer"
    codes: ClassVar[dict[str, Code]] = {
        **AskedFirst.codes,
        "refusal-not-waived": Code(
            "Signed past a first refusal",
            "An agreement was signed with somebody else in the scope of a first refusal that was "
            "in force, and carries no waiver of it from that day or before.",
            "Write the waiver, if there is one, with the day on which it was given.",
            example=beside_another(
                f"{{id: first, kind: first-refusal, {_WORDS}}}",
                "on: 2025-02-27",
                "on: 2025-03-02",
                f"{DELIVERY}  waivers: [{{of: cloud-2025/first, on: 2025-02-27}}]\n",
            ),
        ),
        "expected-weights": Code(
            "Cases that do not sum",
            "The weights of what a holder is expected to take sum to 100 %, and nobody takes more "
            "than 100 %.",
            "Mend the weights; add the case in which nothing is taken.",
            example=of_clause(
                f"{{kind: first-refusal, {_WORDS}, "
                "expected: [{take: 0%, weight: 60%}, {take: 40%, weight: 40%}]}",
                "weight: 60%",
                "weight: 50%",
            ),
        ),
        "able-below-min": Code(
            "Able to less than the least",
            "The holder can serve less than the smallest part that it may take.",
            "Mend `able` or `partial.min`.",
            example=of_clause(
                f"{{kind: first-refusal, {_WORDS}, partial: {{min: 64 chips}}, able: 512 chips}}",
                "able: 512",
                "able: 32",
            ),
        ),
    }

    def can_serve(self, lot: Bought, book: Book) -> bool:
        """Whether the holder's lead is over by the start, if it answers on the last day to sign."""
        calendar = Calendar.named(self.window.calendar or book.header.calendar)
        return calendar.add(lot.deal, self.lead) <= lot.start.first

    def cases(self, book: Book) -> tuple[Case, ...]:
        """The share that the holder takes and its probability, case by case."""
        return tuple(
            Case(float(e.take.value), float(e.weight.value), f"{float(e.take.value):.0%}")
            for e in self.expected
        )

    def check(self, book: Book) -> Iterator[Fault]:
        """Cases that sum up, deals that were waived, and rights on the same lots."""
        yield from super().check(book)
        total = sum(e.weight.value for e in self.expected)
        if self.expected and (total != 1 or any(e.take.value > 1 for e in self.expected)):
            sentence = (
                f"The weights of the expected cases sum to {100 * total:g} %, takes to 100 %."
            )
            hint = "let the weights sum to 100%, and each take be at most 100%"
            yield Fault(self.at("expected"), "expected-weights", sentence, hint)
        if self.able is not None and self.partial is not None and self.able < self.partial.min:
            sentence = f"{self.held_by} is able to serve fewer chips than it must take at least."
            yield Fault(self.at("able"), "able-below-min", sentence, "mend able or partial.min")
        for agreement in self.past_holder(book):
            sentence = (
                f"{agreement.id} was signed with {agreement.seller} on {agreement.known} "
                f"while {self.held_by} had a first refusal on it."
            )
            hint = self.unwaived(agreement)
            yield Fault(agreement.place, "refusal-not-waived", sentence, hint)

    def plan(self, program: Program) -> None:
        """Ask before signing; land the holder's share with the holder."""
        reached = program.bought(self.scope, besides=self.held_by)
        program.forbid(reached.where(lambda lot: lot.lot.own_build))
        x = reached.where(lambda lot: not lot.lot.own_build)
        if not len(x):
            return
        self.ask(program, x)
        share = program.case(x)
        if np.any(share > 0):
            self._land(program, x, share)
            self._remainders(program, x, share)

    def _land(self, program: Program, x: Columns, share: np.ndarray) -> None:
        shape = share.shape
        taken = program.columns(
            "landing",
            shape,
            stage="there" if x.index.shape[1] > 1 else "here",
            upper=np.where(share > 0, np.inf, 0.0),
        )
        offered = program.remaining(x) * share
        gap = offered - program.sum(taken)
        exact = np.array([self._takes_all(*each) for each in zip(x.lots, share, strict=True)])
        high = np.broadcast_to(np.where(exact[:, None], 0.0, np.inf), shape)
        program.rows("landing", gap, at_least=0.0, at_most=high)
        self._lumps(program, x, taken, share, np.flatnonzero(~exact))
        program.take(x, taken)

    def _remainders(self, program: Program, x: Columns, share: np.ndarray) -> None:
        """Nothing, or so much that what a holder leaves is a remainder that binds the seller."""
        left = 1.0 - np.where(share < 1, share, 0.0).max(axis=1)
        bound = [
            i
            for i, lot in enumerate(x.lots)
            if left[i] < 1 and lot.smallest * left[i] < lot.remainder_min
        ]
        if not bound:
            return
        least = np.array([[x.lots[i].remainder_min / left[i]] for i in bound])
        most = np.array([[float(x.lots[i].largest)] for i in bound])
        own = Columns(x.index[bound, :1])
        some = program.columns(
            "landing", own.index.shape, stage="here", upper=1.0, integer=True, unit="count"
        )
        low = program.sum(own) - program.sum(some, least)
        high = program.sum(own) - program.sum(some, most)
        program.rows("landing", low, at_least=0.0)
        program.rows("landing", high, at_most=0.0)

    def _takes_all(self, lot: Bought, share: np.ndarray) -> bool:
        """Whether the expected share can be taken whatever the quantity turns out to be."""
        partly = share[(share > 0) & (share < 1)]
        least = float(partly.min(initial=1.0)) * lot.smallest
        small = self.partial is not None and partly.size > 0 and least < self.partial.min
        return not small and self.able is None

    def _lumps(
        self,
        program: Program,
        x: Columns,
        taken: Columns,
        share: np.ndarray,
        inexact: np.ndarray,
    ) -> None:
        """Take the smaller of the share and what the holder can serve; nothing below the minimum.

        `free` says that the holder does not take the whole share, `none` that it takes nothing.
        """
        if not inexact.size:
            return
        some = x.pick(list(inexact))
        z = Columns(taken.index[inexact], some.lots)
        shape = z.index.shape
        part = share[inexact]
        most = np.array([lot.largest for lot in some.lots], dtype=float)[:, None] * part
        offered = program.remaining(some) * part
        capped, none = (
            program.columns(
                "landing",
                shape,
                stage="there" if x.index.shape[1] > 1 else "here",
                upper=1,
                integer=True,
                unit="count",
            )
            for _ in range(2)
        )
        gap = offered - program.sum(z)
        program.rows(
            "landing",
            gap - program.sum(capped, most) - program.sum(none, most),
            at_most=0.0,
        )
        able = float(self.able) if self.able is not None else np.inf
        cap = np.minimum(able, most)
        program.rows("landing", program.sum(z) - program.sum(capped, cap), at_least=0.0)
        program.rows("landing", program.sum(z) + program.sum(none, cap), at_most=cap)
        least = float(self.partial.min) if self.partial is not None else 0.0
        partly = np.where((part > 0) & (part < 1), least, 0.0)
        program.rows("landing", offered + program.sum(none, partly), at_least=partly)
        below = partly - HAIR
        program.rows("landing", offered + program.sum(none, most - below), at_most=most)

    def explain(self, book: Book) -> str:
        """Who must be asked, how long, and for what."""
        what = " and ".join(self.scope.purposes) or "all purposes"
        new = "new capacity" if self.scope.capacity == "new" else "capacity"
        return (
            f"before {book.header.buyer} signs {new} for {what} with others, {self.held_by} "
            f"may take it on the same terms within {self.window.length}"
        )
