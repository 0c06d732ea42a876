"""The chain: commitments and links as auditors compute them, and what a store may not do."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from msgspec.structs import replace

from desk.saying import BUYER, at
from offtake.desk.commands import Admit
from offtake.desk.wire import event_from
from offtake.journal.chain import commitment, link, origin, salt
from offtake.journal.entry import About, Entry, Form
from offtake.journal.journal import BrokenJournalError, Journal, OtherKeysError
from offtake.journal.signed import head_holds, signed_head
from offtake.store.keyring import MemoryKeyring

from .written import DESK, Shelf, Written, keyring


def sealed_play() -> Written:
    """Two bids lie under seal, one of them refused, the tender goes on."""
    play = Written().open()
    play.bid("oracle")
    play.bid("google", "2.50")
    with play.refused("bid-empty"):
        play.bid("amazon", chips=0)
    return play


PLAY = sealed_play()


def test_the_chain_begins_with_what_the_journal_says_of_itself() -> None:
    about = About(DESK, b"k" * 32)
    text = b"offtake journal 1\n" + b"0123456789abcdef0123456789abcdef\n" + b"k" * 32
    assert origin(about) == sha256(text).digest()


def test_each_link_commits_to_the_one_before_the_body_and_the_label() -> None:
    before = origin(PLAY.shelf.about)
    for entry in PLAY.shelf.entries:
        if not entry.label:
            assert entry.commitment == commitment(entry.body[:32], entry.body[32:])
            assert entry.commitment == sha256(entry.body).digest()
        leaf = b"\x00" + before + entry.commitment + entry.label.encode()
        assert entry.link == link(before, entry.commitment, entry.label) == sha256(leaf).digest()
        before = entry.link


def test_salts_follow_from_the_chance_that_was_drawn_for_the_batch() -> None:
    first, second = PLAY.shelf.entries[0], PLAY.shelf.entries[1]
    assert first.body[:32] == salt(sha256(b"1").digest(), 0)
    assert second.body[:32] == salt(sha256(b"2").digest(), 0)
    assert (
        salt(b"e" * 32, 1) == sha256(b"offtake salt 1\n" + b"e" * 32 + b"\x00\x00\x00\x01").digest()
    )
    assert len({entry.body[:32] for entry in PLAY.shelf.entries}) == len(PLAY.shelf.entries)


def test_entries_number_what_happened_in_its_order() -> None:
    assert [entry.number for entry in PLAY.shelf.entries] == list(range(len(PLAY.journal)))
    told = [event_from(e.body[32:]) for e in PLAY.shelf.entries if not e.label]
    sealed = [e.number for e in PLAY.shelf.entries if e.label]
    assert told == [e for number, e in enumerate(PLAY.journal) if number not in sealed]


def test_a_batch_has_a_signed_head_over_all_up_to_its_last_entry() -> None:
    play = sealed_play()
    play.do(BUYER, Admit(("nvidia-2",)))
    head = play.shelf.head
    assert head is not None
    assert head.size == len(play.shelf.entries) == play.written.size
    assert head.root == play.written.tree.root()
    assert head.at == play.now
    assert head_holds(play.shelf.about, head)
    assert play.written.take() is None


def test_what_was_written_makes_the_same_desk_again() -> None:
    again = PLAY.shelf.loaded()
    assert again.desk == PLAY.desk
    assert again.size == PLAY.written.size
    assert again.head() == PLAY.written.head()
    assert again.cut() == PLAY.written.cut()


def test_a_journal_goes_on_where_it_was_read_to() -> None:
    play = sealed_play()
    play.written = play.shelf.loaded()
    play.bid("nvidia")
    assert play.shelf.loaded().desk == play.desk


def test_a_whole_journal_may_be_read_in_parts() -> None:
    journal = PLAY.shelf.begun()
    entries = PLAY.shelf.entries
    journal.load(
        entries[:5], signed_head(DESK, PLAY.shelf.keys.sign, 5, PLAY.written.tree.root(5), 0)
    )
    journal.load(entries[5:], PLAY.shelf.head)
    assert journal.desk == PLAY.desk


# --- what is refused ------------------------------------------------------------------------------


def relinked(entries: list[Entry], about: About) -> list[Entry]:
    """All links computed anew, as somebody would who rewrites history."""
    before, found = origin(about), []
    for entry in entries:
        before = link(before, entry.commitment, entry.label)
        found.append(replace(entry, link=before))
    return found


def with_body(entry: Entry, body: bytes) -> Entry:
    content = entry.body[:32] + body
    return replace(entry, body=content, commitment=sha256(content).digest())


def replaced(entries: list[Entry], number: int, **changes: Any) -> list[Entry]:
    return [*entries[:number], replace(entries[number], **changes), *entries[number + 1 :]]


SEALED = next(entry.number for entry in PLAY.shelf.entries if entry.label)
ENTRIES, ABOUT = PLAY.shelf.entries, PLAY.shelf.about


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


BROKEN: dict[str, tuple[Callable[[list[Entry]], list[Entry]], int, str]] = {
    "an entry is missing": (lambda e: [*e[:3], *e[4:]], 3, "entry 4 stands in its place"),
    "two entries change places": (
        lambda e: [*e[:3], e[4], e[3], *e[5:]],
        3,
        "entry 4 stands in its place",
    ),
    "two entries change places and numbers": (
        lambda e: [*e[:3], replace(e[4], number=3), replace(e[3], number=4), *e[5:]],
        3,
        "its link does not follow from the one before",
    ),
    "a byte of a body changes": (
        lambda e: replaced(e, 2, body=flipped(e[2].body, 60)),
        2,
        "its body is not what it committed to",
    ),
    "a byte of a salt changes": (
        lambda e: replaced(e, 2, body=flipped(e[2].body, 0)),
        2,
        "its body is not what it committed to",
    ),
    "a byte of a commitment changes": (
        lambda e: replaced(e, 2, commitment=flipped(e[2].commitment, 0)),
        2,
        "its body is not what it committed to",
    ),
    "a byte of a link changes": (
        lambda e: replaced(e, 2, link=flipped(e[2].link, 31)),
        2,
        "its link does not follow from the one before",
    ),
    "a label is changed": (
        lambda e: replaced(e, 2, label="lot"),
        2,
        "its link does not follow from the one before",
    ),
    "a label takes a byte of the commitment": (
        lambda e: replaced(
            e, SEALED, form=Form.ERASED, label="t" + e[SEALED].label, commitment=b"c" * 31
        ),
        SEALED,
        "its commitment is no hash",
    ),
    "a byte of what is sealed changes": (
        lambda e: replaced(e, SEALED, body=flipped(e[SEALED].body, 1000)),
        SEALED,
        "what was sealed does not open under its key",
    ),
    "one sealed body stands in the place of another": (
        lambda e: replaced(e, SEALED, body=e[SEALED + 1].body),
        SEALED,
        "what was sealed does not open under its key",
    ),
    "a body is not JSON": (
        lambda e: relinked([*e[:2], with_body(e[2], b"{"), *e[3:]], ABOUT),
        2,
        "its body cannot be read: ",
    ),
    "a body is no event": (
        lambda e: relinked([*e[:2], with_body(e[2], b'{"type":"Sold"}'), *e[3:]], ABOUT),
        2,
        "its body cannot be read: ",
    ),
    "an event could not have happened": (
        lambda e: relinked(
            [e[0], with_body(e[1], e[SEALED - 1].body[32:].replace(b'"lot"', b'"odd"')), *e[2:]],
            ABOUT,
        ),
        1,
        "BiddingStarted cannot have happened there",
    ),
    "the end is missing": (lambda e: e[:-2], len(ENTRIES) - 2, "the head is over "),
    "all is rewritten": (
        lambda e: (
            relinked([with_body(e[0], e[0].body[32:].replace(b"nvidia", b"nvidiA"))], ABOUT)
            + relinked(e, ABOUT)[1:]
        ),
        1,
        "its link does not follow from the one before",
    ),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_store_that_changed_something_is_refused_at_the_entry(how: str) -> None:
    change, number, sentence = BROKEN[how]
    with pytest.raises(BrokenJournalError) as caught:
        PLAY.shelf.begun().load(change(list(ENTRIES)), PLAY.shelf.head)
    assert caught.value.number == number
    assert caught.value.sentence.startswith(sentence)
    assert str(caught.value).startswith(f"entry {number}: ")


def test_every_byte_that_is_kept_counts() -> None:
    """One bit of any byte of any entry, stubs apart: they are read when their tender is erased."""
    for number in (1, SEALED):
        entry = ENTRIES[number]
        for name in ("commitment", "link", "body"):
            data = getattr(entry, name)
            for place in {*range(0, len(data), 97), len(data) - 1}:
                changed = replaced(ENTRIES, number, **{name: flipped(data, place)})
                with pytest.raises(BrokenJournalError) as caught:
                    PLAY.shelf.begun().load(changed, PLAY.shelf.head)
                assert caught.value.number == number


def test_history_rewritten_to_its_end_is_refused_by_the_head() -> None:
    entries = [*ENTRIES[:2], with_body(ENTRIES[2], ENTRIES[2].body[32:] + b" "), *ENTRIES[3:]]
    with pytest.raises(BrokenJournalError, match="the head's root is not that of the entries"):
        PLAY.shelf.begun().load(relinked(entries, ABOUT), PLAY.shelf.head)


def test_a_head_must_be_there_and_signed_by_this_desk() -> None:
    with pytest.raises(BrokenJournalError, match="no head stands over the entries"):
        PLAY.shelf.begun().load(ENTRIES, None)
    size, root = len(ENTRIES), PLAY.written.tree.root()
    for desk, sign in (("f" * 32, PLAY.shelf.keys.sign), (DESK, MemoryKeyring().sign)):
        with pytest.raises(BrokenJournalError, match="the head is not signed by this desk"):
            PLAY.shelf.begun().load(ENTRIES, signed_head(desk, sign, size, root, 0))
    PLAY.shelf.begun().load([], None)


def test_a_journal_of_another_desk_is_refused_at_its_first_entry() -> None:
    journal = Journal(About("f" * 32, PLAY.shelf.keys.public), PLAY.shelf.keys)
    with pytest.raises(BrokenJournalError, match="entry 0: its link does not follow"):
        journal.load(ENTRIES, PLAY.shelf.head)


def test_the_keys_must_be_those_of_the_desk() -> None:
    with pytest.raises(OtherKeysError, match=f"not those of the desk {DESK}"):
        Journal(PLAY.shelf.about, MemoryKeyring())


def test_a_tender_that_goes_on_needs_its_key() -> None:
    shelf = Shelf(keyring())
    shelf.entries, shelf.head = ENTRIES, PLAY.shelf.head
    with pytest.raises(BrokenJournalError, match="the key of the tender lot is missing") as caught:
        shelf.loaded()
    assert caught.value.number == SEALED


def test_time_alone_is_written_down_when_somebody_looks() -> None:
    play = sealed_play()
    size = play.written.size
    assert play.written.tick(at("2025-02-04 09:00"), bytes(32)) == 0
    assert play.written.take() is None
    assert play.written.tick(at("2025-03-04 09:00"), bytes(32)) == play.written.size - size > 0
    play.shelf.put(play.written.take())
    assert play.shelf.loaded().desk == play.written.desk
