"""Statements as a workbook for a controller: numbers as numbers, totals as formulas, no macro.

A sheet of all statements, one of every line, and one of what is carried.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from offtake.clauses.base import HOUR
from offtake.settle.telling import NOT_METERED, amount, clause, digest
from offtake.units import Money
from offtake.units.minor import exponent, minor_of

if TYPE_CHECKING:
    from offtake.owing.settled import Settled
    from offtake.settle import Entry, Statement

LINES = (
    ("line", 34), ("statement", 26), ("agreement", 20), ("month", 9), ("item", 34), ("clause", 18),
    ("from", 11), ("to", 11), ("payer", 14), ("payee", 14), ("delivery", 10), ("chip-hours", 18),
    ("price", 12), ("amount", 18), ("owed by the buyer", 18), ("formula", 70), ("place", 28),
    ("causes", 40),
)  # fmt: skip
SUMMARY = (
    ("statement", 28), ("agreement", 20), ("month", 9), ("buyer", 14), ("seller", 14),
    ("run by", 14), ("contracted, chip-hours", 20), ("used, chip-hours", 20), ("used", 8),
    ("owed by the buyer", 20), ("revision", 9), ("metering", 40), ("SHA-256", 66),
)  # fmt: skip
CARRIED = (("statement", 28), ("clause", 24), ("name", 34), ("balance", 20), ("unit", 14))
DIGITS = 15
"""What a spreadsheet's numbers have: an amount of more of the smallest units is written as text."""
TOO_LONG = (
    "Amounts of more than 15 digits are text, since a spreadsheet keeps no more; so is each sum "
    "that one of them is in. Both are exact."
)


def workbook(found: Settled) -> bytes:
    """The workbook's bytes: the same settlement gives the same bytes."""
    import xlsxwriter  # type: ignore[import-untyped]

    content = io.BytesIO()
    # Strings stay strings: nothing that a book says becomes a formula or a link.
    plain = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(content, plain) as book:
        header = found.book.header
        # Without a fixed day the file would tell when it was made, and differ each time.
        book.set_properties({"title": f"{header.title}: what is owed", "created": _day(found)})
        sheet = _Sheet(book, exponent(header.currency))
        _summary(sheet, found)
        _lines(sheet, found)
        _carried(sheet, found)
    return content.getvalue()


def fits(money: Money) -> bool:
    """Whether a spreadsheet keeps every digit of it."""
    return bool(abs(minor_of(money)) < 10**DIGITS)


class _Sheet:
    """A workbook with its formats."""

    def __init__(self, book: Any, places: int) -> None:
        self.book = book
        decimals = f".{'0' * places}" if places else ""
        self.bold = book.add_format({"bold": True, "bottom": 1})
        self.money = book.add_format({"num_format": f"#,##0{decimals}"})
        self.text = book.add_format({"align": "right"})
        self.sum = book.add_format({"num_format": f"#,##0{decimals}", "bold": True, "top": 1})
        self.label = book.add_format({"bold": True, "top": 1})
        self.hours = book.add_format({"num_format": "#,##0.#########"})
        self.share = book.add_format({"num_format": "0.0%"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})

    def begin(self, name: str, columns: Sequence[tuple[str, int]]) -> Any:
        """A sheet with its head row, which stays in sight and filters."""
        made = self.book.add_worksheet(name)
        for n, (title, width) in enumerate(columns):
            made.set_column(n, n, width)
            made.write_string(0, n, title, self.bold)
        made.freeze_panes(1, 1)
        return made

    def amount(self, sheet: Any, row: int, column: int, money: Money) -> None:
        """An amount as a number; one with more digits than a spreadsheet keeps, as text."""
        if fits(money):
            sheet.write_number(row, column, float(money.amount), self.money)
        else:
            sheet.write_string(row, column, amount(money), self.text)

    def total(
        self, sheet: Any, row: int, column: int, formula: str, money: Money, of: Iterable[Money],
        style: Any = None,
    ) -> None:  # fmt: skip
        """A formula over amounts; where one of them, or their sum, is text, the exact sum is too:
        a formula would leave out what is text and say nothing."""
        if all(map(fits, (money, *of))):
            sheet.write_formula(row, column, formula, style or self.money, float(money.amount))
        else:
            sheet.write_string(row, column, amount(money), self.text)

    def figure(self, sheet: Any, row: int, column: int, value: Fraction | None, style: Any) -> None:
        """A number, where there is one."""
        if value is not None:
            sheet.write_number(row, column, float(value), style)


def _summary(sheet: _Sheet, found: Settled) -> None:
    made = sheet.begin("Summary", SUMMARY)
    for row, one in enumerate(found.statements, 1):
        capacity = one.capacity
        texts = (one.id, one.agreement, str(one.month), one.buyer, one.seller, one.host)
        for column, text in enumerate(texts):
            made.write_string(row, column, text)
        sheet.figure(made, row, 6, Fraction(capacity.contracted, HOUR), sheet.hours)
        sheet.figure(made, row, 7, Fraction(capacity.taken, HOUR), sheet.hours)
        could = capacity.contracted - capacity.excused
        share = Fraction(capacity.taken, could) if could > 0 else None
        sheet.figure(made, row, 8, share, sheet.share)
        # The sum of the statement's own lines on the other sheet, not a copy of it.
        formula = f"=SUMIFS(Lines!$O:$O,Lines!$B:$B,A{row + 1})"
        sheet.total(made, row, 9, formula, one.total, _between(one))
        made.write_number(row, 10, one.revision)
        made.write_string(row, 11, _metering(one))
        made.write_string(row, 12, digest(one))
    last = len(found.statements)
    if last:
        buyer = found.book.header.buyer
        own = [one for one in found.statements if one.buyer == buyer]
        total = sum((one.total for one in own), Money.zero(found.book.header.currency))
        every = [m for one in own for m in (one.total, *_between(one))]
        made.write_string(last + 1, 0, f"{buyer} owes in all", sheet.label)
        formula = f'=SUMIFS(J2:J{last + 1},D2:D{last + 1},"{buyer}")'
        sheet.total(made, last + 1, 9, formula, total, every, sheet.sum)
    for n, note in enumerate(_notes(found), last + 3):
        made.write_string(n, 0, note)


def _lines(sheet: _Sheet, found: Settled) -> None:
    made = sheet.begin("Lines", LINES)
    row = 0
    for statement in found.statements:
        for entry in statement.entries:
            row += 1
            _line(sheet, made, row, statement, entry)
    if row:
        made.autofilter(0, 0, row, len(LINES) - 1)


def _line(sheet: _Sheet, made: Any, row: int, statement: Statement, entry: Entry) -> None:
    line = entry.line
    texts = {
        0: entry.id, 1: statement.id, 2: statement.agreement, 3: str(statement.month),
        4: line.item, 5: clause(statement, line), 8: line.payer, 9: line.payee,
        10: line.delivery or "", 15: line.why, 16: str(line.place), 17: ", ".join(line.causes),
    }  # fmt: skip
    for column, text in texts.items():
        made.write_string(row, column, text, sheet.wrap if column == 15 else None)
    made.write_datetime(row, 6, _midnight(line.first), sheet.day)
    made.write_datetime(row, 7, _midnight(line.last), sheet.day)
    quantity = None if line.quantity is None else Fraction(line.quantity, HOUR)
    sheet.figure(made, row, 11, quantity, sheet.hours)
    sheet.figure(made, row, 12, line.price, sheet.hours)
    sheet.amount(made, row, 13, line.amount)
    # What counts towards the buyer's debt to the seller: what flows back is taken off.
    here = (line.payer, line.payee) == (statement.buyer, statement.seller)
    back = (line.payee, line.payer) == (statement.buyer, statement.seller)
    sign = 1 if here else -1 if back else 0
    formula = f"=N{row + 1}" if here else f"=-N{row + 1}" if back else "=0"
    owed = line.amount if sign > 0 else -line.amount if sign else Money.zero(line.amount.currency)
    sheet.total(made, row, 14, formula, owed, (owed,))


def _between(statement: Statement) -> Iterable[Money]:
    """The amounts of lines that count towards what the buyer owes the seller."""
    pair = {statement.buyer, statement.seller}
    return (line.amount for line in statement.lines if {line.payer, line.payee} == pair)


def _carried(sheet: _Sheet, found: Settled) -> None:
    made = sheet.begin("Carried", CARRIED)
    row = 0
    for statement in found.statements:
        for kept in statement.carried:
            row += 1
            hours = kept.unit == "chip-seconds"
            units = {"chip-seconds": "chip-hours", "money": statement.currency}
            made.write_string(row, 0, statement.id)
            made.write_string(row, 1, kept.by)
            made.write_string(row, 2, kept.name)
            value = kept.amount / HOUR if hours else kept.amount
            sheet.figure(made, row, 3, value, sheet.hours)
            made.write_string(row, 4, units.get(kept.unit, kept.unit))


def _notes(found: Settled) -> Iterable[str]:
    currency, zone = found.book.header.currency, found.book.header.timezone
    yield f"All amounts in {currency}; days begin at midnight in {zone}."
    amounts = [line.amount for statement in found.statements for line in statement.lines]
    amounts += [statement.total for statement in found.statements]
    own = (one.total for one in found.statements if one.buyer == found.book.header.buyer)
    if not all(map(fits, (*amounts, sum(own, Money.zero(currency))))):
        yield TOO_LONG
    yield from found.notes
    for statement in found.statements:
        for told in statement.told:
            yield f"{statement.id}: {told.sentence} ({told.by}, {told.place})"


def _metering(statement: Statement) -> str:
    if statement.metered:
        return "a plan's expectation" if statement.forecast else ", ".join(statement.sources)
    return NOT_METERED if statement.capacity.contracted else ""


def _day(found: Settled) -> Any:
    return _midnight(found.last.last)


def _midnight(day: Any) -> Any:
    import datetime as dt

    return dt.datetime.combine(day, dt.time())
