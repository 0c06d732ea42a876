"""Tenders on the screen: what a deed came to, what is waited for, what if nothing is done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import typer
from rich.padding import Padding
from rich.table import Table

from offtake.console.screen import WHOLE, many, plain_data, put, say, terminal
from offtake.plan.words import one_line

if TYPE_CHECKING:
    from offtake.book.faults import Fault
    from offtake.dealing.acting import Done
    from offtake.dealing.places import Places
    from offtake.dealing.running import Running

WAITS = {
    "answer": "to answer",
    "close": "to sign what it took",
    "sign": "to be signed with",
    "stand by": "free, or stands by it",
    "opening": "to bid",
    "revealing": "to pledge bids",
    "bar": "to waive, in writing",
    "decide": "to decide on the offer",
    "notice": "to serve notice",
    "deliver": "to deliver",
    "bid": "to bid",
    "change": "may change its bid",
    "reveal": "to reveal what was pledged",
}
"""What is waited for, after whose turn it is."""


ROOMY = 100
"""Columns from which on a table of clocks has room."""


def practice(so: bool) -> None:
    """Said first of everything at a desk for practice."""
    if so:
        say("Practice: the time of this desk is stated, and nothing here binds anyone.")


def deed(done: Done, places: Places, as_json: bool) -> None:
    """What became of a deed, what is kept of it, and what comes next."""
    if as_json:
        plain_data(done.data())
        return
    practice(done.practice)
    zones = {one.until: one.zone for one in done.next if one.until is not None}
    for sentence in done.sentences:
        say(places.spoken(sentence, zones))
    refused = done.refused
    if refused is not None:
        say(places.spoken(f"Refused ({refused['refused']}): {refused['sentence']}", zones))
        say(places.spoken(f"    instead: {refused['instead']}", zones))
    kept = f"; receipt {', '.join(map(str, done.receipts))}" if done.receipts else ""
    say(f"key {done.key}{kept}")
    if done.next:
        say("")
        clocks("What happens next", done.next)


def clocks(title: str, running: Iterable[Running]) -> None:
    """What is waited for: of whom, about how many chips, until when, what if nothing, and why."""
    width = terminal().width
    if width < ROOMY:
        _stacked(title, running)
        return
    rows = [
        (
            _waited(one),
            "" if one.chips is None else f"{one.chips:,}",
            one.clock if width == WHOLE else one.clock.replace(", ", "\n", 1),
            one.nothing,
            one.why,
        )
        for one in running
    ]
    columns = ("waits for", "chips", "until", "if nothing is done", "why")
    table(title, columns, rows, wide={"if nothing is done": 3, "why": 1}, right={"chips"})


def _waited(one: Running) -> str:
    return f"{one.who} {WAITS.get(one.what, one.what)}"


def _stacked(title: str, running: Iterable[Running]) -> None:
    """The same where there is no room for a table."""
    screen = terminal()
    for number, one in enumerate(running):
        if title and not number:
            say(title)
        chips = "" if one.chips is None else f", {one.chips:,} chips"
        screen.print(one_line(f"{_waited(one)}{chips}: {one.clock}"))
        for line in (one.nothing, f"why: {one.why}" if one.why else ""):
            if line:
                screen.print(Padding(one_line(line), (0, 0, 0, 4)))
        screen.print()


def table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    wide: dict[str, int] | None = None,
    right: Iterable[str] = (),
) -> None:
    """A table in which wide columns share what is left; nothing where there is no row."""
    shares = wide or {}
    made = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for name in columns:
        made.add_column(
            name,
            overflow="fold",
            ratio=shares.get(name),
            min_width=12 if name in shares else None,
            justify="right" if name in right else "left",
        )
    count = 0
    for row in rows:
        count += 1
        made.add_row(*("\n".join(map(one_line, cell.split("\n"))) for cell in row))
    if count:
        screen = terminal()
        put(screen, made)
        screen.print()


def listed(
    tenders: Sequence[dict[str, Any]], running: Sequence[Running], data: dict[str, Any], json: bool
) -> None:
    """Every tender that a party sees, with its clocks."""
    if json:
        plain_data(data)
        return
    practice(data["practice"])
    for one in tenders:
        say(headline(one))
        own = [clock for clock in running if clock.tender == one["tender"]]
        clocks("", own)
        if not own:
            say("    nothing is waited for")
            say("")
    say(f"{many(len(tenders), 'tender')} for {data['party']} at {data['at_local']}")


def headline(one: dict[str, Any]) -> str:
    """A tender in a line: its name, how it stands, and its lot."""
    lot = one["lot"]
    chips = f"{lot['chips']:,} chips of " if "chips" in lot else ""
    for_ = f", for {', '.join(lot['purposes'])}" if lot["purposes"] else ""
    return (
        f"{one['tender']} ({one['phase']}): {chips}{lot['chip']} in {lot['region']} from "
        f"{lot['start']} for {lot['months']} months{for_}"
    )


def would(rows: Sequence[dict[str, Any]], headline_: str, late: str, as_json: bool) -> None:
    """Who would have to be asked if a tender were opened now."""
    if as_json:
        plain_data({"dry_run": True, "asked": list(rows), "late": late or None})
        return
    say(f"{headline_}. Nothing was opened.")
    kinds = {"exclusive": "waives in writing, or nobody else", "bids": "bids, sealed"}
    table(
        "Who would have to be asked",
        ("who", "right", "answers by", "then free until", "why"),
        [
            (
                str(row["holder"]),
                kinds.get(str(row["kind"]), str(row["kind"])),
                str(row["by_local"] or "no clock"),
                str(row["tail_local"] or ""),
                _why(row),
            )
            for row in rows
        ],
        wide={"why": 1},
    )
    if late:
        say(late)
    say(
        "Each window is reckoned from the end of the one before: who answers sooner ends it sooner."
    )


def _why(row: dict[str, Any]) -> str:
    if not row["clause"]:
        return ""
    place = f" ({row['place']})" if row["place"] else ""
    return f"{row['clause']}{place}: {row['sentence']}" if row["sentence"] else row["clause"]


def logged(
    rows: Sequence[dict[str, Any]], data: dict[str, Any], places: Places, json: bool
) -> None:
    """Events with their numbers, a sentence each."""
    if json:
        plain_data(data | {"events": list(rows)})
        return
    practice(data["practice"])
    for row in rows:
        number = "" if row["number"] is None else str(row["number"])
        say(f"{number or '-':>6}  {places.spoken(row['sentence'])}")
    say(f"{many(len(rows), 'event')}; numbers end where bids are still sealed")


def file_faults(faults: Sequence[Fault], as_json: bool) -> None:
    """What is wrong in a file of terms, as `offtake check` says it of a book."""
    from offtake.console.books import fault_data

    if as_json:
        plain_data([fault_data(fault) for fault in faults])
        return
    for fault in faults:
        say(str(fault))
    say(many(len(faults), "fault"))


def text(content: str) -> None:
    """A text as it is: a template, or a line of a journal."""
    typer.echo(content, nl=False)
