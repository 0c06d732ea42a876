"""What is owed, on the screen: each line with its why, totals, what a reader must know."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offtake.clauses.base import Told
from offtake.console.screen import many, plain_data, say
from offtake.console.tender import table
from offtake.settle.telling import (
    amount,
    balance,
    clause,
    hours,
    price,
    short,
    used_share,
)
from offtake.units import Money

if TYPE_CHECKING:
    from offtake.owing.posting import Outcome
    from offtake.owing.settled import Settled
    from offtake.settle import Entry, Statement
    from offtake.units import Month

LINE = ("line", "item", "chip-hours", "price", "amount", "why")
SUMMARY = ("agreement", "seller", "contracted", "used", "%", "owed")


def settled(found: Settled, outcome: Outcome | None = None, as_json: bool = False) -> None:
    """Every statement with its lines, then all of them in one table, and what was posted."""
    if as_json:
        plain_data(found.data() | ({} if outcome is None else {"posted": _data(outcome)}))
        return
    for statement in found.statements:
        one(statement, found.metering(statement))
    summary(found)
    notes(found.notes)
    if outcome is not None:
        posted(outcome)


def forecast(found: Settled, outcome: Outcome | None = None, as_json: bool = False) -> None:
    """Months by agreements, what it is made of, and what is assumed. Nothing of it is posted."""
    assert outcome is None
    if as_json:
        plain_data(found.data())
        return
    currency = found.book.header.currency
    agreements = list(dict.fromkeys(one.agreement for one in found.statements))
    months = sorted({one.month for one in found.statements})
    of = {(one.agreement, one.month): one.total for one in found.statements}
    rows = [
        (
            str(month),
            *(cell(of.get((name, month))) for name in agreements),
            cell(_sum(found, month)),
        )
        for month in months
    ]
    names = ("month", *agreements, "together")
    table(f"Signed: what is expected to be owed, {currency}", names, rows, right=names[1:])
    table(
        f"Signed: what it is made of, {currency}",
        ("agreement", "clause", "what for", "owed", "in the months"),
        _items(found),
        right={"owed"},
    )
    for (payer, payee), owed in found.totals().items():
        if owed.amount:
            say(debt(payer, payee, owed))
    _beside(found)
    if not found.statements:
        say(f"Nothing is expected to be owed for {_span(found)}: nothing signed is in service.")
    notes(found.notes)


def _beside(found: Settled) -> None:
    """What the plan would pay for what nobody signed, and all its cash by month."""
    from offtake.owing.unsigned import by_month, by_payee

    if not found.beside:
        return
    currency, rest = found.book.header.currency, by_payee(found.beside)
    if not rest:
        say("Not signed yet: nothing; the plan would pay nobody besides.")
        say("")
    table(
        f"Not signed yet: paid by the plan besides, {currency}",
        ("paid to", "for", "expected", "in the months"),
        (
            (payee, category, amount(due), _months(min(months), max(months)))
            for payee, category, due, months in rest
        ),
        right={"expected"},
    )
    names = ("month", "signed", "not signed yet", "together")
    rows = [(str(month), *map(amount, of)) for month, *of in by_month(found.beside)]
    table(f"All cash of the plan, {currency}", names, rows, right=names[1:])


def owed(found: Settled, folder: Path) -> None:
    """The short form, at the end of a run: what is owed under each agreement, by its own seller."""
    currency, sums = found.book.header.currency, dict[tuple[str, str], Money]()
    for one in found.statements:
        key = one.agreement, one.seller
        sums[key] = sums.get(key, Money.zero(currency)) + one.total
    names = ("agreement", "seller", f"owed, {currency}")
    rows = ((*key, amount(due)) for key, due in sums.items())
    table("Owed under what is signed", names, rows, right={names[2]})
    say(f"For {_span(found)}, with use as the plan expects it; each line is in {folder / 'owed'}.")


def _sum(found: Settled, month: Month) -> Money | None:
    """What the book's buyer owes in a month under all of its own agreements."""
    own = [s for s in found.statements if s.month == month and s.buyer == found.book.header.buyer]
    return sum((s.total for s in own), Money.zero(found.book.header.currency)) if own else None


def cell(money: Money | None) -> str:
    """An amount, where there is one."""
    return "" if money is None else amount(money)


def _items(found: Settled) -> list[tuple[str, ...]]:
    """By agreement, clause and account: what is owed over all months."""
    sums: dict[tuple[str, str, str], tuple[Money, list[Month]]] = {}
    for statement in found.statements:
        for line in statement.lines:
            owed = line.amount if line.payer == statement.buyer else -line.amount
            key = statement.agreement, clause(statement, line), line.account
            before, months = sums.get(key, (Money.zero(statement.currency), []))
            sums[key] = before + owed, [*months, statement.month]
    return [
        (*key, amount(owed), _months(min(months), max(months)))
        for key, (owed, months) in sums.items()
    ]


def posted(outcome: Outcome) -> None:
    """What was posted, what was there already, and what the desk refused."""
    done = outcome.done
    if done is None:
        say("Nothing new: what is owed was posted already.")
        return
    if done.practice:
        say("Practice: the time of this desk is stated, and nothing here binds anyone.")
    for answer in done.answers:
        if "refused" not in answer:
            say(f"posted {answer.get('made', '')}")
    refused = done.refused
    if refused is not None:
        say(f"Refused ({refused['refused']}): {refused['sentence']}")
        say(f"    instead: {refused['instead']}")
    if outcome.same:
        say(f"{many(len(outcome.same), 'statement')} posted before owe the same and are left.")
    if outcome.later:
        say(f"Settle again, since they open with what is posted now: {', '.join(outcome.later)}")


def _data(outcome: Outcome) -> dict[str, Any]:
    return {
        "new": [group.id for group in outcome.groups],
        "same": list(outcome.same),
        "later": list(outcome.later),
        "answers": [] if outcome.done is None else list(outcome.done.answers),
    }


def one(statement: Statement, metering: str = "") -> None:
    """One statement."""
    say(headline(statement))
    # A statement of a correction names what it takes the place of.
    if statement.replaces is not None:
        say(f"It takes the place of {statement.replaces}.")
    table(
        "",
        LINE,
        (_row(statement, entry) for entry in statement.entries),
        wide={"item": 2, "why": 5},
        right={"chip-hours", "price", "amount"},
    )
    for payer, payee in statement.pairs:
        say(f"    {debt(payer, payee, statement.owed(payer, payee))}")
    if metering:
        files = f" ({', '.join(statement.sources)})" if statement.sources else ""
        say(f"    {metering.rstrip('.')}{files}.")
    for told in statement.told:
        say(f"    Note: {told.sentence.rstrip('.')}. {_of(statement, told)}")
    for carried in statement.carried:
        by = carried.by.removeprefix(f"{statement.agreement}/")
        left = balance(carried, statement.currency)
        say(f"    carried by {by}: {carried.name} {left}")
    say("")


def debt(payer: str, payee: str, owed: Money) -> str:
    """Who owes whom how much in the end."""
    if owed.amount < 0:
        payer, payee, owed = payee, payer, -owed
    return f"{payer} owes {payee}: {amount(owed)} {owed.currency}"


def headline(statement: Statement) -> str:
    """Which statement it is, and between whom."""
    host = "" if statement.host == statement.seller else f", run by {statement.host}"
    what = "forecast" if statement.forecast else "statement"
    return f"{statement.id} ({what}): {statement.buyer} buys of {statement.seller}{host}"


def summary(found: Settled) -> None:
    """All agreements in one table, and what is owed between each two parties."""
    rows = [
        (
            one.id,
            one.seller,
            hours(one.capacity.contracted),
            hours(one.capacity.taken) + ("" if one.metered else " *"),
            used_share(one),
            amount(one.total),
        )
        for one in found.statements
    ]
    currency = found.book.header.currency
    names = (*SUMMARY[:-1], f"owed, {currency}")
    table(f"What is owed for {_span(found)}", names, rows, right={*SUMMARY[2:], names[-1]})
    for (payer, payee), owed in found.totals().items():
        if owed.amount:
            say(debt(payer, payee, owed))
    if any(not one.metered for one in found.statements):
        say("* not metered: what was contracted and not excused counts as taken.")
    if found.left_out:
        left = f"{many(len(found.left_out), 'agreement')} left out: nothing in service or owed"
        say(f"{left} ({', '.join(found.left_out)})")
    if not found.statements:
        say(f"Nothing is owed for {_span(found)}: no agreement has anything in service.")


def notes(sentences: Iterable[str]) -> None:
    """What a reader must know."""
    for sentence in sentences:
        say(f"Note: {sentence}.")


def _row(statement: Statement, entry: Entry) -> tuple[str, ...]:
    line = entry.line
    by = clause(statement, line)
    where = f"{line.place.file}:{line.place.line}"
    away = (
        ""
        if (line.payer, line.payee) == (statement.buyer, statement.seller)
        else (f"{line.payer} to {line.payee}: ")
    )
    return (
        short(entry),
        line.item,
        "" if line.quantity is None else hours(line.quantity),
        price(line),
        amount(line.amount),
        f"{away}{line.why}{f'; clause {by}' if by else ''}, {where}",
    )


def _of(statement: Statement, told: Told) -> str:
    by = told.by.removeprefix(f"{statement.agreement}/")
    return f"({by}, {told.place.file}:{told.place.line})"


def _span(found: Settled) -> str:
    return _months(found.first, found.last)


def _months(first: Month, last: Month) -> str:
    return str(first) if first == last else f"{first} to {last}"
