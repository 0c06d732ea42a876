"""A book's desk on this machine: what the buyer and the parties may do, one method each.

Whoever can read its keys may act as any party: it is the deal desk's own tool, which records what
others said. Each deed is durable when its method returns.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from offtake.dealing import found, lots, wishes
from offtake.dealing.acting import Acting, Begin, Done
from offtake.dealing.found import watches
from offtake.dealing.lots import DEFAULT, About, How
from offtake.dealing.seeing import Seeing, practises
from offtake.dealing.wishes import Words
from offtake.dealing.wrong import WrongDealingError
from offtake.desk import commands as cm
from offtake.desk.lot import Bid, Instant, Terms
from offtake.desk.plain import Plain
from offtake.journal.signed import mark_line
from offtake.store.copying import copy
from offtake.store.open import open_store

_STAYS = (
    "What stays: who bid and when, what was noticed or signed, the ranking with its effective "
    "prices where bids were opened, and what bidders revised after that."
)
_COPIES = (
    "Destroy the copies of this desk's keys too that were made before: with one of them and a "
    "backup what was bid can still be read."
)
_MARK = (
    "The desk's mark of {tender} is in {path}. Keep it, and have a second person keep a copy: it "
    "shows that no pledge was slipped in once yours was revealed."
)

OfLot = Callable[[Plain], Bid]
"""From a lot as its bidder sees it to the bid."""


class LocalDesk(Acting):
    """A desk in a local store. A refusal is an answer (`Done.refused`), not an exception.

    `actor` is who acts, the book's buyer unless another is named; `key` makes a deed that is sent
    twice one deed. Words that mean nothing raise `WrongDealingError`, a store that cannot be used
    `StoreError`.
    """

    # --- tenders ----------------------------------------------------------------------------------

    def open(
        self,
        about: About,
        how: How = DEFAULT,
        *,
        auditors: tuple[str, ...] = (),
        rehearsal: bool = False,
        actor: str | None = None,
        key: str | None = None,
    ) -> Done:
        """Open a tender; with the first one the desk begins. `rehearsal`: a desk for practice."""

        for party in auditors:
            lots.known("--auditor", party, self.book.parties)
        late: list[str] = []

        def make(_: Plain, now: Instant) -> Sequence[cm.Command]:
            opened = lots.command(self.book, about, now, how)
            late.append(lots.late(opened, now, self.places))
            return [opened]

        if not self.where.begun():
            # What is wrong in it is told before a desk begins.
            lots.command(self.book, about, time.time_ns() if self.at is None else self.at, how)
        begin = Begin(tuple(auditors), rehearsal)
        done = self.act(make, actor, key=key, tender=about.tender, begin=begin)
        return _saying(done, *late)

    def withdraw(
        self, tender: str, reason: str, *, actor: str | None = None, key: str | None = None
    ) -> Done:
        """End a tender without buying what is left of it."""
        return self._one(cm.Withdraw(tender, reason), actor, key)

    def erase(self, tender: str, *, actor: str | None = None, key: str | None = None) -> Done:
        """Destroy what was bid in a tender that has ended, but for bids that were dealt with."""
        return _saying(self._one(cm.Erase(tender), actor, key), _STAYS, _COPIES)

    # --- bids -------------------------------------------------------------------------------------

    def bid(self, tender: str, bid: OfLot, *, actor: str, key: str | None = None) -> Done:
        """Bid, sealed until bids open; a later bid of the same bidder takes its place."""
        return self._made(
            lambda seen: cm.Submit(tender, bid(_lot(seen, tender))), actor, key, tender
        )

    def recall(self, tender: str, *, actor: str, key: str | None = None) -> Done:
        """A bidder takes its bid, or its pledge, back before the closing."""
        return self._made(lambda seen: wishes.recall(seen, tender), actor, key, tender)

    def revise(
        self,
        tender: str,
        terms: Callable[[Plain], Terms] | None = None,
        *,
        chips: int | None = None,
        actor: str,
        key: str | None = None,
    ) -> Done:
        """A bidder that is dealt with asks other terms, or offers more chips."""
        return self._made(
            lambda seen: wishes.revise(seen, tender, terms, chips), actor, key, tender
        )

    def pledge(self, tender: str, commitment: str, *, actor: str, key: str | None = None) -> Done:
        """Promise a bid unseen, by its commitment; it is revealed after the closing."""
        return self._one(cm.Pledge(tender, commitment), actor, key)

    def reveal(
        self, tender: str, bid: Bid, salt: str, *, actor: str, key: str | None = None
    ) -> Done:
        """Show the bid that was pledged; the desk's mark of the tender is kept first."""
        kept = self._kept_mark(tender, actor)
        done = self._one(cm.Reveal(tender, bid, salt), actor, key)
        if kept is None:
            return done
        said = _MARK.format(tender=tender, path=kept)
        return replace(done, mark=kept, sentences=(*done.sentences, said))

    def _kept_mark(self, tender: str, actor: str) -> Path | None:
        """Where the mark is written, if the desk gives one already."""
        if not self._receipts:
            return None
        folder = self._folder(actor)
        with self.looking(proving=True) as (seeing, _):
            mark = seeing.mark(tender)
        return None if mark is None else self._keep(folder, mark.link, mark_line(mark))

    # --- asking and answering ---------------------------------------------------------------------

    def notice(
        self,
        tender: str,
        bid: str | None = None,
        *,
        chips: int | None = None,
        again: int | None = None,
        more: bool = False,
        evidence: str | None = None,
        actor: str | None = None,
        key: str | None = None,
    ) -> Done:
        """Serve notice of a bid, the best unless another is named, on whoever must be asked."""

        def make(seen: Plain) -> cm.Command:
            return wishes.notice(
                seen, tender, bid, chips=chips, again=again, more=more, evidence=evidence
            )

        return self._made(make, actor, key, tender)

    def reask(self, tender: str, *, actor: str | None = None, key: str | None = None) -> Done:
        """Ask holders of first offers again, whose tails have ended."""
        return self._one(cm.Reask(tender), actor, key)

    def answer(self, tender: str, words: Words, *, actor: str, key: str | None = None) -> Done:
        """A holder answers: take, waive, counter, unable, offer; a freed bidder stands by."""
        return self._made(lambda seen: wishes.answer(seen, tender, words), actor, key, tender)

    def attest(
        self,
        tender: str,
        holder: str,
        words: Words,
        *,
        received: Instant,
        evidence: str,
        persons: tuple[str, str],
        actor: str | None = None,
        key: str | None = None,
    ) -> Done:
        """Record an answer that came by letter; `evidence` is the letter's SHA-256."""

        meant: list[str] = []

        def make(seen: Plain) -> cm.Command:
            meant.append(wishes.answered(seen, tender, holder, words, received))
            return wishes.attest(seen, tender, holder, words, received, evidence, persons)

        return _saying(self._made(make, actor, key, tender), *meant)

    def award(
        self,
        tender: str,
        party: str,
        *,
        decline: bool = False,
        reason: str = "",
        actor: str | None = None,
        key: str | None = None,
    ) -> Done:
        """Choose a party, or decline it: its first offer that waits, else its bid."""

        def make(seen: Plain, _: Instant) -> Sequence[cm.Command]:
            return wishes.award(seen, tender, party, decline=decline, reason=reason)

        return self.act(make, actor, key=key, tender=tender)

    # --- agreements -------------------------------------------------------------------------------

    def sign(
        self,
        tender: str,
        party: str | None = None,
        *,
        chips: int | None = None,
        agreement: str | None = None,
        actor: str | None = None,
        key: str | None = None,
    ) -> Done:
        """Sign with a bidder out of the tail, or what a holder took; a holder signs its own."""

        def make(seen: Plain) -> cm.Command:
            written = {*self.book.whole.agreements, *self.book.offers} - self._named
            taken = wishes.agreements(seen) | written
            return wishes.sign(seen, tender, party, chips=chips, agreement=agreement, taken=taken)

        return self._made(make, actor, key, tender)

    def deliver(self, agreement: str, *, actor: str | None = None, key: str | None = None) -> Done:
        """Record that an agreement's capacity is in service."""
        return self._about(agreement, lambda t: cm.Deliver(t, agreement), actor, key)

    def fail(
        self, agreement: str, reason: str, *, actor: str | None = None, key: str | None = None
    ) -> Done:
        """Record that an agreement has failed, and why."""
        return self._about(agreement, lambda t: cm.Fail(t, agreement, reason), actor, key)

    def assign(
        self, clause: str, to: str, evidence: str, *, actor: str, key: str | None = None
    ) -> Done:
        """A holder passes its right on."""
        return self._one(cm.Assign(clause, to, evidence), actor, key)

    # --- the desk ---------------------------------------------------------------------------------

    def declare(
        self,
        chip: str,
        region: str,
        chips: int,
        *,
        party: str,
        upstream: str | None = None,
        actor: str | None = None,
        key: str | None = None,
    ) -> Done:
        """Say how much capacity a party has to promise; the buyer may say it for a party."""

        def make(seen: Plain) -> cm.Command:
            lots.declarable(self.book, seen, chip, region)
            return cm.Declare(party, chip, region, chips, upstream)

        return self._made(make, actor, key, "")

    def admit(
        self, parties: tuple[str, ...], *, actor: str | None = None, key: str | None = None
    ) -> Done:
        """Let more parties in."""
        return self._one(cm.Admit(parties), actor, key)

    def default(
        self,
        holder: str,
        evidence: str,
        *,
        cured: bool = False,
        actor: str | None = None,
        key: str | None = None,
    ) -> Done:
        """Record that a holder is in default, or no longer is."""
        return self._one(cm.Default(holder, evidence, cured), actor, key)

    # --- what is kept -----------------------------------------------------------------------------

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

    # --- one command ------------------------------------------------------------------------------

    def _one(self, command: cm.Command, actor: str | None = None, key: str | None = None) -> Done:
        name = getattr(command, "tender", "")
        return self.act(lambda _seen, _now: [command], actor, key=key, tender=name)

    def _made(
        self, make: Callable[[Plain], cm.Command], actor: str | None, key: str | None, tender: str
    ) -> Done:
        return self.act(lambda seen, _now: [make(seen)], actor, key=key, tender=tender)

    def _about(
        self,
        agreement: str,
        make: Callable[[str], cm.Command],
        actor: str | None,
        key: str | None,
    ) -> Done:
        """About an agreement, in the tender under which the actor sees that it was signed."""
        with self.reading() as seeing:
            now = self.now(seeing.desk, seeing.last)
            tender = found.agreement(self._sight(seeing.desk, self.who(actor), now), agreement)
        return self._one(make(tender), actor, key)


def _saying(done: Done, *sentences: str) -> Done:
    """A deed with more to be said of it, where it was done now."""
    if done.refused is not None or done.again:
        return done
    return replace(done, sentences=(*done.sentences, *filter(None, sentences)))


def _lot(seen: Plain, tender: str) -> Plain:
    lot: Plain = found.invitation(seen, tender)["lot"]
    return lot
