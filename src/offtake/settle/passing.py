"""What passes along a chain of agreements before its months are reckoned: use up, outages down.

Use: an agreement without metering of its own was used as much as all that is served from it. It is
the sum, day by day, for months in which every agreement served from it is metered; nothing is
made up for one that is not. What of it is above the host's contract is read where the hours are;
of days without hours it is what the whole day is above, which is never too much.

Outages: chips that the host could not serve are missing below it, whoever is at fault there; below
it is the seller who could not serve. They pass in proportion to the chips in service, what the
reseller holds for itself among them. What is told of an agreement itself counts first: of what is
passed down at the same time only what goes beyond it is added.

Nothing else passes: no outage goes up, and each says itself when its deliveries came.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from offtake.book.force import Book
from offtake.book.records import Agreement
from offtake.clauses.base import Told
from offtake.settle.clock import BookClock
from offtake.settle.inputs import Inputs, Outage, Source, Used
from offtake.settle.parts import parts
from offtake.settle.serving import EXCUSED, Serving
from offtake.units import Month
from offtake.units.instants import Instant

Below = Mapping[str, Sequence[Agreement]]
"""By agreement: what is served from it, in the order of ids."""
Kind = tuple[str, str] | None
"""Chip and region; None for all of them."""


def served_from(book: Book) -> Below:
    """What is served from each agreement from which anything is."""
    found: dict[str, list[Agreement]] = {}
    for _, agreement in sorted(book.agreements.items()):
        if agreement.upstream is not None and agreement.upstream in book.agreements:
            found.setdefault(agreement.upstream, []).append(agreement)
    return found


def hosts_first(book: Book, below: Below) -> tuple[Agreement, ...]:
    """All that stands in a chain, each after what it is served from; none that comes round."""
    served = {agreement.id for each in below.values() for agreement in each}
    found = [book.agreements[name] for name in sorted(below) if name not in served]
    for agreement in found:
        found.extend(below.get(agreement.id, ()))
    return tuple(found)


def passed(book: Book, inputs: Inputs, clock: BookClock) -> Inputs:
    """The inputs with what passes along the book's chains; the same where it has none.

    Said twice it is the same as once.
    """
    below = served_from(book)
    if not below:
        return inputs
    order = hosts_first(book, below)
    known = _with_outages(inputs, book, clock, order, below)
    return _with_use(known, book, clock, order, below)


def summed(agreement: Agreement, month: Month, inputs: Inputs) -> Iterator[Told]:
    """What a statement says of use that was not metered under the agreement itself."""
    if under := inputs.summed.get((agreement.id, month)):
        sentence = f"Use was not metered here: it is what was taken under {' and '.join(under)}."
        yield Told(agreement.id, sentence, agreement.place)


# --- use, from those who buy up to the host -------------------------------------------------------


def summed_months(
    order: Sequence[str], below: Below, metered: Mapping[str, frozenset[Month]]
) -> dict[str, frozenset[Month]]:
    """By host, `order` having each after what it is served from: when its use is a sum."""
    known, found = dict(metered), {}
    for name in reversed(order):
        own = known.get(name, frozenset())
        found[name] = _known(below.get(name, ()), known) - own
        known[name] = own | found[name]
    return found


def _with_use(
    inputs: Inputs, book: Book, clock: BookClock, order: Sequence[Agreement], below: Below
) -> Inputs:
    use, metered = dict(inputs.use), dict(inputs.metered)
    sources, summed = dict(inputs.sources), dict(inputs.summed)
    every = summed_months([host.id for host in order], below, metered)
    for host in reversed(order):
        months = every[host.id]
        if not months:
            continue
        served = below[host.id]
        total = _sum(served, use, months)
        over = _above(Serving(book, host, inputs, clock), total)
        days = {day: Used(taken, over[day]) for day, taken in total.items()}
        use[host.id] = {**use.get(host.id, {}), **days}
        metered[host.id] = metered.get(host.id, frozenset()) | months
        files = (file for one in served for file in sources.get(one.id, ()))
        sources[host.id] = _once((*sources.get(host.id, ()), *files))
        for month in months:
            summed[host.id, month] = tuple(one.id for one in served if _lives(one, month))
    return replace(inputs, use=use, metered=metered, sources=sources, summed=summed)


def _known(
    served: Sequence[Agreement], metered: Mapping[str, frozenset[Month]]
) -> frozenset[Month]:
    """The months in which each of them that lives is metered, and one at least does."""
    every = {m for one in served for m in metered.get(one.id, ()) if _lives(one, m)}
    return frozenset(
        m for m in every if all(m in metered.get(one.id, ()) for one in served if _lives(one, m))
    )


def _lives(agreement: Agreement, month: Month) -> bool:
    return agreement.from_ <= month.last and month.first <= agreement.until


def _sum(
    served: Iterable[Agreement],
    use: Mapping[str, Mapping[dt.date, Used]],
    months: frozenset[Month],
) -> Mapping[dt.date, int]:
    total: dict[dt.date, int] = {}
    for one in served:
        for day, used in use.get(one.id, {}).items():
            if Month.of(day) in months and one.from_ <= day <= one.until:
                total[day] = total.get(day, 0) + used.taken
    return total


def _above(host: Serving, total: Mapping[dt.date, int]) -> Mapping[dt.date, int]:
    """By day: chip-seconds above the host's contract, by the hour where hours are known."""
    hourly = host.inputs.over_of_hosts.get(host.agreement.id, {})
    return {
        day: hourly[day] if day in hourly else max(0, taken - host.contracted_on(day))
        for day, taken in total.items()
    }


def _once(files: Iterable[Source]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(files))


# --- outages, from the host down to those who buy -------------------------------------------------


def _with_outages(
    inputs: Inputs, book: Book, clock: BookClock, order: Sequence[Agreement], below: Below
) -> Inputs:
    if not any(inputs.outages.get(host) for host in below):
        # What is told only of those at the end of a chain has nowhere to go.
        return inputs
    outages = dict(inputs.outages)
    for host in order:
        told = outages.get(host.id, ())
        if not told or host.id not in below:
            continue
        serving = Serving(book, host, inputs, clock)
        served = [Serving(book, one, inputs, clock) for one in below[host.id]]
        missing: dict[str, list[Outage]] = defaultdict(list)
        for outage in told:
            for name, part in _pass_down(serving, served, outage):
                missing[name].append(part)
        for name, found in missing.items():
            own = outages.get(name, ())
            outages[name] = (*own, *_beyond(found, [o for o in own if o.cause in EXCUSED]))
    return replace(inputs, outages=outages)


def _pass_down(
    host: Serving, served: Sequence[Serving], outage: Outage
) -> Iterator[tuple[str, Outage]]:
    """Who of those served lacks how many chips, for each stretch between changes of service."""
    kind = _kind(host, outage)
    edges = {outage.begin, outage.end}
    for serving in (host, *served):
        edges |= {t for t in _changes(serving) if outage.begin < t < outage.end}
    for begin, end in pairwise(sorted(edges)):
        there = _chips(host, begin, kind)
        wanted = [_chips(serving, begin, kind) for serving in served]
        weights = [*wanted, max(0, there - sum(wanted))]
        for serving, chips in zip(served, parts(min(outage.chips, there), weights), strict=False):
            if chips:
                yield serving.agreement.id, Outage(begin, end, chips, "seller", outage.place)


def _beyond(found: Sequence[Outage], own: Sequence[Outage]) -> Iterator[Outage]:
    """What is passed down above what is told of the agreement itself, moment by moment."""
    edges = sorted({t for outage in (*found, *own) for t in (outage.begin, outage.end)})
    for begin, end in pairwise(edges):
        left = sum(o.chips for o in own if o.begin <= begin and end <= o.end)
        for outage in found:
            if outage.begin <= begin and end <= outage.end:
                covered = min(left, outage.chips)
                left -= covered
                if outage.chips > covered:
                    chips = outage.chips - covered
                    yield replace(outage, begin=begin, end=end, chips=chips)


def _kind(serving: Serving, outage: Outage) -> Kind:
    """What an outage that names a delivery is of."""
    named = (d for d in serving.agreement.deliveries if d.id == outage.delivery)
    return next(((d.chip, d.region) for d in named), None)


def _changes(serving: Serving) -> Iterator[Instant]:
    """When the number of its chips in service changes."""
    for arrival in serving.arrivals:
        if arrival.arrived is not None:
            yield arrival.arrived
            yield serving.clock.end_of(arrival.last)


def _chips(serving: Serving, at: Instant, kind: Kind) -> int:
    """Chips in service at an instant."""
    return sum(
        a.delivery.add
        for a in serving.arrivals
        if a.arrived is not None
        and a.arrived <= at < serving.clock.end_of(a.last)
        and kind in (None, (a.delivery.chip, a.delivery.region))
    )
