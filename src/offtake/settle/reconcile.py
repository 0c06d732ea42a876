"""A bill beside our own statements: what differs, by which clause, and why. Pure.

Charges are sorted to agreements and months; within each to our lines: by the id of the line where a
bill carries ours, by its clause, by its delivery, by an equal amount or quantity, and what is left
by the nearest amount of the same kind. Each difference is taken apart into quantity, price and
rounding. Nothing is left out: the differences sum to the bill less the statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from offtake.book.faults import Place
from offtake.clauses.base import HOUR
from offtake.clauses.figures import number
from offtake.settle.bills import Bill, Charge
from offtake.settle.matching import Item, Ours, items_of, matched, ours_of
from offtake.settle.statement import Statement
from offtake.units import Month

Cause = Literal["quantity", "price", "rounding", "amount", "not on the bill", "not ours"]
NOBODY = ""
"""The agreement of charges that nothing sorts to one."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of what a bill says more (or, negative, less) than a statement, and why."""

    agreement: str
    month: Month
    clause: str
    """The clause or agreement whose line it is; empty where no line of ours is meant."""
    line: str
    """The line's id; empty as above."""
    cause: Cause
    ours: Fraction
    theirs: Fraction
    difference: Fraction
    """This part of `theirs` less `ours`; money, exact."""
    why: str
    places: tuple[Place, ...]
    """Rows of the bill."""


@dataclass(frozen=True, slots=True)
class ByClause:
    """All of a clause in a month, with the lines that agree."""

    agreement: str
    month: Month
    clause: str
    ours: Fraction
    theirs: Fraction

    @property
    def difference(self) -> Fraction:
        """What the bill says more."""
        return self.theirs - self.ours


@dataclass(frozen=True, slots=True)
class Differences:
    """What a bill says beside our statements of the same months."""

    currency: str
    months: tuple[Month, ...]
    rows: tuple[Difference, ...]
    """Only what differs."""
    by_clause: tuple[ByClause, ...]

    @property
    def ours(self) -> Fraction:
        """Of all statements that were compared."""
        return sum((one.ours for one in self.by_clause), Fraction(0))

    @property
    def theirs(self) -> Fraction:
        """Of all charges."""
        return sum((one.theirs for one in self.by_clause), Fraction(0))

    @property
    def difference(self) -> Fraction:
        """What the bill says more than we do: the sum of its parts."""
        return self.theirs - self.ours


def reconcile(
    statements: Iterable[Statement],
    bill: Bill,
    accounts: Mapping[str, str] | None = None,
    sellers: Mapping[str, str] | None = None,
) -> Differences:
    """What differs in the months of the bill, over all agreements of which it bills anything.

    `accounts` says which agreement an account, contract or invoice of the bill is; `sellers` gives
    parties' names by id, for bills that tell nothing else. Statements of other sellers, buyers and
    months are not looked at; of several revisions the last counts.
    """
    kept = _latest(statements)
    sorter = _Sorter(kept, accounts or {}, sellers or {})
    found: dict[tuple[str, Month], list[Charge]] = {}
    for charge in bill.charges:
        found.setdefault((sorter.agreement(charge), charge.month), []).append(charge)
    billed = {(kept[key].seller, kept[key].buyer) for key in found if key in kept}
    months = bill.months
    for key, statement in kept.items():
        # A whole agreement that is missing on the bill is the largest difference there can be.
        if (statement.seller, statement.buyer) in billed and statement.month in months:
            found.setdefault(key, [])
    rows: list[Difference] = []
    sums: dict[tuple[str, Month, str], list[Fraction]] = {}
    for (agreement, month), charges in sorted(found.items()):
        own = kept.get((agreement, month))
        lines = ours_of(own, {charge.line for charge in charges}) if own else []
        for ours, item in matched(lines, items_of(charges)):
            by = ours.by if ours is not None else NOBODY
            clause = sums.setdefault((agreement, month, by), [Fraction(0), Fraction(0)])
            clause[0] += ours.amount if ours is not None else 0
            clause[1] += item.cost if item is not None else 0
            rows.extend(_parts(agreement, month, ours, item))
    by_clause = tuple(ByClause(*key, *of) for key, of in sorted(sums.items()))
    return Differences(bill.currency, months, tuple(rows), by_clause)


def _latest(statements: Iterable[Statement]) -> dict[tuple[str, Month], Statement]:
    found: dict[tuple[str, Month], Statement] = {}
    for statement in statements:
        key = statement.agreement, statement.month
        if key not in found or found[key].revision < statement.revision:
            found[key] = statement
    return found


class _Sorter:
    """Which agreement a charge is of."""

    def __init__(
        self,
        statements: Mapping[tuple[str, Month], Statement],
        accounts: Mapping[str, str],
        sellers: Mapping[str, str],
    ) -> None:
        self.accounts = accounts
        self.known = {agreement for agreement, _ in statements}
        self.invoices = {s.id: s.agreement for s in statements.values()}
        self.by_seller: dict[tuple[str, Month], list[str]] = {}
        for statement in statements.values():
            seller = statement.seller
            for name in {seller.casefold(), sellers.get(seller, seller).casefold()}:
                of = self.by_seller.setdefault((name, statement.month), [])
                of.append(statement.agreement)

    def agreement(self, charge: Charge) -> str:
        """By what was said of an account; by an id of ours; by the one agreement of its seller."""
        for account in charge.accounts:
            if account in self.accounts:
                return self.accounts[account]
        for account in charge.accounts:
            if account in self.known:
                return account
            if account in self.invoices:
                return self.invoices[account]
        of = self.by_seller.get((charge.seller.casefold(), charge.month), [])
        return of[0] if len(of) == 1 else NOBODY


def _parts(
    agreement: str, month: Month, ours: Ours | None, item: Item | None
) -> Iterator[Difference]:
    """One difference taken apart; nothing where there is none."""
    mine = ours.amount if ours is not None else Fraction(0)
    other = item.cost if item is not None else Fraction(0)
    if mine == other:
        return
    by, line = (ours.by, ours.id) if ours is not None else (NOBODY, "")
    places = item.places if item is not None else ()
    for cause, amount, why in _causes(ours, item):
        yield Difference(agreement, month, by, line, cause, mine, other, amount, why, places)


def _causes(ours: Ours | None, item: Item | None) -> Iterator[tuple[Cause, Fraction, str]]:
    if ours is None:
        assert item is not None
        yield "not ours", item.cost, f"the bill has {item.what!r}, and no line of ours is that"
        return
    if item is None:
        yield "not on the bill", -ours.amount, f"no charge of the bill is our {ours.what!r}"
        return
    rest = item.cost - ours.amount
    if not (ours.quantity and item.quantity):
        yield "amount", rest, f"they bill {number(item.cost)}, we owe {number(ours.amount)}"
        return
    for part in _by_quantity(ours, item, Fraction(ours.quantity, HOUR), item.quantity):
        rest -= part[1]
        yield part
    if rest:
        rows = len(item.places)
        of = "one row" if rows == 1 else f"{rows:,} rows"
        yield "rounding", rest, f"what rounding leaves, over {of}"


def _by_quantity(
    ours: Ours, item: Item, mine: Fraction, other: Fraction
) -> Sequence[tuple[Cause, Fraction, str]]:
    """Quantity at our price, and price at their quantity; to the smallest unit of the currency."""
    was, now = ours.amount / mine, item.cost / other
    if ours.price is not None and abs(ours.price * mine - ours.amount) <= ours.unit:
        was = ours.price
    # A price that differs by less than rounding each row could make it is the same price.
    if abs(was * other - item.cost) <= ours.unit * (len(item.places) + 1) / 2:
        now = was
    found: list[tuple[Cause, Fraction, str]] = []
    quantity = round((other - mine) * was / ours.unit) * ours.unit
    if quantity:
        more = f"({number(other)} - {number(mine)}) chip-hours × {number(was)}"
        found.append(("quantity", quantity, more))
    price = round((now - was) * other / ours.unit) * ours.unit
    if price:
        dearer = f"({number(now)} - {number(was)}) × {number(other)} chip-hours"
        found.append(("price", price, dearer))
    return found
