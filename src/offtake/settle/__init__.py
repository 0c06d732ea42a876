"""What is owed for a month: from a book and what was metered to statements and postings; pure.

`reckon` makes the statements of one month from those before it; `settle` does so month by month.
It knows no clause by name: clauses say what they add through their face `settle`.

    clock.py: days of a month on the book's clock, as instants
    inputs.py: what is known besides the book: use, outages, arrivals, revenue, comparables
    serving.py: what was contracted, taken and excused on each day
    statement.py: a statement, its lines and what it hands on
    speaking.py: what one clause is offered of one month
    charged.py: what is owed for capacity by itself, before any clause speaks
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
