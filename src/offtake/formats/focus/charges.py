"""Lines of statements to rows of Cost and Usage: one row a line, and back by its id.

A correction takes back every line of the statement that it replaces, in rows that are negated, and
bills its own; both are of class Correction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from offtake.book.force import Book
from offtake.book.records import Delivery
from offtake.clauses.base import HOUR
from offtake.formats.focus.columns import Cell, Row
from offtake.formats.focus.values import (
    chip_hours,
    days_of,
    host_of,
    month_of,
    name_of,
    number,
    pairs,
    plain,
)
from offtake.settle.bills import Category, Invoiced, category_of, invoiced
from offtake.settle.clock import BookClock
from offtake.settle.statement import Statement
from offtake.units.minor import money_of, payable

_FREQUENCY = {"Usage": "Usage-Based", "Purchase": "One-Time"}
_CAPACITY = ("Compute", "Other (Compute)", "Accelerator capacity")
_RIGHTS = ("AI and Machine Learning", "Other (AI and Machine Learning)", "Licences and royalties")
_CHIP_HOURS = "Chip-Hours"
_NONE: dict[str, Cell] = {}


@dataclass(frozen=True, slots=True)
class Charged:
    """A line on its invoice, or the same taken back by a correction."""

    statement: Statement
    of: Invoiced
    category: Category
    takes_back: Statement | None = None
    """The replaced statement that the line is of."""

    @property
    def sign(self) -> int:
        """-1 where it takes back."""
        return 1 if self.takes_back is None else -1

    @property
    def id(self) -> str:
        """The line's, or one of its own where it takes back."""
        if self.takes_back is None:
            return self.of.entry.id
        return f"{self.statement.id}/back/{self.of.entry.id.rpartition('/')[2]}"

    @property
    def invoice(self) -> str:
        """On which it is billed."""
        if self.takes_back is None:
            return self.of.invoice
        return self.statement.id + self.of.invoice.removeprefix(self.takes_back.id)

    @property
    def billed(self) -> Decimal:
        """In plain units of the currency."""
        return money_of(self.sign * self.of.billed, self.statement.currency).amount


def charged(
    statements: Iterable[Statement], book: Book, replaced: Mapping[str, Statement]
) -> Iterator[Charged]:
    """Every line, after those of a replaced statement that it takes back, where that is known."""
    for statement in statements:
        old = replaced.get(statement.replaces or "")
        for source in (old, statement):
            if source is None:
                continue
            billing = book.agreements[source.agreement].billing
            for of in invoiced(source):
                category = category_of(of.line, of.billed, source.agreement, billing)
                yield Charged(statement, of, category, source if source is old else None)


class Rows:
    """Rows of a book, with what all rows of an agreement or of a month have in common."""

    def __init__(self, book: Book, commitments: Iterable[str]) -> None:
        self.book = book
        self.clock = BookClock(book.header.timezone)
        self.commitments = frozenset(commitments)

    def row(self, one: Charged) -> Row:
        """One row, of the columns of every version."""
        return {
            **self._who(one),
            **self._when(one),
            **self._cost(one),
            **self._where(one),
            **self._back(one),
        }

    def _who(self, one: Charged) -> dict[str, Cell]:
        statement, of = one.statement, one.of
        seller = name_of(self.book, statement.seller)
        host = name_of(self.book, host_of(self.book, statement.agreement))
        return {
            "BillingAccountId": of.payer,
            "BillingAccountName": name_of(self.book, of.payer),
            "SubAccountId": statement.agreement,
            "SubAccountName": f"agreement {statement.agreement}",
            "InvoiceIssuerName": name_of(self.book, of.payee),
            "ServiceProviderName": seller,
            "ProviderName": seller,
            "HostProviderName": host,
            "PublisherName": host,
        }

    def _when(self, one: Charged) -> dict[str, Cell]:
        line = one.of.line
        begin, end = month_of(self.clock, one.statement.month)
        first, last = days_of(self.clock, line.first, max(line.first, line.last))
        frequency = _FREQUENCY.get(one.category, "One-Time")
        reserved = self.book.agreements[one.statement.agreement].billing == "reserved"
        if one.category == "Usage" and reserved and line.by == one.statement.agreement:
            frequency = "Recurring"
        return {
            "BillingPeriodStart": begin,
            "BillingPeriodEnd": end,
            "ChargePeriodStart": first,
            "ChargePeriodEnd": last,
            "ChargeFrequency": frequency,
        }

    def _cost(self, one: Charged) -> dict[str, Cell]:
        """What is billed; what it costs its month: what is paid ahead costs when it is drawn."""
        line, billed = one.of.line, one.billed
        ahead = line.account == "prepaid"
        cells: dict[str, Cell] = {
            "BilledCost": billed,
            "EffectiveCost": Decimal(0) if ahead else billed,
            "BillingCurrency": one.statement.currency,
            "ChargeCategory": one.category,
            "ChargeClass": "Correction" if one.statement.revision > 1 else None,
            "ChargeDescription": line.item,
            "ListCost": billed,
            "ContractedCost": billed,
        }
        return cells | (self._priced(one) if one.category in ("Usage", "Purchase") else _NONE)

    def _priced(self, one: Charged) -> dict[str, Cell]:
        """Quantity, unit price and their product; a list price that differs is not known."""
        line, usage = one.of.line, one.category == "Usage"
        amount = Fraction(line.amount.amount)
        if usage:
            assert line.quantity is not None
            quantity, unit = chip_hours(line.quantity), _CHIP_HOURS
            exact = line.price if line.price is not None else Fraction(0)
            if payable(exact * line.quantity / HOUR, line.amount.currency) != line.amount:
                exact = amount * HOUR / line.quantity if line.quantity else Fraction(0)
            sku, meter = f"{one.statement.seller}/{self._chip(one)}", _CHIP_HOURS
        else:
            quantity, unit, exact = Decimal(1), "Payments", amount
            sku, meter = line.by, line.account
        price = number(exact)
        cost = number(Fraction(price) * Fraction(quantity))
        cells: dict[str, Cell] = {
            "ConsumedQuantity": one.sign * quantity if usage else None,
            "ConsumedUnit": unit if usage else None,
            "PricingQuantity": one.sign * quantity,
            "PricingUnit": unit,
            "PricingCategory": "Standard",
            "ListUnitPrice": price,
            "ContractedUnitPrice": price,
            "ListCost": one.sign * cost,
            "ContractedCost": one.sign * cost,
            "SkuId": sku,
            "SkuMeter": meter,
            "SkuPriceId": f"{sku}@{one.statement.agreement}:{plain(price)}",
            "SkuPriceDetails": pairs({"x_OfftakeAgreement": one.statement.agreement}),
        }
        return cells

    def _where(self, one: Charged) -> dict[str, Cell]:
        line = one.of.line
        delivery = self._delivery(one)
        category, below, name = _RIGHTS if line.account == "royalty" else _CAPACITY
        region = delivery.region if delivery is not None else self._only(one, "region")
        own = f"{one.statement.agreement}/{line.delivery}" if line.delivery else None
        return {
            "ServiceCategory": category,
            "ServiceSubcategory": below,
            "ServiceName": name,
            "RegionId": region,
            "RegionName": region,
            "ResourceId": own,
            "ResourceType": "Delivery" if own else None,
        }

    def _back(self, one: Charged) -> dict[str, Cell]:
        """From the row to the line, and to what the line is made of."""
        line, statement = one.of.line, one.statement
        signed = self.book.agreements[statement.agreement]
        return {
            "ContractApplied": self._applied(one),
            "InvoiceDetailId": one.id,
            "InvoiceId": one.invoice,
            "Tags": pairs({"offtake/agreement": statement.agreement, "offtake/clause": line.by}),
            "x_OfftakeAgreement": statement.agreement,
            "x_OfftakeStatement": statement.id,
            "x_OfftakeLine": one.id,
            "x_OfftakeClause": line.by,
            "x_OfftakePlace": str(line.place),
            "x_OfftakeWhy": line.why,
            "x_OfftakeCauses": "; ".join((*line.causes, *statement.sources)) or None,
            "x_OfftakeChipHours": _counted(one),
            "x_OfftakePayer": line.payer,
            "x_OfftakePayee": line.payee,
            "x_OfftakeSigning": "; ".join(filter(None, (signed.cause, signed.entry))) or None,
            "x_OfftakeReverses": one.of.entry.id if one.takes_back is not None else None,
        }

    def _applied(self, one: Charged) -> str | None:
        """The commitment that the charge counts towards, in money."""
        by = one.of.line.by
        if by not in self.commitments or one.category == "Credit":
            return None
        # The amount is written as it is: a float would not hold every cent.
        return (
            f'{{"Elements": [{{"ContractId": {json.dumps(one.statement.agreement)}, '
            f'"ContractCommitmentId": {json.dumps(by)}, '
            f'"ContractCommitmentAppliedCost": {plain(one.billed)}}}]}}'
        )

    def _delivery(self, one: Charged) -> Delivery | None:
        of = self.book.agreements[one.statement.agreement].deliveries
        return next((d for d in of if d.id == one.of.line.delivery), None)

    def _only(self, one: Charged, field: str) -> str | None:
        """What all deliveries of the agreement have in common, if they do."""
        of = self.book.agreements[one.statement.agreement].deliveries
        found = {getattr(delivery, field) for delivery in of}
        return found.pop() if len(found) == 1 else None

    def _chip(self, one: Charged) -> str:
        delivery = self._delivery(one)
        chip = delivery.chip if delivery is not None else self._only(one, "chip")
        return chip or "several chips"


def _counted(one: Charged) -> Decimal | None:
    quantity = one.of.line.quantity
    return None if quantity is None else one.sign * chip_hours(quantity)
