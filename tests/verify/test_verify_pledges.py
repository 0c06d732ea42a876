"""Bids that were pledged: what their bidders committed to is what was revealed, ranked and kept."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest

from offtake.audit import verify
from offtake.units.instants import instant_of, instant_text

from .courses import BUYER, Data, Row, rows_of, signer, whole, written
from .tampering import by

LATE = "2099-01-01T00:00:00.000000000Z"
SEED = 16
"""A life in which two pledged bids were revealed, and none is hidden."""
Change = Callable[[list[Row]], int]
"""Changes rows, and says which entry is wrong by it."""


def where(rows: list[Row], name: str, nth: int = 0) -> int:
    return [n for n, row in enumerate(rows) if row.event and row.event["type"] == name][nth]


def event(rows: list[Row], number: int) -> Data:
    found = rows[number].event
    assert found is not None
    return found


def revealing_too_long(rows: list[Row]) -> int:
    at = where(rows, "RevealStarted")
    event(rows, at)["ends"] = instant_text(instant_of(event(rows, at)["ends"]) + 1)
    return at


def no_revealing(rows: list[Row]) -> int:
    at = where(rows, "RevealStarted")
    del rows[at]
    return at


def a_pledge_after_the_closing(rows: list[Row]) -> int:
    pledge, began = rows.pop(where(rows, "BidCommitted", -1)), where(rows, "RevealStarted")
    moved = {**pledge.event, "at": event(rows, began)["at"]}
    rows.insert(began + 1, Row(moved, pledge.salt, pledge.label))
    return began + 1


def other_terms(rows: list[Row]) -> int:
    at = where(rows, "BidReceived")
    event(rows, at)["bid"]["terms"]["price"] += "1"
    return at


def another_salt(rows: list[Row]) -> int:
    at = where(rows, "BidReceived")
    event(rows, at)["salt"] = "0" * 64
    return at


def no_salt(rows: list[Row]) -> int:
    at = where(rows, "BidReceived")
    event(rows, at)["salt"] = ""
    return at


def another_receipt(rows: list[Row]) -> int:
    """Ties go to who came first."""
    at = where(rows, "BidReceived")
    bid = event(rows, at)["bid"]
    bid["received"] = instant_text(instant_of(bid["received"]) - 1)
    return at


def never_pledged(rows: list[Row]) -> int:
    at = where(rows, "BidReceived")
    bid = event(rows, at)["bid"]["id"]
    pledge = next(
        n for n, r in enumerate(rows) if r.event and r.event["type"] == "BidCommitted"
        and r.event["bid"] == bid
    )  # fmt: skip
    del rows[pledge]
    return at - 1


def ranked_without_a_bid(rows: list[Row]) -> int:
    at = where(rows, "BidsOpened")
    place = copy.deepcopy(event(rows, at)["ranking"][0])
    event(rows, at)["ranking"].append({**place, "bid": "0" * 16})
    return at


def another_seal(rows: list[Row]) -> int:
    at = where(rows, "BidReceived")
    rows[at].label = "tender-9"
    return at


def opened_early(rows: list[Row]) -> int:
    """Bids are ranked before the revealing has ended: what comes after stands under no seal."""
    row, at = rows.pop(where(rows, "BidsOpened")), where(rows, "BidReceived")
    rows.insert(at, Row({**row.event, "at": event(rows, at)["at"]}, row.salt))
    return at


CHANGES: list[Change] = [
    revealing_too_long,
    no_revealing,
    a_pledge_after_the_closing,
    other_terms,
    another_salt,
    no_salt,
    another_receipt,
    never_pledged,
    ranked_without_a_bid,
    another_seal,
    opened_early,
]


def rows() -> list[Row]:
    return copy.deepcopy(rows_of(whole(SEED).lines()))


def test_the_life_is_sound_and_has_revealed_bids() -> None:
    told = verify(written(rows(), signer(SEED), LATE))
    assert (told.sound, told.revealed, told.hidden) == (True, 2, 0)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_was_done_to_pledged_bids_is_named(change: Change) -> None:
    changed = rows()
    number = change(changed)
    told = verify(written(changed, signer(SEED), LATE))
    assert number in {b.number for b in told.breaches}, told.breaches
    assert told.breaches[0].number in (number, number - 1)


def erased(seed: int = 3) -> list[Row]:
    """A life whose losing bids were erased."""
    return copy.deepcopy(rows_of(whole(seed).lines()))


def test_what_must_be_kept_may_not_be_hidden() -> None:
    changed = next(r for r in map(erased, range(3, 60)) if _keeps_a_bid(r))
    at = where(changed, "BidsErased", -1)
    kept = event(changed, at)["kept"][0]
    bid = next(
        n for n, r in enumerate(changed) if r.event and r.event["type"] == "BidReceived"
        and r.event["bid"]["id"] == kept
    )  # fmt: skip
    row = changed[bid]
    changed[bid] = Row(None, None, row.label, row.committed().hex())
    told = verify(written(changed, signer(0), LATE))
    assert at in {b.number for b in told.breaches if b.promise == "S"}
    assert any("kept bid" in b.sentence for b in told.breaches)


def _keeps_a_bid(rows: list[Row]) -> bool:
    erasures = [r.event for r in rows if r.event and r.event["type"] == "BidsErased"]
    return bool(erasures) and bool(erasures[-1]["kept"])


def test_bids_are_erased_only_when_their_tender_has_ended() -> None:
    changed = rows()
    at = where(changed, "BidsOpened") + 1
    told = {"at": event(changed, at - 1)["at"], "by": by(BUYER), "kept": [], "type": "BidsErased"}
    changed.insert(at, Row(told | {"tender": event(changed, at - 1)["tender"]}, "1" * 64))
    found = verify(written(changed, signer(SEED), LATE)).breaches
    assert [(b.promise, b.number) for b in found] == [("S", at)]
