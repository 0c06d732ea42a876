"""The January 2025 situation, played from its book: every step, when, by whom, and why."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import offtake
from offtake.desk.events import Refused
from offtake.rehearse import Rehearsal

from .stages import proved

BOOK = Path(__file__).parents[2] / "examples" / "january"

STEPS = [
    ("2025-01-28 17:00", "openai", "tender opened", 100_000),
    ("2025-01-28 17:00", "the desk", "bidding started", 100_000),
    ("2025-01-29 18:00", "oracle", "bid received", 100_000),
    ("2025-02-12 20:00", "the desk", "bids opened", None),
    ("2025-02-12 21:00", "openai", "notice served", 100_000),
    ("2025-02-12 21:00", "microsoft", "clock started", 100_000),
    ("2025-02-18 18:00", "microsoft", "answered", 40_000),
    ("2025-02-18 18:00", "the desk", "turn ended", 60_000),
    ("2025-02-18 18:00", "the desk", "tail started", 60_000),
    ("2025-03-10 17:00", "openai", "signed", 40_000),
    ("2025-03-10 17:00", "openai", "signed", 60_000),
    ("2025-04-09 17:00", "oracle", "bid revised", 100_000),
    ("2025-04-09 18:00", "openai", "refused", None),
    ("2025-04-09 19:00", "openai", "notice served", 20_000),
    ("2025-04-09 19:00", "microsoft", "clock started", 20_000),
    ("2025-05-05 17:00", "microsoft", "answered", 8_000),
    ("2025-05-05 17:00", "the desk", "turn ended", 12_000),
    ("2025-05-05 17:00", "the desk", "tail started", 12_000),
    ("2025-05-27 17:00", "openai", "signed", 8_000),
    ("2025-05-27 17:00", "openai", "signed", 12_000),
    ("2025-11-01 15:00", "openai", "delivered", None),
    ("2025-11-01 15:00", "openai", "delivered", None),
    ("2026-01-01 16:00", "openai", "delivered", None),
    ("2026-01-01 16:00", "openai", "delivered", None),
    ("2026-01-01 16:00", "the desk", "tender closed", None),
]
"""In UTC. Oracle is asked to serve in Texas; the days are those of the Pacific coast."""


@pytest.fixture(scope="module")
def january() -> Rehearsal:
    found = offtake.load(BOOK).rehearse()
    assert isinstance(found, Rehearsal)
    return found


def test_the_book_has_neither_fault_nor_warning() -> None:
    assert offtake.load(BOOK).check() == ()


def test_the_whole_timeline(january: Rehearsal) -> None:
    rows = january.timeline.filter(january.timeline["tender"] != "").to_dicts()
    told = [(f"{r['at']:%Y-%m-%d %H:%M}", r["who"], r["what"], r["chips"]) for r in rows]
    assert told == STEPS


def test_every_step_says_why_in_a_sentence_of_its_own(january: Rehearsal) -> None:
    sentences = january.timeline["sentence"].to_list()
    assert len(set(sentences)) == len(sentences)
    for sentence in sentences:
        assert re.fullmatch(r"[A-Za-z].{40,}\.", sentence), sentence


def test_the_desk_sends_more_at_a_dearer_price_back_to_notice(january: Rehearsal) -> None:
    (refused,) = [event for event in january.events if isinstance(event, Refused)]
    assert refused.code == "not-asked"
    assert "microsoft holds a right of first refusal on this lot" in refused.sentence
    assert "Serve notice on microsoft" in refused.instead


def test_microsoft_takes_its_share_and_oracle_signs_the_rest_in_the_tail(
    january: Rehearsal,
) -> None:
    rows = january.outcome.to_dicts()
    assert [(r["party"], r["chips"], r["price"]) for r in rows] == [
        ("microsoft", 40_000, 2.74),
        ("oracle", 60_000, 2.74),
        ("microsoft", 8_000, 3.01),
        ("oracle", 12_000, 3.01),
    ]
    assert rows[1]["why"] == ("microsoft took a part on 2025-02-18; the tail runs until 2025-06-18")
    assert rows[3]["why"].startswith("oracle came back with more; sent back to notice; ")
    assert january.shares["took"].to_list() == [40_000, 8_000]


def test_no_promise_of_the_desk_is_broken(january: Rehearsal) -> None:
    desk = proved(january)
    assert desk.tenders["oracle-36/2025-11"].phase == "closed"


def test_the_plan_made_again_knows_all_agreements(january: Rehearsal) -> None:
    assert isinstance(january.after, offtake.Plan)
    assert january.after.months == january.before.months
    supply = january.after.capacity.filter(january.after.capacity["month"].dt.year() == 2027)
    assert set(supply["supplier"]) == {"microsoft", "oracle"}
    assert supply["chips"].sum() == pytest.approx(12 * 120_000)
    assert january.comparison is not None
    assert january.comparison.difference.sentence.endswith("less")


def test_what_was_signed_reads_as_a_part_of_the_book(january: Rehearsal, tmp_path: Path) -> None:
    folder = tmp_path / "january"
    shutil.copytree(BOOK, folder)
    (folder / "signed.yaml").write_text(january.lines)
    text = (folder / "book.yaml").read_text()
    (folder / "book.yaml").write_text(
        text.replace(
            "  purposes: {training: {}}", "  purposes: {training: {}}\n  include: [signed.yaml]"
        )
    )
    opened = offtake.load(folder)
    assert opened.check() == ()
    made = opened.book.as_of(opened.book.agreements["azure-2025"].until).agreements
    assert {name for name in made if name != "azure-2025"} == set(january.agreements["id"])
    own = made["oracle-36-2025-11"]
    assert (own.seller, str(own.known), own.deliveries[0].add) == ("oracle", "2025-03-10", 60_000)
    assert [(w.of, str(w.on)) for w in own.waivers] == [("azure-2025/azure-rofr", "2025-02-18")]
    assert own.cause == f"{january.agreements['cause'][0]}, tender oracle-36/2025-11"
