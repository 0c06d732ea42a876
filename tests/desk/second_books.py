"""The second model's books: what may be posted, reckoned line by line, party by party."""

from __future__ import annotations

import re

from offtake.desk.commands import Post
from offtake.units.postings import Group, Owed

from .second_pledges import Pledges
from .second_things import No

WORD = re.compile("[a-z0-9][a-z0-9._-]{0,63}")
BIG = 10**18
Row = tuple[str, str, str, int, str | None]
"""Party, account, commodity, amount, line."""


class Books(Pledges):
    """What was posted, by its id without the revision."""

    def __init__(self) -> None:
        super().__init__()
        self.books: dict[str, list[Group]] = {}

    def post(self, _t: int, actor: str, c: Post, _: str) -> str:
        if actor != self.buyer:
            raise No("not-yours")
        g = c.group
        if not fit(g):
            raise No("posting-unfit")
        rows = [(p.party, p.account, p.commodity, p.amount, p.line) for p in g.postings]
        for party, _account, commodity, _amount, _line in rows:
            if sum(row[3] for row in rows if (row[0], row[2]) == (party, commodity)):
                raise No("unbalanced")
        base, _, number = g.id.partition("~")
        old = self.books.get(base, [])
        if int(number or 1) <= len(old):
            raise No("posted-already")
        if int(number or 1) != len(old) + 1 or g.replaces != (old[-1].id if old else ""):
            raise No("not-latest")
        if old and (g.kind, g.currency) != (old[-1].kind, old[-1].currency):
            raise No("not-latest")
        own = owing(g)
        back = [(*row[:3], -row[3], row[4]) for row in owing(old[-1])] if old else []
        if rows[len(rows) - len(own) :] != own or len(rows) < len(own):
            raise No("postings-differ")
        if rows[: len(rows) - len(own)] != back:
            raise No("not-reversed" if old else "postings-differ")
        self.books.setdefault(base, []).append(g)
        return g.id


def fit(g: Group) -> bool:
    """Whether it could be posted at all."""
    base, mark, number = g.id.partition("~")
    good = g.kind in ("statement", "payment", "call")
    good = good and re.fullmatch("[a-z0-9][a-z0-9._/-]{0,199}", base) is not None
    good = good and bool(mark) == bool(g.replaces)
    good = good and (not mark or (number.isdecimal() and number[0] != "0" and int(number) > 1))
    good = good and WORD.fullmatch(g.subject) is not None
    if g.kind == "statement":
        good = good and base == f"{g.subject}/{g.date:%Y-%m}"
    else:
        good = good and bool(g.lines or mark) and g.capacity is None
    good = good and re.fullmatch("[A-Z]{3}", g.currency) is not None and len(g.lines) <= 1_000
    good = good and all(line.id == f"{g.id}/{n}" for n, line in enumerate(g.lines, 1))
    good = good and all(fit_line(g.kind, line) for line in g.lines)
    if g.capacity is not None:
        c = g.capacity
        good = good and 0 <= c.excused <= c.contracted < BIG and 0 <= c.over <= c.taken < BIG
    return good and all(re.fullmatch("-?[0-9]+(/[0-9]+)?", k.amount) for k in g.carried)


def fit_line(kind: str, line: Owed) -> bool:
    purposes = {"payment": ("paid", "paid in", "paid back"), "call": ("called",)}
    usual = ("charge", "shortfall", "credit", "prepaid", "premium", "fee", "royalty")
    return (
        line.payer != line.payee
        and (abs(line.amount) < BIG if kind == "statement" else 0 < line.amount < BIG)
        and line.account in purposes.get(kind, usual)
        and line.first <= line.last
    )


def owing(g: Group) -> list[Row]:
    """What each line does to the books of both, and the month to the buyer's capacity."""
    rows: list[Row] = []
    for line in g.lines:
        if line.amount:
            for party, account, amount in sides(g, line):
                rows.append((party, account, g.currency, amount, line.id))
    c = g.capacity
    if c is not None:
        kept = c.contracted - c.excused
        unused = kept - (c.taken - c.over) if kept > c.taken - c.over else 0
        for name, amount in (
            ("Equity:Contracted", -c.contracted),
            ("Equity:Over", c.contracted - c.taken - unused - c.excused),
            ("Expenses:Used", c.taken),
            ("Expenses:Unused", unused),
            ("Expenses:Excused", c.excused),
        ):
            if amount:
                rows.append((c.party, f"{name}:{g.subject}", c.commodity, amount, None))
    return rows


def sides(g: Group, line: Owed) -> list[tuple[str, str, int]]:
    """Payer's debit and credit, payee's debit and credit."""
    a, b, x = line.payer, line.payee, line.amount
    if g.kind == "call":
        return [
            (a, f"Assets:Capital:{b}", x),
            (a, f"Liabilities:Called:{b}", -x),
            (b, f"Assets:Called:{a}", x),
            (b, f"Equity:Capital:{a}", -x),
        ]
    if g.kind == "payment" and line.account == "paid back":
        return [
            (a, f"Assets:Receivable:{b}", x),
            (a, "Assets:Cash", -x),
            (b, "Assets:Cash", x),
            (b, f"Liabilities:Payable:{a}", -x),
        ]
    if g.kind == "payment":
        mine, theirs = ("Called", "Called") if line.account == "paid in" else (
            "Payable", "Receivable",
        )  # fmt: skip
        return [
            (a, f"Liabilities:{mine}:{b}", x),
            (a, "Assets:Cash", -x),
            (b, "Assets:Cash", x),
            (b, f"Assets:{theirs}:{a}", -x),
        ]
    name = line.account[0].upper() + line.account[1:]
    spent, earned = f"Expenses:{name}:{g.subject}", f"Income:{name}:{g.subject}"
    if name == "Prepaid":
        spent, earned = f"Assets:Prepaid:{g.subject}", f"Liabilities:Deferred:{g.subject}"
    return [
        (a, spent, x),
        (a, f"Liabilities:Payable:{b}", -x),
        (b, f"Assets:Receivable:{a}", x),
        (b, earned, -x),
    ]
