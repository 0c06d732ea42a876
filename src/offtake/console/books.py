"""A book on the screen: its faults, one line on what was read, what is in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from offtake.api import OpenBook
from offtake.book.faults import Fault
from offtake.clauses.entitles import Entitled
from offtake.console.screen import many, plain_data, say


def faults(book: OpenBook, as_json: bool) -> None:
    """Every fault and warning of one book, and how many."""
    if as_json:
        plain_data(_of(book))
        return
    for fault in book.check():
        say(str(fault))
    say(_counted(book.check()))


def faults_of_all(books: Sequence[OpenBook], as_json: bool) -> None:
    """The same of several books; each place begins with the path of its book."""
    if as_json:
        plain_data(fault for book in books for fault in _of(book))
        return
    for book in books:
        for fault in book.check():
            place = replace(fault.place, file=_path(book, fault))
            say(str(replace(fault, place=place)))
    every = [fault for book in books for fault in book.check()]
    say(f"{many(len(books), 'book')}: {_counted(every)}")


def fault_data(fault: Fault) -> dict[str, Any]:
    """One fault or warning as plain data."""
    return {
        "file": fault.place.file,
        "line": fault.place.line,
        "column": fault.place.column,
        "severity": fault.severity,
        "code": fault.code,
        "sentence": fault.sentence,
        "hint": fault.hint,
    }


def _of(book: OpenBook) -> list[dict[str, Any]]:
    """Each fault and warning of a book, in the order of places."""
    named = {"book": book.path.as_posix()}
    return [{**named, "path": _path(book, f), **fault_data(f)} for f in book.check()]


def _path(book: OpenBook, fault: Fault) -> str:
    """The file as it is named from where the command was given, for a program that opens it."""
    return (book.path / fault.place.file).as_posix()


def _counted(faults: Sequence[Fault]) -> str:
    bad = sum(fault.severity == "fault" for fault in faults)
    return f"{many(bad, 'fault')}, {many(len(faults) - bad, 'warning')}"


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


def may(answer: Entitled, as_json: bool) -> None:
    """Yes or no, and the clauses that say so."""
    use = answer.use
    if as_json:
        plain_data(
            {
                "answer": "yes" if answer.yes else "no",
                "party": use.party,
                "subject": use.subject,
                "product": use.product,
                "on": use.day.isoformat(),
                "because": [
                    {
                        "clause": r.clause,
                        "kind": r.kind,
                        "says": r.says,
                        "holder": r.grant.holder,
                        "from": r.start.isoformat(),
                        "until": r.end.isoformat(),
                        "sentence": r.sentence,
                        "place": str(r.place),
                    }
                    for r in answer.because
                ],
            }
        )
        return
    if answer.yes:
        say(f"yes: {use.party} may use {use} on {use.day}")
    else:
        say(f"no: {_why_not(answer)}")
    for r in answer.because:
        say(f"{r.clause}: {r.sentence}")
        say(f"    {r.kind}, {r.start} to {r.end}, {r.place}")


def _why_not(answer: Entitled) -> str:
    """The first of what the clauses say against it, in a sentence."""
    use = answer.use
    nobody = f"no clause in force on {use.day} lets {use.party} use {use}"
    if not answer.because:
        return nobody
    first = answer.because[0]
    return {
        "bars": f"{first.grant.holder} alone may use it on {use.day}",
        "ended": f"it ended on {first.end}",
        "begins later": f"it begins on {first.start}",
        "names another product": f"{nobody}: the clause names another product",
        "is given by it": f"{nobody}: it lets others, and what is its own no clause says",
    }[first.says]
