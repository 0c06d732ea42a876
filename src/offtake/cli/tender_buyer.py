"""Verbs of the buyer: open, notice, award, sign, deliver, fail, withdraw."""

from __future__ import annotations

from typing import Annotated

import typer

from offtake.cli.options import BookPath
from offtake.cli.tender import (
    Chips,
    Clause,
    Common,
    Name,
    Round,
    acting,
    at_desk,
    count,
    needed,
    round_of,
    told,
)

Purchase = Annotated[str | None, typer.Option(metavar="ID", help="A purchase of an adopted plan.")]
Named = Annotated[
    str | None, typer.Option("--tender", metavar="NAME", help="Its name; else the purchase's.")
]
Chip = Annotated[str, typer.Option(metavar="CHIP", help="Of a lot: the chip.")]
Many = Annotated[str, typer.Option(metavar="N", help="Of a lot: how many chips.")]
Region = Annotated[str, typer.Option(metavar="R", help="Of a lot: where.")]
First = Annotated[str, typer.Option(metavar="DATE", help="Of a lot: its first day.")]
Months = Annotated[str, typer.Option(metavar="N", help="Of a lot: for how many months.")]
Purposes = Annotated[
    list[str] | None, typer.Option(metavar="P", help="What for; may be repeated; else all.")
]
Need = Annotated[str, typer.Option(metavar="ID", help="The line of demand that it is for.")]
Seller = Annotated[str | None, typer.Option(metavar="PARTY", help="Who sells, where only one can.")]
Invited = Annotated[
    list[str] | None, typer.Option(metavar="PARTY", help="Who may bid; else every party.")
]
Bidding = Annotated[
    str | None, typer.Option(metavar="LENGTH", help="Time for bids; else the book's.")
]
Revealing = Annotated[
    str | None, typer.Option(metavar="LENGTH", help="Bids are pledged, and revealed in this time.")
]
Renewal = Annotated[
    bool, typer.Option("--renewal", help="A renewal or extension: no new capacity.")
]
Auditors = Annotated[
    list[str] | None, typer.Option(metavar="PARTY", help="Who audits a desk that begins.")
]
Rehearsal = Annotated[
    bool, typer.Option("--rehearsal", help="Begin a desk for practice, with stated time.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show who would have to be asked; open nothing.")
]


@acting("open", short_help="Open a tender, for a purchase of a plan or for a lot.")
def open_(
    common: Common,
    book: BookPath,
    purchase: Purchase = None,
    name: Named = None,
    chip: Chip = "",
    chips: Many = "",
    region: Region = "",
    start: First = "",
    months: Months = "",
    purpose: Purposes = None,
    need: Need = "",
    seller: Seller = None,
    invite: Invited = None,
    bidding: Bidding = None,
    reveal: Revealing = None,
    renewal: Renewal = False,
    auditor: Auditors = None,
    rehearsal: Rehearsal = False,
    dry_run: DryRun = False,
) -> None:
    """Open a tender under the rights that the book states. With the first one the desk begins."""
    from offtake.console.tender import headline, would
    from offtake.dealing import lots
    from offtake.dealing.preview import previewed

    words = lots.Wanted(chip, chips, region, start, months, tuple(purpose or ()), need)
    how = lots.How(seller, tuple(invite or ()), bidding, reveal, not renewal)
    with at_desk(book, common) as desk:
        about = lots.wanted(desk.book, desk.where.folder, purchase, words, name)
        if dry_run:
            rows, lot, late = previewed(desk, about, how)
            would(rows, headline(lot), late, common.json)
            return
        done = desk.open(
            about,
            how,
            auditors=tuple(auditor or ()),
            rehearsal=rehearsal,
            actor=common.actor,
            key=common.key,
        )
        told(desk, done, common)


@acting(short_help="Serve notice of the best bid on whoever must be asked.")
def notice(
    common: Common,
    book: BookPath,
    name: Name,
    bid: Annotated[
        str | None, typer.Option(metavar="BID", help="A bid's id or bidder; else the best.")
    ] = None,
    chips: Chips = None,
    again: Annotated[
        int | None,
        typer.Option(
            min=1, max=1_000_000, metavar="ROUND", help="Changed terms: what is left of a round."
        ),
    ] = None,
    more: Annotated[
        bool, typer.Option("--more", help="More chips than were noticed, alone.")
    ] = False,
    first_offers: Annotated[
        bool, typer.Option("--first-offers", help="Ask holders of first offers again instead.")
    ] = False,
    evidence: Annotated[
        str | None, typer.Option(metavar="FILE", help="The bid as it was made, or its SHA-256.")
    ] = None,
) -> None:
    """Serve a complete notice: the bid as it stands, with its hash. Windows begin to run."""
    from offtake.dealing.offered import hashed

    with at_desk(book, common) as desk:
        if first_offers:
            told(desk, desk.reask(name, actor=common.actor, key=common.key), common)
            return
        proof = None if evidence is None else hashed(evidence)
        done = desk.notice(
            name,
            bid,
            chips=count(chips),
            again=again,
            more=more,
            evidence=proof,
            actor=common.actor,
            key=common.key,
        )
        told(desk, done, common)


@acting(short_help="Choose a party, or decline it: its first offer, or its bid.")
def award(
    common: Common,
    book: BookPath,
    name: Name,
    party: Annotated[str, typer.Argument(metavar="PARTY", help="Whose offer or bid.")],
    decline: Annotated[bool, typer.Option("--decline", help="Decline it instead.")] = False,
    reason: Annotated[
        str, typer.Option(metavar="WHY", help="Why bids are set aside; it is kept.")
    ] = "",
) -> None:
    """Choose a party: accept its first offer, or set aside every bid that is better than its own.

    With --decline: decline its offer, or set its own bid aside.
    """
    with at_desk(book, common) as desk:
        told(
            desk,
            desk.award(
                name, party, decline=decline, reason=reason, actor=common.actor, key=common.key
            ),
            common,
        )


@acting(short_help="Sign with a bidder, or what a holder took.")
def sign(
    common: Common,
    book: BookPath,
    name: Name,
    party: Annotated[
        str | None, typer.Option("--with", metavar="PARTY", help="With whom, if not clear.")
    ] = None,
    chips: Chips = None,
    agreement: Annotated[
        str | None, typer.Option(metavar="ID", help="Its name; else party and month.")
    ] = None,
    round_: Round = None,
    clause: Clause = None,
) -> None:
    """Sign with a bidder out of the tail, or what a holder took; a holder may sign its own."""
    with at_desk(book, common) as desk:
        done = desk.sign(
            name,
            party,
            chips=count(chips),
            agreement=agreement,
            round=round_of(round_),
            clause=clause,
            actor=common.actor,
            key=common.key,
        )
        told(desk, done, common)


@acting(short_help="Record that an agreement's capacity is in service.")
def deliver(
    common: Common,
    book: BookPath,
    agreement: Annotated[str, typer.Argument(metavar="AGREEMENT", help="Its name.")],
) -> None:
    """Record that an agreement's capacity is in service: the buyer may, and who delivers it."""
    with at_desk(book, common) as desk:
        told(desk, desk.deliver(agreement, actor=common.actor, key=common.key), common)


@acting(short_help="Record that an agreement has failed.")
def fail(
    common: Common,
    book: BookPath,
    agreement: Annotated[str, typer.Argument(metavar="AGREEMENT", help="Its name.")],
    reason: Annotated[str | None, typer.Option(metavar="WHY", help="Why; it is kept.")] = None,
) -> None:
    """Record that an agreement has failed; its chips are the lot's again."""
    with at_desk(book, common) as desk:
        told(
            desk,
            desk.fail(agreement, needed("--reason", reason), actor=common.actor, key=common.key),
            common,
        )


@acting(short_help="End a tender; or, with --bid, take a bid back.")
def withdraw(
    common: Common,
    book: BookPath,
    name: Name,
    bid: Annotated[bool, typer.Option("--bid", help="A bidder takes its own bid back.")] = False,
    reason: Annotated[str | None, typer.Option(metavar="WHY", help="Why; it is kept.")] = None,
) -> None:
    """End a tender without buying what is left of it; or take a bid or pledge back, with --bid."""
    with at_desk(book, common) as desk:
        if bid:
            told(
                desk, desk.recall(name, actor=needed("--as", common.actor), key=common.key), common
            )
        else:
            why = needed("--reason", reason)
            told(desk, desk.withdraw(name, why, actor=common.actor, key=common.key), common)
