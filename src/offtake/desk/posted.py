"""What the desk remembers of what was posted, and who sees of it what."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

from offtake.desk import events as ev
from offtake.desk.plain import Plain, instant
from offtake.desk.state import Desk, Latest
from offtake.units.postings import Owed, Posting, follow

_encode = msgspec.json.Encoder().encode


def postings_hash(postings: tuple[Posting, ...]) -> str:
    """SHA-256 of postings, in their order."""
    return hashlib.sha256(_encode(postings)).hexdigest()


def latest_of(event: ev.Posted) -> Latest:
    """What the desk remembers of a group."""
    group = event.group
    return Latest(
        group.id,
        group.revision,
        group.kind,
        group.subject,
        group.date,
        group.currency,
        event.at,
        between(group.lines),
        postings_hash(follow(group)),
    )


def between(lines: Iterable[Owed]) -> tuple[tuple[str, str, int], ...]:
    """What each two parties owe in the end: payer, payee, and an amount that is never negative."""
    sums: dict[tuple[str, str], int] = {}
    for line in lines:
        pair, sign = (line.payer, line.payee), 1
        if pair[::-1] in sums:
            pair, sign = pair[::-1], -1
        sums[pair] = sums.get(pair, 0) + sign * line.amount
    return tuple(
        (payer, payee, amount) if amount >= 0 else (payee, payer, -amount)
        for (payer, payee), amount in sums.items()
    )


def seen(desk: Desk, party: str | None) -> list[Plain]:
    """The latest of everything that was posted, or of what a party owes and is owed by it alone."""
    found = []
    for base in sorted(desk.posted):
        one = desk.posted[base]
        own = [pair for pair in one.between if party is None or party in pair[:2]]
        if own or party is None:
            found.append(
                {
                    "posted": one.id,
                    "kind": one.kind,
                    "subject": one.subject,
                    "date": one.date.isoformat(),
                    "at": instant(one.at),
                    "currency": one.currency,
                    "owed": [
                        {"payer": payer, "payee": payee, "amount": amount}
                        for payer, payee, amount in own
                    ],
                }
            )
    return found
