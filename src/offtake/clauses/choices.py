"""What clauses share that leave the buyer a choice by a day: options, renewals, endings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np

from offtake.clauses.asks import WindowWords
from offtake.clauses.values import Bought, Columns, Supply
from offtake.units import Duration, Month

if TYPE_CHECKING:
    from offtake.clauses.program import Program


def chosen_alike(
    program: Program,
    name: str,
    own: Columns,
    days: Sequence[dt.date],
    tolerance: float,
    among: Collection[int] | None = None,
) -> None:
    """Scenarios that nobody can tell apart on the day of a choice choose alike.

    `own` has shape (n, scenarios), `days` the day on which column i is chosen; `tolerance` is how
    near two needs are that are taken for one. Where only some scenarios have the choice at all,
    `among` says which.
    """
    if own.index.shape[1] == 1:
        return
    for i, day in enumerate(days):
        for alike in program.alike(Month.of(day), tolerance):
            group = [s for s in alike if among is None or s in among]
            if len(group) > 1:
                same = own.index[i, group]
                first = Columns(np.broadcast_to(same[:1, None], (len(group) - 1, 1)))
                gap = program.sum(Columns(same[1:, None])) - program.sum(first)
                program.rows(name, gap, at_least=0.0, at_most=0.0)


def notice_day(
    program: Program,
    effect: dt.date,
    notice: Duration,
    *,
    goes_on: bool = False,
    lot: Bought | None = None,
) -> dt.date | None:
    """The last day before the effect on which notice of that length has run out by then.

    None where it lies before the plan's day, or before the deal on a lot that is not signed yet,
    or the clause is not in force on it; with `goes_on` it has gone on with what was renewed, and
    its own span says nothing.
    """
    day = last_day_for(program, effect, notice)
    first = max(program.grid.as_of, lot.deal) if lot is not None else program.grid.as_of
    return day if day >= first and (goes_on or program.holds(day)) else None


def last_day_for(program: Program, effect: dt.date, notice: Duration) -> dt.date:
    """The last day before the effect on which notice of that length has run out by then."""
    calendar = program.window(WindowWords(length=notice)).calendar
    return min(calendar.latest(effect, notice), effect - dt.timedelta(days=1))


def priced_since(program: Program, supply: Supply) -> dt.date | None:
    """The first day of service from which a lot's price follows; of one that is metered, none."""
    if supply.lot is None or program.metered(supply.subject):
        return None
    return supply.start
