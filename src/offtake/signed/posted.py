"""What was posted, in the graph: a line, its statement, the event that keeps it, the agreement."""

from __future__ import annotations

from offtake.book.force import Book
from offtake.desk.phrases import money
from offtake.signed.things import Causes, Key, Thing
from offtake.units.postings import KINDS, Group, Owed


def of_posted(graph: Causes, book: Book, group: Group, event: Thing) -> None:
    """Note a group: its event comes of its subject, and of what it takes the place of."""
    before = [(group.kind, group.replaces)] if group.replaces else []
    subject: Key = ("agreement", group.subject)
    if group.subject in book.ventures:
        subject = ("venture", group.subject)
        graph.add(Thing(*subject, "a venture", _line_of(str(book.ventures[group.subject].place))))
    kept = graph.add(event, subject, *before)
    said = f"{len(group.lines)} lines in {group.currency}, dated {group.date}"
    read = [_source(graph, cause, event) for cause in group.causes]
    whole = graph.add(Thing(group.kind, group.id, said, event.place, event.at), kept, *read)
    for line in group.lines:
        _line(graph, book, group, line, whole, event)


def _line(graph: Causes, book: Book, group: Group, line: Owed, whole: Key, event: Thing) -> None:
    """A line comes of its statement; and of its clause, its delivery, and what was read for it."""
    said = f"{line.item}: {money(line.amount, group.currency)} = {line.why}"
    causes = [whole]
    if line.by != group.subject:
        causes.append(("clause", line.by.partition("@")[0]))
    if line.delivery is not None:
        delivery = Thing(
            "delivery",
            f"{group.subject}/{line.delivery}",
            f"a delivery under {group.subject}",
            _delivery_at(book, group.subject, line),
        )
        causes.append(graph.add(delivery, ("agreement", group.subject)))
    causes += [_source(graph, cause, event) for cause in line.causes]
    graph.add(Thing("line", line.id, said, event.place, event.at), *causes)


def _delivery_at(book: Book, agreement: str, line: Owed) -> str:
    """Where the book has a delivery: a line that a clause makes has the place of the clause."""
    signed = book.whole.agreements.get(agreement)
    found = (d.place for d in signed.deliveries if d.id == line.delivery) if signed else ()
    return _line_of(str(next(iter(found), line.place)))


def _source(graph: Causes, cause: str, event: Thing) -> Key:
    """What a payment answers, where it names that; else a file, which stands where it is named."""
    for kind in KINDS:
        if (kind, cause) in graph.things:
            return kind, cause
    return graph.add(Thing("source", cause, "was read for it", event.place, event.at))


def _line_of(place: str) -> str:
    """`agreements.yaml:3:5` without its column, as all places of the graph are."""
    return place.rpartition(":")[0]
