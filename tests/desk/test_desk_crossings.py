"""Where rules meet: expiry and floors, letters and equal ranks, tails and those who come later."""

from __future__ import annotations

from offtake.desk.commands import Notice
from offtake.desk.events import (
    ClockStarted,
    FloorReached,
    Passed,
    Signed,
    TailEnded,
    TailStarted,
    TakingFailed,
    TurnEnded,
    TurnsUndone,
)

from .playing import Play
from .saying import BUYER, at, claim, shown, terms
from .staging import NOTICED, TEN_DAYS, bids_open, cleared, noticed

AZURE = claim("azure", "microsoft", partial=1)


def test_a_tail_that_ends_before_the_last_holder_has_answered_is_stale_at_once() -> None:
    play = noticed(
        claim("azure", "microsoft", tail="5 days"), claim("gcp", "google", rank=2, tail=None)
    )
    play.waive("microsoft")
    play.go("2025-03-12 09:00").waive("google")
    started = play.last(TailStarted)
    assert (shown(started.at), shown(started.ends or 0)) == ("2025-03-12 09:00", "2025-03-08 17:00")
    with play.refused("tail-ended"):
        play.sign("oracle", 1000)
    assert play.last(TailEnded).at == play.now
    assert play.the_tender().unnoticed == 1000


def test_a_letter_among_equals_of_whom_one_still_has_time_changes_only_its_own_standing() -> None:
    play = noticed(AZURE, claim("gcp", "google", window="20 days", partial=1))
    play.go("2025-03-15 09:00").letter("microsoft", "take", TEN_DAYS)
    assert not play.all(TurnsUndone)
    assert play.standing("azure").state == "taken"
    play.waive("google")
    assert play.taking("azure").chips == 500
    assert len(play.all(TurnEnded)) == 1


def test_a_letter_to_a_noticed_holder_of_a_withdrawn_tender_counts_to_its_deadline() -> None:
    play = noticed(AZURE).go("2025-03-20 09:00")
    play.withdraw()
    with play.refused("withdrawn"):
        play.letter("microsoft", "take", TEN_DAYS + 1)


def test_a_holder_noticed_as_counterparty_is_asked_before_another_is_signed() -> None:
    rights = (
        claim("azure", "microsoft", anyone=True),
        claim("own", "oracle", rank=2, anyone=True),
    )
    play = bids_open(*rights, bids={"oracle": {}, "coreweave": {"price": "3.000001"}})
    play.notice("oracle")
    play.waive("microsoft")
    assert play.last(Passed).why == "counterparty"
    with play.refused("not-asked"):  # Oracle's right was not asked about Coreweave
        play.sign("coreweave", 1000)
    play.sign("oracle", 1000)


def test_another_of_a_class_sells_no_more_than_it_bid() -> None:
    rights = claim("azure", "microsoft", anyone=True)
    bids = {"oracle": {}, "coreweave": {"price": "3.00001", "chips": 400}}
    play = bids_open(rights, bids=bids)
    play.notice("oracle")
    play.waive("microsoft")
    with play.refused("price-risen"):
        play.sign("coreweave", 400)
    bids = {"oracle": {}, "coreweave": {"price": "3.000001", "chips": 400}}
    play = bids_open(rights, bids=bids)
    play.notice("oracle")
    play.waive("microsoft")
    with play.refused("beyond-bid"):
        play.sign("coreweave", 401)
    play.sign("coreweave", 400)
    play.sign("oracle", 600)
    assert play.round().signed == 1000


def test_a_right_that_a_second_lot_wakes_must_be_asked_though_a_tail_runs() -> None:
    floored = claim("gcp", "google", floor=1500, together=60)
    play = bids_open(AZURE, floored, need="training")
    play.notice("oracle")
    play.waive("microsoft")
    assert play.round().state == "tail"
    play.go("2025-03-10 09:00").open(floored, tender="two", chips=500, need="training")
    assert play.last(FloorReached).tender == "lot"
    play.tender = "lot"
    with play.refused("not-asked"):
        play.sign("oracle", 1000)
    play.notice("oracle", again=play.round().number)
    play.waive("microsoft")
    play.waive("google")
    play.sign("oracle", 1000)


def test_a_first_offer_that_a_second_lot_wakes_is_asked_before_anything_is_signed() -> None:
    floored = claim("first", "google", first=True, floor=1500, together=60)
    play = bids_open(floored, need="training")
    play.open(floored, tender="two", chips=500, need="training")
    assert play.the_tender("two").phase == "asking"
    play.tender = "lot"
    with play.refused("first-offer-stale"):
        play.sign("oracle", 1000, unasked=True)
    play.reask()
    play.waive("google")
    play.sign("oracle", 1000, unasked=True)


def test_the_chips_of_a_failed_third_party_are_asked_about_afresh() -> None:
    play = cleared(AZURE)
    play.sign("oracle", 600, agreement="one")
    play.fail("one")
    assert (play.round().noticed, play.the_tender().unnoticed) == (400, 600)
    play.notice("oracle", chips=600)
    play.take("microsoft")
    play.sign("oracle", 400, round=1)
    assert play.taking("azure").chips == 600


def test_a_failed_taking_goes_on_protecting_in_the_round_it_was_made_in() -> None:
    play = noticed(claim("azure", "microsoft", partial=1, closing="5 days"))
    play.take("microsoft", 400)
    play.revise("oracle", "4.00")
    with play.refused("price-risen"):
        play.sign("oracle", 600)
    play.go("2025-03-11 09:00")
    with play.refused("price-risen"):
        play.sign("oracle", 600)
    assert play.last(TakingFailed).why == "closing missed"
    play.sign("oracle", 400, unasked=True)  # what it lost itself goes at any price
    assert play.last(Signed).terms == terms("4.00")
    play.revise("oracle", "3.00")
    play.sign("oracle", 600)


def test_an_agreement_in_several_parts_is_delivered_part_by_part() -> None:
    play = cleared(AZURE)
    play.sign("oracle", 400, agreement="one")
    play.sign("oracle", 600, agreement="two")
    play.deliver("two")
    assert play.the_tender().phase == "opened"
    play.deliver("one")
    assert play.the_tender().phase == "closed"


def test_no_bid_that_stands_can_be_noticed_or_signed_when_all_is_sold() -> None:
    play = bids_open()
    play.sign("oracle", 1000, unasked=True)
    with play.refused("nothing-left"):
        play.sign("oracle", 1, unasked=True)
    play = cleared(AZURE)
    play.sign("oracle", 1000)
    with play.refused("nothing-left"):
        play.notice("oracle", chips=1)


def test_a_bid_that_is_set_aside_is_not_revised() -> None:
    play = noticed(AZURE)
    play.set_aside("oracle")
    with play.refused("bid-set-aside"):
        play.revise("oracle", "2.00")


def test_a_bid_is_not_revised_to_less_than_nothing() -> None:
    play = noticed(AZURE)
    with play.refused("bid-empty"):
        play.revise("oracle", "-0.01")
    with play.refused("bid-empty"):
        play.revise("oracle", "3.00", months=0)


def test_commands_before_bids_are_open_wait_for_them() -> None:
    play = Play().open(AZURE)
    play.bid("oracle")
    for ask in (
        lambda: play.set_aside("oracle"),
        lambda: play.sign("oracle", 1, unasked=True),
        play.reask,
    ):
        with play.refused("bids-sealed"):
            ask()
    with play.refused("bids-closed"):
        play.revise("oracle", "2.00")


def test_two_holders_of_one_rank_with_windows_of_their_own_end_their_turn_with_the_later() -> None:
    play = noticed(AZURE, claim("gcp", "google", window="20 days", partial=1))
    play.wait("2025-04-01 09:00")
    assert shown(play.standing("azure").cleared or 0) == "2025-03-13 17:00"
    assert shown(play.standing("gcp").cleared or 0) == "2025-03-24 17:00"  # the 23rd is a Sunday
    assert play.last(TurnEnded).at == play.standing("gcp").cleared
    assert shown(play.tail()) == "2025-06-11 17:00"
    assert {e.at for e in play.all(ClockStarted)} == {at(NOTICED)}


def test_a_right_that_a_failed_taking_spent_is_passed_over_where_its_turn_was_to_come() -> None:
    rights = (
        claim("gcp", "google", rank=1, window="30 days", partial=1),
        claim("azure", "microsoft", rank=2, partial=1, closing="5 days"),
    )
    play = bids_open(*rights)
    play.notice("oracle", chips=600)
    play.waive("google")
    play.take("microsoft", 600)
    play.notice("oracle", chips=400)
    play.go("2025-03-20 09:00").waive("google")
    assert (play.last(Passed).clause, play.last(Passed).why) == ("azure", "released")
    assert play.last(TakingFailed).chips == 600
    play.sign("oracle", 400)


def test_a_right_passes_on_in_every_tender_that_has_not_ended() -> None:
    play = noticed(AZURE)
    play.withdraw()
    play.open(AZURE, tender="next")
    play.assign("azure", "amazon", "microsoft")
    assert play.the_tender("lot").claims["azure"].holder == "microsoft"
    assert play.the_tender("next").claims["azure"].holder == "amazon"
    play.assign("azure", "microsoft", "amazon")
    play.open(AZURE, tender="third")
    assert play.the_tender("third").claims["azure"].holder == "microsoft"


def test_a_right_passed_on_twice_comes_to_the_last_holder() -> None:
    play = Play()
    play.assign("azure", "amazon", "microsoft")
    play.assign("azure", "google", "amazon")
    play.open(AZURE)
    assert play.the_tender().claims["azure"].holder == "google"


def test_a_bid_that_is_set_aside_leaves_the_rounds_of_others() -> None:
    play = bids_open(AZURE, bids={"oracle": {"chips": 400}, "coreweave": {"price": "3.50"}})
    play.notice("oracle")
    play.notice("coreweave")
    assert [r.noticed for r in play.the_tender().rounds] == [400, 600]
    play.set_aside("oracle")
    assert [(r.noticed, r.state) for r in play.the_tender().rounds] == [
        (0, "done"),
        (600, "asking"),
    ]


def test_two_takings_are_signed_under_names_of_their_own() -> None:
    play = noticed(AZURE, claim("gcp", "google"))
    play.take("microsoft")
    play.take("google")
    play.close("azure", agreement="sold")
    with play.refused("agreement-exists"):
        play.close("gcp", agreement="sold")
    play.close("gcp", agreement="sold-too")


def test_what_somebody_else_hosts_may_be_offered_beyond_ones_own_capacity() -> None:
    play = Play(declare=False).open(AZURE)
    play.declare("nvidia", 1500)
    play.bid("oracle", via=("nvidia",))
    play.wait(NOTICED).notice("oracle")
    play.waive("microsoft")
    play.sign("oracle", 1000)
    play.revise("oracle", chips=2000)
    play.notice("oracle", more=True, chips=600)
    play.waive("microsoft")
    with play.refused("beyond-promise"):
        play.sign("oracle", 600)
    play.sign("oracle", 500)


def test_a_notice_of_a_bid_that_was_never_made_is_refused() -> None:
    play = bids_open(AZURE)
    with play.refused("unknown-bid"):
        play.do(BUYER, Notice(tender="lot", bid="00" * 8))
    with play.refused("chips-none"):
        play.notice("oracle", chips=-1)
    with play.refused("unknown-tender"):
        play.do(BUYER, Notice(tender="other", bid="00" * 8))
