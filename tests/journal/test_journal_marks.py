"""What bidders hold in their hands: keys that tell nothing, digests that tell nothing, marks."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest

from desk.saying import BUYER, at
from offtake.desk import Envelope
from offtake.desk import events as ev
from offtake.desk.act import digest_of
from offtake.desk.commands import Admit, Submit
from offtake.journal.chain import BrokenJournalError
from offtake.journal.journal import Journal
from offtake.journal.seals import SealError, Seals
from offtake.journal.signed import mark_holds, receipt_line
from offtake.store.keyring import FolderKeyring, MemoryKeyring

from .written import Shelf, Written, keyring

CLOSES = at("2025-02-18 17:00")


# --- keys -----------------------------------------------------------------------------------------


def test_a_tender_has_its_key_before_anybody_bids(tmp_path: Path) -> None:
    """Made with the first bid, its file would tell that there is one; and keys saved before that
    would open nothing."""
    play = Written().open()
    keys = FolderKeyring(tmp_path)
    shelf = Shelf()
    shelf.keys, shelf.about = keys, msgspec.structs.replace(shelf.about, key=keys.public)
    journal = Journal(shelf.about, keys)
    for envelope in play.envelopes:
        journal.admit(envelope)
    assert keys.tender("lot") is not None
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    play.bid("google")
    journal.admit(play.envelopes[-1])
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_no_key_is_made_while_holders_are_asked_first() -> None:
    from desk.saying import claim

    play = Written().open(claim("first", "google", first=True))
    assert play.shelf.keys.tender("lot") is None
    play.waive("google")
    assert type(play.journal[-1]) is ev.BiddingStarted
    assert play.shelf.keys.tender("lot") is not None


def test_a_key_whose_beginning_no_store_has_is_used_when_it_begins_again() -> None:
    play = Written().open()
    key = play.shelf.keys.tender("lot")
    again = play.shelf.begun()
    for envelope in play.envelopes:
        again.admit(envelope)
    assert play.shelf.keys.tender("lot") == key


def test_without_the_key_of_a_tender_that_bids_nothing_goes_on() -> None:
    play = Written().open()
    play.shelf.keys.destroy("lot")
    with pytest.raises(BrokenJournalError, match="key of the tender lot is missing") as caught:
        play.shelf.loaded()
    assert caught.value.number == play.written.began["lot"]
    play.withdraw()
    assert play.shelf.loaded().desk == play.desk


def test_nothing_is_sealed_under_a_key_that_was_never_made() -> None:
    with pytest.raises(SealError, match="the key of the tender lot is missing"):
        Seals(keyring()).sealed("lot", bytes(32), bytes(40))


# --- digests --------------------------------------------------------------------------------------


def test_nobody_finds_a_bid_by_its_digest() -> None:
    """A receipt is shown around; whoever could hash what was bid would try every price."""
    play = Written().open()
    play.bid("google", "2.50")
    (entropy, body) = play.envelopes[-1].entropy, play.envelopes[-1].body
    receipt = play.written.receipt("google", f"k{play.sent}")
    assert receipt is not None
    assert isinstance(body, Submit)
    stated = msgspec.json.encode(body)
    salt = hashlib.sha256(b"offtake digest 1\n" + entropy).digest()[:16]
    assert receipt.digest == hashlib.sha256(salt + stated).hexdigest()
    assert receipt.digest != hashlib.sha256(stated).hexdigest()
    assert salt.hex().encode() not in receipt_line(receipt)
    by = play.last(ev.BidReceived).by
    assert by is not None
    assert (by.digest, by.salt) == (receipt.digest, salt.hex())
    assert digest_of(body, by.salt) == by.digest


def test_a_repeated_command_is_known_by_the_salt_that_was_kept() -> None:
    """Other chance is drawn when it comes again."""
    play = Written().open()
    play.do(BUYER, Admit(("nebius",)), "once")
    first, size = play.admitted, play.written.size
    for journal in (play.written, play.shelf.loaded()):
        again = Envelope(BUYER, "once", play.now, b"z" * 32, Admit(("nebius",)))
        assert journal.admit(again) == first
        other = Envelope(BUYER, "once", play.now, b"z" * 32, Admit(("lambda",)))
        told = journal.admit(other)
        assert getattr(told.answer, "code", "") == "key-reused"
        assert told.ack is None
        assert journal.size == size


# --- marks ----------------------------------------------------------------------------------------


def test_where_bids_are_pledged_the_mark_is_where_revealing_begins() -> None:
    play = Written().open(reveal="2 days")
    play.pledge("google", "2.50")
    play.wait(CLOSES)
    assert play.written.mark("lot") is None
    play.wait(CLOSES + 1)
    mark = play.written.mark("lot")
    assert mark is not None
    assert mark_holds(mark)
    number = next(n for n, e in enumerate(play.journal) if type(e) is ev.RevealStarted)
    assert (mark.link, mark.at) == (play.shelf.entries[number].link, CLOSES)
    play.reveal("google")
    play.wait("2025-03-03 09:00")
    assert type(play.journal[-1]) is ev.BidsOpened
    assert play.written.mark("lot") == play.shelf.loaded().mark("lot") == mark


def test_a_mark_counts_only_what_is_kept_already() -> None:
    play = Written().open(reveal="2 days")
    size = play.written.size
    play.wait(CLOSES + 1)
    assert play.written.mark("lot", size) is None
    assert play.written.mark("lot", size + 1) == play.written.mark("lot")


def test_of_a_tender_without_an_opening_there_is_no_mark() -> None:
    play = Written().open()
    play.bid("google")
    assert play.written.mark("lot") is None
    play.withdraw()
    assert play.written.mark("lot") is None
    assert play.written.mark("no tender") is None


def test_a_pledge_slipped_in_later_has_no_place_before_the_mark() -> None:
    """Whoever writes the journal anew, with all its keys, comes to another link there."""
    links = []
    for late in (False, True):
        play = Written().open(reveal="2 days")
        play.pledge("google", "2.50")
        if late:
            play.pledge("oracle", "2.49")
        play.wait(CLOSES + 1)
        mark = play.written.mark("lot")
        assert mark is not None
        links.append(mark.link)
    assert links[0] != links[1]
    assert MemoryKeyring(b"a seed for tests").public == mark.key
