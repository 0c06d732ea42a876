"""How a statement is told: its figures as text, all of it as plain data, and its digest."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from offtake.clauses.base import HOUR, Line, Told
from offtake.clauses.figures import number
from offtake.settle.statement import Carried, Entry, Statement
from offtake.units import Money
from offtake.units.minor import exponent, minor_of

NOT_METERED = "Use was not metered: what was contracted and not excused counts as taken."


def amount(money: Money) -> str:
    """`-1,234.50`: exact, with as many decimals as the currency is paid in."""
    places = exponent(money.currency)
    minor = minor_of(money)
    whole, rest = divmod(abs(minor), 10**places)
    decimals = f".{rest:0{places}d}" if places else ""
    return f"{'-' if minor < 0 else ''}{whole:,}{decimals}"


def hours(seconds: int | Fraction) -> str:
    """`1,234.5`: chip-seconds in chip-hours."""
    return number(Fraction(seconds) / HOUR)


def price(line: Line) -> str:
    """Of a chip-hour; empty where the line has none."""
    return "" if line.price is None else number(line.price)


def clause(statement: Statement, line: Line) -> str:
    """The short name of the clause that said a line; of the agreement's own lines nothing."""
    return "" if line.by == statement.agreement else line.by.removeprefix(f"{statement.agreement}/")


def short(entry: Entry) -> str:
    """A line's number in its statement."""
    return entry.id.rpartition("/")[2]


def used_share(statement: Statement) -> str:
    """What was taken of what could be, in percent; a dash where nothing could be."""
    capacity = statement.capacity
    could = capacity.contracted - capacity.excused
    if could <= 0:
        return "–"
    tenths = round(Fraction(1000 * capacity.taken, could))
    return f"{tenths // 10}.{tenths % 10} %"


def balance(carried: Carried, currency: str) -> str:
    """What is carried, with its unit: `1,234.5 chip-hours`."""
    if carried.unit == "chip-seconds":
        return f"{hours(carried.amount)} chip-hours"
    return (
        f"{number(carried.amount)} {currency}"
        if carried.unit == "money"
        else number(carried.amount)
    )


def is_quiet(statement: Statement) -> bool:
    """Whether there is nothing to be said of the month: no line, no capacity, no remark."""
    capacity = statement.capacity
    return not (statement.entries or capacity.contracted or capacity.taken or statement.told)


def totals(statements: Iterable[Statement]) -> Mapping[tuple[str, str], Money]:
    """What each payer owes each payee in the end, by statements together: none negative."""
    owed: dict[tuple[str, str], Money] = {}
    for statement in statements:
        for payer, payee in statement.pairs:
            due = statement.owed(payer, payee)
            pair = (payee, payer) if (payee, payer) in owed else (payer, payee)
            signed = due if pair == (payer, payee) else -due
            owed[pair] = owed.get(pair, Money.zero(statement.currency)) + signed
    turned = ((pair, due) if due.amount >= 0 else (pair[::-1], -due) for pair, due in owed.items())
    return {(payer, payee): due for (payer, payee), due in turned}


def data(statement: Statement) -> dict[str, Any]:
    """All of it as plain data: amounts as exact text, capacity in chip-seconds."""
    capacity = statement.capacity
    return {
        "statement": statement.id,
        "agreement": statement.agreement,
        "month": str(statement.month),
        "revision": statement.revision,
        "replaces": statement.replaces,
        "buyer": statement.buyer,
        "seller": statement.seller,
        "host": statement.host,
        "currency": statement.currency,
        "forecast": statement.forecast,
        "metered": statement.metered,
        "capacity": {
            "contracted": capacity.contracted,
            "taken": capacity.taken,
            "over": capacity.over,
            "excused": capacity.excused,
            "unused": capacity.unused,
            "unit": "chip-seconds",
            "chip": statement.chip or None,
        },
        "lines": [_line(statement, entry) for entry in statement.entries],
        "totals": [
            {"payer": payer, "payee": payee, "amount": str(statement.owed(payer, payee).amount)}
            for payer, payee in statement.pairs
        ],
        "carried": [
            {"by": c.by, "name": c.name, "amount": str(c.amount), "unit": c.unit}
            for c in statement.carried
        ],
        "notes": [_told(told) for told in statement.told],
        "sources": list(statement.sources),
    }


def digest(statement: Statement) -> str:
    """The SHA-256 of its plain data in one canonical form: another figure gives another digest."""
    text = json.dumps(data(statement), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _line(statement: Statement, entry: Entry) -> dict[str, Any]:
    line = entry.line
    return {
        "id": entry.id,
        "step": line.step.name.lower(),
        "by": line.by,
        "clause": clause(statement, line) or None,
        "item": line.item,
        "why": line.why,
        "payer": line.payer,
        "payee": line.payee,
        "amount": str(line.amount.amount),
        "account": line.account,
        "first": _day(line.first),
        "last": _day(line.last),
        "chip_seconds": line.quantity,
        "price": None if line.price is None else str(line.price),
        "delivery": line.delivery,
        "place": str(line.place),
        "causes": list(line.causes),
    }


def _told(told: Told) -> dict[str, str]:
    return {"by": told.by, "sentence": told.sentence, "place": str(told.place)}


def _day(day: dt.date) -> str:
    return day.isoformat()
