"""What brought what about: a book, the plans kept beside it and its journals as one graph.

The causes of an event are the last events before it that were about the same: the same
round and right, the same round, the same bid; else the last of its tender.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from offtake.book.force import Book, terms
from offtake.book.records import Agreement
from offtake.clauses.base import Explains
from offtake.desk import events as ev
from offtake.desk.lot import Lot
from offtake.desk.say import say
from offtake.signed.posted import of_posted
from offtake.signed.source import Entries
from offtake.signed.things import Causes as Causes
from offtake.signed.things import Key as Key
from offtake.signed.things import Thing as Thing

# --- the book ---------------------------------------------------------------------------------


def of_book(graph: Causes, book: Book) -> None:
    """What is written: demand, offers, sites, clauses, agreements with their waivers."""
    for line in book.demand.values():
        unserved = "must be served" if line.unserved == "never" else f"unserved: {line.unserved}"
        graph.add(Thing("demand", line.id, f"{line.purpose} in {line.unit}, {unserved}", _at(line)))
    for offer in book.offers.values():
        asked = offer.price or f"the curve {offer.curve}"
        said = f"{offer.seller}: up to {offer.max:,} {offer.chip} in {offer.region} at {asked}"
        graph.add(Thing("offer", offer.id, said, _at(offer)))
    for site in book.sites.values():
        said = f"{len(site.phases)} phases in {site.region}"
        graph.add(Thing("site", site.id, said, _at(site)))
    for agreement in book.agreements.values():
        graph.add(Thing("agreement", agreement.id, _signed(agreement), _at(agreement)))
    for term in terms(book):
        clause = term.clause
        told = clause.explain(book) if isinstance(clause, Explains) else type(clause).summary
        kind = "agreement" if isinstance(term.owner, Agreement) else "offer"
        graph.add(Thing("clause", clause.id, told, _at(clause)), (kind, term.owner.id))


def of_agreements(graph: Causes, book: Book) -> None:
    """What each agreement names as its cause, and which rights gave way to it; after all else."""
    short: dict[str, list[Key]] = {}
    for kind, name in graph.things:
        if kind == "clause":
            for called in (name, name.partition("/")[2]):
                short.setdefault(called, []).append((kind, name))
    for agreement in book.agreements.values():
        key = ("agreement", agreement.id)
        waived = []
        for number, waiver in enumerate(agreement.waivers, 1):
            said = f"{waiver.of} gave way to {agreement.id} on {waiver.on}"
            thing = Thing("waiver", f"{agreement.id}/waivers/{number}", said, _at(waiver))
            seen = ("event", waiver.evidence or "")
            why = [seen] if seen in graph.things else []
            waived.append(graph.add(thing, *why, *short.get(waiver.of, ())))
        signed = ("event", agreement.entry or "")
        named = [signed] if signed in graph.things else [*_named(agreement.cause or "", graph)]
        above = [("agreement", agreement.upstream)] if agreement.upstream else []
        graph.add(graph.things[key], *named, *waived, *above)


def _named(text: str, graph: Causes) -> Iterator[Key]:
    """The tenders and purchases that a cause names; a tender's own is nearer."""
    words = [part.strip().removeprefix("tender ") for part in text.split(",")]
    for kind in ("tender", "purchase"):
        yield from ((kind, word) for word in words if (kind, word) in graph.things)


def _signed(agreement: Agreement) -> str:
    chips = ", ".join(f"{d.add:,} {d.chip} in {d.region}" for d in agreement.deliveries)
    said = f"{agreement.seller}, {agreement.from_} to {agreement.until}"
    if agreement.price is not None:
        said += f", at {agreement.price}"
    return f"{said}: {chips}" if chips else said


def _at(record: Any) -> str:
    place = record.at("id") if record.place.line else record.place
    entry = getattr(record, "entry", None) or ""
    if place.line <= 1 and entry.startswith(f"{place.file}#"):
        return str(entry)  # its number may not be told yet
    return f"{place.file}:{place.line}" if place.file else ""


# --- plans ------------------------------------------------------------------------------------


def of_plan(graph: Causes, plan: Mapping[str, Any], place: str) -> None:
    """The purchases of a plan that was kept: of what, for which demand, past which rights."""
    rights: dict[str, list[Key]] = {}
    for row in plan.get("notices") or ():
        rights.setdefault(row["purchase"], []).append(("clause", row["right"]))
    served: dict[str, dict[str, str]] = {}
    for row in plan.get("usage") or ():
        first = served.setdefault(row["supplier"], {})
        first[row["class"]] = max(first.get(row["class"], ""), row["month"])
    for row in plan.get("purchases") or ():
        since, classes = row["start"], served.get(row["seller"], {})
        said = f"{row['chips']:,.0f} {row['chip']} from {row['seller']}, {since}: {row['why']}"
        graph.add(
            Thing("purchase", row["id"], said, place),
            *((kind, row["offer"]) for kind in ("offer", "site", "clause")),
            *(("demand", name) for name, last in classes.items() if last >= since),
            *rights.get(row["id"], ()),
        )


# --- journals ---------------------------------------------------------------------------------


class Tenders:
    """The events of one journal, as they are read in their order."""

    def __init__(self, graph: Causes, book: Book, entries: Entries) -> None:
        self.graph, self.book, self.entries = graph, book, entries
        self.last: dict[tuple[str, ...], Key] = {}
        """By what events are about, within a tender: the last of them."""

    def read(self, happened: Iterable[tuple[int, ev.Event]]) -> None:
        """Take all of a journal's events in."""
        for number, event in happened:
            if isinstance(event, ev.TenderEvent):
                self._event(number, event)
            elif isinstance(event, ev.Posted):
                thing = Thing(
                    "event",
                    self.entries.name(number),
                    say(event),
                    self._place(number),
                    event.at,
                )
                of_posted(self.graph, self.book, event.group, thing)

    def _event(self, number: int, event: ev.TenderEvent) -> None:
        place, name = self._place(number), self.entries.name(number)
        about = list(_about(event))
        before = [
            self.last[(event.tender, *one)] for one in about if (event.tender, *one) in self.last
        ]
        if isinstance(event, ev.TenderOpened):
            before = [self._opened(event, place)]
        elif not before and (event.tender,) in self.last:
            before = [self.last[(event.tender,)]]
        causes = [*before, *self._bids(event, place, before), *_rights(event)]
        thing = Thing("event", name, say(event), place, event.at)
        key = self.graph.add(thing, *causes)
        if isinstance(event, ev.Signed):
            self._offer(event)
            said = f"{event.party}: {event.chips:,} chips from {event.terms.start}"
            self.graph.add(Thing("agreement", event.agreement, said, place), key)
        if not about:
            self.last[(event.tender,)] = key
        for one in about:
            self.last[(event.tender, *one)] = key

    def _place(self, number: int) -> str:
        if number < self.entries.source.cut:
            return f"{self.entries.journal}:{number}"
        return self.entries.name(number)

    def _opened(self, event: ev.TenderOpened, place: str) -> Key:
        """The tender, its lot, and the purchase and demand that it is for."""
        lot = event.lot
        needs = [("demand", name) for name in self._needs(lot)]
        wanted: list[Key] = []
        if event.cause:
            said = "of a plan that was not adopted, so that its reasons are not kept"
            purchase = Thing("purchase", event.cause, said)
            wanted = [self.graph.add(purchase, *self._source(event.cause))]
        said = (
            f"{lot.chips:,} {lot.chip} in {lot.region} from {lot.start} for {lot.months} months, "
            f"for {' and '.join(lot.purposes)}"
        )
        tendered = self.graph.add(Thing("lot", event.tender, said, place), *wanted, *needs)
        return self.graph.add(Thing("tender", event.tender, "its lot was put out", place), tendered)

    def _needs(self, lot: Lot) -> Iterator[str]:
        if lot.need in self.book.demand:
            yield lot.need
        elif not lot.need:
            yield from (d.id for d in self.book.demand.values() if d.purpose in lot.purposes)

    def _source(self, purchase: str) -> Iterator[Key]:
        """The offer or site by which a purchase is called."""
        called = purchase.partition("/")[2].rpartition("/")[0].partition(":")[0]
        yield from ((kind, called) for kind in ("offer", "site", "clause"))

    def _bids(self, event: ev.TenderEvent, place: str, before: list[Key]) -> list[Key]:
        """The bids that an event is about; a bid comes of its receipt, or of the time for bids."""
        if isinstance(event, ev.BidReceived):
            return []
        if isinstance(event, ev.BidsOpened):
            return [self._opened_bid(one, place, before) for one in event.ranking]
        name = getattr(event, "bid", "")
        return [("bid", name)] if name and ("bid", name) in self.graph.things else []

    def _opened_bid(self, one: ev.Place, place: str, before: list[Key]) -> Key:
        said = f"{one.bidder}, at an effective price of {one.effective:.6f}"
        return self.graph.add(Thing("bid", one.bid, said, place), *before)

    def _offer(self, event: ev.Signed) -> None:
        if event.bid and event.offer:
            bid = Thing("bid", event.bid, f"under the offer {event.offer}")
            self.graph.add(bid, ("offer", event.offer))


def _about(event: ev.TenderEvent) -> Iterator[tuple[str, ...]]:
    """What an event is about, the narrowest first."""
    number, clause = getattr(event, "round", None), getattr(event, "clause", None)
    agreement = getattr(event, "agreement", "")
    if agreement:
        yield ("agreement", agreement)
    if number is not None:
        if clause:
            yield ("right", str(number), clause)
        yield ("round", str(number))
        if isinstance(event, ev.Signed):
            yield from (("right", str(number), one.clause) for one in event.cleared)
    elif clause:
        yield ("right", clause)


def _rights(event: ev.TenderEvent) -> Iterator[Key]:
    """The clauses that an event names; of a right with later words the clause itself."""
    names = [getattr(event, "clause", None) or ""]
    if isinstance(event, ev.TenderOpened):
        names += [claim.clause for claim in event.claims] + [bar.clause for bar in event.bars]
    yield from (("clause", name.partition("@")[0]) for name in names if name)
