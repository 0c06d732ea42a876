"""R17: a holder that takes and misses a date after grace has failed; the lot is released."""

from __future__ import annotations

import pytest

from offtake.desk.claim import Claim
from offtake.desk.commands import Close, Deliver, Fail
from offtake.desk.events import ClockStarted, Delivered, Signed, TakingFailed, TenderClosed

from .playing import Play
from .saying import BUYER, at, claim, shown
from .staging import noticed

AZURE = claim("azure", "microsoft", closing="30 days", grace=5, partial=1)
GCP = claim("gcp", "google", rank=2)
CLOSING = at("2025-04-07 17:00")  # thirty days after 3 March, and five more
DELIVERY = at("2026-01-07 00:00") - 1  # the last instant of the fifth day after 1 January


def taken(*claims: Claim) -> Play:
    play = noticed(*(claims or (AZURE,)))
    play.take("microsoft")
    return play


def test_a_taking_says_until_when_it_is_to_be_signed_and_delivered() -> None:
    play = taken()
    taking = play.taking("azure")
    assert (taking.closing, taking.delivery) == (CLOSING, DELIVERY)
    play = taken(claim("azure", "microsoft"))
    assert play.taking("azure").closing is None
    assert shown(play.taking("azure").delivery or 0).startswith("2026-01-01 23:59 +")


@pytest.mark.parametrize("when", [CLOSING - 1, CLOSING])
def test_a_taking_may_be_signed_to_the_last_instant_of_grace(when: int) -> None:
    play = taken().go(when)
    play.close("azure", agreement="sold")
    signed = play.last(Signed)
    assert (signed.party, signed.clause, signed.chips, signed.at) == (
        "microsoft",
        "azure",
        1000,
        when,
    )
    assert play.taking("azure").state == "signed"


def test_a_taking_not_signed_by_then_has_failed_and_is_not_asked_again() -> None:
    play = taken(AZURE, GCP).go(CLOSING + 1)
    with play.refused("unknown-taking"):
        play.close("azure")
    failed = play.last(TakingFailed)
    assert (failed.at, failed.why, failed.chips) == (CLOSING, "closing missed", 1000)
    assert play.the_tender().unnoticed == 1000
    assert play.the_tender().released == {"azure"}
    play.notice("oracle")
    assert [e.clause for e in play.all(ClockStarted)] == ["azure", "gcp"]
    play.take("google")
    assert play.taking("gcp").chips == 1000


def test_a_lot_released_by_the_only_holder_is_sold_without_a_second_asking() -> None:
    play = taken().wait(CLOSING + 1)
    with play.refused("nobody-to-ask"):
        play.notice("oracle")
    play.sign("oracle", 1000, unasked=True)


@pytest.mark.parametrize("when", [DELIVERY - 1, DELIVERY])
def test_a_taking_may_be_delivered_to_the_last_instant_of_grace(when: int) -> None:
    play = taken()
    play.close("azure", agreement="sold")
    play.go(when).deliver("sold")
    assert play.last(Delivered).agreement == "sold"
    assert play.agreement("sold").state == "delivered"
    assert play.taking("azure").state == "delivered"
    assert play.last(TenderClosed).at == when


def test_a_taking_not_delivered_by_then_has_failed() -> None:
    play = taken()
    play.close("azure", agreement="sold")
    play.go(DELIVERY + 1)
    with play.refused("unknown-agreement"):
        play.deliver("sold")
    failed = play.last(TakingFailed)
    assert (failed.at, failed.why, failed.agreement) == (DELIVERY, "delivery missed", "sold")
    assert play.agreement("sold").state == "failed"
    assert play.the_tender().unnoticed == 1000
    assert play.desk.capacity["microsoft", "gb200", "texas"].promised == 0


def test_a_part_that_fails_leaves_the_rest_where_it_is() -> None:
    play = noticed(AZURE)
    play.take("microsoft", 400)
    play.sign("oracle", 600, agreement="rest")
    play.wait(CLOSING + 1)
    assert (play.round().noticed, play.the_tender().unnoticed) == (600, 400)
    assert play.agreement("rest").state == "signed"
    play.sign("oracle", 400, unasked=True)
    assert play.the_tender().unnoticed == 0


def test_a_taking_that_the_buyer_records_as_failed_keeps_its_right() -> None:
    play = taken()
    play.close("azure", agreement="sold")
    play.fail("sold", "insolvent")
    failed = play.last(TakingFailed)
    assert (failed.why, failed.spent, failed.chips) == ("insolvent", False, 1000)
    assert (play.agreement("sold").state, play.taking("azure").state) == ("failed", "failed")
    assert (play.the_tender().released, play.the_tender().unnoticed) == (set(), 1000)
    assert play.desk.capacity["microsoft", "gb200", "texas"].promised == 0
    play.revise("oracle", "9.00")
    with play.refused("not-asked"):  # the buyer's word alone frees it of nobody
        play.sign("oracle", 1000, unasked=True)
    play.notice("oracle")
    assert play.standing("azure").state == "noticed"


def test_a_failure_is_recorded_with_its_reason() -> None:
    play = noticed(AZURE)
    play.take("microsoft", 400)
    play.close("azure", agreement="taken")
    play.sign("oracle", 600, agreement="sold")
    for agreement in ("taken", "sold"):
        with play.refused("evidence-missing"):
            play.fail(agreement, "")
        assert play.agreement(agreement).state == "signed"
        play.fail(agreement, "insolvent")


@pytest.mark.parametrize("why", ["closing missed", "delivery missed", "default"])
def test_a_taking_that_fails_by_what_its_holder_missed_spends_the_right(why: str) -> None:
    play = taken()
    if why == "delivery missed":
        play.close("azure", agreement="sold")
        play.wait(DELIVERY + 1)
    elif why == "closing missed":
        play.wait(CLOSING + 1)
    else:
        play.default("microsoft")
        play.close("azure")
    failed = play.last(TakingFailed)
    assert (failed.why, failed.spent) == (why, True)
    assert play.the_tender().released == {"azure"}


def test_capacity_is_recorded_as_delivered_by_who_delivers_it_or_the_buyer() -> None:
    play = noticed(AZURE)
    play.take("microsoft", 400)
    play.close("azure", agreement="taken")
    play.sign("oracle", 600, agreement="sold")
    for actor in ("oracle", "google", "auditor"):
        with play.refused("unknown-agreement"):
            play.do(actor, Deliver("lot", "taken"))
    play.go(DELIVERY).do("microsoft", Deliver("lot", "taken"))
    assert play.last(Delivered).agreement == "taken"
    assert play.taking("azure").state == "delivered"
    with play.refused("unknown-agreement"):
        play.do("microsoft", Deliver("lot", "sold"))
    play.do("oracle", Deliver("lot", "sold"))
    assert play.last(TenderClosed).at == DELIVERY


def test_a_stranger_to_an_agreement_is_told_the_same_whether_there_is_one_or_not() -> None:
    play = taken()
    play.close("azure", agreement="sold")
    asked = (("lot", "sold"), ("lot", "other"), ("other", "sold"))
    told = {str(play.send("google", Deliver(*names))) for names in asked}
    assert len({text.replace("other", "sold") for text in told}) == 1
    with play.refused("unknown-tender"):
        play.do(BUYER, Deliver("other", "sold"))
    with play.refused("not-yours"):
        play.do("microsoft", Fail("lot", "sold", "tired of it"))


def test_a_right_that_was_spent_goes_on_protecting_where_it_was_asked_before() -> None:
    play = noticed(claim("azure", "microsoft", partial=1, closing="5 days"))
    play.take("microsoft", 1)
    play.wait("2025-03-20 09:00").revise("oracle", "9.00")
    assert play.the_tender().released == {"azure"}
    with play.refused("price-risen"):
        play.sign("oracle", 999)
    play.revise("oracle", "3.00", months=49)
    with play.refused("terms-moved"):
        play.sign("oracle", 999)
    play.revise("oracle", "3.00")
    play.sign("oracle", 999)
    play.revise("oracle", "9.00")
    play.sign("oracle", 1, unasked=True)  # a new asking leaves it out


def test_a_taking_is_closed_by_its_holder_where_the_buyer_does_not() -> None:
    play = taken().go(CLOSING)
    play.close("azure", agreement="not its to name", actor="microsoft")
    signed = play.last(Signed)
    assert (signed.party, signed.chips, signed.at) == ("microsoft", 1000, CLOSING)
    assert signed.agreement != "not its to name"
    assert play.made == signed.agreement
    assert play.agreement(signed.agreement).state == "signed"
    play.go(DELIVERY).deliver(signed.agreement)


def test_a_taking_is_closed_by_nobody_else_who_is_told_nothing_of_it() -> None:
    play = taken()
    with play.refused("unknown-taking"):
        play.close("azure", actor="google")
    with play.refused("unknown-taking"):
        play.do("google", Close("other", 1, "azure", "sold"))
    with play.refused("unknown-tender"):
        play.do(BUYER, Close("other", 1, "azure", "sold"))
    play.default("microsoft")
    play.close("azure", actor="microsoft")
    assert play.last(TakingFailed).why == "default"


def test_a_taking_is_closed_once_and_by_name() -> None:
    play = noticed(AZURE)
    play.take("microsoft", 400)
    play.close("azure", agreement="sold")
    with play.refused("unknown-taking"):
        play.close("azure", agreement="again")
    with play.refused("agreement-exists"):
        play.sign("oracle", 600, agreement="sold")


def test_a_tender_with_a_taking_that_binds_is_not_withdrawn() -> None:
    play = taken()
    with play.refused("taken-already"):
        play.withdraw()
    play.wait(CLOSING + 1).withdraw()
    assert play.the_tender().phase == "withdrawn"


def test_a_third_party_that_fails_gives_its_chips_back_and_keeps_the_rights() -> None:
    play = noticed(AZURE)
    play.waive("microsoft")
    play.sign("oracle", 1000, agreement="sold")
    play.fail("sold")
    assert (play.round().signed, play.round().noticed) == (0, 0)
    assert play.the_tender().unnoticed == 1000
    with play.refused("not-asked"):
        play.sign("oracle", 1000, unasked=True)
    play.notice("oracle")
    assert play.standing("azure").state == "noticed"
