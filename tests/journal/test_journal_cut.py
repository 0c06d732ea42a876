"""While bids are sealed, neither numbers nor instants nor sizes tell how many there are."""

from __future__ import annotations

import json
from typing import Any

from desk.saying import BUYER, at
from offtake.desk.commands import Admit
from offtake.journal.journal import Journal
from offtake.journal.signed import proof_holds, receipt_line

from .written import Written


def lines(play: Written) -> list[Any]:
    return [json.loads(line) for line in play.export()]


def numbers(play: Written) -> list[str]:
    return [line["number"] for line in lines(play)[1:-1]]


def under_seal(*bidders: str) -> Written:
    """A tender in which these have bid, one after the other, and then a party is let in."""
    play = Written().open()
    for hours, bidder in enumerate(bidders):
        play.go(at("2025-02-04 09:00") + hours * 3600 * 10**9)
        play.bid(bidder)
    play.go("2025-02-06 09:00")
    play.do(BUYER, Admit(("nebius",)), key="let-in")
    return play


def test_exports_are_the_same_however_many_bids_there_are() -> None:
    none, one, many = under_seal(), under_seal("google"), under_seal("google", "oracle", "google")
    assert none.export() == one.export() == many.export()
    assert one.written.size < many.written.size


def test_once_bids_are_open_exports_tell_them_apart() -> None:
    none, one = under_seal(), under_seal("google")
    for play in (none, one):
        play.wait("2025-03-03 09:00")
    assert len(none.export()) + 1 == len(one.export())
    assert len(one.export()) == one.written.size + 2


def test_what_is_shown_ends_with_the_event_that_set_the_seal() -> None:
    play = under_seal("google", "oracle")
    shown = lines(play)
    assert shown[-2]["event"]["type"] == "BiddingStarted"
    assert shown[-1]["size"] == str(play.written.cut()) == str(len(shown) - 2)
    assert play.written.began["lot"] == play.written.cut() - 1


def test_the_first_tender_under_seal_sets_the_end() -> None:
    play = under_seal("google")
    first = play.written.cut()
    play.open(tender="other", bidding="60 days")
    play.bid("oracle")
    assert play.written.cut() == first
    play.wait("2025-03-03 09:00")
    assert play.written.cut() == play.written.began["other"] + 1 > first
    play.wait("2025-06-03 09:00")
    assert play.written.cut() == play.written.size


def test_where_nothing_is_under_seal_all_is_shown() -> None:
    play = Written()
    assert play.written.cut() == play.written.size
    assert len(play.export()) == play.written.size + 2


def test_a_tender_that_was_withdrawn_unopened_stays_sealed_for_ever() -> None:
    play = under_seal("google", "oracle")
    play.withdraw()
    assert play.written.cut() == play.written.size
    hidden = [line for line in lines(play)[1:-1] if line["event"] is None]
    assert [line["label"] for line in hidden] == ["lot", "lot"]
    assert all(line["salt"] is None and len(line["commitment"]) == 64 for line in hidden)


def test_proofs_are_given_only_where_numbers_may_be_known() -> None:
    play = under_seal("google")
    bid = play.written.acknowledged("google", "k9")
    assert bid is not None
    assert bid.number == play.written.cut()
    assert play.written.proof("google", "k9", play.now) is None
    assert play.written.proof(BUYER, "let-in", play.now) is None
    founded = play.written.proof(BUYER, "k1", play.now)
    assert founded is not None
    assert founded.head.size == play.written.cut()
    assert proof_holds(founded)
    play.wait("2025-03-03 09:00")
    for actor, key in (("google", "k9"), (BUYER, "let-in")):
        proof = play.written.proof(actor, key, play.now)
        assert proof is not None
        assert proof_holds(proof)
        assert proof.head.size == play.written.size
    assert play.written.proof("google", "never sent", play.now) is None


SAID = {"actor", "at", "command", "desk", "digest", "key", "label", "link", "signature"}


def test_receipts_of_sealed_commands_tell_no_number() -> None:
    lengths = set()
    for play in (under_seal("google"), under_seal("oracle", "nvidia", "google")):
        receipt = play.written.receipt("google", f"k{play.sent - 1}")
        assert receipt is not None
        lengths.add(len(receipt_line(receipt)) - len(receipt.command))
        told = set(json.loads(receipt_line(receipt))) - {"type"}
        assert told == SAID
    assert len(lengths) == 1


def test_what_is_shown_is_the_same_after_the_journal_was_read_again() -> None:
    play = under_seal("google")
    again: Journal = play.shelf.loaded()
    assert (again.began, again.cut()) == (play.written.began, play.written.cut())
    play.written = again
    play.do(BUYER, Admit(("lambda",)))
    assert play.written.cut() == again.cut()
