"""What was signed at a desk: as records of a book, as files, and back to what brought it about.

A book names a journal and sees what it holds; a rehearsal writes the same records of its own; a
pull puts them into files. There is one way from an agreement of a desk to a record.

    made.py: which agreements came of a desk's events
    shaped.py: the terms of a bid under an offer, from its price and clauses
    words.py: an agreement as it would be written in a book, and as text
    source.py: a journal's file, its chain checked, what is open read
    reader.py: what a book is handed to read its journals
    pull.py: the agreements of a book's journals as files of the book
    things.py: things and what brought them about, as a graph
    posted.py: statements, payments and calls in the graph, line by line
    causes.py: what brought what about: book, plans and journals as one graph
    trace.py: the way back to the causes, or on to the effects
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from offtake.book.journals import Asked, Told


def read_journal(asked: Asked) -> Told:
    """What a book sees of a journal; a book that names none loads neither desk nor store."""
    from offtake.signed.reader import read_journal

    return read_journal(asked)
