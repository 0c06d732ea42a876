"""The books on the screen: balances, an account, a posted statement, capital."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from offtake.clauses.figures import number as figure
from offtake.console.screen import plain_data, say
from offtake.console.tender import table
from offtake.desk.plain import instant
from offtake.settle.telling import amount, hours
from offtake.units.minor import money_of
from offtake.units.postings import Group, Owed

if TYPE_CHECKING:
    from offtake.clauses.base import Told
    from offtake.dealing.seeing import Booked
    from offtake.owing.paying import Due
    from offtake.settle.capital import Call
    from offtake.settle.ledger import Movement
    from offtake.settle.standing import Standing
    from offtake.units import Money

SECONDS = "chip-seconds"


def shown(value: int, commodity: str) -> str:
    """An amount of a commodity as people read it: money, or chip-hours."""
    if commodity.startswith(SECONDS):
        return hours(value)
    return amount(money_of(value, commodity))


def unit(commodity: str) -> str:
    """The unit in which it is shown."""
    return commodity.replace(SECONDS, "chip-hours", 1)


def balance(
    party: str,
    balances: Mapping[tuple[str, str], int],
    sums: Mapping[str, int],
    as_json: bool,
) -> None:
    """Every account of a party with what it comes to, and that all of them come to nothing."""
    if as_json:
        accounts = [
            {"account": account, "commodity": commodity, "amount": value}
            for (account, commodity), value in balances.items()
        ]
        plain_data({"party": party, "accounts": accounts, "sums": dict(sums)})
        return
    if not balances:
        say(f"Nothing was posted to the books of {party}.")
        return
    rows = [
        (account, shown(value, commodity), unit(commodity))
        for (account, commodity), value in balances.items()
    ]
    table(f"The books of {party}", ("account", "balance", "in"), rows, right={"balance"})
    for commodity, value in sums.items():
        said = "0, as it must" if not value else f"{shown(value, commodity)}, WHICH IS WRONG"
        say(f"all accounts in {unit(commodity)} sum to {said}")


def account(party: str, name: str, movements: Sequence[Movement], as_json: bool) -> None:
    """What moved an account, and the balance after it."""
    if as_json:
        rows = [
            {
                "account": one.account,
                "date": one.date.isoformat(),
                "group": one.group,
                "line": one.line,
                "item": one.item,
                "commodity": one.commodity,
                "amount": one.amount,
                "balance": one.balance,
                "reverses": one.reverses,
            }
            for one in movements
        ]
        plain_data({"party": party, "account": name, "movements": rows})
        return
    if not movements:
        say(f"{party} has no account {name}; offtake ledger balance lists those that it has.")
        return
    several = {one.account for one in movements} != {name}
    table(
        f"{name} of {party}",
        ("date", *(["account"] if several else []), "line", "for", "amount", "balance", "in"),
        (
            (
                f"{one.date}",
                *([one.account.removeprefix(f"{name}:")] if several else []),
                one.line or one.group,
                one.item or "capacity of the month",
                shown(one.amount, one.commodity),
                shown(one.balance, one.commodity),
                unit(one.commodity),
            )
            for one in movements
        ),
        right={"amount", "balance"},
    )


def statement(one: Booked, dues: Sequence[Due], every: Sequence[str], as_json: bool) -> None:
    """What was posted under an id, line by line, as it stands in the journal; `every` revision."""
    group = one.group
    if as_json:
        plain_data(group_data(one) | {"due": [_due_data(due) for due in dues]})
        return
    number = "" if one.number is None else f", entry {one.number}"
    say(f"{group.id} ({group.kind}) of {group.subject}, posted {instant(one.at)}")
    say(f"    in the journal{number} as {one.link.hex()}")
    at = every.index(group.id)
    if at:
        say(f"    in place of {', '.join(every[:at])}")
    if group.id != every[-1]:
        say(f"    and taken back: {every[-1]} stands in its place")
    say("")
    table(
        "",
        ("line", "for", "chip-hours", "price", "amount", "from", "to", "why"),
        (_row(group, line) for line in group.lines),
        wide={"for": 2, "why": 4},
        right={"chip-hours", "price", "amount"},
    )
    for due in dues:
        currency = group.currency
        said = f"    {due.payer} owes {due.payee}: {amount(due.owed)} {currency}"
        say(f"{said}, paid {amount(due.paid)}, left {amount(due.left)}")
    for kept in group.carried:
        value = Fraction(kept.amount)
        left = f"{hours(value)} chip-hours" if kept.unit == SECONDS else figure(value)
        say(f"    carried by {kept.by.removeprefix(f'{group.subject}/')}: {kept.name} {left}")
    if group.causes:
        say(f"    rests on {', '.join(group.causes)}")


def capital(
    standings: Sequence[Standing], calls: Sequence[Call], told: Iterable[Told], as_json: bool
) -> None:
    """How the capital of every fund stands, and what a month calls."""
    if as_json:
        plain_data(
            {
                "funds": [_fund(one) for one in standings],
                "calls": [_call(one) for one in calls],
                "notes": [{"sentence": t.sentence, "place": str(t.place)} for t in told],
            }
        )
        return
    for one in standings:
        _standing(one)
    if calls:
        table(
            "What the month calls",
            ("call", "owner", "amount", "why"),
            ((one.id, owner, amount(part), one.why) for one in calls for owner, part in one.of),
            wide={"why": 1},
            right={"amount"},
        )
    for note in told:
        say(f"Note: {note.sentence.rstrip('.')} ({note.place.file}:{note.place.line}).")
    if not standings and not calls:
        say("The book has no fund with capital, and nothing was called.")


def posted(
    groups: Sequence[Group], done: Any, as_json: bool, of: str = "", dues: Sequence[Due] = ()
) -> None:
    """What was posted now, or the refusal; after a payment what is left of what it is of."""
    if as_json:
        answers = [] if done is None else list(done.answers)
        again = done is not None and done.again
        ids = [group.id for group in groups]
        left = {"due": [_due_data(due) for due in dues]} if of else {}
        plain_data({"posted": ids, "again": again, "answers": answers, **left})
        return
    if done is None:
        say("Nothing new: all of it was posted already.")
        return
    if done.practice:
        say("Practice: the time of this desk is stated, and nothing here binds anyone.")
    for answer in done.answers:
        if "refused" not in answer and not done.again:
            say(f"posted {answer.get('made', '')}")
    if done.again:
        before = ", ".join(group.id for group in groups)
        say(f"Nothing new: {before} was posted before; another like it needs a --key of its own.")
    refused = done.refused
    if refused is not None:
        say(f"Refused ({refused['refused']}): {refused['sentence']}")
        say(f"    instead: {refused['instead']}")
        return
    for due in dues:
        say(f"    {_left(due, of)}")


def _left(due: Due, of: str) -> str:
    """What is left of a statement or call between two parties."""
    left, currency = due.left, due.left.currency
    if left.amount < 0:
        over = f"{amount(-left)} {currency} more than is owed by {of}"
        return f"{due.payer} paid {due.payee} {over}; a refund is told with --from {due.payee}"
    if not left.amount:
        return f"nothing is left of {of} between {due.payer} and {due.payee}"
    return f"left of {of}: {due.payer} owes {due.payee} {amount(left)} {currency}"


def group_data(one: Booked) -> dict[str, Any]:
    """A posted group as plain data: amounts in the smallest units."""
    group = one.group
    return {
        "posted": group.id,
        "kind": group.kind,
        "subject": group.subject,
        "date": group.date.isoformat(),
        "currency": group.currency,
        "replaces": group.replaces or None,
        "entry": one.number,
        "link": one.link.hex(),
        "at": instant(one.at),
        "lines": [_line_data(line) for line in group.lines],
        "postings": [
            {
                "party": p.party,
                "account": p.account,
                "commodity": p.commodity,
                "amount": p.amount,
                "line": p.line,
            }
            for p in group.postings
        ],
        "causes": list(group.causes),
    }


def _line_data(line: Owed) -> dict[str, Any]:
    return {
        "id": line.id,
        "by": line.by,
        "item": line.item,
        "why": line.why,
        "payer": line.payer,
        "payee": line.payee,
        "amount": line.amount,
        "account": line.account,
        "first": line.first.isoformat(),
        "last": line.last.isoformat(),
        "place": line.place,
        "chip_seconds": line.quantity,
        "price": line.price,
        "delivery": line.delivery,
        "causes": list(line.causes),
    }


def _row(group: Group, line: Owed) -> tuple[str, ...]:
    by = "" if line.by == group.subject else line.by.removeprefix(f"{group.subject}/")
    where = line.place.rpartition(":")[0]
    parts = (line.why, f"clause {by}" if by else "", where)
    return (
        line.id.rpartition("/")[2],
        line.item,
        "" if line.quantity is None else hours(line.quantity),
        "" if line.price is None else figure(Fraction(line.price)),
        amount(money_of(line.amount, group.currency)),
        line.payer,
        line.payee,
        ", ".join(part for part in parts if part),
    )


def _due_data(due: Due) -> dict[str, str]:
    return {
        "payer": due.payer,
        "payee": due.payee,
        "owed": str(due.owed.amount),
        "paid": str(due.paid.amount),
        "left": str(due.left.amount),
    }


def _standing(one: Standing) -> None:
    currency = one.before.currency
    year = f"{one.month.year}: {amount(one.year)}"
    year += "" if one.year_limit is None else f" of {amount(one.year_limit)}"
    say(f"{one.fund} at the end of {one.month}, {currency}; called in {year}")
    table(
        "",
        ("tranche", "from", "limit", "called", "left"),
        (
            (
                f"{t.number}" + ("" if t.is_open else " (not open)"),
                str(t.from_),
                amount(t.limit),
                amount(t.called),
                amount(t.left),
            )
            for t in one.tranches
        ),
        right={"limit", "called", "left"},
    )
    table(
        "",
        ("owner", "share", "called", "paid", "due"),
        (
            (o.owner, _share(o.share), amount(o.called), amount(o.paid), amount(o.due))
            for o in one.owners
        ),
        right={"share", "called", "paid", "due"},
    )
    if one.tranches:
        open_, every = amount(one.open_left), amount(one.left)
        opened, limit = amount(one.open_limit), amount(one.limit)
        say(f"    left of what is open: {open_} of {opened}; of all: {every} of {limit}")
        say("")


def _share(share: Any) -> str:
    return "no owner any more" if share is None else str(share)


def _fund(one: Standing) -> dict[str, Any]:
    def money(value: Money | None) -> str | None:
        return None if value is None else str(value.amount)

    return {
        "fund": one.fund,
        "month": str(one.month),
        "called": money(one.called),
        "called_before_tranches": money(one.before),
        "called_in_year": money(one.year),
        "year_limit": money(one.year_limit),
        "open_limit": money(one.open_limit),
        "limit": money(one.limit),
        "tranches": [
            {
                "number": t.number,
                "from": str(t.from_),
                "limit": money(t.limit),
                "called": money(t.called),
                "open": t.is_open,
            }
            for t in one.tranches
        ],
        "owners": [
            {
                "owner": o.owner,
                "called": money(o.called),
                "paid": money(o.paid),
                "due": money(o.due),
            }
            for o in one.owners
        ],
    }


def _call(one: Call) -> dict[str, Any]:
    return {
        "call": one.id,
        "fund": one.fund,
        "month": str(one.month),
        "tranche": one.tranche,
        "amount": str(one.amount.amount),
        "of": [{"owner": owner, "amount": str(part.amount)} for owner, part in one.of],
        "unnamed": str(one.unnamed.amount),
        "why": one.why,
        "place": str(one.place),
    }


def revisions(posted: Sequence[Booked], base: str) -> list[str]:
    """Every revision under an id, in order."""
    return [one.group.id for one in posted if one.group.base == base]
