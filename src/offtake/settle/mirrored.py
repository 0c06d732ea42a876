"""Terms that are back to back: what a clause upstream owes, one link further down the chain.

An agreement that says `back_to_back: [delay]` has no such words of its own. What the clause of that
name comes to between the reseller and its host in a month, it comes to between the buyer and the
reseller, for the buyer's part of the chips: so a reseller hands on what it gets, and bears nothing
of it and keeps nothing. Parts are by chips as signed and days of the month; what no agreement was
signed for, or is not back to back, stays with the reseller.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from offtake.book.force import Book
from offtake.book.records import Agreement
from offtake.clauses.base import Line
from offtake.clauses.figures import number
from offtake.settle.parts import parts
from offtake.settle.passing import Kind, hosts_first, served_from
from offtake.settle.speaking import Under
from offtake.settle.statement import days_between, statement_id
from offtake.units import Money
from offtake.units.minor import minor_of, money_of


def mirror(book: Book, unders: Sequence[Under]) -> None:
    """Add the lines of one month that pass down, from the hosts on, in the order of steps."""
    below = served_from(book)
    if not any(one.back_to_back for served in below.values() for one in served):
        return
    by_id = {under.agreement.id: under for under in unders}
    for host in hosts_first(book, below):
        if host.id in by_id and host.id in below:
            _pass_down(by_id[host.id], below[host.id], by_id)


def _pass_down(host: Under, served: Sequence[Agreement], by_id: Mapping[str, Under]) -> None:
    for line in list(host.lines):
        name = line.by.rpartition("/")[2]
        takers = [one for one in served if name in one.back_to_back and one.id in by_id]
        if not takers or {line.payer, line.payee} != {host.buyer, host.agreement.seller}:
            continue
        weights = _weights(host, served, line)
        shares = parts(minor_of(line.amount), weights)
        for one, weight, share in zip(served, weights, shares, strict=False):
            if one in takers and share:
                below = by_id[one.id]
                below.lines.append(_mirrored(line, host, below, share, weight, sum(weights)))
    for one in served:
        if one.id in by_id:
            by_id[one.id].lines.sort(key=lambda line: line.step)


def _mirrored(line: Line, host: Under, below: Under, share: int, weight: int, whole: int) -> Line:
    """The line between buyer and reseller, which names the clause and the statement above."""
    above = statement_id(host.agreement.id, host.month)
    amount: Money = money_of(share, line.amount.currency)
    whole_amount = f"{number(Fraction(line.amount.amount))} {line.amount.currency}"
    part = "" if weight == whole else f" × {number(weight)} / {number(whole)} chip-days"
    down = {host.agreement.seller: below.agreement.seller, host.buyer: below.buyer}
    return replace(
        line,
        payer=down[line.payer],
        payee=down[line.payee],
        amount=amount,
        why=f"back to back: {whole_amount} of {above}{part}; there {line.why}",
        quantity=None,
        price=None,
        delivery=None,
        causes=(above, *line.causes),
    )


def _weights(host: Under, served: Sequence[Agreement], line: Line) -> list[int]:
    """Chip-days as signed of each that is served, and of what the reseller has beside.

    Those of the month, or of the host's whole life where it has none in the month; of the chip and
    region of the line's delivery, where it names one.
    """
    agreement = host.agreement
    named = (d for d in agreement.deliveries if d.id == line.delivery)
    kind = next(((d.chip, d.region) for d in named), None)
    below: list[int] = []
    for first, last in (
        (host.month.first, host.month.last),
        (agreement.from_, agreement.until),
    ):
        below = [_chip_days(one, first, last, kind) for one in served]
        spare = max(0, _chip_days(agreement, first, last, kind) - sum(below))
        if any(below) or spare:
            return [*below, spare]
    return [*below, 0]


def _chip_days(agreement: Agreement, first: dt.date, last: dt.date, kind: Kind) -> int:
    return sum(
        d.add
        * days_between(max(first, d.start), min(last, agreement.until, d.until or agreement.until))
        for d in agreement.deliveries
        if kind in (None, (d.chip, d.region))
    )
