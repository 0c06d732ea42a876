"""Overage: what is taken above what is contracted has a price of its own, hour by hour.

Hours are compared one by one: what one hour leaves unused is no room for the next. On-demand rates
beside a reservation are of this form in cloud price lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby
from typing import ClassVar, Literal

from pydantic import Field

from offtake.book.faults import Code, Fault
from offtake.book.fields import Portion, UnitPrice
from offtake.book.force import Book
from offtake.book.samples import of_clause
from offtake.clauses.base import (
    HOUR,
    Clause,
    Line,
    Reckoning,
    Served,
    Step,
    chip_hours,
    number,
)


class Overage(Clause):
    """The words on what is taken above what is contracted."""

    kind: Literal["overage"] = "overage"
    price: UnitPrice | None = Field(default=None, description="of a chip-hour above the contract")
    rate: Portion | None = Field(
        default=None, description="in place of `price`: a share of the agreement's own price"
    )

    step: ClassVar[Step] = Step.CHARGE
    summary: ClassVar[str] = "what is taken above what is contracted has a price of its own"
    codes: ClassVar[dict[str, Code]] = {
        "overage-price": Code(
            "Above the contract at which price?",
            "What is taken above what is contracted is priced once: by a `price` per chip-hour, or "
            "by a `rate`, a plain share of the agreement's own price.",
            "Keep one of them.",
            example=of_clause("{kind: overage, rate: 150%}", ", rate: 150%", ""),
        ),
    }

    def check(self, book: Book) -> Iterator[Fault]:
        """One price, of the right thing."""
        if (self.price is None) == (self.rate is None):
            what = "no price" if self.price is None else "several prices"
            sentence = f"What is taken above what {self.of} contracts has {what}."
            hint = "write price: 3.20 USD per chip-hour, or rate: 150%"
            yield Fault(self.place, "overage-price", sentence, hint)
        if self.price is not None and self.price.per != "chip-hour":
            sentence = f"What is taken above the contract is not priced per {self.price.per}."
            yield Fault(self.at("price"), "overage-price", sentence, "write it per chip-hour")
        if self.rate is not None and (self.rate.per is not None or self.rate.of is not None):
            sentence = f"{self.rate} is not a plain share of a price."
            yield Fault(self.at("rate"), "overage-price", sentence, "such as 150%")
        owner = book.agreements.get(self.of)
        if owner is not None and self.rate is not None and owner.price is None:
            sentence = f"{self.of} states no price of which this could be a share."
            yield Fault(self.at("rate"), "overage-price", sentence, "write price: instead of rate")

    def prices_over(self, price: Fraction | None) -> Fraction:
        """What a chip-hour above the contract costs where one within it costs `price`."""
        if self.price is not None:
            return Fraction(self.price.amount)
        assert self.rate is not None
        return Fraction(self.rate.value) * (price or 0)

    def settle(self, month: Reckoning) -> Iterator[Line]:
        """What was taken above the contract; where use is charged anyway, the difference."""
        charged = month.agreement.billing == "used"
        over = [day for day in month.days if day.over]
        for own, run in groupby(over, key=lambda day: day.price):
            yield self._line(month, list(run), own, charged=charged)

    def _line(
        self, month: Reckoning, days: list[Served], own: Fraction | None, *, charged: bool
    ) -> Line:
        """Of days at one price of the agreement."""
        seconds = sum(day.over for day in days)
        price = self.prices_over(own)
        why = f"{chip_hours(seconds)} above the contract × "
        owed = f"{number(price)} {month.currency}"
        if charged and own:
            why += f"({owed} − {number(own)} {month.currency} that is charged for use)"
            price -= own
        else:
            why += owed
        return month.line(
            "capacity taken above the contract",
            Fraction(seconds, HOUR) * price,
            why,
            quantity=seconds,
            price=price,
            first=days[0].day,
            last=days[-1].day,
        )

    def explain(self, book: Book) -> str:
        """What is paid for it."""
        of = "the price of the agreement"
        price = str(self.price) if self.price is not None else f"{self.rate} of {of}"
        return (
            f"{book.header.buyer} pays {self.seller} {price} for what it takes above what "
            f"{self.of} contracts, hour by hour"
        )
