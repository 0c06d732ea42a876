"""What a tender is about and what is said of it: lots, terms, packages, bids.

Amounts are in the desk's currency, prices per chip-hour; shares are plain numbers (0.2 is 20 %).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from msgspec import Struct

Instant = int
"""Nanoseconds since 1970-01-01T00:00Z."""

NOTHING = Decimal(0)


class Lot(Struct, frozen=True, forbid_unknown_fields=True):
    """What a tender is for: so many chips in one place, from a day, for so many months."""

    chip: str
    chips: int
    region: str
    start: dt.date
    months: int
    purposes: tuple[str, ...] = ()
    need: str = ""
    """The line of demand that it is for; lots for one need may count as one."""
    throughput: Decimal = Decimal(1)
    """Reference chips per chip, by which effective prices are compared."""


class Prepaid(Struct, frozen=True, forbid_unknown_fields=True):
    """A share of the contract's value, paid ahead and credited in equal months."""

    share: Decimal
    days_before: int = 0
    """Days before the start on which it is paid."""
    credit_after: int = 0
    """Months of service before the first credit."""
    credit_over: int = 12
    """Months over which it is credited, fewer where the term ends before."""


class Flow(Struct, frozen=True, forbid_unknown_fields=True):
    """A payment from the seller to the buyer: so many months after the start, so much."""

    month: int
    amount: Decimal


class Terms(Struct, frozen=True, forbid_unknown_fields=True):
    """On what terms a lot would be sold."""

    price: Decimal
    start: dt.date
    months: int
    escalator: Decimal = NOTHING
    """Rise of the price per year, on each anniversary of the start."""
    prepaid: Prepaid | None = None
    rebates: tuple[Flow, ...] = ()
    warrants: Decimal = NOTHING
    """What the seller's warrants or shares are worth to the buyer, at the start, for the lot
    as bid; negative where the buyer gives them."""
    options: tuple[str, ...] = ()
    """What the seller may choose: to extend, to expand, to be bought out."""
    support: Decimal = NOTHING
    """Guarantees and credit support that the buyer gives, as an amount."""


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """Another part of a package: equity, power, warrants."""

    name: str
    price: Decimal
    """What the buyer pays for it in the package."""
    worth: Decimal
    """What it is worth alone."""


class Bid(Struct, frozen=True, forbid_unknown_fields=True):
    """What one party would sell, on which terms. `id` and `received` are the desk's."""

    bidder: str
    chips: int
    terms: Terms
    id: str = ""
    received: Instant = 0
    block: int = 1
    """It sells whole multiples of this."""
    remainder_min: int = 0
    """A smaller remainder, after holders took their part, frees it."""
    affiliated: bool = False
    """It declares that it is affiliated with the buyer."""
    contingent: str = ""
    """On what the bid depends; a bona fide bid depends on nothing."""
    deposit: Decimal = NOTHING
    confidential: bool = False
    """Its terms may not be shown to a holder."""
    package: tuple[Part, ...] = ()
    worth: Decimal = NOTHING
    """What the lot is worth alone, where it comes in a package."""
    via: tuple[str, ...] = ()
    """Who really hosts it, nearest to the seller first."""
    offer: str = ""
    """The offer of the buyer's book whose clauses go along with its terms; empty: none."""
