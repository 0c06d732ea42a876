"""What can be paid: the smallest units of a currency, and one rounding to them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offtake.units import Money
from offtake.units.minor import exponent, minor_of, money_of, payable

CURRENCIES = ("USD", "JPY", "KWD")


@pytest.mark.parametrize(("currency", "places"), [("USD", 2), ("JPY", 0), ("KWD", 3), ("ABC", 2)])
def test_a_currency_is_paid_in_its_own_smallest_unit(currency: str, places: int) -> None:
    assert exponent(currency) == places


@pytest.mark.parametrize(
    ("exact", "cents"),
    [
        (Fraction(5, 1000), 0),
        (Fraction(15, 1000), 2),
        (Fraction(25, 1000), 2),
        (Fraction(-5, 1000), 0),
        (Fraction(-15, 1000), -2),
        (Fraction(1, 3), 33),
        (Fraction(2, 3), 67),
    ],
)
def test_half_a_cent_goes_to_the_even_one(exact: Fraction, cents: int) -> None:
    assert payable(exact, "USD") == money_of(cents, "USD")


@given(st.integers(-(10**14), 10**14), st.sampled_from(CURRENCIES))
def test_what_can_be_paid_comes_back_as_it_was(minor: int, currency: str) -> None:
    assert minor_of(money_of(minor, currency)) == minor


@given(st.fractions(-(10**6), 10**6), st.sampled_from(CURRENCIES))
def test_rounding_moves_by_at_most_half_a_unit(exact: Fraction, currency: str) -> None:
    unit = Fraction(1, 10 ** exponent(currency))
    assert abs(Fraction(payable(exact, currency).amount) - exact) <= unit / 2


def test_a_part_of_a_cent_is_not_payable() -> None:
    with pytest.raises(ValueError, match="finer"):
        minor_of(Money(Decimal("0.001"), "USD"))
