"""Money and prices: decimal, in one currency, and never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import total_ordering

from offtake.units.text import (
    EXACT,
    NUMBER,
    QuantityError,
    bounded,
    matched,
    quoted,
    reader,
    refused,
    scaled,
)

_SCALES = (("", 0), ("K", 3), ("M", 6), ("B", 9), ("T", 12))
_SHOWN = tuple(s for s in _SCALES if s[0] != "K")
_POWER = dict(_SCALES)
_CURRENCY = re.compile(r"[A-Z]{3}")
_SUM = rf"({NUMBER}) (?:([KMBT]) )?([A-Z]{{3}})"
_MONEY = re.compile(_SUM)
_PRICE = re.compile(_SUM + r" per ([A-Za-z-]+)")

PER = (
    "chip-hour",
    "kWh",
    "MWh",
    "MW-month",
    "MW-year",
    "chip",
    "chip-month",
    "month",
    "year",
)
"""What a price may be per."""


def _checked(amount: Decimal, currency: str) -> None:
    bounded(amount, "an amount of money")
    if not isinstance(currency, str) or _CURRENCY.fullmatch(currency) is None:
        raise QuantityError(f"{quoted(str(currency))} is not a currency code such as 'USD'")


def _readable(amount: Decimal, currency: str) -> str:
    digits, scale = scaled(amount, _SCALES, _SHOWN)
    return f"{digits} {scale} {currency}" if scale else f"{digits} {currency}"


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in plain units of a currency (ISO 4217 code); it may be negative.

    Sums are exact. A product is rounded once, half to even, to 10⁻⁹ of a unit: the finest amount
    that can be written. Two currencies never meet: QuantityError.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        _checked(self.amount, self.currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in that currency."""
        return cls(Decimal(0), currency)

    def in_units(self) -> Decimal:
        """The amount in plain units of its currency."""
        return self.amount

    def __add__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return Money(EXACT.add(self.amount, self._same(other)), self.currency)

    def __sub__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return Money(EXACT.subtract(self.amount, self._same(other)), self.currency)

    def __neg__(self) -> Money:
        return Money(EXACT.minus(self.amount), self.currency)

    def __mul__(self, factor: int | Decimal | Fraction) -> Money:
        if isinstance(factor, bool) or not isinstance(factor, int | Decimal | Fraction):
            return NotImplemented
        if isinstance(factor, Decimal):
            bounded(factor, "a factor")
        product = Fraction(self.amount) * Fraction(factor) * 10**9
        return Money(EXACT.scaleb(Decimal(round(product)), -9), self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.amount < self._same(other)

    def __str__(self) -> str:
        return _readable(self.amount, self.currency)

    def _same(self, other: Money) -> Decimal:
        if other.currency != self.currency:
            raise QuantityError(
                f"{self} and {other} are in two currencies", "state both in the book's currency"
            )
        return other.amount


@dataclass(frozen=True, slots=True)
class Price:
    """Money per unit: `amount` in plain units of the currency, `per` one of `PER`."""

    amount: Decimal
    currency: str
    per: str

    def __post_init__(self) -> None:
        _checked(self.amount, self.currency)
        if self.per not in PER:
            raise QuantityError(f"{quoted(str(self.per))} is not one of: {', '.join(PER)}")

    def __str__(self) -> str:
        return f"{_readable(self.amount, self.currency)} per {self.per}"


def _amount(digits: str, scale: str | None) -> Decimal:
    return EXACT.multiply(Decimal(digits), Decimal(10 ** _POWER[scale or ""]))


@reader
def parse_money(text: str) -> Money:
    """`100 B USD`, `1.5 M USD`, `98.32 USD`; K, M, B, T are 10³, 10⁶, 10⁹, 10¹²."""
    found = matched(text, _MONEY, "an amount of money", "100 B USD")
    return Money(_amount(found[1], found[2]), found[3])


@reader
def parse_price(text: str) -> Price:
    """`2.35 USD per chip-hour`, `9.7 M USD per MW-year`."""
    what, example = "a price", "2.35 USD per chip-hour"
    found = matched(text, _PRICE, what, example)
    if found[4] not in PER:
        raise refused(text, what, example, f"a price is per one of: {', '.join(PER)}")
    return Price(_amount(found[1], found[2]), found[3], found[4])
