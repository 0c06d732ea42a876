"""A book's desk on this machine: what the buyer and the parties may do, one method each.

Whoever can read its keys may act as any party: it is the deal desk's own tool, which records what
others said. Each deed is durable when its method returns.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from offtake.book.force import Book
from offtake.book.near import nearest
from offtake.dealing import agreeing, found, lots, wishes
from offtake.dealing.acting import Begin, Done
from offtake.dealing.keeping import Keeping
from offtake.dealing.lots import DEFAULT, About, How
from offtake.dealing.times import instant
from offtake.dealing.wishes import Words
from offtake.dealing.wrong import WrongDealingError
from offtake.desk import commands as cm
from offtake.desk.lot import Bid, Instant, Terms
from offtake.desk.plain import Plain
from offtake.journal.signed import mark_line
from offtake.units.postings import Group

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


class LocalDesk(Keeping):
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
        if bid.bidder != actor:
            raise WrongDealingError(
                f"the bid was sealed by {bid.bidder}, who alone reveals it, not {actor}"
            )
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
        round: int | None = None,
        clause: str | None = None,
        actor: str | None = None,
        key: str | None = None,
    ) -> Done:
        """Sign with a bidder out of the tail, or what a holder took; a holder signs its own.

        `round` and `clause` say which, where several wait.
        """

        def make(seen: Plain) -> cm.Command:
            written = {*self.book.whole.agreements, *self.book.offers} - self._named
            if agreement in written:
                raise WrongDealingError(
                    f"the book has {agreement} already, and reads what is signed here; name it "
                    "otherwise: --agreement"
                )
            return agreeing.sign(
                seen,
                tender,
                party,
                chips=chips,
                agreement=agreement,
                number=round,
                clause=clause,
                taken=agreeing.agreements(seen) | written,
            )

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
        """A holder passes its right on; the desk tells nobody whether it holds that right."""

        def make(seen: Plain) -> cm.Command:
            own = (*seen["own"]["notices"], *seen["own"]["bars"])
            if self.places.of(clause) is None and clause not in {one["clause"] for one in own}:
                terms = sorted({term.clause.id for term in self.book.whole.terms})
                hint = nearest(clause, terms) or "the book has none"
                raise WrongDealingError(f"there is no right {clause[:100]!r} in the book; {hint}")
            return cm.Assign(clause, to, evidence)

        return self._made(make, actor, key, "")

    def post(
        self,
        groups: Sequence[Group],
        *,
        rehearsal: bool = False,
        actor: str | None = None,
        key: str | None = None,
    ) -> Done:
        """Keep what statements, payments and calls post, in this order, up to the first refusal.

        With the first of all the desk begins; `rehearsal` begins one for practice.
        """
        commands = [cm.Post(group) for group in groups]
        return self.act(lambda _s, _n: commands, actor, key=key, begin=Begin((), rehearsal))

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


def desk_of(
    book: Book,
    folder: Path,
    store: Path | str | None,
    keys: Path | str | None,
    receipts: Path | str | bool,
    at: str | None,
) -> LocalDesk:
    """A book's desk as words say it; `WrongDealingError` where `at` is no instant."""
    now = None if at is None else instant("at", at)
    kept = Path(receipts) if isinstance(receipts, str) else receipts
    return LocalDesk(book, folder, store, keys, at=now, receipts=kept)


def _saying(done: Done, *sentences: str) -> Done:
    """A deed with more to be said of it, where it was done now."""
    if done.refused is not None or done.again:
        return done
    return replace(done, sentences=(*done.sentences, *filter(None, sentences)))


def _lot(seen: Plain, tender: str) -> Plain:
    lot: Plain = found.invitation(seen, tender)["lot"]
    return lot
