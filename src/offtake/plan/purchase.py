"""The first stage of buying: how much of each offer, from which month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from offtake.book.faults import NOWHERE
from offtake.book.records import Offer
from offtake.clauses.base import Bought, Columns
from offtake.clauses.prices import by_month, repricing
from offtake.plan.affine import Indices, Numbers, Sums, spans
from offtake.plan.capacity import (
    Buy,
    Whole,
    capacity_agreements,
    delivered,
    pool_of_delivery,
)
from offtake.plan.lots import Source, bought, timing
from offtake.plan.model import Cash, Owner
from offtake.units import Month


def offer_line(offer: Offer, field: str, *, member: bool = True) -> Owner:
    """One figure of an offer, as the owner of what it limits."""
    return Owner(
        f"offer {offer.id}", field, offer.at(field), ("offers", offer.id, field), member=member
    )


def add_offers(whole: Whole, found: Sequence[Source]) -> None:
    """Purchase columns of every reserved offer, in all its variants, and the offer's limits."""
    by_offer: dict[str, list[Buy]] = {}
    for source in found:
        if isinstance(source.record, Offer):
            buy = _buy(whole, source, source.record)
            if buy is not None:
                whole.buys.append(buy)
                by_offer.setdefault(source.record.id, []).append(buy)
    for offer_id, buys in by_offer.items():
        offer = whole.book.offers[offer_id]
        _limit(whole, offer, buys)
        _lumps(whole, offer, buys)


def starts_of(whole: Whole, offer: Offer) -> list[Month]:
    """The months in which service of an offer may start; one that it names need not be a step."""
    months = whole.grid.months
    first = max(0, offer.starts_from - months[0]) if offer.starts_from else 0
    last = offer.starts_until - months[0] if offer.starts_until else len(months) - 1
    usual = {*whole.grid.starts, offer.starts_from}
    return [m for m in months[first : max(first, last + 1)] if m in usual]


def _buy(whole: Whole, source: Source, offer: Offer) -> Buy | None:
    lots = tuple(bought(whole.book, source, whole.grid, m) for m in starts_of(whole, offer))
    if not lots:
        return None
    cash = rent_cash(whole, lots, offer)
    index = whole.model.add_columns((len(lots), 1), cost=(cash @ whole.grid.discount)[:, None])
    columns = Columns(index, lots)
    buy = Buy(source.pool, columns, "reserved", source, offer.id, cash)
    whole.model.cash.append(Cash(index.ravel(), cash, "reserved", offer.seller))
    number = whole.pool(source.pool)
    whole.enter(whole.landing(columns, [number] * len(lots)), columns, 1.0)
    _close_late(whole, source, offer, lots, index)
    return buy


def rent_cash(whole: Whole, lots: Sequence[Bought], offer: Offer) -> Numbers:
    """What one chip of each lot pays by month; nothing where the invoice follows use."""
    grid = whole.grid
    cash = np.zeros((len(lots), len(grid.months)))
    if offer.billing == "used":
        return cash
    first, last = whole.months_of(lots)
    alike = offer.price is not None and not repricing(whole.book, offer.id)
    for i, lot in enumerate(lots[:1] if alike else lots):
        span = slice(None) if alike else slice(first[i], last[i])
        price = by_month(whole.book, offer.id, grid.months[span], lot.start.first)
        cash[i, span] = price * grid.hours[span]
    month = np.arange(len(grid.months))
    live = (month >= first[:, None]) & (month < last[:, None])
    return np.where(live, cash[:1] if alike else cash, 0.0)


def _close_late(
    whole: Whole, source: Source, offer: Offer, lots: Sequence[Bought], index: Indices
) -> None:
    """Close the months for which signing would have to begin before the plan's day."""
    # Only the start differs from lot to lot, and nothing here asks for it.
    when = timing(whole.book, source, lots[0].start)
    soonest = when.signed(whole.grid.as_of)
    ready = when.calendar.add(soonest, when.lead)
    born = when.calendar.add(max(soonest, offer.valid_from or soonest), when.lead)
    starts = [lot.start.first for lot in lots]
    early = [i for i, start in enumerate(starts) if ready > start]
    unborn = [i for i, start in enumerate(starts) if born > start >= ready]
    gone = offer.valid_until is not None and soonest > offer.valid_until
    expired = [*range(len(lots))] if gone else []
    for late, field in ((early, "lead"), (expired, "valid_until"), (unborn, "valid_from")):
        if late:
            whole.model.close(index[late].ravel(), offer_line(offer, field))


def _limit(whole: Whole, offer: Offer, buys: Sequence[Buy]) -> None:
    """In no month more than the offer's maximum is in service."""
    lots = [lot for buy in buys for lot in buy.columns.lots]
    index = np.concatenate([buy.columns.index[:, 0] for buy in buys])
    first, last = whole.months_of(lots)
    lot, month = spans(first, last - first)
    used, cell = np.unique(month, return_inverse=True)
    total = Sums(np.zeros(used.size), cell.ravel(), index[lot], np.ones(lot.size))
    whole.model.add_rows(total, at_most=float(offer.max), owner=offer_line(offer, "max"))


def _lumps(whole: Whole, offer: Offer, buys: Sequence[Buy]) -> None:
    """Whole blocks; nothing, or at least the minimum.

    No bound here is the maximum's, whose own rows must bind first and alone: so blocks are not
    counted up to it, and what links a lot to its choice lies a chip above it. That link goes when
    the maximum is taken away, but it stands at no line of the book, since it is no limit itself.
    """
    if offer.block is None and not offer.min:
        return
    for buy in buys:
        x = Sums.columns(buy.columns.index)
        shape = buy.columns.index.shape
        if offer.block is not None:
            blocks = whole.model.add_columns(shape, integer=True, unit="count")
            whole.model.add_rows(
                x - Sums.columns(blocks, float(offer.block)),
                at_least=0.0,
                at_most=0.0,
                owner=offer_line(offer, "block", member=False),
            )
        if offer.min:
            chosen = whole.model.add_columns(shape, integer=True, upper=1.0, unit="count")
            line = offer_line(offer, "min", member=False)
            low = Sums.columns(chosen, float(offer.min))
            high = Sums.columns(chosen, float(offer.max + 1))
            link = replace(offer_line(offer, "max"), place=NOWHERE)
            whole.model.add_rows(x - low, at_least=0.0, owner=line)
            whole.model.add_rows(x - high, at_most=0.0, owner=link)


def add_agreements(whole: Whole) -> None:
    """What agreements already oblige the buyer to pay; metered ones are paid as they are used."""
    for agreement in capacity_agreements(whole.book):
        kinds = dict.fromkeys((d.chip, d.region) for d in agreement.deliveries)
        chips = np.zeros(len(whole.grid.months))
        for chip, region in kinds:
            whole.pool(pool_of_delivery(agreement, chip, region))
            chips += delivered(agreement, whole.grid, chip, region)
        if agreement.billing == "reserved" and agreement.price is not None:
            prices = by_month(whole.book, agreement.id, whole.grid.months)
            cash = (prices * chips * whole.grid.hours)[None, :]
            paid = whole.model.add_columns(
                (1,), cost=cash @ whole.grid.discount, lower=1.0, upper=1.0, unit="count"
            )
            whole.model.cash.append(Cash(paid, cash, "reserved", agreement.seller))


def last_signing(whole: Whole, source: Source, start: Month) -> dt.date:
    """The last day of signature for service from that month."""
    when = timing(whole.book, source, start)
    return when.signed(when.deal())
