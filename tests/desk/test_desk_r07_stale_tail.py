"""R7: a tail that passes unsigned is stale: the right revives, and a fresh notice is needed."""

from __future__ import annotations

import pytest

from offtake.desk import due
from offtake.desk.events import TailEnded

from .saying import at, claim, shown
from .staging import TEN_DAYS, cleared, noticed

AZURE = claim("azure", "microsoft")
ENDS = at("2025-06-01 17:00")  # ninety days after 3 March; a Sunday, and tails do not roll


@pytest.mark.parametrize("when", [ENDS - 1, ENDS])
def test_a_tail_holds_to_its_last_instant(when: int) -> None:
    play = cleared(AZURE)
    assert play.tail() == ENDS
    play.go(when).sign("oracle", 1000)
    assert play.round().signed == 1000


def test_a_tail_is_stale_one_nanosecond_later() -> None:
    play = cleared(AZURE).go(ENDS + 1)
    with play.refused("tail-ended"):
        play.sign("oracle", 1000)
    ended = play.last(TailEnded)
    assert (ended.at, ended.left) == (ENDS, 1000)
    assert (play.round().state, play.round().noticed) == ("done", 0)
    assert play.the_tender().unnoticed == 1000


def test_a_stale_tail_needs_a_fresh_notice_with_a_whole_window() -> None:
    play = cleared(claim("azure", "microsoft", reoffer="2 days")).go(ENDS + 1)
    with play.refused("not-asked"):
        play.sign("oracle", 1000, unasked=True)
    with play.refused("unknown-round"):
        play.notice("oracle", again=play.round().number, chips=1000)
    play.go("2025-06-02 09:00").notice("oracle")
    assert play.round().kind == "first refusal"
    assert shown(play.deadline("azure")) == "2025-06-12 17:00"
    play.take("microsoft")
    assert play.taking("azure").chips == 1000


def test_a_tail_runs_from_the_waiver_and_not_from_the_deadline() -> None:
    play = noticed(AZURE).go("2025-03-05 23:59")
    play.waive("microsoft")
    assert shown(play.tail()) == "2025-06-03 17:00"


def test_a_tail_after_silence_runs_from_the_deadline() -> None:
    play = noticed(AZURE).wait(TEN_DAYS + 1)
    assert shown(play.tail()) == "2025-06-11 17:00"


def test_the_tail_of_several_holders_is_the_shortest_of_theirs() -> None:
    play = noticed(
        claim("azure", "microsoft", tail="90 days"),
        claim("gcp", "google", rank=2, tail="30 days"),
        claim("aws", "amazon", rank=3, tail=None),
    )
    play.waive("microsoft")
    play.go("2025-03-13 12:00").waive("google")
    play.go("2025-03-14 12:00").waive("amazon")
    assert shown(play.tail()) == "2025-04-12 17:00"
    assert play.standing("aws").tail is None


def test_a_tail_that_no_clause_ends_does_not_end() -> None:
    play = noticed(claim("azure", "microsoft", tail=None))
    play.waive("microsoft")
    assert play.round().tail is None
    assert due(play.desk, at("2029-12-31 23:00")) == ()
    play.go("2028-02-29 09:00").sign("oracle", 1000)


@pytest.mark.parametrize(
    ("waived", "tail", "ends"),
    [
        ("2025-03-07 09:00", "48 hours", "2025-03-09 10:00"),  # elapsed over the change of clocks
        ("2025-03-04 09:00", "1 months", "2025-04-04 17:00"),
        ("2025-03-31 09:00", "1 months", "2025-04-30 17:00"),
        ("2025-03-04 09:00", "5 business days", "2025-03-11 17:00"),
        ("2025-03-04 18:00", "5 days", "2025-03-09 17:00"),  # the day of the waiver is day 0
        ("2025-03-08 09:00", "1 days", "2025-03-09 17:00"),  # be it a Saturday
    ],
)
def test_a_tail_is_reckoned_by_the_calendar_but_never_moves(
    waived: str, tail: str, ends: str
) -> None:
    play = noticed(claim("azure", "microsoft", window="60 days", tail=tail))
    play.go(waived).waive("microsoft")
    assert shown(play.tail()) == ends


def test_a_stale_tail_takes_only_what_was_not_signed() -> None:
    play = cleared(AZURE)
    play.sign("oracle", 400, agreement="first")
    play.wait(ENDS + 1)
    assert play.last(TailEnded).left == 600
    assert (play.round().noticed, play.round().signed) == (400, 400)
    assert play.the_tender().unnoticed == 600
    assert play.agreement("first").state == "signed"


def test_a_lot_that_is_signed_whole_has_no_tail_to_pass() -> None:
    play = cleared(AZURE)
    play.sign("oracle", 1000)
    play.wait(ENDS + 1)
    assert not play.all(TailEnded)


def test_a_tail_that_does_not_end_leaves_other_deadlines_to_pass() -> None:
    play = noticed(claim("azure", "microsoft", tail=None, partial=1, closing="5 days"))
    play.take("microsoft", 400)
    play.wait("2025-04-01 09:00")
    assert play.taking("azure").state == "failed"
    assert (play.round().state, play.round().remaining) == ("tail", 600)
