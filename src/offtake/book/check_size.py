"""Figures that no plan can take: nothing where a plan divides, more than there is, too many of all.

What a plan would need is estimated from the book alone, before anything is built.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Any

from offtake.book.check_dates import units
from offtake.book.faults import Fault, Place
from offtake.book.force import Book
from offtake.book.record import Record
from offtake.book.records import Demand, Offer, Path
from offtake.book.walk import money, parts
from offtake.units import Duration, Month, Power, QuantityError

CHIPS_MOST = 10**12
MONEY_MOST = Decimal(10) ** 18
MEGAWATTS_MOST = Decimal(10) ** 9
FACTOR_MOST = 10**9
YEARLY_MOST = 100
"""Growth and volatility in a year: 10,000 %."""
COLUMNS_MOST = 300_000
ENTRIES_MOST = 5_000_000
"""What is built within a minute and 1.4 GB; a solver's patience ends long before."""


def nothing(book: Book) -> Iterator[Fault]:
    """Zero of what a plan divides by or counts in."""
    for chip in book.chips.values():
        yield from _zero(chip, "kw_it", "life")
    for offer in book.offers.values():
        if offer.term is not None and not offer.term.count:
            yield from _zero(offer, "term")
    for site in book.sites.values():
        yield from _zero(site, "pue", "block")
        for phase in site.phases:
            yield from _zero(phase, "life")
    for d in book.demand.values():
        yield from _zero(d, "gang")
    steps = book.header.periods
    yield from _zero(steps, "steps")
    yield from units(steps, {"steps": ("months", "years")})


def _zero(record: Record, *fields: str) -> Iterator[Fault]:
    for field in fields:
        value = getattr(record, field)
        if value is not None and not _number(value):
            sentence = f"{field} is zero."
            yield Fault(record.at(field), "zero", sentence, "write a figure above zero")


def _number(value: Any) -> Decimal | int:
    if isinstance(value, Duration):
        return value.count
    return value.kw if isinstance(value, Power) else value


def magnitudes(book: Book) -> Iterator[Fault]:
    """Figures beyond all that exists, which a solver would take for infinite."""
    for record in _records(book):
        for part in parts(record):
            for field, value, place in money(part):
                if value.amount > MONEY_MOST:
                    yield _much(place, field, value, "10^18 of any currency")
    for offer in book.offers.values():
        yield from _chips(offer, "max", "min", "block", "remainder_min")
        if offer.later is not None:
            yield from _chips(offer.later, "more")
    for agreement in book.agreements.values():
        for delivery in agreement.deliveries:
            yield from _chips(delivery, "add")
    for site in book.sites.values():
        yield from _chips(site, "block")
        if site.pue > FACTOR_MOST:
            yield _much(site.at("pue"), "pue", site.pue, f"{FACTOR_MOST:,}")
        for phase in site.phases:
            if phase.power.mw > MEGAWATTS_MOST:
                yield _much(phase.at("power"), "power", phase.power, f"{MEGAWATTS_MOST:,} MW")
    for d in book.demand.values():
        yield from _demand(book, d)
    if book.header.discount.value > YEARLY_MOST:
        yield _rate(book.header, "discount")


def _records(book: Book) -> Iterator[Record]:
    yield from book.chips.values()
    for section in (book.agreements, book.sites, book.ventures, book.demand):
        yield from section.values()
    yield from (o for o in book.offers.values() if o.clauses or o.later or _dear(o))
    # Most offers have one price; a hundred thousand are looked at in passing.


def _dear(offer: Offer) -> bool:
    return offer.price is None or offer.price.amount > MONEY_MOST


def _much(place: Place, field: str, value: object, most: str) -> Fault:
    return Fault(place, "too-much", f"{field}: {value} is more than {most}.", "look at the unit")


def _chips(record: Record, *fields: str) -> Iterator[Fault]:
    for field in fields:
        value = getattr(record, field)
        if value is not None and value > CHIPS_MOST:
            yield _much(record.at(field), field, f"{value} chips", f"{CHIPS_MOST:,} chips")


def _rate(record: Record, field: str) -> Fault:
    value = getattr(record, field)
    return _much(record.at(field), field, value, f"{100 * YEARLY_MOST:,}% in a year")


def _demand(book: Book, d: Demand) -> Iterator[Fault]:
    yield from _chips(d, "base", "gang")
    if d.draw is not None and d.draw.volatility.value > YEARLY_MOST:
        yield _rate(d.draw, "volatility")
    yield from _path(book, d, d, d.base)
    for path in d.scenarios.values():
        yield from _chips(path, "base")
        yield from _path(book, path, d, path.base)


def _path(book: Book, record: Demand | Path, d: Demand, base: int | None) -> Iterator[Fault]:
    """Dated values and growth, of a class or of one of its scenarios."""
    values = [*(record.path or {}).values(), base or d.base or 0]
    growth = record.growth
    if growth is not None and growth.value > YEARLY_MOST:
        yield _rate(record, "growth")
    elif record.path and max(record.path.values()) > CHIPS_MOST:
        yield _much(record.at("path"), "path", f"{max(values)} chips", f"{CHIPS_MOST:,} chips")
    elif growth is not None:
        span = book.header.periods.length
        years = span.count if span.unit == "years" else -(-span.count // 12)
        if max(values) * (1 + growth.value) ** min(years, 100) > CHIPS_MOST:
            what = f"{growth} for {years} years from {max(values)} chips"
            yield _much(record.at("growth"), "growth", what, f"{CHIPS_MOST:,} chips")


@dataclass(frozen=True, slots=True)
class Size:
    """What a plan of a book would have without its clauses: columns, and entries in them."""

    columns: int
    entries: int

    @property
    def fits(self) -> bool:
        """Whether a plan of this size can be built."""
        return self.columns <= COLUMNS_MOST and self.entries <= ENTRIES_MOST


def plan(book: Book) -> Iterator[Fault]:
    """A plan that would be too large to build: the book stands, and `plan` refuses it."""
    if not book.demand or book.header.periods.length.unit not in ("months", "years"):
        return
    size = size_of(book)
    if not size.fits:
        header = book.header
        sentence = (
            f"A plan would have about {size.columns:,} columns and {size.entries:,} entries: "
            f"{header.periods.length} in steps of {header.periods.steps}, "
            f"{_many(scenarios(book), 'scenario')}, "
            f"{_many(_hours(book), 'hour')} a day, {_many(len(book.offers), 'offer')}."
        )
        most = f"at most {COLUMNS_MOST:,} and {ENTRIES_MOST:,}"
        hint = f"{most}: plan fewer months, hours or scenarios, longer steps, fewer offers"
        yield Fault(header.at("periods"), "plan-too-large", sentence, hint, "warning")


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def size_of(book: Book) -> Size:
    """The estimate: what every lot and every hour of use adds, and no clause's own."""
    periods = book.header.periods
    months = periods.length.months
    starts = -(-months // max(1, _months(periods.steps) or 1))
    among = scenarios(book)
    variants = _variants(book)
    reserved = [o for o in book.offers.values() if o.kind == "reserved"]
    hourly = len(book.offers) - len(reserved)
    installed = sum(len(s.chips) for s in book.sites.values())
    phases = sum(len(s.phases) for s in book.sites.values())
    lots = (len(reserved) + installed) * starts * variants + phases * starts
    terms = [min(months, _months(o.term) or months) for o in reserved]
    served = (sum(terms) + installed * months) * starts * variants // 2
    by_place = _pools(book)
    pools = sum(by_place.values())
    use = sum(
        _live(d, periods.start, months)
        * (1 if d.deferrable else _hours(book))
        * (1 + variants * sum(n for (r, c), n in by_place.items() if _takes(d, r, c)))
        for d in book.demand.values()
    )
    columns = lots + among * (use + months * (pools * variants + hourly))
    return Size(columns, 2 * columns + served * among + phases * starts * starts)


def _months(span: Duration | None) -> int:
    try:
        return span.months if span is not None else 0
    except QuantityError:
        return 0


def _hours(book: Book) -> int:
    """Hours of a day that can differ at all."""
    shaped = any(d.shape is not None and not d.deferrable for d in book.demand.values())
    return max(1, min(24, book.header.periods.hours)) if shaped else 1


def _live(d: Demand, start: Month, months: int) -> int:
    """Of the plan's months those in which a class is needed."""
    first = max(d.from_ - start, 0) if d.from_ is not None else 0
    last = min(d.until - start + 1, months) if d.until is not None else months
    return max(0, last - first)


def _takes(d: Demand, region: str, chip: str) -> bool:
    return (not d.regions or region in d.regions) and (not d.chips or chip in d.chips)


def _pools(book: Book) -> Counter[tuple[str, str]]:
    """How many pools of capacity there are in a region with a chip, each seller's apart."""
    signed = [(a.seller, d) for a in book.agreements.values() for d in a.deliveries]
    shared = {(seller, d.region, d.chip, "") for seller, d in signed}
    shared |= {(book.header.buyer, s.region, c, "") for s in book.sites.values() for c in s.chips}
    for o in book.offers.values():
        apart = o.kind != "reserved" or o.billing == "used"
        shared.add((o.seller, o.region, o.chip, o.id if apart else ""))
    return Counter((region, chip) for _, region, chip, _ in shared)


def scenarios(book: Book) -> int:
    """Paths of demand times the cases of every clause that leaves something open."""
    header, classes = book.header, book.demand.values()
    named = {*header.scenarios} or {name for d in classes for name in d.scenarios}
    count = len(named) or max((d.draw.count for d in classes if d.draw is not None), default=1)
    last = (header.periods.start + max(0, header.periods.length.months - 1)).last
    seen: set[str] = set()
    for term in book.terms:
        cases = getattr(term.clause, "cases", None)
        ahead = term.end >= header.as_of and term.start <= last
        if cases is None or not ahead or term.clause.id in seen:
            continue
        seen.add(term.clause.id)
        try:
            count *= max(1, sum(case.weight > 0 for case in cases(book)))
        except LookupError:
            continue
        if count > COLUMNS_MOST:
            break
    return max(1, count)


def _variants(book: Book) -> int:
    """In how many ways a lot can stay out of the reach of rights that reach some purposes."""
    wanted = frozenset(d.purpose for d in book.demand.values())
    free: set[frozenset[str]] = set()
    for term in book.terms:
        scope = getattr(term.clause, "scope", None)
        if not getattr(term.clause, "splits_purchases", False) or scope is None:
            continue
        left = wanted - book.purposes.expand(scope.purposes)
        if left and left != wanted and not (scope.chips or scope.regions or scope.except_):
            free.add(left)
    if len(free) < 50:
        free |= {a & b for a, b in combinations(sorted(free, key=sorted), 2) if a & b}
        return 1 + len(free)
    return 1 + len(free) * (len(free) + 1) // 2
