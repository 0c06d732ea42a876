"""The export: JSON Lines that anybody can check, each in one form; and what desks sign."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec.structs import replace

from desk.lives import live
from desk.saying import BUYER
from offtake.desk.commands import Admit
from offtake.desk.wire import body_of
from offtake.journal.chain import link, origin
from offtake.journal.entry import About
from offtake.journal.journal import Journal
from offtake.journal.signed import (
    SignedError,
    head_holds,
    head_line,
    head_of,
    head_text,
    mark_holds,
    mark_line,
    mark_of,
    mark_text,
    proof_holds,
    proof_line,
    proof_of,
    receipt_holds,
    receipt_line,
    receipt_of,
    receipt_text,
)
from offtake.journal.text import exported
from offtake.journal.tree import Tree
from offtake.store.keyring import MemoryKeyring

from .written import DESK, Shelf, Written


def opened() -> Written:
    """Two have bid, and bids are open; one of the two has an odd name."""
    play = Written("google", 'Čez \u2028\n"b"').open()
    play.bid("google")
    play.bid('Čez \u2028\n"b"', "2.50")
    play.wait("2025-03-03 09:00")
    return play


PLAY = opened()


def test_the_first_line_says_what_the_journal_is() -> None:
    key = PLAY.shelf.keys.public.hex()
    told = f'{{"desk":"{DESK}","format":"1","key":"{key}","type":"Journal"}}\n'
    assert PLAY.export()[0] == told.encode()


def test_each_entry_is_a_line_at_its_number() -> None:
    for number, (line, event) in enumerate(zip(PLAY.export()[1:-1], PLAY.journal, strict=True)):
        entry = PLAY.shelf.entries[number]
        told = json.loads(line)
        assert list(told) == ["commitment", "event", "label", "number", "salt"]
        assert told["number"] == str(number)
        assert told["label"] == entry.label
        assert body_of(event) in line
        content = bytes.fromhex(told["salt"]) + body_of(event)
        assert told["commitment"] == entry.commitment.hex() == sha256(content).hexdigest()


def test_the_last_line_is_a_head_over_all_before() -> None:
    head = head_of(PLAY.export()[-1])
    tree, before = Tree(), origin(PLAY.shelf.about)
    for line in PLAY.export()[1:-1]:
        told = json.loads(line)
        before = link(before, bytes.fromhex(told["commitment"]), told["label"])
        tree.append(before)
    assert (head.size, head.root, head.at) == (len(tree), tree.root(), PLAY.now)
    assert head_holds(PLAY.shelf.about, head)


@pytest.mark.parametrize("seed", range(4))
def test_every_line_is_canonical_json(seed: int) -> None:
    """As the package `rfc8785` writes it."""
    shelf = Shelf()
    journal = shelf.begun()
    for envelope in live(seed).envelopes:
        journal.admit(envelope)
    shelf.put(journal.take())
    at = journal.desk.now
    lines = list(exported(shelf.about, shelf.entries, shelf.keys, journal.size, journal.desk, at))
    lines += PLAY.export()
    for line in lines:
        assert rfc8785.dumps(json.loads(line)) + b"\n" == line


def test_an_export_is_of_as_many_entries_as_were_asked_for() -> None:
    shelf, desk = PLAY.shelf, PLAY.desk
    few = list(exported(shelf.about, shelf.entries, shelf.keys, 3, desk, 0))
    assert len(few) == 5
    assert head_of(few[-1]).root == PLAY.written.tree.root(3)
    with pytest.raises(ValueError, match="entries, not"):
        list(exported(shelf.about, shelf.entries, shelf.keys, 99, desk, 0))
    none = list(exported(shelf.about, [], shelf.keys, 0, desk, 0))
    assert head_of(none[-1]).root == Tree().root()


# --- heads, receipts, proofs ----------------------------------------------------------------------


def head_signed() -> tuple[bytes, bytes]:
    head = PLAY.written.head()
    return head_text(DESK, head.size, head.root, head.at), head.signature


def test_a_head_is_signed_over_desk_size_root_and_instant() -> None:
    head = PLAY.written.head()
    text, signature = head_signed()
    root = head.root.hex()
    at = "2025-03-03T17:00:00.000000000Z"
    last = "2025-02-19T01:00:00.000000000Z"
    assert text.decode() in (
        f"offtake head 1\n{DESK}\n{head.size}\n{root}\n{at}\n",
        f"offtake head 1\n{DESK}\n{head.size}\n{root}\n{last}\n",
    )
    Ed25519PublicKey.from_public_bytes(PLAY.shelf.keys.public).verify(signature, text)


def test_a_head_of_anything_else_does_not_hold() -> None:
    head, about = PLAY.written.head(), PLAY.shelf.about
    assert head_holds(about, head)
    for wrong in (
        replace(head, size=head.size + 1),
        replace(head, root=bytes(32)),
        replace(head, at=head.at + 1),
        replace(head, signature=bytes(64)),
        replace(head, signature=b""),
    ):
        assert not head_holds(about, wrong)
    assert not head_holds(About("f" * 32, about.key), head)
    assert not head_holds(About(DESK, MemoryKeyring().public), head)
    assert not head_holds(About(DESK, b"short"), head)


def receipted(actor: str = BUYER, key: str = "k1") -> Any:
    receipt = PLAY.written.receipt(actor, key)
    assert receipt is not None
    return receipt


def test_a_receipt_is_signed_over_who_what_when_and_link() -> None:
    receipt = receipted()
    link, digest = PLAY.shelf.entries[0].link.hex(), receipt.digest
    at = "2025-01-02T17:00:00.000000000Z"
    text = f'offtake receipt 1\n{DESK}\n"openai"\n"k1"\n{digest}\n{at}\n""\n{link}\n'
    assert receipt_text(receipt).decode() == text
    Ed25519PublicKey.from_public_bytes(receipt.key).verify(receipt.signature, text.encode())


def test_a_receipt_of_anything_else_does_not_hold() -> None:
    receipt = receipted()
    assert receipt_holds(receipt)
    for name, value in {
        "desk": "f" * 32,
        "actor": "oracle",
        "command": "k2",
        "digest": "0" * 64,
        "at": receipt.at + 1,
        "label": "lot",
        "link": bytes(32),
        "signature": bytes(64),
        "key": MemoryKeyring().public,
    }.items():
        assert not receipt_holds(replace(receipt, **{name: value})), name


def test_no_name_can_forge_the_end_of_a_line() -> None:
    """A newline in a name would let one signed text be read as that of another command."""
    receipt = receipted()
    split = replace(receipt, actor='a"\n"b', command="c")
    other = replace(receipt, actor="a", command='b"\n"c')
    assert receipt_text(split) != receipt_text(other)
    assert receipt_text(split).count(b"\n") == 8


def test_a_receipt_says_under_whose_seal_the_command_lies() -> None:
    """Else its entry could be hidden under a tender that was erased."""
    for journal in (PLAY.written, PLAY.shelf.loaded()):
        sealed, own = journal.receipt("google", "k5"), journal.receipt(BUYER, "k1")
        assert sealed is not None
        assert own is not None
        assert (sealed.label, own.label) == ("lot", "")
        assert b'\n"lot"\n' in receipt_text(sealed)
        ack = journal.acknowledged("google", "k5")
        assert ack is not None
        assert PLAY.shelf.entries[ack.number].label == ack.label == "lot"


def marked() -> Any:
    mark = PLAY.written.mark("lot")
    assert mark is not None
    return mark


def test_a_mark_is_signed_over_desk_tender_instant_and_link() -> None:
    mark = marked()
    (opened,) = (n for n, e in enumerate(PLAY.journal) if type(e).__name__ == "BidsOpened")
    link, at = PLAY.shelf.entries[opened].link.hex(), "2025-02-19T01:00:00.000000000Z"
    text = f'offtake mark 1\n{DESK}\n"lot"\n{at}\n{link}\n'
    assert mark_text(mark).decode() == text
    Ed25519PublicKey.from_public_bytes(mark.key).verify(mark.signature, text.encode())
    assert mark_holds(mark)
    assert PLAY.shelf.loaded().mark("lot") == mark
    for name, value in {
        "desk": "f" * 32,
        "tender": "other",
        "at": mark.at + 1,
        "link": bytes(32),
        "signature": bytes(64),
        "key": MemoryKeyring().public,
    }.items():
        assert not mark_holds(replace(mark, **{name: value})), name


def test_a_proof_leads_from_a_receipt_to_a_head() -> None:
    proof = PLAY.written.proof("google", "k5", PLAY.now)
    assert proof is not None
    assert proof_holds(proof)
    assert proof.receipt == PLAY.written.receipt("google", "k5")
    for wrong in (
        replace(proof, number=proof.number + 1),
        replace(proof, path=proof.path[:-1]),
        replace(proof, receipt=receipted()),
        replace(proof, head=replace(proof.head, at=1)),
        replace(proof, receipt=replace(proof.receipt, actor="oracle")),
    ):
        assert not proof_holds(wrong)


def test_a_proof_against_another_desk_does_not_hold() -> None:
    other = Written()
    other.shelf.keys = MemoryKeyring(b"other")
    other.shelf.about = About(DESK, other.shelf.keys.public)
    other.written = Journal(other.shelf.about, other.shelf.keys)
    for envelope in other.envelopes:
        other.written.admit(envelope)
    mine, theirs = (
        PLAY.written.proof(BUYER, "k1", PLAY.now),
        other.written.proof(BUYER, "k1", other.now),
    )
    assert mine is not None
    assert theirs is not None
    assert proof_holds(theirs)
    assert not proof_holds(replace(theirs, receipt=mine.receipt))


def lines() -> dict[str, tuple[bytes, Any, Any]]:
    proof = PLAY.written.proof(BUYER, "k1", PLAY.now)
    assert proof is not None
    return {
        "head": (head_line(proof.head), head_of, proof.head),
        "receipt": (receipt_line(proof.receipt), receipt_of, proof.receipt),
        "proof": (proof_line(proof), proof_of, proof),
        "mark": (mark_line(marked()), mark_of, marked()),
    }


LINES = lines()


@pytest.mark.parametrize("what", LINES)
def test_what_is_signed_is_read_from_the_line_that_it_is_written_as(what: str) -> None:
    line, read, value = LINES[what]
    assert read(line) == value
    assert rfc8785.dumps(json.loads(line)) + b"\n" == line


@pytest.mark.parametrize("what", LINES)
def test_what_is_signed_has_one_form_only(what: str) -> None:
    line, read, _ = LINES[what]
    data = json.loads(line)
    others = [
        b"",
        b"{}\n",
        b"[]\n",
        b"null\n",
        b"\xff\n",
        line[:-1],
        line + b"\n",
        b" " + line,
        line.replace(b'"type"', b'"kind"'),
        line.replace(b'":"', b'": "', 1),
        line.replace(data["signature"][:8].encode(), b"zz" * 4) if "signature" in data else b"[",
        json.dumps({**data, "more": "x"}, sort_keys=True, separators=(",", ":")).encode() + b"\n",
        b"[" * 100_000,
    ]
    for name in data:
        without = {key: value for key, value in data.items() if key != name}
        others.append(rfc8785.dumps(without) + b"\n")
        for odd in (None, 1, "x", ["x"], {}, True):
            others.append(rfc8785.dumps({**data, name: odd}) + b"\n")
    for other in others:
        if other != line and not _a_name(what, other):
            with pytest.raises(SignedError, match=f"this line is not a {what} in its one form"):
                read(other)


def _a_name(what: str, line: bytes) -> bool:
    """Whether only a field that may hold any text was changed."""
    texts = {"receipt": ("actor", "command", "desk", "digest", "label"), "mark": ("desk", "tender")}
    told = json.loads(line) if line.startswith(b'{"a') and line.endswith(b"}\n") else {}
    return any(told.get(name) == "x" for name in texts.get(what, ()))


def test_admitted_parties_may_have_any_name() -> None:
    play = Written()
    play.do(BUYER, Admit(("Ω \U0001f600",)))
    assert "Ω \U0001f600".encode() in play.export()[-2]
