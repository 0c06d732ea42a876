"""Most favoured: the buyer pays no more than comparable customers of the same seller.

Modelled on the price reductions clause of the General Services Administration, 48 CFR 552.238-81: a
lower price for the customer (or the kind of customer) on whom the award was based, or a lower
published price, lowers the price of the contract too; sales above a threshold of size are left out.

Only what the book knows can be compared: agreements of the seller with other buyers, and a curve
with the seller's published price. What was paid too much in the past is for settlement, not for a
plan.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import ClassVar, Literal

from pydantic import Field

from offtake.book.curves import PLACES
from offtake.book.faults import Code, Example, Fault
from offtake.book.fields import (
    ChipId,
    Chips,
    CurveId,
    DaySpan,
    Flag,
    PartyId,
    Portion,
    Region,
)
from offtake.book.force import Book
from offtake.book.records import Agreement, Delivery
from offtake.book.samples import AGREEMENT, CLAUSES, DELIVERY, OTHER
from offtake.clauses.base import (
    HOUR,
    Clause,
    Comparable,
    Line,
    Reckoning,
    Served,
    Step,
    chip_hours,
    number,
    price_on,
)
from offtake.units import Calendar, Duration, Price

NO_LAG = Duration(0, "days")
EVERY_DAY = Calendar.named("none")
_LIST = "curves: [{id: list, prices: {2025-01-01: 3 USD per chip-hour}, forecast: {flat: true}}]\n"


class MostFavoured(Clause):
    """The words of a most-favoured clause."""

    kind: Literal["most-favoured"] = "most-favoured"
    customers: tuple[PartyId, ...] | None = Field(
        default=None, description="with whom the buyer is compared; all others unless stated"
    )
    chips: tuple[ChipId, ...] = Field(
        default=(), description="what they must have of; what this deal delivers unless stated"
    )
    regions: tuple[Region, ...] = ()
    size_max: Chips | None = Field(
        default=None, description="customers with more chips under one agreement do not count"
    )
    term_max: DaySpan | None = Field(
        default=None, description="agreements that last longer do not count"
    )
    against: CurveId | None = Field(default=None, description="the seller's published price")
    discount: Portion | None = Field(default=None, description="off the published price")
    lag: DaySpan = Field(default=NO_LAG, description="from another's price to the buyer's")
    refund: Flag = Field(
        default=False, description="from the day of another's price, what was paid above it"
    )

    turn: ClassVar[int] = 60
    """After clauses that move the prices which are compared."""
    step: ClassVar[Step] = Step.CREDIT
    summary: ClassVar[str] = "the buyer pays no more than comparable customers"
    codes: ClassVar[dict[str, Code]] = {
        "favoured-discount": Code(
            "A discount off what?",
            "`discount` is a plain share below 100 % off the published price, which `against` "
            "names.",
            "Name the curve that holds the published price.",
            example=Example(
                f"{AGREEMENT}{DELIVERY}{CLAUSES}  - {{kind: most-favoured, against: list, "
                f"discount: 10%}}\n{_LIST}",
                "discount: 10%",
                "discount: 100%",
            ),
        ),
        "favoured-idle": Code(
            "Nobody to compare with",
            "No agreement of the seller with another buyer is comparable and no published price "
            "is named, so that the clause lowers nothing that the book knows.",
            "Write what is known of the seller's agreements with other buyers, or the curve of its "
            "published price.",
            "warning",
            Example(
                f"{AGREEMENT}{DELIVERY}{CLAUSES}  - {{kind: most-favoured}}\n"
                f"{OTHER.replace('seller: neo', 'seller: cloud')}  buyer: neo\n{DELIVERY}",
                "buyer: neo",
                "buyer: lab",
            ),
        ),
    }

    # --- the price ---------------------------------------------------------------------------

    def reprice(self, price: Price, on: dt.date, since: dt.date | None, book: Book) -> Price:
        """The lowest of the price and of all that it is compared with, a lag before that day."""
        lowest = min((amount for amount, _ in self.others(on, book)), default=price.amount)
        return price if lowest >= price.amount else Price(lowest, price.currency, price.per)

    def others(self, on: dt.date, book: Book) -> Iterator[tuple[Decimal, str]]:
        """What the price is compared with on a day, and whose or which price that is.

        Customers may be favoured themselves, one on another and round in a circle. What each pays
        in the end is the lowest that it reaches over others, so each deal is looked at once a day.
        """
        calendar = Calendar.named(book.header.calendar)
        seen, left = {(self.of, on)}, [(self, on)]
        while left:
            clause, asked = left.pop()
            day = calendar.latest(asked, clause.lag)
            if clause.against is not None:
                yield clause.published(day, book), clause.against
            for other in clause.comparable(book):
                if (other.id, day) in seen or not other.from_ <= day <= other.until:
                    continue
                seen.add((other.id, day))
                price = price_on(book, other.id, day, before=self.turn)
                if price is not None:
                    yield price.amount, other.id
                for term in book.terms_of.get(other.id, ()):
                    if isinstance(term.clause, MostFavoured) and term.on(day):
                        left.append((term.clause, day))

    def published(self, day: dt.date, book: Book) -> Decimal:
        """The published price on a day, less the discount."""
        listed = book.curve_on(self.against or "", day).amount
        share = self.discount.value if self.discount else Decimal(0)
        return (listed * (1 - share)).quantize(PLACES) if share else listed

    def comparable(self, book: Book) -> Iterator[Agreement]:
        """Agreements of the same seller with other buyers that these words reach."""
        owner = book.agreements.get(self.of)
        buyer = (owner.buyer if owner is not None else None) or book.header.buyer
        chips = self.chips or self._own_chips(book)
        for other in book.agreements.values():
            customer = other.buyer or book.header.buyer
            named = self.customers is None or customer in self.customers
            if other.seller != self.seller or customer == buyer or not named:
                continue
            reached = [d for d in other.deliveries if self._reaches(d, chips)]
            if reached and self._small(other):
                yield other

    def _own_chips(self, book: Book) -> tuple[str, ...]:
        offer, agreement = book.offers.get(self.of), book.agreements.get(self.of)
        if offer is not None:
            return (offer.chip,)
        return tuple(d.chip for d in agreement.deliveries) if agreement is not None else ()

    def _reaches(self, delivery: Delivery, chips: tuple[str, ...]) -> bool:
        return delivery.chip in chips and (not self.regions or delivery.region in self.regions)

    def _small(self, other: Agreement) -> bool:
        """Whether it is not larger and does not last longer than what counts."""
        if self.size_max is not None and sum(d.add for d in other.deliveries) > self.size_max:
            return False
        if self.term_max is None:
            return True
        return other.until < EVERY_DAY.add(other.from_, self.term_max)

    # --- in a settlement ---------------------------------------------------------------------

    def settle(self, month: Reckoning) -> Iterator[Line]:
        """What was charged above the lowest that others paid: a line for each run of days."""
        count = self._billed(month)
        runs = groupby(month.days, key=lambda day: self._above(day, month))
        for above, run in runs:
            days = list(run)
            billed = sum(count[d.day] for d in days)
            if above is None or not billed:
                continue
            ours, lowest, whose = above
            yield month.line(
                f"more than {whose} paid",
                (lowest - ours) * Fraction(billed, HOUR),
                f"{chip_hours(billed)} × ({number(lowest)} − {number(ours)}) {month.currency}",
                account="credit",
                quantity=billed,
                price=lowest - ours,
                first=days[0].day,
                last=days[-1].day,
                causes=(whose,),
            )

    def _billed(self, month: Reckoning) -> dict[dt.date, int]:
        """Chip-seconds billed for each day; what is short or made up, for the last one it counts.

        A shortfall of money has no chip-seconds.
        """
        if month.agreement.billing == "reserved":
            return {day.day: day.contracted for day in month.days}
        found = {day.day: day.taken for day in month.days}
        for line in month.lines(Step.SHORTFALL):
            if line.last in found:
                found[line.last] += line.quantity or 0
        return found

    def _above(self, day: Served, month: Reckoning) -> tuple[Fraction, Fraction, str] | None:
        """Our price of a day, the lowest of others, and whose; None where ours is no higher."""
        if day.price is None:
            return None
        given = (paid for c in self._before(day.day, month) for paid in c._paid(day, month))
        ours = min([day.price, *(price for price, _ in given)])
        lowest, whose = min(self._paid(day, month), default=(ours, ""))
        return None if lowest >= ours else (ours, lowest, whose)

    def _before(self, day: dt.date, month: Reckoning) -> Iterator[MostFavoured]:
        """Other clauses of this kind that have spoken: what they give back is not given twice."""
        for term in month.book.terms_of[self.of]:
            other = term.clause
            if isinstance(other, MostFavoured) and other.id < self.id and term.on(day):
                yield other

    def _paid(self, day: Served, month: Reckoning) -> Iterator[tuple[Fraction, str]]:
        """What others pay that the price has not followed: those told of; the book's, in a lag."""
        calendar = Calendar.named(month.book.header.calendar)
        when = day.day if self.refund else calendar.latest(day.day, self.lag)
        for told in month.comparables(self.id):
            named = self.customers is None or told.customer in self.customers
            if named and self._no_larger(told, day) and told.first <= when <= told.last:
                yield told.price, f"{told.customer} ({told.place})"
        if self.refund and self.lag.count:
            at_once = self.model_copy(update={"lag": NO_LAG})
            for amount, whose in at_once.others(day.day, month.book):
                yield Fraction(amount), whose

    def _no_larger(self, told: Comparable, day: Served) -> bool:
        """Whether it has no more chips than `size_max`, or where that is not stated than we."""
        if self.size_max is not None:
            return told.chips <= self.size_max
        return told.chips * day.seconds <= day.contracted

    # --- in check ----------------------------------------------------------------------------

    def check(self, book: Book) -> Iterator[Fault]:
        """A discount off something, and something to be compared with."""
        share = self.discount
        if share is not None and (
            self.against is None or share.of or share.per or share.value >= 1
        ):
            sentence = f"discount: {share} is not off a published price."
            hint = "such as 10%, beside against: CURVE"
            yield Fault(self.at("discount"), "favoured-discount", sentence, hint)
        if self.against is None and not any(True for _ in self.comparable(book)):
            sentence = f"The book has no customer of {self.seller} with whom {self.of} compares."
            hint = "write its agreements with other buyers, or against: CURVE"
            yield Fault(self.place, "favoured-idle", sentence, hint, "warning")

    def explain(self, book: Book) -> str:
        """With whom and what the buyer is compared."""
        owner = book.agreements.get(self.of)
        buyer = (owner.buyer if owner is not None else None) or book.header.buyer
        named = " or ".join(self.customers or ())
        who = "" if self.customers == () else named or f"comparable customers of {self.seller}"
        off = f", less {self.discount}" if self.discount else ""
        listed = f"the published price ({self.against}){off}" if self.against else ""
        whom = " or ".join(part for part in (who, listed) if part) or "nobody"
        later = f", {self.lag} later" if self.lag.count else ""
        back = ", and has back what it paid above that" if self.refund else ""
        return f"{buyer} pays no more under {self.of} than {whom}{later}{back}"
