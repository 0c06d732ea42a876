"""T8 at the command line: what a desk on disk prints, logs and writes tells a party no more.

Two practice desks differ only in others' sealed bids: how many, whose, at what price, replaced,
taken back, refused; or in others' pledges and what they reveal. Whatever a party can print before
bids open must be the same, byte for byte: its lists, logs, exports, receipts, the sentences when it
tries what it may not, what a book says that reads the journal, what is logged, and the files beside
the store. Chance is the same in both desks for what both do; a receipt's link and signature, which
commit to all that came before, are left out. Then leaks are planted, and every one must be found.
"""

from __future__ import annotations

import hashlib
import os
import random
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from offtake.api import OpenBook, load
from offtake.cli import tender as verbs
from offtake.console import tender as console
from offtake.dealing import found, promised, seeing, summary
from offtake.dealing.acting import Acting
from offtake.dealing.local import LocalDesk
from offtake.dealing.offered import Around, plain_terms
from offtake.desk.lot import Bid
from offtake.store.sequencer import Sequencer
from offtake.units.instants import instant_of
from shell.books import said
from tender.staged import BOOK, LOT

from .cli_words import EXPORT, LOOKS, PROBES, READ, VERIFY
from .telling import told
from .test_torture_twins import logged

PAIRS = int(os.environ.get("OFFTAKE_TWINS", "600")) // 30
SHOWN = 8
"""Pairs within which a leak that is planted must show."""
OPENED = "2026-01-12T15:00:00Z"
BIDDERS = ("near", "far", "third")
PARTIES = ("lab", "auditor", *BIDDERS)
AROUND = Around("2026-04-01", 12, "USD")
MASKED = re.compile(
    r'"link":"[0-9a-f]{64}"|"signature":"[0-9a-f]{128}","type":"Receipt"|[#/][0-9a-f]{16}\b'
)


@dataclass(frozen=True)
class Act:
    """What somebody does unseen: at an hour, with words that mean something to `hidden`."""

    at: str
    who: str
    what: str
    price: str = "2.00"
    chips: int = 300


@dataclass
class Chance:
    """Chance that is the same wherever the same is done."""

    label: str = ""
    drawn: int = 0

    def step(self, label: str) -> None:
        self.label, self.drawn = label, 0

    def __call__(self, count: int) -> bytes:
        self.drawn += 1
        seed = f"{self.label} {self.drawn}".encode()
        return hashlib.shake_256(seed).digest(count)


@dataclass
class World:
    """Where two desks are played, one after the other, each in a folder of its own."""

    root: Path
    chance: Chance
    books: dict[str, OpenBook] = field(default_factory=dict)
    secrets: dict[str, Any] = field(default_factory=dict)

    def book(self, path: Path) -> OpenBook:
        """Read once: it is the same in every folder."""
        text = (path / "book.yaml").read_text()
        if text not in self.books:
            self.books[text] = load(path)
        return self.books[text]

    def begun(self, revealing: bool) -> Path:
        """A desk whose tender takes bids, or pledges."""
        base = self.root / ("revealing" if revealing else "bidding")
        if not base.exists():
            (base / "book").mkdir(parents=True)
            os.chdir(base)
            Path("book/book.yaml").write_text(BOOK)
            lot = ("open", "book", "--tender", "t", *LOT, "--chips", "300", "--rehearsal")
            more = ("--auditor", "auditor", *(("--reveal", "2 days") if revealing else ()))
            self.print(*lot, *more, "--key", "o", at=OPENED)
            for party in BIDDERS:
                words = ("declare", "book", party, "--chip", "h100", "--region", "us")
                self.print(*words, "--chips", "1000", "--key", f"d-{party}", at=OPENED)
            for folder in ("book/receipts", "receipts"):
                shutil.rmtree(folder, ignore_errors=True)
        return base

    def print(self, *words: str, at: str) -> str:
        """What a verb prints, and how it ends."""
        self.chance.step(f"{at} {words}")
        done = said("tender", *words, "--at", at)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
        return MASKED.sub("", f"{words} {done.exit_code}\n{done.stdout}\n{done.stderr}")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(tmp_path, Chance())
    monkeypatch.setenv("OFFTAKE_KEYS", "keys")
    monkeypatch.setattr(os, "urandom", made.chance)
    monkeypatch.setattr(verbs, "sound", lambda path, as_json: made.book(path))
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    monkeypatch.chdir(tmp_path)
    return made


# --- what happens unseen --------------------------------------------------------------------------


def hidden(desk: LocalDesk, act: Act, world: World) -> None:
    """Somebody else's deed, without a receipt beside the store: the desk hands it to its sender."""
    bid = Bid(act.who, act.chips, plain_terms(f"{act.price} USD per chip-hour", None, None, AROUND))
    key = f"{act.what}-{act.at}"
    if act.what == "recall":
        desk.recall("t", actor=act.who, key=key)
    elif act.what == "pledge":
        world.chance.step(f"{act}")
        secret = promised.sealed(bid, "lab", "t", "USD")
        world.secrets[act.who] = secret
        desk.pledge("t", secret.commitment, actor=act.who, key=key)
    elif act.what == "reveal":
        secret = world.secrets[act.who]
        desk.reveal("t", secret.bid, secret.salt.hex(), actor=act.who, key=key)
    else:
        desk.bid("t", lambda lot: bid, actor=act.who, key=key)


def others(chance: random.Random, party: str, revealing: bool) -> tuple[Act, ...]:
    """Others' sealed deeds as chance has them: made or not, replaced, taken back, refused."""
    acts: list[Act] = []
    for number, who in enumerate(one for one in BIDDERS if one != party):
        hour = f"2026-01-13T{10 + number}:%02d:00Z"
        kind = "pledge" if revealing else "bid"
        price = f"{chance.uniform(1, 9):.4f}"
        if chance.random() < 0.25:
            continue
        if chance.random() < 0.3:
            acts.append(Act(hour % 1, who, "bid", price, 0))
        acts.append(Act(hour % 2, who, kind, price, chance.choice((100, 300))))
        if chance.random() < 0.4:
            acts.append(Act(hour % 3, who, kind, f"{chance.uniform(1, 9):.4f}"))
        if chance.random() < 0.2:
            acts.append(Act(hour % 4, who, "recall"))
        elif revealing and chance.random() < 0.7:
            acts.append(Act(f"2026-01-18T{10 + number}:00:00Z", who, "reveal"))
    return tuple(sorted(acts, key=lambda act: act.at))


# --- what a party prints --------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """Two courses that must look alike to a party."""

    party: str
    revealing: bool
    own: tuple[str, ...]
    probes: tuple[tuple[str, ...], ...]
    looks: tuple[tuple[str, ...], ...]
    reads: tuple[tuple[str, ...], ...]
    left: tuple[Act, ...]
    right: tuple[Act, ...]

    @property
    def at(self) -> str:
        """When the party looks: before bids open."""
        return "2026-01-19T10:00:00Z" if self.revealing else "2026-01-14T10:00:00Z"


def pair(seed: int) -> Pair:
    chance = random.Random(seed)
    party, revealing = PARTIES[seed % len(PARTIES)], chance.random() < 0.4
    own: tuple[str, ...] = ("declare", "book", "far", "--chip", "h100", "--region", "us")
    own += ("--chips", "2000")
    if party in BIDDERS:
        own = ("bid", "book", "t", "--price", "3 USD per chip-hour")
    drawn = random.Random(f"left {seed}"), random.Random(f"right {seed}")
    left, right = (others(one, party, revealing) for one in drawn)
    probes, looks, reads = (
        tuple(chance.sample(every, count)) for every, count in ((PROBES, 2), (LOOKS, 3), (READ, 1))
    )
    return Pair(party, revealing, own, probes, looks, reads, left, right)


def transcript(world: World, course: Pair, acts: Sequence[Act], side: str) -> str:
    """All that a party can print, and the files that are there then."""
    here = world.root / side
    shutil.copytree(world.begun(course.revealing), here)
    os.chdir(here)
    book = world.book(Path("book")).book
    for act in acts:
        world.chance.step(f"{act}")
        desk = LocalDesk(book, Path("book"), None, None, at=instant_of(act.at), receipts=False)
        hidden(desk, act, world)
    with logged() as log:
        lines = [*_printed(world, course)]
    lines += [log.getvalue(), *sorted(files(Path()))]
    os.chdir(world.root)
    shutil.rmtree(here)
    return "\n".join(lines)


def _printed(world: World, course: Pair) -> Iterator[str]:
    who = ("--as", course.party)
    yield world.print(*course.own, *who, "--key", "own", at=course.at)
    for number, words in enumerate(course.probes):
        key = () if words[0] in ("show", "receipt") else ("--key", f"p{number}")
        yield world.print(*words, *who, *key, at=course.at)
    for words in (*course.looks, EXPORT):
        yield world.print(*words, *who, at=course.at)
    if not Path("j.jsonl").exists():
        # Whoever may not write it may be handed it by the buyer.
        yield world.print(*EXPORT, at=course.at)
    yield Path("j.jsonl").read_text()
    text = Path("book/book.yaml").read_text()
    Path("book/book.yaml").write_text(
        text.replace("book:\n", "book:\n  journals: [desk.sqlite]\n", 1)
    )
    for words in (*course.reads, VERIFY):
        done = said(*words)
        yield MASKED.sub("", f"{words} {done.exit_code}\n{done.stdout}\n{done.stderr}")


def files(here: Path) -> Iterator[str]:
    """What lies there, but for keys and the store, of which nobody reads anything without them."""
    for path in here.rglob("*"):
        if path.is_file() and path.parts[0] != "keys" and not path.name.startswith("desk.sqlite"):
            text = f"{path} {path.stat().st_size}\n{path.read_text()}"
            yield MASKED.sub("", text)


def alike(world: World, course: Pair) -> bool:
    left = transcript(world, course, course.left, "side")
    return left == transcript(world, course, course.right, "side")


def test_the_command_line_prints_the_same_for_twins(world: World) -> None:
    differing = [seed for seed in range(PAIRS) if not alike(world, pair(seed))]
    told("T8", "at the command line", PAIRS, differ=len(differing))
    assert not differing


# --- leaks that are planted -----------------------------------------------------------------------

Patch = pytest.MonkeyPatch


def a_count_in_the_list(patch: Patch) -> None:
    real = summary.looked

    def looked(desk: LocalDesk, party: str | None) -> Any:
        seen, running, about = real(desk, party)
        with desk.reading() as reading:
            count = sum(len(one.bids) + len(one.pledges) for one in reading.desk.tenders.values())
        return seen, running, about | {"bids": count}

    patch.setattr(summary, "looked", looked)


def a_receipt_with_its_number(patch: Patch) -> None:
    real = seeing.Seeing.receipt

    def receipt(self: seeing.Seeing, actor: str, key: str, now: int) -> bytes:
        ack = self.journal.acknowledged(actor, key)
        return real(self, actor, key, now) + str(ack and ack.number).encode()

    patch.setattr(seeing.Seeing, "receipt", receipt)


def an_export_one_entry_too_long(patch: Patch) -> None:
    real = seeing.ending

    def ending(desk: Any, began: Any, size: int, read: Any) -> tuple[int, int]:
        upto, last = real(desk, began, size, read)
        return min(size, upto + 4), last

    patch.setattr(seeing, "ending", ending)


def a_log_line_of_the_bidder(patch: Patch) -> None:
    import logging

    real = Sequencer.__init__

    def begin(self: Sequencer, *words: Any, **more: Any) -> None:
        real(self, *words, **more)
        bids = [bid for one in self.desk.tenders.values() for bid in (*one.bids, *one.pledges)]
        logging.getLogger("offtake.store").debug("waiting: %s", bids)

    patch.setattr(Sequencer, "__init__", begin)


def receipts_of_bidders_in_the_folder(patch: Patch) -> None:
    real = Acting.__init__

    def begin(self: Acting, *words: Any, **more: Any) -> None:
        real(self, *words, **more | {"receipts": Path("book/receipts")})

    patch.setattr(Acting, "__init__", begin)


def a_sentence_that_tells_of_bids(patch: Patch) -> None:
    real = console.deed

    def deed(done: Any, *arguments: Any) -> None:
        desk = LocalDesk(BOOKS[-1], Path("book"))
        with desk.reading() as reading:
            bids = any(one.bids or one.pledges for one in reading.desk.tenders.values())
        real(done, *arguments)
        if done.refused is not None:
            console.say("not now" if bids else "not yet")

    patch.setattr(console, "deed", deed)


def an_error_that_differs(patch: Patch) -> None:
    real = found.nothing

    def nothing(seen: Any, tender: str) -> Any:
        error = real(seen, tender)
        store = Path("book/desk.sqlite").stat().st_size // 4096
        return type(error)(f"{error} ({store} pages)")

    patch.setattr(found, "nothing", nothing)


BOOKS: list[Any] = []
LEAKS: tuple[Callable[[Patch], None], ...] = (
    a_count_in_the_list,
    a_receipt_with_its_number,
    an_export_one_entry_too_long,
    a_log_line_of_the_bidder,
    receipts_of_bidders_in_the_folder,
    a_sentence_that_tells_of_bids,
    an_error_that_differs,
)


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.__name__)
def test_a_leak_that_is_planted_is_found(leak: Callable[[Patch], None], world: World) -> None:
    for revealing in (False, True):
        world.begun(revealing)
    BOOKS.append(world.book(world.root / "bidding" / "book").book)
    with pytest.MonkeyPatch.context() as patch:
        leak(patch)
        shown = next((seed for seed in range(SHOWN) if not alike(world, pair(seed))), None)
    what = leak.__name__.replace("_", " ")
    assert shown is not None
    told("T8", f"planted at the command line: {what}", shown + 1, shown_in=1)


def test_twins_differ_in_what_others_bid(world: World) -> None:
    courses = [pair(seed) for seed in range(PAIRS)]
    assert {course.party for course in courses} == set(PARTIES)
    assert sum(course.left != course.right for course in courses) > 0.9 * PAIRS
    what = {act.what for course in courses for act in course.left}
    assert what == {"bid", "pledge", "recall", "reveal"}
