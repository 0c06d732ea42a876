"""What is owed for a month: from a book and what was metered to statements and postings; pure.

`reckon` makes the statements of one month from those before it; `settle` does so month by month.
It knows no clause by name: clauses say what they add through their face `settle`.

    clock.py: days of a month on the book's clock, as instants
    inputs.py: what is known besides the book: use, outages, arrivals, revenue, comparables
    serving.py: what was contracted, taken and excused on each day
    statement.py: a statement, its lines and what it hands on
    telling.py: a statement told: its figures as text, as plain data, and its digest
    postings.py: what a statement, payment or call posts, and corrections
    ledger.py: balances, accounts and open items of what was posted
    speaking.py: what one clause is offered of one month
    charged.py: what is owed for capacity by itself, before any clause speaks
    parts.py: a whole number in parts that sum to it
    passing.py: what passes along chains: use up, outages down
    mirrored.py: clauses that are back to back: their lines, one link further down
    chains.py: what each link of a chain pays, and what stays with every reseller
    capital.py: what sites need in a month, and the calls of owners by tranche
    standing.py: capital called and paid by owner, against the limits of tranches
    bills.py: the charges of somebody else's bill, and what kind of charge a line is
    matching.py: charges of a bill laid to lines of a statement
    reconcile.py: a bill beside our statements: what differs, by which clause, and why
    reckon.py: one month of every agreement
    months.py: month after month, each opening with what the one before carried
"""

from offtake.settle.inputs import Inputs, Outage, Source, Used
from offtake.settle.months import settle
from offtake.settle.reckon import reckon
from offtake.settle.statement import Carried, Entry, Statement

__all__ = [
    "Carried",
    "Entry",
    "Inputs",
    "Outage",
    "Source",
    "Statement",
    "Used",
    "reckon",
    "settle",
]
