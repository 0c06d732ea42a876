"""R22: a clock that steps back never reopens a deadline; events never go back in time."""

from __future__ import annotations

import pytest

from offtake.desk import due, evolve
from offtake.desk.events import BidsOpened, ClockStarted, Lapsed

from .playing import Play
from .saying import at, claim, shown
from .staging import NOTICED, TEN_DAYS, noticed

AZURE = claim("azure", "microsoft")
HOUR = 3600 * 10**9


def test_a_clock_that_steps_back_does_not_reopen_a_deadline() -> None:
    play = noticed(AZURE).wait(TEN_DAYS + 1)
    play.go(TEN_DAYS - HOUR)
    with play.refused("too-late"):
        play.take("microsoft")
    assert play.standing("azure").state == "silent"


def test_a_command_with_an_earlier_instant_happens_at_the_desks_own() -> None:
    play = noticed(AZURE).go("2025-03-10 09:00")
    play.declare("oracle", 2_000_000)
    play.go("2025-03-05 09:00").waive("microsoft")
    assert shown(play.standing("azure").cleared or 0) == "2025-03-10 09:00"
    assert shown(play.tail()) == "2025-06-08 17:00"
    assert [e.at for e in play.journal] == sorted(e.at for e in play.journal)


def test_a_refused_command_moves_the_clock_too() -> None:
    play = noticed(AZURE).go("2025-03-10 09:00")
    with play.refused("still-asking"):
        play.sign("oracle", 1000)
    play.go("2025-03-05 09:00").waive("microsoft")
    assert shown(play.standing("azure").cleared or 0) == "2025-03-10 09:00"


def test_a_bid_after_a_clock_stepped_back_is_late_all_the_same() -> None:
    play = Play().open(AZURE)
    play.bid("oracle")
    play.wait(NOTICED).go("2025-02-10 09:00")
    assert play.last(BidsOpened).at == at("2025-02-18 17:00")
    with play.refused("bids-closed"):
        play.bid("coreweave", price="1.00")


def test_a_clock_that_stands_still_gives_everything_one_instant() -> None:
    play = noticed(AZURE)
    play.waive("microsoft")
    play.sign("oracle", 1000)
    assert {e.at for e in play.journal if e.at >= at(NOTICED)} == {at(NOTICED)}


@pytest.mark.parametrize("looks", [(), (0,), (1,), (-1, 0, 1), (1, HOUR, 24 * HOUR)])
def test_how_things_stand_at_an_instant_does_not_depend_on_who_looked_when(
    looks: tuple[int, ...],
) -> None:
    rights = (AZURE, claim("gcp", "google", rank=2, closing="5 days", partial=1))
    play = noticed(*rights)
    for look in looks:
        play.wait(TEN_DAYS + look)
    play.wait("2025-08-01 09:00")
    unseen = noticed(*rights).wait("2025-08-01 09:00")
    assert play.desk.tenders == unseen.desk.tenders
    assert play.journal == unseen.journal


def test_what_is_due_is_told_without_being_done() -> None:
    play = noticed(AZURE)
    before = play.desk
    lapses = due(play.desk, TEN_DAYS + 1)
    assert play.desk == before
    assert [type(e).__name__ for e in lapses] == ["Lapsed", "TurnEnded", "TailStarted"]
    assert due(play.desk, TEN_DAYS + 1) == lapses
    desk = play.desk
    for event in lapses:
        desk = evolve(desk, event)
    assert due(desk, TEN_DAYS + 1) == ()


def test_two_tenders_lapse_in_the_order_of_their_deadlines() -> None:
    play = Play()
    for name, window in (("one", "12 days"), ("two", "10 days"), ("three", "11 days")):
        play.open(claim("azure", "microsoft", window=window), tender=name)
        play.bid("oracle")
    for name in ("one", "two", "three"):
        play.tender = name
        play.bids["oracle"] = next(iter(play.the_tender().bids))
        play.go(NOTICED).notice("oracle")
    play.wait("2025-04-01 09:00")
    assert [e.tender for e in play.all(Lapsed)] == ["two", "three", "one"]
    assert len(play.all(ClockStarted)) == 3


def test_an_instant_long_past_every_deadline_finds_the_same_tail() -> None:
    play = noticed(AZURE).wait(TEN_DAYS + 1)
    late = noticed(AZURE).wait(at("2025-06-11 17:00"))
    assert play.tail() == late.tail() == at("2025-06-11 17:00")
