"""What statements, payments and capital calls post: who keeps it, and what a correction must be.

Postings follow from lines, and are judged by them: none may be more, less or other than what the
lines and the capacity come to. Of each group the desk remembers the latest revision alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from offtake.desk import commands as cm
from offtake.desk import events as ev
from offtake.desk.act import Act, Judged
from offtake.desk.posted import postings_hash
from offtake.desk.refusals import Refusal, refuse
from offtake.desk.state import Desk, Latest
from offtake.units.postings import Chips, Group, Kept, Owed, follow, reversed_of, unbalanced

MOST_LINES = 10_000
_MOST = 10**18
_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII).fullmatch
_BASE = re.compile(r"[a-z0-9][a-z0-9._/-]{0,199}", re.ASCII).fullmatch
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])", re.ASCII).fullmatch
_REVISION = re.compile(r"[2-9]|[1-9][0-9]{1,5}", re.ASCII).fullmatch
_FRACTION = re.compile(r"-?(?:0|[1-9][0-9]{0,59})(?:/[1-9][0-9]{0,59})?", re.ASCII).fullmatch
_COMMODITY = re.compile(r"chip-seconds(?::[a-z0-9][a-z0-9._-]{0,63})?", re.ASCII).fullmatch
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII).fullmatch
ACCOUNTS = {
    "statement": {"charge", "shortfall", "credit", "prepaid", "premium", "fee", "royalty"},
    "payment": {"paid", "paid in", "paid back"},
    "call": {"called"},
}
"""What a line may be for, by the kind of its group."""


def post(act: Act, command: cm.Post) -> Judged:
    """A group is kept if it is whole, balanced, follows from its lines and names the latest."""
    group = command.group
    wrong = _unfit(group)
    if wrong:
        return refuse("posting-unfit", group=group.id[:80], what=wrong)
    left = unbalanced(group.postings)
    if left is not None:
        party, commodity, amount = left
        return refuse("unbalanced", group=group.id, party=party, commodity=commodity, amount=amount)
    refused = _unlike(act.desk, group)
    return refused or (ev.Posted(at=act.at, by=act.by(group.id), group=group),)


def _unlike(desk: Desk, group: Group) -> Refusal | None:
    """Refuse postings that follow from no line, and a correction of what is not the latest."""
    latest: Latest | None = desk.posted.get(group.base)
    if latest is not None and group.revision <= latest.revision:
        return refuse("posted-already", group=group.id, latest=latest.id)
    if group.replaces != ("" if latest is None else latest.id) or (
        latest is not None
        and (group.revision, group.kind, group.currency)
        != (latest.revision + 1, latest.kind, latest.currency)
    ):
        named = group.replaces or "nothing"
        there = "nothing" if latest is None else latest.id
        return refuse("not-latest", group=group.id, named=named, latest=there)
    own = follow(group)
    before = group.postings[: max(0, len(group.postings) - len(own))]
    if group.postings[len(before) :] != own or (latest is None and before):
        return refuse("postings-differ", group=group.id)
    if latest is not None and postings_hash(reversed_of(before)) != latest.own:
        return refuse("not-reversed", group=group.id, latest=latest.id)
    return None


# --- what a group must be -------------------------------------------------------------------------


def _unfit(group: Group) -> str:
    """What is wrong in it by itself; nothing where it is whole."""
    if group.kind not in ACCOUNTS:
        return f"the kind {group.kind[:40]!r}"
    base, mark, revision = group.id.partition("~")
    if not _BASE(base) or (mark and not _REVISION(revision)) or bool(mark) != bool(group.replaces):
        return "an id that is none, or a revision that names nothing"
    return next(_oddities(group, base), "")


def _oddities(group: Group, base: str) -> Iterator[str]:
    """What cannot be in a group of a kind, by its id without the revision."""
    if not _SLUG(group.subject):
        yield f"the subject {group.subject[:40]!r}"
    if group.kind == "statement":
        agreement, _, month = base.rpartition("/")
        if agreement != group.subject or not _MONTH(month) or str(group.date)[:7] != month:
            yield "an id that is not its agreement's and its month's"
    elif not (group.lines or group.replaces):
        yield "no line"
    if not _CURRENCY(group.currency):
        yield f"the currency {group.currency[:40]!r}"
    if len(group.lines) > MOST_LINES:
        yield f"more than {MOST_LINES:,} lines"
    for number, line in enumerate(group.lines, 1):
        if line.id != f"{group.id}/{number}":
            yield f"a line {number} that is called {line.id[:80]!r}"
        if not _line_fits(group.kind, line):
            yield f"a line {number} whose parties, amount, account, days or price are none"
    if not _capacity_fits(group):
        yield "a capacity that cannot be"
    if not all(_FRACTION(kept.amount) and _kept_fits(kept) for kept in group.carried):
        yield "something carried that cannot be"


def _line_fits(kind: str, line: Owed) -> bool:
    least = 1 - _MOST if kind == "statement" else 1
    return (
        _SLUG(line.payer) is not None
        and _SLUG(line.payee) is not None
        and line.payer != line.payee
        and least <= line.amount < _MOST
        and line.account in ACCOUNTS[kind]
        and line.first <= line.last
        and (line.quantity is None or abs(line.quantity) < _MOST)
        and (line.price is None or _FRACTION(line.price) is not None)
    )


def _capacity_fits(group: Group) -> bool:
    chips: Chips | None = group.capacity
    if chips is None:
        return True
    return (
        group.kind == "statement"
        and _SLUG(chips.party) is not None
        and _COMMODITY(chips.commodity) is not None
        and 0 <= chips.excused <= chips.contracted < _MOST
        and 0 <= chips.over <= chips.taken < _MOST
    )


def _kept_fits(kept: Kept) -> bool:
    return kept.unit in ("chip-seconds", "money", "count")
