"""What may be bought or built: every offer and every chip at a site, from every month.

Where a right reaches only some purposes, a source comes in variants: one that may serve
everything and falls under the right, and one that gives up those purposes and escapes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from offtake.book.force import Book, InForce, terms
from offtake.book.records import Offer, Site
from offtake.book.scope import Lot
from offtake.clauses.base import Bought, Grid, Right
from offtake.clauses.prices import price_on
from offtake.plan.notices import Timing
from offtake.units import Calendar, Duration, Month


@dataclass(frozen=True, slots=True)
class Pool:
    """Capacity that is interchangeable: one seller, region and chip, for the same purposes."""

    seller: str
    region: str
    chip: str
    purposes: frozenset[str] | None = None
    """What it may serve; None for everything."""
    meter: str | None = None
    """The agreement or offer whose invoice follows what is used of it."""
    hourly: bool = False
    own_build: bool = False

    @property
    def name(self) -> str:
        """For tables: seller, region, chip, and what sets it apart."""
        only = f", only {' and '.join(sorted(self.purposes))}" if self.purposes else ""
        meter = f", {self.meter}" if self.meter else ""
        return f"{self.seller}, {self.region}, {self.chip}{only}{meter}"

    def allows(self, purpose: str) -> bool:
        """Whether it may serve that purpose."""
        return self.purposes is None or purpose in self.purposes


@dataclass(frozen=True, slots=True)
class Source:
    """One offer, or one chip at one site, in one variant."""

    id: str
    record: Offer | Site
    pool: Pool
    lot: Lot
    via: str | None
    term: int | None
    """Months of service, a chip's life where it is installed; None until the plan's end."""
    lead: Duration
    largest: int | None = None
    smallest: int | None = None
    block: int | None = None


def demanded(book: Book) -> frozenset[str]:
    """The purposes for which anything is needed."""
    return frozenset(d.purpose for d in book.demand.values())


def sources(book: Book) -> tuple[Source, ...]:
    """Everything that may be bought for a term or installed, with its variants."""
    splitting = tuple(
        t for t in terms(book) if isinstance(t.clause, Right) and t.clause.splits_purchases
    )
    found: list[Source] = []
    for offer in book.offers.values():
        if offer.kind == "reserved":
            found += _variants(_of_offer(book, offer), splitting, book)
    for site in book.sites.values():
        for chip in site.chips:
            found += _variants(_of_site(book, site, chip), splitting, book)
    return tuple(found)


def _of_offer(book: Book, offer: Offer) -> Source:
    metered = offer.billing == "used"
    pool = Pool(offer.seller, offer.region, offer.chip, None, offer.id if metered else None)
    return Source(
        id=offer.id,
        record=offer,
        pool=pool,
        lot=Lot(offer.chip, offer.region, demanded(book)),
        via=offer.via,
        term=offer.term.months if offer.term else None,
        lead=offer.lead,
        largest=offer.max,
        smallest=offer.min,
        block=offer.block,
    )


def _of_site(book: Book, site: Site, chip: str) -> Source:
    return Source(
        id=f"{site.id}.{chip}",
        record=site,
        pool=Pool(book.header.buyer, site.region, chip, own_build=True),
        lot=Lot(chip, site.region, demanded(book), own_build=True),
        via=None,
        term=book.chips[chip].life.months,
        lead=Duration(0, "days"),
        largest=_most_chips(book, site, chip),
        block=site.block,
    )


def _most_chips(book: Book, site: Site, chip: str) -> int:
    """As many chips as all phases of a site together could power."""
    kw = sum(
        float(p.power.kw) * (float(site.pue) if p.power.at == "it" else 1.0) for p in site.phases
    )
    return int(kw / (float(book.chips[chip].kw_it.kw) * float(site.pue))) + 1


def _variants(source: Source, splitting: tuple[InForce, ...], book: Book) -> Iterator[Source]:
    """The source for all purposes, and for each way of staying out of some rights' reach."""
    yield source
    free: set[frozenset[str]] = set()
    for term in splitting:
        clause = term.clause
        assert isinstance(clause, Right)
        if clause.held_by == source.pool.seller:
            continue
        day = max(term.start, clause.scope.from_ or term.start)
        bitten = clause.scope.bites(source.lot, day, book.purposes)
        if bitten and bitten != source.lot.purposes:
            free.add(source.lot.purposes - bitten)
    free |= {a & b for a, b in combinations(sorted(free, key=sorted), 2) if a & b}
    for purposes in sorted(free, key=lambda p: (-len(p), sorted(p))):
        yield replace(
            source,
            id=f"{source.id}:{'+'.join(sorted(purposes))}",
            pool=replace(source.pool, purposes=purposes),
            lot=replace(source.lot, purposes=purposes),
        )


def timing(book: Book, source: Source, start: Month, *, lead: bool = True) -> Timing:
    """The dates of a deal that starts in that month; without `lead`, as if it took no time."""
    offer = source.record if isinstance(source.record, Offer) else None
    return Timing(
        start=start.first,
        lead=source.lead if lead else Duration(0, "days"),
        signing=book.header.procurement.signing if offer else Duration(0, "days"),
        calendar=Calendar.named(book.header.calendar),
        zone=book.header.timezone,
        valid_until=offer.valid_until if offer else None,
    )


def bought(book: Book, source: Source, grid: Grid, start: Month) -> Bought:
    """The lot of one source from one month on."""
    when = timing(book, source, start)
    left = grid.months[-1] - start + 1
    offer = source.record if isinstance(source.record, Offer) else None
    deal = when.deal() if offer else start.first
    return Bought(
        id=f"{source.id}@{start}",
        seller=source.pool.seller,
        via=source.via,
        chip=source.pool.chip,
        region=source.pool.region,
        start=start,
        months=left if source.term is None else min(source.term, left),
        lot=source.lot,
        price=price_on(book, offer.id, start.first, start.first) if offer else None,
        deal=deal,
        smallest=max(source.smallest or 0, source.block or 0),
        largest=source.largest or 0,
        term=left if source.term is None else source.term,
        remainder_min=(offer.remainder_min or 0) if offer else 0,
    )
