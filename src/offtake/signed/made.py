"""Which agreements came of a desk's events: each with its lot, its cause, and who gave way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from offtake.desk import events as ev
from offtake.desk.lot import Instant, Lot, Terms
from offtake.units import Month
from offtake.units.instants import NS

READ: tuple[type[ev.Event], ...] = (
    ev.TenderOpened,
    ev.BarLifted,
    ev.Answered,
    ev.Lapsed,
    ev.Passed,
    ev.OfferDecided,
    ev.RightExpired,
    ev.TakingFailed,
    ev.AgreementFailed,
    ev.Signed,
)
"""The events of which agreements are made."""


@dataclass(frozen=True, slots=True)
class GaveWay:
    """A right that did not keep an agreement from being signed, and by which entry."""

    clause: str
    holder: str
    on: dt.date
    number: int | None


@dataclass(frozen=True, slots=True)
class Made:
    """One agreement that was signed at a desk."""

    number: int
    """The entry of its signing."""
    event: ev.Signed
    lot: Lot
    cause: str
    """The purchase of a plan for which its tender was opened; empty where none was named."""
    signed: dt.date
    waivers: tuple[GaveWay, ...]
    failed: dt.date | None = None
    """The first day on which it held no more."""

    @property
    def id(self) -> str:
        """Its name."""
        return self.event.agreement

    @property
    def seller(self) -> str:
        """Who sells."""
        return self.event.party

    @property
    def via(self) -> str | None:
        """Who really hosts it, where somebody else does."""
        return self.event.via[0] if self.event.via else None

    @property
    def tender(self) -> str:
        """The tender of which it came."""
        return self.event.tender

    @property
    def purchase(self) -> str:
        """The purchase of a plan that it is for."""
        return self.cause

    @property
    def offer(self) -> str:
        """The offer that the bid named: the seller's own, or the one whose terms a holder took."""
        return self.event.offer

    @property
    def clause(self) -> str | None:
        """The right under which a holder took it, or offered first."""
        return self.event.clause

    @property
    def noticed(self) -> bool:
        """Whether its terms are those of a bid; else the holder's own, who offered first."""
        return bool(self.event.bid)

    @property
    def terms(self) -> Terms:
        """What was signed."""
        return self.event.terms

    @property
    def chips(self) -> int:
        """How many."""
        return self.event.chips

    @property
    def price(self) -> Decimal:
        """Per chip-hour, at the start."""
        return self.event.terms.price

    @property
    def start(self) -> dt.date:
        """The first day of service."""
        return self.event.terms.start

    @property
    def months(self) -> int:
        """For how long."""
        return self.event.terms.months

    @property
    def until(self) -> dt.date:
        """The last day of service."""
        end = Month.of(self.start) + self.months
        return end.first.replace(day=min(self.start.day, end.days)) - dt.timedelta(1)


def made(happened: Iterable[tuple[int, ev.Event]], zone: str) -> tuple[Made, ...]:
    """What was signed, in the order of signing; days are those of a time zone.

    Of the numbered events of a journal only those of `READ` are looked at.
    """
    reading = _Reading(zone)
    for number, event in happened:
        reading.read(number, event)
    return tuple(reading.found.values())


class _Reading:
    """What has been read so far of a journal."""

    def __init__(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)
        self.found: dict[str, Made] = {}
        self.opened: dict[str, ev.TenderOpened] = {}
        self.lifted: dict[str, list[GaveWay]] = {}
        self.said: dict[tuple[str, str], list[tuple[Instant, int]]] = {}
        """By tender and clause: when something was said or decided of it, and by which entry."""

    def read(self, number: int, event: ev.Event) -> None:
        """Take one event in."""
        if isinstance(event, ev.TenderOpened):
            self.opened[event.tender] = event
        elif isinstance(event, ev.Signed):
            self.found[event.agreement] = self._made(number, event)
        elif isinstance(event, ev.AgreementFailed):
            self._failed(event.agreement, event.at)
        elif isinstance(event, READ):
            assert isinstance(event, ev.TenderEvent)
            clause: str = getattr(event, "clause", "")
            self.said.setdefault((event.tender, clause), []).append((event.at, number))
            if isinstance(event, ev.BarLifted):
                self._lift(number, event)
            elif isinstance(event, ev.TakingFailed):
                self._failed(event.agreement, event.at)
                if event.spent:
                    # What it took it did not sign: on this lot its right is spent.
                    self._lift(number, event)

    def _lift(self, number: int, event: ev.BarLifted | ev.TakingFailed) -> None:
        gave = GaveWay(_plain(event.clause), event.holder, self._day(event.at), number)
        self.lifted.setdefault(event.tender, []).append(gave)

    def _failed(self, agreement: str, at: Instant) -> None:
        if agreement in self.found:
            self.found[agreement] = replace(self.found[agreement], failed=self._day(at))

    def _made(self, number: int, event: ev.Signed) -> Made:
        opened = self.opened[event.tender]
        cleared = [
            GaveWay(
                _plain(one.clause),
                one.holder,
                self._day(one.since),
                self._entry(event.tender, one.clause, one.since),
            )
            for one in event.cleared
        ]
        first: dict[str, GaveWay] = {}
        for gave in [*self.lifted.get(event.tender, ()), *cleared]:
            if gave.holder != event.party:
                first.setdefault(gave.clause, gave)
        return Made(
            number, event, opened.lot, opened.cause, self._day(event.at), tuple(first.values())
        )

    def _entry(self, tender: str, clause: str, since: Instant) -> int | None:
        """Which entry cleared a right at an instant."""
        said = self.said.get((tender, clause), ())
        return max((number for at, number in said if at <= since), default=None)

    def _day(self, at: Instant) -> dt.date:
        return dt.datetime.fromtimestamp(at // NS, self.zone).date()


def _plain(clause: str) -> str:
    """The clause of a claim, without the day from which its words have a say."""
    return clause.partition("@")[0]


def standing(found: Iterable[Made]) -> tuple[Made, ...]:
    """Those that have not failed."""
    return tuple(one for one in found if one.failed is None)
