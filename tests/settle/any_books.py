"""Any book that settles: its text in the book's own grammar, and what happened besides."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from hypothesis import reject
from hypothesis import strategies as st

from offtake.book.faults import Place, Unreadable
from offtake.book.force import Book
from offtake.book.read import read
from offtake.clauses.base import Revenue
from offtake.clauses.registry import kinds
from offtake.settle import Inputs, Outage, Used
from offtake.settle.inputs import Came
from offtake.units import Month, parse_money

from .any_words import Deal, Draw, amendments, clause_of, words_of
from .naive_owed import DAY, Rows, World, begin, last_day, taken_by_day

ZONES = [
    ("UTC", "2025-01"),
    ("America/Los_Angeles", "2025-01"),
    ("Asia/Kolkata", "2025-01"),
    ("Pacific/Apia", "2011-08"),  # had no 30 December 2011
    ("Australia/Lord_Howe", "2025-01"),  # moves its clocks by half an hour
    ("America/Havana", "2025-01"),  # changes at midnight
    ("America/Sao_Paulo", "2017-08"),  # changed at midnight
]
HERE = Place("inputs.csv", 2)
HEADER = """
book:
  buyer: lab
  as_of: {known}
  timezone: {zone}
  calendar: {calendar}
  currency: {currency}
  periods: {{start: {month}, length: 12 months}}
  purposes: {{work: {{}}}}
parties:
- {{id: lab, name: The lab}}
- {{id: microsoft, name: Microsoft}}
- {{id: cloud, name: Cloud}}
- {{id: neo, name: Neo}}
agreements:
"""


@dataclass(frozen=True)
class Drawn:
    """A book and what happened."""

    header: str
    deals: tuple[str, ...]
    rows: Rows
    inputs: Inputs
    through: Month

    @property
    def text(self) -> str:
        return self.header + "".join(self.deals)

    def book(self) -> Book:
        """It, read for real."""
        return book_of(self.text)

    def known(self, book: Book) -> Inputs:
        """All that a settlement is told: use by the day is counted here from the rows."""
        world = World(book, self.rows, self.inputs)
        use, metered = {}, {}
        for name in self.rows:
            found = taken_by_day(world, book.agreements[name])
            assert found is not None
            use[name] = {day: Used(*taken) for day, taken in found[0].items()}
            metered[name] = frozenset(found[1])
        return replace(self.inputs, use=use, metered=metered)


def book_of(text: str) -> Book:
    """A book as one file."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "book.yaml").write_text(text)
        return read(folder, kinds()).required().whole


SOURCE = """- id: {d.name}
  buyer: microsoft
  seller: cloud
  from: {d.first}
  until: {d.until}
  billing: {d.billing}
  price: {price} per chip-hour
  deliveries:
{delivered}"""


def deal(d: Draw, name: str, base: dt.date, option: str) -> tuple[Deal, str]:
    """An agreement, and its text."""
    first = base + DAY * d.whole(0, 75)
    until = first + DAY * d.whole(10, 330)
    sides = (d.of("lab", "lab", "lab", "microsoft"), d.of("cloud", "cloud", "neo"))
    known = first - DAY * d.whole(0, 60)
    billing = "used" if d.theme == "take-or-pay" else d.of("reserved", "used")
    made = Deal(name, first, until, known, billing, sides)
    made.chips = d.whole(1, 40)
    return made, _text(d, made, option)


def _text(d: Draw, made: Deal, option: str) -> str:
    name, sides, known, first, until = made.name, made.sides, made.known, made.first, made.until
    delivered = [_delivery(d, made, n) for n in range(d.whole(1, 2))]
    ended = ""
    if d.odds(4):
        made.ends = "agreement" if d.odds(2) else "delivery"
        made.clauses.append(("stop", "termination"))
        if made.ends == "agreement":
            ended = f"  ended: {d.day(first + DAY, until)}\n  ended_by: stop\n"
        else:
            over = d.day(first + DAY, made.served)
            delivered[0] = delivered[0].replace("}", f", ended: {over}, ended_by: stop}}")
    stated = [f"  - {{id: stop, kind: termination, {words_of(d, 'termination', made)}}}\n"]
    stated = stated if made.clauses else []
    for n in range(d.whole(0, 3)):
        clause = clause_of(d, made)
        made.clauses.insert(n, (f"c{n}", clause.split(",")[0].removeprefix("kind: ")))
        stated.append(f"  - {{id: c{n}, {clause}}}\n")
    made.text = (
        f"- id: {name}\n  buyer: {sides[0]}\n  seller: {sides[1]}\n  signed: {known}\n"
        f"  from: {first}\n  until: {until}\n{ended}  billing: {made.billing}\n{option}"
        f"  price: {d.money(9)} per chip-hour\n  deliveries:\n{''.join(delivered)}"
        + (f"  clauses:\n{''.join(stated)}" if stated else "")
    )
    return made.text + amendments(d, made)


def _delivery(d: Draw, made: Deal, n: int) -> str:
    start = made.first if d.odds(2) else d.day(made.first, made.until)
    last = d.day(start, made.until) if d.odds(3) and start > made.first else None
    until = f", until: {last}" if last else ""
    made.served = made.served if n else last or made.until
    return (
        f"  - {{id: d{n}, add: {made.chips} chips, chip: h100, region: r, start: {start}{until}}}\n"
    )


def any_book(d: Draw, most: int = 4) -> Drawn:
    """One to four agreements, what was used, kept from the buyer, late, and earned."""
    zone, base = ZONES[d.whole(0, len(ZONES) - 1)]
    first = dt.date.fromisoformat(f"{base}-01")
    made, texts = [], []
    for n in range(d.whole(1, most)):
        options = [x for x in made if "expansion-option" in x.text]
        option = ""
        if options and d.odds(2):
            option = f"  calls: {options[0].name}/{_named(options[0], 'expansion-option')}\n"
        one, text = deal(d, f"a{n}", first, option)
        made.append(one)
        texts.append(text)
    return _with_header(d, zone, base, made, texts)


def any_chain(d: Draw) -> Drawn:
    """A source, and one to three agreements that are served from it."""
    zone, base = ZONES[d.whole(0, len(ZONES) - 1)]
    first = dt.date.fromisoformat(f"{base}-01") + DAY * d.whole(0, 40)
    until = first + DAY * d.whole(40, 330)
    source = Deal("a0", first, until, first, d.of("reserved", "used"), ("microsoft", "cloud"))
    source.chips = d.whole(6, 40)
    said = f"start: {first}"
    one = f"  - {{id: d0, add: {source.chips} chips, chip: h100, region: r, {said}}}\n"
    source.text = SOURCE.format(d=source, price=d.money(9), delivered=one)
    source.text += f"  clauses: [{{id: c0, {clause_of(d, source)}}}]\n" if d.odds(2) else ""
    made, texts = [source], [source.text]
    for n in range(1, d.whole(1, 3) + 1):
        begins = d.day(first, until - DAY * 12)
        ends = d.day(begins + DAY * 10, until)
        below = Deal(f"a{n}", begins, ends, begins, d.of("reserved", "used"), ("lab", "microsoft"))
        below.chips = d.whole(1, source.chips // 6)
        made.append(below)
        texts.append(_text(d, below, "  upstream: a0\n"))
    return _with_header(d, zone, base, made, texts)


def _with_header(d: Draw, zone: str, base: str, made: list[Deal], texts: list[str]) -> Drawn:
    first = dt.date.fromisoformat(f"{base}-01")
    header = HEADER.format(
        known=first - DAY * 90,
        zone=zone,
        calendar=d.of("none", "weekdays"),
        currency=d.currency,
        month=base,
    )
    drawn = Drawn(header, tuple(texts), {}, Inputs(), Month.of(max(x.until for x in made)))
    return _happened(d, drawn, made, zone)


def _named(made: Deal, kind: str) -> str:
    return next((name for name, k in made.clauses if k == kind), "later")


def _happened(d: Draw, drawn: Drawn, made: list[Deal], zone: str) -> Drawn:
    rows, outages, arrivals, revenues = {}, {}, {}, {}
    book = drawn.book()
    for one in made:
        agreement = book.agreements.get(one.name)
        if agreement is None:
            continue
        last = last_day(agreement)
        chained = "upstream: " in drawn.deals[-1] and one is made[0]
        if (d.odds(2) or d.theme == "take-or-pay") and not chained:
            rows[one.name] = _rows(d, one, zone, last)
        if d.odds(3) and not chained:
            outages[one.name] = tuple(_outage(d, one, zone) for _ in range(d.whole(1, 3)))
        for delivery in agreement.deliveries:
            if d.odds(3):
                at = begin(zone, delivery.start + DAY * d.whole(0, 70)) + d.whole(0, 86_399)
                came = None if d.odds(4) else at * 10**9
                arrivals[one.name, delivery.id] = Came(came, HERE)
        for term in book.terms_of.get(one.name, ()):
            if term.clause.kind == "revenue-share":
                months = {Month.of(one.first) + d.whole(0, 6) for _ in range(d.whole(0, 5))}
                revenues[term.clause.id] = tuple(
                    Revenue(m, parse_money(d.money(90_000)), HERE) for m in sorted(months)
                )
    told = Inputs(outages=outages, arrivals=arrivals, revenues=revenues)
    return replace(drawn, rows=rows, inputs=told)


def _rows(d: Draw, one: Deal, zone: str, last: dt.date) -> dict[int, int]:
    """Runs of hours at one level each; other hours have no row."""
    start, stop = (-(-begin(zone, x) // 3600) for x in (one.first, last + DAY))
    found = {}
    for _ in range(d.whole(1, 5)):
        hour = d.whole(start, stop - 1)
        level = d.whole(0, 3 * one.chips) * 3600 - d.whole(0, 1) * d.whole(0, 3599)
        for n in range(hour, min(stop, hour + d.whole(1, 1500))):
            found[n * 3600] = max(0, level)
    return found


def _outage(d: Draw, one: Deal, zone: str) -> Outage:
    start = begin(zone, d.day(one.first, one.until)) + d.whole(0, 86_399)
    end = start + d.whole(1, 40 * 86_400)
    cause = d.of("seller", "force majeure", "buyer")
    which = "d0" if d.odds(2) else None
    return Outage(start * 10**9, end * 10**9, d.whole(1, 50), cause, HERE, which)


@st.composite
def any_books(draw: st.DrawFn, made: Callable[[Draw], Drawn] = any_book) -> Drawn:
    """What Hypothesis draws, and makes smaller where it fails."""
    try:
        return made(Draw(lambda least, most: draw(st.integers(least, most))))
    except Unreadable:
        reject()


def by_chance(seed: int, theme: str | None = None) -> Iterator[Drawn]:
    """Books without end, the same for the same seed: less alike than what Hypothesis draws."""
    chance = Random(seed)
    while True:
        try:
            yield any_book(Draw(chance.randint, theme), 4 if theme is None else 2)
        except Unreadable:
            continue
