"""The verbs: each reads its arguments and prints a result. No rule lives here.

top.py: the application, its exit statuses, and how failures reach a user
options.py: arguments that several verbs take, and the book that they name
books.py: look at a book, or at what can be said of one: check, explain, rights, schema
plans.py: plan a book: plan, run
desk.py: the deal desk: rehearse
start.py: begin a book: new
imports.py: make records of what others write: import skypilot, prices, trace, usage
"""

from offtake.cli import books, desk, imports, plans, start
from offtake.cli.top import app, main

__all__ = ["app", "books", "desk", "imports", "main", "plans", "start"]
