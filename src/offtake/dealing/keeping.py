"""What a desk has kept, handed out: log, books, exports, receipts, marks, backups; its return."""

from __future__ import annotations

from pathlib import Path

from offtake.dealing.acting import Acting
from offtake.dealing.found import watches
from offtake.dealing.seeing import Booked, Seeing, practises
from offtake.dealing.wrong import WrongDealingError
from offtake.desk.lot import Instant
from offtake.desk.plain import Plain
from offtake.journal.signed import mark_line
from offtake.store.copying import copy
from offtake.store.open import open_store


class Keeping(Acting):
    """A desk whose journal is looked at and copied."""

    def log(self, party: str | None = None) -> tuple[list[Plain], bool]:
        """The journal's events, for the buyer and auditors, and whether the desk is for practice.

        Numbers end where seals begin.
        """
        who = self.who(party)
        with self.looking() as (seeing, now):
            self._watching(seeing, who, now, "log")
            return list(seeing.log()), practises(seeing.desk)

    def _watching(self, seeing: Seeing, who: str, now: Instant, what: str) -> None:
        """Refuse whoever is neither the buyer nor an auditor: others' bids and terms are in it."""
        if not watches(self._sight(seeing.desk, who, now)):
            raise WrongDealingError(
                f"the {what} is for the buyer and its auditors; offtake tender show --as {who} "
                "shows what it may see"
            )

    def posted(self, party: str | None = None) -> list[Booked]:
        """All that was posted, in its order; for the buyer and auditors. None where no desk began.

        A group's correction comes after it.
        """
        if not self.where.begun():
            return []
        who = self.who(party)
        with self.reading() as seeing:
            if not seeing.desk.buyer:
                # Whoever began it was stopped before it had parties; the next that posts goes on.
                return []
            self._watching(seeing, who, self.now(seeing.desk, seeing.last), "ledger")
            return list(seeing.posted())

    def exported(self, party: str | None = None) -> tuple[list[bytes], bool]:
        """For the buyer and auditors the journal as lines that prove themselves, and whether all.

        It ends where seals begin.
        """
        who = self.who(party)
        if who != self.buyer:
            # Before time is recorded, as whoever may not have it shall move nothing.
            with self.reading() as seeing:
                self._watching(seeing, who, self.now(seeing.desk, seeing.last), "export")
        with self.looking(proving=True) as (seeing, now):
            self._watching(seeing, who, now, "export")
            return list(seeing.export(now)), seeing.upto == seeing.journal.size

    def receipt(self, key: str, *, actor: str | None = None) -> bytes:
        """The receipt of a command, or the proof of it when it may be shown: one line."""
        with self.looking(proving=True) as (seeing, now):
            return seeing.receipt(self.who(actor), key, now)

    def mark(self, tender: str) -> bytes:
        """The desk's word for where no bid in a tender is changed any more: one line."""
        with self.looking(proving=True) as (seeing, _):
            mark = seeing.mark(tender)
        if mark is None:
            raise WrongDealingError(
                f"there is no mark of {tender[:64]!r} yet: the desk gives one when pledges are "
                "revealed or bids are opened"
            )
        return mark_line(mark)

    def backup(self, to: Path) -> None:
        """Copy the journal into a new SQLite file, without the keys."""
        store = self.where.opened(readonly=True)
        try:
            store.backup(to)
        finally:
            store.close()

    def restore(self, backup: Path) -> None:
        """Copy a backup into the desk's store, where no journal has begun; each link is checked."""
        if not backup.exists():
            raise WrongDealingError(f"there is no backup {backup}")
        if self.where.begun():
            raise WrongDealingError(
                f"there is a desk in {self.where.shown} already; move it away first, or restore "
                "into another store: --desk"
            )
        source = open_store(str(backup), readonly=True)
        try:
            target = open_store(self.where.store)
            try:
                copy(source, target)
            finally:
                target.close()
        finally:
            source.close()
