"""The wire: events, commands and envelopes as plain data have one form, and come back the same."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offtake.desk import claim, commands, events, lot, wire
from offtake.desk.commands import Command, Envelope, Withdraw
from offtake.desk.events import By, ClockStarted, Event, Founded, Place
from offtake.units.instants import instant_of

from .anything import COMMANDS, EVENTS, INSTANTS, fields_of, made

# --- there and back -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_every_event_comes_back_the_same(kind: type) -> None:
    @settings(max_examples=15, deadline=None)
    @given(event=made(kind))
    def round_trip(event: Event) -> None:
        text = wire.text_of([event])
        assert wire.events_of(text) == (event,)
        assert wire.event_of(json.loads(text)) == event
        assert wire.text_of(wire.events_of(text)) == text

    round_trip()


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.__name__)
def test_every_command_comes_back_the_same_alone_and_in_its_envelope(kind: type) -> None:
    @settings(max_examples=10, deadline=None)
    @given(command=made(kind), at=INSTANTS, entropy=st.binary(min_size=32, max_size=32))
    def round_trip(command: Command, at: int, entropy: bytes) -> None:
        envelope = Envelope(actor="lab", key="k-1", at=at, entropy=entropy, body=command)
        assert wire.command_of(wire.data_of(command)) == command
        assert wire.envelope_of(wire.data_of(envelope)) == envelope

    round_trip()


def test_several_events_are_several_lines_and_none_is_no_line() -> None:
    first = Founded(at=5, by=None, buyer="lab", parties=("oracle",), auditors=())
    assert wire.text_of([]) == ""
    assert wire.events_of("") == ()
    assert wire.events_of(wire.text_of([first, first])) == (first, first)


def test_the_text_is_what_a_lawyer_can_read() -> None:
    at = instant_of("2025-01-21T17:00:00Z")
    event = Founded(at=at, by=By("lab", "k", "d", "5a"), buyer="lab", parties=("é",), auditors=())
    assert wire.text_of([event]) == (
        '{"at":"2025-01-21T17:00:00.000000000Z","auditors":[],'
        '"buyer":"lab","by":{"actor":"lab","digest":"d","key":"k","made":"","salt":"5a"},'
        '"parties":["é"],"type":"Founded"}\n'
    )


def test_a_zero_has_one_form_and_an_exponent_is_written_out() -> None:
    def written(number: str) -> Any:
        place = Place(bid="b", bidder="oracle", effective=Decimal(number))
        return wire.data_of(events.BidsOpened(at=0, tender="t", ranking=(place,)))["ranking"][0]

    assert written("-0")["effective"] == "0"
    assert written("1E+3")["effective"] == "1000"
    assert written("1E-12")["effective"] == "0.000000000001"


# --- which whole numbers are instants -----------------------------------------------------------

CLASSES = sorted(
    {
        kind
        for module in (lot, claim, commands, events)
        for kind in vars(module).values()
        if isinstance(kind, type)
        and issubclass(kind, msgspec.Struct)
        and kind.__module__ == module.__name__
    },
    key=lambda kind: kind.__qualname__,
)


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_the_table_of_instants_names_those_that_the_class_says_are_instants(kind: type) -> None:
    own = vars(kind).get("__annotations__", {})
    stated = {name for name, hint in own.items() if "Instant" in str(hint)}
    assert wire.INSTANTS.get(kind, frozenset()) == stated


# --- what is refused ----------------------------------------------------------------------------

CLOCK = ClockStarted(
    at=instant_of("2025-01-21T17:00:00Z"),
    by=None,
    tender="t",
    round=0,
    clause="c/refusal",
    holder="microsoft",
    chips=500,
    deadline=instant_of("2025-02-20T22:00:00Z"),
    offset=-18_000,
    skipped=(20_000,),
)
PLACES = events.BidsOpened(at=0, tender="t", ranking=(Place("b", "oracle", Decimal("2.35")),))


def test_these_examples_are_accepted() -> None:
    assert wire.event_of(wire.data_of(CLOCK)) == CLOCK
    assert wire.event_of(wire.data_of(PLACES)) == PLACES


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"chips": 500}, "ClockStarted.chips is 500, not a whole number"),
        ({"chips": "0500"}, "not a whole number"),
        ({"chips": "+500"}, "not a whole number"),
        ({"chips": "-0"}, "not a whole number"),
        ({"chips": "500.0"}, "not a whole number"),
        ({"chips": "5_00"}, "not a whole number"),
        ({"chips": "\uff15"}, "not a whole number"),
        ({"chips": " 500"}, "not a whole number"),
        ({"chips": "500\n"}, "not a whole number"),
        ({"chips": "1" * 20}, "at most 19 digits"),
        ({"chips": True}, "not a whole number"),
        ({"chips": 5.0}, "not a whole number"),
        ({"chips": float("nan")}, "not a whole number"),
        ({"chips": None}, "not a whole number"),
        ({"deadline": "2025-02-20T22:00:00Z"}, "not an instant"),
        ({"deadline": "2025-02-20T22:00:00.0000000000Z"}, "not an instant"),
        ({"deadline": "2025-02-30T22:00:00.000000000Z"}, "not an instant"),
        ({"deadline": "2025-02-20T22:00:00.000000000+00:00"}, "not an instant"),
        ({"deadline": "1740088800000000000"}, "not an instant"),
        ({"deadline": None}, "not an instant"),
        ({"holder": 7}, "ClockStarted.holder is 7, not a text"),
        ({"holder": "\ud800"}, "whole characters"),
        ({"skipped": "20000"}, "not a list"),
        ({"skipped": [20_000]}, "not a whole number"),
        (
            {"by": {"actor": "lab", "key": "k", "digest": "d", "salt": "5a"}},
            "ClockStarted.by lacks made",
        ),
        ({"by": []}, "not an object"),
        ({"colour": "red"}, "ClockStarted has no field 'colour'"),
        ({"type": "Event"}, "an event has no type 'Event'"),
        ({"type": "Withdraw"}, "an event has no type 'Withdraw'"),
        ({"type": ["ClockStarted"]}, "an event has no type"),
    ],
)
def test_data_in_another_form_are_refused(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(wire.WireError, match=sentence.replace("[", r"\[")):
        wire.event_of({**wire.data_of(CLOCK), **change})


@pytest.mark.parametrize("name", [*fields_of(ClockStarted), "type"])
def test_a_missing_field_is_refused_and_named(name: str) -> None:
    data = {key: value for key, value in wire.data_of(CLOCK).items() if key != name}
    with pytest.raises(wire.WireError, match="no type None" if name == "type" else f"lacks {name}"):
        wire.event_of(data)


@pytest.mark.parametrize(
    "number",
    [
        "NaN",
        "Infinity",
        "1e3",
        "-0.0",
        "02.35",
        ".5",
        "2.",
        "1" * 31,
        "0." + "1" * 31,
        "\uff12",
        2.35,
        2,
    ],
)
def test_a_decimal_number_has_one_form(number: Any) -> None:
    data = wire.data_of(PLACES)
    data["ranking"][0]["effective"] = number
    with pytest.raises(wire.WireError, match=r"BidsOpened\.ranking\.effective .* decimal number"):
        wire.event_of(data)


@pytest.mark.parametrize(
    "number", [Decimal("NaN"), Decimal("Infinity"), Decimal("1E+3000000"), 2.5]
)
def test_a_number_that_has_no_form_is_not_written(number: Any) -> None:
    with pytest.raises(wire.WireError, match="decimal number"):
        wire.data_of(events.BidsOpened(at=0, tender="t", ranking=(Place("b", "o", number),)))


@pytest.mark.parametrize(
    ("field", "value"),
    [("chips", True), ("chips", 2.0), ("deadline", -1), ("deadline", 10**30), ("skipped", [1])],
)
def test_a_value_of_the_wrong_type_is_not_written(field: str, value: Any) -> None:
    wrong = msgspec.structs.replace(CLOCK, **{field: value})
    with pytest.raises(wire.WireError, match=rf"ClockStarted\.{field}"):
        wire.data_of(wrong)


@pytest.mark.parametrize("value", [7, "event", None, [], Place("b", "o", Decimal(1))])
def test_what_is_no_event_command_or_envelope_is_neither_written_nor_read(value: Any) -> None:
    with pytest.raises(wire.WireError, match="is no event, command or envelope"):
        wire.data_of(value)
    with pytest.raises(wire.WireError, match=r"an event is an object"):
        wire.event_of(value)


def test_a_command_within_an_envelope_is_as_strict() -> None:
    envelope = Envelope("lab", "k", 0, bytes(32), Withdraw(tender="t", reason="none"))
    data = wire.data_of(envelope)
    with pytest.raises(wire.WireError, match="Withdraw lacks reason"):
        wire.envelope_of({**data, "body": {"type": "Withdraw", "tender": "t"}})
    with pytest.raises(wire.WireError, match="hexadecimal"):
        wire.envelope_of({**data, "entropy": "0"})
    with pytest.raises(wire.WireError, match="a command is an object"):
        wire.envelope_of({**data, "body": "Withdraw"})


LINE = wire.text_of([CLOCK])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (LINE[:-1], "not ended"),
        (LINE + "\n", "line 2: this is not JSON"),
        (LINE.replace(",", ", "), "line 1: write sorted keys, no spaces"),
        (LINE + LINE.replace('"500"', "500"), "line 2: 500 is a bare number"),
        (LINE.replace('"500"', "NaN"), "NaN is a bare number"),
        (LINE.replace('"500"', "5e2"), "5e2 is a bare number"),
        (LINE.replace('"chips"', '"at":"x","chips"'), "a key stands twice"),
        ("[]\n", "a line holds one object"),
        ("[" * 100_000 + "\n", "this is not JSON"),
        ("{\n", "this is not JSON"),
        (LINE.replace("microsoft", "\\u00e9"), "write sorted keys, no spaces, and other signs"),
        (LINE.replace("microsoft", "\\ud800"), "line 1: a text holds half a character"),
        (
            json.dumps(dict(reversed(json.loads(LINE).items())), separators=(",", ":")) + "\n",
            "sort",
        ),
    ],
)
def test_text_in_another_form_is_refused_with_its_line(text: str, sentence: str) -> None:
    with pytest.raises(wire.WireError, match=sentence):
        wire.events_of(text)
