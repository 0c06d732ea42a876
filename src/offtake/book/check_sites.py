"""Sites and ventures: whose they are, and whether their capital reaches."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from offtake.book.faults import Fault
from offtake.book.force import Book
from offtake.book.records import Phase, Site, Tranche, Venture
from offtake.units import Month, QuantityError, Share

_WHOLE, _NONE = Decimal(1), Decimal(0)
_CENT = Decimal("0.01")
"""A sum spread evenly over months need not add up to itself."""


def owners(book: Book) -> Iterator[Fault]:
    """More than the whole owned; a site with a venture and owners of its own."""
    for venture in book.ventures.values():
        yield from _over(venture, venture.owners)
    for site in book.sites.values():
        yield from _over(site, site.owners)
        if site.venture is not None and (site.owners or site.capital):
            sentence = f"{site.id} belongs to {site.venture} and names owners or capital itself."
            hint = "owners and capital stand with the venture"
            yield Fault(site.at("venture"), "venture-and-owners", sentence, hint)


def _over(owned: Site | Venture, shares: Mapping[str, Share]) -> Iterator[Fault]:
    total = sum((share.value for share in shares.values()), _NONE)
    if total > _WHOLE:
        sentence = f"The owners of {owned.id} hold {Share(total)} together."
        yield Fault(owned.at("owners"), "over-the-whole", sentence, "at most 100%")


def chips(book: Book) -> Iterator[Fault]:
    """A chip to be installed whose price nobody states: it would cost nothing."""
    for site in book.sites.values():
        for name in site.chips:
            chip = book.chips.get(name)
            if chip is not None and chip.price is None:
                sentence = f"{site.id} may install {name}, of which no purchase price is known."
                hint = f"state it under chips: a price in {book.header.currency} for {name}"
                yield Fault(site.at("chips"), "chip-without-price", sentence, hint)


def capital(book: Book) -> Iterator[Fault]:
    """Capital that cannot pay for what is being built, or for a phase that might be."""
    currency = book.header.currency
    for owner, tranches, sites in _funds(book):
        if any(t.limit.currency != currency for t in tranches):
            continue
        fund = Fund(owner, sorted(tranches, key=lambda t: t.from_), currency)
        calls: dict[Month, Decimal] = defaultdict(Decimal)
        begun = [p for site in sites for p in site.phases if p.started is not None]
        for phase in begun:
            for month, amount in _calls(phase):
                calls[month] += amount
        short = list(fund.short(calls, book.header.periods.start, ", ".join(p.id for p in begun)))
        yield from short
        if not short:
            left = fund.limit - sum((a for m, a in calls.items() if m >= fund.opened), _NONE)
            for phase in (p for site in sites for p in site.phases if p.started is None):
                yield from fund.beyond(phase, left)


@dataclass(frozen=True, slots=True)
class Fund:
    """What pays for sites: tranches in order of the months in which they open."""

    owner: str
    tranches: Sequence[Tranche]
    currency: str

    @property
    def opened(self) -> Month:
        """The month from which calls count against the tranches."""
        return self.tranches[0].from_

    @property
    def limit(self) -> Decimal:
        """All tranches together."""
        return sum((t.limit.amount for t in self.tranches), _NONE)

    def yearly(self, year: int) -> Tranche | None:
        """The tranche whose yearly limit holds in a year: the last one opened by its end."""
        opened = [t for t in self.tranches if t.from_.year <= year]
        return opened[-1] if opened and opened[-1].per_year is not None else None

    def short(self, calls: Mapping[Month, Decimal], first: Month, names: str) -> Iterator[Fault]:
        """The first months by which, and years in which, phases under way call too much."""
        there = Decimal(0)
        for n, tranche in enumerate(self.tranches):
            there += tranche.limit.amount
            last = n + 1 == len(self.tranches)
            until = None if last else self.tranches[n + 1].from_
            if until is not None and until <= first:
                continue
            due = sum((a for m, a in calls.items() if self._counts(m, until)), _NONE)
            if due - there > _CENT:
                when = "" if until is None else f" before {until}"
                sentence = (
                    f"The capital of {self.owner}{when} is {self._said(there)}, "
                    f"but what is being built ({names}) calls {self._said(due)} of it."
                )
                hint = f"add {self._said(due - there)} to a tranche, or mend the phases"
                if until is not None:
                    hint += f"; the next tranche opens in {until}"
                yield Fault(tranche.at("limit"), "capital-short", sentence, hint)
                return
        for year in sorted({m.year for m in calls if m >= self.opened and m.year >= first.year}):
            tranche_of = self.yearly(year)
            due = sum((a for m, a in calls.items() if m.year == year and m >= self.opened), _NONE)
            if (
                tranche_of is not None
                and (most := tranche_of.per_year)
                and due - most.amount > _CENT
            ):
                sentence = (
                    f"The capital of {self.owner} is {self._said(most.amount)} a year, "
                    f"but what is being built ({names}) calls {self._said(due)} in {year}."
                )
                hint = f"add {self._said(due - most.amount)} to per_year, or mend the phases"
                yield Fault(tranche_of.at("per_year"), "capital-short", sentence, hint)
                return

    def beyond(self, phase: Phase, left: Decimal) -> Iterator[Fault]:
        """A phase that is not begun and that no timing could pay for."""
        cost, place = phase.capex.amount, phase.at("capex")
        last = self.tranches[-1]
        if cost - left > _CENT:
            sentence = f"The phase {phase.id} costs more than the capital of {self.owner} allows."
            hint = f"add a tranche; {self._said(left)} is left ({last.at('limit')})"
            yield Fault(place, "phase-beyond-capital", sentence, hint, "warning")
            return
        yearly = [t.per_year.amount if t.per_year is not None else cost for t in self.tranches]
        least = cost * _least_in_a_year(takes(phase))
        if least - max(yearly) > _CENT:
            sentence = (
                f"The phase {phase.id} calls at least {self._said(least)} in some year, "
                f"more than {self.owner} has in any."
            )
            hint = f"a longer lead spreads it; the limit stands at {last.at('per_year')}"
            yield Fault(place, "phase-beyond-capital", sentence, hint, "warning")

    def _counts(self, month: Month, until: Month | None) -> bool:
        return self.opened <= month and (until is None or month < until)

    def _said(self, amount: Decimal) -> str:
        return f"{amount / 1_000_000:,.1f} M {self.currency}"


def _funds(book: Book) -> Iterator[tuple[str, Sequence[Tranche], list[Site]]]:
    """Each that has tranches, with the sites that it pays for."""
    for venture in book.ventures.values():
        sites = [s for s in book.sites.values() if s.venture == venture.id]
        if venture.capital:
            yield venture.id, venture.capital, sites
    for site in book.sites.values():
        if site.capital and site.venture is None:
            yield site.id, site.capital, [site]


def takes(phase: Phase) -> int:
    """Months from beginning to service; 0 where nobody can tell."""
    begun = phase.started or phase.start
    if phase.lead is not None and (phase.started is None or phase.ready is None):
        try:
            return max(1, phase.lead.months)
        except QuantityError:
            return 0
    return max(1, phase.ready - begun) if begun is not None and phase.ready is not None else 0


def _calls(phase: Phase) -> Iterator[tuple[Month, Decimal]]:
    """What a phase under way calls in each month: spread evenly from start to ready."""
    months = takes(phase)
    assert phase.started is not None
    for n in range(months):
        yield phase.started + n, phase.capex.amount / months


def _least_in_a_year(months: int) -> Decimal:
    """The least part of what is spread over so many months that some calendar year must bear."""
    if months == 0:
        return _NONE
    worst = []
    for first in range(12):
        years = Counter((first + n) // 12 for n in range(months))
        worst.append(max(years.values()))
    return Decimal(min(worst)) / months
