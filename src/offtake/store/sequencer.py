"""The one sequencer of a desk: commands in a queue, decided one by one, committed in groups.

Two threads take turns. One decides whatever waits while the disk writes what the other decided
before; a command is acknowledged only when its own group is on the disk. Who decides takes the
place at the disk before the other may decide: groups are written in the order of their decision.
"""

from __future__ import annotations

import gc
import logging
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, Self

from offtake.desk.commands import Command, Envelope
from offtake.desk.lot import Instant
from offtake.desk.sight import sight
from offtake.desk.state import Desk
from offtake.journal.entry import About, Batch
from offtake.journal.journal import Journal
from offtake.journal.keys import Keyring
from offtake.journal.signed import Mark
from offtake.journal.text import ending, exported
from offtake.store.acknowledged import Acknowledged
from offtake.store.base import StoppedError, Store, StoreError
from offtake.store.crash import crash_point

THREADS = 2
MANY = 10_000
"""Events of a desk from which on they are kept from the search for garbage."""

_log = logging.getLogger("offtake.store")


class CrowdedError(StoreError):
    """Too many commands wait; nothing became of this one."""


class _Asked(NamedTuple):
    """A command as it waits; without a body, the question what time has brought."""

    future: Future[Any]
    actor: str
    key: str
    at: Instant
    body: Command | None


class _Group:
    """Commands that are written at once."""

    def __init__(self, asked: list[_Asked]) -> None:
        self.asked = asked
        self.told: list[Acknowledged | Exception | None] = []
        """What each is told when the disk has it."""
        self.batch: Batch | None = None
        self.desk: Desk | None = None
        """As it is after them; None until all are decided."""
        self.erased: list[str] = []
        """Tenders whose keys are destroyed when the disk has it."""
        self.written = False


class Sequencer:
    """Leads the journal of a store: nobody else writes to it, and all is written through here.

    `clock` says what time it is, in nanoseconds since 1970 (it may step back: journal time does
    not), `chance` draws 32 bytes. `BusyError` where another leads and has not ended after `wait`
    seconds. A group has at most `most` commands; at most `room` wait.
    """

    def __init__(
        self,
        store: Store,
        keyring: Keyring,
        *,
        clock: Callable[[], int],
        chance: Callable[[], bytes],
        wait: float = 0.0,
        most: int = 256,
        room: int = 10_000,
    ) -> None:
        self._store, self._keyring, self._clock, self._chance = store, keyring, clock, chance
        self._most, self._room = most, room
        self._journal = Journal(_begun(store, keyring, chance), keyring)
        self._lead = store.lead(wait)
        try:
            with _all_of_it_stays():
                self._journal.load(store.read(), store.head())
                if self._journal.size >= MANY:
                    # All of it stays. Each search for garbage would go through it, and a service
                    # stand still meanwhile.
                    gc.freeze()
            for tender in self._journal.erased:
                keyring.destroy(tender)
        except BaseException:
            store.close()
            raise
        self._durable, self._size = self._journal.desk, self._journal.size
        self._process = os.getpid()
        self._queue: SimpleQueue[_Asked | None] = SimpleQueue()
        self._deciding, self._writing = threading.Lock(), threading.Lock()
        self._over = ""
        """Why nothing more is taken."""
        self._broken: BaseException | None = None
        """Why nothing more is written."""
        names = [f"offtake-sequencer-{number}" for number in range(THREADS)]
        self._threads = [threading.Thread(target=self._work, name=n, daemon=True) for n in names]
        for thread in self._threads:
            thread.start()

    # --- asking -----------------------------------------------------------------------------------

    def submit(
        self, actor: str, key: str, body: Command, at: Instant | None = None
    ) -> Future[Acknowledged]:
        """Ask for a command. What its future tells is on the disk.

        It fails with `CrowdedError` where too many wait, with `StoppedError` where nothing more is
        written. One that is cancelled before it was decided has no effect. Whatever is called back
        must not wait for another command.
        """
        return self._ask(actor, key, self._clock() if at is None else at, body)

    def send(self, actor: str, key: str, body: Command, at: Instant | None = None) -> Acknowledged:
        """Ask for a command, and wait until the disk has what became of it."""
        return self.submit(actor, key, body, at).result()

    def tick(self) -> None:
        """Record what time has brought, and wait until the disk has it."""
        self._ask("", "", self._clock(), None).result()

    def _ask(self, actor: str, key: str, at: Instant, body: Command | None) -> Future[Any]:
        if self._over or self._process != os.getpid():
            return _failed(self._stopped())
        if self._queue.qsize() >= self._room:
            return _failed(CrowdedError(f"{self._room} commands wait; send it again in a moment."))
        future: Future[Any] = Future()
        self._queue.put(_Asked(future, actor, key, at, body))
        # The end may have come in between, after which nobody takes from the queue.
        if self._over and future.cancel():
            return _failed(self._stopped())
        return future

    # --- seeing -----------------------------------------------------------------------------------

    @property
    def desk(self) -> Desk:
        """The desk as the disk has it."""
        return self._durable

    def sight(self, party: str) -> dict[str, Any]:
        """What a party may know now. What time has brought is on the disk before it is seen."""
        now = self._look()
        desk = self._durable
        return sight(desk, party, max(now, desk.now))

    def _look(self) -> Instant:
        """The instant, when what time has brought by then is on the disk."""
        if self._process != os.getpid():
            raise self._stopped()
        now, first = self._clock(), self._durable.agenda.first
        if first is not None and first[0] < now:
            self.tick()
        return now

    def export(self) -> Iterator[bytes]:
        """The lines of the journal as the disk has it now, as far as it may be shown."""
        now = self._look()
        with ExitStack() as stack:
            with self._writing:
                desk, size = self._durable, self._size
                store = stack.enter_context(self._store.snapshot())
            upto, last = ending(desk, self._journal.began, size, store.read)
            entries, at = store.read(0, upto), max(now, last)
            yield from exported(self._journal.about, entries, self._keyring, upto, desk, at)

    def mark(self, tender: str) -> Mark | None:
        """The desk's word for where no bid in a tender is changed any more; None before that.

        A bidder keeps it, and then reveals: nothing can be slipped in before it any more.
        """
        self._look()
        return self._journal.mark(tender, self._size)

    # --- ending -----------------------------------------------------------------------------------

    def close(self) -> None:
        """Take nothing more, write what was taken, give the lead back.

        A process that was forked off meanwhile has no lead, and leaves the store alone.
        """
        if self._process != os.getpid():
            return
        if not self._over:
            self._over = "The desk was closed; nothing became of what was asked after it."
            self._queue.put(None)
        for thread in self._threads:
            thread.join()
        if self._broken is None:
            self._store.close()
            return
        with suppress(StoreError, OSError):  # the first failure was told
            self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def _stop(self, error: BaseException) -> None:
        """The end: nothing is tried again, and all who wait are told so."""
        self._broken = self._broken or error
        self._over = (
            "The desk has stopped: what was asked may or may not be kept. "
            "Find out why, start it again, and send the same command under the same key."
        )
        _log.error("the sequencer has stopped: %s", type(error).__name__)
        with suppress(Empty):
            while True:
                one = self._queue.get_nowait()
                if one is not None and one.future.set_running_or_notify_cancel():
                    _tell(one.future, self._stopped())
        self._queue.put(None)

    def _stopped(self) -> StoppedError:
        """What whoever asks is told at the end: to each its own, for each raises it."""
        if self._process != os.getpid():
            return StoppedError(
                "The desk is led by the process from which this one was forked: ask it there."
            )
        error = StoppedError(self._over)
        error.__cause__ = self._broken
        return error

    # --- one group --------------------------------------------------------------------------------

    def _work(self) -> None:
        while self._group():
            pass

    def _group(self) -> bool:
        """Decide what waits, write it, tell it; False where nothing more will come."""
        with self._deciding:
            asked = self._waiting()
            if not asked:
                return False
            group = _Group(asked)
            self._decide(group)
            self._writing.acquire()
        try:
            self._write(group)
        finally:
            self._writing.release()
        self._tell(group)
        return True

    def _waiting(self) -> list[_Asked]:
        """What waits, at least one; none where nothing more will come."""
        asked: list[_Asked] = []
        one = self._queue.get()
        while one is not None:
            if one.future.set_running_or_notify_cancel():
                asked.append(one)
            if len(asked) == self._most:
                return asked
            try:
                one = self._queue.get(block=not asked)
            except Empty:
                return asked
        self._queue.put(None)  # for who takes next
        return asked

    def _decide(self, group: _Group) -> None:
        """Each in its turn, on the desk as those before it leave it, whether on the disk or not."""
        try:
            group.told = [self._decided(one, group) for one in group.asked]
            group.batch, group.desk = self._journal.take(), self._journal.desk
        except BaseException as error:
            self._stop(error)

    def _decided(self, one: _Asked, group: _Group) -> Acknowledged | Exception | None:
        journal = self._journal
        if one.body is None:
            journal.tick(one.at, self._chance())
            return None
        before = journal.desk
        envelope = Envelope(one.actor, one.key, one.at, self._chance(), one.body)
        try:
            admitted = journal.admit(envelope)
        except (OSError, StoreError):
            raise
        except Exception as error:
            if journal.desk is not before:
                raise
            return error  # what cannot be written is its sender's fault, and nobody else's loss
        if admitted.erased:
            group.erased.append(admitted.erased)
        return Acknowledged(
            admitted.answer,
            admitted.ack,
            one.at,
            one.actor,
            one.key,
            journal.about,
            self._keyring,
        )

    def _write(self, group: _Group) -> None:
        """Have the disk keep it. Groups before it are kept, or it is not written either."""
        if self._broken is not None or group.desk is None:
            return
        try:
            if group.batch is not None:
                crash_point("sequencer.before_append")
                self._store.append(self._lead, group.batch)
                crash_point("sequencer.after_append")
                self._size = group.batch.head.size
            self._durable = group.desk
            for tender in group.erased:
                crash_point("erase.before_destroy")
                self._keyring.destroy(tender)
            group.written = True
        except BaseException as error:
            self._stop(error)

    def _tell(self, group: _Group) -> None:
        """Tell those who asked; whoever is called back may ask anew."""
        if not group.written:
            for one in group.asked:
                _tell(one.future, self._stopped())
            return
        for one, told in zip(group.asked, group.told, strict=True):
            _tell(one.future, told)


def _tell(future: Future[Any], told: Acknowledged | Exception | None) -> None:
    """Tell one who asked. Whatever is called back by that ends no thread of the desk."""
    try:
        if isinstance(told, Exception):
            future.set_exception(told)
        else:
            future.set_result(told)
    except BaseException as error:
        # A future bears an `Exception` of what it calls back, and no `SystemExit`.
        _log.error("what was called back failed: %s", type(error).__name__)


@contextmanager
def _all_of_it_stays() -> Iterator[None]:
    """Search for no garbage meanwhile: with a million events a fifth of the time is lost to it."""
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()


def _failed(error: Exception) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_exception(error)
    return future


def _begun(store: Store, keyring: Keyring, chance: Callable[[], bytes]) -> About:
    """What the journal says of itself; it is begun where there is none."""
    about = store.about()
    if about is None:
        about = About(chance()[:16].hex(), keyring.public)
        store.begin(about)
    return about
