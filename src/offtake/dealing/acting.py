"""One deed at a local desk: the lead is taken, a command sent, what came of it told, all closed.

Nothing is kept open between two deeds, so that several programs may use one desk in turn.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from offtake.book.force import Book
from offtake.book.near import nearest
from offtake.dealing import found, private
from offtake.dealing.places import Places
from offtake.dealing.running import Running
from offtake.dealing.seeing import (
    FOUNDED,
    REHEARSED,
    NoStoreError,
    Seeing,
    before_command,
    broken,
    clocks,
    practises,
    written,
)
from offtake.dealing.told import told
from offtake.dealing.where import Where
from offtake.dealing.wrong import WrongDealingError
from offtake.desk import Desk, due, reply, sight
from offtake.desk import commands as cm
from offtake.desk.decide import Decided
from offtake.desk.lot import Instant
from offtake.desk.plain import Plain
from offtake.desk.sealed import SEALING
from offtake.desk.wire import WireError
from offtake.journal.journal import BrokenJournalError, OtherKeysError
from offtake.store.base import BusyError, Store, StoreError
from offtake.store.keyring import FolderKeyring
from offtake.store.sequencer import Sequencer

WAIT = 10.0
"""Seconds for which the lead is waited for."""
BRIEFLY = 1.0
"""Seconds for which a look waits for the lead, so as to record what time has brought."""
_SOON = 0.02
Make = Callable[[Plain, Instant], Sequence[cm.Command]]
"""From what the actor sees, and when, to what it asks."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a deed, for whoever did it."""

    actor: str
    key: str
    answers: tuple[Plain, ...]
    """What the desk answered to each command: `at` and `made`, or `refused` with its sentence."""
    sentences: tuple[str, ...]
    """What happened; of a party that is not the buyer, its own deed alone."""
    receipts: tuple[Path, ...]
    next: tuple[Running, ...]
    """What is waited for now in the tender, and what happens if nothing is done."""
    practice: bool = False
    again: bool = False
    """Whether it had been done already under its key."""
    mark: Path | None = None
    """Where the desk's mark of the tender was written."""

    @property
    def refused(self) -> Plain | None:
        """The refusal, where there was one."""
        return next((one for one in self.answers if "refused" in one), None)

    @property
    def made(self) -> str:
        """The name of what the last command made."""
        return str(self.answers[-1].get("made", "")) if self.answers else ""

    def data(self) -> Plain:
        """As plain data."""
        return {
            "actor": self.actor,
            "key": self.key,
            "practice": self.practice,
            "answers": list(self.answers),
            "sentences": list(self.sentences),
            "receipts": [str(path) for path in self.receipts],
            "mark": None if self.mark is None else str(self.mark),
            "next": [one.data() for one in self.next],
        }


@dataclass(frozen=True, slots=True)
class Begin:
    """How a desk begins, where none has."""

    auditors: tuple[str, ...] = ()
    rehearsal: bool = False
    """For practice: its time is stated, not the machine's."""


class Led(NamedTuple):
    """A desk that is led: nobody else writes to it."""

    store: Store
    keyring: FolderKeyring
    sequencer: Sequencer


class Acting:
    """A book's desk in its store: who acts, when, and what may be seen."""

    def __init__(
        self,
        book: Book,
        folder: Path,
        store: str | Path | None = None,
        keys: str | Path | None = None,
        *,
        at: Instant | None = None,
        wait: float = WAIT,
        receipts: Path | bool = True,
    ) -> None:
        self.book = book
        self.places = Places(book)
        self.where = Where(folder, store, keys)
        self.at = at
        """When it is, at a desk for practice; None: the machine's clock says it."""
        self._wait = wait
        self._receipts = receipts
        """The folder for receipts; True: the buyer's is beside the store, others' where one is."""
        self.sending = ""
        """The key of a deed that was sent, until it is known what became of it."""
        self._named: frozenset[str] = frozenset()
        """What the desk has signed: a book that reads its journal names the same agreements."""

    @property
    def buyer(self) -> str:
        """Who acts where nobody else is named."""
        return self.book.header.buyer

    def who(self, party: str | None) -> str:
        """The party that acts or looks."""
        return self.buyer if party is None else party

    def now(self, desk: Desk, last: Instant) -> Instant:
        """The machine's clock; of a desk for practice the stated instant, else its last one.

        `last` is the last that whoever asks may know of: a later one could be a sealed bid's.
        """
        if practises(desk):
            if self.at is not None and self.at < last:
                raise WrongDealingError(
                    "--at lies before what has happened at this desk already; name a later instant"
                )
            return last if self.at is None else self.at
        if self.at is not None and desk.buyer:
            raise WrongDealingError(
                "--at is for a desk that was begun for practice (open --rehearsal); this one goes "
                "by the machine's clock"
            )
        return max(time.time_ns(), last)

    # --- seeing -----------------------------------------------------------------------------------

    def reading(self) -> Seeing:
        """The desk as it is kept, to be read; to be closed."""
        until = time.monotonic() + self._wait
        while True:
            try:
                return Seeing(self.where)
            except BusyError:
                # A file at rest is read without locks, and may be written just then.
                if time.monotonic() >= until:
                    raise
                time.sleep(_SOON)

    @contextmanager
    def looking(self, *, proving: bool = False) -> Iterator[tuple[Seeing, Instant]]:
        """The desk as time has left it, to be read, and when it is.

        What time has brought is recorded where this program may lead. It is not at a desk for
        practice, whose stated time is no fact, unless what is looked at is to prove it.
        """
        seeing = self.reading()
        try:
            now = self.now(seeing.desk, seeing.last)
            if (proving or not practises(seeing.desk)) and due(seeing.desk, now):
                seeing.close()
                with suppress(StoreError, OSError), self._leading(BRIEFLY, lambda: now) as led:
                    led.sequencer.tick()
                seeing = self.reading()
            seeing.bring(now)
            yield seeing, now
        finally:
            seeing.close()

    def sight(self, party: str | None = None) -> Plain:
        """What a party may know now, as plain data."""
        with self.looking() as (seeing, now):
            return self._sight(seeing.desk, self.who(party), now)

    def clocks(self, party: str | None = None) -> list[Running]:
        """What is waited for, until when, and what happens if nothing is done, for a party."""
        with self.looking() as (seeing, now):
            who = self.who(party)
            self._known(seeing.desk, who)
            return clocks(seeing.desk, who, self.places, now)

    def practises(self) -> bool:
        """Whether the desk is one for practice."""
        with self.reading() as seeing:
            return practises(seeing.desk)

    def _sight(self, desk: Desk, party: str, now: Instant) -> Plain:
        self._known(desk, party)
        return sight(desk, party, now)

    def _known(self, desk: Desk, party: str) -> None:
        if party not in desk.parties:
            raise stranger(desk, party)

    # --- doing ------------------------------------------------------------------------------------

    def act(
        self,
        make: Make,
        actor: str | None = None,
        *,
        key: str | None = None,
        tender: str = "",
        begin: Begin | None = None,
    ) -> Done:
        """Ask the desk for what `make` makes of the actor's sight; `begin` one where none is."""
        who = self.who(actor)
        own = os.urandom(8).hex() if key is None else _key(key)
        if self._receipts:
            self._folder(who)
        if begin is not None and not self.where.begun():
            if self.at is not None and not begin.rehearsal:
                raise WrongDealingError("--at is for a desk for practice: add --rehearsal")
            try:
                self.where.begin()
            except StoreError:
                # Of two that begin at once one does, and the other goes on with its desk.
                if not self.where.begun():
                    raise
        with self._leading(self._wait, time.time_ns) as led:
            if begin is not None:
                self._found(led.sequencer, begin)
            return self._act(led, make, who, own, tender)

    def _found(self, sequencer: Sequencer, begin: Begin) -> None:
        """Begin the desk with the book's parties and its buyer, where it has not begun."""
        desk = sequencer.desk
        if not desk.buyer:
            if self.buyer in begin.auditors:
                raise WrongDealingError("--auditor: the buyer cannot audit its own desk")
            key = REHEARSED if begin.rehearsal else FOUNDED
            parties = tuple(sorted(set(self.book.parties) - {self.buyer}))
            at = time.time_ns() if self.at is None else self.at
            sequencer.send(self.buyer, key, cm.Found(parties, tuple(begin.auditors)), at)
        elif begin.rehearsal and not practises(desk):
            raise WrongDealingError(
                "--rehearsal begins a desk for practice, and this one has begun in earnest; name "
                "another store: --desk"
            )
        elif set(begin.auditors) - desk.auditors:
            raise WrongDealingError("--auditor is said when a desk begins, and this one has begun")

    @contextmanager
    def _leading(self, wait: float, clock: Callable[[], Instant]) -> Iterator[Led]:
        store = self.where.opened(readonly=False)
        try:
            keyring = self.where.keyring(store)
            sequencer = Sequencer(
                store,
                keyring,
                clock=clock,
                chance=lambda: os.urandom(32),
                wait=wait,
            )
        except BrokenJournalError as error:
            store.close()
            raise broken(error, self.where) from error
        except OtherKeysError as error:
            store.close()
            raise NoStoreError(str(error)) from error
        except BusyError as error:
            store.close()
            raise NoStoreError(
                f"another program has led this desk for {wait:g} seconds; wait until it has "
                "ended, and send the same again"
            ) from error
        except BaseException:
            store.close()
            raise
        with sequencer:
            yield Led(store, keyring, sequencer)

    def _act(self, led: Led, make: Make, who: str, own: str, tender: str) -> Done:
        store, sequencer = led.store, led.sequencer
        desk = sequencer.desk
        self._known(desk, who)
        now, before = self.now(desk, desk.now), store.size()
        self._named = frozenset(desk.agreements)
        outcome = desk.outcomes.get((who, own))
        if outcome is not None:
            # The same words under the same key are the same command only if they are read by what
            # was seen then.
            desk, now = before_command(store, led.keyring, who, own), outcome.at
        then = now
        answers, sentences, receipts = list[Plain](), list[str](), list[Path]()
        seen = sight(desk, who, now)
        for number, command in enumerate(make(seen, now), 1):
            named = own if number == 1 else f"{own}.{number}"
            self.sending = own
            try:
                ack = sequencer.send(who, named, command, now)
            except WireError as error:
                raise WrongDealingError(str(error)) from error
            except StoreError as error:
                raise type(error)(f"{str(error).rstrip('.')}: --key {own}") from error
            then = max(then, ack.at)
            answers.append(reply(Decided((), ack.answer)))
            if self._receipts and ack.link is not None:
                receipts.append(self._receipt(who, own, ack.link, ack.receipt()))
            if "refused" in answers[-1]:
                break
            sentences.append(told(who, command, answers[-1], seen))
        after = sequencer.desk
        again = outcome is not None and "refused" not in answers[-1]
        if again:
            sentences = ["This was done already under this key; nothing happened again."]
        elif self._watches(after, who):
            # While bids are sealed, what time had brought before would tell that nobody else came.
            seals = any(one.phase in SEALING for one in after.tenders.values())
            sentences = written(store, before, now if seals else 0)
        # Not the desk's last instant, which may be that of another's sealed bid.
        running = clocks(after, who, self.places, then)
        self.sending = ""
        return Done(
            who,
            own,
            tuple(answers),
            tuple(sentences),
            tuple(receipts),
            tuple(one for one in running if one.tender == tender),
            practises(after),
            again,
        )

    def _watches(self, desk: Desk, party: str) -> bool:
        return found.watches(sight(desk, party, desk.now))

    def _folder(self, actor: str) -> Path:
        """Where a party's receipts are written: asked before the deed; never where a link leads."""
        folder = self._receipts
        if not isinstance(folder, Path):
            folder = self.where.beside if actor == self.buyer else self.where.apart()
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise WrongDealingError(f"{folder} is no folder; move it away, or add --no-receipt")
        return folder

    def _receipt(self, actor: str, key: str, link: bytes, content: bytes) -> Path:
        """Whoever has it can show later that history was rewritten. Its name tells of nobody."""
        folder = self._folder(actor)
        try:
            return self._keep(folder, link, content)
        except OSError as error:
            raise NoStoreError(
                f"what was asked was kept, but no receipt can be written to {folder} "
                f"({error.strerror}); offtake tender receipt writes it: its key is {key}"
            ) from error

    def _keep(self, folder: Path, link: bytes, content: bytes) -> Path:
        private.make(folder, ours=not isinstance(self._receipts, Path))
        return private.write(folder / f"{link.hex()[:16]}.json", content)


def stranger(desk: Desk, party: str) -> WrongDealingError:
    """What is said to somebody whom the desk does not know."""
    hint = nearest(party, desk.parties) or "the buyer admits parties"
    return WrongDealingError(f"{party[:64]} is no party of this desk; {hint}")


def _key(key: str) -> str:
    if not key.strip() or len(key) > 200 or not key.isprintable():
        raise WrongDealingError("--key is a word of 1 to 200 letters that can be seen")
    if key in (FOUNDED, REHEARSED):
        raise WrongDealingError(f"--key: {key} is the key by which a desk is begun; take another")
    return key
