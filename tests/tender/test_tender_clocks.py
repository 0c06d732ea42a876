"""Clocks and what happens at their ends: what is foretold happens, and tells nobody too much."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from offtake.dealing.times import ahead, local_text
from offtake.units.instants import instant_of
from shell.books import write

from .staged import BOOK, LOT, Stage, staged

NEAR = "near-2025/near-first"
EQUAL = BOOK.replace(
    "offers:",
    """\
- id: third-2025
  seller: third
  from: 2025-01-01
  until: 2027-12-31
  clauses:
  - id: third-first
    kind: first-refusal
    rank: 2
    window: {length: 7 days}
    tail: {length: 20 days}
offers:""",
)
"""A second holder, asked after the first."""


@pytest.mark.parametrize(
    ("until", "told"),
    [
        ("2026-01-15T17:00:00Z", "in 3 days 4 hours"),
        ("2026-01-13T13:00:00Z", "in 1 day"),
        ("2026-01-12T14:01:00Z", "in 1 hour 1 minute"),
        ("2026-01-12T13:02:00Z", "in 2 minutes"),
        ("2026-01-12T13:00:30Z", "in seconds"),
        ("2026-01-12T13:00:00Z", "now"),
        ("2026-01-12T12:59:30Z", "seconds ago"),
        ("2026-01-12T10:00:00Z", "3 hours ago"),
    ],
)
def test_how_far_ahead_is_said_in_its_two_largest_units(until: str, told: str) -> None:
    assert ahead(instant_of(until), instant_of("2026-01-12T13:00:00Z")) == told


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Europe/Berlin", "14 Jul 2025 17:00 CEST"),
        ("America/Los_Angeles", "14 Jul 2025 08:00 PDT"),
        ("Asia/Kathmandu", "14 Jul 2025 20:45 UTC+0545"),
        ("UTC", "14 Jul 2025 15:00 UTC"),
    ],
)
def test_a_deadline_is_shown_by_the_clauses_own_clock(zone: str, text: str) -> None:
    assert local_text(instant_of("2025-07-14T15:00:00.999999999Z"), zone) == text


def only(found: list[dict[str, Any]], what: str) -> dict[str, Any]:
    (one,) = [clock for clock in found if clock["what"] == what]
    return one


def test_silence_is_foretold_and_comes_as_foretold(stage: Stage) -> None:
    stage.noticed()
    waits = only(stage.clocks(), "answer")
    assert waits["until_local"] == "30 Jan 2026 17:00 CET"
    assert waits["if_nothing_is_done"] == (
        "If near does nothing by 30 Jan 2026 17:00 CET, it waives 300 chips; far's bid may then "
        "be signed for 300 chips until 19 Feb 2026 17:00 CET."
    )
    assert only(stage.clocks("near"), "answer")["if_nothing_is_done"] == (
        "If near does nothing by 30 Jan 2026 17:00 CET, it waives 300 chips; the buyer may then "
        "deal with others about them until 19 Feb 2026 17:00 CET."
    )
    stage.go("2026-01-30T16:00:00.000000001Z")
    (notice,) = stage.does("show", "t", "--as", "near")["own"]["notices"]
    assert (notice["state"], notice["tail"]["until"]) == (
        "silent",
        "2026-02-19T16:00:00.000000000Z",
    )
    tail = only(stage.clocks(), "sign")
    assert (tail["who"], tail["until"]) == ("far", "2026-02-19T16:00:00.000000000Z")
    assert tail["if_nothing_is_done"] == (
        "If nothing is signed by 19 Feb 2026 17:00 CET, 300 chips need a fresh notice before they "
        "may be signed."
    )
    stage.go("2026-02-19T16:00:00.000000001Z")
    assert only(stage.clocks(), "notice")["chips"] == 300


def test_a_taking_that_nobody_signs_is_lost_and_so_it_is_told(stage: Stage) -> None:
    stage.noticed().does("answer", "t", "take", "--chips", "100", "--as", "near")
    told = only(stage.clocks(), "close")["if_nothing_is_done"]
    assert told == (
        "If nobody signs by 26 Jan 2026 17:00 CET, the 100 chips that near took are the lot's "
        "again, and the right of near on this lot is spent."
    )
    assert only(stage.clocks("near"), "close")["if_nothing_is_done"] == (
        "If nobody signs by 26 Jan 2026 17:00 CET, the 100 chips that near took are lost and its "
        "right on this lot is spent."
    )
    stage.go("2026-01-26T16:00:00.000000001Z")
    (notice,) = stage.does("show", "t", "--as", "near")["own"]["notices"]
    assert (notice["taking"]["state"], notice["released"]) == ("failed", True)
    assert stage.clocks("near") == []


def test_the_next_holder_is_foretold_to_the_buyer_and_not_to_the_first(tmp_path: Path) -> None:
    stage = Stage(write(tmp_path / "two", EQUAL), tmp_path / "keys").noticed()
    told = only(stage.clocks(), "answer")["if_nothing_is_done"]
    assert "third is then asked about 300 chips, until 6 Feb 2026 17:00 EST" in told
    assert "third" not in str(stage.clocks("near"))
    assert stage.clocks("third") == []


def test_nobody_learns_from_clocks_how_many_bids_there_are(tmp_path: Path) -> None:
    seen = []
    for number, bidders in enumerate([(), ("far",), ("far", "third")]):
        (tmp_path / str(number)).mkdir()
        stage = staged(tmp_path / str(number)).opened()
        for bidder in bidders:
            stage.bid(bidder)
        seen.append(
            [stage.does(verb, *more) for verb, *more in (("list",), ("show", "t"))]
            + [stage.does("list", "--as", "auditor"), stage.does("list", "--as", "near")]
        )
    assert seen[0][:2] == seen[1][:2] == seen[2][:2]
    assert seen[0] == seen[1] == seen[2]


def test_a_holders_clocks_do_not_move_with_what_others_do(tmp_path: Path) -> None:
    seen = []
    for number, price in enumerate(["2.20", "2.90"]):
        (tmp_path / str(number)).mkdir()
        stage = staged(tmp_path / str(number)).opened().go("2026-01-13T15:00:00Z")
        stage.bid("far").bid("third", price)
        stage.go("2026-01-20T15:00:00Z").does("notice", "t")
        seen.append(stage.clocks("near"))
    assert seen[0] == seen[1] != []


def test_a_bidder_is_told_when_bids_open_and_whether_it_has_one(stage: Stage) -> None:
    stage.opened()
    (to_bid,) = stage.clocks("far")
    assert (to_bid["what"], to_bid["until_local"]) == ("bid", "17 Jan 2026 12:00 EST")
    assert to_bid["if_nothing_is_done"] == (
        "far has no bid: without one by 17 Jan 2026 12:00 EST it takes no part."
    )
    (stands,) = stage.bid().clocks("far")
    assert stands["what"] == "change"
    assert stage.go("2026-01-20T15:00:00Z").clocks("far") == []
    (bid,) = stage.does("show", "t", "--as", "far")["own"]["invitations"][0]["bids"]
    assert bid["state"] == "leads"


def test_an_exclusive_right_waits_for_a_waiver_in_writing(tmp_path: Path) -> None:
    text = BOOK[: BOOK.index("  - id: near-first")] + (
        "  - {id: near-only, kind: exclusive}\n" + BOOK[BOOK.index("offers:") :]
    )
    stage = Stage(write(tmp_path / "bar", text), tmp_path / "keys")
    opened = stage.does("open", "--tender", "t", *LOT, "--chips", "300", "--rehearsal")
    (bar,) = opened["next"]
    assert (bar["what"], bar["who"]) == ("bar", "near")
    assert "unless it waives that in writing" in bar["if_nothing_is_done"]
    assert [clock["what"] for clock in stage.clocks("near")] == ["bar"]
    stage.does("answer", "t", "waive", "--as", "near")
    assert [clock["what"] for clock in stage.clocks()] == ["opening"]


def test_delivery_has_a_clock_where_a_right_gives_it_one(stage: Stage) -> None:
    stage.noticed().does("answer", "t", "take", "--as", "near")
    stage.does("sign", "t", "--agreement", "near-2026")
    waits = only(stage.clocks(), "deliver")
    assert (waits["who"], waits["chips"], waits["clauses"]) == ("near", 300, [NEAR])
    assert "If no delivery is recorded by" in waits["if_nothing_is_done"]
    (own,) = stage.clocks("near")
    assert own["until"] == waits["until"]
