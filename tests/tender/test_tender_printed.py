"""What the screen shows: local time with its zone, one form of numbers, whole rows in a pipe."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import offtake
from offtake.dealing import WrongDealingError
from offtake.dealing.lots import Wanted, wanted
from offtake.dealing.times import instant, spoken

from .staged import LOT, Stage

UTC = re.compile(r"[0-9]T[0-9]{2}:[0-9]{2}")


def test_instants_on_the_screen_are_local_and_those_in_plain_data_are_not(stage: Stage) -> None:
    stage.opened().go("2026-01-13T15:00:00Z").bid().go("2026-01-20T15:00:00Z")
    said = stage.said("notice", "t").stdout
    assert "near received notice 1" in said
    assert " at 20 Jan 2026 10:00 EST and may answer up to and including 30 Jan" in said
    assert "including 30 Jan 2026 17:00 CET" in said  # as the table beside it has it
    refused = stage.said("sign", "t", "--with", "far").stdout
    assert "near may still answer, until 30 Jan 2026 17:00 CET;" in refused
    for done in (said, refused, stage.said("log").stdout, stage.said("show", "t").stdout):
        assert not UTC.search(done), done
    assert UTC.search(stage.does("log")["events"][0]["sentence"])


def test_a_sealed_tender_says_in_local_time_until_when(stage: Stage) -> None:
    stage.opened()
    assert "sealed until 17 Jan 2026 12:00 EST;" in stage.wrong("notice", "t")
    # What is an example of how to write is left as it must be written.
    wrong = stage.wrong("open", "--tender", "u", *LOT, "--chips", "3", "--start", "2026")
    assert "'2025-0" in wrong


def test_seconds_are_said_where_there_are_any() -> None:
    text = (
        "It came at 2026-01-20T15:00:05.5Z, due by 2026-01-30T16:00:00Z, not 9999-99-99T99:99:99Z."
    )
    assert spoken(text, "America/New_York", "Europe/Berlin", {}) == (
        "It came at 20 Jan 2026 10:00:05 EST, due by 30 Jan 2026 17:00 CET, not "
        "9999-99-99T99:99:99Z."
    )


def test_an_instant_may_be_stated_with_its_offset() -> None:
    at = instant("--at", "2026-01-20T15:00:00Z")
    assert instant("--at", "2026-01-20T10:00:00-05:00") == at
    assert instant("--at", "2026-01-20T20:30:00+05:30") == at
    for wrong in ("2026-01-20T10:00:00-25:00", "2026-01-20T10:00:00-05", "-05:00", "+"):
        with pytest.raises(WrongDealingError):
            instant("--at", wrong)


def test_chips_have_one_form_in_sentences_tables_and_refusals(stage: Stage) -> None:
    stage.opened()
    stage.does("declare", "far", "--chip", "h100", "--region", "us", "--chips", "100000")
    price = ("--price", "2.00 USD per chip-hour")
    said = stage.said("bid", "t", "--as", "far", "--chips", "40000", *price).stdout
    assert "far bid for 40,000 chips" in said
    said = stage.said("bid", "t", "--as", "far", "--chips", "140000", *price).stdout
    assert "140,000 chips are more than the 100,000 that far has declared" in said
    assert "State at most 100,000 chips" in said
    assert "40000" not in said


def test_a_row_in_a_pipe_is_one_whole_line(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    stage.noticed()
    lines = stage.said("list").stdout.splitlines()
    (row,) = [line for line in lines if line.startswith("near to answer")]
    assert row.endswith("near-2025/near-first (book.yaml:24)")
    assert "30 Jan 2026 17:00 CET, in 10 days 1 hour" in row
    assert "may then be signed for 300 chips until 19 Feb 2026 17:00 CET." in row
    assert [line for line in lines if line != line.rstrip()] == []
    for columns in ("110", "40", "1"):
        monkeypatch.setenv("COLUMNS", columns)
        assert max(map(len, stage.said("list").stdout.splitlines()[2:-1])) <= max(30, int(columns))
    for columns in ("", "0", "wide", "9" * 30):
        monkeypatch.setenv("COLUMNS", columns)
        assert row in stage.said("list").stdout.splitlines()


def test_a_holder_sees_what_it_took_and_with_whom_it_signed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    stage.noticed().does("answer", "t", "take", "--chips", "30", "--as", "near")
    assert "30 (closing)" in stage.said("show", "t", "--as", "near").stdout
    stage.does("sign", "t", "--as", "near")
    told = stage.said("show", "t", "--as", "near").stdout
    assert "30 (signed)" in told
    assert re.search(r"[0-9a-f]{16} +lab +30 ", told)


def test_a_notebook_states_time_and_where_receipts_go(stage: Stage, tmp_path: Path) -> None:
    at = "2026-01-12T10:00:00-05:00"
    own = offtake.load(stage.folder)
    desk = own.desk(keys=stage.keys, receipts=str(tmp_path / "kept"), at=at)
    lot = wanted(desk.book, stage.folder, None, Wanted("h100", "9", "us", "2026-04", "6"), "t")
    done = desk.open(lot, rehearsal=True)
    (receipt,) = done.receipts
    assert receipt.parent == tmp_path / "kept"
    assert json.loads(receipt.read_text())["at"] == "2026-01-12T15:00:00.000000000Z"
    quiet = own.desk(keys=stage.keys, receipts=False, at=at)
    assert quiet.withdraw("t", "not needed").receipts == ()
    with pytest.raises(WrongDealingError, match="at: 'noon' is not an instant"):
        own.desk(keys=stage.keys, at="noon")


def test_of_an_ended_tender_no_date_has_an_effect_any_more(stage: Stage) -> None:
    stage.noticed().does("answer", "t", "take", "--chips", "30", "--as", "near")
    stage.does("sign", "t", "--as", "near")
    for party in ("lab", "near"):
        (said,) = [one["if_nothing_is_done"] for one in stage.clocks(party) if one["who"] == "near"]
        assert said.startswith("If no delivery is recorded by 1 Apr 2026 23:59 CEST, the 30 chips")
    stage.does("withdraw", "t", "--reason", "not needed")
    for party in ("lab", "near"):
        (said,) = [one["if_nothing_is_done"] for one in stage.clocks(party)]
        assert said.startswith("Nothing happens by itself: ")
