"""R16, P5: what is taken is as good as sold; who hosts it is declared once and for all."""

from __future__ import annotations

import pytest

from offtake.desk.commands import Declare

from .playing import Play
from .saying import BUYER, CHIP, REGION, claim, terms
from .staging import NOTICED

AZURE = claim("azure", "microsoft", partial=1, closing="20 days", hosts=())
FIRST = claim("first", "google", first=True, closing="20 days", hosts=())


def two_lots(microsoft: int = 100) -> Play:
    """Two lots of a hundred chips have been noticed; Microsoft has declared so many in all."""
    play = Play(declare=False)
    play.declare("microsoft", microsoft)
    for party in ("oracle", "nvidia"):
        play.declare(party)
    made = {}
    for name in ("one", "two"):
        play.open(AZURE, tender=name, chips=100)
        made[name] = play.bid("oracle")
    play.wait(NOTICED)
    for name in ("one", "two"):
        play.tender = name
        play.bids["oracle"] = made[name]
        play.notice("oracle")
    return on(play, "one")


def on(play: Play, tender: str) -> Play:
    play.tender = tender
    return play


def test_what_was_taken_in_one_tender_is_not_taken_in_another() -> None:
    play = two_lots()
    play.take("microsoft", 60)
    for chips in (41, 100):
        with play.refused("beyond-declared"):
            on(play, "two").take("microsoft", chips)
    on(play, "two").take("microsoft", 40)


def test_what_was_taken_and_signed_is_counted_once() -> None:
    play = two_lots()
    play.take("microsoft", 60)
    play.close("azure", "sold")
    with play.refused("beyond-declared"):
        on(play, "two").take("microsoft", 41)
    play.fail("sold")
    on(play, "two").take("microsoft", 100)


def test_what_was_taken_is_not_offered_or_bid_either() -> None:
    play = two_lots()
    play.take("microsoft", 60)
    play.open(claim("own", "microsoft", first=True), tender="three", chips=100)
    with play.refused("beyond-declared"):
        play.offer("microsoft", 41)
    play.waive("microsoft")
    with play.refused("beyond-declared"):
        play.bid("microsoft", chips=41)
    play.bid("microsoft", chips=40)
    play.wait("2025-03-19 09:00")
    with play.refused("beyond-declared"):
        play.revise("microsoft", chips=41)


def test_what_was_taken_and_missed_is_free_again() -> None:
    play = two_lots()
    on(play, "two").take("microsoft", 100, via=("nvidia",))
    on(play, "one").take("microsoft", 100)
    play.open(tender="three", chips=100)
    with play.refused("beyond-declared"):
        play.bid("microsoft")
    play.default("microsoft")
    on(play, "one").close("azure")
    on(play, "three").bid("microsoft")


def test_what_others_host_takes_nothing_of_ones_own() -> None:
    play = two_lots()
    play.take("microsoft", 100, via=("nvidia",))
    on(play, "two").take("microsoft", 100)
    for name in ("one", "two"):
        on(play, name).close("azure", name)


def test_a_first_offer_is_of_capacity_that_was_declared() -> None:
    play = Play(declare=False).open(FIRST)
    with play.refused("capacity-undeclared"):
        play.offer("google")
    play.declare("google", 999)
    with play.refused("beyond-declared"):
        play.offer("google")
    with play.refused("offer-without-terms"):
        play.offer("google", 999, terms=None)
    play.offer("google", 999)


def test_a_first_offer_through_others_needs_no_capacity_of_ones_own() -> None:
    play = Play(declare=False).open(FIRST)
    play.offer("google", terms=terms(), via=("nvidia",))
    play.accept("first")
    with play.refused("beyond-promise"):
        play.close("first")


def test_an_accepted_offer_is_pledged_until_it_is_signed() -> None:
    play = Play(declare=False)
    play.declare("google", 1000)
    play.open(FIRST)
    play.offer("google", 600)
    play.accept("first")
    with play.refused("beyond-declared"):
        play.bid("google", chips=401)
    play.bid("google", chips=400)
    play.close("first")
    with play.refused("beyond-declared"):
        play.bid("google", chips=401)


# --- who hosts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "later"), [(None, "nvidia"), ("nvidia", None), ("nvidia", "google")]
)
def test_a_host_is_named_with_the_first_declaration_and_stays(
    first: str | None, later: str | None
) -> None:
    play = Play(declare=False)
    play.declare("oracle", 1000, first)
    for actor in ("oracle", BUYER):
        with play.refused("upstream-fixed"):
            play.do(actor, Declare("oracle", CHIP, REGION, 2000, later))
    play.declare("oracle", 2000, first)
    play.do("oracle", Declare("oracle", CHIP, "ohio", 1000, later))  # elsewhere is another matter
    play.do("oracle", Declare("oracle", "tpu", REGION, 1000, later))


def test_a_lower_declaration_with_another_host_is_lower() -> None:
    play = Play(declare=False)
    play.declare("oracle", 1000)
    with play.refused("declaration-lowered"):
        play.declare("oracle", 999, "nvidia")
    with play.refused("upstream-fixed"):
        play.declare("oracle", 1000, "nvidia")


def test_what_a_reseller_promised_is_not_promised_again_by_naming_no_host() -> None:
    play = Play(declare=False)
    play.declare("coreweave", 1000)
    play.declare("oracle", 1000, "coreweave")
    play.declare("google", 1000, "coreweave")
    made = {}
    for name, bidder in (("one", "oracle"), ("two", "google")):
        play.open(tender=name)
        made[name] = play.bid(bidder)
    play.wait(NOTICED)
    on(play, "one").sign("oracle", 1000, unasked=True)
    with play.refused("beyond-promise"):
        on(play, "two").sign("google", 1000, unasked=True)
    with play.refused("upstream-fixed"):
        play.declare("google", 1000)
    with play.refused("beyond-promise"):
        play.sign("google", 1, unasked=True)


def test_what_a_letter_undid_is_pledged_no_more() -> None:
    play = Play(declare=False)
    play.declare("google", 300)
    for party in ("microsoft", "oracle"):
        play.declare(party)
    play.open(AZURE, claim("gcp", "google", rank=2, partial=1))
    play.bid("oracle")
    play.wait(NOTICED).notice("oracle")
    received = play.now
    play.wait("2025-03-15 09:00").take("google", 300)
    play.letter("microsoft", "take", received, chips=400)
    play.take("google", 300)
    play.open(tender="next")
    with play.refused("beyond-declared"):
        play.bid("google", chips=1)
