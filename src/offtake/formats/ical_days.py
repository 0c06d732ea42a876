"""Which deadlines and payments there are: in a book, a plan, a desk's clocks, statements, calls.

Each has an id that says what it is and not when, so that it is the same after it has moved.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from offtake.book.force import Book
from offtake.book.records import Agreement
from offtake.clauses.base import Dates, Line
from offtake.formats.ical import Deadline
from offtake.settle.statement import Statement
from offtake.settle.telling import NOT_METERED, amount
from offtake.units import Money
from offtake.units.instants import instant_of
from offtake.units.minor import money_of
from offtake.units.postings import Group

Plain = Mapping[str, Any]


def of_book(book: Book, party: str | None = None) -> Iterator[Deadline]:
    """Days that are written in a book, or counted from it, on its own calendar.

    Of a party: those of its own agreements and offers, as others' are not for it.
    """
    for agreement in book.agreements.values():
        buyer = agreement.buyer or book.header.buyer
        if party in (None, buyer, agreement.seller, agreement.via):
            yield from _of_agreement(book, agreement)
    for offer in book.offers.values():
        if offer.valid_until is not None and party in (None, offer.seller):
            told = f"last day to sign {offer.id} of {offer.seller}"
            place = str(offer.at("valid_until"))
            yield Deadline(f"offer/{offer.id}/valid_until", offer.valid_until, told, "", place)


def _of_agreement(book: Book, agreement: Agreement) -> Iterator[Deadline]:
    name, changes = f"agreement/{agreement.id}", len(agreement.amendments)
    told = f"last day of {agreement.id} with {agreement.seller}"
    place = str(agreement.at("until"))
    yield Deadline(f"{name}/until", agreement.until, told, "", place, "period", changes)
    for one in agreement.deliveries:
        told = f"{one.add:,} {one.chip} of {agreement.id} come into service"
        place = str(one.at("start"))
        yield Deadline(f"{name}/delivery/{one.id}", one.start, told, "", place, "period", changes)
    found: dict[str, Deadline] = {}
    for term in book.terms_of.get(agreement.id, ()):
        clause = term.clause
        if isinstance(clause, Dates):
            for dated in clause.dates(book, (term.start, term.end)):
                key = f"clause/{clause.id}/{dated.name}"
                told, where = f"{clause.id}: {dated.sentence}", str(clause.place)
                # Of two versions of its words the later one has the say.
                found[key] = Deadline(key, dated.day, told, "", where, revision=changes)
    yield from found.values()


def of_notices(rows: Iterable[Plain]) -> Iterator[Deadline]:
    """What a plan's purchases ask for: the rows of its table of notices."""
    sign: dict[str, tuple[dt.date, str]] = {}
    for row in rows:
        purchase, holder, place = row["purchase"], row["holder"], str(row["place"])
        name = f"purchase/{purchase}/{row['right']}"
        told = f"last day to give {holder} notice of {purchase}"
        why = f"{row['right']}: {holder} is asked about {row['chips']:,.0f} chips"
        yield Deadline(f"{name}/notice", row["latest"], told, why, place)
        if row["answer_by"] is not None:
            told = f"{holder} has answered about {purchase}, if noticed on the last day"
            yield Deadline(f"{name}/answer", row["answer_by"], told, why, place)
        if row["sign_by"] is not None:
            sign[purchase] = min(sign.get(purchase, (dt.date.max, "")), (row["sign_by"], place))
    for purchase, (day, place) in sign.items():
        yield Deadline(f"purchase/{purchase}/sign", day, f"last day to sign {purchase}", "", place)


def of_clocks(rows: Iterable[Plain]) -> Iterator[Deadline]:
    """Clocks of a desk that run, as it tells them: tails, windows, closings, openings of bids."""
    times: Counter[str] = Counter()
    for row in rows:
        if row["until"] is None:
            continue
        key = "/".join(["tender", row["tender"], row["what"], row["who"], *row["clauses"]])
        times[key] += 1
        name = key if times[key] == 1 else f"{key}/{times[key]}"
        chips = "" if row["chips"] is None else f" on {row['chips']:,} chips"
        told = f"{row['tender']}: {row['who']}, {row['what']}{chips}"
        yield Deadline(name, instant_of(row["until"]), told, row["if_nothing_is_done"], row["why"])


def of_statements(statements: Iterable[Statement], party: str | None = None) -> Iterator[Deadline]:
    """What is owed for each month, on its last day, and what is due ahead, on its own.

    No sum is told twice: what is due ahead is not counted at the end of the month. All lines are
    told, with their formulas; of a party those that it owes or is owed.
    """
    for one in statements:
        ahead = [line for line in one.lines if line.account == "prepaid" and line.amount.amount > 0]
        for line in ahead:
            if party not in (None, line.payer, line.payee):
                continue
            key = f"agreement/{one.agreement}/ahead/{line.by}/{line.delivery or line.item}"
            told = f"{line.payer} pays {line.payee} {amount(line.amount)} {one.currency} ahead"
            why = f"{line.item}: {line.why}"
            yield Deadline(key, line.first, told, why, str(line.place), "payment", one.revision - 1)
        for payer, payee in one.pairs:
            if party not in (None, payer, payee):
                continue
            lines = [x for x in one.lines if {x.payer, x.payee} == {payer, payee}]
            yield from _owed(one, payer, payee, [line for line in lines if line not in ahead])


def _owed(one: Statement, payer: str, payee: str, lines: list[Line]) -> Iterator[Deadline]:
    """What one party owes another by these lines in the end."""
    owed = Money.zero(one.currency)
    for line in lines:
        owed += line.amount if line.payer == payer else -line.amount
    if not owed.amount:
        return
    who, whom, much = (payer, payee, owed) if owed.amount > 0 else (payee, payer, -owed)
    told = f"{who} owes {whom} {amount(much)} {one.currency} for {one.month} ({one.agreement})"
    said = [f"{x.item}: {x.why} = {amount(x.amount)}" for x in lines]
    why = "\n".join(said if one.metered else [*said, NOT_METERED])
    place = ", ".join(dict.fromkeys(str(x.place) for x in lines))
    key = f"statement/{one.agreement}/{one.month}/{payer}/{payee}"
    yield Deadline(key, one.month.last, told, why, place, "payment", one.revision - 1)


def of_calls(groups: Iterable[Group], party: str | None = None) -> Iterator[Deadline]:
    """Capital that was called and is to be paid in, by all or by and to a party."""
    for group in groups:
        if group.kind != "call":
            continue
        for number, line in enumerate(group.lines, 1):
            if party not in (None, line.payer, line.payee):
                continue
            much = f"{amount(money_of(line.amount, group.currency))} {group.currency}"
            told = f"{line.payer} pays {much} into {line.payee}"
            key, revision = f"call/{group.base}/{number}", group.revision - 1
            why = f"{line.item}: {line.why}"
            yield Deadline(key, group.date, told, why, line.place, "payment", revision)
