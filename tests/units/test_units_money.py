"""Money: exact sums, products rounded once, and no meeting of two currencies."""

import decimal
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offtake.units import Money, QuantityError, parse_money

AMOUNT = st.decimals(-(10**26), 10**26, places=9)
MONEY = st.builds(Money, AMOUNT, st.just("USD"))


@given(st.lists(MONEY, min_size=1, max_size=20))
def test_sums_are_exact_in_any_order(amounts: list[Money]) -> None:
    total = sum(amounts, Money.zero("USD"))
    assert Fraction(total.amount) == sum(Fraction(m.amount) for m in amounts)
    assert sum(reversed(amounts), Money.zero("USD")) == total


def test_sums_are_exact_whatever_the_decimal_context_of_the_caller() -> None:
    with decimal.localcontext(prec=3):
        total = parse_money("100 B USD") + parse_money("0.01 USD")
        assert total.amount == Decimal("100000000000.01")
        assert parse_money("123456.789 USD") * 2 == parse_money("246913.578 USD")


@given(MONEY, MONEY)
def test_subtraction_undoes_addition_and_order_follows_amounts(a: Money, b: Money) -> None:
    assert a + b - b == a
    assert -(a - b) == b - a
    assert (a < b) == (a.amount < b.amount)
    assert (a >= b) == (a.amount >= b.amount)
    assert max(a, b).in_units() == max(a.amount, b.amount)


@given(MONEY, st.fractions(-(10**6), 10**6))
def test_a_product_is_the_nearest_amount_that_can_be_written(m: Money, factor: Fraction) -> None:
    exact = Fraction(m.amount) * factor
    error = abs(Fraction((m * factor).amount) - exact)
    assert error <= Fraction(1, 2 * 10**9)
    assert factor * m == m * factor


def test_a_product_is_rounded_half_to_even() -> None:
    least = parse_money("0.000000001 USD")
    assert (least * Fraction(1, 2)).amount == 0
    assert (least * Fraction(3, 2)).amount == Decimal("0.000000002")
    assert (least * Decimal("2.5")).amount == Decimal("0.000000002")


@given(st.integers(0, 10**18), st.decimals(0, 1000, places=9))
def test_products_read_back_as_they_were_written(units: int, factor: Decimal) -> None:
    money = Money(Decimal(units), "USD") * Fraction(1, 7) * factor
    if money.amount < 10**15:
        assert parse_money(str(money)) == money


def test_equal_amounts_are_equal_however_written() -> None:
    assert parse_money("1.50 USD") == parse_money("1.5 USD") == parse_money("0.0015 K USD")
    assert len({parse_money("1.50 USD"), parse_money("1.5 USD")}) == 1
    assert parse_money("1 USD") != parse_money("1 EUR")


def test_two_currencies_never_meet() -> None:
    dollar, euro = parse_money("1 USD"), parse_money("1 EUR")
    for meet in (dollar.__add__, dollar.__sub__, dollar.__lt__, dollar.__ge__):
        with pytest.raises(QuantityError, match="1 USD and 1 EUR are in two currencies"):
            meet(euro)


@pytest.mark.parametrize("factor", [1.5, True, "2", None])
def test_money_is_not_multiplied_by_a_float_or_a_word(factor: object) -> None:
    with pytest.raises(TypeError):
        _ = parse_money("1 USD") * factor  # type: ignore[operator]


def test_money_is_not_added_to_a_bare_number() -> None:
    with pytest.raises(TypeError):
        _ = parse_money("1 USD") + 1  # type: ignore[operator]
    with pytest.raises(TypeError):
        _ = parse_money("1 USD") < 1  # type: ignore[operator]


def test_a_made_up_magnitude_is_no_factor() -> None:
    for factor in (Decimal("1e3000000"), Decimal("1e-3000000"), Decimal("NaN"), 10**60):
        with pytest.raises(QuantityError):
            _ = parse_money("1 USD") * factor
