"""FOCUS, the FinOps Open Cost and Usage Specification: statements to its datasets, bills read.

columns.py: the columns of each dataset by version, and which hold numbers and times
values.py: numbers, times and texts as the specification wants them
charges.py: lines of statements to rows of Cost and Usage
invoices.py: the same lines to Invoice Detail, and their months to Billing Period
commitments.py: agreements and the clauses that commit, as Contract Commitment
tables.py: all datasets of a version
bill.py: a provider's Cost and Usage to the charges of a bill, and what is wrong with it

Everything is rows and columns; `offtake.owing.focus_files` writes and reads the files.
"""

from offtake.formats.focus.bill import bill_of
from offtake.formats.focus.columns import VERSIONS, Table
from offtake.formats.focus.tables import focus_tables

__all__ = ["VERSIONS", "Table", "bill_of", "focus_tables"]
