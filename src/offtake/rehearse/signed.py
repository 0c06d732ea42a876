"""What came of the tenders as records of a book: agreements with their waivers, offers with less.

So that two plans can be compared they must cover the same months and be judged from the same day.
Therefore the book that is planned again knows every agreement of the rehearsal on the plan's own
day; the lines that people read carry the true dates.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from offtake.book.changes import Add, Change, Set
from offtake.book.draft import Draft
from offtake.book.faults import Place
from offtake.book.force import Book
from offtake.book.record import Written, WrittenList
from offtake.book.records import Offer
from offtake.book.typed import Kinds
from offtake.clauses.base import Right
from offtake.clauses.prices import price_on
from offtake.desk import events as ev
from offtake.desk.asking import as_bid
from offtake.desk.price import effective
from offtake.plan.result import PlanResult
from offtake.rehearse.counterparties import price_of
from offtake.rehearse.days import day_of
from offtake.rehearse.playing import Played
from offtake.units import Month

HERE = Place("rehearsal", 1)
BEFORE_ALL = -1_000_000
"""A turn before that of any clause."""
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 ._/-]*|[0-9][A-Za-z0-9 ./%-]*")
_FLAGS = ("true", "false", "null")


@dataclass(frozen=True, slots=True)
class Made:
    """One agreement that came out of a rehearsal and stood at its end."""

    id: str
    seller: str
    via: str | None
    offer: Offer
    """Whose terms they are: the seller's own, or those that a holder took."""
    chips: int
    price: Decimal
    effective: Decimal
    """Of a part that a holder took as well: what the whole lot costs that it is a part of."""
    start: dt.date
    months: int
    signed: dt.date
    tender: str
    purchase: str
    clause: str | None
    """The right under which a holder took it, or offered first."""
    noticed: bool
    """Whether its terms are those of an offer; else the holder's own, who offered first."""
    waivers: tuple[tuple[str, str, dt.date], ...]
    """Clause, holder and day of each right that gave way."""

    @property
    def until(self) -> dt.date:
        """The last day."""
        return (Month.of(self.start) + (self.months - 1)).last


def agreements(played: Played) -> tuple[Made, ...]:
    """What was signed and had not failed at the end, in the order of signing."""
    zone = played.book.header.timezone
    purchases = {purchase.name: purchase for purchase in played.purchases}
    lifted: dict[str, list[tuple[str, str, dt.date]]] = {}
    found = []
    for event in played.events:
        if isinstance(event, ev.BarLifted):
            waived = (event.clause, event.holder, day_of(event.at, zone))
            lifted.setdefault(event.tender, []).append(waived)
        if isinstance(event, ev.TakingFailed) and event.spent:
            # What it took it did not sign: on this lot its right is spent.
            spent = (event.clause.partition("@")[0], event.holder, day_of(event.at, zone))
            lifted.setdefault(event.tender, []).append(spent)
        if not isinstance(event, ev.Signed):
            continue
        if played.desk.agreements[event.agreement].state == "failed":
            continue
        cleared = [
            (one.clause.partition("@")[0], one.holder, day_of(one.since, zone))
            for one in event.cleared
            if one.holder != event.party
        ]
        purchase = purchases[event.tender]
        found.append(
            Made(
                id=event.agreement,
                seller=event.party,
                via=event.via[0] if event.via else None,
                offer=played.offers.get((event.tender, event.bid), purchase.offer),
                chips=event.chips,
                price=event.terms.price,
                effective=_effective(played, event),
                start=event.terms.start,
                months=event.terms.months,
                signed=day_of(event.at, zone),
                tender=event.tender,
                purchase=purchase.id,
                clause=event.clause,
                noticed=bool(event.bid),
                waivers=_once([*lifted.get(event.tender, []), *cleared], event.party),
            )
        )
    return tuple(found)


def _once(
    found: Iterable[tuple[str, str, dt.date]], party: str
) -> tuple[tuple[str, str, dt.date], ...]:
    """The rights of others that gave way, each with its first day."""
    first: dict[str, tuple[str, str, dt.date]] = {}
    for clause, holder, day in found:
        if holder != party:
            first.setdefault(clause, (clause, holder, day))
    return tuple(first.values())


def _effective(played: Played, event: ev.Signed) -> Decimal:
    """Rebates are amounts for the lot as it was noticed, of which a holder took a part."""
    if event.clause is None or event.round is None or not event.terms.rebates:
        return event.effective
    tender = played.desk.tenders[event.tender]
    lot = as_bid(tender, tender.rounds[event.round - 1].size)
    return effective(event.terms, lot, Decimal(tender.opened.rate))


def record(made: Made, draft: Draft, book: Book, kinds: Kinds, known: dt.date | None) -> Written:
    """An agreement as it would be written; with `known` as if all was signed on that day."""
    words: dict[str, Any] = {
        "id": made.id,
        "seller": made.seller,
        **({"via": made.via} if made.via else {}),
        "signed": str(known or made.signed),
        "from": str(made.start),
        "until": str(made.until),
        "price": f"{_base(made, book):f} {book.header.currency} per chip-hour",
        **({"billing": made.offer.billing} if made.offer.billing != "reserved" else {}),
        "cause": f"{made.purchase}, tender {made.tender}",
        "deliveries": _list(
            [
                {
                    "id": "d1",
                    "add": f"{made.chips} chips",
                    "chip": made.offer.chip,
                    "region": made.offer.region,
                    "start": str(made.start),
                }
            ]
        ),
    }
    waived = [{"of": clause, "on": str(known or day)} for clause, _, day in made.waivers]
    if waived:
        words["waivers"] = _list(waived)
    clauses = list(_clauses(made, draft, kinds))
    if clauses:
        words["clauses"] = _list(clauses)
    return Written(words, HERE)


def _base(made: Made, book: Book) -> Decimal:
    """The price without what the offer's own clauses make of it: they go along, and do it again."""
    if not made.noticed or made.price != price_of(book, made.offer, made.start):
        return made.price
    price = price_on(book, made.offer.id, made.start, made.start, before=BEFORE_ALL)
    return price.amount if price is not None else made.price


def _clauses(made: Made, draft: Draft, kinds: Kinds) -> Iterator[Mapping[str, Any]]:
    """The offer's clauses go along; a holder that takes gets its terms, not its seller's rights.

    A holder that offered first made terms of its own.
    """
    if not made.noticed:
        return
    listed = draft.at(("offers", made.offer.id, "clauses"))
    for clause in listed if isinstance(listed, list) else ():
        kind = kinds.get(str(clause.get("kind")))
        right = kind is not None and issubclass(kind, Right)
        if made.clause is None or not right:
            yield clause


def _list(items: Iterable[Mapping[str, Any]]) -> WrittenList:
    written = [Written(item, HERE) for item in items]
    return WrittenList(written, HERE, [HERE] * len(written))


def changes(
    made: tuple[Made, ...],
    draft: Draft,
    book: Book,
    kinds: Kinds,
    known: dt.date,
    beside: Mapping[str, tuple[str, ...]] | None = None,
) -> Iterator[Change]:
    """All agreements, and less of each offer under which a seller signed.

    `beside` are rights that are written as waived too, by agreement.
    """
    for one in made:
        words = record(one, draft, book, kinds, known)
        waived = [*words.get("waivers", ()), *_waived((beside or {}).get(one.id, ()), known)]
        yield Add("agreements", words.with_items(waivers=_list(waived)) if waived else words)
    for offer in dict.fromkeys(m.offer.id for m in made if m.clause is None):
        own = [m for m in made if m.offer.id == offer and m.clause is None]
        yield _less(book.offers[offer], _most_at_once(own))


def _waived(clauses: Iterable[str], day: dt.date) -> Iterator[Mapping[str, Any]]:
    for clause in clauses:
        yield {"of": clause, "on": str(day)}


def _most_at_once(own: list[Made]) -> int:
    """The most chips in service on one day: an offer's maximum is of what serves together."""
    days = sorted({one.start for one in own})
    return max(sum(m.chips for m in own if m.start <= day <= m.until) for day in days)


def _less(offer: Offer, signed: int) -> Change:
    left = offer.max - signed
    if left < max(1, offer.min or 0, offer.block or 0):
        return Set(f"offers/{offer.id}", "")
    return Set(f"offers/{offer.id}.max", f"{left} chips")


def lines(
    found: Iterable[Made],
    draft: Draft,
    book: Book,
    kinds: Kinds,
    plan: PlanResult,
    seed: int,
    notes: Iterable[str] = (),
) -> str:
    """The agreements in the book's own words, with their true dates, to read or to include.

    `notes` are of what `offtake check` will say of them.
    """
    digest = str(plan.certificate["plan"])[:12]
    head = (
        f"# What a rehearsal of plan {digest} signed, with seed {seed}, as of {plan.as_of}.\n"
        "# Its counterparties were simulated: none of this was agreed by anybody.\n"
    )
    head += "".join(f"# Note: {note}.\n" for note in notes)
    records = [record(one, draft, book, kinds, None) for one in found]
    if not records:
        return f"{head}agreements: []\n"
    return f"{head}agreements:\n" + "".join(_written(one) for one in records)


def _written(words: Mapping[str, Any]) -> str:
    """One record of a list: a line for each field, and for each item of a list in it."""
    told = []
    for number, (key, value) in enumerate(words.items()):
        mark = "- " if number == 0 else "  "
        if isinstance(value, list):
            told += [f"{mark}{key}:", *(f"  - {_flow(item)}" for item in value)]
        else:
            told.append(f"{mark}{key}: {_flow(value)}")
    return "\n".join(told) + "\n"


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow(k)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    text = str(value)
    plain = _PLAIN.fullmatch(text) and not text.endswith(" ") and text.lower() not in _FLAGS
    return text if plain else json.dumps(text, ensure_ascii=False)
