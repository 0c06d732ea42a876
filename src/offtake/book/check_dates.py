"""Dates and lengths: nothing ends before it begins, and everything lies within what holds it."""

from __future__ import annotations

from collections.abc import Iterator

from offtake.book.faults import Fault
from offtake.book.force import Book
from offtake.book.near import nearest
from offtake.book.record import Record
from offtake.book.records import Agreement, Chip, Clause, Delivery, Offer, Phase
from offtake.book.walk import parts
from offtake.units import Duration, Month

_MONTHS = ("months", "years")
_DAYS = ("days", "business days", "months", "years")
SPANS: dict[type[Record], dict[str, tuple[str, ...]]] = {
    Offer: {"term": _MONTHS, "lead": _DAYS},
    Phase: {"lead": _MONTHS, "life": _MONTHS},
    Chip: {"life": _MONTHS},
}
"""In which units a length may be stated where a plan adds it to a month or a day."""


def periods(book: Book) -> Iterator[Fault]:
    """The plan's months: some, not all past, in 1 to 24 hours."""
    header, months = book.header, book.header.periods
    yield from units(months, {"length": _MONTHS})
    yield from units(header.procurement, {"bidding": _DAYS, "signing": _DAYS})
    if not 1 <= months.hours <= 24:
        sentence = f"A day cannot be condensed into {months.hours} hours."
        yield Fault(months.at("hours"), "hours-of-day", sentence, "from 1 to 24")
    if months.length.unit not in _MONTHS:
        return
    if months.length.count == 0:
        yield Fault(months.at("length"), "no-periods", "The plan has no months.", "write 48 months")
        return
    last = months.start + (months.length.months - 1)
    if header.as_of > last.last:
        sentence = f"The plan ends in {last}, before {header.as_of}, from which it is judged."
        hint = "move periods or as_of"
        yield Fault(header.at("as_of"), "as-of-after-end", sentence, hint)


def units(record: Record, allowed: dict[str, tuple[str, ...]]) -> Iterator[Fault]:
    """Lengths of time in a unit that cannot be added to what they are added to."""
    for field, fitting in allowed.items():
        span: Duration | None = getattr(record, field)
        if span is not None and span.unit not in fitting:
            sentence = f"{field}: {span} is in {span.unit}, which cannot be used here."
            yield Fault(record.at(field), "span-unit", sentence, f"in {' or '.join(fitting)}")


def spans(book: Book) -> Iterator[Fault]:
    """Units of lengths, of every record."""
    for chip in book.chips.values():
        yield from units(chip, SPANS[Chip])
    for site in book.sites.values():
        for phase in site.phases:
            yield from units(phase, SPANS[Phase])


def agreements(book: Book) -> Iterator[Fault]:
    """Agreements, their deliveries, amendments and the scopes of their clauses."""
    for a in book.agreements.values():
        yield from backwards(a, "from", a.from_, "until", a.until)
        for delivery in a.deliveries:
            yield from _delivery(a, delivery)
        for amendment in a.amendments:
            if not a.from_ <= amendment.on <= a.until:
                sentence = f"The amendment of {amendment.on} is outside the life of {a.id}."
                hint = f"mend the day; the agreement holds from {a.from_} until {a.until}"
                place = amendment.at("on")
                yield Fault(place, "amendment-outside", sentence, hint, "warning")
            if amendment.signed is None and amendment.on > book.header.as_of:
                sentence = f"The amendment of {amendment.on} counts as signed on that day only."
                hint = f"a plan as of {book.header.as_of} does not know it; state signed: DATE"
                yield Fault(amendment.at("on"), "not-known-yet", sentence, hint, "warning")
        for clause in (*a.clauses, *(c for m in a.amendments for c in m.add)):
            yield from within(clause)


def within(clause: Clause) -> Iterator[Fault]:
    """Records in a clause that state `from` and `until` in the wrong order."""
    for part in parts(clause):
        start, end = getattr(part, "from_", None), getattr(part, "until", None)
        if start is not None and end is not None and type(start) is type(end):
            yield from backwards(part, "from", start, "until", end)


def _delivery(a: Agreement, delivery: Delivery) -> Iterator[Fault]:
    name, start, until = delivery.id, delivery.start, delivery.until
    if not a.from_ <= start <= a.until:
        sentence = f"The delivery {name} starts on {start}, outside its agreement {a.id}."
        hint = f"mend the day; the agreement holds from {a.from_} until {a.until}"
        yield Fault(delivery.at("start"), "delivery-outside", sentence, hint)
    elif until is not None and until < start:
        yield from backwards(delivery, "start", start, "until", until)
    elif until is not None and until > a.until:
        sentence = f"The delivery {name} lasts longer than its agreement {a.id}."
        hint = f"mend the day; the agreement ends on {a.until}"
        yield Fault(delivery.at("until"), "delivery-outside", sentence, hint)


def demand(book: Book) -> Iterator[Fault]:
    """Classes of demand that end before they begin."""
    for d in book.demand.values():
        if d.from_ is not None and d.until is not None:
            yield from backwards(d, "from", d.from_, "until", d.until)


def backwards(record: Record, first: str, start: object, last: str, end: object) -> Iterator[Fault]:
    """A fault where `end` lies before `start`; both are days or both are months."""
    if end < start:  # type: ignore[operator]
        sentence = f"{last} ({end}) is before {first} ({start})."
        yield Fault(record.at(last), "ends-before-it-begins", sentence, "exchange or mend them")


def phases(book: Book) -> Iterator[Fault]:
    """Phases: ready after they begin, and one can tell when."""
    for site in book.sites.values():
        for phase in site.phases:
            begun: Month | None = phase.started or phase.start
            if phase.ready is not None and begun is not None and phase.ready < begun:
                sentence = f"The phase {phase.id} is ready in {phase.ready}, before {begun}."
                hint = "it begins in `started` or `start`"
                yield Fault(phase.at("ready"), "ends-before-it-begins", sentence, hint)
            if phase.ready is None and phase.lead is None:
                sentence = f"Nobody can tell when the phase {phase.id} is ready."
                yield Fault(phase.at("id"), "no-ready", sentence, "write ready or lead")
            yield from _after(site.id, phase, {p.id: p for p in site.phases})


def _after(site: str, phase: Phase, siblings: dict[str, Phase]) -> Iterator[Fault]:
    for name in phase.after:
        if name not in siblings:
            sentence = f"{site} has no phase {name}."
            yield Fault(phase.at("after"), "unknown-phase", sentence, nearest(name, siblings))
    todo, seen = list(phase.after), set[str]()
    while todo:
        name = todo.pop()
        if name == phase.id:
            sentence = f"The phase {phase.id} of {site} comes after itself."
            yield Fault(phase.at("after"), "cycle", sentence, "leave out one `after`")
            return
        if name not in seen and name in siblings:
            seen.add(name)
            todo.extend(siblings[name].after)
