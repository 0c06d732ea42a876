"""What a journal alone proves: sound ones pass, and each tampering is named at its event."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import offtake.audit
from offtake.audit import promises
from offtake.desk.wire import data_of

from .lives import live
from .tampered import CASES, Edit, again, put, t, where
from .tampered_edges import EDGES, asleep, one_more_bar
from .written import Data, Journal, changed_terms, sound
from .written_edges import (
    clock_undone,
    failed_by_word,
    late_offer,
    more_chips,
    passed_on,
    small_part,
    spent,
    withdrawn_lot,
)
from .written_more import declined_offer, equal_ranks, failed_taking, floors, letter

LIVES = [
    sound,
    changed_terms,
    letter,
    equal_ranks,
    failed_taking,
    declined_offer,
    floors,
    passed_on,
    failed_by_word,
    spent,
    more_chips,
    withdrawn_lot,
    late_offer,
    small_part,
    clock_undone,
]
ALL = CASES | EDGES


@pytest.mark.parametrize("life", LIVES)
def test_a_sound_journal_keeps_every_promise(life: Callable[[], Journal]) -> None:
    assert promises(life().data()) == ()


@pytest.mark.parametrize("life", LIVES)
def test_a_prefix_of_a_sound_journal_is_sound(life: Callable[[], Journal]) -> None:
    events = life().data()
    for end in range(len(events)):
        assert promises(events[:end]) == ()


@pytest.mark.parametrize("what", ALL)
def test_a_tampered_journal_is_found_out(what: str) -> None:
    life, edits, promise, (name, nth), words = ALL[what]
    events = copy.deepcopy(life().data())
    for edit in edits:
        edit(events)
    told = promises(events)
    here = where(events, name, nth)
    found = [b for b in told if b.number == here and b.promise == promise]
    assert any(re.search(words, breach.sentence) for breach in found), told
    assert min(breach.number for breach in told) <= here


def changed(life: Callable[[], Journal], *edits: Edit) -> list[Data]:
    events = copy.deepcopy(life().data())
    for edit in edits:
        edit(events)
    return events


def test_a_withdrawn_lot_counts_only_with_what_was_signed() -> None:
    assert promises(withdrawn_lot(signed=399).data()) == ()
    (breach,) = promises(changed(lambda: withdrawn_lot(signed=400), asleep))
    assert "dormant, though 1000 chips" in breach.sentence


def test_an_exclusive_right_that_begins_later_keeps_out_nobody_before_nor_its_holder() -> None:
    assert promises(changed(sound, one_more_bar("06-30 15:01"))) == ()
    assert promises(changed(sound, one_more_bar("06-08 22:00", holder="oracle"))) == ()
    by = {"actor": "nscale", "key": "late", "digest": "0" * 64, "salt": "0" * 32, "made": ""}
    lifted = again("BarLifted", 0, "NoticeServed", 1, clause="late/exclusive", by=by)
    late = put("BarLifted", 1, at=t("06-09 15:00"))
    assert promises(changed(sound, one_more_bar("06-08 22:00"), lifted, late)) == ()


def test_an_expired_first_offer_binds_until_its_tail_ends_and_only_if_it_survives() -> None:
    expired = put("TenderOpened", claims__0__expires=t("06-30 00:00"))
    dear = put("Answered", terms__price="2.35")
    assert promises(changed(declined_offer, expired)) == ()
    assert promises(changed(declined_offer, expired, dear)) != ()
    assert (
        promises(changed(declined_offer, expired, dear, put("Signed", at=t("09-01 21:01")))) == ()
    )
    gone = put("TenderOpened", claims__0__survives=False)
    no_tail = put("TailStarted", ends=None)
    assert promises(changed(declined_offer, expired, dear, gone, no_tail)) == ()


def test_the_checker_shares_nothing_with_the_desk() -> None:
    for path in Path(offtake.audit.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in getattr(node, "names", [])]
            names.append(getattr(node, "module", None) or "")
            ours = [n for n in names if isinstance(n, str) and n.startswith("offtake")]
            assert all(n.startswith("offtake.audit") for n in ours), path


@pytest.mark.parametrize("seed", range(40))
def test_a_life_of_the_desk_keeps_every_promise(seed: int) -> None:
    assert promises(map(data_of, live(seed).journal)) == ()
