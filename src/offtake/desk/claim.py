"""Rights as a tender's opening states them: complete, with their calendars, never read again."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from offtake.desk.lot import NOTHING, Instant
from offtake.units.almanac import Spell


class Claim(Struct, frozen=True, forbid_unknown_fields=True):
    """A right of first offer or first refusal that reaches the lot."""

    clause: str
    holder: str
    first: bool
    """Asked before bids (first offer), not after them (first refusal)."""
    precedence: int
    rank: int
    window: Spell
    almanac: str
    """Which of the opening's almanacs its clocks run by."""
    reoffer: Spell | None = None
    tail: Spell | None = None
    closing: Spell | None = None
    """From a taking to its signature."""
    grace: int = 0
    """Days after the closing date, and after the delivery date."""
    since: Instant = 0
    expires: Instant | None = None
    """The last instant at which it is in force."""
    survives: bool = True
    """A notice or tail that is open when it expires goes on."""
    partial: int | None = None
    """The fewest chips of a part; None: all or nothing."""
    parts: int = 1
    """Its weight among holders of equal rank."""
    mirror: bool = True
    """A changed or conditional answer is a refusal."""
    price_rise: Decimal = NOTHING
    ceiling: Decimal = Decimal(1)
    anyone: bool = False
    """Its tail is for any counterparty, not the noticed one alone."""
    discloses: bool = False
    """Its notice names the counterparty."""
    package: str | None = None
    """`stated` or `worth`: how the lot's part of a package is priced; None: not at all."""
    rate: Decimal = NOTHING
    """Per year, for net present values."""
    deposit: Decimal = NOTHING
    """What a bona fide bid is supported by."""
    hosts: tuple[str, ...] | None = None
    """To whom the holder may subcontract; None nobody, () anyone."""
    floor: int = 0
    """The fewest chips it reaches; lots for one need count together."""
    together: int = 0
    """Within so many days."""
    sentence: str = ""


class Bar(Struct, frozen=True, forbid_unknown_fields=True):
    """An exclusive right: nobody but its holder may be approached until it is lifted in writing."""

    clause: str
    holder: str
    since: Instant = 0
    expires: Instant | None = None
    sentence: str = ""
