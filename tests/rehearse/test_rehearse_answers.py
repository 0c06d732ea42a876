"""Counterparties do what the book expects of them, and the outcome says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from .stages import HEAD, OFFERS, RIVAL, came_out, rehearsed, right, second, what

PLAN = HEAD + OFFERS


@pytest.mark.parametrize(
    ("expected", "words", "outcome", "how", "why"),
    [
        (
            "{take: 100%, weight: 100%}",
            {},
            [("cloud", 1000)],
            "taken",
            "cloud took 1,000 of 1,000 chips noticed under cloud-2025/first",
        ),
        (
            "{take: 33.35%, weight: 100%}",
            {"partial": "{min: 100 chips}"},
            [("cloud", 333), ("neo", 667)],
            "taken",
            "cloud took a part",
        ),
        (
            "{weight: 100%}",
            {},
            [("neo", 1000)],
            "waived",
            "cloud waived on",
        ),
        (
            "{answer: silent, weight: 100%}",
            {},
            [("neo", 1000)],
            "silent",
            "cloud let its window pass on",
        ),
        (
            "{answer: counter, weight: 100%}",
            {},
            [("neo", 1000)],
            "countered",
            "cloud answered otherwise than noticed, which is a refusal",
        ),
        (
            "{answer: unable, weight: 100%}",
            {},
            [("neo", 1000)],
            "unable",
            "cloud was unable to serve",
        ),
    ],
)
def test_a_holder_answers_as_it_is_expected_to(
    tmp_path: Path,
    expected: str,
    words: dict[str, str],
    outcome: list[tuple[str, int]],
    how: str,
    why: str,
) -> None:
    found = rehearsed(tmp_path, PLAN + right(expected, **words))
    assert came_out(found) == outcome
    assert found.shares["how"].to_list() == [how]
    assert why in found.outcome["why"].to_list()[-1]


def test_a_counter_that_is_no_refusal_lets_the_window_run_on(tmp_path: Path) -> None:
    found = rehearsed(
        tmp_path, PLAN + right("{answer: counter, weight: 100%}", counter="continues")
    )
    assert came_out(found) == [("neo", 1000)]
    assert found.shares["how"].to_list() == ["silent"]
    assert what(found).index("answered") < what(found).index("lapsed")


def test_a_part_where_none_may_be_taken_is_waived_and_the_reader_is_told(tmp_path: Path) -> None:
    found = rehearsed(tmp_path, PLAN + right("{take: 40%, weight: 100%}"))
    assert came_out(found) == [("neo", 1000)]
    assert any("does not say that a part may be taken" in note for note in found.notes)


def test_a_part_below_the_least_is_waived(tmp_path: Path) -> None:
    text = PLAN + right("{take: 10%, weight: 100%}", partial="{min: 101 chips}")
    assert came_out(rehearsed(tmp_path, text)) == [("neo", 1000)]


def test_a_holder_takes_no_more_than_it_is_able_to_serve(tmp_path: Path) -> None:
    text = PLAN + right("{take: 100%, weight: 100%}", partial="any", able="250 chips")
    assert came_out(rehearsed(tmp_path, text)) == [("cloud", 250), ("neo", 750)]


def test_a_holder_that_needs_longer_than_there_is_cannot_serve(tmp_path: Path) -> None:
    text = PLAN + right("{take: 100%, weight: 100%}", lead="120 days")
    found = rehearsed(tmp_path, text)
    assert came_out(found) == [("neo", 1000)]
    assert found.shares["how"].to_list() == ["unable"]


def test_a_holder_that_fails_after_taking_is_not_asked_again_and_others_may_be_late(
    tmp_path: Path,
) -> None:
    text = PLAN + right("{take: 100%, weight: 100%, fails: true}", closing="5 days")
    found = rehearsed(tmp_path, text)
    assert found.shares["how"].to_list() == ["failed: closing missed"]
    names = what(found)
    assert names.count("clock started") == 1
    assert names.index("turn ended") < names.index("taking failed")
    # The closing passes before the last day on which neo can sign, so it serves all the same.
    assert came_out(found) == [("neo", 1000)]
    assert found.outcome["why"][0] == "cloud took 1,000 chips and missed the closing on 2026-04-20"
    # Its right is spent on this lot, which the agreement says as a waiver.
    assert "waivers:\n  - {of: cloud-2025/first, on: 2026-04-20}" in found.lines
    assert not any("asks for a waiver" in note for note in found.notes)


def test_what_is_signed_too_late_for_service_is_not_signed(tmp_path: Path) -> None:
    text = PLAN + right("{take: 100%, weight: 100%, fails: true}", closing="60 days")
    found = rehearsed(tmp_path, text)
    assert came_out(found) == [(None, -1000)]
    why = found.outcome["why"][0]
    assert "cloud took 1,000 chips and missed the closing on 2026-06-14" in why
    assert "neo-6 needs 30 days before service on 2026-06-01" in why
    assert found.by_month.to_dicts()[0]["missing"] == 1000


def test_two_holders_are_asked_one_after_another_by_rank(tmp_path: Path) -> None:
    half = "{take: 50%, weight: 100%}"
    text = PLAN + right(half, partial="any") + second(half, partial="any")
    found = rehearsed(tmp_path, text)
    assert sorted(came_out(found)) == [("cloud", 500), ("edge", 250), ("neo", 250)]
    assert found.shares["holder"].to_list() == ["cloud", "edge"]
    assert found.shares["asked"].to_list() == [1000, 500]


def test_the_same_seed_gives_the_same_journal_and_another_seed_other_answers(
    tmp_path: Path,
) -> None:
    cases = "{take: 0%, weight: 50%}, {take: 50%, weight: 50%}"
    text = PLAN + right(cases, partial="any")
    first = rehearsed(tmp_path / "a", text, seed=1)
    assert rehearsed(tmp_path / "b", text, seed=1).events == first.events
    outcomes = {tuple(came_out(rehearsed(tmp_path / str(n), text, seed=n))) for n in range(12)}
    assert outcomes == {(("neo", 1000),), (("cloud", 500), ("neo", 500))}


def test_what_is_drawn_for_one_tender_does_not_depend_on_another(tmp_path: Path) -> None:
    cases = "{take: 0%, weight: 50%}, {take: 50%, weight: 50%}"
    alone = HEAD + OFFERS + right(cases, partial="any")
    far = RIVAL.replace("uk", "us").replace("2.50", "2.10")
    need = alone.replace("base: 1000", "base: 1800")
    both = need.replace(OFFERS, OFFERS + far)
    for seed in range(6):
        one = rehearsed(tmp_path / f"a{seed}", alone, seed=seed).shares.to_dicts()
        two = rehearsed(tmp_path / f"b{seed}", both, seed=seed).shares.to_dicts()
        assert one[0]["took"] == next(r["took"] for r in two if r["purchase"] == one[0]["purchase"])
