"""The book as of a day: what was known, which clauses hold when, and what is in force.

Amendments are applied here and nowhere else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from offtake.book.curves import price_on
from offtake.book.faults import Fault, Place
from offtake.book.header import Header
from offtake.book.near import nearest
from offtake.book.record import Written
from offtake.book.records import (
    Agreement,
    Amendment,
    Chip,
    Clause,
    Curve,
    Delivery,
    Demand,
    Offer,
    Party,
    Site,
    Venture,
)
from offtake.book.scope import Purposes
from offtake.book.tied import OF, SELLER
from offtake.book.typed import faults_of
from offtake.units import Price

_DAY = dt.timedelta(days=1)
_NOT_ENDED = {"ended": None, "ended_by": None}
_RATHER = "end the clause and add the other"


@dataclass(frozen=True)
class Book:
    """What was read, typed, as it was known on one day."""

    root: str
    header: Header
    parties: Mapping[str, Party]
    chips: Mapping[str, Chip]
    """The built-in table with the book's own chips over it."""
    offers: Mapping[str, Offer]
    agreements: Mapping[str, Agreement]
    """Those known on `known`, with the waivers and amendments known by then."""
    sites: Mapping[str, Site]
    ventures: Mapping[str, Venture]
    demand: Mapping[str, Demand]
    digest: str
    """SHA-256 over the book's files, names and bytes in the order of reading."""
    purposes: Purposes
    known: dt.date
    """The day whose knowledge this is: the header's `as_of` unless moved."""
    written: Mapping[str, Agreement] = field(default_factory=dict, repr=False)
    """Every agreement of the book, known or not; `agreements` where empty."""
    curves: Mapping[str, Curve] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    """Ids of clauses that this book is looked at without, as if nobody had written them."""

    def as_of(self, day: dt.date) -> Book:
        """Knowledge moved to `day`: agreements, waivers and amendments later than it are absent."""
        written = self.written or self.agreements
        known = (_seen(a, day) for a in written.values() if a.known <= day)
        # What failed before its first day never was, for whoever knows it.
        seen = {a.id: a for a in known if a.ended is None or a.ended > max(a.from_, a.known)}
        return replace(self, known=day, agreements=seen, written=written)

    def without(self, clauses: Iterable[str]) -> Book:
        """The same book as if clauses of these ids had never been written."""
        return replace(self, left_out=self.left_out | frozenset(clauses))

    def curve_on(self, curve: str, day: dt.date) -> Price:
        """The price of one of the curves on a day, as known; each is worked out once."""
        if (curve, day) not in self._priced:
            self._priced[curve, day] = price_on(self.curves[curve], day, self.known)
        return self._priced[curve, day]

    @cached_property
    def _priced(self) -> dict[tuple[str, dt.date], Price]:
        return {}

    @property
    def whole(self) -> Book:
        """All that is written, whenever it was known: what a checker looks at."""
        return self.as_of(dt.date.max)

    def unended(self, agreement: str) -> Book:
        """The same book as if nothing of an agreement had ended before its time."""
        signed = (self.written or self.agreements)[agreement]
        deliveries = tuple(d.model_copy(update=_NOT_ENDED) for d in signed.deliveries)
        seen = self.agreements.get(agreement, signed)
        lasting = seen.model_copy(
            update={**_NOT_ENDED, "until": signed.until, "deliveries": deliveries}
        )
        return replace(self, agreements={**self.agreements, agreement: lasting})

    @cached_property
    def terms(self) -> tuple[InForce, ...]:
        """See `terms`; applied once for each book."""
        signed = [term for a in self.agreements.values() for term in versions(a)[0]]
        offered = [
            InForce(clause, offer, dt.date.min, dt.date.max)
            for offer in self.offers.values()
            for clause in offer.clauses
        ]
        return tuple(t for t in (*signed, *offered) if t.clause.id not in self.left_out)

    @cached_property
    def terms_of(self) -> Mapping[str, tuple[InForce, ...]]:
        """The same, by the id of the agreement or offer whose clauses they are."""
        found: dict[str, list[InForce]] = {}
        for term in self.terms:
            found.setdefault(term.owner.id, []).append(term)
        return {owner: tuple(held) for owner, held in found.items()}


@dataclass(frozen=True, slots=True)
class InForce:
    """One version of a clause and the days on which it holds, both inclusive."""

    clause: Clause
    owner: Agreement | Offer
    start: dt.date
    end: dt.date

    def on(self, day: dt.date) -> bool:
        """Whether it holds on that day."""
        return self.start <= day <= self.end


def terms(book: Book) -> tuple[InForce, ...]:
    """Every version of every known clause with its span, amendments applied.

    An offer's clauses hold whenever the offer is taken up, so their span has no bounds.
    """
    return book.terms


def in_force(book: Book, on: dt.date, party: str | None = None) -> tuple[InForce, ...]:
    """The clauses of agreements that hold on a day; with `party`, those it gives or holds."""
    return tuple(
        term
        for term in book.terms
        if isinstance(term.owner, Agreement)
        and term.on(on)
        and (party is None or party in _sides(term.owner, term.clause, book))
    )


def _sides(agreement: Agreement, clause: Clause, book: Book) -> tuple[str | None, ...]:
    holder = getattr(clause, "held_by", None)
    return (agreement.seller, agreement.buyer or book.header.buyer, agreement.via, holder)


def _seen(agreement: Agreement, day: dt.date) -> Agreement:
    if any(d.ended is not None for d in agreement.deliveries):
        left = tuple(_served(d, day) for d in agreement.deliveries)
        served = tuple(d for d in left if d.ended is None or d.ended > d.start)
        agreement = agreement.model_copy(update={"deliveries": served})
    if agreement.ended is not None:
        agreement = _ended(agreement, agreement.ended, day)
    waivers = tuple(w for w in agreement.waivers if w.on <= day)
    amendments = tuple(a for a in agreement.amendments if a.known <= day)
    if len(waivers) == len(agreement.waivers) and len(amendments) == len(agreement.amendments):
        return agreement
    return agreement.model_copy(update={"waivers": waivers, "amendments": amendments})


def _ended(agreement: Agreement, ended: dt.date, day: dt.date) -> Agreement:
    """What is known on a day of an agreement that ended before its time."""
    if ended > day:
        return agreement.model_copy(update=_NOT_ENDED)
    last = min(agreement.until, ended - _DAY)
    served = tuple(
        d if d.until is None else d.model_copy(update={"until": min(d.until, last)})
        for d in agreement.deliveries
        if d.start <= last
    )
    return agreement.model_copy(update={"until": last, "deliveries": served})


def _served(delivery: Delivery, day: dt.date) -> Delivery:
    """What is known on a day of a delivery that may have ended before its time."""
    if delivery.ended is None:
        return delivery
    if delivery.ended > day:
        return delivery.model_copy(update=_NOT_ENDED)
    last = delivery.ended - _DAY
    return delivery.model_copy(update={"until": min(delivery.until or last, last)})


def short(clause: Clause) -> str:
    """The name that its own agreement uses for a clause."""
    return clause.name or clause.kind


def versions(agreement: Agreement) -> tuple[tuple[InForce, ...], tuple[Fault, ...]]:
    """The clause versions of one agreement, and what is wrong with its amendments.

    An amendment bites at 00:00 local time of its day: what it ends holds to the day before.
    """
    life = _Life(agreement)
    for clause in agreement.clauses:
        life.begin(clause, agreement.from_, clause.place)
    for amendment in sorted(agreement.amendments, key=lambda a: a.on):
        life.amend(amendment)
    return life.told()


class _Life:
    """The clauses of one agreement while its amendments are applied in order of their days."""

    def __init__(self, agreement: Agreement) -> None:
        self.agreement = agreement
        self.open: dict[str, tuple[Clause, dt.date]] = {}
        self.past: list[InForce] = []
        self.faults: list[Fault] = []

    def begin(self, clause: Clause, day: dt.date, place: Place) -> None:
        name = short(clause)
        if name in self.open:
            self.faults.append(
                Fault(
                    place,
                    "duplicate-id",
                    f"{self.agreement.id} already has a clause {name}.",
                    f"give each an id of its own; the first stands at {self.open[name][0].place}",
                )
            )
            return
        self.open[name] = (clause, day)

    def amend(self, amendment: Amendment) -> None:
        for name in amendment.end:
            if self._stands(name, amendment.at("end")):
                self._close(name, amendment.on)
        for name, words in amendment.change.items():
            place = getattr(words, "place", amendment.at("change"))
            if self._stands(name, place):
                self._change(name, words, amendment.on, place)
        for clause in amendment.add:
            self.begin(clause, amendment.on, clause.place)

    def told(self) -> tuple[tuple[InForce, ...], tuple[Fault, ...]]:
        last = self.agreement.until
        held = [InForce(c, self.agreement, day, last) for c, day in self.open.values()]
        spans = sorted((*self.past, *held), key=lambda t: (t.start, t.clause.place))
        return tuple(t for t in spans if t.start <= t.end), tuple(self.faults)

    def _stands(self, name: str, place: Place) -> bool:
        if name in self.open:
            return True
        sentence = f"{self.agreement.id} has no clause {name} in force on that day."
        self.faults.append(Fault(place, "unknown-clause", sentence, nearest(name, self.open)))
        return False

    def _close(self, name: str, day: dt.date) -> Clause:
        clause, since = self.open.pop(name)
        until = min(day - _DAY, self.agreement.until)
        self.past.append(InForce(clause, self.agreement, since, until))
        return clause

    def _change(self, name: str, words: Mapping[str, Any], day: dt.date, place: Place) -> None:
        clause, _ = self.open[name]
        if words.get("kind", clause.kind) != clause.kind or words.get("id", name) != name:
            sentence = f"An amendment cannot turn {name} into another clause."
            self.faults.append(Fault(place, "changed-kind", sentence, _RATHER))
            return
        try:
            new = changed(clause, words, place)
        except ValidationError as error:
            self.faults.extend(faults_of(error, words, place))
            return
        self._close(name, day)
        self.open[name] = (new, day)


def changed(clause: Clause, words: Mapping[str, Any], place: Place) -> Clause:
    """The clause with each stated word replaced whole.

    Raises `pydantic.ValidationError` where the result is no such clause.
    """
    kept: dict[str, Any] = {OF: clause.of, SELLER: clause.seller}
    where: dict[str, Place] = {**clause.fields_at, **getattr(words, "fields_at", {})}
    for name, info in type(clause).model_fields.items():
        if name in clause.model_fields_set and name not in ("place", "fields_at"):
            kept[info.alias or name] = getattr(clause, name)
    return type(clause).model_validate(Written({**kept, **words}, place, where))
