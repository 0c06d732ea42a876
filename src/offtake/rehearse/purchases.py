"""Which purchases of a plan are rehearsed, as what lots, and when their tenders open."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from offtake.book.force import Book
from offtake.book.records import Offer
from offtake.desk.commands import Open
from offtake.desk.lot import Instant, Lot
from offtake.desk.opening import opening
from offtake.plan.lots import demanded
from offtake.plan.result import PlanResult
from offtake.rehearse.days import EVENING, HOUR, MORNING, instant
from offtake.units import Calendar
from offtake.units.almanac import Spell, deadline

_DAY = dt.timedelta(days=1)
ROUNDING = 1e-3
"""Chips: what the solver leaves above a whole number is that number."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """One purchase of a plan as a tender: its lot, its offer, and the days that the plan gives."""

    id: str
    """As the plan has it, with the digest of the plan."""
    offer: Offer
    lot: Lot
    begins: dt.date
    """The first day of the tender."""
    notice: dt.date | None
    """The last day for a notice after bids; None where nobody is then asked."""
    sign_by: dt.date

    @property
    def name(self) -> str:
        """Without the digest: the tender's name."""
        return self.id.partition("/")[2]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a plan does that is no tender, and why."""

    what: str
    name: str
    start: dt.date
    chips: float
    why: str


def rehearsed(book: Book, plan: PlanResult) -> tuple[Purchase, ...]:
    """The purchases for a term that a plan makes, in the order of their opening."""
    asked: dict[str, list[dict[str, Any]]] = {}
    for row in plan.notices.iter_rows(named=True):
        asked.setdefault(row["purchase"], []).append(row)
    found = [
        _purchase(book, plan, row, asked.get(row["id"], []))
        for row in plan.purchases.iter_rows(named=True)
        if row["what"] == "reserved"
    ]
    return tuple(sorted(found, key=lambda p: (p.begins, p.name)))


def left_out(plan: PlanResult) -> Iterator[LeftOut]:
    """What is decided otherwise than by a tender."""
    why = {
        "option": "an option: whether it is called is decided later, scenario by scenario",
        "installed": "own build: chips at a site of the buyer's, signed with nobody",
    }
    for row in plan.purchases.iter_rows(named=True):
        if row["what"] != "reserved":
            name = row["id"].partition("/")[2]
            yield LeftOut(row["what"], name, row["start"], row["chips"], why[row["what"]])
    for row in plan.builds.iter_rows(named=True):
        if not row["committed"]:
            reason = "own build: a phase that the buyer begins by itself"
            yield LeftOut("phase", row["id"], row["start"], 0.0, reason)
    for month, who, amount in _by_the_hour(plan):
        if amount > 0:
            reason = "rented by the hour: nothing is signed ahead"
            yield LeftOut("on-demand", who, month, 0.0, reason)


def _by_the_hour(plan: PlanResult) -> Iterator[tuple[dt.date, str, float]]:
    first: dict[str, tuple[dt.date, float]] = {}
    for row in plan.spend.iter_rows(named=True):
        if row["category"] == "on-demand" and row["month"] is not None:
            month, amount = first.get(row["who"], (row["month"], 0.0))
            first[row["who"]] = (min(month, row["month"]), amount + float(row["amount"] or 0.0))
    for who, (month, amount) in first.items():
        yield month, who, amount


def _purchase(
    book: Book, plan: PlanResult, row: Mapping[str, Any], asked: list[dict[str, Any]]
) -> Purchase:
    offer = book.offers[row["offer"]]
    header, calendar = book.header, Calendar.named(book.header.calendar)
    sign_by: dt.date = min([a["sign_by"] for a in asked], default=row["sign_by"] or plan.as_of)
    served = [a["latest"] for a in asked]
    if asked:
        opens = min(a["bids_open"] for a in asked)
        begins = min(opens, *served)
    else:
        signing = calendar.latest(sign_by, header.procurement.signing)
        opens = begins = calendar.latest(signing, header.procurement.bidding)
    after = [day for day in served if day >= opens]
    return Purchase(
        id=row["id"],
        offer=offer,
        lot=_lot(book, row),
        begins=max(plan.as_of, begins),
        notice=min(after, default=None),
        sign_by=max(plan.as_of, sign_by),
    )


def _lot(book: Book, row: Mapping[str, Any]) -> Lot:
    """What is tendered: the chips that the plan buys, for what it may use them."""
    _, _, purposes = row["id"].partition("/")[2].rpartition("/")[0].partition(":")
    chosen = frozenset(purposes.split("+")) if purposes else demanded(book)
    needs = [line.id for line in book.demand.values() if line.purpose in chosen]
    return Lot(
        chip=row["chip"],
        chips=math.ceil(float(row["chips"]) - ROUNDING),
        region=row["region"],
        start=row["start"],
        months=int(row["months"]),
        purposes=tuple(sorted(chosen)),
        need=needs[0] if len(needs) == 1 else "",
    )


def open_at(book: Book, purchase: Purchase, known: dt.date) -> tuple[Instant, Open]:
    """When a tender opens, and with what: early enough for the plan's notice, never before `known`.

    Bids close by the rule of the desk, which may be a day or two later than the plan reckons; then
    the tender opens so much earlier. Where that would be before the plan's day the time for bids is
    shortened: an offer in the book is a bid in hand. Nobody pledges bids in a rehearsal.
    """
    zone, day = book.header.timezone, purchase.begins
    while True:
        at = instant(day, MORNING, zone)
        opened = opening(book, tender=purchase.name, lot=purchase.lot, at=at, cause=purchase.id)
        opened = replace(opened, reveal=None)
        first = any(claim.first for claim in opened.claims) or opened.bars
        if first or purchase.notice is None:
            return at, opened
        last = _last_notice(opened, purchase.notice, zone) - HOUR
        if deadline(opened.bidding, opened.almanacs[opened.bidding_almanac], at).at <= last:
            return at, opened
        if day <= known:
            return at, replace(opened, bidding=Spell(max(0, (last - at) // HOUR), "hours"))
        day -= _DAY


def _last_notice(opened: Open, day: dt.date, zone: str) -> Instant:
    """The hour of a day until which a notice counts from that day, for all who will be asked."""
    ends = [
        instant(day, dt.time(*divmod(c.window.closes, 60)), opened.almanacs[c.almanac].zone)
        for c in opened.claims
        if not c.first
    ]
    return min(ends, default=instant(day, EVENING, zone))
