"""Money and percentages: one currency, prices per what they are charged for, plain shares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from offtake.book.check_dates import SPANS, backwards, units, within
from offtake.book.check_names import records
from offtake.book.faults import Fault
from offtake.book.force import Book
from offtake.book.record import Record
from offtake.book.records import Agreement, Curve, Demand, Later, Offer, Site
from offtake.book.walk import money, parts
from offtake.units import Price, Share

_HOUR = ("chip-hour",)
PER: dict[type[Record], dict[str, tuple[str, ...]]] = {
    Offer: {"price": _HOUR},
    Later: {"price": _HOUR},
    Agreement: {"price": _HOUR},
    Site: {"power_price": ("kWh", "MWh"), "rent": ("MW-month", "MW-year")},
    Demand: {"unserved": _HOUR, "serving_cost": _HOUR},
    Curve: {"prices": _HOUR},
}
"""What the price in a field may be per."""


def prices(book: Book) -> Iterator[Fault]:
    """Prices per the wrong thing, and money in another currency than the book's."""
    currency = book.header.currency
    for record in records(book):
        if isinstance(record, Offer):
            # A hundred thousand offers: one look each, and the walk only where there are clauses.
            price = record.price
            plain = price is None or (price.per == "chip-hour" and price.currency == currency)
            if plain and not record.clauses and record.later is None:
                continue
        for part in parts(record):
            per = PER.get(type(part), {})
            for field, value, place in money(part):
                if value.currency != currency:
                    sentence = f"{field}: {value} is not in {currency}, the book's currency."
                    yield Fault(place, "other-currency", sentence, "convert it, with its source")
                if isinstance(value, Price) and field in per and value.per not in per[field]:
                    sentence = f"{field}: {value} is per {value.per}."
                    hint = f"state it per {' or per '.join(per[field])}"
                    yield Fault(place, "price-unit", sentence, hint)


def offers(book: Book) -> Iterator[Fault]:
    """Offers that nobody could take as they stand."""
    for offer in book.offers.values():
        if (offer.price is None) == (offer.curve is None):
            both = "both a price and a curve" if offer.price else "neither a price nor a curve"
            sentence = f"The offer {offer.id} has {both}."
            hint = "write price: 2.50 USD per chip-hour, or curve: and the id of one"
            yield Fault(offer.at("price"), "price-or-curve", sentence, hint)
        if offer.kind == "reserved" and offer.term is None:
            sentence = f"The offer {offer.id} is reserved for no term."
            yield Fault(offer.at("kind"), "no-term", sentence, "write term: 12 months")
        if offer.block is not None and not 0 < offer.block <= offer.max:
            sentence = f"{offer.id} is sold in blocks of {offer.block}, at most {offer.max} chips."
            yield Fault(offer.at("block"), "block-too-large", sentence, "mend block or max")
        if offer.min is not None and offer.min > offer.max:
            sentence = f"{offer.id} has a minimum of {offer.min} and a maximum of {offer.max}."
            yield Fault(offer.at("min"), "min-over-max", sentence, "exchange or mend them")
        if offer.valid_until is not None and offer.valid_until < book.header.as_of:
            sentence = f"The offer {offer.id} could be signed until {offer.valid_until}."
            hint = f"ask for it again, or take it out: as of {book.header.as_of} nobody can sign it"
            yield Fault(offer.at("valid_until"), "offer-expired", sentence, hint, "warning")
        if offer.valid_from is not None and offer.valid_until is not None:
            start, end = offer.valid_from, offer.valid_until
            yield from backwards(offer, "valid_from", start, "valid_until", end)
        if offer.starts_from is not None and offer.starts_until is not None:
            first, last = offer.starts_from, offer.starts_until
            yield from backwards(offer, "starts_from", first, "starts_until", last)
        yield from units(offer, SPANS[Offer])
        for clause in offer.clauses:
            yield from within(clause)
            if offer.kind != "reserved" and not hasattr(clause, "reprice"):
                sentence = f"{offer.id} is rented by the hour: a plan reads no {clause.kind} of it."
                hint = "write it into an agreement, or leave it out"
                yield Fault(clause.place, "hourly-clause", sentence, hint, "warning")


def shares(book: Book) -> Iterator[Fault]:
    """Percentages that say too much or too little for where they stand."""
    header = book.header
    yield from _yearly(header, "discount", [header.discount], zero=True)
    yield from _plain(header, "scenarios", header.scenarios.values())
    yield from _plain(header.risk, "weight", [header.risk.weight], most=1)
    yield from _plain(header.risk, "tail", [header.risk.tail])
    if header.risk.tail.value >= 1:
        sentence = f"The tail of {header.risk.tail} leaves no case to look at."
        yield Fault(header.risk.at("tail"), "share-unit", sentence, "below 100%, such as 95%")
    for d in book.demand.values():
        yield from _yearly(d, "growth", [d.growth])
        for path in d.scenarios.values():
            yield from _yearly(path, "growth", [path.growth])
            yield from _plain(path, "weight", [path.weight], most=1)
        if d.draw is not None:
            yield from _volatility(d.draw, d.draw.volatility)
    for site in book.sites.values():
        yield from _plain(site, "owners", site.owners.values())
    for venture in book.ventures.values():
        yield from _plain(venture, "owners", venture.owners.values())
    for party in book.parties.values():
        for stake in party.stakes:
            yield from _plain(stake, "share", [stake.share], most=1)


def _volatility(record: Record, share: Share) -> Iterator[Fault]:
    if share.of is not None or share.per not in (None, "year"):
        sentence = f"volatility: {share} is not per year."
        yield Fault(record.at("volatility"), "share-unit", sentence, "such as 30% per year")


def _yearly(
    record: Record, field: str, values: Iterable[Share | None], *, zero: bool = False
) -> Iterator[Fault]:
    for share in values:
        if share is None or (zero and share.value == 0 and share.per is None):
            continue
        if share.per != "year" or share.of is not None:
            sentence = f"{field}: {share} does not say per year."
            yield Fault(record.at(field), "not-per-year", sentence, "such as 8% per year")


def _plain(
    record: Record, field: str, values: Iterable[Share | None], most: int | None = None
) -> Iterator[Fault]:
    for share in values:
        if share is None:
            continue
        if share.of is not None or share.per is not None:
            sentence = f"{field}: {share} is more than a plain percentage."
            yield Fault(record.at(field), "share-unit", sentence, "such as 40%")
        elif most is not None and share.value > most:
            sentence = f"{field}: {share} is more than the whole."
            yield Fault(record.at(field), "over-the-whole", sentence, "at most 100%")
