"""What the terminal shows: tables with a why column, progress, and one line where to look.

screen.py: lines, tables, plain data, progress, and how values are written
books.py: a book: its faults, what was read, what is in force, who may use what
pages.py: what a code means, which words a clause kind has
plans.py: a plan or a clash
desk.py: a rehearsal of tenders
tender.py: tenders at a desk: what a deed came to, what is waited for
tender_seen.py: one tender as a party sees it
journals.py: files that were pulled, and the way to the causes
verify.py: a verified journal: what was checked, and what does not hold
questions.py: cases beside the book as it is; what moved between two plans
settle.py: what is owed: statements, a forecast, what was posted
ledger.py: the books: balances, an account, what was posted, capital
bills.py: a bill beside our own statements
imports.py: an import: how far it is, what is bad, what became of the rows
"""

from offtake.console.books import checked, faults, faults_of_all, may, rights
from offtake.console.desk import rehearsal, rehearsed
from offtake.console.imports import bad, data, imported, lines_of
from offtake.console.plans import result, where_to_look
from offtake.console.questions import answers, explained, faulty
from offtake.console.screen import progress
from offtake.console.settle import owed

__all__ = [
    "answers",
    "bad",
    "checked",
    "data",
    "explained",
    "faults",
    "faults_of_all",
    "faulty",
    "imported",
    "lines_of",
    "may",
    "owed",
    "progress",
    "rehearsal",
    "rehearsed",
    "result",
    "rights",
    "where_to_look",
]
