"""Races: many threads ask at once for what cannot all be had, and what each saw is recorded.

A race is about two tenders of one desk, side by side, begun afresh. Nothing that is answered about
one depends on the other, so each has a history of its own.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from offtake.desk import Desk, Envelope, handle
from offtake.desk import commands as cm
from offtake.desk.claim import Claim
from offtake.desk.commands import Command
from offtake.store.base import Store
from offtake.store.keyring import MemoryKeyring
from offtake.store.sequencer import Sequencer
from offtake.units import Spell

from .desks import (
    BIDDERS,
    BUYER,
    CHANCE,
    HOLDERS,
    HOUR,
    TERMS,
    Clock,
    bid,
    events,
    founded,
    opening,
)
from .linear import Operation, linearised, out_of_time

MOST = 40
"""Operations of one history."""
Ask = tuple[str, Command]


@dataclass
class Race:
    """What one race came to."""

    before: Desk
    tenders: tuple[str, str]
    operations: list[Operation] = field(default_factory=list)
    journal: list[Operation] = field(default_factory=list)
    """Those of which something is kept, in the order of the journal."""
    lost: list[tuple[str, str]] = field(default_factory=list)
    """By actor and key: what was answered, and nothing of it is kept."""

    def histories(self) -> Iterator[list[Operation]]:
        """A history for each tender, in the journal's order as a guess."""
        place = {_sent(one): n for n, one in enumerate(self.journal)}
        guess = sorted(self.operations, key=lambda one: place.get(_sent(one), len(place)))
        for tender in self.tenders:
            yield [one for one in guess if _tender(one) == tender]

    def wrong(self) -> list[str]:
        """What no desk that does one thing after another could have answered."""
        found = [f"nothing is kept of {key} of {actor}" for actor, key in self.lost]
        for number, history in enumerate(self.histories()):
            if linearised(self.before, history) is None:
                found.append(f"tender {number + 1}: no order explains the answers")
        if (pair := out_of_time(self.journal)) is not None:
            found.append(f"{pair[1].envelope.key} had returned before {pair[0].envelope.key}")
        desk = self.before
        for operation in self.journal:
            desk, decided = handle(desk, operation.envelope)
            if decided.answer != operation.answer:
                found.append(f"the journal answers {operation.envelope.key} otherwise")
                break
        return found


def _tender(operation: Operation) -> str:
    body = operation.envelope.body
    assert isinstance(body, cm.AboutTender)
    return body.tender


def _sent(operation: Operation) -> tuple[str, str]:
    return operation.envelope.actor, operation.envelope.key


def _as_one(operations: list[Operation], sent: tuple[str, str]) -> Operation:
    """A command that was sent twice acts once, after the first was sent and before any was told."""
    same = [one for one in operations if _sent(one) == sent]
    first, told = min(one.invoked for one in same), min(one.returned for one in same)
    return Operation(first, told, same[0].envelope, same[0].answer)


class Track:
    """Where races are run: a sequencer, its threads, and a clock of virtual time."""

    def __init__(
        self, store: Store, threads: ThreadPoolExecutor, kind: type[Sequencer] = Sequencer
    ) -> None:
        self.clock, self.keys = Clock(), MemoryKeyring(b"races")
        self.store = store
        self.sequencer = kind(store, self.keys, clock=self.clock, chance=lambda: CHANCE)
        self.threads = threads
        self.count = itertools.count(1)
        founded(self.sequencer)

    def race(self, draw: Random, most: int = MOST) -> Race:
        """Begin two tenders, and let the threads race about them."""
        number = next(self.count)
        tenders = (f"{number}-a", f"{number}-b")
        plans = [self._begun(tender, draw) for tender in tenders]
        start = self.store.size()
        race = Race(self.sequencer.desk, tenders)
        asks = [draw.choice(plan)(draw) for plan in plans for _ in range(most)]
        draw.shuffle(asks)
        self._run(race, asks, draw, number)
        kept = {_sent(one): _as_one(race.operations, _sent(one)) for one in race.operations}
        for event in events(self.store, self.keys, start):
            if event.by is not None and (one := kept.pop((event.by.actor, event.by.key), None)):
                race.journal.append(one)
        race.lost = list(kept)
        return race

    def _run(self, race: Race, asks: list[Ask], draw: Random, number: int) -> None:
        """Each thread asks one thing after another; all begin at once."""
        count = min(64, len(asks))
        keys = [f"{number}-{n}" for n in range(len(asks))]
        for n in range(1, len(asks)):
            if draw.random() < 0.05 and asks[n - 1][0] == asks[n][0]:
                keys[n], asks[n] = keys[n - 1], asks[n - 1]  # the same command, sent twice
        gate = threading.Barrier(count)
        at, now = self.clock(), time.perf_counter_ns

        def run(thread: int) -> list[Operation]:
            done = []
            gate.wait(30)
            for n in range(thread, len(asks), count):
                actor, body = asks[n]
                invoked = now()
                answer = self.sequencer.submit(actor, keys[n], body, at).result(30).answer
                envelope = Envelope(actor, keys[n], at, CHANCE, body)
                done.append(Operation(invoked, now(), envelope, answer))
            return done

        for done in self.threads.map(run, range(count)):
            race.operations += done

    # --- what is raced for ------------------------------------------------------------------------

    def _begun(self, tender: str, draw: Random) -> list[Callable[[Random], Ask]]:
        """A tender as the race finds it, and what may be asked of it."""
        right = Claim(
            "right", HOLDERS[0], False, 2, 1, Spell(10, "days"), "utc",
            tail=Spell(30, "days"), partial=1 if draw.random() < 0.5 else None,
        )  # fmt: skip
        stage = draw.choice(("bidding", "opened", "noticed", "cleared", "free"))
        claims = () if stage == "free" else (right,)
        self._do(BUYER, f"{tender}-open", opening(tender, claims))
        bids = {}
        for n, bidder in enumerate(BIDDERS):
            chips = draw.choice((1_000, 1_000, 600))
            body = bid(tender, bidder, f"{draw.choice((2, 3)) + n / 10:.2f}", chips)
            bids[bidder] = self._do(bidder, f"{tender}-bid", body).made
        asks = _Asks(tender, bids, self.sequencer)
        if stage == "bidding":
            return asks.while_bidding()
        self.clock.now += HOUR + 1
        self.sequencer.tick()
        if stage in ("noticed", "cleared"):
            best = self.sequencer.desk.tenders[tender].ranking[0].bid
            self._do(BUYER, f"{tender}-notice", asks.notice(best))
        if stage == "cleared":
            waived = cm.Answer(tender, "right", "waive", 1)
            self._do(HOLDERS[0], f"{tender}-waive", waived)
        return asks.after_opening()

    def _do(self, actor: str, key: str, body: Command) -> Any:
        answer = self.sequencer.send(actor, key, body).answer
        assert hasattr(answer, "made"), answer
        return answer


class _Asks:
    """What may be asked about a tender, some of it in vain."""

    def __init__(self, tender: str, bids: dict[str, str], sequencer: Sequencer) -> None:
        self.tender, self.bids, self.sequencer = tender, bids, sequencer
        self.names = itertools.count(1)

    def notice(self, name: str) -> cm.Notice:
        tender = self.sequencer.desk.tenders[self.tender]
        held = tender.bids[name]
        return cm.Notice(
            self.tender, name, "gb200", min(1_000, held.chips), "texas", held.terms, held.bidder,
            "5e" * 32,
        )  # fmt: skip

    def while_bidding(self) -> list[Callable[[Random], Ask]]:
        return [*[self._submit] * 6, self._recall, self._withdraw, self._sign]

    def after_opening(self) -> list[Callable[[Random], Ask]]:
        return [
            *[self._sign] * 6, *[self._answer] * 3, *[self._notice] * 2, self._revise,
            self._set_aside, self._submit, self._withdraw, self._close,
        ]  # fmt: skip

    def _submit(self, draw: Random) -> Ask:
        bidder = draw.choice(BIDDERS)
        return bidder, bid(self.tender, bidder, draw.choice(("2.00", "2.50", "3.00")))

    def _recall(self, draw: Random) -> Ask:
        bidder = draw.choice(BIDDERS)
        return bidder, cm.Recall(self.tender, self.bids[bidder])

    def _withdraw(self, draw: Random) -> Ask:
        who = BUYER if draw.random() < 0.3 else draw.choice(HOLDERS)
        return who, cm.Withdraw(self.tender, "no need")

    def _sign(self, draw: Random) -> Ask:
        name = f"{self.tender}-{draw.choice((1, 2, next(self.names) + 2))}"
        chips = draw.choice((100, 300, 600, 1_000))
        round_ = draw.choice((None, 1, 1))
        return BUYER, cm.Sign(self.tender, self.bids[draw.choice(BIDDERS)], chips, name, round_)

    def _answer(self, draw: Random) -> Ask:
        kind = draw.choice(("take", "take", "waive", "unable"))
        chips = draw.choice((None, 200, 700)) if kind == "take" else None
        return HOLDERS[0], cm.Answer(self.tender, "right", kind, 1, chips)

    def _notice(self, draw: Random) -> Ask:
        bids = self.sequencer.desk.tenders[self.tender].bids
        return BUYER, self.notice(draw.choice(list(bids)))

    def _revise(self, draw: Random) -> Ask:
        bidder = draw.choice(BIDDERS)
        return bidder, cm.Revise(self.tender, self.bids[bidder], TERMS, 1_000)

    def _set_aside(self, draw: Random) -> Ask:
        return BUYER, cm.SetAside(self.tender, self.bids[draw.choice(BIDDERS)], "no permit")

    def _close(self, draw: Random) -> Ask:
        name = f"{self.tender}-closed"  # one for both tenders would let one answer for the other
        return draw.choice((BUYER, HOLDERS[0])), cm.Close(self.tender, 1, "right", name)


@contextmanager
def racers(count: int = 64) -> Iterator[ThreadPoolExecutor]:
    """Threads that wait for a race."""
    with ThreadPoolExecutor(count) as threads:
        yield threads
