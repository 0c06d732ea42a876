"""What the second model reckons by itself: days, prices and shares, the slow and obvious way.

Days are stepped one by one, prices are sums of payments, shares are fractions.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from typing import Any

from offtake.desk.lot import Part, Terms
from offtake.units.almanac import Almanac, Spell

NS = 1_000_000_000
DAY = 86_400
EPOCH = dt.date(1970, 1, 1)
SLACK = Fraction(1, 1_000_000)
ROUNDED = Decimal("1E-12")


def date_of(day: int) -> dt.date:
    return EPOCH + dt.timedelta(days=day)


def day_of(date: dt.date) -> int:
    return (date - EPOCH).days


def offset_at(almanac: Almanac, second: int) -> int:
    found = almanac.offsets[0][1]
    for change, offset in almanac.offsets:
        if change <= second:
            found = offset
    return found


def business(almanac: Almanac, day: int) -> bool:
    if date_of(day).weekday() in almanac.weekend:
        return day in almanac.opened
    return day not in almanac.closed


def seconds_of(almanac: Almanac, local: int) -> list[int]:
    """The seconds, in UTC, at which clocks show a local time: none, one or two of them."""
    offsets = {offset for _, offset in almanac.offsets}
    return sorted(local - o for o in offsets if offset_at(almanac, local - o) == o)


def after_gap(almanac: Almanac, local: int) -> int:
    """Where clocks skip a local time: as if they had not yet been moved."""
    return local - offset_at(almanac, local - 2 * DAY)


def first_second(almanac: Almanac, day: int, minutes: int) -> int:
    local = day * DAY + minutes * 60
    shown = seconds_of(almanac, local)
    return shown[0] if shown else after_gap(almanac, local)


def last_second(almanac: Almanac, day: int, minutes: int) -> int:
    local = day * DAY + minutes * 60
    shown = seconds_of(almanac, local)
    return shown[-1] if shown else after_gap(almanac, local)


def local_day(almanac: Almanac, at: int) -> int:
    second = at // NS
    return (second + offset_at(almanac, second)) // DAY


def stepped(almanac: Almanac, day: int, count: int, unit: str) -> int:
    """The day so many days, business days, months or years later."""
    if unit == "days":
        return day + count
    if unit == "business days":
        while count:
            day += 1
            count -= business(almanac, day)
        return day
    return day_of(months_later(date_of(day), count * (12 if unit == "years" else 1)))


def months_later(date: dt.date, count: int) -> dt.date:
    year, month = date.year, date.month
    for _ in range(count):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return dt.date(year, month, min(date.day, monthrange(year, month)[1]))


@lru_cache(maxsize=100_000)
def window_end(spell: Spell, almanac: Almanac, received: int) -> int:
    """The last instant of a window."""
    if spell.unit == "hours":
        return received + spell.count * 3600 * NS
    day = local_day(almanac, received)
    shown = received + offset_at(almanac, received // NS) * NS
    if shown > (day * DAY + spell.closes * 60) * NS:
        day += 1
    while received > first_second(almanac, day, spell.closes) * NS:
        day += 1
    while not business(almanac, day):
        day += 1
    day = stepped(almanac, day, spell.count, spell.unit)
    while spell.roll and not business(almanac, day):
        day += 1
    return last_second(almanac, day, spell.closes) * NS


@lru_cache(maxsize=100_000)
def tail_of(spell: Spell, almanac: Almanac, cleared: int) -> int:
    """The last instant of a tail."""
    if spell.unit == "hours":
        return cleared + spell.count * 3600 * NS
    day = stepped(almanac, local_day(almanac, cleared), spell.count, spell.unit)
    return first_second(almanac, day, spell.closes) * NS


@lru_cache(maxsize=100_000)
def end_of_day(date: dt.date, almanac: Almanac) -> int:
    """The last instant of a local day."""
    following = day_of(date) + 1
    shown = seconds_of(almanac, following * DAY)
    if shown:
        return shown[0] * NS - 1
    moved = [c for c, o in almanac.offsets if c + o > following * DAY]
    return min(moved) * NS - 1


def shares(total: int, weights: list[int]) -> list[int]:
    """Whole parts of a total by weight: rounded down, then one more to the largest rests.

    Nobody goes without while there is one for each: the largest part gives it.
    """
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    parts = [int(share) for share in exact]
    order = sorted(range(len(exact)), key=lambda i: parts[i] - exact[i])
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    if total >= len(parts):
        for i in range(len(parts)):
            if parts[i] == 0:
                parts[parts.index(max(parts))] -= 1
                parts[i] = 1
    return parts


Number = Any
"""Fractions where nothing is discounted, decimals of 40 digits where something is."""


@lru_cache(maxsize=100_000)
def price_of(
    terms: Terms,
    chips: int,
    throughput: Decimal,
    rate: Decimal,
    package: tuple[Part, ...] = (),
    worth: Decimal = Decimal(0),
    method: str | None = None,
) -> Decimal:
    """The effective price: all payments, discounted, over all hours, discounted alike."""
    kind = Fraction if rate == 0 else Decimal
    with localcontext(prec=40):
        paid, hours = payments(terms, chips, rate, kind)
        if method == "worth" and package:
            all_worth = worth + sum(part.worth for part in package)
            if all_worth:
                paid = paid + kind(sum(part.price for part in package))
                paid = paid * kind(worth) / kind(all_worth)
        exact = paid / (hours * chips * kind(throughput))
        if isinstance(exact, Fraction):
            exact = Decimal(exact.numerator) / Decimal(exact.denominator)
        return Decimal(exact).quantize(ROUNDED)


def payments(terms: Terms, chips: int, rate: Decimal, kind: Any) -> tuple[Number, Number]:
    """What is paid, and the hours of one chip, both as of the start."""
    hours = kind(0)
    undiscounted = kind(0)
    flows: list[tuple[int, Number]] = []
    ends: list[int] = []
    for month in range(terms.months):
        begins, ends_on = months_later(terms.start, month), months_later(terms.start, month + 1)
        day = (ends_on - terms.start).days
        length = kind((ends_on - begins).days * 24)
        price = kind(terms.price) * (1 + kind(terms.escalator)) ** (month // 12)
        flows.append((day, price * chips * length))
        undiscounted += price * chips * length
        hours += length * factor(day, rate, kind)
        ends.append(day)
    if terms.prepaid is not None:
        ahead = terms.prepaid
        value = kind(ahead.share) * undiscounted
        flows.append((-ahead.days_before, value))
        credited = ends[ahead.credit_after : ahead.credit_after + ahead.credit_over]
        flows += [(day, -value / len(credited)) for day in credited]
    for rebate in terms.rebates:
        day = (months_later(terms.start, rebate.month) - terms.start).days
        flows.append((day, -kind(rebate.amount)))
    flows.append((0, -kind(terms.warrants)))
    return sum(amount * factor(day, rate, kind) for day, amount in flows), hours


@lru_cache(maxsize=100_000)
def factor(days: int, rate: Decimal, kind: Any) -> Number:
    if rate == 0:
        return kind(1)
    return (1 + rate) ** (Decimal(-days) / 365)


def above(one: Decimal, other: Decimal, rise: Decimal = Decimal(0)) -> bool:
    """Whether a price is higher than another and its rise, by more than a millionth."""
    limit = (1 + Fraction(rise)) * (1 + SLACK) - 1
    return Fraction(one) > Fraction(other) + abs(Fraction(other)) * limit


def better_for_the_seller(noticed: Terms, asked: Terms) -> bool:
    """Whether a term other than the price has moved the seller's way."""
    old, new = noticed.prepaid, asked.prepaid
    if new is not None and new.share > (old.share if old else 0):
        return True
    if old is not None and new is not None and old.share and new.share:
        pairs = (
            (old.days_before, new.days_before),
            (old.credit_after, new.credit_after),
            (old.credit_over, new.credit_over),
        )
        if any(later > before for before, later in pairs):
            return True
    return (
        asked.months > noticed.months
        or bool(set(asked.options) - set(noticed.options))
        or asked.warrants < noticed.warrants
        or asked.support > noticed.support
    )


def only_cash(noticed: Terms, given: Terms) -> bool:
    """Whether terms differ from those noticed by cash in the place of what is not."""
    return (
        (given.start, given.months) == (noticed.start, noticed.months)
        and (given.escalator, given.prepaid) == (noticed.escalator, noticed.prepaid)
        and (not given.rebates or given.rebates == noticed.rebates)
        and not given.warrants
        and not given.options
        and not given.support
    )


def unpriced(terms: Terms) -> bool:
    """Whether terms cannot be priced."""
    amounts = [terms.price, terms.escalator, terms.warrants, terms.support]
    amounts += [rebate.amount for rebate in terms.rebates]
    finite = all(amount.is_finite() and abs(amount) <= 10**15 for amount in amounts)
    return not finite or not 1 <= terms.months <= 1200 or terms.start.year > 9000
