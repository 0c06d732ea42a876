"""Sites and ventures: whose they are, and whether their capital reaches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from offtake.book.faults import Fault
from offtake.book.force import Book
from offtake.book.records import Phase, Site, Tranche, Venture
from offtake.units import Month, QuantityError, Share

_WHOLE = Decimal(1)


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
    total = sum((share.value for share in shares.values()), Decimal(0))
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
    """Capital that cannot pay for what is being built, or for any single phase."""
    for owner, tranches, sites in _funds(book):
        ordered = sorted(tranches, key=lambda t: t.from_)
        opened = max(ordered[0].from_, book.header.periods.start)
        currency = book.header.currency
        limit = sum((t.limit.amount for t in ordered if t.limit.currency == currency), Decimal(0))
        place = ordered[-1].at("limit")
        begun = [p for site in sites for p in site.phases if p.started is not None]
        due = sum((_due(p, opened) for p in begun), Decimal(0))
        if due > limit:
            names = ", ".join(p.id for p in begun)
            sentence = (
                f"The capital of {owner} ends at {_amount(limit, currency)}, "
                f"but {names} need {_amount(due, currency)} more from {opened}."
            )
            yield Fault(place, "capital-short", sentence, "add a tranche, or mend the capex")
            continue
        for phase in (p for site in sites for p in site.phases if p.started is None):
            if phase.capex.amount > limit:
                sentence = f"The phase {phase.id} costs more than all capital of {owner}."
                hint = f"the tranches end at {_amount(limit, currency)} ({place})"
                at = phase.at("capex")
                yield Fault(at, "phase-beyond-capital", sentence, hint, "warning")


def _funds(book: Book) -> Iterator[tuple[str, Sequence[Tranche], list[Site]]]:
    """Each that has tranches, with the sites that it pays for."""
    for venture in book.ventures.values():
        sites = [s for s in book.sites.values() if s.venture == venture.id]
        if venture.capital:
            yield venture.id, venture.capital, sites
    for site in book.sites.values():
        if site.capital and site.venture is None:
            yield site.id, site.capital, [site]


def _due(phase: Phase, opened: Month) -> Decimal:
    """What of a started phase falls due from a month on, spread evenly from start to ready."""
    started = phase.started
    assert started is not None
    ready = phase.ready
    if ready is None and phase.lead is not None:
        try:
            ready = started + phase.lead.months
        except QuantityError:
            return Decimal(0)
    if ready is None or ready <= started:
        return Decimal(0)
    left = max(0, ready - max(opened, started))
    return phase.capex.amount * left / (ready - started)


def _amount(amount: Decimal, currency: str) -> str:
    return f"{amount / 1_000_000:,.1f} M {currency}"
