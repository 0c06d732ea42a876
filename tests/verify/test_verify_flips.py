"""T12: each byte of a journal, changed by one bit, is found.

OFFTAKE_FLIPS says of how many entries a large journal is made whose every byte is changed; where it
is not set, a small one's is, and some thousand bytes of a large one.
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

from .courses import merged, signer, whole, written

LATE = "2099-01-01T00:00:00.000000000Z"
LARGE = int(os.environ.get("OFFTAKE_FLIPS", "0"))
PARTS = 8
SMALL = 17
"""A life with hidden, opened and revealed bids."""


@cache
def large(events: int) -> tuple[bytes, ...]:
    return tuple(written(merged(events), signer(0), LATE))


def flip(lines: tuple[bytes, ...], at: int, place: int, draw: Random) -> list[bytes]:
    text = lines[at]
    changed = bytes([text[place] ^ 1 << draw.randrange(8)])
    return [*lines[:at], text[:place] + changed + text[place + 1 :], *lines[at + 1 :]]


def found(lines: list[bytes]) -> int | None:
    """The line that is named; 1 where it is no journal any more."""
    try:
        told = verify(lines)
    except NoJournalError:
        return 1
    return told.breaches[0].line if told.breaches else None


@pytest.mark.parametrize("part", range(PARTS))
def test_each_byte_of_a_small_journal_counts(part: int) -> None:
    lines, draw = tuple(whole(SMALL).lines()), Random(part)
    flips = [(at, place) for at, text in enumerate(lines) for place in range(len(text))]
    assert len(flips) > 20_000
    for at, place in flips[part::PARTS]:
        changed = flip(lines, at, place, draw)
        # A line end that is gone makes one line of two; what no line shows, the root does.
        assert found(b"".join(changed).splitlines(keepends=True)) in (at + 1, len(lines)), (
            at,
            place,
        )


def test_the_file_that_stands_alone_finds_flips_too() -> None:
    lines, draw = tuple(whole(SMALL).lines()), Random("alone")
    flips = [(at, place) for at, text in enumerate(lines) for place in range(len(text))]
    for at, place in draw.sample(flips, 400):
        wrong = checked(flip(lines, at, place, draw)).wrong
        assert wrong, (at, place)
        assert min(wrong)[0] in (at + 1, len(lines)), (at, place, wrong)


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
    lines, draw = large(LARGE or 3000), Random(f"large {part}")
    flips = [(at, place) for at, text in enumerate(lines) for place in range(len(text))]
    chosen = flips[part::PARTS] if LARGE else draw.sample(flips, 2000)
    record_property("flips", len(chosen))
    wholly = 0
    for at, place in chosen:
        changed = flip(lines, at, place, draw)
        alone = 0 < at < len(lines) - 1 and shows(changed[at], at - 1)
        if not alone or draw.random() < 0.005:
            wholly += 1
            assert found(changed) in (at + 1, len(lines)), (at, place)
    assert wholly
