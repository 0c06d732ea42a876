"""Revenue share: a party pays another a share of some revenue, until a day or up to a cap.

No purchase changes it, so it is the same in every plan of a book; it is there because it is cash
that the buyer owes. Modelled on the 20 % that Microsoft and OpenAI were reported to share both ways
(2025-01-21), capped in total since 2026-04-27.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from offtake.book.faults import Code, Fault
from offtake.book.fields import MonthOf, PartyId, Portion, Sum, UnitPrice, Words
from offtake.book.force import Book
from offtake.book.samples import of_clause
from offtake.clauses.base import Carry, Clause, Day, Line, Program, Reckoning, Step, Told, number
from offtake.units import Month
from offtake.units.minor import payable

MONTHS = {"month": 1, "year": 12}
Numbers = np.ndarray[Any, Any]

_WORDS = "kind: revenue-share, share: 20%, of: sales of the service, payer: lab"


class RevenueShare(Clause):
    """The words of a revenue share."""

    kind: Literal["revenue-share"] = "revenue-share"
    share: Portion
    what: Words = Field(alias="of", description="whose revenue, and from what")
    payer: PartyId
    until: Day | None = Field(default=None, description="last day; the agreement's unless stated")
    cap: Sum | None = Field(default=None, description="the most that is paid in all")
    revenue: Mapping[MonthOf, UnitPrice] = Field(
        default_factory=dict,
        description="forecast: dated values per month or year, joined by constant growth",
    )

    step: ClassVar[Step] = Step.SHARE
    summary: ClassVar[str] = "a share of revenue is paid, until a day or up to a cap"
    codes: ClassVar[dict[str, Code]] = {
        "revenue-per": Code(
            "Revenue per what?",
            "A forecast of revenue is money per month or per year.",
            "Convert the forecast.",
            example=of_clause(
                f"{{{_WORDS}, revenue: {{2025-02: 2 M USD per month}}}}", "per month", "per kWh"
            ),
        ),
        "revenue-share-over-100": Code(
            "More than all of it",
            "More than 100 % of a revenue would be shared.",
            "Mend the share.",
            example=of_clause(f"{{{_WORDS}}}", "share: 20%", "share: 120%"),
        ),
    }

    def check(self, book: Book) -> Iterator[Fault]:
        """A share of at most all of it, and a forecast per month or year."""
        if self.share.value > 1:
            sentence = f"{self.share.percent:g} % of a revenue cannot be shared."
            yield Fault(self.at("share"), "revenue-share-over-100", sentence, "write at most 100%")
        for month, value in self.revenue.items():
            if value.per not in MONTHS:
                sentence = f"The revenue of {month} is not per {value.per}."
                yield Fault(self.at("revenue"), "revenue-per", sentence, "0.6 B USD per month")

    def forecast(self, month: Month) -> float:
        """Revenue in one month: level before the first value and after the last."""
        points = sorted((m, float(p.amount) / MONTHS[p.per]) for m, p in self.revenue.items())
        before = [p for p in points if p[0] <= month]
        after = [p for p in points if p[0] > month]
        if not before or not after:
            return (before[-1:] + after[:1])[0][1] if points else 0.0
        (m0, v0), (m1, v1) = before[-1], after[0]
        part = (month - m0) / (m1 - m0)
        return v0 * (v1 / v0) ** part if v0 > 0 and v1 > 0 else v0 + (v1 - v0) * part

    def plan(self, program: Program) -> None:
        """What the book's buyer pays, month by month, until the cap is reached."""
        ahead = len(program.grid.months)
        every = [w for w, _ in program.versions(()) if isinstance(w, RevenueShare)]
        begin = min([program.first, *(m for words in every for m in words.revenue)])
        months = [begin + n for n in range(program.grid.months[-1] - begin + 1)]
        paid, in_all = np.zeros(len(months)), 0.0
        for words, force in program.versions(months, _last_day):
            if isinstance(words, RevenueShare) and words.payer == program.buyer:
                paid = words.paid(months, force, in_all)
                in_all += float(paid.sum())
        if self.payer == program.buyer:
            program.pays("share", paid[-ahead:])

    def paid(self, months: Sequence[Month], force: Numbers, before: float) -> Numbers:
        """What these words have paid in each month, if as much was paid under others before."""
        revenue = np.array([self.forecast(m) for m in months])
        due: Numbers = float(self.share.value) * revenue * force
        if self.cap is None:
            return due
        earlier = before + np.concatenate([[0.0], np.cumsum(due)[:-1]])
        return np.asarray(np.minimum(due, np.maximum(0.0, float(self.cap.amount) - earlier)))

    def settle(self, month: Reckoning) -> Iterator[Line | Carry | Told]:
        """The share of the month's revenue, by days, until the cap is paid."""
        days = [d.day for d in month.days if self.until is None or d.day <= self.until]
        name = f"paid by {self.payer}"
        before = month.opening(name)
        cap = None if self.cap is None else Fraction(self.cap.in_units())
        if not days or (cap is not None and before >= cap):
            return
        told = month.revenues()
        if not told and not (month.forecast and self.revenue):
            yield month.told(f"The revenue of {month.month} is not known: no share of it is owed.")
            return
        expected = payable(Fraction(self.forecast(month.month)), month.currency)
        revenue = sum((Fraction(r.amount.in_units()) for r in told), Fraction(0))
        revenue = revenue if told else Fraction(expected.in_units())
        rate, whole, money = Fraction(self.share.value), month.month.days, month.currency
        owed = rate * revenue * Fraction(len(days), whole)
        part = f" × {len(days)}/{whole} days" if len(days) < whole else ""
        why = f"{number(100 * rate)}% × {number(revenue)} {money}{part}"
        if cap is not None and owed > cap - before:
            owed, why = (
                cap - before,
                f"{why}, at most {number(cap)} − {number(before)} {money} paid",
            )
        seller = month.agreement.seller
        line = month.line(
            f"share of {self.what}",
            owed,
            why,
            account="royalty",
            payer=self.payer,
            payee=seller if self.payer != seller else month.buyer,
            first=days[0],
            last=days[-1],
            causes=tuple(str(r.place) for r in told),
        )
        yield line
        yield Carry(name, before + Fraction(line.amount.in_units()), "money")

    def explain(self, book: Book) -> str:
        """Who pays which share of what."""
        until = f" until {self.until}" if self.until else ""
        cap = f", at most {self.cap} in all" if self.cap else ""
        payee = self.seller if self.payer != self.seller else book.header.buyer
        return f"{self.payer} pays {payee} {self.share} of {self.what}{until}{cap}"


def _last_day(words: Clause) -> Day | None:
    """The last day that such words state."""
    return words.until if isinstance(words, RevenueShare) else None
