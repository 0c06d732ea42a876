"""What is no number, or beyond all measure, is refused like anything else that is not true."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from offtake.desk.commands import Answer, Attest, Notice, Submit
from offtake.desk.lot import Bid

from .playing import Play
from .saying import claim, terms
from .staging import bids_open, noticed

AZURE = claim("azure", "microsoft")
EVIDENCE = "a" * 64


def test_a_deposit_that_is_no_number_is_no_bid() -> None:
    play = Play().open()
    for text in ("NaN", "sNaN", "Infinity"):
        bid = Bid("oracle", 1000, terms(), deposit=Decimal(text))
        assert play.send("oracle", Submit("lot", bid)).code == "bid-empty"


def test_a_notice_of_a_price_that_is_no_number_is_not_of_the_bid() -> None:
    play = bids_open(AZURE)
    lot = play.the_tender().lot
    odd = replace(terms(), price=Decimal("sNaN"))
    name = play.bids["oracle"]
    stated = Notice("lot", name, lot.chip, 1000, lot.region, odd, "oracle", EVIDENCE)
    assert play.send("openai", stated).code == "notice-differs"


def test_a_letter_from_beyond_time_is_still_to_come_or_came_before_the_notice() -> None:
    play = noticed(AZURE)
    answer = Answer("lot", "azure", "waive", 1)
    for received, code in ((10**40, "letter-future"), (-(10**40), "letter-early")):
        letter = Attest("lot", answer, received, EVIDENCE, ("one", "two"))
        assert play.send("openai", letter).code == code
