"""What is seen of a desk through its sequencer: time, sight, exports, receipts, logs."""

from __future__ import annotations

import logging
from decimal import Decimal

import pytest

from offtake.desk import Refusal, Reply
from offtake.desk import commands as cm
from offtake.journal.signed import receipt_holds, receipt_of
from offtake.store.base import StoppedError
from offtake.store.crash import at_each
from offtake.store.keyring import MemoryKeyring
from offtake.store.memory import Memory, MemoryStore
from store.desks import (
    BEGUN,
    BUYER,
    HOUR,
    Clock,
    Held,
    bid,
    events,
    founded,
    led,
    opening,
)

KEYS = MemoryKeyring(b"tests")


def test_a_receipt_is_signed_by_the_desk_and_names_the_command() -> None:
    with led(MemoryStore()) as sequencer:
        founded(sequencer)
        for ack in (
            sequencer.send(BUYER, "open", opening("lot")),
            sequencer.send("oracle", "bid", bid("lot", "oracle")),
            sequencer.send("oracle", "wrong", bid("none", "oracle")),
        ):
            receipt = receipt_of(ack.receipt())
            assert receipt_holds(receipt)
            assert (receipt.actor, receipt.command) == (ack.actor, ack.key)
            assert (receipt.link, receipt.at) == (ack.link, ack.at)
            assert receipt.key == KEYS.public


def test_journal_time_never_runs_back() -> None:
    clock, store = Clock(), MemoryStore()
    with led(store, clock) as sequencer:
        founded(sequencer)
        clock.now += HOUR
        assert sequencer.send(BUYER, "open", opening("lot")).at == BEGUN + HOUR
        clock.now -= 2 * HOUR
        assert sequencer.send(BUYER, "more", opening("more")).at == BEGUN + HOUR
        happened = [event.at for event in events(store, KEYS)]
        assert happened == sorted(happened)


def test_what_time_has_brought_is_on_the_disk_before_it_is_seen() -> None:
    clock, store, keys = Clock(), MemoryStore(), MemoryKeyring(b"tests")
    with led(store, clock, keys) as sequencer:
        founded(sequencer)
        sequencer.send(BUYER, "open", opening("lot"))
        sequencer.send("oracle", "bid", bid("lot", "oracle", "2.75"))
        closes = sequencer.desk.tenders["lot"].closes
        assert closes is not None
        clock.now, size = closes, store.size()
        assert "2.75" not in str(sequencer.sight(BUYER))
        assert store.size() == size
        clock.now = closes + 1
        assert "2.75" in str(sequencer.sight(BUYER))
        assert type(events(store, keys)[-1]).__name__ == "BidsOpened"
        # Bids were seen: a clock that is put back lets nobody bid any more.
        clock.now = closes - HOUR // 2
        late = sequencer.send("far", "bid", bid("lot", "far", "2.74"))
        assert isinstance(late.answer, Refusal)


def test_a_tick_writes_what_time_has_brought_and_nothing_twice() -> None:
    clock, store = Clock(), MemoryStore()
    with led(store, clock) as sequencer:
        founded(sequencer)
        sequencer.send(BUYER, "open", opening("lot"))
        size = store.size()
        sequencer.tick()
        assert store.size() == size
        clock.now += 2 * HOUR
        for _ in range(3):
            sequencer.tick()
        assert store.size() == size + 1


def test_while_bids_are_sealed_an_export_ends_where_bidding_began() -> None:
    clock = Clock()
    with led(MemoryStore(), clock) as sequencer:
        founded(sequencer)
        sequencer.send(BUYER, "open", opening("lot"))
        before = list(sequencer.export())
        clock.now += 60 * 10**9
        sequencer.send("oracle", "bid", bid("lot", "oracle"))
        after = list(sequencer.export())
        assert before[:-1] == after[:-1]
        clock.now += 2 * HOUR
        sequencer.tick()
        assert len(list(sequencer.export())) == len(after) + 2


def test_a_key_to_be_destroyed_goes_only_when_the_disk_has_the_erasure() -> None:
    clock, memory, keys = Clock(), Memory(), MemoryKeyring(b"tests")
    sequencer = led(MemoryStore(memory), clock, keys)
    founded(sequencer)
    sequencer.send(BUYER, "open", opening("lot"))
    sequencer.send("oracle", "bid", bid("lot", "oracle"))
    clock.now += 2 * HOUR
    sequencer.send(BUYER, "withdraw", cm.Withdraw("lot", "no need"))
    reached = []

    def ends(name: str) -> None:
        reached.append((name, keys.tender("lot") is not None))
        if name == "erase.before_destroy":
            raise SystemExit

    with at_each(ends), pytest.raises(StoppedError):
        sequencer.send(BUYER, "erase", cm.Erase("lot"))
    sequencer.close()
    assert reached[-2:] == [("sequencer.after_append", True), ("erase.before_destroy", True)]
    with led(MemoryStore(memory), clock, keys) as sequencer:
        assert keys.tender("lot") is None, "a key outlived its tender's erasure"
        assert isinstance(sequencer.send(BUYER, "erase", cm.Erase("lot")).answer, Reply)


def test_no_log_says_who_bid_what_or_how_often(caplog: pytest.LogCaptureFixture) -> None:
    store, clock = Held(), Clock()
    with caplog.at_level(logging.DEBUG), led(store, clock) as sequencer:
        founded(sequencer)
        sequencer.send(BUYER, "open", opening("the-lot"))
        sequencer.send("oracle", "the-key", bid("the-lot", "oracle", "2.7182"))
        store.fails = OSError(5, "the-lot oracle 2.7182")
        with pytest.raises(StoppedError) as caught:
            sequencer.send("far", "far-key", bid("the-lot", "far", "3.1415"))
    told = caplog.text + str(caught.value)
    assert "OSError" in told
    words = ("the-lot", "oracle", "far", "the-key", "2.7182", "3.1415", str(Decimal("2.7182")))
    assert [word for word in words if word in told] == []
