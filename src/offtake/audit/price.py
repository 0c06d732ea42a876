"""Which terms are dearer than others: net present values per reference chip-hour, in plain steps.

What flows from buyer to seller, discounted, divided by discounted reference chip-hours. A year has
365 days. Each month is invoiced on the first day of the next month of service.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import Any

from offtake.audit.breach import Data
from offtake.audit.clock import months_later

LONGEST = 12_000
"""Months of the longest term that is read."""

CLOSE = Decimal("0.000001")
"""Prices nearer than this share of each other are equal."""


@dataclass(frozen=True)
class Package:
    """What is sold with a lot: what that costs, what it is worth, and what the lot is worth."""

    cost: Decimal
    worth: Decimal
    lot: Decimal


def package_of(bid: Data) -> Package | None:
    """The package that a bid states, if any."""
    parts = bid["package"]
    if not parts:
        return None
    return Package(
        sum((Decimal(part["price"]) for part in parts), Decimal(0)),
        sum((Decimal(part["worth"]) for part in parts), Decimal(0)),
        Decimal(bid["worth"]),
    )


def effective(
    terms: Data, lot: Data, chips: int, rate: Decimal, package: Package | None = None
) -> Decimal:
    """The price per reference chip-hour that terms for so many chips of a lot come to.

    With a package: the lot's part of the whole, by what lot and parts are worth.
    """
    with localcontext() as context:
        context.prec = 28
        start = dt.date.fromisoformat(terms["start"])
        months = int(terms["months"])
        if months > LONGEST:
            raise ValueError(f"a term of {months} months is too long")
        price, rise = Decimal(terms["price"]), Decimal(terms["escalator"])
        months_of = _months(start, months, rate)
        each = [price * (1 + rise) ** year for year in range(months // 12 + 1)]
        value = sum(
            (each[year] * chips * hours for year, hours in enumerate(_years(start, months, rate))),
            Decimal(0),
        )
        if terms["prepaid"]:
            bills = [each[n // 12] * hours * chips for n, (hours, _) in enumerate(months_of)]
            credits = _credits(terms["prepaid"], bills)
            value -= sum(
                credit * factor for (_, factor), credit in zip(months_of, credits, strict=True)
            )
            paid = Decimal(terms["prepaid"]["share"]) * sum(bills)
            value += paid * _factor(rate, -int(terms["prepaid"]["days_before"]))
        for flow in terms["rebates"]:
            then = months_later(start, int(flow["month"]))
            value -= Decimal(flow["amount"]) * _factor(rate, (then - start).days)
        value -= Decimal(terms["warrants"])
        used = Decimal(lot["throughput"]) * chips * sum(_years(start, months, rate))
        if package is not None:
            whole = value + package.cost
            value = whole * package.lot / (package.lot + package.worth)
        return value / used


def rounded(price: Decimal) -> Decimal:
    """To 12 decimals, as prices are stated; one too large for that stays as it is."""
    with localcontext() as context:
        context.prec = 28
        return round(price, 12) if price.adjusted() < 16 else price


@lru_cache(maxsize=1_024)
def _months(start: dt.date, months: int, rate: Decimal) -> tuple[tuple[int, Decimal], ...]:
    """Of each month of service: a chip's hours, and the factor of the invoice that ends it."""
    ends = [months_later(start, n) for n in range(months + 1)]
    return tuple(
        (24 * (ends[n + 1] - ends[n]).days, _factor(rate, (ends[n + 1] - start).days))
        for n in range(months)
    )


@lru_cache(maxsize=1_024)
def _years(start: dt.date, months: int, rate: Decimal) -> tuple[Decimal, ...]:
    """Of each year of service: a chip's hours, discounted month by month."""
    years = [Decimal(0)] * (months // 12 + 1)
    for n, (hours, factor) in enumerate(_months(start, months, rate)):
        years[n // 12] += hours * factor
    return tuple(years)


@lru_cache(maxsize=65_536)
def _factor(rate: Decimal, days: int) -> Decimal:
    return (1 + rate) ** (Decimal(-days) / 365)


def _credits(prepaid: Any, bills: list[Decimal]) -> list[Decimal]:
    """What of a prepayment each invoice is credited: equal parts, the last takes the rest."""
    credits = [Decimal(0)] * len(bills)
    if not prepaid:
        return credits
    paid = Decimal(prepaid["share"]) * sum(bills)
    after, over = int(prepaid["credit_after"]), int(prepaid["credit_over"])
    months = [n for n in range(len(bills)) if after <= n < after + over]
    for n in months:
        credits[n] = paid / over
    if months:
        credits[months[-1]] += paid - sum(credits)
    return credits


def dearer(price: Decimal, noticed: Decimal, rise: Decimal) -> bool:
    """Whether a price exceeds another by more than a share of it; so for one below 0 as well."""
    limit = noticed + abs(noticed) * rise
    return price - limit > CLOSE * abs(limit)


def moved(signed: Data, noticed: Data) -> str:
    """The first term moved in the seller's favour, as a sentence has it; empty if none is."""
    before, after = noticed["prepaid"], signed["prepaid"]
    share_before = Decimal(before["share"]) if before else Decimal(0)
    share_after = Decimal(after["share"]) if after else Decimal(0)
    if signed["start"] > noticed["start"]:
        return f"a later start ({signed['start']} after {noticed['start']})"
    if int(signed["months"]) > int(noticed["months"]):
        return f"a longer term ({signed['months']} months after {noticed['months']})"
    if share_after > share_before:
        return "a larger prepayment"
    if before and after and share_after > 0:
        if int(after["days_before"]) > int(before["days_before"]):
            return "an earlier prepayment"
        if any(int(after[k]) > int(before[k]) for k in ("credit_after", "credit_over")):
            return "a prepayment credited later"
    if set(signed["options"]) - set(noticed["options"]):
        return "an option more"
    if Decimal(signed["warrants"]) < Decimal(noticed["warrants"]):
        return "fewer warrants"
    if Decimal(signed["support"]) > Decimal(noticed["support"]):
        return "more support"
    return ""
