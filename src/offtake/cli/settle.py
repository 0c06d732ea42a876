"""The verb of what is owed: settle; and what others share with it: files, the book's own desk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from offtake.cli.options import BookPath, Gap, Json, Seconds, sound
from offtake.cli.tender import At, Keys, Store
from offtake.cli.top import FAULTS, NO_PLAN, REFUSED, app

if TYPE_CHECKING:
    from offtake.api import OpenBook
    from offtake.dealing import LocalDesk
    from offtake.owing.posting import Outcome
    from offtake.owing.settled import Settled

Month = Annotated[
    str | None, typer.Option("--month", metavar="MONTH", help="Which month, such as 2026-03.")
]
Through = Annotated[
    str | None,
    typer.Option(
        "--through", metavar="MONTH", help="Forecast from a plan, to this month; from --month."
    ),
]
Scenario = Annotated[
    str | None,
    typer.Option(
        "--scenario", metavar="NAME", help="Forecast one scenario; else expected over all."
    ),
]
Agreement = Annotated[
    list[str] | None,
    typer.Option("--agreement", metavar="A", help="Only this one; may be given again."),
]
Meter = Annotated[
    list[Path] | None,
    typer.Option("--meter", metavar="FILE", help="What was used by hour: CSV or Parquet."),
]
Availability = Annotated[
    Path | None, typer.Option("--availability", metavar="FILE", help="Outages, and whose: CSV.")
]
Deliveries = Annotated[
    Path | None, typer.Option("--deliveries", metavar="FILE", help="When deliveries came: CSV.")
]
Revenue = Annotated[
    Path | None, typer.Option("--revenue", metavar="FILE", help="Revenues by clause: CSV.")
]
Comparables = Annotated[
    Path | None, typer.Option("--comparables", metavar="FILE", help="What others paid: CSV.")
]
Known = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="With what was known that day; else all of it."),
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Write pages, lines and data here.")
]
Xlsx = Annotated[
    Path | None, typer.Option("--xlsx", metavar="FILE", help="Write a workbook for a controller.")
]
Html = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write a page to file and to print.")
]
Focus = Annotated[
    Path | None, typer.Option("--focus", metavar="DIR", help="Write FOCUS data sets here.")
]
FocusVersion = Annotated[str, typer.Option("--focus-version", metavar="V", help="1.4, 1.3 or 1.2.")]
PostIt = Annotated[
    bool, typer.Option("--post", help="Post the statements to the book's desk; twice is once.")
]
Rehearsal = Annotated[
    bool, typer.Option("--rehearsal", help="With --post: begin a desk for practice, if none is.")
]


@app.command(short_help="Say what is owed for a month, line by line.")
def settle(
    context: typer.Context,
    book: BookPath,
    month: Month = None,
    through: Through = None,
    scenario: Scenario = None,
    agreement: Agreement = None,
    meter: Meter = None,
    availability: Availability = None,
    deliveries: Deliveries = None,
    revenue: Revenue = None,
    comparables: Comparables = None,
    as_of: Known = None,
    out: Out = None,
    xlsx: Xlsx = None,
    html: Html = None,
    focus: Focus = None,
    focus_version: FocusVersion = "1.4",
    post: PostIt = False,
    rehearsal: Rehearsal = False,
    store: Store = None,
    keys: Keys = None,
    at: At = None,
    gap: Gap = 0.01,
    seconds: Seconds = 120.0,
    as_json: Json = False,
) -> None:
    """Say what is owed for a month under each agreement: every line with clause and formula.

    With --through a forecast: what a plan expects to be used, settled month by month.
    """
    from offtake.console import settle as shown

    _sensible(month, through, scenario, post, rehearsal)
    _partners(context, {"gap": through, "seconds": through, "focus_version": focus})
    files: dict[str, Any] = {"meter": meter or (), "availability": availability}
    files |= {"deliveries": deliveries, "revenue": revenue, "comparables": comparables}
    opened = sound(book, as_json)
    desk = opened.desk(store, keys, at=at)
    own, unread = (desk, None) if post else own_desk(opened, store, keys)
    asked = {"agreements": tuple(agreement or ()), "as_of": as_of, "desk": own}
    how = {"scenario": scenario, "gap": gap, "seconds": seconds}
    found = _found(opened, (month, through), files, asked, how, as_json)
    if unread:
        found = replace(found, notes=(*found.notes, unread))
    # What is shown may be cut off by a pipe: what is kept is kept before.
    written = _written(found, out, xlsx, html, (focus, focus_version))
    outcome = _posted(found, desk, rehearsal) if post else None
    (shown.settled if through is None else shown.forecast)(found, outcome, as_json)
    for path in written:
        typer.echo(f"wrote {path}", err=as_json)
    if outcome is not None and outcome.done is not None and outcome.done.refused is not None:
        raise typer.Exit(REFUSED)


def _found(
    opened: OpenBook,
    months: tuple[str | None, str | None],
    files: dict[str, Any],
    asked: dict[str, Any],
    how: dict[str, Any],
    as_json: bool,
) -> Settled:
    """What is owed for a month, or expected; a clash is shown, with exit status 3."""
    from offtake import console
    from offtake.api import Clash
    from offtake.run import interruptible

    month, through = months
    with console.progress("settling") as step, file_faults(as_json):
        if through is None:
            return opened.settle(month or "", step=step, **asked, **files)
        found = interruptible(
            lambda: opened.forecast(through, month, files=files, step=step, **asked, **how)
        )
    if isinstance(found, Clash):
        console.result(found, as_json)
        raise typer.Exit(NO_PLAN)
    return found


def _sensible(
    month: str | None, through: str | None, scenario: str | None, post: bool, rehearsal: bool
) -> None:
    """What is asked for together means something."""
    from offtake.api import WrongArgumentError

    if month is None and through is None:
        raise WrongArgumentError("--month says which month, --through to which a forecast goes")
    if scenario is not None and through is None:
        raise WrongArgumentError("--scenario is of a forecast: add --through")
    if post and through is not None:
        raise WrongArgumentError("a forecast is not posted: leave out --post, or --through")
    if rehearsal and not post:
        raise WrongArgumentError("--rehearsal is of posting: add --post")


def _partners(context: typer.Context, needed: dict[str, object]) -> None:
    """No option is given that does nothing without another."""
    from offtake.api import WrongArgumentError

    for name, partner in needed.items():
        source = context.get_parameter_source(name)
        if partner is None and source is not None and source.name == "COMMANDLINE":
            is_focus = name == "focus_version"
            of, add = ("FOCUS files", "--focus") if is_focus else ("a forecast", "--through")
            raise WrongArgumentError(f"--{name.replace('_', '-')} is of {of}: add {add}")


def own_desk(
    opened: OpenBook, store: str | None, keys: Path | None
) -> tuple[LocalDesk | None, str | None]:
    """The book's desk, whose posted statements count; or why they do not.

    Whoever has no keys may settle. A desk that is named must be there to be read.
    """
    from offtake.dealing.wrong import WrongDealingError
    from offtake.store.base import StoreError

    desk = opened.desk(store, keys)
    if store:
        desk.where.there()
    try:
        desk.posted()
    except (WrongDealingError, StoreError) as error:
        if store or keys:
            raise
        said = "what was posted at the book's desk is not counted, since it cannot be read"
        return None, f"{said}: {error}"
    return desk, None


@contextmanager
def file_faults(as_json: bool) -> Iterator[None]:
    """Show the faults of files beside the book, with exit status 1."""
    from offtake.book.faults import Unreadable
    from offtake.console.tender import file_faults as show

    try:
        yield
    except Unreadable as error:
        show(error.faults, as_json)
        raise typer.Exit(FAULTS) from None


def _written(
    found: Settled,
    out: Path | None,
    xlsx: Path | None,
    html: Path | None,
    focus: tuple[Path | None, str],
) -> list[Path]:
    """The files that were asked for."""
    from offtake.keep import whole
    from offtake.owing.leaving import focus_of, leave, page
    from offtake.owing.spreadsheet import workbook

    written = [] if out is None else leave(found, out)
    if xlsx is not None:
        written.append(whole(xlsx, workbook(found)))
    if html is not None:
        written.append(whole(html, page(found)))
    if focus[0] is not None:
        written += focus_of(found, focus[0], focus[1])
    return written


def _posted(found: Settled, desk: LocalDesk, rehearsal: bool) -> Outcome:
    from offtake.owing.posting import latest, post

    return post(found, desk, latest(desk), rehearsal=rehearsal)
