"""Effective prices: terms of different shapes, each as one price per reference chip-hour.

The effective price is the net present value of what flows from the buyer to the seller, over the
reference chip-hours discounted alike: each month's by the factor of its invoice. A flow on day d
after the start has the factor (1 + rate) ^ (-d/365). A month of service runs from the start's day
to the same day of the next month (the last day of a shorter one) and is invoiced where the next
one begins.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    localcontext,
)
from functools import lru_cache
from typing import NamedTuple

from offtake.desk.lot import NOTHING, Lot, Part, Prepaid, Terms
from offtake.units.months import Month
from offtake.units.text import plain

_DIGITS = 28
_CONTEXT = Context(
    prec=_DIGITS, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation, DivisionByZero, Overflow]
)
_LEAST = Decimal("1E-12")
"""Effective prices are rounded to this."""
_TOLERANCE = Decimal("1E-6")
"""Prices that differ by this share or less are equal."""
_ONE = Decimal(1)
_YEAR = Decimal(365)
_MONTHS_MOST = 1200
_AMOUNT_MOST = Decimal("1E15")
_LAST_YEAR = 9000


def effective(
    terms: Terms,
    lot: Lot,
    rate: Decimal,
    package: Sequence[Part] = (),
    worth: Decimal = NOTHING,
    method: str | None = None,
) -> Decimal:
    """What the terms cost the buyer per reference chip-hour, at a rate per year; to 12 decimals.

    `worth` is what the lot of a package is worth alone. By the method `worth` the lot bears its
    share, by worth, of what lot and parts cost together; by `stated` the terms stand as they are,
    and so where nothing has a worth.
    """
    with localcontext(_CONTEXT):
        service = _service(terms.start, terms.months, rate)
        cost = _present_value(terms, lot.chips, rate, service)
        if package and method == "worth":
            together = worth + sum((part.worth for part in package), NOTHING)
            if together:
                cost += sum((part.price for part in package), NOTHING)
                cost = cost * worth / together
        price = cost / (lot.chips * lot.throughput * service.reference)
        # A larger price has no 12 decimals among its 28 digits.
        return price.quantize(_LEAST) if price.adjusted() < _DIGITS - 12 else price


def dearer(one: Decimal, other: Decimal, rise: Decimal = NOTHING) -> bool:
    """Whether `one` is above `other` by more than the share `rise`, and more than rounding.

    Both shares are of the size of `other`, so that a negative price is not dearer than itself.
    """
    with localcontext(_CONTEXT):
        allowed = (1 + rise) * (1 + _TOLERANCE) - 1
        return one > other + abs(other) * allowed


def same(one: Decimal, other: Decimal) -> bool:
    """Whether neither price is dearer than the other."""
    return not dearer(one, other) and not dearer(other, one)


def moved(noticed: Terms, asked: Terms) -> tuple[str, ...]:
    """The listed terms that are better for the seller than noticed, each as part of a sentence.

    Listed are the term, prepayment, options, warrants and support; the price is not.
    """
    return tuple(_moved(noticed, asked))


def cash_for(
    noticed: Terms,
    given: Terms,
    lot: Lot,
    rate: Decimal,
    package: Sequence[Part] = (),
    worth: Decimal = NOTHING,
    method: str | None = None,
) -> bool:
    """Whether `given` is what was noticed, with cash in place of what is not cash.

    Warrants, options, support, rebates and the package may give way to another price; start,
    months, escalator and prepayment stay, and the effective price stays the same.
    """
    return (
        given.start == noticed.start
        and given.months == noticed.months
        and given.escalator == noticed.escalator
        and given.prepaid == noticed.prepaid
        and given.rebates in ((), noticed.rebates)
        and not (given.warrants or given.options or given.support)
        and same(effective(given, lot, rate), effective(noticed, lot, rate, package, worth, method))
    )


def priceable(terms: Terms, package: Sequence[Part] = (), worth: Decimal = NOTHING) -> bool:
    """Whether the terms have an effective price: finite amounts to 10¹⁵, within 100 years.

    Other terms raise an error in `effective`, or take very long.
    """
    amounts = [terms.price, terms.escalator, terms.warrants, terms.support, worth]
    amounts += [flow.amount for flow in terms.rebates]
    amounts += [amount for part in package for amount in (part.price, part.worth)]
    counts = [flow.month for flow in terms.rebates]
    if terms.prepaid is not None:
        amounts.append(terms.prepaid.share)
        counts += [terms.prepaid.credit_after, terms.prepaid.credit_over]
        counts.append(terms.prepaid.days_before // 31)
    return (
        1 <= terms.months <= _MONTHS_MOST
        and terms.start.year <= _LAST_YEAR
        and all(0 <= count <= _MONTHS_MOST for count in counts)
        and all(a.is_finite() and a.copy_abs() <= _AMOUNT_MOST for a in amounts)
    )


class _Service(NamedTuple):
    """What depends on the term and the rate alone, for one chip."""

    hours: tuple[Decimal, ...]
    """By year of service."""
    discounted: tuple[Decimal, ...]
    """The same, each month's at the factor of its invoice."""
    reference: Decimal
    """The sum of the discounted hours."""
    factors: tuple[Decimal, ...]
    """Sums of the factors of the first 0, 1, 2, ... invoices."""


@lru_cache(maxsize=1024)
def _service(start: dt.date, months: int, rate: Decimal) -> _Service:
    with localcontext(_CONTEXT):
        years = -(-months // 12)
        hours, discounted = [NOTHING] * years, [NOTHING] * years
        factors = [NOTHING]
        day = start
        for month in range(months):
            end = _after(start, month + 1)
            factor = _factor((end - start).days, rate)
            length = Decimal(24 * (end - day).days)
            hours[month // 12] += length
            discounted[month // 12] += length * factor
            factors.append(factors[-1] + factor)
            day = end
        return _Service(tuple(hours), tuple(discounted), sum(discounted, NOTHING), tuple(factors))


@lru_cache(maxsize=8192)
def _factor(days: int, rate: Decimal) -> Decimal:
    """Of a flow so many days after the start."""
    with localcontext(_CONTEXT):
        return (1 + rate) ** (-days / _YEAR)


def _after(start: dt.date, months: int) -> dt.date:
    """The same day, so many months later; the last of a month that is too short."""
    month = Month.of(start) + months
    return dt.date(month.year, month.number, min(start.day, month.days))


def _present_value(terms: Terms, chips: int, rate: Decimal, service: _Service) -> Decimal:
    """What the buyer pays, less what it gets, at the start."""
    price = terms.price * chips
    cost = price * _priced(service.discounted, terms.escalator, service.reference)
    if terms.prepaid is not None:
        value = price * _priced(service.hours, terms.escalator)
        cost += terms.prepaid.share * value * _ahead(terms.prepaid, terms.months, rate, service)
    for flow in terms.rebates:
        days = (_after(terms.start, flow.month) - terms.start).days
        cost -= flow.amount * _factor(days, rate)
    return cost - terms.warrants


def _priced(
    years: tuple[Decimal, ...], escalator: Decimal, total: Decimal | None = None
) -> Decimal:
    """The hours of each year, times what the price has grown to by then; `total` is their sum."""
    if not escalator:
        return sum(years, NOTHING) if total is None else total
    grown, growth = NOTHING, _ONE
    for hours in years:
        grown += hours * growth
        growth *= 1 + escalator
    return grown


def _ahead(prepaid: Prepaid, months: int, rate: Decimal, service: _Service) -> Decimal:
    """What it costs to pay 1 ahead and to have it credited, in equal parts within the term."""
    paid = _factor(-prepaid.days_before, rate)
    first = max(0, prepaid.credit_after)
    last = min(months, prepaid.credit_after + prepaid.credit_over)
    if first >= last:
        return paid
    return paid - (service.factors[last] - service.factors[first]) / (last - first)


def _moved(noticed: Terms, asked: Terms) -> Iterator[str]:
    if asked.months > noticed.months:
        yield f"the term is {asked.months} months, not {noticed.months}"
    yield from _prepaid_moved(noticed.prepaid, asked.prepaid)
    for option in dict.fromkeys(asked.options):
        if option not in noticed.options:
            yield f"the seller has an option that was not noticed: {option}"
    if asked.warrants < noticed.warrants:
        yield f"the warrants are worth {plain(asked.warrants)}, not {plain(noticed.warrants)}"
    if asked.support > noticed.support:
        yield f"the buyer's support is {plain(asked.support)}, not {plain(noticed.support)}"


def _prepaid_moved(noticed: Prepaid | None, asked: Prepaid | None) -> Iterator[str]:
    if asked is None or not asked.share:
        return
    before = noticed.share if noticed is not None else NOTHING
    if asked.share > before:
        yield f"{_percent(asked.share)} is prepaid, not {_percent(before)}"
    if noticed is None or not noticed.share:
        return
    if asked.days_before > noticed.days_before:
        yield f"it is prepaid {asked.days_before} days before the start, not {noticed.days_before}"
    if asked.credit_after > noticed.credit_after:
        yield f"the first credit comes after month {asked.credit_after}, not {noticed.credit_after}"
    if asked.credit_over > noticed.credit_over:
        yield f"the credits run over {asked.credit_over} months, not {noticed.credit_over}"


def _percent(share: Decimal) -> str:
    return f"{plain(share.scaleb(2, _CONTEXT))}%"
