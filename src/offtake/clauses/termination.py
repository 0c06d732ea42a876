"""Termination: the buyer may end an agreement, or one delivery of it, before its time, for a fee.

Modelled on termination for convenience in United States government contracts (48 CFR 52.249-2) and
on early-termination fees in capacity and power contracts, which ask for a share of what would still
have been paid. Ending because the other side failed is not a price but a remedy: see delay-credits.

What is ended no longer serves and is no longer paid; take-or-pay floors, tiers and credits of
prepayments follow what is left. A sum that was prepaid and not yet credited is lost with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from offtake.book.faults import Code, Fault, Place
from offtake.book.fields import Day, DaySpan, Portion, Sum
from offtake.book.force import Book, short
from offtake.book.records import Agreement, Delivery
from offtake.book.samples import of_clause, of_offer
from offtake.clauses.base import (
    HOUR,
    LOOK_AT_SUPPLY,
    Clause,
    Columns,
    Line,
    Program,
    Reckoning,
    Step,
    Supply,
    Told,
    chip_hours,
    chosen_alike,
    days_in,
    notice_day,
    number,
    price_on,
    priced_since,
)
from offtake.units import Duration, Month, Share
from offtake.units.instants import NS

Numbers = np.ndarray
NO_NOTICE = Duration(0, "days")
OF = "remaining value"
_DAY = dt.timedelta(days=1)


class Termination(Clause):
    """The words of a right to end early."""

    kind: Literal["termination"] = "termination"
    by: Literal["buyer", "seller", "either"] = "buyer"
    what: Literal["agreement", "delivery"] = "agreement"
    notice: DaySpan = NO_NOTICE
    from_: Day | None = Field(
        default=None, alias="from", description="first day that may be without service"
    )
    until: Day | None = Field(default=None, description="last day that may be the first without")
    fee: Portion | None = Field(default=None, description="of what would still have been paid")
    fee_sum: Sum | None = Field(default=None, description="due in any case, once")
    alike: Portion = Field(
        default=Share.of_percent(5),
        description="how near the needs of two scenarios are that nobody can tell apart",
    )

    turn: ClassVar[int] = LOOK_AT_SUPPLY + 4
    step: ClassVar[Step] = Step.CHARGE
    summary: ClassVar[str] = "an agreement or a delivery may be ended before its time, for a fee"
    codes: ClassVar[dict[str, Code]] = {
        "fee-of-what": Code(
            "A fee of what?",
            "The fee for ending early is a share of the `remaining value`, at most 100 % of it; a "
            "sum that is due in any case is `fee_sum`.",
            "Write a plain percentage, or one of that.",
            example=of_clause(
                "{kind: termination, notice: 90 days, fee: 25% of remaining value}",
                "of remaining value",
                "of paid value",
            ),
        ),
        "fee-sum-of-offer": Code(
            "One sum for many deals",
            "`fee_sum` is one sum for one agreement. An offer may be taken many times and in "
            "parts, so its fee is a share of the remaining value.",
            "Write a `fee` of the remaining value.",
            example=of_offer(
                "{kind: termination, fee: 25% of remaining value}",
                "fee: 25% of remaining value",
                "fee_sum: 2 M USD",
            ),
        ),
        "termination-span": Code(
            "No day to end it",
            "No day is left on which the agreement could be ended: `from` and `until` cross, or "
            "lie outside its life.",
            "Mend the days.",
            example=of_clause("{kind: termination, from: 2026-01-01}", "2026-01-01", "2027-01-01"),
        ),
    }

    def check(self, book: Book) -> Iterator[Fault]:
        """A fee of the right thing, and days on which it can be used."""
        fee = self.fee
        if fee is not None and (fee.of not in (None, OF) or fee.per is not None or fee.value > 1):
            sentence = f"{fee} is not a share of the {OF}."
            yield Fault(self.at("fee"), "fee-of-what", sentence, f"such as 25% of {OF}")
        # As signed: what ended before the window opened has words that are no fault.
        agreement = (book.written or book.agreements).get(self.of)
        if agreement is None and self.fee_sum is not None:
            sentence = f"{self.of} is an offer, so {self.fee_sum} would be due for any part of it."
            yield Fault(self.at("fee_sum"), "fee-sum-of-offer", sentence, f"write a fee of {OF}")
        first = self.from_ or (agreement.from_ if agreement else None)
        last = self.until or (agreement.until if agreement else None)
        outside = agreement is not None and first is not None and first > agreement.until
        if first is not None and last is not None and (first > last or outside):
            sentence = f"{self.of} could be ended from {first} only until {last}."
            yield Fault(self.place, "termination-span", sentence, "mend from or until")

    def plan(self, program: Program) -> None:
        """One choice by month: whole for what is signed, in chips for what is bought."""
        if self.by == "seller":
            return
        supplies = program.supplies(self.of)
        signed = [s for s in supplies if s.lot is None]
        if signed and self.what == "agreement":
            self._whole(program, signed)
        elif signed:
            for supply in signed:
                self._whole(program, [supply])
        for supply in supplies:
            if supply.lot is not None:
                self._chips(program, supply)

    def months(self, program: Program, supplies: Sequence[Supply]) -> list[tuple[int, dt.date]]:
        """Months from which service may be over, each with the last day for its notice."""
        found = []
        for t, month in enumerate(program.grid.months):
            effect = month.first
            within = (self.from_ is None or self.from_ <= effect) and (
                self.until is None or effect <= self.until
            )
            serves = any(s.service[t:].any() and s.start < effect for s in supplies)
            lot = supplies[0].lot
            day = notice_day(program, effect, self.notice, lot=lot) if within and serves else None
            if day is not None:
                found.append((t, day))
        return found

    def saved(self, program: Program, supply: Supply, t: int) -> tuple[Numbers, Numbers]:
        """For one chip ended from month t: chips out of service and cash, by month."""
        grid = program.grid
        parts = np.where(np.arange(len(grid.months)) >= t, supply.service, 0.0)
        cash = -np.where(parts > 0, supply.rent, 0.0)
        if self.fee is not None:
            cash[t] += float(self.fee.value) * self.remaining(program, supply, t)
        return parts, cash

    def remaining(self, program: Program, supply: Supply, t: int) -> float:
        """What one chip would still have paid from month t, beyond the plan too."""
        first = program.grid.months[t]
        months = [first + n for n in range(Month.of(supply.end) - first + 1)]
        prices = program.prices(self.of, months, since=priced_since(program, supply))
        days = np.array([days_in(m, supply.start, supply.end) for m in months])
        return float(prices @ (24.0 * days))

    def _whole(self, program: Program, supplies: Sequence[Supply]) -> None:
        """All of it ends from one month, or it does not end."""
        months = self.months(program, supplies)
        if not months:
            return
        scenarios = len(program.grid.scenarios)
        cash = np.zeros((len(months), len(program.grid.months)))
        taken: list[tuple[Supply, Numbers]] = []
        for supply in supplies:
            parts = np.zeros_like(cash)
            for row, (t, _) in enumerate(months):
                part, paid = self.saved(program, supply, t)
                parts[row], cash[row] = part * supply.chips, cash[row] + paid * supply.chips
            taken.append((supply, parts))
        for row, (t, _) in enumerate(months):
            cash[row, t] += float(self.fee_sum.amount) if self.fee_sum is not None else 0.0
        own = program.columns(
            "end",
            (len(months), scenarios),
            stage="there",
            unit="count",
            cash=cash,
            upper=1.0,
            integer=True,
        )
        for supply, parts in taken:
            program.withdraw(own, supply, parts, released=True)
        days = [day for _, day in months]
        since = [program.grid.months[t].first for t, _ in months]
        what = supplies[0].id if len(supplies) == 1 else self.of
        chips = sum(s.chips for s in supplies)
        program.tell("end", own, what, chips=chips, by=days, start=since)
        once = program.by_scenario(own).over([list(range(len(months)))])
        program.rows("end", once, unit="count", at_most=1.0)
        self._alike(program, own, months)

    def _chips(self, program: Program, supply: Supply) -> None:
        """Chips of a lot end from each month; together no more than stay with its seller."""
        months = self.months(program, [supply])
        if not months:
            return
        found = [self.saved(program, supply, t) for t, _ in months]
        own = program.columns(
            "end",
            (len(months), len(program.grid.scenarios)),
            stage="there",
            cash=np.array([cash for _, cash in found]),
        )
        parts = np.array([part for part, _ in found])
        program.withdraw(own, supply, parts, released=True)
        days = [day for _, day in months]
        since = [program.grid.months[t].first for t, _ in months]
        program.tell("end", own, supply.id, chips=1.0, by=days, start=since)
        ended = program.by_scenario(own).over([list(range(len(months)))])
        program.rows("end", ended - program.kept(supply), at_most=0.0)
        self._alike(program, own, months)

    def _alike(self, program: Program, own: Columns, months: list[tuple[int, dt.date]]) -> None:
        chosen_alike(program, "notice", own, [day for _, day in months], float(self.alike.value))

    # --- in a settlement ---------------------------------------------------------------------

    def settle(self, month: Reckoning) -> Iterator[Line | Told]:
        """When it may be used, once; the fee, in the month of the last day of what was ended."""
        book, held = month.book, {day.day for day in month.days}
        yield from self._opens(month, held)
        signed = (book.written or book.agreements)[self.of]
        whole = month.agreement.ended
        records: tuple[Agreement | Delivery, ...] = (signed, *signed.deliveries)
        for record in records:
            if record.ended is None or record.ended > min(book.known, record.until or signed.until):
                continue
            last = max(record.ended - _DAY, signed.from_)
            if last not in held:
                continue
            each = [record] if isinstance(record, Delivery) else signed.deliveries
            left = [
                (d, max(record.ended, d.start), min(d.until or signed.until, signed.until))
                for d in each
                if record is d or d.ended is None or whole is None or d.ended > whole
            ]
            left = [(d, first, last) for d, first, last in left if first <= last]
            if record.ended_by == short(self):
                yield from self._owed(month, left, last, record.at("ended"))
            elif record.ended_by is None and left:
                sentence = f"{record.id} was ended on {record.ended} under no clause that is named"
                yield month.told(f"{sentence}: no fee is charged.")

    def _opens(self, month: Reckoning, held: set[dt.date]) -> Iterator[Told]:
        """The right that arises on the first day that these words allow. Nobody has used it."""
        begun = min(t.start for t in month.book.terms_of[self.of] if t.clause is self)
        first = max(begun, self.from_ or begun)
        if first in held and (self.until is None or first <= self.until):
            yield month.told(f"{self._said(month.buyer, first)}.")

    def _owed(
        self,
        month: Reckoning,
        left: list[tuple[Delivery, dt.date, dt.date]],
        last: dt.date,
        place: Place,
    ) -> Iterator[Line | Told]:
        """What is due on the last day, for these deliveries and the days that each lost."""
        sides = month.buyer, month.agreement.seller
        payer, payee = sides if self.by != "seller" else sides[::-1]
        money = month.currency
        if self.fee is not None:
            lasting = month.book.unended(self.of)
            for delivery, start, end in left:
                found = _remaining(lasting, month, delivery, start, end)
                if found is None:
                    yield month.told(f"{self.of} states no price: no share of it is charged.")
                    return
                value, seconds = found
                share = Fraction(self.fee.value)
                yield month.line(
                    f"fee for ending {delivery.id}",
                    share * value,
                    f"{number(100 * share)}% × {number(value)} {money}, what "
                    f"{chip_hours(seconds)} from {start} to {end} would have cost",
                    account="fee",
                    payer=payer,
                    payee=payee,
                    delivery=delivery.id,
                    first=last,
                    last=last,
                    causes=(str(place),),
                )
        if self.fee_sum is not None:
            owed = Fraction(self.fee_sum.in_units())
            what = left[0][0].id if len(left) == 1 else self.of
            yield month.line(
                f"fee for ending {what}",
                owed,
                f"{number(owed)} {money}, once",
                account="fee",
                payer=payer,
                payee=payee,
                first=last,
                last=last,
                causes=(str(place),),
            )

    def explain(self, book: Book) -> str:
        """Who may end what, with how much notice, for what."""
        return self._said(book.header.buyer, self.from_)

    def _said(self, buyer: str, first: dt.date | None) -> str:
        who = {"buyer": buyer, "seller": self.seller}.get(self.by, "either side")
        what = self.of if self.what == "agreement" else f"each delivery under {self.of}"
        since = f" from {first}" if first else ""
        if self.until is not None:
            since = f" on {self.until}" if self.until == first else f"{since} to {self.until}"
        notice = f", with {self.notice} of notice" if self.notice.count else ""
        fees = [str(f) for f in (self.fee, self.fee_sum) if f is not None]
        fee = f", for {' and '.join(fees)}" if fees else ", for nothing"
        return f"{who} may end {what} early{since}{notice}{fee}"


def _remaining(
    book: Book, month: Reckoning, delivery: Delivery, first: dt.date, last: dt.date
) -> tuple[Fraction, int] | None:
    """What a delivery would have cost on those days, and its chip-seconds; None without a price."""
    value, total, day = Fraction(0), 0, first
    while day <= last:
        seconds = delivery.add * ((month.begin_of(day + _DAY) - month.begin_of(day)) // NS)
        price = price_on(book, month.agreement.id, day)
        if price is None:
            return None
        value, total, day = value + Fraction(price.amount) * seconds, total + seconds, day + _DAY
    return value / HOUR, total
