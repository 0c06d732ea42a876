"""R17: either side signs what was taken; nobody else learns that anything waits to be signed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from offtake.desk import Refusal
from offtake.desk.commands import Close, Sign
from offtake.desk.events import Signed, TakingFailed, TenderClosed

from .playing import Play
from .saying import BUYER, at, claim, terms
from .staging import bids_open, noticed

AZURE = claim("azure", "microsoft", partial=1, closing="20 days")
CLOSING = at("2025-03-24 17:00")  # the 23rd is a Sunday


def taken(chips: int = 1000) -> Play:
    play = noticed(AZURE)
    play.take("microsoft", chips)
    return play


def words(play: Play, actor: str, **changed: Any) -> tuple[str, str, str]:
    """In which words a Close of Microsoft's taking is refused."""
    said = {"tender": "lot", "round": 1, "clause": "azure"} | changed
    answer = play.send(actor, Close(**said))
    assert isinstance(answer, Refusal)
    return answer.code, answer.sentence, answer.instead


def test_a_holder_closes_its_own_taking_although_the_buyer_does_nothing() -> None:
    play = taken().go(CLOSING)
    play.close("azure", actor="microsoft")
    play.wait(CLOSING + 1)
    assert not play.all(TakingFailed)
    assert play.agreement(play.made).state == "signed"
    assert play.taking("azure").agreement == play.made
    play.deliver(play.made)
    assert play.last(TenderClosed).at == play.now


def test_a_holder_that_misses_the_closing_has_missed_it_too() -> None:
    play = taken().go(CLOSING + 1)
    with play.refused("unknown-taking"):
        play.close("azure", actor="microsoft")
    assert play.last(TakingFailed).why == "closing missed"


def test_a_holder_closes_a_first_offer_that_was_accepted() -> None:
    play = Play().open(claim("first", "google", first=True))
    play.offer("google", 400, terms=terms("2.90"))
    play.accept("first")
    play.close("first", actor="google")
    assert (play.last(Signed).chips, play.last(Signed).terms) == (400, terms("2.90"))
    assert play.the_tender().phase == "bidding"


def test_whoever_took_closes_whomever_the_right_passed_to_since() -> None:
    play = taken(400)
    play.assign("azure", "amazon", "microsoft")
    with play.refused("unknown-taking"):
        play.close("azure", actor="amazon")
    play.close("azure", actor="microsoft")
    assert play.agreement(play.made).party == "microsoft"


def test_whoever_holds_a_right_when_its_turn_ends_closes_what_was_taken_before() -> None:
    play = noticed(AZURE, claim("gcp", "google"))
    play.take("microsoft", 500)
    play.assign("azure", "amazon", "microsoft")
    play.waive("google")
    with play.refused("unknown-taking"):
        play.close("azure", actor="microsoft")
    play.close("azure", actor="amazon")
    assert play.agreement(play.made).party == "amazon"


@pytest.mark.parametrize("actor", ["google", "oracle", "auditor"])
def test_a_stranger_is_told_the_same_whether_there_is_a_taking_or_not(actor: str) -> None:
    waiting, signed, failed, withdrawn = taken(), taken(), taken().wait(CLOSING + 1), taken(400)
    signed.close("azure", agreement="sold")
    withdrawn.go(CLOSING + 1).withdraw()
    untaken, sealed = noticed(AZURE), Play().open(AZURE)
    plays = (waiting, signed, failed, withdrawn, untaken, sealed, Play())
    (one,) = {words(play, actor) for play in plays}
    assert one[0] == "unknown-taking"
    assert words(waiting, actor, tender="no such tender") == one
    assert words(waiting, actor, agreement="sold") == one


def test_a_holder_is_told_of_a_taking_that_was_signed_no_more_than_a_stranger() -> None:
    by_buyer, by_holder = taken(), taken()
    by_buyer.close("azure", agreement="sold")
    by_holder.close("azure", actor="microsoft")
    for play in (by_buyer, by_holder):
        assert words(play, "microsoft") == words(play, "google")
        with play.refused("unknown-taking"):
            play.close("azure", agreement="again")
        assert len(play.all(Signed)) == 1


def test_a_buyer_is_told_what_is_wrong() -> None:
    play = taken(400)
    for changed in ({"round": 2}, {"clause": "gcp"}, {"round": 0}):
        assert words(play, BUYER, agreement="sold", **changed)[0] == "unknown-taking"
    assert words(play, BUYER, agreement="sold", tender="other")[0] == "unknown-tender"
    play.go(CLOSING + 1).withdraw()
    assert words(play, BUYER, agreement="sold")[0] == "tender-ended"


def test_a_holder_in_default_that_closes_has_failed() -> None:
    play = taken()
    play.default("microsoft")
    play.close("azure", actor="microsoft")
    assert (play.last(TakingFailed).why, play.all(Signed)) == ("default", [])
    assert play.the_tender().released == {"azure"}


# --- capacity -------------------------------------------------------------------------------------


def short(via: tuple[str, ...] = (), upstream: str | None = None) -> Play:
    """Microsoft has taken 800 of 1000, and somebody along the chain has promised 700 elsewhere."""
    play = Play(declare=False)
    for party in ("microsoft", "google", "nvidia"):
        play.declare(party, 1000, upstream if party == "microsoft" else None)
    busy = (via or ("",))[-1] or upstream or "microsoft"
    play.declare("oracle", 2000)
    play.open(claim("azure", "microsoft", partial=1, hosts=(), closing="20 days"))
    play.bid("oracle")
    play.open(tender="elsewhere", chips=700)
    if busy != "microsoft" and not via:
        play.bid("coreweave", via=(busy,))
    else:
        play.bid(busy)
    play.tender = "lot"
    play.wait("2025-03-03 09:00").notice("oracle")
    play.take("microsoft", 800, via=via)
    play.tender = "elsewhere"
    seller = "coreweave" if busy != "microsoft" and not via else busy
    play.sign(seller, 700, unasked=True, agreement="elsewhere")
    play.tender = "lot"
    return play


def test_a_host_that_is_short_is_told_of_without_a_figure_of_others() -> None:
    chains: tuple[dict[str, Any], ...] = (
        {},
        {"via": ("google",)},
        {"via": ("google", "nvidia")},
        {"upstream": "nvidia"},
    )
    plays = [short(**chain) for chain in chains]
    told = {words(play, "microsoft") for play in plays}
    assert len(told) == 1  # which of them is short is not told
    code, *sentences = told.pop()
    assert code == "host-short"
    assert re.findall(r"\d+", " ".join(sentences)) == ["800"]
    for play in plays:
        with play.refused("beyond-promise"):
            play.close("azure")
        assert play.taking("azure").state == "closing"
        play.fail("elsewhere")
        play.close("azure", actor="microsoft")
        assert play.agreement(play.made).chips == 800


def test_a_host_that_is_short_to_the_end_has_missed_the_closing() -> None:
    play = short()
    with play.refused("host-short"):
        play.close("azure", actor="microsoft")
    play.go(CLOSING + 1)
    with play.refused("unknown-taking"):
        play.close("azure", actor="microsoft")
    assert play.last(TakingFailed).why == "closing missed"


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "lot/1/azure", "Sold", ".a", "a b", "é", "a" * 65, "a\n"])
def test_a_name_that_is_not_plain_is_refused_to_the_buyer(name: str) -> None:
    play = taken(400)
    assert words(play, BUYER, agreement=name)[0] == "agreement-name"
    bid = play.bids["oracle"]
    answer = play.send(BUYER, Sign("lot", bid, 600, name, 1))
    assert isinstance(answer, Refusal)
    assert answer.code == "agreement-name"


@pytest.mark.parametrize("name", ["a", "0", "a" * 64, "oracle-2026.v1_b"])
def test_a_name_of_plain_letters_digits_and_dashes_is_one(name: str) -> None:
    play = taken(400)
    play.close("azure", agreement=name)
    assert play.made == name


def test_a_holder_names_nothing_and_finds_out_no_names() -> None:
    play = taken(400)
    play.sign("oracle", 600, agreement="sold")
    play.close("azure", agreement="sold", actor="microsoft")  # for the buyer: agreement-exists
    assert play.made != "sold"
    assert play.agreement("sold").party == "oracle"


def test_each_taking_of_a_holder_has_a_name_of_its_own() -> None:
    play = bids_open(AZURE)
    play.notice("oracle", chips=600)
    play.take("microsoft")
    play.notice("oracle", chips=400)
    play.take("microsoft")
    for number in (1, 2):
        play.do("microsoft", Close("lot", number, "azure"))
        assert play.agreement(play.made).round == number
    assert len(play.desk.agreements) == 2


def test_a_name_is_looked_at_where_there_is_something_to_name() -> None:
    play = taken(400)
    play.sign("oracle", 600, agreement="sold")
    assert words(play, BUYER, agreement="sold")[0] == "agreement-exists"
    assert words(play, BUYER, agreement="sold", round=9)[0] == "unknown-taking"
    assert words(play, BUYER, agreement="S", round=9)[0] == "unknown-taking"
