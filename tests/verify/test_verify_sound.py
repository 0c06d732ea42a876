"""T12, its other half: no sound journal is called broken, nor any that was handed out earlier.

OFFTAKE_COURSES says how many lives (320 where it is not set), OFFTAKE_SEED where they begin.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from offtake.audit import verify
from offtake.audit.alone import checked

from .courses import (
    at_of,
    by_hand,
    course,
    links_of,
    merged,
    rows_of,
    signer,
    whole,
    written,
)

COURSES = int(os.environ.get("OFFTAKE_COURSES", "240"))
SEED = int(os.environ.get("OFFTAKE_SEED", "0"))
PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_a_sound_journal_is_never_called_broken(
    part: int, capfd: pytest.CaptureFixture[str], record_property: Callable[[str, Any], None]
) -> None:
    seen: Counter[str] = Counter()
    for seed in range(SEED + part, SEED + COURSES, PARTS):
        draw = Random(f"handed out {seed}")
        for found in course(seed):
            if draw.random() < 0.03:
                told = verify(found.lines())
                assert told.sound, (seed, len(found.entries), told.breaches[:3])
                seen["handed out earlier"] += 1
        lines = found.lines()
        told = verify(lines)
        assert told.sound, (seed, told.breaches[:3])
        assert checked(lines).wrong == [], seed
        seen.update(lives=1, entries=told.size, hidden=told.hidden, sealed=told.sealed)
        seen.update(revealed=told.revealed, early=bool(told.keeps), **told.kinds)
    record_property("lives", seen["lives"])
    with capfd.disabled():
        print(
            f"\nverified {part + 1}/{PARTS}: {seen['lives']} lives, {seen['entries']} entries, "
            f"{seen['handed out earlier']} handed out earlier, 0 false alarms",
            file=sys.stderr,
        )
    wanted = ["hidden", "sealed", "revealed", "early", "BidsErased", "TenderWithdrawn", "Signed"]
    if seen["lives"] >= 80:
        assert [name for name in wanted if not seen[name]] == []


def test_every_journal_that_a_life_could_have_handed_out_is_sound() -> None:
    for seed in (3, 14, 20):
        for found in course(seed):
            told = verify(found.lines())
            assert told.sound, (seed, len(found.entries), told.breaches[:3])


@pytest.mark.parametrize("seed", range(40))
def test_a_second_writer_gives_the_same_bytes(seed: int) -> None:
    """Nothing is hidden in what the second writer gives: it has the commands themselves."""
    found = whole(seed)
    theirs, ours = found.lines(len(found.entries)), by_hand(seed)
    assert len(theirs) == len(ours)
    assert (theirs[0], theirs[-1]) == (ours[0], ours[-1])
    for one, other in zip(rows_of(theirs), rows_of(ours), strict=True):
        assert (one.label, one.committed()) == (other.label, other.committed())
        assert one.event in (None, other.event)
    assert written(rows_of(theirs), signer(seed), at_of(theirs)) == theirs


def test_every_receipt_of_a_life_is_found_in_its_journal() -> None:
    for seed in range(6):
        lines, who = whole(seed).lines(), signer(seed)
        rows = rows_of(lines)
        receipts, begun = [], set()
        for row, link in zip(rows, links_of(rows, who), strict=True):
            by = row.event["by"] if row.event else None
            if by and (by["actor"], by["key"]) not in begun:
                begun.add((by["actor"], by["key"]))
                receipts.append(who.receipt(row.event, link, row.label))
        told = verify(lines, receipts, who.public)
        assert told.sound, told.breaches[:3]
        assert told.receipts == len(receipts) > 10
        assert checked(lines, receipts[::9]).wrong == []


def test_lives_side_by_side_at_one_desk_are_sound() -> None:
    rows = merged(1000)
    lines = written(rows, signer(0), "2099-01-01T00:00:00.000000000Z")
    assert verify(lines).breaches == ()
    assert checked(lines).wrong == []
