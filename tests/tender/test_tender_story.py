"""Whole stories at the command line: asked, taken in part, signed in the tail, delivered."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from shell.books import write

from .staged import BOOK, LOT, Stage

JANUARY = Path(__file__).parents[2] / "examples" / "january"


@pytest.fixture
def january(tmp_path: Path) -> Stage:
    shutil.copytree(JANUARY, tmp_path / "january")
    return Stage(tmp_path / "january", tmp_path / "keys", "2025-01-28T17:00:00Z")


def bids_are_in(january: Stage) -> Stage:
    lot = ("--chip", "gb200", "--chips", "100000", "--region", "us-tx", "--start", "2025-11")
    january.does("open", "--tender", "abilene", *lot, "--months", "36", "--rehearsal")
    for party in ("oracle", "microsoft"):
        january.does("declare", party, "--chip", "gb200", "--region", "us-tx", "--chips", "200000")
    bid = january.folder / "bid.yaml"
    bid.write_text(
        "price: 2.74 USD per chip-hour\nchips: 100000 chips\nblock: 1000 chips\n"
        "remainder_min: 8000 chips\n"
    )
    january.go("2025-02-03T17:00:00Z").does("bid", "abilene", bid, "--as", "oracle")
    return january


def test_january_is_played_at_the_command_line(january: Stage) -> None:
    bids_are_in(january)
    done = january.go("2025-02-13T18:00:00Z").does("notice", "abilene")
    (clock,) = done["next"]
    assert (clock["who"], clock["what"], clock["chips"]) == ("microsoft", "answer", 100_000)
    assert clock["until_local"] == "17 Mar 2025 17:00 PDT"  # the 30th day is a Saturday
    assert clock["left"] == "in 32 days 6 hours"
    assert clock["if_nothing_is_done"] == (
        "If microsoft does nothing by 17 Mar 2025 17:00 PDT, it waives 100,000 chips; oracle's bid "
        "may then be signed for 100,000 chips until 15 Jul 2025 17:00 PDT."
    )
    assert clock["why"] == "azure-2025/azure-rofr (book.yaml:34)"

    january.go("2025-02-20T17:00:00Z")
    assert january.refused("sign", "abilene", "--with", "oracle") == "still-asking"
    taken = january.does("answer", "abilene", "take", "--chips", "40000", "--as", "microsoft")
    assert taken["sentences"] == [
        "microsoft takes 40,000 chips in round 1 (100,000 chips) of the tender abilene "
        "under azure-2025/azure-rofr, at 2025-02-20T17:00:00Z."
    ]

    january.go("2025-03-03T17:00:00Z")
    rest = january.does("sign", "abilene", "--with", "oracle")
    assert "60,000 chips" in rest["sentences"][0]
    assert rest["answers"][0]["made"] == "oracle-2025-11"
    own = january.does("sign", "abilene", "--as", "microsoft")
    (agreement,) = january.does("show", "abilene", "--as", "microsoft")["own"]["agreements"]
    assert (agreement["chips"], agreement["state"]) == (40_000, "signed")
    assert own["answers"][0]["made"] == agreement["agreement"]

    january.go("2025-10-31T17:00:00Z")
    january.does("deliver", "oracle-2025-11", "--as", "oracle")
    january.does("deliver", agreement["agreement"])
    assert january.does("list")["tenders"] == []
    (closed,) = january.does("list", "--all")["tenders"]
    assert closed["phase"] == "closed"


def test_a_month_later_more_chips_are_noticed_alone_and_dearer(january: Stage) -> None:
    bids_are_in(january).go("2025-02-13T18:00:00Z").does("notice", "abilene")
    january.does("answer", "abilene", "waive", "--as", "microsoft")
    january.go("2025-03-03T17:00:00Z").does("sign", "abilene", "--agreement", "oracle-1")
    january.go("2025-04-03T17:00:00Z")
    price = ("--price", "3.01 USD per chip-hour", "--chips", "120000")
    january.does("revise", "abilene", *price, "--as", "oracle")
    assert january.refused("sign", "abilene", "--with", "oracle", "--chips", "20000") == (
        "not-asked"
    )
    done = january.does("notice", "abilene", "--more")
    clock = done["next"][0]
    assert (clock["who"], clock["chips"]) == ("microsoft", 20_000)


def test_everything_is_said_in_sentences_too(january: Stage) -> None:
    bids_are_in(january).go("2025-02-13T18:00:00Z")
    done = january.said("notice", "abilene")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0].startswith("Practice: ")
    assert lines[1].startswith("Bids in the tender abilene were opened")
    assert any(line.startswith("microsoft received notice 1") for line in lines)
    assert "What happens next" in done.stdout
    assert "it waives 100,000 chips" in " ".join(done.stdout.split())
    (receipt,) = [line for line in lines if line.startswith("key ")]
    path = Path(receipt.partition("; receipt ")[2])
    assert json.loads(path.read_text())["type"] == "Receipt"


def test_a_refusal_says_code_sentence_and_what_to_do_instead(january: Stage) -> None:
    bids_are_in(january).go("2025-02-13T18:00:00Z")
    done = january.said("sign", "abilene", "--with", "oracle")
    assert done.exit_code == 5
    assert "Refused (not-asked): microsoft holds a right of first refusal" in done.stdout
    assert "    instead: Serve notice on microsoft." in done.stdout


def test_a_first_offer_is_made_and_decided_on(tmp_path: Path) -> None:
    text = BOOK.replace("kind: first-refusal", "kind: first-offer").replace(
        "    partial: {min: 10 chips}\n    closing: 5 days\n", ""
    )
    stage = Stage(write(tmp_path / "offers", text), tmp_path / "keys")
    opened = stage.does("open", "--tender", "t", *LOT, "--chips", "300", "--rehearsal")
    assert opened["next"][0]["who"] == "near"
    assert "bids are then taken until" in opened["next"][0]["if_nothing_is_done"]
    stage.does("declare", "near", "--chip", "h100", "--region", "us", "--chips", "1000")
    price = ("--price", "2.40 USD per chip-hour")
    stage.does("answer", "t", "offer", *price, "--as", "near")
    (waits,) = stage.clocks()
    assert (waits["what"], waits["who"], waits["until"]) == ("decide", "lab", None)
    declined = stage.does("award", "t", "near", "--decline")
    assert "declined" in declined["sentences"][0]
    (bidding,) = stage.clocks()
    assert bidding["what"] == "opening"


def test_a_letter_is_recorded_with_its_evidence_and_two_persons(stage: Stage) -> None:
    stage.noticed().go("2026-02-02T15:00:00Z")
    letter = stage.folder / "letter.pdf"
    letter.write_bytes(b"We take ten chips.")
    said = ("--from", "near", "--received", "2026-01-23T10:00:00Z", "--evidence", letter)
    two = ("--person", "one", "--person", "two")
    done = stage.does("attest", "t", "take", "--chips", "10", *said, *two)
    assert any("near took 10 chips" in sentence for sentence in done["sentences"])
    closing = [clock for clock in done["next"] if clock["what"] == "close"]
    assert [clock["chips"] for clock in closing] == [10]


def test_a_letter_names_who_hosts_it_and_how_much_more_it_would_take(stage: Stage) -> None:
    stage.noticed().go("2026-01-23T15:00:00Z")
    said = ("--from", "near", "--received", "2026-01-22T10:00:00Z", "--evidence", "a" * 64)
    two = ("--person", "one", "--person", "two", "--chips", "10")
    letter = ("attest", "t", "take", *said, *two)
    assert stage.refused(*letter, "--over", "7") == "over-without-share"
    assert stage.refused(*letter, "--via", "third") == "subcontract-forbidden"


def test_other_bids_are_set_aside_for_a_reason(stage: Stage) -> None:
    stage.opened().go("2026-01-13T15:00:00Z").bid("far", "2.00").bid("third", "2.20")
    stage.go("2026-01-20T15:00:00Z")
    assert stage.refused("notice", "t", "--bid", "third") == "not-best"
    assert "say why" in stage.wrong("award", "t", "third")
    done = stage.does("award", "t", "third", "--reason", "far cannot power it")
    assert "far cannot power it" in " ".join(done["sentences"])
    assert stage.does("notice", "t")["next"][0]["if_nothing_is_done"].count("third's bid") == 1


def test_a_bid_is_taken_back_and_a_tender_withdrawn(stage: Stage) -> None:
    stage.opened().bid()
    stage.does("withdraw", "t", "--bid", "--as", "far")
    assert "has no bid" in stage.wrong("withdraw", "t", "--bid", "--as", "far")
    stage.does("withdraw", "t", "--reason", "the need is gone")
    assert stage.does("list", "--all")["tenders"][0]["phase"] == "withdrawn"
    assert stage.refused("withdraw", "t", "--reason", "again") == "tender-ended"


def test_a_right_passes_on_and_a_default_suspends_one(stage: Stage) -> None:
    stage.noticed()
    stage.does(
        "assign", "near-2025/near-first", "--to", "third", "--evidence", "deed", "--as", "near"
    )
    assert [clock["who"] for clock in stage.clocks()] == ["third"]
    assert stage.clocks("near") == []
    stage.does("default", "third", "--evidence", "court order of 19 January")
    assert stage.does("show", "t", "--as", "third")["own"]["notices"]
    stage.does("default", "third", "--evidence", "paid", "--cured")


def test_a_failed_agreement_gives_its_chips_back(stage: Stage) -> None:
    stage.noticed().does("answer", "t", "waive", "--as", "near")
    stage.does("sign", "t", "--agreement", "far-2026")
    assert stage.wrong("fail", "far-2026").startswith("--reason is needed")
    done = stage.does("fail", "far-2026", "--reason", "no power")
    assert "no power" in done["sentences"][0]
    (left,) = [clock for clock in stage.clocks() if clock["what"] == "notice"]
    assert left["chips"] == 300
    assert left["why"] == "near-2025/near-first (book.yaml:24)"
