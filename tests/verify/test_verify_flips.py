"""T12: bytes of a journal, changed by one bit, are found, and the line is named.

OFFTAKE_FLIPS says how many seeded flips are tried of each kind; where it is as large as a journal,
each of its bytes is changed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

import pytest

from offtake.audit import NoJournalError, verify
from offtake.audit.alone import checked
from offtake.audit.form import FormError, entry_of
from offtake.audit.history import commitment
from torture.telling import told

from .courses import merged, signer, whole, written

LATE = "2099-01-01T00:00:00.000000000Z"
FLIPS = int(os.environ.get("OFFTAKE_FLIPS", "2400"))
ENTRIES = max(1000, min(100_000, FLIPS // 10))
"""How many entries the large journal has."""
PARTS = 4
SMALL = 17
"""A life with hidden, opened and revealed bids."""


@cache
def large(events: int) -> tuple[bytes, ...]:
    return tuple(written(merged(events), signer(0), LATE))


def flip(lines: tuple[bytes, ...], at: int, place: int, draw: Random) -> list[bytes]:
    text = lines[at]
    changed = bytes([text[place] ^ 1 << draw.randrange(8)])
    return [*lines[:at], text[:place] + changed + text[place + 1 :], *lines[at + 1 :]]


def sampled(lines: tuple[bytes, ...], part: int) -> list[tuple[int, int]]:
    """Lines and places in them, all or as many as are asked for, a part of them."""
    flips = [(at, place) for at, text in enumerate(lines) for place in range(len(text))]
    if len(flips) > FLIPS:
        flips = Random("flips").sample(flips, FLIPS)
    return flips[part::PARTS]


def found(lines: list[bytes]) -> int | None:
    """The line that is named; 1 where it is no journal any more."""
    try:
        breaches = verify(lines).breaches
    except NoJournalError:
        return 1
    return breaches[0].line if breaches else None


@pytest.mark.parametrize("part", range(PARTS))
def test_each_byte_of_a_small_journal_counts(part: int) -> None:
    lines, draw = tuple(whole(SMALL).lines()), Random(part)
    chosen = sampled(lines, part)
    for at, place in chosen:
        changed = flip(lines, at, place, draw)
        # A line end that is gone makes one line of two; what no line shows, the root does.
        assert found(b"".join(changed).splitlines(keepends=True)) in (at + 1, len(lines)), (
            at,
            place,
        )
    told("T12", "flips of a small journal", len(chosen), found=len(chosen))


def test_the_file_that_stands_alone_finds_flips_too() -> None:
    lines, draw = tuple(whole(SMALL).lines()), Random("alone")
    flips = [(at, place) for at, text in enumerate(lines) for place in range(len(text))]
    chosen = draw.sample(flips, min(len(flips), FLIPS // 24))
    for at, place in chosen:
        wrong = checked(flip(lines, at, place, draw)).wrong
        assert wrong, (at, place)
        assert min(wrong)[0] in (at + 1, len(lines)), (at, place, wrong)
    told("T12", "flips, by the file that stands alone", len(chosen), found=len(chosen))


def shows(line: bytes, number: int) -> bool:
    """Whether a line by itself shows that it was changed."""
    try:
        entry = entry_of(line)
    except FormError:
        return True
    held = entry.salt is not None and commitment(entry.salt, entry.body) != entry.commitment
    return held or entry.number != number


@pytest.mark.parametrize("part", range(PARTS))
def test_bytes_of_a_large_journal_count(
    part: int, record_property: Callable[[str, Any], None]
) -> None:
    """What no line shows by itself needs the whole: labels, and what hidden entries committed to.

    Most flips are held against their line alone; each that it does not show, and some that it
    does, against the whole journal.
    """
    lines, draw = large(ENTRIES), Random(f"large {part}")
    chosen = sampled(lines, part)
    record_property("flips", len(chosen))
    wholly = 0
    for at, place in chosen:
        changed = flip(lines, at, place, draw)
        alone = 0 < at < len(lines) - 1 and shows(changed[at], at - 1)
        if not alone or draw.random() < 0.005:
            wholly += 1
            assert found(changed) in (at + 1, len(lines)), (at, place)
    assert wholly
    told("T12", "flips of a large journal", len(chosen), found=len(chosen), by_the_whole=wholly)
