"""A signed agreement as it would be written in a book: its record, and the record as text."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from offtake.book.faults import Place
from offtake.book.force import Book
from offtake.book.record import Written, WrittenList
from offtake.book.records import Offer
from offtake.book.typed import Kinds
from offtake.clauses.base import Right, Shapes
from offtake.clauses.prices import price_on
from offtake.desk.lot import Prepaid, Terms
from offtake.signed.made import Made
from offtake.signed.shaped import shaped
from offtake.signed.source import Entries

BEFORE_ALL = -1_000_000
"""A turn before that of any clause."""
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 ._/-]*|[0-9][A-Za-z0-9 ./%-]*")
_FLAGS = ("true", "false", "null")
_FINEST = Decimal("1e-9")

Listed = Mapping[str, Iterable[Mapping[str, Any]]]
"""The clauses of each offer, by its id, as they are written."""


@dataclass(frozen=True, slots=True)
class Scribe:
    """Writes agreements as records of one book."""

    book: Book
    """As it was known when they were signed; its offers give the clauses that bids name."""
    offered: Listed
    kinds: Kinds
    here: Place
    """Where records stand that stand in no journal."""
    entries: Entries | None = None
    """Those of the journal; None where there is none."""

    def record(self, made: Made, known: dt.date | None = None) -> Written:
        """The record of an agreement; with `known` as if all was signed on that day."""
        here = self.here if self.entries is None else self.entries.place(made.number)
        offer = self.book.offers.get(made.offer)
        words: dict[str, Any] = {
            "id": made.id,
            "seller": made.seller,
            **({"via": made.via} if made.via else {}),
            "signed": str(known or made.signed),
            "from": str(made.start),
            "until": str(made.until),
            **({"ended": str(made.failed)} if made.failed else {}),
            "price": f"{self._base(made, offer):f} {self.book.header.currency} per chip-hour",
            **_billing(made, offer),
            "cause": _cause(made),
            **self._entry("entry", made.number),
            **_note(made.terms),
            "deliveries": [
                {
                    "id": "d1",
                    "add": f"{made.chips} chips",
                    "chip": made.lot.chip,
                    "region": made.lot.region,
                    "start": str(made.start),
                }
            ],
        }
        if made.waivers:
            words["waivers"] = [
                {"of": gave.clause, "on": str(known or gave.on)}
                | self._entry("evidence", gave.number)
                for gave in made.waivers
            ]
        clauses = list(self._clauses(made, offer))
        if clauses:
            words["clauses"] = clauses
        return placed(words, here)

    def _entry(self, field: str, number: int | None) -> dict[str, str]:
        if self.entries is None or number is None:
            return {}
        return {field: self.entries.name(number)}

    def _base(self, made: Made, offer: Offer | None) -> Decimal:
        """The price without what the offer's clauses make of it: they go along, and do it again."""
        if offer is None or not made.noticed:
            return made.price
        asked = price_on(self.book, offer.id, made.start, made.start)
        if asked is None or asked.amount != made.price:
            return made.price
        price = price_on(self.book, offer.id, made.start, made.start, before=BEFORE_ALL)
        return price.amount if price is not None else made.price

    def _clauses(self, made: Made, offer: Offer | None) -> Iterator[Mapping[str, Any]]:
        """The offer's clauses go along; what they do not say of the terms, clauses of their own do.

        A holder that takes gets the terms of an offer, not its seller's rights; one that offered
        first made terms of its own.
        """
        if offer is None or not made.noticed:
            yield from of_terms(made.terms)
            return
        alike = self._says(offer, made)
        for clause in self.offered.get(offer.id, ()):
            kind = self.kinds.get(str(clause.get("kind")))
            right = kind is not None and issubclass(kind, Right)
            said = alike or kind is None or not issubclass(kind, Shapes)
            if said and (made.clause is None or not right):
                yield clause
        if not alike:
            yield from of_terms(made.terms)

    def _says(self, offer: Offer, made: Made) -> bool:
        """Whether the offer's own clauses make the terms that were signed."""
        terms = made.terms
        plain = Terms(terms.price, terms.start, terms.months)
        own = shaped(self.book, offer, plain, made.chips, made.signed)
        return own.escalator == terms.escalator and _share(own) == _share(terms)


def placed(words: Mapping[str, Any], here: Place) -> Written:
    """A mapping and all in it as if it stood at one place; what has a place of its own keeps it."""

    def put(value: Any) -> Any:
        if isinstance(value, (Written, WrittenList)):
            return value
        if isinstance(value, Mapping):
            return placed(value, here)
        if isinstance(value, (list, tuple)):
            return WrittenList([put(item) for item in value], here, [here] * len(value))
        return value

    where = dict.fromkeys(words, here)
    return Written({key: put(value) for key, value in words.items()}, here, where, where)


def _share(terms: Terms) -> Decimal:
    return terms.prepaid.share if terms.prepaid is not None else Decimal(0)


def _billing(made: Made, offer: Offer | None) -> Mapping[str, str]:
    if offer is None or not made.noticed or offer.billing == "reserved":
        return {}
    return {"billing": offer.billing}


def _cause(made: Made) -> str:
    tender = f"tender {made.tender}"
    return f"{made.cause}, {tender}" if made.cause else tender


# --- clauses that terms mean ------------------------------------------------------------------


def of_terms(terms: Terms) -> Iterator[Mapping[str, Any]]:
    """The clauses that say what the terms of a bid say beside their price."""
    if terms.escalator and terms.months > 12:
        word = "rises" if terms.escalator > 0 else "falls"
        yield {"kind": "escalator", word: f"{_percent(abs(terms.escalator))} per year"}
    if terms.prepaid is not None and terms.prepaid.share:
        yield _prepayment(terms, terms.prepaid)


def _prepayment(terms: Terms, prepaid: Prepaid) -> Mapping[str, Any]:
    """Equal credits over some months are so large a part of each invoice of a level price."""
    days = prepaid.days_before
    over = max(1, min(prepaid.credit_over, terms.months - prepaid.credit_after))
    part = min(Decimal(1), prepaid.share * terms.months / over)
    return {
        "kind": "prepayment",
        "share": f"{_percent(prepaid.share)} of delivery value",
        "due": f"{days} days before start" if days else "at start",
        **({"credit_after": f"{prepaid.credit_after} months"} if prepaid.credit_after else {}),
        **({"credit_up_to": f"{_percent(part)} of invoice"} if part < 1 else {}),
    }


def _percent(share: Decimal) -> str:
    return f"{(share * 100).quantize(_FINEST).normalize():f}%"


def _note(terms: Terms) -> Mapping[str, str]:
    """What no clause says of the terms, for a reader."""
    said = [
        *(f"{flow.amount:f} come back in month {flow.month}" for flow in terms.rebates[:3]),
        *(["and more in later months"] if len(terms.rebates) > 3 else []),
        *([f"warrants are worth {terms.warrants:f}"] if terms.warrants else []),
        *([f"credit support of {terms.support:f}"] if terms.support else []),
        *(f"the seller may {option}" for option in terms.options),
    ]
    return {"note": "; ".join(said)} if said else {}


# --- as text ----------------------------------------------------------------------------------


def written(words: Mapping[str, Any]) -> str:
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
