"""What is owed for capacity by itself, before any clause speaks.

Billing `reserved`: chips in service, by the second, at the agreement's price. Billing `used`: what
was taken, at that price. A line is for days that follow one another at one price; reserved ones
are for one delivery each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import groupby

from offtake.clauses.base import HOUR, Arrival, Line, PricesOver, Served, Step, Told
from offtake.clauses.figures import chip_hours, number
from offtake.settle.speaking import Under
from offtake.units.minor import payable

Count = Callable[[Served], int]


def charges(under: Under) -> Iterator[Line]:
    """The lines of an agreement for capacity in service or taken."""
    if under.agreement.billing == "used":
        yield from _runs(under, under.days, lambda day: day.taken, "capacity taken", None)
        return
    for arrival in under.arrivals:
        if arrival.arrived is None:
            continue
        chips = arrival.delivery.add

        def served(day: Served, arrival: Arrival = arrival, chips: int = chips) -> int:
            return chips * under.serving.seconds_of(arrival, day.day)

        item = f"capacity reserved: {chips:,} {arrival.delivery.chip}"
        yield from _runs(under, under.days, served, item, arrival)


def unpriced(under: Under) -> Iterator[Told]:
    """What was taken and nothing prices: no price at all, or none above what is contracted."""
    agreement = under.agreement
    if agreement.billing == "used":
        free = sum(day.taken for day in under.days if day.price is None)
        if free:
            sentence = f"{chip_hours(free)} were taken on days for which no price is stated."
            yield Told(agreement.id, sentence, agreement.place)
        return
    above = [day for day in under.days if day.over]
    terms = under.serving.book.terms_of.get(agreement.id, ()) if above else ()
    dear = [term for term in terms if isinstance(term.clause, PricesOver)]
    over = sum(day.over for day in above if not any(term.on(day.day) for term in dear))
    if over:
        sentence = f"Used {chip_hours(over)} more than contracted; no clause prices them."
        yield Told(agreement.id, sentence, agreement.place)


def _runs(
    under: Under, days: Sequence[Served], count: Count, item: str, arrival: Arrival | None
) -> Iterator[Line]:
    """One line for each run of days at one price on which there is something to pay for."""
    live = [(day, seconds) for day in days if (seconds := count(day)) and day.price is not None]
    for price, run in groupby(live, key=lambda pair: pair[0].price):
        assert price is not None
        own = list(run)
        yield _line(under, item, price, own, arrival)


def _line(
    under: Under,
    item: str,
    price: Fraction,
    run: list[tuple[Served, int]],
    arrival: Arrival | None,
) -> Line:
    agreement, currency = under.agreement, under.serving.book.header.currency
    total = sum(seconds for _, seconds in run)
    owed = payable(price * total / HOUR, currency)
    why = f"{chip_hours(total)} × {number(price)} {currency}"
    if arrival is not None:
        hours = sum(under.serving.seconds_of(arrival, day.day) for day, _ in run)
        why = f"{arrival.delivery.add:,} chips × {number(Fraction(hours, HOUR))} h × "
        why += f"{number(price)} {currency}"
    delivery = arrival.delivery if arrival is not None else None
    return Line(
        Step.CHARGE,
        agreement.id,
        item,
        why,
        under.buyer,
        agreement.seller,
        owed,
        "charge",
        run[0][0].day,
        run[-1][0].day,
        delivery.place if delivery is not None else agreement.place,
        total,
        price,
        delivery.id if delivery is not None else None,
    )
