"""Instants as whole nanoseconds: read exactly, written in one way, and nothing rounded."""

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from offtake.units import NS, Instant, QuantityError, instant_of, instant_text, parse_instant

LAST = instant_of("9998-12-31T23:59:59.999999999Z")
INSTANTS = st.integers(0, LAST)


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.000000001Z", 1),
        ("1970-01-01T00:00:00.5Z", NS // 2),
        ("1970-01-02T00:00:01Z", 86_401 * NS),
        ("2001-09-09T01:46:40Z", 10**9 * NS),
        ("2000-02-29T00:00:00Z", 951_782_400 * NS),
        ("2025-01-21T17:00:00.250Z", 1_737_478_800 * NS + 250_000_000),
        ("2025-01-21T17:00:00.123456789Z", 1_737_478_800 * NS + 123_456_789),
    ],
)
def test_an_instant_is_nanoseconds_since_1970(text: str, nanoseconds: Instant) -> None:
    assert instant_of(text) == nanoseconds


def test_an_instant_is_written_with_nine_decimals() -> None:
    assert instant_text(0) == "1970-01-01T00:00:00.000000000Z"
    assert instant_text(instant_of("2025-01-21T17:00:00.25Z")) == "2025-01-21T17:00:00.250000000Z"
    assert instant_text(LAST) == "9998-12-31T23:59:59.999999999Z"


@given(INSTANTS)
@example(0)
@example(LAST)
def test_what_is_written_reads_back_as_the_same_instant(at: Instant) -> None:
    text = instant_text(at)
    assert len(text) == 30
    assert instant_of(text) == at


@given(INSTANTS, INSTANTS)
def test_texts_sort_as_instants_do(one: Instant, other: Instant) -> None:
    assert (instant_text(one) < instant_text(other)) == (one < other)


@given(st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2199, 12, 31)))
def test_it_is_the_instant_that_the_other_reader_reads(naive: dt.datetime) -> None:
    text = naive.isoformat() + "Z"
    elapsed = parse_instant(text) - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    assert instant_of(text) == elapsed // dt.timedelta(microseconds=1) * 1000


@given(INSTANTS, st.integers(0, 8))
def test_decimals_left_out_are_noughts(at: Instant, decimals: int) -> None:
    text = instant_text(at)
    short = text[: 20 + decimals].rstrip(".")
    assert instant_of(short + "Z") == at - at % 10 ** (9 - decimals)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("2025-01-21T17:00:00", "with Z at the end"),
        ("2025-01-21T17:00:00+00:00", "with Z at the end"),
        ("2025-01-21T18:00:00+01:00", "with Z at the end"),
        ("2025-01-21T17:00:00z", "with Z at the end"),
        ("2025-01-21T17:00:00Z ", "with Z at the end"),
        ("2025-01-21T17:00:00Z\n", "control character"),
        ("2025-01-21T17:00:00.Z", "with Z at the end"),
        ("2025-01-21T17:00:00.0000000000Z", "nine decimals"),
        ("2025-01-21T17:00:00.1234567891Z", "nine decimals"),
        ("2016-12-31T23:59:60Z", "23:59:59"),
        ("2025-01-21T24:00:00Z", "23:59:59"),
        ("2025-01-21T17:60:00Z", "23:59:59"),
        ("2025-02-30T00:00:00Z", "no such day"),
        ("2025-02-29T00:00:00Z", "no such day"),
        ("2025-13-01T00:00:00Z", "no such day"),
        ("2025-00-01T00:00:00Z", "no such day"),
        ("1969-12-31T23:59:59Z", "1970 to 9998"),
        ("9999-01-01T00:00:00Z", "1970 to 9998"),
        ("0000-01-01T00:00:00Z", "1970 to 9998"),
        ("2025-01-21", "for example"),
        ("2025-01-21 17:00:00Z", "for example"),
        ("20250121T170000Z", "for example"),
        ("2025-1-21T17:00:00Z", "for example"),
        ("1737478800", "for example"),
        ("-2025-01-21T17:00:00Z", "for example"),
        ("2025-01-21T17:00:0\N{ARABIC-INDIC DIGIT ZERO}Z", "ARABIC-INDIC DIGIT ZERO"),
        ("2025-01-21T17:00:00\N{CYRILLIC CAPITAL LETTER ZE}", "CYRILLIC"),
        ("", "for example"),
        ("2" * 81, "words belong in a note"),
    ],
)
def test_any_other_text_is_refused_with_a_hint(text: str, hint: str) -> None:
    with pytest.raises(QuantityError) as caught:
        instant_of(text)
    assert hint in caught.value.hint


@pytest.mark.parametrize("at", [-1, LAST + 1, 10**30])
def test_an_instant_outside_the_years_that_are_read_is_not_written(at: Instant) -> None:
    with pytest.raises(QuantityError, match="1970 to 9998"):
        instant_text(at)
