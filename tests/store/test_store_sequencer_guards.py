"""The sequencer goes on whatever is called back does, and is its own process's alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from offtake.desk import Reply
from offtake.store.base import StoppedError
from offtake.store.memory import MemoryStore
from offtake.store.sequencer import THREADS, Sequencer
from store.desks import BUYER, FOUND, Held, declare, founded, led

PARTY = FOUND.parties[0]


def leaving(_: Future[Any]) -> None:
    raise SystemExit(3)


def test_a_callback_that_ends_its_thread_ends_none_of_the_desk(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = Held()
    with led(store) as sequencer:
        founded(sequencer)
        for turn in range(2 * THREADS):
            store.go.clear()
            first = sequencer.submit(PARTY, f"first {turn}", declare(PARTY))
            first.add_done_callback(leaving)
            second = sequencer.submit(PARTY, f"second {turn}", declare(PARTY))
            store.go.set()
            for future in (first, second):
                assert isinstance(future.result(10).answer, Reply)
        assert all(thread.is_alive() for thread in sequencer._threads)
    assert "what was called back failed: SystemExit" in caplog.text


def test_where_the_disk_fails_too_all_are_told_whatever_is_called_back() -> None:
    store = Held()
    sequencer = led(store)
    founded(sequencer)
    store.go.clear()
    futures = [sequencer.submit(PARTY, f"k{n}", declare(PARTY)) for n in range(20)]
    for future in futures:
        future.add_done_callback(leaving)
    store.fails = OSError(5, "Input/output error")
    store.go.set()
    for future in futures:
        with pytest.raises(StoppedError):
            future.result(10)
    sequencer.close()


def in_a_child(act: Callable[[], str]) -> str:
    """What a process says that is forked off now."""
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(theirs, act().encode())
        finally:
            os._exit(0)
    os.close(theirs)
    with os.fdopen(ours) as said:
        text = said.read()
    os.waitpid(child, 0)
    return text


@pytest.mark.parametrize(
    "use",
    [
        lambda desk: desk.send(PARTY, "child", declare(PARTY)),
        lambda desk: desk.tick(),
        lambda desk: desk.sight(BUYER),
        lambda desk: desk.mark("lot"),
        lambda desk: list(desk.export()),
    ],
)
def test_a_forked_process_is_told_to_ask_where_the_desk_is_led(
    use: Callable[[Sequencer], object],
) -> None:
    def act() -> str:
        try:
            use(sequencer)
        except StoppedError as error:
            return str(error)
        return "it was used"

    with led(MemoryStore()) as sequencer:
        founded(sequencer)
        said = in_a_child(act)
        assert said == (
            "The desk is led by the process from which this one was forked: ask it there."
        )
        assert isinstance(sequencer.send(PARTY, "here", declare(PARTY)).answer, Reply)


class Closing(MemoryStore):
    closed = False

    def close(self) -> None:
        self.closed = True
        super().close()


def test_a_forked_process_that_closes_it_takes_nothing_from_who_leads() -> None:
    # To a server, it would speak over the connection of the process that leads.
    store = Closing()

    def act() -> str:
        with sequencer:
            pass
        return f"the store was closed: {store.closed}"

    with led(store) as sequencer:
        founded(sequencer)
        assert in_a_child(act) == "the store was closed: False"
        assert isinstance(sequencer.send(PARTY, "here", declare(PARTY)).answer, Reply)
    assert store.closed
