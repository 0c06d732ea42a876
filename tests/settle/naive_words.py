"""What each kind of clause adds to a month, said as plainly as its page says it, in fractions."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from offtake.book.force import Book, InForce
from offtake.book.records import Agreement, Delivery
from offtake.units import Duration, Month

from .naive_owed import (
    DAY,
    Served,
    World,
    begin,
    buyer,
    chips_at,
    life_of,
    months_after,
    price_on,
)

CHARGE, SHORTFALL, SPEND, CREDIT, DRAW, SHARE = range(1, 7)
LENGTHS = {"month": 1, "quarter": 3, "year": 12}


def in_order(term: InForce) -> tuple[str, dt.date]:
    return term.clause.id, term.start


def days_in(w: World, agreement: Agreement, term: InForce, month: Month) -> list[Served]:
    """The days of a month on which words are in force."""
    return [d for d in w.days[agreement.id] if Month.of(d.day) == month and term.on(d.day)]


def after(book: Book, day: dt.date, length: Duration) -> dt.date:
    """A day so much later."""
    if length.unit in ("months", "years"):
        return months_after(day, length.count * (12 if length.unit == "years" else 1))
    left = length.count
    while left:
        day += DAY
        weekend = book.header.calendar == "weekdays" and day.weekday() > 4
        left -= 0 if length.unit == "business days" and weekend else 1
    return day


def period_of(month: Month, measured: str, life: tuple[dt.date, dt.date]) -> tuple[Month, Month]:
    """The first and last month of the period that a month is in."""
    if measured == "term":
        return Month.of(life[0]), Month.of(life[1])
    length = LENGTHS[measured]
    first = Month(month.year, (month.number - 1) // length * length + 1)
    return first, first + (length - 1)


# --- charges ----------------------------------------------------------------------------------


def overage(w: World, agreement: Agreement, term: InForce, month: Month) -> None:
    words: Any = term.clause
    days = days_in(w, agreement, term, month)
    for price in sorted({d.price for d in days}):
        over = sum(d.over for d in days if d.price == price)
        dear = Fraction(words.price.amount) if words.price else price * Fraction(words.rate.value)
        more = dear - price if agreement.billing == "used" else dear
        w.owe(agreement, month, words.id, CHARGE, more * over / 3600)


def volume_tiers(w: World, agreement: Agreement, term: InForce, month: Month) -> None:
    words: Any = term.clause
    days = days_in(w, agreement, term, month)
    seconds = sum(d.seconds for d in days)
    used = agreement.billing == "used"
    counted = [(d.price, d.taken if used else d.contracted) for d in days]
    chips = Fraction(sum(n for _, n in counted), seconds or 1)
    bounds = [Fraction(t.above) for t in words.tiers]
    rates = [Fraction(t.discount.value) for t in words.tiers]
    saved = Fraction()
    for n, (above, rate) in enumerate(zip(bounds, rates, strict=True)):
        if chips > above and words.basis == "whole":
            saved = rate * chips
        elif chips > above:
            upto = min(chips, bounds[n + 1]) if n + 1 < len(bounds) else chips
            saved += rate * (upto - above)
    for price in sorted({p for p, _ in counted}):
        hours = sum(n for p, n in counted if p == price) / (chips or 1) / 3600
        w.owe(agreement, month, words.id, CHARGE, -saved * hours * price)


def termination(w: World, agreement: Agreement, term: InForce, month: Month) -> None:
    words: Any = term.clause
    name = words.name or words.kind
    written = w.book.written[agreement.id]
    sign = -1 if words.by == "seller" else 1
    sums = 0
    whole = agreement.ended is not None and agreement.ended_by == name
    for delivery in written.deliveries:
        own = delivery.ended is not None and delivery.ended_by == name
        ended = delivery.ended if own else agreement.ended if whole else None
        if ended is None or Month.of(ended - DAY) != month or not term.on(ended - DAY):
            continue
        sums = sums + 1 if own else max(sums, 1)
        if words.fee:
            lost = remaining(w, written, delivery, ended)
            fee = Fraction(words.fee.value) * lost
            w.owe(agreement, month, words.id, CHARGE, sign * fee)
    if words.fee_sum and sums:
        for _ in range(sums):
            w.owe(agreement, month, words.id, CHARGE, sign * Fraction(words.fee_sum.amount))


def remaining(w: World, written: Agreement, delivery: Delivery, ended: dt.date) -> Fraction:
    """What a delivery would still have cost."""
    zone, signed = w.book.header.timezone, w.book.unended(written.id)
    day = max(ended, delivery.start)
    worth = Fraction()
    while day <= min(delivery.until or written.until, written.until):
        seconds = begin(zone, day + DAY) - begin(zone, day)
        worth += delivery.add * price_on(signed, written, day) * seconds / 3600
        day += DAY
    return worth


def expansion(w: World, agreement: Agreement, term: InForce, month: Month) -> None:
    words: Any = term.clause
    for called in w.book.agreements.values():
        if called.calls == words.id and Month.of(called.known) == month and term.on(called.known):
            chips = sum(d.add for d in called.deliveries)
            if words.premium:
                premium = Fraction(words.premium.amount) * chips
                w.owe(agreement, month, words.id, CHARGE, premium)


# --- shortfalls -------------------------------------------------------------------------------


def take_or_pay(w: World, agreement: Agreement, term: InForce, month: Month) -> None:
    words: Any = term.clause
    first, last = life_of(w.book, term)
    months = period_of(month, words.measured, (first, last))
    ends = month.last >= last or month == months[1]
    heard_last = min(month.last, last)
    if not term.on(heard_last):
        return
    balances: list[Any] = w.balances[words.id]
    if first >= month.first:
        balances.clear()
    if ends:
        floor, taken, charged = Fraction(), 0, Fraction()
        for day in w.days[agreement.id]:
            if max(first, months[0].first) <= day.day <= heard_last:
                floor += share_on(w, words.id, day.day) * (day.contracted - day.excused)
                taken += day.taken
                charged += day.taken * day.price
        price = price_on(w.book, agreement, heard_last)
        if taken < floor:
            w.owe(agreement, month, words.id, SHORTFALL, (floor - taken) * price / 3600)
            if words.make_up:
                balances.append([month + words.make_up.months, floor - taken])
        above = taken - floor
        for balance in balances:
            if above > 0 and month <= balance[0]:
                free = min(above, balance[1])
                w.owe(agreement, month, words.id, SHORTFALL, -free * charged / taken / 3600)
                balance[1] -= free
                above -= free
    left = sum((b[1] for b in balances if b[0] > month), Fraction())
    w.kept[agreement.id, month][words.id, "unused"] = left


def share_on(w: World, clause: str, day: dt.date) -> Fraction:
    """The share of a take-or-pay on a day."""
    words: Any = next(t.clause for t in w.book.terms if t.clause.id == clause and t.on(day))
    return Fraction(words.share.value)


def minimum_share(w: World, agreement: Agreement, term: InForce, month: Month) -> None:
    words: Any = term.clause
    first, last = life_of(w.book, term)
    months = period_of(month, words.measured, (first, last))
    if not (words.shortfall and term.on(min(month.last, last))):
        return
    if not (month == months[1] or month == Month.of(last)):
        return
    zone = w.book.header.timezone
    since = begin(zone, max(first, months[0].first))
    to = begin(zone, min(last, month.last) + DAY)
    holder = words.holder or agreement.seller
    for version in w.book.terms:
        if version.clause.id != words.id:
            continue
        every = own = 0
        for deal in w.book.agreements.values():
            same = buyer(w.book, deal) == buyer(w.book, agreement) and deal is not agreement
            if same and version.on(deal.known):
                chips = sum(chips_at(w, deal, d, since, to) for d in deal.deliveries)
                every += chips
                own += chips if deal.seller == holder else 0
        said: Any = version.clause
        missing = max(Fraction(), Fraction(said.share.value) * every - own)
        cost = missing * Fraction(said.shortfall.amount) / 3600
        w.owe(agreement, month, words.id, SHORTFALL, cost, payee=holder)


def minimum_spend(w: World, agreement: Agreement, term: InForce, month: Month) -> None:
    words: Any = term.clause
    life = life_of(w.book, term)
    months = period_of(month, words.measured, life)
    whole = (months[1].last - months[0].first).days + 1
    if words.measured == "term":
        whole = (w.book.written[agreement.id].until - life[0]).days + 1
    days = len(days_in(w, agreement, term, month))
    key = f"{words.id}@{term.start}"
    w.memory[key, "due"] += Fraction(words.amount.amount) * days / whole
    w.memory[key, "spent"] += spent(w, agreement, term, month)
    if month == months[1] or month == Month.of(term.end):
        due, moved = w.memory[key, "due"], w.memory[key, "moved"]
        short = max(Fraction(), due + moved - w.memory[key, "spent"])
        on = Fraction()
        if words.defer and month != Month.of(term.end):
            on = min(short, Fraction(words.defer.value) * due)
        w.owe(agreement, month, words.id, SPEND, short - on)
        w.memory[key, "due"] = w.memory[key, "spent"] = Fraction()
        w.memory[key, "moved"] = on
    for name in ("due", "spent", "moved"):
        w.kept[agreement.id, month][words.id, name] = w.memory[key, name]


def spent(w: World, agreement: Agreement, term: InForce, month: Month) -> Fraction:
    """What was spent in a month on the days of the words, under one agreement or with a seller."""
    words: Any = term.clause
    pair = (buyer(w.book, agreement), agreement.seller)
    found = Fraction()
    for other in w.book.agreements.values():
        own = [d.day for d in w.days[other.id] if Month.of(d.day) == month]
        counts = words.counts == "seller" or other is agreement
        if own and counts and (buyer(w.book, other), other.seller) == pair:
            part = Fraction(sum(term.on(day) for day in own), len(own))
            found += w.owed(other, month, SHORTFALL) * part
    return found
