"""A provider's bill beside our own statements of its months."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from offtake.book.faults import Unreadable
from offtake.book.force import Book
from offtake.dealing.wrong import WrongDealingError
from offtake.owing.focus_files import read_bill
from offtake.owing.settled import Settled
from offtake.plan.words import one_line
from offtake.settle.bills import Bill
from offtake.settle.reconcile import Differences, reconcile


def pairs(texts: Iterable[str]) -> dict[str, str]:
    """`ACCOUNT=AGREEMENT`, each; raises `WrongDealingError`."""
    found = {}
    for text in texts:
        account, sign, agreement = text.rpartition("=")
        if not (sign and account.strip() and agreement.strip()):
            raise WrongDealingError(
                f"--map is ACCOUNT=AGREEMENT, such as 1234=a-2025, not {one_line(text[:64])!r}"
            )
        found[account.strip()] = agreement.strip()
    return found


def compared(
    book: Book,
    path: Path,
    settle: Callable[[str], Settled],
    accounts: dict[str, str],
    month: str | None = None,
) -> tuple[Differences, tuple[str, ...]]:
    """What the bill says beside what `settle` makes of its months, or of one; and what to know.

    Raises `Unreadable` with all that is wrong with the bill.
    """
    bill = read_bill(path, book.header.currency)
    if not isinstance(bill, Bill):
        raise Unreadable(bill)
    unknown = set(accounts.values()) - set(book.whole.agreements)
    if unknown:
        raise WrongDealingError(f"--map: the book has no agreement {one_line(min(unknown)[:64])!r}")
    if month is not None:
        bill = replace(bill, charges=tuple(c for c in bill.charges if str(c.month) == month))
    if not bill.charges:
        of = f" of {month}" if month else ""
        raise WrongDealingError(f"{path} has no charge{of}: there is nothing to compare")
    months = [settle(str(each)) for each in bill.months]
    statements = [one for each in months for one in each.statements]
    sellers = {party.id: party.name for party in book.parties.values()}
    notes = dict.fromkeys(note for each in months for note in each.notes)
    return reconcile(statements, bill, accounts, sellers), tuple(notes)
