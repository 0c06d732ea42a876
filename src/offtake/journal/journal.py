"""The journal: commands judged and written down, and the desk made again from what was written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from offtake.desk import events as ev
from offtake.desk.act import digest_of
from offtake.desk.commands import Envelope
from offtake.desk.decide import Reply, due, handle
from offtake.desk.evolve import Replay, evolve
from offtake.desk.refusals import Refusal
from offtake.desk.sealed import SEALING, blank, sealed_under
from offtake.desk.state import Desk
from offtake.desk.wire import WireError, body_of, event_from
from offtake.journal.chain import BrokenJournalError as BrokenJournalError
from offtake.journal.chain import link, origin, salt
from offtake.journal.entry import About, Batch, Entry, Form, Head, Kept
from offtake.journal.erasure import UnderSeal, Unsealed
from offtake.journal.keys import Keyring
from offtake.journal.seals import SALT, SealError, Seals, missing_key
from offtake.journal.signed import (
    Mark,
    Proof,
    Receipt,
    head_holds,
    signed_head,
    signed_mark,
    signed_receipt,
)
from offtake.journal.tree import HASH, Tree

_NOTED = frozenset({ev.BiddingStarted, ev.RevealStarted, ev.BidsOpened, ev.BidsErased})
_SENSELESS = (LookupError, AttributeError, TypeError, ValueError, AssertionError)
"""What `evolve` raises where an event does not follow from those before."""


class OtherKeysError(Exception):
    """The keyring is another desk's; the message is one sentence."""


class Ack(Struct, frozen=True, gc=False):
    """Where a command stands in the journal: when it took effect, and its first own event."""

    at: int
    digest: str
    number: int
    link: bytes
    label: str = ""
    """The tender under whose seal that event lies."""

    def receipt(self, about: About, keyring: Keyring, actor: str, key: str) -> Receipt:
        """The desk's promise that the command is in its journal, signed."""
        return signed_receipt(
            about, keyring.sign, actor, key, self.digest, self.at, self.label, self.link
        )


class Admitted(Struct, frozen=True):
    """What became of a command."""

    answer: Reply | Refusal
    ack: Ack | None
    """None where nothing of it is kept: strangers, and a key that was used for another command."""
    erased: str = ""
    """The tender whose key is to be destroyed once the disk has this."""


def cut(desk: Desk, began: Mapping[str, int], size: int) -> int:
    """How many of the first `size` entries may be shown to anyone while bids are sealed.

    It ends with the first tender that is still under seal: what comes after would tell by its
    numbers and instants how many bids there are, and when they came.
    """
    sealed = (
        began[name] + 1
        for name, tender in desk.tenders.items()
        if tender.phase in SEALING and tender.ended is None
    )
    return min(sealed, default=size)


class Journal:
    """A desk and all that was written of it. It reads no clock and writes no disk."""

    def __init__(self, about: About, keyring: Keyring, desk: Desk | None = None) -> None:
        if keyring.public != about.key:
            raise OtherKeysError(
                f"The keys are not those of the desk {about.desk}: name the folder of its own keys."
            )
        self.about = about
        self.desk = Desk() if desk is None else desk
        self.began: dict[str, int] = {}
        """The number of the event with which each tender went under seal."""
        self.marks: dict[str, tuple[int, int]] = {}
        """By tender: the number and the instant of the event after which no bid is changed."""
        self.erased: list[str] = []
        """The tenders whose bids are erased: no key of theirs may be left."""
        self.size = 0
        """How many entries there are."""
        self.tree = Tree()
        self._keyring = keyring
        self._seals = Seals(keyring)
        self._link = origin(about)
        self._firsts: defaultdict[str, dict[str, int]] = defaultdict(dict)
        """By actor and key: the number of a command's first own event."""
        self._labels: dict[int, str] = {}
        """By number, of first own events: the tender under whose seal they lie."""
        self._under = UnderSeal()
        self._first = 0
        """The number of the first entry that was not taken yet."""
        self._entries: list[Entry] = []
        self._kept: list[Kept] = []

    # --- commands ---------------------------------------------------------------------------------

    def admit(self, envelope: Envelope) -> Admitted:
        """Judge a command, and write down what came of it. It is not kept before the disk has it.

        `WireError` where it holds text that cannot be written; nothing has happened then.
        """
        try:
            desk, decided = handle(self.desk, envelope)
        except UnicodeEncodeError:
            raise WireError("a text holds half a character") from None
        events = decided.events
        if not events:
            return Admitted(decided.answer, self._known(envelope))
        erased = len(self.erased)
        label = sealed_under(desk, envelope.body, envelope.actor)
        ack = self._write(events, envelope.entropy, label, desk)
        if len(self.erased) > erased:
            return Admitted(decided.answer, ack, self.erased[-1])
        return Admitted(decided.answer, ack)

    def tick(self, at: int, entropy: bytes) -> int:
        """Write down what time alone has brought by an instant: how many events."""
        events = due(self.desk, at)
        if events:
            desk = self.desk
            for event in events:
                desk = evolve(desk, event)
            self._write(events, entropy, "", desk)
        return len(events)

    def take(self) -> Batch | None:
        """All that was written since the last time, under a signed head; None where nothing was."""
        if not self._entries:
            return None
        batch = Batch(tuple(self._entries), self.head(), tuple(self._kept))
        self._first, self._entries, self._kept = self.size, [], []
        return batch

    def _known(self, envelope: Envelope) -> Ack | None:
        """What is known of a command that had come before."""
        ack = self.acknowledged(envelope.actor, envelope.key)
        if ack is None:
            return None
        outcome = self.desk.outcomes[envelope.actor, envelope.key]
        return ack if ack.digest == digest_of(envelope.body, outcome.salt) else None

    def _write(
        self, events: tuple[ev.Event, ...], entropy: bytes, label: str, desk: Desk
    ) -> Ack | None:
        """Write events down, all or none: whatever can fail comes before anything has changed.

        Where the first of them stands that a command has brought about; None where time alone did.
        """
        before, start = self._link, self.size
        entries: list[Entry] = []
        under: list[tuple[int, bytes, bytes, ev.Event]] = []
        seal = ""
        for index, event in enumerate(events):
            if event.by is not None:
                # What lapsed before the command is open; all that it brought about is sealed.
                seal = label
            elif type(event) is ev.BiddingStarted:
                self._seals.begin(event.tender)
            content = salt(entropy, index) + body_of(event)
            committed = sha256(content).digest()
            before = link(before, committed, seal)
            entry = Entry(start + index, seal, committed, before, Form.OPEN, content)
            if seal:
                under.append((entry.number, committed, content, event))
                entry = self._sealed(entry, event)
            entries.append(entry)
        self.desk, self._link = desk, before
        self._entries += entries
        for one in under:
            self._under.add(label, *one)
        ack = None
        for entry, event in zip(entries, events, strict=True):
            self.tree.append(entry.link)
            by = event.by
            if by is not None:
                self._firsts[by.actor].setdefault(by.key, entry.number)
                if ack is None:
                    if entry.label:
                        self._labels[entry.number] = entry.label
                    ack = Ack(event.at, by.digest, entry.number, entry.link, entry.label)
            if type(event) in _NOTED:
                self._note(entry.number, event)
                if isinstance(event, ev.BidsErased):
                    self._erase(event)
        self.size = start + len(entries)
        return ack

    def _note(self, number: int, event: ev.Event) -> None:
        """What must be known later of an event of these kinds."""
        if isinstance(event, ev.BiddingStarted):
            self.began[event.tender] = number
        elif isinstance(event, ev.RevealStarted | ev.BidsOpened):
            self.marks.setdefault(event.tender, (number, event.at))
        elif isinstance(event, ev.BidsErased):
            self.erased.append(event.tender)

    def _sealed(self, entry: Entry, event: ev.Event) -> Entry:
        """An entry under its tender's seal."""
        label, committed, content = entry.label, entry.commitment, entry.body
        left = blank(event)
        stub = content[SALT:] if left is event else body_of(left)
        return Entry(
            entry.number,
            label,
            committed,
            entry.link,
            Form.SEALED,
            self._seals.sealed(label, committed, content),
            self._seals.stub(label, committed, stub),
        )

    def _erase(self, event: ev.BidsErased) -> None:
        """Keep what lay under a tender's seal in another form: its key will be destroyed."""
        opened = self.desk.tenders[event.tender].unsealed
        first = self._first
        for kept in self._under.erase(event, opened, self._seals):
            if kept.number < first:
                self._kept.append(kept)
            else:
                # No store has it yet, and none is to have it in the form that it had.
                old = self._entries[kept.number - first]
                self._entries[kept.number - first] = replace(old, form=kept.form, body=kept.body)

    # --- what is asked of it ----------------------------------------------------------------------

    def cut(self) -> int:
        """How many entries may be shown to anyone."""
        return cut(self.desk, self.began, self.size)

    def acknowledged(self, actor: str, key: str) -> Ack | None:
        """Where the command that an actor sent under a key stands; None where there is none."""
        number = self._firsts[actor].get(key) if actor in self._firsts else None
        if number is None:
            return None
        outcome = self.desk.outcomes[actor, key]
        label = self._labels.get(number, "")
        return Ack(outcome.at, outcome.digest, number, self.tree.leaf(number), label)

    def receipt(self, actor: str, key: str) -> Receipt | None:
        """The desk's promise that a command is in the journal; None where there is none."""
        ack = self.acknowledged(actor, key)
        return None if ack is None else ack.receipt(self.about, self._keyring, actor, key)

    def mark(self, tender: str, upto: int | None = None) -> Mark | None:
        """The desk's word for where no bid in a tender is changed any more; None before that.

        It fixes all that came before it, and states no number. `upto`: how many entries count.
        """
        number, at = self.marks.get(tender, (self.size, 0))
        if number >= (self.size if upto is None else upto):
            return None
        return signed_mark(self.about, self._keyring.sign, tender, at, self.tree.leaf(number))

    def head(self, size: int | None = None, at: int | None = None) -> Head:
        """The head over the first `size` entries, over all where none is given."""
        size = self.size if size is None else size
        at = self.desk.now if at is None else at
        return signed_head(self.about.desk, self._keyring.sign, size, self.tree.root(size), at)

    def proof(self, actor: str, key: str, at: int) -> Proof | None:
        """That a command is in the journal under a head; None while it may not be shown.

        `at` is the instant that the head states: of whoever asks, since that of the last event
        would tell when a sealed bid came.
        """
        ack, receipt, size = self.acknowledged(actor, key), self.receipt(actor, key), self.cut()
        if ack is None or receipt is None or ack.number >= size:
            return None
        path = self.tree.inclusion(ack.number, size)
        return Proof(receipt, self.head(size, at), ack.number, path)

    # --- the desk made again ----------------------------------------------------------------------

    def load(self, entries: Iterable[Entry], head: Head | None = None) -> None:
        """Go on with what a store holds: its entries in order, and its last head.

        BrokenJournalError at the first entry that is not what a desk with these keys wrote.
        """
        before, number, replay = self._link, self.size, Replay(self.desk)
        links: list[bytes] = []
        unsealed = Unsealed()
        firsts, content_of, open_form = self._firsts, self._seals.content, Form.OPEN
        try:
            for entry in entries:
                if entry.number != number:
                    raise BrokenJournalError(number, f"entry {entry.number} stands in its place")
                committed, label = entry.commitment, entry.label
                content = entry.body if entry.form is open_form else content_of(entry)
                if content is None:
                    if len(committed) != HASH:
                        raise BrokenJournalError(number, "its commitment is no hash")
                elif sha256(content).digest() != committed:
                    raise BrokenJournalError(number, "its body is not what it committed to")
                before = link(before, committed, label)
                if before != entry.link:
                    raise BrokenJournalError(number, "its link does not follow from the one before")
                links.append(before)
                body = self._seals.stubbed(entry) if content is None else content[SALT:]
                event = event_from(body)
                try:
                    replay.add(event)
                except _SENSELESS:
                    what = f"{type(event).__name__} cannot have happened there"
                    raise BrokenJournalError(number, what) from None
                by = event.by
                if by is not None:
                    first = firsts[by.actor].setdefault(by.key, number)
                    if label and first == number:
                        self._labels[number] = label
                if type(event) in _NOTED:
                    self._note(number, event)
                    if type(event) is ev.BidsErased:
                        unsealed.erase(event)
                if entry.form is Form.SEALED:
                    self._under.add(label, number, committed, content, event)
                elif label or entry.form is not open_form:
                    unsealed.add(entry, event)
                number += 1
            unsealed.end()
        except SealError as error:
            raise BrokenJournalError(number, str(error)) from None
        except WireError as error:
            raise BrokenJournalError(number, f"its body cannot be read: {error}") from None
        self.tree.extend(links)
        self.desk, self._link = replay.desk(), before
        self._first = self.size = number
        self._needs_keys()
        self._under_head(head)

    def _needs_keys(self) -> None:
        """A tender that goes on needs its bids; one that has ended does without."""
        for label, number in self._under.lost():
            tender = self.desk.tenders.get(label)
            if tender is None or tender.ended is None:
                raise BrokenJournalError(number, missing_key(label))
        for label, number in self.began.items():
            tender = self.desk.tenders[label]
            sealing = tender.phase in SEALING and tender.ended is None
            if sealing and not self._seals.has(label):
                raise BrokenJournalError(number, missing_key(label))

    def _under_head(self, head: Head | None) -> None:
        size = self.size
        if head is None:
            if size:
                raise BrokenJournalError(size, "no head stands over the entries")
            return
        if head.size != size:
            raise BrokenJournalError(
                min(size, head.size), f"the head is over {head.size} entries, and there are {size}"
            )
        if head.root != self.tree.root():
            raise BrokenJournalError(size, "the head's root is not that of the entries")
        if not head_holds(self.about, head):
            raise BrokenJournalError(size, "the head is not signed by this desk")
