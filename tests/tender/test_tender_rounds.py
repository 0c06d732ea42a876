"""Two notices that run at once under one clause: which is answered is said, never guessed."""

from __future__ import annotations

import pytest

from .staged import Stage

LETTER = ("--evidence", "0" * 64, "--person", "Ada", "--person", "Bo", "--from", "near")
CAME = ("--received", "2026-01-20T15:00:00Z")


@pytest.fixture
def asked(stage: Stage) -> Stage:
    """Near is asked about far's 100 chips and about third's 200, by the same evening."""
    stage.opened().go("2026-01-13T15:00:00Z")
    for who, chips, price in (("far", 100, "2.00"), ("third", 200, "2.20")):
        terms = ("--chips", chips, "--price", f"{price} USD per chip-hour")
        stage.does("bid", "t", "--as", who, *terms)
    stage.go("2026-01-20T15:00:00Z")
    stage.does("notice", "t", "--bid", "far")
    stage.does("notice", "t", "--bid", "third")
    return stage


ROUNDS = (
    "near is asked in several rounds under near-2025/near-first; name the one that is answered by "
    "--round: 1 (100 chips at 2.00 per chip-hour, until 30 Jan 2026 17:00 CET), "
    "2 (200 chips at 2.20 per chip-hour, until 30 Jan 2026 17:00 CET)"
)


def test_an_answer_that_could_be_to_either_is_refused(asked: Stage) -> None:
    assert asked.wrong("answer", "t", "take", "--as", "near") == ROUNDS
    assert asked.wrong("attest", "t", "take", *LETTER, *CAME) == ROUNDS


def test_the_named_round_is_answered_and_told(asked: Stage) -> None:
    told = asked.does("answer", "t", "waive", "--as", "near", "--round", "1")["sentences"]
    assert told == [
        "near waives in round 1 (100 chips) of the tender t under near-2025/near-first, at "
        "2026-01-20T15:00:00Z."
    ]
    first, second = asked.does("show", "t", "--as", "near")["own"]["notices"]
    assert (first["state"], second["state"]) == ("waived", "noticed")
    # One is left: it need not be named.
    (told,) = asked.does("answer", "t", "take", "--as", "near")["sentences"]
    assert "takes what it was noticed of in round 2 (200 chips)" in told
    assert "no notice to near runs in round 3" in asked.wrong(
        "answer", "t", "waive", "--as", "near", "--round", "3"
    )


def test_a_letter_names_its_round_too_even_when_it_has_lapsed(asked: Stage) -> None:
    asked.go("2026-02-02T15:00:00Z")
    assert asked.wrong("attest", "t", "waive", *LETTER, *CAME) == ROUNDS
    done = asked.does("attest", "t", "waive", *LETTER, *CAME, "--round", "2")
    assert done["sentences"][-1] == "It answers round 2, which was about 200 chips."
    assert "was not asked in round 3" in asked.wrong(
        "attest", "t", "waive", *LETTER, *CAME, "--round", "3"
    )


def test_each_clock_tells_what_follows_from_its_own_round(asked: Stage) -> None:
    told = [one["if_nothing_is_done"] for one in asked.clocks() if one["what"] == "answer"]
    until = "If near does nothing by 30 Jan 2026 17:00 CET, it waives"
    tail = "until 19 Feb 2026 17:00 CET."
    assert told == [
        f"{until} 100 chips; far's bid may then be signed for 100 chips {tail}",
        f"{until} 200 chips; third's bid may then be signed for 200 chips {tail}",
    ]
