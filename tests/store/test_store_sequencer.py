"""The sequencer: nothing is told before the disk has it, and what was told stays."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import Future, wait
from typing import Any

import pytest

from offtake.desk import Refusal, Reply
from offtake.desk import commands as cm
from offtake.desk.wire import WireError
from offtake.store.base import BusyError, FencedError, StoppedError
from offtake.store.keyring import MemoryKeyring
from offtake.store.memory import Memory, MemoryStore
from offtake.store.sequencer import CrowdedError, Sequencer
from store.desks import (
    BEGUN,
    BUYER,
    CHANCE,
    FOUND,
    Clock,
    Held,
    bid,
    declare,
    founded,
    led,
    opening,
    outcome,
)

KEYS = MemoryKeyring(b"tests")


def asked(sequencer: Sequencer, count: int) -> list[Future[Any]]:
    """So many commands at once, of parties in turn."""
    parties = FOUND.parties
    return [
        sequencer.submit(parties[n % len(parties)], f"n{n}", declare(parties[n % len(parties)]))
        for n in range(count)
    ]


def test_a_command_is_acknowledged_with_its_answer_and_its_place() -> None:
    with led(MemoryStore()) as sequencer:
        ack = sequencer.send(BUYER, "found", FOUND)
        assert ack.answer == Reply(BEGUN)
        assert ack.at == BEGUN
        [entry] = MemoryStore(sequencer._store.memory).read()  # type: ignore[attr-defined]
        assert ack.link == entry.link


def test_nothing_is_acknowledged_before_the_disk_has_it() -> None:
    store = Held()
    with led(store) as sequencer:
        founded(sequencer)
        desk, size = sequencer.desk, store.size()
        store.go.clear()
        futures = asked(sequencer, 40)
        done, _ = wait(futures, timeout=0.2)
        assert not done
        assert sequencer.desk == desk
        assert store.size() == size
        store.go.set()
        assert all(isinstance(one.result(10).answer, Reply) for one in futures)
        assert store.size() == size + 40


def test_what_waits_while_the_disk_writes_is_written_at_once() -> None:
    store = Held()
    with led(store) as sequencer:
        founded(sequencer)
        store.go.clear()
        store.groups.clear()
        first = sequencer.submit(BUYER, "open", opening("lot"))
        while not store.groups:
            store.came.acquire(timeout=1)
        futures = asked(sequencer, 100)
        store.go.set()
        wait([first, *futures])
        # One was decided while the disk wrote, with whatever had come by then; the rest after it.
        assert sum(store.groups[1:]) == 100
        assert len(store.groups) <= 4, store.groups


def test_the_next_group_is_decided_while_the_disk_writes_the_last() -> None:
    store = Held()
    with led(store) as sequencer:
        founded(sequencer)
        store.go.clear()
        [first] = asked(sequencer, 1)
        while len(store.groups) < 1 + 1 + len(FOUND.parties):
            store.came.acquire(timeout=1)
        ahead = threading.Event()

        def chance() -> bytes:
            ahead.set()
            return CHANCE

        sequencer._chance = chance
        second = sequencer.submit(BUYER, "open", opening("lot"))
        assert ahead.wait(5), "nothing was decided while the disk wrote"
        assert not first.done()
        assert not second.done()
        assert "lot" not in sequencer.desk.tenders
        store.go.set()
        assert isinstance(second.result(5).answer, Reply)


def test_a_group_has_at_most_so_many_commands() -> None:
    store = Held()
    with Sequencer(store, KEYS, clock=Clock(), chance=lambda: CHANCE, most=8) as sequencer:
        founded(sequencer)
        store.go.clear()
        futures = asked(sequencer, 50)
        store.go.set()
        wait(futures)
    assert max(store.groups) <= 8


def test_a_disk_that_fails_ends_it_and_nothing_is_tried_again() -> None:
    store = Held()
    with led(store) as sequencer:
        founded(sequencer)
        desk = sequencer.desk
        store.go.clear()
        store.groups.clear()
        futures = asked(sequencer, 30)
        store.fails = OSError(5, "Input/output error")
        store.go.set()
        wait(futures, timeout=10)
        for one in (*futures, sequencer.submit(BUYER, "later", opening("lot"))):
            with pytest.raises(StoppedError, match="may or may not be kept"):
                one.result(0)
        assert len(store.groups) == 1, "what failed was tried again"
        assert sequencer.desk == desk
        with pytest.raises(StoppedError):
            sequencer.tick()
        assert sequencer.sight(BUYER)["places"]
    assert not _threads()


def test_the_group_that_was_decided_ahead_fails_with_the_one_before_it() -> None:
    store = Held()
    with led(store) as sequencer:
        founded(sequencer)
        store.go.clear()
        [first] = asked(sequencer, 1)
        while len(store.groups) < 2 + len(FOUND.parties):
            store.came.acquire(timeout=1)
        rest = [sequencer.submit(BUYER, f"k{n}", opening(f"lot-{n}")) for n in range(10)]
        store.fails = StoppedError("The disk failed.")
        store.go.set()
        for one in (first, *rest):
            with pytest.raises(StoppedError):
                one.result(10)
        assert len(store.groups) == 2 + len(FOUND.parties)


def test_whoever_lost_the_lead_stops() -> None:
    store = Held()
    with led(store) as sequencer:
        founded(sequencer)
        # As where a connection broke that held the lock: another takes the lead unnoticed.
        store.memory.leader = None
        with led(MemoryStore(store.memory)) as other:
            other.send(BUYER, "open", opening("lot"))
            with pytest.raises(StoppedError) as caught:
                sequencer.send(BUYER, "withdraw", cm.Withdraw("lot", "no need"))
            assert isinstance(caught.value.__cause__, FencedError)
            with pytest.raises(StoppedError):
                sequencer.send(BUYER, "again", cm.Withdraw("lot", "no need"))
            assert other.desk.tenders["lot"].ended is None
            assert isinstance(other.send(BUYER, "on", opening("more")).answer, Reply)


def test_two_do_not_lead_at_once() -> None:
    memory = Memory()
    with led(MemoryStore(memory)), pytest.raises(BusyError):
        led(MemoryStore(memory))
    led(MemoryStore(memory)).close()


def test_closing_writes_what_was_taken_and_takes_no_more() -> None:
    store = Held()
    sequencer = led(store)
    founded(sequencer)
    store.go.clear()
    futures = asked(sequencer, 60)
    closing = threading.Thread(target=sequencer.close)
    closing.start()
    store.go.set()
    closing.join(10)
    assert all(isinstance(one.result(0).answer, Reply) for one in futures)
    with pytest.raises(StoppedError, match="closed"):
        sequencer.send(BUYER, "later", opening("lot"))
    sequencer.close()
    assert not _threads()
    assert MemoryStore(store.memory).lead() == 2, "the lead was not given back"


def test_what_was_told_is_told_again_after_a_start_anew() -> None:
    memory, clock, keys = Memory(), Clock(), MemoryKeyring(b"tests")
    sent = [
        (BUYER, "found", FOUND),
        ("oracle", "declare", declare("oracle")),
        (BUYER, "open", opening("lot")),
        ("oracle", "bid", bid("lot", "oracle")),
        ("oracle", "wrong", bid("none", "oracle")),
        (BUYER, "wrong", cm.Withdraw("none", "no need")),
    ]
    with led(MemoryStore(memory), clock, keys) as sequencer:
        first = [outcome(sequencer.send(*each)) for each in sent]
        desk, head = sequencer.desk, memory.head
        lines = list(sequencer.export())
    for _ in range(2):
        with led(MemoryStore(memory), clock, keys) as sequencer:
            assert sequencer.desk == desk
            assert [outcome(sequencer.send(*each)) for each in sent] == first
            assert list(sequencer.export()) == lines
            assert (sequencer.desk, memory.head) == (desk, head)


def test_a_repeated_command_waits_for_the_group_of_the_first() -> None:
    store = Held()
    with led(store) as sequencer:
        founded(sequencer)
        store.go.clear()
        twice = [sequencer.submit(BUYER, "open", opening("lot")) for _ in range(2)]
        assert not wait(twice, timeout=0.1).done
        store.go.set()
        first, second = (outcome(one.result(5)) for one in twice)
        assert first == second


def test_a_key_that_was_used_for_another_command_is_refused_and_changes_nothing() -> None:
    store = MemoryStore()
    with led(store) as sequencer:
        founded(sequencer)
        sequencer.send(BUYER, "open", opening("lot"))
        desk, size, head = sequencer.desk, store.size(), store.head()
        other = sequencer.send(BUYER, "open", opening("other"))
        assert isinstance(other.answer, Refusal)
        assert other.answer.code == "key-reused"
        assert other.link is None
        with pytest.raises(LookupError):
            other.receipt()
        assert (sequencer.desk, store.size(), store.head()) == (desk, size, head)


def test_what_is_cancelled_in_time_was_never_asked() -> None:
    store = Held()
    with led(store) as sequencer:
        founded(sequencer)
        store.go.clear()
        # Two groups: one at the disk, one decided; what comes then waits.
        for n in range(2):
            sequencer.submit(BUYER, f"open-{n}", opening(f"lot-{n}"))
            while not sequencer._queue.empty():
                pass
        third = sequencer.submit(BUYER, "third", opening("third"))
        assert third.cancel()
        store.go.set()
        sequencer.send(BUYER, "fourth", opening("fourth"))
        assert set(sequencer.desk.tenders) == {"lot-0", "lot-1", "fourth"}


def test_where_too_many_wait_the_next_is_refused() -> None:
    store = Held()
    with Sequencer(store, KEYS, clock=Clock(), chance=lambda: CHANCE, room=5) as sequencer:
        founded(sequencer)
        store.go.clear()
        futures = asked(sequencer, 2_000)
        crowded = [one for one in futures if one.done()]
        assert len(crowded) >= 1_000
        with pytest.raises(CrowdedError, match="send it again in a moment"):
            crowded[0].result()
        store.go.set()
        wait(futures, timeout=10)
        told = [one for one in futures if one.exception() is None]
        assert len(told) == 2_000 - len(crowded)
        assert isinstance(sequencer.send(BUYER, "open", opening("lot")).answer, Reply)


def test_what_cannot_be_written_fails_alone() -> None:
    with led(MemoryStore()) as sequencer:
        founded(sequencer)
        desk = sequencer.desk
        bad = sequencer.submit(BUYER, "bad-\ud800", opening("lot"))
        worse = sequencer.submit(BUYER, "worse", opening("\ud800"))
        good = sequencer.submit(BUYER, "good", opening("lot"))
        with pytest.raises(WireError):
            bad.result(5)
        with pytest.raises(WireError):
            worse.result(5)
        assert isinstance(good.result(5).answer, Reply)
        assert set(sequencer.desk.tenders) == {*desk.tenders, "lot"}


def test_whoever_waits_can_be_interrupted_and_the_rest_goes_on() -> None:
    # A program that was started in the background may be told to ignore Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    store = Held()
    with led(store) as sequencer:
        founded(sequencer)
        store.go.clear()
        timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            sequencer.send(BUYER, "open", opening("lot"))
        timer.join()
        signal.signal(signal.SIGINT, before)
        store.go.set()
        assert isinstance(sequencer.send(BUYER, "open", opening("lot")).answer, Reply)
        assert list(sequencer.desk.tenders) == ["lot"]


def test_who_is_called_back_may_ask_anew() -> None:
    with led(MemoryStore()) as sequencer:
        founded(sequencer)
        done = threading.Event()

        def more(number: int) -> None:
            if number == 20:
                done.set()
                return
            future = sequencer.submit(BUYER, f"k{number}", opening(f"lot-{number}"))
            future.add_done_callback(lambda _: more(number + 1))

        more(0)
        assert done.wait(10)
        assert len(sequencer.desk.tenders) == 20


def _threads() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name.startswith("offtake-sequencer")]
