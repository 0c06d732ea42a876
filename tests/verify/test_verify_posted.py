"""What is posted is covered by verify: whatever is changed in it behind the desk's back is named.

The tamperer has the desk's key: all hashes are made anew and the head is signed, so that nothing
but the books themselves can show it.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from desk.bookings import call, chips, corrected, march, owed, payment
from desk.playing import Play
from desk.saying import BUYER
from offtake.audit import Verified, verify
from offtake.audit.alone import checked
from offtake.desk.commands import Post
from offtake.desk.wire import data_of
from offtake.units.instants import instant_text

from .courses import signer, written
from .tampering import by, rows_from

WHO = signer(0)
LAST = (owed(250_000), owed(20_000, payee="nvidia", account="royalty"))
Change = Callable[[list[dict[str, Any]]], None]


@cache
def events() -> tuple[dict[str, Any], ...]:
    """March, two corrections of it, a payment and a call: the last five events."""
    play = Play()
    first = march()
    second = corrected(first, *LAST, capacity=chips(1_000, 1_200, 300, 50))
    third = corrected(second, owed(240_000), capacity=chips(1_000, 900))
    for group in (first, second, third, payment(240_000), call(("openai", 700), ("oracle", 300))):
        play.do(BUYER, Post(group))
    return tuple(data_of(event) for event in play.journal)


def signed(told: list[dict[str, Any]]) -> Verified:
    lines = written(rows_from(told), WHO, instant_text(2 * 10**18))
    return verify(lines)


def test_what_the_desk_posted_holds() -> None:
    found = signed(list(events()))
    assert (found.breaches, found.kinds["Posted"]) == ((), 5)
    lines = written(rows_from(list(events())), WHO, instant_text(2 * 10**18))
    assert checked(lines).wrong == []


def posting(group: int, at: int, **words: str) -> Change:
    def change(told: list[dict[str, Any]]) -> None:
        told[group - 5]["group"]["postings"][at] |= words

    return change


def field(group: int, **words: Any) -> Change:
    def change(told: list[dict[str, Any]]) -> None:
        told[group - 5]["group"] |= words

    return change


def line(group: int, at: int, **words: str) -> Change:
    def change(told: list[dict[str, Any]]) -> None:
        told[group - 5]["group"]["lines"][at] |= words

    return change


def without(group: int, what: str, first: int, last: int) -> Change:
    def change(told: list[dict[str, Any]]) -> None:
        del told[group - 5]["group"][what][first:last]

    return change


def both(*changes: Change) -> Change:
    def change(told: list[dict[str, Any]]) -> None:
        for each in changes:
            each(told)

    return change


def left_out(group: int) -> Change:
    return lambda told: told.__delitem__(group - 5)


def twice(group: int) -> Change:
    def change(told: list[dict[str, Any]]) -> None:
        told.insert(group - 4, {**copy.deepcopy(told[group - 5]), "by": by(BUYER)})

    return change


def swapped(group: int) -> Change:
    def change(told: list[dict[str, Any]]) -> None:
        told[group - 5], told[group - 4] = told[group - 4], told[group - 5]
        for event in told[group - 5 : group - 3]:
            event["at"] = told[-1]["at"]

    return change


TAMPERED: dict[str, tuple[Change, int, str]] = {
    "an amount": (posting(0, 0, amount="1"), 0, "openai's postings of USD sum to -249999, not"),
    "two amounts that balance": (
        both(posting(0, 0, amount="1"), posting(0, 1, amount="-1")), 0,
        "of the line oci/2026-03/1 there is no posting of 250000 USD on Expenses:Charge:oci"),
    "an account": (posting(0, 0, account="Expenses:Fee:oci"), 0, "nothing accounts for"),
    "whose it is": (
        both(posting(0, 2, party="google"), posting(0, 3, party="google")), 0, "of oracle"),
    "a line's amount": (line(0, 0, amount="240000"), 0, "there is no posting of 240000 USD"),
    "a line removed": (without(0, "lines", 2, 3), 0, "nothing accounts for the posting of 50000"),
    "a line removed, and its postings": (
        both(without(0, "postings", 8, 12), without(0, "lines", 2, 3)), 1,
        "nothing accounts for the posting of -50000 USD on Assets:Prepaid:oci of openai"),
    "a reversal omitted": (
        without(1, "postings", 0, 17), 1, "does not take back .*: -250000 USD on Expenses:Charge"),
    "part of a reversal omitted": (
        without(2, "postings", 0, 4), 2, "oci/2026-03~3 does not take back"),
    "capacity": (
        both(posting(0, 13, amount="1"), posting(0, 12, amount="-1")), 0, "of its capacity"),
    "what was taken": (
        lambda told: told[-4]["group"]["capacity"].update(taken="1100"), 1, "of its capacity"),
    "a statement left out": (left_out(0), 0, "oci/2026-03~2 corrects oci/2026-03, which is not"),
    "a correction left out": (
        left_out(1), 1, "oci/2026-03~3 takes the place of oci/2026-03~2; the latest is oci"),
    "posted twice": (twice(3), 4, "payment/1 is posted again: the latest is payment/1 already"),
    "posted in another order": (swapped(1), 1, "takes the place of oci/2026-03~2; the latest is"),
    "naming nothing": (field(1, replaces=""), 1, "takes the place of nothing; the latest is oci"),
    "another currency": (
        field(1, currency="EUR"), 1, "is of another kind or currency than oci/2026-03"),
    "another month": (field(0, date="2026-04-30"), 0, "not called by its agreement and its month"),
    "lines renumbered": (line(0, 1, id="oci/2026-03/9"), 0, "line 2 is called oci/2026-03/9"),
    "who owes itself": (line(0, 0, payee="openai"), 0, "in line 1 openai owes itself"),
    "a payment of nothing": (line(3, 0, amount="-5"), 3, "line 1 is a payment of -5"),
    "a purpose": (line(0, 0, account="gift"), 0, "nothing is posted for 'gift'"),
    "by whom": (
        lambda told: told[-5].update(by=by("oracle")), 0, "by oracle, whose it is not"),
    "a part missing": (
        lambda told: told[-5]["group"].pop("lines"), 0, "This event cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_what_is_changed_is_found_and_named_at_its_event(what: str) -> None:
    change, group, words = TAMPERED[what]
    told = copy.deepcopy(list(events()))
    change(told)
    found = signed(told).breaches
    at = len(events()) - 5 + group
    first = min(b.number for b in found if b.number is not None)
    assert first == at, found
    assert any(re.search(words, b.sentence) for b in found if b.number == at), found
    checks = {b.check for b in found if b.number == at}
    assert checks & {"books", "order"}


def test_a_breach_is_told_once_for_what_is_missing_and_once_for_what_is_too_much() -> None:
    told = copy.deepcopy(list(events()))
    TAMPERED["a reversal omitted"][0](told)
    here = [b for b in signed(told).breaches if b.number == len(told) - 4]
    assert [b.promise for b in here] == ["P6"]
