"""The wire at its edges: values that look right and are not, and data that lack a part."""

from __future__ import annotations

import copy
import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from offtake.desk import wire
from offtake.desk.claim import Bar
from offtake.desk.commands import Answer, Attest, Envelope, Open
from offtake.desk.events import BidsOpened, Place
from offtake.desk.lot import Lot

from .saying import california, claim, spell

NUMBERS_MOST = "9" * 30
OPEN = Open(
    tender="lot",
    lot=Lot("gb200", 1000, "texas", dt.date(2026, 1, 1), 48),
    claims=(claim("azure", "microsoft"),),
    bars=(Bar("bar", "nvidia"),),
    almanacs={"la": california()},
    bidding=spell("15 days"),
    bidding_almanac="la",
)
LETTER = Attest("lot", Answer("lot", "azure", "waive", 1), 5, "5e" * 32, ("ops", "legal"))


def opened_at(price: Decimal) -> BidsOpened:
    return BidsOpened(at=0, tender="t", ranking=(Place("b", "oracle", price),))


def ranking_of(price: Decimal) -> Any:
    return wire.data_of(opened_at(price))["ranking"][0]["effective"]


def at(data: Any, path: str, value: Any) -> Any:
    """The data with another value at a path."""
    new = copy.deepcopy(data)
    here = new
    *way, last = path.split(".")
    for step in way:
        here = here[int(step)] if isinstance(here, list) else here[step]
    here[int(last) if isinstance(here, list) else last] = value
    return new


# --- numbers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [NUMBERS_MOST, f"-{NUMBERS_MOST}", f"0.{'0' * 29}1", "0", "-0.1"])
def test_the_longest_numbers_are_written_and_read(text: str) -> None:
    assert ranking_of(Decimal(text)) == text
    event = opened_at(Decimal(text))
    assert wire.event_of(wire.data_of(event)) == event


@pytest.mark.parametrize(
    "text",
    [
        f"1{NUMBERS_MOST}",
        f"0.{'0' * 30}1",
        f"0.1{'0' * 29}1",  # its first digit is early enough, its last is not
        f"1.{'0' * 30}1",
        "1E+30",
        "1E-31",
    ],
)
def test_a_longer_number_is_not_written(text: str) -> None:
    with pytest.raises(wire.WireError, match=r"BidsOpened\.ranking\.effective .* at most 30"):
        ranking_of(Decimal(text))


@pytest.mark.parametrize("text", ["-0", "-0.0", "-0.00"])
def test_a_nought_below_nothing_is_not_read(text: str) -> None:
    data = at(wire.data_of(opened_at(Decimal(1))), "ranking.0.effective", text)
    with pytest.raises(wire.WireError, match="decimal number"):
        wire.event_of(data)
    assert wire.event_of(at(data, "ranking.0.effective", "0.0")) == opened_at(Decimal("0.0"))


@pytest.mark.parametrize("count", [10**19 - 1, -(10**19) + 1])
def test_whole_numbers_have_nineteen_digits(count: int) -> None:
    wish = msgspec.structs.replace(OPEN, lot=msgspec.structs.replace(OPEN.lot, chips=count))
    assert wire.command_of(wire.data_of(wish)) == wish
    more = count + (1 if count > 0 else -1)
    wish = msgspec.structs.replace(OPEN, lot=msgspec.structs.replace(OPEN.lot, chips=more))
    with pytest.raises(wire.WireError, match=r"Open\.lot\.chips is .* at most 19 digits"):
        wire.data_of(wish)


# --- days, instants, texts --------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2026-02-30", "2026-1-1", "20260101", "2026-01-01T00", 20260101])
def test_a_day_that_is_none_is_not_read(day: Any) -> None:
    with pytest.raises(wire.WireError, match=r"Open\.lot\.start is .*, not a day such as"):
        wire.command_of(at(wire.data_of(OPEN), "lot.start", day))


def test_a_day_with_a_time_is_not_written() -> None:
    noon = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
    wish = msgspec.structs.replace(OPEN, lot=msgspec.structs.replace(OPEN.lot, start=noon))
    with pytest.raises(wire.WireError, match=r"Open\.lot\.start is datetime.*, not a day"):
        wire.data_of(wish)


@pytest.mark.parametrize("when", [True, 5.0, "5", None])
def test_an_instant_is_a_whole_number(when: Any) -> None:
    letter = msgspec.structs.replace(LETTER, received=when)
    with pytest.raises(wire.WireError, match=r"Attest\.received is .*, not an instant"):
        wire.data_of(letter)


def test_a_text_may_hold_any_whole_character() -> None:
    wish = msgspec.structs.replace(OPEN, cause="größer 東")
    assert wire.command_of(wire.data_of(wish)) == wish
    for half in ("\ud800", "\udfff", "a\udc00"):
        with pytest.raises(wire.WireError, match=r"Open\.cause .* whole characters"):
            wire.data_of(msgspec.structs.replace(OPEN, cause=half))
    read = wire.command_of(at(wire.data_of(OPEN), "cause", "\ud7ff\ue000"))
    assert read == msgspec.structs.replace(OPEN, cause="\ud7ff\ue000")


def test_a_long_wrong_value_is_shown_shortened() -> None:
    with pytest.raises(wire.WireError, match=r"Open\.rate is 1{37}\.\.\., not a text$"):
        wire.command_of(at(wire.data_of(OPEN), "rate", int("1" * 41)))
    with pytest.raises(wire.WireError, match=r"Open\.rate is 1{40}, not a text$"):
        wire.command_of(at(wire.data_of(OPEN), "rate", int("1" * 40)))


# --- values made of values --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("claims", {}, r"Open\.claims is \{\}, not a list"),
        ("claims", [None], r"Open\.claims is None, not an object"),
        ("claims.0.window", None, r"Open\.claims\.window is None, not an object"),
        ("claims.0.first", 1, r"Open\.claims\.first is 1, not true or false"),
        ("almanacs", [], r"Open\.almanacs is \[\], not an object"),
        ("almanacs", {5: {}}, r"a key of Open\.almanacs is 5, not ASCII"),
        ("almanacs", {"ü": {}}, r"a key of Open\.almanacs is 'ü', not ASCII"),
        ("almanacs.la", "us", r"Open\.almanacs\.la is 'us', not an object"),
        (
            "almanacs.la.offsets.0",
            ["1"],
            r"Open\.almanacs\.la\.offsets is \['1'\], not a list of 2",
        ),
        ("almanacs.la.offsets.0", "12", r"Open\.almanacs\.la\.offsets is '12', not a list of 2"),
        ("lot.colour", "red", r"Open\.lot has no field 'colour'"),
        ("bars.0.type", "Bar", r"Open\.bars has no field 'type'"),
    ],
)
def test_parts_in_another_form_are_refused_and_named(path: str, value: Any, sentence: str) -> None:
    with pytest.raises(wire.WireError, match=sentence):
        wire.command_of(at(wire.data_of(OPEN), path, value))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"claims": [claim("azure", "microsoft")]}, r"Open\.claims is .*, not a tuple"),
        ({"claims": (OPEN.bars[0],)}, r"Open\.claims is .*, not a Claim"),
        ({"almanacs": ()}, r"Open\.almanacs is \(\), not an object"),
        ({"almanacs": {5: california()}}, r"a key of Open\.almanacs is 5, not ASCII"),
        ({"lot": None}, r"Open\.lot is None, not a Lot"),
        ({"rate": Decimal(0)}, r"Open\.rate is Decimal\('0'\), not a text"),
    ],
)
def test_parts_of_another_type_are_not_written(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(wire.WireError, match=sentence):
        wire.data_of(msgspec.structs.replace(OPEN, **change))


@pytest.mark.parametrize("persons", [("ops",), ("ops", "legal", "one more"), ["ops", "legal"]])
def test_two_persons_are_two(persons: Any) -> None:
    with pytest.raises(wire.WireError, match=r"Attest\.persons .* a list of 2"):
        wire.data_of(msgspec.structs.replace(LETTER, persons=persons))
    with pytest.raises(wire.WireError, match=r"Attest\.persons .* a list of 2"):
        wire.command_of(at(wire.data_of(LETTER), "persons", [*persons, "x", "y"]))


def test_what_is_in_an_envelope_is_a_command() -> None:
    wrong: Any = opened_at(Decimal(1))
    with pytest.raises(wire.WireError, match=r"Envelope\.body is .*, not a command"):
        wire.data_of(Envelope("lab", "k", 0, bytes(32), wrong))
    with pytest.raises(wire.WireError, match=r"Envelope\.entropy is .*, not bytes"):
        wire.data_of(Envelope("lab", "k", 0, "00" * 32, LETTER))  # type: ignore[arg-type]


@pytest.mark.parametrize("bits", ["0", "0G", "AB", "ab ", 5, None])
def test_bytes_are_pairs_of_small_digits(bits: Any) -> None:
    data = wire.data_of(Envelope("lab", "k", 0, b"\xab", LETTER))
    assert data["entropy"] == "ab"
    with pytest.raises(wire.WireError, match=r"Envelope\.entropy is .*, not bytes as pairs"):
        wire.envelope_of({**data, "entropy": bits})


def test_of_several_missing_or_unknown_fields_the_first_by_name_is_named() -> None:
    data = wire.data_of(OPEN)
    with pytest.raises(wire.WireError, match="Open has no field 'aa'"):
        wire.command_of({**data, "zz": 1, "aa": 1})
    del data["lot"], data["rate"]
    with pytest.raises(wire.WireError, match="Open lacks lot"):
        wire.command_of(data)
