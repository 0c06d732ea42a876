"""What a book is handed to read the journals that it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from offtake.book.faults import Fault, Misread, Place
from offtake.book.journals import BROKEN, LATER, Asked, Told
from offtake.signed.made import READ, Made, made
from offtake.signed.source import Entries, Source, SourceError, source
from offtake.signed.words import Scribe

_UPDATE = "install the version of offtake that wrote it, or a later one"
UNFIT = (LookupError, ValueError, ArithmeticError)
"""What comes of a journal that holds together and that no desk wrote."""
_PROVE = "offtake verify says more; restore a backup, or export it again"


def read_journal(asked: Asked) -> Told:
    """The agreements of one journal; raises `Misread` where it cannot be believed or read."""
    return told(asked, *agreements(asked))


def told(asked: Asked, journal: Source, found: tuple[Made, ...]) -> Told:
    """What was signed, as records at their entries."""
    entries = Entries(asked.name, journal)
    scribe = Scribe(asked.book, asked.offered, asked.kinds, Place(asked.name, 1), entries)
    records = []
    for one in found:
        try:
            known = asked.book.as_of(one.signed)
            records.append(replace(scribe, book=known).record(one))
        except UNFIT as error:
            name = entries.name(one.number)
            raise _broken(asked, SourceError("it cannot be reckoned with", name)) from error
    return Told(tuple(records), tuple(_odd(asked, entries, found)))


def agreements(asked: Asked) -> tuple[Source, tuple[Made, ...]]:
    """A journal, and what was signed in it; raises `Misread`."""
    try:
        journal = source(asked.path, *READ)
        return journal, made(journal.events(), asked.book.header.timezone)
    except SourceError as error:
        raise _broken(asked, error) from error
    except UNFIT as error:
        raise _broken(asked, SourceError("what happened there cannot have happened")) from error


def _broken(asked: Asked, error: SourceError) -> Misread:
    at = f" at entry {error.entry}" if error.entry is not None else ""
    sentence = f"The journal {asked.name[:60]} cannot be read{at}: {error}."
    code, hint = (LATER, _UPDATE) if error.later else (BROKEN, _PROVE)
    return Misread(sentence, code, hint)


def _odd(asked: Asked, entries: Entries, found: tuple[Made, ...]) -> Iterator[Fault]:
    """Bids that named an offer which is not there: nobody knows which clauses go along."""
    for one in found:
        if one.offer and one.offer not in asked.book.offers:
            sentence = f"{one.id} was signed under the offer {one.offer[:60]}, which is not here."
            hint = "keep the offer in the book, for its clauses; a past valid_until ends it"
            yield Fault(entries.place(one.number), "journal-offer", sentence, hint, "warning")
