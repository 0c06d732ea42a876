"""Verbs for what other programs read: export calendar, ocds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from offtake.cli.options import BookPath, Json, sound
from offtake.cli.settle import own_desk
from offtake.cli.tender import At, Keys, Store
from offtake.cli.top import app

export = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Write what other programs read: deadlines as a calendar, tenders as OCDS.",
)
app.add_typer(export, name="export", short_help="Write deadlines as a calendar, tenders as OCDS.")

To = Annotated[Path, typer.Option("--to", metavar="FILE", help="Write here.")]


@export.callback()
def _export() -> None: ...


@export.command(short_help="Write deadlines and payments as an iCalendar.")
def calendar(
    book: BookPath,
    to: To,
    party: Annotated[
        str | None, typer.Option("--party", metavar="P", help="Whose deadlines; else the buyer's.")
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option("--plan", metavar="FILE", help="A kept plan: its notices, and what it uses."),
    ] = None,
    through: Annotated[
        str | None,
        typer.Option("--through", metavar="MONTH", help="What is owed for each month to this one."),
    ] = None,
    store: Store = None,
    keys: Keys = None,
    at: At = None,
    as_json: Json = False,
) -> None:
    """Write every deadline as an event with reminders; one that moves is moved in calendars.

    Written over an earlier one of the same party, what has gone is cancelled in it.
    """
    from offtake.answers import kept_plan
    from offtake.arguments import WrongArgumentError, month_of, of_book
    from offtake.console.screen import many, plain_data
    from offtake.formats.ical import CalendarError
    from offtake.keep import whole
    from offtake.owing.outward import calendar as written

    opened = sound(book, as_json)
    _, unread = own_desk(opened, store, keys)
    desk = opened.desk(store, keys, at=at)
    kept = None if plan is None else kept_plan(plan)
    if kept is not None:
        of_book(opened.book, kept)
    last = None if through is None else month_of(through)
    try:
        earlier = to.read_bytes().decode() if to.is_file() else ""
        own = None if unread else desk
        text = written(opened.book, own, party, kept, last, earlier)
    except (CalendarError, UnicodeDecodeError):
        sentence = f"{to} is no calendar that offtake wrote for this party; write to another file"
        raise WrongArgumentError(sentence) from None
    whole(to, text.encode())
    count = text.count("BEGIN:VEVENT\r\n")
    if unread:
        typer.echo(f"offtake: {unread}", err=True)
    if as_json:
        plain_data({"file": str(to), "events": count})
    else:
        typer.echo(f"wrote {many(count, 'event')} to {to}", err=True)


@export.command(short_help="Write tenders, awards and contracts as OCDS 1.1.")
def ocds(
    book: BookPath,
    to: To,
    prefix: Annotated[
        str | None,
        typer.Option("--prefix", metavar="OCID", help="The registered prefix of every ocid."),
    ] = None,
    uri: Annotated[
        str | None,
        typer.Option("--uri", metavar="URI", help="Where the package will be published."),
    ] = None,
    store: Store = None,
    keys: Keys = None,
    at: At = None,
    as_json: Json = False,
) -> None:
    """Write a release for each event of weight at the book's desk, as far as bids are open."""
    import json

    from offtake.arguments import WrongArgumentError, not_there
    from offtake.console.screen import many, plain_data
    from offtake.keep import whole
    from offtake.owing.outward import released

    opened = sound(book, as_json)
    not_there(to)
    desk = opened.desk(store, keys, at=at)
    try:
        found = released(opened.book, desk, prefix=prefix, uri=uri)
    except ValueError as error:
        raise WrongArgumentError(str(error)) from None
    text = json.dumps(found.package, ensure_ascii=False, indent=1)
    whole(to, f"{text}\n".encode())
    count = len(found.package["releases"])
    if as_json:
        plain_data({"file": str(to), "releases": count, "whole": found.whole})
        return
    rest = "" if found.whole else "; it ends where bids are sealed"
    typer.echo(f"wrote {many(count, 'release')} to {to}{rest}", err=True)
