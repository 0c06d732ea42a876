"""R7, R17, R20 for first offers: when one must be asked again, and when that is no use."""

from __future__ import annotations

from offtake.desk.claim import Claim
from offtake.desk.commands import Close, Deliver
from offtake.desk.events import BiddingStarted, TakingFailed

from .playing import Play
from .saying import BUYER, at, claim, terms
from .staging import NOTICED, noticed

FIRST = claim("first", "google", first=True, tail="30 days")
REFUSAL = claim("refusal", "amazon")
STALE = at("2025-03-05 17:00") + 1
"""A nanosecond after the tail of an offer that was waived on 3 February."""


def waived(*claims: Claim) -> Play:
    play = Play().open(*claims)
    play.waive("google", clause="first")
    play.bid("oracle")
    return play


def test_a_first_offer_whose_tail_has_passed_stops_a_signature_in_another_rights_tail() -> None:
    play = waived(FIRST, REFUSAL)
    play.go(NOTICED).notice("oracle")
    play.waive("amazon")
    play.go(STALE)
    with play.refused("first-offer-stale"):
        play.sign("oracle", 1000)
    with play.refused("nobody-to-ask"):  # the whole lot is in the tail
        play.reask()
    play = waived(FIRST, REFUSAL)
    play.go(NOTICED).notice("oracle")
    play.waive("amazon")
    play.go(STALE - 1).sign("oracle", 1000)


def test_a_first_offer_without_a_tail_frees_the_buyer_for_good() -> None:
    play = waived(claim("first", "google", first=True, tail=None))
    play.go("2025-11-01 09:00")
    with play.refused("nobody-to-ask"):
        play.reask()
    play.sign("oracle", 1000, unasked=True)


def test_a_first_offer_is_not_asked_again_while_it_is_being_asked() -> None:
    play = waived(FIRST)
    play.go(NOTICED).sign("oracle", 400, agreement="one", unasked=True)
    play.go(STALE).reask()
    assert play.round().noticed == 600
    play.fail("one")
    assert play.the_tender().unnoticed == 400
    with play.refused("nobody-to-ask"):
        play.reask()
    play.waive("google")
    assert play.the_tender().unnoticed == 1000


def test_a_lower_rank_that_was_never_asked_for_an_offer_is_asked_when_chips_come_back() -> None:
    play = Play().open(
        claim("first", "google", first=True, closing="5 days"),
        claim("second", "nvidia", first=True, rank=2),
    )
    play.offer("google")
    play.accept("first")
    assert play.standing("second").state == "idle"
    play.wait(NOTICED)
    assert play.last(TakingFailed).chips == 1000
    play.reask()
    assert set(play.round().standings) == {"second"}
    play.offer("nvidia", terms=terms("2.00"))
    play.accept("second")
    assert play.taking("second").chips == 1000
    assert not play.all(BiddingStarted)


def test_an_agreement_is_looked_for_by_its_name_in_its_own_tender() -> None:
    play = noticed(REFUSAL)
    play.waive("amazon")
    play.sign("oracle", 1000, agreement="sold")
    play.open(REFUSAL, tender="next")
    for tender, name in (("next", "sold"), ("lot", "other")):
        with play.refused("unknown-agreement"):
            play.do(BUYER, Deliver(tender, name))
    play.tender = "lot"
    with play.refused("unknown-agreement"):
        play.fail("other")
    for number, clause in ((1, "refusal"), (9, "refusal"), (1, "other")):
        with play.refused("unknown-taking"):
            play.do(BUYER, Close("lot", number, clause, "new"))


def test_nobody_stands_by_a_request_for_an_offer() -> None:
    play = waived(FIRST)
    play.wait(NOTICED)
    with play.refused("unknown-round"):
        play.stand_by("oracle")


def test_a_party_may_say_that_it_has_nothing_to_promise() -> None:
    play = Play(declare=False).open()
    play.declare("oracle", 0)
    with play.refused("beyond-declared"):
        play.bid("oracle", chips=1)
