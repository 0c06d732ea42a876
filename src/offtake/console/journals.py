"""What was made at a desk, on the screen: files that were pulled, and the way to the causes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from offtake.console.books import fault_data
from offtake.console.screen import many, plain_data, put, say, terminal
from offtake.plan.words import one_line
from offtake.signed.pull import SAYS, Pull
from offtake.signed.trace import Traced
from offtake.units.instants import instant_text


def unread(found: Pull, as_json: bool) -> None:
    """What is wrong with a book, so that nothing was pulled."""
    if as_json:
        plain_data(fault_data(fault) for fault in found.faults)
        return
    for fault in found.faults:
        say(str(fault))
    say(many(len(found.faults), "fault"))


def pulled(found: Pull, written: Sequence[Path], check: bool, as_json: bool) -> None:
    """Each file, its entry, and what is to be said of it."""
    if as_json:
        plain_data(
            {
                "file": file.name,
                "agreement": file.agreement or None,
                "entry": file.entry or None,
                "state": file.state,
                "written": file.path in written,
            }
            for file in found.files
        )
        return
    for file in found.files:
        told = "written" if file.path in written else SAYS[file.state]
        say(f"{file.name}: {told}" + (f" ({file.entry})" if file.entry else ""))
    agreements = sum(bool(file.entry) for file in found.files)
    drifted = many(len(found.drifted), "file")
    if check:
        say(f"{many(agreements, 'agreement')}; {drifted} not as the journals say")
    else:
        say(f"{many(agreements, 'agreement')}; {many(len(written), 'file')} written")
        if written:
            index = found.files[agreements].name
            say(f"one line includes them all: include: [{index}]")


def traced(found: Sequence[Traced], as_json: bool) -> None:
    """Each thing on the way with its reason and its place."""
    if as_json:
        plain_data(one.data() for one in found)
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("what")
    table.add_column("id", overflow="fold", ratio=2)
    table.add_column("at (UTC)")
    table.add_column("why", overflow="fold", ratio=5)
    table.add_column("place", overflow="fold")
    for one in found:
        thing = one.thing
        at = "" if thing.at is None else instant_text(thing.at)[:16].replace("T", " ")
        name = "" if thing.kind == "event" else thing.name
        row = (thing.kind, name, at, thing.sentence, thing.place)
        table.add_row(*(one_line(text) for text in row))
    put(terminal(), table)
    say(f"{many(len(found), 'thing')}, the main way first")
