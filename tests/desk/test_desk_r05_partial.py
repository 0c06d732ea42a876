"""R5: a part only where the clause allows it, by volume; what is left goes on, down to a block."""

from __future__ import annotations

import pytest

from offtake.desk.commands import StandBy
from offtake.desk.events import Allotted, BidderFreed, ClockStarted, Passed, TailStarted, TurnEnded

from .saying import at, claim, shown
from .staging import TEN_DAYS, noticed

AZURE = claim("azure", "microsoft", partial=100)
GCP = claim("gcp", "google", rank=2, partial=1)
DELIVERY = at("2026-01-02 00:00") - 1
"""The last instant of the day on which the capacity is due."""
AWS = claim("aws", "amazon", rank=3, partial=1)


def test_a_part_may_be_taken_only_where_the_clause_allows_it() -> None:
    play = noticed(claim("azure", "microsoft"))
    with play.refused("part-not-allowed"):
        play.take("microsoft", 999)
    play.take("microsoft", 1000)
    assert play.round().remaining == 0


def test_a_part_is_at_least_the_smallest_block_and_at_most_what_was_noticed() -> None:
    play = noticed(AZURE)
    with play.refused("part-too-small"):
        play.take("microsoft", 99)
    with play.refused("more-than-noticed"):
        play.take("microsoft", 1001)
    with play.refused("chips-none"):
        play.take("microsoft", 0)
    with play.refused("chips-none"):
        play.take("microsoft", -1)
    play.take("microsoft", 100)
    assert (play.round().remaining, play.taking("azure").chips) == (900, 100)


def test_a_whole_smaller_than_the_smallest_block_is_no_part() -> None:
    play = noticed(AZURE, chips=50)
    play.take("microsoft")
    assert play.taking("azure").chips == 50


def test_a_part_is_by_volume_and_never_by_place() -> None:
    play = noticed(AZURE)
    with play.refused("part-by-place"):
        play.take("microsoft", 400, region="abilene")
    assert play.standing("azure").state == "noticed"


def test_what_a_part_leaves_goes_to_the_next_rank_then_to_the_tail() -> None:
    play = noticed(AZURE, GCP, AWS)
    play.take("microsoft", 400)
    assert play.standing("gcp").chips == 600
    play.go("2025-03-04 09:00").take("google", 250)
    assert play.standing("aws").chips == 350
    play.go("2025-03-05 09:00").waive("amazon")
    assert [(t.turn, t.left) for t in play.all(TurnEnded)] == [(0, 600), (1, 350), (2, 350)]
    assert play.last(TailStarted).left == 350
    round = play.round()
    assert (round.remaining, round.noticed, round.signed) == (350, 1000, 0)
    assert {c: t.chips for c, t in round.takings.items()} == {"azure": 400, "gcp": 250}


def test_a_lower_rank_has_no_clock_until_the_one_above_has_answered() -> None:
    play = noticed(AZURE, GCP)
    assert [e.clause for e in play.all(ClockStarted)] == ["azure"]
    with play.refused("no-notice"):
        play.take("google")
    play.go(TEN_DAYS).take("microsoft", 400)
    assert shown(play.deadline("gcp")) == "2025-03-24 17:00"


def test_a_lower_rank_is_not_asked_when_nothing_is_left() -> None:
    play = noticed(AZURE, GCP)
    play.take("microsoft")
    assert play.round().state == "done"
    assert len(play.all(ClockStarted)) == 1
    assert not play.all(TailStarted)
    with play.refused("nothing-left"):
        play.sign("oracle", 1)


def test_a_remainder_that_the_bidder_does_not_sell_frees_it() -> None:
    play = noticed(AZURE, bid={"remainder_min": 601})
    play.take("microsoft", 400)
    assert play.last(BidderFreed).left == 600
    assert play.round().freed
    with play.refused("bidder-freed"):
        play.sign("oracle", 600)
    with play.refused("unknown-round"):  # nobody else is told that there is one
        play.do("google", StandBy("lot", play.round().number))
    play.stand_by("oracle")
    play.sign("oracle", 600)
    assert (play.round().signed, play.round().state) == (600, "done")


def test_a_bidder_that_is_not_freed_has_nothing_to_stand_by() -> None:
    play = noticed(AZURE)
    with play.refused("not-freed"):
        play.stand_by("oracle")
    play.take("microsoft", 400)
    with play.refused("not-freed"):
        play.stand_by("oracle")
    with play.refused("unknown-round"):
        play.do("oracle", StandBy("lot", 2))


def test_a_remainder_as_large_as_the_bidder_sells_keeps_it_bound() -> None:
    play = noticed(AZURE, bid={"remainder_min": 600, "block": 100})
    play.take("microsoft", 400)
    assert not play.all(BidderFreed)
    play.sign("oracle", 600)


def test_a_remainder_of_less_than_a_block_frees_the_bidder() -> None:
    play = noticed(claim("azure", "microsoft", partial=1), bid={"block": 64})
    play.take("microsoft", 937)
    assert play.last(BidderFreed).left == 63

    play = noticed(claim("azure", "microsoft", partial=1), bid={"block": 64})
    play.take("microsoft", 936)
    assert not play.all(BidderFreed)
    assert play.round().remaining == 64


def test_holders_of_equal_rank_share_by_their_parts() -> None:
    play = noticed(claim("azure", "microsoft", parts=3), claim("gcp", "google", parts=2))
    clocks = {e.clause: (e.chips, e.at) for e in play.all(ClockStarted)}
    assert clocks == {"azure": (600, play.now), "gcp": (400, play.now)}
    play.take("microsoft")
    assert not play.all(TurnEnded)
    play.take("google")
    assert [a.chips for a in play.last(TurnEnded).allotted] == [600, 400]
    assert play.round().state == "done"


@pytest.mark.parametrize(
    ("chips", "parts", "shares"),
    [
        (100, (1, 1, 1), [34, 33, 33]),  # equal fractions: in order
        (101, (1, 1, 1), [34, 34, 33]),
        (2, (1, 1, 1), [1, 1, 0]),
        (101, (3, 2, 1), [50, 34, 17]),  # 50.5, 33.67 and 16.83
        (100, (1, 2, 4), [14, 29, 57]),  # 14.29, 28.57, 57.14
        (2, (1, 1, 1, 4), [1, 0, 0, 1]),  # who has nothing does not enlarge the others' parts
        (100, (999, 1), [99, 1]),  # nobody's part is nothing while there is one for each
        (2, (999, 1), [1, 1]),
        (1, (999, 1), [1, 0]),
        (4, (1, 1, 97, 1), [1, 1, 1, 1]),  # each from the largest: 4 of them, 3, 2
        (4, (1, 20, 20), [1, 1, 2]),  # of two equal ones from the first
        (3, (1, 1, 1, 97), [0, 0, 0, 3]),  # fewer chips than holders: by the fractions alone
    ],
)
def test_shares_of_equal_ranks_are_rounded_to_the_largest_fraction(
    chips: int, parts: tuple[int, ...], shares: list[int]
) -> None:
    rights = [
        claim(clause, holder, parts=part)
        for clause, holder, part in zip(
            "abcd", ("microsoft", "google", "amazon", "nvidia"), parts, strict=False
        )
    ]
    play = noticed(*rights, chips=chips)
    told = [play.standing(clause).chips for clause in "abcd"[: len(parts)]]
    assert told == shares
    assert sum(told) == chips
    assert [e.why for e in play.all(Passed)] == ["nothing left" for n in shares if n == 0]


def test_a_holder_that_took_its_full_share_takes_over_what_others_leave() -> None:
    play = noticed(claim("azure", "microsoft", partial=1), claim("gcp", "google", partial=1))
    play.take("microsoft", 500, over=300)
    play.waive("google")
    assert play.last(TurnEnded).allotted == (Allotted("azure", "microsoft", 800, None, DELIVERY),)
    assert play.last(TurnEnded).left == 200
    assert play.round().remaining == 200


def test_what_others_leave_is_shared_by_parts_up_to_what_each_asked() -> None:
    rights = (
        claim("a", "microsoft", parts=3),
        claim("b", "google", parts=2),
        claim("c", "amazon", parts=5),
    )
    play = noticed(*rights)
    play.take("microsoft", over=120)
    play.take("google", over=1000)
    play.waive("amazon")
    # 500 are left over: 300 and 200 by parts, of which microsoft wants 120; then google has all.
    assert [a.chips for a in play.last(TurnEnded).allotted] == [420, 580]
    assert play.round().state == "done"


def test_what_others_leave_is_rounded_like_shares() -> None:
    rights = [claim(c, h) for c, h in zip("abc", ("microsoft", "google", "amazon"), strict=True)]
    play = noticed(*rights, chips=100)
    play.take("microsoft", over=100)
    play.take("google", over=100)
    play.waive("amazon")
    assert [a.chips for a in play.last(TurnEnded).allotted] == [51, 49]


def test_only_who_takes_its_full_share_may_ask_for_more() -> None:
    play = noticed(claim("azure", "microsoft", partial=1), claim("gcp", "google", partial=1))
    with play.refused("over-without-share"):
        play.take("microsoft", 499, over=1)
    with play.refused("over-without-share"):
        play.take("microsoft", 500, over=-1)
    play.take("microsoft", 499)
    play.take("google", 500, over=1)
    assert {a.clause: a.chips for a in play.last(TurnEnded).allotted} == {"azure": 499, "gcp": 501}


def test_an_over_allotment_stays_open_until_every_equal_has_answered() -> None:
    play = noticed(claim("azure", "microsoft"), claim("gcp", "google"))
    play.take("microsoft", over=500)
    assert not play.round().takings
    play.wait(TEN_DAYS + 1)
    assert play.taking("azure").chips == 1000
    assert play.last(TurnEnded).at == TEN_DAYS


def test_a_bidder_stands_by_a_remainder_only_while_its_tail_runs() -> None:
    play = noticed(AZURE, bid={"remainder_min": 601})
    play.take("microsoft", 400)
    play.go(play.tail() + 1)
    with play.refused("not-freed"):
        play.stand_by("oracle")
