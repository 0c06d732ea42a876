"""The verb that holds a bill against our own statements: reconcile."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from offtake.cli.options import BookPath, Json, sound
from offtake.cli.settle import (
    Availability,
    Comparables,
    Deliveries,
    Known,
    Meter,
    Revenue,
    file_faults,
    own_desk,
)
from offtake.cli.tender import Keys, Store
from offtake.cli.top import app

Bill = Annotated[
    Path, typer.Argument(metavar="BILL", help="A provider's FOCUS Cost and Usage: CSV or Parquet.")
]
Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="ACCOUNT=AGREEMENT",
        help="Which agreement an account, contract or invoice of the bill is; may be given again.",
    ),
]


@app.command(short_help="Hold a provider's bill against our own statement.")
def reconcile(
    book: BookPath,
    bill: Bill,
    month: Annotated[
        str | None,
        typer.Option("--month", metavar="MONTH", help="Such as 2026-03; else all of the bill."),
    ] = None,
    map_: Map = None,
    meter: Meter = None,
    availability: Availability = None,
    deliveries: Deliveries = None,
    revenue: Revenue = None,
    comparables: Comparables = None,
    as_of: Known = None,
    store: Store = None,
    keys: Keys = None,
    as_json: Json = False,
) -> None:
    """Say what a provider's bill asks more or less than we owe, by clause and line, and why."""
    from offtake import console
    from offtake.console import bills as shown
    from offtake.owing.billed import compared, pairs

    files: dict[str, Any] = {"meter": meter or (), "availability": availability}
    files |= {"deliveries": deliveries, "revenue": revenue, "comparables": comparables}
    # The bill's months are settled one by one, each with all files.
    files["others"] = True
    accounts = pairs(map_ or ())
    opened = sound(book, as_json)
    desk, unread = own_desk(opened, store, keys)
    with console.progress("reading the bill") as step, file_faults(as_json):

        def settle(one: str) -> Any:
            return opened.settle(one, as_of=as_of, desk=desk, step=step, **files)

        found, notes = compared(opened.book, bill, settle, accounts, month)
    shown.reconciled(found, (*notes, *([unread] if unread else ())), as_json)
