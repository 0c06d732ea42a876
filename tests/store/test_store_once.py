"""T6: commands that are sent twice, overtake each other, or whose replies are lost, act once.

Between the clients and the sequencer lies a careless wire. A client that hears nothing sends the
same command again, to whichever sequencer leads then: the desk may have been stopped in between,
before or after the disk had what was asked.
"""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import Future
from random import Random

from desk.lives import Life, live
from offtake.desk import Desk, Envelope, Event, handle
from offtake.desk.act import digest_of, salt_of
from offtake.desk.commands import Found
from offtake.desk.sealed import blank
from offtake.journal.entry import Batch
from offtake.store.acknowledged import Acknowledged
from offtake.store.base import StoppedError
from offtake.store.keyring import MemoryKeyring
from offtake.store.memory import Memory, MemoryStore
from offtake.store.sequencer import Sequencer
from torture.telling import told

from .desks import BEGUN, BUYER, CHANCE, FOUND, Clock, events, led, opening, outcome

LIVES = int(os.environ.get("OFFTAKE_LIVES", "2000")) // 20
Heard = dict[tuple[str, str, str], set[tuple[bytes, bytes | None]]]


def digest(envelope: Envelope) -> str:
    """Of a command, as the desk keeps it: all here draw the same."""
    return digest_of(envelope.body, salt_of(CHANCE))


class Failing(MemoryStore):
    """A disk that fails at the next write, when told to: before it has written, or after."""

    fails = ""

    def append(self, lead: int, batch: Batch) -> None:
        if self.fails == "before":
            raise OSError(5, "Input/output error")
        super().append(lead, batch)
        if self.fails == "after":
            raise OSError(5, "Input/output error")


class Wire:
    """What lies between the clients and the desk."""

    def __init__(self, draw: Random, sequencer: type[Sequencer] = Sequencer) -> None:
        self.draw, self.kind = draw, sequencer
        self.memory, self.keys = Memory(), MemoryKeyring(b"wire")
        self.heard: Heard = {}
        self.count: Counter[str] = Counter()
        self.start()

    def start(self) -> None:
        self.store = Failing(self.memory)
        self.sequencer = self.kind(self.store, self.keys, clock=Clock(), chance=lambda: CHANCE)

    def carry(self, life: Life) -> None:
        """Everything that the life sends, in windows within which it is shuffled."""
        rest = list(life.envelopes)
        while rest:
            size = self.draw.choice((1, 2, 4, 8))
            window, rest = rest[:size], rest[size:]
            if not isinstance(window[0].body, Found):
                self.draw.shuffle(window)
            self.window(window)
        self.sequencer.close()

    def window(self, window: list[Envelope]) -> None:
        """Send until each has heard of each of its commands."""
        silent = window
        while silent:
            self.accident()
            copies = [one for one in silent for _ in range(self.draw.choice((1, 1, 2, 3)))]
            if len(copies) > len(silent) and not isinstance(silent[0].body, Found):
                self.draw.shuffle(copies)
            sent = [(e, self.sequencer.submit(e.actor, e.key, e.body, e.at)) for e in copies]
            heard = {id(e) for e, future in sent if self.delivered(e, future)}
            silent = [e for e in silent if id(e) not in heard]
            if self.sequencer._over:
                self.sequencer.close()
                self.store.fails = ""
                self.start()
                self.count["restarts"] += 1

    def accident(self) -> None:
        chance = self.draw.random()
        if chance < 0.05:
            self.store.fails = self.draw.choice(("before", "after"))
        elif chance < 0.08:
            self.sequencer.close()

    def delivered(self, envelope: Envelope, future: Future[Acknowledged]) -> bool:
        """Whether its client hears the reply."""
        self.count["sent"] += 1
        try:
            ack = future.result(30)
        except StoppedError:
            return False
        if self.draw.random() < 0.25:
            self.count["replies_lost"] += 1
            return False
        command = (envelope.actor, envelope.key, digest(envelope))
        if getattr(ack.answer, "code", "") not in ("unknown-party", "not-founded"):
            # Strangers are told nothing that is kept: tomorrow they may be let in.
            self.heard.setdefault(command, set()).add(outcome(ack))
        return True

    def wrong(self, life: Life) -> list[str]:
        """Who heard two things of one command, and what happened more than once."""
        found = [f"{command[:2]} heard {len(said)} outcomes"
                 for command, said in self.heard.items() if len(said) > 1]  # fmt: skip
        happened = events(MemoryStore(self.memory), self.keys)
        once = acted_once(life, happened)
        same = zip(happened, once, strict=False)
        if len(happened) != len(once) or any(e != o and e != blank(o) for e, o in same):
            found.append("not every command had its effect once")
        return found


def acted_once(life: Life, happened: list[Event]) -> list[Event]:
    """What happens if each command that left a mark acts once, in the order of the marks."""
    sent = {(e.actor, e.key, digest(e)): e for e in life.envelopes}
    marks = dict.fromkeys((by.actor, by.key, by.digest) for e in happened if (by := e.by))
    desk, once = Desk(), []
    for mark in marks:
        first = sent[mark]
        desk, decided = handle(desk, Envelope(first.actor, first.key, first.at, CHANCE, first.body))
        once += decided.events
    return once


def one_clock(life: Life) -> Life:
    """The life, each repeated command with the instant of its first: who repeats it sends it so."""
    first: dict[tuple[str, str, str], int] = {}
    sent = []
    for e in life.envelopes:
        at = first.setdefault((e.actor, e.key, digest(e)), e.at)
        sent.append(Envelope(e.actor, e.key, at, e.entropy, e.body))
    return Life(life.seed, envelopes=sent)


def test_over_a_careless_wire_each_command_acts_once_and_hears_one_thing() -> None:
    count: Counter[str] = Counter()
    for seed in range(LIVES):
        life = one_clock(live(seed, steps=60))
        wire = Wire(Random(seed))
        wire.carry(life)
        assert wire.wrong(life) == [], f"seed {seed}"
        count.update(wire.count)
        count["outcomes"] += len(wire.heard)
    told("T6", "lives over a careless wire", LIVES, **count)
    assert count["sent"] > 1.5 * count["outcomes"]
    assert count["restarts"] >= LIVES
    assert count["replies_lost"] > count["sent"] / 10


class Forgetful(Sequencer):
    """Takes a command that is sent again for another one: what a desk without memory would do."""

    def _decided(self, one, group):  # type: ignore[no-untyped-def]
        self._count = getattr(self, "_count", 0) + 1
        if one.body is not None and not isinstance(one.body, Found):
            one = one._replace(key=f"{one.key} {self._count}")
        return super()._decided(one, group)


def test_a_desk_that_forgets_what_it_was_asked_is_found() -> None:
    found = 0
    for seed in range(20):
        life = one_clock(live(seed, steps=60))
        wire = Wire(Random(seed), Forgetful)
        wire.carry(life)
        found += any("outcomes" in each for each in _heard_twice(wire))
    told("T6", "lives with a planted desk that forgets", 20, found=found)
    assert found == 20


def _heard_twice(wire: Wire) -> list[str]:
    return [f"{len(said)} outcomes" for said in wire.heard.values() if len(said) > 1]


def test_a_repeated_key_with_another_body_is_refused_and_changes_nothing() -> None:
    memory, keys = Memory(), MemoryKeyring(b"wire")
    for _ in range(3):  # a start anew forgets nothing of it
        store = MemoryStore(memory)
        with led(store, Clock(), keys) as sequencer:
            sequencer.send(BUYER, "found", FOUND)
            first = sequencer.send(BUYER, "open", opening("lot"))
            desk, head = sequencer.desk, store.head()
            other = sequencer.send(BUYER, "open", opening("other"))
            assert getattr(other.answer, "code", "") == "key-reused"
            assert (sequencer.desk, store.head(), store.size()) == (desk, head, 3)
            assert sequencer.send(BUYER, "open", opening("lot")) == first
            assert first.at == BEGUN
