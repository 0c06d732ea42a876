"""Agreements served from others: the chain ends, lasts, and has what it promises."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from offtake.book.check_names import above
from offtake.book.faults import Fault
from offtake.book.force import Book
from offtake.book.records import Agreement, Delivery


def prices(book: Book) -> Iterator[Fault]:
    """Agreements that deliver capacity at no stated price."""
    for a in book.agreements.values():
        if a.deliveries and a.price is None:
            sentence = f"{a.id} delivers chips at no price."
            yield Fault(a.at("deliveries"), "no-price", sentence, "price: 2.35 USD per chip-hour")


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
            hint = f"{source.id} ends on {source.until} ({source.at('until')})"
            yield Fault(a.at("until"), "upstream-ends", sentence, hint)
    for source_id, below in served.items():
        yield from _promised(book.agreements[source_id], below)


def _promised(source: Agreement, below: list[Agreement]) -> Iterator[Fault]:
    """The first day, for each chip, on which more is promised than the source then delivers."""
    promises = [(d, a) for a in below for d in a.deliveries]
    for chip in sorted({d.chip for d, _ in promises}):
        own = [(d, a) for d, a in promises if d.chip == chip]
        for delivery, a in sorted(own, key=lambda pair: pair[0].start):
            day = delivery.start
            wanted = sum(d.add for d, by in own if _live(d, by, day))
            there = sum(
                d.add for d in source.deliveries if d.chip == chip and _live(d, source, day)
            )
            if wanted > there:
                sentence = (
                    f"On {day} {wanted} chips {chip} are promised from {source.id}, "
                    f"which then has {there}."
                )
                hint = f"{delivery.id} of {a.id} is the one too many"
                yield Fault(delivery.at("add"), "upstream-short", sentence, hint)
                break
        else:
            yield from _ends_below(source, own, chip)


def _ends_below(
    source: Agreement, own: list[tuple[Delivery, Agreement]], chip: str
) -> Iterator[Fault]:
    """As above, on the days after a delivery of the source ends."""
    for ended in source.deliveries:
        if ended.chip != chip or ended.until is None or ended.until >= source.until:
            continue
        day = ended.until + dt.timedelta(days=1)
        wanted, there = _wanted(own, day), _there(source, chip, day)
        if wanted > there:
            sentence = (
                f"From {day} {wanted} chips {chip} are promised from {source.id}, "
                f"which then has {there}."
            )
            hint = f"{ended.id} of {source.id} ends the day before"
            late = next(d for d, by in own if _live(d, by, day))
            yield Fault(late.at("add"), "upstream-short", sentence, hint)
            return


def _wanted(own: list[tuple[Delivery, Agreement]], day: dt.date) -> int:
    return sum(d.add for d, by in own if _live(d, by, day))


def _there(source: Agreement, chip: str, day: dt.date) -> int:
    return sum(d.add for d in source.deliveries if d.chip == chip and _live(d, source, day))


def _live(delivery: Delivery, agreement: Agreement, day: dt.date) -> bool:
    return delivery.start <= day <= min(delivery.until or agreement.until, agreement.until)
