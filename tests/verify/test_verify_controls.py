"""The tests of the tests: a checker that lacks one check does not find what that check is for."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest

import offtake.audit.receipts
import offtake.audit.seals
import offtake.audit.verified
from desk.tampered import CASES
from offtake.audit import verify
from offtake.audit.form import Entry
from offtake.audit.receipts import Receipts
from offtake.audit.seals import Seals

from .courses import BUYER, Row, at_of, line, links_of, rows_of, signer, whole, written
from .tampering import STRANGER, another_salt, by, rows_from, upper_case

LATE = "2099-01-01T00:00:00.000000000Z"
Attack = tuple[list[bytes], list[bytes]]
"""A journal, and what is held against it."""


def nothing(*_: Any, **__: Any) -> None:
    """A check that was taken out."""


def rows() -> list[Row]:
    return rows_of(whole(3).lines())


def signed(changed: list[Row]) -> Attack:
    return written(changed, signer(3), LATE), []


def with_receipt(changed: list[Row]) -> Attack:
    told, who = rows(), signer(3)
    number = next(n for n in range(100, 124) if told[n].event and told[n].event["by"])
    return written(changed, who, LATE), [
        who.receipt(told[number].event, links_of(told, who)[number], told[number].label)
    ]


def upper() -> Attack:
    return upper_case(whole(3).lines(), 20), []


def salts() -> Attack:
    """Then the root must be right, or that would show it."""
    lines, told = whole(3).lines(), rows()
    at = next(n for n in range(20, len(told)) if told[n - 1].event and told[n].event)
    return another_salt(lines, at), []


def foreign_head() -> Attack:
    lines = whole(3).lines()
    return [*lines[:-1], STRANGER.head(links_of(rows_of(lines), signer(3)), at_of(lines))], []


def another_root() -> Attack:
    """A head that the desk has signed, but over something else."""
    told = rows()
    other = written([*told[:-1], dataclasses.replace(told[-1], salt="0" * 64)], signer(3), LATE)
    return [*whole(3).lines()[:-1], other[-1]], []


def hidden_in_the_open() -> Attack:
    told = rows_of(whole(19).lines())
    refused = (n for n, r in enumerate(told) if r.event and r.event["type"] == "Refused")
    at = next(n for n in refused if not told[n].label)
    hidden = told[at].committed().hex()
    told[at] = dataclasses.replace(told[at], event=None, salt=None, commitment=hidden)
    return written(told, signer(19), LATE), []


def hidden_for_no_reason() -> Attack:
    """Bids are hidden that nobody has erased."""
    told = [r for r in rows() if not (r.event and r.event["type"] == "BidsErased")]
    return signed(told)


def bids_in_the_open() -> Attack:
    bids = ("BidReceived", "BidCommitted", "BidRecalled")
    told = rows_of(whole(19).lines())
    told = [
        dataclasses.replace(r, label="") if r.event and r.event["type"] in bids else r for r in told
    ]
    return written(told, signer(19), LATE), []


def another_bid_revealed() -> Attack:
    told = copy.deepcopy(rows_of(whole(16).lines()))
    row = next(r for r in told if r.event and r.event.get("bid") and r.event.get("salt"))
    row.event["bid"]["deposit"] = "12345"
    return written(told, signer(16), LATE), []


def sealed_too_much() -> Attack:
    told = rows_of(whole(19).lines())
    name = next(r.event["tender"] for r in told if r.event and r.event["type"] == "BiddingStarted")
    at = next(n for n, row in enumerate(told) if row.label)
    told.insert(at, Row({**told[0].event, "by": by(BUYER), "at": told[at - 1].event["at"],
                         "type": "Admitted", "parties": []}, "1" * 64, name))  # fmt: skip
    del told[at].event["buyer"]
    return written(told, signer(19), LATE), []


def suffix() -> Attack:
    told = rows()
    told[60] = dataclasses.replace(told[60], salt="0" * 64)
    return with_receipt(told)


def older_head() -> Attack:
    told = rows()
    old = written(told[:80], signer(3), LATE)[-1]
    told[60] = dataclasses.replace(told[60], salt="0" * 64)
    return written(told, signer(3), LATE), [old]


def forged_receipt() -> Attack:
    lines, given = with_receipt(rows())
    return lines, [line({**json.loads(given[0]), "signature": "0" * 128})]


def early_signature() -> Attack:
    made, edits, *_ = CASES["a signature a day before the window ended"]
    events = copy.deepcopy(made().data())
    for edit in edits:
        edit(events)
    return written(rows_from(events), signer(0), LATE), []


def same_commitment(salt: bytes, body: bytes) -> bytes:
    return BLIND.pop()


BLIND: list[bytes] = []


def blind(plain: Callable[[bytes], Entry]) -> Callable[[bytes], Entry]:
    """What was committed to is believed."""

    def entry_of(text: bytes) -> Entry:
        entry = plain(text)
        BLIND.append(entry.commitment)
        return entry

    return entry_of


def trusting(*_: Any) -> bool:
    return True


VERIFIED, PARTS = offtake.audit.verified, offtake.audit.receipts
PLANTS: dict[str, tuple[Callable[[], Attack], list[tuple[Any, str, Any]]]] = {
    "commitments": (salts, [(VERIFIED, "entry_of", blind(VERIFIED.entry_of)),
                            (VERIFIED, "commitment", same_commitment)]),
    "the head's signature": (foreign_head, [(VERIFIED, "signed", trusting)]),
    "entries hidden in the open": (hidden_in_the_open, [(Seals, "hidden", nothing)]),
    "reasons of hidden entries": (hidden_for_no_reason, [(Seals, "finish", nothing)]),
    "what lies under a seal": (sealed_too_much, [(Seals, "_under", nothing)]),
    "bids in the open": (bids_in_the_open, [(offtake.audit.seals, "BIDS", frozenset())]),
    "bids as they were committed to": (
        another_bid_revealed,
        [(offtake.audit.seals, "opened", lambda bid, *_: PLEDGED[bid["id"]])]),
    "receipts that are missing": (suffix, [(Receipts, "_missing", nothing)]),
    "older heads": (older_head, [(Receipts, "root", nothing), (Receipts, "finish", nothing)]),
    "receipts' signatures": (forged_receipt, [(PARTS, "signed", trusting)]),
    "promises": (early_signature, [(VERIFIED, "promises", lambda events: [*events][:0])]),
}  # fmt: skip
PLEDGED: dict[str, str] = {}


@pytest.mark.parametrize("what", PLANTS)
def test_a_checker_without_a_check_misses_what_it_is_for(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, plants = PLANTS[what]
    lines, given = make()
    assert verify(lines, given).breaches, "the whole checker finds it"
    for row in rows_of(lines):
        if row.event and row.event["type"] == "BidCommitted":
            PLEDGED[row.event["bid"]] = row.event["commitment"]
    for owner, name, planted in plants:
        monkeypatch.setattr(owner, name, planted)
    assert verify(lines, given).breaches == (), "and only by this check"


@pytest.mark.parametrize("attack", [upper, another_root], ids=lambda attack: attack.__name__)
def test_what_two_checks_find_is_found(attack: Callable[[], Attack]) -> None:
    assert verify(*attack()).breaches
