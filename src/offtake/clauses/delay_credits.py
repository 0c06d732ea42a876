"""Delay credits: capacity that comes late is paid for only when it comes, and credited by the day.

Modelled on the agreements of IREN with Microsoft (8-K, 2025-11: delay credits, termination on
missed dates) and of Nebius with Meta (6-K, 2025-11: missing the first delivery ends the order,
missing a later one ends that one). How late deliveries are expected to be is for the book to say;
a plan then buys for the case that they are, and knows what the credits are worth.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from offtake.book.faults import Code, Fault
from offtake.book.fields import DaySpan, Portion
from offtake.book.force import Book
from offtake.book.record import Record
from offtake.book.samples import of_clause
from offtake.clauses.base import (
    LOOK_AT_SUPPLY,
    Case,
    Clause,
    Columns,
    Line,
    Program,
    Reckoning,
    Step,
    Supply,
    Told,
    WindowWords,
    chosen_alike,
    priced_since,
    told_of_late,
)
from offtake.units import Calendar, Duration, Month, Share

Numbers = np.ndarray
PER, OF = "day", "monthly fee"
_DAY = dt.timedelta(days=1)


class Late(Record):
    """One case of how late capacity comes, and how likely it is."""

    late: DaySpan
    weight: Portion


class Ending(Record):
    """After how long the buyer may end what has not come."""

    after: DaySpan
    what: Literal["delivery", "agreement"] = "delivery"


class DelayCredits(Clause):
    """The words on capacity that comes late."""

    kind: Literal["delay-credits"] = "delay-credits"
    grace: DaySpan = Duration(0, "days")
    rate: Portion
    cap: Portion = Field(
        default=Share.of_percent(100), description="of the monthly fee of what is late"
    )
    terminate: Ending | None = None
    expected: tuple[Late, ...] = ()
    alike: Portion = Field(
        default=Share.of_percent(5),
        description="how near the needs of two scenarios are that nobody can tell apart",
    )

    turn: ClassVar[int] = LOOK_AT_SUPPLY + 2
    step: ClassVar[Step] = Step.CREDIT
    summary: ClassVar[str] = "late capacity is not paid for, and credited by the day"
    codes: ClassVar[dict[str, Code]] = {
        "delay-rate": Code(
            "Credits of what?",
            "Delay credits are a share of the `monthly fee per day`, up to a `cap` of the monthly "
            "fee.",
            "Convert them.",
            example=of_clause(
                "{kind: delay-credits, rate: 1% of monthly fee per day}", "per day}", "per week}"
            ),
        ),
        "delay-weights": Code(
            "How late, how likely?",
            "The weights of how late deliveries are expected to be sum to 100 %.",
            "Mend the weights; add the case in which they come on time.",
            example=of_clause(
                "{kind: delay-credits, rate: 1% of monthly fee per day, "
                "expected: [{late: 0 days, weight: 60%}, {late: 60 days, weight: 40%}]}",
                "weight: 60%",
                "weight: 50%",
            ),
        ),
        "delay-grace": Code(
            "Ended within grace",
            "The buyer could end what is late before the grace days are over.",
            "Make `terminate.after` longer than `grace`.",
            example=of_clause(
                "{kind: delay-credits, rate: 1% of monthly fee per day, grace: 15 days, "
                "terminate: {after: 60 days, what: delivery}}",
                "after: 60 days",
                "after: 10 days",
            ),
        ),
    }

    def cases(self, book: Book) -> tuple[Case, ...]:
        """How late, by the number of the case; nothing where all deliveries have come."""
        agreement = book.agreements.get(self.of)
        if agreement is not None and not any(d.start > book.known for d in agreement.deliveries):
            return ()
        return tuple(
            Case(float(n), float(e.weight.value), f"{e.late} late" if e.late.count else "on time")
            for n, e in enumerate(self.expected)
        )

    def check(self, book: Book) -> Iterator[Fault]:
        """Shares of the right things, cases that sum up, and days in order."""
        if self.rate.of not in (None, OF) or self.rate.per != PER:
            sentence = f"rate: {self.rate} is not a share of the {OF} per {PER}."
            yield Fault(self.at("rate"), "delay-rate", sentence, f"such as 1% of {OF} per {PER}")
        if self.cap.of not in (None, OF) or self.cap.per is not None:
            sentence = f"cap: {self.cap} is not a share of the {OF}."
            yield Fault(self.at("cap"), "delay-rate", sentence, f"such as 30% of {OF}")
        total = sum(e.weight.value for e in self.expected)
        if self.expected and total != 1:
            sentence = f"The weights of the expected cases sum to {100 * total:g} %."
            yield Fault(self.at("expected"), "delay-weights", sentence, "let them sum to 100%")
        if self.terminate is not None:
            calendar, day = Calendar.named(book.header.calendar), book.header.as_of
            if calendar.add(day, self.terminate.after) < calendar.add(day, self.grace):
                sentence = f"{self.terminate.after} are over before {self.grace} of grace."
                hint = "make terminate.after longer than grace"
                yield Fault(self.terminate.at("after"), "delay-grace", sentence, hint)

    def plan(self, program: Program) -> None:
        """In each scenario the case that holds: capacity later, rent back, credits, endings."""
        if not self.expected:
            return
        stated = np.rint(program.stated()).astype(int)
        supplies = [s for s in program.supplies(self.of) if s.service.any()]
        ahead = [s for s in supplies if s.start > program.grid.as_of and program.holds(s.start)]
        ends: dict[str, list[tuple[dt.date, Columns, np.ndarray]]] = {}
        for n in sorted(set(stated.tolist())):
            late, holds = self.expected[min(n, len(self.expected) - 1)].late, stated == n
            if not late.count:
                continue
            comes = {s.id: _after(program, s.start, late) for s in ahead}
            for supply in ahead:
                own = self._late(program, supply, comes[supply.id], holds)
                end = self._lot_ended(program, supply, comes[supply.id], own)
                if end is not None:
                    ends.setdefault(supply.id, []).append((*end, holds))
            for name, day, own in self._signed_ended(program, supplies, comes, holds):
                ends.setdefault(name, []).append((day, own, holds))
        for found in ends.values():
            self._ended_alike(program, found)

    def _ended_alike(
        self, program: Program, found: list[tuple[dt.date, Columns, np.ndarray]]
    ) -> None:
        """Who ends does not know how late it would have been, nor what will be needed."""
        index = np.zeros((1, len(program.grid.scenarios)), dtype=np.int64)
        for _, own, holds in found:
            index[:, holds] = own.index[:, holds]
        among = {s for _, _, holds in found for s in np.flatnonzero(holds).tolist()}
        days = [found[0][0]]
        chosen_alike(program, "end", Columns(index), days, float(self.alike.value), among)

    def credit(self, program: Program, supply: Supply, arrives: dt.date) -> float:
        """Money credited for one chip, with the monthly fee of the month in which it was due.

        None for what may be bought and is paid as it is used: it has no fee until it is used, and
        buying would else be a way to be paid for lateness.
        """
        if supply.lot is not None and program.metered(self.of):
            return 0.0
        days = max(0, (arrives - _after(program, supply.start, self.grace)).days)
        due = Month.of(supply.start)
        price = program.prices(self.of, [due], since=priced_since(program, supply))[0]
        fee = float(price) * due.hours
        return min(float(self.rate.value) * days, float(self.cap.value)) * fee

    def _late(
        self, program: Program, supply: Supply, arrives: dt.date, holds: np.ndarray
    ) -> Columns:
        """What is late where the case holds: not there, not paid, credited when it comes."""
        missed = _served(program, supply, supply.start, arrives - _DAY)
        cash = -_rent(supply, missed)
        most = np.where(holds, supply.chips, 0.0)[None, :]
        signed = supply.lot is None
        own = program.columns(
            "late",
            most.shape,
            stage="there",
            cash=cash[None, :],
            lower=most if signed else 0.0,
            upper=most,
        )
        if not signed:
            late = program.kept(supply) * holds.astype(float)[:, None]
            program.rows("late", program.by_scenario(own) - late, at_least=0.0, at_most=0.0)
        never = np.array([float(arrives > supply.end)])
        program.withdraw(own, supply, missed[None, :], released=True, gone=never)
        self._credited(program, supply, arrives, own, most)
        return own

    def _credited(
        self,
        program: Program,
        supply: Supply,
        arrives: dt.date,
        late: Columns,
        most: Numbers,
    ) -> None:
        """What is credited in the month in which it comes: for what comes, and is not ended."""
        cash = np.zeros(len(program.grid.months))
        when = Month.of(arrives) - program.grid.months[0]
        if arrives > supply.end or not 0 <= when < cash.size:
            return
        cash[when] = -self.credit(program, supply, arrives)
        own = program.columns("credit", most.shape, stage="there", cash=cash[None, :], upper=most)
        gap = program.by_scenario(own) - program.by_scenario(late)
        program.rows("credit", gap, at_most=0.0)
        comes = _served(program, supply, arrives, supply.end)
        program.while_there(own, supply, when, float(comes[when]))

    def _lot_ended(
        self, program: Program, supply: Supply, arrives: dt.date, late: Columns
    ) -> tuple[dt.date, Columns] | None:
        """Of a lot that is late for too long any part may be ended: it never comes."""
        if supply.lot is None or self.terminate is None:
            return None
        limit = _after(program, supply.start, self.terminate.after)
        if limit >= arrives:
            return None
        left = _served(program, supply, arrives, supply.end)
        cash = -_rent(supply, left)
        own = program.columns("end", late.index.shape, stage="there", cash=cash[None, :])
        program.tell("end", own, supply.id, chips=1.0, by=[None], start=[limit])
        program.rows("end", program.by_scenario(own) - program.by_scenario(late), at_most=0.0)
        comes = np.array([float(arrives <= supply.end)])
        program.withdraw(own, supply, left[None, :], released=True, gone=comes)
        return limit, own

    def _signed_ended(
        self,
        program: Program,
        supplies: list[Supply],
        comes: dict[str, dt.date],
        holds: np.ndarray,
    ) -> Iterator[tuple[str, dt.date, Columns]]:
        """Each signed delivery that is late for too long may be ended, or with the first all."""
        if self.terminate is None:
            return
        signed = [s for s in supplies if s.lot is None]
        missed = [
            (limit, s)
            for s in signed
            if s.id in comes
            and (limit := _after(program, s.start, self.terminate.after)) < comes[s.id]
        ]
        if missed and self.terminate.what == "agreement":
            first = min(day for day, _ in missed)
            yield self.of, first, self._end(program, first, signed, comes, holds)
        elif self.terminate.what == "delivery":
            for limit, supply in missed:
                yield supply.id, limit, self._end(program, limit, [supply], comes, holds)

    def _end(
        self,
        program: Program,
        limit: dt.date,
        supplies: list[Supply],
        comes: dict[str, dt.date],
        holds: np.ndarray,
    ) -> Columns:
        """From that day none of these serves or is paid; what has not come brings no credit."""
        cash = np.zeros(len(program.grid.months))
        parts = []
        for supply in supplies:
            arrives = comes.get(supply.id, supply.start)
            left = _served(program, supply, max(limit, arrives), supply.end)
            cash -= supply.chips * _rent(supply, left)
            ends = max(limit, arrives) <= supply.end
            parts.append((supply, supply.chips * left, np.array([supply.chips * ends])))
        own = program.columns(
            "end",
            (1, holds.size),
            stage="there",
            unit="count",
            cash=cash[None, :],
            upper=holds.astype(float)[None, :],
            integer=True,
        )
        for supply, left, gone in parts:
            program.withdraw(own, supply, left[None, :], released=True, gone=gone)
        what = supplies[0].id if len(supplies) == 1 else self.of
        chips = sum(s.chips for s in supplies)
        program.tell("end", own, what, chips=chips, by=[None], start=[limit])
        return own

    def settle(self, month: Reckoning) -> Iterator[Line | Told]:
        """The credit of what came late, or never; and rights to end that arose."""
        yield from told_of_late(self, month)

    def explain(self, book: Book) -> str:
        """What a late day costs the seller, and when the buyer may go."""
        grace = f" after {self.grace} of grace" if self.grace.count else ""
        end = ""
        if self.terminate is not None:
            what = "that delivery" if self.terminate.what == "delivery" else "all of it"
            end = f"; after {self.terminate.after} {book.header.buyer} may end {what}"
        return (
            f"what {self.seller} delivers late under {self.of} is credited {self.rate}{grace}, up "
            f"to {self.cap}{end}"
        )


def _after(program: Program, start: dt.date, length: Duration) -> dt.date:
    """The day on which a length of time after a start is over, on the book's calendar."""
    return program.window(WindowWords(length=length)).calendar.add(start, length)


def _served(program: Program, supply: Supply, first: dt.date, last: dt.date) -> Numbers:
    """Of each month's days the share on which a supply serves, from `first` to `last`."""
    start, end = max(first, supply.start), min(last, supply.end)
    out = np.zeros(len(program.grid.months))
    for t in np.flatnonzero(supply.service > 0):
        month = program.grid.months[t]
        days = (min(month.last, end) - max(month.first, start)).days + 1
        out[t] = max(0, days) / month.days
    return out


def _rent(supply: Supply, part: Numbers) -> Numbers:
    """What one chip pays in a part of its service."""
    share = np.divide(part, supply.service, out=np.zeros_like(part), where=part > 0)
    return np.asarray(supply.rent * share)
