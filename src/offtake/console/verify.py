"""A verified journal on the screen: what was checked, how much of it, and what does not hold."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from offtake.audit.breach import instant
from offtake.audit.breach import shown as utc
from offtake.audit.form import MOST
from offtake.console.screen import Shown, many, plain_data, say, terminal
from offtake.console.screen import table as show

if TYPE_CHECKING:
    from offtake.audit import Verified

LARGE = 4 * 1024 * 1024
"""Bytes from which a file's progress is shown."""
STEP = 2_000
"""Lines between two moves of it."""


@contextmanager
def reading(path: Path) -> Iterator[Iterator[bytes]]:
    """The lines of a file, no longer than is read of one; a moving line shows how far it is."""
    size = path.stat().st_size
    with opened(path) as file:
        if size < LARGE or sys.stderr is None or not sys.stderr.isatty():
            yield _lines(file)
            return
        from rich.progress import Progress

        with Progress(console=terminal(err=True), transient=True) as bar:
            task = bar.add_task("verifying", total=size)

            def lines() -> Iterator[bytes]:
                done = 0
                for number, line in enumerate(_lines(file)):
                    done += len(line)
                    if number % STEP == 0:
                        bar.update(task, completed=done)
                    yield line

            yield lines()


def opened(path: Path) -> BinaryIO:
    """A file, or a pipe; one into which nobody writes is empty, and not waited for."""
    file = open(path, "rb", opener=_at_once)  # noqa: SIM115
    os.set_blocking(file.fileno(), True)
    return file


def _at_once(name: str, flags: int) -> int:
    return os.open(name, flags | os.O_NONBLOCK)


def content(path: Path) -> bytes:
    """A receipt: one line, no longer than is read of one."""
    with opened(path) as file:
        return file.read(MOST + 1)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(MOST + 1):
        yield line


def verified(
    found: Verified, path: Path, receipts: Sequence[Path], by_key: bool, as_json: bool = False
) -> None:
    """All of it, as a table and sentences or as plain data."""
    if as_json:
        plain_data(found.data())
        return
    _checked(found)
    _in_words(found, by_key)
    _breaches(found)
    if found.sound:
        say(f"{path}: all of this holds.")
    else:
        first = found.breaches[0]
        where = first.file or (f"line {first.line}" if first.line else "its end")
        which = "at" if len(found.breaches) == 1 else "the first at"
        say(f"{path}: {many(len(found.breaches), 'breach', 'breaches')}, {which} {where}.")


def _checked(found: Verified) -> None:
    kinds = found.kinds
    shown = found.size - found.hidden
    windows = many(kinds.get("ClockStarted", 0), "window")
    signed = many(kinds.get("Signed", 0), "agreement")
    held = f"{many(found.receipts, 'receipt')}, {many(found.heads, 'head')}"
    history = any(breach.promise == "H" for breach in found.breaches)
    whole = "links lead to the head" if history else "nothing was changed, left out or put in"
    rows = [
        ("form", many(found.size, "entry", "entries"), "each line is written in the one form"),
        ("chain", many(found.size, "link"), whole),
        ("events", f"{shown:,} shown, {found.hidden:,} hidden", "each is what was committed to"),
        ("seals", f"{found.sealed:,} opened, {found.revealed:,} revealed", "bids were sealed"),
        ("order", many(shown, "event"), "no time goes back, one effect a command"),
        ("rights", f"{windows}, {signed}", "asked in full, nobody was passed over"),
        ("tenders", f"{kinds.get('TenderOpened', 0):,}", "quantities add up, no capacity twice"),
        (
            "books",
            f"{kinds.get('Posted', 0):,} posted",
            "each group balances, and follows its lines",
        ),
        ("receipts", held, "what was signed is here"),
        ("marks", f"{found.marks:,}", "no bid came in after them"),
    ]
    broken = Counter(breach.check for breach in found.breaches)
    rows = [
        (name, count, f"NOT SO: {many(broken[name], 'breach', 'breaches')}" if broken[name] else so)
        for name, count, so in rows
    ]
    import polars

    names = ("checked", "how much", "that")
    frame = polars.DataFrame({name: [row[n] for row in rows] for n, name in enumerate(names)})
    columns: Shown = dict.fromkeys(names, str)
    show(terminal(), "What was checked", frame, columns)
    if history:
        say("History does not hold: what else is said here is of the lines as they stand.")


def _in_words(found: Verified, by_key: bool) -> None:
    """What the check is worth: what a receipt or a key adds, and what is not shown yet."""
    head = found.head
    if head is not None:
        say(f"Desk {found.desk}, key {found.key}.")
        say(f"The head is of {utc(instant(head.at))}, over {many(head.size, 'entry', 'entries')}.")
    against = [breach for breach in found.breaches if breach.promise == "R"]
    if not (against or found.receipts or found.heads or found.marks):
        say(
            "No receipt and no older head was held against it: whoever has the desk's key could "
            "have written another history in its place. A receipt that a party has kept, or the "
            "last line of an earlier export, would show that."
        )
    elif found.sound:
        say("What was signed before is in it: up to there history cannot have been rewritten.")
    for tender, count in sorted(found.unjudged.items()):
        say(
            f"{many(count, 'receipt')} not judged: under the seal of tender {tender}. That its "
            "entry is there is certain; what it says is not shown."
        )
    if not by_key and not found.receipts:
        say("The key is the journal's own word; --key checks it against the one you know.")
    if found.keeps:
        say(f"The journal ends early, for the sake of {found.keeps}: ask for a later one then.")
    if found.waiting:
        say(f"{many(found.waiting, 'receipt')} can be checked only with that later journal.")
    if found.unexplained:
        lines = many(found.unexplained, "hidden entry", "hidden entries")
        say(f"Why {lines} may be hidden, only that later journal can show.")


def _breaches(found: Verified) -> None:
    if not found.breaches:
        return
    import polars

    told = found.breaches
    frame = polars.DataFrame(
        {
            "line": ["" if b.line is None else str(b.line) for b in told],
            "entry": ["" if b.number is None else str(b.number) for b in told],
            "promise": [b.promise for b in told],
            "sentence": [b.sentence for b in told],
        }
    )
    columns: Shown = dict.fromkeys(("line", "entry", "promise", "sentence"), str)
    show(terminal(), "What does not hold", frame, columns)
