"""Bids and terms as people write them: YAML in the book's grammar, faults with file and line."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from offtake.book.faults import Fault, Place
from offtake.book.fields import (
    Chips,
    Day,
    Flag,
    Portion,
    Slug,
    Span,
    Sum,
    UnitPrice,
    Whole,
    Words,
)
from offtake.book.record import Record, Written
from offtake.book.typed import typed
from offtake.book.yamltree import compose
from offtake.dealing.wrong import WrongDealingError, WrongFileError
from offtake.desk.lot import NOTHING, Bid, Flow, Part, Prepaid, Terms
from offtake.units import (
    Duration,
    Money,
    Price,
    QuantityError,
    parse_chips,
    parse_date,
    parse_duration,
    parse_price,
)
from offtake.units.text import plain

TEMPLATE = """\
# A bid, or the terms of an offer. What may be left out is commented away.
price: 2.35 {currency} per chip-hour
chips: {chips} chips                # of terms alone: left out
# start: {start}             # unless stated the lot's
# term: {months} months                # unless stated the lot's
# escalator: 3% per year         # how the price rises on each anniversary
# prepaid: {{share: 10%, before: 30 days, credit_after: 0 months, credit_over: 12 months}}
# rebates:
# - {{month: 12, amount: 1 M {currency}}}   # paid back so many months after the start
# warrants: 100 M {currency}          # what the seller's warrants are worth to the buyer
# options: [extend by 12 months] # what the seller may choose
# support: 50 M {currency}            # guarantees that the buyer gives
# block: 8 chips                 # sold in whole multiples of this
# remainder_min: 8000 chips      # a smaller remainder frees the bidder
# deposit: 1 M {currency}
# affiliated: false              # with the buyer
# confidential: false            # its terms may not be shown to a holder
# contingent: on a permit        # a bona fide bid depends on nothing
# package:
# - {{name: power, price: 10 M {currency}, worth: 8 M {currency}}}
# worth: 900 M {currency}             # of a package: what the lot is worth alone
# via: [oracle]                  # who really hosts it, nearest to the seller first
# offer: oracle-36               # of the buyer's book, whose clauses go along with the terms
"""


class PrepaidText(Record):
    """A share of the contract's value, paid ahead and credited in equal months."""

    share: Portion
    before: Span = Duration(0, "days")
    credit_after: Span = Duration(0, "months")
    credit_over: Span = Duration(12, "months")


class RebateText(Record):
    """A payment from the seller to the buyer, so many months after the start."""

    month: Whole
    amount: Sum


class PartText(Record):
    """Another part of a package."""

    name: Words
    price: Sum
    worth: Sum


class TermsText(Record):
    """On what terms: the price, and what else moves it."""

    price: UnitPrice
    start: Day | None = None
    term: Span | None = None
    escalator: Portion | None = None
    prepaid: PrepaidText | None = None
    rebates: tuple[RebateText, ...] = ()
    warrants: Sum | None = None
    options: tuple[Words, ...] = ()
    support: Sum | None = None


class BidText(TermsText):
    """What one party would sell, on which terms."""

    bidder: Slug | None = None
    chips: Chips
    block: Chips = 1
    remainder_min: Chips = 0
    affiliated: Flag = False
    contingent: Words = ""
    deposit: Sum | None = None
    confidential: Flag = False
    package: tuple[PartText, ...] = ()
    worth: Sum | None = None
    via: tuple[Slug, ...] = ()
    offer: Slug | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """What a bid need not say, since the lot says it."""

    start: str | None = None
    months: int | None = None
    currency: str | None = None
    """The book's; None: whatever currency the bid is in, if only in one."""


R = TypeVar("R", bound=TermsText)


def bid_of(text: str, file: str, bidder: str, around: Around) -> Bid:
    """The bid that a file states, made by a party. Raises `WrongFileError`."""
    record = _record(BidText, text, file)
    faults = list(_unfit(record, around))
    if record.bidder not in (None, bidder):
        sentence = f"bidder: the bid is {record.bidder}'s, and {bidder} makes it."
        hint = f"leave it out, or act as it: --as {record.bidder}"
        faults.append(Fault(record.at("bidder"), "invalid-value", sentence, hint))
    if faults:
        raise WrongFileError(faults)
    return Bid(
        bidder=bidder,
        chips=record.chips,
        terms=_terms(record, around),
        block=record.block,
        remainder_min=record.remainder_min,
        affiliated=record.affiliated,
        contingent=record.contingent,
        deposit=_amount(record.deposit),
        confidential=record.confidential,
        package=tuple(Part(p.name, p.price.amount, p.worth.amount) for p in record.package),
        worth=_amount(record.worth),
        via=record.via,
        offer=record.offer or "",
    )


def terms_of(text: str, file: str, around: Around) -> Terms:
    """The terms that a file states, of an offer, a counter or a revision; a bid's will do."""
    record = _record(BidText if _has_chips(text) else TermsText, text, file)
    if faults := tuple(_unfit(record, around)):
        raise WrongFileError(faults)
    return _terms(record, around)


def currency_of(text: str, file: str) -> str:
    """The currency of a bid's price."""
    return _record(BidText, text, file).price.currency


def plain_terms(price: str, start: str | None, term: str | None, around: Around) -> Terms:
    """Terms that are a price, and the lot's start and months where nothing else is said.

    Raises `WrongDealingError`.
    """
    amount = read("--price", price, parse_price)
    _in_currency("--price", amount.currency, around)
    if amount.per != "chip-hour":
        raise WrongDealingError(f"--price is per chip-hour, not per {amount.per}")
    own_start = start or around.start
    if own_start is None:
        raise WrongDealingError("--start says from which day; the lot is not known here")
    months = around.months if term is None else read("--term", term, _months)
    if months is None:
        raise WrongDealingError("--term says for how many months; the lot is not known here")
    return Terms(price=amount.amount, start=read("--start", own_start, parse_date), months=months)


def chips_of(option: str, text: str) -> int:
    """A number of chips on the command line: `16000`, or with the word as in a book."""
    count: int = read(option, text if not text.isdigit() else f"{text} chips", parse_chips)
    return count


T = TypeVar("T")


def read(option: str, text: str, parse: Any) -> Any:
    """A quantity of the command line, or a sentence that names the option."""
    try:
        return parse(text)
    except QuantityError as error:
        hint = f"; {error.hint}" if error.hint else ""
        raise WrongDealingError(f"{option}: {error}{hint}") from error


def hashed(evidence: str) -> str:
    """SHA-256 of a file, or the digits of one that is stated. Raises `WrongDealingError`."""
    path = Path(evidence)
    if path.is_file():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    if re.fullmatch(r"[0-9a-f]{64}", evidence):
        return evidence
    raise WrongDealingError(
        f"--evidence: {evidence[:100]!r} is neither a file nor a SHA-256 in 64 digits of lower case"
    )


def template(currency: str, chips: int, start: str, months: int) -> str:
    """A file of a bid, to be filled in."""
    return TEMPLATE.format(currency=currency, chips=chips, start=start, months=months)


# --- text to records ------------------------------------------------------------------------------


def _has_chips(text: str) -> bool:
    return any(line.startswith("chips:") for line in text.splitlines())


def _record(kind: type[R], text: str, file: str) -> R:
    tree, faults = compose(text, file)
    if faults:
        raise WrongFileError(faults)
    if not isinstance(tree, Written):
        hint = "offtake tender bid --template shows one"
        raise WrongFileError([Fault(Place(file, 1), "mapping-expected", _NO_BID, hint)])
    record, faults = typed(kind, tree, Place(file, 1), {})
    if record is None:
        raise WrongFileError(faults)
    return record


_NO_BID = "A bid is a mapping of its fields."


def _unfit(record: TermsText, around: Around) -> Iterator[Fault]:
    """What is typed and still cannot be reckoned with: currencies, units, lengths."""
    currency = around.currency or record.price.currency
    if record.price.per != "chip-hour":
        sentence = f"price: {record.price} is not per chip-hour."
        yield Fault(record.at("price"), "price-unit", sentence, "write 2.35 USD per chip-hour")
    for field, value, at in _sums(record):
        if value.currency != currency:
            sentence = f"{field}: {value} is not in {currency}."
            yield Fault(at, "other-currency", sentence, "convert it, with its source")
    if record.term is not None and (fault := _no_months("term", record.term, record)):
        yield fault
    if record.escalator is not None and (record.escalator.per, record.escalator.of) != (
        "year",
        None,
    ):
        sentence = f"escalator: {record.escalator} is not a percentage per year."
        yield Fault(record.at("escalator"), "share-unit", sentence, "write 3% per year")
    ahead = record.prepaid
    if ahead is not None:
        for field in ("credit_after", "credit_over"):
            if fault := _no_months(field, getattr(ahead, field), ahead):
                yield fault
        if ahead.before.unit != "days":
            sentence = f"before: {ahead.before} is not in days."
            yield Fault(ahead.at("before"), "span-unit", sentence, "write 30 days")
    for field, absent in (("start", around.start), ("term", around.months)):
        if getattr(record, field) is None and absent is None:
            sentence = f"A field is missing in the bid: {field}."
            yield Fault(record.place, "missing-field", sentence, "no lot is known here to take it")


def _sums(record: TermsText) -> Iterator[tuple[str, Money | Price, Place]]:
    """Every amount with its field and place."""
    records: Iterable[tuple[str, Record]] = [
        ("", record),
        *(("", one) for one in record.rebates),
        *(("", one) for one in getattr(record, "package", ())),
    ]
    for _, one in records:
        for field in type(one).model_fields:
            value = getattr(one, field)
            if isinstance(value, Money | Price):
                yield field, value, one.at(field)


def _no_months(field: str, span: Duration, record: Record) -> Fault | None:
    if span.unit in ("months", "years"):
        return None
    sentence = f"{field}: {span} is not a whole number of months."
    return Fault(record.at(field), "span-unit", sentence, "write months or years")


def _terms(record: TermsText, around: Around) -> Terms:
    start = record.start or parse_date(around.start or "")
    months = record.term.months if record.term is not None else around.months
    assert months is not None
    ahead = record.prepaid
    return Terms(
        price=record.price.amount,
        start=start,
        months=months,
        escalator=record.escalator.value if record.escalator is not None else NOTHING,
        prepaid=None
        if ahead is None
        else Prepaid(
            ahead.share.value,
            days_before=ahead.before.count,
            credit_after=ahead.credit_after.months,
            credit_over=ahead.credit_over.months,
        ),
        rebates=tuple(Flow(one.month, one.amount.amount) for one in record.rebates),
        warrants=_amount(record.warrants),
        options=record.options,
        support=_amount(record.support),
    )


def _amount(sum_: Money | None) -> Decimal:
    return NOTHING if sum_ is None else sum_.amount


def _in_currency(option: str, currency: str, around: Around) -> None:
    if around.currency is not None and currency != around.currency:
        raise WrongDealingError(
            f"{option}: the desk reckons in {around.currency}, not in {currency}; convert it"
        )


def _months(text: str) -> int:
    return parse_duration(text).months


def priced(terms: Mapping[str, Any], currency: str) -> str:
    """Terms of a sight in a few words: the price, the months, and that there is more."""
    more = [
        name
        for name in ("escalator", "prepaid", "rebates", "warrants", "options", "support")
        if terms[name] not in (None, [], "0")
    ]
    also = f" (with {', '.join(more)})" if more else ""
    price = plain(Decimal(terms["price"]))
    return (
        f"{price} {currency} per chip-hour from {terms['start']} for {terms['months']} months{also}"
    )
