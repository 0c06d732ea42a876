"""Agreements served from others: the chain ends, lasts, and has what it promises."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from offtake.book.check_names import above
from offtake.book.faults import Fault
from offtake.book.force import Book, short
from offtake.book.near import nearest
from offtake.book.records import Agreement, Delivery

_DAY = dt.timedelta(days=1)


def prices(book: Book) -> Iterator[Fault]:
    """Agreements that deliver capacity at no stated price."""
    for a in book.agreements.values():
        if a.deliveries and a.price is None:
            sentence = f"{a.id} delivers chips at no price."
            hint = "write price: 2.35 USD per chip-hour"
            yield Fault(a.at("deliveries"), "no-price", sentence, hint)


def upstream(book: Book) -> Iterator[Fault]:
    """Chains that come round, end too early, or promise more than they have."""
    step = {a.id: a.upstream for a in book.agreements.values()}
    served: dict[str, list[Agreement]] = defaultdict(list)
    for a in book.agreements.values():
        if a.upstream is None or a.upstream not in book.agreements:
            continue
        if a.id in above(a.id, step):
            sentence = f"{a.id} is, over some steps, served from itself."
            yield Fault(a.at("upstream"), "cycle", sentence, "leave out one upstream")
            continue
        source = book.agreements[a.upstream]
        served[source.id].append(a)
        if a.until > source.until:
            sentence = f"{a.id} lasts until {a.until}, longer than {source.id}, its upstream."
            hint = f"shorten it, or extend {source.id} ({source.at('until')})"
            yield Fault(a.at("until"), "upstream-ends", sentence, hint)
    for source_id, below in served.items():
        yield from _promised(book.agreements[source_id], below)


def back_to_back(book: Book) -> Iterator[Fault]:
    """Clauses that pass down from an upstream agreement that has none of that name."""
    for a in book.agreements.values():
        source = book.agreements.get(a.upstream or "")
        if a.back_to_back and a.upstream is None:
            sentence = f"{a.id} is back to back with no agreement: it has no upstream."
            hint = "name the agreement out of which it is served"
            yield Fault(a.at("back_to_back"), "back-to-back", sentence, hint)
        if source is None:
            continue
        added = (c for amendment in source.amendments for c in amendment.add)
        names = {short(c) for c in (*source.clauses, *added)} | set(source.back_to_back)
        for name in a.back_to_back:
            if name not in names:
                sentence = f"{source.id}, the upstream of {a.id}, has no clause {name}."
                yield Fault(a.at("back_to_back"), "back-to-back", sentence, nearest(name, names))


def _promised(source: Agreement, below: list[Agreement]) -> Iterator[Fault]:
    """For each chip and region the first day on which more is promised than the source delivers.

    More is promised when a delivery starts, and less is there when one of the source's ends.
    """
    promises = [(d, a) for a in below for d in a.deliveries]
    for chip, region in sorted({(d.chip, d.region) for d, _ in promises}):
        own = [(d, a) for d, a in promises if (d.chip, d.region) == (chip, region)]
        there = [d for d in source.deliveries if (d.chip, d.region) == (chip, region)]
        days = {d.start for d, _ in own}
        days |= {d.until + _DAY for d in there if d.until is not None and d.until < source.until}
        for day in sorted(days):
            live = [(d, a) for d, a in own if _live(d, a, day)]
            wanted = sum(d.add for d, _ in live)
            has = sum(d.add for d in there if _live(d, source, day))
            if wanted > has:
                late, by = max(live, key=lambda pair: pair[0].start)
                sentence = (
                    f"From {day} on {wanted} chips {chip} in {region} are promised from "
                    f"{source.id}, which then has {has}."
                )
                yield Fault(late.at("add"), "upstream-short", sentence, _mend(late, by, source))
                break


def _mend(late: Delivery, by: Agreement, source: Agreement) -> str:
    elsewhere = sorted({d.region for d in source.deliveries if d.chip == late.chip})
    if elsewhere and late.region not in elsewhere:
        return f"{source.id} has them in {' and '.join(elsewhere)} ({source.at('deliveries')})"
    return f"lessen {late.id} of {by.id}, the last to start, or mend {source.at('deliveries')}"


def _live(delivery: Delivery, agreement: Agreement, day: dt.date) -> bool:
    return delivery.start <= day <= min(delivery.until or agreement.until, agreement.until)
