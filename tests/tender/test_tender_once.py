"""Keys, two programs at once, restarts, damage: nothing acknowledged is lost or done twice."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import apsw
import pytest

import offtake
from offtake.dealing.acting import Acting
from offtake.dealing.local import LocalDesk
from offtake.store.base import StoreError
from offtake.store.sqlite import SqliteStore
from shell.books import ran, said

from .staged import Stage


def local(stage: Stage, wait: float = 0.2) -> LocalDesk:
    return LocalDesk(offtake.load(stage.folder).book, stage.folder, keys=stage.keys, wait=wait)


def test_the_same_words_under_the_same_key_are_one_deed(stage: Stage) -> None:
    stage.noticed()
    first = stage.does("answer", "t", "take", "--as", "near", "--key", "k-1")
    stage.go("2026-01-21T15:00:00Z")
    again = stage.does("answer", "t", "take", "--as", "near", "--key", "k-1")
    assert again["answers"] == first["answers"]
    assert "done already" in again["sentences"][0]
    signed = stage.does("sign", "t", "--key", "k-2")
    assert stage.does("sign", "t", "--key", "k-2")["answers"] == signed["answers"]
    assert len(stage.does("show", "t")["tender"]["agreements"]) == 1


def test_other_words_under_the_same_key_are_refused(stage: Stage) -> None:
    stage.noticed().does("answer", "t", "take", "--chips", "20", "--as", "near", "--key", "k")
    assert stage.refused("answer", "t", "waive", "--as", "near", "--key", "k") == "key-reused"
    assert stage.refused("withdraw", "t", "--reason", "x", "--key", "a") == "taken-already"
    # Another actor's key is another key.
    assert stage.refused("withdraw", "t", "--reason", "x", "--key", "k") == "taken-already"


def test_the_opening_is_one_deed_too(stage: Stage) -> None:
    stage.opened("--key", "first")
    done = stage.said(
        "open", "--tender", "t", "--chip", "h100", "--region", "us", "--start", "2026-04",
        "--months", "12", "--chips", "300", "--key", "first",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "done already" in done.stdout


def test_while_another_leads_a_desk_can_be_read_and_a_deed_waits_its_turn(stage: Stage) -> None:
    stage.opened()
    other = SqliteStore(stage.folder / "desk.sqlite")
    other.lead()
    assert stage.does("list")["tenders"]
    with pytest.raises(StoreError, match=r"another program has led this desk for 0\.2 seconds"):
        local(stage).admit(("third",))
    freed = threading.Timer(0.5, other.close)
    freed.start()
    began = time.monotonic()
    stage.bid()
    assert time.monotonic() - began > 0.3
    freed.join()


def test_the_command_line_waits_ten_seconds_and_then_says_so(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.opened()
    assert Acting.__init__.__kwdefaults__["wait"] == 10
    monkeypatch.setitem(Acting.__init__.__kwdefaults__, "wait", 0.1)
    other = SqliteStore(stage.folder / "desk.sqlite")
    other.lead()
    done = stage.said("withdraw", "t", "--reason", "x")
    other.close()
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "another program has led this desk" in done.stderr


@pytest.mark.parametrize("point", ["sequencer.before_append", "sequencer.after_append"])
def test_after_a_crash_the_same_key_tells_what_became_of_it(stage: Stage, point: str) -> None:
    stage.opened()
    crash = (
        "import os, offtake.store.sequencer as s\n"
        f"s.crash_point = lambda name: os._exit(9) if name == {point!r} else None"
    )
    bid = ("bid", stage.folder, "t", "--as", "far", "--price", "2 USD per chip-hour")
    command = ("tender", *bid, "--key", "k", "--keys", stage.keys, "--at", stage.at)
    assert ran(*command, before=crash).returncode == 9
    done = ran(*command)
    assert done.returncode == 0, done.stderr
    assert ("done already" in done.stdout) == (point == "sequencer.after_append")
    (invited,) = stage.does("show", "t", "--as", "far")["own"]["invitations"]
    assert len(invited["bids"]) == 1


def spoil(stage: Stage, number: int) -> None:
    """Change a byte of an entry's body behind the store's back."""
    db = apsw.Connection(str(stage.folder / "desk.sqlite"))
    (body,) = db.execute("SELECT body FROM body WHERE number = ?", (number,)).fetchone()
    spoilt = body[:40] + bytes([body[40] ^ 1]) + body[41:]
    db.execute("UPDATE body SET body = ? WHERE number = ?", (spoilt, number))
    db.close()


def test_a_damaged_store_names_the_entry_and_what_to_do(stage: Stage, tmp_path: Path) -> None:
    stage.opened().bid()
    copy = tmp_path / "backup.sqlite"
    assert stage_backup(stage, copy) == 0
    spoil(stage, 3)
    for verb, arguments in (("list", ()), ("withdraw", ("t", "--reason", "x"))):
        done = stage.said(verb, *arguments)
        assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (1, "", 1)
        assert "is broken at entry 3" in done.stderr
        assert "offtake tender restore" in done.stderr
        assert "offtake verify" in done.stderr
    fresh = tmp_path / "fresh.sqlite"
    keys = ("--keys", stage.keys)
    restored = said("tender", "restore", stage.folder, copy, "--desk", fresh, *keys)
    assert restored.exit_code == 0, restored.output
    listed = stage.does("list", "--desk", fresh)
    assert [one["tender"] for one in listed["tenders"]] == ["t"]
    taken = said("tender", "restore", stage.folder, copy, "--desk", fresh, *keys)
    assert (taken.exit_code, taken.stderr.count("\n")) == (2, 1)


def stage_backup(stage: Stage, to: Path) -> int:
    done = said("tender", "backup", stage.folder, to, "--keys", stage.keys)
    # Neither by a number of events nor otherwise does a backup tell how many bids there are.
    assert not any(character.isdigit() for character in done.stdout.replace(str(to), ""))
    return int(done.exit_code)


def test_a_backup_is_never_written_over(stage: Stage, tmp_path: Path) -> None:
    stage.opened()
    copy = tmp_path / "backup.sqlite"
    copy.write_text("something")
    done = said("tender", "backup", stage.folder, copy, "--keys", stage.keys)
    assert (done.exit_code, copy.read_text()) == (1, "something")
    none = said("tender", "restore", stage.folder, tmp_path / "none", "--keys", stage.keys)
    assert (none.exit_code, none.stderr.count("\n")) == (2, 1)


def test_keys_of_another_desk_are_told_apart(stage: Stage, tmp_path: Path) -> None:
    stage.opened()
    (desk,) = stage.keys.iterdir()
    for key in desk.glob("sign.key"):
        key.write_bytes(bytes(range(32)))
    done = stage.said("list")
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert "keys" in done.stderr
