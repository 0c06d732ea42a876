"""What the journal hashes: canonical bytes of events, by the fast way and by the strict one."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.anything import EVENTS, made
from desk.lives import live
from offtake.desk import events, wire
from offtake.desk.commands import Envelope, Withdraw
from offtake.desk.events import Bid, By, Event, Founded, Place, Terms

PLACE = Place(bid="b", bidder="oracle", effective=Decimal("2.35"))
OPENED = events.BidsOpened(at=0, tender="t", ranking=(PLACE,))


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal, and of the same types all the way down."""
    if type(one) is not type(other) or one != other:
        return False
    if isinstance(one, tuple):
        return all(same(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, dict):
        return all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, Decimal):
        return str(one) == str(other)
    names = getattr(type(one), "__struct_fields__", getattr(type(one), "__slots__", ()))
    if isinstance(one, str | int | dt.date):
        names = ()
    return all(same(getattr(one, name), getattr(other, name)) for name in names)


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_any_event_has_the_same_bytes_by_both_ways_and_by_rfc_8785(kind: type) -> None:
    @settings(max_examples=25, deadline=None)
    @given(event=made(kind))
    def one_form(event: Event) -> None:
        body, data = wire.body_of(event), wire.data_of(event)
        assert body == wire.line_of(data).encode() == rfc8785.dumps(data)
        back = wire.event_from(body)
        assert same(back, wire.event_of(json.loads(body)))
        assert back == event
        assert wire.body_of(back) == body

    one_form()


@pytest.mark.parametrize("seed", range(40))
def test_every_event_of_a_life_comes_back_from_its_bytes(seed: int) -> None:
    for event in live(seed).journal:
        body = wire.body_of(event)
        assert body == wire.line_of(wire.data_of(event)).encode()
        assert same(wire.event_from(body), wire.event_of(json.loads(body)))


def founded(text: str) -> Founded:
    return Founded(at=0, by=By("lab", text, "d", "5a"), buyer="lab", parties=(text,), auditors=())


@given(text=st.text())
def test_any_text_is_written_as_rfc_8785_has_it(text: str) -> None:
    event = founded(text)
    assert wire.body_of(event) == rfc8785.dumps(wire.data_of(event))
    assert wire.event_from(wire.body_of(event)) == event


def test_signs_that_must_be_escapes_are_and_no_others() -> None:
    text = "".join(map(chr, range(0xA0))) + "\u2028é東\ufeff\U0001f600"
    short = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}
    written = "".join(
        short.get(ord(sign), sign if ord(sign) > 31 else f"\\u{ord(sign):04x}") for sign in text
    )
    assert f'"parties":["{written}"]'.encode() in wire.body_of(founded(text))


@pytest.mark.parametrize("text", ["\ud800", "a\udfff", "\udc00\ud800", "\udc00a"])
def test_half_a_character_is_neither_written_nor_read(text: str) -> None:
    with pytest.raises(wire.WireError, match=r"Founded\.parties is .* whole characters"):
        wire.body_of(founded(text))
    with pytest.raises(wire.WireError, match="half a character"):
        wire.line_of({"text": text})
    raw = wire.body_of(founded("here")).replace(b"here", text.encode("utf-8", "surrogatepass"))
    with pytest.raises(wire.WireError, match="this is no event"):
        wire.event_from(raw)


NUMBERS = ["0", "-0", "0.00", "-0.0", "1E+3", "1E-12", "-2.50", "9" * 30, f"0.{'0' * 29}1", "-7"]


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_is_written_as_the_strict_way_writes_it(text: str) -> None:
    event = msgspec.structs.replace(OPENED, ranking=(Place("b", "oracle", Decimal(text)),))
    assert wire.body_of(event) == rfc8785.dumps(wire.data_of(event))
    assert wire.event_from(wire.body_of(event)) == event


def test_texts_that_look_like_other_values_stay_texts() -> None:
    for text in ("null", "true", "5", "2.5", "2026-01-01", "2026-01-01T00:00:00.000000000Z"):
        bid = Bid(
            bidder=text,
            chips=5,
            terms=Terms(price=Decimal(2), start=dt.date(2026, 1, 1), months=3, options=(text,)),
            contingent=text,
        )
        event = events.BidReceived(at=0, tender=text, bid=bid)
        assert same(wire.event_from(wire.body_of(event)), event)
        signed = events.AgreementFailed(
            at=0, tender=text, round=None, agreement="a", chips=1, why=text
        )
        assert same(wire.event_from(wire.body_of(signed)), signed)


WRONG: list[tuple[Event, dict[str, Any]]] = [
    (OPENED, {"at": -1}),
    (OPENED, {"at": True}),
    (OPENED, {"at": 5.0}),
    (OPENED, {"at": 10**30}),
    (OPENED, {"at": "5"}),
    (OPENED, {"tender": 7}),
    (OPENED, {"tender": None}),
    (OPENED, {"ranking": [PLACE]}),
    (OPENED, {"ranking": None}),
    (OPENED, {"ranking": (By("lab", "k", "d", "5a"),)}),
    (OPENED, {"ranking": ({"bid": "b"},)}),
    (OPENED, {"ranking": (Place("b", "o", Decimal("NaN")),)}),
    (OPENED, {"ranking": (Place("b", "o", Decimal("1E+30")),)}),
    (OPENED, {"ranking": (Place("b", "o", 2.5),)}),  # type: ignore[arg-type]
    (OPENED, {"ranking": (Place("b", "o", 2),)}),  # type: ignore[arg-type]
    (OPENED, {"by": "lab"}),
    (OPENED, {"by": ("lab", "k", "d", "")}),
    (events.TailEnded(at=0, tender="t", round=1, left=0), {"round": True}),
    (events.TailEnded(at=0, tender="t", round=1, left=0), {"left": 10**19}),
    (events.TailEnded(at=0, tender="t", round=1, left=0), {"left": "0"}),
    (events.TailEnded(at=0, tender="t", round=1, left=0), {"left": None}),
    (events.DefaultRecorded(at=0, holder="h", evidence="e", cured=True), {"cured": 1}),
    (events.TailStarted(at=0, tender="t", round=1, left=0, ends=None), {"ends": "never"}),
]


@pytest.mark.parametrize(("event", "change"), WRONG)
def test_what_the_strict_way_refuses_has_no_bytes(event: Event, change: dict[str, Any]) -> None:
    wrong = msgspec.structs.replace(event, **change)
    with pytest.raises(wire.WireError) as strict:
        wire.data_of(wrong)
    # A value that went before is remembered; one that is equal and of another type is not it.
    wire.body_of(msgspec.structs.replace(event, at=1))
    wire.body_of(msgspec.structs.replace(event, at=5))
    with pytest.raises(wire.WireError) as fast:
        wire.body_of(wrong)
    assert str(fast.value) == str(strict.value)


@pytest.mark.parametrize("value", [7, "event", None, [], PLACE])
def test_only_events_and_commands_have_bytes(value: Any) -> None:
    with pytest.raises(wire.WireError, match="is no event, command or envelope"):
        wire.body_of(value)


def test_an_envelope_has_bytes_by_the_strict_way() -> None:
    envelope: Any = Envelope("lab", "k", 0, b"\x00\xff", Withdraw(tender="t", reason="ü"))
    assert wire.body_of(envelope) == rfc8785.dumps(wire.data_of(envelope))


BODY = wire.body_of(OPENED)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        BODY[:-1],
        BODY + b"x",
        b"[]",
        b"7",
        b"null",
        b"{}",
        b"[" * 100_000,
        b'{"type":"Event"}',
        b'{"type":["BidsOpened"]}',
        b'{"type":"BidsOpened"}',
        BODY.replace(b"BidsOpened", b"Withdraw"),
        BODY.replace(b"BidsOpened", b"TailEnded"),
        BODY.replace(b'"bid":"b",', b""),
        BODY.replace(b'"bid":"b"', b'"bid":7'),
        BODY.replace(b'"2.35"', b'"dear"'),
        BODY.replace(b"1970-01-01", b"1970-02-30"),
        BODY.replace(b'"1970-01-01T00:00:00.000000000Z"', b"0"),
        BODY.replace(b'"1970-01-01T00:00:00.000000000Z"', b"null"),
        BODY.replace(b'"by"', b'"colour":"red","by"'),
    ],
)
def test_bytes_that_are_no_event_are_refused_in_one_sentence(body: bytes) -> None:
    with pytest.raises(wire.WireError, match=r"^this is no event: [^\n]+$"):
        wire.event_from(body)


def test_openings_that_state_the_same_almanac_share_it() -> None:
    happened = [event for seed in range(9) for event in live(seed).journal]
    opened = [event for event in happened if isinstance(event, events.TenderOpened)]
    body = wire.body_of(next(event for event in opened if event.almanacs))
    one, other = wire.event_from(body), wire.event_from(body)
    assert isinstance(one, events.TenderOpened)
    assert isinstance(other, events.TenderOpened)
    assert all(one.almanacs[name] is other.almanacs[name] for name in one.almanacs)
