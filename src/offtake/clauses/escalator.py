"""Escalator: the price rises or falls by steps, at a stated rate or with a curve of the book.

Power and data-center contracts raise their price by 2 % or 3 % on each anniversary. 48 CFR 52.216-2
(economic price adjustment, standard supplies) moves a contract's price by the same percentage as an
established price, and lets all increases together be at most 10 % of the price as signed.

A step that was taken stays taken: words changed by an amendment move only later steps.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from offtake.book.curves import PLACES
from offtake.book.faults import Code, Example, Fault
from offtake.book.fields import CurveId, Portion
from offtake.book.force import Book
from offtake.book.records import Curve, Offer
from offtake.book.samples import CLAUSES, OFFER, of_clause
from offtake.clauses.base import (
    Clause,
    Day,
    Escalates,
    Rebate,
    Shape,
    Span,
    mean,
    served,
    weights,
)
from offtake.units import Duration, Month, Price, Share

YEAR = Duration(12, "months")
_RATE = Decimal("1e-6")
"""To which a rate that a bid states is rounded; what moves the price by less does not."""


class Escalator(Clause):
    """The words of an escalator."""

    kind: Literal["escalator"] = "escalator"
    rises: Portion | None = None
    falls: Portion | None = None
    index: CurveId | None = Field(default=None, description="the curve with which the price moves")
    pass_through: Portion | None = Field(
        default=None, description="how much of the curve's move; all of it unless stated"
    )
    every: Span = Field(default=YEAR, description="from step to step, in months or years")
    from_: Day | None = Field(
        default=None, alias="from", description="the day from which steps are counted"
    )
    cap: Portion | None = Field(
        default=None, description="the most: of the price as signed, or of an index per year"
    )
    floor: Portion | None = Field(
        default=None, description="the least: of the price as signed, or of an index per year"
    )

    summary: ClassVar[str] = "the price rises or falls by steps"
    codes: ClassVar[dict[str, Code]] = {
        "escalator-rate": Code(
            "How the price moves",
            "An escalator says one thing: `rises` or `falls` by a share per year, below 100 % "
            "where it falls, or moves with an `index`, whose prices are above zero. "
            "`pass_through` is a plain share of what an index moves.",
            "Leave one of them.",
            example=of_clause(
                "{kind: escalator, rises: 3% per year}",
                "3% per year}",
                "3% per year, falls: 1% per year}",
            ),
        ),
        "escalator-bounds": Code(
            "Bounds that bound nothing",
            "`cap` and `floor` are plain shares of the price as signed, around 100 %, or shares "
            "per year that bound each step of an `index`; the cap is not below the floor.",
            "A cap of 120% lets the price rise by a fifth in all.",
            example=of_clause(
                "{kind: escalator, rises: 3% per year, cap: 120%}", "cap: 120%", "cap: 20%"
            ),
        ),
        "escalator-from": Code(
            "Steps without a first day",
            "The offer is billed by use, so several starts are metered together, and no one of "
            "them can be the day from which steps are counted.",
            "State `from`.",
            example=Example(
                f"{OFFER}  billing: used\n{CLAUSES}"
                "  - {kind: escalator, rises: 3% per year, every: 6 months, from: 2025-01-01}\n",
                ", from: 2025-01-01",
                "",
            ),
        ),
        "escalator-idle": Code(
            "A price that never moves",
            "The first step comes after the last day, so that the price never moves.",
            "Shorten `every` or count from an earlier day; or leave the clause out.",
            "warning",
            of_clause(
                "{kind: escalator, rises: 3% per year, every: 12 months}", "12 months", "2 years"
            ),
        ),
    }

    @field_validator("every")
    @classmethod
    def _some_months(cls, value: Duration) -> Duration:
        if value.months < 1:
            raise ValueError("steps of no months have no end")
        return value

    # --- the price ---------------------------------------------------------------------------

    def reprice(self, price: Price, on: dt.date, since: dt.date | None, book: Book) -> Price:
        """The price after every step up to that day, within the bounds that hold on it."""
        factor = Decimal(1)
        mine = [t for t in book.terms_of.get(self.of, ()) if t.clause.id == self.id]
        versions = sorted(mine, key=lambda t: t.start)
        for term in versions:
            words = term.clause
            if isinstance(words, Escalator) and term.start <= on:
                first = None if term is versions[0] and words.from_ else term.start
                factor *= words._moved(since, first, min(on, term.end), book)
        for bound, pick in ((self.cap, min), (self.floor, max)):
            if bound is not None and bound.per is None:
                factor = pick(factor, bound.value)
        if factor == 1:
            return price
        return Price((price.amount * factor).quantize(PLACES), price.currency, price.per)

    def _moved(
        self, since: dt.date | None, first: dt.date | None, last: dt.date, book: Book
    ) -> Decimal:
        """The factor of the steps of these words from `first` to `last`, both inclusive."""
        base = self.from_ or since
        if base is None:
            return Decimal(1)
        before = 0
        if first is not None and first > base:
            before = _steps(base, self.every, first - dt.timedelta(days=1))
        steps = _steps(base, self.every, last) - before
        if steps <= 0:
            return Decimal(1)
        if self.index is not None:
            return self._followed(base, before, steps, book)
        rate = self.rises.value if self.rises else -self.falls.value if self.falls else Decimal(0)
        return _power(1 + rate, steps * self.every.months)

    def _followed(self, base: dt.date, before: int, steps: int, book: Book) -> Decimal:
        """Step by step with the curve: so much of its move since the step before."""
        part = self.pass_through.value if self.pass_through else Decimal(1)
        days = [_step(base, self.every, before + n) for n in range(steps + 1)]
        prices = [book.curve_on(self.index or "", day).amount for day in days]
        factor = Decimal(1)
        for old, new in pairwise(prices):
            moved = 1 + part * (new / old - 1) if old else Decimal(1)
            for bound, pick in ((self.cap, min), (self.floor, max)):
                if bound is not None and bound.per == "year":
                    moved = pick(moved, _power(1 + bound.value, self.every.months))
            factor *= moved
        return factor

    # --- in a bid ----------------------------------------------------------------------------

    def shape(self, start: dt.date, months: int, signed: dt.date, book: Book) -> Iterator[Shape]:
        """The yearly rate at which it costs the same; rebates in a short term of other steps."""
        one = Price(Decimal(1), book.header.currency, "chip-hour")

        def on(day: dt.date) -> Decimal:
            return self.reprice(one, day, start, book).amount

        spans, begin = served(start, months), on(start)
        if not begin:
            return
        factors = [mean(span, on) / begin for span in spans]
        rate = _stepped(factors)
        if rate is None and months >= 24:
            rate = _alike(factors, weights(start, spans, book.header.discount.value))
        if rate:
            yield Escalates(rate)
        elif rate is None:
            for month, factor in enumerate(factors, 1):
                if abs(factor - 1) > _RATE:
                    yield Rebate(month, 1 - factor)

    # --- in check ----------------------------------------------------------------------------

    def check(self, book: Book) -> Iterator[Fault]:
        """One thing said, bounds around it, and a day from which steps are counted."""
        yield from self._rate(book)
        yield from self._bounds()
        offer = book.offers.get(self.of)
        if offer is not None and _by_use(offer) and self.from_ is None:
            sentence = f"{self.of} is billed by use, so its steps have no first day."
            yield Fault(self.place, "escalator-from", sentence, "write from: 2026-01-01")
        yield from self._idle(book)

    def _rate(self, book: Book) -> Iterator[Fault]:
        said = [x for x in (self.rises, self.falls, self.index) if x is not None]
        if len(said) != 1:
            sentence = f"{self.id} does not say one thing."
            hint = "write one of rises: 3% per year, falls: 3% per year, index: CURVE"
            yield Fault(self.place, "escalator-rate", sentence, hint)
        for name, share in (("rises", self.rises), ("falls", self.falls)):
            if share is None:
                continue
            if share.per != "year" or share.of is not None:
                sentence = f"{name}: {share} does not say per year."
                yield Fault(self.at(name), "not-per-year", sentence, "such as 3% per year")
            elif name == "falls" and share.value >= 1:
                sentence = f"A price that falls by {share} is gone within a year."
                yield Fault(self.at(name), "escalator-rate", sentence, "below 100% per year")
        part = self.pass_through
        if part is not None and (self.index is None or not _plain(part)):
            sentence = f"pass_through: {part} is not a part of what an index moves."
            hint = "such as 50%, beside an index"
            yield Fault(self.at("pass_through"), "escalator-rate", sentence, hint)
        curve: Curve | None = book.curves.get(self.index) if self.index else None
        if curve is not None and any(p.amount == 0 for p in curve.prices.values()):
            sentence = f"The curve {curve.id} has a price of zero, from which nothing can move."
            yield Fault(self.at("index"), "escalator-rate", sentence, "name another curve")

    def _bounds(self) -> Iterator[Fault]:
        cap, floor = self.cap, self.floor
        for name, share, wrong in (
            ("cap", cap, cap is not None and cap.per is None and cap.value < 1),
            ("floor", floor, floor is not None and floor.per is None and floor.value > 1),
        ):
            if share is not None and (wrong or not self._bounds_well(share)):
                sentence = f"{name}: {share} bounds nothing that {self.id} moves."
                hint = "such as cap: 120%, floor: 90%; with an index also cap: 4% per year"
                yield Fault(self.at(name), "escalator-bounds", sentence, hint)
        if cap and floor and cap.per == floor.per and cap.value < floor.value:
            sentence = f"The cap of {cap} lies below the floor of {floor}."
            yield Fault(self.at("cap"), "escalator-bounds", sentence, "exchange them")

    def _bounds_well(self, share: Share) -> bool:
        return _plain(share) or (share.per == "year" and not share.of and self.index is not None)

    def _idle(self, book: Book) -> Iterator[Fault]:
        agreement, offer = book.agreements.get(self.of), book.offers.get(self.of)
        if agreement is not None:
            first, last = agreement.from_, agreement.until
        elif offer is not None and offer.term is not None and self.from_ is None:
            # Any start will do: all that counts is the length of the term.
            first = dt.date(2000, 1, 1)
            last = _step(first, offer.term, 1) - dt.timedelta(days=1)
        else:
            return
        step = _step(self.from_ or first, self.every, 1)
        if step > last:
            sentence = f"{self.of} is over before the first step of its price."
            hint = "shorten every, state an earlier from, or leave it out"
            yield Fault(self.at("every"), "escalator-idle", sentence, hint, "warning")

    def explain(self, book: Book) -> str:
        """How the price moves, how often, and between which bounds."""
        if self.index is not None:
            part = f"{self.pass_through} of " if self.pass_through else ""
            moves = f"moves by {part}what the curve {self.index} moves"
        elif self.falls is not None:
            moves = f"falls by {self.falls}"
        else:
            moves = f"rises by {self.rises}"
        since = f" counted from {self.from_}" if self.from_ else ""
        bounds = [
            f"{word} {share}{'' if share.per else ' of the price as signed'}"
            for word, share in (("at most", self.cap), ("at least", self.floor))
            if share is not None
        ]
        return (
            f"the price of {self.of} {moves}, every {self.every}{since}"
            f"{', ' if bounds else ''}{', '.join(bounds)}"
        )


def _by_use(offer: Offer) -> bool:
    return offer.billing == "used" or offer.kind != "reserved"


def _plain(share: Share) -> bool:
    return share.of is None and share.per is None


def _step(base: dt.date, every: Duration, n: int) -> dt.date:
    """The day of the n-th step, clipped to its month's end."""
    month = Month.of(base) + n * every.months
    return month.first.replace(day=min(base.day, month.days))


def _steps(base: dt.date, every: Duration, day: dt.date) -> int:
    """How many steps have been taken by the end of a day."""
    if day < base:
        return 0
    n = (Month.of(day) - Month.of(base)) // every.months
    return n if _step(base, every, n) <= day else n - 1


def _stepped(factors: list[Decimal]) -> Decimal | None:
    """The rate of which the factors are the yearly steps; None where they are not."""
    growth = factors[12] if len(factors) > 12 else Decimal(1)
    steps = [_power(growth, month - month % 12) for month in range(len(factors))]
    if any(abs(f - s) > _RATE for f, s in zip(factors, steps, strict=True)):
        return None
    return (growth - 1).quantize(_RATE).normalize()


def _alike(factors: list[Decimal], weights: tuple[Decimal, ...]) -> Decimal | None:
    """The rate of yearly steps with the same weighted sum; None where no rate has it."""
    wanted = sum((f * w for f, w in zip(factors, weights, strict=True)), Decimal(0))
    years = [sum(weights[n : n + 12], Decimal(0)) for n in range(0, len(weights), 12)]
    if wanted <= years[0]:
        return None

    def total(growth: Decimal) -> Decimal:
        return sum((year * _power(growth, 12 * n) for n, year in enumerate(years)), Decimal(0))

    low, high = Decimal(0), Decimal(2)
    while total(high) < wanted:
        high *= 2
    while high - low > _RATE / 100:
        middle = (low + high) / 2
        low, high = (middle, high) if total(middle) < wanted else (low, middle)
    return (high - 1).quantize(_RATE).normalize()


def _power(factor: Decimal, months: int) -> Decimal:
    """A yearly factor over so many months; exact for whole years."""
    if not factor:
        # Decimal has no 0⁰.
        return Decimal(0 if months else 1)
    years, rest = divmod(months, 12)
    whole = factor**years
    return whole * factor ** (Decimal(rest) / 12) if rest else whole
