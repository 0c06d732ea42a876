"""Posted groups as a ledger that Beancount reads: the books of one party.

Money stands in the currency's own decimals, capacity in whole chip-seconds. No tolerance is given:
a transaction that is off by the smallest unit is an error, and so is a balance. At the end of each
month every account that moved is asserted to hold what our own ledger says that it holds.

Ids become parts of accounts, and chips commodities, in such a way that no two become the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from offtake.settle.ledger import balances
from offtake.units import Month
from offtake.units.minor import money_of
from offtake.units.postings import Group, Owed, Posting

SECONDS = "chip-seconds"
_INDENT = "  "
_WITHIN = {"-": "-", ".": "Dot", "_": "Low"}
_ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LINKABLE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/.")


def beancount_text(
    groups: Iterable[Group], party: str, *, title: str = "", until: dt.date | None = None
) -> str:
    """The books of a party as Beancount reads them, to the end of a day.

    Groups come in the order of posting; those of one day keep it.
    """
    every = [one for one in groups if until is None or one.date <= until]
    books = _Books(party, {line.id: line for one in every for line in one.lines})
    for group in sorted(every, key=lambda one: one.date):
        books.enter(group)
    books.close_month()
    named = title or f"The books of {party}"
    opened = [*_options(named, sorted({one.currency for one in every})), "", *books.opened()]
    return "\n".join([*opened, *books.text, ""])


def account_name(path: str) -> str:
    """`Expenses:Charge:cloud-1.a` as `Expenses:Charge:Cloud-1Dota`; two paths never meet."""
    root, kind, *rest = path.split(":", 2)
    return ":".join([root, kind, *map(_part, rest)])


def _part(name: str) -> str:
    """An id as the last part of an account.

    Small letters, digits and hyphens stay, but for a first letter, which becomes a capital. So
    every other capital begins an escape: `Dot`, `Low`, or `U`, the character's number and `u`.
    """
    if name[:1].isascii() and (name[:1].islower() or name[:1].isdigit()):
        return name[0].upper() + "".join(map(_within, name[1:]))
    return "XX" + "".join(map(_within, name))


def _within(char: str) -> str:
    if char.isascii() and (char.islower() or char.isdigit()):
        return char
    return _WITHIN.get(char) or f"U{ord(char):x}u"


def commodity_name(commodity: str) -> str:
    """`USD` as it is, `chip-seconds:gb200` as `GB200-S`, `chip-seconds` as `CHIP-SECONDS`."""
    if not commodity.startswith(SECONDS):
        return commodity
    chip = commodity.removeprefix(SECONDS).removeprefix(":")
    if not chip:
        return "CHIP-SECONDS"
    name = "".join(map(_commodity_letter, chip))
    # A name begins with a letter, and no id holds an apostrophe.
    return f"{name}-S" if name[0].isalpha() else f"C'{name}-S"


def _commodity_letter(char: str) -> str:
    if char.isascii() and (char.islower() or char.isdigit() or char in "-._"):
        return char.upper()
    return f"'{ord(char):X}'"


# --- the books of one party -----------------------------------------------------------------------


@dataclass(slots=True)
class _Books:
    """What has been entered so far."""

    party: str
    lines: Mapping[str, Owed]
    """By id: a correction takes back lines of another group."""
    text: list[str] = field(default_factory=list)
    first: dict[str, dt.date] = field(default_factory=dict)
    held: dict[tuple[str, str], int] = field(default_factory=dict)
    """What each account holds of each commodity."""
    month: Month | None = None
    posted: list[Group] = field(default_factory=list)
    """In that month."""

    def enter(self, group: Group) -> None:
        """Take in a group: the party's own postings of it."""
        own = [one for one in group.postings if one.party == self.party]
        if not own:
            return
        if Month.of(group.date) != self.month:
            self.close_month()
            self.month = Month.of(group.date)
        self.posted.append(group)
        for one in own:
            self.first.setdefault(one.account, group.date)
            self.held.setdefault((one.account, one.commodity), 0)
        self.text += ["", *_transaction(group, self.party, own, self.lines)]

    def close_month(self) -> None:
        """Assert what every account that was posted to holds when the month has ended."""
        if self.month is None:
            return
        for (party, account, commodity), amount in balances(self.posted).items():
            if party == self.party:
                self.held[account, commodity] += amount
        # A balance is that of the day's beginning.
        day = (self.month + 1).first
        self.text.append("")
        moved = {(p.account, p.commodity) for g in self.posted for p in g.postings} & set(self.held)
        for account, commodity in sorted(moved):
            held = _amount(self.held[account, commodity], commodity)
            self.text.append(f"{day} balance {account_name(account)}  {held}")
        self.posted.clear()

    def opened(self) -> Iterator[str]:
        """Commodities and accounts, before their first use."""
        begin = min(self.first.values(), default=None)
        for commodity in sorted({commodity for _, commodity in self.held}):
            yield f"{begin} commodity {commodity_name(commodity)}"
            yield f"{_INDENT}name: {_quoted(commodity)}"
        if self.first:
            yield ""
        for account, day in sorted(self.first.items()):
            kinds = sorted(commodity_name(c) for name, c in self.held if name == account)
            yield f"{day} open {account_name(account)}  {','.join(kinds)}"


def _options(title: str, currencies: Iterable[str]) -> Iterator[str]:
    yield f'option "title" {_quoted(title)}'
    for currency in currencies:
        yield f'option "operating_currency" {_quoted(currency)}'
    yield 'option "tolerance_multiplier" "0"'


def _transaction(
    group: Group, party: str, own: Iterable[Posting], lines: Mapping[str, Owed]
) -> Iterator[str]:
    others = dict.fromkeys(one.party for one in group.postings if one.party != party)
    payee = _quoted(", ".join(others))
    tags = f"#{group.kind}" + (" #correction" if group.replaces else "")
    link = "".join(char if char in _LINKABLE else "_" for char in group.base)
    yield f"{group.date} * {payee} {_quoted(group.id)} {tags} ^{link}"
    yield from _meta(
        _INDENT,
        {
            "subject": group.subject,
            "replaces": group.replaces,
            "causes": "; ".join(group.causes),
        },
    )
    told: set[str] = set()
    for one in own:
        amount = _amount(one.amount, one.commodity)
        yield f"{_INDENT}{account_name(one.account)}  {amount}"
        if one.line is not None:
            line = None if one.line in told else lines.get(one.line)
            yield from _meta(2 * _INDENT, _said(one.line, line))
            told.add(one.line)


def _said(name: str, line: Owed | None) -> Mapping[str, str | dt.date | None]:
    """What stands beside a line's first posting: the clause, the period and the reason."""
    if line is None:
        return {"line": name}
    return {
        "line": name,
        "clause": line.by,
        "item": line.item,
        "why": line.why,
        "place": line.place,
        "first": line.first,
        "last": line.last,
        "delivery": line.delivery,
        "chip-seconds": None if line.quantity is None else str(line.quantity),
        "price": line.price,
        "causes": "; ".join(line.causes),
    }


def _meta(indent: str, said: Mapping[str, str | dt.date | None]) -> Iterator[str]:
    for key, value in said.items():
        if value:
            text = value.isoformat() if isinstance(value, dt.date) else _quoted(value)
            yield f"{indent}{key}: {text}"


def _amount(amount: int, commodity: str) -> str:
    """A whole number of smallest units, in the currency's decimals; chip-seconds as they are."""
    if commodity.startswith(SECONDS):
        return f"{amount} {commodity_name(commodity)}"
    return f"{money_of(amount, commodity).amount:f} {commodity}"


def _quoted(text: str) -> str:
    """A string of the ledger; what is no character to be printed becomes a mark."""
    return '"' + "".join(map(_printed, text)) + '"'


def _printed(char: str) -> str:
    return _ESCAPED.get(char) or (char if char.isprintable() else "\ufffd")
