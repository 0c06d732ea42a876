"""What is credited, paid ahead and shared, and every month of a book, step by step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from offtake.book.force import Book, InForce
from offtake.book.records import Agreement, Delivery
from offtake.settle import Inputs
from offtake.units import Month

from .naive_owed import (
    DAY,
    Rows,
    World,
    arrived,
    begin,
    buyer,
    capacity,
    last_day,
    last_served,
    life_of,
    months_of,
    price_on,
    served_days,
)
from .naive_words import (
    CHARGE,
    CREDIT,
    DRAW,
    SHARE,
    SHORTFALL,
    SPEND,
    after,
    days_in,
    expansion,
    in_order,
    minimum_share,
    minimum_spend,
    overage,
    remaining,
    take_or_pay,
    termination,
    volume_tiers,
)


def delay_credits(w: World, agreement: Agreement, term: InForce, month: Month) -> None:
    words: Any = term.clause
    zone = w.book.header.timezone
    for delivery in agreement.deliveries:
        came = arrived(w, agreement, delivery)
        day = last_served(agreement, delivery) + DAY
        if came is not None:
            day = delivery.start
            while begin(zone, day + DAY) <= came:
                day += DAY
        counted = day if came is not None else day - DAY
        if Month.of(counted) != month or not term.on(counted):
            continue
        late = (day - after(w.book, delivery.start, words.grace)).days
        part = min(Fraction(words.rate.value) * max(0, late), Fraction(words.cap.value))
        due = Month.of(delivery.start)
        seconds = begin(zone, due.last + DAY) - begin(zone, due.first)
        fee = delivery.add * price_on(w.book, agreement, delivery.start) * seconds / 3600
        w.owe(agreement, month, words.id, CREDIT, -part * fee)


def prepayment(w: World, agreement: Agreement, term: InForce, month: Month) -> None:
    words: Any = term.clause
    last = life_of(w.book, term)[1]
    for delivery in w.book.written[agreement.id].deliveries:
        paid_on, due = paid_under(w, agreement, words.id, delivery)
        over = min(x for x in (agreement.ended, delivery.ended, dt.date.max) if x)
        due = due if last == last_day(agreement) else min(due, last)
        if paid_on is not words or due >= over:
            continue
        if min(Month.of(due), Month.of(last)) == month:
            value = remaining(w, w.book.written[agreement.id], delivery, delivery.start)
            paid = w.owe(agreement, month, words.id, DRAW, Fraction(words.share.value) * value)
            w.memory[words.id, delivery.id] = paid
    if month <= Month.of(last) and term.on(min(month.last, last)):
        drawn(w, agreement, words, month)
    balance = sum(
        (w.memory[words.id, d.id] for d in w.book.written[agreement.id].deliveries), Fraction()
    )
    w.kept[agreement.id, month][words.id, "paid"] = balance


def paid_under(
    w: World, agreement: Agreement, clause: str, delivery: Delivery
) -> tuple[Any, dt.date]:
    """The words under which a delivery is paid ahead: those of its first day, or earlier ones."""
    final = words_for(w, agreement, clause, delivery)
    for term in sorted(w.book.terms_of[agreement.id], key=in_order):
        words: Any = term.clause
        if words.id == clause and final is not None:
            day = due_on(w.book, words.due, delivery.start, agreement.known)
            day = max(day, agreement.known)
            day = max(day, term.start) if term.start > agreement.from_ else day
            if words is final or day <= term.end:
                return words, day
    return None, dt.date.max


def words_for(w: World, agreement: Agreement, clause: str, delivery: Delivery) -> Any:
    """The words that are in force on the first day of a delivery, or were to be."""
    for term in w.book.terms_of[agreement.id]:
        lasts = agreement.ended is not None and term.end == last_day(agreement) < delivery.start
        if term.clause.id == clause and (term.on(delivery.start) or lasts):
            return term.clause
    return None


def drawn(w: World, agreement: Agreement, words: Any, month: Month) -> None:
    """What a month draws of what was paid ahead, the oldest delivery first."""
    invoice = w.owed(agreement, month, CREDIT)
    others = (agreement.id, f"drawn in {month}")
    left = min(Fraction(words.credit_up_to.value) * invoice, invoice - w.memory[others])
    for delivery in sorted(agreement.deliveries, key=lambda d: d.start):
        said = words_for(w, agreement, words.id, delivery)
        came = came_on(w, agreement, delivery)
        if said is None or came is None or left <= 0:
            continue
        if Month.of(came) + said.credit_after.months <= month:
            least = min(left, w.memory[words.id, delivery.id])
            amount = -w.owe(agreement, month, words.id, DRAW, -least)
            w.memory[words.id, delivery.id] -= amount
            w.memory[others] += amount
            left -= amount


def came_on(w: World, agreement: Agreement, delivery: Delivery) -> dt.date | None:
    """The day on which a delivery came, even if that was after it was over."""
    told = w.inputs.arrivals.get((agreement.id, delivery.id))
    if told is None or told.at is None:
        return None if told else delivery.start
    day = delivery.start
    while begin(w.book.header.timezone, day + DAY) <= told.at // 10**9:
        day += DAY
    return day


def due_on(book: Book, due: Any, start: dt.date, signed: dt.date) -> dt.date:
    """The day on which a payment for a delivery is due."""
    if due.when == "at signing":
        return signed
    if due.when == "before start":
        day = start
        while after(book, day, due.length) > start:
            day -= DAY
        return day
    return after(book, start, due.length)


def licence(w: World, agreement: Agreement, term: InForce, month: Month) -> None:
    words: Any = term.clause
    days = [d for d in days_in(w, agreement, term, month) if d.day <= (words.until or d.day)]
    if words.fee:
        fee = Fraction(words.fee.amount) / (12 if words.fee.per == "year" else 1)
        sign = 1 if words.holder == buyer(w.book, agreement) else -1
        w.owe(agreement, month, words.id, SHARE, sign * fee * len(days) / month.days)


def revenue_share(w: World, agreement: Agreement, term: InForce, month: Month) -> None:
    words: Any = term.clause
    days = [d for d in days_in(w, agreement, term, month) if d.day <= (words.until or d.day)]
    for earned in w.inputs.revenues.get(words.id, ()):
        if earned.month != month:
            continue
        owes = Fraction(words.share.value) * Fraction(earned.amount.amount)
        owes = owes * len(days) / month.days
        if words.cap:
            owes = min(owes, Fraction(words.cap.amount) - w.memory[words.id, words.payer])
        if owes > 0:
            sign = 1 if words.payer == buyer(w.book, agreement) else -1
            paid = w.owe(agreement, month, words.id, SHARE, sign * owes)
            w.memory[words.id, words.payer] += abs(paid)


WORDS: dict[str, tuple[int, Callable[[World, Agreement, InForce, Month], None]]] = {
    "overage": (CHARGE, overage),
    "volume-tiers": (CHARGE, volume_tiers),
    "termination": (CHARGE, termination),
    "expansion-option": (CHARGE, expansion),
    "take-or-pay": (SHORTFALL, take_or_pay),
    "minimum-share": (SHORTFALL, minimum_share),
    "minimum-spend": (SPEND, minimum_spend),
    "delay-credits": (CREDIT, delay_credits),
    "prepayment": (DRAW, prepayment),
    "licence": (SHARE, licence),
    "revenue-share": (SHARE, revenue_share),
}


def owed(book: Book, through: Month, rows: Rows, inputs: Inputs) -> World:
    """Every month of every agreement, step by step."""
    w = World(book, rows, inputs)
    w.days = {a.id: served_days(w, a) for a in book.agreements.values()}
    for month in months_of(min(a.known for a in book.agreements.values()), through.last):
        for agreement in book.agreements.values():
            if Month.of(agreement.from_) <= month <= Month.of(last_day(agreement)):
                capacity(w, agreement, month)
        for step in (CHARGE, SHORTFALL, SPEND, CREDIT, DRAW, SHARE):
            for agreement in book.agreements.values():
                if Month.of(agreement.known) <= month <= Month.of(last_day(agreement)):
                    for term in sorted(book.terms_of.get(agreement.id, ()), key=in_order):
                        _speak(w, agreement, term, month, step)
    return w


def _speak(w: World, agreement: Agreement, term: InForce, month: Month, step: int) -> None:
    at, say = WORDS.get(term.clause.kind, (0, None))
    if at == step and say is not None:
        heard = term.start <= month.last and term.end >= month.first
        if heard or term.clause.kind == "prepayment":
            say(w, agreement, term, month)
