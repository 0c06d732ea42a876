"""A provider's Cost and Usage, of any version from 1.0 on, to the charges of a bill.

Only the columns that a reconciliation needs are read: the cost, the period, the kind of charge, and
what may tell whose agreement it is. A row that cannot be read is a fault; no bill comes of it then.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TypeVar, get_args

from offtake.book.faults import Fault, Place
from offtake.book.near import nearest
from offtake.settle.bills import Bill, Category, Charge
from offtake.units import Month

NEEDED = ("BilledCost", "BillingPeriodStart", "ChargeCategory")
_ACCOUNTS = ("CommitmentDiscountId", "SubAccountId", "BillingAccountId", "InvoiceId")
_CATEGORIES: tuple[str, ...] = get_args(Category)
_NUMBER = re.compile(r"-?[0-9]{1,24}(\.[0-9]{1,24})?([eE][-+]?[0-9]{1,2})?")
_HOURS = re.compile(r"(chip|gpu|accelerator|device)s?[- ]?hours?", re.IGNORECASE)
_UTC = dt.UTC
TOLD_MOST = 100
"""Faults that are told one by one."""

Cells = Mapping[str, str]
T = TypeVar("T")


class _Bad(ValueError):  # noqa: N818 - what it is, not that it is raised
    """A cell is not what it should be: a code, one sentence and how to mend it."""

    def __init__(self, code: str, sentence: str, hint: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.hint = hint


def bill_of(
    name: str,
    columns: Sequence[str],
    rows: Iterable[tuple[int, Cells]],
    currency: str | None = None,
) -> Bill | tuple[Fault, ...]:
    """The bill that rows of Cost and Usage make, each with its line; or all that is wrong with it.

    `currency` is what it has to be in; without it, whatever its first row is in.
    """
    missing = [column for column in NEEDED if column not in columns]
    if missing:
        return tuple(_missing(name, column, columns) for column in missing)
    charges: list[Charge] = []
    faults: list[Fault] = []
    for line, cells in rows:
        place = Place(name, line)
        try:
            charges.append(_charge(place, cells))
            currency = _same(currency, cells.get("BillingCurrency", "").strip())
        except _Bad as bad:
            faults.append(Fault(place, bad.code, str(bad), bad.hint))
            if len(faults) == TOLD_MOST:
                break
    if not charges and not faults:
        sentence = "The bill has no rows."
        faults.append(Fault(Place(name, 1), "no-rows", sentence, "export the month anew"))
    return tuple(faults) if faults else Bill(name, currency or "", tuple(charges))


def _missing(name: str, column: str, columns: Sequence[str]) -> Fault:
    hint = nearest(column, columns) or "export FOCUS Cost and Usage, version 1.0 or later"
    return Fault(Place(name, 1), "missing-column", f"The bill has no column {column}.", hint)


def _same(currency: str | None, found: str) -> str | None:
    if not found or currency in (None, found):
        return found or currency
    sentence = f"BillingCurrency is {found[:20]!r} here and {currency} is expected."
    raise _Bad("other-currency", sentence, "reconcile one currency at a time")


def _charge(place: Place, cells: Cells) -> Charge:
    cost = _cell(cells, "BilledCost", _number)
    assert cost is not None
    own = (cells.get("x_OfftakeAgreement", "").strip(), *_contracts(cells))
    accounts = (*own, *(cells.get(column, "").strip() for column in _ACCOUNTS))
    sellers = (cells.get(c, "").strip() for c in ("ServiceProviderName", "ProviderName"))
    quantity = _quantity(cells)
    return Charge(
        place,
        _month(cells),
        _cell(cells, "ChargeCategory", _category),
        cells.get("ChargeDescription", "").strip() or "no description",
        cost,
        tuple(dict.fromkeys(account for account in accounts if account)),
        next((seller for seller in sellers if seller), ""),
        quantity,
        _price(cells) if quantity is not None else None,
        cells.get("ResourceId", "").strip(),
        (cells.get("x_OfftakeReverses") or cells.get("x_OfftakeLine", "")).strip(),
        cells.get("x_OfftakeClause", "").strip(),
    )


def _cell(cells: Cells, column: str, read: Callable[[str], T]) -> T:
    text = cells.get(column, "").strip()
    if not text:
        raise _Bad("missing-field", f"{column} is empty.", "every charge states it")
    try:
        return read(text)
    except ValueError as bad:
        sentence = f"{column} is {text[:40]!r}, which is no {bad}."
        raise _Bad(_CODES[str(bad)], sentence, _HINTS[column]) from None


def _number(text: str) -> Fraction:
    if _NUMBER.fullmatch(text) is None:
        raise ValueError("number")
    return Fraction(text)


def _category(text: str) -> Category:
    for known in _CATEGORIES:
        if text == known:
            return known  # type: ignore[return-value]
    raise ValueError("charge category")


def _instant(text: str) -> dt.datetime:
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("time") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=_UTC)


_CODES = {"number": "bad-number", "time": "bad-instant", "charge category": "unknown-choice"}
_TIME = "write a time in UTC, such as 2026-03-01T00:00:00Z"
_HINTS = {
    "BilledCost": "write a plain number with a point, such as -1234.56",
    "PricingQuantity": "write a plain number with a point",
    "ConsumedQuantity": "write a plain number with a point",
    "ContractedUnitPrice": "write a plain number with a point",
    "ChargeCategory": f"one of {', '.join(_CATEGORIES)}",
    "BillingPeriodStart": _TIME,
    "BillingPeriodEnd": _TIME,
}


def _month(cells: Cells) -> Month:
    """The month in which the middle of the period lies, whatever clock its bounds follow."""
    begin = _cell(cells, "BillingPeriodStart", _instant)
    if not cells.get("BillingPeriodEnd", "").strip():
        return Month.of((begin + dt.timedelta(days=15)).date())
    end = _cell(cells, "BillingPeriodEnd", _instant)
    if not dt.timedelta(0) < end - begin <= dt.timedelta(days=32):
        sentence = f"The billing period from {begin.date()} to {end.date()} is no month."
        raise _Bad("bad-month", sentence, "export a bill whose billing periods are months")
    return Month.of((begin + (end - begin) / 2).date())


def _quantity(cells: Cells) -> Fraction | None:
    """Chip-hours, where a quantity is in them."""
    for kind in ("Pricing", "Consumed"):
        unit = cells.get(f"{kind}Unit", "").strip()
        if _HOURS.fullmatch(unit) and cells.get(f"{kind}Quantity", "").strip():
            return _cell(cells, f"{kind}Quantity", _number)
    return None


def _price(cells: Cells) -> Fraction | None:
    stated = cells.get("ContractedUnitPrice", "").strip()
    return _cell(cells, "ContractedUnitPrice", _number) if stated else None


def _contracts(cells: Cells) -> tuple[str, ...]:
    """The contracts that are named, in a column of that name or in what was applied."""
    named = cells.get("ContractId", "").strip()
    text = cells.get("ContractApplied", "").strip()
    if not text:
        return (named,)
    try:
        elements = json.loads(text).get("Elements")
        found = [str(element["ContractId"]) for element in elements]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        sentence = f"ContractApplied is {text[:40]!r}, which is no list of contracts."
        raise _Bad("invalid-value", sentence, 'write {"Elements": [{"ContractId": ...}]}') from None
    return (named, *found)
