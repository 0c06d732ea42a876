"""Deadlines on a claim's own clock. Past what an almanac knows, weeks go on without holidays."""

from __future__ import annotations

import dataclasses
import datetime as dt

from offtake.desk.claim import Claim
from offtake.desk.lot import Instant
from offtake.units.almanac import (
    Almanac,
    AlmanacEndsError,
    Deadline,
    Spell,
    deadline,
    last_instant,
    tail_end,
)
from offtake.units.instants import DAY, EPOCH, NS

CENTURY = 36_525


def answer_by(spell: Spell, almanac: Almanac, received: Instant) -> Deadline:
    """The last instant at which an answer to a notice is in time."""
    try:
        return deadline(spell, almanac, received)
    except AlmanacEndsError:
        return deadline(spell, _longer(almanac, received), received)


def sign_by(spell: Spell, almanac: Almanac, cleared: Instant) -> Instant:
    """The last instant of a tail that began with a waiver."""
    try:
        return tail_end(spell, almanac, cleared).at
    except AlmanacEndsError:
        return tail_end(spell, _longer(almanac, cleared), cleared).at


def close_by(claim: Claim, almanac: Almanac, taken: Instant) -> Instant | None:
    """The last instant at which a taking may be signed, days of grace included."""
    if claim.closing is None:
        return None
    end = answer_by(claim.closing, almanac, taken).at
    if not claim.grace:
        return end
    return sign_by(Spell(claim.grace, "days", claim.closing.closes), almanac, end)


def deliver_by(claim: Claim, almanac: Almanac, start: dt.date) -> Instant:
    """The last instant at which a holder's delivery is in time, days of grace included."""
    day = start + dt.timedelta(days=claim.grace)
    try:
        return last_instant(day, almanac)
    except AlmanacEndsError:
        return last_instant(day, _longer(almanac, (day.toordinal() - EPOCH) * DAY * NS))


def _longer(almanac: Almanac, at: Instant) -> Almanac:
    """The almanac from the first day to a century after an instant."""
    last = max(almanac.last, at // NS // DAY) + CENTURY
    return dataclasses.replace(almanac, first=min(almanac.first, 0), last=last)
