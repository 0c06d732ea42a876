"""R21: the same command twice has one effect and one answer; of two takings, one wins."""

from __future__ import annotations

from typing import Any

import pytest

from offtake.desk import Desk, Envelope, Refusal, Reply, decide
from offtake.desk.commands import (
    Admit,
    Answer,
    Declare,
    Found,
    Notice,
    Open,
    Sign,
    Submit,
    Withdraw,
)
from offtake.desk.events import TenderClosed, TenderWithdrawn
from offtake.desk.lot import Bid

from .playing import Play
from .saying import BUYER, CHIP, REGION, claim, terms
from .staging import TEN_DAYS, bids_open, cleared, noticed

AZURE = claim("azure", "microsoft", partial=1)


def test_the_same_command_twice_has_one_effect_and_one_answer() -> None:
    play = noticed(AZURE)
    take = Answer("lot", "azure", "take", play.round().number, 400)
    first = play.send("microsoft", take, key="once")
    events = len(play.journal)
    for later in (0, 10**9, 400 * 86_400 * 10**9):
        play.go(play.now + later)
        assert play.send("microsoft", take, key="once") == first
    assert isinstance(first, Reply)
    assert len(play.journal) == events
    assert play.taking("azure").chips == 400


def test_a_late_repetition_of_a_refused_command_is_refused_alike() -> None:
    play = noticed(AZURE)
    sign = Sign("lot", play.bids["oracle"], 1000, "sold", play.round().number)
    first = play.send(BUYER, sign, key="once")
    assert isinstance(first, Refusal)
    assert first.code == "still-asking"
    play.waive("microsoft")
    assert play.send(BUYER, sign, key="once") == first
    assert isinstance(play.send(BUYER, sign, key="anew"), Reply)


def test_a_repeated_bid_is_told_the_same_name() -> None:
    play = Play().open(AZURE)
    bid = Submit("lot", Bid("oracle", 1000, terms()))
    first = play.send("oracle", bid, key="bid")
    assert play.send("oracle", bid, key="bid") == first
    assert list(play.the_tender().bids) == [first.made]
    assert len(first.made) == 16


def test_a_key_is_for_one_command() -> None:
    play = noticed(AZURE)
    play.waive("microsoft")
    first = Declare("microsoft", CHIP, REGION, 2_000_000)
    play.send("microsoft", first, key="once")
    answer = play.send("microsoft", Declare("microsoft", CHIP, REGION, 3_000_000), key="once")
    assert answer.code == "key-reused"
    assert play.desk.capacity["microsoft", CHIP, REGION].chips == 2_000_000
    assert isinstance(
        play.send("google", Declare("google", CHIP, REGION, 2_000_000), "once"), Reply
    )


def test_an_unknown_party_is_refused_and_leaves_no_trace() -> None:
    play = noticed(AZURE)
    events = len(play.journal)
    with play.refused("unknown-party"):
        play.take("stranger", clause="azure")
    assert len(play.journal) == events
    assert ("stranger", f"k{play.sent}") not in play.desk.outcomes
    play.do(BUYER, Admit(("stranger",)))
    with play.refused("no-notice"):
        play.take("stranger", clause="azure")


def test_nothing_is_possible_before_the_desk_is_founded_and_only_once() -> None:
    answer = decide(Desk(), Envelope(BUYER, "k", 0, b"\0" * 32, Admit(("oracle",)))).answer
    assert isinstance(answer, Refusal)
    assert answer.code == "not-founded"
    play = Play()
    with play.refused("founded-already"):
        play.do(BUYER, Found(("oracle",)))


def test_two_takings_at_once_the_first_to_arrive_wins_and_the_other_is_told_why() -> None:
    play = noticed(AZURE)
    number = play.round().number
    one = play.send("microsoft", Answer("lot", "azure", "take", number, 1000), key="one")
    two = play.send("microsoft", Answer("lot", "azure", "take", number, 600), key="two")
    assert isinstance(one, Reply)
    assert isinstance(two, Refusal)
    assert two.code == "answered-already"
    assert play.taking("azure").chips == 1000


def test_two_takings_of_different_holders_never_exceed_the_lot() -> None:
    play = noticed(AZURE, claim("gcp", "google", partial=1))
    play.take("google")
    play.take("microsoft", over=500)
    taken = {clause: taking.chips for clause, taking in play.round().takings.items()}
    assert taken == {"azure": 500, "gcp": 500}


def test_an_answer_that_arrives_before_a_withdrawal_stands() -> None:
    play = noticed(AZURE)
    play.take("microsoft")
    with play.refused("taken-already"):
        play.withdraw()
    assert play.the_tender().phase == "opened"


def test_an_answer_that_arrives_after_a_withdrawal_finds_nothing() -> None:
    play = noticed(AZURE)
    play.withdraw()
    assert play.last(TenderWithdrawn).reason == "no longer needed"
    for kind in ("take", "waive"):
        with play.refused("withdrawn"):
            play.answer("microsoft", kind)
    play.wait(TEN_DAYS + 1)
    assert play.standing("azure").state == "noticed"


def test_a_taking_of_one_equal_holds_a_withdrawal_back() -> None:
    play = noticed(AZURE, claim("gcp", "google"))
    play.take("microsoft")
    with play.refused("taken-already"):
        play.withdraw()
    play = noticed(AZURE, claim("gcp", "google"))
    play.waive("microsoft")
    play.withdraw()


def ended() -> list[Any]:
    play = noticed(AZURE)
    play.withdraw()
    closed = cleared(AZURE)
    closed.sign("oracle", 1000, agreement="sold")
    closed.deliver("sold")
    assert closed.all(TenderClosed)
    return [play, closed]


def test_an_ended_tender_takes_no_more_of_the_buyers_commands() -> None:
    for play in ended():
        number = play.round().number
        bid = play.bids["oracle"]
        for body in (
            Notice("lot", bid),
            Sign("lot", bid, 1, "late", number),
            Withdraw("lot", "again"),
        ):
            with play.refused("tender-ended"):
                play.do(BUYER, body)
        with play.refused("tender-exists"):
            play.open(AZURE)


def test_an_agreement_of_a_withdrawn_tender_is_still_delivered_or_fails() -> None:
    play = cleared(AZURE)
    play.sign("oracle", 400, agreement="one")
    play.sign("oracle", 400, agreement="two")
    play.withdraw()
    play.deliver("one")
    play.fail("two")
    assert [play.agreement(name).state for name in ("one", "two")] == ["delivered", "failed"]
    assert play.the_tender().phase == "withdrawn"


@pytest.mark.parametrize("lot", [{"chips": 0}, {"chips": -5}, {"months": 0}], ids=str)
def test_a_tender_is_for_something(lot: dict[str, Any]) -> None:
    play = Play()
    with play.refused("lot-empty"):
        play.open(AZURE, **lot)
    assert not play.desk.tenders


def test_a_tender_carries_every_almanac_that_its_clocks_run_by() -> None:
    play = Play()
    with play.refused("unknown-almanac"):
        play.open(claim("azure", "microsoft", almanac="tokyo"))
    with play.refused("unknown-almanac"):
        play.open(AZURE, bidding_almanac="tokyo")
    with play.refused("not-yours"):
        play.do("oracle", Open("own", bids_open().the_tender().lot))
    play.open(AZURE)
