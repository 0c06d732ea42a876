"""How amounts, instants, terms, lots and letters are written in a sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from offtake.desk.events import Event, Letter
from offtake.desk.lot import Flow, Instant, Lot, Terms
from offtake.units.instants import EPOCH, instant_text
from offtake.units.minor import money_of


def actor(event: Event) -> str:
    """Who brought an event about."""
    return event.by.actor if event.by is not None else "The desk"


def instant(at: Instant) -> str:
    """An instant in UTC: to the second where it is a whole one, else with all nine decimals."""
    text = instant_text(at)
    return text.replace(".000000000Z", "Z")


def local(offset: int) -> str:
    """An offset from UTC, in seconds: `UTC-08:00`."""
    minutes, seconds = divmod(abs(offset), 60)
    hours, minutes = divmod(minutes, 60)
    rest = f":{seconds:02d}" if seconds else ""
    return f"UTC{'-' if offset < 0 else '+'}{hours:02d}:{minutes:02d}{rest}"


def days(numbers: Iterable[int]) -> str:
    """Days counted from 1970-01-01, by their dates."""
    return listed(dt.date.fromordinal(EPOCH + number).isoformat() for number in numbers)


def listed(names: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`; `nobody` where there is none."""
    told = list(names)
    if not told:
        return "nobody"
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def chips(count: int) -> str:
    """`1 chip`, `16,000 chips`."""
    return f"{count:,} chip{'' if count == 1 else 's'}"


def given(reason: str) -> str:
    """A reason or evidence in its author's words, without the full stop; `not stated` if empty."""
    return reason.strip().rstrip(".") or "not stated"


def months(count: int) -> str:
    """`1 month`, `48 months`."""
    return f"{count} month{'' if count == 1 else 's'}"


def price(amount: Decimal) -> str:
    """An effective price, to six decimals: what prices are compared at."""
    return f"{amount:.6f}"


def money(minor: int, currency: str) -> str:
    """So many of the smallest units of a currency: `1,234.50 USD`."""
    return f"{money_of(minor, currency).amount:,f} {currency}"


def share(part: Decimal) -> str:
    """0.05 as `5%`."""
    return f"{(part * 100).normalize():f}%"


def lot(tendered: Lot) -> str:
    """`16,000 chips of gb200 in texas from 2026-01-01 for 48 months`."""
    purposes = f", for {listed(tendered.purposes)}" if tendered.purposes else ""
    return (
        f"{chips(tendered.chips)} of {tendered.chip} in {tendered.region} "
        f"from {tendered.start} for {months(tendered.months)}{purposes}"
    )


def terms(stated: Terms) -> str:
    """A price, a term, and whatever else is not nothing."""
    told = [
        f"{stated.price:f} per chip-hour from {stated.start} for {months(stated.months)}",
        *(_escalator(stated)),
        *(_prepaid(stated)),
        *(_rebate(rebate) for rebate in stated.rebates),
        *([f"warrants worth {stated.warrants:f} to the buyer"] if stated.warrants else []),
        *([f"options of the seller ({listed(stated.options)})"] if stated.options else []),
        *([f"support by the buyer of {stated.support:f}"] if stated.support else []),
    ]
    return ", ".join(told)


def _escalator(stated: Terms) -> list[str]:
    if not stated.escalator:
        return []
    verb = "rising" if stated.escalator > 0 else "falling"
    return [f"{verb} by {share(abs(stated.escalator))} a year"]


def _rebate(flow: Flow) -> str:
    """Negative is what the buyer pays on top."""
    what = "a rebate" if flow.amount >= 0 else "a payment on top"
    return f"{what} of {abs(flow.amount):f} after {months(flow.month)}"


def _prepaid(stated: Terms) -> list[str]:
    ahead = stated.prepaid
    if ahead is None:
        return []
    return [
        f"{share(ahead.share)} prepaid {ahead.days_before} days before the start and credited "
        f"over {months(ahead.credit_over)} after the first {ahead.credit_after}"
    ]


def letter(by: Letter | None) -> str:
    """When an answer's letter came, what shows it and who recorded it; nothing without one."""
    if by is None:
        return ""
    return (
        f" (by letter received at {instant(by.received)}, evidence {by.evidence}, "
        f"recorded by {listed(by.persons)})"
    )
