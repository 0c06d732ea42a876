"""Take-or-pay: a share of what is contracted is paid whether it is used or not.

For each measured period the buyer pays for at least `share` of the chip-hours contracted in it, at
the agreement's price. With `make_up`, what was paid for and not used may be used later without
paying again, once a later period's own floor is reached: the oldest balance first, until it
expires. Measured floors of this form are usual in gas and power supply and in compute contracts
whose invoice follows use.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import field_validator

from offtake.book.faults import Code, Fault
from offtake.book.fields import Portion
from offtake.book.force import Book
from offtake.book.samples import of_clause
from offtake.clauses.base import (
    HOUR,
    MEASURED_MONTHS,
    Carry,
    Clause,
    Columns,
    Dated,
    Line,
    Program,
    Reckoning,
    Served,
    Span,
    Step,
    Told,
    chip_hours,
    first_of_period,
    measured_periods,
    number,
    period_ends,
    period_name,
)
from offtake.units import Duration, Month, parse_month

Period = list[int]
"""Positions of its months in the plan."""
_KEPT = "unused"
"""Balances are carried as `unused 2025-01 until 2025-07`: by texts, the oldest comes first."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """Of the days of a period so far; `floor` is exact, and may change its share."""

    contracted: Fraction
    excused: Fraction
    taken: Fraction
    floor: Fraction
    charged: Fraction
    """In money, for what was taken; the others are chip-seconds."""

    @classmethod
    def so_far(cls, month: Reckoning, share: Fraction) -> _Counted:
        """What was carried, and the days of this month."""
        days = month.days
        contracted, excused = sum(d.contracted for d in days), sum(d.excused for d in days)
        return cls(
            month.opening("contracted") + contracted,
            month.opening("excused") + excused,
            month.opening("taken") + sum(d.taken for d in days),
            month.opening("floor") + share * (contracted - excused),
            month.opening("charged") + sum(_charge(d) for d in days),
        )

    def carried(self, *, over: bool) -> Iterator[Carry]:
        """For the rest of the period; nothing once it is over."""
        for name in ("contracted", "excused", "taken", "floor", "charged"):
            amount = Fraction(0) if over else getattr(self, name)
            yield Carry(name, amount, "money" if name == "charged" else "chip-seconds")


class TakeOrPay(Clause):
    """The words of a take-or-pay clause."""

    kind: Literal["take-or-pay"] = "take-or-pay"
    share: Portion
    measured: Literal["month", "quarter", "year"] = "month"
    make_up: Span | None = None

    step: ClassVar[Step] = Step.SHORTFALL
    summary: ClassVar[str] = "a share of what is contracted is paid, used or not"
    codes: ClassVar[dict[str, Code]] = {
        "pays-twice": Code(
            "Paid twice",
            "Take-or-pay binds an invoice that follows use. Where billing is `reserved`, as it is "
            "unless stated, all of it is paid already, and the clause would have it paid again.",
            "Write `billing: used`, or leave the clause out.",
            example=of_clause("{kind: take-or-pay, share: 90%}", "  billing: used\n", ""),
        ),
        "floor-too-high": Code(
            "More than there is",
            "Take-or-pay asks for more than 100 % of what is contracted.",
            "Mend the share.",
            example=of_clause("{kind: take-or-pay, share: 90%}", "90%", "190%"),
        ),
        "make-up-too-short": Code(
            "No time to make up",
            "`make_up` is shorter than the period that is measured, so that nothing could ever be "
            "made up in a whole period.",
            "Lengthen `make_up`, or measure a shorter period.",
            example=of_clause(
                "{kind: take-or-pay, share: 90%, measured: quarter, make_up: 6 months}",
                "6 months",
                "2 months",
            ),
        ),
    }

    @field_validator("make_up")
    @classmethod
    def _in_months(cls, value: Duration | None) -> Duration | None:
        if value is not None:
            _ = value.months
        return value

    def check(self, book: Book) -> Iterator[Fault]:
        """Billing that follows use, a floor that can be met, make-up that can happen."""
        owner = book.agreements.get(self.of) or book.offers.get(self.of)
        if owner is not None and owner.billing == "reserved":
            sentence = f"{self.of} is billed as reserved, so take-or-pay would be paid twice."
            yield Fault(self.place, "pays-twice", sentence, "write billing: used, or leave it out")
        if self.share.value > 1:
            sentence = f"{self.share.percent:g} % of what is contracted cannot be taken."
            yield Fault(self.at("share"), "floor-too-high", sentence, "write at most 100%")
        if self.make_up is not None and self.make_up.months < MEASURED_MONTHS[self.measured]:
            sentence = f"{self.make_up} hold no whole {self.measured} in which to make up."
            hint = f"write at least {Duration(MEASURED_MONTHS[self.measured], 'months')}"
            yield Fault(self.at("make_up"), "make-up-too-short", sentence, hint)

    def plan(self, program: Program) -> None:
        """A shortfall at the agreement's price; with `make_up`, later use that is paid already."""
        force = program.in_force(of_life=True)
        periods = measured_periods(program.grid.months, force, self.measured)
        if not periods or not program.metered(self.of):
            return
        contracted = program.contracted(self.of) * (force * float(self.share.value))
        over = (program.used(self.of) * force - contracted).over(periods)
        shape = (len(periods), len(program.grid.scenarios))
        short = program.columns(
            "shortfall",
            shape,
            stage="there",
            unit="chip-hours",
            cash=self._paid(program, [p[-1] for p in periods]),
        )
        over = over + program.by_scenario(short)
        if self.make_up is None:
            program.rows("floor", over, unit="chip-hours", at_least=0.0)
            return
        above = program.columns("make-up", shape, stage="there", unit="chip-hours")
        over = over - program.by_scenario(above)
        program.rows("floor", over, unit="chip-hours", at_least=0.0, at_most=0.0)
        self._made_up(program, periods, short, above)
        self._either(program, periods, force, short, above)

    def _paid(self, program: Program, when: list[int]) -> np.ndarray[Any, Any]:
        """One chip-hour at the agreement's price in each of these months."""
        cash = np.zeros((len(when), len(program.grid.months)))
        cash[np.arange(len(when)), when] = program.prices(self.of)[when]
        return cash

    def _made_up(
        self, program: Program, periods: list[Period], short: Columns, above: Columns
    ) -> None:
        """Free chip-hours: paid for in one period, used above the floor of a later one.

        Which balance is used is left to the plan. Taking the oldest first, and taking it at once,
        can never cost more, so the cheapest plan costs what the contract's rule makes it cost.
        """
        assert self.make_up is not None
        lasts = self.make_up.months
        pairs = [
            (p, q)
            for p, paid in enumerate(periods)
            for q, later in enumerate(periods)
            if p < q and later[-1] <= paid[-1] + lasts
        ]
        if not pairs:
            return
        made = program.columns(
            "make-up",
            (len(pairs), len(program.grid.scenarios)),
            stage="there",
            unit="chip-hours",
            cash=-self._paid(program, [periods[q][-1] for _, q in pairs]),
        )
        for end, limit in ((0, short), (1, above)):
            groups = [
                [i for i, pair in enumerate(pairs) if pair[end] == n] for n in range(len(limit))
            ]
            total = program.by_scenario(made).over(groups) - program.by_scenario(limit)
            program.rows("make-up", total, unit="chip-hours", at_most=0.0)

    def _either(
        self,
        program: Program,
        periods: list[Period],
        force: np.ndarray[Any, Any],
        short: Columns,
        above: Columns,
    ) -> None:
        """No period is both under and over its floor.

        Without this a plan could, in a period above the floor, use up a balance that is about to
        expire and pay the same sum again as a new "shortfall": no money changes hands, and the
        balance would live for ever. No linear row excludes that, so each period has a switch.
        """
        shape = short.index.shape
        switch = program.columns(
            "make-up", shape, stage="there", unit="count", upper=1.0, integer=True
        )
        most = program.most(self.of) * force
        bound = np.array([[most[p].sum()] for p in periods])
        floor = bound * float(self.share.value)
        program.rows(
            "make-up",
            program.sum(short) - program.sum(switch, floor),
            unit="chip-hours",
            at_most=0.0,
        )
        rest = bound - floor
        program.rows(
            "make-up",
            program.sum(above) + program.sum(switch, rest),
            unit="chip-hours",
            at_most=rest,
        )

    def settle(self, month: Reckoning) -> Iterator[Line | Carry | Told]:
        """At the end of a period what is short, or what is made up; then what has expired."""
        if not month.days:
            return
        counted = _Counted.so_far(month, Fraction(self.share.value))
        over = month.ends(self.measured)
        if over and counted.taken < counted.floor:
            yield from self._short(month, counted)
        elif over:
            yield from self._free(month, counted)
        yield from counted.carried(over=over)
        if month.days[-1].day == min(month.month.last, month.life[1]):
            yield from self._expired(month)

    def _short(self, month: Reckoning, counted: _Counted) -> Iterator[Line | Carry]:
        """What is paid and not used, and kept as a balance where it can be made up."""
        short, price = counted.floor - counted.taken, month.days[-1].price or Fraction(0)
        floor = f"{number(counted.floor / HOUR)} floor"
        contracted = counted.contracted - counted.excused
        if counted.floor == Fraction(self.share.value) * contracted:
            floor = f"{number(counted.contracted / HOUR)} contracted"
            if counted.excused:
                floor = f"({floor} − {number(counted.excused / HOUR)} excused)"
            floor = f"{self.share} × {floor}"
        yield month.line(
            f"not taken in {period_name(month.month, self.measured)}",
            short / HOUR * price,
            f"{floor} − {number(counted.taken / HOUR)} taken = {chip_hours(short)}, "
            f"× {number(price)} {month.currency}",
            account="shortfall",
            quantity=round(short),
            price=price,
            first=first_of_period(month.month, self.measured, month.life),
        )
        if self.make_up is not None:
            until = month.month + self.make_up.months
            yield Carry(f"{_KEPT} {month.month} until {until}", short, "chip-seconds")

    def _free(self, month: Reckoning, counted: _Counted) -> Iterator[Line | Carry]:
        """What is taken above the floor is free while balances last, the oldest first.

        What was charged for it comes back: the period's mean price, or it would not be free.
        """
        above = counted.taken - counted.floor
        price = counted.charged * HOUR / counted.taken if counted.taken else Fraction(0)
        for name, paid, until in _balances(month):
            kept = month.opening(name)
            made = min(kept, above) if month.month <= until else Fraction(0)
            if not made:
                continue
            above -= made
            yield month.line(
                f"made up from {period_name(paid, self.measured)}",
                -made / HOUR * price,
                f"{chip_hours(made)} above the floor, of {number(kept / HOUR)} paid and not used, "
                f"× {number(price)} {month.currency}",
                account="shortfall",
                quantity=-round(made),
                price=price,
                first=first_of_period(month.month, self.measured, month.life),
                causes=[f"{month.agreement.id}/{paid}"],
            )
            yield Carry(name, kept - made, "chip-seconds")

    def _expired(self, month: Reckoning) -> Iterator[Carry | Told]:
        """Balances that no later period can use any more; all of them when the clause ends."""
        ends = Month.of(month.life[1]) == month.month
        for name, paid, until in _balances(month):
            if until <= month.month or ends:
                yield month.told(
                    f"{chip_hours(month.opening(name))} that were paid for in "
                    f"{period_name(paid, self.measured)} and not used can no longer be made up."
                )
                yield Carry(name, Fraction(0), "chip-seconds")

    def dates(self, book: Book, life: tuple[dt.date, dt.date]) -> Iterator[Dated]:
        """The last day of each period that is measured; a month ends by itself."""
        if self.measured != "month":
            for name, day in period_ends(self.measured, life):
                yield Dated(
                    f"end of {name}",
                    day,
                    f"last day to take what counts for {name} under {self.of}",
                )

    def explain(self, book: Book) -> str:
        """What is paid in any case, and what comes of it later."""
        later = (
            f"; what is paid and not used can be used within {self.make_up}" if self.make_up else ""
        )
        return (
            f"{book.header.buyer} pays {self.seller} for at least {self.share} of what {self.of} "
            f"contracts in each {self.measured}, used or not{later}"
        )


def _charge(day: Served) -> Fraction:
    """Of what was taken on a day, at its price."""
    return (day.price or Fraction(0)) * day.taken / HOUR


def _balances(month: Reckoning) -> list[tuple[str, Month, Month]]:
    """Names of balances, the month in which each was paid, and the last one that can use it."""
    found = []
    for name in month.names():
        if name.startswith(_KEPT):
            _, paid, _, until = name.split()
            found.append((name, parse_month(paid), parse_month(until)))
    return found
