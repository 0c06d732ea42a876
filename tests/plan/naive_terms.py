"""What terms mean for what is paid and what serves, for the judge in `naive`."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np

from .naive_books import AUGUST, JULY, Data
from .naive_days import (
    FAR,
    Array,
    H,
    Plan,
    Scenario,
    day,
    days,
    finish,
    first,
    hours,
    listed,
    mean_price,
    month_of,
    price,
)
from .naive_rights import Lot, landed

NEVER = np.inf


class Ledger:
    """Payments in the months of the plan, discounted."""

    def __init__(self, data: Data) -> None:
        self.first = -1 if data["signal"] else 0
        self.rate = data["discount"] / 100
        self.sum: Array = np.zeros(1)

    def factor(self, t: int) -> float:
        """At the end of month t."""
        return float((1 + self.rate) ** (-(t - self.first + 1) / 12))

    def pay(self, t: int, amount: Array | float) -> None:
        """A payment in a month; none beyond the plan's last."""
        if t < 2:
            self.sum = self.sum + self.factor(max(t, self.first)) * amount

    def must(self, holds: Array) -> None:
        """What a plan has to keep to."""
        self.sum = self.sum + np.where(holds, 0.0, NEVER)


class Held(NamedTuple):
    """What the host delivers under one contract, in one scenario; arrays for months 0, 1, …"""

    start: dt.date
    signed: Array
    stays: Array
    prices: list[float]
    serving: list[Array]
    contracted: list[Array]


def host_lots(data: Data, all_lots: list[Lot], s: Scenario) -> list[tuple[dt.date, Array, Array]]:
    """First day, chips, and those of them that the holder of a right takes."""
    if data["host"][0] == "A":
        return [(JULY, np.full(1, 10.0), np.zeros(1))]
    own = [lot for lot in all_lots if lot.name == "n"]
    return [(first(lot.t), lot.chips, landed(data, lot, s.take)) for lot in own]


def held(data: Data, plan: Plan, all_lots: list[Lot], s: Scenario, book: Ledger) -> list[Held]:
    """Delays, endings and their fees."""
    out = []
    delay, end = data["kinds"].get("delay-credits"), data["kinds"].get("termination")
    for n, (start, signed, taken) in enumerate(host_lots(data, all_lots, s)):
        stays = signed - taken
        begins = day(data["from"]) if data["host"][0] == "A" else start
        prices = [mean_price(data, t, begins) for t in range(FAR)]
        t0, t1 = month_of(start), month_of(finish(data, start))
        arrives = start + dt.timedelta(s.late)
        comes = month_of(arrives)
        may = delay is not None and delay["end_after"] and s.late > delay["end_after"]
        gone: Array = plan.gone[n] if may else np.zeros(1)
        cuts = {t: plan.ended[t][n] for t in range(2)}
        total: Array = gone
        for cut in cuts.values():
            total = total + cut
        book.must(total <= stays)
        serving = []
        for t in range(FAR):
            live: Array = 0 * stays
            if comes <= t <= t1:
                live = stays - gone
                for m, cut in cuts.items():
                    live = live - cut * (m <= t)
                live = live * float(np.mean([d >= arrives for d in days(t)]))
            serving.append(live)
        whole = [live + taken * (t0 <= t <= t1) for t, live in enumerate(serving)]
        fee = data["host"] != "OU"  # what is bought and paid as used has no monthly fee
        if delay and fee and s.late and comes <= t1:
            part = min(
                delay["rate"] / 100 * max(0, s.late - delay["grace"]),
                (delay["cap"] or 100) / 100,
            )
            book.pay(comes, -part * prices[t0] * hours(t0) * (stays - gone))
        for m, cut in cuts.items():
            if end:
                left = sum(prices[t] * hours(t) for t in range(max(m, comes), t1 + 1))
                book.pay(m, (end["fee"] or 0) / 100 * left * cut)
                book.pay(m, (end["sum"] or 0) * (cut > 0))
        out.append(Held(start, signed, stays, prices, serving, whole))
    return out


def renew(data: Data, plan: Plan, own: list[Held], book: Ledger) -> tuple[Array, float]:
    """Chips that go on in August, and their price."""
    w = data["kinds"].get("renewal")
    if w is None:
        return np.zeros(1), 0.0
    chips, lot = plan.renewed, own[0]
    book.must(chips <= (lot.serving[0] if month_of(lot.start) == 0 else 0))
    last = price(data, dt.date(2025, 7, 31), day(data["from"]) if data["host"][0] == "A" else JULY)
    rate = {"price": 3.0, "rate": 0.75 * last, "curve": listed(AUGUST), "goes on": last}[w["price"]]
    book.pay(1, chips * rate * H)
    return chips, rate


def subletting(data: Data, plan: Plan, own: list[Held], t: int, book: Ledger) -> Array:
    """Chips let in a month."""
    w = data["kinds"].get("sublet")
    let = plan.let[t]
    if w is None:
        return let
    most: Array = sum((lot.serving[t] for lot in own), np.zeros(1)) * w["share"] / 100
    book.must(let <= most)
    if w["max"]:
        book.must(let <= w["max"])
    left = let
    for lot in sorted(own, key=lambda lot: -lot.prices[t]):  # the dearest pays most
        part = np.minimum(left, lot.serving[t] * w["share"] / 100)
        rate = 2.0 if w["price"] == "2" else 0.6 * listed(first(t))
        book.pay(t, -part * (0.5 * lot.prices[t] if w["price"] == "rate" else rate) * H)
        left = left - part
    return let


def discount(words: Data, chips: Array) -> Array:
    """Chips' worth of discount on so many chips."""
    out: Array = 0 * chips
    ladder = sorted(words["tiers"].items())
    for n, (above, share) in enumerate(ladder):
        if words["whole"]:
            out = np.where(chips > above, chips * share / 100, out)
        else:
            upto = ladder[n + 1][0] if n + 1 < len(ladder) else 10**9
            out = out + np.clip(chips - above, 0, upto - above) * share / 100
    return out


def prepaid(
    data: Data, own: list[Held], bills: list[list[Array]], open_: bool, book: Ledger
) -> None:
    """What is paid ahead for these and credited on their invoices; money by contract and month."""
    w = data["kinds"]["prepayment"]
    signed = data["host"][0] == "A"
    ends = [month_of(finish(data, lot.start)) for lot in own]
    opens: dict[int, Array] = {}
    before = False
    for lot, t1 in zip(own, ends, strict=True):
        t0 = month_of(lot.start)
        value = lot.signed * sum(lot.prices[t] * hours(t) for t in range(t0, t1 + 1))
        due = {
            "at start": lot.start,
            "20 days after start": lot.start + dt.timedelta(20),
            "30 days before start": lot.start - dt.timedelta(30),
            "at signing": day("2025-05-01") if signed else lot.start - dt.timedelta(data["lead"]),
        }[w["due"]]
        before = signed and month_of(due) < book.first
        if not before:
            book.pay(month_of(due), w["share"] / 100 * value)
        opens[t0 + w["after"]] = w["share"] / 100 * value
    balance: Array = np.zeros(1)
    later_on: Array = np.zeros(1)
    for t in range(max(ends) + 1):
        balance = balance + opens.get(t, 0.0)
        most = w["up_to"] / 100 * sum((bill[t] for bill in bills), np.zeros(1))
        if t >= 2 and before:
            break
        if t >= 2 and open_:
            later_on = later_on + most
            continue
        credit = np.minimum(balance, most)
        balance = balance - credit
        book.sum = book.sum - book.factor(t) * credit
    if open_:
        book.sum = book.sum - book.factor(max(ends)) * np.minimum(balance, later_on)


def take_or_pay(data: Data, used: list[Array], own: list[Held], book: Ledger) -> None:
    """The floor, month by month or over the quarter; make-up a month later."""
    w = data["kinds"]["take-or-pay"]
    contracted = [sum((lot.contracted[t] for lot in own), np.zeros(1)) * H for t in range(2)]
    rate = [own[0].prices[t] for t in range(2)]
    share = w["share"] / 100
    if w["measured"] == "quarter":
        short = np.maximum(0, share * sum(contracted) - sum(used) * H)
        last = int(data["host"][0] == "O" or day(data["until"]) >= AUGUST)
        book.pay(last, short * rate[last])
        return
    short = [np.maximum(0, share * contracted[t] - used[t] * H) for t in range(2)]
    for t in range(2):
        book.pay(t, short[t] * rate[t])
    if w["make_up"]:
        above = np.maximum(0, used[1] * H - share * contracted[1])
        book.pay(1, -np.minimum(above, short[0]) * rate[1])


def minimum_spend(data: Data, spent: dict[int, Array], book: Ledger) -> None:
    """What is short of the amount, in each month or in what the plan sees of each quarter."""
    w = data["kinds"]["minimum-spend"]
    own = data["host"][0] == "A"
    start, end = (day(data["from"]), day(data["until"])) if own else (dt.date.min, dt.date.max)
    live = {
        t: sum(start <= d <= end for d in days(t)) for t in range(book.first, 2)
    }  # days of the clause in the months of the plan
    if w["measured"] == "month":
        periods = [[t] for t in live if live[t]]
        whole = [len(days(t)) for [t] in periods]
    else:
        periods = [[t for t in live if live[t] and t < 0], [t for t in live if live[t] and t >= 0]]
        whole = [91, 92]
    asks = {
        n: w["amount"] * sum(live[t] for t in ts) / whole[n] for n, ts in enumerate(periods) if ts
    }
    moved: Array = np.zeros(1)
    for n, ask in asks.items():
        got = sum((spent[t] for t in periods[n]), np.zeros(1))
        missing = np.maximum(0, ask + moved - got)
        # The cheapest is to move as much as may be moved: it is paid later, if at all.
        share = w["defer"] / 100 if w["defer"] and n < max(asks) else 0.0
        moved = np.minimum(missing, share * ask)
        book.pay(periods[n][-1], missing - moved)


def minimum_share(w: Data, theirs: list[Array], new: list[Array], book: Ledger) -> None:
    """The holder's part of what is new."""
    periods = [[0], [1]] if w["measured"] == "month" else [[0, 1]]
    for period in periods:
        missing = sum(w["share"] / 100 * new[t] - theirs[t] for t in period) * H
        if w["shortfall"] is None:
            book.must(missing <= 1e-6)
        else:
            book.pay(period[-1], np.maximum(0, missing) * w["shortfall"])


def constants(data: Data, s: Scenario, book: Ledger) -> None:
    """What no decision changes."""
    kinds = data["kinds"]
    if data["signal"]:
        book.pay(-1, 10 * (1 + list(data["needs"]).index(s.name)) * 720.0)

    def live(t: int, until: str | None) -> float:
        return float(np.mean([not until or d <= day(until) for d in days(t)]))

    if "licence" in kinds:
        w = kinds["licence"]
        for t in range(book.first, 2):
            book.pay(t, w["fee"] * live(t, w["until"]))
    if "revenue-share" in kinds:
        w = kinds["revenue-share"]
        total = 0.0
        value = next(iter(w["revenue"].values())) * w["share"] / 100
        for t in range(-2, 2):
            due = value * live(t, w["until"])
            if w["cap"]:
                due = min(due, w["cap"] - total)
            total += due
            if t >= book.first:
                book.pay(t, due)
