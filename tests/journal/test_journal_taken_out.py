"""What a store may not do to a bid: take it out, or open it, where no erasure says so."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from desk.saying import BUYER
from offtake.desk import events as ev
from offtake.desk.commands import Erase
from offtake.journal.entry import Entry, Form
from offtake.journal.journal import BrokenJournalError
from offtake.journal.seals import Seals

from .written import Shelf, Written

GONE = {"form": Form.ERASED, "body": b""}


def bids_in(*, pledged: bool = False) -> Written:
    """Two have bid, or pledged, and the tender goes on."""
    play = Written().open(**({"reveal": "2 days"} if pledged else {}))
    bid = play.pledge if pledged else play.bid
    bid("google", "2.50")
    bid("oracle", "3.00")
    return play


def signed() -> Written:
    """Oracle's bid was signed, Google's lost, and the tender was erased."""
    play = bids_in()
    play.wait("2025-03-03 09:00")
    play.sign("google", 1000, agreement="lot-1", unasked=True)
    play.wait("2027-03-03 09:00")
    play.withdraw()
    play.erase()
    return play


def broken(shelf: Shelf, entry: Entry, **changes: Any) -> BrokenJournalError:
    """What is said where an entry was changed."""
    entries = list(shelf.entries)
    entries[entry.number] = replace(entry, **changes)
    with pytest.raises(BrokenJournalError) as caught:
        shelf.begun().load(entries, shelf.head)
    assert caught.value.number == entry.number
    return caught.value


@pytest.mark.parametrize("pledged", [False, True])
@pytest.mark.parametrize("over", [False, True])
def test_a_bid_is_gone_only_where_it_was_erased(*, pledged: bool, over: bool) -> None:
    """One statement to a database, and no key, would take a rival's bid out of the tender."""
    play = bids_in(pledged=pledged)
    if over:
        play.wait("2025-03-03 09:00")
    for entry in [entry for entry in play.shelf.entries if entry.label]:
        said = "it is kept as erased, and no later event erases its tender"
        assert broken(play.shelf, entry, **GONE).sentence == said


def test_a_bid_lies_open_or_under_the_desks_own_key_only_where_it_was_erased() -> None:
    play = bids_in()
    seals = Seals(play.shelf.keys)
    for entry in [entry for entry in play.shelf.entries if entry.label]:
        content = seals.content(entry)
        assert content is not None
        own = seals.owned("lot", entry.commitment, content)
        for form, body in ((Form.OPEN, content), (Form.OWN, own)):
            assert f"kept as {form}" in broken(play.shelf, entry, form=form, body=body).sentence


def test_the_first_that_is_gone_is_named() -> None:
    play = bids_in()
    shelf = play.shelf
    play.open(tender="other")
    play.bid("google")
    sealed = [entry.number for entry in shelf.entries if entry.label]
    assert [shelf.entries[number].label for number in sealed] == ["lot", "lot", "other"]
    for number in sealed[1:]:
        shelf.entries[number] = replace(shelf.entries[number], **GONE)
    broken(shelf, shelf.entries[sealed[1]])


def test_a_bid_that_an_erasure_kept_is_not_gone() -> None:
    play = signed()
    entries = [entry for entry in play.shelf.entries if entry.label]
    assert [entry.form for entry in entries] == [Form.OPEN, Form.ERASED]
    told = broken(play.shelf, entries[0], **GONE)
    assert told.sentence == "its bid was kept, and its body is gone"


def test_an_entry_without_a_bid_is_not_gone() -> None:
    play = bids_in()
    play.recall("oracle")
    play.withdraw()
    play.erase()
    recalled = [entry for entry in play.shelf.entries if entry.label][-1]
    assert recalled.form is Form.OWN
    assert broken(play.shelf, recalled, **GONE).sentence == "its body is gone, and it held no bid"


def test_what_was_under_no_seal_is_open() -> None:
    play = bids_in()
    entry = play.shelf.entries[0]
    own = Seals(play.shelf.keys).owned("", entry.commitment, entry.body)
    told = broken(play.shelf, entry, form=Form.OWN, body=own)
    assert told.sentence == "it was under no seal, and is not open"
    broken(play.shelf, entry, **GONE)


def test_what_is_erased_after_its_key_was_lost_can_still_be_read_again() -> None:
    """Of a copy from before an erasure: a kept bid stays as it is, and opens no more."""
    play = signed()
    shelf = Shelf(play.shelf.keys)
    journal = shelf.begun()
    shelf.keys.destroy("lot")
    for envelope in play.envelopes[:-1]:
        journal.admit(envelope)
    shelf.put(journal.take())
    shelf.keys.destroy("lot")
    copy = shelf.loaded()
    assert copy.admit(play.envelope(BUYER, Erase("lot"))).erased == "lot"
    shelf.put(copy.take())
    again = shelf.loaded()
    assert [e.form for e in shelf.entries if e.label] == [Form.SEALED, Form.ERASED]
    assert again.desk == copy.desk
    assert isinstance(play.journal[-1], ev.BidsErased)
