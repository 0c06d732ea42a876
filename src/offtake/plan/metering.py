"""What is used, contracted and invoiced, under one agreement or offer or within a scope."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from offtake.book.force import InForce
from offtake.book.scope import Lot, Scope
from offtake.clauses.base import Columns
from offtake.plan.affine import Indices, Numbers, Sums
from offtake.plan.capacity import (
    Whole,
    Withdrawn,
    all_delivered,
    capacity_agreements,
    share_of_month,
)
from offtake.units import Month


def metered(whole: Whole, subject: str) -> bool:
    """Whether the invoice of an agreement or offer follows use."""
    record = whole.book.agreements.get(subject) or whole.book.offers.get(subject)
    return record is not None and record.billing == "used"


def used(whole: Whole, subject: str) -> Sums:
    """Chip-hours used from the pools that an agreement or offer meters: (scenarios, months).

    What is sublet of them is used too.
    """
    scenarios, months = whole.shape
    total = Sums.zero((scenarios, months))
    for use in whole.uses:
        if whole.pools[int(use.pool[0])].meter == subject:
            hours = whole.grid.hours[use.month] * whole.hours.weights[use.hour]
            cell = use.scenario * months + use.month
            total = total + Sums(np.zeros(total.shape), cell, use.column, hours)
    for out in whole.withdrawn:
        if out.supply.subject == subject and not out.released and metered(whole, subject):
            total = total + withdrawn_by_month(whole, out) * whole.grid.hours
    return total


def contracted(whole: Whole, subject: str) -> Sums:
    """Chip-hours contracted: deliveries of an agreement, purchases of an offer, less what ended."""
    scenarios, months = whole.shape
    fixed = np.zeros(months)
    for agreement in capacity_agreements(whole.book):
        if agreement.id == subject:
            fixed += all_delivered(agreement, whole.grid)
    none = np.zeros(0, dtype=np.int64)
    total = Sums((fixed * whole.grid.hours)[None, :], none, none, np.zeros(0))
    total = total.spread((scenarios, months))
    for buy in whole.buys:
        if buy.subject != subject:
            continue
        for i, lot in enumerate(buy.columns.lots):
            first = lot.start - whole.grid.months[0]
            t = np.arange(first, min(first + lot.months, months))
            cell = (np.arange(scenarios)[:, None] * months + t).ravel()
            column = np.broadcast_to(buy.columns.index[i], (scenarios,))
            total = total + Sums(
                np.zeros(total.shape),
                cell,
                np.repeat(column, t.size),
                np.tile(whole.grid.hours[t], scenarios),
            )
    for out in whole.withdrawn:
        if out.supply.subject == subject and out.released:
            total = total - withdrawn_by_month(whole, out) * whole.grid.hours
    return total


def withdrawn_by_month(whole: Whole, out: Withdrawn) -> Sums:
    """Chips that columns withdraw, by (scenario, month)."""
    scenarios, months = whole.shape
    i, t = np.nonzero(out.parts)
    cell = (np.arange(scenarios)[:, None] * months + t).ravel()
    column = out.columns[i].T.ravel()
    factor = np.tile(out.parts[i, t], scenarios)
    return Sums(np.zeros((scenarios, months)), cell, column, factor)


def most(whole: Whole, subject: str) -> Numbers:
    """The most chip-hours that can be contracted in each month: an offer's maximum in all."""
    grid = whole.grid
    largest = np.zeros(len(grid.months))
    for buy in whole.buys:
        if buy.subject == subject:
            for lot in buy.columns.lots:
                first = lot.start - grid.months[0]
                span = slice(first, first + lot.months)
                largest[span] = np.maximum(largest[span], lot.largest)
    signed: Numbers = contracted(whole, subject).fixed.max(axis=0)
    return signed + largest * grid.hours


def billed(whole: Whole, subject: str) -> Sums:
    """Chip-hours on the invoice: used where billing is `used`, else contracted."""
    return used(whole, subject) if metered(whole, subject) else contracted(whole, subject)


def served(
    whole: Whole, term: InForce, scope: Scope, *, besides: str | None, hourly: bool
) -> Columns:
    """Use by others than `besides` that a scope reaches, in months when the words are in force."""
    classes = tuple(whole.book.demand.values())
    months = whole.grid.months
    force = share_in_force(term, months) > 0
    found: list[Indices] = []
    for use in whole.uses:
        pool = whole.pools[int(use.pool[0])]
        if pool.seller == besides or (hourly and not pool.hourly):
            continue
        demand = classes[int(use.klass[0])]
        lot = Lot(pool.chip, pool.region, frozenset({demand.purpose}), own_build=pool.own_build)
        reached = [
            held and scope.covers(lot, max(term.start, m.first), whole.book.purposes)
            for held, m in zip(force, months, strict=True)
        ]
        found.append(use.column[np.array(reached, dtype=bool)[use.month]])
    index = np.concatenate(found) if found else np.zeros(0, dtype=np.int64)
    return Columns(index[:, None])


def share_in_force(term: InForce, months: Sequence[Month], until: dt.date | None = None) -> Numbers:
    """For each month the share of its days on which the words are in force, to a last day."""
    end = term.end if until is None else min(term.end, until)
    return np.array([share_of_month(m, term.start, end) for m in months])


def signed_with(whole: Whole, seller: str) -> tuple[tuple[str, Numbers], ...]:
    """Host and chips in service by month of each of the buyer's agreements with a seller."""
    book = whole.book
    found = []
    for agreement in capacity_agreements(book):
        if agreement.seller == seller:
            source = book.agreements.get(agreement.upstream or "")
            hosts = [agreement.via, source.seller if source is not None else None]
            host = next((h for h in hosts if h not in (None, seller)), None)
            found.append((host or seller, all_delivered(agreement, whole.grid)))
    return tuple(found)


def deliveries(whole: Whole, subject: str) -> tuple[tuple[dt.date, dt.date, float], ...]:
    """First day, last day and chips of each delivery under an agreement."""
    agreement = whole.book.agreements.get(subject)
    if agreement is None:
        return ()
    out = []
    for delivery in agreement.deliveries:
        last = min(agreement.until, delivery.until or agreement.until)
        out.append((delivery.start, last, float(delivery.add)))
    return tuple(out)
