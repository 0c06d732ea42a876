"""The verbs: each reads its arguments and prints a result. No rule lives here.

top.py: the application, its exit statuses, and how failures reach a user
options.py: arguments that several verbs take, and the book that they name
books.py: look at a book: check, rights, schema
plans.py: plan a book: plan, run
"""

from offtake.cli import books, plans
from offtake.cli.top import app, main

__all__ = ["app", "books", "main", "plans"]
