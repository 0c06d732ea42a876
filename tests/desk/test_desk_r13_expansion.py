"""R13: a renewal is not new capacity; an expansion option exercised is.

What a tender is opened with decides: a renewal brings no rights with it, an expansion all of them.
"""

from __future__ import annotations

from pathlib import Path

import offtake
from offtake.desk.events import ClockStarted, Signed, TenderClosed
from offtake.desk.lot import Lot
from offtake.desk.opening import opening

from .saying import at, claim, day
from .staging import bids_open

AZURE = claim("azure", "microsoft")


def test_a_renewal_is_signed_without_asking_anybody() -> None:
    play = bids_open(cause="renewal")
    play.sign("oracle", 1000, agreement="renewed", unasked=True)
    signed = play.last(Signed)
    assert (signed.round, signed.clause, signed.cleared) == (None, None, ())
    assert not play.all(ClockStarted)
    assert play.the_tender().unnoticed == 0
    play.deliver("renewed")
    assert play.last(TenderClosed).at == play.now


def test_an_expansion_is_asked_about_like_any_other_capacity() -> None:
    play = bids_open(AZURE, cause="expansion")
    with play.refused("not-asked"):
        play.sign("oracle", 1000, unasked=True)
    play.notice("oracle")
    play.take("microsoft")
    play.close("azure")
    assert play.last(Signed).party == "microsoft"


def test_an_expansion_by_the_holder_itself_needs_no_notice() -> None:
    play = bids_open(claim("own", "oracle"))
    play.sign("oracle", 1000, unasked=True)
    assert play.last(Signed).party == "oracle"


def test_a_lot_without_rights_goes_to_the_best_bid_that_stands() -> None:
    play = bids_open(bids={"oracle": {}, "coreweave": {"price": "2.50", "chips": 600}})
    with play.refused("not-best"):
        play.sign("oracle", 400, unasked=True)
    with play.refused("beyond-bid"):
        play.sign("coreweave", 601, unasked=True)
    play.sign("coreweave", 600, unasked=True)
    with play.refused("beyond-bid"):
        play.sign("oracle", 401, unasked=True)
    play.sign("oracle", 400, unasked=True)
    assert play.the_tender().unnoticed == 0


def test_a_failed_agreement_gives_its_chips_back_to_be_sold_again() -> None:
    play = bids_open(bids={"oracle": {}, "coreweave": {"price": "3.50"}})
    play.sign("oracle", 1000, agreement="lost", unasked=True)
    play.fail("lost")
    assert play.the_tender().unnoticed == 1000
    assert play.agreement("lost").state == "failed"
    with play.refused("unknown-agreement"):
        play.fail("lost")
    with play.refused("unknown-agreement"):
        play.deliver("lost")
    play.set_aside("oracle")
    play.sign("coreweave", 1000, unasked=True)


def test_what_one_bidder_sold_does_not_lessen_what_another_offers() -> None:
    play = bids_open(bids={"oracle": {"chips": 500}, "coreweave": {"price": "2.50", "chips": 600}})
    play.sign("coreweave", 600, unasked=True)
    play.sign("oracle", 400, unasked=True)
    assert play.the_tender().unnoticed == 0


BOOK = """\
book:
  buyer: openai
  as_of: 2025-01-21
  timezone: America/Los_Angeles
  calendar: US
  periods: {start: 2026-01, length: 48 months}
  purposes: {training: {}}
parties:
- {id: openai, name: OpenAI}
- {id: microsoft, name: Microsoft}
- {id: google, name: Google}
agreements:
- id: azure
  seller: microsoft
  from: 2025-01-21
  until: 2030-12-31
  clauses:
  - id: on-new
    kind: first-refusal
    window: {length: 10 days}
    scope: {capacity: new}
- id: gcp
  seller: google
  from: 2025-01-21
  until: 2030-12-31
  clauses:
  - {id: on-any, kind: first-refusal, rank: 2, window: {length: 10 days}}
"""


def test_a_renewal_is_opened_without_the_rights_on_new_capacity(tmp_path: Path) -> None:
    (tmp_path / "book.yaml").write_text(BOOK)
    book = offtake.load(tmp_path).book
    lot = Lot("gb200", 1000, "texas", day("2026-01-01"), 48)

    def rights(**words: bool) -> list[str]:
        opened = opening(book, tender="t", lot=lot, at=at("2025-02-03 09:00"), **words)
        return [right.clause for right in opened.claims]

    assert rights() == rights(new=True) == ["azure/on-new", "gcp/on-any"]
    assert rights(new=False) == ["gcp/on-any"]
