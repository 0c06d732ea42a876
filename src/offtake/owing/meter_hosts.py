"""Use above the contract of agreements from which others are served, hour by hour.

What several take within their own contracts may be above the host's in one hour, and what one takes
above its own may be within the host's. Days cannot say so: for each host the hours of all that is
served from it are added up, and compared with what the host has contracted in each.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np

from offtake.book.force import Book
from offtake.owing.meter_hours import Hours, Numbers
from offtake.settle.passing import hosts_first, served_from, summed_months
from offtake.units import Month


class Hosts:
    """What was metered under the agreements that are served from each host, in each hour."""

    def __init__(self, book: Book, hours: Hours) -> None:
        self.hours = hours
        self.below = served_from(book)
        self.order = [a.id for a in hosts_first(book, self.below) if a.id in self.below]
        self.above = {name: book.agreements[name].upstream for name in self.order}
        self.rows = {name: row for row, name in enumerate(self.order)}
        sources = [book.agreements[name].upstream or "" for name in hours.ids]
        self.row_of = np.array([self.rows.get(name, -1) for name in sources], dtype=np.int64)
        self.taken = np.zeros((len(self.rows), hours.count), dtype=np.int64)

    def add(self, agreements: Numbers, hours: Numbers, seconds: Numbers) -> None:
        """Count what was used in these hours for those that host it."""
        if not self.rows:
            return
        rows = self.row_of[agreements]
        served = rows >= 0
        np.add.at(self.taken, (rows[served], hours[served]), seconds[served])

    def over(self, metered: Mapping[str, frozenset[Month]]) -> dict[str, dict[dt.date, int]]:
        """By host and day: chip-seconds above its contract, in months whose use is a sum."""
        found: dict[str, dict[dt.date, int]] = {}
        rising: dict[str, Numbers] = {}
        months = summed_months(self.order, self.below, metered)
        days = self.hours.days
        for name in reversed(self.order):
            risen = rising.pop(name, 0)
            if not months[name]:
                continue
            number = self.hours.ids.index(name)
            known = np.array([Month.of(day) in months[name] for day in days])
            counts = known[self.hours.day_of] & self.hours.alive(number)
            taken = np.where(counts, self.taken[self.rows[name]] + risen, 0)
            above = np.zeros(len(days), dtype=np.int64)
            excess = np.maximum(taken - self.hours.contracted(number), 0)
            np.add.at(above, self.hours.day_of, excess)
            found[name] = {days[n]: int(above[n]) for n in np.nonzero(known)[0].tolist()}
            source = self.above[name]
            if source is not None:
                rising[source] = rising.get(source, 0) + taken
        return found
