"""Verbs that look at a desk: show, list, log, export, receipt. What time brought is recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from offtake.cli.options import BookPath
from offtake.cli.tender import Common, Name, at_desk, looking


@looking("list", short_help="Every tender, what waits for whom, and until when.")
def list_(
    common: Common,
    book: BookPath,
    every: Annotated[bool, typer.Option("--all", help="Those that have ended too.")] = False,
) -> None:
    """Every tender that a party sees: whose turn it is, until when, and what if nothing is done."""
    from offtake.console.tender import listed
    from offtake.dealing.summary import summary

    with at_desk(book, common) as desk:
        tenders, running, data = summary(desk, common.actor, every=every)
        listed(tenders, running, data, common.json)


@looking(short_help="One tender: rights, bids, rounds of asking, what is waited for.")
def show(
    common: Common,
    book: BookPath,
    name: Name,
) -> None:
    """One tender as a party sees it: rights, bids, rounds of asking, agreements, clocks."""
    from offtake.console import tender as console
    from offtake.console.screen import plain_data, say
    from offtake.console.tender_seen import own, whole
    from offtake.dealing.summary import one

    with at_desk(book, common) as desk:
        seen, short, running, data = one(desk, common.actor, name)
        if common.json:
            plain_data(data)
            return
        console.practice(data["practice"])
        say(console.headline(short))
        if "tenders" in seen:
            whole(short["whole"], desk.places)
        own(seen, name, desk.places)
        console.clocks("What is waited for", running)


@looking(short_help="What happened, an event a line.")
def log(
    common: Common,
    book: BookPath,
    name: Annotated[
        str | None, typer.Option("--tender", metavar="NAME", help="Of one tender alone.")
    ] = None,
) -> None:
    """What happened, for the buyer and auditors: each event with its number, as far as it is open.

    While bids are sealed anywhere, events after that have no number, or are not shown.
    """
    from offtake.console.tender import logged

    with at_desk(book, common) as desk:
        rows, practice = desk.log(common.actor)
        if name is not None:
            rows = [row for row in rows if row["tender"] == name]
        logged(rows, {"practice": practice}, desk.places, common.json)


@looking(short_help="Write the journal as a file that proves itself.")
def export(
    common: Common,
    book: BookPath,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Write here; else standard output.")
    ] = None,
) -> None:
    """Write the journal as lines that prove themselves, for the buyer, auditors, offtake verify.

    While bids are sealed in a tender, it ends where their time began.
    """
    from offtake.console.screen import plain_data
    from offtake.console.tender import text
    from offtake.dealing.private import there
    from offtake.dealing.wrong import WrongDealingError
    from offtake.keep import whole

    with at_desk(book, common) as desk:
        if to is not None and (to.exists() or to.is_symlink()):
            raise WrongDealingError(f"{to} is there already; name a file that is not, or move it")
        lines, all_of_it = desk.exported(common.actor)
        shown = len(lines) - 2
        if to is None:
            for line in lines:
                text(line.decode())
        else:
            whole(there(to), b"".join(lines))
        if common.json and to is not None:
            plain_data({"file": str(to), "events": shown, "whole": all_of_it})
            return
        rest = "" if all_of_it else "; it ends there, since bids are sealed after it"
        where = "" if to is None else f" to {to}"
        typer.echo(f"wrote {shown} events{where}{rest}", err=True)


@looking(short_help="The receipt of a command, or its proof when it may be shown.")
def receipt(
    common: Common,
    book: BookPath,
    key: Annotated[
        str | None, typer.Argument(metavar="KEY", help="The key of the command.")
    ] = None,
    mark: Annotated[
        str | None,
        typer.Option(metavar="TENDER", help="Instead the mark of a tender: no bid changes after."),
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Write here; else standard output.")
    ] = None,
) -> None:
    """The receipt of a command that was sent; once it may be shown, the proof that it is kept.

    With --mark the desk's word for where no bid in a tender is changed any more.
    """
    from offtake.console.tender import text
    from offtake.dealing import private
    from offtake.dealing.wrong import WrongDealingError

    if (key is None) == (mark is None):
        raise WrongDealingError("name the key of a command, or a tender by --mark")
    with at_desk(book, common) as desk:
        line = desk.mark(mark) if mark else desk.receipt(key or "", actor=common.actor)
        if to is None:
            text(line.decode())
        else:
            private.write(private.there(to), line)
            typer.echo(f"wrote {to}", err=True)
