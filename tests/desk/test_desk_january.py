"""January 2025, played: a hundred thousand chips, a holder that is asked first, and a rival.

The parties and the right are of the public record; dates, prices and shares are assumed.
"""

from __future__ import annotations

from decimal import Decimal

from offtake.desk.events import (
    Allotted,
    Answered,
    BidderFreed,
    BidsOpened,
    ClockStarted,
    Lapsed,
    NoticeServed,
    Refused,
    Signed,
    TailStarted,
    TenderClosed,
    TurnEnded,
)

from .playing import Play
from .saying import BUYER, at, claim, shown, terms

AZURE = claim(
    "azure",
    "microsoft",
    window="10 business days",
    reoffer="3 business days",
    tail="90 days",
    closing="30 days",
    grace=10,
    partial=8,
    discloses=True,
    rate="0.08",
)


def bids_are_in() -> Play:
    """OpenAI asks the market on the day after the announcement; two answer."""
    play = Play().go("2025-01-22 09:00")
    play.open(AZURE, tender="abilene", chips=100_000, months=60, rate="0.08")
    play.go("2025-01-27 10:00").bid("coreweave", price="3.35", months=60)
    play.go("2025-02-05 16:00").bid(
        "oracle", price="3.10", months=60, block=8, remainder_min=10_000
    )
    return play


def microsoft_takes_its_share() -> Play:
    play = bids_are_in()
    play.go("2025-02-07 09:00").notice("oracle")
    play.go("2025-02-21 11:30").take("microsoft", 40_000)
    return play


def oracle_has_signed() -> Play:
    play = microsoft_takes_its_share()
    play.go("2025-03-03 15:00").sign("oracle", 60_000, agreement="oracle-1")
    return play


def test_in_january_the_best_bid_is_found_when_bids_open() -> None:
    play = bids_are_in().wait("2025-02-07 09:00")
    opened = play.last(BidsOpened)
    assert shown(opened.at) == "2025-02-06 17:00"  # fifteen days after 22 January
    assert [(p.bidder, p.effective) for p in opened.ranking] == [
        ("oracle", Decimal("3.10")),
        ("coreweave", Decimal("3.35")),
    ]


def test_in_february_microsoft_is_asked_first_and_takes_two_fifths() -> None:
    play = microsoft_takes_its_share()
    served, clock = play.last(NoticeServed), play.last(ClockStarted)
    assert (served.kind, served.chips, served.counterparty) == ("first refusal", 100_000, "oracle")
    assert served.terms == terms("3.10", months=60)
    # Ten business days from Friday the 7th: Presidents' Day, the 17th, is none.
    assert shown(clock.deadline) == "2025-02-24 17:00"
    answered, ended = play.last(Answered), play.last(TurnEnded)
    assert (answered.kind, answered.chips) == ("take", 40_000)
    assert ended.left == 60_000
    # Thirty days to close end on Sunday 23 March, so on the 24th, and grace on 3 April.
    assert ended.allotted == (
        Allotted("azure", "microsoft", 40_000, at("2025-04-03 17:00"), at("2026-01-12 00:00") - 1),
    )
    assert play.last(TailStarted).left == 60_000
    assert shown(play.tail()) == "2025-05-22 17:00"
    assert not play.all(BidderFreed)


def test_before_microsoft_has_answered_oracle_cannot_be_signed() -> None:
    play = bids_are_in()
    play.go("2025-02-07 08:59")
    with play.refused("not-asked"):
        play.sign("oracle", 100_000, unasked=True)
    play.go("2025-02-07 09:00").notice("oracle")
    play.go("2025-02-21 11:29")
    with play.refused("still-asking"):
        play.sign("oracle", 60_000)


def test_in_march_oracle_signs_the_rest_in_the_tail() -> None:
    play = oracle_has_signed()
    signed = play.last(Signed)
    assert (signed.party, signed.chips, shown(signed.at)) == ("oracle", 60_000, "2025-03-03 15:00")
    assert [(c.clause, c.how, shown(c.since)) for c in signed.cleared] == [
        ("azure", "taken", "2025-02-21 11:30")
    ]
    with play.refused("nothing-left"):
        play.sign("oracle", 8)
    play.go("2025-04-03 17:00").close("azure", agreement="azure-1")
    assert play.agreement("azure-1").chips == 40_000
    assert (play.round().noticed, play.round().remaining) == (100_000, 0)


def oracle_asks_for_more() -> Play:
    """A month later: thirty thousand more, and dearer."""
    play = oracle_has_signed()
    play.close("azure", agreement="azure-1")
    play.go("2025-04-03 10:00").revise("oracle", "3.40", chips=130_000, months=60)
    return play


def test_a_month_later_more_chips_at_a_dearer_price_cannot_simply_be_signed() -> None:
    play = oracle_asks_for_more()
    with play.refused("nothing-left"):
        play.sign("oracle", 30_000)
    with play.refused("not-asked"):
        play.sign("oracle", 30_000, unasked=True)
    assert play.last(Refused).code == "not-asked"
    assert len(play.all(Signed)) == 2


def test_more_chips_go_back_to_notice_and_are_signed_after_silence() -> None:
    play = oracle_asks_for_more()
    play.notice("oracle", more=True, chips=30_000)
    served = play.last(NoticeServed)
    assert (served.kind, served.chips) == ("more chips", 30_000)
    assert served.terms == terms("3.40", months=60)
    ends = play.deadline("azure")
    assert shown(ends) == "2025-04-17 17:00"  # ten business days
    play.go(ends)
    with play.refused("still-asking"):
        play.sign("oracle", 30_000)
    play.go(ends + 1).sign("oracle", 30_000, agreement="oracle-2")
    assert play.last(Lapsed).at == ends
    signed = play.last(Signed)
    assert (signed.chips, signed.terms.price) == (30_000, Decimal("3.40"))
    assert [(c.how, c.since) for c in signed.cleared] == [("silent", ends)]
    assert play.the_tender().lot.chips == 130_000


def test_a_dearer_price_for_what_is_unsigned_goes_back_to_notice_with_a_shorter_window() -> None:
    play = microsoft_takes_its_share()
    play.go("2025-03-21 10:00").revise("oracle", "3.40", months=60)
    with play.refused("price-risen"):
        play.sign("oracle", 60_000)
    assert "3.4" in play.last(Refused).sentence
    play.notice("oracle", again=play.round().number)
    served = play.last(NoticeServed)
    assert (served.kind, served.chips, served.short) == ("changed terms", 60_000, ("azure",))
    ends = play.deadline("azure")
    assert shown(ends) == "2025-03-26 17:00"  # three business days
    with play.refused("still-asking"):
        play.sign("oracle", 60_000)
    play.go(ends + 1).sign("oracle", 60_000, agreement="oracle-1")
    assert play.agreement("oracle-1").terms == terms("3.40", months=60)
    assert [(t.clause, t.chips) for t in play.the_tender().rounds[0].takings.values()] == [
        ("azure", 40_000)
    ]


def test_when_all_is_delivered_the_tender_closes() -> None:
    play = oracle_has_signed()
    play.close("azure", agreement="azure-1")
    play.go("2025-12-30 09:00").deliver("oracle-1")
    assert not play.all(TenderClosed)
    play.go("2026-01-11 23:59").deliver("azure-1")
    assert play.last(TenderClosed).at == play.now
    assert (play.the_tender().phase, play.desk.buyer) == ("closed", BUYER)
