"""Verbs of the buyer about the desk: attest, admit, declare, default, erase, backup, restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from offtake.cli.options import BookPath
from offtake.cli.tender import (
    Clause,
    Common,
    Hosts,
    Name,
    Over,
    Price,
    Round,
    acting,
    at_desk,
    count,
    keeping,
    more,
    needed,
    round_of,
    told,
)


@acting(short_help="Say how much capacity a party has to promise.")
def declare(
    common: Common,
    book: BookPath,
    party: Annotated[str, typer.Argument(metavar="PARTY", help="Whose capacity.")],
    chip: Annotated[str | None, typer.Option(metavar="CHIP", help="Which chip.")] = None,
    region: Annotated[str | None, typer.Option(metavar="R", help="Where.")] = None,
    chips: Annotated[
        str | None, typer.Option("--chips", metavar="N", help="How many in all; never fewer.")
    ] = None,
    upstream: Annotated[
        str | None, typer.Option(metavar="PARTY", help="From whom it resells them.")
    ] = None,
) -> None:
    """Say how much capacity a party has to promise; the party says it, or the buyer for it."""
    with at_desk(book, common) as desk:
        many = count(needed("--chips", chips))
        assert many is not None
        done = desk.declare(
            needed("--chip", chip),
            needed("--region", region),
            many,
            party=party,
            upstream=upstream,
            actor=common.actor,
            key=common.key,
        )
        told(desk, done, common)


@acting(short_help="Let more parties in.")
def admit(
    common: Common,
    book: BookPath,
    party: Annotated[list[str], typer.Argument(metavar="PARTY...", help="Who is let in.")],
) -> None:
    """Let parties of the book in that were not in it when the desk began."""
    from offtake.dealing.lots import known

    with at_desk(book, common) as desk:
        for one in party:
            known("PARTY", one, desk.book.parties)
        told(desk, desk.admit(tuple(party), actor=common.actor, key=common.key), common)


@acting(short_help="Record that a holder is in default, or no longer is.")
def default(
    common: Common,
    book: BookPath,
    party: Annotated[str, typer.Argument(metavar="PARTY", help="The holder.")],
    evidence: Annotated[
        str | None, typer.Option(metavar="WORDS", help="What shows it, such as a letter's hash.")
    ] = None,
    cured: Annotated[bool, typer.Option("--cured", help="It no longer is.")] = False,
) -> None:
    """Record that a holder is in default: its rights are suspended until it is cured."""
    with at_desk(book, common) as desk:
        told(
            desk,
            desk.default(
                party,
                needed("--evidence", evidence),
                cured=cured,
                actor=common.actor,
                key=common.key,
            ),
            common,
        )


@acting(short_help="Destroy what was bid in a tender that has ended.")
def erase(
    common: Common,
    book: BookPath,
    name: Name,
) -> None:
    """Destroy what was bid in a tender that has ended, but for bids that were noticed or signed.

    It cannot be undone. The journal still proves itself.
    """
    with at_desk(book, common) as desk:
        told(desk, desk.erase(name, actor=common.actor, key=common.key), common)


@keeping(short_help="Copy the journal into a file, while it is used.")
def backup(
    common: Common,
    book: BookPath,
    to: Annotated[Path, typer.Argument(metavar="FILE", help="A file that is not there yet.")],
) -> None:
    """Copy the journal into a new SQLite file, without the keys: keep a copy of them elsewhere."""
    from offtake.console.screen import plain_data, say

    with at_desk(book, common) as desk:
        desk.backup(to)
        if common.json:
            plain_data({"file": str(to)})
        else:
            # How many events are in it would tell how many bids there are.
            say(f"wrote a backup to {to}; the keys are not in it: copy them apart")


@keeping(short_help="Copy a backup into a store where no desk has begun.")
def restore(
    common: Common,
    book: BookPath,
    backup: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
) -> None:
    """Copy a backup into a store where no desk has begun; every link of it is checked."""
    from offtake.console.screen import plain_data, say

    with at_desk(book, common) as desk:
        desk.restore(backup)
        if common.json:
            plain_data({"store": desk.where.shown})
        else:
            say(f"restored {backup} into {desk.where.shown}; every link of it holds")


Holder = Annotated[str | None, typer.Option("--from", metavar="PARTY", help="Whose letter it is.")]
Received = Annotated[str | None, typer.Option(metavar="INSTANT", help="When it came, in UTC.")]
Letter = Annotated[str | None, typer.Option(metavar="FILE", help="The letter, or its SHA-256.")]
Persons = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="Who records it; said twice.")
]
Part = Annotated[str | None, typer.Option("--chips", metavar="N", help="Of a part; else all.")]
Stated = Annotated[Path | None, typer.Option(metavar="FILE", help="The terms that it states.")]
Condition = Annotated[str, typer.Option(metavar="WORDS", help="A condition that it makes.")]


@acting(short_help="Record a holder's answer that came by letter.")
def attest(
    common: Common,
    book: BookPath,
    name: Name,
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="take, waive, counter, unable or offer.")
    ],
    holder: Holder = None,
    received: Received = None,
    evidence: Letter = None,
    person: Persons = None,
    chips: Part = None,
    over: Over = None,
    terms: Stated = None,
    price: Price = None,
    condition: Condition = "",
    via: Hosts = None,
    clause: Clause = None,
    round_: Round = None,
) -> None:
    """Record an answer that came by letter: when, what shows it, and two persons who say so."""
    from offtake.cli.tender_parties import stated
    from offtake.dealing.offered import hashed
    from offtake.dealing.times import instant
    from offtake.dealing.wishes import Words, kind_of
    from offtake.dealing.wrong import WrongDealingError

    with at_desk(book, common) as desk:
        persons = tuple(person or ())
        if len(persons) != 2:
            raise WrongDealingError("a letter is recorded by two persons: --person NAME twice")
        words = Words(
            kind_of(kind, by_letter=True),
            clause,
            count(chips),
            more(over),
            stated(desk, terms, price, None, None),
            condition,
            via=tuple(via or ()),
            round=round_of(round_),
        )
        done = desk.attest(
            name,
            needed("--from", holder),
            words,
            received=instant("--received", needed("--received", received)),
            evidence=hashed(needed("--evidence", evidence)),
            persons=(persons[0], persons[1]),
            actor=common.actor,
            key=common.key,
        )
        told(desk, done, common)
