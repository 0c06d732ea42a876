"""The small tables beside a book: availability, deliveries, revenue, what others pay.

Each row keeps its place, and lines of a statement name it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Literal, TypeVar

from offtake.book.faults import Misread, Place
from offtake.book.files import text_of
from offtake.book.force import Book
from offtake.book.near import nearest
from offtake.book.records import Agreement
from offtake.book.tables import numbered
from offtake.clauses.base import Comparable, Revenue
from offtake.owing.meter_faults import Wrong, columns, ragged, unknown_agreement
from offtake.owing.meter_files import unopened, without_waiting
from offtake.settle.clock import BookClock
from offtake.settle.inputs import Came, Outage
from offtake.units import (
    QuantityError,
    instant_of,
    parse_chips,
    parse_date,
    parse_money,
    parse_month,
    parse_price,
)
from offtake.units.text import quoted

T = TypeVar("T")
Cause = Literal["seller", "force majeure", "buyer"]
CAUSES: tuple[Cause, ...] = ("seller", "force majeure", "buyer")
BYTES_MOST = 64 * 1024 * 1024
AWAITED = "no"
"""In place of a day: the delivery has not come."""


class Row:
    """One row: its cells by name, its place, and readers that raise what is wrong with a cell."""

    def __init__(self, book: Book, cells: Mapping[str, str], place: Place) -> None:
        self.book = book
        self.cells = cells
        self.place = place

    def read(self, name: str, parse: Callable[[str], T], code: str) -> T:
        """A cell as what it should be."""
        try:
            return parse(self.cells[name])
        except QuantityError as error:
            said = str(error)
            raise Misread(f"{said[:1].upper()}{said[1:]}.", code, error.hint) from None

    def chips(self) -> int:
        """A number of chips, with its unit or without."""
        text = self.cells["chips"]
        bare = text.isascii() and text.isdigit()
        found = self.read("chips", lambda t: parse_chips(f"{t} chips" if bare else t), "bad-chips")
        if not found:
            raise Misread("No chips are meant.", "bad-chips", "leave the row out")
        return found

    def agreement(self) -> Agreement:
        """The agreement that is named."""
        name = self.cells["agreement"]
        if name not in self.book.agreements:
            code, sentence, hint = unknown_agreement(name, tuple(self.book.agreements))
            raise Misread(sentence, code, hint)
        return self.book.agreements[name]

    def delivery(self, agreement: Agreement) -> str:
        """One of an agreement's deliveries."""
        name, known = self.cells["delivery"], [d.id for d in agreement.deliveries]
        if name not in known:
            sentence = f"{agreement.id} has no delivery {quoted(name)}."
            raise Misread(sentence, "unknown-delivery", nearest(name, known))
        return name

    def clause(self) -> str:
        """One of the clauses of the book's agreements."""
        name = self.cells["clause"]
        known = {t.clause.id for t in self.book.terms if isinstance(t.owner, Agreement)}
        if name not in known:
            hint = nearest(name, known) or "a clause is named as in oracle-36/take-or-pay"
            raise Misread(f"There is no clause {quoted(name)}.", "unknown-clause", hint)
        return name

    def in_currency(self, currency: str) -> None:
        """Refuse money of another currency than the book's."""
        own = self.book.header.currency
        if currency != own:
            sentence = f"This is in {currency}, and the book in {own}."
            raise Misread(sentence, "other-currency", "convert it")


def rows(book: Book, wrong: Wrong, must: Sequence[str], may: Sequence[str] = ()) -> Iterator[Row]:
    """The rows of a small CSV file, each as long as its header."""
    text = _text(wrong)
    if text is None:
        return
    lines = numbered(text, wrong.file, wrong.faults)
    header = next(lines, None)
    if header is None or not any(header[1]):
        if not wrong.faults:
            hint = f"the first row is {','.join(must)}"
            wrong.whole(1, "no-header", "The first row names no columns.", hint)
        return
    at = columns(wrong, header[1], [(name,) for name in must], may)
    if wrong.faults:
        return
    for line, cells in lines:
        if len(cells) != len(header[1]):
            wrong.row(line, ragged(len(cells), len(header[1])))
            continue
        named = {name: cells[index].strip() for name, index in at.items()}
        yield Row(book, named, Place(wrong.file, line))


def _text(wrong: Wrong) -> str | None:
    try:
        with open(wrong.file, "rb", opener=without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise IsADirectoryError
            data = file.read(BYTES_MOST + 1)
    except (OSError, ValueError) as error:
        wrong.whole(1, *unopened(error))
        return None
    if len(data) > BYTES_MOST:
        wrong.whole(1, "too-large", "The file is larger than 64 MiB.", "leave out what is settled")
        return None
    try:
        return text_of(data)
    except Misread as error:
        wrong.whole(1, error.code, str(error), error.hint)
        return None


def _each(found: Iterator[Row], wrong: Wrong, made: Callable[[Row], T]) -> Iterator[T]:
    """What is made of each row; what is wrong with one is said."""
    for row in found:
        try:
            yield made(row)
        except Misread as error:
            wrong.row(row.place.line, (error.code, str(error), error.hint))


def outages(book: Book, wrong: Wrong) -> dict[str, tuple[Outage, ...]]:
    """`agreement,begin,end,chips,cause`, and the `delivery` where it is known."""
    clock = BookClock(book.header.timezone)

    def made(row: Row) -> tuple[str, Outage]:
        agreement = row.agreement()
        begin = row.read("begin", instant_of, "bad-instant")
        end = row.read("end", instant_of, "bad-instant")
        if end <= begin:
            hint = "the end is the first instant after it"
            raise Misread("It ends before it begins.", "ends-before-it-begins", hint)
        if begin >= clock.end_of(agreement.until) or end <= clock.begin_of(agreement.from_):
            sentence = f"{agreement.id} does not hold at any time of it."
            raise Misread(sentence, "outside-agreement", "look at the year")
        cause = next((c for c in CAUSES if c == row.cells["cause"]), None)
        if cause is None:
            sentence = f"{quoted(row.cells['cause'])} is no cause."
            raise Misread(sentence, "unknown-choice", f"write {', '.join(CAUSES[:-1])} or buyer")
        delivery = row.delivery(agreement) if row.cells.get("delivery") else None
        return agreement.id, Outage(begin, end, row.chips(), cause, row.place, delivery)

    must = ("agreement", "begin", "end", "chips", "cause")
    return _grouped(_each(rows(book, wrong, must, ("delivery",)), wrong, made))


def arrivals(book: Book, wrong: Wrong) -> dict[tuple[str, str], Came]:
    """`agreement,delivery,came`: a day, an instant, or `no` for one that is still awaited."""
    clock = BookClock(book.header.timezone)
    found: dict[tuple[str, str], Came] = {}

    def made(row: Row) -> None:
        agreement = row.agreement()
        key = agreement.id, row.delivery(agreement)
        came = row.cells["came"]
        at = None
        if "T" in came:
            at = row.read("came", instant_of, "bad-instant")
        elif came != AWAITED:
            at = clock.begin_of(row.read("came", parse_date, "bad-date"))
        _once(found, key, f"The delivery {'/'.join(key)}")
        found[key] = Came(at, row.place)

    for _ in _each(rows(book, wrong, ("agreement", "delivery", "came")), wrong, made):
        pass
    return found


def revenues(book: Book, wrong: Wrong) -> dict[str, tuple[Revenue, ...]]:
    """`clause,month,amount`: what was earned in a month, as in `12.5 M USD`."""
    found: dict[tuple[str, str], Revenue] = {}

    def made(row: Row) -> tuple[str, Revenue]:
        clause = row.clause()
        month = row.read("month", parse_month, "bad-month")
        amount = row.read("amount", parse_money, "bad-money")
        row.in_currency(amount.currency)
        key = clause, str(month)
        _once(found, key, f"The revenue of {clause} in {month}")
        found[key] = Revenue(month, amount, row.place)
        return clause, found[key]

    return _grouped(_each(rows(book, wrong, ("clause", "month", "amount")), wrong, made))


def comparables(book: Book, wrong: Wrong) -> dict[str, tuple[Comparable, ...]]:
    """`clause,customer,from,until,price,chips`: what another customer of the seller paid."""

    def made(row: Row) -> tuple[str, Comparable]:
        clause = row.clause()
        if not row.cells["customer"]:
            raise Misread("The customer has no name.", "missing-field", "name it as you know it")
        first = row.read("from", parse_date, "bad-date")
        last = row.read("until", parse_date, "bad-date")
        if last < first:
            raise Misread("It ends before it begins.", "ends-before-it-begins", "swap the days")
        price = row.read("price", parse_price, "bad-price")
        row.in_currency(price.currency)
        if price.per != "chip-hour":
            raise Misread("The price is not per chip-hour.", "price-unit", "convert it")
        paid = Fraction(price.amount)
        return clause, Comparable(row.cells["customer"], first, last, paid, row.chips(), row.place)

    must = ("clause", "customer", "from", "until", "price", "chips")
    return _grouped(_each(rows(book, wrong, must), wrong, made))


def _once(found: Mapping[tuple[str, str], Came | Revenue], key: tuple[str, str], what: str) -> None:
    if key in found:
        sentence = f"{what} is there already, in line {found[key].place.line}."
        raise Misread(sentence, "row-twice", "keep one of the two")


def _grouped(pairs: Iterator[tuple[str, T]]) -> dict[str, tuple[T, ...]]:
    found: dict[str, list[T]] = {}
    for key, one in pairs:
        found.setdefault(key, []).append(one)
    return {key: tuple(some) for key, some in found.items()}
