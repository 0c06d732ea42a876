"""Releases of a real desk's journal, as it may be shown: nothing of a sealed bid is in them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from offtake.formats.ocds import releases
from offtake.formats.ocds_parts import Publisher
from offtake.signed.source import source
from shell.books import said

from .staged import LOT, Stage

LAB = Publisher("The lab", "USD", "America/New_York")


def shown(stage: Stage) -> list[dict[str, Any]]:
    """By way of an exported journal, read as a stranger reads it."""
    done = said("tender", "export", "--keys", stage.keys, stage.folder, "--at", stage.at)
    assert done.exit_code == 0, done.output
    journal = stage.folder.parent / "shown.jsonl"
    Path(journal).write_text(done.stdout)
    return releases(source(journal).events(), LAB)


def tags(every: list[dict[str, Any]]) -> list[str]:
    return ["+".join(one["tag"]) for one in every]


def test_from_sealed_bids_to_what_a_holder_and_a_bidder_signed(stage: Stage) -> None:
    """While bids are sealed nobody and no price is named."""
    stage.does("open", "--tender", "t", *LOT, "--chips", "300", "--rehearsal")
    for party in ("near", "far"):
        stage.does("declare", party, "--chip", "h100", "--region", "us", "--chips", "1000")
    stage.go("2026-01-13T15:00:00Z").bid(price="2.71")
    sealed = shown(stage)
    assert tags(sealed) == ["planning+tender", "tenderUpdate"]
    assert "2.71" not in json.dumps(sealed)
    assert {party["id"] for one in sealed for party in one["parties"]} == {"lab"}

    stage.go("2026-01-20T15:00:00Z").does("notice", "t")
    stage.does("answer", "t", "take", "--as", "near", "--chips", "100")
    stage.does("sign", "t", "--with", "near")
    stage.does("sign", "t", "--with", "far")
    every = shown(stage)
    assert tags(every) == [
        "planning+tender",
        "tenderUpdate",
        "tenderUpdate",
        "award+contract",
        "award+contract",
    ]
    (bid,) = every[2]["bids"]["details"]
    assert bid["tenderers"] == [{"id": "far", "name": "far"}]
    # 300 chips × 2.71 USD × 365 days × 24 hours
    assert bid["value"] == {"amount": 7_121_880, "currency": "USD"}
    values = [one["awards"][0]["value"]["amount"] for one in every[3:]]
    assert values == [2_373_960, 4_747_920]
    suppliers = [one["awards"][0]["suppliers"][0]["id"] for one in every[3:]]
    assert suppliers == ["near", "far"]


def test_files_that_are_there_are_left_as_they_are(stage: Stage) -> None:
    """Only a calendar is written again, and only that of the same party."""
    stage.does("open", "--tender", "t", *LOT, "--chips", "300", "--rehearsal")
    package, calendar = stage.folder.parent / "lab.json", stage.folder.parent / "lab.ics"
    assert exported(stage, "ocds", package) == (0, "wrote 2 releases")
    assert exported(stage, "ocds", package) == (2, "is there already")
    assert exported(stage, "calendar", calendar)[0] == 0
    assert exported(stage, "calendar", calendar)[0] == 0
    assert exported(stage, "calendar", calendar, "--party", "far") == (2, "is no calendar")
    assert exported(stage, "calendar", package) == (2, "is no calendar")


def exported(stage: Stage, what: str, to: Path, *more: str) -> tuple[int, str]:
    """How it ended, and its first words; where it failed nothing was written."""
    before = to.read_bytes() if to.exists() else None
    done = said("export", what, stage.folder, "--to", to, "--keys", stage.keys, *more)
    assert done.exit_code == 0 or to.read_bytes() == before
    told = re.search(r"wrote \d+ [a-z]+|is there already|is no calendar", done.stderr)
    assert told, done.stderr
    return done.exit_code, told[0]
