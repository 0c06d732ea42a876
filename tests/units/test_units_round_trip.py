"""What is written by `str` is read again as the same quantity; what was read reads well."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offtake.units import (
    ChipHours,
    Clock,
    Duration,
    Money,
    Month,
    Power,
    Price,
    QuantityError,
    Share,
    parse_chip_hours,
    parse_chips,
    parse_clock,
    parse_date,
    parse_duration,
    parse_factor,
    parse_instant,
    parse_money,
    parse_month,
    parse_power,
    parse_price,
    parse_share,
    parse_slug,
    parse_whole,
)

NUMBER = st.from_regex(r"[0-9]{1,15}(\.[0-9]{1,9})?", fullmatch=True)
CURRENCY = st.sampled_from(["USD", "EUR", "JPY"])
SUM = st.builds(
    lambda n, s, c: f"{n} {s}{c}", NUMBER, st.sampled_from(["", "K ", "M ", "B ", "T "]), CURRENCY
)
PER = st.sampled_from(["chip-hour", "kWh", "MWh", "MW-month", "MW-year", "chip", "month", "year"])
POWER = st.builds(
    lambda n, u, a: f"{n} {u}{a}",
    NUMBER,
    st.sampled_from(["kW", "MW", "GW"]),
    st.sampled_from(["", " meter", " it"]),
)
OF = st.sampled_from(["", " of invoice", " of delivery value", " of monthly fee"])
SPAN = st.sampled_from(["", " per hour", " per day", " per quarter", " per year"])
UNIT = st.sampled_from(["hours", "days", "business days", "months", "years"])
COUNT = st.integers(0, 10**15 - 1)
DAY = st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31))
INSTANT = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2199, 12, 31))

TEXTS: list[tuple[Callable[[str], Any], st.SearchStrategy[str]]] = [
    (parse_money, SUM),
    (parse_price, st.builds(lambda s, p: f"{s} per {p}", SUM, PER)),
    (parse_power, POWER),
    (parse_share, st.builds(lambda n, o, p: f"{n}%{o}{p}", NUMBER, OF, SPAN)),
    (parse_chip_hours, st.builds(lambda n: f"{n} chip-hours", COUNT)),
    (parse_duration, st.builds(lambda n, u: f"{n} {u}", st.integers(0, 100), UNIT)),
    (parse_month, DAY.map(lambda day: f"{day:%Y-%m}")),
    (parse_date, DAY.map(dt.date.isoformat)),
    (parse_clock, st.times().map(lambda time: f"{time:%H:%M}")),
    (parse_slug, st.from_regex(r"[a-z0-9][a-z0-9._-]{0,63}", fullmatch=True)),
    (parse_whole, st.integers(0, 10**9).map(str)),
    (parse_factor, NUMBER),
]


@pytest.mark.parametrize(("parse", "texts"), TEXTS, ids=lambda x: getattr(x, "__name__", "-"))
@given(data=st.data())
def test_what_was_read_is_written_and_read_again_as_the_same(
    parse: Callable[[str], Any], texts: st.SearchStrategy[str], data: st.DataObject
) -> None:
    quantity = parse(data.draw(texts))
    again = parse(str(quantity))
    assert again == quantity
    assert hash(again) == hash(quantity)


@given(COUNT)
def test_chips_are_read_as_a_whole_number(count: int) -> None:
    assert parse_chips(f"{count} chips") == count


@given(INSTANT)
def test_an_instant_is_read_to_the_microsecond(instant: dt.datetime) -> None:
    assert parse_instant(instant.isoformat() + "Z") == instant.replace(tzinfo=dt.UTC)


@given(NUMBER, st.sampled_from([("K", 3), ("M", 6), ("B", 9), ("T", 12)]))
def test_a_scale_is_an_exact_power_of_ten(number: str, scale: tuple[str, int]) -> None:
    name, power = scale
    money = parse_money(f"{number} {name} USD")
    whole, _, part = number.partition(".")
    assert money.amount * 10**9 == int(whole + part.ljust(9, "0")) * 10**power


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (Money(Decimal("1e11"), "USD"), "100 B USD"),
        (Money(Decimal(1_500_000), "USD"), "1.5 M USD"),
        (Money(Decimal("98.320"), "USD"), "98.32 USD"),
        (Money(Decimal(2500), "EUR"), "2500 EUR"),
        (Money(Decimal("1234567.89"), "USD"), "1234567.89 USD"),
        (Money(Decimal(0), "USD"), "0 USD"),
        (Money(Decimal("-0"), "USD"), "0 USD"),
        (Money(Decimal(-3_000_000), "USD"), "-3 M USD"),
        (Price(Decimal(9_700_000), "USD", "MW-year"), "9.7 M USD per MW-year"),
        (Price(Decimal("2.350"), "USD", "chip-hour"), "2.35 USD per chip-hour"),
        (Power(Decimal(200_000), "meter"), "200 MW meter"),
        (Power(Decimal("1.2")), "1.2 kW"),
        (Power(Decimal(1_100_000), "it"), "1.1 GW it"),
        (Share.of_percent(95), "95%"),
        (Share(Decimal("0.08"), per="year"), "8% per year"),
        (Share(Decimal("0.010"), "monthly fee", "day"), "1% of monthly fee per day"),
        (ChipHours(1), "1 chip-hour"),
        (ChipHours(500_000), "500000 chip-hours"),
        (Duration(1, "business days"), "1 business day"),
        (Duration(30, "days"), "30 days"),
        (Month(2025, 2), "2025-02"),
        (Clock(7, 5), "07:05"),
    ],
)
def test_quantities_are_written_as_people_write_them(quantity: object, text: str) -> None:
    assert str(quantity) == text


def test_power_is_kept_in_kilowatts_and_read_in_megawatts() -> None:
    assert parse_power("0.9 GW it") == Power(Decimal(900_000), "it")
    assert parse_power("200 MW meter").mw == 200
    assert parse_power("1.2 kW").at is None


def test_a_share_keeps_what_it_is_of_and_per_what() -> None:
    share = parse_share("1% of monthly fee per day")
    assert (share.value, share.of, share.per) == (Decimal("0.01"), "monthly fee", "day")
    assert parse_share("250% per year").value == Decimal("2.5")
    assert parse_share("12.5%").percent == Decimal("12.5")


def test_a_duration_is_months_only_if_it_is_in_months_or_years() -> None:
    assert parse_duration("48 months").months == 48
    assert parse_duration("15 years").months == 180
    with pytest.raises(QuantityError, match="'30 days' is not a whole number of months"):
        _ = parse_duration("30 days").months


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("2 weeks", "write 14 days"),
        ("30 calendar days", "write 30 days"),
        ("5 working days", "write 5 business days"),
        ("101 years", "a hundred years"),
        ("999999999999999 days", "a hundred years"),
    ],
)
def test_other_ways_to_say_how_long_are_refused_with_the_right_one(text: str, hint: str) -> None:
    with pytest.raises(QuantityError) as caught:
        parse_duration(text)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    "text", ["8% per decade", "8% per year per day", "8% of", "8% of invoice per decade", "1% of A"]
)
def test_a_share_of_something_unclear_is_refused(text: str) -> None:
    with pytest.raises(QuantityError, match="is not a percentage") as caught:
        parse_share(text)
    assert caught.value.hint


@pytest.mark.parametrize(
    "make",
    [
        lambda: Share(Decimal(-1)),
        lambda: Share(Decimal(1), of="Delivery Value"),
        lambda: Share(Decimal(1), of="invoice per day"),
        lambda: Share(Decimal(1), per="decade"),
        lambda: Power(Decimal(-1)),
        lambda: Power(Decimal("inf")),
        lambda: Power(Decimal(1), "gross"),
        lambda: ChipHours(-1),
        lambda: Duration(-1, "days"),
        lambda: Duration(1, "weeks"),
        lambda: Month(2025, 13),
        lambda: Clock(24, 0),
        lambda: Price(Decimal(1), "USD", "GPU-hour"),
        lambda: Money(Decimal(1), "usd"),
        lambda: Money(Decimal("NaN"), "USD"),
        lambda: Money(Decimal("1e3000000"), "USD"),
    ],
)
def test_a_quantity_that_could_not_be_read_cannot_be_made_either(
    make: Callable[[], object],
) -> None:
    with pytest.raises(QuantityError):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Money(1.5, "USD"),
        lambda: Power(1.5),
        lambda: Share.of_percent(9.5),
        lambda: Duration(1.5, "days"),
        lambda: ChipHours(1.5),
    ],
)
def test_a_float_is_never_a_quantity(make: Callable[[], object]) -> None:
    with pytest.raises(TypeError):
        make()
