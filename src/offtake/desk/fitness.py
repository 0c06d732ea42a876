"""Whether an opening can be reckoned with: clocks that run, weights and rates that mean something.

Commands come from outside. What is wrong with one is said when the tender opens, not when the first
deadline or price is computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from offtake.desk import commands as cm
from offtake.desk.claim import Claim
from offtake.units.almanac import Almanac, Spell

LONGEST = {"hours": 87_840, "days": 3_660, "business days": 2_610, "months": 120, "years": 10}
"""Of any length of time, by its unit: ten years."""
MOST = 10**15
"""Chips."""


def unfit(command: cm.Open) -> str | None:
    """The first thing in an opening that cannot be reckoned with; None where all can."""
    return next(_unfit(command), None)


def _unfit(command: cm.Open) -> Iterator[str]:
    names = [claim.clause for claim in command.claims] + [bar.clause for bar in command.bars]
    if len(set(names)) < len(names):
        yield "two rights of one name"
    if not _spell(command.bidding):
        yield "a time for bidding that is no length of time"
    if command.reveal is not None and not (_spell(command.reveal) and command.reveal.count):
        yield "a time for revealing bids that is no length of time"
    if not _rate(command.rate):
        yield f"the rate {command.rate}"
    if command.lot.chips > MOST or command.lot.months > 1200 or command.lot.start.year > 9000:
        yield "a lot beyond all measure"
    if not (command.lot.throughput.is_finite() and command.lot.throughput > 0):
        yield f"a throughput of {command.lot.throughput}"
    for name, almanac in command.almanacs.items():
        if not _almanac(almanac):
            yield f"the almanac {name}, which does not say what time it is"
    for claim in command.claims:
        yield from (f"{what} in {claim.clause}" for what in _claim(claim))


def _claim(claim: Claim) -> Iterator[str]:
    for name in ("window", "reoffer", "tail", "closing"):
        spell = getattr(claim, name)
        if spell is not None and not _spell(spell):
            yield f"a {name} that is no length of time"
    if claim.parts < 1:
        yield f"a weight of {claim.parts}"
    for name in ("grace", "floor", "together"):
        if not 0 <= getattr(claim, name) <= (MOST if name == "floor" else LONGEST["days"]):
            yield f"a {name} of {getattr(claim, name)}"
    for name in ("rate", "price_rise", "ceiling", "deposit"):
        value = getattr(claim, name)
        if not value.is_finite() or value <= -1 or value > MOST:
            yield f"a {name} of {value}"
    if claim.package not in (None, "stated", "worth"):
        yield f"the package rule {claim.package}"


def _spell(spell: Spell) -> bool:
    known = spell.unit in LONGEST and 0 <= spell.count <= LONGEST[spell.unit]
    return known and 0 <= spell.closes < 24 * 60


def _rate(text: str) -> bool:
    try:
        rate = Decimal(text)
    except InvalidOperation:
        return False
    return rate.is_finite() and -1 < rate <= MOST


def _almanac(almanac: Almanac) -> bool:
    """Whether it has an offset to begin with, and a weekday with business."""
    return bool(almanac.offsets) and len(set(almanac.weekend)) < 7
