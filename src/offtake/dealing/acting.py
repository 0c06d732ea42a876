"""One deed at a local desk: the lead is taken, a command sent, what came of it told, all closed.

Nothing is kept open between two deeds, so that several programs may use one desk in turn.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from offtake.book.force import Book
from offtake.book.near import nearest
from offtake.dealing import found
from offtake.dealing.places import Places
from offtake.dealing.running import Running
from offtake.dealing.seeing import (
    FOUNDED,
    REHEARSED,
    NoStoreError,
    Seeing,
    broken,
    clocks,
    practises,
)
from offtake.dealing.told import told
from offtake.dealing.where import Where
from offtake.dealing.wrong import WrongDealingError
from offtake.desk import Desk, evolve, reply, say, sight
from offtake.desk import commands as cm
from offtake.desk.decide import Decided
from offtake.desk.events import Refused
from offtake.desk.lot import Instant
from offtake.desk.plain import Plain
from offtake.desk.wire import WireError, event_from
from offtake.journal.entry import Form
from offtake.journal.journal import BrokenJournalError, OtherKeysError
from offtake.journal.seals import SALT, Seals
from offtake.keep import whole
from offtake.store.base import BusyError, Store
from offtake.store.keyring import FolderKeyring
from offtake.store.sequencer import Sequencer
from offtake.units.instants import instant_text

WAIT = 10.0
"""Seconds for which the lead is waited for."""
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
        receipts: bool = True,
    ) -> None:
        self.book = book
        self.places = Places(book)
        self.where = Where(folder, store, keys)
        self.at = at
        """When it is, at a desk for practice; None: the machine's clock says it."""
        self._wait, self._receipts = wait, receipts
        self._named: frozenset[str] = frozenset()
        """What the desk has signed: a book that reads its journal names the same agreements."""

    @property
    def buyer(self) -> str:
        """Who acts where nobody else is named."""
        return self.book.header.buyer

    def who(self, party: str | None) -> str:
        """The party that acts or looks."""
        return self.buyer if party is None else party

    def now(self, desk: Desk) -> Instant:
        """The machine's clock; of a desk for practice the stated instant, else its last one."""
        if practises(desk):
            if self.at is not None and self.at < desk.now:
                raise WrongDealingError(
                    f"--at lies before {instant_text(desk.now)}, when something happened already"
                )
            return desk.now if self.at is None else self.at
        if self.at is not None and desk.buyer:
            raise WrongDealingError(
                "--at is for a desk that was begun for practice (open --rehearsal); this one goes "
                "by the machine's clock"
            )
        return max(time.time_ns(), desk.now)

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

    def sight(self, party: str | None = None) -> Plain:
        """What a party may know now, as plain data."""
        with self.reading() as seeing:
            return self._sight(seeing.desk, self.who(party))

    def clocks(self, party: str | None = None) -> list[Running]:
        """What is waited for, until when, and what happens if nothing is done, for a party."""
        with self.reading() as seeing:
            who = self.who(party)
            self._known(seeing.desk, who)
            return clocks(seeing.desk, who, self.places, self.now(seeing.desk))

    def practises(self) -> bool:
        """Whether the desk is one for practice."""
        with self.reading() as seeing:
            return practises(seeing.desk)

    def _sight(self, desk: Desk, party: str) -> Plain:
        self._known(desk, party)
        return sight(desk, party, self.now(desk))

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
        if begin is not None and not self.where.begun():
            if self.at is not None and not begin.rehearsal:
                raise WrongDealingError("--at is for a desk for practice: add --rehearsal")
            self.where.begin()
        with self._leading() as led:
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
    def _leading(self) -> Iterator[Led]:
        store = self.where.opened(readonly=False)
        try:
            keyring = self.where.keyring(store)
            sequencer = Sequencer(
                store,
                keyring,
                clock=time.time_ns,
                chance=lambda: os.urandom(32),
                wait=self._wait,
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
                f"another program has led this desk for {self._wait:g} seconds; wait until it has "
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
        now, before = self.now(desk), store.size()
        self._named = frozenset(desk.agreements)
        outcome = desk.outcomes.get((who, own))
        if outcome is not None:
            # The same words under the same key are the same command only if they are read by what
            # was seen then.
            desk, now = _before(store, led.keyring, who, own), outcome.at
        answers, sentences, receipts = list[Plain](), list[str](), list[Path]()
        for number, command in enumerate(make(sight(desk, who, now), now), 1):
            named = own if number == 1 else f"{own}.{number}"
            try:
                ack = sequencer.send(who, named, command, now)
            except WireError as error:
                raise WrongDealingError(str(error)) from error
            answers.append(reply(Decided((), ack.answer)))
            if self._receipts and ack.link is not None:
                receipts.append(self._receipt(who, named, ack.receipt()))
            if "refused" in answers[-1]:
                break
            sentences.append(told(who, command, answers[-1]))
        after = sequencer.desk
        if outcome is not None and "refused" not in answers[-1]:
            sentences = ["This was done already under this key; nothing happened again."]
        elif self._watches(after, who):
            sentences = _written(store, before)
        running = clocks(after, who, self.places, max(now, after.now))
        return Done(
            who,
            own,
            tuple(answers),
            tuple(sentences),
            tuple(receipts),
            tuple(one for one in running if one.tender == tender),
            practises(after),
        )

    def _watches(self, desk: Desk, party: str) -> bool:
        return found.watches(sight(desk, party, desk.now))

    def _receipt(self, actor: str, key: str, content: bytes) -> Path:
        """Written beside the store: whoever has it can show later that history was rewritten."""
        folder = self.where.beside
        folder.mkdir(exist_ok=True)
        return whole(folder / f"{actor}-{file_key(key)}.json", content)


def stranger(desk: Desk, party: str) -> WrongDealingError:
    """What is said to somebody whom the desk does not know."""
    hint = nearest(party, desk.parties) or "the buyer admits parties"
    return WrongDealingError(f"{party[:64]} is no party of this desk; {hint}")


def file_key(key: str) -> str:
    """A key as a file's name: itself where that is plain, else a hash of it."""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", key):
        return key
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _key(key: str) -> str:
    if not key.strip() or len(key) > 200 or not key.isprintable():
        raise WrongDealingError("--key is a word of 1 to 200 letters that can be seen")
    if key in (FOUNDED, REHEARSED):
        raise WrongDealingError(f"--key: {key} is the key by which a desk is begun; take another")
    return key


def _before(store: Store, keyring: FolderKeyring, actor: str, key: str) -> Desk:
    """The desk as it was before a command that was sent already."""
    seals, desk = Seals(keyring), Desk()
    for entry in store.read():
        content = seals.content(entry)
        event = event_from(content[SALT:] if content is not None else seals.stubbed(entry))
        if event.by is not None and (event.by.actor, event.by.key) == (actor, key):
            break
        desk = evolve(desk, event)
    return desk


def _written(store: Store, start: int) -> list[str]:
    """Sentences of the open events from a number on: what the buyer and auditors are told.

    A refusal is told by its own answer.
    """
    with store.snapshot() as still:
        open_ = [e for e in still.read(start) if e.form is Form.OPEN and not e.label]
        happened = [event_from(entry.body[SALT:]) for entry in open_]
    return [say(event) for event in happened if not isinstance(event, Refused)]
