"""The desk of a store as it is kept, and as time has left it since; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from offtake.dealing.found import watches
from offtake.dealing.places import Places
from offtake.dealing.running import Running, watching
from offtake.dealing.waiting import waited
from offtake.dealing.where import Where
from offtake.dealing.wrong import WrongDealingError
from offtake.desk import Desk, due, events, evolve, say, sight
from offtake.desk.lot import Instant
from offtake.desk.plain import Plain, instant
from offtake.desk.wire import event_from
from offtake.journal.entry import Entry, Form
from offtake.journal.journal import BrokenJournalError, Journal, OtherKeysError, cut
from offtake.journal.keys import Keyring
from offtake.journal.seals import SALT, Seals
from offtake.journal.signed import Mark, proof_line, receipt_line
from offtake.journal.text import ending, exported, shown
from offtake.store.base import Store, StoreError
from offtake.units.postings import Group

FOUNDED, REHEARSED = "found", "found-for-rehearsal"
"""Keys of the command that founds a desk: the second marks it, for ever, as one for practice."""


_POSTED = b'"type":"Posted"'
"""In no text of an event can this stand with its quotation marks bare."""


@dataclass(frozen=True, slots=True)
class Booked:
    """A group as a journal has it."""

    number: int | None
    """Its entry's, from 0; None past a tender whose bids are still sealed."""
    link: bytes
    """Its entry's, by which the chain has it; its first digits name it: `desk.sqlite#1f...`."""
    at: Instant
    group: Group


def practises(desk: Desk) -> bool:
    """Whether it is a desk for practice, whose time is stated and not the machine's."""
    return desk.outcomes.get((desk.buyer, REHEARSED)) is not None


class NoStoreError(StoreError):
    """What is stored is not to be used as it is: one sentence with what to do."""


def broken(error: BrokenJournalError, where: Where) -> NoStoreError:
    """What is said of a store whose journal does not hold together."""
    return NoStoreError(
        f"the journal in {where.shown} is broken at entry {error.number}: {error.sentence}. "
        "Nothing was changed. Restore a backup into another file (offtake tender restore) and go "
        "on with it, or look at an export of it: offtake verify"
    )


class Seeing:
    """A journal read from its store, and what may be seen of it."""

    def __init__(self, where: Where) -> None:
        self._stack = ExitStack()
        try:
            store = where.opened(readonly=True)
            self._stack.callback(store.close)
            keyring = where.keyring(store)
            self._store = self._stack.enter_context(store.snapshot())
            about = self._store.about()
            assert about is not None
            self.journal = Journal(about, keyring)
            self.journal.load(self._store.read(), self._store.head())
        except BrokenJournalError as error:
            self._stack.close()
            raise broken(error, where) from error
        except OtherKeysError as error:
            self._stack.close()
            raise NoStoreError(str(error)) from error
        except BaseException:
            self._stack.close()
            raise
        self._keyring = keyring
        self.desk: Desk = self.journal.desk
        """As it is kept, or as time has left it."""
        self._brought: tuple[events.Event, ...] = ()
        self.upto, self.last = ending(
            self.desk, self.journal.began, self.journal.size, self._store.read
        )
        self._log_upto = self.upto

    def bring(self, now: Instant) -> None:
        """Let time pass, on a copy: what it has brought is seen, and kept by whoever leads next."""
        self._brought = due(self.journal.desk, now)
        desk, began = self.journal.desk, dict(self.journal.began)
        for number, event in enumerate(self._brought, self.journal.size):
            desk = evolve(desk, event)
            if isinstance(event, events.BiddingStarted):
                began[event.tender] = number
        self.desk = desk
        self._log_upto = cut(desk, began, self.journal.size + len(self._brought))

    def export(self, now: Instant) -> Iterator[bytes]:
        """The journal as lines that prove themselves, kept, and as far as it may be shown."""
        entries, kept = self._store.read(0, self.upto), self.journal
        at = max(now, self.last)
        yield from exported(kept.about, entries, self._keyring, self.upto, kept.desk, at)

    def log(self) -> Iterator[Plain]:
        """Events with their numbers up to the cut, and those after it that are open, without.

        For the buyer and auditors. A hidden event is left out where it has no number.
        """
        upto, seals = self._log_upto, Seals(self._keyring)
        for entry in self._store.read():
            content = shown(entry, seals, self.desk)
            if entry.number < upto:
                yield _logged(entry, content, entry.number)
            elif entry.form is Form.OPEN and not entry.label:
                yield _logged(entry, content, None)
        for number, event in enumerate(self._brought, self.journal.size):
            yield _told(event, number if number < upto else None)

    def posted(self) -> Iterator[Booked]:
        """Every group that was posted, in order. No seal hides one."""
        for entry in self._store.read():
            if entry.form is Form.OPEN and not entry.label and _POSTED in entry.body:
                event = event_from(entry.body[SALT:])
                if isinstance(event, events.Posted):
                    number = entry.number if entry.number < self.upto else None
                    yield Booked(number, entry.link, event.at, event.group)

    def receipt(self, actor: str, key: str, now: Instant) -> bytes:
        """The proof that a command is in the journal, or its receipt while it may not be shown."""
        proof = self.journal.proof(actor, key, now)
        if proof is not None:
            return proof_line(proof)
        receipt = self.journal.receipt(actor, key)
        if receipt is None:
            raise WrongDealingError(
                f"{actor} sent no command under the key {key[:64]!r} that is kept; the key was "
                "printed when it was sent"
            )
        return receipt_line(receipt)

    def mark(self, tender: str) -> Mark | None:
        """The desk's word for where no bid in a tender is changed any more; None before that."""
        return self.journal.mark(tender)

    def close(self) -> None:
        """Close the store."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _logged(entry: Entry, content: bytes | None, number: int | None) -> Plain:
    if content is None:
        sentence = "Sealed: what was sent while bids were taken, and was never opened, or erased."
        return {"number": number, "at": None, "what": None, "tender": entry.label} | {
            "sentence": sentence
        }
    return _told(event_from(content[SALT:]), number)


def _told(event: events.Event, number: int | None) -> Plain:
    return {
        "number": number,
        "at": instant(event.at),
        "what": type(event).__name__,
        "tender": getattr(event, "tender", ""),
        "sentence": say(event),
    }


def clocks(desk: Desk, party: str, places: Places, now: Instant) -> list[Running]:
    """Every clock that runs for a party, by its sight."""
    seen = sight(desk, party, now)
    if watches(seen):
        return list(watching(desk, seen, places, now))
    return list(waited(desk, seen, places, now))


def before_command(store: Store, keyring: Keyring, actor: str, key: str) -> Desk:
    """The desk as it was before a command that was sent already."""
    seals, desk = Seals(keyring), Desk()
    for entry in store.read():
        content = seals.content(entry)
        event = event_from(content[SALT:] if content is not None else seals.stubbed(entry))
        if event.by is not None and (event.by.actor, event.by.key) == (actor, key):
            break
        desk = evolve(desk, event)
    return desk


def written(store: Store, start: int, since: Instant) -> list[str]:
    """Sentences of the open events from a number and an instant on: for buyer and auditors.

    A refusal is told by its own answer.
    """
    with store.snapshot() as still:
        open_ = [e for e in still.read(start) if e.form is Form.OPEN and not e.label]
        happened = [event_from(entry.body[SALT:]) for entry in open_]
    told = (one for one in happened if not isinstance(one, events.Refused) and one.at >= since)
    return [say(event) for event in told]
