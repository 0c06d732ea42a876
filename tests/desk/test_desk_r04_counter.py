"""R4: a conditional or changed answer is a counter, and a refusal where the clause says so."""

from __future__ import annotations

from typing import Any

import pytest

from offtake.desk.events import Answered, TailStarted

from .saying import claim, terms
from .staging import NOTICED, TEN_DAYS, noticed

STRICT = claim("azure", "microsoft", mirror=True)
LOOSE = claim("azure", "microsoft", mirror=False)

CHANGED: list[dict[str, Any]] = [
    {"condition": "if the board approves"},
    {"terms": terms("2.99")},
    {"terms": terms("3.01")},
    {"terms": terms(months=47)},
    {"terms": terms(start="2026-02-01")},
    {"terms": terms(options=("extend",))},
    {"terms": terms(warrants="-1")},
    {"terms": terms(support="1")},
]


@pytest.mark.parametrize("words", CHANGED, ids=str)
def test_a_changed_answer_is_a_refusal_where_the_clause_wants_a_mirror_image(
    words: dict[str, Any],
) -> None:
    play = noticed(STRICT)
    play.take("microsoft", **words)
    answered = play.last(Answered)
    assert (answered.kind, answered.final) == ("counter", True)
    assert play.standing("azure").state == "countered"
    assert play.last(TailStarted).left == 1000
    with play.refused("answered-already"):
        play.take("microsoft")
    play.sign("oracle", 1000)


@pytest.mark.parametrize("words", CHANGED, ids=str)
def test_a_changed_answer_leaves_the_window_running_where_it_does_not(
    words: dict[str, Any],
) -> None:
    play = noticed(LOOSE)
    play.take("microsoft", **words)
    answered = play.last(Answered)
    assert (answered.kind, answered.final) == ("counter", False)
    assert play.standing("azure").state == "noticed"
    assert play.deadline("azure") == TEN_DAYS
    with play.refused("still-asking"):
        play.sign("oracle", 1000)
    play.go(TEN_DAYS).take("microsoft")
    assert play.taking("azure").terms == terms()


def test_a_counter_in_so_many_words_is_one_too() -> None:
    play = noticed(STRICT)
    play.answer("microsoft", "counter", terms=terms("2.00"))
    assert play.standing("azure").state == "countered"
    assert play.standing("azure").cleared == play.now

    play = noticed(LOOSE)
    play.answer("microsoft", "counter", terms=terms("2.00"))
    play.answer("microsoft", "counter", condition="later")
    assert play.standing("azure").state == "noticed"
    play.wait(TEN_DAYS + 1)
    assert play.standing("azure").state == "silent"


def test_a_changed_answer_is_no_taking_in_part_either() -> None:
    play = noticed(claim("azure", "microsoft", partial=1))
    play.take("microsoft", 400, condition="on credit")
    assert play.standing("azure").state == "countered"
    assert play.round().remaining == 1000


def test_an_answer_that_repeats_the_noticed_terms_is_a_mirror_image() -> None:
    play = noticed(STRICT)
    play.take("microsoft", terms=terms())
    assert play.standing("azure").state == "taken"
    assert play.taking("azure").chips == 1000


def test_an_answer_that_a_holder_cannot_serve_clears_it() -> None:
    play = noticed(STRICT).go(NOTICED)
    play.answer("microsoft", "unable")
    assert play.standing("azure").state == "unable"
    assert play.round().state == "tail"


def test_an_answer_with_terms_that_have_no_price_is_refused() -> None:
    play = noticed(STRICT)
    with play.refused("bid-empty"):
        play.answer("microsoft", "counter", terms=terms(months=0))
    assert play.standing("azure").state == "noticed"
