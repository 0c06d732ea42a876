"""A plan's purchases played as tenders in virtual time, with counterparties as the book has them.

Nothing here reads a clock or a file, and all chance comes from a seed: the same book, plan and seed
give the same journal.

    days.py: days and hours of a time zone as instants
    purchases.py: which purchases are rehearsed, as what lots, and when their tenders open
    counterparties.py: holders who answer as the book expects, sellers who bid their offers
    clockwork.py: virtual time, the desk and its journal
    market.py: what all tenders share: what sellers ask, what parties can promise, ids, days
    stock.py: what each offer has left to bid
    looking.py: what the buyer reads off the desk
    others.py: what holders and sellers do in one tender
    course.py: one tender from its opening to its end
    recorded.py: its commands through the real journal, with practice keys
    playing.py: a rehearsal from its first instant to its last
    signed.py: what was signed as changes of the book that is planned again, and as its lines
    passed.py: rights that a check asks about and the desk had not to
    outcome.py: plan and outcome side by side, with the reasons
    result.py: what a rehearsal gives back
    told.py: all of it together, and what a reader must know
"""

from offtake.rehearse.playing import Played, play
from offtake.rehearse.result import TABLES, Rehearsal
from offtake.rehearse.told import rehearse

__all__ = ["TABLES", "Played", "Rehearsal", "play", "rehearse"]
