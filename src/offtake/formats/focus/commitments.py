"""Agreements and the clauses that commit, as rows of Contract Commitment.

Reserved capacity commits by itself. A clause commits where it speaks of what was promised to be
taken or spent, or of what is paid ahead. What a clause promises in figures stands in its sentence.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from offtake.book.force import Book
from offtake.book.records import Agreement, Clause
from offtake.clauses.base import HOUR, Explains, Settles, Step, price_on
from offtake.formats.focus.columns import Cell, Row
from offtake.formats.focus.values import chip_hours, days_of, name_of, number
from offtake.settle.clock import BookClock
from offtake.settle.statement import Statement
from offtake.units import Month
from offtake.units.instants import NS

_COMMITS = {Step.SHORTFALL: "Usage", Step.SPEND: "Spend", Step.DRAW: "Spend"}
_EVERY = {"month": "Monthly", "quarter": "Quarterly", "year": "Annual"}
_ONE = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Commitment:
    """What is committed, from day to day: by an agreement, or by a clause of one."""

    id: str
    agreement: Agreement
    first: dt.date
    last: dt.date
    clause: Clause | None = None


def commitment_rows(statements: Iterable[Statement], book: Book) -> tuple[Row, ...]:
    """Contract Commitment, for the agreements of these statements, as of the last month of each."""
    latest: dict[str, Month] = {}
    for statement in statements:
        at = latest.get(statement.agreement)
        latest[statement.agreement] = max(at, statement.month) if at else statement.month
    clock = BookClock(book.header.timezone)
    return tuple(
        _row(one, month, book, clock)
        for agreement, month in sorted(latest.items())
        for one in _commitments(book, book.agreements[agreement])
    )


def _commitments(book: Book, agreement: Agreement) -> Iterator[_Commitment]:
    if agreement.billing == "reserved" and agreement.deliveries:
        yield _Commitment(agreement.id, agreement, agreement.from_, agreement.until)
    found: dict[str, _Commitment] = {}
    for term in book.terms_of.get(agreement.id, ()):
        clause = term.clause
        if isinstance(clause, Settles) and clause.step in _COMMITS and term.start <= term.end:
            known = found.get(clause.id)
            first = min(known.first, term.start) if known else term.start
            last = max(known.last, term.end) if known else term.end
            found[clause.id] = _Commitment(clause.id, agreement, first, last, clause)
    yield from (one for _, one in sorted(found.items()))


def _row(one: _Commitment, month: Month, book: Book, clock: BookClock) -> Row:
    agreement, clause = one.agreement, one.clause
    begin, end = days_of(clock, one.first, one.last)
    from_, until = days_of(clock, agreement.from_, agreement.until)
    step = clause.step if isinstance(clause, Settles) else None
    signed, _ = days_of(clock, agreement.known, agreement.known)
    seller = name_of(book, agreement.seller)
    measured = getattr(clause, "measured", None)
    ahead = step is Step.DRAW
    return {
        **(_reserved(one, book, clock) if clause is None else {}),
        "BillingCurrency": book.header.currency,
        "ContractCommitmentApplicability": _applies_to(agreement.id),
        "ContractCommitmentBenefitCategory": _benefit(step),
        "ContractCommitmentCategory": "Usage" if step is None else _COMMITS[step],
        "ContractCommitmentCreated": signed,
        "ContractCommitmentDescription": _sentence(one, book),
        "ContractCommitmentDurationType": duration(one.first, one.last),
        "ContractCommitmentFulfillmentInterval": _EVERY.get(str(measured), "Full Period"),
        "ContractCommitmentId": one.id,
        "ContractCommitmentLastUpdated": signed,
        "ContractCommitmentLifecycleStatus": _status(one, month),
        "ContractCommitmentModel": "Continuous",
        "ContractCommitmentOfferCategory": "Negotiated",
        "ContractCommitmentPaymentInterval": "Monthly" if clause is None else "Custom",
        "ContractCommitmentPaymentModel": "All Upfront" if ahead else "No Upfront",
        "ContractCommitmentPaymentUpfrontPercentage": number(Fraction(1 if ahead else 0)),
        "ContractCommitmentPeriodStart": begin,
        "ContractCommitmentPeriodEnd": end,
        "ContractCommitmentType": clause.kind if clause is not None else "reserved capacity",
        "ContractId": agreement.id,
        "ContractPeriodStart": from_,
        "ContractPeriodEnd": until,
        "InvoiceIssuerName": seller,
        "ServiceProviderName": seller,
        "x_OfftakeClause": one.id,
        "x_OfftakePlace": str((clause or agreement).place),
    }


def _reserved(one: _Commitment, book: Book, clock: BookClock) -> dict[str, Cell]:
    """Chip-hours of all deliveries as signed; their cost where there is one price all along."""
    agreement, total = one.agreement, 0
    for delivery in agreement.deliveries:
        last = min(agreement.until, delivery.until or agreement.until)
        first = max(agreement.from_, delivery.start)
        seconds = (clock.end_of(last) - clock.begin_of(first)) // NS
        total += delivery.add * max(0, seconds)
    months = range(Month.of(one.last) - Month.of(one.first) + 1)
    days = {one.first, *((Month.of(one.first) + n).first for n in months[1:])}
    prices = {price_on(book, agreement.id, day) for day in days}
    price = prices.pop() if len(prices) == 1 else None
    return {
        "ContractCommitmentQuantity": chip_hours(total),
        "ContractCommitmentUnit": "Chip-Hours",
        "ContractCommitmentCost": (
            number(Fraction(price.amount) * total / HOUR) if price is not None else None
        ),
    }


def _sentence(one: _Commitment, book: Book) -> str:
    if one.clause is None:
        chips = sum(delivery.add for delivery in one.agreement.deliveries)
        return f"{chips:,} chips reserved from {one.first} to {one.last}"
    if isinstance(one.clause, Explains):
        return one.clause.explain(book)
    return one.clause.summary or one.clause.kind


def _benefit(step: Step | None) -> str:
    if step is None:
        return "Availability"
    return "Entitlement" if step is Step.DRAW else "Other"


def _status(one: _Commitment, month: Month) -> str:
    """As of the end of a month."""
    ended = one.agreement.ended
    if ended is not None and ended <= month.last:
        return "Canceled"
    if one.last <= month.last:
        return "Expired"
    return "Active" if one.first <= month.last else "Pending"


def _applies_to(agreement: str) -> str:
    rule = {"Dimension": "SubAccountId", "Operator": "In", "Values": [agreement]}
    scope = {"IsGlobalScope": False, "InclusionOperator": "And", "Inclusions": [rule]}
    return json.dumps(scope, ensure_ascii=False)


def duration(first: dt.date, last: dt.date) -> str:
    """`36 Months` where they are whole ones, else in days; both days are inclusive."""
    after = last + _ONE
    months = Month.of(after) - Month.of(first)
    if months > 0 and after.day == first.day:
        return f"{months} Month{'s' if months > 1 else ''}"
    days = (after - first).days
    return f"{days} Day{'s' if days > 1 else ''}"
