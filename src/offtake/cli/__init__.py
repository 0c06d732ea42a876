"""The verbs: each reads its arguments and prints a result. No rule lives here.

top.py: the application, its exit statuses, and how failures reach a user
options.py: arguments that several verbs take, and the book that they name
books.py: look at a book, or at what can be said of one: check, explain, rights, schema
plans.py: plan a book: plan, run
desk.py: the deal desk: rehearse
tender.py: tenders at a desk: the group, and what its verbs share
tender_buyer.py: open, notice, award, sign, deliver, fail, withdraw
tender_parties.py: bid, revise, seal, pledge, reveal, answer, assign
tender_desk.py: attest, declare, admit, default, erase, backup, restore
tender_look.py: list, show, log, export, receipt
journals.py: what was made at a desk: book pull, trace
verify.py: the auditor's verb: verify
start.py: begin a book: new
settle.py: what is owed: settle
bills.py: a provider's bill: reconcile
export.py: what other programs read: export calendar, ocds
ledger.py: the books at a desk: ledger balance, account, statement, capital, call, pay, export
imports.py: make records of what others write: import skypilot, prices, trace, usage
"""

from offtake.cli import (  # noqa: F401
    bills,
    books,
    desk,
    export,
    imports,
    journals,
    ledger,
    plans,
    settle,
    start,
    tender,
    tender_buyer,
    tender_desk,
    tender_look,
    tender_parties,
    verify,
)
from offtake.cli.top import app, main

__all__ = ["app", "books", "desk", "imports", "journals", "main", "plans", "start", "tender"]
