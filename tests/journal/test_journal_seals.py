"""Seals: what the store holds of a bid before its opening tells nothing of it."""

from __future__ import annotations

import subprocess
import sys
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from desk.saying import BUYER, at, terms
from offtake.desk import events as ev
from offtake.desk.commands import Pledge, Reveal
from offtake.desk.lot import Bid
from offtake.desk.sealed import blank, pledge_body
from offtake.desk.wire import body_of, event_from
from offtake.journal.entry import Entry, Form
from offtake.journal.seals import SealError, Seals, padded, unpadded

from .written import Written, keyring

TAG = 16
"""Bytes by which ChaCha20-Poly1305 makes a text longer."""


def bidding(**words: str) -> Written:
    """Google bids, on these words, and the tender is under seal."""
    play = Written().open()
    play.bid("google", **words)
    return play


def entry(content: bytes, label: str, seals: Seals, form: Form = Form.SEALED) -> Entry:
    committed = sha256(content).digest()
    seals.begin(label)
    seal = seals.sealed if form is Form.SEALED else seals.owned
    stub = seals.stub(label, committed, content[32:])
    return Entry(0, label, committed, bytes(32), form, seal(label, committed, content), stub)


# --- sizes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "size"),
    [
        (0, 2048),
        (2048 - 36, 2048),
        (2048 - 35, 8192),
        (8192 - 36, 8192),
        (8192 - 35, 32768),
        (32768 - 35, 131072),
    ],
)
def test_what_is_encrypted_has_one_of_few_sizes(length: int, size: int) -> None:
    content = b"s" * 32 + b"b" * length
    assert len(padded(content)) == size
    assert padded(content)[:4] == length.to_bytes(4, "big")
    assert padded(content)[4:].rstrip(b"\x00") == content
    assert unpadded(padded(content)) == content


@given(st.binary(min_size=32, max_size=9000))
def test_padding_is_taken_off_again(content: bytes) -> None:
    assert unpadded(padded(content)) == content


def test_other_padding_is_refused() -> None:
    good = padded(b"s" * 32 + b"body")
    for wrong in (
        good[:-1],
        good + b"\x00",
        good[:-1] + b"\x01",
        b"\x00\x00\x00\x03" + good[4:],
        b"\xff" + good[1:],
        b"",
        padded(b"s" * 32 + b"b" * 3000)[:2048],
    ):
        with pytest.raises(SealError):
            unpadded(wrong)


def test_bids_of_very_different_length_are_kept_at_the_same_size() -> None:
    short, long = bidding(), bidding(options=tuple(f"extend {n}" for n in range(60)))
    kept = [play.shelf.entries[-1] for play in (short, long)]
    bodies = [len(body_of(play.journal[-1])) for play in (short, long)]
    assert bodies[1] > bodies[0] + 700
    assert [(len(e.body), len(e.stub)) for e in kept] == [(2048 + TAG, 2048 + TAG)] * 2


def test_a_refused_bid_is_kept_at_the_size_of_one_that_was_not() -> None:
    play = bidding()
    with play.refused("bid-empty"):
        play.bid("oracle", chips=0)
    bid, refusal = play.shelf.entries[-2:]
    assert (len(bid.body), len(bid.stub)) == (len(refusal.body), len(refusal.stub))
    assert bid.label == refusal.label == "lot"


# --- what is sealed, and until when ---------------------------------------------------------------


def test_bids_recalls_and_refusals_are_sealed_while_bids_are_closed() -> None:
    play = bidding()
    play.recall("google")
    with play.refused("unknown-bid"):
        play.recall("google")
    forms = [(e.form, e.label) for e in play.shelf.entries[-3:]]
    assert forms == [(Form.SEALED, "lot")] * 3
    assert all((e.form, e.label) == (Form.OPEN, "") for e in play.shelf.entries[:-3])


def test_after_the_opening_nothing_more_is_sealed() -> None:
    play = bidding()
    play.go("2025-03-03 09:00")
    with play.refused("bids-closed"):
        play.bid("oracle")
    told = [type(event).__name__ for event in play.journal[-2:]]
    assert told == ["BidsOpened", "Refused"]
    assert [(e.form, e.label) for e in play.shelf.entries[-2:]] == [(Form.OPEN, "")] * 2


def test_what_lapses_in_the_batch_of_a_bid_is_open() -> None:
    """Bids on one lot close just as a bid on another comes."""
    play = bidding()
    play.go(at("2025-02-10 09:00")).open(tender="other")
    play.go(at("2025-02-20 09:00"))
    play.bid("oracle")
    assert [type(event).__name__ for event in play.journal[-2:]] == ["BidsOpened", "BidReceived"]
    assert [entry.label for entry in play.shelf.entries[-2:]] == ["", "other"]


def test_pledges_and_what_is_revealed_are_sealed_until_bids_open() -> None:
    play = Written().open(reveal="5 days")
    bid, drawn = Bid("google", 1000, terms()), b"r" * 32
    promise = sha256(drawn + pledge_body(bid, BUYER, "lot")).hexdigest()
    play.do("google", Pledge("lot", promise))
    assert play.the_tender().phase == "bidding"
    play.go("2025-02-20 09:00")
    play.do("google", Reveal("lot", bid, drawn.hex()))
    assert play.the_tender().phase == "revealing"
    told = [
        (type(event).__name__, entry.label)
        for event, entry in zip(play.journal, play.shelf.entries, strict=True)
    ][-3:]
    assert told == [("BidCommitted", "lot"), ("RevealStarted", ""), ("BidReceived", "lot")]
    assert play.written.cut() == play.written.began["lot"] + 1
    kept = play.shelf.all_bytes()
    assert promise.encode() not in kept
    assert drawn.hex().encode() not in kept
    play.wait("2025-03-03 09:00")
    assert play.written.cut() == play.written.size
    assert play.shelf.loaded().desk == play.desk


def test_each_tender_has_a_key_of_its_own() -> None:
    play = bidding()
    play.open(tender="other")
    play.bid("oracle")
    keys = play.shelf.keys
    assert keys.tender("lot") not in (None, keys.own, keys.tender("other"))


# --- nothing of a bid -----------------------------------------------------------------------------


def test_nothing_of_a_bid_stands_in_any_byte_that_is_kept() -> None:
    """A bidder that nobody else names, a price, an option, a name that the desk gave."""
    play = Written("google", "zanzibar-cloud").open()
    before = play.shelf.all_bytes()
    play.bid("zanzibar-cloud", price="7.31771", options=("to be bought out at Nineveh",))
    play.recall("zanzibar-cloud")
    added = play.shelf.all_bytes()[len(before) :]
    body = body_of(play.journal[-2])
    assert b"7.31771" in body
    for length in (8, 16):
        parts = {body[n : n + length] for n in range(len(body) - length)}
        assert not any(part in added for part in parts)


def test_two_bids_that_are_the_same_are_sealed_differently() -> None:
    play = bidding()
    play.bid("google")
    one, other = play.shelf.entries[-2:]
    assert one.commitment != other.commitment
    assert one.body != other.body
    assert one.stub != other.stub


def test_no_two_texts_share_key_and_nonce() -> None:
    """A stub and what stays unopened lie under the same key; of two texts under one key and nonce,
    each would tell the other."""
    seals = Seals(keyring())
    content = b"s" * 32 + b"body"
    own = entry(content, "lot", seals, Form.OWN)
    assert own.body[:36] != own.stub[:36]
    alike = [a == b for a, b in zip(own.body[36:2048], own.stub[36:2048], strict=True)]
    assert sum(alike) < 100


# --- keys and labels ------------------------------------------------------------------------------


def test_what_was_sealed_opens_under_its_key_and_label_alone() -> None:
    keys = keyring()
    seals = Seals(keys)
    content = b"s" * 32 + b"body"
    sealed = entry(content, "lot", seals)
    seals.begin("other")
    assert seals.content(sealed) == content
    assert Seals(keys).content(sealed) == content
    assert Seals(keyring()).content(sealed) is None
    for wrong in (
        replace(sealed, label="other"),
        replace(sealed, form=Form.OWN),
        replace(sealed, commitment=sha256(b"other").digest()),
        replace(sealed, body=sealed.body[:-1]),
        replace(sealed, body=b""),
    ):
        with pytest.raises(SealError):
            seals.content(wrong)


def test_a_key_that_was_destroyed_and_forgotten_opens_nothing() -> None:
    keys = keyring()
    seals = Seals(keys)
    sealed = entry(b"s" * 32 + b"body", "lot", seals)
    keys.destroy("lot")
    seals.forget("lot")
    seals.forget("never sealed")
    assert seals.content(sealed) is None


def test_a_stub_holds_what_may_be_kept_for_ever_and_no_salt() -> None:
    play = bidding()
    kept, received = play.shelf.entries[-1], play.journal[-1]
    stubbed = event_from(Seals(play.shelf.keys).stubbed(kept))
    assert stubbed == blank(received)
    assert isinstance(stubbed, ev.BidReceived)
    assert isinstance(received, ev.BidReceived)
    assert stubbed.bid.bidder == "google"
    assert stubbed.bid.terms.price == 0
    assert stubbed.bid.id == received.bid.id
    # With the salt, whoever has the desk's own key could try prices against the commitment.
    seals = Seals(play.shelf.keys)
    content = seals.content(kept)
    assert content is not None
    nonce = sha256(b"offtake stub 1\n" + kept.commitment).digest()[:12]
    plain = seals._own.decrypt(nonce, kept.stub, b"lot")
    assert plain[4:36] == bytes(32)
    assert content[:32] not in plain


def test_what_was_open_or_erased_needs_no_key() -> None:
    seals = Seals(keyring())
    content = b"s" * 32 + b"body"
    sealed = entry(content, "lot", seals)
    assert seals.content(replace(sealed, form=Form.OPEN, body=content)) == content
    assert seals.content(replace(sealed, form=Form.ERASED, body=b"")) is None
    assert seals.stubbed(sealed) == b"body"
    assert seals.content(entry(content, "lot", seals, Form.OWN)) == content


def test_nothing_of_cryptography_is_loaded_before_there_are_keys() -> None:
    code = (
        "import sys, offtake.journal.journal, offtake.journal.text, offtake.store.keyring\n"
        "assert not any(name.startswith('cryptography') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
