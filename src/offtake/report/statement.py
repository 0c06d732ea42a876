"""What is owed for a month as one page of HTML: for the eyes of a controller, to file and to print.

It loads nothing and runs nothing. The same statements give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from offtake.book.force import Book
from offtake.report import words
from offtake.report.markup import Content, Markup, joined, tag
from offtake.report.page import document
from offtake.report.tables import day
from offtake.settle.statement import Entry, Statement
from offtake.settle.telling import (
    NOT_METERED,
    amount,
    balance,
    clause,
    digest,
    hours,
    price,
    short,
    totals,
    used_share,
)

Cell = tuple[str, Content]
"""The kind of a cell ("text", "number", "why") and what stands in it."""


def statements_html(
    statements: Sequence[Statement],
    book: Book,
    notes: Sequence[str] = (),
    metering: Mapping[str, str] | None = None,
) -> str:
    """Statements one after another, a summary before them where there are several.

    `metering` says by statement how its use is known.
    """
    known = metering or {}
    parts = [] if len(statements) == 1 else [_summary(statements, book)]
    parts += [_notes("What to know of all of it", notes)] if notes else []
    parts += [_statement(one, book, known.get(one.id, "")) for one in statements]
    title = f"Statement {statements[0].id}" if len(statements) == 1 else _title(statements)
    head = tag(
        "header",
        tag("h1", title),
        tag("p", f"{book.header.title} · all amounts in {book.header.currency}", class_="meta"),
    )
    foot = tag(
        "footer",
        tag("p", "Book ", tag("code", book.digest[:16]), ". Made by offtake; this page loads "
            "nothing."),
    )  # fmt: skip
    main = tag("main", *parts, id="main", tabindex="-1")
    return document(title, joined([head, main, foot], "\n"), of="statements")


def _title(statements: Sequence[Statement]) -> str:
    if not statements:
        return "Nothing is owed"
    months = sorted({one.month for one in statements})
    span = words.month(months[0].first)
    if len(months) > 1:
        span += f" to {words.month(months[-1].first)}"
    return f"What is owed for {span}"


def _summary(statements: Sequence[Statement], book: Book) -> Markup:
    rows = [
        [
            ("text", tag("a", one.id, href=f"#{_anchor(one)}")),
            ("text", _name(book, one.buyer)),
            ("text", _name(book, one.seller)),
            ("number", hours(one.capacity.contracted)),
            ("number", hours(one.capacity.taken)),
            ("number", used_share(one)),
            ("number", amount(one.total)),
        ]
        for one in statements
    ]
    currency = book.header.currency
    feet = [
        [("text", f"{_name(book, payer)} owes {_name(book, payee)}"), ("number", amount(owed))]
        for (payer, payee), owed in totals(statements).items()
    ]
    heads = [
        "Statement", "Buyer", "Seller", "Contracted, chip-hours", "Used, chip-hours", "Used",
        f"Owed, {currency}",
    ]  # fmt: skip
    return _table("summary", "All statements", heads, rows, feet)


def _statement(statement: Statement, book: Book, metering: str) -> Markup:
    parts: list[Content] = [
        tag("h2", f"Statement {statement.id}", id=f"{_anchor(statement)}-title"),
        _facts(_parties(statement, book)),
        _lines(statement, book),
        tag("h3", "Capacity of the month"),
        _facts(_capacity(statement, metering)),
    ]
    if statement.carried:
        parts.append(_carried(statement))
    if statement.told:
        parts.append(_told(statement))
    parts += [tag("h3", "What it rests on"), _facts(_rests(statement, book))]
    return tag(
        "section", *parts, class_="statement", id=_anchor(statement),
        aria_labelledby=f"{_anchor(statement)}-title",
    )  # fmt: skip


def _parties(statement: Statement, book: Book) -> list[tuple[str, Content]]:
    agreement = (book.written or book.agreements)[statement.agreement]
    month = statement.month
    facts: list[tuple[str, Content]] = [
        ("Buyer", _party(book, statement.buyer)),
        ("Seller", _party(book, statement.seller)),
    ]
    if statement.host != statement.seller:
        facts.append(("Run by", _party(book, statement.host)))
    named = joined([tag("code", agreement.id), _place(str(agreement.place))], " ")
    zone = f" on the clock of {book.header.timezone}"
    facts += [
        ("Agreement", named),
        ("Period", joined([day(month.first), " to ", day(month.last), zone])),
        ("Revision", _revision(statement)),
    ]
    if statement.forecast:
        facts.append(("Kind", "a forecast: nothing of it is owed yet"))
    for payer, payee in statement.pairs:
        owed = statement.owed(payer, payee)
        who, whom = (payer, payee) if owed.amount >= 0 else (payee, payer)
        due = f"{amount(owed if owed.amount >= 0 else -owed)} {statement.currency}"
        said = f"{_name(book, who)} owes {_name(book, whom)}"
        facts.append(("Total", joined([tag("strong", due), f": {said}"])))
    return facts


def _revision(statement: Statement) -> str:
    if statement.replaces is None:
        return str(statement.revision)
    return f"{statement.revision}; it takes the place of {statement.replaces}"


def _lines(statement: Statement, book: Book) -> Markup:
    rows = [
        [
            ("text", short(entry)),
            ("text", _item(entry)),
            ("number", "" if entry.line.quantity is None else hours(entry.line.quantity)),
            ("number", price(entry.line)),
            ("number", amount(entry.line.amount)),
            ("why", _why(statement, entry, book)),
        ]
        for entry in statement.entries
    ]
    feet = [
        [
            ("text", f"Total, {_name(book, payer)} to {_name(book, payee)}"),
            ("number", amount(statement.owed(payer, payee))),
            ("why", ""),
        ]
        for payer, payee in statement.pairs
    ]
    currency = statement.currency
    heads = ["Line", "For", "Chip-hours", f"{currency} per chip-hour", f"Amount, {currency}", "Why"]
    if not rows:
        return tag("p", "No line: nothing was delivered, taken or due.", class_="none")
    return _table(f"{_anchor(statement)}-lines", "Lines", heads, rows, feet)


def _item(entry: Entry) -> Markup:
    line = entry.line
    span = joined([day(line.first), " to ", day(line.last)])
    if line.first == line.last:
        span = joined([day(line.first)])
    delivery = f", delivery {line.delivery}" if line.delivery else ""
    return joined([line.item, tag("span", span, delivery, class_="id")])


def _why(statement: Statement, entry: Entry, book: Book) -> Markup:
    line = entry.line
    by = clause(statement, line)
    parts: list[Content] = [line.why]
    if (line.payer, line.payee) != (statement.buyer, statement.seller):
        parts.append(f"({_name(book, line.payer)} to {_name(book, line.payee)})")
    parts.append(joined([f"clause {by}, " if by else "", _place(str(line.place))]))
    if line.causes:
        parts.append(_place(", ".join(line.causes)))
    return joined(tag("div", part) for part in parts)


def _capacity(statement: Statement, metering: str) -> list[tuple[str, Content]]:
    capacity = statement.capacity
    facts: list[tuple[str, Content]] = [
        ("Contracted", f"{hours(capacity.contracted)} chip-hours"),
        ("Used", f"{hours(capacity.taken)} chip-hours, {used_share(statement)}"),
        ("Unused", f"{hours(capacity.unused)} chip-hours"),
    ]
    if capacity.over:
        facts.append(("Above the contract", f"{hours(capacity.over)} chip-hours, hour by hour"))
    if capacity.excused:
        facts.append(("Excused", f"{hours(capacity.excused)} chip-hours that could not be used"))
    said = metering if statement.metered else NOT_METERED
    if said:
        facts.append(("Metering", said))
    return facts


def _carried(statement: Statement) -> Markup:
    rows = [
        [
            ("text", carried.by.removeprefix(f"{statement.agreement}/")),
            ("text", carried.name),
            ("number", balance(carried, statement.currency)),
        ]
        for carried in statement.carried
    ]
    name = f"{_anchor(statement)}-carried"
    return _table(name, "Carried into the next month", ["Clause", "What", "Balance"], rows)


def _told(statement: Statement) -> Markup:
    said = [
        joined([told.sentence.rstrip("."), ". ", _place(f"{told.by}, {told.place}")])
        for told in statement.told
    ]
    return _notes("Notes", said)


def _notes(title: str, sentences: Sequence[str]) -> Markup:
    return joined([tag("h3", title), tag("ul", *(tag("li", one) for one in sentences),
                                         class_="unknowns")])  # fmt: skip


def _rests(statement: Statement, book: Book) -> list[tuple[str, Content]]:
    causes = dict.fromkeys([*statement.sources])
    files = joined(tag("div", tag("code", one)) for one in causes) if causes else "no file"
    return [
        ("Book", joined([tag("code", book.digest), ", SHA-256 of its files"])),
        ("Metering", files),
        ("This statement", joined([tag("code", digest(statement)), ", SHA-256 of its data as "
                                   "offtake settle --json prints it"])),
    ]  # fmt: skip


def _facts(facts: Sequence[tuple[str, Content]]) -> Markup:
    each = (joined([tag("dt", name), tag("dd", said)]) for name, said in facts)
    return tag("dl", *each, class_="facts")


def _table(
    name: str,
    caption: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    feet: Sequence[Sequence[Cell]] = (),
) -> Markup:
    """A table whose first column heads its row; a foot's first cell reaches to its second."""
    kinds = [kind for kind, _ in rows[0]] if rows else ["text"] * len(heads)
    head = (tag("th", title, scope="col", class_=kind)
            for title, kind in zip(heads, kinds, strict=True))  # fmt: skip
    body = []
    for (_, first), *others in rows:
        cells = (tag("td", content, class_=kind) for kind, content in others)
        body.append(tag("tr", tag("th", first, scope="row", class_="text"), *cells))
    foot = []
    for (_, first), *others in feet:
        wide = str(len(heads) - len(others))
        cells = (tag("td", content, class_=kind) for kind, content in others)
        foot.append(tag("tr", tag("th", first, scope="row", colspan=wide), *cells))
    drawn = tag(
        "table",
        tag("caption", caption, id=f"{name}-caption"),
        tag("thead", tag("tr", *head)),
        tag("tbody", *body),
        tag("tfoot", *foot) if foot else None,
    )
    return tag(
        "div", drawn, class_="scroll", role="region", tabindex="0",
        aria_labelledby=f"{name}-caption",
    )  # fmt: skip


def _anchor(statement: Statement) -> str:
    return statement.id.replace("/", "-").replace("~", "-revision-")


def _name(book: Book, party: str) -> str:
    return book.parties[party].name if party in book.parties else party


def _party(book: Book, party: str) -> Markup:
    return joined([_name(book, party), tag("code", party)], " ")


def _place(where: str) -> Markup:
    return tag("span", where, class_="place")
