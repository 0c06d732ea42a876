"""T8 past the desk itself: what leaves the sequencer, its journal and its log tells no more.

Two lives that differ only in what one party must not see (tests/desk/twins.py) are played through
the real sequencer, journal and store. The party's transcript is all that reaches it: replies,
receipts, what it sees at each instant, errors; and what anybody may have, the export and the log at
DEBUG. It must be the same, byte for byte. Of a tender that was withdrawn unopened an export shows
how many entries lie under its seal, never what they hold; it is compared up to then.

A receipt names a link, and links commit to all that came before: a number that looks like chance to
whoever does not know the salts. In the transcript it is one that is drawn for its command, and the
signature over it is left out. Then leaks are planted, and every one must be found.
"""

from __future__ import annotations

import io
import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import pytest

from desk.saying import BUYER, CHIP, FOUNDED, PARTIES, PLENTY, REGION, at
from desk.twin_lives import sealed
from desk.twin_pledges import FAMILIES, pledging
from desk.twins import CLOSES, Pair, Step, begun, entropy
from offtake.desk import reply
from offtake.desk.commands import Command, Declare, Found, Withdraw
from offtake.desk.decide import Decided
from offtake.desk.state import Desk
from offtake.store import sequencer as sequencers
from offtake.store.acknowledged import Acknowledged
from offtake.store.keyring import MemoryKeyring
from offtake.store.memory import MemoryStore
from offtake.store.sequencer import Sequencer

from .telling import told

PAIRS = int(os.environ.get("OFFTAKE_TWINS", "1200")) // len(FAMILIES)
"""Of each family."""
SHOWN = 12
"""Pairs in which a leak that is planted must show."""
EXPORTS = (sealed, pledging)
"""Families in which nothing but what lies under a seal differs: nobody's export may."""

Also = Callable[[Sequencer, Acknowledged], str]


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """All that is logged, at the lowest level."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    logger = logging.getLogger("offtake")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield text
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


class Played:
    """One life through a sequencer whose clock and chance are the life's."""

    def __init__(self, pair: Pair, exports: bool, also: Also) -> None:
        self.pair, self.exports, self.also = pair, exports, also
        self.now, self.chance = at(FOUNDED), entropy("desk", 0)
        self.lines: list[str] = []
        ends = [step.at for step in pair.left if isinstance(step.body, Withdraw)]
        self.sealed_until = min(ends, default=CLOSES + 1)

    def transcript(self, steps: tuple[Step, ...]) -> bytes:
        with (
            logged() as log,
            Sequencer(
                MemoryStore(),
                MemoryKeyring(b"twins"),
                clock=lambda: self.now,
                chance=lambda: self.chance,
            ) as desk,
        ):
            self._begin(desk)
            waiting = sorted(steps, key=lambda step: step.at)
            for instant in self.pair.instants:
                while waiting and waiting[0].at <= instant:
                    self._step(desk, waiting.pop(0))
                self._look(desk, instant)
        return "\n".join([*self.lines, log.getvalue()]).encode()

    def _begin(self, desk: Sequencer) -> None:
        said: list[Command] = [Found(PARTIES, ("auditor",))]
        said += [Declare(party, CHIP, REGION, PLENTY) for party in PARTIES]
        for number, body in enumerate(said):
            self._send(desk, Step(at(FOUNDED) + number, BUYER, body))

    def _step(self, desk: Sequencer, step: Step) -> None:
        answered = self._send(desk, step)
        if step.actor == self.pair.party:
            self.lines.append(json.dumps(reply(Decided((), answered.answer))))
            self.lines.append(str(answered.at))
            if answered.link is not None:
                self.lines.append(ideal(answered))
            self.lines.append(self.also(desk, answered))

    def _send(self, desk: Sequencer, step: Step) -> Acknowledged:
        self.now, self.chance = max(self.now, step.at), entropy(step.actor, step.at)
        return desk.send(step.actor, f"{step.actor}-{step.at}", step.body, step.at)

    def _look(self, desk: Sequencer, instant: int) -> None:
        self.now, self.chance = max(self.now, instant), entropy("clock", instant)
        self.lines.append(json.dumps(desk.sight(self.pair.party)))
        if self.exports and instant < self.sealed_until:
            self.lines += [line.decode() for line in desk.export()]


def ideal(answered: Acknowledged) -> str:
    """The receipt with a link that is drawn by chance for its command."""
    receipt = json.loads(answered.receipt())
    assert len(receipt["link"]) == 64
    assert len(receipt.pop("signature")) == 128
    drawn = sha256(f"{answered.actor} {answered.key}".encode()).hexdigest()
    return json.dumps(receipt | {"link": drawn})


def nothing_more(desk: Sequencer, answered: Acknowledged) -> str:
    return ""


def alike(pair: Pair, exports: bool, also: Also = nothing_more) -> bool:
    left = Played(pair, exports, also).transcript(pair.left)
    return left == Played(pair, exports, also).transcript(pair.right)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_what_leaves_the_sequencer_is_the_same_for_twins(family: Callable[[str], Pair]) -> None:
    exports = family in EXPORTS
    differing = [seed for seed in range(PAIRS) if not alike(family(str(seed)), exports)]
    told("T8", f"through the sequencer: {family.__name__}", PAIRS, differ=len(differing))
    assert not differing


# --- leaks that are planted -----------------------------------------------------------------------


def number_in_the_receipt(monkeypatch: pytest.MonkeyPatch) -> Also:
    def also(desk: Sequencer, answered: Acknowledged) -> str:
        ack = desk._journal.acknowledged(answered.actor, answered.key)
        return "" if ack is None else str(ack.number)

    return also


def size_of_the_head(monkeypatch: pytest.MonkeyPatch) -> Also:
    return lambda desk, answered: str(desk._size)


def an_export_that_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> Also:
    monkeypatch.setattr(sequencers, "ending", lambda desk, began, size, read: (size, desk.now))
    return nothing_more


def an_export_cut_too_late(monkeypatch: pytest.MonkeyPatch) -> Also:
    real = sequencers.ending

    def ending(desk: Desk, began: Any, size: int, read: Any) -> tuple[int, int]:
        upto, last = real(desk, began, size, read)
        return min(size, upto + 3), last

    monkeypatch.setattr(sequencers, "ending", ending)
    return nothing_more


def a_log_of_sizes(monkeypatch: pytest.MonkeyPatch) -> Also:
    real = MemoryStore.append

    def append(self: MemoryStore, lead: int, batch: Any) -> None:
        logging.getLogger("offtake.store").debug("at entry %d", batch.head.size)
        real(self, lead, batch)

    monkeypatch.setattr(MemoryStore, "append", append)
    return nothing_more


def a_log_of_who_asks(monkeypatch: pytest.MonkeyPatch) -> Also:
    real = Sequencer.submit

    def submit(self: Sequencer, actor: str, *rest: Any) -> Any:
        logging.getLogger("offtake.store").debug("a command of %s", actor)
        return real(self, actor, *rest)

    monkeypatch.setattr(Sequencer, "submit", submit)
    return nothing_more


def a_head_dated_by_the_last_event(monkeypatch: pytest.MonkeyPatch) -> Also:
    real = sequencers.exported

    def exported(*words: Any) -> Any:
        desk: Desk = words[-2]
        return real(*words[:-1], desk.now)

    monkeypatch.setattr(sequencers, "exported", exported)
    return nothing_more


def what_waits_for_the_bidder(monkeypatch: pytest.MonkeyPatch) -> Also:
    def also(desk: Sequencer, answered: Acknowledged) -> str:
        return str(sum(len(tender.bids) for tender in desk.desk.tenders.values()))

    return also


LEAKS = (
    number_in_the_receipt,
    size_of_the_head,
    an_export_that_is_not_cut,
    an_export_cut_too_late,
    a_log_of_sizes,
    a_log_of_who_asks,
    a_head_dated_by_the_last_event,
    what_waits_for_the_bidder,
)


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.__name__)
def test_a_leak_that_is_planted_is_found(
    leak: Callable[[pytest.MonkeyPatch], Also], monkeypatch: pytest.MonkeyPatch
) -> None:
    also = leak(monkeypatch)
    found = sum(
        not alike(family(str(seed)), True, also) for family in EXPORTS for seed in range(SHOWN)
    )
    told("T8", f"planted leak: {leak.__name__.replace('_', ' ')}", 2 * SHOWN, shown_in=found)
    assert found


def test_the_desk_that_twins_begin_with_is_the_one_that_is_played() -> None:
    played = Played(sealed("1"), False, nothing_more)
    with Sequencer(
        MemoryStore(),
        MemoryKeyring(b"twins"),
        clock=lambda: played.now,
        chance=lambda: played.chance,
    ) as desk:
        played._begin(desk)
        assert desk.desk.capacity == begun().capacity
        assert desk.desk.parties == begun().parties
