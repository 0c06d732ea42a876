"""How fast the journal is: durable commands a second, a receipt, a cold start, a verification.

Clients wait in a closed loop: each asks anew when it is told. The store alone is measured in the
same run on the very rows that the sequencer wrote, in groups as large as the clients are many, and
one by one. Times are the best of three, in turns.

    python bench/bench_journal.py
"""

from __future__ import annotations

import gc
import hashlib
import itertools
import json
import os
import platform
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import streams

from offtake.audit.verified import verify
from offtake.desk import Desk, Envelope, handle
from offtake.journal.entry import About, Batch, Entry, Head
from offtake.journal.journal import Journal
from offtake.journal.text import exported
from offtake.store.base import Store
from offtake.store.keyring import MemoryKeyring
from offtake.store.postgres import PostgresStore
from offtake.store.sequencer import Sequencer
from offtake.store.sqlite import SqliteStore
from store.served import Served, serving

ROOT = Path(__file__).parents[1]
LIVES = 1_500
EVENTS = 1_000_000
"""Of the cold start, at least."""
TURNS = 3
WAITING = {1: 1_500, 16: 6_000, 64: 12_000, 256: 16_000}
"""Clients that wait, and the commands that they send."""
ALONE = 1_500
"""Rows that the store alone commits one by one."""
PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN = "<!-- journal, made by make bench: begin -->"
END = "<!-- journal, made by make bench: end -->"
LATE = 1_930_000_000 * 10**9
"""2031: by then, time has brought all that it could."""


def chance() -> bytes:
    """The same for all, so that commands can name what others made; drawn all the same."""
    os.urandom(32)
    return streams.CHANCE


# --- durable commands -----------------------------------------------------------------------------


@contextmanager
def fresh(kind: str, folder: Path, served: Served) -> Iterator[Store]:
    """A store in which nothing has begun, on the disk that is measured."""
    if kind == "SQLite":
        with tempfile.TemporaryDirectory(dir=folder) as place:
            yield SqliteStore(Path(place) / "desk.sqlite")
        return
    with served.database() as dsn:
        store = PostgresStore(dsn)
        try:
            yield store
        finally:
            store.close()


def sequenced(
    store: Store, commands: Sequence[Envelope], waiting: int
) -> tuple[float, list[Entry]]:
    """Seconds until all were acknowledged, and the rows that were written."""
    sequencer = Sequencer(store, MemoryKeyring(b"bench"), clock=time.time_ns, chance=chance)
    rest, ended = iter(commands), threading.Semaphore(0)
    lock = threading.Lock()

    def ask(_: Any = None) -> None:
        with lock:
            e = next(rest, None)
        if e is None:
            ended.release()
        else:
            sequencer.submit(e.actor, e.key, e.body, e.at).add_done_callback(ask)

    begun = time.perf_counter()
    for _ in range(waiting):
        ask()
    for _ in range(waiting):
        ended.acquire()
    seconds = time.perf_counter() - begun
    rows = list(store.read())
    sequencer.close()
    return seconds, rows


def raw(store: Store, rows: Sequence[Entry], group: int) -> float:
    """Seconds in which the store alone commits the rows, so many at once."""
    store.begin(About("0" * 32, bytes(32)))
    lead = store.lead()
    batches = []
    for first in range(0, len(rows), group):
        some = tuple(rows[first : first + group])
        batches.append(Batch(some, Head(first + len(some), bytes(32), 10**18, bytes(64))))
    begun = time.perf_counter()
    for batch in batches:
        store.append(lead, batch)
    seconds = time.perf_counter() - begun
    store.close()
    return seconds


def durable(commands: list[Envelope], folder: Path, served: Served) -> list[str]:
    """A line of the table for each store and number of clients."""
    lines = []
    for kind, (waiting, count) in itertools.product(("SQLite", "PostgreSQL"), WAITING.items()):
        rates: list[tuple[float, float, float, float]] = []
        for _ in range(TURNS):
            with fresh(kind, folder, served) as store:
                seconds, rows = sequenced(store, commands[:count], waiting)
            with fresh(kind, folder, served) as store:
                grouped = raw(store, rows, waiting)
            with fresh(kind, folder, served) as store:
                alone = raw(store, rows[:ALONE], 1)
            some = len(rows[:ALONE])
            rates.append((count / seconds, len(rows) / seconds, len(rows) / grouped, some / alone))
        told, own, group, single = (max(each) for each in zip(*rates, strict=True))
        lines.append(
            f"| {kind} | {waiting} | {told:,.0f} | {own:,.0f} | {group:,.0f} | {single:,.0f} | "
            f"{100 * own / group:.0f} % | {own / single:.1f} |"
        )
        if waiting == 64:
            goal(f"{kind}, 64 clients: of the store alone in groups", 100 * own / group, 60, " %")
            goal(f"{kind}, 64 clients: times the store one by one", own / single, 5, "")
        print(lines[-1], flush=True)
    return lines


goals: list[str] = []


def goal(what: str, found: float, wanted: float, unit: str, least: bool = True) -> None:
    """Note a goal, and whether it is met."""
    met = "met" if (found >= wanted) == least else "not met"
    side = "at least" if least else "at most"
    goals.append(f"| {what} | {side} {wanted:,}{unit} | {found:,.1f}{unit} | {met} |")


# --- the processor alone --------------------------------------------------------------------------


def best(run: Callable[[], object]) -> float:
    """CPU seconds of the fastest run."""
    seconds = []
    for _ in range(TURNS):
        begun = time.process_time()
        run()
        seconds.append(time.process_time() - begun)
    return min(seconds)


def journal_of(
    commands: Sequence[Envelope], store: Store | None = None, group: int = 64
) -> Journal:
    """The journal that commands make, kept in a store where one is given."""
    keys = MemoryKeyring(b"bench")
    journal = Journal(About("0" * 32, keys.public), keys)
    lead = 0
    if store is not None:
        store.begin(journal.about)
        lead = store.lead()
    for number, envelope in enumerate(commands, 1):
        journal.admit(envelope)
        if number % group == 0 and (batch := journal.take()) and store is not None:
            store.append(lead, batch)
    journal.tick(LATE, streams.CHANCE)
    if (batch := journal.take()) and store is not None:
        store.append(lead, batch)
    return journal


def handled(commands: Sequence[Envelope]) -> list[Any]:
    desk, happened = Desk(), []
    for envelope in commands:
        desk, decided = handle(desk, envelope)
        happened += decided.events
    return happened


def hashed(lines: Sequence[Any]) -> None:
    """The peer: each command and event as a line of JSON, hashed."""
    for line in lines:
        hashlib.sha256(json.dumps(line, sort_keys=True).encode()).hexdigest()


def alone(commands: list[Envelope]) -> list[str]:
    """Microseconds a command, without any disk."""
    plain = [msgspec.to_builtins(each, str_keys=True) for each in commands]
    plain += [msgspec.to_builtins(each, str_keys=True) for each in handled(commands)]
    figures = [
        ("`handle`: decide and evolve", best(lambda: handled(commands))),
        (
            "the journal: decide, evolve, hash, seal, sign",
            best(lambda: journal_of(commands)),
        ),
        ("peer: JSON and SHA-256 of commands and events", best(lambda: hashed(plain))),
    ]
    peer = figures[-1][1]
    goal("decide, evolve, hash", 1e6 * figures[1][1] / len(commands), 20, " µs", least=False)
    return [
        f"| {what} | {1e6 * seconds / len(commands):.1f} | {seconds / peer:.2f} |"
        for what, seconds in figures
    ]


def receipts(commands: Sequence[Envelope], folder: Path, served: Served) -> float:
    """Receipts signed in a second."""
    with (
        fresh("SQLite", folder, served) as store,
        Sequencer(store, MemoryKeyring(b"bench"), clock=time.time_ns, chance=chance) as sequencer,
    ):
        futures = [sequencer.submit(e.actor, e.key, e.body, e.at) for e in commands]
        told = [one.result() for one in futures]
        told = [ack for ack in told if ack.link is not None]
        return len(told) / best(lambda: [ack.receipt() for ack in told])


# --- from the disk --------------------------------------------------------------------------------


def cold(commands: Iterator[Envelope], folder: Path) -> str:
    """How long a desk of many events takes to start."""
    path = folder / "cold.sqlite"
    store = SqliteStore(path, synchronous="OFF")
    journal = journal_of(commands, store, 1_024)
    keys, size = journal._keyring, journal.size
    store.close()
    del journal
    store = SqliteStore(path)
    begun = time.perf_counter()
    for _ in store.read():
        pass
    read = time.perf_counter() - begun
    begun = time.perf_counter()
    sequencer = Sequencer(store, keys, clock=time.time_ns, chance=chance)
    seconds = time.perf_counter() - begun
    sequencer.close()
    goal(
        "cold start of a million events, at the pace of these",
        1e6 * seconds / size,
        10,
        " s",
        least=False,
    )
    return (
        f"Cold start of {size:,} events on SQLite: {seconds:.1f} s, "
        f"{1e6 * seconds / size:.1f} µs each; reading their rows alone: {read:.1f} s."
    )


def checked(commands: Sequence[Envelope], folder: Path) -> str:
    """How fast an exported journal is verified."""
    store = SqliteStore(folder / "checked.sqlite", synchronous="OFF")
    journal = journal_of(commands, store, 1_024)
    size, about, keys = journal.size, journal.about, journal._keyring
    lines = list(exported(about, store.read(), keys, size, journal.desk, journal.desk.now))
    store.close()

    def peer() -> None:
        for line in lines:
            json.loads(line)
            hashlib.sha256(line).hexdigest()

    begun = time.perf_counter()
    found = verify(lines)
    seconds = time.perf_counter() - begun
    assert found.size == size
    beside = best(peer)
    goal("`verify`, events a second", size / seconds, 200_000, "")
    return (
        f"`verify` of {size:,} exported events: {size / seconds:,.0f} a second, "
        f"{seconds / beside:.1f} times as long as JSON and SHA-256 of the same lines "
        f"({size / beside:,.0f} a second)."
    )


def main() -> None:
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=build))
    # The server keeps its files where temporary ones are made: on the same disk.
    tempfile.tempdir = str(folder)
    try:
        lives = streams.played(LIVES)
        commands = list(itertools.islice(streams.stream(lives[:400]), max(WAITING.values())))
        # What is here is not the desk's, and no search for garbage should go through it.
        gc.collect()
        gc.freeze()
        with serving() as served:
            table = durable(commands, folder, served)
            signed = receipts(commands[:2_000], folder, served)
        processor = alone(commands[:10_000])
        every = list(streams.stream(lives))
        verified = checked(every, folder)
        copies = -(-EVENTS // len(every))
        started = cold(streams.stream(lives, copies), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    page = [
        f"Python {platform.python_version()}, {os.cpu_count()} processors; both stores on the disk "
        "of the folder `build/`.",
        "",
        "| store | clients | commands/s | rows/s | alone, in groups | alone, one by one | "
        "/ groups | / one by one |",
        "|---|---|---|---|---|---|---|---|",
        *table,
        "",
        "| without a disk | µs a command | / JSON and SHA-256 |",
        "|---|---|---|",
        *processor,
        "",
        f"Receipts signed in a CPU-second: {signed:,.0f}. {started} {verified}",
        "",
        "| | goal | found | |",
        "|---|---|---|---|",
        *goals,
    ]
    print("\n".join(page))
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n" + "\n".join(page) + f"\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
