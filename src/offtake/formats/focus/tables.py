"""All datasets of a version, from the statements of some months."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from offtake.book.force import Book
from offtake.formats.focus.charges import Rows, charged
from offtake.formats.focus.columns import (
    BILLING_PERIOD,
    CONTRACT_COMMITMENT,
    COST_AND_USAGE,
    INVOICE_DETAIL,
    Row,
    Table,
    Version,
    columns_of,
)
from offtake.formats.focus.commitments import commitment_rows
from offtake.formats.focus.invoices import invoice_rows, period_rows
from offtake.settle.statement import Statement


def focus_tables(
    statements: Iterable[Statement],
    book: Book,
    version: Version = "1.4",
    *,
    replaced: Iterable[Statement] = (),
) -> Mapping[str, Table]:
    """The datasets by name: four in 1.4, Cost and Usage alone before it.

    `replaced` are statements, billed before, that some of these take the place of. What is billed
    on an invoice sums to its statement's total, less the total of the statement that it replaces
    where that is among `replaced` or the statements themselves.
    """
    kept = tuple(statements)
    old = {statement.id: statement for statement in (*replaced, *kept)}
    charges = tuple(charged(kept, book, old))
    committed = commitment_rows(kept, book)
    rows = Rows(book, (str(row["ContractCommitmentId"]) for row in committed))
    found: dict[str, Iterable[Row]] = {COST_AND_USAGE: [rows.row(one) for one in charges]}
    if version == "1.4":
        found[CONTRACT_COMMITMENT] = committed
        found[INVOICE_DETAIL] = invoice_rows(charges, book)
        found[BILLING_PERIOD] = period_rows(charges, book)
    return {name: _table(name, version, of) for name, of in found.items()}


def _table(name: str, version: Version, rows: Iterable[Row]) -> Table:
    columns = columns_of(name, version)
    return Table(columns, tuple({c: row.get(c) for c in columns} for row in rows))
