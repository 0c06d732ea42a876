"""The smallest units that a currency is paid in, and rounding to them.

Exponents from ISO 4217 (list one, active codes); every currency that is not named here has two
decimals.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from offtake.units.money import Money
from offtake.units.text import EXACT

_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_EXPONENT = dict.fromkeys(_NONE.split(), 0) | dict.fromkeys(_THREE.split(), 3)


def exponent(currency: str) -> int:
    """How many decimals a payment in a currency has: 2 for USD, 0 for JPY, 3 for KWD."""
    return _EXPONENT.get(currency, 2)


def minor_of(money: Money) -> int:
    """A payable amount in its smallest units; ValueError where it has a finer part."""
    scaled = EXACT.scaleb(money.amount, exponent(money.currency))
    whole = int(scaled)
    if whole != scaled:
        raise ValueError(f"{money} is finer than {money.currency} is paid in")
    return whole


def money_of(minor: int, currency: str) -> Money:
    """So many of the smallest units of a currency."""
    return Money(EXACT.scaleb(Decimal(minor), -exponent(currency)), currency)


def payable(exact: Fraction, currency: str) -> Money:
    """An exact amount in plain units, rounded once, half to even, to what can be paid."""
    return money_of(round(exact * 10 ** exponent(currency)), currency)
