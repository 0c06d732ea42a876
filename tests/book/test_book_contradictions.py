"""What a good lawyer would find: deals, rights and capital against each other, in hard cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from offtake.book.faults import Fault
from offtake.book.near import nearest
from offtake.book.read import read
from offtake.book.samples import (
    AGREEMENT,
    CLAUSES,
    DELIVERY,
    ELSEWHERE,
    HEADER,
    OFFER,
    OTHER,
    PARTIES,
    SITE,
)
from offtake.clauses.registry import kinds

from .writing import write

WINDOW = "window: {length: 30 days}, at_expiry: survives"


def found(folder: Path, *parts: str) -> list[Fault]:
    """Everything that is found in the header, the parties and these parts."""
    text = HEADER + PARTIES + "".join(parts)
    return list(read(write(folder, {"book.yaml": text}), kinds()).faults)


def codes(folder: Path, *parts: str) -> list[str]:
    return [fault.code for fault in found(folder, *parts)]


def clause(words: str) -> str:
    return f"{CLAUSES}  - {{{words}}}\n"


# --- signed past a right ------------------------------------------------------------------------

EXCLUSIVE = AGREEMENT + clause("id: alone, kind: exclusive, scope: {SCOPE}")
ENDED = "  amendments: [{on: ON, signed: 2025-01-09, end: [alone]}]\n"


def exclusive(scope: str = "", ended: str = "") -> str:
    text = EXCLUSIVE.replace("SCOPE", scope)
    return text + (ENDED.replace("ON", ended) if ended else "")


@pytest.mark.parametrize(
    ("scope", "ended", "breached"),
    [
        ("", "", True),
        # It bites at midnight: what is signed on that day is signed after the right.
        ("", "2025-03-01", False),
        ("", "2025-03-02", True),
        ("until: 2025-02-28", "", False),
        ("regions: [us-tx]", "", False),
        ("size_min: 1024 chips", "", False),
        ("purposes: [api]", "", False),
        # All that the book does, told by its parts: nothing is left for which one could sign.
        ("purposes: [training, inference]", "", True),
        ("purposes: [training, api]", "", False),
        ("except: [{chips: [h100]}]", "", False),
    ],
)
def test_a_deal_in_another_s_exclusive_scope_is_a_fault(
    scope: str, ended: str, breached: bool, tmp_path: Path
) -> None:
    said = codes(tmp_path, exclusive(scope, ended), OTHER, DELIVERY, ELSEWHERE_SOLD)
    assert said == (["exclusive-breached"] if breached else [])


ELSEWHERE_SOLD = "offers:\n" + ELSEWHERE


@pytest.mark.parametrize("kind", ["exclusive", f"first-refusal, {WINDOW}"])
@pytest.mark.parametrize(
    ("day", "mended"), [("2025-02-28", True), ("2025-03-01", True), ("2025-03-02", False)]
)
def test_a_waiver_counts_from_its_day(kind: str, day: str, mended: bool, tmp_path: Path) -> None:
    right = AGREEMENT + clause(f"id: first, kind: {kind}")
    faults = found(tmp_path, right, OTHER, DELIVERY, f"  waivers: [{{of: first, on: {day}}}]\n")
    assert bool(faults) is not mended
    if not mended:
        assert faults[0].hint.startswith("the waiver of 2025-03-02 came after the signature")


def test_the_missing_waiver_is_written_out_in_the_hint(tmp_path: Path) -> None:
    (fault,) = found(tmp_path, exclusive(), OTHER, DELIVERY)
    assert "waivers: [{of: cloud-2025/alone, on: 2025-03-01}]" in fault.hint
    assert fault.hint.endswith("cloud-2025/alone is at book.yaml:16:5")


def test_what_was_signed_before_it_began_counts_by_its_signature(tmp_path: Path) -> None:
    signed = OTHER + "  signed: 2025-01-31\n" + DELIVERY
    assert codes(tmp_path, exclusive(), signed) == []


def test_a_right_that_is_only_offered_binds_nobody_yet(tmp_path: Path) -> None:
    offer = OFFER.replace("seller: neo", "seller: cloud") + clause("kind: exclusive")
    assert codes(tmp_path, offer, "agreements:\n", OTHER, DELIVERY) == []


# --- rights against rights ----------------------------------------------------------------------


def two(first: str, second: str, *, ended: str = "") -> str:
    """Cloud's right from 2025-02-01 to 2026-12-31, and neo's from 2025-03-01 to 2026-11-30."""
    amended = ENDED.replace("ON", ended) if ended else ""
    return AGREEMENT + clause("id: alone, " + first) + amended + OTHER + clause(second)


@pytest.mark.parametrize(
    ("first", "second", "ended", "day"),
    [
        ("", "", "", "2025-03-01"),
        ("purposes: [inference]", "purposes: [api]", "", "2025-03-01"),
        ("purposes: [api]", "purposes: [training]", "", ""),
        ("until: 2025-06-30", "from: 2025-07-01", "", ""),
        ("until: 2025-06-30", "from: 2025-06-30", "", "2025-06-30"),
        ("", "", "2025-03-01", ""),
        ("", "", "2025-03-02", "2025-03-01"),
        ("regions: [us-tx]", "chips: [h100]", "", "2025-03-01"),
        ("own_build: true", "own_build: false", "", ""),
        ("except: [{purposes: [api]}]", "purposes: [api]", "", ""),
        ("except: [{purposes: [api], regions: [us-tx]}]", "purposes: [api]", "", "2025-03-01"),
    ],
)
def test_two_exclusives_overlap_from_the_first_day_on_which_both_reach_a_lot(
    first: str, second: str, ended: str, day: str, tmp_path: Path
) -> None:
    rights = [f"kind: exclusive, scope: {{{scope}}}" for scope in (first, second)]
    faults = found(tmp_path, two(*rights, ended=ended), ELSEWHERE_SOLD)
    assert [f.code for f in faults] == (["exclusive-overlap"] if day else [])
    assert not day or faults[0].sentence.endswith(f"are exclusive on the same lots from {day} on.")


def test_an_exclusive_that_an_offer_brings_is_pointed_out_and_no_fault(tmp_path: Path) -> None:
    (told,) = found(tmp_path, exclusive(), OFFER + clause("kind: exclusive"))
    assert (told.code, told.severity) == ("exclusive-overlap", "warning")


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("first-refusal, rank: 1", "first-offer, rank: 1", ["equal-rank"]),
        ("first-refusal, rank: 1", "first-offer, rank: 2", ["several-rights"]),
        # Two of one kind and rank are asked together, and share.
        ("first-refusal, rank: 1", "first-refusal, rank: 1", ["several-rights"]),
        (
            "first-refusal, scope: {regions: [us-tx]}",
            "first-offer, scope: {regions: [us-east]}",
            [],
        ),
        (
            "first-refusal, scope: {from: 2026-01-01}",
            "first-offer, scope: {until: 2025-12-31}",
            [],
        ),
    ],
)
def test_a_first_offer_and_a_first_refusal_need_different_ranks_where_they_meet(
    first: str, second: str, said: list[str], tmp_path: Path
) -> None:
    rights = [f"kind: {words}, {WINDOW}" for words in (first, second)]
    assert codes(tmp_path, two(*rights), OFFER, ELSEWHERE) == said


def asked(folder: Path, *scopes: str) -> list[str]:
    """What is said of the order of rights of cloud, neo and lab's landlord, ranks 1 to 3."""
    text = PARTIES + "- {id: land, name: Landlord}\nagreements:\n"
    for rank, (seller, scope) in enumerate(zip(("cloud", "neo", "land"), scopes, strict=True), 1):
        words = f"kind: first-refusal, rank: {rank}, {WINDOW}, scope: {{{scope}}}"
        text += f"- {{id: {seller}-1, seller: {seller}, from: 2025-02-01, until: 2026-12-31,\n"
        text += f"   clauses: [{{{words}}}]}}\n"
    files = {"book.yaml": HEADER + text + OFFER + ELSEWHERE}
    faults = read(write(folder, files), kinds()).faults
    return [f.sentence.removeprefix("On some lots several holders are asked: ") for f in faults]


def test_the_order_of_asking_is_told_for_those_who_meet_on_one_lot(tmp_path: Path) -> None:
    assert asked(tmp_path, "", "", "") == [
        "cloud (cloud-1/first-refusal), then neo (neo-1/first-refusal).",
        "cloud (cloud-1/first-refusal), then neo (neo-1/first-refusal), "
        "then land (land-1/first-refusal).",
    ]


def test_rights_that_meet_a_third_but_not_each_other_are_told_apart(tmp_path: Path) -> None:
    assert asked(tmp_path, "regions: [us-east]", "regions: [us-tx]", "") == [
        "cloud (cloud-1/first-refusal), then land (land-1/first-refusal).",
        "neo (neo-1/first-refusal), then land (land-1/first-refusal).",
    ]


def test_equal_holders_are_asked_together(tmp_path: Path) -> None:
    right = f"kind: first-refusal, {WINDOW}"
    (told,) = found(tmp_path, two(right, right))
    assert told.sentence.endswith("cloud (cloud-2025/alone) and neo (neo-2025/first-refusal).")


@pytest.mark.parametrize(
    ("words", "until", "warned"),
    [
        ("first-refusal", "2026-12-31", True),
        ("first-offer", "2026-12-31", True),
        # The plan's last day is 2027-01-31.
        ("first-refusal", "2027-01-31", False),
        ("first-refusal, at_expiry: lapses", "2026-12-31", False),
        ("first-offer, at_expiry: survives", "2026-12-31", False),
        # Before the plan's first month, but after the day from which it is judged.
        ("first-refusal", "2025-01-31", True),
        ("first-refusal", "2025-01-20", False),
    ],
)
def test_a_right_that_ends_within_the_plan_says_what_becomes_of_open_notices(
    words: str, until: str, warned: bool, tmp_path: Path
) -> None:
    start = "2025-02-01" if until > "2025-02" else "2024-02-01"
    held = AGREEMENT.replace("2025-02-01", start).replace("2026-12-31", until)
    right = clause(f"kind: {words}, window: {{length: 30 days}}, tail: {{length: 120 days}}")
    faults = found(tmp_path, held + right)
    assert [f.code for f in faults] == (["ends-in-plan"] if warned else [])
    assert not warned or "a window of 30 days and a tail of 120 days" in faults[0].sentence


# --- names --------------------------------------------------------------------------------------


def test_a_hint_never_leaves_a_wrong_name_alone(tmp_path: Path) -> None:
    many = "".join(f"- {{id: p{n}, name: P}}\n" for n in range(9))
    (fault,) = found(tmp_path, many, OFFER.replace("seller: neo", "seller: unheard-of"))
    assert fault.hint == "12 are known here, such as cloud, lab, neo"
    (fault,) = found(tmp_path, AGREEMENT, "  upstream: cloud-2024\n")
    assert fault.hint == "did you mean cloud-2025?"
    (fault,) = found(tmp_path, SITE, "  venture: stargate\n")
    assert fault.hint == "write it under ventures"


def test_capital_letters_hide_no_name() -> None:
    assert nearest("h100", ["B200", "H100_80"]) == "did you mean H100_80?"
    assert nearest("H10", ["a100", "h100"]) == "did you mean h100?"
