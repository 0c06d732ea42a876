"""Verbs of the books at a desk: ledger balance, account, statement, capital, call, pay, export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from offtake.cli.options import BookPath, Json, sound
from offtake.cli.tender import At, Key, Keys, Store
from offtake.cli.top import REFUSED, app

if TYPE_CHECKING:
    from offtake.api import OpenBook
    from offtake.dealing import LocalDesk
    from offtake.dealing.acting import Done
    from offtake.owing.paying import Due
    from offtake.plan.result import PlanResult
    from offtake.units.postings import Group

ledger = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The books at a book's desk: what was posted, paid and called.",
)
app.add_typer(ledger, name="ledger", short_help="Look into the books: what was posted and paid.")

Party = Annotated[
    str | None, typer.Option("--party", metavar="P", help="Whose books; else the buyer's.")
]
Month = Annotated[
    str | None, typer.Option("--month", metavar="MONTH", help="Which month, such as 2026-03.")
]
Plan = Annotated[
    Path | None,
    typer.Option("--plan", metavar="FILE", help="A kept plan: what it builds and installs too."),
]
Rehearsal = Annotated[
    bool, typer.Option("--rehearsal", help="Begin a desk for practice, if none is.")
]


@ledger.callback()
def _ledger() -> None: ...


def _at(
    book: Path,
    store: str | None,
    keys: Path | None,
    at: str | None,
    as_json: bool,
    *,
    begins: bool = False,
) -> tuple[OpenBook, LocalDesk]:
    """The book and its desk; one that is named must be there, unless it may begin."""
    opened = sound(book, as_json)
    desk = opened.desk(store, keys, at=at)
    if store and not begins:
        desk.where.there()
    return opened, desk


def _whose(opened: OpenBook, party: str | None) -> str:
    from offtake.dealing.lots import known

    if party is None:
        return opened.book.header.buyer
    book = opened.book.whole
    known("--party", party, {**book.parties, **book.ventures, **book.sites})
    return party


def _kept(opened: OpenBook, plan: Path | None) -> PlanResult | None:
    from offtake.answers import kept_plan
    from offtake.arguments import of_book

    if plan is None:
        return None
    found = kept_plan(plan)
    of_book(opened.book, found)
    return found


@ledger.command(short_help="What every account of a party comes to.")
def balance(
    book: BookPath,
    party: Party = None,
    store: Store = None,
    keys: Keys = None,
    as_json: Json = False,
) -> None:
    """What every account of a party comes to, in money and in chip-hours, and that they balance."""
    from offtake.console import ledger as console
    from offtake.settle.ledger import balances, trial

    opened, desk = _at(book, store, keys, None, as_json)
    who = _whose(opened, party)
    groups = [one.group for one in desk.posted()]
    own = {(a, c): v for (p, a, c), v in balances(groups).items() if p == who}
    sums = {c: v for (p, c), v in trial(groups).items() if p == who}
    console.balance(who, own, sums, as_json)


@ledger.command(short_help="What moved an account, line by line.")
def account(
    book: BookPath,
    name: Annotated[
        str, typer.Argument(metavar="ACCOUNT", help="Such as Liabilities:Payable:near, or a part.")
    ],
    party: Party = None,
    store: Store = None,
    keys: Keys = None,
    as_json: Json = False,
) -> None:
    """What moved an account and those below it: each line with its id, and the balance after it."""
    from offtake.console import ledger as console
    from offtake.settle.ledger import account as moved

    opened, desk = _at(book, store, keys, None, as_json)
    who = _whose(opened, party)
    console.account(who, name, moved([one.group for one in desk.posted()], who, name), as_json)


@ledger.command(short_help="A statement, payment or call as it was posted.")
def statement(
    book: BookPath,
    name: Annotated[
        str, typer.Argument(metavar="ID", help="Such as a-2025/2026-03; the latest of it.")
    ],
    store: Store = None,
    keys: Keys = None,
    as_json: Json = False,
) -> None:
    """What was posted under an id, read from the journal, and what was paid of it."""
    from offtake.console import ledger as console
    from offtake.owing.paying import dues, revision

    _, desk = _at(book, store, keys, None, as_json)
    every = desk.posted()
    posted = {one.group.base: one for one in every}
    found = revision(every, name)
    stands = found is posted[found.group.base] and found.group.kind != "payment"
    due = dues(posted, found.group) if stands else ()
    console.statement(found, due, console.revisions(every, found.group.base), as_json)


@ledger.command(short_help="How the capital of ventures and sites stands.")
def capital(
    book: BookPath,
    month: Month = None,
    plan: Plan = None,
    store: Store = None,
    keys: Keys = None,
    as_json: Json = False,
) -> None:
    """What was called and paid by owner, and what tranches and years still allow.

    With --month also what that month calls, for phases under way by the book, or by a plan.
    """
    from offtake.arguments import month_of
    from offtake.console import ledger as console
    from offtake.owing.paying import asked_for
    from offtake.settle.standing import standings
    from offtake.units import Month as OneMonth

    opened, desk = _at(book, store, keys, None, as_json)
    whole = opened.book.whole
    groups = [one.group for one in desk.posted()]
    if month is None:
        last = max((g.date for g in groups), default=opened.book.header.as_of)
        console.capital(standings(whole, OneMonth.of(last), groups), (), (), as_json)
        return
    asked = month_of(month)
    calls, told = asked_for(whole, asked, groups, _kept(opened, plan))
    console.capital(standings(whole, asked, groups), calls, told, as_json)


@ledger.command(short_help="Post the capital calls of a month.")
def call(
    book: BookPath,
    month: Annotated[str, typer.Option("--month", metavar="MONTH", help="Such as 2026-03.")],
    plan: Plan = None,
    rehearsal: Rehearsal = False,
    store: Store = None,
    keys: Keys = None,
    at: At = None,
    as_json: Json = False,
) -> None:
    """Post what a month calls of the owners of ventures and sites; twice is once."""
    from offtake.arguments import month_of
    from offtake.owing.paying import asked_for, new_calls

    opened, desk = _at(book, store, keys, at, as_json, begins=True)
    every = desk.posted()
    groups_before, kept = [one.group for one in every], _kept(opened, plan)
    asked, _ = asked_for(opened.book.whole, month_of(month), groups_before, kept)
    groups = new_calls(asked, {one.group.base: one for one in every})
    _told(groups, desk.post(groups, rehearsal=rehearsal) if groups else None, as_json)


@ledger.command(short_help="Record that a statement or a call was paid.")
def pay(
    book: BookPath,
    name: Annotated[str, typer.Argument(metavar="ID", help="The statement or the call.")],
    amount: Annotated[
        str, typer.Argument(metavar="AMOUNT", help="Such as '98.32 USD', above nothing.")
    ],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day of the payment.")],
    payer: Annotated[
        str | None,
        typer.Option("--from", metavar="PARTY", help="Who pays, where several owe by it."),
    ] = None,
    evidence: Annotated[
        str | None,
        typer.Option("--evidence", metavar="FILE", help="What shows it, or its SHA-256."),
    ] = None,
    key: Key = None,
    store: Store = None,
    keys: Keys = None,
    at: At = None,
    as_json: Json = False,
) -> None:
    """Record that a statement or a call was paid, in whole or in part; the same twice is once.

    Whoever was paid more than a correction owes pays back: --from that party.
    A second payment of the same amount on the same day needs a --key of its own.
    """
    from offtake.arguments import day_of
    from offtake.owing.paying import again, dues, key_of, named
    from offtake.owing.paying import pay as paid

    _, desk = _at(book, store, keys, at, as_json)
    posted = {one.group.base: one for one in desk.posted()}
    group = paid(posted, name, amount, day_of(on), payer=payer, evidence=evidence)
    key = key_of(group) if key is None else key
    done = desk.post((group,), key=key)
    for old in again(posted, group):
        if done.refused is None or done.refused["refused"] != "key-reused":
            break
        group, done = old, desk.post((old,), key=key)
    now = {one.group.base: one for one in desk.posted()}
    of = named(now, name).group
    _told((group,), done, as_json, of.id, dues(now, of))


@ledger.command(short_help="Write the books of a party for Beancount.")
def export(
    book: BookPath,
    beancount: Annotated[
        Path, typer.Option("--beancount", metavar="FILE", help="Write the ledger here.")
    ],
    party: Party = None,
    store: Store = None,
    keys: Keys = None,
    as_json: Json = False,
) -> None:
    """Write the books of a party as a file that Beancount reads and checks."""
    from offtake.arguments import not_there
    from offtake.console.screen import many, plain_data
    from offtake.formats.beancount import beancount_text
    from offtake.keep import whole

    opened, desk = _at(book, store, keys, None, as_json)
    who = _whose(opened, party)
    not_there(beancount)
    every = [one.group for one in desk.posted()]
    groups = [group for group in every if any(p.party == who for p in group.postings)]
    whose, named = f"the books of {who}", opened.book.header.title
    title = f"{named}: {whose}" if named else whose
    whole(beancount, beancount_text(groups, who, title=title).encode())
    if as_json:
        plain_data({"file": str(beancount), "party": who, "groups": len(groups)})
    else:
        typer.echo(f"wrote {many(len(groups), 'group')} to {beancount}", err=True)


def _told(
    groups: tuple[Group, ...],
    done: Done | None,
    as_json: bool,
    of: str = "",
    left: tuple[Due, ...] = (),
) -> None:
    from offtake.console.ledger import posted

    posted(groups, done, as_json, of, left)
    if done is not None and done.refused is not None:
        raise typer.Exit(REFUSED)
