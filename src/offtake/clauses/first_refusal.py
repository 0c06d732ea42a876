"""First refusal: what others offer must first be offered to the holder on the same terms.

Of a quantity under the right, the share that the holder takes in a scenario lands with the holder
instead, at the same price, term and region; the rest stays with the third party. The share is what
the book expects of the holder, never a choice of the plan. Building for oneself has no third
party's terms that a holder could match: in the right's reach the plan leaves it out. Modelled on Microsoft's right on OpenAI's
new capacity from 2025-01-21 to 2025-10-28; rank, windows and partial taking follow 18 CFR 284.221(d).
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from offtake.book.fields import Chips, Portion
from offtake.book.force import Book
from offtake.book.record import Record
from offtake.clauses.base import (
    Ask,
    Bought,
    Columns,
    Program,
    Right,
    Span,
    Tail,
    WindowWords,
)


class Expected(Record):
    """One case of what the holder does, and how likely it is."""

    take: Portion
    weight: Portion


class Partial(Record):
    """Taking a part: the least quantity that may be taken."""

    min: Chips


class FirstRefusal(Right):
    """The words of a right of first refusal."""

    kind: Literal["first-refusal"] = "first-refusal"
    window: WindowWords
    reoffer: Span | None = None
    tail: Tail | None = None
    partial: Partial | None = None
    counter: Literal["refusal", "continues"] = "refusal"
    at_expiry: Literal["survives", "lapses"] = "survives"
    able: Chips | None = None
    expected: tuple[Expected, ...] = ()

    precedence: ClassVar[int] = 3
    turn: ClassVar[int] = 20
    splits_purchases: ClassVar[bool] = True
    summary: ClassVar[str] = "the holder may take, on the same terms, what others offer"
    codes: ClassVar[dict[str, str]] = {}

    def cases(self) -> tuple[tuple[float, float], ...]:
        """The share that the holder takes and its probability, case by case."""
        return tuple((float(e.take.value), float(e.weight.value)) for e in self.expected)

    def plan(self, program: Program) -> None:
        """Ask before signing; land the holder's share with the holder."""
        reached = program.bought(self.scope, besides=self.held_by)
        program.forbid(reached.where(lambda lot: lot.lot.own_build))
        x = reached.where(lambda lot: not lot.lot.own_build)
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
                reoffer=self.reoffer,
                tail=self.tail.length if self.tail else None,
            ),
        )
        share = program.case(x)
        if np.any(share > 0):
            self._land(program, x, share)

    def _land(self, program: Program, x: Columns, share: np.ndarray) -> None:
        shape = (len(x), share.size)
        taken = program.columns(
            "landing",
            shape,
            stage="there" if x.index.shape[1] > 1 else "here",
            upper=np.broadcast_to(np.where(share > 0, np.inf, 0.0), shape),
        )
        offered = program.remaining(x) * np.broadcast_to(share, shape)
        gap = offered - program.sum(taken)
        exact = np.array([self._takes_all(lot, share) for lot in x.lots], dtype=bool)
        high = np.broadcast_to(np.where(exact[:, None], 0.0, np.inf), shape)
        program.rows("landing", gap, at_least=0.0, at_most=high)
        self._lumps(program, x, taken, share, np.flatnonzero(~exact))
        program.take(x, taken)

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
        part = np.broadcast_to(share, shape)
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
        program.rows("landing", offered + program.sum(none, most - partly), at_most=most)

    def explain(self, book: Book) -> str:
        """Who must be asked, how long, and for what."""
        what = " and ".join(self.scope.purposes) or "all purposes"
        new = "new capacity" if self.scope.capacity == "new" else "capacity"
        return (
            f"before {book.header.buyer} signs {new} for {what} with others, {self.held_by} "
            f"may take it on the same terms within {self.window.length}"
        )
