"""T4: seeded lives of many parties, each step compared with a second model; and its own test.

OFFTAKE_LIVES says how many lives (2,000 where it is not set), OFFTAKE_SEED where they begin.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from offtake.desk import events as ev
from offtake.desk.refusals import REASONS

from .lives import Life, live
from .planted import PLANTS, Plant
from .planted_more import MORE
from .planted_pledges import PLEDGES
from .second_things import ANSWERED, OPEN, PASSED

LIVES = int(os.environ.get("OFFTAKE_LIVES", "2000"))
SEED = int(os.environ.get("OFFTAKE_SEED", "0"))
PARTS = 8
COVERING = 1200
"""So many lives, or fewer, must see everything that can happen."""
CATCHING = 3_000
"""So many lives, or fewer, must catch a planted bug."""
TOLD = {
    ("Notice", "bid-confidential"),
    ("Notice", "package-unpriced"),
    ("Close", "host-short"),
    ("Close", "agreement-name"),
    ("Attest", "letter-moot"),
    ("Attest", "no-notice"),
    ("Notice", "barred"),
    ("Sign", "barred"),
    ("Notice", "not-whole-blocks"),
    ("Fail", "evidence-missing"),
    ("Deliver", "unknown-agreement"),
    ("Answer", "beyond-declared"),
    ("Pledge", "bids-closed"),
    ("Reveal", "bids-closed"),
    ("Reveal", "bid-empty"),
    ("Reveal", "beyond-declared"),
}
"""Refusals of which it matters what was refused."""
DONE = {
    "FloorReached to Notice",
    "TakingFailed to Fail",
    "TakingFailed to Close",
    "BidReceived to Reveal",
}
"""Events of which it matters what brought them about."""
UNREACHED = {"not begun"}
"""A right that has not begun is not in the round at all."""


@pytest.mark.parametrize("part", range(PARTS))
def test_the_desk_lives_as_the_second_model_says(
    part: int,
    capfd: pytest.CaptureFixture[str],
    record_property: Callable[[str, Any], None],
) -> None:
    seeds = range(SEED + part, SEED + LIVES, PARTS)
    begun = time.process_time()
    steps = events = replays = 0
    for seed in seeds:
        life = live(seed)
        steps += life.steps
        events += len(life.journal)
        replays += life.replays
    spent = time.process_time() - begun
    record_property("lives", len(seeds))
    record_property("steps", steps)
    with capfd.disabled():
        print(
            f"\nlives {part + 1}/{PARTS}: {len(seeds)} lives, {steps} steps, {events} events, "
            f"{replays} crashes, 0 differences; {len(seeds) / spent:.0f} lives a CPU-second",
            file=sys.stderr,
        )
    assert steps >= 20 * len(seeds)


def test_lives_see_every_event_and_every_refusal() -> None:
    """A part of the desk that no life enters would be compared with nothing."""
    missing = {f"event {kind.__name__}" for kind in kinds(ev.Event)}
    missing |= {f"refusal {code}" for code in REASONS}
    missing |= {f"standing {state}" for state in (*OPEN, *ANSWERED, *PASSED, "declined")}
    missing |= {f"refusal {code} to {name}" for name, code in TOLD}
    missing |= {f"event {name}" for name in DONE}
    missing -= {f"standing {state}" for state in UNREACHED}
    commands: Counter[tuple[str, str]] = Counter()
    for seed in range(COVERING):
        life = live(seed)
        commands += life.commands
        missing -= seen(life)
        if not missing:
            break
    assert sorted(missing) == []
    done = {name for name, code in commands if code == "ok"}
    assert len(done) == len({name for name, _ in commands})


def kinds(kind: type[ev.Event]) -> Iterator[type[ev.Event]]:
    """The events that happen; those between only gather others."""
    for each in kind.__subclasses__():
        if each is not ev.TenderEvent:
            yield each
        yield from kinds(each)


def seen(life: Life) -> set[str]:
    return {
        *(f"event {name}" for name in life.events),
        *(f"refusal {code}" for _, code in life.commands),
        *(f"refusal {code} to {name}" for name, code in life.commands),
        *(f"standing {state}" for state in life.states),
    }


def test_a_seed_is_a_life() -> None:
    one, other = live(7), live(7)
    assert one.steps > 20
    assert one.journal == other.journal
    assert msgspec.json.encode(one.envelopes) == msgspec.json.encode(other.envelopes)
    assert live(8).journal != one.journal


RARE = {"outlived_offer_forgotten": 1_800, "pledge_forgotten": 1_320}
"""Where to begin with plants that few lives meet; all of `CATCHING` are tried in the end."""


def some_lives(begin: int = 0) -> None:
    for number in range(CATCHING):
        live((begin + number) % CATCHING)


@pytest.mark.parametrize("plant", [*PLANTS, *MORE, *PLEDGES], ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_caught(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError, match=r"seed \d+, step \d+"):
        some_lives(RARE.get(plant.__name__, 0))
