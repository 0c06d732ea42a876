"""A desk on this machine: a book's own store, its tenders, and what happens if nothing is done.

What a party is shown goes through the desk's `sight` and `reply`. The clock is the machine's, but
for a desk that was begun for practice.

    wrong.py: what was asked and means nothing
    times.py: instants as people read them
    places.py: where the book says what a claim says
    offered.py: bids and terms as people write them
    promised.py: a bid sealed by its own bidder, to be pledged and revealed
    summary.py: all tenders that a party sees, or one
    preview.py: what would come of opening a tender
    lots.py: what a tender is opened for, and who would have to be asked
    found.py: what a party means by a few words
    wishes.py: commands from a few words
    agreeing.py: which signature is meant
    running.py: clocks that run, for the buyer and auditors
    waiting.py: clocks that run, for everybody else
    told.py: what became of a command, for its sender
    private.py: files that only their owner may read
    where.py: where the store is kept, and the keys
    seeing.py: the desk of a store, to be read
    acting.py: one deed at a desk
    keeping.py: what a desk has kept, handed out: log, books, exports, receipts, marks, backups
    local.py: the desk with a method for each verb
"""

from offtake.dealing.local import LocalDesk, desk_of
from offtake.dealing.wrong import WrongDealingError, WrongFileError

__all__ = ["LocalDesk", "WrongDealingError", "WrongFileError", "desk_of"]
