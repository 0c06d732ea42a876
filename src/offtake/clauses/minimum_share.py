"""Minimum share: at least so much of new capacity in scope is bought from the holder.

Partial requirements contracts ask for a part of what the buyer needs (Uniform Commercial Code,
section 2-306). Regulation (EU) 2022/720, article 1(1)(f), draws a line at 80 % of a buyer's
purchases: beyond it such a promise counts as a non-compete obligation, limited to five years.

What is bought, from whomever, while the words are in force is measured in chips in service; what
the holder takes under a first refusal is its own. Words changed by an amendment measure what is
bought from then on; what was bought before them stays under the words of its day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from offtake.book.faults import Code, Example, Fault
from offtake.book.fields import Portion, UnitPrice
from offtake.book.force import Book, InForce
from offtake.book.samples import AGREEMENT, CLAUSES, OFFER, beside_another, of_clause
from offtake.book.scope import Lot
from offtake.clauses.base import (
    HOUR,
    Dated,
    Line,
    Measured,
    Program,
    Reckoning,
    Right,
    Step,
    Told,
    chip_hours,
    first_of_period,
    measured_periods,
    number,
    period_ends,
    period_name,
)

_WORDS = "kind: minimum-share"


class MinimumShare(Right):
    """The words of a minimum share."""

    kind: Literal["minimum-share"] = "minimum-share"
    share: Portion
    measured: Measured = "month"
    shortfall: UnitPrice | None = Field(
        default=None, description="what a missing chip-hour costs; without it the share must be met"
    )

    step: ClassVar[Step] = Step.SHORTFALL
    splits_purchases: ClassVar[bool] = True
    eases: ClassVar[Mapping[str, Literal["less", "more"]]] = {"share": "less"}
    summary: ClassVar[str] = "at least a share of new capacity is bought from the holder"
    codes: ClassVar[dict[str, Code]] = {
        "share-over-whole": Code(
            "More than all",
            "A minimum share is a plain share of at most 100 %, and two holders of one scope "
            "cannot have more than all of it.",
            "Lower a share, or narrow a scope.",
            example=beside_another(
                f"{{{_WORDS}, share: 60%}}",
                "share: 40%",
                "share: 50%",
                f"{CLAUSES}  - {{{_WORDS}, share: 40%}}\n",
            ),
        ),
        "shortfall-unit": Code(
            "A shortfall per what?",
            "A shortfall of a minimum share is priced per chip-hour.",
            "Convert it, and write its source.",
            example=of_clause(
                f"{{{_WORDS}, share: 60%, shortfall: 0.50 USD per chip-hour}}",
                "0.50 USD per chip-hour",
                "300 USD per chip-month",
            ),
        ),
        "share-without-offers": Code(
            "A share of nothing",
            "Others offer capacity in the scope and the holder offers none, so that nothing of it "
            "may be bought, unless the holder takes a part under a right of its own.",
            "Write the holder's offers, or what a shortfall costs.",
            "warning",
            Example(
                f"{AGREEMENT}{CLAUSES}  - {{{_WORDS}, share: 60%}}\n"
                + OFFER.replace("seller: neo", "seller: cloud"),
                "id: neo-12\n  seller: cloud",
                "id: neo-12\n  seller: neo",
            ),
        ),
    }

    def check(self, book: Book) -> Iterator[Fault]:
        """A share of the whole, beside others' shares, that the holder could serve."""
        share = self.share
        if share.of is not None or share.per is not None or share.value > 1:
            sentence = f"share: {share} is not a part of the whole."
            yield Fault(self.at("share"), "share-over-whole", sentence, "such as 60%")
        if self.shortfall is not None and self.shortfall.per != "chip-hour":
            sentence = f"A shortfall is not per {self.shortfall.per}."
            yield Fault(self.at("shortfall"), "shortfall-unit", sentence, "0.50 USD per chip-hour")
        for other, day in self.crossed(book):
            both = isinstance(other, MinimumShare) and other.share.value + share.value > 1
            if both and other.place < self.place:
                sentence = f"From {day} {other.held_by} and {self.held_by} have more than all."
                hint = f"see {other.id} at {other.place}; lower a share, or narrow a scope"
                yield Fault(self.at("share"), "share-over-whole", sentence, hint)
        sellers = self._sellers(book)
        if self.shortfall is None and sellers and self.held_by not in sellers:
            sentence = f"{self.held_by} offers nothing that counts towards its {share}."
            hint = "write its offers, or a price of the shortfall"
            yield Fault(self.place, "share-without-offers", sentence, hint, "warning")

    def _sellers(self, book: Book) -> set[str]:
        """Whose offers it reaches, on the first day on which it reaches any."""
        found = set()
        for term in self.spans(book):
            day = max(term.start, self.scope.from_ or term.start)
            for offer in book.offers.values():
                lot = Lot(offer.chip, offer.region, book.purposes.all, offer.max)
                if offer.kind == "reserved" and self.scope.covers(lot, day, book.purposes):
                    found.add(offer.seller)
        return found

    def plan(self, program: Program) -> None:
        """The holder's chips are at least the share of all, period by period."""
        grid = program.grid
        x = program.bought(self.scope)
        first, last = program.life()
        live = [float(first <= m.last and m.first <= last) for m in grid.months]
        served = np.array(
            [any(0 <= m - lot.start < lot.months for lot in x.lots) for m in grid.months], float
        )
        periods = measured_periods(grid.months, served * live, self.measured)
        if not periods:
            return
        all_of_it = program.in_service(x) * (grid.hours * float(self.share.value))
        own = program.in_service(x, seller=self.held_by) * grid.hours
        over = ((own - all_of_it) * np.array(live)).over(periods)
        if self.shortfall is not None:
            cash = np.zeros((len(periods), len(grid.months)))
            cash[np.arange(len(periods)), [p[-1] for p in periods]] = float(self.shortfall.amount)
            short = program.columns(
                "shortfall",
                (len(periods), len(grid.scenarios)),
                stage="there",
                unit="chip-hours",
                cash=cash,
            )
            over = over + program.by_scenario(short)
        program.rows("share", over, unit="chip-hours", at_least=0.0)

    # --- in a settlement ---------------------------------------------------------------------

    def settle(self, month: Reckoning) -> Iterator[Line | Told]:
        """At the end of a period what was missing of each version's share; the last words speak."""
        if not month.days:
            return
        for term in month.book.terms_of.get(self.of, ()):
            words = term.clause
            if words.id != self.id or not isinstance(words, MinimumShare) or not words.shortfall:
                continue
            if month.ends(words.measured):
                yield from words._short(month, term)

    def _short(self, month: Reckoning, term: InForce) -> Iterator[Line | Told]:
        """What was missing, in the period that ends, of what was bought under these words."""
        assert self.shortfall is not None
        first = first_of_period(month.month, self.measured, month.life)
        last = min(month.life[1], month.month.last)
        own = every = 0
        for other in month.book.agreements.values():
            buyer = other.buyer or month.book.header.buyer
            if other.id == self.of or buyer != month.buyer or not term.on(other.known):
                continue
            chips = sum(d.add for d in other.deliveries)
            for d in other.deliveries:
                lot = Lot(d.chip, d.region, month.book.purposes.all, chips)
                if self.scope.covers(lot, other.known, month.book.purposes):
                    seconds = month.contracted_of(other.id, d.id, first, last)
                    every += seconds
                    own += seconds if other.seller == self.held_by else 0
        missing = Fraction(self.share.value) * every - own
        if missing <= 0:
            return
        name = period_name(month.month, self.measured)
        if self.scope.purposes or any(e.purposes for e in self.scope.except_):
            yield month.told(
                f"The book does not say for which purposes capacity was bought, so whether "
                f"{self.held_by} had its {self.share} in {name} is not known: nothing is charged."
            )
            return
        price = Fraction(self.shortfall.amount)
        yield month.line(
            f"share short in {name}",
            missing / HOUR * price,
            f"({self.share} × {chip_hours(every)} − {chip_hours(own)} of {self.held_by}) × "
            f"{number(price)} {month.currency}",
            account="shortfall",
            price=price,
            payee=self.held_by,
        )

    def dates(self, book: Book, life: tuple[dt.date, dt.date]) -> Iterator[Dated]:
        """The last day of each period that is measured; a month ends by itself."""
        if self.measured != "month":
            for name, day in period_ends(self.measured, life):
                yield Dated(
                    f"end of {name}",
                    day,
                    f"last day of use that counts for {name} under {self.of}",
                )

    def explain(self, book: Book) -> str:
        """How much is bought from whom."""
        what = " and ".join(self.scope.purposes) or "any purpose"
        each = "over the whole term" if self.measured == "term" else f"in each {self.measured}"
        short = f", or pays {self.shortfall} for what is missing" if self.shortfall else ""
        return (
            f"{book.header.buyer} buys at least {self.share} of new capacity for {what} from "
            f"{self.held_by}, {each}{short}"
        )
