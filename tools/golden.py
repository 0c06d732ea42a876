"""Writes the golden journals of this version: `python tools/golden.py`.

They go into tests/golden/VERSION and are never changed: every later version must read them, reach
the same heads and show every party the same. A version that has its own already is refused. Each is
a life of tests/desk/lives.py, kept as a desk keeps it: a SQLite file, the folder of its keys, what
it exports and the receipts that it gave, and what each party then saw. Together they hold every
kind of event and every form of body.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"
sys.path.insert(0, str(ROOT / "tests"))

from desk.lives import live  # noqa: E402
from offtake.desk import Envelope, sight  # noqa: E402
from offtake.desk.events import Event  # noqa: E402
from offtake.journal.entry import About, Form  # noqa: E402
from offtake.journal.journal import Journal  # noqa: E402
from offtake.journal.keys import Keyring  # noqa: E402
from offtake.journal.signed import head_line, receipt_line  # noqa: E402
from offtake.journal.text import exported  # noqa: E402
from offtake.store.base import Store  # noqa: E402
from offtake.store.keyring import FolderKeyring, MemoryKeyring  # noqa: E402
from offtake.store.memory import MemoryStore  # noqa: E402
from offtake.store.sqlite import SqliteStore  # noqa: E402

STEPS = (30, 60, 120)
SEEDS = 150
IN_A_GROUP = (1, 3, 1, 8)


class Life(NamedTuple):
    """A life that could be kept, and what it would show."""

    seed: int
    steps: int
    envelopes: tuple[Envelope, ...]
    shows: frozenset[str]


def kinds() -> set[str]:
    """Every kind of event."""
    found, left = set(), [Event]
    while left:
        below = left.pop().__subclasses__()
        found |= {kind.__name__ for kind in below if not kind.__subclasses__()}
        left += below
    return found


def wanted() -> set[str]:
    """What the golden journals show together."""
    return kinds() | {form.value for form in Form} | {"sealed still", "opened", "never opened"}


def lived(seed: int, steps: int) -> Life:
    """One life, and what it shows."""
    life = live(seed, steps=steps)
    store, envelopes = MemoryStore(), tuple(life.envelopes)
    keyring = MemoryKeyring(b"golden")
    journal = kept(envelopes, store, keyring)
    shows = {entry.form.value for entry in store.read()}
    for line in list(text(journal, store, keyring))[1:-1]:
        event = json.loads(line)["event"]
        shows |= {event["type"]} if event is not None else set()
    if any(e.form is Form.SEALED and e.number >= journal.cut() for e in store.read()):
        shows.add("sealed still")
    for tender in journal.desk.tenders.values():
        if tender.ended is not None:
            shows.add("opened" if tender.unsealed else "never opened")
    return Life(seed, steps, envelopes, frozenset(shows))


def chosen() -> list[Life]:
    """A few lives that show all that is wanted: always the one that adds most, then the shorter."""
    lives = [lived(seed, steps) for steps in STEPS for seed in range(SEEDS)]
    missing, found = wanted(), []
    while missing:
        best = max(lives, key=lambda one: (len(one.shows & missing), -one.steps))
        if not best.shows & missing:
            raise SystemExit(f"no life shows {', '.join(sorted(missing))}; look at more seeds")
        missing -= best.shows
        found.append(best)
    return found


def kept(envelopes: tuple[Envelope, ...], store: Store, keyring: Keyring) -> Journal:
    """The journal of some commands, written into a store as a sequencer would."""
    about = About(envelopes[0].entropy[:16].hex(), keyring.public)
    store.begin(about)
    journal, lead, group, sizes = Journal(about, keyring), store.lead(), 0, count()
    for envelope in envelopes:
        admitted = journal.admit(envelope)
        group -= 1
        if admitted.erased or group <= 0:
            group = IN_A_GROUP[next(sizes) % len(IN_A_GROUP)]
            _flush(journal, store, lead)
        if admitted.erased:
            keyring.destroy(admitted.erased)
    _flush(journal, store, lead)
    return journal


def _flush(journal: Journal, store: Store, lead: int) -> None:
    batch = journal.take()
    if batch is not None:
        store.append(lead, batch)


def text(journal: Journal, store: Store, keyring: Keyring) -> Iterator[bytes]:
    """What the desk exports."""
    desk, cut = journal.desk, journal.cut()
    return exported(journal.about, store.read(0, cut), keyring, cut, desk, desk.now)


def write(life: Life, folder: Path) -> None:
    """Keep a life in a folder."""
    folder.mkdir(parents=True)
    keyring = FolderKeyring(folder / "keys")
    store = SqliteStore(folder / "desk.sqlite")
    journal = kept(life.envelopes, store, keyring)
    desk = journal.desk
    (folder / "journal.jsonl").write_bytes(b"".join(text(journal, store, keyring)))
    asked = dict.fromkeys((e.actor, e.key) for e in life.envelopes)
    receipts = [r for r in (journal.receipt(*one) for one in asked) if r is not None][::10]
    (folder / "receipts.jsonl").write_bytes(b"".join(map(receipt_line, receipts)))
    (folder / "head.json").write_bytes(head_line(journal.head()))
    seen = [json.dumps(sight(desk, p, desk.now), sort_keys=True) for p in sorted(desk.parties)]
    (folder / "sights.jsonl").write_text("".join(f"{line}\n" for line in seen))
    store.close()
    (folder / "desk.sqlite.lock").unlink()


def main() -> None:
    """Write this version's folder."""
    folder = GOLDEN / version("offtake")
    if folder.exists():
        raise SystemExit(f"{folder.relative_to(ROOT)} is there already; it is never changed")
    for number, life in enumerate(chosen(), 1):
        write(life, folder / f"life-{number}")
        print(f"life-{number}: seed {life.seed}, {life.steps} steps, {len(life.shows)} shown")


if __name__ == "__main__":
    main()
