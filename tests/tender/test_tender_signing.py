"""Which signature is meant where several wait, and what is said where nothing is left."""

from __future__ import annotations

import pytest

from .staged import Stage


@pytest.fixture
def taken(stage: Stage) -> Stage:
    """Near has taken 60 of far's 100 chips and all of third's 200, in two rounds."""
    stage.opened().go("2026-01-13T15:00:00Z")
    for who, chips, price in (("far", 100, "2.00"), ("third", 200, "2.20")):
        terms = ("--chips", chips, "--price", f"{price} USD per chip-hour")
        stage.does("bid", "t", "--as", who, *terms)
    stage.go("2026-01-20T15:00:00Z")
    for who in ("far", "third"):
        stage.does("notice", "t", "--bid", who)
    for number, chips in ((1, 60), (2, 200)):
        stage.does("answer", "t", "take", "--as", "near", "--round", number, "--chips", chips)
    return stage


SEVERAL = (
    "several wait to be signed with near under near-2025/near-first; name one by --round: "
    "1 (60 chips at 2.00 per chip-hour, until 26 Jan 2026 17:00 CET), "
    "2 (200 chips at 2.20 per chip-hour, until 26 Jan 2026 17:00 CET)"
)


def test_of_several_takings_none_is_guessed(taken: Stage) -> None:
    assert taken.wrong("sign", "t", "--as", "near") == SEVERAL
    assert taken.wrong("sign", "t", "--with", "near") == SEVERAL
    assert "name one by --with: near, far" in taken.wrong("sign", "t")


def test_the_named_round_is_signed_by_its_holder(taken: Stage) -> None:
    taken.does("sign", "t", "--as", "near", "--round", "2")
    (made,) = taken.does("show", "t", "--as", "near")["own"]["agreements"]
    assert made["chips"] == 200
    taken.does("sign", "t", "--as", "near")  # one is left: it need not be named
    assert taken.refused("sign", "t", "--as", "near", "--round", "1") == "unknown-taking"
    assert "in round 3 of" in taken.wrong("sign", "t", "--as", "near", "--round", "3")


def test_the_named_round_is_signed_by_the_buyer(taken: Stage) -> None:
    (said,) = taken.does("sign", "t", "--with", "near", "--round", "1")["sentences"]
    assert "60 chips at 2.00" in said
    (said,) = taken.does("sign", "t", "--with", "near", "--clause", "near-first")["sentences"]
    assert "200 chips at 2.20" in said
    (said,) = taken.does("sign", "t", "--round", "1")["sentences"]
    assert "with far" in said
    assert taken.refused("sign", "t", "--round", "1") == "nothing-left"
    assert taken.wrong("sign", "t", "--round", "9") == (
        "there is no round 9 in t, which has had 2 rounds"
    )


def test_where_nothing_is_left_that_is_said(taken: Stage) -> None:
    for number in (1, 2):
        taken.does("sign", "t", "--as", "near", "--round", number)
    taken.does("sign", "t")
    for words in (("sign", "t"), ("notice", "t"), ("sign", "t", "--with", "third")):
        assert taken.refused(*words) == "nothing-left"
    done = taken.said("notice", "t")
    assert "Nothing is left of the lot to deal about." in done.stdout
    assert taken.wrong("notice", "t", "--more") == (
        "nobody has more chips in t than were dealt about; a bidder says how many it has: "
        "offtake tender revise"
    )
    assert taken.wrong("notice", "t", "--more", "--bid", "third").startswith("third has no more")


def test_of_a_bid_that_is_used_up_nothing_is_left_either(stage: Stage) -> None:
    stage.opened().go("2026-01-13T15:00:00Z")
    stage.does("bid", "t", "--as", "far", "--chips", 100, "--price", "2.00 USD per chip-hour")
    stage.go("2026-01-20T15:00:00Z").does("notice", "t")
    assert stage.refused("notice", "t", "--bid", "far") == "nothing-left"


def test_more_chips_are_those_that_a_bidder_has_since_then(taken: Stage) -> None:
    for number in (1, 2):
        taken.does("sign", "t", "--as", "near", "--round", number)
    taken.does("sign", "t")
    taken.does("revise", "t", "--as", "far", "--chips", "130")
    assert taken.refused("sign", "t", "--with", "far", "--chips", "30") == "not-asked"
    assert taken.does("notice", "t", "--more")["next"][0]["chips"] == 30


def test_no_agreement_is_named_like_one_of_the_book(taken: Stage) -> None:
    said = taken.wrong("sign", "t", "--with", "far", "--agreement", "near-2025")
    assert "the book has near-2025 already" in said


def test_a_misspelt_right_is_not_assigned(stage: Stage) -> None:
    stage.opened()
    said = stage.wrong(
        *("assign", "near-2025/near-frist", "--as", "near", "--to", "far", "--evidence", "deed")
    )
    assert said.endswith("did you mean near-2025/near-first?")
    for words in (("--chips", "0", "--months", "12"), ("--chips", "9", "--months", "0")):
        lot = ("--chip", "h100", "--region", "us", "--start", "2026-04", *words)
        assert "one chip or more" in stage.wrong("open", "--tender", "u", *lot)
    assert "--to" not in stage.wrong("export", "--to", "no/such/x.jsonl")
