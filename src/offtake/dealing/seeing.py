"""The desk of a store as it is now, to be read: nobody's lead is taken and nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from offtake.dealing.found import watches
from offtake.dealing.places import Places
from offtake.dealing.running import Running, watching
from offtake.dealing.waiting import waited
from offtake.dealing.where import Where
from offtake.dealing.wrong import WrongDealingError
from offtake.desk import Desk, say, sight
from offtake.desk.lot import Instant
from offtake.desk.plain import Plain, instant
from offtake.desk.wire import event_from
from offtake.journal.entry import Entry, Form
from offtake.journal.journal import BrokenJournalError, Journal, OtherKeysError
from offtake.journal.seals import SALT, Seals
from offtake.journal.signed import proof_line, receipt_line
from offtake.journal.text import exported, shown
from offtake.store.base import StoreError

FOUNDED, REHEARSED = "found", "found-for-rehearsal"
"""Keys of the command that founds a desk: the second marks it, for ever, as one for practice."""


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

    @property
    def desk(self) -> Desk:
        """The desk as it is kept."""
        return self.journal.desk

    def export(self, now: Instant) -> Iterator[bytes]:
        """The journal as lines that prove themselves, as far as it may be shown."""
        upto = self.journal.cut()
        at = max(now, self.desk.now) if upto == self.journal.size else now
        entries = self._store.read(0, upto)
        yield from exported(self.journal.about, entries, self._keyring, upto, self.desk, at)

    def log(self) -> Iterator[Plain]:
        """Events with their numbers up to the cut, and those after it that are open, without.

        For the buyer and auditors. A hidden event is left out where it has no number.
        """
        upto, seals = self.journal.cut(), Seals(self._keyring)
        for entry in self._store.read():
            content = shown(entry, seals, self.desk)
            if entry.number < upto:
                yield _logged(entry, content, entry.number)
            elif entry.form is Form.OPEN and not entry.label:
                yield _logged(entry, content, None)

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
    event = event_from(content[SALT:])
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
