"""What rights mean for what may be bought, for the judge in `naive`."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np

from .naive_books import AS_OF, PRICES, Data
from .naive_days import Array, Plan, call_day, day, first, price


class Lot(NamedTuple):
    """What may be bought or called, and starts in month t."""

    name: str
    t: int
    chips: Array
    seller: str
    price: float
    deal: dt.date
    term: int


def lots(data: Data, plan: Plan) -> list[Lot]:
    """Everything new."""
    out = []
    for name, bought in plan.bought.items():
        for t, chips in enumerate(bought):
            host = name == "n" and data["host"][0] == "O"
            lead = data["lead"] if name == "n" else 0
            deal = first(t) - dt.timedelta(lead)
            seller = "neo" if name == "n" else "cloud"
            term = data["term"] if host else 2
            out.append(Lot(name, t, chips, seller, PRICES[name], deal, term))
    for t, chips in enumerate(plan.called):
        notice = call_day(data, t)
        if notice is not None:
            w = data["kinds"]["expansion-option"]
            out.append(Lot("option", t, chips, "neo", w["price"], notice, w["term"]))
    return out


def reached(words: Data, lot: Lot) -> bool:
    """Whether a right of the cloud reaches a lot."""
    return lot.seller != "cloud" and (not words["until"] or lot.deal <= day(words["until"]))


def closed(data: Data, lot: Lot) -> bool:
    """Whether it cannot be bought at all."""
    kinds = data["kinds"]
    bar, offer, refusal = (kinds.get(k) for k in ("exclusive", "first-offer", "first-refusal"))
    if bar and not bar["service"] and reached(bar, lot):
        return True
    waiting = sum(w["window"] for w in (offer, refusal) if w and reached(w, lot))
    if waiting and AS_OF + dt.timedelta(waiting) > lot.deal:
        return True
    if offer and offer["price"] and reached(offer, lot):
        begins = first(lot.t)
        asked = (
            price(data, begins, begins) if lot.name == "n" and data["host"][0] == "O" else lot.price
        )
        if asked > offer["price"] * offer["ceiling"] / 100 + 1e-9:
            return True
    host = kinds.get("subcontract")
    if host and lot.name == "v":
        return not host.get("allowed", True) or "other" not in host.get("to", ["other"])
    return False


def landed(data: Data, lot: Lot, take: float) -> Array:
    """How many chips the holder of a first refusal takes."""
    w = data["kinds"].get("first-refusal")
    if w is None or not reached(w, lot):
        return 0 * lot.chips
    if lot.deal + dt.timedelta(w["lead"]) > first(lot.t):
        return 0 * lot.chips
    part = take * lot.chips
    if w["partial"] and 0 < take < 1:
        part = np.where(part < w["partial"], 0.0, part)
    return np.minimum(part, w["able"]) if w["able"] else part


def remainder(data: Data, lot: Lot) -> Array:
    """No cost, or an infinite one where a remainder would free the seller."""
    w = data["kinds"].get("first-refusal")
    if w is None or lot.name != "n" or not data["remainder"] or not reached(w, lot):
        return np.zeros(1)
    if lot.deal + dt.timedelta(w["lead"]) > first(lot.t):
        return np.zeros(1)
    share = max((a / 100 for a in w["cases"] if a < 100), default=0.0)
    small = (lot.chips > 0) & ((1 - share) * lot.chips < data["remainder"])
    return np.where(small, np.inf, 0.0)
