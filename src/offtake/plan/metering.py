"""Chip-hours under one agreement or offer: contracted, used, and on the invoice."""

from __future__ import annotations

import datetime as dt

import numpy as np

from offtake.plan.affine import Numbers, Sums
from offtake.plan.capacity import Whole, capacity_agreements, delivered


def metered(whole: Whole, subject: str) -> bool:
    """Whether the invoice of an agreement or offer follows use."""
    record = whole.book.agreements.get(subject) or whole.book.offers.get(subject)
    return record is not None and record.billing == "used"


def used(whole: Whole, subject: str) -> Sums:
    """Chip-hours used from the pools that an agreement or offer meters: (scenarios, months)."""
    scenarios, months = whole.shape
    total = Sums.zero((scenarios, months))
    for use in whole.uses:
        if whole.pools[int(use.pool[0])].meter == subject:
            hours = whole.grid.hours[use.month] * whole.hours.weights[use.hour]
            cell = use.scenario * months + use.month
            total = total + Sums(np.zeros(total.shape), cell, use.column, hours)
    return total


def contracted(whole: Whole, subject: str) -> Sums:
    """Chip-hours contracted: deliveries of an agreement, purchases of an offer."""
    scenarios, months = whole.shape
    fixed = np.zeros(months)
    for agreement in capacity_agreements(whole.book):
        if agreement.id == subject:
            for chip, region in dict.fromkeys((d.chip, d.region) for d in agreement.deliveries):
                fixed += delivered(agreement, whole.grid, chip, region)
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
    return total


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
