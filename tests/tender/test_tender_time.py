"""Looking takes account of what time has brought, and no instant tells of a sealed bid."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

import offtake
from offtake.audit import verify
from offtake.dealing.local import LocalDesk
from offtake.dealing.lots import Wanted, wanted
from offtake.desk.lot import Bid
from offtake.store.keyring import FolderKeyring
from offtake.store.sequencer import Sequencer
from offtake.store.sqlite import SqliteStore
from offtake.units.instants import instant_of
from shell.books import said

from .staged import Stage, staged

BEGUN, BIDDEN = "2026-01-12T15:00:00Z", "2026-01-14T09:30:00Z"
CLOSED = "2026-01-17T17:00:00.000000001Z"


def whats(stage: Stage) -> list[str]:
    return [row["what"] for row in stage.does("log")["events"]]


def lines(stage: Stage) -> list[Any]:
    done = stage.said("export")
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def types(stage: Stage) -> list[str]:
    return [line["event"]["type"] for line in lines(stage)[1:-1]]


# --- what time has brought --------------------------------------------------------------------


def test_after_the_closing_log_and_export_have_the_bids(stage: Stage) -> None:
    stage.opened().go(BIDDEN).bid().go(CLOSED)
    rows = stage.does("log")["events"]
    assert [row["number"] for row in rows] == list(range(len(rows)))
    assert [row["what"] for row in rows][-2:] == ["BidReceived", "BidsOpened"]
    done = stage.said("export")
    assert "sealed" not in done.stderr
    assert types(stage) == [row["what"] for row in rows]


def test_a_look_in_stated_time_is_no_fact_but_what_proves_it_is(stage: Stage) -> None:
    stage.opened().bid().go(CLOSED)
    for verb, *more in (("list",), ("show", "t"), ("log",)):
        stage.does(verb, *more)
    assert "BidsOpened" in whats(stage)
    assert "BidsOpened" not in whats(stage.go(BIDDEN))
    stage.bid("third").go(CLOSED)
    assert "BidsOpened" in types(stage)
    assert "--at lies before" in stage.go(BIDDEN).wrong("list")


def test_where_another_leads_the_log_is_as_time_has_left_it(stage: Stage) -> None:
    stage.opened().bid().go(CLOSED)
    other = SqliteStore(stage.folder / "desk.sqlite")
    other.lead()
    assert whats(stage)[-1] == "BidsOpened"
    done = stage.said("export")
    assert "it ends there" in done.stderr
    other.close()
    assert types(stage)[-1] == "BidsOpened"


def test_what_is_foretold_in_the_log_is_what_is_recorded(stage: Stage) -> None:
    stage.noticed().go("2026-03-01T12:00:00Z")
    foretold = stage.does("log")
    lines(stage)  # recorded now
    assert stage.does("log") == foretold


def earnest(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> LocalDesk:
    """A desk by the machine's clock, with a bid."""
    monkeypatch.setattr(time, "time_ns", lambda: instant_of(BEGUN))
    desk = LocalDesk(offtake.load(stage.folder).book, stage.folder, keys=stage.keys)
    words = Wanted("h100", "300", "us", "2026-04", "12", (), "")
    desk.open(wanted(desk.book, stage.folder, None, words, "t"))
    desk.declare("h100", "us", 900, party="far")
    from offtake.dealing.offered import Around, plain_terms

    def bid(lot: dict[str, Any]) -> Bid:
        around = Around(lot["start"], int(lot["months"]), "USD")
        return Bid("far", 300, plain_terms("2 USD per chip-hour", None, None, around))

    desk.bid("t", bid, actor="far")
    return desk


def test_in_earnest_a_look_records_what_time_has_brought(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = earnest(stage, monkeypatch)
    with desk.reading() as seeing:
        before = seeing.journal.size
    desk.sight()
    with desk.reading() as seeing:
        assert seeing.journal.size == before
    monkeypatch.setattr(time, "time_ns", lambda: instant_of(CLOSED))
    assert desk.sight("lab")["tenders"][0]["phase"] == "opened"
    with desk.reading() as seeing:
        assert seeing.journal.size == before + 1
        assert seeing.desk.tenders["t"].unsealed


def test_a_store_that_may_not_be_written_is_still_seen_as_it_is_now(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = earnest(stage, monkeypatch)
    monkeypatch.setattr(time, "time_ns", lambda: instant_of(CLOSED))
    monkeypatch.setattr(SqliteStore, "lead", lambda *_: (_ for _ in ()).throw(PermissionError))
    rows, _ = desk.log()
    assert rows[-1]["what"] == "BidsOpened"


def test_a_sequencer_exports_what_time_has_brought(stage: Stage) -> None:
    stage.opened().bid()
    (keys,) = stage.keys.iterdir()
    with Sequencer(
        SqliteStore(stage.folder / "desk.sqlite"),
        FolderKeyring(keys),
        clock=lambda: instant_of(CLOSED),
        chance=lambda: os.urandom(32),
    ) as led:
        exported = list(led.export())
    assert b"BidsOpened" in exported[-2]
    assert verify(exported).breaches == ()


# --- no instant of a sealed bid ---------------------------------------------------------------


def seen(stage: Stage, *at: str) -> list[Any]:
    """What anybody may see, where no time is stated or where `at` states one."""

    def run(verb: str, *more: str) -> str:
        done = said("tender", verb, stage.folder, *more, "--keys", stage.keys, *at)
        assert done.exit_code == 0, done.output
        return done.stdout

    looks = [run("show", "t", "--json"), run("list", "--json"), run("list", "--as", "near")]
    return [*looks, json.loads(run("export").splitlines()[-1])["at"]]


def test_no_instant_tells_when_a_bid_came(tmp_path: Path) -> None:
    told = []
    for name, bids in (("none", 0), ("two", 2)):
        (tmp_path / name).mkdir()
        stage = staged(tmp_path / name).opened().go(BIDDEN)
        for _ in range(bids):
            stage.bid()
        told.append([seen(stage), seen(stage, "--at", "2026-01-13T00:00:00Z")])
    assert told[0] == told[1]
    assert told[0][0][-1] == "2026-01-12T15:00:00.000000000Z"
    assert told[0][1][-1] == "2026-01-13T00:00:00.000000000Z"


def test_a_time_that_lies_before_is_refused_without_an_instant(stage: Stage) -> None:
    stage.opened().go(BIDDEN).bid()
    early = stage.go("2026-01-13T00:00:00Z").wrong("withdraw", "t", "--reason", "x")
    assert early.startswith("--at lies before what has happened at this desk already")
    assert not any(character.isdigit() for character in early)
