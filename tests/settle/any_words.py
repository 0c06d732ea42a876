"""The words of any clause, and what an amendment makes of them, in the grammar of books."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from .naive_owed import DAY

SCALE = {"USD": 100, "JPY": 1, "KWD": 1000}
KINDS = (
    "overage",
    "volume-tiers",
    "take-or-pay",
    "minimum-spend",
    "minimum-share",
    "delay-credits",
    "prepayment",
    "licence",
    "revenue-share",
    "expansion-option",
    "escalator",
)


@dataclass
class Deal:
    """One agreement while it is drawn."""

    name: str
    first: dt.date
    until: dt.date
    known: dt.date
    billing: str
    sides: tuple[str, str]
    chips: int = 1
    ends: str = "agreement"
    served: dt.date = dt.date.max
    """Until when the first delivery serves."""
    text: str = ""
    clauses: list[tuple[str, str]] = field(default_factory=list)
    """Name and kind."""


class Draw:
    """A few words for what is drawn most."""

    def __init__(self, whole: Callable[[int, int], int], theme: str | None = None) -> None:
        self.whole = whole
        """A whole number from one to another."""
        self.currency = self.of(*SCALE)
        self.theme = self.of("", *KINDS[:7]) if theme is None else theme
        """A kind of which there is more in this book than of others."""

    def of(self, *values: str) -> str:
        return values[self.whole(0, len(values) - 1)]

    def odds(self, one_in: int) -> bool:
        return self.whole(1, one_in) == one_in

    def day(self, first: dt.date, last: dt.date) -> dt.date:
        return first + DAY * self.whole(0, max(0, (last - first).days))

    def money(self, most: int) -> str:
        whole, part = divmod(self.whole(1, most * SCALE[self.currency]), SCALE[self.currency])
        digits = {1: "", 100: f".{part:02}", 1000: f".{part:03}"}[SCALE[self.currency]]
        return f"{whole}{digits} {self.currency}"

    def percent(self, least: int = 1, most: int = 100) -> str:
        return f"{self.whole(least, most)}%"


def words_of(d: Draw, kind: str, deal: Deal) -> str:
    """The words of one clause."""
    if kind == "overage":
        return d.of(f"price: {d.money(9)} per chip-hour", f"rate: {d.percent(1, 200)}")
    if kind == "volume-tiers":
        above = deal.chips if d.odds(3) else d.whole(1, deal.chips)
        more = d.whole(above + 1, above + 10)
        return (
            f"basis: {d.of('marginal', 'whole')}, tiers: [{{above: {above} chips, "
            f"discount: {d.percent(1, 40)}}}, {{above: {more} chips, "
            f"discount: {d.percent(41, 99)}}}]"
        )
    if kind == "take-or-pay":
        share = f"share: {d.percent()}, measured: {d.of('month', 'month', 'quarter')}"
        return share + (f", make_up: {d.whole(3, 5)} months" if not d.odds(4) else "")
    if kind == "minimum-spend":
        words = f"amount: {d.money(90_000)}, measured: {d.of('month', 'quarter', 'year', 'term')}"
        words += f", counts: {d.of('seller', 'agreement')}"
        return words + (f", defer: {d.percent()}" if d.odds(2) and "term" not in words else "")
    if kind == "minimum-share":
        words = f"share: {d.percent()}, shortfall: {d.money(9)} per chip-hour"
        return words + f", measured: {d.of('month', 'quarter', 'term')}"
    if kind == "delay-credits":
        grace = f"grace: {d.whole(1, 20)} {d.of('days', 'business days')}, " if d.odds(2) else ""
        cap = f", cap: {d.percent(1, 20)} of monthly fee" if d.odds(2) else ""
        return f"{grace}rate: {d.whole(0, 2)}.{d.whole(1, 99):02}% of monthly fee per day{cap}"
    if kind == "prepayment":
        due = d.of("at signing", "at start", "30 days before start", "1 month before start")
        due = due if d.odds(2) else f"{d.whole(1, 60)} days after start"
        words = f"share: {d.percent(1, 60)} of delivery value, due: {due}"
        words += f", credit_after: {d.whole(0, 2)} months" if d.odds(2) else ""
        return words + (f", credit_up_to: {d.percent(1, 60)} of invoice" if d.odds(2) else "")
    if kind == "licence":
        fee = f"fee: {d.money(9_000)} per {d.of('month', 'year')}"
        until = f", until: {d.day(deal.first, deal.until)}" if d.odds(3) else ""
        return f"of: things, holder: {d.of(*deal.sides)}, {fee}{until}"
    if kind == "revenue-share":
        until = f", until: {d.day(deal.first, deal.until)}" if d.odds(3) else ""
        cap = f", cap: {d.money(30_000)}" if d.odds(2) else ""
        return f"share: {d.percent()}, of: sales, payer: {d.of(*deal.sides)}{cap}{until}"
    if kind == "termination":
        fees = [f"fee: {d.percent()} of remaining value", f"fee_sum: {d.money(9_000)}"]
        fee = d.of(*fees, ", ".join(fees))
        return f"by: {d.of('buyer', 'seller', 'either')}, what: {deal.ends}, {fee}"
    if kind == "expansion-option":
        exercise = f"exercise: {{from: {deal.first}, until: {deal.until}}}"
        words = f"max: 99 chips, chip: h100, region: r, price: {d.money(9)} per chip-hour"
        return f"{words}, term: 6 months, {exercise}, premium: {d.money(999)} per chip"
    assert kind == "escalator"
    since = f", from: {deal.first - DAY * d.whole(0, 700)}" if d.odds(2) else ""
    return f"{d.of('rises', 'falls')}: {d.percent(1, 30)} per year{since}"


CHANGES = {
    "overage": lambda d: f"rate: {d.percent(1, 200)}",
    "volume-tiers": lambda d: f"basis: {d.of('marginal', 'whole')}",
    "take-or-pay": lambda d: f"share: {d.percent()}",
    "minimum-spend": lambda d: f"amount: {d.money(90_000)}",
    "minimum-share": lambda d: f"share: {d.percent()}",
    "delay-credits": lambda d: f"rate: 0.{d.whole(1, 99):02}% of monthly fee per day",
    "prepayment": lambda d: f"share: {d.percent(1, 60)} of delivery value",
    "licence": lambda d: f"fee: {d.money(9_000)} per month",
    "revenue-share": lambda d: f"share: {d.percent()}",
}
"""What an amendment changes of a kind."""


def amendments(d: Draw, deal: Deal) -> str:
    """None, or one that changes, ends or adds."""
    if deal.first == deal.until or not d.odds(2):
        return ""
    on = d.day(deal.first + DAY, deal.until)
    name, kind = deal.clauses[0] if deal.clauses else ("", "")
    does = d.of("change", "end", "add")
    if does == "change" and kind in CHANGES:
        words = CHANGES[kind](d)
        if kind == "overage" and "price: " in deal.text:
            words = f"price: {d.money(9)} per chip-hour"
        said = f"change: {{{name}: {{{words}}}}}"
    elif does == "end" and kind in CHANGES:
        said = f"end: [{name}]"
    else:
        said = f"add: [{{id: later, {clause_of(d, deal)}}}]"
    return f"  amendments: [{{on: {on}, signed: {deal.known}, {said}}}]\n"


def clause_of(d: Draw, deal: Deal) -> str:
    """A kind that the agreement may have and has not, with its words."""
    once = {kind for _, kind in deal.clauses} - {"prepayment", "licence", "revenue-share"}
    found = [k for k in KINDS if k not in once and (k != "take-or-pay" or deal.billing == "used")]
    kind = d.theme if d.theme in found and d.odds(2) else d.of(*found)
    return f"kind: {kind}, {words_of(d, kind, deal)}"
