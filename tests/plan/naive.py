"""What each kind of clause means for a plan, said a second time and as plainly as can be.

Written from the pages on clauses and on the plan alone, so that it can judge the programme. There
are no rows and no solver: every decision is a list of values on an axis of its own, the cost of a
scenario is arithmetic over all axes at once, and the best plan is the least value in the array.
"""

from __future__ import annotations

import numpy as np

from .naive_books import UNSERVED, Data
from .naive_days import (
    FAR,
    HERE,
    LATE,
    SEEN,
    Array,
    H,
    Plan,
    Scenario,
    day,
    first,
    hours,
    month_of,
    scenarios,
)
from .naive_rights import Lot, closed, landed, lots, remainder
from .naive_terms import (
    Held,
    Ledger,
    constants,
    discount,
    held,
    minimum_share,
    minimum_spend,
    prepaid,
    renew,
    subletting,
    take_or_pay,
)


class Tally:
    """What a scenario comes to, month by month: who serves, who is paid, whose is new."""

    def __init__(self, data: Data, book: Ledger) -> None:
        self.data, self.book = data, book
        bar = data["kinds"].get("exclusive")
        self.shut = bool(bar and bar["service"])
        self.both: list[Array] = [np.zeros(1)] * 2
        """Chips that may serve all."""
        self.work: list[Array] = [np.zeros(1)] * 2
        """Chips that may not serve the API."""
        self.new: list[Array] = [np.zeros(1)] * 2
        self.theirs: list[Array] = [np.zeros(1)] * 2
        """New chips, and those of them that the cloud serves."""
        self.spent: dict[tuple[str, int], Array] = {}

    def serve(self, t: int, chips: Array, seller: str) -> None:
        """Chips of a seller in service."""
        where = self.work if self.shut and seller != "cloud" else self.both
        where[t] = where[t] + chips

    def bought(self, t: int, lot: Lot, chips: Array, taken: Array) -> None:
        """New chips, some of which the cloud took."""
        self.new[t] = self.new[t] + chips
        self.theirs[t] = self.theirs[t] + (chips if lot.seller == "cloud" else taken)

    def spend(self, t: int, amount: Array, *names: str) -> None:
        """Money that these have earned."""
        t = max(t, self.book.first)
        for name in names:
            self.spent[name, t] = self.spent.get((name, t), np.zeros(1)) + amount

    def unserved(self, s: Scenario) -> None:
        """Shortage; what may serve work only serves it first."""
        for t in range(2):
            need = self.data["needs"][s.name][t]
            api = self.data["api"][s.name][t] if self.data["api"] else 0
            served = np.minimum(api, self.both[t])
            self.book.pay(t, (api - served) * UNSERVED["api"] * H)
            left = np.maximum(0, need - self.work[t] - (self.both[t] - served))
            self.book.pay(t, left * UNSERVED["work"] * H)


def plain_lots(data: Data, every: list[Lot], s: Scenario, tally: Tally) -> None:
    """Lots without terms of their own: paid, used or not, and landed."""
    for lot in every:
        if lot.name == "n" and data["host"][0] == "O":
            continue
        taken = landed(data, lot, s.take)
        parts = ((lot.seller, lot.chips - taken), ("cloud", taken))
        if lot.name == "option":
            premium = data["kinds"]["expansion-option"]["premium"]
            tally.book.pay(month_of(lot.deal), premium * lot.chips)
            for seller, part in parts:
                tally.spend(month_of(lot.deal), premium * part, seller)
        for t in range(lot.t, min(2, lot.t + lot.term)):
            tally.book.pay(t, lot.price * H * lot.chips)
            for seller, part in parts:
                tally.spend(t, lot.price * H * part, seller)
                tally.serve(t, part, seller)
            tally.bought(t, lot, lot.chips, taken)


def host(
    data: Data, plan: Plan, s: Scenario, own: list[Held], tally: Tally, book: Ledger
) -> list[Array]:
    """The host with its terms; chips that its invoice counts as used, by month."""
    kinds, (again, renewed_at) = data["kinds"], renew(data, plan, own, book)
    metered, offered = data["host"][1] == "U", data["host"][0] == "O"
    seller = "neo" if offered else "cloud"
    used: list[Array] = []
    for t in range(2):
        let = subletting(data, plan, own, t, book)
        inside = sum((lot.serving[t] for lot in own), np.zeros(1))
        away = sum((lot.contracted[t] - lot.serving[t] for lot in own), np.zeros(1))
        if offered:
            tally.new[t] = tally.new[t] + inside + away
            tally.theirs[t] = tally.theirs[t] + away
        rate = own[0].prices[t] * H
        used.append(plan.used[t] + let)
        if metered:
            if not any(paths and paths[s.name][t] for paths in (data["needs"], data["api"])):
                book.must(plan.used[t] == 0)
            book.must(plan.used[t] <= inside + away - let + 1e-9)
            book.pay(t, rate * used[t])
            # What serves is the seller's before the holder's: it costs the same and counts more.
            mine = np.minimum(plan.used[t], inside - let) + let
            tally.spend(t, rate * mine, seller, "host")
            tally.spend(t, rate * (used[t] - mine), "cloud")
            tally.serve(t, plan.used[t], seller)
        else:
            for lot in own:
                book.pay(t, lot.prices[t] * H * lot.contracted[t])
                tally.spend(t, lot.prices[t] * H * lot.serving[t], seller, "host")
                others = lot.contracted[t] - lot.serving[t]
                tally.spend(t, lot.prices[t] * H * others, "cloud")
            tally.serve(t, inside - let, seller)
            tally.serve(t, away, "cloud")
        if "volume-tiers" in kinds:
            tiers, many = kinds["volume-tiers"], np.zeros(1)
            if metered:
                book.pay(t, -discount(tiers, used[t]) * rate)
            # Each chip at the price of its own lot, the dearest on top; at `whole` all alike.
            for lot in [] if metered else sorted(own, key=lambda lot: lot.prices[t]):
                up = many + lot.contracted[t]
                part = lot.contracted[t] / np.maximum(inside + away, 1e-9)
                saved = discount(tiers, up) - discount(tiers, many)
                if tiers["whole"]:
                    saved = discount(tiers, inside + away) * part
                book.pay(t, -saved * lot.prices[t] * H)
                many = up
    tally.serve(1, again, seller)
    tally.spend(1, again * renewed_at * H, seller, "host")
    return used


def prepayments(data: Data, plan: Plan, own: list[Held], used: list[Array], book: Ledger) -> None:
    """One balance where the invoice follows use or may change, else one for each contract."""
    kinds, metered = data["kinds"], data["host"][1] == "U"
    bills = [[lot.prices[t] * hours(t) * lot.contracted[t] for t in range(FAR)] for lot in own]
    if metered:
        for t in range(2):
            bills[0][t] = own[0].prices[t] * H * used[t]
            for bill in bills[1:]:
                bill[t] = np.zeros(1)
    late = any(kinds["delay-credits"]["cases"]) if "delay-credits" in kinds else False
    ends = any(cut.size > 1 for cuts in plan.ended.values() for cut in cuts)
    if metered or late or ends:
        prepaid(data, own, bills, True, book)
    else:
        for lot, bill in zip(own, bills, strict=True):
            prepaid(data, [lot], [bill], False, book)


def hosted(data: Data, plan: Plan, book: Ledger) -> None:
    """No more through others than a share of what the cloud sells."""
    share = data["kinds"]["subcontract"]["share"] / 100
    for t in range(2):
        # As signed: what is late, or is ended early, counts for as long as it was agreed.
        signed = data["host"][0] == "A" and first(t) <= day(data["until"])
        sold: Array = np.full(1, 10.0 if signed else 0.0)
        through: Array = np.zeros(1)
        for tau in range(t + 1):
            sold = sold + plan.bought["b"][tau] + plan.bought["v"][tau]
            through = through + plan.bought["v"][tau]
        book.must(through <= share * sold + 1e-9)


def allowed(data: Data, plan: Plan, every: list[Lot], book: Ledger) -> None:
    """What can be bought at all, and how much of it."""
    kinds = data["kinds"]
    for lot in every:
        if closed(data, lot):
            book.must(lot.chips == 0)
        book.sum = book.sum + remainder(data, lot)
    for name, bought in plan.bought.items():
        term = data["term"] if name == "n" and data["host"][0] == "O" else 2
        if term > 1:
            book.must(bought[0] + bought[1] <= (data["max"] if name == "n" else 10))
    if "expansion-option" in kinds:
        book.must(plan.called[0] + plan.called[1] <= kinds["expansion-option"]["max"])
    if "share" in kinds.get("subcontract", {}):
        hosted(data, plan, book)


def cost(data: Data, plan: Plan, s: Scenario) -> Array:
    """Of one scenario, over all decisions."""
    kinds, book = data["kinds"], Ledger(data)
    tally, every = Tally(data, book), lots(data, plan)
    allowed(data, plan, every, book)
    constants(data, s, book)
    plain_lots(data, every, s, tally)
    if data["host"][0] == "A" or "n" in data["offers"]:
        own = held(data, plan, every, s, book)
        used = host(data, plan, s, own, tally, book)
        if "prepayment" in kinds:
            prepayments(data, plan, own, used, book)
        if "take-or-pay" in kinds:
            take_or_pay(data, used, own, book)
    tally.unserved(s)
    if "minimum-spend" in kinds:
        who = "neo" if data["host"][0] == "O" else "cloud"
        if kinds["minimum-spend"]["agreement"]:
            who = "host"
        spent = {t: tally.spent.get((who, t), np.zeros(1)) for t in range(book.first, 2)}
        minimum_spend(data, spent, book)
    if "minimum-share" in kinds:
        minimum_share(kinds["minimum-share"], tally.theirs, tally.new, book)
    return book.sum


def best(data: Data) -> float:
    """The least expected cost over every decision there is; infinite where there is no plan."""
    plan = Plan(data)
    total: Array = np.zeros(1)
    for name in data["needs"]:
        here: Array = np.zeros(1)
        for s in scenarios(data):
            if s.name == name:
                here = here + s.weight * plan.axes.least(cost(data, plan, s), LATE)
        total = total + plan.axes.least(here, SEEN)
    return float(plan.axes.least(total, HERE).min())
