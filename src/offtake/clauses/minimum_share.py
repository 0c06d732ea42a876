"""Minimum share: at least so much of new capacity in scope is bought from the holder.

Partial requirements contracts ask for a part of what the buyer needs (Uniform Commercial Code,
section 2-306). Regulation (EU) 2022/720, article 1(1)(f), draws a line at 80 % of a buyer's
purchases: beyond it such a promise counts as a non-compete obligation, limited to five years.

What is bought, from whomever, while the words are in force is measured in chips in service; what
the holder takes under a first refusal is its own. Words changed by an amendment measure what is
bought from then on; what was bought before them stays under the words of its day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from offtake.book.faults import Code, Example, Fault
from offtake.book.fields import Portion, UnitPrice
from offtake.book.force import Book
from offtake.book.samples import AGREEMENT, CLAUSES, OFFER, beside_another, of_clause
from offtake.book.scope import Lot
from offtake.clauses.base import Measured, Program, Right, measured_periods

_WORDS = "kind: minimum-share"


class MinimumShare(Right):
    """The words of a minimum share."""

    kind: Literal["minimum-share"] = "minimum-share"
    share: Portion
    measured: Measured = "month"
    shortfall: UnitPrice | None = Field(
        default=None, description="what a missing chip-hour costs; without it the share must be met"
    )

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

    def explain(self, book: Book) -> str:
        """How much is bought from whom."""
        what = " and ".join(self.scope.purposes) or "any purpose"
        each = "over the whole term" if self.measured == "term" else f"in each {self.measured}"
        short = f", or pays {self.shortfall} for what is missing" if self.shortfall else ""
        return (
            f"{book.header.buyer} buys at least {self.share} of new capacity for {what} from "
            f"{self.held_by}, {each}{short}"
        )
