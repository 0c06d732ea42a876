"""R21 for ever: what was sent once has one effect, one answer and one place in the journal."""

from __future__ import annotations

import hashlib
import random
from typing import Any

import pytest
from msgspec.structs import replace

from desk.lives import live
from desk.saying import BUYER, at, claim
from offtake.desk import Desk, Envelope, Refusal, evolve
from offtake.desk.commands import Admit, Command, Declare, Found, Open
from offtake.desk.wire import WireError
from offtake.journal.journal import Ack, Journal
from offtake.journal.signed import receipt_holds
from offtake.store.crash import at_each

from .written import Shelf, Written


def test_a_command_is_acknowledged_with_its_own_first_event() -> None:
    play = Written().open()
    play.bid("google")
    play.go("2025-03-03 09:00")
    play.do(BUYER, Admit(("nebius",)), "late")
    ack = play.admitted.ack
    assert ack is not None
    assert [type(event).__name__ for event in play.journal[-2:]] == ["BidsOpened", "Admitted"]
    assert ack.number == len(play.journal) - 1
    assert ack.at == play.now
    assert ack.link == play.shelf.entries[-1].link
    assert ack == play.written.acknowledged(BUYER, "late")


def test_of_two_events_of_one_command_the_first_counts() -> None:
    """A timely letter comes to record after silence: the turn is undone, and answered anew."""
    play = Written().open(claim("first", "microsoft"))
    play.bid("oracle")
    play.wait("2025-03-03 09:00")
    play.notice("oracle")
    play.wait("2025-03-20 09:00")
    play.letter("microsoft", "take", at("2025-03-12 12:00"))
    key = f"k{play.sent}"
    own = [n for n, event in enumerate(play.journal) if event.by and event.by.key == key]
    ack = play.admitted.ack
    assert ack is not None
    assert len(own) == 2
    assert ack.number == own[0]
    for written in (play.written, play.shelf.loaded()):
        assert written.acknowledged(BUYER, key) == ack


def test_a_refusal_is_acknowledged_like_anything_else() -> None:
    play = Written().open()
    assert isinstance(play.send("google", Admit(("nebius",)), "not-mine"), Refusal)
    ack = play.admitted.ack
    assert ack is not None
    assert ack == play.written.acknowledged("google", "not-mine")
    receipt = play.written.receipt("google", "not-mine")
    assert receipt is not None
    assert receipt_holds(receipt)
    assert (receipt.link, receipt.at, receipt.digest) == (ack.link, ack.at, ack.digest)


def test_a_duplicate_is_answered_from_the_journal_and_writes_nothing() -> None:
    play = Written().open()
    play.do(BUYER, Admit(("nebius",)), "once")
    first, size = play.admitted, play.written.size
    for written in (play.written, play.shelf.loaded()):
        play.written = written
        play.send(BUYER, Admit(("nebius",)), "once")
        assert play.admitted == first
        assert play.written.size == size
        assert play.written.take() is None


def test_another_command_under_a_used_key_gets_no_receipt() -> None:
    play = Written().open()
    play.do(BUYER, Admit(("nebius",)), "once")
    answer = play.send(BUYER, Admit(("lambda",)), "once")
    assert answer.code == "key-reused"
    assert play.admitted.ack is None


def test_of_strangers_nothing_is_kept() -> None:
    journal = Shelf().begun()
    stranger = Envelope("nobody", "k", 1, bytes(32), Admit(("x",)))
    assert journal.admit(stranger).ack is None
    founded = journal.admit(Envelope("lab", "k", 1, bytes(32), Found(("near", "far"))))
    assert founded.ack == Ack(1, founded.ack.digest if founded.ack else "", 0, journal.tree.leaf(0))
    assert journal.admit(stranger).ack is None
    assert journal.size == 1
    assert journal.acknowledged("nobody", "k") is None
    assert journal.receipt("nobody", "k") is None
    # Asking does not grow what is known of actors.
    assert "nobody" not in journal._firsts


@pytest.mark.parametrize(
    ("actor", "key", "body"),
    [
        (BUYER, "odd", Admit(("half a \ud800",))),
        (BUYER, "odd \udfff", Admit(("nebius",))),
        (BUYER, "odd", Declare("google", "gb200", "texas", 10**25)),
    ],
)
def test_what_cannot_be_written_changes_nothing(actor: str, key: str, body: Command) -> None:
    play = Written()
    journal, size, desk = play.written, play.written.size, play.written.desk
    with pytest.raises(WireError):
        journal.admit(Envelope(actor, key, play.now, bytes(32), body))
    assert (journal.size, journal.desk, journal.take()) == (size, desk, None)
    play.do(BUYER, Admit(("nebius",)), "odd")
    assert play.shelf.loaded().desk == play.desk


def test_keys_that_cannot_be_made_change_nothing() -> None:
    """A full disk, while a tender begins."""
    play = Written().open()
    opened = next(e.body for e in play.envelopes if isinstance(e.body, Open))
    envelope = play.envelope(BUYER, replace(opened, tender="other"))
    with pytest.raises(OSError, match="No space left"), at_each(full):
        play.written.admit(envelope)
    assert play.written.desk == play.desk
    assert play.written.take() is None
    play.open(tender="other")
    play.bid("google")
    assert play.shelf.loaded().desk == play.desk


def full(point: str) -> None:
    raise OSError(28, "No space left on device")


# --- lives ----------------------------------------------------------------------------------------


class Keeping:
    """A life sent through a journal in groups of any size, with crashes in between."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.shelf = Shelf()
        self.journal: Journal = self.shelf.begun()
        self.answers: dict[tuple[str, str], Any] = {}
        self.erased: list[str] = []

    def send(self, envelope: Envelope) -> None:
        known = self.journal.acknowledged(envelope.actor, envelope.key)
        admitted = self.journal.admit(envelope)
        if admitted.erased:
            self.erased.append(admitted.erased)
        if admitted.ack is not None:
            first = self.answers.setdefault((envelope.actor, envelope.key), admitted)
            assert first.answer == admitted.answer
            assert first.ack == admitted.ack
            assert known in (None, admitted.ack)
        if self.draw.random() < 0.2:
            self.write()
            if self.draw.random() < 0.1:
                self.crash()

    def write(self) -> None:
        self.shelf.put(self.journal.take())
        for label in self.erased:
            self.shelf.keys.destroy(label)
        self.erased = []

    def crash(self) -> None:
        again = self.shelf.loaded()
        mine = self.journal
        assert again.desk == mine.desk
        assert (again.size, again.cut(), again.began) == (mine.size, mine.cut(), mine.began)
        assert again.erased == mine.erased
        assert again.tree.root() == mine.tree.root()
        for actor, key in self.answers:
            assert again.acknowledged(actor, key) == mine.acknowledged(actor, key)
        self.journal = again


@pytest.mark.parametrize("seed", range(12))
def test_lives_are_kept_through_crashes_and_erasures(seed: int) -> None:
    life = live(seed)
    keeping = Keeping(seed)
    for envelope in life.envelopes:
        keeping.send(envelope)
    keeping.write()
    keeping.crash()
    assert keeping.journal.size == len(life.journal)
    desk = Desk()
    for event in life.journal:
        desk = evolve(desk, event)
    assert keeping.journal.desk == desk


def test_the_same_commands_make_the_same_bytes() -> None:
    envelopes = live(3).envelopes

    def kept() -> str:
        shelf = Shelf()
        journal = shelf.begun()
        for envelope in envelopes:
            journal.admit(envelope)
        shelf.put(journal.take())
        return hashlib.sha256(shelf.all_bytes()).hexdigest()

    assert kept() == kept()
