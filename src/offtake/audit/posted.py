"""What was posted: it balances, follows from its lines, and a correction takes the latest back.

What postings should be there is written down as a list for each line, and held against those that
are, in whatever order they stand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from offtake.audit.breach import Data
from offtake.audit.known import Booked, Known


class Entry(NamedTuple):
    """One posting, as it counts."""

    party: str
    account: str
    commodity: str
    amount: int
    line: str | None


PAYER, PAYEE = "payer", "payee"
OWED = [
    (PAYER, "Expenses:{what}:{subject}", 1),
    (PAYER, "Liabilities:Payable:{payee}", -1),
    (PAYEE, "Assets:Receivable:{payer}", 1),
    (PAYEE, "Income:{what}:{subject}", -1),
]
AHEAD = [
    (PAYER, "Assets:Prepaid:{subject}", 1),
    *OWED[1:3],
    (PAYEE, "Liabilities:Deferred:{subject}", -1),
]
CASH = [(PAYER, "Assets:Cash", -1), (PAYEE, "Assets:Cash", 1)]
PAID = [
    *CASH,
    (PAYER, "Liabilities:Payable:{payee}", 1),
    (PAYEE, "Assets:Receivable:{payer}", -1),
]
PAID_IN = [
    *CASH,
    (PAYER, "Liabilities:Called:{payee}", 1),
    (PAYEE, "Assets:Called:{payer}", -1),
]
PAID_BACK = [
    *CASH,
    (PAYER, "Assets:Receivable:{payee}", 1),
    (PAYEE, "Liabilities:Payable:{payer}", -1),
]
CALLED = [
    (PAYER, "Assets:Capital:{payee}", 1),
    (PAYER, "Liabilities:Called:{payee}", -1),
    (PAYEE, "Assets:Called:{payer}", 1),
    (PAYEE, "Equity:Capital:{payer}", -1),
]
RULES = {
    "statement": dict.fromkeys(("charge", "shortfall", "credit", "premium", "fee", "royalty"), OWED)
    | {"prepaid": AHEAD},
    "payment": {"paid": PAID, "paid in": PAID_IN, "paid back": PAID_BACK},
    "call": {"called": CALLED},
}
"""By the kind of a group and what a line is for: in whose books, on which account, which sign."""


def posted(known: Known, event: Data) -> None:
    """One group, by itself and beside what it takes the place of."""
    group = event["group"]
    name = group["id"]
    base, mark, number = name.partition("~")
    revision = int(number) if mark else 1
    latest = known.books.get(base)
    _succeeds(known, group, revision, latest)
    _stands(known, group, base)
    found = Counter(
        Entry(p["party"], p["account"], p["commodity"], int(p["amount"]), p["line"])
        for p in group["postings"]
    )
    _balances(known, name, found)
    own = Counter([*_of_lines(known, group), *_of_capacity(group)])
    back = Counter[Entry]()
    if latest is not None:
        back = Counter([entry._replace(amount=-entry.amount) for entry in latest.own.elements()])
    _told(known, name, found, own, back)
    known.books[base] = Booked(name, revision, group["kind"], group["currency"], own)


def _succeeds(known: Known, group: Data, revision: int, latest: Booked | None) -> None:
    """Revisions are counted from 1, and each names the one before it."""
    name, replaces = group["id"], group["replaces"]
    if latest is None:
        if revision != 1 or replaces:
            known.tell("P6", f"{name} corrects {replaces or 'something'}, which is not posted.")
    elif revision <= latest.revision:
        known.tell("P6", f"{name} is posted again: the latest is {latest.id} already.")
    elif revision != latest.revision + 1 or replaces != latest.id:
        named = replaces or "nothing"
        known.tell("P6", f"{name} takes the place of {named}; the latest is {latest.id}.")
    elif (group["kind"], group["currency"]) != (latest.kind, latest.currency):
        known.tell("P6", f"{name} is of another kind or currency than {latest.id}.")


def _stands(known: Known, group: Data, base: str) -> None:
    """Names, days and amounts of a group and its lines are such as they must be."""
    name, kind = group["id"], group["kind"]
    if kind == "statement" and base != f"{group['subject']}/{group['date'][:7]}":
        known.tell("P6", f"{name} is not called by its agreement and its month.")
    for number, line in enumerate(group["lines"], 1):
        amount = int(line["amount"])
        if line["id"] != f"{name}/{number}":
            known.tell("P6", f"{name}: line {number} is called {line['id']}.")
        if line["payer"] == line["payee"]:
            known.tell("P6", f"{name}: in line {number} {line['payer']} owes itself.")
        if kind != "statement" and amount <= 0:
            known.tell("P6", f"{name}: line {number} is a {kind} of {amount}.")


def _balances(known: Known, name: str, found: Counter[Entry]) -> None:
    """In each party's books every commodity sums to zero."""
    sums: dict[tuple[str, str], int] = {}
    for entry, times in found.items():
        key = entry.party, entry.commodity
        sums[key] = sums.get(key, 0) + times * entry.amount
    for (party, commodity), left in sums.items():
        if left:
            known.tell("P6", f"{name}: {party}'s postings of {commodity} sum to {left}, not to 0.")


def _of_lines(known: Known, group: Data) -> Iterator[Entry]:
    """The postings that its lines should have."""
    for line in group["lines"]:
        amount = int(line["amount"])
        rules = RULES[group["kind"]].get(line["account"])
        if rules is None:
            known.tell("P6", f"{group['id']}: nothing is posted for {line['account'][:40]!r}.")
        for side, account, sign in rules or ():
            words = {"payer": line["payer"], "payee": line["payee"], "subject": group["subject"]}
            path = account.format(what=line["account"].capitalize(), **words)
            if amount:
                yield Entry(line[side], path, group["currency"], sign * amount, line["id"])


def _of_capacity(group: Data) -> Iterator[Entry]:
    """The chip-seconds that were contracted, and what became of them, where there are some."""
    chips = group["capacity"]
    if chips is None:
        return
    contracted, taken = int(chips["contracted"]), int(chips["taken"])
    over, excused = int(chips["over"]), int(chips["excused"])
    within = taken - over
    unused = contracted - excused - within
    if unused < 0:
        # More was taken than was left to be taken: that is beyond the contract too.
        over, unused = over - unused, 0
    sums = {"Expenses:Used": taken, "Expenses:Unused": unused, "Expenses:Excused": excused}
    sums |= {"Equity:Contracted": -contracted, "Equity:Over": -over}
    for account, amount in sums.items():
        if amount:
            path = f"{account}:{group['subject']}"
            yield Entry(chips["party"], path, chips["commodity"], amount, None)


def _told(
    known: Known, name: str, found: Counter[Entry], own: Counter[Entry], back: Counter[Entry]
) -> None:
    """Tell of the first posting that is missing, and the first that nothing accounts for."""
    due = own + back
    for entry in due - found:
        if entry in back:
            known.tell("P6", f"{name} does not take back what was posted before: {_said(entry)}.")
        else:
            of = "its capacity" if entry.line is None else f"the line {entry.line}"
            known.tell("P6", f"{name}: of {of} there is no posting of {_said(entry)}.")
        break
    for entry in found - due:
        known.tell("P6", f"{name}: nothing accounts for the posting of {_said(entry)}.")
        break


def _said(entry: Entry) -> str:
    return f"{entry.amount} {entry.commodity} on {entry.account} of {entry.party}"
