"""A deed that was cut off: its key is told, and the same words under it are the same deed."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable

import pytest
from typer.testing import Result

from offtake.dealing.acting import Acting
from offtake.store.base import BusyError
from offtake.store.crash import at_each

from .staged import Stage

DECLARED = ("far", "--chip", "h100", "--region", "us", "--chips", "1007")


def failing(point: str, error: Exception) -> Callable[[str], None]:
    def hook(name: str) -> None:
        if name == point:
            raise error

    return hook


def interrupting(name: str) -> None:
    """Ctrl-C while the disk has the command and its sender does not know."""
    if name == "sequencer.after_append":
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.3)


def cut_off(stage: Stage, hook: Callable[[str], None]) -> tuple[Result, str]:
    """What was told when it was cut off, and the key in it."""
    # A program that was started in the background may be told to ignore Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with at_each(hook):
            done = stage.said("declare", *DECLARED)
    finally:
        signal.signal(signal.SIGINT, before)
    assert done.stdout == ""
    found = re.search(r"--key ([0-9a-f]{16})", done.stderr)
    assert found is not None, done.stderr
    return done, found[1]


@pytest.mark.parametrize(
    ("hook", "status", "kept"),
    [
        (failing("sequencer.before_append", OSError("full")), 1, False),
        (failing("sequencer.after_append", OSError("full")), 1, True),
        (failing("sequencer.before_append", BusyError("The file is held.")), 1, False),
        (interrupting, 130, True),
    ],
)
def test_a_drawn_key_is_told_where_a_deed_is_cut_off(
    stage: Stage, hook: Callable[[str], None], status: int, kept: bool
) -> None:
    stage.opened()
    done, key = cut_off(stage, hook)
    assert done.exit_code == status
    assert "send the same command under the same key" in done.stderr
    again = stage.does("declare", *DECLARED, "--key", key)
    assert ("done already" in again["sentences"][0]) == kept
    assert stage.does("declare", *DECLARED, "--key", key)["answers"] == again["answers"]


def test_where_no_receipt_can_be_written_the_key_is_told(stage: Stage) -> None:
    stage.opened()
    (stage.folder.parent / "file").write_text("x")
    done = stage.said("declare", *DECLARED, "--receipts", stage.folder.parent / "file" / "under")
    assert done.exit_code in (1, 2)
    found = re.search(r"key is ([0-9a-f]{16})", done.stderr)
    assert found is not None, done.stderr
    assert stage.said("receipt", found[1]).exit_code == 0


def test_nothing_is_said_of_a_key_that_was_never_sent(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.opened()

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Acting, "_act", stop)
    done = stage.said("declare", *DECLARED)
    assert (done.exit_code, done.stderr) == (130, "offtake: stopped\n")
