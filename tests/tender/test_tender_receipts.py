"""Receipts: where they are written, that they tell nobody who bids, proofs, marks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from offtake.dealing.where import RECEIPTS

from .staged import LOT, Stage


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def here() -> Path:
    return Path.cwd() / RECEIPTS


def test_a_buyers_receipts_lie_beside_its_store_and_are_its_own(stage: Stage) -> None:
    lot = ("--tender", "t", *LOT, "--chips", "9", "--rehearsal")
    (path,) = stage.does("open", *lot)["receipts"]
    receipt = json.loads(Path(path).read_text())
    assert Path(path) == stage.folder / RECEIPTS / f"{receipt['link'][:16]}.json"
    assert (mode(Path(path)), mode(Path(path).parent)) == (0o600, 0o700)


def test_another_partys_receipts_do_not_lie_with_the_buyers(stage: Stage) -> None:
    stage.opened()
    before = sorted((stage.folder / RECEIPTS).iterdir())
    price = ("--price", "2 USD per chip-hour")
    (path,) = stage.does("bid", "t", "--as", "far", *price)["receipts"]
    assert sorted((stage.folder / RECEIPTS).iterdir()) == before
    assert Path(path).resolve().parent == here()
    assert (mode(Path(path)), mode(here())) == (0o600, 0o700)
    own = stage.folder.parent / "own" / "far"
    (path,) = stage.does("bid", "t", "--as", "far", *price, "--receipts", own)["receipts"]
    assert (Path(path).parent, mode(own)) == (own, 0o700)
    assert stage.does("bid", "t", "--as", "far", *price, "--no-receipt")["receipts"] == []


def test_names_of_receipts_tell_nobody_and_never_meet(stage: Stage) -> None:
    stage.opened()
    lot = ("--chip", "h100", "--region", "us", "--chips", "1007")
    paths = [
        stage.does("declare", party, *lot, "--as", party, "--key", key)["receipts"][0]
        for party, key in (("near", "far-x"), ("far", "../../x y"), ("third", "far-x"))
    ]
    assert len(set(paths)) == 3
    for path, key in zip(paths, ("far-x", "../../x y", "far-x"), strict=True):
        assert json.loads(Path(path).read_text())["command"] == key
        assert set(Path(path).stem) <= set("0123456789abcdef")


def test_in_the_buyers_folder_a_party_names_its_own(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.opened()
    monkeypatch.chdir(stage.folder)
    price = ("--price", "2 USD per chip-hour")
    assert "--receipts DIR" in stage.wrong("bid", "t", "--as", "far", *price)
    (own,) = stage.does("show", "t", "--as", "far")["own"]["invitations"]
    assert own["bids"] == []


def test_a_receipt_is_printed_again_and_later_proved(stage: Stage) -> None:
    price = ("--price", "2 USD per chip-hour")
    (path,) = stage.opened().does("bid", "t", "--as", "far", *price, "--key", "k")["receipts"]
    receipt = json.loads(Path(path).read_text())
    assert (receipt["type"], receipt["actor"], receipt["command"]) == ("Receipt", "far", "k")
    assert "number" not in receipt
    assert stage.said("receipt", "k", "--as", "far").stdout == Path(path).read_text()
    stage.go("2026-01-20T15:00:00Z")
    shown = json.loads(stage.said("receipt", "k", "--as", "far").stdout)
    assert (shown["type"], shown["receipt"]) == ("Proof", receipt)
    to = stage.folder.parent / "proof.json"
    assert stage.said("receipt", "k", "--as", "far", "--to", to).exit_code == 0
    assert (json.loads(to.read_text())["receipt"], mode(to)) == (receipt, 0o600)


def test_a_mark_is_printed_once_bids_are_open(stage: Stage) -> None:
    stage.opened().bid()
    assert "there is no mark of 't' yet" in stage.wrong("receipt", "--mark", "t")
    stage.go("2026-01-20T15:00:00Z")
    mark = json.loads(stage.said("receipt", "--mark", "t").stdout)
    assert (mark["type"], mark["tender"]) == ("Mark", "t")
    assert mark["at"].startswith("2026-01-17T17:00:00")
    for arguments in ((), ("k", "--mark", "t")):
        assert "name the key of a command, or a tender" in stage.wrong("receipt", *arguments)
