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
from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from offtake.book.faults import Code, Fault, Misread
from offtake.book.fields import Chips, DaySpan, Flag, Portion
from offtake.book.force import Book
from offtake.book.record import Record
from offtake.book.samples import DELIVERY, beside_another, of_clause
from offtake.clauses.base import (
    EXPECTED,
    UNSTATED,
    Ask,
    AskedFirst,
    Bought,
    Case,
    Columns,
    Likely,
    Program,
    Tender,
    Weighted,
    contradicts,
    weigh,
)
from offtake.units import Calendar, Duration, Share

HAIR = 0.01
"""Chips. A part of exactly the least that may be taken is taken; a row cannot say "less than"."""

_WORDS = "window: {length: 30 days}, at_expiry: survives"


class Expected(Weighted):
    """One case of what the holder does, and how likely it is."""

    take: Portion = Field(default=Share.of_percent(0), description="the share that it takes")
    answer: Literal["take", "waive", "silent", "counter", "unable"] | None = Field(
        default=None,
        description="what it answers: take where something is taken, else waive, unless stated; "
        "for a rehearsal, no plan reads it",
    )
    fails: Flag = Field(
        default=False,
        description="it takes, and misses the closing; in a plan it takes nothing",
    )

    @property
    def answers(self) -> str:
        """What it answers, stated or not."""
        return self.answer or ("take" if self.take.value > 0 else "waive")

    @property
    def lands(self) -> Decimal:
        """The share that comes to be with the holder."""
        return Decimal(0) if self.fails else self.take.value


class Partial(Record):
    """Taking a part: the least quantity that may be taken."""

    min: Chips


def _any(written: Any) -> Any:
    if written != "any":
        sentence = f"{written[:40]!r} does not say which part may be taken."
        raise Misread(sentence, "unknown-choice", "write any, or {min: 64 chips}")
    return written


def _form(written: Any) -> str:
    return "any" if isinstance(written, str) else "least"


Part = Annotated[
    Annotated[Partial, Tag("least")] | Annotated[Literal["any"], BeforeValidator(_any), Tag("any")],
    Discriminator(_form),
    WithJsonSchema({"anyOf": [{"const": "any"}, Partial.model_json_schema()]}),
]
"""Any part, or a part of at least so many chips. Told apart first, so that one fault is told."""


class FirstRefusal(AskedFirst):
    """The words of a right of first refusal."""

    kind: Literal["first-refusal"] = "first-refusal"
    partial: Part | None = Field(
        default=None,
        description="the part that may be taken: `any`, or `{min: 64 chips}`, at least so many; "
        "unless stated all or nothing, and in a plan any",
    )
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
        **EXPECTED,
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
        "expected-part": Code(
            "A part that may not be taken",
            "The holder is expected to take a part, and the clause does not say that it may. A "
            "plan counts on the part all the same; at the desk the holder takes all or nothing.",
            "State `partial: any`, or the least part; or expect all or nothing.",
            "warning",
            of_clause(
                f"{{kind: first-refusal, {_WORDS}, partial: any, "
                "expected: [{take: 0%, weight: 60%}, {take: 40%, weight: 40%}]}",
                ", partial: any",
                "",
            ),
        ),
    }

    @property
    def least(self) -> int:
        """The chips below which it takes no part; 0 where the words name no such number."""
        return self.partial.min if isinstance(self.partial, Partial) else 0

    def can_serve(self, lot: Bought, book: Book) -> bool:
        """Whether the holder's lead is over by the start, if it answers on the last day to sign."""
        calendar = Calendar.named(self.window.calendar or book.header.calendar)
        return calendar.add(lot.deal, self.lead) <= lot.start.first

    def cases(self, book: Book) -> tuple[Case, ...]:
        """The share that lands with the holder and its probability; equal shares are one case."""
        weights: dict[Decimal, Decimal] = {}
        for e in self.expected:
            weights[e.lands] = weights.get(e.lands, Decimal(0)) + e.weight.value
        return tuple(Case(float(v), float(w), f"{float(v):.0%}") for v, w in weights.items())

    def answers(self, book: Book) -> tuple[Likely, ...]:
        """What the holder answers when it is noticed."""
        return (
            UNSTATED
            if not self.expected
            else tuple(
                Likely(e.answers, e.take.value, e.weight.value, None, e.fails)
                for e in self.expected
            )
        )

    def rule(self, tender: Tender) -> Iterator[Ask]:
        """Have the holder asked, once bids are open, whether it takes what the best one says."""
        for ask in super().rule(tender):
            least = None if self.partial is None else max(1, self.least)
            yield replace(ask, partial=least, mirror=self.counter == "refusal")

    def check(self, book: Book) -> Iterator[Fault]:
        """Cases that sum up, deals that were waived, and rights on the same lots."""
        yield from super().check(book)
        yield from weigh(self, self.expected)
        for case in self.expected:
            yield from self._contradicts(case)
        yield from self._part()
        if self.able is not None and self.able < self.least:
            sentence = f"{self.held_by} is able to serve fewer chips than it must take at least."
            yield Fault(self.at("able"), "able-below-min", sentence, "mend able or partial.min")
        for agreement in self.past_holder(book):
            sentence = (
                f"{agreement.id} was signed with {agreement.seller} on {agreement.known} "
                f"while {self.held_by} had a first refusal on it."
            )
            hint = self.unwaived(agreement)
            yield Fault(agreement.place, "refusal-not-waived", sentence, hint)

    def _part(self) -> Iterator[Fault]:
        """No part is expected of who may take all or nothing; said once."""
        parts = [e for e in self.expected if e.answers == "take" and 0 < e.take.value < 1]
        if parts and self.partial is None:
            took = parts[0].take
            sentence = f"{self.held_by} is expected to take {took}, and may take all or nothing."
            hint = "write partial: any, if it may take a part"
            yield Fault(parts[0].at("take"), "expected-part", sentence, hint, "warning")

    def _contradicts(self, case: Expected) -> Iterator[Fault]:
        takes = case.take.value
        if takes > 1:
            sentence = f"Nobody takes {case.take}."
            yield Fault(case.at("take"), "expected-weights", sentence, "at most 100%")
        if (case.answers == "take") != (takes > 0):
            sentence = f"Who answers {case.answers} does not take {case.take}."
            yield contradicts(case, "answer", sentence, "mend the answer, or what is taken")
        if case.fails and takes == 0:
            sentence = "What is not taken cannot miss its closing."
            yield contradicts(case, "fails", sentence, "state what is taken, or leave fails out")

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
        small = partly.size > 0 and least < self.least
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
        partly = np.where((part > 0) & (part < 1), float(self.least), 0.0)
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
