"""Charges of a bill laid to lines of a statement: surest sign first, nearest amount last.

First whole heaps are laid together: our lines of one clause for one delivery, and their rows that
read alike. Then, within two heaps, line by line; what remains of both is compared in one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeVar

from offtake.book.faults import Place
from offtake.clauses.base import HOUR
from offtake.settle.bills import Category, Charge, invoiced
from offtake.settle.statement import Statement
from offtake.units.minor import exponent

T = TypeVar("T")
_REVISION = re.compile(r"~[0-9]+(?=/[0-9]+$)")


@dataclass(frozen=True, slots=True)
class Ours:
    """A line that the seller bills the buyer."""

    id: str
    by: str
    what: str
    amount: Fraction
    unit: Fraction
    """The currency's smallest unit."""
    quantity: int | None
    """Chip-seconds."""
    price: Fraction | None
    delivery: str | None
    charged: bool
    """Whether it is for capacity by itself."""


@dataclass(frozen=True, slots=True)
class Item:
    """Charges of a bill that are one thing: rows of its days, or hours, together."""

    what: str
    category: Category
    cost: Fraction
    quantity: Fraction | None
    """Chip-hours; None where any of its rows states none."""
    price: Fraction | None
    """Of a chip-hour, where all of its rows state the same."""
    resource: str
    line: str
    clause: str
    places: tuple[Place, ...]

    @property
    def free(self) -> bool:
        """Whether it does not say itself what of ours it is."""
        return not self.line and not self.clause


def ours_of(statement: Statement, named: Container[str] = ()) -> list[Ours]:
    """The lines between buyer and seller; of others, which are on others' bills, those named."""
    unit = Fraction(1, 10 ** exponent(statement.currency))
    return [
        Ours(
            of.entry.id,
            of.line.by,
            of.line.item,
            of.billed * unit,
            unit,
            of.line.quantity,
            of.line.price,
            of.line.delivery,
            of.line.by == statement.agreement,
        )
        for of in invoiced(statement)
        if (of.payer, of.payee) == (statement.buyer, statement.seller) or of.entry.id in named
    ]


def items_of(charges: Iterable[Charge]) -> list[Item]:
    """Rows put together: those of one line of ours, else those that read alike at one price."""

    def alike(one: Charge) -> Hashable:
        if one.line:
            return unrevised(one.line)
        return one.category, one.clause, one.resource, one.what, one.cost < 0, one.price

    return [_item(rows) for rows in _heaps(charges, alike)]


def _item(rows: Sequence[Charge]) -> Item:
    first = rows[0]
    prices = {row.price for row in rows}
    return Item(
        first.what,
        first.category,
        sum((row.cost for row in rows), Fraction(0)),
        _sum([row.quantity for row in rows]),
        first.price if len(prices) == 1 else None,
        first.resource,
        unrevised(first.line),
        first.clause,
        tuple(sorted(row.place for row in rows)),
    )


def unrevised(line: str) -> str:
    """A line's id without its revision: a bill, what takes it back and its correction sum to the
    correction, line by line.
    """
    return _REVISION.sub("", line)


def _heaps(many: Iterable[T], key: Callable[[T], Hashable]) -> list[list[T]]:
    found: dict[Hashable, list[T]] = {}
    for one in many:
        found.setdefault(key(one), []).append(one)
    return list(found.values())


def _sum(quantities: Sequence[Fraction | None]) -> Fraction | None:
    known = [quantity for quantity in quantities if quantity is not None]
    return sum(known, Fraction(0)) if len(known) == len(quantities) else None


# --- heaps ----------------------------------------------------------------------------------------

Sign = Callable[[Ours, Item], bool]


def _same_kind(ours: Ours, item: Item) -> bool:
    """Usage is capacity by itself; what is bought, credited or adjusted, clauses make."""
    if item.category == "Usage":
        return ours.charged
    return item.category != "Tax" and not ours.charged and (ours.amount < 0) == (item.cost < 0)


def _may_be(ours: Ours, item: Item) -> bool:
    """The same, for bills that sort their charges otherwise; a tax is never ours."""
    return item.category != "Tax" and (ours.amount < 0) == (item.cost < 0)


def _same_quantity(ours: Ours, item: Item) -> bool:
    return bool(ours.quantity) and Fraction(ours.quantity or 0, HOUR) == item.quantity


def _same_delivery(ours: Ours, item: Item) -> bool:
    """The bill names our delivery as its resource, by itself or after what it is part of."""
    return ours.delivery is not None and item.resource.rpartition("/")[2] == ours.delivery


def _equal(ours: Ours, item: Item) -> bool:
    return ours.amount == item.cost and item.category != "Tax"


_SIGNS: tuple[Sign, ...] = (
    lambda ours, item: item.clause == ours.by and _equal(ours, item),
    lambda ours, item: item.clause == ours.by and _same_delivery(ours, item),
    lambda ours, item: item.clause == ours.by,
    lambda ours, item: item.free and _same_delivery(ours, item) and _equal(ours, item),
    lambda ours, item: item.free and _same_delivery(ours, item) and _same_kind(ours, item),
    lambda ours, item: item.free and _same_delivery(ours, item) and _may_be(ours, item),
    lambda ours, item: item.free and _equal(ours, item),
    lambda ours, item: item.free and _may_be(ours, item) and _same_quantity(ours, item),
)

Pair = tuple[Ours | None, Item | None]


def matched(lines: Iterable[Ours], items: Iterable[Item]) -> Iterator[Pair]:
    """Each line and each item once, together or alone. Their order changes nothing."""
    named = {unrevised(ours.id): ours for ours in lines}
    loose: list[Item] = []
    for item in sorted(items, key=_order):
        ours = named.pop(item.line, None)
        if ours is not None or (item.line and not item.cost):
            # What was billed and taken back is no charge.
            yield ours, item
        else:
            loose.append(item)
    mine = _heaps(named.values(), lambda one: (one.by, one.delivery, one.amount < 0))
    theirs = _heaps(loose, lambda o: (o.category, o.clause, o.resource, o.what, o.cost < 0))
    for ours_heap, item_heap in _laid(mine, theirs):
        yield from _line_by_line(ours_heap, item_heap)


def _laid(
    mine: Iterable[list[Ours]], theirs: Iterable[list[Item]]
) -> Iterator[tuple[list[Ours], list[Item]]]:
    """Heaps together, each once."""
    left = {id(heap): (_whole(heap), heap) for heap in sorted(mine, key=lambda heap: heap[0].id)}
    loose = [(_together(heap), heap) for heap in theirs]
    for sign in _SIGNS:
        for pair in list(loose):
            at = next((key for key, (ours, _) in left.items() if sign(ours, pair[0])), None)
            if at is not None:
                loose.remove(pair)
                yield left.pop(at)[1], pair[1]
    for item, heap in sorted(loose, key=lambda pair: (-abs(pair[0].cost), _order(pair[0]))):
        near = [
            (not _same_kind(ours, item), abs(ours.amount - item.cost), ours.id, key)
            for key, (ours, _) in left.items()
            if item.free and _may_be(ours, item)
        ]
        yield (left.pop(min(near)[3])[1] if near else []), heap
    yield from ((heap, []) for _, heap in left.values())


# --- within two heaps -----------------------------------------------------------------------------


def _line_by_line(lines: list[Ours], items: list[Item]) -> Iterator[Pair]:
    for sign in (_equal, _same_price):
        for item in list(items):
            ours = next((one for one in lines if sign(one, item)), None)
            if ours is not None:
                lines.remove(ours)
                items.remove(item)
                yield ours, item
    if lines and items:
        yield _whole(lines), _together(items)
    else:
        yield from ((ours, None) for ours in lines)
        yield from ((None, item) for item in items)


def _same_price(ours: Ours, item: Item) -> bool:
    return ours.price is not None and ours.price == item.price


def _whole(lines: Sequence[Ours]) -> Ours:
    """Lines of one clause as one."""
    first = lines[0]
    quantities = [one.quantity for one in lines if one.quantity is not None]
    return replace(
        first,
        id=", ".join(one.id for one in lines),
        amount=sum((one.amount for one in lines), Fraction(0)),
        quantity=sum(quantities) if len(quantities) == len(lines) else None,
        price=first.price if len({one.price for one in lines}) == 1 else None,
    )


def _together(items: Sequence[Item]) -> Item:
    """Items of one heap as one."""
    first = items[0]
    return replace(
        first,
        cost=sum((one.cost for one in items), Fraction(0)),
        quantity=_sum([one.quantity for one in items]),
        price=first.price if len({one.price for one in items}) == 1 else None,
        places=tuple(sorted(place for one in items for place in one.places)),
    )


def _order(item: Item) -> tuple[str, str, str, str, Fraction, tuple[Place, ...]]:
    return item.line, item.clause, item.resource, item.what, item.cost, item.places
