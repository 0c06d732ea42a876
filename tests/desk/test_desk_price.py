"""Effective prices: worked by hand, computed a second time, and never in the wrong direction."""

import datetime as dt
import decimal
import random
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from offtake.desk.lot import Flow, Lot, Part, Prepaid, Terms
from offtake.desk.price import dearer, effective, priceable, same

D = Decimal
NEW_YEAR = dt.date(2027, 1, 1)
LOT = Lot("h", 1, "north", NEW_YEAR, 1)
MONTH = Terms(D(1), NEW_YEAR, 1)  # January: 744 hours, invoiced after 31 days
TWELFTH = D("1E-12")


def rounded(exact: Fraction) -> Decimal:
    return D(round(exact * 10**12)).scaleb(-12)


# --- by hand ---------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", ["0", "0.1", "0.37"])
def test_a_constant_price_is_its_own_effective_price_at_any_rate(rate: str) -> None:
    terms = Terms(D("2.37"), dt.date(2027, 3, 31), 37)
    assert effective(terms, replace(LOT, chips=1024), D(rate)) == D("2.37")


def test_a_chip_that_does_the_work_of_two_costs_half_per_reference_chip_hour() -> None:
    assert effective(MONTH, replace(LOT, throughput=D(2)), D("0.1")) == D("0.5")


def test_at_no_interest_an_escalating_price_is_the_average_by_hours() -> None:
    terms = Terms(D(2), NEW_YEAR, 24, escalator=D("0.1"))
    average = Fraction(2) * (365 + 366 * Fraction(11, 10)) / 731
    assert effective(terms, LOT, D(0)) == rounded(average) == D("2.100136798906")


def test_the_price_rises_on_the_anniversary_and_not_a_month_earlier() -> None:
    terms = Terms(D(2), NEW_YEAR, 12, escalator=D("0.1"))
    assert effective(terms, LOT, D(0)) == 2
    assert effective(replace(terms, months=13), LOT, D(0)) > 2


def test_a_fifth_paid_a_year_before_its_credit_costs_a_years_interest_on_it() -> None:
    prepaid = Prepaid(D("0.2"), days_before=334, credit_over=1)
    assert effective(replace(MONTH, prepaid=prepaid), LOT, D("0.1")) == D("1.02")


@pytest.mark.parametrize("credit", [(0, 1), (0, 12), (24, 12), (30, 12), (35, 1)])
def test_at_no_interest_it_does_not_matter_when_a_prepayment_is_credited(
    credit: tuple[int, int],
) -> None:
    prepaid = Prepaid(D("0.2"), 30, *credit)
    assert effective(Terms(D(3), NEW_YEAR, 36, prepaid=prepaid), LOT, D(0)) == 3


def test_a_later_credit_costs_more() -> None:
    costs = [
        effective(Terms(D(1), NEW_YEAR, 36, prepaid=Prepaid(D("0.2"), 0, after, 6)), LOT, D("0.1"))
        for after in range(31)
    ]
    assert costs == sorted(costs)
    assert len(set(costs)) == len(costs)


def test_where_the_term_ends_first_the_credit_comes_in_fewer_equal_parts() -> None:
    terms = Terms(D(1), NEW_YEAR, 36, prepaid=Prepaid(D("0.2"), 0, 30, 6))
    longer = replace(terms, prepaid=Prepaid(D("0.2"), 0, 30, 48))
    assert effective(terms, LOT, D("0.1")) == effective(longer, LOT, D("0.1"))


def test_a_credit_that_begins_after_the_term_never_comes() -> None:
    terms = Terms(D(1), NEW_YEAR, 12, prepaid=Prepaid(D("0.2"), 30, 12, 12))
    assert effective(terms, LOT, D(0)) == D("1.2")


@pytest.mark.parametrize(
    ("month", "rate", "price"),
    [
        (1, "0", Fraction(1, 2)),
        (1, "0.1", Fraction(1, 2)),
        (13, "0.1", 1 - Fraction(1, 2) / Fraction(11, 10)),
        (13, "0", Fraction(1, 2)),
    ],
    ids=["at once", "with the invoice", "a year after it", "without interest"],
)
def test_a_rebate_counts_by_its_day(month: int, rate: str, price: Fraction) -> None:
    terms = replace(MONTH, rebates=(Flow(month, D(372)),))
    assert effective(terms, LOT, D(rate)) == rounded(price)


@pytest.mark.parametrize(("warrants", "price"), [(744, "0.9"), (-744, "1.1"), (14880, "-1")])
def test_warrants_are_taken_off_for_the_whole_lot_and_added_where_the_buyer_gives_them(
    warrants: int, price: str
) -> None:
    terms = replace(MONTH, warrants=D(warrants))
    assert effective(terms, replace(LOT, chips=10), D(0)) == D(price)


@pytest.mark.parametrize(
    ("start", "months", "days"),
    [
        (dt.date(2028, 2, 1), 1, 29),
        (dt.date(2027, 2, 1), 1, 28),
        (dt.date(2028, 1, 31), 1, 29),
        (dt.date(2028, 1, 31), 2, 60),
        (dt.date(2028, 2, 29), 12, 365),
        (dt.date(2028, 2, 29), 48, 1461),
        (dt.date(2100, 2, 1), 1, 28),
    ],
)
def test_a_term_has_the_hours_of_its_days(start: dt.date, months: int, days: int) -> None:
    terms = Terms(D(2), start, months, warrants=D(24 * days))
    assert effective(terms, LOT, D(0)) == 1


PARTS = (Part("equity", D(200), D(150)), Part("power", D(56), D(100)))


def test_a_package_by_worth_is_shared_out_by_what_lot_and_parts_are_worth_alone() -> None:
    found = effective(MONTH, LOT, D(0), PARTS, D(750), "worth")
    assert found == rounded((744 + 256) * Fraction(3, 4) / 744) == D("1.008064516129")


@pytest.mark.parametrize("method", ["stated", None])
def test_a_package_as_stated_is_priced_by_the_terms_alone(method: str | None) -> None:
    assert effective(MONTH, LOT, D("0.1"), PARTS, D(750), method) == 1


def test_a_package_in_which_nothing_has_a_worth_is_priced_as_stated() -> None:
    assert effective(MONTH, LOT, D(0), (Part("power", D(9), D(0)),), D(0), "worth") == 1


def test_a_lot_without_other_parts_is_no_package() -> None:
    assert effective(MONTH, LOT, D(0), (), D(5), "worth") == 1


def test_nobodys_decimal_context_changes_a_price() -> None:
    terms = Terms(D("2.3712"), NEW_YEAR, 36, D("0.031"), Prepaid(D("0.2"), 30, 24, 12))
    price = effective(terms, LOT, D("0.0812"))
    with decimal.localcontext(prec=3, rounding=decimal.ROUND_UP):
        assert effective(terms, LOT, D("0.0812")) == price
        assert dearer(D("1.000001000001"), D(1))
        assert not dearer(D("1.000001"), D(1))


# --- a second time ---------------------------------------------------------------------------


def same_day(start: dt.date, months: int) -> dt.date:
    years, month = divmod(start.month - 1 + months, 12)
    for day in range(start.day, 0, -1):
        try:
            return dt.date(start.year + years, month + 1, day)
        except ValueError:
            continue
    raise AssertionError("no month is without days")


def flows(terms: Terms, chips: int) -> list[tuple[dt.date, Fraction]]:
    """All that the buyer pays, by day; what it gets is negative."""
    found = []
    for i in range(terms.months):
        begin, end = same_day(terms.start, i), same_day(terms.start, i + 1)
        price = Fraction(terms.price) * (1 + Fraction(terms.escalator)) ** (i // 12)
        found.append((end, price * chips * 24 * (end - begin).days))
    invoices = list(found)
    if terms.prepaid is not None:
        ahead = Fraction(terms.prepaid.share) * sum(amount for _, amount in invoices)
        found.append((terms.start - dt.timedelta(terms.prepaid.days_before), ahead))
        after, over = terms.prepaid.credit_after, terms.prepaid.credit_over
        credited = invoices[after : after + over]
        found += [(day, -ahead / len(credited)) for day, _ in credited]
    found += [(same_day(terms.start, f.month), -Fraction(f.amount)) for f in terms.rebates]
    return [*found, (terms.start, -Fraction(terms.warrants))]


def worked_out(terms: Terms, lot: Lot, rate: Decimal) -> Fraction:
    wide = decimal.Context(prec=60)

    def now(day: dt.date, amount: Fraction) -> Fraction:
        years = wide.divide(D((day - terms.start).days), D(365))
        grown = wide.exp(wide.multiply(years, wide.ln(1 + rate)))
        return amount / Fraction(grown)

    hours = Fraction(0)
    for i in range(terms.months):
        begin, end = same_day(terms.start, i), same_day(terms.start, i + 1)
        hours += now(end, Fraction(24 * (end - begin).days))
    cost = sum((now(day, amount) for day, amount in flows(terms, lot.chips)), Fraction(0))
    return cost / (hours * lot.chips * Fraction(lot.throughput))


def any_terms(seed: random.Random) -> Terms:
    def cents(low: int, high: int) -> Decimal:
        return D(seed.randint(low, high)).scaleb(-2)

    prepaid = Prepaid(
        cents(0, 60), seed.randint(0, 400), seed.randint(0, 70), seed.choice([1, 6, 12, 36])
    )
    return Terms(
        cents(1, 1000),
        dt.date(2024, 1, 1) + dt.timedelta(seed.randint(0, 3000)),
        seed.randint(1, 72),
        cents(-10, 12) if seed.random() < 0.6 else D(0),
        prepaid if seed.random() < 0.7 else None,
        tuple(Flow(seed.randint(0, 80), cents(0, 10**6)) for _ in range(seed.randint(0, 3))),
        cents(-(10**6), 10**6) if seed.random() < 0.5 else D(0),
    )


@pytest.mark.parametrize("number", range(150))
def test_random_terms_cost_what_their_flows_add_up_to(number: int) -> None:
    seed = random.Random(number)
    terms = any_terms(seed)
    throughput = D(seed.choice(["1", "0.5", "2.25", "3"]))
    lot = replace(LOT, chips=seed.randint(1, 5000), throughput=throughput)
    rate = D(seed.choice(["0", "0.03", "0.0875", "0.25"]))
    exact = worked_out(terms, lot, rate)
    assert abs(Fraction(effective(terms, lot, rate)) - exact) < Fraction(TWELFTH)
    parts = (Part("equity", D(seed.randint(0, 10**6)), D(seed.randint(0, 10**6))),)
    worth = D(seed.randint(1, 10**6))
    hours = 24 * (same_day(terms.start, terms.months) - terms.start).days * lot.chips
    if rate == 0:
        share = Fraction(worth) / Fraction(worth + parts[0].worth)
        units = hours * Fraction(throughput)
        whole = (exact * units + Fraction(parts[0].price)) * share / units
        found = effective(terms, lot, rate, parts, worth, "worth")
        assert abs(Fraction(found) - whole) < Fraction(TWELFTH)


# --- directions ------------------------------------------------------------------------------


@st.composite
def terms_of(draw: st.DrawFn) -> Terms:
    return any_terms(random.Random(draw(st.integers(0, 2**32))))


RATE = st.decimals("0.001", "0.5", places=3)
CENTS = st.decimals("0.01", 10**6, places=2)


@given(terms_of(), RATE, CENTS)
def test_a_higher_price_is_never_cheaper(terms: Terms, rate: Decimal, more: Decimal) -> None:
    raised = replace(terms, price=terms.price + more)
    assert effective(raised, LOT, rate) > effective(terms, LOT, rate)


@given(terms_of(), RATE, st.decimals("0.01", 1, places=2))
def test_more_prepayment_is_never_cheaper(terms: Terms, rate: Decimal, more: Decimal) -> None:
    before = terms.prepaid or Prepaid(D(0), 30, 6, 12)
    raised = replace(terms, prepaid=replace(before, share=before.share + more))
    assert effective(raised, LOT, rate) >= effective(terms, LOT, rate)


@given(terms_of(), RATE, st.integers(1, 400))
def test_an_earlier_prepayment_is_never_cheaper(terms: Terms, rate: Decimal, days: int) -> None:
    before = terms.prepaid or Prepaid(D("0.2"), 0, 6, 12)
    earlier = replace(before, days_before=before.days_before + days)
    then, now = replace(terms, prepaid=before), replace(terms, prepaid=earlier)
    assert effective(now, LOT, rate) >= effective(then, LOT, rate)


@given(terms_of(), RATE, CENTS)
def test_smaller_warrants_are_never_cheaper(terms: Terms, rate: Decimal, less: Decimal) -> None:
    lowered = replace(terms, warrants=terms.warrants - less)
    assert effective(lowered, LOT, rate) > effective(terms, LOT, rate)


# --- comparing -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "rise", "expected"),
    [
        ("1", "1", "0", False),
        ("1.000001", "1", "0", False),
        ("1.000001000001", "1", "0", True),
        ("0.9", "1", "0", False),
        ("1.05000105", "1", "0.05", False),
        ("1.050001050001", "1", "0.05", True),
        ("-1", "-1", "0", False),
        ("-0.999999", "-1", "0", False),
        ("-0.999998", "-1", "0", True),
        ("0", "0", "0", False),
        ("0.000000000001", "0", "0.1", True),
    ],
)
def test_a_price_is_dearer_from_just_above_the_tolerance(
    one: str, other: str, rise: str, expected: bool
) -> None:
    assert dearer(D(one), D(other), D(rise)) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("2.000002", "2", True),
        ("2.000002000001", "2", False),
        ("-2", "-2.000002", True),
        ("-2", "2", False),
        ("0", "0", True),
        ("0", "0.000000000001", False),
    ],
)
def test_prices_are_the_same_to_the_tolerance_whichever_is_named_first(
    one: str, other: str, expected: bool
) -> None:
    assert same(D(one), D(other)) is same(D(other), D(one)) is expected


# --- terms that no price can be made of ------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"price": D("NaN")},
        {"price": D("Infinity")},
        {"price": D("1E+16")},
        {"warrants": D("-1E+16")},
        {"months": 0},
        {"months": 10**9},
        {"start": dt.date(9999, 12, 1)},
        {"rebates": (Flow(10**6, D(1)),)},
        {"rebates": (Flow(1, D("sNaN")),)},
        {"prepaid": Prepaid(D("0.2"), days_before=10**9)},
        {"prepaid": Prepaid(D("0.2"), credit_after=-1)},
    ],
    ids=str,
)
def test_terms_beyond_measure_are_not_priceable(change: dict[str, Any]) -> None:
    assert priceable(MONTH)
    assert not priceable(replace(MONTH, **change))


def test_a_package_is_priceable_where_its_amounts_are() -> None:
    assert priceable(MONTH, PARTS, D(750))
    assert not priceable(MONTH, PARTS, D("NaN"))
    assert not priceable(MONTH, (Part("power", D("1E+99"), D(1)),))


def test_the_largest_priceable_terms_have_a_price() -> None:
    most = D("1E15")
    terms = Terms(most, dt.date(9000, 12, 31), 1200, most, Prepaid(most, 37200, 1199, 1200))
    assert priceable(terms)
    assert effective(terms, replace(LOT, throughput=D("1E-9")), D("0.5")) > most
