"""T12: what an operator with the keys writes amiss is found, whatever it hashes and signs anew."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from offtake.audit import promises, ranking, seals, sequence, verify, whose
from offtake.audit.alone import checked
from offtake.audit.receipts import Receipts
from torture.telling import told as tell

from . import forged as f
from .courses import Data, Row, links_of, rows_of, signer, whole, written
from .tampering import rows_from

LATE = "2099-01-01T00:00:00.000000000Z"
WHO = signer(0)
FLIPS = int(os.environ.get("OFFTAKE_FLIPS", "2400"))
ODD: list[Any] = [None, [], ["x"], {}, {"x": "y"}, "", "-1", "9" * 400, "1e999999999", "x" * 5_000]
ODD += [True, "NaN", "Infinity", LATE, "1" * 64, "\u0661", [["x"]], [[]], {"": []}]


def lines_of(events: list[Data]) -> list[bytes]:
    return written(rows_from(events), WHO, LATE)


@pytest.mark.parametrize("life", [f.bids, f.pledges])
def test_the_lives_that_are_forged_are_sound(life: Callable[[], list[Data]]) -> None:
    lines = lines_of(life())
    assert verify(lines).breaches == ()
    assert checked(lines).wrong == []


@pytest.mark.parametrize("forgery", f.PLAIN + f.PLEDGED, ids=lambda one: one.__name__)
def test_a_forgery_is_found_by_number(forgery: f.Forgery) -> None:
    events, number = f.forged(forgery)
    lines = lines_of(events)
    found = {breach.number for breach in verify(lines).breaches}
    assert number in found, found
    assert min(found) == number
    wrong = {line - 2 for line, _ in checked(lines).wrong}
    assert (number in wrong) == (forgery not in f.NOT_ALONE), wrong
    tell("T12", f"forged: {forgery.__name__.replace('_', ' ')}", 1, found=1)


# --- marks, and receipts of what is not shown -----------------------------------------------------


def marked(events: list[Data], name: str) -> bytes:
    number = f.at(events, name)
    return WHO.mark(events[number], links_of(rows_from(events), WHO)[number])


def test_a_mark_shows_that_no_pledge_was_slipped_in_after_it() -> None:
    events = f.pledges()
    mark = marked(events, "RevealStarted")
    sound = verify(lines_of(events), [mark])
    assert (sound.sound, sound.marks) == (True, 1)
    # The operator reads what Google reveals, and then a friend has always had another pledge.
    slipped = copy.deepcopy(events)
    slipped.insert(f.at(events, "BidCommitted", -1) + 1, {**f.one(events, "BidCommitted", -1),
        "bid": "f" * 16, "bidder": "amazon", "by": {"actor": "amazon", "key": "late",
        "digest": "0" * 64, "made": "", "salt": "0" * 32}})  # fmt: skip
    assert verify(lines_of(slipped)).sound, "nothing but the mark can tell"
    (breach,) = verify(lines_of(slipped), [mark]).breaches
    assert (breach.promise, "not in this journal" in breach.sentence) == ("R", True)


@pytest.mark.parametrize("name", ["BidCommitted", "BidsOpened", "BiddingStarted"])
def test_a_mark_of_something_else_is_none(name: str) -> None:
    events = f.pledges()
    (breach,) = verify(lines_of(events), [marked(events, name)]).breaches
    assert (breach.promise, breach.number) == ("R", f.at(events, name))


def test_each_part_of_a_mark_counts_and_that_of_plain_bids_is_of_their_opening() -> None:
    events = f.bids()
    mark = marked(events, "BidsOpened")
    assert verify(lines_of(events), [mark]).marks == 1
    assert verify(lines_of(events), [mark]).sound
    for place in range(0, len(mark), 3):
        flipped = mark[:place] + bytes([mark[place] ^ 1]) + mark[place + 1 :]
        assert verify(lines_of(events), [flipped]).breaches, place
    # A bid that comes in behind the opening, by a desk that signs what it likes.
    events.insert(f.at(events, "BidsOpened") + 1, f.one(events, "BidReceived", -1))
    found = verify(lines_of(events), [marked(events, "BidsOpened")]).breaches
    assert any("comes after it" in breach.sentence for breach in found)


def test_a_mark_waits_for_a_later_journal_where_bids_are_sealed() -> None:
    events = f.pledges()
    mark, began = marked(events, "RevealStarted"), f.at(events, "BiddingStarted")
    early = written(rows_from(events[: began + 1]), WHO, f.one(events, "BiddingStarted")["at"])
    assert (verify(early, [mark]).sound, verify(early, [mark]).waiting) == (True, 1)


def receipt_of(rows: list[Row], number: int, label: str) -> bytes:
    return WHO.receipt(rows[number].event, links_of(rows, WHO)[number], label)


def test_a_receipt_says_under_which_seal_its_entry_lies() -> None:
    events = f.bids()
    rows, number = rows_from(events), f.at(events, "BidReceived")
    assert verify(lines_of(events), [receipt_of(rows, number, "lot")]).sound
    for checks in (lambda *a: verify(*a).breaches, lambda *a: checked(*a).wrong):
        assert checks(lines_of(events), [receipt_of(rows, number, "")])
        assert checks(lines_of(events), [receipt_of(rows, number, "other")])


def test_a_receipt_of_what_is_not_shown_is_counted_and_not_judged() -> None:
    seed = 3
    lines, who = whole(seed).lines(), signer(seed)
    rows = rows_of(lines)
    number = next(n for n, row in enumerate(rows) if row.event is None)
    by = {"actor": "google", "key": "k", "digest": "0" * 64}
    link, label = links_of(rows, who)[number], rows[number].label
    event = {"by": by, "at": "2025-01-01T00:00:00.000000000Z"}
    found = verify(lines, [who.receipt(event, link, label)])
    assert (found.sound, found.unjudged) == (True, {label: 1})
    alone = checked(lines, [who.receipt(event, link, label)])
    assert (alone.wrong, alone.unjudged) == ([], 1)
    # Under the seal of another tender it was hidden from whoever has the receipt.
    elsewhere = verify(lines, [who.receipt(event, link, "")])
    assert [(b.promise, b.number) for b in elsewhere.breaches] == [("R", number)]


# --- odd events -----------------------------------------------------------------------------------


def places(value: Any) -> list[tuple[Any, Any]]:
    """Each place in an event at which something stands."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, part in list(pairs):
        found.append((value, key))
        found += places(part) if isinstance(part, dict | list) else []
    return found


def test_no_odd_event_makes_a_checker_crash() -> None:
    """Each mutation is read by both checkers; that the mutant is no more sound is not asked."""
    draw, count, unsound, tried = Random("odd"), 0, 0, max(60, FLIPS // 400)
    lives = [f.bids(), f.pledges(), [row.event for row in rows_of(whole(19).lines()) if row.event]]
    for _ in range(tried):
        events = list(draw.choice(lives))
        for number in draw.sample(range(len(events)), 8):
            events[number] = copy.deepcopy(events[number])
            holder, key = draw.choice(places(events[number]))
            holder[key] = draw.choice(ODD)
            count += 1
        lines = lines_of(events)
        found = verify(lines)
        found.data()
        checked(lines)
        unsound += not found.sound
    tell("T12", "odd events", count, found=unsound)
    assert unsound > tried * 0.97


def test_odd_shapes_of_whole_events_are_breaches() -> None:
    events = f.bids()
    shapes = [{}, {"at": LATE, "by": None}, {"at": LATE, "by": None, "type": None}]
    shapes += [{"at": LATE, "by": None, "type": "BiddingStarted", "tender": odd} for odd in ODD]
    shapes += [{"at": LATE, "by": odd, "type": "Refused"} for odd in ODD if odd is not None]
    for shape in shapes:
        rows = rows_from(events)
        rows.append(Row(shape, "1" * 64))
        found = verify(written(rows, WHO, LATE))
        found.data()
        assert not found.sound, shape
        assert checked(written(rows, WHO, LATE)).wrong, shape


# --- the tests of these tests ---------------------------------------------------------------------


def nothing(*_: Any, **__: Any) -> None:
    """A check that was taken out."""


def without(forgery: f.Forgery) -> list[tuple[Any, str, Any]]:
    return {
        f.price_invented: [(ranking, "stated", nothing)],
        f.second_noticed: [(ranking, "best", lambda tender: next(iter(
            about.bid for about in tender.rounds.values())) if tender.rounds else
            tender.ranking[1][2])],
        f.best_left_out: [(ranking, "_all_of_them", nothing)],
        f.waived_by_the_buyer: [(whose, "look", nothing)],
        f.two_by_one_command: [(sequence, "TOGETHER", {("BidReceived", "BidReceived")})],
        f.of_another_tender: [(seals, "opened", lambda bid, *_: COMMITTED[bid["id"]])],
    }[forgery]  # fmt: skip


COMMITTED: dict[str, str] = {}
WITHOUT = [f.price_invented, f.second_noticed, f.waived_by_the_buyer, f.two_by_one_command]
WITHOUT += [f.of_another_tender]


@pytest.mark.parametrize("forgery", WITHOUT, ids=lambda one: one.__name__)
def test_a_checker_without_the_check_misses_the_forgery(
    forgery: f.Forgery, monkeypatch: pytest.MonkeyPatch
) -> None:
    events, number = f.forged(forgery)
    for event in events:
        if event["type"] == "BidCommitted":
            COMMITTED[event["bid"]] = event["commitment"]
    for owner, name, planted in without(forgery):
        monkeypatch.setattr(owner, name, planted)
    assert number not in {breach.number for breach in verify(lines_of(events)).breaches}


def test_a_checker_without_marks_misses_a_slipped_pledge(monkeypatch: pytest.MonkeyPatch) -> None:
    events = f.pledges()
    mark = marked(events, "BidsOpened")
    assert not verify(lines_of(events), [mark]).sound
    monkeypatch.setattr(Receipts, "_marked", nothing)
    monkeypatch.setattr(Receipts, "finish", nothing)
    assert verify(lines_of(events), [mark]).sound


def test_events_are_checked_by_the_public_function_too() -> None:
    assert promises(f.bids()) == ()
    assert promises(f.forged(f.turned_round)[0])
