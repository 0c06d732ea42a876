"""Double entry: what was owed, paid or called, as postings that sum to nothing for each party.

Amounts are whole numbers: the smallest units of a currency, or chip-seconds. Each party's own books
stand in a group side by side; in each of them every commodity sums to zero.

`follow` is the one rule by which lines and capacity become postings.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

KINDS = ("statement", "payment", "call")


@dataclass(frozen=True, slots=True)
class Posting:
    """One entry in the books of one party."""

    party: str
    account: str
    """A path such as `Expenses:Charge:cloud`; its first part is Assets, Liabilities, Equity,
    Income or Expenses."""
    commodity: str
    """A currency, or `chip-seconds`, with `:<chip>` where all are of one chip."""
    amount: int
    line: str | None = None
    """The line that it follows from; None for capacity."""


@dataclass(frozen=True, slots=True)
class Owed:
    """One line of a group: who owes, pays or is called, to whom, how much, and why."""

    id: str
    """`<group>/<number>`, counted from 1."""
    by: str
    """The clause, or the agreement, or the venture itself."""
    item: str
    why: str
    payer: str
    payee: str
    amount: int
    """In the smallest units of the currency; negative is the payer's credit."""
    account: str
    """What it is for: that of the statement's line; `paid`, `paid back`, `called` or `paid in`."""
    first: dt.date
    last: dt.date
    place: str
    """`file:line:column` in the book, or in the file that said so."""
    quantity: int | None = None
    """Chip-seconds."""
    price: str | None = None
    """Of a chip-hour, exactly: a fraction such as `47/20`."""
    delivery: str | None = None
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """What a clause hands to the next month under a name, exactly."""

    by: str
    name: str
    amount: str
    """A fraction such as `-1/3`, or a whole number."""
    unit: str


@dataclass(frozen=True, slots=True)
class Chips:
    """The chip-seconds of a statement, in the buyer's books."""

    party: str
    """Whose books: the buyer."""
    commodity: str
    contracted: int
    taken: int
    over: int
    """Of what was taken: above what was contracted, hour by hour."""
    excused: int


@dataclass(frozen=True, slots=True)
class Group:
    """What one statement, payment or capital call posts; a correction names the one before."""

    id: str
    """Of a statement `<agreement>/<month>`; a correction's ends in `~<revision>`."""
    kind: str
    """One of `KINDS`."""
    subject: str
    """The agreement, or the venture."""
    date: dt.date
    currency: str
    lines: tuple[Owed, ...]
    postings: tuple[Posting, ...]
    """What the lines and the capacity come to; of a correction, the reversal of what it replaces
    stands before that."""
    capacity: Chips | None = None
    carried: tuple[Kept, ...] = ()
    replaces: str = ""
    """The id of the group that this one takes the place of."""
    causes: tuple[str, ...] = ()
    """What it rests on: files read, with their digests."""

    @property
    def base(self) -> str:
        """Its id without the revision."""
        return self.id.partition("~")[0]

    @property
    def revision(self) -> int:
        """1, or what stands behind `~`."""
        return int(self.id.partition("~")[2] or "1")

    @property
    def month(self) -> str:
        """Of a statement: the month, as `2026-03`; else nothing."""
        return self.base.rpartition("/")[2] if self.kind == "statement" else ""


def follow(group: Group) -> tuple[Posting, ...]:
    """What the lines and the capacity of a group come to: all its postings but the reversal."""
    return (
        *postings_of(group.kind, group.subject, group.currency, group.lines),
        *capacity_postings(group.subject, group.capacity),
    )


def reversed_of(postings: Iterable[Posting]) -> tuple[Posting, ...]:
    """What takes postings back, one by one."""
    return tuple(replace(one, amount=-one.amount) for one in postings)


def postings_of(kind: str, subject: str, currency: str, lines: Iterable[Owed]) -> Iterator[Posting]:
    """The postings that lines come to: four each, in the books of payer and payee; 0 is none."""
    for line in lines:
        if not line.amount:
            continue
        for party, account, sign in _accounts(kind, subject, line):
            yield Posting(party, account, currency, sign * line.amount, line.id)


def _accounts(kind: str, subject: str, line: Owed) -> Iterator[tuple[str, str, int]]:
    """In whose books, on which account, with which sign."""
    payer, payee = line.payer, line.payee
    if kind == "payment" and line.account == "paid back":
        # Over the accounts of the payment that goes back, whose payer is the payee now.
        yield payer, f"Assets:Receivable:{payee}", 1
        yield payer, "Assets:Cash", -1
        yield payee, "Assets:Cash", 1
        yield payee, f"Liabilities:Payable:{payer}", -1
    elif kind == "payment":
        capital = line.account == "paid in"
        owed = f"Liabilities:Called:{payee}" if capital else f"Liabilities:Payable:{payee}"
        due = f"Assets:Called:{payer}" if capital else f"Assets:Receivable:{payer}"
        yield payer, owed, 1
        yield payer, "Assets:Cash", -1
        yield payee, "Assets:Cash", 1
        yield payee, due, -1
    elif kind == "call":
        yield payer, f"Assets:Capital:{payee}", 1
        yield payer, f"Liabilities:Called:{payee}", -1
        yield payee, f"Assets:Called:{payer}", 1
        yield payee, f"Equity:Capital:{payer}", -1
    else:
        prepaid, name = line.account == "prepaid", line.account.capitalize()
        yield payer, f"Assets:Prepaid:{subject}" if prepaid else f"Expenses:{name}:{subject}", 1
        yield payer, f"Liabilities:Payable:{payee}", -1
        yield payee, f"Assets:Receivable:{payer}", 1
        yield (
            payee,
            f"Liabilities:Deferred:{subject}" if prepaid else f"Income:{name}:{subject}",
            -1,
        )


def capacity_postings(subject: str, chips: Chips | None) -> Iterator[Posting]:
    """What was contracted, and what became of it, in the buyer's books; 0 is none."""
    if chips is None:
        return
    unused = max(0, chips.contracted - chips.excused - (chips.taken - chips.over))
    # What was taken in spite of an excuse comes on top of the contract too.
    over = chips.taken + unused + chips.excused - chips.contracted
    for account, amount in (
        ("Equity:Contracted", -chips.contracted),
        ("Equity:Over", -over),
        ("Expenses:Used", chips.taken),
        ("Expenses:Unused", unused),
        ("Expenses:Excused", chips.excused),
    ):
        if amount:
            yield Posting(chips.party, f"{account}:{subject}", chips.commodity, amount)


def unbalanced(postings: Iterable[Posting]) -> tuple[str, str, int] | None:
    """The first party and commodity that do not sum to zero, and what they sum to; None if none."""
    sums: Counter[tuple[str, str]] = Counter()
    for one in postings:
        sums[one.party, one.commodity] += one.amount
    return next(((*key, left) for key, left in sorted(sums.items()) if left), None)
