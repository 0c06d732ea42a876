"""Dated list prices to a curve: each from the day on which a list first shows it.

Two kinds of file are known by their header: a price of an instance type in a region on a day
(`generated_at` or `date`, `region`, `instance_type`, `usd_per_hour`), and Epoch AI's prices per
chip-hour of a hardware model by vendor (epoch.ai/data/machine-learning-hardware).
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from offtake.book.near import nearest
from offtake.formats.fit import Fit, log_linear
from offtake.formats.instances import CHIPS
from offtake.formats.rows import BadCell, BadFile, Table, Tally, cell, number
from offtake.formats.text import per_chip_hour
from offtake.units import Month, QuantityError, parse_date

TERMS = {
    "on-demand": "Price per chip-hour (on-demand)",
    "1-year": "Price per chip-hour (1-year CUD)",
    "3-year": "Price per chip-hour (3-year CUD)",
}
"""Epoch AI's columns, by how long one commits."""
_DATES, _REGIONS = ("generated_at", "date", "day"), ("region", "location")
_TYPES, _PRICES = ("instance_type", "instance", "type"), ("usd_per_hour", "price")
MONTHS_LEAST = 3
FLAT_BELOW = 0.0005


@dataclass(frozen=True, slots=True)
class Listed:
    """Whose prices: an instance type in a region with so many chips, or a model of a vendor."""

    what: str
    where: str
    chips: int | None = None
    term: str = "on-demand"


@dataclass(frozen=True, slots=True)
class Dated:
    """The price per chip-hour in USD on each day that a list was seen, in order."""

    prices: Mapping[dt.date, Fraction]

    def changes(self) -> dict[dt.date, Fraction]:
        """The days on which a new price was seen."""
        kept: dict[dt.date, Fraction] = {}
        last: Fraction | None = None
        for day, price in self.prices.items():
            if price != last:
                kept[day] = last = price
        return kept

    def fit(self) -> Fit | None:
        """The yearly change, from the price in force on the first of each month that is covered.

        None where fewer than three months begin between the first and the last day.
        """
        days = list(self.prices)
        month, values = Month.of(days[0]), list[float]()
        first = month if month.first == days[0] else month + 1
        month = first
        while month.first <= days[-1]:
            values.append(float(self.prices[days[bisect_right(days, month.first) - 1]]))
            month += 1
        if len(values) < MONTHS_LEAST:
            return None
        return log_linear([at / 12 for at in range(len(values))], values)


def read(lines: Iterable[bytes], listed: Listed, tally: Tally) -> Dated:
    """The prices of one thing by day. Raises `BadFile` where the file has none of it."""
    table = Table(lines, tally)
    epoch = table.find("Hardware model") is not None
    if not epoch and listed.term != "on-demand":
        sentence = f"The file has no prices for a term, so none of {listed.term}."
        raise BadFile(1, sentence, "leave --term out; its prices are on demand")
    if not epoch and listed.chips is None:
        sentence = f"How many chips {listed.what[:60]} has is not known."
        near = nearest(listed.what, CHIPS)
        raise BadFile(1, sentence, f"say --chips; or {near}" if near else "say --chips")
    found: dict[dt.date, Fraction] = {}
    seen: Counter[tuple[str, str]] = Counter()
    differ = 0
    for line, day, price in _prices(table, listed, tally, seen, epoch):
        if found.setdefault(day, price) != price:
            differ += 1
            tally.notes.append(f"line {line}: another price of the same day; {_RULE[epoch]}")
            found[day] = min(found[day], price) if epoch else price
    if not found:
        sentence = f"There is no price of {listed.what} in {listed.where or 'the file'}."
        # Rows of the same thing elsewhere say that it is the place that is not there.
        places = [name for name, kind in seen if kind == "place"]
        things = [name for name, kind in seen if kind == "thing"]
        hint = nearest(listed.where, places) if places else nearest(listed.what, things)
        raise BadFile(1, sentence, hint)
    return Dated(dict(sorted(found.items())))


_RULE = {True: "the lower one is taken", False: "the later row is taken"}


def _prices(
    table: Table, listed: Listed, tally: Tally, seen: Counter[tuple[str, str]], epoch: bool
) -> Iterator[tuple[int, dt.date, Fraction]]:
    """Line, day and price per chip-hour of each row that is asked for."""
    if epoch:
        at_day, at_what = table.column("Price date"), table.column("Hardware model")
        at_where, at_price = table.column("Vendor"), table.column(TERMS[listed.term])
    else:
        at_day, at_what = table.column(*_DATES), table.column(*_TYPES)
        at_where, at_price = table.column(*_REGIONS), table.column(*_PRICES)
    for line, cells in table.rows():
        what, where = cell(cells, at_what), cell(cells, at_where)
        if what != listed.what:
            seen[what, "thing"] += 1
            tally.leave("other models" if epoch else "other instance types")
        elif where != listed.where:
            seen[where, "place"] += 1
            tally.leave("other vendors" if epoch else "other regions")
        elif not cell(cells, at_price):
            tally.leave("no price")
        else:
            try:
                price = number(cell(cells, at_price), "price")
                if not price:
                    raise BadCell("The price is zero.")
                yield (
                    line,
                    parse_date(cell(cells, at_day)[:10]),
                    Fraction(price) / (listed.chips or 1),
                )
            except (BadCell, QuantityError) as error:
                tally.refuse(line, str(error))


def curve(
    name: str, dated: Dated, listed: Listed, file: str, forecast: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The record: prices by day, a forecast, and how both were made.

    A forecast that is not given is fitted; `BadFile` where there is too little to fit.
    """
    days = list(dated.prices)
    changes = dated.changes()
    note = (
        f"each price from the first day on which the list shows it; "
        f"seen on {len(days)} days from {days[0]} to {days[-1]}"
    )
    if forecast is None:
        fit = dated.fit()
        if fit is None:
            sentence = f"The prices cover too little to fit a forecast ({days[0]} to {days[-1]})."
            raise BadFile(1, sentence, "say --falls, --rises or --flat")
        if fit.wild:
            sentence = f"The fit says {fit.yearly * 100:+.4g}% per year, which is no forecast."
            raise BadFile(1, sentence, "say --falls, --rises or --flat")
        forecast = _forecast(fit)
        note += (
            f"; the forecast is the log-linear least-squares fit of the price on the first of each "
            f"of {fit.points} months: {fit.yearly * 100:+.1f}% per year, R2 {fit.r2:.2f}"
        )
    else:
        note += "; the forecast was stated, not fitted"
    over = f", over {listed.chips} chips" if (listed.chips or 1) > 1 else ""
    place = f" in {listed.where}" if listed.where else ""
    return {
        "id": name,
        "prices": {day: per_chip_hour(price) for day, price in changes.items()},
        "forecast": dict(forecast),
        "source": f"{file}: {listed.what}{place}, {listed.term}{over}",
        "note": note,
    }


def _forecast(fit: Fit) -> dict[str, Any]:
    if abs(fit.yearly) < FLAT_BELOW:
        return {"flat": True}
    word = "falls" if fit.yearly < 0 else "rises"
    return {word: f"{abs(fit.yearly) * 100:.1f}% per year"}
