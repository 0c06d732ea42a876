"""How fast the desk decides: microseconds a command, lives a second, beside the cost of hashing.

The commands are those of recorded lives (tests/desk/lives.py): many parties, with duplicates and
refusals among them. The peer does less than any desk must: it writes the same commands and the
events that came of them as JSON with sorted keys, and hashes each line (`json` and SHA-256 of the
standard library). Another does no more than copy: each event's fields into a new dictionary and
a frozen record of them (`dataclasses.replace`). Times are the best of five; a ratio below 1 means
that the desk is faster.

    python bench/bench_desk.py
"""

from __future__ import annotations

import dataclasses
import gc
import hashlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.desk.lives import Life, live

from offtake.desk import Desk, Envelope, Event, decide, evolve, handle

LIVES = 300
PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- desk, made by make bench: begin -->", "<!-- desk, made by make bench: end -->"


@dataclasses.dataclass(frozen=True)
class Kept:
    """What the copying peer keeps of an event."""

    number: int = 0
    at: int = 0
    fields: dict[str, Any] = dataclasses.field(default_factory=dict)


def best(run: Callable[[], object], times: int = 5) -> float:
    """CPU seconds of the fastest of some runs."""
    seconds = []
    for _ in range(times):
        gc.collect()
        begun = time.process_time()
        run()
        seconds.append(time.process_time() - begun)
    return min(seconds)


def decided_and_evolved(streams: Sequence[Sequence[Envelope]]) -> int:
    """Each command decided, each event folded into the state."""
    count = 0
    for stream in streams:
        desk = Desk()
        for envelope in stream:
            for event in decide(desk, envelope).events:
                desk = evolve(desk, event)
                count += 1
    return count


def handled(streams: Sequence[Sequence[Envelope]]) -> int:
    """Both in one, as a service does it."""
    count = 0
    for stream in streams:
        desk = Desk()
        for envelope in stream:
            desk, decided = handle(desk, envelope)
            count += len(decided.events)
    return count


def folded(journals: Sequence[Sequence[Event]]) -> Desk:
    """The state from the journal alone."""
    desk = Desk()
    for journal in journals:
        desk = Desk()
        for event in journal:
            desk = evolve(desk, event)
    return desk


def hashed(lines: Sequence[Any]) -> str:
    """The peer: each command and event as a line of JSON, hashed."""
    last = ""
    for line in lines:
        text = json.dumps(line, sort_keys=True)
        last = hashlib.sha256(text.encode()).hexdigest()
    return last


def copied(lines: Sequence[dict[str, Any]]) -> Kept:
    """The other peer: each event's fields copied into a frozen record."""
    kept = Kept()
    for line in lines:
        kept = dataclasses.replace(
            kept, number=kept.number + 1, at=line["at"], fields={**line, "number": kept.number}
        )
    return kept


def plain(things: Sequence[Any]) -> list[Any]:
    """As dictionaries, texts and numbers; not timed."""
    return [msgspec.to_builtins(each, str_keys=True) for each in things]


def main() -> None:
    lives: list[Life] = []
    compared = best(lambda: lives.extend(live(seed) for seed in range(LIVES)), times=1)
    streams = [life.envelopes for life in lives]
    journals = [life.journal for life in lives]
    commands = sum(len(stream) for stream in streams)
    events = sum(len(journal) for journal in journals)
    assert handled(streams) == decided_and_evolved(streams) == events
    both, one = best(lambda: decided_and_evolved(streams)), best(lambda: handled(streams))
    fold = best(lambda: folded(journals))
    lines = plain([each for stream in streams for each in stream])
    happened = plain([each for journal in journals for each in journal])
    hash_all = best(lambda: hashed([*lines, *happened]))
    copy_all = best(lambda: copied(happened))
    table = [
        f"{LIVES} lives, {commands:,} commands, {events:,} events.",
        "",
        "| | µs a command | / JSON and SHA-256 | / copied records |",
        "|---|---|---|---|",
        *(
            f"| {what} | {1e6 * seconds / commands:.1f} | {seconds / hash_all:.2f} | "
            f"{seconds / copy_all:.2f} |"
            for what, seconds in (
                ("`handle`: decide and evolve in one", one),
                ("`decide`, then `evolve` each event", both),
                ("`evolve` alone: a replay", fold),
                ("peer: JSON and SHA-256 of commands and events", hash_all),
                ("peer: each event's fields copied into a record", copy_all),
            )
        ),
        "",
        f"Lives a CPU-second: {LIVES / one:.0f}, and {LIVES / compared:.0f} where the second model "
        "answers each step as well.",
    ]
    print("\n".join(table))
    before, _, rest = PAGE.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n" + "\n".join(table) + f"\n{END}{after}")


if __name__ == "__main__":
    main()
