"""What releases are made of: who publishes them, parties and their roles, values, periods, items.

Amounts become numbers as JSON has them; each was rounded to what can be paid before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from offtake.desk.lot import Lot, Terms
from offtake.settle.clock import BookClock
from offtake.units import Money, Month
from offtake.units.instants import NS, Instant, instant_text
from offtake.units.minor import payable

Plain = dict[str, Any]
VERSION = "1.1"
BIDS = (
    "https://raw.githubusercontent.com/open-contracting-extensions/"
    "ocds_bid_extension/v1.1.5/extension.json"
)
"""Bids are no part of the standard itself."""
UNREGISTERED = "ocds-000000"
_YEAR = 12


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes, and what a journal does not say."""

    name: str
    currency: str
    zone: str
    """Of the buyer's book: days become instants by it."""
    prefix: str = UNREGISTERED
    """Of every ocid; the Open Contracting Partnership registers them."""
    uri: str = "urn:offtake:releases"
    """Where the package will be found."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What parties are called, by id."""

    def ocid(self, tender: str) -> str:
        """The name of a contracting process."""
        return f"{self.prefix}-{tender}"

    def day(self, day: dt.date) -> str:
        """The first instant of a day."""
        return instant_text(BookClock(self.zone).begin_of(day))

    def end(self, day: dt.date) -> Instant:
        """The last second of a day."""
        return BookClock(self.zone).end_of(day) - NS

    def referred(self, party: str) -> Plain:
        """A party where it is only named."""
        return {"id": party, "name": self.names.get(party, party)}

    def value(self, money: Money) -> Plain:
        """An amount of money."""
        return {"amount": number(money), "currency": money.currency}

    def worth(self, terms: Terms, chips: int) -> Plain:
        """What is paid for so many chips over the whole term, each year raised by the escalator."""
        return self.value(payable(_worth(terms, chips), self.currency))

    def term(self, start: dt.date, months: int) -> Plain:
        """The days of service."""
        end = _after(start, months) - dt.timedelta(1)
        return {
            "startDate": self.day(start),
            "endDate": instant_text(self.end(end)),
            "durationInDays": (end - start).days + 1,
        }


def number(money: Money) -> int | float:
    """A payable amount as a JSON number: whole where it is."""
    whole = int(money.amount)
    return whole if whole == money.amount else float(money.amount)


def _worth(terms: Terms, chips: int) -> Fraction:
    rise = 1 + Fraction(terms.escalator)
    total = Fraction(0)
    for month in range(terms.months):
        days = (_after(terms.start, month + 1) - _after(terms.start, month)).days
        total += 24 * days * chips * Fraction(terms.price) * rise ** (month // _YEAR)
    return total


def _after(start: dt.date, months: int) -> dt.date:
    """The same day so many months on, or the last of a shorter month."""
    month = Month.of(start) + months
    return month.first.replace(day=min(start.day, month.days))


def item(lot: Lot, chips: int) -> Plain:
    """What is bought."""
    return {
        "id": "1",
        "description": f"{lot.chip} in {lot.region}, for {lot.months} months",
        "quantity": chips,
        "unit": {"name": "chip"},
    }


@dataclass(slots=True)
class Roles:
    """Who has had which part in a process so far: a later release says all of it again."""

    publisher: Publisher
    held: dict[str, dict[str, None]] = field(default_factory=dict)

    def give(self, parties: Iterable[str], *roles: str) -> None:
        """Parties take on roles."""
        for party in parties:
            self.held.setdefault(party, {}).update(dict.fromkeys(roles))

    def parties(self) -> list[Plain]:
        """Everybody, in the order in which they came."""
        return [
            self.publisher.referred(party) | {"roles": list(roles)}
            for party, roles in self.held.items()
        ]
