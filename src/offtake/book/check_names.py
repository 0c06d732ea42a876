"""Names: each id once, and every id that is named is there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from offtake.book.faults import Fault, Place
from offtake.book.force import Book, short, versions
from offtake.book.near import nearest
from offtake.book.record import Record
from offtake.book.records import Clause, Offer
from offtake.book.walk import contents, parts, references

ANY = "any"
HINTS_MOST = 50
_PARTS = {
    "party": "parties",
    "chip": "chips",
    "purpose": "purposes in the header",
    "agreement": "agreements",
    "venture": "ventures",
    "curve": "curves",
    "region": "offers, deliveries or sites",
}
"""Where each kind of name is written, for whoever has written none."""


@dataclass(frozen=True, slots=True)
class Names:
    """All that can be named, by what it is; ids of unreadable records are among them."""

    known: Mapping[str, Collection[str]]
    hints: dict[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, book: Book, lost: Mapping[str, set[str]]) -> Names:
        """The names of a whole book."""
        regions = {o.region for o in book.offers.values()}
        regions |= {d.region for a in book.agreements.values() for d in a.deliveries}
        regions |= {s.region for s in book.sites.values()}
        unread = {name for section in ("offers", "agreements", "sites") for name in lost[section]}
        return cls(
            {
                "party": {*book.parties, *lost["parties"]},
                "chip": {*book.chips, *lost["chips"]},
                "purpose": set(book.header.purposes),
                "agreement": {*book.agreements, *lost["agreements"]},
                "venture": {*book.ventures, *lost["ventures"]},
                "curve": {*book.curves, *lost["curves"]},
                # Where a place of capacity could not be read, its region cannot be missed.
                **({} if unread else {"region": regions}),
            }
        )

    def missing(self, what: str, name: str, place: Place) -> Iterator[Fault]:
        """A fault where nothing of that kind has the name."""
        known = self.known.get(what)
        if known is None or name in known:
            return
        if (what, name) not in self.hints:
            # A table may have 100,000 wrong names, and each comparison takes milliseconds.
            self.hints[what, name] = nearest(name, known) if len(self.hints) < HINTS_MOST else ""
        hint = self.hints[what, name] or ("" if known else f"write it under {_PARTS[what]}")
        if what == "region":
            sentence = f"Nothing in the book is in the region {name}."
            yield Fault(place, "unused-region", sentence, hint, "warning")
        else:
            sentence = f"There is no {what} {name} in the book."
            yield Fault(place, f"unknown-{what}", sentence, hint)


def records(book: Book) -> Iterator[Record]:
    """Every record as it was written, offers last, then clauses as they were changed.

    The built-in chips are not among them.
    """
    yield book.header
    for section in (
        book.parties,
        book.agreements,
        book.sites,
        book.ventures,
        book.demand,
        book.curves,
    ):
        yield from section.values()
    yield from (chip for chip in book.chips.values() if not chip.place.file.startswith("built-in"))
    yield from book.offers.values()
    signed = [a for a in book.agreements.values() if a.amendments]
    written = {
        id(c) for a in signed for c in (*a.clauses, *(c for m in a.amendments for c in m.add))
    }
    yield from (t.clause for a in signed for t in versions(a)[0] if id(t.clause) not in written)


def unknown(book: Book, names: Names) -> Iterator[Fault]:
    """Ids that name nothing."""
    for record in records(book):
        if not isinstance(record, Offer) or record.clauses:
            for part in parts(record):
                for what, name, place in references(part):
                    yield from names.missing(what, name, place)
    fields = [(held.to, held.name, held.written) for held in contents(Offer).references]
    for offer in book.offers.values():
        # A hundred thousand offers: the common case is three look-ups and no more.
        for what, attribute, written in fields:
            name = getattr(offer, attribute)
            if name is not None and what != "region" and name not in names.known[what]:
                yield from names.missing(what, name, offer.at(written))


def chip_purposes(book: Book) -> Iterator[Fault]:
    """Throughputs of the book's own chips for purposes that it does not have."""
    known = {*book.header.purposes, ANY}
    for chip in book.chips.values():
        if not chip.place.file.startswith("built-in"):
            for name in chip.throughput:
                if name not in known:
                    sentence = f"There is no purpose {name} in the book."
                    hint = nearest(name, known)
                    yield Fault(chip.at("throughput"), "unknown-purpose", sentence, hint)


def purposes(book: Book) -> Iterator[Fault]:
    """A purpose that is, over some steps, part of itself."""
    whole = {name: p.part_of for name, p in book.header.purposes.items()}
    for name, purpose in book.header.purposes.items():
        if name in above(name, whole):
            sentence = f"The purpose {name} is part of itself."
            yield Fault(purpose.at("part_of"), "cycle", sentence, "leave out one part_of")


def above(name: str, step: Mapping[str, str | None]) -> list[str]:
    """What is reached from a name step by step, each once, until it ends or comes round."""
    seen: dict[str, None] = {}
    here = step.get(name)
    while here is not None and here not in seen:
        seen[here] = None
        here = step.get(here)
    return list(seen)


def twice(book: Book) -> Iterator[Fault]:
    """Ids within a record that are not unique, and agreements called like an offer."""
    for agreement in book.agreements.values():
        yield from _repeated(agreement.id, "delivery", agreement.deliveries)
        if (offer := book.offers.get(agreement.id)) is not None:
            sentence = f"The agreement {agreement.id} is called like an offer."
            hint = f"rename one of them; the offer stands at {offer.place}"
            yield Fault(agreement.at("id"), "duplicate-id", sentence, hint)
    for site in book.sites.values():
        yield from _repeated(site.id, "phase", site.phases)
    for offer in book.offers.values():
        if offer.clauses:
            first: dict[str, Clause] = {}
            for clause in offer.clauses:
                if (other := first.setdefault(short(clause), clause)) is not clause:
                    sentence = f"{offer.id} has two clauses {short(clause)}."
                    hint = f"give each an id; the first stands at {other.place}"
                    yield Fault(clause.place, "duplicate-id", sentence, hint)


def _repeated(owner: str, what: str, items: tuple[Record, ...]) -> Iterator[Fault]:
    seen: dict[str, Record] = {}
    for item in items:
        name = str(getattr(item, "id", ""))
        if seen.setdefault(name, item) is not item:
            sentence = f"{owner} has two of the name {name}: a {what} needs its own id."
            hint = f"rename one of them; the first stands at {seen[name].at('id')}"
            yield Fault(item.at("id"), "duplicate-id", sentence, hint)


def clauses(book: Book, names: Names) -> Iterator[Fault]:
    """Amendments and waivers name clauses that stand, and change them into valid ones."""
    full: dict[str, list[str]] = {}
    for agreement in book.agreements.values():
        yield from versions(agreement)[1]
        added = (c for a in agreement.amendments for c in a.add)
        for clause in {c.id: c for c in (*agreement.clauses, *added)}.values():
            full.setdefault(clause.id, []).append(clause.id)
            if short(clause) != clause.id:
                full.setdefault(short(clause), []).append(clause.id)
    unread = set(names.known["agreement"]) - set(book.agreements)
    for agreement in book.agreements.values():
        for waiver in agreement.waivers:
            meant = full.get(waiver.of, [])
            if not meant and not unread:
                sentence = f"There is no clause {waiver.of} in the book."
                yield Fault(waiver.at("of"), "unknown-clause", sentence, nearest(waiver.of, full))
            elif len(meant) > 1:
                sentence = f"{len(meant)} clauses are called {waiver.of}."
                hint = f"name one in full: {', '.join(meant[:5])}"
                yield Fault(waiver.at("of"), "ambiguous-clause", sentence, hint)
