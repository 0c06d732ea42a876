"""The fast way to write and read events: the same bytes as the strict way, and no others."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from offtake.desk import events as ev
from offtake.desk import wire
from offtake.units.instants import instant_of

from .lives import live
from .saying import at

LIVES = [event for seed in range(12) for event in live(seed).journal]


def first(kind: type[ev.Event], *needed: str) -> Any:
    """The first event of a kind that states these fields."""
    found = (event for event in LIVES if type(event) is kind)
    return next(event for event in found if all(getattr(event, name) for name in needed))


def test_what_a_life_brings_is_written_and_read_both_ways() -> None:
    for event in LIVES:
        body = wire.body_of(event)
        assert body == wire.line_of(wire.data_of(event)).encode()
        assert wire.event_from(body) == wire.event_of(json.loads(body)) == event


def wrong() -> list[tuple[ev.Event, dict[str, Any]]]:
    letter = first(ev.Answered, "letter")
    opened, received = first(ev.TenderOpened, "almanacs"), first(ev.BidReceived)
    bid, paper = received.bid, letter.letter
    odd_day = msgspec.structs.replace(bid, terms=msgspec.structs.replace(bid.terms, start="soon"))
    named = {1: next(iter(opened.almanacs.values()))}
    return [
        (letter, {"letter": msgspec.structs.replace(paper, persons=("one",))}),
        (letter, {"letter": msgspec.structs.replace(paper, persons=["one", "two"])}),
        (letter, {"letter": paper.persons}),
        (opened, {"almanacs": []}),
        (opened, {"almanacs": named}),
        (opened, {"claims": list(opened.claims)}),
        (opened, {"by": "lab"}),
        (received, {"bid": odd_day}),
        (received, {"bid": msgspec.structs.replace(bid, affiliated=1)}),
        (received, {"bid": msgspec.structs.replace(bid, chips="many")}),
        (received, {"at": -1}),
        (received, {"at": True}),
        (received, {"at": "2026-01-12"}),
        (received, {"salt": "\ud800"}),
    ]


@pytest.mark.parametrize(("event", "change"), wrong())
def test_what_the_strict_way_refuses_has_no_bytes(event: ev.Event, change: dict[str, Any]) -> None:
    odd = msgspec.structs.replace(event, **change)
    with pytest.raises(wire.WireError) as strict:
        wire.data_of(odd)
    with pytest.raises(wire.WireError) as fast:
        wire.body_of(odd)
    assert str(fast.value) == str(strict.value)


def test_what_is_no_event_has_no_bytes_and_is_not_read() -> None:
    nothing: Any = None
    with pytest.raises(wire.WireError, match="is no event, command or envelope"):
        wire.body_of(nothing)
    for body in (b"", b"{}", b'{"type":"Event"}', b'{"type":"BidsOpened"}'):
        with pytest.raises(wire.WireError, match=r"^this is no event: "):
            wire.event_from(body)


def test_what_time_alone_brought_was_done_by_nobody() -> None:
    event = ev.BidsOpened(at=at("2025-01-02 09:00"), tender="t", ranking=())
    line = wire.body_of(event)
    assert wire.event_from(line) == event
    assert b'"by":null' in line


@pytest.mark.parametrize(
    "text",
    [
        "1970-01-01T00:00:00.000000000Z",
        "2025-02-28T23:59:59.000000001Z",
        "9998-12-31T23:59:59.999999999Z",
        "2024-02-29T17:00:00Z",
        "2024-02-29T17:00:00.5Z",
        "1969-12-31T23:59:59.999999999Z",
        "9999-01-01T00:00:00.000000000Z",
        "2025-02-29T00:00:00.000000000Z",
        "2025-01-01T24:00:00.000000000Z",
        "2025-01-01T23:59:60.000000000Z",
        "2025-W01-1T00:00:00.000000000Z",
        "2025-01-01 00:00:00.000000000Z",
        "2025-01-01T00:00:00.000000000+",
    ],
)
def test_instants_are_read_both_ways(text: str) -> None:
    body = json.dumps({"at": text, "by": None, "tender": "t", "ranking": [], "type": "BidsOpened"})
    try:
        expected = instant_of(text)
    except ValueError:
        with pytest.raises(wire.WireError, match=r"^this is no event: "):
            wire.event_from(body.encode())
    else:
        assert wire.event_from(body.encode()).at == expected
