"""A book on the screen: its faults, one line on what was read, what is in force."""

from __future__ import annotations

from offtake.api import OpenBook
from offtake.console.screen import many, plain_data, say


def faults(book: OpenBook, as_json: bool) -> None:
    """Every fault and warning, and how many."""
    found = book.check()
    if as_json:
        plain_data(
            {
                "file": f.place.file,
                "line": f.place.line,
                "column": f.place.column,
                "severity": f.severity,
                "code": f.code,
                "sentence": f.sentence,
                "hint": f.hint,
            }
            for f in found
        )
        return
    for fault in found:
        say(str(fault))
    bad = sum(f.severity == "fault" for f in found)
    say(f"{many(bad, 'fault')}, {many(len(found) - bad, 'warning')}")


def checked(book: OpenBook) -> None:
    """One line on what was read, after its warnings."""
    for fault in book.check():
        say(str(fault))
    read = book.book
    parts = (
        many(len(read.agreements), "agreement"),
        many(len(read.offers), "offer"),
        many(len(read.sites), "site"),
        many(len(read.demand), "class", "classes") + " of demand",
    )
    say(f"{book.path}: {', '.join(parts)}, known on {read.known}: no faults")


def rights(book: OpenBook, on: str, party: str | None, as_json: bool) -> None:
    """What is in force, a sentence and a place for each."""
    lines = book.rights(on, party)
    if as_json:
        plain_data(
            {
                "clause": r.clause,
                "kind": r.kind,
                "holder": r.holder,
                "from": r.start.isoformat(),
                "until": r.end.isoformat(),
                "sentence": r.sentence,
                "place": str(r.place),
                "side": "right" if r.is_right else "term",
            }
            for r in lines
        )
        return
    for line in lines:
        say(f"{line.clause}: {line.sentence}")
        say(f"    {line.kind}, {line.start} to {line.end}, {line.place}")
    say(f"{many(len(lines), 'clause')} in force on {on}" + (f" for {party}" if party else ""))
