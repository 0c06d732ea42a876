"""Text that wants to do harm: each parser answers with a quantity or a QuantityError, at once."""

import pickle
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import offtake.units as units
from offtake.units import (
    Calendar,
    QuantityError,
    parse_chips,
    parse_factor,
    parse_flag,
    parse_money,
    parse_share,
    parse_slug,
    parse_whole,
)

PARSERS: list[Callable[[str], Any]] = [
    getattr(units, name) for name in units.__all__ if name.startswith("parse_")
]
NUMBERS = [
    "1e3000000",
    "1E9",
    "1e-9",
    "NaN",
    "sNaN",
    "nan",
    "inf",
    "-Infinity",
    "1_000",
    "1,000",
    "1 000",
    "0x10",
    "+1",
    "-1",
    "-0",
    ".5",
    "5.",
    "1.2.3",
    "9" * 16,
    "9" * 4000,
    "0.1234567890",
    "\uff11\uff12\uff13",
    "\u0663",
    "\u0661",
    "1\xb2",
    "\xb2",
    "\xbd",
    "\u2167",
    "1\x00",
    "\x001",
    "1\u200b",
    "1\u00a0",
    "\ufeff1",
    "1\n",
    "1\r",
    "1\udcff",
    "",
    " ",
]
AROUND = [
    "{}",
    "{} USD",
    "{} B USD",
    "{} USD per chip-hour",
    "{} chips",
    "{} chip-hours",
    "{} MW meter",
    "{}%",
    "{}% per year",
    "{} days",
    "{}-01",
    "2025-{}-01",
    "{}:00",
]


def refusal(parse: Callable[[str], Any], text: str) -> QuantityError | None:
    try:
        parse(text)
    except QuantityError as error:
        return error
    return None


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "parse", [p for p in PARSERS if p is not parse_slug], ids=lambda parse: parse.__name__
)
def test_what_is_not_a_number_of_the_grammar_is_refused_wherever_it_stands(
    parse: Callable[[str], Any], number: str
) -> None:
    for around in AROUND:
        with pytest.raises(QuantityError):
            parse(around.format(number))


@pytest.mark.parametrize("parse", [*PARSERS, Calendar.named], ids=lambda parse: parse.__name__)
@given(text=st.text(max_size=100) | st.from_regex(r"[0-9.eE_+ -]{0,30}( USD| chips|%)?"))
@example("2025-00-00")
@example("0000-01-01")
@example("9999-12-31T23:59:59Z")
@example("\ud800")
@example("999999999999999 years")
def test_any_text_is_a_quantity_or_a_quantity_error(parse: Callable[[str], Any], text: str) -> None:
    error = refusal(parse, text)
    if error is not None:
        assert str(error).isprintable()
        assert len(str(error)) < 500
        assert error.hint.isprintable()
        assert error.hint


@pytest.mark.parametrize("parse", [*PARSERS, Calendar.named], ids=lambda parse: parse.__name__)
def test_ten_megabytes_are_refused_without_being_scanned(parse: Callable[[str], Any]) -> None:
    text = " " * 9_999_999 + "9"
    begun = time.process_time()
    for _ in range(100):
        with pytest.raises(QuantityError, match="10000000 characters"):
            parse(text)
    assert time.process_time() - begun < 0.5, "scanning 100 times takes about a second"


@pytest.mark.parametrize("parse", PARSERS, ids=lambda parse: parse.__name__)
def test_the_worst_texts_that_are_read_cost_microseconds(parse: Callable[[str], Any]) -> None:
    worst = ["9" * 80, "1% of " + "a " * 37, "1% of " + "a-" * 37, "0" * 15 + "." + "0" * 64]
    begun = time.process_time()
    for text in worst * 25:
        with pytest.raises(QuantityError):
            parse(text)
    assert time.process_time() - begun < 1.0, "a hundred refusals"


def test_the_largest_numbers_stay_exact() -> None:
    largest = "999999999999999.999999999"
    assert parse_factor(largest) == Decimal(largest)
    assert parse_money(f"{largest} T USD").amount == Decimal("999999999999999999999999000")
    assert parse_chips("999999999999999 chips") == 999_999_999_999_999
    assert parse_whole("1000000000") == 10**9
    with pytest.raises(QuantityError):
        parse_whole("1000000001")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("mi\u0441rosoft", "CYRILLIC SMALL LETTER ES"),
        ("\u0430zure", "CYRILLIC SMALL LETTER A"),
        ("\u03bfracle", "GREEK SMALL LETTER OMICRON"),
        ("\uff4fracle", "FULLWIDTH LATIN SMALL LETTER O"),
        ("h100\u200b", "ZERO WIDTH SPACE"),
        ("h10\u0660", "ARABIC-INDIC DIGIT ZERO"),
    ],
)
def test_a_look_alike_letter_in_an_id_is_named(text: str, named: str) -> None:
    with pytest.raises(QuantityError) as caught:
        parse_slug(text)
    assert named in caught.value.hint
    assert str(caught.value).isascii()


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Azure 2025", "write azure-2025"),
        ("-abc", "write abc"),
        ("a" * 65, "at most 64"),
        ("..", "begins with a letter or digit"),
        ("", "begins with a letter or digit"),
    ],
)
def test_an_id_that_is_nearly_right_is_mended_in_the_hint(text: str, hint: str) -> None:
    with pytest.raises(QuantityError) as caught:
        parse_slug(text)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("text", "hint"),
    [("yes", "write true"), ("No", "write false"), ("TRUE", "write true"), ("1", "write")],
)
def test_other_words_for_true_and_false_are_refused_with_the_right_one(
    text: str, hint: str
) -> None:
    with pytest.raises(QuantityError) as caught:
        parse_flag(text)
    assert hint in caught.value.hint
    assert (parse_flag("true"), parse_flag("false")) == (True, False)


@pytest.mark.parametrize(
    ("parse", "text", "hint"),
    [
        (parse_money, "100", "a bare number has no unit"),
        (parse_money, "1,000 USD", "without separators"),
        (parse_money, "1e9 USD", "without an exponent"),
        (parse_money, "-5 USD", "no sign"),
        (parse_money, "nan USD", "digits"),
        (parse_money, "1000000000000000 USD", "at most 15 digits before"),
        (parse_money, "0.1234567891 USD", "at most 9 digits after"),
        (parse_money, ".5 USD", "either side of the point"),
        (parse_money, "5  USD", "one space"),
        (parse_money, "5 USD ", "one space"),
        (parse_money, "100B USD", "one space"),
        (parse_money, "5 U\u0405D", "CYRILLIC CAPITAL LETTER DZE"),
        (parse_share, "40 %", "none before %"),
        (parse_share, "40", "a bare number has no unit"),
    ],
)
def test_the_hint_says_what_is_most_likely_wrong(
    parse: Callable[[str], Any], text: str, hint: str
) -> None:
    with pytest.raises(QuantityError) as caught:
        parse(text)
    assert hint in caught.value.hint


def test_an_error_is_a_value_error_that_survives_pickling() -> None:
    with pytest.raises(ValueError, match="'7 parsecs' is not an amount of money") as caught:
        parse_money("7 parsecs")
    again = pickle.loads(pickle.dumps(caught.value))
    assert isinstance(again, QuantityError)
    assert (str(again), again.hint) == (str(caught.value), caught.value.hint)


def test_what_is_not_text_is_refused() -> None:
    with pytest.raises(QuantityError, match="not list"):
        parse_money(["1 USD"])  # type: ignore[arg-type]
