"""What a journal shows of erased bids, and what no checker can see in it any more."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from desk.playing import Play
from desk.staging import NOTICED
from offtake.audit import verify
from offtake.audit.alone import checked

from . import forged as f
from .courses import Data, Row, canonical, signer, written
from .tampering import rows_from

LATE = "2099-01-01T00:00:00.000000000Z"


def erased(first: dict[str, Any], aside: bool = False) -> list[Data]:
    """Google's bid is ranked first; Nvidia's is signed, Oracle's is not; what lost is erased."""
    play = Play().open()
    play.bid("google", "2.50", **first)
    play.bid("nvidia", "2.80")
    play.bid("oracle", "3.00")
    play.wait(NOTICED)
    if aside:
        play.set_aside("google")
    play.sign("nvidia", 600, unasked=True)
    play.withdraw()
    play.erase()
    return f.told(play)


def shown(events: list[Data]) -> list[bytes]:
    """The journal as it is handed out after the erasure."""
    kept = f.one(events, "BidsErased")["kept"]
    rows = rows_from(events)
    for place, row in enumerate(rows):
        event = row.event or {}
        if event["type"] == "BidReceived" and event["bid"]["id"] not in kept:
            salted = bytes.fromhex(row.salt or "") + canonical(event)
            rows[place] = Row(None, None, row.label, hashlib.sha256(salted).hexdigest())
    return written(rows, signer(0), LATE)


def first_named(events: list[Data]) -> int:
    return f.at(events, "Signed")


@pytest.mark.parametrize(
    ("first", "aside"), [({}, True), ({"chips": 4, "block": 8}, False)], ids=["aside", "too small"]
)
def test_a_bid_that_was_passed_over_rightly_and_erased_is_no_breach(
    first: dict[str, Any], aside: bool
) -> None:
    events = erased(first, aside)
    lines = shown(events)
    assert sum(b'"event":null' in line for line in lines) == 2
    assert verify(lines).breaches == ()
    assert checked(lines).wrong == []


def test_why_an_erased_bid_was_passed_over_cannot_be_seen() -> None:
    """A bid too small to be sold is passed over rightly: ranked, shown and erased like any other.

    So a better bid that was passed over for no reason is found until it is erased, and not after.
    """
    events = erased({}, aside=True)
    events = [event for event in events if event["type"] != "BidSetAside"]
    found = verify(written(rows_from(events), signer(0), LATE)).breaches
    assert ("P1", first_named(events)) in {(breach.promise, breach.number) for breach in found}
    assert verify(shown(events)).breaches == ()


def one_more(ranking: list[Data]) -> None:
    ranking += [{**ranking[-1], "bid": name * 16} for name in "ef"]


def turned_round(ranking: list[Data]) -> None:
    ranking.reverse()


def shown_one_left_out(ranking: list[Data]) -> None:
    del ranking[1]


def anothers(ranking: list[Data]) -> None:
    ranking[1]["bidder"] = "oracle"


@pytest.mark.parametrize("change", [one_more, turned_round, shown_one_left_out, anothers])
def test_what_the_ranking_still_shows_after_an_erasure(
    change: Callable[[list[Data]], None],
) -> None:
    events = erased({}, aside=True)
    change(f.one(events, "BidsOpened")["ranking"])
    number = f.at(events, "BidsOpened")
    assert verify(shown(events)).breaches[0].number == number
    assert min(checked(shown(events)).wrong)[0] == number + 2
