"""T12: whatever is done to a journal is found, and the first entry that is wrong is named."""

from __future__ import annotations

import copy
import dataclasses
import json
import time
from functools import cache

import pytest

from desk.tampered import CASES, Edit, put
from desk.tampered_edges import EDGES
from desk.test_desk_promises import LIVES
from desk.test_desk_promises import where as where_is
from desk.written import sound
from desk.written_edges import passed_on
from offtake.audit import NoJournalError, Verified, verify
from offtake.audit.alone import checked
from offtake.journal.signed import proof_line
from offtake.units.instants import instant_of, instant_text
from torture.telling import told as tell

from .courses import BUYER, Row, at_of, line, links_of, rows_of, signer, whole, written
from .tampering import CUTS, STRANGER, Cut, by, duplicate, hide, renumber, rows_from, truncate

LATE = "2099-01-01T00:00:00.000000000Z"
WHO = signer(0)


@cache
def life(seed: int = 3) -> tuple[bytes, ...]:
    """A journal with hidden, opened and revealed bids."""
    return tuple(whole(seed).lines())


def told(lines: list[bytes], receipts: list[bytes] | None = None) -> Verified:
    """What is found by both checkers; the one that stands alone finds it at the same line or so."""
    found = verify(lines, receipts or [])
    assert bool(checked(lines, receipts or []).wrong) == bool(found.breaches)
    return found


# --- lines ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: cut.__name__)
@pytest.mark.parametrize("seed", [3, 14])
def test_lines_that_were_changed_are_found_and_the_first_is_named(cut: Cut, seed: int) -> None:
    lines = list(life(seed))
    told = [row.event for row in rows_of(lines)]
    erased = {event["tender"] for event in told if event and event["type"] == "BidsErased"}
    tried = 0
    for at in range(2, len(lines) - 2, 13):
        changed = cut(lines, at)
        entry = json.loads(lines[at])
        event, label = entry["event"], entry["label"]
        # Without their erasure it is the hidden bids before it that have no reason; a bid may be
        # hidden where others of its tender were erased, and then it is the ranking that shows it.
        excused = not event or event["type"] == "BidsErased" or label in erased
        if changed == lines or (cut is hide and excused):
            continue
        tried += 1
        first, wrong = verify(changed).breaches[0], min(checked(changed).wrong)
        if cut is renumber:
            # Nothing but the root is wrong, and what follows from the event that is missing.
            assert first.line is not None
            assert at < first.line <= len(changed)
            continue
        here = {duplicate: at + 2, truncate: at}.get(cut, at + 1)
        assert first.line == here, (cut.__name__, at, first)
        assert wrong[0] == here, (cut.__name__, at, wrong)
    tell("T12", f"lines changed: {cut.__name__.replace('_', ' ')}", tried, found=tried)


def test_a_journal_without_a_head_is_cut_off() -> None:
    lines = list(life())
    assert "cut off" in verify(lines[:-1]).breaches[0].sentence
    assert checked(lines[:-1]).wrong
    assert "cut off" in verify(lines[:1]).breaches[0].sentence
    assert checked(lines[:1]).wrong


@pytest.mark.parametrize("text", [b"", b"hello\n", b"SQLite format 3\0...", b"\xff\xfe\x00", b"\n"])
def test_what_is_no_journal_is_told_in_one_sentence(text: bytes) -> None:
    with pytest.raises(NoJournalError):
        verify([text] if text else [])
    assert checked([text] if text else []).wrong


# --- the key --------------------------------------------------------------------------------------


def resigned(rows: list[Row], seed: int = 3) -> list[bytes]:
    return written(rows, signer(seed), LATE)


def a_command(rows: list[Row], late: float = 0.8) -> int:
    """An entry that a command brought about, so far into the journal."""
    start = int(len(rows) * late)
    return next(n for n in range(start, len(rows)) if rows[n].event and rows[n].event["by"])


def receipt_of(lines: list[bytes], number: int, seed: int = 3) -> bytes:
    rows, who = rows_of(lines), signer(seed)
    return who.receipt(rows[number].event, links_of(rows, who)[number], rows[number].label)


@pytest.mark.parametrize("at", [2, 30, 60])
def test_a_suffix_written_anew_by_the_desk_itself_is_found_by_one_old_receipt(at: int) -> None:
    lines = list(life())
    rows = rows_of(lines)
    number = a_command(rows)
    receipt = receipt_of(lines, number)
    assert told(lines, [receipt]).sound
    rows[at] = dataclasses.replace(rows[at], salt="0" * 64)
    changed = resigned(rows)
    assert told(changed).sound, "nothing but the receipt can tell"
    first = told(changed, [receipt]).breaches[0]
    assert (first.promise, first.number) == ("R", number)
    assert "rewritten at or before" in first.sentence


def test_a_history_cut_short_by_the_desk_itself_is_found_by_a_receipt() -> None:
    lines = list(life())
    rows = rows_of(lines)
    number = a_command(rows)
    receipt = receipt_of(lines, number)
    short = written(rows[:number], signer(3), rows[number - 1].event["at"])
    first = told(short, [receipt]).breaches[0]
    assert first.promise == "R"
    assert "not in this journal" in first.sentence
    left_out = resigned(rows[:number] + rows[number + 1 :])
    assert told(left_out, [receipt]).breaches[0].number == number


def test_a_journal_may_end_early_only_while_bids_are_sealed() -> None:
    """Then a later receipt has to wait; once the closing has passed, it has not."""
    lines = list(life(19))
    rows = rows_of(lines)
    began = next(n for n, r in enumerate(rows) if r.event["type"] == "BiddingStarted")
    number = a_command(rows)
    receipt, closes = receipt_of(lines, number, 19), rows[began].event["closes"]
    early = written(rows[: began + 1], signer(19), closes)
    waits = told(early, [receipt])
    assert (waits.sound, waits.waiting, "sealed until" in waits.keeps) == (True, 1, True)
    later = instant_text(instant_of(closes) + 1)
    late = written(rows[: began + 1], signer(19), later)
    assert told(late).sound
    assert [b.promise for b in told(late, [receipt]).breaches] == ["R"]


def test_a_head_signed_by_another_key_is_found_by_a_receipt_and_by_the_key() -> None:
    lines = list(life())
    rows = rows_of(lines)
    forged = written(rows, STRANGER, at_of(lines))
    assert told(forged).sound
    assert not verify(forged, key=signer(3).public).sound
    assert verify(lines, key=signer(3).public.upper()).sound
    assert not told(forged, [receipt_of(lines, a_command(rows))]).sound
    swapped = [*lines[:-1], forged[-1]]
    assert told(swapped).breaches[0].line == len(lines)


def test_a_fork_is_found_by_a_receipt_or_a_head_of_the_other_branch() -> None:
    lines = list(life(16))
    rows = rows_of(lines)
    number = a_command(rows, 0.6)
    last = {"at": rows[number].event["at"], "by": by(BUYER), "parties": [], "type": "Admitted"}
    other = resigned([*rows[:number], *rows_from([last])], 16)
    assert told(other).sound
    assert not told(other, [receipt_of(lines, number, 16)]).sound
    (cut_off,) = verify(other, [lines[-1]]).breaches
    assert (cut_off.promise, cut_off.line) == ("R", len(other))
    (forked,) = verify(lines, [other[-1]]).breaches
    assert (forked.promise, forked.number) == ("R", number)
    assert verify(lines, [lines[-1]]).sound


def test_the_journal_of_another_desk_is_found() -> None:
    lines = list(life())
    other = list(whole(3, "0" * 32).lines())
    receipt = receipt_of(lines, a_command(rows_of(lines)))
    assert told(other).sound
    assert not told(other, [receipt]).sound
    assert not verify(other, [lines[-1]]).sound
    assert told([other[0], *lines[1:]]).breaches[0].line == len(lines)


def test_every_field_of_a_receipt_counts() -> None:
    lines = list(life())
    number = a_command(rows_of(lines))
    receipt = receipt_of(lines, number)
    for place in range(len(receipt)):
        flipped = receipt[:place] + bytes([receipt[place] ^ 1]) + receipt[place + 1 :]
        found = verify(lines, [flipped])
        assert found.breaches, (place, flipped)
        if place % 37 == 0:
            assert checked(lines, [flipped]).wrong, (place, flipped)
    assert verify(lines, [b""]).breaches
    assert verify(lines, [lines[0]]).breaches


@pytest.mark.parametrize("field", ["actor", "key", "digest", "at"])
def test_a_receipt_that_the_desk_signed_must_say_what_happened(field: str) -> None:
    """The desk's own signature over something else: then one of both is false."""
    lines, who = list(life()), signer(3)
    rows = rows_of(lines)
    number = a_command(rows)
    event = copy.deepcopy(rows[number].event)
    if field == "at":
        event["at"] = rows[2].event["at"]
    else:
        event["by"][field] += "0"
    receipt = who.receipt(event, links_of(rows, who)[number], rows[number].label)
    first = told(lines, [receipt]).breaches[0]
    assert (first.promise, first.number) == ("R", number)


def proofs(seed: int = 3) -> list[bytes]:
    """What the desk hands out for its commands once all may be shown."""
    journal = whole(seed).journal
    who = {(row.event["by"]["actor"], row.event["by"]["key"]) for row in by_commands(seed)}
    found = [journal.proof(actor, key, at=journal.desk.now) for actor, key in sorted(who)]
    return [proof_line(proof) for proof in found if proof is not None]


def by_commands(seed: int) -> list[Row]:
    return [row for row in rows_of(list(life(seed))) if row.event and row.event["by"]]


def test_proofs_hold_and_each_part_of_one_counts() -> None:
    lines, given = list(life()), proofs()
    sound = told(lines, given[::8])
    assert sound.sound
    assert sound.receipts == sound.heads == len(given[::8]) > 5
    proof = json.loads(given[30])
    assert proof["type"] == "Proof"
    for change in (
        {"number": str(int(proof["number"]) + 1)},
        {"path": proof["path"][:-1]},
        {"path": [*proof["path"], "0" * 64]},
        {"path": ["0" * 64, *proof["path"][1:]]},
        {"head": {**proof["head"], "size": str(int(proof["head"]["size"]) - 1)}},
        {"receipt": {**proof["receipt"], "at": LATE}},
    ):
        (breach,) = verify(lines, [line({**proof, **change})]).breaches
        assert breach.promise == "R"
    rows = rows_of(lines)
    rows[2] = dataclasses.replace(rows[2], salt="0" * 64)
    assert {b.promise for b in told(resigned(rows), [given[30]]).breaches} == {"R"}


# --- promises -------------------------------------------------------------------------------------


@pytest.mark.parametrize("made", LIVES)
def test_hand_written_lives_are_sound(made) -> None:  # type: ignore[no-untyped-def]
    lines = written(rows_from(made().data()), WHO, LATE)
    # An opening at a desk states who holds a right by then; this one leaves it to the reader.
    assert (verify if made is passed_on else told)(lines).sound


@pytest.mark.parametrize("what", CASES | EDGES)
def test_a_broken_promise_is_found_whoever_signed_it(what: str) -> None:
    made, edits, promise, (name, nth), _ = (CASES | EDGES)[what]
    events = copy.deepcopy(made().data())
    for edit in edits:
        edit(events)
    found = verify(written(rows_from(events), WHO, LATE))
    here = where_is(events, name, nth)
    assert any((b.promise, b.number) == (promise, here) for b in found.breaches)
    assert found.breaches[0].number is not None
    assert found.breaches[0].number <= here
    tell("T12", "promises broken by whoever has the key", 1, found=1)


ALONE = [
    "a window a day short",
    "a window an hour long",
    "a lapse before the deadline",
    "an answer by somebody else",
    "a first offer skipped, at the signature",
    "bidding that closes late",
    "a signature a day before the window ended",
    "a right never asked",
    "a right never asked, though no notice was served",
    "a signature after the tail",
    "another counterparty",
    "a signature with a holder that took nothing",
    "a chain promised twice",
    "a seller that promises more than it has",
    "a holder that promises more than it has",
    "a chain that leaves out who hosts",
]


@pytest.mark.parametrize("what", ALONE)
def test_the_file_that_stands_alone_finds_what_it_promises_to_find(what: str) -> None:
    made, edits, _, (name, nth), _ = CASES[what]
    events = copy.deepcopy(made().data())
    for edit in edits:
        edit(events)
    wrong = checked(written(rows_from(events), WHO, LATE)).wrong
    assert min(wrong)[0] <= where_is(events, name, nth) + 2


def test_oracle_a_day_before_microsofts_window_ended_is_named_by_both() -> None:
    events = sound().data()
    signed = copy.deepcopy(next(e for e in events if e["type"] == "Signed"))
    # Microsoft had until 24 June; Google is not asked, and Oracle signs on the 23rd.
    at = "2026-06-23T21:00:00.000000000Z"
    early = [e for e in events if e["at"] < "2026-06-10"] + [{**signed, "at": at}]
    lines = written(rows_from(early), WHO, LATE)
    found = verify(lines).breaches
    assert {(b.promise, b.number) for b in found} == {("P1", len(early) - 1)}
    said = " ".join(b.sentence for b in found)
    assert "microsoft had not answered" in said
    assert "2026-06-24 21:00:00 UTC" in said
    wrong = checked(lines).wrong
    assert {line for line, _ in wrong} == {len(early) + 1}
    assert "microsoft is passed over (ms/refusal)" in [sentence for _, sentence in wrong]


def test_bytes_are_in_the_lines_as_the_file_has_them() -> None:
    lines = list(life())
    text = b"".join(lines)
    assert text.splitlines(keepends=True) == lines
    assert line(json.loads(lines[1])) == lines[1]


@pytest.mark.parametrize(
    "edit",
    [
        put("TenderOpened", claims__0__window__count="999999999999"),
        put("TenderOpened", claims__0__tail__count="999999999999"),
        put("TenderOpened", bidding__count="9" * 5000),
        put("TenderOpened", almanacs__us__weekend=[str(day) for day in range(7)]),
        put("TenderOpened", almanacs__us__offsets=[]),
        put("Signed", terms__months="999999999999"),
    ],
)
def test_no_journal_keeps_a_checker_busy_for_ever(edit: Edit) -> None:
    events = sound().data()
    put("TenderOpened", claims__0__rate="0.1")(events)
    edit(events)
    lines = written(rows_from(events), WHO, LATE)
    begun = time.process_time()
    assert verify(lines).breaches
    checked(lines)
    assert time.process_time() - begun < 20
