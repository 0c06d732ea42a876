"""What deliveries and lots bring into service, what is taken out of it, and what follows them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from offtake.book.force import Book, InForce
from offtake.book.records import Agreement
from offtake.clauses.base import Columns, Supply
from offtake.clauses.prices import by_month
from offtake.plan.affine import Indices, Numbers, Sums
from offtake.plan.capacity import (
    Buy,
    Followed,
    Whole,
    Withdrawn,
    capacity_agreements,
    pool_of_delivery,
    share_of_month,
)
from offtake.plan.lots import Pool
from offtake.plan.metering import contracted, metered, withdrawn_by_month
from offtake.plan.model import ROOM

_NONE = np.zeros(0, dtype=np.int64)


def supplies(whole: Whole, subject: str) -> tuple[Supply, ...]:
    """Deliveries of an agreement, or lots of an offer or of a clause that makes things buyable."""
    signed = [s for a in capacity_agreements(whole.book) if a.id == subject for s in _of(whole, a)]
    lots = [_lot(whole, buy, i) for buy in _buys(whole, subject) for i in range(len(buy.columns))]
    return (*signed, *lots)


def _buys(whole: Whole, subject: str) -> list[Buy]:
    return [buy for buy in whole.buys if buy.subject == subject]


def _of(whole: Whole, agreement: Agreement) -> list[Supply]:
    grid, found = whole.grid, []
    paid = np.zeros(len(grid.months))
    if agreement.billing == "reserved":
        paid = by_month(whole.book, agreement.id, grid.months)
    for delivery in agreement.deliveries:
        end = min(agreement.until, delivery.until or agreement.until)
        service = np.array([share_of_month(m, delivery.start, end) for m in grid.months])
        found.append(
            Supply(
                id=f"{agreement.id}/{delivery.id}",
                subject=agreement.id,
                chip=delivery.chip,
                region=delivery.region,
                start=delivery.start,
                end=end,
                service=service,
                rent=paid * service * grid.hours,
                chips=float(delivery.add),
            )
        )
    return found


def _lot(whole: Whole, buy: Buy, i: int) -> Supply:
    lot, grid = buy.columns.lots[i], whole.grid
    service = np.zeros(len(grid.months))
    first = lot.start - grid.months[0]
    service[max(first, 0) : first + lot.months] = 1.0
    return Supply(
        id=lot.id,
        subject=buy.subject,
        chip=lot.chip,
        region=lot.region,
        start=lot.start.first,
        end=(lot.start + (lot.term - 1)).last,
        service=service,
        rent=buy.cash[i] if buy.pool.meter is None else np.zeros(len(grid.months)),
        chips=float(lot.largest),
        lot=lot,
    )


def kept(whole: Whole, supply: Supply) -> Sums:
    """Chips that stay with the seller: all that is signed, or what holders leave of a lot."""
    shape = (len(whole.grid.scenarios), 1)
    if supply.lot is None:
        return Sums(np.full(shape, supply.chips), _NONE, _NONE, np.zeros(0))
    buy, i = _found(whole, supply)
    total = Sums.columns(buy.columns.index[i][:, None]).spread(shape)
    return total - taken(whole, int(buy.columns.index[i, 0]))


def serving(whole: Whole, supply: Supply) -> Sums:
    """Chips in service by (scenario, month), without what was taken or released so far."""
    return _without(whole, supply, [out for out in whole.withdrawn if out.released])


def present(whole: Whole, supply: Supply) -> Sums:
    """The same without what is let to others so far: what is there for the buyer's own use."""
    return _without(whole, supply, whole.withdrawn)


def _without(whole: Whole, supply: Supply, outs: Sequence[Withdrawn]) -> Sums:
    total = kept(whole, supply).spread(whole.shape) * supply.service[None, :]
    for out in outs:
        if out.supply.id == supply.id:
            total = total - withdrawn_by_month(whole, out)
    return total


def taken(whole: Whole, lot: int, holder: str | None = None) -> Sums:
    """Chips of a lot, named by its first column, that holders take: shape (scenarios, 1)."""
    total = Sums.zero((len(whole.grid.scenarios), 1))
    for took in whole.taken:
        if holder is None or took.holder == holder:
            for position in np.flatnonzero(took.lots == lot):
                total = total + Sums.columns(took.columns[position][:, None])
    return total


def withdraw(
    whole: Whole,
    term: InForce,
    own: Columns,
    supply: Supply,
    parts: Numbers,
    *,
    released: bool,
    gone: Numbers | None = None,
) -> None:
    """Let columns take chips out of the pool of a delivery or lot, by month."""
    number = whole.pool(_pool(whole, supply))
    (whole.chosen if own.index.shape[1] > 1 else whole.uncertain).add(number)
    rows = whole.supply[number]
    scenarios = len(whole.grid.scenarios)
    columns = np.broadcast_to(own.index, (len(own), scenarios))
    i, t = np.nonzero(parts)
    for s in range(scenarios):
        whole.model.enter(rows[s, t], columns[i, s], parts[i, t])
    last = _at_the_end(supply, parts) if gone is None else gone
    whole.withdrawn.append(Withdrawn(term, supply, columns, parts, released, last))


def _at_the_end(supply: Supply, parts: Numbers) -> Numbers:
    """What one unit of each column takes out of the supply's last month within the plan."""
    live = np.flatnonzero(supply.service > 0)
    if not live.size:
        return np.zeros(len(parts))
    return np.asarray(parts[:, live[-1]] / supply.service[live[-1]])


def _pool(whole: Whole, supply: Supply) -> Pool:
    if supply.lot is not None:
        return _found(whole, supply)[0].pool
    return pool_of_delivery(whole.book.agreements[supply.subject], supply.chip, supply.region)


def _found(whole: Whole, supply: Supply) -> tuple[Buy, int]:
    for buy in _buys(whole, supply.subject):
        for i, lot in enumerate(buy.columns.lots):
            if lot.id == supply.id:
                return buy, i
    raise KeyError(supply.id)


def add_followed(whole: Whole) -> None:
    """Rows for what goes on where a supply ends, when all that leaves it early is known."""
    by_supply: dict[str, list[Followed]] = {}
    for follow in whole.followed:
        by_supply.setdefault(follow.supply.id, []).append(follow)
    for parts in by_supply.values():
        left = kept(whole, parts[0].supply) - gone(whole, parts[0].supply)
        total = Sums.zero(left.shape)
        for follow in parts:
            own = _all_of(whole, follow.columns)
            total = total + own
            if follow.but is not None:
                rest = own - left + follow.but
                whole.model.add_rows(rest, at_least=0.0, owner=follow.owner)
        # Without one of several clauses what the others let go on is still no more than is left.
        subjects = {follow.owner.subject for follow in parts}
        owner = parts[0].owner if len(subjects) == 1 else ROOM
        whole.model.add_rows(total - left, at_most=0.0, owner=owner)


def add_there(whole: Whole) -> None:
    """Rows for what counts only while a supply serves, when all that leaves it is known."""
    for one in whole.there:
        serves = serving(whole, one.supply).over([[one.month]])
        own = _all_of(whole, one.columns) * one.share
        whole.model.add_rows(own - serves, at_most=0.0, owner=one.owner)


def _all_of(whole: Whole, columns: Indices) -> Sums:
    """All columns together: shape (scenarios, 1)."""
    every = np.broadcast_to(columns, (len(columns), len(whole.grid.scenarios)))
    return Sums.columns(every.T).over([list(range(len(every)))])


def gone(whole: Whole, supply: Supply) -> Sums:
    """Chips of a supply that are released on its last day: shape (scenarios, 1)."""
    total = Sums.zero((len(whole.grid.scenarios), 1))
    for out in whole.withdrawn:
        if out.released and out.supply.id == supply.id:
            by_scenario = Sums.columns(out.columns.T, out.gone[None, :])
            total = total + by_scenario.over([list(range(len(out.gone)))])
    return total


def in_service(whole: Whole, x: Columns, seller: str | None) -> Sums:
    """Chips of lots in service by (scenario, month); with `seller`, those that it serves.

    What is let to others is in service too.
    """
    scenarios, months = whole.shape
    total = Sums.zero((scenarios, months))
    for i, lot in enumerate(x.lots):
        first = lot.start - whole.grid.months[0]
        live = np.zeros(months)
        live[max(first, 0) : first + lot.months] = 1.0
        total = total + _served_by(whole, x.index[i], lot.seller, seller) * live[None, :]
    for out in whole.withdrawn:
        mine = [lot for lot in x.lots if lot.id == out.supply.id]
        if out.released and mine and seller in (None, mine[0].seller):
            total = total - _by_month(whole, out, np.ones(months))
    return total


def _served_by(whole: Whole, index: Indices, lot_seller: str, seller: str | None) -> Sums:
    """Chips of one lot that a seller serves: shape (scenarios, 1)."""
    own = Sums.columns(index[:, None]).spread((len(whole.grid.scenarios), 1))
    if seller is None:
        return own
    if lot_seller == seller:
        return own - taken(whole, int(index[0]))
    return taken(whole, int(index[0]), seller)


def spend(whole: Whole, seller: str) -> Sums:
    """Money paid to a seller for capacity by (scenario, month)."""
    total = _for_use(whole, seller)
    for agreement in capacity_agreements(whole.book):
        if agreement.seller == seller and not metered(whole, agreement.id):
            prices = by_month(whole.book, agreement.id, whole.grid.months)
            total = total + contracted(whole, agreement.id) * prices
    for buy in whole.buys:
        for i, lot in enumerate(buy.columns.lots):
            if buy.pool.meter is None and not buy.pool.own_build:
                part = _served_by(whole, buy.columns.index[i], lot.seller, seller)
                total = total + part * buy.cash[i][None, :]
    for out in whole.withdrawn:
        if out.supply.lot is not None and out.released and out.supply.lot.seller == seller:
            total = total - _by_month(whole, out, out.supply.rent)
    return total


def _for_use(whole: Whole, seller: str) -> Sums:
    """What is paid to a seller for metered use, what is sublet of it included."""
    scenarios, months = whole.shape
    total = Sums.zero((scenarios, months))
    for use in whole.uses:
        pool = whole.pools[int(use.pool[0])]
        if pool.meter is not None and pool.seller == seller:
            paid = whole.prices_of(pool.meter) * whole.grid.hours
            cost = paid[use.month] * whole.hours.weights[use.hour]
            cell = use.scenario * months + use.month
            total = total + Sums(np.zeros(total.shape), cell, use.column, cost)
    for out in whole.withdrawn:
        subject = out.supply.subject
        if not out.released and metered(whole, subject) and _seller(whole.book, subject) == seller:
            paid = whole.prices_of(subject) * whole.grid.hours
            total = total + _by_month(whole, out, paid)
    return total


def _seller(book: Book, subject: str) -> str:
    return (book.agreements.get(subject) or book.offers[subject]).seller


def _by_month(whole: Whole, out: Withdrawn, factor: Numbers) -> Sums:
    """What columns withdraw, by (scenario, month), times a factor for each month."""
    return withdrawn_by_month(whole, out) * factor[None, :]
