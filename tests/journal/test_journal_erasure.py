"""Erasure: what was bid is destroyed, and the chain, the desk and every promise stay whole."""

from __future__ import annotations

import json

from desk.saying import BUYER
from offtake.desk import events as ev
from offtake.desk.commands import Erase
from offtake.desk.wire import body_of
from offtake.journal.entry import Form
from offtake.journal.journal import Journal
from offtake.journal.seals import Seals
from offtake.journal.signed import proof_holds

from .written import Shelf, Written


def ended(opened: bool = True) -> Written:
    """Google, Oracle twice and Nvidia have bid, Nvidia recalled; Oracle was signed with.

    Or, where bids were not `opened`, the tender was withdrawn before.
    """
    play = Written().open()
    play.bid("google", options=("to extend once",))
    play.bid("oracle", options=("to extend twice",))
    play.bid("oracle", "2.50", options=("to extend three times",))
    play.bid("nvidia", options=("to be bought out",))
    play.recall("nvidia")
    with play.refused("bid-empty"):
        play.bid("amazon", chips=0)
    if opened:
        play.wait("2025-03-03 09:00")
        play.sign("oracle", 1000, agreement="lot-1", unasked=True)
        play.deliver("lot-1")
        play.wait("2027-03-03 09:00")
        if play.the_tender().ended is None:
            play.withdraw()
    else:
        play.withdraw()
    return play


def test_bids_that_nobody_dealt_with_are_gone_and_the_others_stay() -> None:
    play = ended()
    play.erase()
    erased = play.last(ev.BidsErased)
    assert erased.kept == (play.bids["oracle"],)
    told = [
        (type(event).__name__, entry.form)
        for event, entry in zip(play.journal, play.shelf.entries, strict=True)
        if entry.label
    ]
    assert told == [
        ("BidReceived", Form.ERASED),
        ("BidReceived", Form.ERASED),
        ("BidReceived", Form.OPEN),
        ("BidReceived", Form.ERASED),
        ("BidRecalled", Form.OPEN),
        ("Refused", Form.OPEN),
    ]


def test_where_bids_were_never_opened_the_rest_stays_unopened() -> None:
    play = ended(opened=False)
    play.erase()
    forms = [entry.form for entry in play.shelf.entries if entry.label]
    assert forms == [Form.ERASED] * 4 + [Form.OWN] * 2
    hidden = [json.loads(line) for line in play.export()[1:-1]]
    assert all(line["event"] is None for line in hidden if line["label"])


def test_the_desk_is_the_same_before_and_after_and_when_it_is_read_again() -> None:
    for opened in (True, False):
        play = ended(opened)
        before = play.shelf.loaded()
        assert before.desk == play.desk
        play.erase()
        after = play.shelf.loaded()
        assert after.desk == play.desk == play.written.desk
        blanked = [bid for bid in play.the_tender().bids.values() if not bid.terms.months]
        assert len(blanked) == (1 if opened else 2)


def test_the_chain_the_root_and_older_proofs_are_unbroken() -> None:
    play = ended()
    size, root = play.written.size, play.written.tree.root()
    links = [entry.link for entry in play.shelf.entries]
    proof = play.written.proof("google", "k9", play.now)
    play.erase()
    assert [entry.link for entry in play.shelf.entries][:size] == links
    again = play.shelf.loaded()
    assert again.tree.root(size) == root
    assert proof is not None
    assert proof_holds(proof)
    later = again.proof("google", "k9", play.now)
    assert later is not None
    assert later.receipt == proof.receipt
    assert proof_holds(later)


def test_no_key_and_no_byte_of_an_erased_bid_is_left() -> None:
    play = ended()
    received = play.all(ev.BidReceived)
    assert play.shelf.keys.tender("lot") is not None
    admitted = play.erase()
    assert admitted.erased == "lot"
    assert play.shelf.keys.tender("lot") is None
    assert "lot" not in play.written._seals._ciphers
    kept = play.shelf.all_bytes()
    for event in received:
        assert (body_of(event) in kept) == (event.bid.id == play.bids["oracle"])
    stubs = [Seals(play.shelf.keys).stubbed(e) for e in play.shelf.entries if e.stub]
    for option in (b"extend once", b"extend twice", b"be bought out"):
        assert option not in kept
        assert not any(option in stub for stub in stubs)
    assert b"extend three times" in kept


def test_only_what_the_erased_tender_held_changes_its_form() -> None:
    play = ended()
    play.open(tender="other")
    play.bid("google")
    play.tender = "lot"
    before = list(play.shelf.entries)
    play.erase()
    for old, new in zip(before, play.shelf.entries, strict=False):
        assert (old == new) == (old.label != "lot")
    assert play.shelf.loaded().desk == play.desk


def test_erasing_again_destroys_nothing_more() -> None:
    play = ended()
    play.erase()
    forms = [entry.form for entry in play.shelf.entries]
    play.send(BUYER, Erase("lot"), "again")
    assert play.shelf.loaded().desk == play.desk
    assert [entry.form for entry in play.shelf.entries][: len(forms)] == forms


def test_what_was_erased_before_any_store_had_it_was_never_sealed_there() -> None:
    """A refused bid, the end of the tender and the erasure in one batch."""
    play = ended(opened=False)
    shelf = Shelf()
    journal = shelf.begun()
    for envelope in play.envelopes:
        journal.admit(envelope)
    erased = journal.admit(play.envelope(BUYER, Erase("lot")))
    assert erased.erased == "lot"
    batch = journal.take()
    assert batch is not None
    assert batch.kept == ()
    forms = [entry.form for entry in batch.entries if entry.label]
    assert forms == [Form.ERASED] * 4 + [Form.OWN] * 2
    shelf.put(batch)
    assert shelf.loaded().desk == journal.desk


def test_a_copy_from_before_an_erasure_is_read_without_what_was_bid() -> None:
    """The key is destroyed, so the bids of every older copy are gone too."""
    play = ended()
    entries, head, size = list(play.shelf.entries), play.shelf.head, play.written.size
    play.erase()
    play.shelf.entries, play.shelf.head = entries, head
    again: Journal = play.shelf.loaded()
    assert again.size == size
    assert all(not bid.terms.months for bid in again.desk.tenders["lot"].bids.values())
    play.written = again
    shown = [json.loads(line) for line in play.export()]
    assert [line["event"] for line in shown[1:-1] if line["label"]] == [None] * 6


def test_after_an_erasure_commands_are_known_and_promised_as_before() -> None:
    play = ended()
    before = {key: play.written.acknowledged(*key) for key in play.desk.outcomes}
    receipts = {key: play.written.receipt(*key) for key in play.desk.outcomes}
    play.erase()
    again = play.shelf.loaded()
    for key, known in before.items():
        assert known is not None
        assert again.acknowledged(*key) == known
        assert again.receipt(*key) == receipts[key]
