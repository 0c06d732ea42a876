"""A desk for tests of the sequencer: its parties, how it begins, a store that can be held."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal

from offtake.desk import Event, Refusal, Reply, reply
from offtake.desk import commands as cm
from offtake.desk.claim import Claim
from offtake.desk.decide import Decided
from offtake.desk.lot import Bid, Lot, Terms
from offtake.desk.wire import event_from, line_of
from offtake.journal.entry import Batch
from offtake.journal.keys import Keyring
from offtake.journal.seals import SALT, Seals
from offtake.store.acknowledged import Acknowledged
from offtake.store.base import Store
from offtake.store.keyring import MemoryKeyring
from offtake.store.memory import Memory, MemoryStore
from offtake.store.sequencer import Sequencer
from offtake.units import Calendar, Spell, almanac

NS = 10**9
HOUR = 3600 * NS
BEGUN = 1_740_000_000 * NS
"""A day in February 2025."""
CHANCE = bytes(range(32))
"""What all commands of a test draw: so a command comes to the same whoever decides it again."""
BUYER, BIDDERS, HOLDERS = "lab", ("oracle", "far", "near"), ("microsoft", "other")
UTC = almanac("UTC", Calendar.named("none"), dt.date(2025, 1, 1), dt.date(2029, 12, 31))
TERMS = Terms(Decimal("3.00"), dt.date(2026, 1, 1), 48)
FOUND = cm.Found((*BIDDERS, *HOLDERS))


def opening(tender: str, claims: tuple[Claim, ...] = ()) -> cm.Open:
    """A tender of a thousand chips; bids come in for an hour."""
    lot = Lot("gb200", 1_000, "texas", dt.date(2026, 1, 1), 48)
    return cm.Open(
        tender, lot, claims, almanacs={"utc": UTC}, bidding=Spell(1, "hours"), bidding_almanac="utc"
    )


def bid(tender: str, bidder: str, price: str = "3.00", chips: int = 1_000) -> cm.Submit:
    terms = Terms(Decimal(price), dt.date(2026, 1, 1), 48)
    return cm.Submit(tender, Bid(bidder, chips, terms))


def declare(party: str) -> cm.Declare:
    return cm.Declare(party, "gb200", "texas", 10**9)


class Clock:
    """A clock that shows what it is told to."""

    def __init__(self, now: int = BEGUN) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


def led(store: Store, clock: Clock | None = None, keys: Keyring | None = None) -> Sequencer:
    """A sequencer that leads a store."""
    keyring = MemoryKeyring(b"tests") if keys is None else keys
    return Sequencer(store, keyring, clock=clock or Clock(), chance=lambda: CHANCE)


def founded(sequencer: Sequencer) -> None:
    sequencer.send(BUYER, "found", FOUND)
    for party in FOUND.parties:
        sequencer.send(party, "declare", declare(party))


class Held(MemoryStore):
    """A store on a disk that takes as long as a test wants, and fails when it wants."""

    def __init__(self, memory: Memory | None = None) -> None:
        super().__init__(memory)
        self.go, self.came = threading.Event(), threading.Semaphore(0)
        self.go.set()
        self.fails: BaseException | None = None
        self.groups: list[int] = []
        """The entries of each batch that was to be written."""

    def append(self, lead: int, batch: Batch) -> None:
        self.groups.append(len(batch.entries))
        self.came.release()
        assert self.go.wait(30), "the test never let it go on"
        if self.fails is not None:
            raise self.fails
        super().append(lead, batch)


def told(answer: Reply | Refusal) -> bytes:
    """What a sender is told, as bytes."""
    return line_of(reply(Decided((), answer))).encode()


def outcome(acknowledged: Acknowledged) -> tuple[bytes, bytes | None]:
    """What a sender is told, and where it lies in the journal."""
    return told(acknowledged.answer), acknowledged.link


def events(store: Store, keyring: Keyring, start: int = 0) -> list[Event]:
    """What happened, as the disk has it; of what is erased, what is left."""
    seals = Seals(keyring)
    happened = []
    for entry in store.read(start):
        content = seals.content(entry)
        happened.append(event_from(content[SALT:] if content else seals.stubbed(entry)))
    return happened
