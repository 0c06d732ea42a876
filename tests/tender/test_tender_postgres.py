"""The same desk in a PostgreSQL database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shell.books import said
from store.served import NotServedError, serving

from .staged import LOT, Stage


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    try:
        with serving() as server, server.database() as dsn:
            yield dsn
    except NotServedError as error:
        pytest.skip(str(error))


def test_a_desk_may_be_kept_in_a_database(stage: Stage, database: str) -> None:
    desk = ("--desk", database)
    assert stage.said("list", *desk).exit_code in (1, 2)
    opened = stage.does("open", "--tender", "t", *LOT, "--chips", "300", "--rehearsal", *desk)
    (receipt,) = opened["receipts"]
    assert receipt.startswith(str(stage.folder / "receipts"))
    assert not (stage.folder / "desk.sqlite").exists()
    for party in ("near", "far"):
        lot = ("--chip", "h100", "--region", "us", "--chips", "1000")
        stage.does("declare", party, *lot, *desk)
    stage.does("bid", "t", "--as", "far", "--price", "2 USD per chip-hour", *desk)
    stage.go("2026-01-20T15:00:00Z").does("notice", "t", *desk)
    stage.does("answer", "t", "take", "--chips", "100", "--as", "near", *desk)
    stage.does("sign", "t", "--with", "far", *desk)
    waits = stage.does("list", *desk)["clocks"]
    assert [clock["what"] for clock in waits] == ["close", "deliver"]
    copy = stage.folder.parent / "copy.sqlite"
    backup = said("tender", "backup", stage.folder, copy, *desk, "--keys", stage.keys)
    assert backup.exit_code == 0, backup.output
    fresh = ("--desk", stage.folder / "fresh.sqlite", "--keys", stage.keys)
    assert said("tender", "restore", stage.folder, copy, *fresh).exit_code == 0
    same = [said("tender", "export", stage.folder, *where).stdout.splitlines()[:-1]
            for where in ((*desk, "--keys", stage.keys), fresh)]  # fmt: skip
    assert same[0] == same[1]
