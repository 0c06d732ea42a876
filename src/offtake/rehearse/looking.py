"""What the buyer reads off the desk before its next deed."""

from __future__ import annotations

import datetime as dt

from offtake.desk.asking import OPEN, askable, firsts
from offtake.desk.lot import Instant
from offtake.desk.state import Tender
from offtake.units import Calendar, Duration

_DAY = dt.timedelta(days=1)


def asking_first(tender: Tender) -> bool:
    """Whether holders of first offers are being asked."""
    standings = tender.first.values()
    running = any(own.state == "asking" for own in tender.rounds)
    return running and any(standing.state in OPEN for standing in standings)


def stale(tender: Tender, now: Instant) -> bool:
    """Whether a holder of a first offer must be asked again: its tail has passed."""
    for claim in firsts(tender, now):
        own = tender.first.get(claim.clause)
        if own is not None and own.tail is not None and own.tail < now:
            return True
    return False


def busy(tender: Tender) -> bool:
    """Whether holders are being asked, or anybody is about to sign."""
    return any(
        (own.state in ("asking", "tail") and own.remaining > 0)
        or any(taking.state == "closing" for taking in own.takings.values())
        for own in tender.rounds
    )


def asked_by(tender: Tender, bidder: str, day: dt.date, calendar: Calendar) -> dt.date:
    """A day by which everybody who must be asked from a day on will have answered.

    Windows run one after another, and each may end a few days later than its length, by holidays.
    """
    for claim in askable(tender, tender.at, bidder):
        window = Duration(claim.window.count, "days")
        if claim.window.unit == "hours":
            window = Duration(-(-claim.window.count // 24), "days")
        elif claim.window.unit in ("business days", "months", "years"):
            window = Duration(claim.window.count, claim.window.unit)  # type: ignore[arg-type]
        day = calendar.add(day, window) + 4 * _DAY
    return day
