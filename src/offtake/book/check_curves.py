"""Curves: dated prices that are there, and a forecast that says one thing."""

from __future__ import annotations

from collections.abc import Iterator

from offtake.book.faults import Fault
from offtake.book.force import Book
from offtake.book.records import Curve


def curves(book: Book) -> Iterator[Fault]:
    """Curves that say nothing, or two things; and those that a plan must guess to go on."""
    last = book.header.periods.start + book.header.periods.length.months - 1
    for curve in book.curves.values():
        if not curve.prices:
            sentence = f"The curve {curve.id} has no price."
            hint = "write 2025-01-01: 2.50 USD per chip-hour"
            yield Fault(curve.at("prices"), "bad-curve", sentence, hint)
        yield from _forecast(curve)
        if curve.forecast is None and book.header.as_of < last.last:
            sentence = f"The curve {curve.id} does not say how prices go on."
            hint = "write forecast: {falls: 20% per year}, {rises: ...} or {flat: true}"
            yield Fault(curve.place, "no-forecast", sentence, hint, "warning")


def _forecast(curve: Curve) -> Iterator[Fault]:
    stated = curve.forecast
    if stated is None:
        return
    said = [share for share in (stated.falls, stated.rises) if share is not None]
    if len(said) + (stated.flat is True) != 1:
        sentence = f"The forecast of {curve.id} does not say one thing."
        hint = "write one of falls: 20% per year, rises: 3% per year, flat: true"
        yield Fault(stated.place, "bad-forecast", sentence, hint)
    for name, share in (("falls", stated.falls), ("rises", stated.rises)):
        if share is None:
            continue
        if share.per != "year" or share.of is not None:
            sentence = f"{name}: {share} does not say per year."
            yield Fault(stated.at(name), "not-per-year", sentence, "such as 20% per year")
        elif name == "falls" and share.value >= 1:
            sentence = f"Prices that fall by {share} are gone within a year."
            yield Fault(stated.at(name), "bad-forecast", sentence, "below 100% per year")
