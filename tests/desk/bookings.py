"""Statements, payments and calls as tests of the desk post them: small, and whole."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from offtake.units.postings import Chips, Group, Kept, Owed, Posting, follow, reversed_of

from .saying import BUYER

DAY = dt.date(2026, 3, 31)
FIRST = dt.date(2026, 3, 1)


def owed(amount: int = 250_000, number: int = 1, **words: Any) -> Owed:
    """One line: what openai owes oracle for March under oci."""
    told: dict[str, Any] = {
        "by": "oci",
        "item": "capacity reserved: 100 gb200",
        "why": "100 chips × 744 h × 3 USD",
        "payer": BUYER,
        "payee": "oracle",
        "account": "charge",
        "first": FIRST,
        "last": DAY,
        "place": "agreements.yaml:3:5",
    }
    return Owed(f"oci/2026-03/{number}", amount=amount, **(told | words))


def group(*lines: Owed, id: str = "oci/2026-03", **words: Any) -> Group:
    """A group that follows from its lines, which are called by it."""
    told: dict[str, Any] = {
        "kind": "statement",
        "subject": "oci",
        "date": DAY,
        "currency": "USD",
    }
    named = tuple(replace(line, id=f"{id}/{n}") for n, line in enumerate(lines, 1))
    made = Group(id, lines=named, postings=(), **(told | words))
    return replace(made, postings=follow(made))


def chips(contracted: int, taken: int, over: int = 0, excused: int = 0) -> Chips:
    return Chips(BUYER, "chip-seconds:gb200", contracted, taken, over, excused)


def march(*lines: Owed, **words: Any) -> Group:
    """March: a charge, a credit, a share of it paid ahead, and what was used of the capacity."""
    told = lines or (
        owed(quantity=267_840_000, price="3", delivery="d1", causes=("use.csv#ab",)),
        owed(-20_000, account="credit", by="oci/delay", item="late"),
        owed(50_000, account="prepaid", by="oci/ahead", item="paid ahead"),
    )
    words.setdefault("capacity", chips(267_840_000, 200_000_000, 1_000_000, 7_840_000))
    words.setdefault("carried", (Kept("oci/ahead", "left", "1/3", "money"),))
    return group(*told, **words)


def corrected(old: Group, *lines: Owed, **words: Any) -> Group:
    """The next revision of a group: what it reverses, then what it posts."""
    id = f"{old.base}~{old.revision + 1}"
    told = {"kind": old.kind, "subject": old.subject, "currency": old.currency}
    new = group(*lines, id=id, replaces=old.id, **(told | words))
    return replace(new, postings=(*reversed_of(follow(old)), *new.postings))


def payment(amount: int = 100_000, id: str = "payment/1", **words: Any) -> Group:
    return group(owed(amount, account="paid", item="payment", **words), id=id, kind="payment")


def call(*parts: tuple[str, int], id: str = "call/stargate/1") -> Group:
    """What the owners of a venture are called to pay in."""
    lines = [
        owed(amount, payer=owner, payee="stargate", account="called") for owner, amount in parts
    ]
    return group(*lines, id=id, kind="call", subject="stargate")


def changed(old: Group, at: int, **words: Any) -> Group:
    """A group one of whose postings is another."""
    postings: list[Posting] = list(old.postings)
    postings[at] = replace(postings[at], **words)
    return replace(old, postings=tuple(postings))
