"""From statements, payments and calls to groups of postings, and from a group to its correction.

What a posting is, and how lines become postings, stands in `units/postings.py`, which the desk
shares. A posted group is never changed: a correction is one more, which reverses it and posts anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from offtake.clauses.base import Line
from offtake.settle.statement import Carried, Entry, Statement
from offtake.units import Money
from offtake.units.minor import minor_of
from offtake.units.postings import (
    Chips,
    Group,
    Kept,
    Owed,
    Posting,
    follow,
    reversed_of,
    unbalanced,
)

__all__ = [
    "Chips",
    "Group",
    "Kept",
    "Owed",
    "Posting",
    "balanced",
    "call",
    "carried_of",
    "correction",
    "group_of",
    "make",
    "paid_back",
    "paid_in",
    "payment",
    "reversal",
    "revised",
    "says_the_same",
]

SECONDS = "chip-seconds"


def group_of(statement: Statement) -> Group:
    """What a statement posts: four postings a line, and the month's capacity."""
    chips = statement.capacity
    commodity = f"{SECONDS}:{statement.chip}" if statement.chip else SECONDS
    return make(
        Group(
            statement.id,
            "statement",
            statement.agreement,
            statement.month.last,
            statement.currency,
            tuple(_owed(entry) for entry in statement.entries),
            (),
            Chips(
                statement.buyer,
                commodity,
                chips.contracted,
                chips.taken,
                chips.over,
                chips.excused,
            ),
            tuple(Kept(c.by, c.name, str(c.amount), c.unit) for c in statement.carried),
            statement.replaces or "",
            statement.sources,
        )
    )


def _owed(entry: Entry) -> Owed:
    line: Line = entry.line
    return Owed(
        entry.id,
        line.by,
        line.item,
        line.why,
        line.payer,
        line.payee,
        minor_of(line.amount),
        line.account,
        line.first,
        line.last,
        str(line.place),
        line.quantity,
        None if line.price is None else str(line.price),
        line.delivery,
        line.causes,
    )


def make(group: Group) -> Group:
    """The same with the postings that its lines and capacity come to; nothing is reversed."""
    return balanced(replace(group, postings=follow(group)))


def balanced(group: Group) -> Group:
    """The group as it is; ValueError where a party's postings of a commodity are not zero."""
    left = unbalanced(group.postings)
    if left is not None:
        party, commodity, amount = left
        raise ValueError(f"{group.id}: {party}'s postings of {commodity} sum to {amount}, not 0")
    return group


def payment(
    id: str,
    subject: str,
    payer: str,
    payee: str,
    amount: Money,
    day: dt.date,
    *,
    place: str = "",
    why: str = "",
    causes: Iterable[str] = (),
) -> Group:
    """What a payment under an agreement posts."""
    line = Owed(
        f"{id}/1", subject, "payment", why, payer, payee, minor_of(amount), "paid", day, day, place
    )
    currency = amount.currency
    return make(Group(id, "payment", subject, day, currency, (line,), (), causes=tuple(causes)))


def paid_in(group: Group) -> Group:
    """A payment that answers a capital call instead: the payee is the venture."""
    lines = tuple(replace(line, account="paid in") for line in group.lines)
    return make(replace(group, lines=lines))


def paid_back(group: Group) -> Group:
    """A payment that goes back instead, over the accounts by which it came."""
    lines = tuple(replace(line, account="paid back", item="refund") for line in group.lines)
    return make(replace(group, lines=lines))


def call(
    id: str,
    venture: str,
    parts: Iterable[tuple[str, Money]],
    day: dt.date,
    *,
    item: str = "capital call",
    why: str = "",
    place: str = "",
    causes: Iterable[str] = (),
) -> Group:
    """What a capital call posts: by owner, what is called; ValueError where nothing is."""
    called = list(parts)
    if not called:
        raise ValueError(f"{id}: nobody is called")
    lines = tuple(
        Owed(
            f"{id}/{n}",
            venture,
            item,
            why,
            owner,
            venture,
            minor_of(amount),
            "called",
            day,
            day,
            place,
        )
        for n, (owner, amount) in enumerate(called, 1)
    )
    currency = called[0][1].currency
    return make(Group(id, "call", venture, day, currency, lines, (), causes=tuple(causes)))


def reversal(group: Group) -> tuple[Posting, ...]:
    """What takes a group's own postings back, one by one."""
    return reversed_of(follow(group))


def says_the_same(old: Group, new: Group) -> bool:
    """Whether two groups owe the same: whatever their revision, their words and files read."""
    return _content(old) == _content(new)


def _content(group: Group) -> tuple[object, ...]:
    lines = [
        replace(line, id=str(number), why="", place="", causes=())
        for number, line in enumerate(group.lines)
    ]
    return group.kind, group.subject, group.currency, lines, group.capacity, group.carried


def revised(old: Group, new: Group) -> Group | None:
    """The correction of a posted group, or None where the new one owes the same.

    It is the next revision, names the old one, and holds the reversal of the old one's own
    postings before its own.
    """
    if old.base != new.base or old.kind != new.kind:
        raise ValueError(f"{new.id} is no correction of {old.id}")
    if says_the_same(old, new):
        return None
    id = f"{old.base}~{old.revision + 1}"
    lines = tuple(replace(line, id=f"{id}/{n}") for n, line in enumerate(new.lines, 1))
    own = make(replace(new, id=id, lines=lines, replaces=old.id))
    return balanced(replace(own, postings=(*reversal(old), *own.postings)))


def correction(old: Group, statement: Statement) -> Group | None:
    """The correction of a posted statement by another of the same month; None where both owe
    the same."""
    return revised(old, group_of(statement))


def carried_of(group: Group) -> tuple[Carried, ...]:
    """What a posted statement hands to the next month."""
    units = {"chip-seconds": "chip-seconds", "money": "money", "count": "count"}
    return tuple(
        Carried(k.by, k.name, Fraction(k.amount), units[k.unit])  # type: ignore[arg-type]
        for k in group.carried
    )
