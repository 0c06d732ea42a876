"""Lines of statements to Invoice Detail, one row a line, and their months to Billing Period.

No time of day at which something was issued is known to a book: an invoice is dated at the end of
its month, its due date is left to the agreement, and a forecast is not issued at all.
"""

from __future__ import annotations

from collections.abc import Iterable

from offtake.book.force import Book
from offtake.formats.focus.charges import Charged
from offtake.formats.focus.columns import Cell, Row
from offtake.formats.focus.values import month_of, name_of, pairs
from offtake.settle.clock import BookClock


def invoice_rows(charges: Iterable[Charged], book: Book) -> tuple[Row, ...]:
    """Invoice Detail."""
    clock = BookClock(book.header.timezone)
    return tuple(_detail(one, book, clock) for one in charges)


def _detail(one: Charged, book: Book, clock: BookClock) -> dict[str, Cell]:
    statement, line = one.statement, one.of.line
    begin, end = month_of(clock, statement.month)
    replaces = statement.replaces or statement.id
    return {
        "BilledCost": one.billed,
        "BillingAccountId": one.of.payer,
        "BillingCurrency": statement.currency,
        "BillingPeriodStart": begin,
        "BillingPeriodEnd": end,
        "ChargeCategory": one.category,
        "InvoiceDetailCreated": end,
        "InvoiceDetailDescription": line.item,
        "InvoiceDetailGrain": pairs({"x_OfftakeLine": one.id}),
        "InvoiceDetailId": one.id,
        "InvoiceDetailLastUpdated": end,
        "InvoiceId": one.invoice,
        "InvoiceIssueDate": None if statement.forecast else end,
        "InvoiceIssueStatus": "Open" if statement.forecast else "Issued",
        "InvoiceIssuerName": name_of(book, one.of.payee),
        "PaymentDueDate": None,
        "PaymentTerms": f"as agreed in {statement.agreement}",
        "ReferenceInvoiceId": replaces + one.invoice.removeprefix(statement.id),
        "x_OfftakeLine": one.id,
    }


def period_rows(charges: Iterable[Charged], book: Book) -> tuple[Row, ...]:
    """Billing Period: each month of each issuer once; open while any of it is a forecast."""
    clock = BookClock(book.header.timezone)
    found: dict[tuple[object, str], dict[str, Cell]] = {}
    for one in charges:
        begin, end = month_of(clock, one.statement.month)
        issuer = name_of(book, one.of.payee)
        row = found.setdefault(
            (begin, issuer),
            {
                "BillingPeriodCreated": end,
                "BillingPeriodEnd": end,
                "BillingPeriodLastUpdated": end,
                "BillingPeriodStart": begin,
                "BillingPeriodStatus": "Closed",
                "InvoiceIssuerName": issuer,
            },
        )
        if one.statement.forecast:
            row["BillingPeriodStatus"] = "Open"
    return tuple(found.values())
