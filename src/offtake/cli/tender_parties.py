"""Verbs of bidders and holders: bid, revise, seal, pledge, reveal, answer, assign."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from offtake.cli.options import BookPath
from offtake.cli.tender import (
    Actor,
    Chips,
    Clause,
    Common,
    Hosts,
    Json,
    Name,
    Over,
    Price,
    Round,
    Start,
    Term,
    acting,
    at_desk,
    count,
    more,
    needed,
    round_of,
    tender,
    text_of,
    told,
)

if TYPE_CHECKING:
    from offtake.dealing.local import LocalDesk
    from offtake.desk.lot import Bid, Terms

Lot = dict[str, Any]
File = Annotated[
    Path | None,
    typer.Argument(metavar="FILE", help="YAML; bid --template shows what may be in it."),
]


def _template(wanted: bool) -> None:
    if wanted:
        from offtake.console.tender import text
        from offtake.dealing.offered import template

        text(template("USD", 16_000, "2025-11-01", 36))
        raise typer.Exit


@acting(short_help="Bid, sealed until bids open.")
def bid(
    common: Common,
    book: BookPath,
    name: Name,
    file: File = None,
    price: Price = None,
    chips: Chips = None,
    start: Start = None,
    term: Term = None,
    template: Annotated[
        bool,
        typer.Option(
            "--template", callback=_template, is_eager=True, help="Print a file of a bid."
        ),
    ] = False,
) -> None:
    """Bid for a lot, in a file or by --price; a later bid of the same bidder takes its place."""
    with at_desk(book, common) as desk:
        who = needed("--as", common.actor)
        made = _bid(desk, who, file, (price, chips, start, term))
        told(desk, desk.bid(name, made, actor=who, key=common.key), common)


@acting(short_help="Ask other terms, or offer more chips, than was bid.")
def revise(
    common: Common,
    book: BookPath,
    name: Name,
    file: File = None,
    price: Price = None,
    chips: Chips = None,
    start: Start = None,
    term: Term = None,
) -> None:
    """Ask other terms, or offer more chips, after bids opened: holders are asked again."""
    with at_desk(book, common) as desk:
        terms = stated(desk, file, price, start, term)
        done = desk.revise(
            name, terms, chips=count(chips), actor=needed("--as", common.actor), key=common.key
        )
        told(desk, done, common)


@tender.command(short_help="Seal a bid yourself: its commitment, and the secret to reveal.")
def seal(
    name: Name,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A bid, with start and term.")],
    buyer: Annotated[str | None, typer.Option(metavar="PARTY", help="Whose tender it is.")] = None,
    actor: Actor = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The secret; else FILE.secret.json.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Print the commitment of a bid, and write its secret: the bid and the chance that hides it.

    No desk is asked. The commitment holds in this tender of this buyer alone. Keep the secret;
    without it the bid is none.
    """
    from offtake.cli.top import FAULTS
    from offtake.console import tender as console
    from offtake.console.screen import plain_data, say
    from offtake.dealing import promised
    from offtake.dealing.offered import Around, bid_of, currency_of
    from offtake.dealing.wrong import WrongFileError

    text, whose = text_of(file), needed("--buyer", buyer)
    try:
        made = bid_of(text, str(file), needed("--as", actor), Around())
    except WrongFileError as error:
        console.file_faults(error.faults, as_json)
        raise typer.Exit(FAULTS) from None
    secret = promised.sealed(made, whose, name, currency_of(text, str(file)))
    path = promised.keep(secret, out or file.with_suffix(".secret.json"))
    if as_json:
        plain_data({"commitment": secret.commitment, "secret": str(path)})
        return
    say(f"commitment {secret.commitment}")
    say(f"secret written to {path}: show it to nobody before bids are revealed, and keep it")


@acting(short_help="Pledge a bid by its commitment.")
def pledge(
    common: Common,
    book: BookPath,
    name: Name,
    commitment: Annotated[
        str, typer.Argument(metavar="COMMITMENT", help="What seal printed: 64 digits.")
    ],
) -> None:
    """Promise a bid without showing it, in a tender whose bids are revealed after the closing."""
    with at_desk(book, common) as desk:
        told(
            desk,
            desk.pledge(name, commitment, actor=needed("--as", common.actor), key=common.key),
            common,
        )


@acting(short_help="Reveal the bid that was pledged.")
def reveal(
    common: Common,
    book: BookPath,
    name: Name,
    secret: Annotated[Path, typer.Argument(metavar="SECRET", help="The file that seal wrote.")],
) -> None:
    """Show the bid that was pledged, after the closing and before the time for it ends.

    First the desk's mark of the tender is written beside the receipts: keep it.
    """
    from offtake.dealing import promised
    from offtake.dealing.wrong import WrongDealingError

    with at_desk(book, common) as desk:
        own = promised.kept(secret)
        if own.currency != desk.book.header.currency:
            raise WrongDealingError(
                f"the bid is in {own.currency}, and the desk reckons in "
                f"{desk.book.header.currency}; it cannot be revealed here"
            )
        if (own.buyer, own.tender) != (desk.book.header.buyer, name):
            raise WrongDealingError(
                f"the bid was sealed for the tender {own.tender} of {own.buyer}; "
                "it cannot be revealed in another"
            )
        who = needed("--as", common.actor)
        told(desk, desk.reveal(name, own.bid, own.salt.hex(), actor=who, key=common.key), common)


@acting(short_help="Answer a notice: take, waive, counter, unable, offer.")
def answer(
    common: Common,
    book: BookPath,
    name: Name,
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND", help="take, waive, counter, unable, offer; a freed bidder: stand-by."
        ),
    ],
    chips: Annotated[
        str | None, typer.Option("--chips", metavar="N", help="Take or offer a part; else all.")
    ] = None,
    over: Over = None,
    terms: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Terms of an offer or a counter.")
    ] = None,
    price: Price = None,
    start: Start = None,
    term: Term = None,
    condition: Annotated[
        str, typer.Option(metavar="WORDS", help="A condition, which makes it a counter.")
    ] = "",
    via: Hosts = None,
    clause: Clause = None,
    round_: Round = None,
) -> None:
    """Answer a notice, or waive an exclusive right. A taking binds at once."""
    from offtake.dealing.wishes import Words, kind_of

    with at_desk(book, common) as desk:
        words = Words(
            kind_of(kind),
            clause,
            count(chips),
            more(over),
            stated(desk, terms, price, start, term),
            condition,
            via=tuple(via or ()),
            round=round_of(round_),
        )
        told(
            desk,
            desk.answer(name, words, actor=needed("--as", common.actor), key=common.key),
            common,
        )


@acting(short_help="Pass a right on to another party.")
def assign(
    common: Common,
    book: BookPath,
    clause: Annotated[str, typer.Argument(metavar="CLAUSE", help="The right: agreement/clause.")],
    to: Annotated[str | None, typer.Option(metavar="PARTY", help="Who holds it then.")] = None,
    evidence: Annotated[
        str | None, typer.Option(metavar="WORDS", help="What shows it, such as a deed.")
    ] = None,
) -> None:
    """Pass a right on: whoever holds it then inherits the clocks that run."""
    with at_desk(book, common) as desk:
        done = desk.assign(
            clause,
            needed("--to", to),
            needed("--evidence", evidence),
            actor=needed("--as", common.actor),
            key=common.key,
        )
        told(desk, done, common)


# --- terms, as they are stated --------------------------------------------------------------------


def stated(
    desk: LocalDesk, file: Path | None, price: str | None, start: str | None, term: str | None
) -> Callable[[Lot], Terms] | None:
    """Terms in a file or by options, once the lot is known; None where none are stated."""
    from offtake.dealing.offered import plain_terms, terms_of
    from offtake.dealing.wrong import WrongDealingError

    if file is not None:
        if price or start or term:
            raise WrongDealingError("terms are in a file or in options, not in both")
        text = text_of(file)
        return lambda lot: terms_of(text, str(file), around(desk, lot))
    if price is None:
        if start or term:
            raise WrongDealingError("--price says at what price")
        return None
    return lambda lot: plain_terms(price, start, term, around(desk, lot))


def _bid(
    desk: LocalDesk,
    bidder: str,
    file: Path | None,
    options: tuple[str | None, str | None, str | None, str | None],
) -> Callable[[Lot], Bid]:
    from offtake.dealing.offered import bid_of, chips_of, plain_terms
    from offtake.dealing.wrong import WrongDealingError
    from offtake.desk.lot import Bid

    price, chips, start, term = options
    if file is not None:
        if any(options):
            raise WrongDealingError("a bid is in a file or in options, not in both")
        text = text_of(file)
        return lambda lot: bid_of(text, str(file), bidder, around(desk, lot))
    if price is None:
        raise WrongDealingError("name a file of the bid, or say --price; --template prints one")
    many = None if chips is None else chips_of("--chips", chips)
    return lambda lot: Bid(
        bidder=bidder,
        chips=int(lot["chips"]) if many is None else many,
        terms=plain_terms(price, start, term, around(desk, lot)),
    )


def around(desk: LocalDesk, lot: Lot) -> Any:
    """What terms need not say, since the lot says it."""
    from offtake.dealing.offered import Around

    return Around(lot["start"], int(lot["months"]), desk.book.header.currency)
