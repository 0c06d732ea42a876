"""R20: an exclusive right bars from when it begins to its last instant, until it is lifted."""

from __future__ import annotations

import pytest

from offtake.desk import sight
from offtake.desk.commands import Sign
from offtake.desk.events import BarLifted, BiddingStarted, ClockStarted, TenderOpened
from offtake.units import Instant

from .playing import Play
from .saying import BUYER, OPENED, at, claim, exclusive
from .staging import NOTICED, bids_open

AZURE = claim("azure", "microsoft", partial=1)
BEGINS = at("2025-03-05 00:00")
ENDS = at("2025-03-20 23:59")


def sole(holder: str = "google", since: Instant = BEGINS, **words: Instant) -> Play:
    """Bids have been opened; an exclusive right that nobody has lifted begins on 5 March."""
    return bids_open(AZURE, bars=(exclusive("sole", holder, since=since, **words),))


def test_an_exclusive_right_that_begins_later_bars_nobody_before() -> None:
    play = sole().go(BEGINS - 1)
    play.notice("oracle")
    assert play.standing("azure").state == "noticed"
    assert not play.all(BarLifted)


def test_an_exclusive_right_that_has_begun_bars_notices_and_signatures() -> None:
    play = sole().go(BEGINS)
    with play.refused("barred"):
        play.notice("oracle")
    with play.refused("barred"):  # before it is asked who was asked
        play.sign("oracle", 1000, unasked=True)
    with play.refused("unknown-bid"):
        play.do(BUYER, Sign("lot", "00" * 8, 1000, "sold"))
    play.waive("google")
    assert play.last(BarLifted).how in ("waive", "waived")
    play.notice("oracle")


def test_an_exclusive_right_that_begins_in_the_tail_bars_the_signature_in_it() -> None:
    play = sole().go(NOTICED)
    play.notice("oracle")
    play.waive("microsoft")
    play.sign("oracle", 400)
    play.go(BEGINS)
    with play.refused("barred"):
        play.sign("oracle", 600)
    play.answer("google", "unable")
    play.sign("oracle", 600)


def test_an_exclusive_right_bars_to_its_last_instant() -> None:
    play = sole(expires=ENDS).go(ENDS)
    with play.refused("barred"):
        play.notice("oracle")
    play.go(ENDS + 1).notice("oracle")
    assert (play.last(BarLifted).at, play.last(BarLifted).how) == (ENDS, "expired")


def test_an_exclusive_right_does_not_bar_its_own_holder() -> None:
    play = bids_open(
        AZURE,
        bids={"google": {}, "oracle": {"price": "3.50"}},
        bars=(exclusive("sole", "google", since=BEGINS),),
    )
    play.go(BEGINS).notice("google")
    play.waive("microsoft")
    play.sign("google", 400)
    play.set_aside("google")
    with play.refused("bid-set-aside"):
        play.notice("google")
    with play.refused("barred"):
        play.notice("oracle")


def test_a_taking_is_signed_although_another_has_an_exclusive_right_by_then() -> None:
    play = sole().go(NOTICED)
    play.notice("oracle")
    play.take("microsoft")
    play.go(BEGINS).close("azure", agreement="sold")
    assert play.agreement("sold").party == "microsoft"


def test_an_exclusive_right_is_lifted_once_it_has_begun_and_by_its_holder() -> None:
    play = sole().go(BEGINS - 1)
    for party in ("google", "microsoft"):  # told alike, so that nobody learns of a tender
        with play.refused("no-notice"):
            play.waive(party, clause="sole")
    play.go(BEGINS)
    with play.refused("no-notice"):
        play.waive("microsoft", clause="sole")
    play.waive("google")
    play.notice("oracle")


def test_an_exclusive_right_that_has_not_begun_is_shown_to_nobody() -> None:
    play = sole()
    for party in ("google", "oracle", "microsoft"):
        assert not sight(play.desk, party, BEGINS - 1)["own"]["bars"]
    assert [bar["clause"] for bar in sight(play.desk, "google", BEGINS)["own"]["bars"]] == ["sole"]
    assert not sight(play.desk, "oracle", BEGINS)["own"]["bars"]


def test_an_exclusive_right_passes_on_before_it_begins() -> None:
    play = sole()
    play.assign("sole", "nvidia", "google")
    play.go(BEGINS)
    with play.refused("no-notice"):
        play.waive("google", clause="sole")
    with play.refused("barred"):
        play.notice("oracle")
    play.waive("nvidia")
    play.notice("oracle")


@pytest.mark.parametrize(("since", "bids"), [(0, False), (1, True)])
def test_an_exclusive_right_bars_the_call_for_bids_from_its_first_instant(
    since: int, bids: bool
) -> None:
    play = Play().open(bars=(exclusive("sole", "google", since=at(OPENED) + since),))
    assert bool(play.all(BiddingStarted)) is bids


@pytest.mark.parametrize(("later", "bids"), [(-1, True), (0, False), (1, False)])
def test_an_exclusive_right_that_begins_while_offers_are_asked_holds_bids_back(
    later: int, bids: bool
) -> None:
    begins = at("2025-02-05 09:00")
    right = claim("first", "nvidia", first=True)
    play = Play().open(right, bars=(exclusive("sole", "google", since=begins),))
    assert play.last(ClockStarted).clause == "first"
    play.go(begins + later).waive("nvidia")
    assert bool(play.all(BiddingStarted)) is bids
    if not bids:
        assert play.the_tender().phase == "asking"
        play.waive("google")
        assert play.last(BiddingStarted).at == play.now


def test_an_exclusive_right_that_begins_and_ends_while_bids_come_in_bars_nobody() -> None:
    begins, ends = at("2025-02-05 09:00"), at("2025-02-07 09:00")
    play = Play().open(AZURE, bars=(exclusive("sole", "google", since=begins, expires=ends),))
    play.go("2025-02-06 09:00").bid("oracle")
    play.wait(NOTICED).notice("oracle")
    assert play.last(BarLifted).at == ends


def test_an_exclusive_right_that_was_over_before_the_tender_opened_bars_nobody() -> None:
    gone = exclusive("sole", "google", expires=at(OPENED) - 1)
    play = bids_open(AZURE, bars=(gone,))
    play.notice("oracle")
    with play.refused("no-notice"):
        play.waive("google", clause="sole")


def test_an_opening_keeps_exclusive_rights_to_come_and_drops_those_that_ended() -> None:
    bars = (
        exclusive("over", "google", expires=at(OPENED) - 1),
        exclusive("last", "google", expires=at(OPENED)),
        exclusive("later", "google", since=BEGINS),
    )
    play = Play().open(bars=bars)
    assert [bar.clause for bar in play.last(TenderOpened).bars] == ["last", "later"]
    assert play.the_tender().phase == "asking"
    assert play.wait(at(OPENED) + 1).the_tender().phase == "bidding"


def test_an_exclusive_right_that_begins_is_lifted_by_letter_too() -> None:
    play = sole().go("2025-03-06 09:00")
    with play.refused("barred"):
        play.notice("oracle")
    play.letter("google", "waive", BEGINS)
    assert play.last(BarLifted).letter is not None
    play.notice("oracle")
