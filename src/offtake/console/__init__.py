"""What the terminal shows: tables with a why column, progress, and one line where to look.

screen.py: lines, tables, plain data, progress, and how values are written
books.py: a book: its faults, what was read, what is in force
plans.py: a plan or a clash
"""

from offtake.console.books import checked, faults, rights
from offtake.console.plans import result, where_to_look
from offtake.console.screen import progress

__all__ = ["checked", "faults", "progress", "result", "rights", "where_to_look"]
