"""What the books say once groups were posted: balances, the movements of an account, open items."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from offtake.units.postings import Group, follow

Key = tuple[str, str, str]
"""Party, account and commodity."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One posting to an account, with what it rests on and the balance after it."""

    account: str
    """That which was asked for, or one below it."""
    date: dt.date
    group: str
    line: str | None
    """The line of a statement, payment or call; None for capacity."""
    item: str
    """What the line is for; of what is taken back, that it is."""
    commodity: str
    amount: int
    balance: int
    """In that commodity, of the account that was asked for and all below it."""
    reverses: bool
    """Whether it takes back what an earlier revision posted."""


@dataclass(frozen=True, slots=True)
class Open:
    """What one party still owes another, on one account, by the payer's own books."""

    payer: str
    payee: str
    currency: str
    amount: int
    """In the smallest units; negative where more was paid than was owed."""
    account: str
    """`Liabilities:Payable:...` or `Liabilities:Called:...`."""


def balances(groups: Iterable[Group]) -> dict[Key, int]:
    """What every account of every party comes to; those of nothing are left out."""
    sums: Counter[Key] = Counter()
    for group in groups:
        for one in group.postings:
            sums[one.party, one.account, one.commodity] += one.amount
    return {key: amount for key, amount in sorted(sums.items()) if amount}


def trial(groups: Iterable[Group]) -> dict[tuple[str, str], int]:
    """By party and commodity what all accounts come to together: zero, or the books are wrong."""
    sums: Counter[tuple[str, str]] = Counter()
    for group in groups:
        for one in group.postings:
            sums[one.party, one.commodity] += one.amount
    return dict(sorted(sums.items()))


def account(groups: Iterable[Group], party: str, name: str) -> tuple[Movement, ...]:
    """The movements of an account and of those below it, in the order in which they were posted."""
    sums: Counter[str] = Counter()
    found = []
    for group in groups:
        items = {line.id: line.item for line in group.lines}
        turned = len(group.postings) - len(follow(group))
        for number, one in enumerate(group.postings):
            if one.party != party or not _within(one.account, name):
                continue
            sums[one.commodity] += one.amount
            back = number < turned
            found.append(
                Movement(
                    one.account,
                    group.date,
                    group.id,
                    one.line,
                    f"reversal of {group.replaces}" if back else items.get(one.line or "", ""),
                    one.commodity,
                    one.amount,
                    sums[one.commodity],
                    back,
                )
            )
    return tuple(found)


def open_items(groups: Iterable[Group]) -> tuple[Open, ...]:
    """What is still to be paid to whom, by the books of those who pay."""
    found = []
    for (party, name, commodity), amount in balances(groups).items():
        for root in ("Liabilities:Payable:", "Liabilities:Called:"):
            if name.startswith(root):
                payee = name.removeprefix(root)
                found.append(Open(party, payee, commodity, -amount, name))
    return tuple(found)


def latest(groups: Iterable[Group]) -> dict[str, Group]:
    """The latest revision of everything that was posted, by its id without the revision."""
    return {group.base: group for group in groups}


def _within(path: str, name: str) -> bool:
    return path == name or path.startswith(f"{name}:")
